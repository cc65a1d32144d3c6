// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-link.h"

#include "daemon/store/store-reach.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

#define ACTOR 1000
#define NOW 1788264000 /* 2026-09-01 12:00 UTC */

typedef struct {
	CmStoreFixture *fixture;
	CmStore *store;
	gint64 contact[2];
} Rig;

static Rig *
rig_new(void)
{
	Rig *rig = g_new0(Rig, 1);
	g_autoptr(CmCaseload) caseload = cm_store_fixture_parse(cm_store_fixture_get_small());
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(CmRosterNumbers) numbers = NULL;
	g_autoptr(GError) error = NULL;

	rig->fixture = cm_store_fixture_new();
	rig->store = rig->fixture->store;
	cm_store_fixture_import(rig->fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(rig->store, NULL, &numbers, NULL, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < 2; i++)
		rig->contact[i] = cm_roster_numbers_get(numbers, CM_NUMBER_CONTACT, i);
	return rig;
}

static void
rig_free(Rig *rig)
{
	cm_store_fixture_free(rig->fixture);
	g_free(rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rig, rig_free)

static gchar *
issue(Rig *rig, guint contact, CmLinkScope scope, gint64 subject)
{
	g_autoptr(GError) error = NULL;
	gchar *token = NULL;

	g_assert_true(cm_store_link_issue(rig->store, CM_RESOURCE_CONTACT, rig->contact[contact],
					  scope, subject, NOW, &token, &error));
	g_assert_no_error(error);
	return token;
}

static gboolean
opens(Rig *rig, const gchar *token, CmLinkTarget *out_target)
{
	guint8 hash[CM_LINK_HASH_BYTES];
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_link_hash(token, hash));
	if (cm_store_link_look_up(rig->store, hash, out_target, &error))
		return TRUE;
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	return FALSE;
}

static void
test_issue(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autofree gchar *first = issue(rig, 0, CM_LINK_GUEST, 0);
	g_autofree gchar *again = issue(rig, 0, CM_LINK_GUEST, 0);
	g_autofree gchar *feed = issue(rig, 0, CM_LINK_FEED, 0);
	g_autofree gchar *session = issue(rig, 0, CM_LINK_GUEST, 77);
	g_autofree gchar *other = issue(rig, 1, CM_LINK_GUEST, 0);
	g_autofree gchar *dump = NULL;
	CmLinkTarget target = {0};

	g_assert_cmpstr(first, ==, again);
	g_assert_cmpstr(first, !=, feed);
	g_assert_cmpstr(first, !=, session);
	g_assert_cmpstr(first, !=, other);
	g_assert_true(opens(rig, first, &target));
	g_assert_cmpint(target.person, ==, rig->contact[0]);
	g_assert_cmpuint(target.kind, ==, CM_RESOURCE_CONTACT);
	g_assert_cmpint(target.scope, ==, CM_LINK_GUEST);
	g_assert_cmpint(target.subject, ==, 0);
	g_assert_cmpint(target.epoch, ==, 1);
	g_assert_true(opens(rig, session, &target));
	g_assert_cmpint(target.subject, ==, 77);
	g_assert_true(opens(rig, feed, &target));
	g_assert_cmpint(target.scope, ==, CM_LINK_FEED);
	/* the database holds none of them */
	g_assert_true(cm_store_fixture_run_shell(rig->fixture, ".dump link", &dump));
	g_assert_nonnull(strstr(dump, "'guest'"));
	g_assert_null(strstr(dump, first));
	/* and the key is this database's alone */
	cm_store_fixture_reopen(rig->fixture);
	rig->store = rig->fixture->store;
	g_free(again);
	again = issue(rig, 0, CM_LINK_GUEST, 0);
	g_assert_cmpstr(first, ==, again);
}

static void
test_other_database(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autoptr(Rig) other = rig_new();
	g_autofree gchar *mine = issue(rig, 0, CM_LINK_GUEST, 0);
	g_autofree gchar *theirs = issue(other, 0, CM_LINK_GUEST, 0);
	CmLinkTarget target = {0};

	g_assert_cmpint(rig->contact[0], ==, other->contact[0]);
	g_assert_cmpstr(mine, !=, theirs);
	g_assert_false(opens(other, mine, &target));
}

static void
test_renew(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autofree gchar *before = issue(rig, 0, CM_LINK_GUEST, 0);
	g_autofree gchar *other = issue(rig, 1, CM_LINK_GUEST, 0);
	g_autofree gchar *after = NULL;
	CmStoreReachChange change = {.phone = "418 555-0100"};
	CmLinkTarget target = {0};
	g_autoptr(GError) error = NULL;
	gint64 version = 0;

	g_assert_true(cm_store_link_renew(rig->store, CM_RESOURCE_CONTACT, rig->contact[0], ACTOR,
					  NOW, &error));
	g_assert_false(opens(rig, before, &target));
	after = issue(rig, 0, CM_LINK_GUEST, 0);
	g_assert_cmpstr(before, !=, after);
	g_assert_true(opens(rig, after, &target));
	g_assert_cmpint(target.epoch, ==, 2);
	g_assert_false(opens(rig, before, &target));
	g_assert_true(opens(rig, other, &target));
	/* another address or number is no new link */
	g_assert_true(cm_store_reach_set(rig->store, CM_RESOURCE_CONTACT, rig->contact[0], &change,
					 CM_STORE_REACH_ANY_VERSION, ACTOR, NOW, &version, &error));
	g_assert_true(opens(rig, after, &target));
}

/* an old row that came back, from a copy or by a hand in the database, opens nothing either */
static void
test_old_epoch(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autofree gchar *before = issue(rig, 0, CM_LINK_GUEST, 0);
	CmLinkTarget target = {0};

	g_assert_true(opens(rig, before, &target));
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture,
	    "CREATE TABLE kept AS SELECT * FROM link;"
	    "CREATE TRIGGER again AFTER DELETE ON link BEGIN INSERT INTO link SELECT * FROM kept; "
	    "END;",
	    NULL));
	g_assert_true(cm_store_link_renew(rig->store, CM_RESOURCE_CONTACT, rig->contact[0], ACTOR,
					  NOW, NULL));
	g_assert_false(opens(rig, before, &target));
}

static void
test_revoke(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autofree gchar *guest = issue(rig, 0, CM_LINK_GUEST, 0);
	g_autofree gchar *session = issue(rig, 0, CM_LINK_GUEST, 5);
	g_autofree gchar *feed = issue(rig, 0, CM_LINK_FEED, 0);
	g_autofree gchar *none = NULL;
	g_autofree gchar *new_session = NULL;
	g_autofree gchar *renewed = NULL;
	CmLinkTarget target = {0};
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 2; i++)
		g_assert_true(cm_store_link_revoke(rig->store, CM_RESOURCE_CONTACT, rig->contact[i],
						   CM_LINK_GUEST, ACTOR, NOW, &error));
	g_assert_false(opens(rig, guest, &target));
	g_assert_false(opens(rig, session, &target));
	g_assert_true(opens(rig, feed, &target));
	none = issue(rig, 0, CM_LINK_GUEST, 0);
	new_session = issue(rig, 0, CM_LINK_GUEST, 6);
	g_assert_null(none);
	g_assert_null(new_session);
	/* of somebody who never had one, too */
	none = issue(rig, 1, CM_LINK_GUEST, 0);
	g_assert_null(none);
	g_assert_true(cm_store_link_renew(rig->store, CM_RESOURCE_CONTACT, rig->contact[0], ACTOR,
					  NOW, &error));
	renewed = issue(rig, 0, CM_LINK_GUEST, 0);
	g_assert_nonnull(renewed);
	g_assert_true(opens(rig, renewed, &target));
	g_assert_false(opens(rig, feed, &target));
}

static void
test_nobody(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autoptr(GError) error = NULL;
	gchar *token = NULL;

	g_assert_false(cm_store_link_issue(rig->store, CM_RESOURCE_CONTACT, 9999, CM_LINK_GUEST, 0,
					   NOW, &token, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_assert_null(token);
	g_clear_error(&error);
	g_assert_false(cm_store_link_revoke(rig->store, CM_RESOURCE_CONTACT, 9999, CM_LINK_GUEST,
					    ACTOR, NOW, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_false(
	    cm_store_link_renew(rig->store, CM_RESOURCE_CONTACT, 9999, ACTOR, NOW, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
}

/* whoever left takes their links with them, at once */
static void
test_gone(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autofree gchar *token = issue(rig, 0, CM_LINK_GUEST, 0);
	CmLinkTarget target = {0};
	guint forgotten = 0;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *count = NULL;

	g_assert_true(
	    cm_store_fixture_run_shell(rig->fixture, "UPDATE link SET person = 4242;", NULL));
	g_assert_false(opens(rig, token, &target));
	g_assert_true(cm_store_reach_forget_gone(rig->store, &forgotten, &error));
	g_assert_true(
	    cm_store_fixture_run_shell(rig->fixture, "SELECT count(*) FROM link;", &count));
	g_assert_cmpstr(g_strstrip(count), ==, "0");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-link/issue", test_issue);
	g_test_add_func("/store-link/other-database", test_other_database);
	g_test_add_func("/store-link/renew", test_renew);
	g_test_add_func("/store-link/old-epoch", test_old_epoch);
	g_test_add_func("/store-link/revoke", test_revoke);
	g_test_add_func("/store-link/nobody", test_nobody);
	g_test_add_func("/store-link/gone", test_gone);
	return g_test_run();
}
