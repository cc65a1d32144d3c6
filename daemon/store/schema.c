// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/schema.h"

#include "daemon/store/store-resources.h" /* nocheck:include-root: generated */
#include "daemon/store/store.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const CmSchemaStep steps_of_this_program[CM_STORE_SCHEMA_VERSION] = {
    {.resource = "/org/comodal/store/schema-1.sql"},
    {.resource = "/org/comodal/store/schema-2.sql"},
    {.resource = "/org/comodal/store/schema-3.sql"},
    {.resource = "/org/comodal/store/schema-4.sql"},
};

const CmSchemaStep *
cm_schema_get_steps(void)
{
	return steps_of_this_program;
}

gboolean
cm_schema_get_version(CmDatabase *database, guint newest, guint *out_version, GError **error)
{
	g_autofree gchar *found = NULL;
	g_autofree gchar *known = NULL;
	gint64 application = 0;
	gint64 version = 0;
	gint64 tables = 0;

	if (!cm_database_query_integer(database, "PRAGMA application_id", &application, error) ||
	    !cm_database_query_integer(database, "PRAGMA user_version", &version, error) ||
	    !cm_database_query_integer(database, "SELECT count(*) FROM sqlite_schema", &tables,
				       error))
		return FALSE;
	if (application == 0 && version == 0 && tables == 0) {
		*out_version = 0;
		return TRUE;
	}
	if (application != CM_SCHEMA_APPLICATION_ID || version < 1) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The file is not a database of comodal. It was left as it is."),
			     NULL);
		return FALSE;
	}
	if (version > newest) {
		found = g_strdup_printf("%" G_GINT64_FORMAT, version);
		known = g_strdup_printf("%u", newest);
		cm_error_set(
		    error, CM_ERROR_NOT_SUPPORTED,
		    N_("The database is of a newer comodal (schema {0}; this program knows "
		       "{1}): update comodal. Nothing was changed."),
		    found, known, NULL);
		return FALSE;
	}
	*out_version = (guint)version;
	return TRUE;
}

static gboolean
step_execute(CmDatabase *database, const CmSchemaStep *step, GError **error)
{
	g_autoptr(GBytes) sql = NULL;

	if (step->resource == NULL)
		return cm_database_execute(database, step->sql, error);
	sql = g_resource_lookup_data(cm_store_get_resource(), step->resource,
				     G_RESOURCE_LOOKUP_FLAGS_NONE, error);
	if (sql == NULL)
		return FALSE;
	/* the data of a resource ends with a NUL that is not counted */
	return cm_database_execute(database, g_bytes_get_data(sql, NULL), error);
}

gboolean
cm_schema_create(CmDatabase *database, GError **error)
{
	for (guint i = 0; i < CM_STORE_SCHEMA_VERSION; i++) {
		if (!step_execute(database, &steps_of_this_program[i], error))
			return FALSE;
	}
	return TRUE;
}

/* the first row that isn't "ok" of a check that answers in text */
static gboolean
schema_run_check(CmDatabase *database, const gchar *sql, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(database, sql, error);
	const gchar *text = NULL;
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(database, statement, &row, error))
		return FALSE;
	text = row ? (const gchar *)sqlite3_column_text(statement, 0) : "ok";
	if (g_strcmp0(text, "ok") != 0) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged ({0}). It was left as it is: restore a "
				"copy, or have it examined."),
			     text != NULL ? text : "", NULL);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_schema_verify(CmDatabase *database, GError **error)
{
	return schema_run_check(database, "PRAGMA integrity_check(1)", error) &&
	       schema_run_check(database, "PRAGMA foreign_key_check", error);
}

static void
set_copy_error(GError **error, const gchar *path, const gchar *reason)
{
	cm_error_set(error, CM_ERROR_STORE,
		     N_("The copy {0} could not be made before bringing the database up to date: "
			"{1} Nothing was changed."),
		     path, reason, NULL);
}

/* An empty file of ours alone, which VACUUM INTO fills. */
static gboolean
copy_prepare(const gchar *path, GError **error)
{
	gint descriptor = -1;

	g_unlink(path);
	descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (descriptor < 0) {
		set_copy_error(error, path, g_strerror(errno));
		return FALSE;
	}
	close(descriptor);
	return TRUE;
}

static gboolean
copy_verify(const gchar *path, guint version, GError **error)
{
	g_autoptr(CmDatabase) copy = cm_database_open(path, SQLITE_OPEN_READONLY, error);
	guint copied = 0;

	if (copy == NULL || !cm_schema_get_version(copy, version, &copied, error) ||
	    !cm_schema_verify(copy, error))
		return FALSE;
	if (copied != version) {
		set_copy_error(error, path, "user_version");
		return FALSE;
	}
	return TRUE;
}

static gboolean
sync_path(const gchar *path, gint flags)
{
	gint descriptor = open(path, flags | O_CLOEXEC);
	gboolean good = descriptor >= 0 && fsync(descriptor) == 0;

	if (descriptor >= 0)
		close(descriptor);
	return good;
}

static gboolean
copy_aside(CmDatabase *database, const gchar *path, guint version, GError **error)
{
	g_autofree gchar *target = g_strdup_printf("%s.v%u.bak", path, version);
	g_autofree gchar *beside = g_strconcat(target, ".new", NULL);
	g_autofree gchar *folder = g_path_get_dirname(path);
	g_autoptr(CmStatement) statement = NULL;
	g_autoptr(GError) local_error = NULL;

	if (!copy_prepare(beside, error))
		return FALSE;
	statement = cm_database_prepare(database, "VACUUM INTO ?1", &local_error);
	if (statement != NULL)
		sqlite3_bind_text(statement, 1, beside, -1, SQLITE_STATIC);
	if (statement == NULL || !cm_database_run(database, statement, &local_error) ||
	    !copy_verify(beside, version, &local_error)) {
		g_autofree gchar *reason = cm_error_to_english(local_error);

		set_copy_error(error, target, reason);
		g_unlink(beside);
		return FALSE;
	}
	if (!sync_path(beside, O_RDONLY) || g_rename(beside, target) != 0 ||
	    !sync_path(folder, O_RDONLY | O_DIRECTORY)) {
		set_copy_error(error, target, g_strerror(errno));
		return FALSE;
	}
	return TRUE;
}

static gboolean
schema_run_step(CmDatabase *database, const CmSchemaStep *step, guint version, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(database, error);
	gint64 reached = 0;

	if (transaction == NULL || !step_execute(database, step, error))
		return FALSE;
	if (step->run != NULL && !step->run(database, error))
		return FALSE;
	if (!cm_database_query_integer(database, "PRAGMA user_version", &reached, error) ||
	    !schema_run_check(database, "PRAGMA foreign_key_check", error))
		return FALSE;
	if (reached != (gint64)version + 1) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The step does not lead to the version it must."), NULL);
		return FALSE;
	}
	return cm_transaction_commit(transaction, error);
}

gboolean
cm_schema_migrate(CmDatabase *database,
		  const gchar *path,
		  const CmSchemaStep *steps,
		  guint version,
		  guint newest,
		  GError **error)
{
	if (!copy_aside(database, path, version, error))
		return FALSE;
	for (guint i = version; i < newest; i++) {
		g_autofree gchar *from = g_strdup_printf("%u", i);
		g_autofree gchar *to = g_strdup_printf("%u", i + 1);
		g_autofree gchar *copy = g_strdup_printf("%s.v%u.bak", path, version);
		g_autoptr(GError) local_error = NULL;

		if (!schema_run_step(database, &steps[i], i, &local_error)) {
			g_autofree gchar *reason = cm_error_to_english(local_error);

			cm_error_set(error, CM_ERROR_STORE,
				     N_("The database could not be brought from schema {0} to {1}: "
					"{2} It stays at {0}; a copy from before stands at {3}."),
				     from, to, reason, copy, NULL);
			return FALSE;
		}
	}
	return TRUE;
}
