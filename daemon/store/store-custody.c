// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-custody.h"

#include "daemon/store/vault-escrow-rows.h"
#include "daemon/store/vault-rows.h"

GBytes *
cm_store_custody_get_deposit(CmStore *store, guint32 uid, const guint8 *person, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GPtrArray) deposits = NULL;
	g_autoptr(GByteArray) all = g_byte_array_new();
	guint8 own[CM_VAULT_ID_BYTES];

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, own, error))
		return NULL;
	deposits = cm_vault_escrow_rows_list_deposits(store, person, error);
	if (deposits == NULL || !cm_transaction_commit(transaction, error))
		return NULL;
	for (guint i = 0; i < deposits->len; i++)
		cm_vault_rows_append(all,
				     cm_vault_record_get_octets(g_ptr_array_index(deposits, i)));
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}
