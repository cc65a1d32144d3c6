// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/day-rules.h"

#include "daemon/planner/stream.h"
#include "tests/unit/planner-fixture.h"

/* The bitset answer is held against the whole-day check: a start is open if and only if the day with the session there is allowed. */

static const gchar policy[] =
    "[Policy]\nProfession=suivi\n[Day]\nBufferMinutes=10\nMaxSessions=6\nMaxMinutes=240\nMaxSites="
    "2\n"
    "MaxConsecutiveVideoMinutes=100\nBreakMinutes=30\n[Act suivi]\nModalities=in-person;video\n";
static const gchar unlimited[] =
    "[Policy]\nProfession=suivi\n[Day]\nMaxConsecutiveVideoMinutes=120\n"
    "[Act suivi]\nModalities=in-person;video\n";

static void
insert(CmDayLoad *load, CmVisit *visits, CmVisit visit)
{
	guint i = load->count++;

	for (; i > 0 && visits[i - 1].start > visit.start; i--)
		visits[i] = visits[i - 1];
	visits[i] = visit;
	load->minutes += visit.end - visit.start;
	if (visit.mode == CM_MODE_IN_PERSON)
		load->sites |= (guint64)1 << visit.site_bit;
}

static CmVisit
make_visit(CmStream *stream, const CmProblem *problem)
{
	static const gint minutes[] = {30, 45, 60};
	gint start = problem->first_minute +
		     (gint)cm_stream_below(stream, (guint)problem->bits) * problem->grid;
	gint end = start + minutes[cm_stream_below(stream, 3)];

	return (CmVisit){.start = (gint16)start,
			 .end = (gint16)end,
			 .mode = (guint8)cm_stream_below(stream, CM_MODE_LAST),
			 .site_bit = (guint8)cm_stream_below(stream, 2)};
}

static void
check_day(const CmProblem *problem, const CmDayLoad *load, const CmVisit *visits, CmVisit asked)
{
	const CmWorker *worker = &problem->workers[0];
	guint64 starts[CM_DAY_BITS_WORDS_MAX] = {0};
	gint minutes = asked.end - asked.start;
	gboolean any = cm_day_rules_fill(problem, worker, load, visits, &asked, starts);

	for (gint bit = 0; bit < problem->bits; bit++) {
		CmDayLoad with = *load;
		CmVisit days[CM_DAY_VISITS_MAX];
		CmVisit visit = asked;

		visit.start = (gint16)(problem->first_minute + bit * problem->grid);
		visit.end = (gint16)(visit.start + minutes);
		for (guint i = 0; i < load->count; i++)
			days[i] = visits[i];
		insert(&with, days, visit);
		g_assert_cmpint(any && cm_day_bits_has(starts, (guint)bit), ==,
				cm_day_rules_check(worker, &with, days));
	}
}

static void
test_fill(gconstpointer text)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(text, "");
	const CmProblem *problem = fixture->problem;
	CmStream stream = cm_stream_make(7, 7, 7);
	guint allowed = 0;

	for (guint round = 0; round < 20000; round++) {
		CmDayLoad load = {0};
		CmVisit visits[CM_DAY_VISITS_MAX];

		for (guint tries = cm_stream_below(&stream, 7); tries > 0; tries--) {
			CmDayLoad with = load;
			CmVisit days[CM_DAY_VISITS_MAX];

			for (guint i = 0; i < load.count; i++)
				days[i] = visits[i];
			insert(&with, days, make_visit(&stream, problem));
			if (!cm_day_rules_check(&problem->workers[0], &with, days))
				continue;
			load = with;
			for (guint i = 0; i < load.count; i++)
				visits[i] = days[i];
		}
		allowed += load.count > 2;
		check_day(problem, &load, visits, make_visit(&stream, problem));
	}
	g_assert_cmpuint(allowed, >, 1000);
}

static void
test_round(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	const CmWorker *worker = &fixture->problem->workers[0];
	static gint travel[] = {0, 10, 30, 20, 10, 0, 15, 40, 30, 15, 0, 5, 20, 40, 5, 0};
	CmWorker four = *worker;

	g_assert_cmpint(cm_day_rules_get_round(worker, 0), ==, 0);
	g_assert_cmpint(cm_day_rules_get_round(worker, 1), ==, 0);
	g_assert_cmpint(cm_day_rules_get_round(worker, 2), ==, 80);
	g_assert_cmpint(cm_day_rules_get_round(worker, 3), ==, 80);
	four.sites = 4;
	four.travel = travel;
	/* base, 1, 2, 3, base */
	g_assert_cmpint(cm_day_rules_get_round(&four, 14), ==, 10 + 15 + 5 + 20);
	g_assert_cmpint(cm_day_rules_get_round(&four, 10), ==, 10 + 40 + 20);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/day-rules/fill", policy, test_fill);
	g_test_add_data_func("/day-rules/fill-unlimited", unlimited, test_fill);
	g_test_add_func("/day-rules/round", test_round);
	return g_test_run();
}
