// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/caller.h"
#include "daemon/bus/worker.h"

/* Who a uid is: the store's accounts, kept once read. Main loop only, but for cm_accounts_forget(). */

typedef struct _CmAccounts CmAccounts;

/* The worker owns the store, is not taken, and must outlive the accounts. With `session` this process's own uid has every role:
 * the single practitioner on their own bus. */
CmAccounts *
cm_accounts_new(CmWorker *worker, gboolean session);
void
cm_accounts_free(CmAccounts *accounts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAccounts, cm_accounts_free)

/* `caller` has no roles when it is a stranger, and is NULL with `error` set when the store could not tell. (transfer none) */
typedef void (*CmAccountsFound)(const CmCaller *caller, const GError *error, gpointer user_data);

/* `found` is called exactly once: at once, or later on the main loop. */
void
cm_accounts_lookup(CmAccounts *accounts, guint uid, CmAccountsFound found, gpointer user_data);

/* Accounts have changed in the store: whoever calls from now on is read anew. From any thread. */
void
cm_accounts_forget(CmAccounts *accounts);
