// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/day-bits.h"

#include "daemon/planner/stream.h"

#define WORDS 3
#define BITS (WORDS * 64)

/* The same sets, one boolean a bit. */
typedef struct {
	gboolean bit[BITS];
} Plain;

static void
check_same(const guint64 *bits, const Plain *plain)
{
	for (guint i = 0; i < BITS; i++)
		g_assert_cmpint(cm_day_bits_has(bits, i), ==, plain->bit[i]);
}

static void
test_ranges(void)
{
	CmStream stream = cm_stream_make(1, 2, 3);
	guint64 bits[WORDS] = {0};
	Plain plain = {0};

	for (guint round = 0; round < 2000; round++) {
		gint from = (gint)cm_stream_below(&stream, BITS + 1);
		gint to = (gint)cm_stream_below(&stream, BITS + 1);
		gboolean set = cm_stream_below(&stream, 2) == 0;

		if (set)
			cm_day_bits_set(bits, WORDS, from, to);
		else
			cm_day_bits_clear(bits, WORDS, from, to);
		for (gint i = from; i < to; i++)
			plain.bit[i] = set;
		check_same(bits, &plain);
	}
}

static void
test_runs(void)
{
	CmStream stream = cm_stream_make(4, 5, 6);

	for (guint round = 0; round < 2000; round++) {
		guint cells = 1 + cm_stream_below(&stream, round % 2 == 0 ? 8 : BITS);
		guint64 bits[WORDS];
		Plain plain = {0};
		guint64 kept[WORDS];

		cm_day_bits_zero(bits, WORDS);
		cm_day_bits_set(bits, WORDS, 0, BITS);
		for (guint holes = cm_stream_below(&stream, 12); holes > 0; holes--) {
			gint hole = (gint)cm_stream_below(&stream, BITS);

			cm_day_bits_clear(bits, WORDS, hole, hole + 1);
		}
		for (guint i = 0; i + cells <= BITS; i++) {
			plain.bit[i] = TRUE;
			for (guint j = i; j < i + cells; j++)
				plain.bit[i] = plain.bit[i] && cm_day_bits_has(bits, j);
		}
		cm_day_bits_copy(kept, bits, WORDS);
		cm_day_bits_keep_runs(kept, WORDS, cells);
		check_same(kept, &plain);
	}
}

/* What is asked of a range, and of the bits beside one, against looking at each. */
static void
test_neighbours(void)
{
	CmStream stream = cm_stream_make(7, 8, 9);

	for (guint round = 0; round < 2000; round++) {
		gint from = (gint)cm_stream_below(&stream, BITS + 1);
		gint to = (gint)cm_stream_below(&stream, BITS + 1);
		guint64 bits[WORDS] = {0};
		gboolean any = FALSE;
		gint below = -1;
		gint first = BITS;

		for (guint set = cm_stream_below(&stream, 6); set > 0; set--) {
			gint bit = (gint)cm_stream_below(&stream, BITS);

			cm_day_bits_set(bits, WORDS, bit, bit + 1);
		}
		for (gint i = 0; i < BITS; i++) {
			if (!cm_day_bits_has(bits, (guint)i))
				continue;
			any = any || (from <= i && i < to);
			below = i < from ? i : below;
			first = i >= from ? MIN(first, i) : first;
		}
		g_assert_cmpint(cm_day_bits_any_between(bits, WORDS, from, to), ==, any);
		g_assert_cmpint(cm_day_bits_last_below(bits, from), ==, below);
		g_assert_cmpint(cm_day_bits_first_from(bits, WORDS, from), ==, first);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/day-bits/ranges", test_ranges);
	g_test_add_func("/day-bits/runs", test_runs);
	g_test_add_func("/day-bits/neighbours", test_neighbours);
	return g_test_run();
}
