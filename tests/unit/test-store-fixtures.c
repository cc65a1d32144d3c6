// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-equal.h"
#include "daemon/store/store-account.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-plan.h"
#include "daemon/store/store-roster.h"
#include "tests/unit/store-fixture.h"

#include <glib/gstdio.h>

/* A database of every schema there has been (tests/fixtures/db): this program opens it, and reads from it what was put there. */

static void
copy_private(const gchar *folder, const gchar *name, const gchar *target)
{
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	g_autofree gchar *data = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(path, &data, &length, NULL));
	g_assert_true(g_file_set_contents_full(target, data, (gssize)length,
					       G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static CmCaseload *
read_expected(const gchar *folder, const gchar *stem)
{
	g_autofree gchar *name = g_strconcat(stem, ".json", NULL);
	g_autofree gchar *path = g_build_filename(folder, name, NULL);

	return cm_store_fixture_read_file(path);
}

static void
check_plans(CmStore *store, const CmCaseload *caseload)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) plans = cm_store_plan_list(store, &error);
	g_autoptr(CmPlan) published = NULL;
	g_autoptr(CmPlan) draft = NULL;
	guint roles = 0;

	g_assert_no_error(error);
	g_assert_cmpuint(plans->len, ==, 2);
	g_assert_cmpint(CM_ELEMENT(plans, CmPlanInfo, 0)->state, ==, CM_PLAN_STATE_DRAFT);
	g_assert_cmpint(CM_ELEMENT(plans, CmPlanInfo, 1)->state, ==, CM_PLAN_STATE_PUBLISHED);
	published = cm_store_plan_load(store, caseload, 0, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(published->placements->len, ==, caseload->previous->len);
	draft = cm_store_plan_load(store, caseload, 2, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(draft->placements->len + draft->unscheduled->len, ==,
			 caseload->sessions->len);
	g_assert_cmpstr(CM_ELEMENT(draft->unscheduled, CmUnscheduled, 0)->reason, ==, "no room");
	g_assert_true(cm_store_account_get_roles(store, 1000, &roles, &error));
	g_assert_cmpuint(roles, ==, CM_ROLE_ADMINISTRATOR);
	/* and it goes on from there */
	g_assert_true(cm_store_plan_publish(store, 2, 1, CM_AUDIT_DAEMON, 0, NULL, NULL, &error));
	g_assert_no_error(error);
}

static void
check_fixture(const gchar *folder, const gchar *stem)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *name = g_strconcat(stem, ".db", NULL);
	g_autofree gchar *key_path = g_build_filename(fixture->folder, "test.key", NULL);
	g_autoptr(CmCaseload) expected = read_expected(folder, stem);
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;
	const gchar *what = NULL;

	g_clear_pointer(&fixture->store, cm_store_close);
	g_clear_pointer(&fixture->key, cm_service_key_free);
	copy_private(folder, name, fixture->database);
	copy_private(folder, "test.key", key_path);
	fixture->key = cm_service_key_load(key_path, NULL, &error);
	g_assert_no_error(error);
	cm_store_fixture_reopen(fixture);
	g_assert_true(cm_store_check(fixture->store, NULL, &error));
	g_assert_no_error(error);
	loaded = cm_store_roster_load(fixture->store, NULL, NULL, &error);
	g_assert_no_error(error);
	if (!cm_caseload_equal(expected, loaded, &what))
		g_error("%s: %s", stem, what); /* nocheck:banned: a test that fails aborts */
	check_plans(fixture->store, loaded);
}

static void
test_fixtures(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", "db", NULL);

	/* one for each schema: a released one without its fixture fails here */
	for (guint i = 1; i <= CM_STORE_SCHEMA_VERSION; i++) {
		g_autofree gchar *stem = g_strdup_printf("v%u", i);

		check_fixture(folder, stem);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-fixtures/every-schema", test_fixtures);
	return g_test_run();
}
