// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/planner-view.h"

#include "daemon/planner/check.h"

/* What is known of each session of the whole while a view is made. */
typedef struct {
	const CmPlacement *previous; /* or NULL */
	gboolean fixed;              /* it stays where it is */
	gboolean apart;
} Fact;

/* How a follow-up's sessions are put in order. */
typedef enum {
	ORDER_BY_CALENDAR, /* what can move keeps its place among what can't */
	ORDER_FIXED_FIRST, /* what can move comes last */
} Order;

typedef struct {
	const CmCaseload *whole;
	const CmPolicySet *policies;
	Fact *facts; /* [session] */
	CmDay first; /* that may change */
	Order order;
} Making;

static const CmFollowup *
get_followup(const Making *making, guint32 session)
{
	return CM_ELEMENT(making->whole->followups, CmFollowup,
			  CM_ELEMENT(making->whole->sessions, CmSession, session)->followup);
}

static const CmActRules *
get_rules(const Making *making, guint32 session)
{
	const CmProfessional *professional =
	    CM_ELEMENT(making->whole->professionals, CmProfessional,
		       get_followup(making, session)->professional);
	const CmPolicy *policy = cm_policy_set_lookup(making->policies, professional->profession);

	return policy == NULL
		   ? NULL
		   : cm_policy_get_act(
			 policy, CM_ELEMENT(making->whole->sessions, CmSession, session)->act);
}

static gint
compare_moment(const CmPlacement *a, const CmPlacement *b)
{
	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	return a->start - b->start;
}

/* Put the fixed sessions of a follow-up, by their dates, into `row`. */
static void
add_fixed(const Making *making, CmRange sessions, GArray *row)
{
	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++) {
		guint at = row->len;

		if (!making->facts[s].fixed || making->facts[s].apart)
			continue;
		while (at > 0 &&
		       compare_moment(making->facts[s].previous,
				      making->facts[g_array_index(row, guint32, at - 1)].previous) <
			   0)
			at--;
		g_array_insert_val(row, at, s);
	}
}

/* Whether what can move goes before a fixed one: it stands there now, and may still be there. */
static gboolean
goes_before(const Making *making, guint32 session, guint32 fixed)
{
	const CmPlacement *previous = making->facts[session].previous;

	return making->order == ORDER_BY_CALENDAR && previous != NULL && session < fixed &&
	       previous->date >= making->first &&
	       compare_moment(previous, making->facts[fixed].previous) < 0;
}

/* A follow-up's sessions in the order in which the planner is to have them: the calendar's for what stands. What stands no more is
 * planned after all that does. */
static void
add_row(const Making *making, CmRange sessions, GArray *row)
{
	guint next = 0;

	add_fixed(making, sessions, row);
	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++) {
		if (making->facts[s].fixed)
			continue;
		while (next < row->len &&
		       !goes_before(making, s, g_array_index(row, guint32, next)))
			next++;
		g_array_insert_val(row, next, s);
		next++;
	}
}

static void
share(GArray **array, GArray *whole)
{
	g_array_unref(*array);
	*array = g_array_ref(whole);
}

static CmCaseload *
new_caseload(const CmCaseload *whole)
{
	CmCaseload *caseload = cm_caseload_new();

	caseload->organisation_id = whole->organisation_id;
	caseload->organisation_name = whole->organisation_name;
	caseload->timezone = whole->timezone;
	caseload->locale = whole->locale;
	caseload->from = whole->from;
	caseload->to = whole->to;
	caseload->grid_minutes = whole->grid_minutes;
	caseload->replan_from = whole->replan_from;
	share(&caseload->calendars, whole->calendars);
	share(&caseload->sites, whole->sites);
	share(&caseload->travels, whole->travels);
	share(&caseload->rooms, whole->rooms);
	share(&caseload->companions, whole->companions);
	share(&caseload->professionals, whole->professionals);
	share(&caseload->students, whole->students);
	share(&caseload->contacts, whole->contacts);
	share(&caseload->windows, whole->windows);
	share(&caseload->calendar_days, whole->calendar_days);
	share(&caseload->absences, whole->absences);
	share(&caseload->cycle_windows, whole->cycle_windows);
	share(&caseload->references, whole->references);
	return caseload;
}

/* Sessions that were held, or will be, apart from the problem, before those of the row: what the rules of a sequence count. */
static void
carry_act(const Making *making, CmRange sessions, guint32 session, CmSession *copy, guint turn)
{
	const CmActRules *rules = get_rules(making, session);
	const gchar *act = CM_ELEMENT(making->whole->sessions, CmSession, session)->act;
	const CmPlacement *last = NULL;
	guint apart = 0;
	gint run = 0;

	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++)
		if (making->facts[s].apart &&
		    g_str_equal(CM_ELEMENT(making->whole->sessions, CmSession, s)->act, act))
			apart++;
	if (apart == 0)
		return;
	copy->continues = 1;
	/* by video since the last in person, over all that stands and can't move */
	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++) {
		const Fact *fact = &making->facts[s];

		if (fact->fixed && fact->previous->mode == CM_MODE_IN_PERSON &&
		    (last == NULL || compare_moment(last, fact->previous) < 0) &&
		    g_str_equal(CM_ELEMENT(making->whole->sessions, CmSession, s)->act, act))
			last = fact->previous;
	}
	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++)
		run += making->facts[s].fixed &&
		       (last == NULL || compare_moment(last, making->facts[s].previous) < 0) &&
		       g_str_equal(CM_ELEMENT(making->whole->sessions, CmSession, s)->act, act);
	if (rules != NULL && rules->in_person_every > 0 && run > 0 &&
	    !making->facts[session].fixed && (gint)turn == MAX(rules->in_person_every - 1 - run, 0))
		copy->modes &= CM_MODE_FLAG(CM_MODE_IN_PERSON);
}

/* The first day of what can move: the least days after the last that stands apart and is over. */
static CmDay
get_first_day(const Making *making, CmRange sessions, guint32 next)
{
	const CmActRules *rules = get_rules(making, next);
	CmDay first = CM_DAY_NONE;

	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++)
		if (making->facts[s].apart && making->facts[s].previous->date < making->first)
			first = MAX(first, making->facts[s].previous->date +
					       MAX(rules != NULL ? rules->min_gap_days : 1, 1));
	return first;
}

static guint
count_turns(const GArray *row, const Making *making, guint at)
{
	guint count = 0;

	for (guint i = 0; i < at; i++)
		count += !making->facts[g_array_index(row, guint32, i)].fixed &&
			 g_str_equal(CM_ELEMENT(making->whole->sessions, CmSession,
						g_array_index(row, guint32, i))
					 ->act,
				     CM_ELEMENT(making->whole->sessions, CmSession,
						g_array_index(row, guint32, at))
					 ->act);
	return count;
}

static void
copy_followup(const Making *making, guint32 index, CmPlannerView *view)
{
	CmCaseload *caseload = view->caseload;
	CmFollowup followup = *CM_ELEMENT(making->whole->followups, CmFollowup, index);
	CmRange sessions = followup.sessions;
	g_autoptr(GArray) row = g_array_new(FALSE, FALSE, sizeof(guint32));

	add_row(making, sessions, row);
	followup.sessions = (CmRange){caseload->sessions->len, row->len};
	for (guint i = 0; i < row->len; i++) {
		guint32 whole = g_array_index(row, guint32, i);
		CmSession session = *CM_ELEMENT(making->whole->sessions, CmSession, whole);
		guint turn = count_turns(row, making, i);

		carry_act(making, sessions, whole, &session, turn);
		if (!making->facts[whole].fixed)
			followup.not_before =
			    MAX(followup.not_before, get_first_day(making, sessions, whole));
		g_array_append_val(caseload->sessions, session);
		g_array_append_val(view->wholes, whole);
	}
	g_array_append_val(caseload->followups, followup);
}

static void
copy_previous(const Making *making, CmPlannerView *view)
{
	for (guint32 s = 0; s < view->wholes->len; s++) {
		const Fact *fact = &making->facts[g_array_index(view->wholes, guint32, s)];
		CmPlacement placement;

		if (fact->previous == NULL)
			continue;
		placement = *fact->previous;
		placement.session = s;
		g_array_append_val(view->caseload->previous, placement);
	}
}

static void
add_busy(const CmPlannerView *view, CmResource kind, guint32 resource, CmDay date, CmWindow window)
{
	CmBusy busy = {.kind = (guint8)kind, .resource = resource, .date = date, .window = window};

	if (resource != CM_NONE && window.from < window.to && date >= view->whole->from &&
	    date <= view->whole->to)
		g_array_append_val(view->caseload->busy, busy);
}

/* A day to come of a professional: taken, but for where something stands now. */
static void
close_day(const Making *making, CmPlannerView *view, guint32 professional, CmDay date)
{
	gboolean taken[CM_MINUTES_PER_DAY] = {FALSE};
	gint from = 0;

	for (guint i = 0; i < making->whole->previous->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(making->whole->previous, CmPlacement, i);
		const CmSession *session =
		    CM_ELEMENT(making->whole->sessions, CmSession, placement->session);

		if (placement->date != date || making->facts[placement->session].apart ||
		    get_followup(making, placement->session)->professional != professional)
			continue;
		for (gint m = placement->start;
		     m < MIN(placement->start + session->minutes, CM_MINUTES_PER_DAY); m++)
			taken[m] = TRUE;
	}
	for (gint m = 0; m < CM_MINUTES_PER_DAY; m++) {
		if (taken[m])
			add_busy(view, CM_RESOURCE_PROFESSIONAL, professional, date,
				 (CmWindow){(CmMinute)from, (CmMinute)m});
		if (taken[m])
			from = m + 1;
	}
	add_busy(view, CM_RESOURCE_PROFESSIONAL, professional, date,
		 (CmWindow){(CmMinute)MIN(from, CM_MINUTES_PER_DAY - 1), CM_MINUTES_PER_DAY - 1});
}

static void
take_apart(const Making *making, CmPlannerView *view, guint32 whole)
{
	const CmPlacement *placement = making->facts[whole].previous;
	const CmSession *session = CM_ELEMENT(making->whole->sessions, CmSession, whole);
	const CmFollowup *followup = get_followup(making, whole);
	const CmActRules *rules = get_rules(making, whole);
	CmWindow window = {placement->start, (CmMinute)MIN(placement->start + session->minutes,
							   CM_MINUTES_PER_DAY - 1)};

	g_array_append_val(view->apart, *placement);
	add_busy(view, CM_RESOURCE_PROFESSIONAL, followup->professional, placement->date, window);
	if (rules == NULL || rules->student_present)
		add_busy(view, CM_RESOURCE_STUDENT, followup->student, placement->date, window);
	for (guint i = 0; i < session->participants.count; i++)
		add_busy(view, CM_RESOURCE_CONTACT,
			 g_array_index(making->whole->references, guint32,
				       session->participants.first + i),
			 placement->date, window);
	add_busy(view, CM_RESOURCE_ROOM, placement->room, placement->date, window);
	add_busy(view, CM_RESOURCE_COMPANION, placement->companion, placement->date, window);
	if (placement->date >= making->first)
		close_day(making, view, followup->professional, placement->date);
}

static CmPlannerView *
make_view(const Making *making, gboolean with_previous)
{
	CmPlannerView *view = g_new0(CmPlannerView, 1);

	view->whole = making->whole;
	view->caseload = new_caseload(making->whole);
	view->wholes = g_array_new(FALSE, FALSE, sizeof(guint32));
	view->apart = g_array_new(FALSE, FALSE, sizeof(CmPlacement));
	for (guint32 i = 0; i < making->whole->followups->len; i++)
		copy_followup(making, i, view);
	g_array_append_vals(view->caseload->busy, making->whole->busy->data,
			    making->whole->busy->len);
	for (guint32 s = 0; s < making->whole->sessions->len; s++)
		if (making->facts[s].apart)
			take_apart(making, view, s);
	if (with_previous)
		copy_previous(making, view);
	return view;
}

void
cm_planner_view_free(CmPlannerView *view)
{
	g_clear_pointer(&view->problem, cm_problem_free);
	cm_caseload_free(view->caseload);
	g_array_unref(view->wholes);
	g_array_unref(view->apart);
	g_free(view);
}

/* If the last that is over stands apart, so does all of the follow-up that is over: its gaps are counted from one place. */
static void
spread_apart(const Making *making)
{
	for (guint32 i = 0; i < making->whole->followups->len; i++) {
		CmRange sessions = CM_ELEMENT(making->whole->followups, CmFollowup, i)->sessions;
		CmDay last = CM_DAY_NONE;

		for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++)
			if (making->facts[s].apart &&
			    making->facts[s].previous->date < making->first)
				last = MAX(last, making->facts[s].previous->date);
		for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++)
			if (making->facts[s].fixed && making->facts[s].previous->date <= last)
				making->facts[s].apart = TRUE;
	}
}

static void
set_all_apart(const Making *making)
{
	for (guint32 s = 0; s < making->whole->sessions->len; s++)
		making->facts[s].apart = making->facts[s].fixed;
}

/* Set apart what breaks a rule of those that stay in the problem. FALSE when all keep them. */
static gboolean
part_broken(const Making *making, const CmPlannerView *view)
{
	g_autofree guint8 *broken = g_new0(guint8, view->caseload->sessions->len + 1);
	g_autoptr(CmPlan) plan = cm_plan_new();
	gboolean any = FALSE;

	for (guint32 s = 0; s < view->wholes->len; s++) {
		const Fact *fact = &making->facts[g_array_index(view->wholes, guint32, s)];
		CmPlacement placement;

		if (!fact->fixed)
			continue;
		placement = *fact->previous;
		placement.session = s;
		g_array_append_val(plan->placements, placement);
	}
	/* they are locked: a first day that may change is no rule for them */
	if (!cm_check_find_broken(view->problem, plan, broken))
		return FALSE;
	for (guint32 s = 0; s < view->wholes->len; s++)
		if (broken[s] != 0)
			making->facts[g_array_index(view->wholes, guint32, s)].apart = any = TRUE;
	if (!any)
		set_all_apart(making);
	spread_apart(making);
	return TRUE;
}

/* Until none of those that stay breaks a rule. */
static gboolean
part_all_broken(const Making *making, GError **error)
{
	gboolean parted = TRUE;

	while (parted) {
		g_autoptr(CmPlannerView) view = make_view(making, FALSE);

		view->caseload->replan_from = CM_DAY_NONE;
		view->problem = cm_problem_new(view->caseload, making->policies, error);
		if (view->problem == NULL)
			return FALSE;
		parted = part_broken(making, view);
	}
	return TRUE;
}

static CmPlannerView *
try_view(const Making *making, GError **error)
{
	g_autoptr(CmPlannerView) view = NULL;

	if (!part_all_broken(making, error))
		return NULL;
	view = make_view(making, TRUE);
	view->problem = cm_problem_new(view->caseload, making->policies, error);
	return view->problem != NULL ? g_steal_pointer(&view) : NULL;
}

/* Whether any is fixed. */
static gboolean
find_facts(Making *making)
{
	const CmCaseload *whole = making->whole;
	gboolean any = FALSE;

	making->first = whole->replan_from != CM_DAY_NONE ? whole->replan_from : whole->from;
	for (guint i = 0; i < whole->previous->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(whole->previous, CmPlacement, i);
		Fact *fact = &making->facts[placement->session];

		fact->previous = placement;
		fact->fixed = placement->locked;
		fact->apart = placement->locked &&
			      (placement->date < whole->from || placement->date > whole->to);
		any = any || fact->fixed;
	}
	return any;
}

CmPlannerView *
cm_planner_view_new(const CmCaseload *whole, const CmPolicySet *policies, GError **error)
{
	g_autofree Fact *facts = g_new0(Fact, whole->sessions->len + 1);
	Making making = {.whole = whole, .policies = policies, .facts = facts};
	CmPlannerView *view;

	if (!find_facts(&making)) {
		view = make_view(&making, TRUE);
		view->problem = cm_problem_new(view->caseload, policies, error);
		if (view->problem == NULL)
			g_clear_pointer(&view, cm_planner_view_free);
		return view;
	}
	view = try_view(&making, NULL);
	/* no room is left for what must go between two that stay: let it follow them */
	making.order = ORDER_FIXED_FIRST;
	if (view == NULL)
		view = try_view(&making, NULL);
	/* whatever it is, it is not what stands */
	if (view == NULL) {
		set_all_apart(&making);
		view = try_view(&making, error);
	}
	return view;
}

CmPlan *
cm_planner_view_restore(const CmPlannerView *view, const CmPlan *plan)
{
	CmPlan *whole = cm_plan_new();

	whole->cost = plan->cost;
	for (guint i = 0; i < plan->placements->len; i++) {
		CmPlacement placement = *CM_ELEMENT(plan->placements, CmPlacement, i);

		placement.session = g_array_index(view->wholes, guint32, placement.session);
		g_array_append_val(whole->placements, placement);
	}
	for (guint i = 0; i < plan->unscheduled->len; i++) {
		const CmUnscheduled *left = CM_ELEMENT(plan->unscheduled, CmUnscheduled, i);
		CmUnscheduled unscheduled = {g_array_index(view->wholes, guint32, left->session),
					     g_strdup(left->reason)};

		g_array_append_val(whole->unscheduled, unscheduled);
	}
	g_array_append_vals(whole->placements, view->apart->data, view->apart->len);
	cm_plan_sort(whole);
	return whole;
}

CmPlan *
cm_planner_view_reduce(const CmPlannerView *view, const CmPlan *plan)
{
	CmPlan *part = cm_plan_new();
	g_autofree guint32 *indices = g_new(guint32, view->whole->sessions->len + 1);

	for (guint32 s = 0; s < view->whole->sessions->len; s++)
		indices[s] = CM_NONE;
	for (guint32 s = 0; s < view->wholes->len; s++)
		indices[g_array_index(view->wholes, guint32, s)] = s;
	part->cost = plan->cost;
	for (guint i = 0; i < plan->placements->len; i++) {
		CmPlacement placement = *CM_ELEMENT(plan->placements, CmPlacement, i);

		placement.session = indices[placement.session];
		if (placement.session != CM_NONE)
			g_array_append_val(part->placements, placement);
	}
	cm_plan_sort(part);
	return part;
}
