// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A logical stream of random numbers (splitmix64): the same key gives the same numbers on every machine. */
typedef struct {
	guint64 state;
} CmStream;

/* A stream of its own for each triple. */
CmStream
cm_stream_make(guint64 seed, guint64 unit, guint64 round);

/* Any of 2^64. */
guint64
cm_stream_next(CmStream *stream);

/* 0 to bound - 1; 0 when bound is 0. */
guint
cm_stream_below(CmStream *stream, guint bound);

/* An exponential variate of mean `mean`, in integers only: the logarithm is read off the leading zeros of a random word and
 * taken as straight between powers of two, off by at most 6 %. */
gint
cm_stream_exponential(CmStream *stream, gint mean);

/* A variate of Gumbel's law: the one of several costs, each less a variate of its own, that comes out least is chosen by chance as a heat
 * bath of temperature `scale` does. Integers only, of the same exactness. */
gint
cm_stream_gumbel(CmStream *stream, gint scale);
