// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/explain.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/points.h"
#include "daemon/planner/reach.h"
#include "daemon/planner/slots.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define SETS 7 /* obstacles of slots.h, as obstructions */

/* What the session costs the plan at a place, by part: it is not in the state now. */
static CmCost
get_cost(CmState *state, guint32 session, const CmSpot *spot)
{
	const CmProblem *problem = state->problem;
	const CmChain *chain =
	    &problem->chains[cm_problem_kind(problem, problem->tasks[session].kind)->followup];
	const CmDayLoad *load = cm_state_load(state, chain->professional, spot->day);
	const CmSpot *spots = state->spots + chain->tasks.first;
	gint before = cm_points_get_rhythm(problem, spots, chain->tasks.count);
	guint64 sites = load->sites;
	CmCost cost = {{0}};

	cm_points_add_session(problem, session, spot, &cost);
	state->spots[session] = *spot;
	cost.part[CM_COST_RHYTHM] =
	    cm_points_get_rhythm(problem, spots, chain->tasks.count) - before;
	state->spots[session].day = -1;
	if (spot->mode == CM_MODE_IN_PERSON && chain->site_bit < CM_SITES_MAX)
		sites |= (guint64)1 << chain->site_bit;
	if (sites != load->sites)
		cost.part[CM_COST_TRAVEL] =
		    cm_day_rules_get_round(&problem->workers[chain->professional], sites) -
		    load->travel;
	return cost;
}

/* Whether another session that overlaps [start, end) of a day holds one of a list of tracks. */
static gboolean
holds_any(const CmState *state, guint32 session, const GArray *list, CmRange range, gboolean people)
{
	const CmProblem *problem = state->problem;
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);
	const CmSpot *spot = &state->spots[session];

	for (guint i = 0; i < range.count; i++) {
		guint32 track = g_array_index(list, guint32, range.first + i);

		if (!people && (spot->room == track || spot->companion == track))
			return TRUE;
		for (guint t = 0; people && t < kind->tracks.count; t++)
			if (g_array_index(problem->kind_tracks, guint32, kind->tracks.first + t) ==
			    track)
				return TRUE;
	}
	return FALSE;
}

/* The first session at that time, of any professional, that holds one of the tracks. */
static guint32
find_holder(const CmState *state,
	    const CmRemedyPlace *place,
	    gint minutes,
	    const GArray *list,
	    CmRange range,
	    gboolean people)
{
	const CmProblem *problem = state->problem;

	for (guint32 p = 0; p < problem->caseload->professionals->len; p++) {
		const CmDayLoad *load = cm_state_load(state, p, place->day);
		const CmVisit *visits = cm_state_visits(state, p, place->day);

		for (guint i = 0; i < load->count; i++)
			if (visits[i].start < place->start + minutes &&
			    visits[i].end > place->start &&
			    holds_any(state, visits[i].session, list, range, people))
				return visits[i].session;
	}
	return CM_NONE;
}

/* The professional's own session that is too near. */
static guint32
find_neighbour(const CmState *state, const CmChain *chain, const CmRemedyPlace *place, gint minutes)
{
	const CmWorker *worker = &state->problem->workers[chain->professional];
	const CmDayLoad *load = cm_state_load(state, chain->professional, place->day);
	const CmVisit *visits = cm_state_visits(state, chain->professional, place->day);

	for (guint i = 0; i < load->count; i++)
		if (visits[i].start < place->start + minutes + worker->buffer &&
		    visits[i].end + worker->buffer > place->start)
			return visits[i].session;
	return CM_NONE;
}

static guint32
find_in_the_way(const CmState *state, guint32 session, const CmElsewhere *elsewhere)
{
	const CmProblem *problem = state->problem;
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);
	const CmChain *chain = &problem->chains[kind->followup];
	const CmPlace *site = &problem->places[chain->site];
	const CmRemedyPlace *place = &elsewhere->place;

	switch (elsewhere->obstructions) {
	case CM_OBSTRUCTION_DAY:
		return find_neighbour(state, chain, place, kind->minutes);
	case CM_OBSTRUCTION_ROOM:
		return find_holder(state, place, kind->minutes, problem->site_tracks,
				   site->tracks[place->mode != CM_MODE_IN_PERSON], FALSE);
	case CM_OBSTRUCTION_COMPANION:
		return find_holder(state, place, kind->minutes, problem->site_tracks,
				   site->companions, FALSE);
	case CM_OBSTRUCTION_CONTACTS | CM_OBSTRUCTION_STUDENT:
		return find_holder(state, place, kind->minutes, problem->kind_tracks, kind->tracks,
				   TRUE);
	default:
		return CM_NONE;
	}
}

/* Which one thing forbids a start; FALSE when several do, or what is no better place. The student's and the participants' taken
 * times are one set of the planner's, so that both are named then. */
static gboolean
find_obstructions(guint64 sets[SETS][CM_DAY_BITS_WORDS_MAX], guint bit, guint *out_obstructions)
{
	guint obstructions = 0;

	for (guint set = 0; set < SETS; set++)
		if (!cm_day_bits_has(sets[set], bit))
			obstructions |= 1u << set;
	*out_obstructions = obstructions;
	return (obstructions & (CM_OBSTRUCTION_HOURS | CM_OBSTRUCTION_CALENDAR)) == 0 &&
	       (__builtin_popcount(obstructions) <= 1 ||
		obstructions == (CM_OBSTRUCTION_CONTACTS | CM_OBSTRUCTION_STUDENT));
}

/* Keep the better places, one a day. */
static void
keep(CmExplanation *explanation, const CmElsewhere *elsewhere)
{
	CmElsewhere *kept = explanation->elsewhere;
	guint i;

	for (i = 0; i < explanation->count; i++)
		if (kept[i].place.day == elsewhere->place.day)
			break;
	if (i < explanation->count && kept[i].saves >= elsewhere->saves)
		return;
	if (i == explanation->count) {
		if (i == CM_ELSEWHERES_MAX && kept[i - 1].saves >= elsewhere->saves)
			return;
		explanation->count = MIN(i + 1, CM_ELSEWHERES_MAX);
		i = explanation->count - 1;
	}
	for (; i > 0 && kept[i - 1].saves < elsewhere->saves; i--)
		kept[i] = kept[i - 1];
	kept[i] = *elsewhere;
}

static void
look(CmState *state, guint32 session, gint day, CmMode mode, CmExplanation *explanation)
{
	const CmProblem *problem = state->problem;
	guint32 kind = problem->tasks[session].kind;
	guint64 sets[SETS][CM_DAY_BITS_WORDS_MAX];

	for (guint set = 0; set < SETS; set++)
		if (!cm_slots_fill(state, kind, day, mode, 1u << set, sets[set]))
			cm_day_bits_zero(sets[set], problem->words);
	for (gint bit = 0; bit < problem->bits; bit++) {
		gint start = problem->first_minute + bit * problem->grid;
		CmSpot spot = {.day = (gint16)day, .start = (gint16)start, .mode = (guint8)mode};
		CmElsewhere elsewhere = {.place = {day, start, (guint8)mode}};
		CmCost cost;

		if (!find_obstructions(sets, (guint)bit, &elsewhere.obstructions))
			continue;
		cost = get_cost(state, session, &spot);
		elsewhere.saves =
		    (gint)(cm_cost_get_total(&explanation->cost) - cm_cost_get_total(&cost));
		if (elsewhere.saves > 0)
			keep(explanation, &elsewhere);
	}
}

void
cm_explain_session(CmState *state, guint32 session, CmExplanation *out_explanation)
{
	const CmSpot stood = state->spots[session];
	CmReach reach = cm_reach_find(state, session);

	*out_explanation = (CmExplanation){.placed = stood.day >= 0, .missing = reach.missing};
	if (!out_explanation->placed) {
		if (!reach.missing)
			cm_remedy_find(state, session, TRUE, &out_explanation->diagnosis);
		return;
	}
	cm_state_remove(state, session);
	out_explanation->cost = get_cost(state, session, &stood);
	for (gint day = reach.first; day <= reach.last; day++)
		for (guint mode = 0; mode < CM_MODE_LAST; mode++)
			if ((reach.modes & CM_MODE_FLAG(mode)) != 0)
				look(state, session, day, (CmMode)mode, out_explanation);
	for (guint i = 0; i < out_explanation->count; i++)
		out_explanation->elsewhere[i].holder =
		    find_in_the_way(state, session, &out_explanation->elsewhere[i]);
	if (!cm_state_place(state, session, &stood))
		g_critical("A session can't stand where it stood.");
}

/* {0} the session in the way, {1} the professional, {2} the site. */
static const gchar *
get_format(const CmElsewhere *elsewhere)
{
	gboolean held = elsewhere->holder != CM_NONE;

	switch (elsewhere->obstructions) {
	case 0:
		return N_("nothing: it is free");
	case CM_OBSTRUCTION_DAY:
		return held ? N_("{1} is at {0} then, or too near it")
			    : N_("the day of {1}: its limits, or the way from one school to "
				 "another");
	case CM_OBSTRUCTION_ROOM:
		return held ? N_("the room is taken by {0}") : N_("no room at {2} is free");
	case CM_OBSTRUCTION_COMPANION:
		return held ? N_("the adult who sits with the student is at {0}")
			    : N_("no adult at {2} is free to sit with the student");
	case CM_OBSTRUCTION_CONTACTS:
		return N_("the participants are not free");
	case CM_OBSTRUCTION_STUDENT:
		return N_("the student is not free");
	default:
		return held ? N_("the student or a participant is at {0}")
			    : N_("the student or a participant is taken elsewhere");
	}
}

gchar *
cm_explain_format_blocks(const CmProblem *problem, guint32 session, const CmElsewhere *elsewhere)
{
	const CmCaseload *caseload = problem->caseload;
	const CmChain *chain =
	    &problem->chains[CM_ELEMENT(caseload->sessions, CmSession, session)->followup];
	const gchar *holder =
	    elsewhere->holder == CM_NONE
		? ""
		: CM_ELEMENT(caseload->sessions, CmSession, elsewhere->holder)->id;

	return cm_message_new(
	    get_format(elsewhere), holder,
	    CM_ELEMENT(caseload->professionals, CmProfessional, chain->professional)->id,
	    CM_ELEMENT(caseload->sites, CmSite, chain->site)->name, NULL);
}
