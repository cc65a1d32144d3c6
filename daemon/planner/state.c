// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/state.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/points.h"
#include "daemon/planner/slots.h"

#include <string.h>

static gsize
count_loads(const CmProblem *problem)
{
	return problem->caseload->professionals->len * (gsize)problem->days;
}

static gsize
count_taken(const CmProblem *problem)
{
	return problem->tracks->len * (gsize)problem->days * problem->words;
}

/* A locked session where it stands, with the room and the companion it had, or with any. */
static gboolean
place_locked(CmState *state, const CmPlacement *previous, gboolean keep)
{
	const CmProblem *problem = state->problem;
	guint32 kind = problem->tasks[previous->session].kind;
	CmSpot spot = {.day = (gint16)(previous->date - problem->caseload->from),
		       .start = previous->start,
		       .mode = previous->mode,
		       .room = CM_NONE,
		       .companion = CM_NONE};

	if (keep && previous->room != CM_NONE && spot.mode != CM_MODE_VIDEO_REMOTE)
		spot.room = previous->room;
	if (keep && previous->companion != CM_NONE &&
	    cm_slots_needs_companion(cm_problem_kind(problem, kind), spot.day, (CmMode)spot.mode))
		spot.companion = problem->caseload->rooms->len + previous->companion;
	if (!cm_slots_is_served(state, kind, &spot))
		return FALSE;
	return cm_state_place(state, previous->session, &spot);
}

static gint
compare_start(gconstpointer a, gconstpointer b)
{
	const CmPlacement *left = *(const CmPlacement *const *)a;
	const CmPlacement *right = *(const CmPlacement *const *)b;

	if (left->date != right->date)
		return left->date < right->date ? -1 : 1;
	if (left->start != right->start)
		return left->start - right->start;
	return left->session < right->session ? -1 : left->session > right->session;
}

/* Those that can keep their room and companion do; the others get what is left, by their start. One that gets none stays
 * out, and cm_locked_check() finds it. */
static void
place_all_locked(CmState *state)
{
	const CmCaseload *caseload = state->problem->caseload;
	g_autoptr(GPtrArray) rest = g_ptr_array_new();

	for (guint i = 0; i < caseload->previous->len; i++) {
		CmPlacement *previous = CM_ELEMENT(caseload->previous, CmPlacement, i);

		if (previous->locked && !place_locked(state, previous, TRUE))
			g_ptr_array_add(rest, previous);
	}
	g_ptr_array_sort(rest, compare_start);
	for (guint i = 0; i < rest->len; i++)
		if (!place_locked(state, g_ptr_array_index(rest, i), FALSE))
			g_debug("A locked session has no room or no companion.");
}

CmState *
cm_state_new(const CmProblem *problem)
{
	CmState *state = g_new0(CmState, 1);
	const CmCaseload *caseload = problem->caseload;

	state->problem = problem;
	state->spots = g_new0(CmSpot, caseload->sessions->len + 1);
	state->visits = g_new0(CmVisit, problem->visits + 1);
	state->loads = g_new0(CmDayLoad, count_loads(problem) + 1);
	state->taken = g_new0(guint64, count_taken(problem) + 1);
	state->chain_points = g_new0(gint64, caseload->followups->len + 1);
	state->ideals = g_new(gint, caseload->followups->len + 1);
	state->worker_points = g_new0(gint64, caseload->professionals->len + 1);
	for (guint i = 0; i < caseload->sessions->len; i++)
		state->spots[i].day = -1;
	place_all_locked(state);
	for (guint32 i = 0; i < caseload->followups->len; i++) {
		state->ideals[i] = -1;
		cm_state_recount(state, i);
	}
	return state;
}

void
cm_state_free(CmState *state)
{
	g_free(state->spots);
	g_free(state->visits);
	g_free(state->loads);
	g_free(state->taken);
	g_free(state->chain_points);
	g_free(state->ideals);
	g_free(state->worker_points);
	g_free(state);
}

void
cm_state_copy(CmState *state, const CmState *other)
{
	const CmProblem *problem = state->problem;
	const CmCaseload *caseload = problem->caseload;

	memcpy(state->spots, other->spots, caseload->sessions->len * sizeof(CmSpot));
	memcpy(state->visits, other->visits, problem->visits * sizeof(CmVisit));
	memcpy(state->loads, other->loads, count_loads(problem) * sizeof(CmDayLoad));
	memcpy(state->taken, other->taken, count_taken(problem) * sizeof(guint64));
	memcpy(state->chain_points, other->chain_points, caseload->followups->len * sizeof(gint64));
	memcpy(state->worker_points, other->worker_points,
	       caseload->professionals->len * sizeof(gint64));
}

/* Take, or give back, the cells of a session on a track. */
static void
mark_track(CmState *state, guint32 track, const CmSpot *spot, gint minutes, gboolean taken)
{
	const CmProblem *problem = state->problem;
	guint64 *bits = cm_state_taken(state, track, spot->day);
	gint from = cm_problem_bit_down(problem, spot->start);
	gint to = cm_problem_bit_down(problem, spot->start + minutes - 1) + 1;

	if (taken)
		cm_day_bits_set(bits, problem->words, from, to);
	else
		cm_day_bits_clear(bits, problem->words, from, to);
}

static void
mark_all(CmState *state, const CmKind *kind, const CmSpot *spot, gboolean taken)
{
	if (spot->room != CM_NONE)
		mark_track(state, spot->room, spot, kind->minutes, taken);
	if (spot->companion != CM_NONE)
		mark_track(state, spot->companion, spot, kind->minutes, taken);
	for (guint i = 0; i < kind->tracks.count; i++)
		mark_track(
		    state,
		    g_array_index(state->problem->kind_tracks, guint32, kind->tracks.first + i),
		    spot, kind->minutes, taken);
}

static void
set_travel(CmState *state, guint32 professional, CmDayLoad *load)
{
	gint travel = cm_day_rules_get_round(&state->problem->workers[professional], load->sites);

	state->worker_points[professional] += travel - load->travel;
	load->travel = travel;
}

void
cm_state_stand(CmState *state, guint32 session, const CmSpot *spot)
{
	const CmKind *kind = cm_problem_kind(state->problem, state->problem->tasks[session].kind);
	const CmChain *chain = &state->problem->chains[kind->followup];
	CmDayLoad *load = cm_state_load(state, chain->professional, spot->day);
	CmVisit *visits = cm_state_visits(state, chain->professional, spot->day);
	guint i = load->count;

	for (; i > 0 && visits[i - 1].start > spot->start; i--)
		visits[i] = visits[i - 1];
	visits[i] = (CmVisit){.session = session,
			      .start = spot->start,
			      .end = (gint16)(spot->start + kind->minutes),
			      .mode = spot->mode,
			      .site_bit = chain->site_bit};
	load->count++;
	load->minutes += kind->minutes;
	state->spots[session] = *spot;
	if (spot->mode == CM_MODE_IN_PERSON && chain->site_bit < CM_SITES_MAX &&
	    (load->sites >> chain->site_bit & 1) == 0) {
		load->sites |= (guint64)1 << chain->site_bit;
		set_travel(state, chain->professional, load);
	}
}

/* A room and a companion for a spot, where they are needed and not chosen. */
static gboolean
choose_tracks(const CmState *state, guint32 kind, CmSpot *spot)
{
	if (spot->mode != CM_MODE_VIDEO_REMOTE && spot->room == CM_NONE) {
		spot->room = cm_slots_pick_room(state, kind, spot->day, spot->mode, spot->start);
		if (spot->room == CM_NONE)
			return FALSE;
	}
	if (cm_slots_needs_companion(cm_problem_kind(state->problem, kind), spot->day,
				     spot->mode) &&
	    spot->companion == CM_NONE) {
		spot->companion = cm_slots_pick_companion(state, kind, spot->day, spot->start);
		if (spot->companion == CM_NONE)
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_state_place(CmState *state, guint32 session, const CmSpot *asked)
{
	const CmProblem *problem = state->problem;
	guint32 kind_index = problem->tasks[session].kind;
	const CmKind *kind = cm_problem_kind(problem, kind_index);
	guint32 professional = problem->chains[kind->followup].professional;
	CmSpot spot = *asked;

	if (cm_state_load(state, professional, spot.day)->count >=
	    problem->workers[professional].visits)
		return FALSE;
	if (!choose_tracks(state, kind_index, &spot))
		return FALSE;
	mark_all(state, kind, &spot, TRUE);
	cm_state_stand(state, session, &spot);
	return TRUE;
}

void
cm_state_leave(CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);
	guint32 professional = problem->chains[kind->followup].professional;
	CmSpot *spot = &state->spots[session];
	CmDayLoad *load = cm_state_load(state, professional, spot->day);
	CmVisit *visits = cm_state_visits(state, professional, spot->day);
	guint64 sites = 0;
	guint kept = 0;

	for (guint i = 0; i < load->count; i++) {
		if (visits[i].session == session)
			continue;
		if (visits[i].mode == CM_MODE_IN_PERSON)
			sites |= (guint64)1 << visits[i].site_bit;
		visits[kept++] = visits[i];
	}
	load->count = (guint16)kept;
	load->minutes -= kind->minutes;
	if (sites != load->sites) {
		load->sites = sites;
		set_travel(state, professional, load);
	}
	spot->day = -1;
}

void
cm_state_lift(CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	CmSpot *spot = &state->spots[session];

	mark_all(state, cm_problem_kind(problem, problem->tasks[session].kind), spot, FALSE);
	spot->room = CM_NONE;
	spot->companion = CM_NONE;
}

gboolean
cm_state_settle(CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	guint32 kind = problem->tasks[session].kind;

	if (!choose_tracks(state, kind, &state->spots[session]))
		return FALSE;
	mark_all(state, cm_problem_kind(problem, kind), &state->spots[session], TRUE);
	return TRUE;
}

void
cm_state_remove(CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;

	mark_all(state, cm_problem_kind(problem, problem->tasks[session].kind),
		 &state->spots[session], FALSE);
	cm_state_leave(state, session);
}

static void
add_chain(const CmState *state, guint32 followup, CmCost *cost, guint32 *unscheduled)
{
	const CmProblem *problem = state->problem;
	CmRange tasks = problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
		if (state->spots[s].day >= 0) {
			cm_points_add_session(problem, s, &state->spots[s], cost);
		} else {
			cm_points_add_unscheduled(problem, s, cost);
			(*unscheduled)++;
		}
	}
	cost->part[CM_COST_RHYTHM] +=
	    cm_points_get_rhythm(problem, state->spots + tasks.first, tasks.count);
}

void
cm_state_recount(CmState *state, guint32 followup)
{
	guint32 unscheduled = 0;
	CmCost cost = {{0}};

	add_chain(state, followup, &cost, &unscheduled);
	cm_state_set_points(state, followup, cm_cost_get_total(&cost));
}

void
cm_state_count_session(CmState *state, guint32 session, gint sign)
{
	const CmProblem *problem = state->problem;
	guint32 followup = cm_problem_kind(problem, problem->tasks[session].kind)->followup;
	CmRange tasks = problem->chains[followup].tasks;
	CmCost standing = {{0}};
	CmCost missing = {{0}};

	cm_points_add_session(problem, session, &state->spots[session], &standing);
	cm_points_add_unscheduled(problem, session, &missing);
	if (cm_points_is_out_of_rhythm(problem, state->spots + tasks.first, tasks.count,
				       session - tasks.first))
		standing.part[CM_COST_RHYTHM] = CM_POINTS_RHYTHM;
	cm_state_set_points(state, followup,
			    state->chain_points[followup] + sign * (cm_cost_get_total(&standing) -
								    cm_cost_get_total(&missing)));
}

void
cm_state_set_points(CmState *state, guint32 followup, gint64 points)
{
	guint32 professional = state->problem->chains[followup].professional;

	state->worker_points[professional] += points - state->chain_points[followup];
	state->chain_points[followup] = points;
}

gboolean
cm_state_misses_sessions(const CmState *state, guint32 followup)
{
	CmRange tasks = state->problem->chains[followup].tasks;

	/* after one that is left out all are */
	return tasks.count > 0 && state->spots[tasks.first + tasks.count - 1].day < 0;
}

gint64
cm_state_get_points(const CmState *state)
{
	gint64 points = 0;

	for (guint i = 0; i < state->problem->caseload->professionals->len; i++)
		points += state->worker_points[i];
	return points;
}

CmCost
cm_state_get_cost(const CmState *state, guint32 *out_unscheduled)
{
	const CmProblem *problem = state->problem;
	guint32 unscheduled = 0;
	CmCost cost = {{0}};

	for (guint32 i = 0; i < problem->caseload->followups->len; i++)
		add_chain(state, i, &cost, &unscheduled);
	for (guint32 p = 0; p < problem->caseload->professionals->len; p++)
		for (gint day = 0; day < problem->days; day++)
			cost.part[CM_COST_TRAVEL] += cm_day_rules_get_round(
			    &problem->workers[p], cm_state_load(state, p, day)->sites);
	if (out_unscheduled != NULL)
		*out_unscheduled = unscheduled;
	return cost;
}

void
cm_state_load_plan(CmState *state, const CmPlan *plan)
{
	const CmProblem *problem = state->problem;
	guint32 rooms = problem->caseload->rooms->len;

	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		CmSpot spot = {.day = (gint16)(placement->date - problem->caseload->from),
			       .start = placement->start,
			       .mode = placement->mode,
			       .room = placement->room,
			       .companion = CM_NONE};

		if (placement->companion != CM_NONE)
			spot.companion = rooms + placement->companion;
		if (state->spots[placement->session].day >= 0)
			cm_state_remove(state, placement->session);
		if (spot.day >= 0 && spot.day < problem->days &&
		    !cm_state_place(state, placement->session, &spot))
			g_debug("A placement of a plan can't be held.");
	}
	for (guint32 i = 0; i < problem->caseload->followups->len; i++)
		cm_state_recount(state, i);
}

static guint32
get_resource(const CmProblem *problem, guint32 track)
{
	return track == CM_NONE ? CM_NONE : cm_problem_track(problem, track)->index;
}

CmPlan *
cm_state_to_plan(const CmState *state)
{
	const CmProblem *problem = state->problem;
	CmPlan *plan = cm_plan_new();

	for (guint32 s = 0; s < problem->caseload->sessions->len; s++) {
		const CmSpot *spot = &state->spots[s];
		CmPlacement placement = {.session = s,
					 .date = problem->caseload->from + spot->day,
					 .start = spot->start,
					 .mode = spot->mode,
					 .locked = problem->tasks[s].locked,
					 .room = get_resource(problem, spot->room),
					 .companion = get_resource(problem, spot->companion)};
		CmUnscheduled unscheduled = {.session = s};

		if (spot->day >= 0)
			g_array_append_val(plan->placements, placement);
		else
			g_array_append_val(plan->unscheduled, unscheduled);
	}
	return plan;
}
