// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/stream.h"

CmStream
cm_stream_make(guint64 seed, guint64 unit, guint64 round)
{
	CmStream stream = {.state = seed};

	stream.state = cm_stream_next(&stream) ^ unit * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
	stream.state = cm_stream_next(&stream) ^ round * G_GUINT64_CONSTANT(0xd1b54a32d192ed03);
	stream.state = cm_stream_next(&stream);
	return stream;
}

guint64
cm_stream_next(CmStream *stream)
{
	guint64 z;

	stream->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
	z = stream->state;
	z = (z ^ z >> 30) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return z ^ z >> 31;
}

guint
cm_stream_below(CmStream *stream, guint bound)
{
	return (guint)((cm_stream_next(stream) >> 32) * bound >> 32);
}

gint
cm_stream_exponential(CmStream *stream, gint mean)
{
	/* -log2 of a word seen as a fraction, in 1/65536; 45426 is ln 2 in the same unit */
	guint64 word = cm_stream_next(stream) | 1;
	guint zeros = (guint)__builtin_clzll(word);
	guint64 mantissa = zeros < 63 ? word << (zeros + 1) >> 48 : 0;
	gint64 log2 = (gint64)((guint64)(zeros + 1) << 16) - (gint64)mantissa;

	return (gint)(((gint64)mean * (log2 * 45426 >> 16)) >> 16);
}

gint
cm_stream_gumbel(CmStream *stream, gint scale)
{
	/* the logarithm of an exponential variate, in 1/65536 of a power of two */
	guint64 exponential = (guint64)cm_stream_exponential(stream, 1 << 24) | 2;
	guint zeros = (guint)__builtin_clzll(exponential);
	gint64 mantissa = (gint64)(exponential << (zeros + 1) >> 48);
	gint64 log2 = (39 - (gint64)zeros) * 65536 + mantissa;

	return (gint)((-scale * (log2 * 45426 >> 16)) >> 16);
}
