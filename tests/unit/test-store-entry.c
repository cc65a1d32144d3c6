// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-entry.h"

#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "daemon/visio/spoken-code.h"
#include "tests/unit/visit-fixture.h"

#define DAY 86400

static CmStoreEntryOrder
order_code(Visio *visio, gint64 now)
{
	return visio_order(visio, CM_VISIT_GUEST, CM_RESOURCE_CONTACT, visio->desk->contact[0],
			   now);
}

static gchar *
make_code(Visio *visio, gint64 now)
{
	const CmStoreEntryOrder order = order_code(visio, now);
	gchar *code = NULL;
	g_autoptr(GError) error = NULL;
	gint64 from = 0;
	gint64 until = 0;
	gboolean made =
	    cm_store_entry_make_code(visio->store, &order, &code, &from, &until, &error);

	g_assert_no_error(error);
	g_assert_true(made);
	/* from Toronto's midnight of the day before */
	g_assert_cmpint(from, ==, visio->start - 10 * 3600 - DAY);
	g_assert_cmpint(until, ==, visio->end);
	return code;
}

static void
assert_opens_nothing(Visio *visio, gboolean code, const gchar *secret, gint64 now)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *pass = visio_exchange(visio, code, secret, now, &error);

	g_assert_null(pass);
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
	g_assert_nonnull(strstr(error->message, "This link opens nothing."));
}

static gchar *
open_with(Visio *visio, gboolean code, const gchar *secret, gint64 now)
{
	g_autoptr(GError) error = NULL;
	gchar *pass = visio_exchange(visio, code, secret, now, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(strlen(pass), ==, CM_LINK_TOKEN_LENGTH);
	return pass;
}

/* whether a pass still shows who comes */
static gboolean
is_known(Visio *visio, const gchar *pass, gint64 now)
{
	CmStoreVisitor visitor = {0};
	guint8 hash[CM_LINK_HASH_BYTES];
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_link_hash(pass, hash));
	if (cm_store_pass_look_up(visio->store, hash, sizeof hash, now, &visitor, &error))
		return TRUE;
	g_assert_true(cm_error_is(error, CM_ERROR_NOT_FOUND));
	return FALSE;
}

/* ---- a host's link */

static void
test_link(void)
{
	g_autoptr(Visio) visio = visio_new();
	gint64 now = visio->start - 600;
	const CmStoreEntryOrder order = visio_order(visio, CM_VISIT_HOST, CM_RESOURCE_PROFESSIONAL,
						    visio->desk->professional, now);
	g_autofree gchar *token = NULL;
	g_autofree gchar *late = NULL;
	g_autofree gchar *pass = NULL;
	g_autoptr(GError) error = NULL;
	CmStoreVisitor host = {0};

	g_assert_true(cm_store_entry_make_link(visio->store, &order, &token, &error));
	g_assert_true(cm_store_entry_make_link(visio->store, &order, &late, &error));
	g_assert_cmpstr(token, !=, late);
	/* a link is no code, nor a code a link */
	assert_opens_nothing(visio, TRUE, token, now);
	assert_opens_nothing(visio, FALSE, late, now - 1);
	assert_opens_nothing(visio, FALSE, late, now + CM_STORE_ENTRY_LINK_SECONDS);
	pass = open_with(visio, FALSE, token, now + CM_STORE_ENTRY_LINK_SECONDS - 1);
	assert_opens_nothing(visio, FALSE, token, now);

	host = visio_look_up(visio, pass, now);
	g_assert_cmpint(host.means, ==, CM_STORE_MEANS_ENTRY);
	g_assert_cmpint(host.role, ==, CM_VISIT_HOST);
	g_assert_cmpint(host.subject, ==, visio->booking.number);
	g_assert_cmpint(host.person, ==, visio->desk->professional);
	g_assert_cmpint(host.actor, ==, UID);
	/* until half an hour after the end, and no longer */
	g_assert_true(is_known(visio, pass, visio->end + CM_SESSION_DOOR_CLOSES_AFTER - 1));
	g_assert_false(is_known(visio, pass, visio->end + CM_SESSION_DOOR_CLOSES_AFTER));
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM audit WHERE action = 'entry.link';"), ==, 2);
	g_assert_cmpint(
	    query(visio->desk,
		  "SELECT count(*) FROM audit WHERE action = 'entry.use' AND uid = 1000;"),
	    ==, 1);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM entry WHERE used_at IS NOT NULL;"),
			==, 1);
}

/* ---- who is given none */

typedef struct {
	CmVisitRole role;
	CmResource kind;
	gint64 person;
	gint64 subject;
	gint64 now;
	CmErrorCode code;
} Refused;

static void
assert_none_made(Visio *visio, const Refused *row)
{
	CmStoreEntryOrder order = visio_order(visio, row->role, row->kind, row->person, row->now);
	gboolean staff = row->role == CM_VISIT_HOST || row->role == CM_VISIT_HELPER;
	g_autofree gchar *secret = NULL;
	g_autoptr(GError) error = NULL;
	gint64 from = 0;
	gint64 until = 0;

	order.subject = row->subject;
	g_assert_false(
	    staff ? cm_store_entry_make_link(visio->store, &order, &secret, &error)
		  : cm_store_entry_make_code(visio->store, &order, &secret, &from, &until, &error));
	if (!cm_error_is(error, row->code))
		g_test_fail_printf("another error: %s", error->message);
	g_assert_null(secret);
}

static void
test_refused(void)
{
	g_autoptr(Visio) visio = visio_new();
	const Desk *desk = visio->desk;
	gint64 subject = visio->booking.number;
	gint64 now = visio->start;
	const Refused rows[] = {
	    /* a code is for guests, a link for staff; a helper is an account */
	    {CM_VISIT_HELPER, CM_RESOURCE_PROFESSIONAL, desk->professional, subject, now,
	     CM_ERROR_INVALID_INPUT},
	    {CM_VISIT_GUEST, CM_NOTICE_TO_ACCOUNT, UID, subject, now, CM_ERROR_INVALID_INPUT},
	    /* who has no part in it, nobody, nothing booked */
	    {CM_VISIT_HOST, CM_RESOURCE_STUDENT, desk->student[0], subject, now,
	     CM_ERROR_NOT_FOUND},
	    {CM_VISIT_GUEST, CM_RESOURCE_CONTACT, desk->contact[1], subject, now,
	     CM_ERROR_NOT_FOUND},
	    {CM_VISIT_GUEST, CM_RESOURCE_CONTACT, 987654321, subject, now, CM_ERROR_NOT_FOUND},
	    {CM_VISIT_GUEST, CM_RESOURCE_CONTACT, desk->contact[0], desk->session[1], now,
	     CM_ERROR_NOT_FOUND},
	    /* over */
	    {CM_VISIT_HOST, CM_RESOURCE_PROFESSIONAL, desk->professional, subject,
	     visio->end + CM_SESSION_DOOR_CLOSES_AFTER, CM_ERROR_CONFLICT},
	};
	CmStoreCall call = call_at(now - 3600);
	CmStoreStamp stamp = {0};
	Refused cancelled = {CM_VISIT_GUEST, CM_RESOURCE_CONTACT, desk->contact[0],
			     subject,        now - 3600,          CM_ERROR_CONFLICT};
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_none_made(visio, &rows[i]);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM entry;"), ==, 0);
	g_assert_true(cm_store_booking_cancel(visio->store, &call, subject, visio->booking.version,
					      &stamp, &error));
	assert_none_made(visio, &cancelled);
}

/* ---- a code */

static void
test_code(void)
{
	g_autoptr(Visio) visio = visio_new();
	g_autofree gchar *code = make_code(visio, NOW);
	gint64 from = visio->start - 10 * 3600 - DAY;
	g_autofree gchar *one = NULL;
	g_autofree gchar *two = NULL;
	CmStoreVisitor guest = {0};

	g_assert_cmpuint(strlen(code), ==, CM_SPOKEN_CODE_LENGTH);
	assert_opens_nothing(visio, TRUE, code, from - 1);
	assert_opens_nothing(visio, FALSE, code, from);
	assert_opens_nothing(visio, TRUE, code, visio->end);
	/* as often as it is said */
	one = open_with(visio, TRUE, code, from);
	two = open_with(visio, TRUE, code, visio->end - 1);
	g_assert_cmpstr(one, !=, two);
	guest = visio_look_up(visio, one, from);
	g_assert_cmpint(guest.means, ==, CM_STORE_MEANS_CODE);
	g_assert_cmpint(guest.role, ==, CM_VISIT_GUEST);
	g_assert_cmpint(guest.subject, ==, visio->booking.number);
	/* who says it is not who made it */
	g_assert_cmpint(guest.actor, ==, CM_AUDIT_DAEMON);
}

/* It goes where the session goes: what was said on the telephone holds. */
static void
test_code_of_what_moved(void)
{
	g_autoptr(Visio) visio = visio_new();
	g_autofree gchar *code = make_code(visio, NOW);
	CmStoreCall call = call_at(NOW);
	CmStorePlace later = place(visio->desk, 7, "10:00", 0);
	CmStoreStamp stamp = {0};
	g_autofree gchar *pass = NULL;
	g_autoptr(GError) error = NULL;

	later.mode = CM_MODE_VIDEO_REMOTE;
	g_assert_true(cm_store_booking_move(visio->store, &call, visio->booking.number,
					    visio->booking.version, &later, &stamp, &error));
	assert_opens_nothing(visio, TRUE, code, visio->start);
	pass = open_with(visio, TRUE, code, visio->start + 7 * DAY);
	g_assert_true(is_known(visio, pass, visio->end + 7 * DAY));
}

/* a new one takes the place of theirs, and of the passes that it gave; another's stays */
static void
test_code_replaced(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreEntryOrder student =
	    visio_order(visio, CM_VISIT_GUEST, CM_RESOURCE_STUDENT, visio->desk->student[0], NOW);
	g_autofree gchar *old = make_code(visio, NOW);
	g_autofree gchar *other = NULL;
	g_autofree gchar *new = NULL;
	g_autofree gchar *pass = NULL;
	g_autofree gchar *again = NULL;
	g_autoptr(GError) error = NULL;
	gint64 from = 0;
	gint64 until = 0;

	g_assert_true(
	    cm_store_entry_make_code(visio->store, &student, &other, &from, &until, &error));
	new = make_code(visio, NOW + 1);
	assert_opens_nothing(visio, TRUE, old, visio->start);
	pass = open_with(visio, TRUE, new, visio->start);
	again = open_with(visio, TRUE, other, visio->start);
	g_assert_true(is_known(visio, pass, visio->start));
	g_assert_true(is_known(visio, again, visio->start));
}

/* a browser that says it without end */
static void
test_passes_of_a_code(void)
{
	g_autoptr(Visio) visio = visio_new();
	g_autofree gchar *code = make_code(visio, NOW);
	g_autofree gchar *first = open_with(visio, TRUE, code, visio->start);
	g_autofree gchar *second = open_with(visio, TRUE, code, visio->start + 1);

	for (gint i = 2; i <= CM_STORE_ENTRY_PASSES_MAX; i++)
		g_free(open_with(visio, TRUE, code, visio->start + i));
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM pass;"), ==,
			CM_STORE_ENTRY_PASSES_MAX);
	/* the oldest gave way */
	g_assert_false(is_known(visio, first, visio->start + 30));
	g_assert_true(is_known(visio, second, visio->start + 30));
}

/* ---- revoking */

static void
test_revoke(void)
{
	g_autoptr(Visio) visio = visio_new();
	CmStoreVisitor host = visio_host(visio, visio->start);
	g_autofree gchar *code = make_code(visio, visio->start);
	g_autofree gchar *pass = open_with(visio, TRUE, code, visio->start);
	guint count = 99;
	g_autoptr(GError) error = NULL;

	/* of somebody else: theirs stands */
	g_assert_true(cm_store_entry_revoke(visio->store, visio->booking.number,
					    CM_RESOURCE_STUDENT, visio->desk->student[0], UID,
					    visio->start, &count, &error));
	g_assert_cmpuint(count, ==, 0);
	g_assert_true(is_known(visio, pass, visio->start));
	g_assert_true(cm_store_entry_revoke(visio->store, visio->booking.number,
					    CM_RESOURCE_CONTACT, visio->desk->contact[0], UID,
					    visio->start, &count, &error));
	g_assert_cmpuint(count, ==, 1);
	g_assert_false(is_known(visio, pass, visio->start));
	assert_opens_nothing(visio, TRUE, code, visio->start);
	/* all: the host's pass, whose link was used up long ago */
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM pass WHERE revoked_at IS NULL;"),
			==, 1);
	g_assert_true(cm_store_entry_revoke(visio->store, visio->booking.number, 0, 0, UID,
					    visio->start, &count, &error));
	g_assert_cmpuint(count, ==, 0);
	g_assert_cmpint(query(visio->desk, "SELECT count(*) FROM pass WHERE revoked_at IS NULL;"),
			==, 0);
	g_assert_cmpint(host.role, ==, CM_VISIT_HOST);
	g_assert_cmpint(
	    query(visio->desk, "SELECT count(*) FROM audit WHERE action = 'entry.revoke';"), ==, 3);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-entry/link", test_link);
	g_test_add_func("/store-entry/refused", test_refused);
	g_test_add_func("/store-entry/code", test_code);
	g_test_add_func("/store-entry/code-of-what-moved", test_code_of_what_moved);
	g_test_add_func("/store-entry/code-replaced", test_code_replaced);
	g_test_add_func("/store-entry/passes-of-a-code", test_passes_of_a_code);
	g_test_add_func("/store-entry/revoke", test_revoke);
	return g_test_run();
}
