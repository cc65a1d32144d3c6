// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/check.h"

#include "daemon/planner/problem-data.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define ROUND_SITES_MAX 8

/* One placed session with what it refers to. */
typedef struct {
	const CmPlacement *placement;
	const CmSession *session;
	const CmFollowup *followup;
	const CmProfessional *professional;
	const CmStudent *student;
	const CmSite *site;
	const CmActRules *rules;
	const CmPlacement *previous; /* or NULL */
	guint32 site_index;
	gint start;
	gint end;
	gint weekday;
	CmDayKind day_kind;
	gint cycle_day;
} Placed;

typedef struct {
	const CmProblem *problem;
	const CmCaseload *caseload;
	gboolean part;
	GArray *placed;  /* Placed, by session */
	guint32 *places; /* [session]: index in placed, or CM_NONE */
	CmCost cost;
	GError *error;  /* the first broken rule */
	guint8 *broken; /* [session]: it breaks one; NULL: nobody asks */
} Check;

/* Everything that one thing can do once at a time. */
typedef struct {
	guint8 kind; /* CmResource */
	guint32 resource;
	CmDay date;
	gint start;
	gint end;
	const gchar *session; /* NULL: taken outside the plan */
} Use;

static void
breaks(Check *check, const gchar *format, const gchar *session, const gchar *other)
{
	for (guint i = 0; check->broken != NULL && i < check->placed->len; i++) {
		const Placed *placed = &g_array_index(check->placed, Placed, i);

		if (placed->session->id == session || placed->session->id == other)
			check->broken[placed->placement->session] = 1;
	}
	if (check->error == NULL)
		cm_error_set(&check->error, CM_ERROR_CONFLICT, format, session,
			     other != NULL ? other : "", NULL);
}

static gboolean
is_inside(const Check *check, CmRange windows, gint start, gint end)
{
	for (guint i = 0; i < windows.count; i++) {
		const CmWindow *window =
		    CM_ELEMENT(check->caseload->windows, CmWindow, windows.first + i);

		if (window->from <= start && end <= window->to)
			return TRUE;
	}
	return FALSE;
}

static const CmContact *
get_participant(const Check *check, const CmSession *session, guint i)
{
	return CM_ELEMENT(
	    check->caseload->contacts, CmContact,
	    g_array_index(check->caseload->references, guint32, session->participants.first + i));
}

static void
look_up(const Check *check, const CmPlacement *placement, Placed *placed)
{
	const CmCaseload *caseload = check->caseload;

	placed->placement = placement;
	placed->session = CM_ELEMENT(caseload->sessions, CmSession, placement->session);
	placed->followup = CM_ELEMENT(caseload->followups, CmFollowup, placed->session->followup);
	placed->professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, placed->followup->professional);
	placed->student = CM_ELEMENT(caseload->students, CmStudent, placed->followup->student);
	placed->site_index = placed->student->site;
	placed->site = CM_ELEMENT(caseload->sites, CmSite, placed->site_index);
	placed->rules = cm_policy_get_act(
	    cm_policy_set_lookup(check->problem->policies, placed->professional->profession),
	    placed->session->act);
	placed->start = placement->start;
	placed->end = placement->start + placed->session->minutes;
	placed->weekday = cm_day_get_weekday(placement->date);
	placed->day_kind =
	    cm_caseload_get_day(caseload, placed->site_index, placement->date, &placed->cycle_day);
}

/* Rule 1, and 2. */
static void
check_when(Check *check, const Placed *placed)
{
	const CmCaseload *caseload = check->caseload;
	const CmPlacement *placement = placed->placement;
	const gchar *id = placed->session->id;
	gboolean locked = placed->previous != NULL && placed->previous->locked;
	gboolean remote = placement->mode == CM_MODE_VIDEO_REMOTE;

	if (placement->date < caseload->from || placement->date > caseload->to)
		breaks(check, N_("The session {0} is outside the horizon."), id, NULL);
	if (placement->date < placed->followup->not_before)
		breaks(check, N_("The session {0} is before its follow-up may begin."), id, NULL);
	if (caseload->replan_from != CM_DAY_NONE && placement->date < caseload->replan_from &&
	    !locked)
		breaks(check, N_("The session {0} is before the date from which we plan."), id,
		       NULL);
	for (guint i = 0; i < placed->professional->absences.count; i++) {
		const CmAbsence *absence = CM_ELEMENT(caseload->absences, CmAbsence,
						      placed->professional->absences.first + i);

		if (absence->from <= placement->date && placement->date <= absence->to)
			breaks(check, N_("The session {0} is on a day when {1} is absent."), id,
			       placed->professional->id);
	}
	if (placed->day_kind != CM_DAY_KIND_CLASS &&
	    (!remote || placed->day_kind != CM_DAY_KIND_PEDAGOGICAL))
		breaks(check, N_("The session {0} is on a day without class at {1}."), id,
		       placed->site->id);
	if (placed->start % caseload->grid_minutes != 0)
		breaks(check, N_("The session {0} does not start on the grid."), id, NULL);
	if (!is_inside(check, placed->professional->hours.day[placed->weekday], placed->start,
		       placed->end))
		breaks(check, N_("The session {0} is outside the hours of {1}."), id,
		       placed->professional->id);
}

static gboolean
serves(const Check *check, const CmProfessional *professional, guint32 site)
{
	for (guint i = 0; i < professional->sites.count; i++)
		if (g_array_index(check->caseload->references, guint32,
				  professional->sites.first + i) == site)
			return TRUE;
	return FALSE;
}

static void
check_lessons(Check *check, const Placed *placed)
{
	for (guint i = 0; i < placed->student->blocked.count; i++) {
		const CmCycleWindow *blocked =
		    CM_ELEMENT(check->caseload->cycle_windows, CmCycleWindow,
			       placed->student->blocked.first + i);

		if (blocked->cycle_day == placed->cycle_day && placed->start < blocked->window.to &&
		    blocked->window.from < placed->end)
			breaks(check,
			       N_("The session {0} is when {1} can't be taken out of class."),
			       placed->session->id, placed->student->id);
	}
}

/* Rules 4 (the site), 5 and 6, but for overlaps. */
static void
check_people(Check *check, const Placed *placed)
{
	const gchar *id = placed->session->id;
	CmMode mode = placed->placement->mode;
	gboolean open =
	    placed->site->open.from <= placed->start && placed->end <= placed->site->open.to;

	if (mode == CM_MODE_IN_PERSON && !serves(check, placed->professional, placed->site_index))
		breaks(check, N_("The session {0} is in person at a site that {1} does not serve."),
		       id, placed->professional->id);
	if (mode != CM_MODE_VIDEO_REMOTE && !open)
		breaks(check, N_("The session {0} is outside the hours of {1}."), id,
		       placed->site->id);
	if (!placed->rules->student_present && mode == CM_MODE_VIDEO_SCHOOL)
		breaks(check, N_("The session {0} is by video at school without the student."), id,
		       NULL);
	if (placed->rules->student_present && mode == CM_MODE_VIDEO_REMOTE &&
	    !is_inside(check, placed->student->remote_hours.day[placed->weekday], placed->start,
		       placed->end))
		breaks(check, N_("The session {0} is when {1} can't join from home."), id,
		       placed->student->id);
	if (placed->rules->student_present && mode != CM_MODE_VIDEO_REMOTE)
		check_lessons(check, placed);
	for (guint i = 0; i < placed->session->participants.count; i++) {
		const CmContact *contact = get_participant(check, placed->session, i);

		if (!is_inside(check, contact->hours.day[placed->weekday], placed->start,
			       placed->end))
			breaks(check, N_("The session {0} is outside the hours of {1}."), id,
			       contact->id);
	}
}

static void
check_companion(Check *check, const Placed *placed, gint age)
{
	const CmPlacement *placement = placed->placement;
	gint below = placed->rules->companion_below_age;
	const CmCompanion *companion;

	if (placement->mode != CM_MODE_VIDEO_SCHOOL || below == CM_LIMIT_NONE || age >= below) {
		if (placement->companion != CM_NONE)
			breaks(check, N_("The session {0} has a companion and needs none."),
			       placed->session->id, NULL);
		return;
	}
	if (placement->companion == CM_NONE) {
		breaks(check, N_("The session {0} needs a companion at {1}."), placed->session->id,
		       placed->site->id);
		return;
	}
	companion = CM_ELEMENT(check->caseload->companions, CmCompanion, placement->companion);
	if (companion->site != placed->site_index ||
	    !is_inside(check, companion->hours.day[placed->weekday], placed->start, placed->end))
		breaks(check, N_("The session {0} has a companion who is not there."),
		       placed->session->id, NULL);
}

/* Rules 7 and 8, but for overlaps. */
static void
check_place(Check *check, const Placed *placed)
{
	const CmPlacement *placement = placed->placement;
	guint8 use = placement->mode == CM_MODE_IN_PERSON ? CM_USE_IN_PERSON : CM_USE_VIDEO;
	gint age = cm_day_get_age(placed->student->birth_date, placement->date);
	gboolean guarded = placed->rules->guardian_below_age == CM_LIMIT_NONE ||
			   age >= placed->rules->guardian_below_age;

	if (placement->mode == CM_MODE_VIDEO_REMOTE) {
		if (placement->room != CM_NONE)
			breaks(check, N_("The session {0} is from home and has a room."),
			       placed->session->id, NULL);
	} else if (placement->room == CM_NONE) {
		breaks(check, N_("The session {0} has no room at {1}."), placed->session->id,
		       placed->site->id);
	} else {
		const CmRoom *room = CM_ELEMENT(check->caseload->rooms, CmRoom, placement->room);

		if (room->site != placed->site_index || (room->uses & use) == 0)
			breaks(check, N_("The room {1} does not serve the session {0}."),
			       placed->session->id, room->id);
	}
	check_companion(check, placed, age);
	for (guint i = 0; i < placed->session->participants.count; i++)
		guarded = guarded || get_participant(check, placed->session, i)->kind ==
					 CM_CONTACT_KIND_GUARDIAN;
	if (placement->mode == CM_MODE_VIDEO_REMOTE && placed->rules->student_present && !guarded)
		breaks(check, N_("The session {0} has a young student at home without a guardian."),
		       placed->session->id, NULL);
}

/* Rules 9 (modes) and 12. */
static void
check_mode(Check *check, const Placed *placed)
{
	const CmPlacement *placement = placed->placement;
	const CmPlacement *previous = placed->previous;
	guint8 use = placement->mode == CM_MODE_IN_PERSON ? CM_USE_IN_PERSON : CM_USE_VIDEO;

	if ((placed->session->modes & CM_MODE_FLAG(placement->mode)) == 0)
		breaks(check, N_("The session {0} is in a mode that is not one of its own."),
		       placed->session->id, NULL);
	if ((placed->rules->modalities & use) == 0)
		breaks(check, N_("The session {0} is in a mode that its act {1} does not allow."),
		       placed->session->id, placed->session->act);
	if (previous != NULL && previous->locked &&
	    (previous->date != placement->date || previous->start != placement->start ||
	     previous->mode != placement->mode))
		breaks(check, N_("The session {0} is locked and stands elsewhere."),
		       placed->session->id, NULL);
}

static void
add_core_cost(Check *check, const Placed *placed)
{
	if (!placed->rules->student_present || placed->placement->mode == CM_MODE_VIDEO_REMOTE)
		return;
	for (guint i = 0; i < placed->student->core.count; i++) {
		const CmCycleWindow *core = CM_ELEMENT(
		    check->caseload->cycle_windows, CmCycleWindow, placed->student->core.first + i);
		gint overlap =
		    MIN(placed->end, core->window.to) - MAX(placed->start, core->window.from);

		if (core->cycle_day == placed->cycle_day && overlap > 0)
			check->cost.part[CM_COST_CORE] += (overlap + 4) / 5;
	}
}

static void
add_own_cost(Check *check, const Placed *placed)
{
	gint late = placed->placement->date - placed->session->target_date;
	gboolean in_person = placed->placement->mode == CM_MODE_IN_PERSON;

	check->cost.part[CM_COST_LATENESS] +=
	    late > 0 ? 4 * (gint64)placed->followup->priority * late : -(gint64)late;
	if (placed->session->prefer != CM_PREFER_NONE &&
	    (placed->session->prefer == CM_PREFER_IN_PERSON) != in_person)
		check->cost.part[CM_COST_MODALITY] += 30;
	for (guint i = 0; i < placed->session->participants.count; i++) {
		const CmContact *contact = get_participant(check, placed->session, i);

		if (!is_inside(check, contact->preferred.day[placed->weekday], placed->start,
			       placed->end))
			check->cost.part[CM_COST_PREFERENCE] += 10;
	}
	add_core_cost(check, placed);
}

static void
add_use(GArray *uses, guint8 kind, guint32 resource, const Placed *placed)
{
	Use use = {.kind = kind,
		   .resource = resource,
		   .date = placed->placement->date,
		   .start = placed->start,
		   .end = placed->end,
		   .session = placed->session->id};

	if (resource != CM_NONE)
		g_array_append_val(uses, use);
}

static gint
compare_use(gconstpointer a, gconstpointer b)
{
	const Use *left = a;
	const Use *right = b;

	if (left->kind != right->kind)
		return left->kind - right->kind;
	if (left->resource != right->resource)
		return left->resource < right->resource ? -1 : 1;
	if (left->date != right->date)
		return left->date < right->date ? -1 : 1;
	return left->start != right->start ? left->start - right->start : left->end - right->end;
}

/* Compare a use with those before it that it may overlap: `open` holds the latest end of a session, and of a taken time. */
static void
check_overlap(Check *check, const Use *use, const Use *open[2])
{
	gboolean taken = use->session == NULL;
	const Use *session = open[0];
	const Use *outside = open[1];

	if (session != NULL && use->start < session->end && use->start < use->end)
		breaks(check,
		       taken ? N_("The session {0} is when somebody or something it needs is taken "
				  "by something else.")
			     : N_("The sessions {0} and {1} overlap for somebody or something that "
				  "both need."),
		       session->session, use->session);
	if (!taken && outside != NULL && use->start < outside->end)
		breaks(check,
		       N_("The session {0} is when somebody or something it needs is taken by "
			  "something else."),
		       use->session, NULL);
	if (open[taken ? 1 : 0] == NULL || open[taken ? 1 : 0]->end < use->end)
		open[taken ? 1 : 0] = use;
}

/* Overlaps of rules 5 to 8, and rule 13. */
static void
check_uses(Check *check)
{
	g_autoptr(GArray) uses = g_array_new(FALSE, FALSE, sizeof(Use));
	const Use *open[2] = {NULL, NULL};

	for (guint i = 0; i < check->placed->len; i++) {
		const Placed *placed = &g_array_index(check->placed, Placed, i);
		CmRange participants = placed->session->participants;

		add_use(uses, CM_RESOURCE_PROFESSIONAL, placed->followup->professional, placed);
		if (placed->rules->student_present)
			add_use(uses, CM_RESOURCE_STUDENT, placed->followup->student, placed);
		for (guint p = 0; p < participants.count; p++)
			add_use(uses, CM_RESOURCE_CONTACT,
				g_array_index(check->caseload->references, guint32,
					      participants.first + p),
				placed);
		add_use(uses, CM_RESOURCE_ROOM, placed->placement->room, placed);
		add_use(uses, CM_RESOURCE_COMPANION, placed->placement->companion, placed);
	}
	for (guint i = 0; i < check->caseload->busy->len; i++) {
		const CmBusy *busy = CM_ELEMENT(check->caseload->busy, CmBusy, i);
		Use use = {.kind = busy->kind,
			   .resource = busy->resource,
			   .date = busy->date,
			   .start = busy->window.from,
			   .end = busy->window.to};

		g_array_append_val(uses, use);
	}
	g_array_sort(uses, compare_use);
	for (guint i = 0; i < uses->len; i++) {
		const Use *use = &g_array_index(uses, Use, i);

		if (i > 0 && (use[-1].kind != use->kind || use[-1].resource != use->resource ||
			      use[-1].date != use->date))
			open[0] = open[1] = NULL;
		check_overlap(check, use, open);
	}
}

/* Shortest round over the sites in [from, count) of an array, the first `from` being in their order. */
static gint64
get_round(const Check *check, guint32 base, guint32 *sites, guint from, guint count)
{
	guint32 here = from == 0 ? base : sites[from - 1];
	gint64 best = G_MAXINT64;

	if (from == count)
		return cm_caseload_get_travel(check->caseload, here, base);
	for (guint i = from; i < count; i++) {
		guint32 next = sites[i];
		gint64 minutes;

		sites[i] = sites[from];
		sites[from] = next;
		minutes = cm_caseload_get_travel(check->caseload, here, next) +
			  get_round(check, base, sites, from + 1, count);
		best = MIN(best, minutes);
		sites[from] = sites[i];
		sites[i] = next;
	}
	return best;
}

/* Rule 4 and the travel of a day; `day` are its sessions by start. */
static void
check_travel(Check *check, const Placed **day, guint count, const CmDayLimits *limits)
{
	guint32 sites[ROUND_SITES_MAX];
	guint visited = 0;
	guint different = 0;
	gboolean at_base = FALSE;
	const Placed *here = NULL;
	gint gap = 0;

	for (guint i = 0; i < count; i++) {
		gboolean seen = FALSE;

		if (i > 0)
			gap = MAX(gap, day[i]->start - day[i - 1]->end);
		if (day[i]->placement->mode != CM_MODE_IN_PERSON)
			continue;
		if (here != NULL && here->site_index != day[i]->site_index &&
		    gap < cm_caseload_get_travel(check->caseload, here->site_index,
						 day[i]->site_index))
			breaks(check, N_("The session {0} leaves no time to come from {1}."),
			       day[i]->session->id, here->site->id);
		here = day[i];
		gap = 0;
		if (here->site_index == here->professional->base) {
			different += at_base ? 0 : 1;
			at_base = TRUE;
			continue;
		}
		for (guint s = 0; s < visited; s++)
			seen = seen || sites[s] == here->site_index;
		different += seen ? 0 : 1;
		if (!seen && visited < ROUND_SITES_MAX)
			sites[visited++] = here->site_index;
	}
	if ((limits->max_sites != CM_LIMIT_NONE && (gint)different > limits->max_sites) ||
	    different > ROUND_SITES_MAX)
		breaks(check, N_("The day of the session {0} has too many sites in person."),
		       day[0]->session->id, NULL);
	if (visited > 0)
		check->cost.part[CM_COST_TRAVEL] +=
		    get_round(check, day[0]->professional->base, sites, 0, visited);
}

/* Rules 3 and 11. */
static void
check_limits(Check *check, const Placed **day, guint count, const CmDayLimits *limits)
{
	gint minutes = 0;
	gint run = 0;

	for (guint i = 0; i < count; i++) {
		gint own = day[i]->end - day[i]->start;
		gint gap = i > 0 ? day[i]->start - day[i - 1]->end : 0;

		minutes += own;
		if (i > 0 && gap < MAX(limits->buffer_minutes, 0))
			breaks(check, N_("The session {0} is too close to {1}."),
			       day[i]->session->id, day[i - 1]->session->id);
		if (day[i]->placement->mode == CM_MODE_IN_PERSON) {
			run = 0;
			continue;
		}
		if (i == 0 ||
		    (limits->break_minutes != CM_LIMIT_NONE && gap >= limits->break_minutes))
			run = 0;
		run += own;
		if (limits->max_consecutive_video_minutes != CM_LIMIT_NONE &&
		    run > limits->max_consecutive_video_minutes)
			breaks(check,
			       N_("The session {0} makes too long a run of video without a break."),
			       day[i]->session->id, NULL);
	}
	if ((limits->max_sessions != CM_LIMIT_NONE && (gint)count > limits->max_sessions) ||
	    (limits->max_minutes != CM_LIMIT_NONE && minutes > limits->max_minutes))
		breaks(check, N_("The day of the session {0} has too many sessions."),
		       day[count - 1]->session->id, NULL);
}

static gint
compare_day(gconstpointer a, gconstpointer b)
{
	const Placed *left = *(const Placed *const *)a;
	const Placed *right = *(const Placed *const *)b;

	if (left->followup->professional != right->followup->professional)
		return left->followup->professional < right->followup->professional ? -1 : 1;
	if (left->placement->date != right->placement->date)
		return left->placement->date < right->placement->date ? -1 : 1;
	return left->start != right->start ? left->start - right->start : left->end - right->end;
}

static void
check_days(Check *check)
{
	guint count = check->placed->len;
	g_autofree const Placed **order = g_new(const Placed *, count + 1);
	guint first = 0;

	for (guint i = 0; i < count; i++)
		order[i] = &g_array_index(check->placed, Placed, i);
	qsort(order, count, sizeof(*order), compare_day);
	for (guint i = 1; i <= count; i++) {
		const CmDayLimits *limits;

		if (i < count && order[i]->professional == order[first]->professional &&
		    order[i]->placement->date == order[first]->placement->date)
			continue;
		limits = cm_policy_get_day_limits(cm_policy_set_lookup(
		    check->problem->policies, order[first]->professional->profession));
		check_travel(check, order + first, i - first, limits);
		check_limits(check, order + first, i - first, limits);
		first = i;
	}
}

/* Rule 10 of two sessions in their order. */
static void
check_order(Check *check, const Placed *before, const Placed *after)
{
	gint gap = after->placement->date - before->placement->date;

	if (gap < 0 || (gap == 0 && after->start < before->end) ||
	    (after->rules->min_gap_days != CM_LIMIT_NONE && gap < after->rules->min_gap_days))
		breaks(check, N_("The session {0} is too soon after {1}."), after->session->id,
		       before->session->id);
	if (after->rules->max_gap_days != CM_LIMIT_NONE && gap > after->rules->max_gap_days)
		breaks(check, N_("The session {0} is too long after {1}."), after->session->id,
		       before->session->id);
}

/* Rule 9's sequences: those of the same act before this one, by their order. */
static void
check_sequence(Check *check, const Placed **row, guint index)
{
	const Placed *placed = row[index];
	gint every = placed->rules->in_person_every;
	gint run = placed->placement->mode != CM_MODE_IN_PERSON ? 1 : 0;
	gboolean first = TRUE;
	gboolean running = run > 0;

	for (guint i = index; i-- > 0;) {
		if (!g_str_equal(row[i]->session->act, placed->session->act))
			continue;
		first = FALSE;
		running = running && row[i]->placement->mode != CM_MODE_IN_PERSON;
		run += running ? 1 : 0;
	}
	if (first && !placed->session->continues && placed->rules->first_in_person &&
	    placed->placement->mode != CM_MODE_IN_PERSON)
		breaks(check, N_("The session {0} is the first of its act and must be in person."),
		       placed->session->id, NULL);
	if (every > 0 && run >= every)
		breaks(check, N_("The session {0} is one too many by video in a row."),
		       placed->session->id, NULL);
}

static void
add_rhythm_cost(Check *check, const Placed **row, guint count)
{
	guint most = 0;

	for (guint i = 0; i < count; i++) {
		guint same = 0;

		for (guint j = 0; j < count; j++)
			same +=
			    row[i]->weekday == row[j]->weekday && row[i]->start == row[j]->start;
		most = MAX(most, same);
	}
	check->cost.part[CM_COST_RHYTHM] += 15 * (gint64)(count - most);
}

static void
check_followup(Check *check, const CmFollowup *followup)
{
	g_autofree const Placed **row = g_new(const Placed *, followup->sessions.count + 1);
	guint count = 0;
	gboolean missing = FALSE;

	for (guint i = 0; i < followup->sessions.count; i++) {
		guint32 session = followup->sessions.first + i;

		if (check->places[session] == CM_NONE) {
			check->cost.part[CM_COST_UNSCHEDULED] += 1000 * (gint64)followup->priority;
			missing = TRUE;
			continue;
		}
		row[count] = &g_array_index(check->placed, Placed, check->places[session]);
		if (missing && !check->part)
			breaks(check, N_("The session {0} is scheduled after one that is not."),
			       row[count]->session->id, NULL);
		if (count > 0 && !missing)
			check_order(check, row[count - 1], row[count]);
		if (!missing)
			check_sequence(check, row, count);
		count++;
	}
	add_rhythm_cost(check, row, count);
}

static void
check_previous(Check *check)
{
	for (guint i = 0; i < check->caseload->previous->len; i++) {
		const CmPlacement *previous = CM_ELEMENT(check->caseload->previous, CmPlacement, i);
		guint32 place = check->places[previous->session];
		const CmPlacement *placement =
		    place != CM_NONE ? g_array_index(check->placed, Placed, place).placement : NULL;

		if (placement != NULL && placement->date == previous->date &&
		    placement->start == previous->start && placement->mode == previous->mode)
			continue;
		check->cost.part[CM_COST_MOVED] += 60;
		if (previous->locked && !check->part)
			breaks(
			    check, N_("The session {0} is locked and stands elsewhere."),
			    CM_ELEMENT(check->caseload->sessions, CmSession, previous->session)->id,
			    NULL);
	}
}

/* Each session of the caseload in one list, once, the unscheduled ones with a reason. */
static void
check_form(Check *check, const CmPlan *plan)
{
	const CmCaseload *caseload = check->caseload;
	g_autofree guint8 *seen = g_new0(guint8, caseload->sessions->len + 1);

	for (guint i = 0; i < plan->placements->len; i++)
		seen[g_array_index(plan->placements, CmPlacement, i).session]++;
	for (guint i = 0; i < plan->unscheduled->len; i++) {
		const CmUnscheduled *unscheduled =
		    &g_array_index(plan->unscheduled, CmUnscheduled, i);

		seen[unscheduled->session]++;
		if (!check->part && (unscheduled->reason == NULL || *unscheduled->reason == '\0'))
			breaks(check, N_("The session {0} is unscheduled without a reason."),
			       CM_ELEMENT(caseload->sessions, CmSession, unscheduled->session)->id,
			       NULL);
	}
	for (guint32 s = 0; s < caseload->sessions->len; s++)
		if (seen[s] > 1 || (seen[s] == 0 && !check->part))
			breaks(
			    check,
			    N_("The session {0} must be once in the plan, placed or unscheduled."),
			    CM_ELEMENT(caseload->sessions, CmSession, s)->id, NULL);
}

static void
fill_placed(Check *check, const CmPlan *plan)
{
	const CmCaseload *caseload = check->caseload;
	g_autofree const CmPlacement **previous =
	    g_new0(const CmPlacement *, caseload->sessions->len + 1);

	for (guint i = 0; i < caseload->previous->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, i);

		previous[placement->session] = placement;
	}
	for (guint32 s = 0; s < caseload->sessions->len; s++)
		check->places[s] = CM_NONE;
	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		Placed placed = {.previous = previous[placement->session]};

		look_up(check, placement, &placed);
		check->places[placement->session] = check->placed->len;
		g_array_append_val(check->placed, placed);
	}
}

static void
judge(Check *check, const CmPlan *plan)
{
	const CmCaseload *caseload = check->caseload;

	check->placed = g_array_new(FALSE, FALSE, sizeof(Placed));
	check_form(check, plan);
	check->places = g_new(guint32, caseload->sessions->len + 1);
	fill_placed(check, plan);
	for (guint i = 0; i < check->placed->len; i++) {
		const Placed *placed = &g_array_index(check->placed, Placed, i);

		check_when(check, placed);
		check_people(check, placed);
		check_place(check, placed);
		check_mode(check, placed);
		add_own_cost(check, placed);
	}
	check_uses(check);
	if (check->placed->len > 0)
		check_days(check);
	for (guint i = 0; i < caseload->followups->len; i++)
		check_followup(check, CM_ELEMENT(caseload->followups, CmFollowup, i));
	check_previous(check);
	g_array_unref(check->placed);
	g_free(check->places);
}

CmCost
cm_check_get_cost(const CmProblem *problem, const CmPlan *plan)
{
	Check check = {.problem = problem, .caseload = problem->caseload, .part = TRUE};

	judge(&check, plan);
	g_clear_error(&check.error);
	return check.cost;
}

gboolean
cm_check_find_broken(const CmProblem *problem, const CmPlan *plan, guint8 *out_broken)
{
	Check check = {
	    .problem = problem, .caseload = problem->caseload, .part = TRUE, .broken = out_broken};
	gboolean found;

	judge(&check, plan);
	found = check.error != NULL;
	g_clear_error(&check.error);
	return found;
}

gboolean
cm_check_part(const CmProblem *problem, const CmPlan *plan, GError **error)
{
	Check check = {.problem = problem, .caseload = problem->caseload, .part = TRUE};

	judge(&check, plan);
	if (check.error == NULL)
		return TRUE;
	g_propagate_error(error, check.error);
	return FALSE;
}

gboolean
cm_check_plan(const CmProblem *problem, const CmPlan *plan, GError **error)
{
	Check check = {.problem = problem, .caseload = problem->caseload};

	judge(&check, plan);
	for (guint i = 0; i < CM_COST_LAST; i++)
		if (check.cost.part[i] != plan->cost.part[i])
			breaks(&check, N_("The plan's own cost of {0} is wrong."),
			       cm_cost_part_to_string((CmCostPart)i), NULL);
	if (check.error == NULL)
		return TRUE;
	g_propagate_error(error, check.error);
	return FALSE;
}
