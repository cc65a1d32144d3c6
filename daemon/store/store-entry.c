// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-entry.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/concern.h"
#include "daemon/store/page-people.h"
#include "daemon/store/store-link.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "daemon/store/store-reach.h"
#include "daemon/visio/session-door.h"
#include "daemon/visio/spoken-code.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES 16

G_STATIC_ASSERT(CM_SPOKEN_CODE_HASH_BYTES == CM_STORE_KEY_BYTES);

/* ---- secrets */

/* what a browser is given, and what it is known by */
static gchar *
make_token(guint8 out_hash[CM_STORE_KEY_BYTES])
{
	guint8 octets[TOKEN_BYTES];
	gchar *token = g_malloc0(CM_LINK_TOKEN_LENGTH + 1);

	randombytes_buf(octets, sizeof octets);
	sodium_bin2base64(token, CM_LINK_TOKEN_LENGTH + 1, octets, sizeof octets,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(octets, sizeof octets);
	if (!cm_link_hash(token, out_hash))
		g_assert_not_reached();
	return token;
}

/* forty bits are soon tried out against a plain hash */
static void
hash_code(CmStore *store, const guint8 *secret, guint8 out_hash[CM_STORE_KEY_BYTES])
{
	crypto_generichash(out_hash, CM_STORE_KEY_BYTES, secret, CM_STORE_KEY_BYTES,
			   cm_seal_get_key(store->seal, CM_SEAL_KEY_CODE), CM_SEAL_KEY_BYTES);
}

/* ---- the session */

static gboolean
is_standing(const CmStoreBooking *booking)
{
	return booking->state != CM_BOOKING_HOLD && booking->state != CM_BOOKING_CANCELLED &&
	       booking->state != CM_BOOKING_LATE_CANCELLED &&
	       booking->place.mode != CM_MODE_IN_PERSON;
}

static gint64
get_closes(const CmStoreBooking *booking)
{
	return booking->end_utc + CM_SESSION_DOOR_CLOSES_AFTER;
}

/* the whole day before is for those who write the code down the evening before */
static gboolean
find_code_hours(CmStore *store,
		const CmStoreBooking *booking,
		gint64 *out_from,
		gint64 *out_until,
		GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);

	if (zone == NULL)
		return FALSE;
	*out_from = cm_time_to_utc(booking->place.date - 1, 0, zone);
	*out_until = booking->end_utc;
	return TRUE;
}

static gboolean
check_session(const CmStoreBooking *booking, gint64 now, GError **error)
{
	if (booking == NULL || booking->state == CM_BOOKING_HOLD) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return FALSE;
	}
	if (is_standing(booking) && now < get_closes(booking))
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("This session has no door: it is cancelled, over, or not by video."), NULL);
	return FALSE;
}

static gboolean
check_part(CmStore *store,
	   const CmStoreEntryOrder *order,
	   const CmStoreBooking *booking,
	   GError **error)
{
	CmOutboxPeople *people = NULL;
	gboolean theirs = order->role == CM_VISIT_HOST && order->kind == CM_RESOURCE_PROFESSIONAL &&
			  booking->professional == order->person;

	if (!cm_store_reach_check_person(store, order->kind, order->person, error))
		return FALSE;
	if (order->role == CM_VISIT_HELPER)
		return TRUE;
	if (order->role != CM_VISIT_HOST) {
		people = cm_page_people_get(store, order->policies, order->now, error);
		if (people == NULL ||
		    !cm_concern_check(people, booking, order->kind, order->person, &theirs, error))
			return FALSE;
	}
	if (!theirs)
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("They have no part in this session or meeting."), NULL);
	return theirs;
}

/* the booking when everything is as it should be */
static CmStoreBooking *
check_order(CmStore *store, const CmStoreEntryOrder *order, gboolean code, GError **error)
{
	gboolean staff = order->role == CM_VISIT_HOST || order->role == CM_VISIT_HELPER;
	g_autoptr(CmStoreBooking) booking = NULL;

	if (staff == code ||
	    (order->role == CM_VISIT_HELPER) != (order->kind == CM_NOTICE_TO_ACCOUNT)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A one-time link is for who holds a session or helps with it, a "
				"code for who is invited to it."),
			     NULL);
		return NULL;
	}
	if (!cm_booking_rows_read(store, order->subject, order->now, &booking, error) ||
	    !check_session(booking, order->now, error) || !check_part(store, order, booking, error))
		return NULL;
	return g_steal_pointer(&booking);
}

/* ---- making */

typedef struct {
	const guint8 *hash;
	const gchar *means;
	gint64 from;
	gint64 until;
} NewEntry;

static gboolean
insert_entry(CmStore *store, const CmStoreEntryOrder *order, const NewEntry *entry, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO entry (hash, means, role, kind, person, subject, from_utc, until_utc, "
	    "made_by, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, entry->hash, CM_STORE_KEY_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, entry->means, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, cm_visit_state_role_to_string(order->role), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int(statement, 4, (gint)order->kind);
	sqlite3_bind_int64(statement, 5, order->person);
	sqlite3_bind_int64(statement, 6, order->subject);
	sqlite3_bind_int64(statement, 7, entry->from);
	sqlite3_bind_int64(statement, 8, entry->until);
	sqlite3_bind_int64(statement, 9, order->actor);
	sqlite3_bind_int64(statement, 10, order->now);
	return cm_database_run(store->database, statement, error);
}

static gboolean
audit(CmStore *store,
      const gchar *action,
      gint64 subject,
      CmVisitRole role,
      gint64 actor,
      gint64 now,
      GError **error)
{
	const CmAuditEntry entry = {.uid = actor, .action = action, .subject = subject, .at = now};

	return cm_audit_append_figures(
	    store, &entry,
	    g_variant_new_parsed("{'role': <%s>}", cm_visit_state_role_to_string(role)), error);
}

gboolean
cm_store_entry_make_link(CmStore *store,
			 const CmStoreEntryOrder *order,
			 gchar **out_token,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autofree gchar *token = NULL;
	guint8 hash[CM_STORE_KEY_BYTES];
	const NewEntry entry = {hash, "link", order->now, order->now + CM_STORE_ENTRY_LINK_SECONDS};

	if (transaction == NULL)
		return FALSE;
	booking = check_order(store, order, FALSE, error);
	if (booking == NULL)
		return FALSE;
	token = make_token(hash);
	if (!insert_entry(store, order, &entry, error) ||
	    !audit(store, "entry.link", order->subject, order->role, order->actor, order->now,
		   error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_token = g_steal_pointer(&token);
	return TRUE;
}

/* of the same person those made before open nothing any more, nor do the passes that they gave */
static gboolean
replace_codes(CmStore *store, const CmStoreEntryOrder *order, GError **error)
{
	const gint64 values[] = {order->subject, (gint64)order->kind, order->person, order->now};
	gint64 count = 0;
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (!cm_database_run_integers(store->database,
				      "UPDATE entry SET revoked_at = ?4 WHERE subject = ?1 AND "
				      "kind = ?2 AND person = ?3 AND means = 'code' AND "
				      "revoked_at IS NULL",
				      values, G_N_ELEMENTS(values), error))
		return FALSE;
	statement = cm_database_prepare(store->database,
					"SELECT count(*) FROM entry WHERE subject = ?1 AND "
					"means = 'code' AND revoked_at IS NULL",
					error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, order->subject);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	count = sqlite3_column_int64(statement, 0);
	if (count < CM_STORE_ENTRY_CODES_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("There are {0} codes to this session already, which is the most."),
		     G_STRINGIFY(CM_STORE_ENTRY_CODES_MAX), NULL);
	return FALSE;
}

gboolean
cm_store_entry_make_code(CmStore *store,
			 const CmStoreEntryOrder *order,
			 gchar **out_code,
			 gint64 *out_from,
			 gint64 *out_until,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autofree gchar *code = NULL;
	guint8 secret[CM_STORE_KEY_BYTES];
	guint8 hash[CM_STORE_KEY_BYTES];
	NewEntry entry = {.hash = hash, .means = "code"};

	if (transaction == NULL)
		return FALSE;
	booking = check_order(store, order, TRUE, error);
	if (booking == NULL || !find_code_hours(store, booking, &entry.from, &entry.until, error) ||
	    !replace_codes(store, order, error))
		return FALSE;
	/* one of another session that is the same would fail on its key: once in some billions, and then it is asked again */
	code = cm_spoken_code_make();
	cm_spoken_code_hash(code, secret);
	hash_code(store, secret, hash);
	if (!insert_entry(store, order, &entry, error) ||
	    !audit(store, "entry.code", order->subject, order->role, order->actor, order->now,
		   error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_code = g_steal_pointer(&code);
	*out_from = entry.from;
	*out_until = entry.until;
	return TRUE;
}

/* ---- using */

typedef struct {
	CmVisitRole role;
	gint64 kind;
	gint64 person;
	gint64 subject;
	gint64 made_by;
} Entry;

static gboolean
find_entry(CmStore *store,
	   gboolean code,
	   const guint8 *hash,
	   gint64 now,
	   Entry *out_entry,
	   gboolean *out_found,
	   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT role, kind, person, subject, made_by FROM entry WHERE hash = ?1 AND "
	    "means = ?2 AND revoked_at IS NULL AND (means = 'code' OR (used_at IS NULL AND "
	    "from_utc <= ?3 AND until_utc > ?3))",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_STORE_KEY_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, code ? "code" : "link", -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, now);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_found = row && cm_visit_state_role_from_string(
				(const gchar *)sqlite3_column_text(statement, 0), &out_entry->role);
	if (!*out_found)
		return TRUE;
	out_entry->kind = sqlite3_column_int64(statement, 1);
	out_entry->person = sqlite3_column_int64(statement, 2);
	out_entry->subject = sqlite3_column_int64(statement, 3);
	out_entry->made_by = sqlite3_column_int64(statement, 4);
	return TRUE;
}

/* the hours are those of the session as it stands, wherever it was moved to */
static gboolean
find_hours(CmStore *store,
	   gboolean code,
	   gint64 subject,
	   gint64 now,
	   gboolean *out_open,
	   gint64 *out_closes,
	   GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	gint64 from = 0;
	gint64 until = 0;

	*out_open = FALSE;
	if (!cm_booking_rows_read(store, subject, now, &booking, error))
		return FALSE;
	if (booking == NULL || !is_standing(booking))
		return TRUE;
	*out_closes = get_closes(booking);
	if (!find_code_hours(store, booking, &from, &until, error))
		return FALSE;
	*out_open = code ? now >= from && now < until : now < *out_closes;
	return TRUE;
}

static gboolean
insert_pass(CmStore *store,
	    const Entry *entry,
	    gboolean code,
	    const guint8 *hash,
	    gint64 now,
	    gint64 until,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO pass (hash, means, role, kind, person, subject, made_by, made_at, "
	    "until_utc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	    error);
	const gint64 values[] = {entry->kind,    entry->person, entry->subject,
				 entry->made_by, now,           until};

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_STORE_KEY_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, code ? "code" : "link", -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, cm_visit_state_role_to_string(entry->role), -1,
			  SQLITE_STATIC);
	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		sqlite3_bind_int64(statement, (gint)i + 4, values[i]);
	return cm_database_run(store->database, statement, error);
}

/* a link is used up; of a code the oldest of many passes gives way */
static gboolean
settle_entry(CmStore *store,
	     const Entry *entry,
	     gboolean code,
	     const guint8 *hash,
	     gint64 now,
	     GError **error)
{
	const gint64 values[] = {entry->subject, entry->kind, entry->person,
				 CM_STORE_ENTRY_PASSES_MAX - 1};
	g_autoptr(CmStatement) statement = NULL;

	if (code)
		return cm_database_run_integers(
		    store->database,
		    "DELETE FROM pass WHERE hash IN (SELECT hash FROM pass WHERE subject = ?1 AND "
		    "kind = ?2 AND person = ?3 AND means = 'code' ORDER BY made_at DESC, hash "
		    "LIMIT -1 OFFSET ?4)",
		    values, G_N_ELEMENTS(values), error);
	statement = cm_database_prepare(store->database,
					"UPDATE entry SET used_at = ?2 WHERE hash = ?1", error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_STORE_KEY_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, now);
	return cm_database_run(store->database, statement, error);
}

static gboolean
exchange(CmStore *store,
	 gboolean code,
	 const guint8 *hash,
	 gint64 now,
	 gchar **out_pass,
	 GError **error)
{
	g_autofree gchar *pass = NULL;
	guint8 pass_hash[CM_STORE_KEY_BYTES];
	Entry entry = {0};
	gboolean found = FALSE;
	gboolean open = FALSE;
	gint64 closes = 0;

	if (!find_entry(store, code, hash, now, &entry, &found, error) ||
	    !find_hours(store, code, entry.subject, now, &open, &closes, error))
		return FALSE;
	if (!found || !open) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	pass = make_token(pass_hash);
	if (!settle_entry(store, &entry, code, hash, now, error) ||
	    !insert_pass(store, &entry, code, pass_hash, now, closes, error) ||
	    !audit(store, "entry.use", entry.subject, entry.role,
		   code ? CM_AUDIT_DAEMON : entry.made_by, now, error))
		return FALSE;
	*out_pass = g_steal_pointer(&pass);
	return TRUE;
}

gboolean
cm_store_entry_exchange(CmStore *store,
			gboolean code,
			gconstpointer secret,
			gsize length,
			gint64 now,
			gchar **out_pass,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	guint8 given[CM_STORE_KEY_BYTES] = {0};
	guint8 hash[CM_STORE_KEY_BYTES];
	gint64 own = cm_page_people_begin_own(store);
	g_autofree gchar *pass = NULL;
	gboolean done = FALSE;

	if (transaction == NULL)
		return FALSE;
	if (length == sizeof given)
		memcpy(given, secret, sizeof given);
	memcpy(hash, given, sizeof hash);
	if (code)
		hash_code(store, given, hash);
	done = exchange(store, code, hash, now, &pass, error) &&
	       cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	if (done)
		*out_pass = g_steal_pointer(&pass);
	return done;
}

/* ---- revoking */

gboolean
cm_store_entry_revoke(CmStore *store,
		      gint64 subject,
		      CmResource kind,
		      gint64 person,
		      gint64 actor,
		      gint64 now,
		      guint *out_count,
		      GError **error)
{
	const gint64 values[] = {subject, person, (gint64)kind, now};
	const CmAuditEntry entry = {
	    .uid = actor, .action = "entry.revoke", .subject = subject, .at = now};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	guint count = 0;

	if (transaction == NULL ||
	    !cm_database_run_integers(store->database,
				      "UPDATE entry SET revoked_at = ?4 WHERE subject = ?1 AND "
				      "revoked_at IS NULL AND used_at IS NULL AND "
				      "(?2 = 0 OR (person = ?2 AND kind = ?3))",
				      values, G_N_ELEMENTS(values), error))
		return FALSE;
	count = cm_database_get_changes(store->database);
	if (!cm_store_pass_revoke(store, subject, kind, person, now, error) ||
	    !cm_audit_append_figures(store, &entry,
				     g_variant_new_parsed("{'entries': <%u>}", count), error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_count = count;
	return TRUE;
}
