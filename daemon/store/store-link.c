// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-link.h"

#include "daemon/store/store-audit.h"
#include "daemon/store/store-private.h"
#include "daemon/store/store-reach.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>

G_STATIC_ASSERT(CM_SEAL_KEY_BYTES == CM_LINK_KEY_BYTES);

/* the token of a target in the person's epoch, and its hash */
static gchar *
derive(CmStore *store, CmLinkTarget *target, guint8 out_hash[CM_LINK_HASH_BYTES], GError **error)
{
	g_autoptr(CmReachable) reachable =
	    cm_store_reach_get(store, (CmResource)target->kind, target->person, error);
	gchar *token = NULL;

	if (reachable == NULL)
		return NULL;
	target->epoch = reachable->link_epoch;
	token = cm_link_derive(cm_seal_get_key(store->seal, CM_SEAL_KEY_LINK), target);
	if (!cm_link_hash(token, out_hash))
		g_assert_not_reached();
	return token;
}

static gboolean
insert(CmStore *store, const CmLinkTarget *target, const guint8 *hash, gint64 now, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO link (hash, kind, person, scope, subject, epoch, made_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (hash) DO NOTHING",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_LINK_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, target->kind);
	sqlite3_bind_int64(statement, 3, target->person);
	sqlite3_bind_text(statement, 4, cm_link_scope_to_string(target->scope), -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, target->subject);
	sqlite3_bind_int64(statement, 6, target->epoch);
	sqlite3_bind_int64(statement, 7, now);
	return cm_database_run(store->database, statement, error);
}

/* whether links of the target's scope were revoked in its epoch */
static gboolean
is_revoked(CmStore *store, const CmLinkTarget *target, gboolean *out_revoked, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 1 FROM link WHERE kind = ?1 AND person = ?2 AND scope = ?3 AND epoch = ?4 "
	    "AND revoked_at IS NOT NULL LIMIT 1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, target->kind);
	sqlite3_bind_int64(statement, 2, target->person);
	sqlite3_bind_text(statement, 3, cm_link_scope_to_string(target->scope), -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, target->epoch);
	return cm_database_step(store->database, statement, out_revoked, error);
}

gboolean
cm_store_link_issue(CmStore *store,
		    CmResource kind,
		    gint64 person,
		    CmLinkScope scope,
		    gint64 subject,
		    gint64 now,
		    gchar **out_token,
		    GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmLinkTarget target = {
	    .kind = (guint)kind, .person = person, .scope = scope, .subject = subject};
	guint8 hash[CM_LINK_HASH_BYTES];
	gboolean revoked = FALSE;
	g_autofree gchar *token = NULL;

	if (transaction == NULL || !cm_store_reach_check_person(store, kind, person, error))
		return FALSE;
	token = derive(store, &target, hash, error);
	if (token == NULL || !is_revoked(store, &target, &revoked, error))
		return FALSE;
	if (revoked) {
		sodium_memzero(token, CM_LINK_TOKEN_LENGTH);
		*out_token = NULL;
		return TRUE;
	}
	if (!insert(store, &target, hash, now, error) || !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_token = g_steal_pointer(&token);
	return TRUE;
}

static gboolean
read_made_at(CmStore *store, const gchar *token, gint64 *out_made_at, GError **error)
{
	guint8 hash[CM_LINK_HASH_BYTES];
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT made_at FROM link WHERE hash = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	if (!cm_link_hash(token, hash))
		g_assert_not_reached();
	sqlite3_bind_blob(statement, 1, hash, sizeof hash, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_made_at = sqlite3_column_int64(statement, 0);
	return TRUE;
}

gboolean
cm_store_link_show(CmStore *store,
		   const CmLinkTarget *target,
		   gint64 actor,
		   gint64 now,
		   gchar **out_token,
		   gint64 *out_made_at,
		   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	const CmAuditEntry entry = {
	    .uid = actor, .action = "link.show", .subject = target->person, .at = now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);
	gchar *token = NULL;
	gint64 made_at = 0;
	gboolean ok = FALSE;

	g_variant_dict_insert(&figures, "scope", "s", cm_link_scope_to_string(target->scope));
	g_variant_dict_insert(&figures, "session", "x", target->subject);
	if (transaction == NULL ||
	    !cm_store_link_issue(store, (CmResource)target->kind, target->person, target->scope,
				 target->subject, now, &token, error))
		return FALSE;
	if (token == NULL) {
		*out_token = NULL;
		return TRUE;
	}
	ok = read_made_at(store, token, &made_at, error) &&
	     cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error) &&
	     cm_transaction_commit(transaction, error);
	if (ok) {
		*out_token = token;
		*out_made_at = made_at;
	} else {
		sodium_memzero(token, CM_LINK_TOKEN_LENGTH);
		g_free(token);
	}
	return ok;
}

gboolean
cm_store_link_look_up(CmStore *store,
		      const guint8 hash[CM_LINK_HASH_BYTES],
		      CmLinkTarget *out_target,
		      GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT link.kind, link.person, scope, subject, epoch FROM link LEFT JOIN reach "
	    "ON reach.kind = link.kind AND reach.person = link.person WHERE hash = ?1 "
	    "AND revoked_at IS NULL AND epoch = coalesce(link_epoch, 1) AND CASE link.kind "
	    "WHEN 0 THEN EXISTS (SELECT 1 FROM professional WHERE id = link.person) "
	    "WHEN 1 THEN EXISTS (SELECT 1 FROM student WHERE id = link.person) "
	    "WHEN 2 THEN EXISTS (SELECT 1 FROM contact WHERE id = link.person) "
	    "ELSE EXISTS (SELECT 1 FROM account WHERE uid = link.person) END",
	    error);
	CmLinkTarget target = {0};
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_LINK_HASH_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row || !cm_link_scope_from_string((const gchar *)sqlite3_column_text(statement, 2),
					       &target.scope)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("This link opens nothing."), NULL);
		return FALSE;
	}
	target.kind = (guint)sqlite3_column_int(statement, 0);
	target.person = sqlite3_column_int64(statement, 1);
	target.subject = sqlite3_column_int64(statement, 3);
	target.epoch = sqlite3_column_int64(statement, 4);
	*out_target = target;
	return TRUE;
}

gboolean
cm_store_link_renew(CmStore *store,
		    CmResource kind,
		    gint64 person,
		    gint64 actor,
		    gint64 now,
		    GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 values[] = {(gint64)kind, person};
	gint64 epoch = 0;

	/* what the epochs before opened is of no use any more */
	return transaction != NULL &&
	       cm_store_reach_raise_epoch(store, kind, person, actor, now, &epoch, error) &&
	       cm_database_run_integers(store->database,
					"DELETE FROM link WHERE kind = ?1 AND person = ?2", values,
					G_N_ELEMENTS(values), error) &&
	       cm_transaction_commit(transaction, error);
}

static gboolean
mark_revoked(CmStore *store, const CmLinkTarget *target, gint64 now, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE link SET revoked_at = ?4 WHERE kind = ?1 AND person = ?2 AND scope = ?3 "
	    "AND revoked_at IS NULL",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, target->kind);
	sqlite3_bind_int64(statement, 2, target->person);
	sqlite3_bind_text(statement, 3, cm_link_scope_to_string(target->scope), -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_link_revoke(CmStore *store,
		     CmResource kind,
		     gint64 person,
		     CmLinkScope scope,
		     gint64 actor,
		     gint64 now,
		     GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmLinkTarget target = {.kind = (guint)kind, .person = person, .scope = scope};
	CmAuditEntry entry = {.uid = actor, .action = "link.revoke", .subject = person, .at = now};
	guint8 hash[CM_LINK_HASH_BYTES];
	g_autofree gchar *token = NULL;

	if (transaction == NULL || !cm_store_reach_check_person(store, kind, person, error))
		return FALSE;
	/* so that there is a row to be revoked, whether or not a link was ever issued */
	token = derive(store, &target, hash, error);
	if (token == NULL)
		return FALSE;
	sodium_memzero(token, CM_LINK_TOKEN_LENGTH);
	return insert(store, &target, hash, now, error) &&
	       mark_revoked(store, &target, now, error) &&
	       cm_audit_append_figures(
		   store, &entry,
		   g_variant_new_parsed("{'scope': <%s>}", cm_link_scope_to_string(scope)),
		   error) &&
	       cm_transaction_commit(transaction, error);
}
