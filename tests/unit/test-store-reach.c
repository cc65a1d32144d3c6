// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-reach.h"

#include "daemon/store/store-account.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-roster.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

#define ACTOR 1000
#define NOW 1788264000 /* 2026-09-01 12:00 UTC */
#define EMAIL "qzwx.secret@css.example"
#define PHONE "418 555-0199"

typedef struct {
	CmStoreFixture *fixture;
	CmStore *store;
	gint64 professional;
	gint64 student;
	gint64 contact;
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
	rig->professional = cm_roster_numbers_get(numbers, CM_NUMBER_PROFESSIONAL, 0);
	rig->student = cm_roster_numbers_get(numbers, CM_NUMBER_STUDENT, 0);
	rig->contact = cm_roster_numbers_get(numbers, CM_NUMBER_CONTACT, 0);
	return rig;
}

static void
rig_free(Rig *rig)
{
	cm_store_fixture_free(rig->fixture);
	g_free(rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rig, rig_free)

static CmReachable *
get(Rig *rig, CmResource kind, gint64 person)
{
	g_autoptr(GError) error = NULL;
	CmReachable *reachable = cm_store_reach_get(rig->store, kind, person, &error);

	g_assert_no_error(error);
	return reachable;
}

static gint64
set(Rig *rig, CmResource kind, gint64 person, const CmStoreReachChange *change, gint64 expected)
{
	g_autoptr(GError) error = NULL;
	gint64 version = -1;
	gboolean good = cm_store_reach_set(rig->store, kind, person, change, expected, ACTOR, NOW,
					   &version, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return version;
}

static void
refuse(Rig *rig,
       CmResource kind,
       gint64 person,
       const CmStoreReachChange *change,
       gint64 expected,
       gint code)
{
	g_autoptr(GError) error = NULL;
	gint64 version = -1;

	g_assert_false(cm_store_reach_set(rig->store, kind, person, change, expected, ACTOR, NOW,
					  &version, &error));
	g_assert_error(error, CM_ERROR, code);
	g_assert_cmpint(version, ==, -1);
}

static void
test_defaults(void)
{
	g_autoptr(Rig) rig = rig_new();
	g_autoptr(CmReachable) contact = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_autoptr(CmReachable) professional = get(rig, CM_RESOURCE_PROFESSIONAL, rig->professional);
	g_autoptr(CmReachable) nobody = get(rig, CM_RESOURCE_CONTACT, 987654);

	g_assert_cmpint(contact->version, ==, 0);
	g_assert_cmpstr(contact->email, ==, "");
	g_assert_cmpstr(contact->language, ==, "fr");
	g_assert_cmpint(contact->delivery, ==, CM_DELIVERY_DIGEST);
	g_assert_cmpint(contact->digest_at, ==, 17 * 60);
	g_assert_cmpint(contact->quiet_from, ==, 20 * 60);
	g_assert_cmpint(contact->quiet_to, ==, 7 * 60);
	g_assert_cmpuint(contact->remind_hours, ==, 24);
	g_assert_cmpstr(contact->zone, ==, "America/Toronto");
	g_assert_false(contact->own_zone);
	g_assert_false(cm_reachable_takes_mail(contact));
	g_assert_cmpint(professional->delivery, ==, CM_DELIVERY_INVITATIONS);
	g_assert_cmpuint(professional->remind_hours, ==, 0);
	g_assert_cmpint(nobody->version, ==, 0);
}

/* staff read their mail in the language of their account */
static void
test_account_language(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreAccountChange change = {
	    .set_professional = TRUE, .professional = rig->professional, .language = "en"};
	g_autoptr(CmReachable) professional = NULL;
	g_autoptr(CmReachable) account = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_account_change(rig->store, 1234, &change, ACTOR, &error));
	professional = get(rig, CM_RESOURCE_PROFESSIONAL, rig->professional);
	account = get(rig, CM_REACHABLE_ACCOUNT, 1234);
	g_assert_cmpstr(professional->language, ==, "en");
	g_assert_cmpstr(account->language, ==, "en");
}

static void
test_set(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange all = {.email = " " EMAIL " ",
				  .phone = PHONE,
				  .language = "en",
				  .zone = "America/Halifax",
				  .members = CM_STORE_REACH_DELIVERY | CM_STORE_REACH_DIGEST_AT |
					     CM_STORE_REACH_QUIET | CM_STORE_REACH_REMIND,
				  .delivery = CM_DELIVERY_INVITATIONS,
				  .digest_at = 8 * 60,
				  .quiet_from = 0,
				  .quiet_to = 0,
				  .remind_hours = 48};
	CmStoreReachChange phone = {.phone = ""};
	g_autoptr(CmReachable) kept = NULL;
	g_autoptr(CmReachable) changed = NULL;

	g_assert_cmpint(set(rig, CM_RESOURCE_CONTACT, rig->contact, &all, 0), ==, 1);
	cm_store_fixture_reopen(rig->fixture);
	rig->store = rig->fixture->store;
	kept = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_cmpint(kept->version, ==, 1);
	g_assert_cmpstr(kept->email, ==, EMAIL);
	g_assert_cmpstr(kept->phone, ==, PHONE);
	g_assert_cmpstr(kept->language, ==, "en");
	g_assert_cmpstr(kept->zone, ==, "America/Halifax");
	g_assert_true(kept->own_zone);
	g_assert_cmpint(kept->delivery, ==, CM_DELIVERY_INVITATIONS);
	g_assert_cmpint(kept->digest_at, ==, 8 * 60);
	g_assert_cmpint(kept->quiet_from, ==, 0);
	g_assert_cmpint(kept->quiet_to, ==, 0);
	g_assert_cmpuint(kept->remind_hours, ==, 48);
	g_assert_cmpint(kept->changed_at, ==, NOW);
	g_assert_cmpint(kept->changed_by, ==, ACTOR);
	g_assert_true(cm_reachable_takes_mail(kept));
	/* the same once more is no change */
	g_assert_cmpint(set(rig, CM_RESOURCE_CONTACT, rig->contact, &all, 1), ==, 1);
	/* one member; the others stay */
	g_assert_cmpint(
	    set(rig, CM_RESOURCE_CONTACT, rig->contact, &phone, CM_STORE_REACH_ANY_VERSION), ==, 2);
	changed = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_cmpstr(changed->phone, ==, "");
	g_assert_cmpstr(changed->email, ==, EMAIL);
	g_assert_cmpstr(changed->zone, ==, "America/Halifax");
}

static void
test_refused(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange good = {.email = EMAIL};
	CmStoreReachChange two = {.email = EMAIL ", b@css.example"};
	CmStoreReachChange phone = {.phone = "call me"};
	CmStoreReachChange language = {.language = "de"};
	CmStoreReachChange zone = {.zone = "../../etc/localtime"};
	CmStoreReachChange offset = {.zone = "+05:00"};
	CmStoreReachChange digest = {.members = CM_STORE_REACH_DIGEST_AT, .digest_at = 1440};
	CmStoreReachChange remind = {.members = CM_STORE_REACH_REMIND, .remind_hours = 169};
	CmStoreReachChange *wrong[] = {&two, &phone, &language, &zone, &offset, &digest, &remind};
	g_autoptr(CmReachable) untouched = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
		refuse(rig, CM_RESOURCE_CONTACT, rig->contact, wrong[i], 0, CM_ERROR_INVALID_INPUT);
	refuse(rig, CM_RESOURCE_CONTACT, rig->student, &good, 0, CM_ERROR_NOT_FOUND);
	refuse(rig, CM_REACHABLE_ACCOUNT, 4321, &good, 0, CM_ERROR_NOT_FOUND);
	refuse(rig, CM_RESOURCE_ROOM, 1, &good, 0, CM_ERROR_NOT_FOUND);
	refuse(rig, CM_RESOURCE_CONTACT, rig->contact, &good, 1, CM_ERROR_CONFLICT);
	untouched = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_cmpint(untouched->version, ==, 0);
	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &good, 0);
	refuse(rig, CM_RESOURCE_CONTACT, rig->contact, &good, 0, CM_ERROR_CONFLICT);
}

static void
test_phone(void)
{
	static const gchar *const taken[] = {"4185550100",       "+1 (418) 555-0100",
					     "418.555.0100",     "418 555-0100 poste 12",
					     "418 555-0100 x12", "911"};
	static const gchar *const refused[] = {"12",       "poste 12", "418 555-0100 poste douze",
					       "418\n555", "<418>",    "sip:a@b"};

	for (guint i = 0; i < G_N_ELEMENTS(taken); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *phone = cm_reachable_parse_phone(taken[i], &error);

		g_assert_no_error(error);
		g_assert_cmpstr(phone, ==, taken[i]);
	}
	for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *phone = cm_reachable_parse_phone(refused[i], &error);

		g_assert_null(phone);
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	}
}

/* what names somebody is neither in the file nor in the log */
static void
test_sealed(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange change = {.email = EMAIL, .phone = PHONE};
	CmAuditQuery query = {.limit = 50};
	g_autoptr(GPtrArray) lines = NULL;
	g_autofree gchar *dump = NULL;
	g_autoptr(GError) error = NULL;
	gboolean found = FALSE;

	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &change, 0);
	/* in octets: in hexadecimal digits a name is never found, and four figures are by chance */
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture,
	    "SELECT count(*), sum(instr(email, CAST('qzwx' AS BLOB)) + "
	    "instr(email, CAST('css.example' AS BLOB)) + instr(phone, CAST('0199' AS BLOB))) "
	    "FROM reach;",
	    &dump));
	g_assert_cmpstr(g_strstrip(dump), ==, "1|0");
	lines = cm_audit_list(rig->store, &query, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < lines->len; i++) {
		const CmAuditLine *line = g_ptr_array_index(lines, i);

		if (!g_str_equal(line->action, "reach.set"))
			continue;
		found = TRUE;
		g_assert_cmpint(line->uid, ==, ACTOR);
		g_assert_cmpint(line->subject, ==, rig->contact);
		g_assert_cmpint(line->version_after, ==, 1);
		g_assert_cmpstr(line->detail, ==,
				"{\"of\":\"contact\",\"changed\":[\"email\",\"phone\"]}");
	}
	g_assert_true(found);
}

static void
test_find(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange change = {.email = EMAIL};
	CmStoreReachChange none = {.email = ""};
	g_autoptr(GArray) both = NULL;
	g_autoptr(GArray) one = NULL;
	g_autoptr(GArray) other = NULL;
	g_autoptr(GError) error = NULL;

	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &change, 0);
	(void)set(rig, CM_RESOURCE_STUDENT, rig->student, &change, 0);
	both = cm_store_reach_find(rig->store, "QZWX.Secret@Css.Example", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(both->len, ==, 2);
	g_assert_cmpint(g_array_index(both, CmStoreRecipient, 0).person, ==, rig->student);
	g_assert_cmpint(g_array_index(both, CmStoreRecipient, 1).kind, ==, CM_RESOURCE_CONTACT);
	(void)set(rig, CM_RESOURCE_STUDENT, rig->student, &none, 1);
	one = cm_store_reach_find(rig->store, EMAIL, &error);
	g_assert_cmpuint(one->len, ==, 1);
	other = cm_store_reach_find(rig->store, "x" EMAIL, &error);
	g_assert_cmpuint(other->len, ==, 0);
}

static void
test_bounced(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange change = {.email = EMAIL};
	CmStoreReachChange better = {.email = "b@css.example"};
	g_autoptr(CmReachable) bounced = NULL;
	g_autoptr(CmReachable) mended = NULL;
	g_autoptr(CmReachable) still = NULL;
	g_autoptr(CmReachable) none = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_reach_set_bounced(rig->store, CM_RESOURCE_CONTACT, rig->contact,
						 NULL, TRUE, CM_AUDIT_DAEMON, NOW, &error));
	none = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_cmpint(none->version, ==, 0);
	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &change, 0);
	g_assert_true(cm_store_reach_set_bounced(rig->store, CM_RESOURCE_CONTACT, rig->contact,
						 "QZWX.secret@css.example", TRUE, CM_AUDIT_DAEMON,
						 NOW, &error));
	bounced = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_true(bounced->bounced);
	g_assert_cmpint(bounced->version, ==, 2);
	g_assert_false(cm_reachable_takes_mail(bounced));
	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &better, 2);
	mended = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_false(mended->bounced);
	/* a late bounce of the former address */
	g_assert_true(cm_store_reach_set_bounced(rig->store, CM_RESOURCE_CONTACT, rig->contact,
						 EMAIL, TRUE, CM_AUDIT_DAEMON, NOW, &error));
	still = get(rig, CM_RESOURCE_CONTACT, rig->contact);
	g_assert_false(still->bounced);
}

/* somebody who left the roster is forgotten, but not before they were told what was promised */
static void
test_forget(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange change = {.email = EMAIL};
	g_autoptr(GError) error = NULL;
	guint forgotten = 9;

	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &change, 0);
	(void)set(rig, CM_RESOURCE_STUDENT, rig->student, &change, 0);
	g_assert_true(cm_store_reach_forget_gone(rig->store, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 0);
	/* as if the roster did not have the contact any more */
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture, "UPDATE reach SET person = 4242 WHERE kind = 2;", NULL));
	g_assert_true(cm_notice_queue(rig->store, CM_NOTICE_BOOKING_CANCELLED, CM_RESOURCE_CONTACT,
				      4242, 1, &error));
	g_assert_true(cm_store_reach_forget_gone(rig->store, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 0);
	g_assert_true(cm_store_fixture_run_shell(
	    rig->fixture, "UPDATE notice SET sent_at = 1, outcome = 'told';", NULL));
	g_assert_true(cm_store_reach_forget_gone(rig->store, &forgotten, &error));
	g_assert_cmpuint(forgotten, ==, 1);
}

static void
test_list(void)
{
	g_autoptr(Rig) rig = rig_new();
	CmStoreReachChange change = {.email = EMAIL};
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GError) error = NULL;

	(void)set(rig, CM_RESOURCE_CONTACT, rig->contact, &change, 0);
	list = cm_store_reach_list(rig->store, CM_RESOURCE_CONTACT, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_cmpstr(((const CmReachable *)g_ptr_array_index(list, 0))->email, ==, EMAIL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-reach/defaults", test_defaults);
	g_test_add_func("/store-reach/account-language", test_account_language);
	g_test_add_func("/store-reach/set", test_set);
	g_test_add_func("/store-reach/refused", test_refused);
	g_test_add_func("/store-reach/phone", test_phone);
	g_test_add_func("/store-reach/sealed", test_sealed);
	g_test_add_func("/store-reach/find", test_find);
	g_test_add_func("/store-reach/bounced", test_bounced);
	g_test_add_func("/store-reach/forget", test_forget);
	g_test_add_func("/store-reach/list", test_list);
	return g_test_run();
}
