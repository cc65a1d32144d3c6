// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-consent.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/consent-effects.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

void
cm_store_consent_free(CmStoreConsent *consent)
{
	if (consent == NULL)
		return;
	g_clear_pointer(&consent->strings, g_string_chunk_free);
	g_strfreev(consent->topics);
	g_free(consent);
}

CmStoreConsentOutcome *
cm_store_consent_new_outcome(void)
{
	CmStoreConsentOutcome *outcome = g_new0(CmStoreConsentOutcome, 1);

	outcome->cancelled = g_array_new(FALSE, FALSE, sizeof(gint64));
	outcome->versions = g_array_new(FALSE, FALSE, sizeof(gint64));
	outcome->flagged = g_array_new(FALSE, FALSE, sizeof(gint64));
	outcome->warnings = g_ptr_array_new_with_free_func(g_free);
	return outcome;
}

void
cm_store_consent_free_outcome(CmStoreConsentOutcome *outcome)
{
	if (outcome == NULL)
		return;
	g_array_unref(outcome->cancelled);
	g_array_unref(outcome->versions);
	g_array_unref(outcome->flagged);
	g_ptr_array_unref(outcome->warnings);
	g_free(outcome);
}

/* ---- reading */

/* the only file of a table, taken out of it; in the caller's transaction */
static CmConsentFile *
load_file(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(GHashTable) files = NULL;
	gpointer key = NULL;
	gpointer file = NULL;

	if (!cm_consent_rows_check_student(store, student, error))
		return NULL;
	files = cm_consent_rows_load(store, student, error);
	if (files == NULL)
		return NULL;
	if (!g_hash_table_steal_extended(files, &student, &key, &file)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such student."), NULL);
		return NULL;
	}
	g_free(key);
	return file;
}

CmConsentFile *
cm_store_consent_load(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	return transaction != NULL ? load_file(store, student, error) : NULL;
}

GHashTable *
cm_store_consent_load_all(CmStore *store, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	return transaction != NULL ? cm_consent_rows_load(store, 0, error) : NULL;
}

GPtrArray *
cm_store_consent_list(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_consent_free);
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(CmStatement) statement = NULL;
	gboolean row = FALSE;

	if (transaction == NULL || !cm_consent_rows_check_student(store, student, error))
		return NULL;
	statement = cm_database_prepare(store->database,
					"SELECT " CM_CONSENT_ROWS_COLUMNS
					" FROM consent WHERE student = ?1 ORDER BY id",
					error);
	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreConsent *consent = cm_consent_rows_read(store, statement, TRUE, error);

		if (consent == NULL)
			return NULL;
		g_ptr_array_add(list, consent);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

static CmStoreConsent *
read_one(CmStore *store, gint64 number, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT " CM_CONSENT_ROWS_COLUMNS " FROM consent WHERE id = ?1",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	if (!row) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such consent."), NULL);
		return NULL;
	}
	return cm_consent_rows_read(store, statement, TRUE, error);
}

CmStoreConsent *
cm_store_consent_get(CmStore *store, gint64 number, GError **error)
{
	return read_one(store, number, error);
}

gchar **
cm_store_consent_list_professions(CmStore *store,
				  gint64 student,
				  gint64 professional,
				  GError **error)
{
	g_autoptr(GArray) followers = cm_consent_rows_list_followers(store, student, error);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	if (followers == NULL)
		return NULL;
	for (guint i = 0; i < followers->len; i++) {
		const gchar *profession = g_array_index(followers, CmConsentFollower, i).profession;

		if (g_hash_table_add(seen, (gpointer)profession))
			g_strv_builder_add(builder, profession);
	}
	return g_strv_builder_end(builder);
}

GTimeZone *
cm_store_consent_get_zone(CmStore *store, GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);

	return zone != NULL ? g_time_zone_ref(zone) : NULL;
}

/* ---- what a change leaves behind */

static void
add_numbers(JsonBuilder *builder, const gchar *name, const GArray *numbers)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (guint i = 0; i < numbers->len; i++)
		json_builder_add_int_value(builder, g_array_index(numbers, gint64, i));
	json_builder_end_array(builder);
}

static void
add_text(JsonBuilder *builder, const gchar *name, const gchar *text)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, text);
}

static gchar *
end_json(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = NULL;

	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}

static gboolean
audit(CmStore *store,
      const CmStoreConsentCall *call,
      const gchar *action,
      gint64 student,
      const CmConsentStatement *said,
      const CmStoreConsentOutcome *outcome,
      GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree gchar *detail = NULL;
	CmAuditEntry entry = {.uid = call->actor,
			      .action = action,
			      .subject = said->number,
			      .version_before = outcome->version - 1,
			      .version_after = outcome->version,
			      .at = call->now};

	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "student");
	json_builder_add_int_value(builder, student);
	json_builder_set_member_name(builder, "by");
	json_builder_add_int_value(builder, said->contact);
	add_text(builder, "kind", cm_consent_kind_to_string(said->kind));
	add_text(builder, "answer", cm_consent_answer_to_string(said->answer));
	add_text(builder, "form", cm_consent_form_to_string(said->form));
	add_numbers(builder, "cancelled", outcome->cancelled);
	add_numbers(builder, "flagged", outcome->flagged);
	detail = end_json(builder);
	entry.detail = detail;
	return cm_audit_append(store, &entry, error);
}

/* whoever follows the student, and the one who spoke: no other household */
static gboolean
notify(CmStore *store, gint64 student, const CmConsentStatement *said, GError **error)
{
	g_autoptr(GArray) followers = cm_consent_rows_list_followers(store, student, error);

	if (followers == NULL)
		return FALSE;
	for (guint i = 0; i < followers->len; i++) {
		const CmConsentFollower *follower = &g_array_index(followers, CmConsentFollower, i);

		if (said->profession != NULL &&
		    !g_str_equal(said->profession, follower->profession))
			continue;
		if (!cm_notice_queue(store, CM_NOTICE_CONSENT_CHANGED, CM_RESOURCE_PROFESSIONAL,
				     follower->professional, said->number, error))
			return FALSE;
	}
	return cm_notice_queue(
	    store, CM_NOTICE_CONSENT_CHANGED,
	    said->contact == CM_CONSENT_STUDENT ? CM_RESOURCE_STUDENT : CM_RESOURCE_CONTACT,
	    said->contact == CM_CONSENT_STUDENT ? student : said->contact, said->number, error);
}

/* what follows from a statement that has been written */
static gboolean
finish(CmStore *store,
       const CmStoreConsentCall *call,
       const gchar *action,
       const CmConsentFile *before,
       const CmConsentStatement *said,
       CmStoreConsentOutcome *outcome,
       GError **error)
{
	g_autoptr(CmConsentFile) after = load_file(store, before->student, error);

	return after != NULL &&
	       cm_consent_effects_apply(store, before, after, call, outcome, error) &&
	       audit(store, call, action, before->student, said, outcome, error) &&
	       notify(store, before->student, said, error);
}

/* ---- recording */

/* against the policy of each profession that it is for */
static gboolean
check_record(CmStore *store,
	     const CmConsentFile *file,
	     const CmConsentRecord *record,
	     const CmStoreConsentCall *call,
	     CmStoreConsentOutcome *outcome,
	     GError **error)
{
	g_auto(GStrv) followers = cm_store_consent_list_professions(store, file->student, 0, error);
	const gchar *one[] = {record->statement.profession, NULL};
	const gchar *const *professions = (const gchar *const *)followers;
	guint checked = 0;

	if (followers == NULL)
		return FALSE;
	if (record->statement.profession != NULL)
		professions = one;
	for (guint i = 0; professions[i] != NULL; i++) {
		const CmPolicy *policy = cm_policy_set_lookup(call->policies, professions[i]);

		if (policy == NULL)
			continue;
		if (!cm_consent_record_check(record, file, policy, call->today, outcome->warnings,
					     error))
			return FALSE;
		checked++;
	}
	if (checked == 0 && record->statement.profession != NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no policy for “{0}”."),
			     record->statement.profession, NULL);
		return FALSE;
	}
	/* nobody follows them yet: what is common to all professions */
	if (checked > 0 || cm_policy_set_get_count(call->policies) == 0)
		return TRUE;
	return cm_consent_record_check(record, file, cm_policy_set_get(call->policies, 0),
				       call->today, outcome->warnings, error);
}

static gchar *
format_detail(const CmConsentRecord *record)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	const gchar *const *topics = record->topics;

	json_builder_begin_object(builder);
	if (record->statement.purpose != NULL)
		add_text(builder, "purpose", record->statement.purpose);
	if (record->note != NULL)
		add_text(builder, "note", record->note);
	json_builder_set_member_name(builder, "topics");
	json_builder_begin_array(builder);
	for (guint i = 0; topics != NULL && topics[i] != NULL; i++)
		json_builder_add_string_value(builder, topics[i]);
	json_builder_end_array(builder);
	return end_json(builder);
}

static void
bind_day(CmStatement *statement, gint parameter, CmDay day)
{
	if (day == CM_DAY_NONE)
		sqlite3_bind_null(statement, parameter);
	else
		sqlite3_bind_int64(statement, parameter, day);
}

static const gchar *
get_mode_word(guint8 modes)
{
	if (modes == CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL))
		return cm_mode_to_string(CM_MODE_VIDEO_SCHOOL);
	return modes == CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE) ? cm_mode_to_string(CM_MODE_VIDEO_REMOTE)
							   : NULL;
}

static gboolean
write_statement(CmStore *store,
		gint64 student,
		const CmConsentRecord *record,
		const CmStoreConsentCall *call,
		gint64 number,
		GError **error)
{
	const CmConsentStatement *said = &record->statement;
	CmSealPlace place = {"consent", "detail", number};
	g_autofree gchar *detail = format_detail(record);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO consent (id, student, kind, mode, profession, answer, contact, form, "
	    "detail, given_on, until, version, recorded_by, recorded_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), ?8, ?9, ?10, ?11, 1, ?12, ?13)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, student);
	sqlite3_bind_text(statement, 3, cm_consent_kind_to_string(said->kind), -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, get_mode_word(said->modes), -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, said->profession, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 6, cm_consent_answer_to_string(said->answer), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 7, said->contact);
	sqlite3_bind_text(statement, 8, cm_consent_form_to_string(said->form), -1, SQLITE_STATIC);
	cm_consent_rows_bind_sealed(store, statement, 9, &place, detail);
	sqlite3_bind_int64(statement, 10, said->given_on);
	bind_day(statement, 11, said->until);
	sqlite3_bind_int64(statement, 12, call->actor);
	sqlite3_bind_int64(statement, 13, call->now);
	return cm_database_run(store->database, statement, error);
}

static const gchar *
get_action(CmConsentAnswer answer)
{
	return answer == CM_CONSENT_ANSWER_OPPOSED ? "consent.oppose" : "consent.give";
}

gboolean
cm_store_consent_record(CmStore *store,
			gint64 student,
			const CmConsentRecord *record,
			const CmStoreConsentCall *call,
			CmStoreConsentOutcome *outcome,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmConsentFile) before = NULL;
	CmConsentStatement said = record->statement;

	if (transaction == NULL)
		return FALSE;
	before = load_file(store, student, error);
	if (before == NULL || !check_record(store, before, record, call, outcome, error))
		return FALSE;
	if (before->statements->len >= CM_STORE_CONSENTS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("There are too many consents on record for this student."), NULL);
		return FALSE;
	}
	if (!cm_store_next_counter(store, "row", &said.number, error) ||
	    !write_statement(store, student, record, call, said.number, error))
		return FALSE;
	outcome->number = said.number;
	outcome->version = 1;
	return finish(store, call, get_action(said.answer), before, &said, outcome, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- taking back */

static gboolean
check_withdrawal(const CmStoreConsent *consent,
		 gint64 expected,
		 CmDay from,
		 const CmStoreConsentCall *call,
		 GError **error)
{
	const CmConsentStatement *said = &consent->record.statement;
	gchar text[CM_DAY_TEXT_SIZE];

	if (said->withdrawn_on != CM_DAY_NONE) {
		cm_error_set(error, CM_ERROR_CONFLICT, N_("It was taken back on {0} already."),
			     cm_day_format(said->withdrawn_on, text), NULL);
		return FALSE;
	}
	if (consent->version != expected) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("It has changed since you looked; look again."), NULL);
		return FALSE;
	}
	if (from > call->today || from < said->given_on) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("It is taken back on a day from the one it was said to today."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_store_consent_withdraw(CmStore *store,
			  gint64 number,
			  gint64 expected,
			  CmDay from,
			  const CmStoreConsentCall *call,
			  CmStoreConsentOutcome *outcome,
			  GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreConsent) consent = NULL;
	g_autoptr(CmConsentFile) before = NULL;
	gint64 values[] = {number, from, expected + 1};

	if (transaction == NULL)
		return FALSE;
	consent = read_one(store, number, error);
	if (consent == NULL || !check_withdrawal(consent, expected, from, call, error))
		return FALSE;
	before = load_file(store, consent->student, error);
	if (before == NULL ||
	    !cm_database_run_integers(store->database,
				      "UPDATE consent SET withdrawn_on = ?2, version = ?3 "
				      "WHERE id = ?1",
				      values, G_N_ELEMENTS(values), error))
		return FALSE;
	outcome->number = number;
	outcome->version = expected + 1;
	return finish(store, call, "consent.withdraw", before, &consent->record.statement, outcome,
		      error) &&
	       cm_transaction_commit(transaction, error);
}
