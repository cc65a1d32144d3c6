// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/improve.h"

#include "daemon/planner/points.h"
#include "daemon/planner/shift.h"
#include "daemon/planner/slots.h"
#include "daemon/planner/trial.h"

#define CHOSEN_MAX 6   /* follow-ups a move takes away */
#define RHYTHMS_FAST 6 /* a move tries so many for each */
#define SEED_TRIES 24
#define RHYTHMS_IDEAL 24
#define CLOCK_EVERY 8    /* moves between two looks at the clock */
#define SMALL_SESSIONS 5 /* sessions of the professional for each small move after a large one */
#define SMALL_MOST 32    /* small moves after a large one */
#define SMALL_SHARE 20   /* per cent: their temperature, of that of the large ones */
#define PUSHES 80        /* per cent of them; the others are of one session alone */

struct _CmImprover {
	const CmProblem *problem;
	CmChainTable *table;
	CmTrial trial;
	CmSheet *sheet;
	GArray *missing; /* guint32: follow-ups that all moves are about; empty: about any */
};

typedef struct {
	CmImprover *improver;
	CmState *state;
	guint32 professional;
	CmRange chains;
	CmStream *stream;
	CmChainWish wish;
} Move;

CmImprover *
cm_improver_new(const CmProblem *problem, CmChainTable *table)
{
	CmImprover *improver = g_new0(CmImprover, 1);

	improver->problem = problem;
	improver->table = table;
	improver->sheet = cm_sheet_new(problem);
	improver->missing = g_array_new(FALSE, FALSE, sizeof(guint32));
	cm_trial_init(&improver->trial);
	return improver;
}

void
cm_improver_free(CmImprover *improver)
{
	cm_trial_clear(&improver->trial);
	cm_sheet_free(improver->sheet);
	g_array_unref(improver->missing);
	g_free(improver);
}

static guint32
get_chain(const Move *move, guint i)
{
	return g_array_index(move->improver->problem->professional_chains, guint32,
			     move->chains.first + i);
}

static guint32
pick_followup(const Move *move)
{
	return get_chain(move, cm_stream_below(move->stream, move->chains.count));
}

/* The follow-up that a move is about; now and then one that has sessions left out, where there is one. */
static guint32
pick_seed(const Move *move)
{
	const GArray *missing = move->improver->missing;
	guint tries = cm_stream_below(move->stream, 3) == 0 ? SEED_TRIES : 0;

	if (missing->len > 0)
		return g_array_index(missing, guint32, cm_stream_below(move->stream, missing->len));
	for (; tries > 0; tries--) {
		guint32 followup = pick_followup(move);

		if (cm_state_misses_sessions(move->state, followup))
			return followup;
	}
	return pick_followup(move);
}

static guint32
get_followup(const Move *move, guint32 session)
{
	const CmProblem *problem = move->improver->problem;

	return cm_problem_kind(problem, problem->tasks[session].kind)->followup;
}

/* A session of a follow-up by chance: where it stands, or where it was meant to. */
static gint
pick_day(const Move *move, guint32 followup)
{
	const CmProblem *problem = move->improver->problem;
	CmRange tasks = problem->chains[followup].tasks;
	guint32 session;

	if (tasks.count == 0)
		return 0;
	session = tasks.first + cm_stream_below(move->stream, tasks.count);
	if (move->state->spots[session].day >= 0)
		return move->state->spots[session].day;
	return CLAMP(problem->tasks[session].target, 0, problem->days - 1);
}

/* Choose follow-ups with a session on a day, up to a number in all. */
static void
choose_of_day(const Move *move, gint day, guint most)
{
	const CmDayLoad *load = cm_state_load(move->state, move->professional, day);
	const CmVisit *visits = cm_state_visits(move->state, move->professional, day);
	guint from = cm_stream_below(move->stream, MAX(load->count, 1));

	for (guint i = 0; i < load->count && move->improver->trial.count < most; i++)
		cm_trial_choose(&move->improver->trial,
				get_followup(move, visits[(i + from) % load->count].session));
}

/* A follow-up and those in the way near one of its days. */
static void
choose_near(Move *move)
{
	const CmProblem *problem = move->improver->problem;
	guint32 seed = pick_seed(move);
	gint day = pick_day(move, seed);
	guint most = 2 + cm_stream_below(move->stream, 3);

	cm_trial_choose(&move->improver->trial, seed);
	for (guint tries = 0; tries < 6 && move->improver->trial.count < most; tries++) {
		gint near = day + (gint)cm_stream_below(move->stream, 9) - 4;

		if (near >= 0 && near < problem->days)
			choose_of_day(move, near, move->improver->trial.count + 1);
	}
}

/* All that is held in person at one site on one day; and maybe not there again. */
static void
choose_visit(Move *move)
{
	const CmProblem *problem = move->improver->problem;
	guint32 seed = pick_seed(move);
	guint32 site = problem->chains[seed].site;
	gint day = pick_day(move, seed);
	const CmDayLoad *load = cm_state_load(move->state, move->professional, day);
	const CmVisit *visits = cm_state_visits(move->state, move->professional, day);

	for (guint i = 0; i < load->count; i++)
		if (visits[i].mode == CM_MODE_IN_PERSON &&
		    problem->chains[get_followup(move, visits[i].session)].site == site)
			cm_trial_choose(&move->improver->trial,
					get_followup(move, visits[i].session));
	cm_trial_choose(&move->improver->trial, seed);
	move->wish.site = site;
	if (cm_stream_below(move->stream, 4) != 0)
		move->wish.shut_day = day;
}

/* Follow-ups of one site, and a day on which the way there is for free: together they may pay for it. */
static void
choose_site(Move *move)
{
	const CmProblem *problem = move->improver->problem;
	guint32 seed = pick_seed(move);
	guint32 site = problem->chains[seed].site;
	guint most = 2 + cm_stream_below(move->stream, 3);
	gint day;

	cm_trial_choose(&move->improver->trial, seed);
	for (guint tries = 0; tries < 12 && move->improver->trial.count < most; tries++) {
		guint32 other = pick_followup(move);

		if (problem->chains[other].site == site)
			cm_trial_choose(&move->improver->trial, other);
	}
	move->wish.site = site;
	day = pick_day(move, seed) + (gint)cm_stream_below(move->stream, 7) - 3;
	move->wish.free_day = CLAMP(day, 0, problem->days - 1);
}

static void
choose_any(Move *move)
{
	guint most = 1 + cm_stream_below(move->stream, 3);

	for (guint i = 0; i < most; i++)
		cm_trial_choose(&move->improver->trial, pick_followup(move));
}

static void
choose_all(Move *move)
{
	guint kind = cm_stream_below(move->stream, 100);

	cm_trial_start(&move->improver->trial, move->state, CHOSEN_MAX);
	move->wish = (CmChainWish)CM_CHAIN_WISH_INIT;
	move->wish.rhythms = RHYTHMS_FAST;
	move->wish.stream = move->stream;
	if (kind < 45)
		choose_near(move);
	else if (kind < 65)
		choose_visit(move);
	else if (kind < 85)
		choose_site(move);
	else
		choose_any(move);
}

/* What a follow-up costs at least, whatever the rest of the plan: as if the professional's days and the rooms were all free. Those
 * who share a student or a contact with another follow-up are not estimated. */
static gint
get_ideal(Move *move, guint32 followup)
{
	const CmProblem *problem = move->improver->problem;
	const CmChain *chain = &problem->chains[followup];
	gint *ideal = &move->state->ideals[followup];
	CmChainWish wish = CM_CHAIN_WISH_INIT;

	if (*ideal >= 0)
		return *ideal;
	*ideal = 0;
	for (guint k = 0; k < chain->kinds.count; k++)
		if (cm_problem_kind(problem, chain->kinds.first + k)->tracks.count > 0)
			return *ideal;
	wish.rhythms = RHYTHMS_IDEAL;
	wish.obstacles &= ~(guint)(CM_OBSTACLE_DAY | CM_OBSTACLE_ROOM | CM_OBSTACLE_COMPANION);
	*ideal = cm_chain_estimate(move->improver->table, move->state, followup, &wish);
	return *ideal;
}

/* Put the chosen back, each within what `budget` leaves to it when the others cost what they can't be under. */
static gboolean
put_back(Move *move, gint64 budget)
{
	CmImprover *improver = move->improver;
	CmState *state = move->state;
	gint64 ideals = 0;

	cm_trial_shuffle(&improver->trial, move->stream);
	/* their points are still those from before they were taken away */
	budget -= state->worker_points[move->professional];
	for (guint i = 0; i < improver->trial.count; i++) {
		budget += state->chain_points[improver->trial.chosen[i]];
		ideals += get_ideal(move, improver->trial.chosen[i]);
	}
	for (guint i = 0; i < improver->trial.count; i++) {
		guint32 followup = improver->trial.chosen[i];
		gint64 before =
		    state->worker_points[move->professional] - state->chain_points[followup];

		ideals -= get_ideal(move, followup);
		move->wish.limit = (gint)CLAMP(budget - ideals, -1, CM_CHAIN_NEVER);
		if (!cm_chain_fill(improver->table, state, followup, &move->wish))
			return FALSE;
		budget -= state->worker_points[move->professional] - before;
	}
	return TRUE;
}

static gboolean
is_over(const CmImproveSlice *slice, guint move)
{
	if (slice->stop != NULL && g_atomic_int_get(slice->stop) != 0)
		return TRUE;
	return slice->deadline != 0 && move % CLOCK_EVERY == 0 &&
	       g_get_monotonic_time() >= slice->deadline;
}

/* Some follow-ups at once, each by its best chain. */
static void
make_large_move(Move *move, gint temperature)
{
	CmImprover *improver = move->improver;
	const gint64 *points = &move->state->worker_points[move->professional];
	gint64 limit = *points + cm_stream_exponential(move->stream, temperature) / 16;

	choose_all(move);
	cm_trial_take_away(&improver->trial);
	if (!put_back(move, limit) || *points > limit || !cm_trial_check_days(&improver->trial))
		cm_trial_undo(&improver->trial);
}

static void
make_small_moves(Move *move, gint temperature)
{
	const GArray *sessions = move->improver->sheet->sessions;
	CmShift shift = {
	    .sheet = move->improver->sheet, .stream = move->stream, .temperature = temperature};
	guint moves = MIN(sessions->len / SMALL_SESSIONS, SMALL_MOST);

	for (guint i = 0; i < moves; i++) {
		guint32 session =
		    g_array_index(sessions, guint32, cm_stream_below(move->stream, sessions->len));

		if (cm_stream_below(move->stream, 100) < PUSHES)
			cm_shift_push(&shift, session);
		else
			cm_shift_move(&shift, session);
	}
}

static void
list_missing(const Move *move)
{
	for (guint i = 0; i < move->chains.count; i++) {
		guint32 followup = get_chain(move, i);

		if (cm_state_misses_sessions(move->state, followup))
			g_array_append_val(move->improver->missing, followup);
	}
}

void
cm_improver_run(CmImprover *improver, CmState *state, guint32 professional, CmImproveSlice *slice)
{
	guint moves = slice->moves;
	Move move = {.improver = improver,
		     .state = state,
		     .professional = professional,
		     .chains = improver->problem->workers[professional].chains,
		     .stream = &slice->stream};

	g_array_set_size(improver->missing, 0);
	if (slice->missing) {
		list_missing(&move);
		moves *= improver->missing->len;
	}
	if (move.chains.count == 0 || moves == 0)
		return;
	cm_sheet_open(improver->sheet, state, professional);
	improver->trial.sheet = improver->sheet;
	improver->table->sheet = improver->sheet;
	for (guint i = 0; i < moves && !is_over(slice, i); i++) {
		make_large_move(&move, slice->temperature);
		if (!slice->missing)
			make_small_moves(&move, slice->temperature * SMALL_SHARE / 100);
	}
	improver->table->sheet = NULL;
	cm_sheet_close(improver->sheet);
}
