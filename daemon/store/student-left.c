// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/student-left.h"

#include "daemon/store/pack.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/vault-rows.h"

#include <sodium.h>
#include <string.h>

/* whether there is something of the student `number` (SQL) that would have to follow */
#define HAS_SOMETHING(number)                                                                      \
	"(EXISTS (SELECT 1 FROM vault_case AS file WHERE file.student = " number                   \
	" AND " STANDS("file.id") ") OR EXISTS (SELECT 1 FROM disclosure AS asked WHERE "          \
				  "asked.student = " number " AND asked.outcome IS NULL))"
#define STANDS(file)                                                                               \
	"NOT EXISTS (SELECT 1 FROM vault_destruction AS gone WHERE gone.file = " file              \
	" AND gone.destroyed_at IS NOT NULL)"

/* By what somebody is known again: identifier and birth date. */
static void
make_mark(CmStore *store, const gchar *id, const gchar *birth, guint8 out_mark[CM_SEAL_HASH_BYTES])
{
	g_autoptr(GByteArray) both = g_byte_array_new();

	g_byte_array_append(both, (const guint8 *)id, (guint)strlen(id) + 1);
	g_byte_array_append(both, (const guint8 *)birth, (guint)strlen(birth));
	cm_seal_hash(store->seal, CM_SEAL_HASH_ID, "student-left", both->data, both->len, out_mark);
	sodium_memzero(both->data, both->len);
}

/* ---- leaving */

static gboolean
read_mark(CmStore *store,
	  CmStatement *statement,
	  gint64 number,
	  guint8 out_mark[CM_SEAL_HASH_BYTES],
	  GError **error)
{
	const CmSealPlace place = {.table = "student", .column = "identity", .row = number};
	g_autoptr(CmCaseload) scratch = cm_caseload_new();
	g_autoptr(GByteArray) plain = g_byte_array_new();
	const gchar *texts[CM_PACK_LAST] = {NULL};
	gboolean opened = cm_seal_open(store->seal, &place, sqlite3_column_blob(statement, 0),
				       (gsize)sqlite3_column_bytes(statement, 0),
				       CM_STORE_IDENTITY_BLOCK, plain, error) &&
			  cm_pack_read_identity(scratch, plain->data, plain->len, texts, error);

	if (plain->len > 0)
		sodium_memzero(plain->data, plain->len);
	if (opened)
		make_mark(store, texts[CM_PACK_ID] != NULL ? texts[CM_PACK_ID] : "",
			  texts[CM_PACK_BIRTH_DATE] != NULL ? texts[CM_PACK_BIRTH_DATE] : "",
			  out_mark);
	return opened;
}

static gboolean
insert_mark(CmStore *store, gint64 number, const guint8 *mark, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "INSERT OR REPLACE INTO student_left (student, mark) VALUES (?1, ?2)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_blob(statement, 2, mark, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_student_left_keep(CmStore *store, gint64 number, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT identity FROM student WHERE id = ?1 AND " HAS_SOMETHING("?1"),
	    error);
	gboolean row = FALSE;
	guint8 mark[CM_SEAL_HASH_BYTES];

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	return !row || (read_mark(store, statement, number, mark, error) &&
			insert_mark(store, number, mark, error));
}

/* ---- coming back */

/* numbers that the student had. (element-type gint64) */
static GArray *
list_numbers(CmStore *store, const guint8 *mark, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT student FROM student_left WHERE mark = ?1", error);
	gboolean row = TRUE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_blob(statement, 1, mark, CM_SEAL_HASH_BYTES, SQLITE_STATIC);
	while (row) {
		gint64 number = 0;

		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
		number = row ? sqlite3_column_int64(statement, 0) : 0;
		if (row)
			g_array_append_val(numbers, number);
	}
	return g_steal_pointer(&numbers);
}

/* as when somebody ends one (store-retention.c), said of a file: the first of that number */
static gboolean
audit_release(CmStore *store, gint64 before, gint64 actor, gint64 now, GError **error)
{
	CmAuditEntry entry = {.uid = actor, .action = "retention.release", .at = now};
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT min(id) FROM vault_case WHERE student = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, before);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	entry.subject = row ? sqlite3_column_int64(statement, 0) : 0;
	return cm_audit_append(store, &entry, error);
}

/* of two that stand one is enough: the one of the number that nobody has any more ends */
static gboolean
end_second_hold(CmStore *store,
		gint64 before,
		gint64 number,
		gint64 actor,
		gint64 now,
		GError **error)
{
	const gint64 values[] = {before, number, actor, now};

	return cm_database_run_integers(
		   store->database,
		   "UPDATE vault_hold SET released_by = ?3, released_at = ?4 "
		   "WHERE student = ?1 AND released_at IS NULL AND EXISTS (SELECT 1 FROM "
		   "vault_hold AS own WHERE own.student = ?2 AND own.released_at IS NULL)",
		   values, G_N_ELEMENTS(values), error) &&
	       (cm_database_get_changes(store->database) == 0 ||
		audit_release(store, before, actor, now, error));
}

static gboolean
follow(CmStore *store, gint64 before, gint64 number, gint64 actor, gint64 now, GError **error)
{
	static const gchar *const updates[] = {
	    /* what was destroyed too: by it a request that is closed later is known to be about nothing any more */
	    "UPDATE vault_case SET student = ?2 WHERE student = ?1",
	    "UPDATE vault_hold SET student = ?2 WHERE student = ?1",
	    "UPDATE disclosure SET student = ?2 WHERE student = ?1",
	};
	const gint64 values[] = {before, number};
	const CmAuditEntry entry = {
	    .uid = actor, .action = "student.return", .subject = number, .at = now};

	if (!end_second_hold(store, before, number, actor, now, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(updates); i++)
		if (!cm_database_run_integers(store->database, updates[i], values,
					      G_N_ELEMENTS(values), error))
			return FALSE;
	return cm_database_run_integers(store->database,
					"DELETE FROM student_left WHERE student = ?1", values, 1,
					error) &&
	       cm_audit_append(store, &entry, error);
}

gboolean
cm_student_left_return(CmStore *store,
		       const CmStudent *student,
		       gint64 number,
		       gint64 actor,
		       gint64 now,
		       GError **error)
{
	gchar birth[CM_DAY_TEXT_SIZE];
	guint8 mark[CM_SEAL_HASH_BYTES];
	g_autoptr(GArray) numbers = NULL;

	make_mark(store, student->id, cm_day_format(student->birth_date, birth), mark);
	numbers = list_numbers(store, mark, error);
	for (guint i = 0; numbers != NULL && i < numbers->len; i++)
		if (!follow(store, g_array_index(numbers, gint64, i), number, actor, now, error))
			return FALSE;
	return numbers != NULL;
}

gboolean
cm_student_left_forget(CmStore *store, GError **error)
{
	return cm_database_execute(
	    store->database,
	    "DELETE FROM student_left WHERE NOT " HAS_SOMETHING("student_left.student"), error);
}
