// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-custody.h"

#include "daemon/store/store-directory.h"
#include "daemon/store/vault-escrow-rows.h"
#include "daemon/store/vault-notice.h"
#include "daemon/store/vault-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define DAY_SECONDS 86400

/* whose escrow keys concern the person ?1 */
#define CONCERNED                                                                                  \
	"SELECT ?1 UNION SELECT deposit.person FROM vault_custodian AS custodian JOIN "            \
	"vault_record AS deposit ON deposit.id = custodian.record WHERE custodian.person = ?1 "    \
	"UNION SELECT asked.person FROM vault_request AS request JOIN vault_record AS asked "      \
	"ON asked.id = request.record WHERE request.recipient = ?1"

/* ---- the delay */

gboolean
cm_store_custody_count(CmStore *store, gint64 uptime, GError **error)
{
	gint64 passed = uptime - store->custody_counted;

	if (store->custody_counted == 0 || passed < 0)
		passed = 0;
	/* what a transaction that is undone has counted is waited for again */
	store->custody_counted = uptime;
	return passed == 0 ||
	       cm_database_run_integers(store->database,
					"UPDATE vault_request SET waited = min(delay, waited + ?1) "
					"WHERE waited < delay AND refused = 0",
					&passed, 1, error);
}

/* ---- what is handed over */

typedef struct {
	CmStore *store;
	const CmStoreCustodyOrder *order;
	CmVaultPeople *people;
	guint8 person[CM_VAULT_ID_BYTES]; /* who hands it over */
	guint8 owner[CM_VAULT_ID_BYTES];  /* whose escrow key it is about */
	gint64 asked;                     /* the row of its request; 0: it is one */
	CmStoreCustodyRequest standing;   /* of that */
} Adding;

static gboolean
read_standing(Adding *self, const guint8 *request, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    self->store->database,
	    "SELECT record, waited, delay, releases, refused, person FROM vault_request JOIN "
	    "vault_record ON vault_record.id = record WHERE hash = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, request, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	if (!cm_database_step(self->store->database, statement, &row, error))
		return FALSE;
	if (!row)
		return cm_vault_class_set_offered_error(CM_VAULT_CLASS_MISSING, "request", error);
	self->asked = sqlite3_column_int64(statement, 0);
	self->standing.waited = sqlite3_column_int64(statement, 1);
	self->standing.delay = sqlite3_column_int64(statement, 2);
	self->standing.releases = (guint)sqlite3_column_int64(statement, 3);
	self->standing.refused = sqlite3_column_int64(statement, 4) != 0;
	memcpy(self->owner, sqlite3_column_blob(statement, 5), CM_VAULT_ID_BYTES);
	return TRUE;
}

/* whose it is, and how far its request has come */
static gboolean
find_owner(Adding *self, const CmVaultRecord *record, GError **error)
{
	const CmVaultRequest *request = cm_vault_record_find_fields(record, CM_VAULT_KIND_REQUEST);
	const CmVaultRefusal *refusal = cm_vault_record_find_fields(record, CM_VAULT_KIND_REFUSAL);
	const CmVaultRelease *release = cm_vault_record_find_fields(record, CM_VAULT_KIND_RELEASE);

	if (request == NULL)
		return read_standing(self, refusal != NULL ? refusal->request : release->request,
				     error);
	memcpy(self->owner, request->person, CM_VAULT_ID_BYTES);
	return TRUE;
}

/* against everything that is at hand of the same person, in which a case has no part */
static gboolean
check(const Adding *self,
      CmVaultKind kind,
      GBytes *octets,
      CmVaultRecord **out_record,
      GError **error)
{
	static const guint8 no_case[CM_VAULT_ID_BYTES] = {0};
	g_autoptr(CmVaultCase) checked = cm_vault_case_new(self->people, no_case);

	return cm_vault_rows_load(self->store, 0, self->owner, checked, error) &&
	       cm_vault_class_set_offered_error(cm_vault_case_add(checked, octets, out_record),
						cm_vault_fields_get_layout(kind)->name, error) &&
	       cm_vault_rows_check_signing(self->people, self->person, *out_record,
					   self->order->now, error);
}

static gboolean
keep(Adding *self, const CmVaultRecord *record, gint64 *out_row, GError **error)
{
	return cm_vault_rows_insert_record(self->store, record, 0, self->owner, self->order->now,
					   out_row, error);
}

static gboolean
audit(const Adding *self, const gchar *action, gint64 request, GError **error)
{
	const CmAuditEntry entry = {
	    .uid = self->order->uid, .action = action, .subject = request, .at = self->order->now};

	return cm_audit_append(self->store, &entry, error);
}

/* ---- a request */

/* what stands of a deposit: neither refused nor released by two */
static CmStatement *
prepare_standing(const Adding *self, const CmVaultRequest *request, GError **error)
{
	CmStatement *statement = cm_database_prepare(
	    self->store->database,
	    "SELECT octets, delay - waited FROM vault_request JOIN vault_record ON "
	    "vault_record.id = record WHERE deposit = ?1 AND refused = 0 AND releases < 2",
	    error);

	if (statement != NULL)
		sqlite3_bind_blob(statement, 1, request->deposit, CM_VAULT_HASH_BYTES,
				  SQLITE_STATIC);
	return statement;
}

static gboolean
is_id(const guint8 *a, const guint8 *b)
{
	return memcmp(a, b, CM_VAULT_ID_BYTES) == 0;
}

/* for the same keys */
static gboolean
has_recipient(const CmVaultRequest *known, const CmVaultRequest *request)
{
	return is_id(known->recipient, request->recipient) &&
	       known->recipient_generation == request->recipient_generation;
}

/* what stands: `left`: seconds that it has to wait yet. Adds what the same custodian asked to `inout_own` */
static gboolean
judge_standing(const CmVaultRequest *known,
	       gint64 left,
	       const CmVaultRequest *request,
	       guint *inout_own,
	       GError **error)
{
	gboolean own = is_id(known->custodian, request->custodian);

	*inout_own += own;
	if (!has_recipient(known, request) || (!own && left > request->delay))
		return TRUE;
	cm_error_set(error, CM_ERROR_EXISTS,
		     N_("The same was asked already: it waits, or for a second custodian. Another "
			"custodian can ask for what is to wait less long."),
		     NULL);
	return FALSE;
}

/* The same that has no longer to wait, whoever asked, and what the same custodian asked, however long it has: who asks for long stands in nobody's
 * way but their own, and nobody has the owner and the administrators read a letter a day. */
static gboolean
check_standing(const Adding *self, const CmVaultRequest *request, GError **error)
{
	g_autoptr(CmStatement) statement = prepare_standing(self, request, error);
	g_autofree gchar *most = g_strdup_printf("%d", CM_STORE_CUSTODY_RECIPIENTS);
	guint own = 0;
	gboolean row = TRUE;

	if (statement == NULL || !cm_database_step(self->store->database, statement, &row, error))
		return FALSE;
	while (row) {
		g_autoptr(GBytes) octets = cm_vault_rows_get(statement, 0);
		g_autoptr(CmVaultRecord) known = NULL;

		if (!cm_vault_class_set_error(
			cm_vault_record_read(CM_VAULT_KIND_REQUEST, octets, &known), "request",
			error) ||
		    !judge_standing(cm_vault_record_get_fields(known, CM_VAULT_KIND_REQUEST),
				    sqlite3_column_int64(statement, 1), request, &own, error) ||
		    !cm_database_step(self->store->database, statement, &row, error))
			return FALSE;
	}
	if (own < CM_STORE_CUSTODY_RECIPIENTS)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("You have asked that it be opened for {0} people: it can't be asked for "
			"one more."),
		     most, NULL);
	return FALSE;
}

/* a deposit under which no file is (any more) is nothing to ask for */
static gboolean
check_has_files(const Adding *self, const CmVaultRequest *request, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    self->store->database, "SELECT 1 FROM vault_case WHERE deposit = ?1 LIMIT 1", error);
	gboolean found = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, request->deposit, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	if (!cm_database_step(self->store->database, statement, &found, error))
		return FALSE;
	if (!found)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no file left to take over."),
			     NULL);
	return found;
}

static gboolean
insert_request(const Adding *self, gint64 row, const CmVaultRequest *request, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    self->store->database,
	    "INSERT INTO vault_request (record, deposit, recipient, delay) VALUES (?1, ?2, ?3, ?4)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, row);
	sqlite3_bind_blob(statement, 2, request->deposit, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, request->recipient, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, request->delay);
	return cm_database_run(self->store->database, statement, error);
}

/* the uids of who administers, but the owner's: who is told as that needs no second letter */
static GArray *
list_administrators(const Adding *self, GError **error)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    self->store->database,
	    "SELECT DISTINCT uid FROM account_role WHERE role = 'administrator' AND uid NOT IN "
	    "(SELECT uid FROM vault_person WHERE person = ?1 AND uid IS NOT NULL) ORDER BY uid",
	    error);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, self->owner, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	while (row) {
		gint64 uid = 0;

		if (!cm_database_step(self->store->database, statement, &row, error))
			return NULL;
		uid = row ? sqlite3_column_int64(statement, 0) : 0;
		if (row)
			g_array_append_val(uids, uid);
	}
	return g_steal_pointer(&uids);
}

/* the owner, and who administers; whoever asked is told nothing */
static gboolean
notify_asked(const Adding *self, gint64 request, GError **error)
{
	g_autoptr(GArray) uids = list_administrators(self, error);

	if (uids == NULL || !cm_vault_notice_queue(self->store, CM_NOTICE_CUSTODY_ASKED,
						   self->owner, request, error))
		return FALSE;
	for (guint i = 0; i < uids->len; i++)
		if (!cm_notice_queue(self->store, CM_NOTICE_CUSTODY_WATCHED, CM_NOTICE_TO_ACCOUNT,
				     g_array_index(uids, gint64, i), request, error))
			return FALSE;
	return TRUE;
}

static gboolean
add_request(Adding *self, const CmVaultRecord *record, GError **error)
{
	const CmVaultRequest *request = cm_vault_record_get_fields(record, CM_VAULT_KIND_REQUEST);
	gint64 row = 0;

	if (request->delay > (gint64)CM_STORE_CUSTODY_DELAY_DAYS * DAY_SECONDS) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The delay has 3 days at least, and 365 at most."), NULL);
		return FALSE;
	}
	if (!check_has_files(self, request, error) || !check_standing(self, request, error))
		return FALSE;
	return keep(self, record, &row, error) && insert_request(self, row, request, error) &&
	       notify_asked(self, row, error) && audit(self, "custody.request", row, error);
}

/* ---- what was released of the owner's */

/* what custodians released of somebody's deposits. (element-type CmVaultRecord) */
static GPtrArray *
list_releases(CmStore *store, const guint8 *person, GError **error)
{
	g_autoptr(GPtrArray) releases = g_ptr_array_new_with_free_func(cm_vault_record_unref);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT octets FROM vault_record WHERE file IS NULL AND person = ?1 AND "
	    "kind = 'release' ORDER BY id",
	    error);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	while (row) {
		g_autoptr(GBytes) octets = NULL;
		CmVaultRecord *record = NULL;

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		octets = row ? cm_vault_rows_get(statement, 0) : NULL;
		if (octets == NULL)
			break;
		if (!cm_vault_class_set_error(
			cm_vault_record_read(CM_VAULT_KIND_RELEASE, octets, &record), "release",
			error))
			return NULL;
		g_ptr_array_add(releases, record);
	}
	return g_steal_pointer(&releases);
}

/* ---- a refusal */

/* a release that is not dated before its refusal counts for nothing, and was taken all the same: one of the two is lost */
static gboolean
check_later(const Adding *self, const CmVaultRefusal *refusal, GError **error)
{
	g_autoptr(GPtrArray) releases = list_releases(self->store, self->owner, error);

	for (guint i = 0; releases != NULL && i < releases->len; i++) {
		const CmVaultRelease *release = cm_vault_record_get_fields(
		    g_ptr_array_index(releases, i), CM_VAULT_KIND_RELEASE);

		if (!cm_vault_hash_is_same(release->request, refusal->request) ||
		    refusal->made_at > release->made_at)
			continue;
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("A release of it is dated later than this refusal: refuse again in "
				"a few minutes."),
			     NULL);
		return FALSE;
	}
	return releases != NULL;
}

static gboolean
add_refusal(Adding *self, const CmVaultRecord *record, GError **error)
{
	gint64 row = 0;

	if (self->standing.releases >= CM_STORE_CUSTODY_RELEASES) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Two custodians have released it: a refusal comes too late. Whose "
				"files they are now, “comodalctl custody list” says."),
			     NULL);
		return FALSE;
	}
	return check_later(self, cm_vault_record_get_fields(record, CM_VAULT_KIND_REFUSAL),
			   error) &&
	       keep(self, record, &row, error) &&
	       cm_database_run_integers(self->store->database,
					"UPDATE vault_request SET refused = 1 WHERE record = ?1",
					&self->asked, 1, error) &&
	       audit(self, "custody.refuse", self->asked, error);
}

/* ---- a release */

/* by whatever clock the custodian has dated it: the time that counts is what this program ran */
static gboolean
check_waited(const Adding *self, GError **error)
{
	gint64 left = self->standing.delay - self->standing.waited;
	g_autofree gchar *days = NULL;

	if (self->standing.refused)
		return cm_vault_class_set_offered_error(CM_VAULT_CLASS_REFUSED, "release", error);
	if (left <= 0)
		return TRUE;
	days = g_strdup_printf("%" G_GINT64_FORMAT, (left + DAY_SECONDS - 1) / DAY_SECONDS);
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("The delay is not over. Days that this service still has to run: {0}. "
			"Until then its owner can refuse."),
		     days, NULL);
	return FALSE;
}

/* whether the custodian has released it in other octets */
static gboolean
has_released(const GPtrArray *releases, const CmVaultRelease *release)
{
	for (guint i = 0; i < releases->len; i++) {
		const CmVaultRelease *known = cm_vault_record_get_fields(
		    g_ptr_array_index(releases, i), CM_VAULT_KIND_RELEASE);

		if (memcmp(known->request, release->request, CM_VAULT_HASH_BYTES) == 0 &&
		    memcmp(known->custodian, release->custodian, CM_VAULT_ID_BYTES) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
add_release(Adding *self, const CmVaultRecord *record, GError **error)
{
	const CmVaultRelease *release = cm_vault_record_get_fields(record, CM_VAULT_KIND_RELEASE);
	g_autoptr(GPtrArray) releases = NULL;
	gint64 row = 0;

	if (check_waited(self, error))
		releases = list_releases(self->store, self->owner, error);
	if (releases == NULL)
		return FALSE;
	if (has_released(releases, release)) {
		cm_error_set(error, CM_ERROR_EXISTS, N_("You have released it already."), NULL);
		return FALSE;
	}
	return keep(self, record, &row, error) &&
	       cm_database_run_integers(
		   self->store->database,
		   "UPDATE vault_request SET releases = releases + 1 WHERE record = ?1",
		   &self->asked, 1, error) &&
	       audit(self, "custody.release", self->asked, error);
}

/* ---- any of them */

static gboolean
add_checked(Adding *self, CmVaultKind kind, GBytes *octets, GError **error)
{
	g_autoptr(CmVaultRecord) read = NULL;
	g_autoptr(CmVaultRecord) record = NULL;
	gint64 row = 0;

	if (!cm_vault_class_set_offered_error(cm_vault_record_read(kind, octets, &read),
					      cm_vault_fields_get_layout(kind)->name, error) ||
	    !cm_vault_rows_find_record(self->store, cm_vault_record_get_hash(read), &row, error))
		return FALSE;
	if (row != 0)
		return TRUE;
	if (!find_owner(self, read, error))
		return FALSE;
	/* said in days, before the record's own date says it */
	if (kind == CM_VAULT_KIND_RELEASE && !check_waited(self, error))
		return FALSE;
	if (!check(self, kind, octets, &record, error))
		return FALSE;
	if (kind == CM_VAULT_KIND_REQUEST)
		return add_request(self, record, error);
	return kind == CM_VAULT_KIND_REFUSAL ? add_refusal(self, record, error)
					     : add_release(self, record, error);
}

gboolean
cm_store_custody_add(CmStore *store,
		     const CmStoreCustodyOrder *order,
		     GBytes *octets,
		     GError **error)
{
	const guint64 kinds = CM_VAULT_RECORD_OF(CM_VAULT_KIND_REQUEST) |
			      CM_VAULT_RECORD_OF(CM_VAULT_KIND_REFUSAL) |
			      CM_VAULT_RECORD_OF(CM_VAULT_KIND_RELEASE);
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmVaultPeople) people =
	    transaction != NULL ? cm_store_directory_need_people(store, error) : NULL;
	Adding self = {.store = store, .order = order, .people = people};
	CmVaultKind kind = CM_VAULT_KIND_LAST;
	gsize whole = 0;
	gsize length = 0;
	const guint8 *data = g_bytes_get_data(octets, &length);

	return people != NULL && cm_vault_rows_need_person(store, order->uid, self.person, error) &&
	       cm_store_custody_count(store, order->uptime, error) &&
	       cm_vault_class_set_offered_error(
		   cm_vault_record_frame(data, length, kinds, &kind, &whole), "record", error) &&
	       add_checked(&self, kind, octets, error) && cm_transaction_commit(transaction, error);
}

/* ---- reading */

GBytes *
cm_store_custody_get_records(CmStore *store, guint32 uid, GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	guint8 person[CM_VAULT_ID_BYTES];

	if (!cm_vault_rows_need_person(store, uid, person, error))
		return NULL;
	statement = cm_database_prepare(store->database,
					"SELECT octets FROM vault_record WHERE file IS NULL AND "
					"person IN (" CONCERNED ") ORDER BY id",
					error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, sizeof person, SQLITE_STATIC);
	return cm_vault_rows_gather(store, statement, error);
}

static GArray *
list_requests(CmStore *store, const guint8 *person, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmStoreCustodyRequest));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT hash, waited, delay, releases, refused FROM vault_request JOIN vault_record "
	    "ON vault_record.id = record WHERE person IN (" CONCERNED ") ORDER BY record",
	    error);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, person, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	while (row) {
		CmStoreCustodyRequest request = {0};

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		if (!row)
			break;
		memcpy(request.request, sqlite3_column_blob(statement, 0), CM_VAULT_HASH_BYTES);
		request.waited = sqlite3_column_int64(statement, 1);
		request.delay = sqlite3_column_int64(statement, 2);
		request.releases = (guint)sqlite3_column_int64(statement, 3);
		request.refused = sqlite3_column_int64(statement, 4) != 0;
		g_array_append_val(list, request);
	}
	return g_steal_pointer(&list);
}

GArray *
cm_store_custody_list_requests(CmStore *store, const CmStoreCustodyOrder *order, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(GArray) list = NULL;
	guint8 person[CM_VAULT_ID_BYTES];

	if (transaction == NULL || !cm_vault_rows_need_person(store, order->uid, person, error) ||
	    !cm_store_custody_count(store, order->uptime, error))
		return NULL;
	list = list_requests(store, person, error);
	return list != NULL && cm_transaction_commit(transaction, error) ? g_steal_pointer(&list)
									 : NULL;
}

/* ---- whether somebody's deposit may be named */

static gboolean
is_one_of(const GPtrArray *records, const guint8 *hash)
{
	for (guint i = 0; i < records->len; i++)
		if (memcmp(cm_vault_record_get_hash(g_ptr_array_index(records, i)), hash,
			   CM_VAULT_HASH_BYTES) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
append_request(CmStore *store, const guint8 *request, GByteArray *all, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT octets FROM vault_record WHERE hash = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_blob(statement, 1, request, CM_VAULT_HASH_BYTES, SQLITE_STATIC);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row)
		g_byte_array_append(all, sqlite3_column_blob(statement, 0),
				    (guint)sqlite3_column_bytes(statement, 0));
	return TRUE;
}

/* what was released of the deposits, each release behind its request */
static gboolean
append_releases(CmStore *store,
		const guint8 *person,
		const GPtrArray *deposits,
		GByteArray *all,
		GError **error)
{
	g_autoptr(GPtrArray) releases = list_releases(store, person, error);

	for (guint i = 0; releases != NULL && i < releases->len; i++) {
		const CmVaultRecord *record = g_ptr_array_index(releases, i);
		const CmVaultRelease *release =
		    cm_vault_record_get_fields(record, CM_VAULT_KIND_RELEASE);

		if (!is_one_of(deposits, release->deposit))
			continue;
		if (!append_request(store, release->request, all, error))
			return FALSE;
		cm_vault_rows_append(all, cm_vault_record_get_octets(record));
	}
	return releases != NULL;
}

static GBytes *
gather_deposits(CmStore *store, const guint8 *person, GError **error)
{
	g_autoptr(GPtrArray) deposits = cm_vault_escrow_rows_list_newest(store, person, error);
	g_autoptr(GByteArray) all = g_byte_array_new();

	for (guint i = 0; deposits != NULL && i < deposits->len; i++)
		cm_vault_rows_append(all,
				     cm_vault_record_get_octets(g_ptr_array_index(deposits, i)));
	return deposits != NULL && append_releases(store, person, deposits, all, error)
		   ? g_byte_array_free_to_bytes(g_steal_pointer(&all))
		   : NULL;
}

GBytes *
cm_store_custody_get_deposit(CmStore *store, guint32 uid, const guint8 *person, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GBytes) octets = NULL;
	guint8 own[CM_VAULT_ID_BYTES];

	if (transaction == NULL || !cm_vault_rows_need_person(store, uid, own, error))
		return NULL;
	octets = gather_deposits(store, person, error);
	return octets != NULL && cm_transaction_commit(transaction, error)
		   ? g_steal_pointer(&octets)
		   : NULL;
}
