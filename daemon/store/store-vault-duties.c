// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-vault-duties.h"

#include "daemon/store/store-destruction.h"
#include "daemon/store/store-directory.h"
#include "daemon/store/store-retention.h"
#include "daemon/store/vault-rows.h"

#include <string.h>

/* ---- requests for files */

static void
add(CmStoreVaultDuty *duty, const CmStoreDisclosure *disclosure)
{
	if (duty->count++ > 0 && disclosure->day >= duty->day)
		return;
	duty->day = disclosure->day;
	duty->rule = disclosure->rule;
}

static void
add_request(CmStoreVaultDuties *duties, const CmStoreDisclosure *disclosure, CmDay today)
{
	CmDay day = disclosure->day;

	if (disclosure->purpose == CM_DISCLOSURE_TRANSFER) {
		if (day == CM_DAY_NONE || day <= today)
			duties->transfer_ready++;
		else
			add(&duties->transfer_waiting, disclosure);
	} else if (day != CM_DAY_NONE && day < today) {
		add(&duties->access_late, disclosure);
	} else if (day != CM_DAY_NONE && day <= today + CM_STORE_VAULT_DUTIES_SOON_DAYS) {
		add(&duties->access_soon, disclosure);
	}
}

static gboolean
count_requests(CmStore *store,
	       const CmStoreDisclosureCaller *caller,
	       CmStoreVaultDuties *duties,
	       GError **error)
{
	g_autoptr(GPtrArray) list = cm_store_disclosure_list_open(store, caller, error);
	CmDay today = CM_DAY_NONE;

	/* an organisation without a roster has no day, and no student */
	if (list == NULL ||
	    (list->len > 0 && !cm_store_retention_find_day(store, caller->now, &today, error)))
		return FALSE;
	for (guint i = 0; i < list->len; i++)
		add_request(duties, g_ptr_array_index(list, i), today);
	return TRUE;
}

/* ---- by records, which are read as they are: what counts is checked by the person's own agent */

typedef void (*Visit)(const guint8 *person, CmStatement *row, CmStoreVaultDuties *duties);

/* each row of a query, whose first parameter is the person and whose second is `number` */
static gboolean
visit_rows(CmStore *store,
	   const gchar *sql,
	   const guint8 *person,
	   gint64 number,
	   Visit visit,
	   CmStoreVaultDuties *duties,
	   GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean more = TRUE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, number);
	while (more) {
		if (!cm_database_step(store->database, statement, &more, error))
			return FALSE;
		if (more)
			visit(person, statement, duties);
	}
	return TRUE;
}

/* One that is damaged is counted as such, and hides nothing of the others. Returns: (transfer full) (nullable) */
static CmVaultRecord *
read_row(CmStatement *row, gint column, CmVaultKind kind, CmStoreVaultDuties *duties)
{
	g_autoptr(GBytes) octets = cm_vault_rows_get(row, column);
	CmVaultRecord *record = NULL;

	if (cm_vault_record_read(kind, octets, &record) == CM_VAULT_CLASS_OK)
		return record;
	duties->unreadable++;
	return NULL;
}

/* a question that nobody agreed to yet: octets */
static void
visit_question(const guint8 *person, CmStatement *row, CmStoreVaultDuties *duties)
{
	g_autoptr(CmVaultRecord) record = read_row(row, 0, CM_VAULT_KIND_DESTRUCTION, duties);
	const CmVaultDestruction *asked = NULL;

	if (record == NULL)
		return;
	asked = cm_vault_record_get_fields(record, CM_VAULT_KIND_DESTRUCTION);
	if (memcmp(asked->second, person, CM_VAULT_ID_BYTES) == 0)
		duties->destructions++;
}

/* a case's newest epoch: octets, and the person's newest generation */
static void
visit_epoch(const guint8 *person, CmStatement *row, CmStoreVaultDuties *duties)
{
	g_autoptr(CmVaultRecord) record = read_row(row, 0, CM_VAULT_KIND_EPOCH, duties);
	const CmVaultEpoch *epoch = NULL;

	if (record == NULL)
		return;
	epoch = cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH);
	if (memcmp(epoch->responsible, person, CM_VAULT_ID_BYTES) == 0 &&
	    epoch->responsible_generation < sqlite3_column_int64(row, 1))
		duties->carry_over++;
}

/* a case in which notes wait: how many of the person's own, how many of others, and their envelope of its newest epoch */
static void
visit_waiting(const guint8 *person, CmStatement *row, CmStoreVaultDuties *duties)
{
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEnvelope *envelope = NULL;

	/* whose access ended */
	if (sqlite3_column_type(row, 2) == SQLITE_NULL)
		return;
	record = read_row(row, 2, CM_VAULT_KIND_ENVELOPE, duties);
	if (record == NULL)
		return;
	envelope = cm_vault_record_get_fields(record, CM_VAULT_KIND_ENVELOPE);
	duties->unfinished += (guint)sqlite3_column_int64(row, 0);
	if ((envelope->rights & CM_VAULT_RIGHT_COSIGN) != 0)
		duties->cosign += (guint)sqlite3_column_int64(row, 1);
}

static void
visit_count(const guint8 *person, CmStatement *row, CmStoreVaultDuties *duties)
{
	duties->minutes = (guint)sqlite3_column_int64(row, 0);
}

#define OWN_CASES "(SELECT file FROM vault_record WHERE kind = 'envelope' AND person = ?1)"

static const struct {
	const gchar *sql;
	Visit visit;
} queries[] = {
    {"SELECT octets FROM vault_destruction WHERE destroyed_at IS NULL AND asked_at >= ?2 AND "
     "?1 IS NOT NULL",
     visit_question},
    {"SELECT (SELECT octets FROM vault_record WHERE file = vault_case.id AND kind = 'epoch' "
     "ORDER BY id DESC LIMIT 1), newest.generation FROM vault_case JOIN (SELECT "
     "max(generation) AS generation FROM vault_keys JOIN vault_person ON vault_person.id = owner "
     "WHERE person = ?1) AS newest WHERE newest.generation > 1 AND vault_case.id IN " OWN_CASES,
     visit_epoch},
    {"SELECT sum(note.person = ?1), sum(note.person <> ?1), (SELECT octets FROM vault_record "
     "WHERE file = note.file AND kind = 'envelope' AND person = ?1 AND id > (SELECT max(id) FROM "
     "vault_record WHERE file = note.file AND kind = 'epoch') ORDER BY id DESC LIMIT 1) "
     "FROM vault_record AS note WHERE file IN " OWN_CASES " AND " CM_VAULT_ROWS_WAITING
     " GROUP BY note.file",
     visit_waiting},
    {"SELECT count(*) FROM vault_minutes_reader WHERE person = ?1 AND opened = 0", visit_count},
};

static gboolean
count_records(CmStore *store,
	      const guint8 *person,
	      gint64 now,
	      CmStoreVaultDuties *duties,
	      GError **error)
{
	gint64 since = now - (gint64)CM_STORE_DESTRUCTION_DAYS * 86400;

	for (guint i = 0; i < G_N_ELEMENTS(queries); i++)
		if (!visit_rows(store, queries[i].sql, person, since, queries[i].visit, duties,
				error))
			return FALSE;
	return TRUE;
}

gboolean
cm_store_vault_duties_count(CmStore *store,
			    const CmStoreDisclosureCaller *caller,
			    CmStoreVaultDuties *out_duties,
			    GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	CmStoreVaultDuties duties = {.access_late.day = CM_DAY_NONE,
				     .access_soon.day = CM_DAY_NONE,
				     .transfer_waiting.day = CM_DAY_NONE};
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean enrolled = FALSE;

	if (transaction == NULL || !count_requests(store, caller, &duties, error) ||
	    !cm_store_directory_find_person(store, caller->uid, person, &enrolled, error) ||
	    (enrolled && !count_records(store, person, caller->now, &duties, error)) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_duties = duties;
	return TRUE;
}
