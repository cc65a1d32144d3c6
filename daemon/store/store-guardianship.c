// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-guardianship.h"

#include "daemon/store/booking-notices.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/letter-rows.h"
#include "daemon/store/store-audit.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static gboolean
read_rows(CmStore *store, gint64 student, GArray *rows, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT contact, household, authority FROM guardianship "
				"WHERE student = ?1 ORDER BY household, contact",
				error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	while (row) {
		CmGuardianship guardianship = {.contact = sqlite3_column_int64(statement, 0),
					       .household = (guint)sqlite3_column_int(statement, 1),
					       .authority = sqlite3_column_int(statement, 2) != 0};

		g_array_append_val(rows, guardianship);
		if (!cm_database_step(store->database, statement, &row, error))
			return FALSE;
	}
	return TRUE;
}

GArray *
cm_store_guardianship_list(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(CmGuardianship));
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	if (transaction == NULL || !cm_consent_rows_check_student(store, student, error) ||
	    !read_rows(store, student, rows, error))
		return NULL;
	return g_steal_pointer(&rows);
}

GArray *
cm_store_guardianship_list_of_professional(CmStore *store, gint64 professional, GError **error)
{
	return cm_database_list_integers(
	    store->database,
	    "SELECT DISTINCT guardianship.contact FROM followup JOIN guardianship USING (student) "
	    "WHERE followup.professional = ?1",
	    &professional, 1, error);
}

GArray *
cm_store_guardianship_list_of_contact(CmStore *store, gint64 contact, GError **error)
{
	return cm_database_list_integers(
	    store->database,
	    "SELECT student FROM guardianship WHERE contact = ?1 AND authority = 1", &contact, 1,
	    error);
}

static const CmGuardianship *
find_row(const GArray *rows, gint64 contact)
{
	for (guint i = 0; i < rows->len; i++) {
		if (g_array_index(rows, CmGuardianship, i).contact == contact)
			return &g_array_index(rows, CmGuardianship, i);
	}
	return NULL;
}

static gboolean
audit(CmStore *store,
      gint64 actor,
      const gchar *action,
      gint64 student,
      const CmGuardianship *before,
      const CmGuardianship *after,
      GError **error)
{
	const CmGuardianship *said = after != NULL ? after : before;
	g_autofree gchar *detail =
	    g_strdup_printf("{\"contact\":%" G_GINT64_FORMAT ",\"household\":%u,\"authority\":%s}",
			    said->contact, said->household, said->authority ? "true" : "false");
	CmAuditEntry entry = {.uid = actor,
			      .action = action,
			      .subject = student,
			      .version_before = before != NULL,
			      .version_after = after != NULL,
			      .detail = detail};

	return cm_audit_append(store, &entry, error);
}

/* a parent, a tutor: not a teacher */
static gboolean
check_contact(CmStore *store, gint64 contact, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT kind = 'guardian' FROM contact WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, contact);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such contact."), NULL);
		return FALSE;
	}
	if (sqlite3_column_int(statement, 0) == 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A teacher does not decide for a student."), NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
check_limits(const GArray *rows, const CmGuardianship *guardianship, GError **error)
{
	if (guardianship->household < 1 || guardianship->household > CM_STORE_HOUSEHOLDS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A household is a number from 1 to 9."), NULL);
		return FALSE;
	}
	if (rows->len >= CM_STORE_GUARDIANS_MAX && find_row(rows, guardianship->contact) == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A student has at most 16 people who may decide for them."), NULL);
		return FALSE;
	}
	return TRUE;
}

/* Who is told for the student is another: what stands is looked at anew for all, and what waits for this contact is made anew, so that nobody
 * gets a letter that is not theirs any more. */
static gboolean
retell(CmStore *store, gint64 student, gint64 contact, GError **error)
{
	const CmStoreRecipient who = {.kind = CM_RESOURCE_CONTACT, .person = contact};

	return cm_letter_rows_void_waiting(store, &who, error) &&
	       cm_booking_notices_retell(store, student, store->clock(), error);
}

gboolean
cm_store_guardianship_set(CmStore *store,
			  gint64 student,
			  const CmGuardianship *guardianship,
			  gint64 actor,
			  GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(CmGuardianship));
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 values[] = {student, guardianship->contact, guardianship->household,
			   guardianship->authority ? 1 : 0};

	if (transaction == NULL || !cm_consent_rows_check_student(store, student, error) ||
	    !check_contact(store, guardianship->contact, error) ||
	    !read_rows(store, student, rows, error) || !check_limits(rows, guardianship, error))
		return FALSE;
	return cm_database_run_integers(
		   store->database,
		   "INSERT INTO guardianship (student, contact, household, authority) "
		   "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (student, contact) DO UPDATE "
		   "SET household = excluded.household, authority = excluded.authority",
		   values, G_N_ELEMENTS(values), error) &&
	       audit(store, actor, "guardian.set", student, find_row(rows, guardianship->contact),
		     guardianship, error) &&
	       retell(store, student, guardianship->contact, error) &&
	       cm_transaction_commit(transaction, error);
}

gboolean
cm_store_guardianship_remove(CmStore *store,
			     gint64 student,
			     gint64 contact,
			     gint64 actor,
			     GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(CmGuardianship));
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 values[] = {student, contact};
	const CmGuardianship *before = NULL;

	if (transaction == NULL || !read_rows(store, student, rows, error))
		return FALSE;
	before = find_row(rows, contact);
	if (before == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("This person does not decide for this student."), NULL);
		return FALSE;
	}
	return cm_database_run_integers(
		   store->database, "DELETE FROM guardianship WHERE student = ?1 AND contact = ?2",
		   values, G_N_ELEMENTS(values), error) &&
	       audit(store, actor, "guardian.remove", student, before, NULL, error) &&
	       retell(store, student, contact, error) && cm_transaction_commit(transaction, error);
}
