// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/erasure-pages.h"

#include "daemon/store/page-gaps.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define TRUNKS_MAX 1000000 /* of the list of free pages: a list that runs in a circle ends */

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
	if (pages->database == NULL || !cm_database_set_durable(pages->database, error) ||
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

/* ---- what holds nothing */

static guint32
read_32(const guint8 *octets)
{
	return (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8 |
	       octets[3];
}

/* pages of the list itself hold numbers of others at their beginning */
GHashTable *
cm_erasure_pages_list_free(const CmErasurePages *pages, GError **error)
{
	g_autoptr(GHashTable) free_pages = g_hash_table_new(NULL, NULL);
	g_autofree guint8 *page = g_malloc(pages->size);
	guint32 count = 0;
	guint32 trunk = 0;

	if (!cm_erasure_pages_count(pages, &count, error) ||
	    !cm_erasure_pages_read(pages, 1, 1, page, error))
		return NULL;
	trunk = read_32(page + 32);
	for (guint i = 0; trunk != 0 && trunk <= count && i < TRUNKS_MAX; i++) {
		guint32 leaves = 0;

		if (!cm_erasure_pages_read(pages, trunk, 1, page, error))
			return NULL;
		leaves = MIN(read_32(page + 4), pages->size / 4 - 2);
		g_hash_table_insert(free_pages, GUINT_TO_POINTER(trunk),
				    GUINT_TO_POINTER(8 + 4 * leaves));
		for (guint32 j = 0; j < leaves; j++)
			g_hash_table_insert(free_pages, GUINT_TO_POINTER(read_32(page + 8 + 4 * j)),
					    NULL);
		trunk = read_32(page);
	}
	return g_steal_pointer(&free_pages);
}

gboolean
cm_erasure_pages_clear_one(const CmErasurePages *pages,
			   GHashTable *free_pages,
			   guint32 number,
			   guint8 *page)
{
	gpointer from = NULL;

	if (!g_hash_table_lookup_extended(free_pages, GUINT_TO_POINTER(number), NULL, &from))
		return cm_page_gaps_clear(page, pages->size, number);
	return cm_page_gaps_clear_range(page + GPOINTER_TO_UINT(from),
					pages->size - GPOINTER_TO_UINT(from));
}

/* ---- zeros */

static gboolean
clean_page(const CmErasurePages *pages,
	   GHashTable *free_pages,
	   guint32 number,
	   guint8 *page,
	   GError **error)
{
	gint code = SQLITE_OK;

	if (!cm_erasure_pages_read(pages, number, 1, page, error))
		return FALSE;
	if (!cm_erasure_pages_clear_one(pages, free_pages, number, page))
		return TRUE;
	code = pages->file->pMethods->xWrite(pages->file, page, (gint)pages->size,
					     (sqlite3_int64)(number - 1) * pages->size);
	return code == SQLITE_OK || fail(code, error);
}

/* by a change of a page, as it is what has other connections forget the pages that they hold; nothing stays of it */
static gboolean
tell_others(const CmErasurePages *pages, GError **error)
{
	return cm_database_execute(pages->database,
				   "INSERT INTO meta (name, value) VALUES ('pages-cleaned', x'');"
				   "DELETE FROM meta WHERE name = 'pages-cleaned'",
				   error);
}

gboolean
cm_erasure_pages_clean(const CmErasurePages *pages,
		       const guint32 *numbers,
		       guint count,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(GHashTable) free_pages = NULL;
	g_autofree guint8 *page = g_malloc(pages->size);
	gint code = SQLITE_OK;

	/* what this connection holds of the pages is of before their zeros, too */
	sqlite3_db_release_memory(cm_database_get_handle(pages->database));
	transaction = cm_transaction_new(pages->database, error);
	free_pages = transaction != NULL ? cm_erasure_pages_list_free(pages, error) : NULL;
	if (free_pages == NULL)
		return FALSE;
	for (guint i = 0; i < count; i++)
		if (!clean_page(pages, free_pages, numbers[i], page, error))
			return FALSE;
	code = pages->file->pMethods->xSync(pages->file, SQLITE_SYNC_NORMAL);
	if (code != SQLITE_OK)
		return fail(code, error);
	return tell_others(pages, error) && cm_transaction_commit(transaction, error);
}
