// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-opening.h"

#include "tests/unit/visit-fixture.h"

#define DAY 20000

static gint64
get_count(Visio *visio, gint64 person)
{
	g_autoptr(GError) error = NULL;
	gint64 count = -1;
	gboolean done = cm_store_opening_get(visio->store, CM_RESOURCE_CONTACT, person, DAY, DAY,
					     &count, &error);

	g_assert_no_error(error);
	g_assert_true(done);
	return count;
}

static gboolean
count(Visio *visio, const CmStoreOpening *openings, gsize length)
{
	g_autoptr(GError) error = NULL;

	return cm_store_opening_count(visio->store, openings, length, &error);
}

static void
test_count(void)
{
	g_autoptr(Visio) visio = visio_new();
	const CmStoreOpening openings[] = {
	    {1, CM_RESOURCE_CONTACT, DAY, 2},
	    {2, CM_RESOURCE_CONTACT, DAY, 1},
	    {1, CM_RESOURCE_CONTACT, DAY, 3},
	    {1, CM_RESOURCE_CONTACT, DAY + 1, 7},
	};

	g_assert_true(count(visio, NULL, 0));
	g_assert_true(count(visio, openings, G_N_ELEMENTS(openings)));
	g_assert_cmpint(get_count(visio, 1), ==, 5);
	g_assert_cmpint(get_count(visio, 2), ==, 1);
}

/* all or none, for they are one transaction: thousands were thousands of waits for the disk, in which no page was made */
static void
test_one_transaction(void)
{
	g_autoptr(Visio) visio = visio_new();
	const CmStoreOpening most = {3, CM_RESOURCE_CONTACT, DAY, 1};
	const CmStoreOpening openings[] = {{4, CM_RESOURCE_CONTACT, DAY, 1},
					   {3, CM_RESOURCE_CONTACT, DAY, 1}};

	g_assert_true(count(visio, &most, 1));
	/* one more is no integer */
	(void)query(visio->desk, "UPDATE opening SET count = 9223372036854775807;");
	g_assert_false(count(visio, openings, G_N_ELEMENTS(openings)));
	g_assert_cmpint(get_count(visio, 4), ==, 0);
	g_assert_true(count(visio, openings, 1));
	g_assert_cmpint(get_count(visio, 4), ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-opening/count", test_count);
	g_test_add_func("/store-opening/one-transaction", test_one_transaction);
	return g_test_run();
}
