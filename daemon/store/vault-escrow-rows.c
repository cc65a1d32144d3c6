// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/vault-escrow-rows.h"

#include "daemon/store/vault-rows.h"
#include "daemon/vault/vault-escrow.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- a case's deposit */

/* in the place of an older one of the same generation */
static void
take_newest(GPtrArray *newest, CmVaultRecord *record)
{
	const CmVaultDeposit *deposit = cm_vault_record_get_fields(record, CM_VAULT_KIND_DEPOSIT);

	for (guint i = 0; i < newest->len; i++) {
		const CmVaultDeposit *known =
		    cm_vault_record_get_fields(g_ptr_array_index(newest, i), CM_VAULT_KIND_DEPOSIT);

		if (known->generation != deposit->generation)
			continue;
		if (deposit->number > known->number) {
			cm_vault_record_unref(g_ptr_array_index(newest, i));
			g_ptr_array_index(newest, i) = cm_vault_record_ref(record);
		}
		return;
	}
	g_ptr_array_add(newest, cm_vault_record_ref(record));
}

GPtrArray *
cm_vault_escrow_rows_list_newest(CmStore *store, const guint8 *person, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT octets FROM vault_record WHERE file IS NULL AND person = ?1 AND "
	    "kind = 'deposit' ORDER BY id",
	    error);
	g_autoptr(GPtrArray) newest = g_ptr_array_new_with_free_func(cm_vault_record_unref);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	while (row) {
		g_autoptr(GBytes) octets = NULL;
		g_autoptr(CmVaultRecord) record = NULL;

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		octets = row ? cm_vault_rows_get(statement, 0) : NULL;
		if (octets != NULL &&
		    !cm_vault_class_set_error(
			cm_vault_record_read(CM_VAULT_KIND_DEPOSIT, octets, &record), "deposit",
			error))
			return NULL;
		if (record != NULL)
			take_newest(newest, record);
	}
	return g_steal_pointer(&newest);
}

/* whether a custodian released it to somebody */
static gboolean
is_spent(CmStore *store, const guint8 *deposit, gboolean *out_spent, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 1 FROM vault_request WHERE deposit = ?1 AND releases > 0 LIMIT 1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, deposit, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	return cm_database_step(store->database, statement, out_spent, error);
}

/* those of them of which nothing was released: a new epoch may name them */
static GPtrArray *
list_unspent(CmStore *store, const guint8 *person, GError **error)
{
	g_autoptr(GPtrArray) deposits = cm_vault_escrow_rows_list_newest(store, person, error);

	if (deposits == NULL)
		return NULL;
	for (guint i = deposits->len; i > 0; i--) {
		gboolean spent = FALSE;

		if (!is_spent(store, cm_vault_record_get_hash(g_ptr_array_index(deposits, i - 1)),
			      &spent, error))
			return NULL;
		if (spent)
			g_ptr_array_remove_index(deposits, i - 1);
	}
	return g_steal_pointer(&deposits);
}

static gboolean
check_deposit(CmStore *store, const CmVaultEpoch *epoch, GError **error)
{
	g_autoptr(GPtrArray) deposits = list_unspent(store, epoch->responsible, error);

	if (deposits == NULL)
		return FALSE;
	for (guint i = 0; i < deposits->len; i++)
		if (memcmp(cm_vault_record_get_hash(g_ptr_array_index(deposits, i)), epoch->deposit,
			   CM_VAULT_HASH_BYTES) == 0)
			return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("What whoever is responsible left with custodians was released, or is not "
			"their newest: something new has to be left with them first."),
		     NULL);
	return FALSE;
}

/* the newest deposit by the keys of one generation; NULL: none */
static const CmVaultRecord *
find_of_generation(const GPtrArray *newest, guint32 generation)
{
	for (guint i = 0; i < newest->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(newest, i);
		const CmVaultDeposit *deposit =
		    cm_vault_record_get_fields(record, CM_VAULT_KIND_DEPOSIT);

		if (deposit->generation == generation)
			return record;
	}
	return NULL;
}

gboolean
cm_vault_escrow_rows_check_next(CmStore *store,
				const CmVaultPeople *people,
				const CmVaultRecord *deposit,
				GError **error)
{
	const CmVaultDeposit *fields = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	g_autoptr(GPtrArray) newest =
	    cm_vault_escrow_rows_list_newest(store, fields->person, error);
	const CmVaultRecord *before = NULL;
	const CmVaultDeposit *known = NULL;
	gboolean spent = FALSE;

	if (newest == NULL)
		return FALSE;
	before = find_of_generation(newest, fields->generation);
	if (before != NULL) {
		known = cm_vault_record_get_fields(before, CM_VAULT_KIND_DEPOSIT);
		if (!is_spent(store, cm_vault_record_get_hash(before), &spent, error))
			return FALSE;
	}
	if (before == NULL ? fields->number == 1
			   : fields->number - 1 == known->number &&
				 (spent || cm_vault_escrow_check_custodians(people, before) !=
					       CM_VAULT_CLASS_OK))
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("Something new is left with custodians, by the next number, when what was "
			"left before was released or its custodians are others: not otherwise."),
		     NULL);
	return FALSE;
}

static gboolean
has_custodians(const CmVaultPeople *people)
{
	const CmVaultList *entries = &cm_vault_people_get_directory(people)->entries;
	const CmVaultDirectoryEntry *items = entries->items;

	for (guint i = 0; i < entries->count; i++)
		if (cm_vault_people_is_custodian(people, items[i].person, items[i].generation))
			return TRUE;
	return FALSE;
}

static gboolean
set_deposit(CmStore *store, gint64 row, const guint8 *deposit, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "UPDATE vault_case SET deposit = ?2 WHERE id = ?1", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	if (deposit != NULL)
		sqlite3_bind_blob(statement, 2, deposit, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

/* ---- after use */

/* the deposit that a case names until now; NULL: none */
static gboolean
read_deposit(CmStore *store, gint64 row, GBytes **out_deposit, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT deposit FROM vault_case WHERE id = ?1 AND deposit IS NOT NULL",
	    error);
	gboolean found = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	if (!cm_database_step(store->database, statement, &found, error))
		return FALSE;
	*out_deposit = found ? cm_vault_rows_get(statement, 0) : NULL;
	return TRUE;
}

/* whether an envelope goes, by what is given beside it */
typedef gboolean (*IsOver)(const CmVaultEnvelope *envelope, gconstpointer data);

/* the rows of a case's envelopes that go */
static GArray *
list_over(CmStore *store, gint64 row, IsOver is_over, gconstpointer data, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id, octets FROM vault_record WHERE file = ?1 AND kind = 'envelope'", error);
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
	gboolean more = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, row);
	while (more) {
		g_autoptr(GBytes) octets = NULL;
		g_autoptr(CmVaultRecord) record = NULL;
		gint64 id = 0;

		if (!cm_database_step(store->database, statement, &more, error))
			return NULL;
		if (!more)
			break;
		id = sqlite3_column_int64(statement, 0);
		octets = cm_vault_rows_get(statement, 1);
		if (!cm_vault_class_set_error(
			cm_vault_record_read(CM_VAULT_KIND_ENVELOPE, octets, &record), "envelope",
			error))
			return NULL;
		if (is_over(cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE), data))
			g_array_append_val(rows, id);
	}
	return g_steal_pointer(&rows);
}

static gboolean
destroy_over(CmStore *store, gint64 row, IsOver is_over, gconstpointer data, GError **error)
{
	g_autoptr(GArray) rows = list_over(store, row, is_over, data, error);

	for (guint i = 0; rows != NULL && i < rows->len; i++)
		if (!cm_database_run_integers(store->database,
					      "DELETE FROM vault_record WHERE id = ?1",
					      &g_array_index(rows, gint64, i), 1, error))
			return FALSE;
	return rows != NULL;
}

/* of the deposit whose hash is given */
static gboolean
is_left_with(const CmVaultEnvelope *envelope, gconstpointer deposit)
{
	return memcmp(envelope->deposit, deposit, CM_VAULT_HASH_BYTES) == 0;
}

/* what was left with a deposit that was released since goes, now that the case has another key */
static gboolean
destroy_spent(CmStore *store, gint64 row, GError **error)
{
	g_autoptr(GBytes) deposit = NULL;
	gconstpointer hash = NULL;
	gboolean spent = FALSE;

	if (!read_deposit(store, row, &deposit, error))
		return FALSE;
	if (deposit == NULL)
		return TRUE;
	hash = g_bytes_get_data(deposit, NULL);
	return is_spent(store, hash, &spent, error) &&
	       (!spent || destroy_over(store, row, is_left_with, hash, error));
}

/* the same key of the case, left with another deposit of the same person than the envelope that is given */
static gboolean
is_before(const CmVaultEnvelope *envelope, gconstpointer data)
{
	const CmVaultEnvelope *newest = data;

	return envelope->to == CM_VAULT_TO_ESCROW &&
	       memcmp(envelope->epoch_record, newest->epoch_record, CM_VAULT_HASH_BYTES) == 0 &&
	       memcmp(envelope->recipient, newest->recipient, CM_VAULT_ID_BYTES) == 0 &&
	       envelope->recipient_generation == newest->recipient_generation &&
	       memcmp(envelope->deposit, newest->deposit, CM_VAULT_HASH_BYTES) != 0;
}

gboolean
cm_vault_escrow_rows_take_envelope(CmStore *store,
				   gint64 row,
				   const CmVaultRecord *envelope,
				   GError **error)
{
	const CmVaultEnvelope *fields =
	    cm_vault_record_get_fields(envelope, CM_VAULT_KIND_ENVELOPE);
	g_autoptr(GBytes) deposit = NULL;

	if (fields->to != CM_VAULT_TO_ESCROW)
		return TRUE;
	if (!read_deposit(store, row, &deposit, error))
		return FALSE;
	return deposit == NULL || !is_left_with(fields, g_bytes_get_data(deposit, NULL)) ||
	       destroy_over(store, row, is_before, fields, error);
}

/* ---- a new epoch */

gboolean
cm_vault_escrow_rows_take_epoch(CmStore *store,
				const CmVaultPeople *people,
				gint64 row,
				const CmVaultRecord *epoch,
				GError **error)
{
	const CmVaultEpoch *fields = cm_vault_record_get_fields(epoch, CM_VAULT_KIND_EPOCH);

	if (!destroy_spent(store, row, error))
		return FALSE;
	if (!cm_vault_layout_is_none(fields->deposit, CM_VAULT_HASH_BYTES))
		return check_deposit(store, fields, error) &&
		       set_deposit(store, row, fields->deposit, error);
	if (!has_custodians(people))
		return set_deposit(store, row, NULL, error);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The organisation has custodians: a case's new key has to be left with "
			"three of them."),
		     NULL);
	return FALSE;
}

gboolean
cm_vault_escrow_rows_insert_custodians(CmStore *store,
				       gint64 row,
				       const CmVaultRecord *deposit,
				       GError **error)
{
	const CmVaultDeposit *fields = cm_vault_record_get_fields(deposit, CM_VAULT_KIND_DEPOSIT);
	const CmVaultDepositHalf *halves = fields->custodians.items;

	for (guint i = 0; i < fields->custodians.count; i++) {
		g_autoptr(CmStatement) statement = cm_database_prepare(
		    store->database, "INSERT INTO vault_custodian (record, person) VALUES (?1, ?2)",
		    error);

		if (statement == NULL)
			return FALSE;
		sqlite3_bind_int64(statement, 1, row);
		sqlite3_bind_blob(statement, 2, halves[i].custodian, CM_VAULT_ID_BYTES,
				  SQLITE_STATIC);
		if (!cm_database_run(store->database, statement, error))
			return FALSE;
	}
	return TRUE;
}
