// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/accounts.h"

#include "daemon/store/store-account.h"

#include <unistd.h>

/* strangers are kept too: a bound on what they can make us keep */
#define KNOWN_MAX 4096

struct _CmAccounts {
	CmWorker *worker;
	gboolean session;
	GHashTable *known;      /* uid -> CmCaller */
	guint known_generation; /* of what is in `known` */
	gint generation;        /* atomic: rises with every change of the accounts */
};

typedef struct {
	CmAccounts *accounts;
	guint uid;
	guint generation; /* when it was asked */
	CmCaller *caller;
	CmAccountsFound found;
	gpointer user_data;
} CallerQuery;

static void
caller_query_free(gpointer data)
{
	CallerQuery *query = data;

	g_clear_pointer(&query->caller, cm_caller_unref);
	g_free(query);
}

CmAccounts *
cm_accounts_new(CmWorker *worker, gboolean session)
{
	CmAccounts *accounts = g_new0(CmAccounts, 1);

	accounts->worker = worker;
	accounts->session = session;
	accounts->known = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)cm_caller_unref);
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

void
cm_accounts_forget(CmAccounts *accounts)
{
	g_atomic_int_inc(&accounts->generation);
}

static gboolean
accounts_read(gpointer subject, gpointer data, GCancellable *cancellable, GError **error)
{
	CallerQuery *query = data;
	CmAccounts *accounts = query->accounts;
	gboolean own = accounts->session && query->uid == getuid();
	g_autoptr(CmStoreAccount) account = cm_store_account_get(subject, query->uid, error);

	if (account == NULL)
		return FALSE;
	query->caller = cm_caller_new(account, own ? CM_ROLES_ALL : 0);
	return TRUE;
}

/* kept unless an account changed since it was asked: it may have been read before that */
static void
accounts_keep(CmAccounts *accounts, const CallerQuery *query)
{
	if (query->generation != (guint)g_atomic_int_get(&accounts->generation))
		return;
	if (accounts->known_generation != query->generation ||
	    g_hash_table_size(accounts->known) >= KNOWN_MAX)
		g_hash_table_remove_all(accounts->known);
	accounts->known_generation = query->generation;
	g_hash_table_insert(accounts->known, GUINT_TO_POINTER(query->uid),
			    cm_caller_ref(query->caller));
}

static void
accounts_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	CallerQuery *query = data;

	if (ok)
		accounts_keep(query->accounts, query);
	query->found(query->caller, error, query->user_data);
}

void
cm_accounts_lookup(CmAccounts *accounts, guint uid, CmAccountsFound found, gpointer user_data)
{
	guint generation = (guint)g_atomic_int_get(&accounts->generation);
	CmCaller *caller = g_hash_table_lookup(accounts->known, GUINT_TO_POINTER(uid));
	CallerQuery *query = NULL;

	if (caller != NULL && accounts->known_generation == generation) {
		g_autoptr(CmCaller) kept = cm_caller_ref(caller);

		found(kept, NULL, user_data);
		return;
	}
	query = g_new0(CallerQuery, 1);
	query->accounts = accounts;
	query->uid = uid;
	query->generation = generation;
	query->found = found;
	query->user_data = user_data;
	cm_worker_run_async(accounts->worker, accounts_read, query, caller_query_free, NULL,
			    accounts_answered, NULL);
}
