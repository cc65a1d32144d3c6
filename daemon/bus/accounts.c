// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/accounts.h"

#include "daemon/store/store-account.h"

#include <unistd.h>

/* strangers are kept too: a bound on what they can make us keep */
#define KNOWN_MAX 4096

struct _CmAccounts {
	CmWorker *worker;
	gboolean session;
	GHashTable *known; /* uid -> roles */
};

typedef struct {
	CmAccounts *accounts;
	guint uid;
	guint roles;
	CmAccountsFound found;
	gpointer user_data;
} RolesQuery;

CmAccounts *
cm_accounts_new(CmWorker *worker, gboolean session)
{
	CmAccounts *accounts = g_new0(CmAccounts, 1);

	accounts->worker = worker;
	accounts->session = session;
	accounts->known = g_hash_table_new(NULL, NULL);
	return accounts;
}

void
cm_accounts_free(CmAccounts *accounts)
{
	if (accounts == NULL)
		return;
	g_hash_table_destroy(accounts->known);
	g_free(accounts);
}

static gboolean
accounts_read(gpointer subject, gpointer data, GCancellable *cancellable, GError **error)
{
	RolesQuery *query = data;

	return cm_store_account_get_roles(subject, query->uid, &query->roles, error);
}

static void
accounts_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	RolesQuery *query = data;
	GHashTable *known = query->accounts->known;

	if (ok) {
		if (g_hash_table_size(known) >= KNOWN_MAX)
			g_hash_table_remove_all(known);
		g_hash_table_insert(known, GUINT_TO_POINTER(query->uid),
				    GUINT_TO_POINTER(query->roles));
	}
	query->found(query->roles, error, query->user_data);
}

void
cm_accounts_lookup(CmAccounts *accounts, guint uid, CmAccountsFound found, gpointer user_data)
{
	gpointer roles = NULL;
	RolesQuery *query = NULL;

	if (accounts->session && uid == getuid()) {
		found(CM_ROLES_ALL, NULL, user_data);
		return;
	}
	if (g_hash_table_lookup_extended(accounts->known, GUINT_TO_POINTER(uid), NULL, &roles)) {
		found(GPOINTER_TO_UINT(roles), NULL, user_data);
		return;
	}
	query = g_new0(RolesQuery, 1);
	query->accounts = accounts;
	query->uid = uid;
	query->found = found;
	query->user_data = user_data;
	cm_worker_run_async(accounts->worker, accounts_read, query, g_free, NULL, accounts_answered,
			    NULL);
}
