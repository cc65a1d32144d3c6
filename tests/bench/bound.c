// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/chain.h"

#include "daemon/planner/points.h"
#include "daemon/planner/slots.h"
#include "tests/bench/shadow-price.h"
#include "tests/unit/planner-fixture.h"

#include <math.h>
#include <stdio.h>

/* A cost that no plan is below, for caseloads too large to be solved: Lagrangean relaxation. Rooms, companions and the professional's
 * days are shared by prices (shadow-price.h) instead of by rules, so that each follow-up is an exact chain by itself; the cheapest chains
 * at those prices, less what the prices earn for all that there is, bound the cost from below, whatever the prices. Travel and rhythm
 * are counted as nothing. With --left-out only what sessions left out cost is counted: so much *must* be left out. */

#define DAYS_MAX CM_HORIZON_DAYS_MAX
#define NEVER 1e15
#define PATIENCE 4 /* rounds without a better bound, then smaller steps */
#define STEP_FIRST 1.0
#define NO_START G_MAXUINT16

typedef struct {
	gboolean left_out;
	gint rounds;
	gdouble target; /* cost of a plan that is known, 0: none */
} Options;

/* What each kind costs by its start on each day in each mode, prices apart: filled once. */
typedef struct {
	const CmProblem *problem;
	const CmState *empty;
	const Options *options;
	guint16 *starts; /* [kind][mode][day] */
	CmShadowPrices *prices;
	gint longest;  /* sessions of a follow-up */
	gint states;   /* of a chain, at most */
	gdouble *paid; /* [mode][day]: prices of the kind at hand */
	guint32 paid_kind;
	gdouble *costs; /* [mode][day] of the session at hand */
	gdouble *reached[2];
	gint16 *queue;
} Bound;

typedef struct {
	gint session; /* -1: none is held */
	gint state;
	gint day;
	gdouble points;
} Ending;

static guint16
find_start(const Bound *bound, guint32 kind_index, gint day, CmMode mode)
{
	const CmProblem *problem = bound->problem;
	const CmKind *kind = cm_problem_kind(problem, kind_index);
	const guint heeded =
	    CM_OBSTACLES_ALL & ~(guint)(CM_OBSTACLE_DAY | CM_OBSTACLE_ROOM | CM_OBSTACLE_COMPANION);
	gint cycle_day =
	    cm_problem_date(problem, problem->chains[kind->followup].site, day)->cycle_day;
	guint64 bits[CM_DAY_BITS_WORDS_MAX];
	gint best = NO_START;

	if (!cm_slots_fill(bound->empty, kind_index, day, mode, heeded, bits))
		return NO_START;
	if (bound->options->left_out)
		return 0;
	for (guint bit = 0; bit < (guint)problem->bits; bit++)
		if (cm_day_bits_has(bits, bit))
			best = MIN(best,
				   cm_points_get_start(problem, kind, day, cycle_day, mode, bit));
	return (guint16)best;
}

static void
fill_starts(Bound *bound)
{
	const CmProblem *problem = bound->problem;
	guint16 *start = bound->starts;

	for (guint32 kind = 0; kind < problem->kinds->len; kind++)
		for (guint mode = 0; mode < CM_MODE_LAST; mode++)
			for (gint day = 0; day < problem->days; day++)
				*start++ = find_start(bound, kind, day, (CmMode)mode);
}

/* Points of one session on a day in a mode, prices apart. */
static gdouble
get_points(const Bound *bound, guint32 session, gint day, guint mode, guint16 start)
{
	const CmProblem *problem = bound->problem;
	const CmTask *task = &problem->tasks[session];
	gdouble points;

	if (bound->options->left_out)
		return 0;
	points = start +
		 cm_points_get_lateness(
		     problem, session,
		     problem->chains[cm_problem_kind(problem, task->kind)->followup].priority, day);
	if (cm_points_misses_wish(task, mode == CM_MODE_IN_PERSON))
		points += CM_POINTS_MODALITY;
	if (task->previous_day != G_MININT32 &&
	    (task->previous_day != day || task->previous_mode != mode))
		points += CM_POINTS_MOVED;
	return points;
}

/* Sessions of a kind pay the same. */
static void
fill_paid(Bound *bound, guint32 session)
{
	const CmProblem *problem = bound->problem;

	if (bound->paid_kind == problem->tasks[session].kind)
		return;
	bound->paid_kind = problem->tasks[session].kind;
	for (guint mode = 0; mode < CM_MODE_LAST; mode++)
		for (gint day = 0; day < problem->days; day++)
			bound->paid[mode * (gsize)problem->days + (gsize)day] =
			    cm_shadow_prices_get(bound->prices, session, day, (CmMode)mode);
}

static void
fill_costs(Bound *bound, guint32 session)
{
	const CmProblem *problem = bound->problem;
	const CmTask *task = &problem->tasks[session];
	const CmChain *chain = &problem->chains[cm_problem_kind(problem, task->kind)->followup];
	const guint16 *starts =
	    &bound->starts[(gsize)task->kind * CM_MODE_LAST * (gsize)problem->days];

	fill_paid(bound, session);
	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		for (gint day = 0; day < problem->days; day++) {
			gsize cell = mode * (gsize)problem->days + (gsize)day;
			gboolean can = starts[cell] != NO_START && day >= (gint)chain->first_day &&
				       (!task->in_person || mode == CM_MODE_IN_PERSON);

			if (task->locked)
				can = task->previous_day == day && task->previous_mode == mode;
			bound->costs[cell] =
			    can ? get_points(bound, session, day, mode,
					     starts[cell] == NO_START ? 0 : starts[cell]) +
				      bound->paid[cell]
				: NEVER;
		}
	}
}

/* The day of the least points in [day - max_gap, day - min_gap], -1 when there is none; the queue holds rising points. */
typedef struct {
	const gdouble *points;
	gint16 *queue;
	gint head;
	gint tail;
	gint next;
} Window;

static gint
slide(Window *window, gint day, const CmTask *task)
{
	for (; window->next <= day - task->min_gap; window->next++) {
		if (window->points[window->next] >= NEVER)
			continue;
		while (window->tail > window->head &&
		       window->points[window->queue[window->tail - 1]] >=
			   window->points[window->next])
			window->tail--;
		window->queue[window->tail++] = (gint16)window->next;
	}
	while (window->head < window->tail &&
	       window->queue[window->head] < day - MIN(task->max_gap, CM_FAR))
		window->head++;
	return window->head < window->tail ? window->queue[window->head] : -1;
}

typedef struct {
	gint16 day;
	guint8 state;
	guint8 mode;
} Step;

static void
advance(Bound *bound, guint32 session, gint index, gint states, Step *steps)
{
	const CmTask *task = &bound->problem->tasks[session];
	gint days = bound->problem->days;
	const gdouble *before = bound->reached[index & 1];
	gdouble *after = bound->reached[(index + 1) & 1];

	for (gint cell = 0; cell < states * days; cell++)
		after[cell] = NEVER;
	for (gint state = 0; state < (index > 0 ? states : 1); state++) {
		Window window = {.points = before + state * days, .queue = bound->queue};

		for (gint day = 0; day < days; day++) {
			gint from = index > 0 ? slide(&window, day, task) : -1;
			gdouble points = from >= 0 ? before[state * days + from] : 0;

			if (index > 0 && from < 0)
				continue;
			for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
				gdouble cost = bound->costs[mode * (guint)days + (guint)day];
				gint next = cost >= NEVER
						? -1
						: cm_chain_step(task, (guint)state,
								mode == CM_MODE_IN_PERSON);

				if (next < 0 || points + cost >= after[next * days + day])
					continue;
				after[next * days + day] = points + cost;
				steps[next * days + day] = (Step){.day = (gint16)from,
								  .state = (guint8)state,
								  .mode = (guint8)mode};
			}
		}
	}
}

static gdouble
get_left_out(const Bound *bound, guint32 session, gint priority)
{
	return CM_POINTS_UNSCHEDULED * priority +
	       (bound->problem->tasks[session].previous_day != G_MININT32 &&
			!bound->options->left_out
		    ? CM_POINTS_MOVED
		    : 0);
}

static void
note_endings(const Bound *bound, gint index, gint states, gdouble rest, Ending *best)
{
	const gdouble *after = bound->reached[(index + 1) & 1];
	gint days = bound->problem->days;

	for (gint cell = 0; cell < states * days; cell++)
		if (after[cell] + rest < best->points)
			*best = (Ending){.session = index,
					 .state = cell / days,
					 .day = cell % days,
					 .points = after[cell] + rest};
}

/* The cheapest chain of a follow-up at the prices; what it uses is noted. */
static gdouble
solve_chain(Bound *bound, guint32 followup, Step *steps)
{
	const CmProblem *problem = bound->problem;
	const CmChain *chain = &problem->chains[followup];
	gsize layer = (gsize)chain->states * (gsize)problem->days;
	Ending best = {.session = -1};
	gdouble rest = 0;

	for (guint i = 0; i < chain->tasks.count; i++)
		rest += get_left_out(bound, chain->tasks.first + i, chain->priority);
	best.points = chain->mandatory > 0 ? NEVER : rest;
	for (guint i = 0; i < chain->tasks.count; i++) {
		fill_costs(bound, chain->tasks.first + i);
		advance(bound, chain->tasks.first + i, (gint)i, chain->states, steps + i * layer);
		rest -= get_left_out(bound, chain->tasks.first + i, chain->priority);
		if (i + 1 >= chain->mandatory)
			note_endings(bound, (gint)i, chain->states, rest, &best);
	}
	for (gint i = best.session; i >= 0; i--) {
		const Step *step =
		    &steps[(gsize)i * layer + (gsize)(best.state * problem->days + best.day)];

		cm_shadow_prices_use(bound->prices, chain->tasks.first + (guint32)i, best.day,
				     (CmMode)step->mode);
		best.state = step->state;
		best.day = step->day;
	}
	return best.points;
}

static gdouble
solve(Bound *bound, Step *steps)
{
	gdouble points = 0;

	cm_shadow_prices_start(bound->prices);
	bound->paid_kind = CM_NONE;
	for (guint32 i = 0; i < bound->problem->caseload->followups->len; i++)
		points += solve_chain(bound, i, steps);
	return points - cm_shadow_prices_get_earned(bound->prices);
}

/* Those that can't be held from home need a room. */
static void
guess_prices(Bound *bound)
{
	const CmProblem *problem = bound->problem;
	guint sessions = problem->caseload->sessions->len;
	gsize days = (gsize)problem->days;
	g_autofree gdouble *worth = g_new0(gdouble, sessions + 1);

	for (guint32 s = 0; s < sessions; s++) {
		gsize kind = problem->tasks[s].kind;
		const guint16 *home =
		    &bound->starts[(kind * CM_MODE_LAST + CM_MODE_VIDEO_REMOTE) * days];
		guint32 followup = cm_problem_kind(problem, problem->tasks[s].kind)->followup;
		gboolean remote = FALSE;

		for (gsize day = 0; day < days; day++)
			remote = remote || home[day] != NO_START;
		worth[s] = remote ? 0 : get_left_out(bound, s, problem->chains[followup].priority);
	}
	cm_shadow_prices_guess(bound->prices, worth);
}

/* Steps as Polyak's: towards a cost that is known or guessed, smaller when nothing comes of them. */
static gdouble
raise_prices(Bound *bound, Step *steps)
{
	gdouble best = -NEVER;
	gdouble scale = STEP_FIRST;
	gint idle = 0;

	for (gint round = 0; round <= bound->options->rounds; round++) {
		gdouble points = solve(bound, steps);
		gdouble target = bound->options->target;

		if (round == 0)
			printf("at the first prices: %.0f\n", points);
		idle = points > best ? 0 : idle + 1;
		best = MAX(best, points);
		if (idle == PATIENCE) {
			scale /= 2;
			idle = 0;
		}
		if (target <= best)
			target = best * 1.02 + 100;
		cm_shadow_prices_move(bound->prices, scale * (target - points));
		if (round % 5 == 0)
			fprintf(stderr, "%d: %.0f, best %.0f\n", round, points, best);
	}
	return best;
}

static gdouble
find_bound(const CmProblem *problem, const Options *options)
{
	g_autoptr(CmState) empty = cm_state_new(problem);
	Bound bound = {.problem = problem, .empty = empty, .options = options};
	gsize days = (gsize)problem->days;
	g_autofree Step *steps = NULL;
	gdouble best;

	for (guint32 s = 0; s < problem->caseload->sessions->len; s++)
		if (empty->spots[s].day >= 0)
			cm_state_remove(empty, s);
	for (guint32 i = 0; i < problem->caseload->followups->len; i++) {
		bound.longest = MAX(bound.longest, (gint)problem->chains[i].tasks.count);
		bound.states = MAX(bound.states, problem->chains[i].states);
	}
	steps = g_new0(Step, (gsize)bound.longest * (gsize)bound.states * days + 1);
	bound.starts = g_new0(guint16, problem->kinds->len * (gsize)CM_MODE_LAST * days + 1);
	bound.costs = g_new0(gdouble, (gsize)CM_MODE_LAST * days);
	bound.paid = g_new0(gdouble, (gsize)CM_MODE_LAST * days);
	bound.queue = g_new0(gint16, days + 1);
	for (guint i = 0; i < 2; i++)
		bound.reached[i] = g_new0(gdouble, (gsize)bound.states * days);
	bound.prices = cm_shadow_prices_new(problem);
	fill_starts(&bound);
	guess_prices(&bound);
	best = raise_prices(&bound, steps);
	cm_shadow_prices_free(bound.prices);
	g_free(bound.starts);
	g_free(bound.costs);
	g_free(bound.queue);
	g_free(bound.paid);
	g_free(bound.reached[0]);
	g_free(bound.reached[1]);
	return best;
}

int
main(int argc, char **argv)
{
	Options options = {.rounds = 100};
	g_autofree gchar *policies = NULL;
	const GOptionEntry entries[] = {
	    {"policies", 'p', 0, G_OPTION_ARG_FILENAME, &policies, "Folder of policies", "FOLDER"},
	    {"rounds", 'r', 0, G_OPTION_ARG_INT, &options.rounds, "Of prices", "N"},
	    {"target", 't', 0, G_OPTION_ARG_DOUBLE, &options.target, "Cost of a known plan", "P"},
	    {"left-out", 'l', 0, G_OPTION_ARG_NONE, &options.left_out,
	     "Count only what sessions left out cost", NULL},
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GOptionContext) context = g_option_context_new("CASELOAD");
	g_autoptr(CmPlannerFixture) fixture = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, NULL) || argc != 2 || policies == NULL)
		return 2;
	fixture = cm_planner_fixture_open(argv[1], policies);
	printf("no plan is below %.0f\n", ceil(find_bound(fixture->problem, &options) - 1e-3));
	return 0;
}
