// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-traces.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define PIECES_MAX 256 /* of one addition */
#define BLOCK_BYTES (1024 * 1024)
#define FILTER_BITS 20

struct _CmStoreTraces {
	GHashTable *pieces; /* of CM_STORE_TRACES_OCTETS octets */
	guint8 filter[1 << (FILTER_BITS - 3)];
};

/* random octets are their own hash; others are spread */
static guint64
mix(const guint8 *octets)
{
	guint64 value = 0;

	memcpy(&value, octets, sizeof value);
	return value * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
}

static guint
piece_hash(gconstpointer piece)
{
	return (guint)(mix(piece) >> 32);
}

static gboolean
piece_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_STORE_TRACES_OCTETS) == 0;
}

CmStoreTraces *
cm_store_traces_new(void)
{
	CmStoreTraces *traces = g_new0(CmStoreTraces, 1);

	traces->pieces = g_hash_table_new_full(piece_hash, piece_equal, g_free, NULL);
	return traces;
}

void
cm_store_traces_free(CmStoreTraces *traces)
{
	if (traces == NULL)
		return;
	g_hash_table_unref(traces->pieces);
	g_free(traces);
}

static guint
get_bit(const guint8 *octets)
{
	return (guint)(mix(octets) >> (64 - FILTER_BITS));
}

void
cm_store_traces_add(CmStoreTraces *traces, const guint8 *octets, gsize length)
{
	gsize step = MAX(CM_STORE_TRACES_OCTETS, length / PIECES_MAX);

	for (gsize i = 0; i + CM_STORE_TRACES_OCTETS <= length; i += step) {
		guint bit = get_bit(octets + i);

		g_hash_table_add(traces->pieces, g_memdup2(octets + i, CM_STORE_TRACES_OCTETS));
		traces->filter[bit / 8] |= (guint8)(1 << (bit % 8));
	}
}

/* ---- looking */

gboolean
cm_store_traces_is_in(const CmStoreTraces *traces, const guint8 *block, gsize length)
{
	for (gsize i = 0; i + CM_STORE_TRACES_OCTETS <= length; i++) {
		guint bit = get_bit(block + i);

		if ((traces->filter[bit / 8] & (1 << (bit % 8))) != 0 &&
		    g_hash_table_contains(traces->pieces, block + i))
			return TRUE;
	}
	return FALSE;
}

static void
fail_reading(GError **error)
{
	cm_error_set(error, CM_ERROR_STORE, N_("The database can't be read or written ({0})."),
		     g_strerror(errno), NULL);
}

gboolean
cm_store_traces_look(const CmStoreTraces *traces, gint fd, gboolean *out_found, GError **error)
{
	g_autofree guint8 *block = g_malloc(BLOCK_BYTES);
	gsize length = 0;
	off_t place = 0;
	gssize count = 0;

	*out_found = FALSE;
	do {
		/* what begins in one block and ends in the next */
		gsize kept = MIN(length, CM_STORE_TRACES_OCTETS - 1);

		memmove(block, block + length - kept, kept);
		count = pread(fd, block + kept, BLOCK_BYTES - kept, place);
		if (count < 0) {
			fail_reading(error);
			return FALSE;
		}
		place += count;
		length = kept + (gsize)count;
		*out_found = cm_store_traces_is_in(traces, block, length);
	} while (count > 0 && !*out_found);
	return TRUE;
}
