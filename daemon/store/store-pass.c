// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-pass.h"

#include "daemon/store/store-link.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

G_STATIC_ASSERT(CM_STORE_KEY_BYTES == CM_LINK_HASH_BYTES);

void
cm_store_pass_set_refusal(GError **error)
{
	/* the words of cm_store_link_look_up() */
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("This link opens nothing."), NULL);
}

static void
fill_from_link(const CmLinkTarget *target, CmStoreVisitor *visitor)
{
	visitor->means = CM_STORE_MEANS_LINK;
	visitor->role =
	    target->scope == CM_LINK_INTERPRETER ? CM_VISIT_INTERPRETER : CM_VISIT_GUEST;
	visitor->feed = target->scope == CM_LINK_FEED;
	visitor->kind = (CmResource)target->kind;
	visitor->person = target->person;
	visitor->subject = target->subject;
	visitor->actor = CM_AUDIT_DAEMON;
}

static gboolean
fill_from_pass(CmStatement *statement, CmStoreVisitor *visitor)
{
	gboolean code = g_str_equal((const gchar *)sqlite3_column_text(statement, 0), "code");

	visitor->means = code ? CM_STORE_MEANS_CODE : CM_STORE_MEANS_ENTRY;
	visitor->kind = (CmResource)sqlite3_column_int(statement, 2);
	visitor->person = sqlite3_column_int64(statement, 3);
	visitor->subject = sqlite3_column_int64(statement, 4);
	visitor->until = sqlite3_column_int64(statement, 5);
	/* who says a code is not who made it */
	visitor->actor = code ? CM_AUDIT_DAEMON : sqlite3_column_int64(statement, 6);
	return cm_visit_state_role_from_string((const gchar *)sqlite3_column_text(statement, 1),
					       &visitor->role);
}

static gboolean
look_up_pass(CmStore *store,
	     const guint8 *hash,
	     gint64 now,
	     CmStoreVisitor *visitor,
	     gboolean *out_found,
	     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT means, role, kind, person, subject, until_utc, made_by FROM pass "
	    "WHERE hash = ?1 AND until_utc > ?2 AND revoked_at IS NULL AND CASE kind "
	    "WHEN 0 THEN EXISTS (SELECT 1 FROM professional WHERE id = person) "
	    "WHEN 1 THEN EXISTS (SELECT 1 FROM student WHERE id = person) "
	    "WHEN 2 THEN EXISTS (SELECT 1 FROM contact WHERE id = person) "
	    "ELSE EXISTS (SELECT 1 FROM account WHERE uid = person) END",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, hash, CM_STORE_KEY_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, now);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_found = row && fill_from_pass(statement, visitor);
	return TRUE;
}

gboolean
cm_store_pass_look_up(CmStore *store,
		      gconstpointer key,
		      gsize length,
		      gint64 now,
		      CmStoreVisitor *out_visitor,
		      GError **error)
{
	guint8 hash[CM_STORE_KEY_BYTES] = {0};
	CmLinkTarget target = {0};
	CmStoreVisitor visitor = {0};
	g_autoptr(GError) local = NULL;
	gboolean link = FALSE;
	gboolean pass = FALSE;

	if (length == sizeof hash)
		memcpy(hash, key, sizeof hash);
	/* both are asked, whatever the first says: what opens nothing takes no longer, and no shorter, than what does */
	link = cm_store_link_look_up(store, hash, &target, &local);
	if (!link && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (!look_up_pass(store, hash, now, &visitor, &pass, error))
		return FALSE;
	if (length != sizeof hash || (!link && !pass)) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	if (link)
		fill_from_link(&target, &visitor);
	*out_visitor = visitor;
	return TRUE;
}

gboolean
cm_store_pass_revoke(CmStore *store,
		     gint64 subject,
		     CmResource kind,
		     gint64 person,
		     gint64 now,
		     GError **error)
{
	const gint64 values[] = {subject, person, (gint64)kind, now};

	return cm_database_run_integers(
	    store->database,
	    "UPDATE pass SET revoked_at = ?4 WHERE subject = ?1 AND revoked_at IS NULL "
	    "AND (?2 = 0 OR (person = ?2 AND kind = ?3))",
	    values, G_N_ELEMENTS(values), error);
}
