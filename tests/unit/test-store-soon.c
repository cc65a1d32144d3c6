// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-soon.h"

#include "daemon/store/store-link.h"
#include "tests/unit/visit-fixture.h"

/* Who is listed when is tests/integration/gateway_bus.py's; here, where the list ends. */

static guint
count(Visio *visio, gint64 now, guint most, gboolean *out_all)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GByteArray) hashes =
	    cm_store_soon_list(visio->store, now, now, most, out_all, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(hashes->len % CM_LINK_HASH_BYTES, ==, 0);
	return hashes->len / CM_LINK_HASH_BYTES;
}

static void
test_most(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor guest = visio_guardian(visio);
	gboolean all = FALSE;
	guint known = 0;

	for (guint i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *token = NULL;
		gboolean done = cm_store_link_issue(visio->store, guest.kind, guest.person,
						    i < 2 ? CM_LINK_GUEST : CM_LINK_INTERPRETER,
						    i == 0 ? visio->booking.number : 0,
						    visio->start, &token, &error);

		g_assert_no_error(error);
		g_assert_true(done);
	}
	known = count(visio, visio->start, 100, &all);
	g_assert_cmpuint(known, >=, 3);
	g_assert_true(all);
	g_assert_cmpuint(count(visio, visio->start, known, &all), ==, known);
	g_assert_true(all);
	g_assert_cmpuint(count(visio, visio->start, known - 1, &all), ==, known - 1);
	g_assert_false(all);
	g_assert_cmpuint(count(visio, visio->start, 0, &all), ==, 0);
	g_assert_false(all);
	/* a second before its door opens, it is not within none */
	g_assert_cmpuint(count(visio, visio->start - 901, 100, &all), ==, 0);
	g_assert_true(all);
	g_assert_cmpuint(count(visio, visio->start - 900, 100, &all), ==, known);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-soon/most", test_most);
	return g_test_run();
}
