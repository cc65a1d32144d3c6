// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-account.h"

#include "daemon/store/store-directory.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-private.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* in the order of the flags: schema-1.sql has the same */
static const gchar *const role_names[] = {
    "professional", "coordinator", "referent", "helper", "custodian", "administrator", NULL,
};

const gchar *const *
cm_store_account_get_role_names(void)
{
	return role_names;
}

void
cm_store_account_free(CmStoreAccount *account)
{
	if (account == NULL)
		return;
	g_array_unref(account->sites);
	g_free(account);
}

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
read_account(CmStore *store, CmStoreAccount *account, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT coalesce(professional, 0), language FROM account WHERE uid = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, account->uid);
	if (!cm_database_step(store->database, statement, &account->known, error))
		return FALSE;
	if (account->known) {
		account->professional = sqlite3_column_int64(statement, 0);
		g_strlcpy(account->language, (const gchar *)sqlite3_column_text(statement, 1),
			  sizeof account->language);
	}
	return TRUE;
}

static gboolean
read_supervisor(CmStore *store, CmStoreAccount *account, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT coalesce(supervisor, 0) FROM account_supervisor WHERE uid = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, account->uid);
	if (!cm_database_step(store->database, statement, &account->trainee, error))
		return FALSE;
	if (account->trainee)
		account->supervisor = sqlite3_column_int64(statement, 0);
	return TRUE;
}

static gboolean
read_sites(CmStore *store, CmStoreAccount *account, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT site FROM account_site WHERE uid = ?1 ORDER BY site", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, account->uid);
	for (;;) {
		gboolean row = FALSE;
		gint64 site = 0;

		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
		if (!row)
			return TRUE;
		site = sqlite3_column_int64(statement, 0);
		g_array_append_val(account->sites, site);
	}
}

CmStoreAccount *
cm_store_account_get(CmStore *store, guint32 uid, GError **error)
{
	g_autoptr(CmStoreAccount) account = g_new0(CmStoreAccount, 1);

	account->uid = uid;
	account->sites = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!read_account(store, account, error) || !read_sites(store, account, error) ||
	    !read_supervisor(store, account, error) ||
	    !cm_store_account_get_roles(store, uid, &account->roles, error))
		return NULL;
	return g_steal_pointer(&account);
}

/* first the uids: a statement is used once at a time */
static GArray *
list_uids(CmStore *store, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT uid FROM account ORDER BY uid", error);
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));

	if (statement == NULL)
		return NULL;
	for (;;) {
		gboolean row = FALSE;
		guint32 uid = 0;

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		if (!row)
			return g_steal_pointer(&uids);
		uid = (guint32)sqlite3_column_int64(statement, 0);
		g_array_append_val(uids, uid);
	}
}

GPtrArray *
cm_store_account_list(CmStore *store, GError **error)
{
	g_autoptr(GPtrArray) accounts =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_account_free);
	g_autoptr(GArray) uids = list_uids(store, error);

	if (uids == NULL)
		return NULL;
	for (guint i = 0; i < uids->len; i++) {
		CmStoreAccount *account =
		    cm_store_account_get(store, g_array_index(uids, guint32, i), error);

		if (account == NULL)
			return NULL;
		g_ptr_array_add(accounts, account);
	}
	return g_steal_pointer(&accounts);
}

static gboolean
count_administrators(CmStore *store, gint64 *out_count, GError **error)
{
	return cm_database_query_integer(
	    store->database, "SELECT count(*) FROM account_role WHERE role = 'administrator'",
	    out_count, error);
}

static gboolean
ensure_account(CmStore *store, guint32 uid, GError **error)
{
	gint64 account[] = {uid, g_get_real_time() / G_USEC_PER_SEC};

	return cm_database_run_integers(store->database,
					"INSERT INTO account (uid, made_at) VALUES (?1, ?2) "
					"ON CONFLICT (uid) DO NOTHING",
					account, G_N_ELEMENTS(account), error);
}

static gboolean
write_roles(CmStore *store, guint32 uid, guint roles, GError **error)
{
	gint64 given[] = {uid, roles};

	return cm_database_run_integers(store->database, "DELETE FROM account_role WHERE uid = ?1",
					given, 1, error) &&
	       cm_database_run_integers(store->database,
					"INSERT INTO account_role (uid, role) "
					"SELECT ?1, name FROM role WHERE flag & ?2 <> 0",
					given, G_N_ELEMENTS(given), error);
}

static gboolean
write_professional(CmStore *store, guint32 uid, gint64 professional, GError **error)
{
	gint64 values[] = {uid, professional};

	if (!cm_database_run_integers(
		store->database,
		"UPDATE account SET professional = nullif(?2, 0) WHERE uid = ?1 AND "
		"(?2 = 0 OR EXISTS (SELECT 1 FROM professional WHERE id = ?2))",
		values, G_N_ELEMENTS(values), error))
		return FALSE;
	if (cm_database_get_changes(store->database) > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no professional by this number."),
		     NULL);
	return FALSE;
}

/* 0: they are no trainee */
static gboolean
write_supervisor(CmStore *store, guint32 uid, gint64 supervisor, GError **error)
{
	gint64 values[] = {uid, supervisor};

	if (!cm_database_run_integers(
		store->database, "DELETE FROM account_supervisor WHERE uid = ?1", values, 1, error))
		return FALSE;
	if (supervisor == 0)
		return TRUE;
	if (!cm_database_run_integers(
		store->database,
		"INSERT INTO account_supervisor (uid, supervisor) "
		"SELECT ?1, professional.id FROM professional, account WHERE professional.id = ?2 "
		"AND account.uid = ?1 AND account.professional IS NOT professional.id",
		values, G_N_ELEMENTS(values), error))
		return FALSE;
	if (cm_database_get_changes(store->database) > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("There is no professional by this number, other than themselves."), NULL);
	return FALSE;
}

static gboolean
write_sites(CmStore *store, guint32 uid, const CmStoreAccountChange *change, GError **error)
{
	gint64 values[] = {uid, 0};

	if (!cm_database_run_integers(store->database, "DELETE FROM account_site WHERE uid = ?1",
				      values, 1, error))
		return FALSE;
	for (guint i = 0; i < change->site_count; i++) {
		values[1] = change->sites[i];
		if (!cm_database_run_integers(store->database,
					      "INSERT INTO account_site (uid, site) "
					      "SELECT ?1, id FROM site WHERE id = ?2 "
					      "ON CONFLICT (uid, site) DO UPDATE SET site = site",
					      values, G_N_ELEMENTS(values), error))
			return FALSE;
		if (cm_database_get_changes(store->database) == 0) {
			cm_error_set(error, CM_ERROR_NOT_FOUND,
				     N_("There is no school by this number."), NULL);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean
write_language(CmStore *store, guint32 uid, const gchar *language, GError **error)
{
	g_autoptr(CmStatement) statement = NULL;

	if (!g_str_equal(language, "") && !g_str_equal(language, "fr") &&
	    !g_str_equal(language, "en")) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A language is “fr” or “en”, not “{0}”."), language, NULL);
		return FALSE;
	}
	statement = cm_database_prepare(store->database,
					"UPDATE account SET language = ?2 WHERE uid = ?1", error);
	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, uid);
	sqlite3_bind_text(statement, 2, language, -1, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

static gboolean
write_change(CmStore *store, guint32 uid, const CmStoreAccountChange *change, GError **error)
{
	return ensure_account(store, uid, error) &&
	       (!change->set_roles || write_roles(store, uid, change->roles, error)) &&
	       (!change->set_professional ||
		write_professional(store, uid, change->professional, error)) &&
	       (!change->set_supervisor ||
		write_supervisor(store, uid, change->supervisor, error)) &&
	       (!change->set_sites || write_sites(store, uid, change, error)) &&
	       (change->language == NULL || write_language(store, uid, change->language, error));
}

static gboolean
check_administrators(CmStore *store, gint64 before, GError **error)
{
	gint64 after = 0;

	if (!count_administrators(store, &after, error))
		return FALSE;
	if (before == 0 || after > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("Somebody must stay administrator: name another one first."), NULL);
	return FALSE;
}

/* uids and numbers: nothing that names anyone */
static gboolean
audit_account(CmStore *store, const gchar *action, guint32 uid, gint64 actor, GError **error)
{
	g_autoptr(CmStoreAccount) account = cm_store_account_get(store, uid, error);
	g_autofree gchar *supervisor = NULL;
	g_autofree gchar *detail = NULL;
	CmAuditEntry entry = {.uid = actor, .action = action, .subject = uid};

	if (account == NULL)
		return FALSE;
	if (account->trainee)
		supervisor =
		    g_strdup_printf(",\"supervisor\":%" G_GINT64_FORMAT, account->supervisor);
	detail = g_strdup_printf("{\"roles\":%u,\"professional\":%" G_GINT64_FORMAT
				 ",\"sites\":%u,\"language\":\"%s\"%s}",
				 account->roles, account->professional, account->sites->len,
				 account->language, supervisor != NULL ? supervisor : "");
	entry.detail = detail;
	return cm_audit_append(store, &entry, error);
}

gboolean
cm_store_account_change(CmStore *store,
			guint32 uid,
			const CmStoreAccountChange *change,
			gint64 actor,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	gint64 before = 0;

	if ((change->roles & ~CM_ROLES_ALL) != 0 || uid == G_MAXUINT32 ||
	    change->site_count > CM_STORE_ACCOUNT_SITES_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This is no account that can be made."), NULL);
		return FALSE;
	}
	transaction = cm_transaction_new(store->database, error);
	return transaction != NULL && count_administrators(store, &before, error) &&
	       write_change(store, uid, change, error) &&
	       check_administrators(store, before, error) &&
	       audit_account(store, "account.change", uid, actor, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_account_remove(CmStore *store, guint32 uid, gint64 actor, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 values[] = {uid};
	gint64 before = 0;

	if (transaction == NULL || !count_administrators(store, &before, error) ||
	    !cm_database_run_integers(store->database, "DELETE FROM account WHERE uid = ?1", values,
				      1, error))
		return FALSE;
	if (cm_database_get_changes(store->database) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no account of this user."),
			     NULL);
		return FALSE;
	}
	return check_administrators(store, before, error) &&
	       cm_store_directory_forget_account(store, uid, error) &&
	       audit_account(store, "account.remove", uid, actor, error) &&
	       cm_transaction_commit(transaction, error);
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
	if (count == 0 && (!ensure_account(store, uid, error) ||
			   !write_roles(store, uid, roles | CM_ROLE_ADMINISTRATOR, error) ||
			   !audit_account(store, "account.set-up", uid, CM_AUDIT_DAEMON, error)))
		return FALSE;
	if (!cm_transaction_commit(transaction, error))
		return FALSE;
	*out_made = count == 0;
	return TRUE;
}
