// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/shift.h"

#include "daemon/planner/check.h"
#include "daemon/planner/construct.h"
#include "daemon/planner/points.h"
#include "daemon/planner/slots.h"
#include "daemon/planner/trial.h"
#include "tests/unit/planner-fixture.h"

#include <string.h>

#define MOVES 6000
#define LOOK_EVERY 20

typedef struct {
	CmPlannerFixture *fixture;
	CmState *state;
	CmSheet *sheet;
	CmStream stream;
} Bench;

static void
open_bench(Bench *bench, const gchar *variable)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmChainTable) table = NULL;
	const CmProblem *problem;

	bench->fixture = cm_planner_fixture_open(g_getenv(variable), policies);
	problem = bench->fixture->problem;
	bench->state = cm_state_new(problem);
	bench->sheet = cm_sheet_new(problem);
	bench->stream = cm_stream_make(7, 7, 7);
	table = cm_chain_table_new(problem);
	for (gint priority = 3; priority > 0; priority--)
		for (guint32 p = 0; p < problem->caseload->professionals->len; p++)
			cm_construct_priority(table, bench->state, p, priority, NULL, NULL);
}

static void
close_bench(Bench *bench)
{
	cm_sheet_free(bench->sheet);
	cm_state_free(bench->state);
	cm_planner_fixture_free(bench->fixture);
}

/* What the moves count as they go is what a count from scratch gives. */
static void
check_points(const CmState *state)
{
	CmCost cost = cm_state_get_cost(state, NULL);

	g_assert_cmpint(cm_state_get_points(state), ==, cm_cost_get_total(&cost));
}

static void
check_rules(const CmState *state)
{
	g_autoptr(CmPlan) plan = cm_state_to_plan(state);
	g_autoptr(GError) error = NULL;

	plan->cost = cm_state_get_cost(state, NULL);
	for (guint i = 0; i < plan->unscheduled->len; i++)
		g_array_index(plan->unscheduled, CmUnscheduled, i).reason = g_strdup("-");
	if (!cm_check_plan(state->problem, plan, &error))
		g_assert_no_error(error);
}

/* What the sheet remembers of a day is what is found anew. */
static void
check_memory(Bench *bench)
{
	const CmProblem *problem = bench->fixture->problem;

	for (guint i = 0; i < LOOK_EVERY; i++) {
		guint at = cm_stream_below(&bench->stream, bench->sheet->sessions->len);
		guint32 session = g_array_index(bench->sheet->sessions, guint32, at);
		guint32 kind = problem->tasks[session].kind;
		gint day = (gint)cm_stream_below(&bench->stream, (guint)problem->days);
		CmMode mode = cm_stream_below(&bench->stream, CM_MODE_LAST);
		guint64 known[CM_DAY_BITS_WORDS_MAX];
		guint64 found[CM_DAY_BITS_WORDS_MAX];
		gboolean any =
		    cm_slots_fill(bench->state, kind, day, mode, CM_OBSTACLES_ALL, found);

		g_assert_cmpint(cm_sheet_fill(bench->sheet, kind, day, mode, known), ==, any);
		if (any)
			g_assert_cmpint(memcmp(known, found, problem->words * sizeof(guint64)), ==,
					0);
	}
}

static void
check_spots(const CmState *state, const CmSpot *before)
{
	for (guint s = 0; s < state->problem->caseload->sessions->len; s++) {
		g_assert_cmpint(state->spots[s].day, ==, before[s].day);
		if (before[s].day < 0)
			continue;
		g_assert_cmpint(state->spots[s].start, ==, before[s].start);
		g_assert_cmpint(state->spots[s].mode, ==, before[s].mode);
	}
}

static void
check_days(const CmSheet *sheet)
{
	for (gint day = 0; day < sheet->problem->days; day++)
		g_assert_true(cm_sheet_check_day(sheet, day));
}

/* Hot moves of one kind on every professional's sheet. */
static void
make_moves(Bench *bench, gboolean (*move)(CmShift *shift, guint32 session))
{
	guint sessions = bench->fixture->caseload->sessions->len;
	g_autofree CmSpot *before = g_new(CmSpot, sessions);
	CmShift shift = {.sheet = bench->sheet, .stream = &bench->stream, .temperature = 16 * 40};
	guint kept = 0;
	guint refused = 0;

	for (guint32 p = 0; p < bench->fixture->caseload->professionals->len; p++) {
		cm_sheet_open(bench->sheet, bench->state, p);
		for (guint i = 0; i < MOVES; i++) {
			GArray *own = bench->sheet->sessions;
			guint32 session =
			    g_array_index(own, guint32, cm_stream_below(&bench->stream, own->len));

			memcpy(before, bench->state->spots, sessions * sizeof(CmSpot));
			if (move(&shift, session)) {
				kept++;
			} else {
				refused++;
				check_spots(bench->state, before);
			}
			check_points(bench->state);
			check_days(bench->sheet);
			if (i % LOOK_EVERY == 0)
				check_memory(bench);
		}
		cm_sheet_close(bench->sheet);
		check_rules(bench->state);
	}
	g_test_message("%u kept, %u refused", kept, refused);
	g_assert_cmpuint(kept, >, MOVES / 20);
	g_assert_cmpuint(refused, >, MOVES / 20);
}

static void
test_moves(gconstpointer variable)
{
	Bench bench;

	open_bench(&bench, variable);
	make_moves(&bench, cm_shift_move);
	make_moves(&bench, cm_shift_push);
	close_bench(&bench);
}

/* No place between its neighbours would cost the professional less than where a session stands; its mode is one that it may have. */
static void
check_cheapest(Bench *bench, guint32 session)
{
	const CmProblem *problem = bench->fixture->problem;
	const CmTask *task = &problem->tasks[session];
	const CmChain *chain = &problem->chains[cm_problem_kind(problem, task->kind)->followup];
	const CmSpot *spots = bench->state->spots;
	const gint64 *points = &bench->state->worker_points[bench->sheet->professional];
	CmSpot stands = spots[session];
	gint64 least = *points;
	gint first = chain->first_day;
	gint last = problem->days - 1;

	if (session > chain->tasks.first) {
		first = MAX(first, spots[session - 1].day + task->min_gap);
		last = MIN(last, spots[session - 1].day + task->max_gap);
	}
	if (session + 1 < chain->tasks.first + chain->tasks.count && spots[session + 1].day >= 0) {
		first = MAX(first, spots[session + 1].day - task[1].max_gap);
		last = MIN(last, spots[session + 1].day - task[1].min_gap);
	}
	cm_sheet_remove(bench->sheet, session);
	for (gint day = first; day <= last; day++) {
		guint64 bits[CM_DAY_BITS_WORDS_MAX];

		if (!cm_sheet_fill(bench->sheet, task->kind, day, (CmMode)stands.mode, bits))
			continue;
		for (gint bit = 0; bit < problem->bits; bit++) {
			CmSpot spot = stands;

			if (!cm_day_bits_has(bits, (guint)bit))
				continue;
			spot.day = (gint16)day;
			spot.start = (gint16)(problem->first_minute + bit * problem->grid);
			cm_sheet_place(bench->sheet, session, &spot);
			g_assert_cmpint(*points, >=, least);
			cm_sheet_remove(bench->sheet, session);
		}
	}
	cm_sheet_place(bench->sheet, session, &stands);
	g_assert_cmpint(*points, ==, least);
}

/* A move without heat goes to the cheapest place: the days that are not looked at closely have none. */
static void
test_cold(gconstpointer variable)
{
	Bench bench;
	CmShift shift = {.stream = &bench.stream};
	guint seen = 0;

	open_bench(&bench, variable);
	shift.sheet = bench.sheet;
	for (guint32 p = 0; p < bench.fixture->caseload->professionals->len; p++) {
		cm_sheet_open(bench.sheet, bench.state, p);
		for (guint i = 0; i < MOVES / 10; i++) {
			GArray *own = bench.sheet->sessions;
			guint32 session =
			    g_array_index(own, guint32, cm_stream_below(&bench.stream, own->len));

			if (!cm_shift_move(&shift, session))
				continue;
			check_cheapest(&bench, session);
			seen++;
		}
		cm_sheet_close(bench.sheet);
	}
	g_assert_cmpuint(seen, >, 100);
	close_bench(&bench);
}

/* What a session can't be under is no more than what it costs wherever it stands. */
static void
test_least(void)
{
	Bench bench;
	guint seen = 0;

	open_bench(&bench, "COMODAL_TEST_TEAM");
	for (guint32 p = 0; p < bench.fixture->caseload->professionals->len; p++) {
		cm_sheet_open(bench.sheet, bench.state, p);
		for (guint i = 0; i < bench.sheet->sessions->len; i++) {
			guint32 session = g_array_index(bench.sheet->sessions, guint32, i);
			const CmSpot *spot = &bench.state->spots[session];
			gint bit;

			if (spot->day < 0)
				continue;
			bit = cm_problem_bit_up(bench.fixture->problem, spot->start);
			g_assert_cmpint(cm_sheet_get_least(bench.sheet, session), <=,
					cm_sheet_get_points(bench.sheet, session, spot->day,
							    (CmMode)spot->mode, (guint)bit));
			g_assert_cmpint(cm_sheet_get_least(bench.sheet, session), >=, 0);
			seen++;
		}
		cm_sheet_close(bench.sheet);
	}
	g_assert_cmpuint(seen, >, 100);
	close_bench(&bench);
}

/* The points of a day's cheapest start, which the search skips days by, are those of the cheapest that the day has. */
static void
test_least_start(gconstpointer variable)
{
	Bench bench;
	guint seen = 0;

	open_bench(&bench, variable);
	cm_sheet_open(bench.sheet, bench.state, 0);
	for (guint i = 0; i < MOVES; i++) {
		const CmProblem *problem = bench.fixture->problem;
		GArray *own = bench.sheet->sessions;
		guint at = cm_stream_below(&bench.stream, own->len);
		guint32 kind_index = problem->tasks[g_array_index(own, guint32, at)].kind;
		const CmKind *kind = cm_problem_kind(problem, kind_index);
		gint day = (gint)cm_stream_below(&bench.stream, (guint)problem->days);
		CmMode mode = cm_stream_below(&bench.stream, CM_MODE_LAST);
		const CmDate *date =
		    cm_problem_date(problem, problem->chains[kind->followup].site, day);
		const guint64 *starts = cm_sheet_get_free(bench.sheet, kind_index, day, mode);
		gint least = CM_SHEET_NO_START;

		for (guint bit = 0; starts != NULL && bit < (guint)problem->bits; bit++)
			if (cm_day_bits_has(starts, bit))
				least = MIN(least, cm_points_get_start(problem, kind, day,
								       date->cycle_day, mode, bit));
		g_assert_cmpint(cm_sheet_get_least_start(bench.sheet, kind_index, day, mode), ==,
				least);
		seen += starts != NULL;
	}
	g_assert_cmpuint(seen, >, MOVES / 10);
	cm_sheet_close(bench.sheet);
	close_bench(&bench);
}

/* The days that a limit leaves a follow-up hold its best chain as long as that is within the limit. */
static void
test_limit(gconstpointer variable)
{
	Bench bench;
	g_autoptr(CmChainTable) table = NULL;
	guint seen = 0;

	open_bench(&bench, variable);
	table = cm_chain_table_new(bench.fixture->problem);
	table->sheet = bench.sheet;
	for (guint32 p = 0; p < bench.fixture->caseload->professionals->len; p++) {
		CmRange chains = bench.fixture->problem->workers[p].chains;

		cm_sheet_open(bench.sheet, bench.state, p);
		for (guint i = 0; i < chains.count; i++) {
			guint32 followup = g_array_index(
			    bench.fixture->problem->professional_chains, guint32, chains.first + i);
			CmTrial trial;
			CmChainWish wish = CM_CHAIN_WISH_INIT;

			cm_trial_init(&trial);
			trial.sheet = bench.sheet;
			cm_trial_start(&trial, bench.state, 1);
			g_assert_true(cm_trial_choose(&trial, followup));
			cm_trial_take_away(&trial);
			wish.limit = cm_chain_estimate(table, bench.state, followup, &wish);
			g_assert_cmpint(wish.limit, <, CM_CHAIN_NEVER);
			g_assert_cmpint(cm_chain_estimate(table, bench.state, followup, &wish), ==,
					wish.limit);
			/* and where much was allowed, none that is cheaper was passed over */
			wish.limit--;
			g_assert_cmpint(cm_chain_estimate(table, bench.state, followup, &wish), ==,
					CM_CHAIN_NEVER);
			cm_trial_undo(&trial);
			cm_trial_clear(&trial);
			seen++;
		}
		cm_sheet_close(bench.sheet);
	}
	g_assert_cmpuint(seen, >, 10);
	close_bench(&bench);
}

/* With a previous plan, what moves counts; what is locked does not move. */
static void
test_previous(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(
	    NULL,
	    "\"previous\":[{\"id\":\"f-1-1\",\"date\":\"2026-09-08\",\"start\":\"10:30\","
	    "\"mode\":\"in-person\",\"room\":\"r-1\",\"companion\":null,\"locked\":true},"
	    "{\"id\":\"f-2-1\",\"date\":\"2026-09-09\",\"start\":\"10:30\","
	    "\"mode\":\"video-school\",\"room\":\"r-2\",\"companion\":null,\"locked\":false}],");
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	g_autoptr(CmSheet) sheet = cm_sheet_new(fixture->problem);
	guint32 locked = cm_planner_fixture_find(fixture, "f-1-1");
	guint32 earlier = cm_planner_fixture_find(fixture, "f-2-1");
	CmStream stream = cm_stream_make(1, 1, 1);
	CmShift shift = {.sheet = sheet, .stream = &stream, .temperature = 16 * 10};
	guint there = 0;

	cm_sheet_open(sheet, state, 0);
	g_assert_cmpuint(sheet->sessions->len, ==, 4);
	for (guint i = 0; i < 4000; i++) {
		guint32 session = g_array_index(sheet->sessions, guint32,
						cm_stream_below(&stream, sheet->sessions->len));

		if (i % 2 == 0)
			cm_shift_move(&shift, session);
		else
			cm_shift_push(&shift, session);
		check_points(state);
		there +=
		    state->spots[earlier].day == 2 && state->spots[earlier].start == 10 * 60 + 30;
	}
	/* sixty points less there than anywhere else */
	g_assert_cmpuint(there, >, 2000);
	g_assert_cmpint(state->spots[locked].day, ==, 1);
	cm_sheet_close(sheet);
	check_rules(state);
}

static void
place(CmSheet *sheet, guint32 session, gint start, CmMode mode)
{
	CmSpot spot = {.day = 1,
		       .start = (gint16)start,
		       .mode = (guint8)mode,
		       .room = CM_NONE,
		       .companion = CM_NONE};

	cm_sheet_place(sheet, session, &spot);
}

/* Who parts two runs of video, which together would be too long, does not leave. */
static void
test_parting(void)
{
	static const gchar policy[] = "[Policy]\nProfession=suivi\n[Day]\n"
				      "MaxConsecutiveVideoMinutes=60\nBreakMinutes=180\n"
				      "[Act suivi]\nModalities=in-person;video\n";
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(policy, "");
	g_autoptr(CmState) state = cm_state_new(fixture->problem);
	g_autoptr(CmSheet) sheet = cm_sheet_new(fixture->problem);
	guint32 parting = cm_planner_fixture_find(fixture, "f-1-1");
	CmStream stream = cm_stream_make(1, 1, 1);
	CmShift shift = {.sheet = sheet, .stream = &stream, .temperature = 16 * 100};

	cm_sheet_open(sheet, state, 0);
	place(sheet, cm_planner_fixture_find(fixture, "f-2-1"), 9 * 60, CM_MODE_VIDEO_SCHOOL);
	place(sheet, parting, 10 * 60, CM_MODE_IN_PERSON);
	/* the session after it stands on the same day: it could only go to the day before */
	place(sheet, parting + 1, 11 * 60, CM_MODE_VIDEO_SCHOOL);
	g_assert_true(cm_sheet_check_day(sheet, 1));
	for (guint i = 0; i < 100; i++) {
		cm_shift_move(&shift, parting);
		cm_shift_push(&shift, parting);
		g_assert_cmpint(state->spots[parting].day, ==, 1);
	}
	/* without the one at the end it may */
	cm_sheet_remove(sheet, parting + 1);
	for (guint i = 0; i < 100; i++)
		cm_shift_move(&shift, parting);
	g_assert_cmpint(state->spots[parting].day, !=, 1);
	cm_sheet_close(sheet);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/shift/moves", "COMODAL_TEST_CASELOAD", test_moves);
	g_test_add_data_func("/shift/moves-of-a-team", "COMODAL_TEST_TEAM", test_moves);
	g_test_add_data_func("/shift/cold", "COMODAL_TEST_CASELOAD", test_cold);
	g_test_add_data_func("/shift/cold-of-a-team", "COMODAL_TEST_TEAM", test_cold);
	g_test_add_func("/shift/least", test_least);
	g_test_add_data_func("/shift/least-start", "COMODAL_TEST_CASELOAD", test_least_start);
	g_test_add_data_func("/shift/least-start-of-a-team", "COMODAL_TEST_TEAM", test_least_start);
	g_test_add_data_func("/shift/limit", "COMODAL_TEST_CASELOAD", test_limit);
	g_test_add_data_func("/shift/limit-of-a-team", "COMODAL_TEST_TEAM", test_limit);
	g_test_add_func("/shift/previous", test_previous);
	g_test_add_func("/shift/parting", test_parting);
	return g_test_run();
}
