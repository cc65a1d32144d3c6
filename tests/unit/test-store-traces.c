// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-traces.h"

#include <sys/mman.h>
#include <unistd.h>

/* That a piece is found wherever it stands, and nothing else. */

#define BLOCK (1024 * 1024) /* what is read at a time */
#define OCTETS 400

static void
fill(guint8 *octets, gsize length, guint32 seed)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(seed);

	for (gsize i = 0; i < length; i++)
		octets[i] = (guint8)g_rand_int_range(random, 0, 256);
}

static gboolean
look(const CmStoreTraces *traces, gint fd)
{
	g_autoptr(GError) error = NULL;
	gboolean found = FALSE;
	gboolean done = cm_store_traces_look(traces, fd, &found, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	return found;
}

static gint
make_file(gsize length)
{
	g_autofree guint8 *octets = g_malloc(length);
	gint fd = memfd_create("file", MFD_CLOEXEC);

	fill(octets, length, 1);
	g_assert_cmpint(write(fd, octets, length), ==, (gssize)length);
	return fd;
}

/* one piece, where blocks meet, at the beginning and at the end */
static void
test_places(void)
{
	const gsize length = (gsize)2 * BLOCK + 100;
	gint fd = make_file(length);
	g_autoptr(CmStoreTraces) traces = cm_store_traces_new();
	guint8 piece[CM_STORE_TRACES_OCTETS];
	guint8 before[CM_STORE_TRACES_OCTETS];
	GArray *places = g_array_new(FALSE, FALSE, sizeof(gsize));

	fill(piece, sizeof piece, 2);
	cm_store_traces_add(traces, piece, sizeof piece);
	for (gsize i = 0; i < 2 * CM_STORE_TRACES_OCTETS; i++) {
		const gsize some[] = {i, BLOCK - CM_STORE_TRACES_OCTETS + i,
				      2 * BLOCK - 2 * CM_STORE_TRACES_OCTETS + i,
				      length - CM_STORE_TRACES_OCTETS - i};

		g_array_append_vals(places, some, G_N_ELEMENTS(some));
	}
	g_assert_false(look(traces, fd));
	for (guint i = 0; i < places->len; i++) {
		off_t place = (off_t)g_array_index(places, gsize, i);

		g_test_message("at %" G_GINT64_FORMAT, (gint64)place);
		g_assert_cmpint(pread(fd, before, sizeof before, place), ==, sizeof before);
		g_assert_cmpint(pwrite(fd, piece, sizeof piece, place), ==, sizeof piece);
		g_assert_true(look(traces, fd));
		g_assert_cmpint(pwrite(fd, before, sizeof before, place), ==, sizeof before);
	}
	g_assert_false(look(traces, fd));
	g_array_unref(places);
	close(fd);
}

/* of a long record any thirty-one octets in a row are enough; of a short one there is nothing to search for */
static void
test_fragments(void)
{
	gint fd = make_file(BLOCK / 4);
	g_autoptr(CmStoreTraces) traces = cm_store_traces_new();
	guint8 octets[OCTETS];

	fill(octets, sizeof octets, 3);
	cm_store_traces_add(traces, octets, CM_STORE_TRACES_OCTETS - 1);
	g_assert_cmpint(pwrite(fd, octets, CM_STORE_TRACES_OCTETS - 1, 100), ==,
			CM_STORE_TRACES_OCTETS - 1);
	g_assert_false(look(traces, fd));
	cm_store_traces_add(traces, octets, sizeof octets);
	for (gsize i = 0; i + 31 <= sizeof octets; i++) {
		gint other = make_file(1000);

		g_assert_cmpint(pwrite(other, octets + i, 31, 500), ==, 31);
		g_assert_true(look(traces, other));
		close(other);
	}
	close(fd);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-traces/places", test_places);
	g_test_add_func("/store-traces/fragments", test_fragments);
	return g_test_run();
}
