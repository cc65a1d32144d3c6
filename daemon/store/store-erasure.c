// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-erasure.h"

#include "daemon/store/erasure-pages.h"
#include "daemon/store/store-attachment.h"
#include "daemon/store/store-traces.h"
#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/stat.h>

#define BLOCK_PAGES 256

typedef enum { PLACE_BEGIN, PLACE_LOOK, PLACE_REWRITE, PLACE_END, PLACE_DONE } Place;

struct _CmStoreErasure {
	CmStoreTraces *traces; /* NULL: not known any more */
	gint64 row;            /* 0: of all that were destroyed */
	CmErasurePages pages;
	CmTransaction
	    *reading; /* from when the log was empty: meanwhile nothing is written to the file */
	Place place;
	gboolean found;
	gboolean rewritten;
};

void
cm_store_erasure_free(CmStoreErasure *erasure)
{
	if (erasure == NULL)
		return;
	g_clear_pointer(&erasure->traces, cm_store_traces_free);
	g_clear_pointer(&erasure->reading, cm_transaction_free);
	cm_erasure_pages_clear(&erasure->pages);
	g_free(erasure);
}

static const gchar *
get_path(CmStore *store)
{
	return sqlite3_db_filename(cm_database_get_handle(store->database), "main");
}

CmStoreErasure *
cm_store_erasure_new_of(CmStore *store, CmStoreTraces *traces, gint64 row, GError **error)
{
	g_autoptr(CmStoreErasure) erasure = g_new0(CmStoreErasure, 1);

	erasure->traces = traces;
	erasure->row = row;
	return cm_erasure_pages_open(&erasure->pages, get_path(store), error)
		   ? g_steal_pointer(&erasure)
		   : NULL;
}

CmStoreErasure *
cm_store_erasure_new(CmStore *store, GError **error)
{
	return cm_store_erasure_new_of(store, NULL, 0, error);
}

gboolean
cm_store_erasure_count_left(CmStore *store, guint *out_left, GError **error)
{
	gint64 left = 0;

	if (!cm_database_query_integer(store->database,
				       "SELECT count(*) FROM vault_destruction WHERE "
				       "destroyed_at IS NOT NULL AND erased_at IS NULL",
				       &left, error))
		return FALSE;
	*out_left = (guint)left;
	return TRUE;
}

CmErasureTurn
cm_store_erasure_get_turn(const CmStoreErasure *erasure)
{
	if (erasure->place == PLACE_DONE)
		return CM_ERASURE_DONE;
	return erasure->place == PLACE_LOOK ? CM_ERASURE_LOOK : CM_ERASURE_STEP;
}

/* ---- looking */

static gboolean
check_goes_on(GCancellable *cancellable, GError **error)
{
	if (!g_cancellable_is_cancelled(cancellable))
		return TRUE;
	cm_error_set(error, CM_ERROR_CANCELLED, N_("The operation was cancelled."), NULL);
	return FALSE;
}

static gboolean
look_at_all(CmStoreErasure *erasure, GCancellable *cancellable, GError **error)
{
	g_autofree guint8 *block = g_malloc((gsize)BLOCK_PAGES * erasure->pages.size);
	guint32 count = 0;

	erasure->found = FALSE;
	if (!cm_erasure_pages_count(&erasure->pages, &count, error))
		return FALSE;
	for (guint32 first = 1; first <= count && !erasure->found; first += BLOCK_PAGES) {
		guint32 several = MIN(BLOCK_PAGES, count - first + 1);

		if (!check_goes_on(cancellable, error) ||
		    !cm_erasure_pages_read(&erasure->pages, first, several, block, error))
			return FALSE;
		erasure->found = cm_store_traces_is_in(erasure->traces, block,
						       (gsize)several * erasure->pages.size);
	}
	return TRUE;
}

static gboolean
judge_look(CmStoreErasure *erasure, GError **error)
{
	if (erasure->found && erasure->rewritten) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("Something of a file that was destroyed is still in the database."),
			     NULL);
		return FALSE;
	}
	erasure->place = erasure->found ? PLACE_REWRITE : PLACE_END;
	return TRUE;
}

gboolean
cm_store_erasure_look(CmStoreErasure *erasure, GCancellable *cancellable, GError **error)
{
	gboolean good = look_at_all(erasure, cancellable, error);

	g_clear_pointer(&erasure->reading, cm_transaction_free);
	return good && judge_look(erasure, error);
}

/* ---- changing */

/* all that the log has is in the file, and the log has nothing more */
static gboolean
empty_log(CmStore *store, GError **error)
{
	g_autofree gchar *log = g_strconcat(get_path(store), "-wal", NULL);
	struct stat status = {0};
	gint64 busy = 0;

	if (!cm_database_query_integer(store->database, "PRAGMA wal_checkpoint(TRUNCATE)", &busy,
				       error))
		return FALSE;
	if (busy == 0 && (stat(log, &status) != 0 ? errno == ENOENT : status.st_size == 0))
		return TRUE;
	cm_error_set(error, CM_ERROR_BUSY,
		     N_("Another program reads the database: its log can't be emptied."), NULL);
	return FALSE;
}

/* Who reads the file alone, beside an empty log, keeps what others write in the log: so the file stays as it is until the search has ended, and
 * no old copy of a row goes, in a page that SQLite fills anew, from where it is still to be looked for to where it was. */
static gboolean
begin_look(CmStoreErasure *erasure, CmStore *store, GError **error)
{
	gint64 rows = 0;

	erasure->place = PLACE_LOOK;
	if (!empty_log(store, error))
		return FALSE;
	erasure->reading = cm_transaction_new_reading(erasure->pages.database, error);
	return erasure->reading != NULL &&
	       cm_database_query_integer(erasure->pages.database, "SELECT count(*) FROM meta",
					 &rows, error);
}

/* what others wrote meanwhile may be copies of pages as they were before */
static gboolean
end(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
{
	const gint64 values[] = {now, erasure->row};

	if (!empty_log(store, error) ||
	    !cm_database_run_integers(store->database,
				      "UPDATE vault_destruction SET erased_at = ?1 WHERE "
				      "destroyed_at IS NOT NULL AND erased_at IS NULL AND "
				      "(?2 = 0 OR file = ?2)",
				      values, G_N_ELEMENTS(values), error))
		return FALSE;
	erasure->place = PLACE_DONE;
	return TRUE;
}

static gboolean
rewrite(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
{
	if (!cm_database_execute(store->database, "VACUUM", error))
		return FALSE;
	erasure->rewritten = TRUE;
	return erasure->traces != NULL ? begin_look(erasure, store, error)
				       : end(erasure, store, now, error);
}

/* Where what is left is not known, all that is destroyed is cleaned up after and said to be erased in one step, before anything else is
 * destroyed. */
static gboolean
begin(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
{
	guint removed = 0;
	guint left = 0;

	if (!cm_store_attachment_remove_left(store, G_MAXUINT, &removed, error))
		return FALSE;
	if (erasure->traces != NULL)
		return begin_look(erasure, store, error);
	/* whoever destroyed them may have erased them since */
	if (!cm_store_erasure_count_left(store, &left, error))
		return FALSE;
	erasure->place = PLACE_DONE;
	return left == 0 || rewrite(erasure, store, now, error);
}

gboolean
cm_store_erasure_step(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
{
	switch (erasure->place) {
	case PLACE_BEGIN:
		return begin(erasure, store, now, error);
	case PLACE_REWRITE:
		return rewrite(erasure, store, now, error);
	case PLACE_END:
		return end(erasure, store, now, error);
	case PLACE_LOOK:
	case PLACE_DONE:
	default:
		g_return_val_if_reached(FALSE);
	}
}

gboolean
cm_store_erasure_run(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
{
	while (erasure->place != PLACE_DONE) {
		gboolean good = erasure->place == PLACE_LOOK
				    ? cm_store_erasure_look(erasure, NULL, error)
				    : cm_store_erasure_step(erasure, store, now, error);

		if (!good)
			return FALSE;
	}
	return TRUE;
}
