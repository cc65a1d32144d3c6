// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-account.h"

#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

gboolean
cm_store_account_get_roles(CmStore *store, guint32 uid, guint *out_roles, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT coalesce(sum(role.flag), 0) FROM account_role "
				"JOIN role ON role.name = account_role.role WHERE uid = ?1",
				error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, uid);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_roles = row ? (guint)sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

static gboolean
count_administrators(CmStore *store, gint64 *out_count, GError **error)
{
	return cm_database_query_integer(
	    store->database, "SELECT count(*) FROM account_role WHERE role = 'administrator'",
	    out_count, error);
}

static gboolean
write_roles(CmStore *store, guint32 uid, guint roles, GError **error)
{
	gint64 account[] = {uid, g_get_real_time() / G_USEC_PER_SEC};
	gint64 given[] = {uid, roles};

	return cm_database_run_integers(store->database,
					"INSERT INTO account (uid, made_at) VALUES (?1, ?2) "
					"ON CONFLICT (uid) DO NOTHING",
					account, G_N_ELEMENTS(account), error) &&
	       cm_database_run_integers(store->database, "DELETE FROM account_role WHERE uid = ?1",
					given, 1, error) &&
	       cm_database_run_integers(store->database,
					"INSERT INTO account_role (uid, role) "
					"SELECT ?1, name FROM role WHERE flag & ?2 <> 0",
					given, G_N_ELEMENTS(given), error);
}

gboolean
cm_store_account_set_roles(CmStore *store, guint32 uid, guint roles, GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	gint64 before = 0;
	gint64 after = 0;

	g_return_val_if_fail((roles & ~CM_ROLES_ALL) == 0, FALSE); /* nocheck:error-unset: a bug */
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !count_administrators(store, &before, error) ||
	    !write_roles(store, uid, roles, error) || !count_administrators(store, &after, error))
		return FALSE;
	if (before > 0 && after == 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Somebody must stay administrator: name another one first."), NULL);
		return FALSE;
	}
	return cm_transaction_commit(transaction, error);
}

gboolean
cm_store_account_ensure_administrator(CmStore *store,
				      guint32 uid,
				      gboolean *out_made,
				      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 count = 0;
	guint roles = 0;

	if (transaction == NULL || !count_administrators(store, &count, error) ||
	    !cm_store_account_get_roles(store, uid, &roles, error))
		return FALSE;
	if (count == 0 && !write_roles(store, uid, roles | CM_ROLE_ADMINISTRATOR, error))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_made = count == 0;
	return TRUE;
}
