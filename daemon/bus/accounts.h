// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/worker.h"

/* What a uid may be: the store's accounts, kept once read. Main loop only. */

typedef struct _CmAccounts CmAccounts;

/* The worker owns the store, is not taken, and must outlive the accounts. With `session` this process's own uid has every role:
 * the single practitioner on their own bus. */
CmAccounts *
cm_accounts_new(CmWorker *worker, gboolean session);
void
cm_accounts_free(CmAccounts *accounts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAccounts, cm_accounts_free)

/* `roles` are CmRole flags, 0 for a stranger; `error` is NULL unless the store could not tell. */
typedef void (*CmAccountsFound)(guint roles, const GError *error, gpointer user_data);

/* `found` is called exactly once: at once, or later on the main loop. */
void
cm_accounts_lookup(CmAccounts *accounts, guint uid, CmAccountsFound found, gpointer user_data);
