// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/request-key.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

static void
compute_digest(CmStore *store,
	       const CmStoreCall *call,
	       const gchar *asked,
	       guint8 out_digest[CM_SEAL_HASH_BYTES])
{
	const gchar *all = call->asked != NULL ? call->asked : asked;

	cm_seal_hash(store->seal, CM_SEAL_HASH_CONTENT, "request_key", all, strlen(all),
		     out_digest);
}

static void
read_answer(const gchar *answer, GArray *stamps)
{
	g_auto(GStrv) parts = g_strsplit(answer, " ", -1);

	for (guint i = 0; parts[i] != NULL; i++) {
		CmStoreStamp stamp = {0};
		gchar *end = NULL;

		stamp.number = g_ascii_strtoll(parts[i], &end, 10);
		if (*end != ':')
			continue;
		stamp.version = g_ascii_strtoll(end + 1, NULL, 10);
		g_array_append_val(stamps, stamp);
	}
}

gboolean
cm_request_key_look_up(CmStore *store,
		       const CmStoreCall *call,
		       const gchar *asked,
		       GArray *stamps,
		       GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	guint8 digest[CM_SEAL_HASH_BYTES];
	gboolean row = FALSE;

	if (call->key == NULL)
		return TRUE;
	if (*call->key == '\0' || strlen(call->key) > CM_STORE_REQUEST_KEY_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A call's key has between 1 and 200 bytes."), NULL);
		return FALSE;
	}
	statement = cm_database_prepare(
	    store->database,
	    "SELECT digest, answer FROM request_key WHERE uid = ?1 AND key = ?2 AND at > ?3",
	    error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, call->actor);
	sqlite3_bind_text(statement, 2, call->key, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, call->now - CM_STORE_REQUEST_KEY_SECONDS);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		return TRUE;
	compute_digest(store, call, asked, digest);
	if (sqlite3_column_bytes(statement, 0) != (gint)sizeof digest ||
	    memcmp(sqlite3_column_blob(statement, 0), digest, sizeof digest) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This call's key was used for something else."), NULL);
		return FALSE;
	}
	read_answer((const gchar *)sqlite3_column_text(statement, 1), stamps);
	return TRUE;
}

gboolean
cm_request_key_keep(CmStore *store,
		    const CmStoreCall *call,
		    const gchar *asked,
		    const CmStoreStamp *stamps,
		    guint count,
		    GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	g_autoptr(GString) answer = NULL;
	guint8 digest[CM_SEAL_HASH_BYTES];
	gint64 oldest = call->now - CM_STORE_REQUEST_KEY_SECONDS;

	if (call->key == NULL)
		return TRUE;
	if (!cm_database_run_integers(store->database, "DELETE FROM request_key WHERE at <= ?1",
				      &oldest, 1, error))
		return FALSE;
	answer = g_string_new(NULL);
	for (guint i = 0; i < count; i++)
		g_string_append_printf(answer, "%s%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
				       i > 0 ? " " : "", stamps[i].number, stamps[i].version);
	compute_digest(store, call, asked, digest);
	statement = cm_database_prepare(store->database,
					"INSERT INTO request_key (uid, key, at, digest, answer) "
					"VALUES (?1, ?2, ?3, ?4, ?5)",
					error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, call->actor);
	sqlite3_bind_text(statement, 2, call->key, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, call->now);
	sqlite3_bind_blob(statement, 4, digest, sizeof digest, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, answer->str, -1, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}
