// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-reach.h"

#include "daemon/reach/mail-address.h"
#include "daemon/store/letter-rows.h"
#include "daemon/store/sealed-column.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define EMAIL_BLOCK 64
#define PHONE_BLOCK 32
#define COLUMNS                                                                                    \
	"kind, person, version, email, phone, language, delivery, digest_at, quiet_from, "         \
	"quiet_to, remind_hours, zone, health = 'bounced', link_epoch, changed_at, changed_by "

/* ---- reading */

/* the rows of a table without a number of its own: persons are numbered within a kind */
static CmSealPlace
make_place(const gchar *column, CmResource kind, gint64 person)
{
	CmSealPlace place = {"reach", column, person * 8 + (gint64)kind};

	return place;
}

/* of the organisation, and of a professional's account or of an account itself what it says */
static CmReachable *
make_default(CmStore *store, CmResource kind, gint64 person, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT locale, timezone, coalesce(CASE ?1 WHEN 0 THEN (SELECT language FROM account "
	    "WHERE professional = ?2 AND language <> '' ORDER BY uid LIMIT 1) WHEN 4 THEN "
	    "(SELECT nullif(language, '') FROM account WHERE uid = ?2) END, locale) "
	    "FROM organisation",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, (gint)kind);
	sqlite3_bind_int64(statement, 2, person);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (!row)
		return cm_reachable_new(kind, person, "fr", "UTC");
	return cm_reachable_new(kind, person, (const gchar *)sqlite3_column_text(statement, 2),
				(const gchar *)sqlite3_column_text(statement, 1));
}

/* over what holds of somebody who never said */
static gboolean
fill(CmStore *store, CmStatement *statement, CmReachable *reachable, GError **error)
{
	CmSealPlace email = make_place("email", reachable->kind, reachable->person);
	CmSealPlace phone = make_place("phone", reachable->kind, reachable->person);

	g_free(reachable->email);
	g_free(reachable->phone);
	reachable->phone = NULL;
	reachable->email =
	    cm_sealed_column_get_text(store, statement, 3, &email, EMAIL_BLOCK, error);
	if (reachable->email == NULL)
		return FALSE;
	reachable->phone =
	    cm_sealed_column_get_text(store, statement, 4, &phone, PHONE_BLOCK, error);
	if (reachable->phone == NULL)
		return FALSE;
	reachable->version = sqlite3_column_int64(statement, 2);
	g_strlcpy(reachable->language, (const gchar *)sqlite3_column_text(statement, 5),
		  sizeof reachable->language);
	if (!cm_reachable_delivery_from_string((const gchar *)sqlite3_column_text(statement, 6),
					       &reachable->delivery)) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: how somebody is reached."), NULL);
		return FALSE;
	}
	reachable->digest_at = (CmMinute)sqlite3_column_int(statement, 7);
	reachable->quiet_from = (CmMinute)sqlite3_column_int(statement, 8);
	reachable->quiet_to = (CmMinute)sqlite3_column_int(statement, 9);
	reachable->remind_hours = (guint)sqlite3_column_int(statement, 10);
	reachable->own_zone = sqlite3_column_type(statement, 11) != SQLITE_NULL;
	if (reachable->own_zone) {
		g_free(reachable->zone);
		reachable->zone = g_strdup((const gchar *)sqlite3_column_text(statement, 11));
	}
	reachable->bounced = sqlite3_column_int(statement, 12) != 0;
	reachable->link_epoch = sqlite3_column_int64(statement, 13);
	reachable->changed_at = sqlite3_column_int64(statement, 14);
	reachable->changed_by = sqlite3_column_int64(statement, 15);
	return TRUE;
}

CmReachable *
cm_store_reach_get(CmStore *store, CmResource kind, gint64 person, GError **error)
{
	g_autoptr(CmReachable) reachable = make_default(store, kind, person, error);
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (reachable == NULL)
		return NULL;
	statement = cm_database_prepare(
	    store->database, "SELECT " COLUMNS "FROM reach WHERE kind = ?1 AND person = ?2", error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, (gint)kind);
	sqlite3_bind_int64(statement, 2, person);
	if (!cm_database_step(store->database, statement, &row, error) ||
	    (row && !fill(store, statement, reachable, error)))
		return NULL;
	return g_steal_pointer(&reachable);
}

GPtrArray *
cm_store_reach_list(CmStore *store, CmResource kind, GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_reachable_free);
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (transaction == NULL)
		return NULL;
	statement = cm_database_prepare(
	    store->database, "SELECT " COLUMNS "FROM reach WHERE kind = ?1 ORDER BY person", error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, (gint)kind);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmReachable *reachable =
		    make_default(store, kind, sqlite3_column_int64(statement, 1), error);

		if (reachable == NULL)
			return NULL;
		g_ptr_array_add(list, reachable);
		if (!fill(store, statement, reachable, error) ||
		    !cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

/* ---- whose an address is */

static void
hash_email(CmStore *store, const gchar *email, guint8 out_key[CM_SEAL_HASH_BYTES])
{
	g_autofree gchar *folded = cm_mail_address_fold(email);

	cm_seal_hash(store->seal, CM_SEAL_HASH_ID, "mail-address", folded, strlen(folded), out_key);
}

/* the rest of a statement whose columns are a kind and a number */
static GArray *
list_recipients(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(CmStoreRecipient));
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreRecipient one = {(CmResource)sqlite3_column_int(statement, 0),
					sqlite3_column_int64(statement, 1)};

		g_array_append_val(found, one);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&found);
}

GArray *
cm_store_reach_find(CmStore *store, const gchar *email, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT kind, person FROM reach WHERE email_key = ?1 ORDER BY kind, person", error);
	guint8 key[CM_SEAL_HASH_BYTES];

	if (statement == NULL)
		return NULL;
	hash_email(store, email, key);
	sqlite3_bind_blob(statement, 1, key, sizeof key, SQLITE_STATIC);
	return list_recipients(store, statement, error);
}

GArray *
cm_store_reach_list_missing(CmStore *store, gint64 professional, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "WITH mine AS (SELECT id, student, professional FROM followup WHERE state <> 'closed' "
	    "AND ?1 IN (0, professional)), "
	    "people (kind, person) AS (SELECT 0, professional FROM mine "
	    "UNION SELECT 2, contact FROM guardianship JOIN mine USING (student) WHERE authority "
	    "UNION SELECT 2, part.contact FROM mine JOIN session ON session.followup = mine.id "
	    "JOIN session_participant AS part ON part.session = session.id) "
	    "SELECT kind, person FROM people LEFT JOIN reach USING (kind, person) "
	    "WHERE email_key IS NULL OR health = 'bounced' ORDER BY 1, 2",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, professional);
	return list_recipients(store, statement, error);
}

/* ---- changing */

/* that somebody is there; ?1 their number */
static const gchar *
get_existence_sql(CmResource kind)
{
	switch ((gint)kind) {
	case CM_RESOURCE_PROFESSIONAL:
		return "SELECT 1 FROM professional WHERE id = ?1";
	case CM_RESOURCE_STUDENT:
		return "SELECT 1 FROM student WHERE id = ?1";
	case CM_RESOURCE_CONTACT:
		return "SELECT 1 FROM contact WHERE id = ?1";
	case (gint)CM_REACHABLE_ACCOUNT:
		return "SELECT 1 FROM account WHERE uid = ?1";
	default:
		return "SELECT 1 WHERE ?1 IS NULL";
	}
}

gboolean
cm_store_reach_check_person(CmStore *store, CmResource kind, gint64 person, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, get_existence_sql(kind), error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, person);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is nobody by this number."),
			     NULL);
	return row;
}

static gboolean
apply_texts(CmReachable *reachable,
	    const CmStoreReachChange *change,
	    GStrvBuilder *changed,
	    GError **error)
{
	g_autofree gchar *email = NULL;
	g_autofree gchar *phone = NULL;

	if (change->email != NULL) {
		email = *change->email != '\0' ? cm_mail_address_parse(change->email, error)
					       : g_strdup("");
		if (email == NULL)
			return FALSE;
	}
	if (change->phone != NULL) {
		phone = cm_reachable_parse_phone(change->phone, error);
		if (phone == NULL)
			return FALSE;
	}
	if (email != NULL && !g_str_equal(email, reachable->email)) {
		g_strv_builder_add(changed, *email != '\0' ? "email" : "email-removed");
		reachable->bounced = FALSE;
		g_free(reachable->email);
		reachable->email = g_steal_pointer(&email);
	}
	if (phone != NULL && !g_str_equal(phone, reachable->phone)) {
		g_strv_builder_add(changed, *phone != '\0' ? "phone" : "phone-removed");
		g_free(reachable->phone);
		reachable->phone = g_steal_pointer(&phone);
	}
	return TRUE;
}

static gboolean
apply_zone(CmStore *store,
	   CmReachable *reachable,
	   const gchar *name,
	   GStrvBuilder *changed,
	   GError **error)
{
	g_autoptr(GTimeZone) zone = NULL;

	if (*name == '\0') {
		g_autoptr(CmReachable) usual =
		    make_default(store, reachable->kind, reachable->person, error);

		if (usual == NULL)
			return FALSE;
		if (reachable->own_zone)
			g_strv_builder_add(changed, "zone");
		reachable->own_zone = FALSE;
		g_free(reachable->zone);
		reachable->zone = g_steal_pointer(&usual->zone);
		return TRUE;
	}
	/* a name of the system's list, not an offset or a path */
	if (g_ascii_isalpha(*name) && strlen(name) <= 64)
		zone = g_time_zone_new_identifier(name);
	if (zone == NULL || strstr(name, "..") != NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This is not a time zone, as America/Toronto."), NULL);
		return FALSE;
	}
	if (!reachable->own_zone || !g_str_equal(reachable->zone, name))
		g_strv_builder_add(changed, "zone");
	reachable->own_zone = TRUE;
	g_free(reachable->zone);
	reachable->zone = g_strdup(name);
	return TRUE;
}

static gboolean
apply_language(CmReachable *reachable, const gchar *language, GStrvBuilder *changed, GError **error)
{
	if (!g_str_equal(language, "fr") && !g_str_equal(language, "en")) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A language is fr or en."), NULL);
		return FALSE;
	}
	if (!g_str_equal(reachable->language, language))
		g_strv_builder_add(changed, "language");
	g_strlcpy(reachable->language, language, sizeof reachable->language);
	return TRUE;
}

static gboolean
is_minute(CmMinute minute)
{
	return minute >= 0 && minute < CM_MINUTES_PER_DAY;
}

static gboolean
apply_times(CmReachable *reachable,
	    const CmStoreReachChange *change,
	    GStrvBuilder *changed,
	    GError **error)
{
	CmReachable before = *reachable;

	if ((change->members & CM_STORE_REACH_DELIVERY) != 0)
		reachable->delivery = change->delivery;
	if ((change->members & CM_STORE_REACH_DIGEST_AT) != 0)
		reachable->digest_at = change->digest_at;
	if ((change->members & CM_STORE_REACH_QUIET) != 0) {
		reachable->quiet_from = change->quiet_from;
		reachable->quiet_to = change->quiet_to;
	}
	if ((change->members & CM_STORE_REACH_REMIND) != 0)
		reachable->remind_hours = change->remind_hours;
	if (!is_minute(reachable->digest_at) || !is_minute(reachable->quiet_from) ||
	    !is_minute(reachable->quiet_to) || reachable->delivery >= CM_DELIVERY_LAST) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A time is from 00:00 to 23:59."),
			     NULL);
		return FALSE;
	}
	if (reachable->remind_hours > CM_REACHABLE_REMIND_HOURS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A reminder comes 1 to 168 hours ahead, or with 0 never."), NULL);
		return FALSE;
	}
	if (reachable->delivery != before.delivery)
		g_strv_builder_add(changed, "delivery");
	if (reachable->digest_at != before.digest_at)
		g_strv_builder_add(changed, "digest");
	if (reachable->quiet_from != before.quiet_from || reachable->quiet_to != before.quiet_to)
		g_strv_builder_add(changed, "quiet");
	if (reachable->remind_hours != before.remind_hours)
		g_strv_builder_add(changed, "remind");
	return TRUE;
}

static void
bind_sealed(CmStore *store,
	    CmStatement *statement,
	    gint parameter,
	    const CmSealPlace *place,
	    const gchar *text,
	    gsize block)
{
	g_autoptr(GByteArray) sealed = g_byte_array_new();

	cm_seal_close(store->seal, place, text, strlen(text), block, sealed);
	sqlite3_bind_blob64(statement, parameter, sealed->data, sealed->len, SQLITE_TRANSIENT);
}

static gboolean
write_row(CmStore *store, const CmReachable *reachable, gint64 actor, gint64 now, GError **error)
{
	CmSealPlace email = make_place("email", reachable->kind, reachable->person);
	CmSealPlace phone = make_place("phone", reachable->kind, reachable->person);
	guint8 key[CM_SEAL_HASH_BYTES];
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "REPLACE INTO reach (kind, person, version, email, email_key, phone, language, "
	    "delivery, digest_at, quiet_from, quiet_to, remind_hours, zone, health, link_epoch, "
	    "changed_by, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
	    "?13, iif(?14, 'bounced', 'good'), ?15, ?16, ?17)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int(statement, 1, (gint)reachable->kind);
	sqlite3_bind_int64(statement, 2, reachable->person);
	sqlite3_bind_int64(statement, 3, reachable->version);
	bind_sealed(store, statement, 4, &email, reachable->email, EMAIL_BLOCK);
	if (*reachable->email != '\0') {
		hash_email(store, reachable->email, key);
		sqlite3_bind_blob(statement, 5, key, sizeof key, SQLITE_TRANSIENT);
	}
	bind_sealed(store, statement, 6, &phone, reachable->phone, PHONE_BLOCK);
	sqlite3_bind_text(statement, 7, reachable->language, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 8, cm_reachable_delivery_to_string(reachable->delivery), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int(statement, 9, reachable->digest_at);
	sqlite3_bind_int(statement, 10, reachable->quiet_from);
	sqlite3_bind_int(statement, 11, reachable->quiet_to);
	sqlite3_bind_int64(statement, 12, reachable->remind_hours);
	if (reachable->own_zone)
		sqlite3_bind_text(statement, 13, reachable->zone, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 14, reachable->bounced ? 1 : 0);
	sqlite3_bind_int64(statement, 15, reachable->link_epoch);
	sqlite3_bind_int64(statement, 16, actor);
	sqlite3_bind_int64(statement, 17, now);
	return cm_database_run(store->database, statement, error);
}

/* whose it is, and which members: no value of them */
static gchar *
format_detail(const CmReachable *reachable, const gchar *const *changed)
{
	static const gchar *const kinds[] = {"professional", "student", "contact", "", "account"};
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "of");
	json_builder_add_string_value(builder, kinds[(guint)reachable->kind]);
	json_builder_set_member_name(builder, "changed");
	json_builder_begin_array(builder);
	for (guint i = 0; changed[i] != NULL; i++)
		json_builder_add_string_value(builder, changed[i]);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}

/* one version more, with its audit entry; in the caller's transaction */
static gboolean
keep(CmStore *store,
     CmReachable *reachable,
     const gchar *action,
     const gchar *const *changed,
     gint64 actor,
     gint64 now,
     GError **error)
{
	g_autofree gchar *detail = format_detail(reachable, changed);
	CmAuditEntry entry = {.uid = actor,
			      .action = action,
			      .subject = reachable->person,
			      .version_before = reachable->version,
			      .version_after = reachable->version + 1,
			      .detail = detail,
			      .at = now};

	reachable->version++;
	return write_row(store, reachable, actor, now, error) &&
	       cm_audit_append(store, &entry, error);
}

static gboolean
check_version(const CmReachable *reachable, gint64 expected, GError **error)
{
	if (expected == CM_STORE_REACH_ANY_VERSION || expected == reachable->version)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT, N_("It has changed since you looked; look again."),
		     NULL);
	return FALSE;
}

/* What was made for the address before is not to go there: it may be somebody else's. Who wants no mail gets none that waits. */
static gboolean
void_letters(CmStore *store,
	     const CmReachable *reachable,
	     const gchar *const *changed,
	     GError **error)
{
	const CmStoreRecipient who = {reachable->kind, reachable->person};

	if (g_strv_contains(changed, "email") || g_strv_contains(changed, "email-removed"))
		return cm_letter_rows_void_unsent(store, &who, error);
	return cm_reachable_takes_mail(reachable) ||
	       cm_letter_rows_void_waiting(store, &who, error);
}

gboolean
cm_store_reach_set(CmStore *store,
		   CmResource kind,
		   gint64 person,
		   const CmStoreReachChange *change,
		   gint64 expected,
		   gint64 actor,
		   gint64 now,
		   gint64 *out_version,
		   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autoptr(CmReachable) reachable = NULL;
	g_auto(GStrv) changed = NULL;

	if (transaction == NULL || !cm_store_reach_check_person(store, kind, person, error))
		return FALSE;
	reachable = cm_store_reach_get(store, kind, person, error);
	if (reachable == NULL || !check_version(reachable, expected, error) ||
	    !apply_texts(reachable, change, builder, error) ||
	    !apply_times(reachable, change, builder, error) ||
	    (change->language != NULL &&
	     !apply_language(reachable, change->language, builder, error)) ||
	    (change->zone != NULL && !apply_zone(store, reachable, change->zone, builder, error)))
		return FALSE;
	changed = g_strv_builder_end(builder);
	if (changed[0] != NULL &&
	    !keep(store, reachable, "reach.set", (const gchar *const *)changed, actor, now, error))
		return FALSE;
	if (changed[0] != NULL &&
	    !void_letters(store, reachable, (const gchar *const *)changed, error))
		return FALSE;
	if (changed[0] != NULL && cm_reachable_takes_mail(reachable) &&
	    !cm_notice_revive(store, kind, person, error))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_version = reachable->version;
	return TRUE;
}

gboolean
cm_store_reach_set_bounced(CmStore *store,
			   CmResource kind,
			   gint64 person,
			   const gchar *email,
			   gboolean bounced,
			   gint64 actor,
			   gint64 now,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	const gchar *changed[] = {bounced ? "bounced" : "good", NULL};
	g_autoptr(CmReachable) reachable = NULL;
	g_autofree gchar *mine = NULL;
	g_autofree gchar *theirs = NULL;

	if (transaction == NULL)
		return FALSE;
	reachable = cm_store_reach_get(store, kind, person, error);
	if (reachable == NULL)
		return FALSE;
	mine = cm_mail_address_fold(reachable->email);
	theirs = cm_mail_address_fold(email != NULL ? email : reachable->email);
	if (reachable->version == 0 || *mine == '\0' || reachable->bounced == bounced ||
	    !g_str_equal(mine, theirs))
		return TRUE;
	reachable->bounced = bounced;
	return keep(store, reachable, bounced ? "reach.bounce" : "reach.mend", changed, actor, now,
		    error) &&
	       (bounced || cm_notice_revive(store, kind, person, error)) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_reach_raise_epoch(CmStore *store,
			   CmResource kind,
			   gint64 person,
			   gint64 actor,
			   gint64 now,
			   gint64 *out_epoch,
			   GError **error)
{
	g_autoptr(CmReachable) reachable = NULL;
	const gchar *changed[] = {"links", NULL};

	if (!cm_store_reach_check_person(store, kind, person, error))
		return FALSE;
	reachable = cm_store_reach_get(store, kind, person, error);
	if (reachable == NULL)
		return FALSE;
	reachable->link_epoch++;
	if (!keep(store, reachable, "link.renew", changed, actor, now, error))
		return FALSE;
	*out_epoch = reachable->link_epoch;
	return TRUE;
}

gboolean
cm_store_reach_forget_gone(CmStore *store, guint *out_forgotten, GError **error)
{
	static const gchar reach_sql[] =
	    "DELETE FROM reach WHERE NOT EXISTS (SELECT 1 FROM professional WHERE reach.kind = 0 "
	    "AND id = person) "
	    "AND NOT EXISTS (SELECT 1 FROM student WHERE reach.kind = 1 AND id = person) "
	    "AND NOT EXISTS (SELECT 1 FROM contact WHERE reach.kind = 2 AND id = person) "
	    "AND NOT EXISTS (SELECT 1 FROM account WHERE reach.kind = 4 AND uid = person) "
	    "AND NOT EXISTS (SELECT 1 FROM notice WHERE recipient_kind = reach.kind AND "
	    "recipient = person AND sent_at IS NULL) "
	    "AND NOT EXISTS (SELECT 1 FROM letter WHERE recipient_kind = reach.kind AND "
	    "recipient = person AND state IN ('waiting', 'leased'))";
	static const gchar link_sql[] =
	    "DELETE FROM link WHERE NOT EXISTS (SELECT 1 FROM professional WHERE link.kind = 0 "
	    "AND id = person) "
	    "AND NOT EXISTS (SELECT 1 FROM student WHERE link.kind = 1 AND id = person) "
	    "AND NOT EXISTS (SELECT 1 FROM contact WHERE link.kind = 2 AND id = person) "
	    "AND NOT EXISTS (SELECT 1 FROM account WHERE link.kind = 4 AND uid = person)";
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	guint forgotten = 0;

	if (transaction == NULL || !cm_database_execute(store->database, reach_sql, error))
		return FALSE;
	forgotten = cm_database_get_changes(store->database);
	if (!cm_database_execute(store->database, link_sql, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_forgotten = forgotten;
	return TRUE;
}

/* ---- somebody as a key */

guint
cm_store_reach_hash_recipient(gconstpointer recipient)
{
	const CmStoreRecipient *who = recipient;

	return g_int64_hash(&who->person) * 5 + (guint)who->kind;
}

gboolean
cm_store_reach_equal_recipients(gconstpointer one, gconstpointer other)
{
	const CmStoreRecipient *first = one;
	const CmStoreRecipient *second = other;

	return first->kind == second->kind && first->person == second->person;
}
