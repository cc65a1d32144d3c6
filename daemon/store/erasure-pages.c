// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/erasure-pages.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

static gboolean
fail(gint code, GError **error)
{
	cm_error_set(error, CM_ERROR_STORE, N_("The database can't be read or written ({0})."),
		     sqlite3_errstr(code), NULL);
	return FALSE;
}

gboolean
cm_erasure_pages_open(CmErasurePages *pages, const gchar *path, GError **error)
{
	gint64 size = 0;

	pages->database = cm_database_open(path, SQLITE_OPEN_READWRITE, error);
	if (pages->database == NULL ||
	    !cm_database_query_integer(pages->database, "PRAGMA page_size", &size, error))
		return FALSE;
	pages->size = (guint32)size;
	return sqlite3_file_control(cm_database_get_handle(pages->database), "main",
				    SQLITE_FCNTL_FILE_POINTER, &pages->file) == SQLITE_OK ||
	       fail(SQLITE_MISUSE, error);
}

void
cm_erasure_pages_clear(CmErasurePages *pages)
{
	pages->file = NULL;
	g_clear_pointer(&pages->database, cm_database_free);
}

gboolean
cm_erasure_pages_count(const CmErasurePages *pages, guint32 *out_count, GError **error)
{
	sqlite3_int64 size = 0;
	gint code = pages->file->pMethods->xFileSize(pages->file, &size);

	*out_count = (guint32)(size / pages->size);
	return code == SQLITE_OK || fail(code, error);
}

gboolean
cm_erasure_pages_read(const CmErasurePages *pages,
		      guint32 first,
		      guint32 count,
		      guint8 *buffer,
		      GError **error)
{
	gint code = pages->file->pMethods->xRead(pages->file, buffer, (gint)(count * pages->size),
						 (sqlite3_int64)(first - 1) * pages->size);

	return code == SQLITE_OK || fail(code, error);
}
