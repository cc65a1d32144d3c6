// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk-reason.h"

#include "daemon/booking/desk-slots.h"
#include "daemon/planner/slots.h"

#include <glib/gi18n.h>

typedef struct {
	const CmDeskQuestion *question;
	CmVerdict *verdict;
	CmDeskDay day;
	gint start;
	gint end;
	gint weekday;
	gint cycle_day;
} Reasons;

typedef struct {
	const gchar *code;
	const gchar *message;
} Sentence;

static void
say(Reasons *reasons, CmObjectionKind kind, const gchar *code, const gchar *format)
{
	cm_verdict_object(reasons->verdict, kind,
			  kind == CM_OBJECTION_FACT ? CM_EFFECT_BLOCK : CM_EFFECT_WARN, code,
			  format, NULL);
}

static void
say_times(Reasons *reasons,
	  CmObjectionKind kind,
	  const gchar *code,
	  const gchar *format,
	  gint from,
	  gint to)
{
	gchar first[CM_MINUTE_TEXT_SIZE];
	gchar last[CM_MINUTE_TEXT_SIZE];

	cm_verdict_object(reasons->verdict, kind,
			  kind == CM_OBJECTION_FACT ? CM_EFFECT_BLOCK : CM_EFFECT_WARN, code,
			  format, cm_minute_format((CmMinute)from, first),
			  cm_minute_format((CmMinute)to, last), NULL);
}

static const Sentence key_sentences[] = {
    [CM_DESK_KEY_BUFFER] = {"buffer", N_("It is too close to another session of the day.")},
    [CM_DESK_KEY_MAX_SESSIONS] = {"max-sessions", N_("The day would have too many sessions.")},
    [CM_DESK_KEY_MAX_MINUTES] = {"max-minutes",
				 N_("The day would have too many minutes of sessions.")},
    [CM_DESK_KEY_MAX_SITES] = {"max-sites", N_("The day would have too many schools in person.")},
    [CM_DESK_KEY_MAX_VIDEO] = {"max-video", N_("It would be too long by video without a break.")},
    [CM_DESK_KEY_MODALITIES] = {"modality", N_("Its act is not held in this mode.")},
    [CM_DESK_KEY_FIRST_IN_PERSON] = {"first-in-person",
				     N_("The first session of this act is in person.")},
    [CM_DESK_KEY_IN_PERSON_EVERY] = {"in-person-every",
				     N_("One too many by video in a row: this one is in person.")},
    [CM_DESK_KEY_MIN_GAP] = {"min-gap",
			     N_("It is too few days from another session of the follow-up.")},
    [CM_DESK_KEY_MAX_GAP] = {"max-gap", N_("It is too many days after the session before it.")},
    [CM_DESK_KEY_COMPANION] =
	{"companion", N_("The student needs an adult beside them at school, and none is free.")},
    [CM_DESK_KEY_GUARDIAN] = {"guardian",
			      N_("The student is too young to join from home without a guardian.")},
};
G_STATIC_ASSERT(G_N_ELEMENTS(key_sentences) == CM_DESK_KEY_LAST);

static void
say_key(Reasons *reasons, CmDeskKey key, CmEffect effect, gint value, gint64 derogation)
{
	const Sentence *sentence = &key_sentences[key];
	const gchar *name;
	g_autofree gchar *group = cm_desk_starts_get_key(reasons->question, key, &name);
	const CmRule *rule =
	    cm_policy_explain_key(cm_desk_question_get_policy(reasons->question), group, name);
	CmObjection *objection = cm_verdict_object(reasons->verdict, CM_OBJECTION_KEY, effect,
						   sentence->code, sentence->message, NULL);

	objection->key = g_strconcat(group, ".", name, NULL);
	objection->value = value;
	if (rule != NULL)
		cm_objection_set_rule(objection, rule);
	/* a key is obeyed without exception: what it may do does not depend on its rule */
	objection->effect = (guint8)effect;
	cm_objection_open(objection, derogation);
}

/* What the whole day has against it. */
static void
reason_day(Reasons *reasons)
{
	static const struct {
		guint fault;
		CmObjectionKind kind;
		Sentence sentence;
	} faults[] = {
	    {CM_DESK_FAULT_TERM, CM_OBJECTION_FACT, {"term", N_("The day is outside the term.")}},
	    {CM_DESK_FAULT_CLOSED,
	     CM_OBJECTION_FACT,
	     {"closed", N_("There is no class that day.")}},
	    {CM_DESK_FAULT_OWN_MODE,
	     CM_OBJECTION_FACT,
	     {"mode", N_("The session may not be held in this mode.")}},
	    {CM_DESK_FAULT_NO_STUDENT,
	     CM_OBJECTION_FACT,
	     {"mode",
	      N_("The student is not part of it: nobody would be at the school's screen.")}},
	    {CM_DESK_FAULT_UNSERVED,
	     CM_OBJECTION_FACT,
	     {"site", N_("The professional does not go to this school.")}},
	    {CM_DESK_FAULT_PAST, CM_OBJECTION_WISH, {"past", N_("It is in the past.")}},
	    {CM_DESK_FAULT_NOT_BEFORE,
	     CM_OBJECTION_WISH,
	     {"not-before", N_("It is before the follow-up begins.")}},
	    {CM_DESK_FAULT_SAME_DAY,
	     CM_OBJECTION_WISH,
	     {"same-day", N_("The follow-up has another session that day.")}},
	};
	const CmDeskQuestion *question = reasons->question;
	const CmDeskDay *day = &reasons->day;
	guint all = day->faults;

	if (cm_time_to_utc(question->caseload->from, question->asked.start, question->desk->zone) <=
	    question->now)
		all |= CM_DESK_FAULT_PAST;
	for (guint i = 0; i < G_N_ELEMENTS(faults); i++)
		if ((all & faults[i].fault) != 0)
			say(reasons, faults[i].kind, faults[i].sentence.code,
			    faults[i].sentence.message);
	for (guint key = CM_DESK_KEY_MODALITIES; key < CM_DESK_KEY_LAST; key++) {
		if ((day->broken & CM_DESK_KEY_FLAG(key)) != 0)
			say_key(reasons, (CmDeskKey)key, CM_EFFECT_BLOCK, day->value[key], 0);
		else if ((day->opened & CM_DESK_KEY_FLAG(key)) != 0)
			say_key(reasons, (CmDeskKey)key, CM_EFFECT_BLOCK, day->value[key],
				day->derogation[key]);
		else if ((day->late & CM_DESK_KEY_FLAG(key)) != 0)
			say_key(reasons, (CmDeskKey)key, CM_EFFECT_WARN, day->value[key], 0);
	}
}

static gboolean
is_inside(const CmDeskQuestion *question, CmRange windows, gint start, gint end)
{
	for (guint i = 0; i < windows.count; i++) {
		const CmWindow *window =
		    &g_array_index(question->desk->windows, CmWindow, windows.first + i);

		if (window->from <= start && end <= window->to)
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_absent(const CmDeskQuestion *question, const CmProfessional *professional, CmDay date)
{
	for (guint i = 0; i < professional->absences.count; i++) {
		const CmAbsence *absence = CM_ELEMENT(question->desk->caseload->absences, CmAbsence,
						      professional->absences.first + i);

		if (absence->from <= date && date <= absence->to)
			return TRUE;
	}
	return FALSE;
}

/* Hours: of professionals, contacts, students at home; absence, lessons, the school's day. */
static void
reason_hours(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	const CmCaseload *caseload = question->caseload;

	for (guint i = 0; i < question->professionals->len; i++) {
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, i);

		if (is_absent(question, professional, caseload->from))
			say(reasons, CM_OBJECTION_FACT, "absent",
			    N_("The professional is absent that day."));
		else if (!is_inside(question, professional->hours.day[reasons->weekday],
				    reasons->start, reasons->end))
			say(reasons, CM_OBJECTION_WISH, "hours",
			    N_("It is outside the professional's hours."));
	}
	for (guint i = 0; i < question->contacts->len; i++)
		if (!is_inside(
			question,
			CM_ELEMENT(caseload->contacts, CmContact, i)->hours.day[reasons->weekday],
			reasons->start, reasons->end))
			say(reasons, CM_OBJECTION_WISH, "contact-hours",
			    N_("It is outside the hours that a participant gave."));
}

static void
reason_lessons(Reasons *reasons, const CmStudent *student)
{
	const CmCaseload *caseload = reasons->question->caseload;

	for (guint i = 0; i < student->blocked.count; i++) {
		const CmCycleWindow *blocked =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, student->blocked.first + i);

		if (blocked->cycle_day != reasons->cycle_day ||
		    reasons->start >= blocked->window.to || blocked->window.from >= reasons->end)
			continue;
		say_times(reasons, CM_OBJECTION_FACT, "lesson",
			  N_("The student can't be taken out of class from {0} to {1}."),
			  blocked->window.from, blocked->window.to);
		return;
	}
}

static void
reason_students(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	const CmSite *site = CM_ELEMENT(question->caseload->sites, CmSite, question->asked.site);
	gboolean remote = reasons->day.mode == CM_MODE_VIDEO_REMOTE;
	gboolean present = cm_desk_question_get_rules(question)->student_present;

	if (!remote && (reasons->start < site->open.from || reasons->end > site->open.to))
		say_times(reasons, CM_OBJECTION_FACT, "site-hours",
			  N_("The school is open from {0} to {1}."), site->open.from,
			  site->open.to);
	for (guint i = 0; present && i < question->students->len; i++) {
		const CmStudent *student = CM_ELEMENT(question->caseload->students, CmStudent, i);

		if (remote && !is_inside(question, student->remote_hours.day[reasons->weekday],
					 reasons->start, reasons->end))
			say(reasons, CM_OBJECTION_WISH, "home-hours",
			    N_("The student is not at home for a session then."));
		else if (!remote)
			reason_lessons(reasons, student);
	}
}

/* Who or what is elsewhere at that time. */
static void
reason_overlaps(Reasons *reasons)
{
	static const Sentence sentences[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] =
		{"overlap", N_("The professional has something else from {0} to {1}.")},
	    [CM_RESOURCE_STUDENT] = {"overlap",
				     N_("The student has something else from {0} to {1}.")},
	    [CM_RESOURCE_CONTACT] = {"overlap",
				     N_("A participant has something else from {0} to {1}.")},
	    [CM_RESOURCE_ROOM] = {"room-taken", N_("The room is taken from {0} to {1}.")},
	    [CM_RESOURCE_COMPANION] = {"companion-taken",
				       N_("The companion is taken from {0} to {1}.")},
	};
	const CmDeskQuestion *question = reasons->question;
	gboolean present = cm_desk_question_get_rules(question)->student_present;

	for (guint i = 0; i < question->caseload->busy->len; i++) {
		const CmBusy *busy = CM_ELEMENT(question->caseload->busy, CmBusy, i);
		gboolean asked = busy->kind != CM_RESOURCE_STUDENT || present;

		if (busy->kind == CM_RESOURCE_ROOM)
			asked = g_array_index(question->rooms, guint32, busy->resource) ==
				question->asked.room;
		if (busy->kind == CM_RESOURCE_COMPANION)
			asked = g_array_index(question->companions, guint32, busy->resource) ==
				question->asked.companion;
		if (asked && reasons->start < busy->window.to && busy->window.from < reasons->end)
			say_times(reasons, CM_OBJECTION_FACT, sentences[busy->kind].code,
				  sentences[busy->kind].message, busy->window.from,
				  busy->window.to);
	}
}

/* A limit alone: the worker has no other. */
static gboolean
holds(const Reasons *reasons,
      const CmDeskRound *round,
      const CmWorker *worker,
      const CmDayLoad *load,
      const CmVisit *visits)
{
	const CmProblem *problem = reasons->question->problem;
	guint64 open[CM_DAY_BITS_WORDS_MAX];
	guint bit = (guint)cm_problem_bit_up(problem, reasons->start);

	return cm_day_rules_fill(problem, worker, load, visits, &round->asked, open) &&
	       bit < (guint)problem->bits && cm_day_bits_has(open, bit);
}

static void
reason_limit(Reasons *reasons, const CmDeskRound *round, const CmWorker *free, CmDeskKey key)
{
	const CmDeskDay *day = &reasons->day;
	CmWorker worker = *free;
	CmWorker before = *free;
	const CmWorker *policy = &reasons->question->problem->workers[0];
	const CmDayLoad *load = &round->session_load;
	guint64 site =
	    round->asked.mode == CM_MODE_IN_PERSON ? (guint64)1 << round->asked.site_bit : 0;
	const gint values[] = {CM_LIMIT_NONE, load->count + 1, load->minutes + round->asked.end,
			       __builtin_popcountll(load->sites | site), CM_LIMIT_NONE};

	worker.buffer = key == CM_DESK_KEY_BUFFER ? round->worker.buffer : 0;
	before.buffer = key == CM_DESK_KEY_BUFFER ? policy->buffer : 0;
	if (key == CM_DESK_KEY_MAX_SESSIONS) {
		worker.max_sessions = round->worker.max_sessions;
		before.max_sessions = policy->max_sessions;
	} else if (key == CM_DESK_KEY_MAX_MINUTES) {
		worker.max_minutes = round->worker.max_minutes;
		before.max_minutes = policy->max_minutes;
	} else if (key == CM_DESK_KEY_MAX_SITES) {
		worker.max_sites = round->worker.max_sites;
		before.max_sites = policy->max_sites;
	} else if (key == CM_DESK_KEY_MAX_VIDEO) {
		worker.max_video = round->worker.max_video;
		before.max_video = policy->max_video;
	}
	if (!holds(reasons, round, &worker, load, round->sessions))
		say_key(reasons, key, CM_EFFECT_BLOCK, values[key], 0);
	else if ((day->opened & CM_DESK_KEY_FLAG(key)) != 0 &&
		 !holds(reasons, round, &before, load, round->sessions))
		say_key(reasons, key, CM_EFFECT_BLOCK, values[key], day->derogation[key]);
}

/* What one professional does that day: overlaps first, then the ways, then the limits, each alone. */
static void
reason_round(Reasons *reasons, guint32 professional)
{
	const CmDeskQuestion *question = reasons->question;
	CmDeskRound round;
	CmWorker ways;
	CmWorker free;
	g_autofree gint *nothing = NULL;

	cm_desk_starts_get_round(question, &reasons->day, professional, &round);
	for (guint i = 0; i < round.load.count; i++) {
		const CmVisit *visit = &round.visits[i];

		if (reasons->start >= visit->end || visit->start >= reasons->end)
			continue;
		say_times(reasons, CM_OBJECTION_FACT, "overlap",
			  N_("The professional has something else from {0} to {1}."), visit->start,
			  visit->end);
		return;
	}
	ways = round.worker;
	ways.buffer = 0;
	ways.max_sessions = CM_DAY_VISITS_MAX;
	ways.max_minutes = ways.max_video = CM_FAR;
	ways.max_sites = CM_SITES_MAX;
	free = ways;
	nothing = g_new0(gint, (gsize)ways.sites * ways.sites);
	free.travel = nothing;
	if (!holds(reasons, &round, &ways, &round.load, round.visits))
		say(reasons, CM_OBJECTION_FACT, "travel",
		    N_("There is no time to travel from or to another school."));
	if (!round.counts)
		return;
	for (CmDeskKey key = CM_DESK_KEY_BUFFER; key <= CM_DESK_KEY_MAX_VIDEO; key++)
		reason_limit(reasons, &round, &free, key);
}

static guint32
find_small(const GArray *indices, guint32 whole)
{
	for (guint32 i = 0; i < indices->len; i++)
		if (g_array_index(indices, guint32, i) == whole)
			return i;
	return CM_NONE;
}

static void
reason_room(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	guint32 room = question->asked.room;
	guint32 small = find_small(question->rooms, room);
	guint8 use = reasons->day.mode == CM_MODE_IN_PERSON ? CM_USE_IN_PERSON : CM_USE_VIDEO;

	if (reasons->day.mode == CM_MODE_VIDEO_REMOTE) {
		if (room != CM_NONE)
			say(reasons, CM_OBJECTION_FACT, "room",
			    N_("A session from home has no room."));
	} else if (room == CM_NONE) {
		if (reasons->verdict->room == CM_NONE && !question->nowhere)
			say(reasons, CM_OBJECTION_FACT, "no-room", N_("No room is free then."));
	} else if (small == CM_NONE ||
		   (CM_ELEMENT(question->caseload->rooms, CmRoom, small)->uses & use) == 0) {
		say(reasons, CM_OBJECTION_FACT, "room",
		    N_("The room is of another school, or not for this mode."));
	}
}

static void
reason_companion(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	const CmDeskDay *day = &reasons->day;
	const CmCompanion *companion;
	guint32 small = find_small(question->companions, question->asked.companion);
	gboolean opened = (day->opened & CM_DESK_KEY_FLAG(CM_DESK_KEY_COMPANION)) != 0;

	if (question->asked.companion == CM_NONE) {
		if (day->mode == CM_MODE_VIDEO_SCHOOL && !opened &&
		    day->value[CM_DESK_KEY_COMPANION] > 0 && reasons->verdict->companion == CM_NONE)
			say_key(reasons, CM_DESK_KEY_COMPANION, CM_EFFECT_BLOCK,
				day->value[CM_DESK_KEY_COMPANION], 0);
		return;
	}
	companion = small != CM_NONE
			? CM_ELEMENT(question->caseload->companions, CmCompanion, small)
			: NULL;
	if (companion == NULL || day->mode != CM_MODE_VIDEO_SCHOOL ||
	    day->value[CM_DESK_KEY_COMPANION] == 0)
		say(reasons, CM_OBJECTION_FACT, "companion",
		    N_("A companion is for a young student's session by video at their own "
		       "school."));
	else if (!is_inside(question, companion->hours.day[reasons->weekday], reasons->start,
			    reasons->end))
		say(reasons, CM_OBJECTION_WISH, "companion-hours",
		    N_("It is outside the companion's hours."));
}

static void
reason_rules(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	const CmDeskGates *gates = &question->desk->gates;

	if (gates->judge == NULL || !cm_desk_question_has_students(question))
		return;
	for (guint32 i = 0; i < question->students->len; i++) {
		CmDeskCase asked = cm_desk_starts_get_case(question, i, &reasons->day);

		gates->judge(gates->data, &asked, reasons->verdict);
	}
}

/* Whether the planner allows the start, with the room and the companion that were asked for. */
static gboolean
is_allowed(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	const CmProblem *problem = question->problem;
	guint bit = (guint)cm_problem_bit_up(problem, reasons->start);
	guint64 starts[CM_DAY_BITS_WORDS_MAX];

	return cm_desk_starts_fill(question, &reasons->day, starts) && bit < (guint)problem->bits &&
	       cm_day_bits_has(starts, bit);
}

/* Where the planner has no start at all. */
static gboolean
reason_grid(Reasons *reasons)
{
	const CmDeskQuestion *question = reasons->question;
	g_autofree gchar *grid = g_strdup_printf("%d", question->problem->grid);

	if (reasons->start < CM_DESK_DAY_FROM || reasons->end > CM_DESK_DAY_TO) {
		say_times(reasons, CM_OBJECTION_FACT, "day", N_("A day goes from {0} to {1}."),
			  CM_DESK_DAY_FROM, CM_DESK_DAY_TO);
		return FALSE;
	}
	if (reasons->start % question->problem->grid != 0) {
		cm_verdict_object(reasons->verdict, CM_OBJECTION_FACT, CM_EFFECT_BLOCK, "grid",
				  N_("Sessions start every {0} minutes from the full hour."), grid,
				  NULL);
		return FALSE;
	}
	return TRUE;
}

void
cm_desk_reason_find(const CmDeskQuestion *question, CmVerdict *verdict)
{
	Reasons reasons = {.question = question,
			   .verdict = verdict,
			   .start = question->asked.start,
			   .end = question->asked.start + question->asked.minutes};
	gboolean allowed;

	if (question->problem == NULL) {
		CmObjection *objection = cm_verdict_object(verdict, CM_OBJECTION_FACT,
							   CM_EFFECT_BLOCK, "input", "", NULL);

		g_free(objection->message);
		objection->message = g_strdup(question->error->message);
		return;
	}
	if (!reason_grid(&reasons))
		return;
	reasons.weekday = cm_day_get_weekday(question->caseload->from);
	reasons.cycle_day = cm_problem_date(question->problem, question->asked.site, 0)->cycle_day;
	cm_desk_starts_look(question, 0, (CmMode)question->asked.mode, &reasons.day);
	cm_desk_slots_pick(question, &reasons.day, reasons.start, &verdict->room,
			   &verdict->companion);
	allowed = is_allowed(&reasons);
	reason_day(&reasons);
	reason_hours(&reasons);
	reason_students(&reasons);
	reason_overlaps(&reasons);
	for (guint32 i = 0; i < question->professionals->len; i++)
		reason_round(&reasons, i);
	reason_room(&reasons);
	reason_companion(&reasons);
	if (!allowed && cm_verdict_is_offered(verdict))
		say(&reasons, CM_OBJECTION_FACT, "taken", N_("It is not free then."));
	reason_rules(&reasons);
	cm_verdict_sort(verdict);
}
