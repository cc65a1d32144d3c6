// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/stream.h"

/* The published first numbers of splitmix64 from 0: plans must be the same everywhere. */
static void
test_numbers(void)
{
	CmStream stream = {.state = 0};

	g_assert_cmpuint(cm_stream_next(&stream), ==, G_GUINT64_CONSTANT(0xe220a8397b1dcdaf));
	g_assert_cmpuint(cm_stream_next(&stream), ==, G_GUINT64_CONSTANT(0x6e789e6aa1b965f4));
}

static void
test_apart(void)
{
	CmStream a = cm_stream_make(1, 2, 3);
	CmStream same = cm_stream_make(1, 2, 3);
	CmStream unit = cm_stream_make(1, 3, 3);
	CmStream round = cm_stream_make(1, 2, 4);
	guint64 first = cm_stream_next(&a);

	g_assert_cmpuint(first, ==, cm_stream_next(&same));
	g_assert_cmpuint(first, !=, cm_stream_next(&unit));
	g_assert_cmpuint(first, !=, cm_stream_next(&round));
}

static void
test_below(void)
{
	CmStream stream = cm_stream_make(1, 1, 1);
	guint seen[7] = {0};

	for (guint i = 0; i < 7000; i++)
		seen[cm_stream_below(&stream, 7)]++;
	for (guint i = 0; i < 7; i++)
		g_assert_cmpuint(ABS((gint)seen[i] - 1000), <, 150);
	g_assert_cmpuint(cm_stream_below(&stream, 0), ==, 0);
}

static void
test_exponential(void)
{
	CmStream stream = cm_stream_make(1, 1, 1);
	gint64 sum = 0;
	guint above = 0;

	for (guint i = 0; i < 20000; i++) {
		gint value = cm_stream_exponential(&stream, 1000);

		g_assert_cmpint(value, >=, 0);
		sum += value;
		above += value > 2000;
	}
	g_assert_cmpint(ABS(sum / 20000 - 1000), <, 80);
	/* e^-2 of them */
	g_assert_cmpint(ABS((gint)above - 2707), <, 250);
	g_assert_cmpint(cm_stream_exponential(&stream, 0), ==, 0);
}

static void
test_gumbel(void)
{
	CmStream stream = cm_stream_make(1, 1, 1);
	guint cheaper = 0;

	/* of two costs that differ by the temperature the heat bath takes the less one e to 1 times */
	for (guint i = 0; i < 20000; i++) {
		gint low = 1000 - cm_stream_gumbel(&stream, 500);
		gint high = 1500 - cm_stream_gumbel(&stream, 500);

		cheaper += low < high;
	}
	g_assert_cmpint(ABS((gint)cheaper - 14621), <, 700);
	g_assert_cmpint(cm_stream_gumbel(&stream, 0), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stream/numbers", test_numbers);
	g_test_add_func("/stream/apart", test_apart);
	g_test_add_func("/stream/below", test_below);
	g_test_add_func("/stream/exponential", test_exponential);
	g_test_add_func("/stream/gumbel", test_gumbel);
	return g_test_run();
}
