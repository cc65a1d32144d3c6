// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"
#include "daemon/vault/vault-record.h"

/* What people left with custodians (docs/vault-format.md, “Custodians”). Deposits come with store-vault-append.h. */

/* Of each generation of somebody's keys the deposit that a new epoch may name: the newest, if nothing of it was released.
 * CM_ERROR_NOT_FOUND: the account never enrolled. Returns: (transfer full) */
GBytes *
cm_store_custody_get_deposit(CmStore *store, guint32 uid, const guint8 *person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
