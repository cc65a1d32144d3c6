// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/swap.h"

#include "daemon/planner/points.h"
#include "daemon/planner/reach.h"
#include "daemon/planner/slots.h"

#define TRIES_MAX 24
#define DAYS_AWAY 21 /* a session is not moved further */

/* The cheapest start of one day in the modes; FALSE when there is none. */
static gboolean
find_start(const CmState *state,
	   guint32 session,
	   gint day,
	   guint modes,
	   CmSpot *out_spot,
	   gint64 *out_points)
{
	const CmProblem *problem = state->problem;
	guint64 starts[CM_DAY_BITS_WORDS_MAX];
	gint64 best = G_MAXINT64;

	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		if ((modes & CM_MODE_FLAG(mode)) == 0 ||
		    !cm_slots_fill(state, problem->tasks[session].kind, day, (CmMode)mode,
				   CM_OBSTACLES_ALL, starts))
			continue;
		for (gint bit = 0; bit < problem->bits; bit++) {
			CmSpot spot = {.day = (gint16)day,
				       .start =
					   (gint16)(problem->first_minute + bit * problem->grid),
				       .mode = (guint8)mode,
				       .room = CM_NONE,
				       .companion = CM_NONE};
			CmCost cost = {{0}};

			if (!cm_day_bits_has(starts, (guint)bit))
				continue;
			cm_points_add_session(problem, session, &spot, &cost);
			if (cm_cost_get_total(&cost) >= best)
				continue;
			best = cm_cost_get_total(&cost);
			*out_spot = spot;
			*out_points = best;
		}
	}
	return best != G_MAXINT64;
}

/* The cheapest place of a session within reach, near a day. */
static gboolean
find_place(const CmState *state,
	   guint32 session,
	   const CmReach *reach,
	   gint near,
	   CmSpot *out_spot,
	   gint64 *out_points)
{
	gint64 best = G_MAXINT64;

	for (gint day = MAX(reach->first, near - DAYS_AWAY);
	     day <= MIN(reach->last, near + DAYS_AWAY); day++) {
		CmSpot spot;
		gint64 points;

		if (!find_start(state, session, day, reach->modes, &spot, &points) ||
		    points >= best)
			continue;
		best = points;
		*out_spot = spot;
		*out_points = points;
	}
	return best != G_MAXINT64;
}

/* With the asked session standing, a place for the one that gave way. */
static gboolean
find_refuge(CmState *state,
	    guint32 moved,
	    const CmSpot *stood,
	    CmSpot *out_spot,
	    gint64 *out_points)
{
	guint in_person = CM_MODE_FLAG(CM_MODE_IN_PERSON);
	CmReach reach = cm_reach_find(state, moved);

	reach.modes &= stood->mode == CM_MODE_IN_PERSON ? in_person : ~in_person;
	return find_place(state, moved, &reach, stood->day, out_spot, out_points);
}

static void
keep(guint32 moved, const CmSpot *to, const CmSpot *place, gint64 points, CmRemedy *remedy)
{
	CmRemedyPlace moves_to = {to->day, to->start, to->mode};
	CmRemedyPlace stands = {place->day, place->start, place->mode};

	if (remedy->points <= points)
		return;
	*remedy = (CmRemedy){.kind = CM_REMEDY_MOVE,
			     .resource = moved,
			     .to = moves_to,
			     .place = stands,
			     .points = (gint)points};
}

/* Take one session away, place the asked one on that day, and see where the other can go; then put all back. */
static void
try_visit(CmState *state, guint32 session, guint32 moved, CmRemedy *remedy)
{
	const CmSpot stood = state->spots[moved];
	CmReach reach = cm_reach_find(state, session);
	CmSpot place;
	CmSpot to;
	gint64 points = 0;
	gint64 more = 0;
	gboolean placed;

	cm_state_remove(state, moved);
	placed = find_start(state, session, stood.day, reach.modes, &place, &points) &&
		 cm_state_place(state, session, &place);
	if (placed) {
		if (find_refuge(state, moved, &stood, &to, &more))
			keep(moved, &to, &place, points + more, remedy);
		cm_state_remove(state, session);
	}
	if (!cm_state_place(state, moved, &stood))
		g_critical("A session can't stand where it stood.");
}

/* Nothing is left after the session before: if that one came sooner? Its places are tried from the cheapest day on. */
static void
try_before(CmState *state, guint32 session, CmRemedy *remedy)
{
	guint32 moved = session - 1;
	const CmSpot stood = state->spots[moved];
	guint in_person = CM_MODE_FLAG(CM_MODE_IN_PERSON);
	CmReach reach = cm_reach_find(state, moved);

	reach.modes &= stood.mode == CM_MODE_IN_PERSON ? in_person : ~in_person;
	for (gint day = stood.day - 1; day >= MAX(reach.first, stood.day - DAYS_AWAY); day--) {
		CmSpot to;
		CmSpot place;
		CmReach after;
		gint64 points = 0;
		gint64 more = 0;

		cm_state_remove(state, moved);
		if (find_start(state, moved, day, reach.modes, &to, &more) &&
		    cm_state_place(state, moved, &to)) {
			after = cm_reach_find(state, session);
			if (find_place(state, session, &after, after.first, &place, &points))
				keep(moved, &to, &place, points + more, remedy);
			cm_state_remove(state, moved);
		}
		if (!cm_state_place(state, moved, &stood))
			g_critical("A session can't stand where it stood.");
	}
}

gboolean
cm_swap_find(CmState *state, guint32 session, const gint *days, guint count, CmRemedy *out_remedy)
{
	const CmProblem *problem = state->problem;
	const CmChain *chain =
	    &problem->chains[cm_problem_kind(problem, problem->tasks[session].kind)->followup];
	CmRemedy remedy = {.points = G_MAXINT};
	guint tries = 0;

	for (guint i = 0; i < count && tries < TRIES_MAX; i++) {
		const CmDayLoad *load = cm_state_load(state, chain->professional, days[i]);
		guint32 visits[CM_DAY_VISITS_MAX];
		guint visit_count = MIN(load->count, CM_DAY_VISITS_MAX);

		for (guint v = 0; v < visit_count; v++)
			visits[v] = cm_state_visits(state, chain->professional, days[i])[v].session;
		for (guint v = 0; v < visit_count && tries < TRIES_MAX; v++) {
			/* a session of its own follow-up holds its reach: that is try_before()'s */
			if (problem->tasks[visits[v]].locked ||
			    visits[v] - chain->tasks.first < chain->tasks.count)
				continue;
			try_visit(state, session, visits[v], &remedy);
			tries++;
		}
	}
	if (remedy.points == G_MAXINT && session > chain->tasks.first &&
	    !problem->tasks[session - 1].locked)
		try_before(state, session, &remedy);
	if (remedy.points == G_MAXINT)
		return FALSE;
	*out_remedy = remedy;
	return TRUE;
}
