// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-disclosure.h"

#include "daemon/store/consent-rows.h"
#include "daemon/store/disclosure-due.h"
#include "daemon/store/store-directory.h"
#include "daemon/store/store-retention.h"
#include "daemon/store/student-left.h"
#include "daemon/store/vault-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

static const gchar *const purposes[CM_DISCLOSURE_LAST] = {"access", "transfer"};

const gchar *
cm_disclosure_purpose_to_string(CmDisclosurePurpose purpose)
{
	return purposes[purpose];
}

gboolean
cm_disclosure_purpose_from_string(const gchar *text, CmDisclosurePurpose *out_purpose)
{
	for (guint i = 0; i < CM_DISCLOSURE_LAST; i++) {
		if (!g_str_equal(purposes[i], text))
			continue;
		*out_purpose = (CmDisclosurePurpose)i;
		return TRUE;
	}
	return FALSE;
}

void
cm_store_disclosure_free(CmStoreDisclosure *disclosure)
{
	if (disclosure == NULL)
		return;
	g_free(disclosure->basis);
	g_free(disclosure->outcome);
	g_free(disclosure);
}

static void
free_disclosure(gpointer disclosure)
{
	cm_store_disclosure_free(disclosure);
}

/* ---- time */

/* the rule that keeps the file of one responsible longest, of those seen before and this one */
static void
add_wait(const CmPolicySet *policies,
	 const gchar *profession,
	 const CmRule **most,
	 gboolean *waivable)
{
	gboolean also = FALSE;
	const CmRule *rule = cm_disclosure_due_find_wait(policies, profession, &also);

	if (rule == NULL || (*most != NULL && rule->number <= (*most)->number))
		return;
	*most = rule;
	*waivable = also;
}

static CmStatement *
prepare_epochs(CmStore *store, gint64 student, const guint8 *name, GError **error)
{
	CmStatement *statement =
	    cm_database_prepare(store->database,
				"SELECT record.octets FROM vault_case AS file "
				"JOIN vault_record AS record ON record.id = (SELECT max(id) FROM "
				"vault_record WHERE file = file.id AND kind = 'epoch') "
				"WHERE file.student = ?1 AND (?2 IS NULL OR file.name = ?2)",
				error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, student);
	if (name != NULL)
		sqlite3_bind_blob(statement, 2, name, CM_VAULT_ID_BYTES, SQLITE_STATIC);
	return statement;
}

static gboolean
dup_profession(CmStore *store, CmStatement *statement, gchar **out_profession, GError **error)
{
	g_autoptr(GBytes) octets = cm_vault_rows_get(statement, 0);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEpoch *epoch = NULL;

	if (!cm_vault_class_set_error(cm_vault_record_read(CM_VAULT_KIND_EPOCH, octets, &record),
				      "epoch", error))
		return FALSE;
	epoch = cm_vault_record_get_fields(record, CM_VAULT_KIND_EPOCH);
	return cm_store_retention_find_profession(store, epoch->responsible, out_profession, error);
}

/* of one file of the student; `name` NULL: whichever takes longest, without any all that the policies say */
static gboolean
find_wait(CmStore *store,
	  const CmPolicySet *policies,
	  gint64 student,
	  const guint8 *name,
	  const CmRule **out_rule,
	  gboolean *out_waivable,
	  GError **error)
{
	g_autoptr(CmStatement) statement = prepare_epochs(store, student, name, error);
	gboolean any = FALSE;
	gboolean row = statement != NULL;

	*out_rule = NULL;
	*out_waivable = FALSE;
	if (statement == NULL)
		return FALSE;
	while (row) {
		g_autofree gchar *profession = NULL;

		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
		if (!row)
			break;
		any = TRUE;
		if (!dup_profession(store, statement, &profession, error))
			return FALSE;
		add_wait(policies, profession, out_rule, out_waivable);
	}
	if (!any)
		add_wait(policies, NULL, out_rule, out_waivable);
	return TRUE;
}

static gboolean
judge(CmStore *store,
      const CmPolicySet *policies,
      const guint8 *name,
      CmStoreDisclosure *disclosure,
      GError **error)
{
	gboolean waivable = FALSE;

	if (disclosure->purpose == CM_DISCLOSURE_ACCESS) {
		disclosure->rule = cm_disclosure_due_find_delay(policies);
		disclosure->day = cm_disclosure_due_count_answer(
		    disclosure->rule, cm_disclosure_due_find_extension(policies),
		    disclosure->extended_at != 0, disclosure->since);
		return TRUE;
	}
	if (!find_wait(store, policies, disclosure->student, name, &disclosure->rule, &waivable,
		       error))
		return FALSE;
	disclosure->day = cm_disclosure_due_count_transfer(
	    disclosure->rule, disclosure->waived && waivable, disclosure->since);
	return TRUE;
}

/* ---- reading */

#define COLUMNS                                                                                    \
	"d.id, d.student, d.purpose, d.since, d.basis, d.waived, d.recorded_by, d.recorded_at, "   \
	"coalesce(d.extended_at, 0), d.outcome, coalesce(d.closed_at, 0)"

enum {
	COLUMN_NUMBER,
	COLUMN_STUDENT,
	COLUMN_PURPOSE,
	COLUMN_SINCE,
	COLUMN_BASIS,
	COLUMN_WAIVED,
	COLUMN_RECORDED_BY,
	COLUMN_RECORDED_AT,
	COLUMN_EXTENDED,
	COLUMN_OUTCOME,
	COLUMN_CLOSED
};

/* ?1 the caller's uid, ?2 whether they see all, ?3 who they are in the records, ?4 a number or null, ?5 whether closed ones too */
#define VISIBLE                                                                                    \
	"(?2 OR d.recorded_by = ?1 OR EXISTS (SELECT 1 FROM vault_case AS file JOIN vault_record " \
	"AS record ON record.file = file.id WHERE file.student = d.student AND record.kind = "     \
	"'envelope' AND record.person = ?3)) AND (?4 IS NULL OR d.id = ?4) AND (?5 OR "            \
	"d.outcome IS NULL)"

static CmStoreDisclosure *
read_disclosure(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreDisclosure) disclosure = g_new0(CmStoreDisclosure, 1);
	const CmSealPlace place = {"disclosure", "basis",
				   sqlite3_column_int64(statement, COLUMN_NUMBER)};

	disclosure->number = place.row;
	disclosure->student = sqlite3_column_int64(statement, COLUMN_STUDENT);
	(void)!cm_disclosure_purpose_from_string(
	    (const gchar *)sqlite3_column_text(statement, COLUMN_PURPOSE), &disclosure->purpose);
	disclosure->since = (CmDay)sqlite3_column_int64(statement, COLUMN_SINCE);
	disclosure->waived = sqlite3_column_int64(statement, COLUMN_WAIVED) != 0;
	disclosure->recorded_by = sqlite3_column_int64(statement, COLUMN_RECORDED_BY);
	disclosure->recorded_at = sqlite3_column_int64(statement, COLUMN_RECORDED_AT);
	disclosure->extended_at = sqlite3_column_int64(statement, COLUMN_EXTENDED);
	disclosure->outcome =
	    g_strdup((const gchar *)sqlite3_column_text(statement, COLUMN_OUTCOME));
	disclosure->closed_at = sqlite3_column_int64(statement, COLUMN_CLOSED);
	return cm_consent_rows_open(store, statement, COLUMN_BASIS, &place, &disclosure->basis,
				    error)
		   ? g_steal_pointer(&disclosure)
		   : NULL;
}

/* `statement`'s rows; each judged for the case `name`, NULL: for whichever file */
static GPtrArray *
read_all(CmStore *store,
	 CmStatement *statement,
	 const CmPolicySet *policies,
	 const guint8 *name,
	 GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_disclosure);
	gboolean row = TRUE;

	while (row) {
		CmStoreDisclosure *disclosure = NULL;

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		if (!row)
			break;
		disclosure = read_disclosure(store, statement, error);
		if (disclosure == NULL)
			return NULL;
		g_ptr_array_add(list, disclosure);
		if (!judge(store, policies, name, disclosure, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

static GPtrArray *
list_visible(CmStore *store,
	     const CmStoreDisclosureCaller *caller,
	     gint64 number,
	     gboolean closed,
	     GError **error)
{
	guint8 person[CM_VAULT_ID_BYTES];
	gboolean enrolled = FALSE;
	g_autoptr(CmStatement) statement = NULL;

	if (!cm_store_directory_find_person(store, caller->uid, person, &enrolled, error))
		return NULL;
	statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS " FROM disclosure AS d WHERE " VISIBLE " ORDER BY d.id", error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, caller->uid);
	sqlite3_bind_int(statement, 2, caller->all);
	if (enrolled)
		sqlite3_bind_blob(statement, 3, person, sizeof person, SQLITE_STATIC);
	if (number != 0)
		sqlite3_bind_int64(statement, 4, number);
	sqlite3_bind_int(statement, 5, closed);
	return read_all(store, statement, caller->policies, NULL, error);
}

GPtrArray *
cm_store_disclosure_list(CmStore *store, const CmStoreDisclosureCaller *caller, GError **error)
{
	return list_visible(store, caller, 0, TRUE, error);
}

GPtrArray *
cm_store_disclosure_list_open(CmStore *store, const CmStoreDisclosureCaller *caller, GError **error)
{
	return list_visible(store, caller, 0, FALSE, error);
}

/* what is not there and what is not the caller's read alike */
static CmStoreDisclosure *
take_open(CmStore *store, const CmStoreDisclosureCaller *caller, gint64 number, GError **error)
{
	g_autoptr(GPtrArray) list = list_visible(store, caller, number, TRUE, error);
	const CmStoreDisclosure *disclosure =
	    list != NULL && number != 0 && list->len > 0 ? list->pdata[0] : NULL;

	if (list == NULL)
		return NULL;
	if (disclosure == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such request."), NULL);
	else if (disclosure->outcome != NULL)
		cm_error_set(error, CM_ERROR_CONFLICT, N_("This request is closed already."), NULL);
	else
		return g_ptr_array_steal_index(list, 0);
	return NULL;
}

/* ---- writing */

static gboolean
is_one_line(const gchar *text)
{
	for (const gchar *p = text; *p != '\0'; p = g_utf8_next_char(p))
		if (g_unichar_iscntrl(g_utf8_get_char(p)))
			return FALSE;
	return *text != '\0' && strlen(text) <= CM_STORE_DISCLOSURE_BASIS_MAX;
}

static gboolean
check_new(CmStore *store,
	  const CmStoreDisclosureCaller *caller,
	  const CmStoreDisclosure *disclosure,
	  GError **error)
{
	CmDay today = CM_DAY_NONE;

	if (!cm_store_retention_find_day(store, caller->now, &today, error))
		return FALSE;
	if (disclosure->since == CM_DAY_NONE || disclosure->since > today)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The day on which it was asked for or signed can't be to come."),
			     NULL);
	else if (!is_one_line(disclosure->basis))
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Who asks, or who signed what, has to be said, in a line of 1000 "
				"bytes at most."),
			     NULL);
	else if (disclosure->waived && disclosure->purpose != CM_DISCLOSURE_TRANSFER)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Only the waiting time of a transfer can be renounced."), NULL);
	else
		return cm_consent_rows_check_student(store, disclosure->student, error);
	return FALSE;
}

static gboolean
audit(CmStore *store,
      const CmStoreDisclosureCaller *caller,
      const gchar *action,
      gint64 number,
      GError **error)
{
	const CmAuditEntry entry = {
	    .uid = caller->uid, .action = action, .subject = number, .at = caller->now};

	return cm_audit_append(store, &entry, error);
}

static gboolean
insert(CmStore *store,
       const CmStoreDisclosureCaller *caller,
       const CmStoreDisclosure *disclosure,
       GError **error)
{
	const CmSealPlace place = {"disclosure", "basis", disclosure->number};
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"INSERT INTO disclosure (id, student, purpose, since, basis, "
				"waived, recorded_by, recorded_at) "
				"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
				error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, disclosure->number);
	sqlite3_bind_int64(statement, 2, disclosure->student);
	sqlite3_bind_text(statement, 3, purposes[disclosure->purpose], -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, disclosure->since);
	cm_consent_rows_bind_sealed(store, statement, 5, &place, disclosure->basis);
	sqlite3_bind_int(statement, 6, disclosure->waived);
	sqlite3_bind_int64(statement, 7, caller->uid);
	sqlite3_bind_int64(statement, 8, caller->now);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_store_disclosure_record(CmStore *store,
			   const CmStoreDisclosureCaller *caller,
			   CmStoreDisclosure *disclosure,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	return transaction != NULL && check_new(store, caller, disclosure, error) &&
	       cm_store_next_counter(store, "row", &disclosure->number, error) &&
	       insert(store, caller, disclosure, error) &&
	       audit(store, caller, "disclosure.record", disclosure->number, error) &&
	       cm_transaction_commit(transaction, error);
}

static gboolean
check_extension(CmStore *store,
		const CmStoreDisclosureCaller *caller,
		const CmStoreDisclosure *disclosure,
		GError **error)
{
	CmDay today = CM_DAY_NONE;

	if (!cm_store_retention_find_day(store, caller->now, &today, error))
		return FALSE;
	if (disclosure->purpose != CM_DISCLOSURE_ACCESS || disclosure->day == CM_DAY_NONE ||
	    cm_disclosure_due_find_extension(caller->policies) == NULL)
		cm_error_set(error, CM_ERROR_POLICY, N_("No rule gives more time for this."), NULL);
	else if (disclosure->extended_at != 0)
		cm_error_set(error, CM_ERROR_CONFLICT, N_("It was given more time already."), NULL);
	else if (today > disclosure->day)
		cm_error_set(error, CM_ERROR_POLICY,
			     N_("Its time is over: it could be extended before."), NULL);
	else
		return TRUE;
	return FALSE;
}

gboolean
cm_store_disclosure_extend(CmStore *store,
			   const CmStoreDisclosureCaller *caller,
			   gint64 number,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreDisclosure) disclosure =
	    transaction != NULL ? take_open(store, caller, number, error) : NULL;
	gint64 values[] = {number, caller->uid, caller->now};

	return disclosure != NULL && check_extension(store, caller, disclosure, error) &&
	       cm_database_run_integers(
		   store->database,
		   "UPDATE disclosure SET extended_by = ?2, extended_at = ?3 WHERE id = ?1", values,
		   G_N_ELEMENTS(values), error) &&
	       audit(store, caller, "disclosure.extend", number, error) &&
	       cm_transaction_commit(transaction, error);
}

/* what an outcome is in the audit log; NULL: it is none */
static const gchar *
get_action(const gchar *outcome)
{
	static const gchar *const outcomes[] = {"answered", "withdrawn", "refused"};
	static const gchar *const actions[] = {"disclosure.answer", "disclosure.withdraw",
					       "disclosure.refuse"};

	for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++)
		if (g_str_equal(outcomes[i], outcome))
			return actions[i];
	return NULL;
}

static gboolean
update_outcome(CmStore *store,
	       const CmStoreDisclosureCaller *caller,
	       gint64 number,
	       const gchar *outcome,
	       GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE disclosure SET outcome = ?2, closed_by = ?3, closed_at = ?4 WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, outcome, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, caller->uid);
	sqlite3_bind_int64(statement, 4, caller->now);
	return cm_database_run(store->database, statement, error) &&
	       cm_student_left_forget(store, error);
}

gboolean
cm_store_disclosure_close(CmStore *store,
			  const CmStoreDisclosureCaller *caller,
			  gint64 number,
			  const gchar *outcome,
			  GError **error)
{
	const gchar *action = get_action(outcome);
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(CmStoreDisclosure) disclosure = NULL;

	if (action == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is none of the words for this."), outcome, NULL);
		return FALSE;
	}
	transaction = cm_transaction_new(store->database, error);
	disclosure = transaction != NULL ? take_open(store, caller, number, error) : NULL;
	return disclosure != NULL && update_outcome(store, caller, number, outcome, error) &&
	       audit(store, caller, action, number, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- for an export */

static GPtrArray *
list_open(CmStore *store,
	  const CmStoreDisclosureCaller *caller,
	  const guint8 *name,
	  CmDisclosurePurpose purpose,
	  gint64 number,
	  GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	guint8 person[CM_VAULT_ID_BYTES];
	gint64 row = 0;
	gint64 student = 0;

	if (!cm_vault_rows_need_person(store, caller->uid, person, error) ||
	    !cm_vault_rows_need_case(store, person, name, &row, error) ||
	    !cm_vault_rows_find_case(store, name, &row, &student, error))
		return NULL;
	statement = cm_database_prepare(store->database,
					"SELECT " COLUMNS " FROM disclosure AS d WHERE d.outcome "
					"IS NULL AND d.student = ?1 AND d.purpose = ?2 AND "
					"(?3 = 0 OR d.id = ?3) ORDER BY d.id",
					error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, student);
	sqlite3_bind_text(statement, 2, purposes[purpose], -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, number);
	return read_all(store, statement, caller->policies, name, error);
}

static gboolean
check_wait(CmStore *store,
	   const CmStoreDisclosureCaller *caller,
	   const CmStoreDisclosure *disclosure,
	   GError **error)
{
	gchar day[CM_DAY_TEXT_SIZE];
	CmDay today = CM_DAY_NONE;

	if (!cm_store_retention_find_day(store, caller->now, &today, error))
		return FALSE;
	if (disclosure->purpose != CM_DISCLOSURE_TRANSFER || disclosure->day == CM_DAY_NONE ||
	    today >= disclosure->day)
		return TRUE;
	cm_error_set(error, CM_ERROR_POLICY,
		     N_("The authorization can still be withdrawn: it may be sent from {0} on "
			"({1}, {2})."),
		     cm_day_format(disclosure->day, day), disclosure->rule->article,
		     disclosure->rule->source, NULL);
	return FALSE;
}

/* nobody recorded one */
static gboolean
answer_none(CmDisclosurePurpose purpose, gint64 number, GError **error)
{
	if (number != 0)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such request."), NULL);
	else if (purpose == CM_DISCLOSURE_TRANSFER)
		cm_error_set(error, CM_ERROR_POLICY,
			     N_("No authorization to send this file elsewhere is recorded: see "
				"“export ask”."),
			     NULL);
	else
		return TRUE;
	return FALSE;
}

gboolean
cm_store_disclosure_find(CmStore *store,
			 const CmStoreDisclosureCaller *caller,
			 const guint8 *name,
			 CmDisclosurePurpose purpose,
			 gint64 number,
			 CmStoreDisclosure **out_disclosure,
			 GError **error)
{
	g_autoptr(GPtrArray) list = list_open(store, caller, name, purpose, number, error);

	*out_disclosure = NULL;
	if (list == NULL)
		return FALSE;
	if (list->len == 0)
		return answer_none(purpose, number, error);
	if (list->len > 1) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Several requests are open: give the number of one, as “export "
				"requests” has it."),
			     NULL);
		return FALSE;
	}
	if (!check_wait(store, caller, list->pdata[0], error))
		return FALSE;
	*out_disclosure = g_ptr_array_steal_index(list, 0);
	return TRUE;
}

/* ---- the end */

#define DESTROYED "(SELECT file FROM vault_destruction WHERE destroyed_at IS NOT NULL)"

gboolean
cm_store_disclosure_forget(CmStore *store, guint *out_count, GError **error)
{
	if (!cm_database_run_integers(
		store->database,
		"DELETE FROM disclosure WHERE outcome IS NOT NULL AND student IN (SELECT student "
		"FROM vault_case WHERE id IN " DESTROYED ") AND student NOT IN (SELECT student "
		"FROM vault_case WHERE id NOT IN " DESTROYED ")",
		NULL, 0, error))
		return FALSE;
	*out_count = cm_database_get_changes(store->database);
	return TRUE;
}
