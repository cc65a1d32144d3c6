// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/construct.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/slots.h"

#include <stdlib.h>

#define RHYTHMS 12

/* Whether what stands of a follow-up obeys its order, its gaps and its rules of presence, as far as nothing is missing between. */
static gboolean
is_sound(const CmState *state, const CmChain *chain)
{
	const CmProblem *problem = state->problem;
	guint counts = 0;

	for (guint32 s = chain->tasks.first; s < chain->tasks.first + chain->tasks.count; s++) {
		const CmTask *task = &problem->tasks[s];
		const CmSpot *spot = &state->spots[s];
		gint next;

		if (spot->day < 0)
			return TRUE;
		if (s > chain->tasks.first) {
			gint gap = spot->day - state->spots[s - 1].day;

			if (gap < task->min_gap || gap > task->max_gap)
				return FALSE;
		}
		next = cm_chain_step(task, counts, spot->mode == CM_MODE_IN_PERSON);
		if (next < 0)
			return FALSE;
		counts = (guint)next;
	}
	return TRUE;
}

/* Take away what is not locked of a follow-up. */
static void
clear_followup(CmState *state, guint32 followup)
{
	CmRange tasks = state->problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		if (state->spots[s].day >= 0 && !state->problem->tasks[s].locked)
			cm_state_remove(state, s);
	cm_state_recount(state, followup);
}

/* The previous place of a session, in the room and with the companion it had or with any; FALSE when it is not one. */
static gboolean
get_previous(const CmProblem *problem, guint32 session, gboolean same_room, CmSpot *out_spot)
{
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);
	gint bit = cm_problem_bit_up(problem, task->previous_start);

	if (task->previous_day < problem->chains[kind->followup].first_day ||
	    task->previous_day >= problem->days || bit >= problem->bits ||
	    problem->first_minute + bit * problem->grid != task->previous_start)
		return FALSE;
	*out_spot = (CmSpot){.day = (gint16)task->previous_day,
			     .start = task->previous_start,
			     .mode = task->previous_mode,
			     .room = CM_NONE,
			     .companion = CM_NONE};
	if (same_room && out_spot->mode != CM_MODE_VIDEO_REMOTE)
		out_spot->room = task->previous_room;
	if (same_room &&
	    cm_slots_needs_companion(kind, task->previous_day, (CmMode)task->previous_mode))
		out_spot->companion = task->previous_companion;
	return TRUE;
}

static gboolean
restore_session(CmState *state, guint32 session, gboolean same_room)
{
	const CmProblem *problem = state->problem;
	const CmTask *task = &problem->tasks[session];
	guint64 starts[CM_DAY_BITS_WORDS_MAX];
	CmSpot spot;

	if (!get_previous(problem, session, same_room, &spot) ||
	    !cm_slots_fill(state, task->kind, spot.day, (CmMode)spot.mode, CM_OBSTACLES_ALL,
			   starts) ||
	    !cm_day_bits_has(starts, (guint)cm_problem_bit_up(problem, spot.start)) ||
	    !cm_slots_is_served(state, task->kind, &spot))
		return FALSE;
	return cm_state_place(state, session, &spot);
}

/* Put back what is missing and can be; how many sessions were. */
static guint
restore_followup(CmState *state, guint32 followup, gboolean same_room)
{
	const CmProblem *problem = state->problem;
	CmRange tasks = problem->chains[followup].tasks;
	guint restored = 0;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		if (problem->tasks[s].previous_day != G_MININT32 && state->spots[s].day < 0)
			restored += restore_session(state, s, same_room);
	if (restored > 0)
		cm_state_recount(state, followup);
	return restored;
}

void
cm_construct_restore(CmState *state, guint32 professional, gboolean same_room, volatile gint *stop)
{
	const CmProblem *problem = state->problem;
	CmRange chains = problem->workers[professional].chains;
	guint restored = 1;

	/* a session in person may part two runs of video, which can only stand once it does */
	while (restored > 0) {
		restored = 0;
		for (guint i = 0; i < chains.count; i++) {
			if (stop != NULL && g_atomic_int_get(stop) != 0)
				return;
			restored += restore_followup(
			    state,
			    g_array_index(problem->professional_chains, guint32, chains.first + i),
			    same_room);
		}
	}
	for (guint i = 0; !same_room && i < chains.count; i++) {
		guint32 followup =
		    g_array_index(problem->professional_chains, guint32, chains.first + i);

		if (!is_sound(state, &problem->chains[followup]))
			clear_followup(state, followup);
	}
}

static void
fill(CmChainTable *table, CmState *state, guint32 followup, const CmChainWish *wish)
{
	if (cm_chain_fill(table, state, followup, wish))
		return;
	/* what was restored leaves no way to what is missing */
	clear_followup(state, followup);
	if (!cm_chain_fill(table, state, followup, wish))
		g_debug("A follow-up has no place for what must stand.");
}

typedef struct {
	guint32 followup;
	gint first; /* target of the first session */
} Turn;

static gint
compare_turn(gconstpointer a, gconstpointer b)
{
	const Turn *left = a;
	const Turn *right = b;

	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return left->followup < right->followup ? -1 : left->followup > right->followup;
}

void
cm_construct_priority(CmChainTable *table,
		      CmState *state,
		      guint32 professional,
		      gint priority,
		      const CmCrowdCost *rooms,
		      volatile gint *stop)
{
	const CmProblem *problem = state->problem;
	CmRange chains = problem->workers[professional].chains;
	g_autofree Turn *turns = g_new(Turn, chains.count + 1);
	guint count = 0;
	CmChainWish wish = CM_CHAIN_WISH_INIT;

	for (guint i = 0; i < chains.count; i++) {
		guint32 followup =
		    g_array_index(problem->professional_chains, guint32, chains.first + i);
		const CmChain *chain = &problem->chains[followup];
		Turn turn = {.followup = followup};

		if (chain->priority != priority || chain->tasks.count == 0)
			continue;
		turn.first = problem->tasks[chain->tasks.first].target;
		turns[count++] = turn;
	}
	wish.rhythms = RHYTHMS;
	qsort(turns, count, sizeof(Turn), compare_turn);
	for (guint i = 0; i < count; i++) {
		guint32 followup = turns[i].followup;

		if (stop != NULL && g_atomic_int_get(stop) != 0)
			return;
		if (rooms != NULL)
			wish.rooms = rooms[problem->chains[followup].site];
		fill(table, state, followup, &wish);
	}
}

/* Take away a session that is not locked, and those behind it. */
static void
cut(CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	guint32 followup = cm_problem_kind(problem, problem->tasks[session].kind)->followup;
	CmRange tasks = problem->chains[followup].tasks;

	for (guint32 s = session; s < tasks.first + tasks.count; s++)
		if (state->spots[s].day >= 0 && !problem->tasks[s].locked)
			cm_state_remove(state, s);
	cm_state_recount(state, followup);
}

/* The last session of a day that can go: nothing behind it must stand. */
static guint32
find_loose(const CmState *state, guint32 professional, gint day)
{
	const CmProblem *problem = state->problem;
	const CmDayLoad *load = cm_state_load(state, professional, day);
	const CmVisit *visits = cm_state_visits(state, professional, day);

	for (guint i = load->count; i-- > 0;) {
		guint32 session = visits[i].session;
		const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);
		const CmChain *chain = &problem->chains[kind->followup];

		if (session >= chain->tasks.first + chain->mandatory)
			return session;
	}
	return CM_NONE;
}

void
cm_construct_tidy(CmState *state, guint32 professional)
{
	const CmProblem *problem = state->problem;
	const CmWorker *worker = &problem->workers[professional];

	for (guint i = 0; i < worker->chains.count; i++) {
		guint32 followup =
		    g_array_index(problem->professional_chains, guint32, worker->chains.first + i);
		CmRange tasks = problem->chains[followup].tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
			if (state->spots[s].day < 0)
				cut(state, s);
	}
	for (gint day = 0; day < problem->days; day++) {
		guint32 loose = find_loose(state, professional, day);

		if (loose == CM_NONE ||
		    cm_day_rules_check(worker, cm_state_load(state, professional, day),
				       cm_state_visits(state, professional, day)))
			continue;
		cut(state, loose);
		/* what was behind it may have parted runs of video on other days */
		day = -1;
	}
}
