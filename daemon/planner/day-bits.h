// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A day as bits: bit b is the grid's b-th start (or cell) of the planned part of a day. A set is `words` words, little end
 * first; every call takes the number of words, at least 1, and 1 for a 15-minute grid over ten hours: so the first stands before each
 * loop. */

#define CM_DAY_BITS_WORDS_MAX 23 /* 1440 one-minute starts */

static inline void
cm_day_bits_zero(guint64 *bits, guint words)
{
	bits[0] = 0;
	for (guint w = 1; w < words; w++)
		bits[w] = 0;
}

static inline void
cm_day_bits_copy(guint64 *bits, const guint64 *other, guint words)
{
	bits[0] = other[0];
	for (guint w = 1; w < words; w++)
		bits[w] = other[w];
}

static inline void
cm_day_bits_and(guint64 *bits, const guint64 *other, guint words)
{
	bits[0] &= other[0];
	for (guint w = 1; w < words; w++)
		bits[w] &= other[w];
}

static inline void
cm_day_bits_or(guint64 *bits, const guint64 *other, guint words)
{
	bits[0] |= other[0];
	for (guint w = 1; w < words; w++)
		bits[w] |= other[w];
}

static inline gboolean
cm_day_bits_any(const guint64 *bits, guint words)
{
	guint64 all = bits[0];

	for (guint w = 1; w < words; w++)
		all |= bits[w];
	return all != 0;
}

static inline gboolean
cm_day_bits_has(const guint64 *bits, guint bit)
{
	return (bits[bit / 64] >> (bit % 64)) & 1;
}

/* The bits of word `word` that are in [from, to). */
static inline guint64
cm_day_bits_range_word(guint word, gint from, gint to)
{
	gint low = from - (gint)word * 64;
	gint high = to - (gint)word * 64;

	if (high <= 0 || low >= 64 || low >= high)
		return 0;
	return (low <= 0 ? ~(guint64)0 : ~(guint64)0 << low) &
	       (high >= 64 ? ~(guint64)0 : ~(~(guint64)0 << high));
}

/* Set, and clear, [from, to); nothing when it is empty. */
static inline void
cm_day_bits_set(guint64 *bits, guint words, gint from, gint to)
{
	bits[0] |= cm_day_bits_range_word(0, from, to);
	for (guint w = 1; w < words; w++)
		bits[w] |= cm_day_bits_range_word(w, from, to);
}

static inline void
cm_day_bits_clear(guint64 *bits, guint words, gint from, gint to)
{
	bits[0] &= ~cm_day_bits_range_word(0, from, to);
	for (guint w = 1; w < words; w++)
		bits[w] &= ~cm_day_bits_range_word(w, from, to);
}

/* The last bit set below `bit`; -1 when there is none. */
static inline gint
cm_day_bits_last_below(const guint64 *bits, gint bit)
{
	for (gint w = (bit - 1) / 64; bit > 0 && w >= 0; w--) {
		guint64 here = bits[w] & cm_day_bits_range_word((guint)w, 0, bit);

		if (here != 0)
			return w * 64 + 63 - __builtin_clzll(here);
	}
	return -1;
}

/* The first bit set from `bit` on; past the last word when there is none. */
static inline gint
cm_day_bits_first_from(const guint64 *bits, guint words, gint bit)
{
	for (guint w = (guint)bit / 64; w < words; w++) {
		guint64 here = bits[w] & cm_day_bits_range_word(w, bit, G_MAXINT);

		if (here != 0)
			return (gint)w * 64 + __builtin_ctzll(here);
	}
	return (gint)words * 64;
}

/* Whether any of [from, to) is set. */
static inline gboolean
cm_day_bits_any_between(const guint64 *bits, guint words, gint from, gint to)
{
	guint64 all = bits[0] & cm_day_bits_range_word(0, from, to);

	for (guint w = 1; w < words; w++)
		all |= bits[w] & cm_day_bits_range_word(w, from, to);
	return all != 0;
}

/* bits & bits >> step, step below 64 */
static inline void
cm_day_bits_fold(guint64 *bits, guint words, guint step)
{
	for (guint w = 0; w + 1 < words; w++)
		bits[w] &= bits[w] >> step | bits[w + 1] << 1 << (63 - step);
	bits[words - 1] &= bits[words - 1] >> step;
}

/* Keep the bits that begin a run of `cells` ones: a few shifts and ANDs, the run known doubling each time. */
static inline void
cm_day_bits_keep_runs(guint64 *bits, guint words, guint cells)
{
	guint known = 1;

	while (known < cells) {
		guint step = MIN(MIN(known, cells - known), 63);

		cm_day_bits_fold(bits, words, step);
		known += step;
	}
}
