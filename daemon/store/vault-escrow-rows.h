// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"
#include "daemon/vault/vault-people.h"

/* What is kept of escrow keys beside the records: which deposit a case's newest epoch names, and how far each request is. The caller holds
 * the transaction. Private to daemon/store. */

/* Whether a new epoch, which was checked, may name the deposit that it names: where there are custodians there is one, the newest of its
 * responsible, and nothing of it was released. Its case is told; what was left of it with a deposit that was released goes. CM_ERROR_INVALID_INPUT: there is none; CM_ERROR_CONFLICT: it is not that
 * one. */
gboolean
cm_vault_escrow_rows_take_epoch(CmStore *store,
				const CmVaultPeople *people,
				gint64 row,
				const CmVaultRecord *epoch,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new envelope, which was checked: when it leaves a key of the case with the deposit that the newest epoch names, what left the same key with
 * the same person's other deposits goes. */
gboolean
cm_vault_escrow_rows_take_envelope(CmStore *store,
				   gint64 row,
				   const CmVaultRecord *envelope,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of each generation of somebody's keys the newest deposit. Returns: (transfer full) (element-type CmVaultRecord) */
GPtrArray *
cm_vault_escrow_rows_list_newest(CmStore *store,
				 const guint8 *person,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a deposit that was checked may follow those that are there: its number is the next of its generation, and the newest was released or
 * its custodians are not the current ones. Everybody who reads a case reads all of them, so nobody makes more than are needed. Else
 * CM_ERROR_CONFLICT. */
gboolean
cm_vault_escrow_rows_check_next(CmStore *store,
				const CmVaultPeople *people,
				const CmVaultRecord *deposit,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With whom a new deposit, at `row`, was left. */
gboolean
cm_vault_escrow_rows_insert_custodians(CmStore *store,
				       gint64 row,
				       const CmVaultRecord *deposit,
				       GError **error) G_GNUC_WARN_UNUSED_RESULT;
