// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk-starts.h"

#include "daemon/planner/slots.h"

#define SECONDS_PER_MINUTE 60

static const gchar *const key_names[] = {
    [CM_DESK_KEY_BUFFER] = "BufferMinutes",
    [CM_DESK_KEY_MAX_SESSIONS] = "MaxSessions",
    [CM_DESK_KEY_MAX_MINUTES] = "MaxMinutes",
    [CM_DESK_KEY_MAX_SITES] = "MaxSites",
    [CM_DESK_KEY_MAX_VIDEO] = "MaxConsecutiveVideoMinutes",
    [CM_DESK_KEY_MODALITIES] = "Modalities",
    [CM_DESK_KEY_FIRST_IN_PERSON] = "FirstInPerson",
    [CM_DESK_KEY_IN_PERSON_EVERY] = "InPersonEvery",
    [CM_DESK_KEY_MIN_GAP] = "MinGapDays",
    [CM_DESK_KEY_MAX_GAP] = "MaxGapDays",
    [CM_DESK_KEY_COMPANION] = "CompanionBelowAge",
    [CM_DESK_KEY_GUARDIAN] = "GuardianBelowAge",
};
G_STATIC_ASSERT(G_N_ELEMENTS(key_names) == CM_DESK_KEY_LAST);

gchar *
cm_desk_starts_get_key(const CmDeskQuestion *question, CmDeskKey key, const gchar **out_name)
{
	*out_name = key_names[key];
	if (key <= CM_DESK_KEY_MAX_VIDEO)
		return g_strdup("Day");
	return g_strconcat("Act ", question->asked.act, NULL);
}

CmDeskCase
cm_desk_starts_get_case(const CmDeskQuestion *question, guint32 student, const CmDeskDay *day)
{
	const CmCaseload *whole = question->desk->caseload;
	guint32 session = question->asked.session;
	CmDeskCase asked = {.policy = cm_desk_question_get_policy(question),
			    .act = question->asked.act,
			    .student = g_array_index(question->students, guint32, student),
			    .followup = CM_NONE,
			    .session = CM_NONE,
			    .date = question->caseload->from + day->day,
			    .mode = day->mode,
			    .kind = question->asked.kind};

	if (question->asked.kind == CM_DESK_SESSION) {
		asked.session = session;
		asked.followup = CM_ELEMENT(whole->sessions, CmSession, session)->followup;
	}
	return asked;
}

/* Ask for a derogation of a key; what it says stands in the day. */
static gboolean
ask(const CmDeskQuestion *question, CmDeskKey key, CmDeskDay *day)
{
	const CmDeskGates *gates = &question->desk->gates;
	CmDeskCase asked;
	const gchar *name;
	const CmRule *rule;
	g_autofree gchar *group = NULL;
	g_autofree gchar *text = NULL;

	if (gates->find_derogation == NULL || question->asked.kind != CM_DESK_SESSION)
		return FALSE;
	asked = cm_desk_starts_get_case(question, 0, day);
	group = cm_desk_starts_get_key(question, key, &name);
	text = g_strconcat(group, ".", name, NULL);
	rule = cm_policy_explain_key(asked.policy, group, name);
	day->limit[key] = CM_LIMIT_NONE;
	day->derogation[key] = gates->find_derogation(
	    gates->data, &asked, rule != NULL ? rule->id : NULL, text, &day->limit[key]);
	return day->derogation[key] != 0;
}

/* A key that would have to be `value` for what is asked; `is_more`: a derogation may go up to its own value, otherwise down to it. */
static void
break_key(const CmDeskQuestion *question,
	  CmDeskKey key,
	  gint value,
	  gboolean is_more,
	  CmDeskDay *day)
{
	gint limit;

	day->value[key] = value;
	if (!ask(question, key, day)) {
		day->broken |= CM_DESK_KEY_FLAG(key);
		return;
	}
	limit = day->limit[key];
	if (limit == CM_LIMIT_NONE || value == CM_LIMIT_NONE ||
	    (is_more ? value <= limit : value >= limit)) {
		day->opened |= CM_DESK_KEY_FLAG(key);
	} else {
		day->broken |= CM_DESK_KEY_FLAG(key);
		day->derogation[key] = 0;
	}
}

gint
cm_desk_starts_get_age(const CmDeskQuestion *question, guint32 student, gint day)
{
	return cm_day_get_age(
	    CM_ELEMENT(question->caseload->students, CmStudent, student)->birth_date,
	    question->caseload->from + day);
}

static const CmActRules *
get_neighbour_rules(const CmDeskQuestion *question, const CmDeskNeighbour *neighbour)
{
	const CmSession *session =
	    CM_ELEMENT(question->desk->caseload->sessions, CmSession, neighbour->session);

	return cm_policy_get_act(cm_desk_question_get_policy(question), session->act);
}

/* Rule 10, by the dates of the follow-up's sessions that stand, whatever their order on paper. */
static void
look_gaps(const CmDeskQuestion *question, CmDeskDay *day)
{
	const CmActRules *rules = cm_desk_question_get_rules(question);
	CmDay date = question->caseload->from + day->day;
	const CmDeskNeighbour *before = NULL;
	const CmDeskNeighbour *after = NULL;
	gint least = G_MAXINT;

	for (guint i = 0; i < question->neighbours->len; i++) {
		const CmDeskNeighbour *neighbour =
		    &g_array_index(question->neighbours, CmDeskNeighbour, i);

		if (neighbour->date <= date)
			before = neighbour;
		else if (after == NULL)
			after = neighbour;
	}
	if (before != NULL) {
		gint gap = date - before->date;

		if (gap < rules->min_gap_days)
			least = gap;
		else if (gap == 0)
			day->faults |= CM_DESK_FAULT_SAME_DAY;
		if (rules->max_gap_days != CM_LIMIT_NONE && gap > rules->max_gap_days) {
			/* nobody can keep it any more: late is better than never */
			if (question->today > before->date + rules->max_gap_days) {
				day->late = CM_DESK_KEY_FLAG(CM_DESK_KEY_MAX_GAP);
				day->value[CM_DESK_KEY_MAX_GAP] = gap;
			} else {
				break_key(question, CM_DESK_KEY_MAX_GAP, gap, TRUE, day);
			}
		}
	}
	if (after != NULL) {
		const CmActRules *next = get_neighbour_rules(question, after);
		gint gap = after->date - date;

		if (next != NULL && gap < next->min_gap_days)
			least = MIN(least, gap);
	}
	if (least != G_MAXINT)
		break_key(question, CM_DESK_KEY_MIN_GAP, least, FALSE, day);
}

/* Sessions of the same act by video in a row before (`step` -1) or after the date; `out_first`: there is none before at all. */
static gint
count_video(const CmDeskQuestion *question, CmDay date, gint step, gboolean *out_first)
{
	GArray *neighbours = question->neighbours;
	gint run = 0;
	gint i = step < 0 ? (gint)neighbours->len - 1 : 0;

	*out_first = TRUE;
	for (; i >= 0 && i < (gint)neighbours->len; i += step) {
		const CmDeskNeighbour *neighbour =
		    &g_array_index(neighbours, CmDeskNeighbour, (guint)i);
		const CmSession *session =
		    CM_ELEMENT(question->desk->caseload->sessions, CmSession, neighbour->session);

		if ((step < 0 ? neighbour->date > date : neighbour->date <= date) ||
		    g_strcmp0(session->act, question->asked.act) != 0)
			continue;
		*out_first = FALSE;
		if (neighbour->mode == CM_MODE_IN_PERSON)
			return run;
		run++;
	}
	return run;
}

/* Rule 9. */
static void
look_sequence(const CmDeskQuestion *question, CmDeskDay *day)
{
	const CmActRules *rules = cm_desk_question_get_rules(question);
	CmDay date = question->caseload->from + day->day;
	gboolean first;
	gboolean last;
	gint run;

	if (day->mode == CM_MODE_IN_PERSON)
		return;
	run = count_video(question, date, -1, &first) + 1 + count_video(question, date, 1, &last);
	if (rules->first_in_person && first)
		break_key(question, CM_DESK_KEY_FIRST_IN_PERSON, CM_LIMIT_NONE, TRUE, day);
	if (rules->in_person_every > 0 && run >= rules->in_person_every)
		break_key(question, CM_DESK_KEY_IN_PERSON_EVERY, run + 1, TRUE, day);
}

static gboolean
has_guardian(const CmDeskQuestion *question)
{
	for (guint i = 0; i < question->caseload->contacts->len; i++)
		if (CM_ELEMENT(question->caseload->contacts, CmContact, i)->kind ==
		    CM_CONTACT_KIND_GUARDIAN)
			return TRUE;
	return FALSE;
}

static gint
get_least_age(const CmDeskQuestion *question, gint day)
{
	gint least = G_MAXINT;

	for (guint32 i = 0; i < question->students->len; i++)
		least = MIN(least, cm_desk_starts_get_age(question, i, day));
	return least;
}

static void
look_mode(const CmDeskQuestion *question, CmDeskDay *day)
{
	const CmActRules *rules = cm_desk_question_get_rules(question);
	guint8 use = day->mode == CM_MODE_IN_PERSON ? CM_USE_IN_PERSON : CM_USE_VIDEO;
	gint age = get_least_age(question, day->day);

	if ((rules->modalities & use) == 0)
		break_key(question, CM_DESK_KEY_MODALITIES, CM_LIMIT_NONE, TRUE, day);
	if (day->mode == CM_MODE_VIDEO_SCHOOL && !rules->student_present)
		day->faults |= CM_DESK_FAULT_NO_STUDENT;
	if (day->mode == CM_MODE_VIDEO_REMOTE && rules->student_present &&
	    age < rules->guardian_below_age && !has_guardian(question))
		break_key(question, CM_DESK_KEY_GUARDIAN, age, FALSE, day);
	/* not broken yet: a companion may be there, hour by hour */
	if (day->mode == CM_MODE_VIDEO_SCHOOL && age < rules->companion_below_age) {
		break_key(question, CM_DESK_KEY_COMPANION, age, FALSE, day);
		day->broken &= ~CM_DESK_KEY_FLAG(CM_DESK_KEY_COMPANION);
	}
}

static void
look_session(const CmDeskQuestion *question, CmDeskDay *day)
{
	const CmCaseload *whole = question->desk->caseload;
	const CmSession *session = CM_ELEMENT(whole->sessions, CmSession, question->asked.session);
	const CmFollowup *followup = CM_ELEMENT(whole->followups, CmFollowup, session->followup);
	CmDay date = question->caseload->from + day->day;

	if ((session->modes & CM_MODE_FLAG(day->mode)) == 0)
		day->faults |= CM_DESK_FAULT_OWN_MODE;
	if (day->mode == CM_MODE_IN_PERSON &&
	    !cm_desk_question_serves(question, followup->professional, question->asked.site))
		day->faults |= CM_DESK_FAULT_UNSERVED;
	if (date < followup->not_before)
		day->faults |= CM_DESK_FAULT_NOT_BEFORE;
	look_gaps(question, day);
	look_sequence(question, day);
}

/* Without a student, a day without class is a good one. */
static gboolean
is_closed(const CmDeskQuestion *question, const CmDeskDay *day)
{
	const CmDate *date = cm_problem_date(question->problem, question->asked.site, day->day);

	if (date->kind == CM_DAY_KIND_CLASS)
		return FALSE;
	return date->kind != CM_DAY_KIND_PEDAGOGICAL ||
	       (day->mode != CM_MODE_VIDEO_REMOTE && cm_desk_question_has_students(question));
}

/* The limits of the day that a derogation widens. */
static void
look_limits(const CmDeskQuestion *question, CmDeskDay *day)
{
	for (CmDeskKey key = CM_DESK_KEY_BUFFER; key <= CM_DESK_KEY_MAX_VIDEO; key++)
		if (ask(question, key, day))
			day->opened |= CM_DESK_KEY_FLAG(key);
}

void
cm_desk_starts_look(const CmDeskQuestion *question, gint day_index, CmMode mode, CmDeskDay *out_day)
{
	const CmCaseload *whole = question->desk->caseload;
	CmDay date = question->caseload->from + day_index;
	CmDeskDay day = {.day = day_index, .mode = (guint8)mode};

	if (date < whole->from || date > whole->to)
		day.faults |= CM_DESK_FAULT_TERM;
	if (date < question->today)
		day.faults |= CM_DESK_FAULT_PAST;
	if (is_closed(question, &day))
		day.faults |= CM_DESK_FAULT_CLOSED;
	look_mode(question, &day);
	look_limits(question, &day);
	if (question->asked.kind == CM_DESK_SESSION)
		look_session(question, &day);
	*out_day = day;
}

/* A limit as a derogation leaves it: never tighter than it was. */
static gint
get_limit(const CmDeskDay *day, CmDeskKey key, gint limit, gint none)
{
	if ((day->opened & CM_DESK_KEY_FLAG(key)) == 0)
		return limit;
	return day->limit[key] == CM_LIMIT_NONE ? none : MAX(limit, day->limit[key]);
}

static void
widen(const CmDeskDay *day, CmWorker *worker)
{
	if ((day->opened & CM_DESK_KEY_FLAG(CM_DESK_KEY_BUFFER)) != 0)
		worker->buffer = MIN(worker->buffer, MAX(day->limit[CM_DESK_KEY_BUFFER], 0));
	worker->max_sessions =
	    get_limit(day, CM_DESK_KEY_MAX_SESSIONS, worker->max_sessions, CM_DAY_VISITS_MAX);
	worker->max_minutes = get_limit(day, CM_DESK_KEY_MAX_MINUTES, worker->max_minutes, CM_FAR);
	worker->max_sites =
	    get_limit(day, CM_DESK_KEY_MAX_SITES, worker->max_sites, CM_DAY_SITES_MAX);
	worker->max_video = get_limit(day, CM_DESK_KEY_MAX_VIDEO, worker->max_video, CM_FAR);
}

static guint8
find_site_bit(const CmWorker *worker, guint32 site)
{
	for (guint i = 0; i < worker->sites; i++)
		if (worker->site[i] == site)
			return (guint8)i;
	return 0;
}

static gboolean
is_counted(CmDeskKind kind)
{
	return kind == CM_DESK_SESSION || kind == CM_DESK_GROUP;
}

static void
add_visit(CmVisit *visits, CmDayLoad *load, const CmVisit *visit)
{
	if (load->count >= CM_DAY_VISITS_MAX)
		return;
	visits[load->count++] = *visit;
	load->minutes += visit->end - visit->start;
	if (visit->mode == CM_MODE_IN_PERSON)
		load->sites |= (guint64)1 << visit->site_bit;
}

void
cm_desk_starts_get_round(const CmDeskQuestion *question,
			 const CmDeskDay *day,
			 guint32 professional,
			 CmDeskRound *out_round)
{
	const CmDeskEntry *asked = &question->asked;
	CmDay date = question->caseload->from + day->day;
	const CmDeskUse *uses;
	guint count;

	out_round->worker = question->problem->workers[professional];
	out_round->load = out_round->session_load = (CmDayLoad){0};
	out_round->counts = is_counted((CmDeskKind)asked->kind);
	out_round->asked = (CmVisit){.end = (gint16)asked->minutes,
				     .mode = day->mode,
				     .site_bit = find_site_bit(&out_round->worker, asked->site)};
	if (professional == 0)
		widen(day, &out_round->worker);
	uses = cm_desk_find_uses(question->desk, CM_RESOURCE_PROFESSIONAL,
				 g_array_index(question->professionals, guint32, professional),
				 date, date, &count);
	for (guint i = 0; i < count; i++) {
		const CmDeskStanding *standing = uses[i].standing;
		CmVisit visit = {.session = i, .start = uses[i].from, .end = uses[i].to};

		if (standing == NULL || !cm_desk_stands(standing, asked, question->now))
			continue;
		visit.mode = standing->entry.mode;
		visit.site_bit = find_site_bit(&out_round->worker, standing->entry.site);
		add_visit(out_round->visits, &out_round->load, &visit);
		if (is_counted((CmDeskKind)standing->entry.kind))
			add_visit(out_round->sessions, &out_round->session_load, &visit);
	}
}

/* The day of one professional: as many sessions as it may hold, and the ways between all that they do. */
static gboolean
and_round(const CmDeskQuestion *question,
	  const CmDeskDay *day,
	  guint32 professional,
	  guint64 *starts)
{
	const CmProblem *problem = question->problem;
	guint64 open[CM_DAY_BITS_WORDS_MAX];
	CmDeskRound round;
	CmWorker ways;

	cm_desk_starts_get_round(question, day, professional, &round);
	ways = round.worker;
	ways.buffer = 0;
	ways.max_sessions = CM_DAY_VISITS_MAX;
	ways.max_minutes = ways.max_video = CM_FAR;
	ways.max_sites = CM_SITES_MAX;
	if (!cm_day_rules_fill(problem, &ways, &round.load, round.visits, &round.asked, open))
		return FALSE;
	cm_day_bits_and(starts, open, problem->words);
	/* the day's rules take it that nothing overlaps there already; here it may, on one that was imported so */
	for (guint i = 0; i < round.load.count; i++)
		cm_problem_clear_taken(problem, starts, question->asked.minutes,
				       round.visits[i].start, round.visits[i].end);
	if (!round.counts)
		return TRUE;
	if (!cm_day_rules_fill(problem, &round.worker, &round.session_load, round.sessions,
			       &round.asked, open))
		return FALSE;
	cm_day_bits_and(starts, open, problem->words);
	return TRUE;
}

/* Starts that are over by now. */
static void
clear_past(const CmDeskQuestion *question, const CmDeskDay *day, guint64 *starts)
{
	const CmProblem *problem = question->problem;
	CmDay date = question->caseload->from + day->day;
	gint64 midnight = cm_time_to_utc(date, 0, question->desk->zone);
	gint64 minutes;

	if (date != question->today)
		return;
	/* the clock changes by night: from noon on, count from noon */
	minutes = (question->now - midnight) / SECONDS_PER_MINUTE;
	if (minutes > CM_MINUTES_PER_DAY / 4)
		minutes = CM_MINUTES_PER_DAY / 2 +
			  (question->now -
			   cm_time_to_utc(date, CM_MINUTES_PER_DAY / 2, question->desk->zone)) /
			      SECONDS_PER_MINUTE;
	cm_day_bits_clear(starts, problem->words, 0,
			  cm_problem_bit_down(problem, (gint)MAX(minutes, 0)) + 1);
}

gboolean
cm_desk_starts_fill(const CmDeskQuestion *question, const CmDeskDay *day, guint64 *out_starts)
{
	const CmProblem *problem = question->problem;
	guint obstacles = CM_OBSTACLES_ALL & ~(guint)(CM_OBSTACLE_DAY | CM_OBSTACLE_CALENDAR);
	guint64 starts[CM_DAY_BITS_WORDS_MAX];

	if (day->faults != 0 || day->broken != 0)
		return FALSE;
	if ((day->opened & CM_DESK_KEY_FLAG(CM_DESK_KEY_COMPANION)) != 0)
		obstacles &= ~(guint)CM_OBSTACLE_COMPANION;
	if (question->nowhere)
		obstacles &= ~(guint)CM_OBSTACLE_ROOM;
	cm_day_bits_zero(out_starts, problem->words);
	cm_day_bits_set(out_starts, problem->words, 0, problem->bits);
	for (guint32 i = 0; i < cm_desk_question_count(question); i++) {
		if (!cm_slots_fill(question->state, problem->tasks[i].kind, day->day,
				   (CmMode)day->mode, obstacles, starts))
			return FALSE;
		cm_day_bits_and(out_starts, starts, problem->words);
		obstacles &= ~(guint)CM_OBSTACLE_ROOM;
	}
	for (guint32 i = 0; i < question->professionals->len; i++)
		if (!and_round(question, day, i, out_starts))
			return FALSE;
	clear_past(question, day, out_starts);
	return cm_day_bits_any(out_starts, problem->words);
}
