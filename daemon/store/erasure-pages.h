// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/database.h"

/* The database's file, page by page, by a connection of its own: through SQLite's own file, for to open and close it otherwise would give up
 * the locks that this process has on it. Private to daemon/store. */
typedef struct {
	CmDatabase *database;
	sqlite3_file *file; /* of `database` */
	guint32 size;       /* of a page */
} CmErasurePages;

/* Of the database with this path; `pages` is zeros before. Whether it succeeds or not, cm_erasure_pages_clear() ends it. */
gboolean
cm_erasure_pages_open(CmErasurePages *pages,
		      const gchar *path,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_erasure_pages_clear(CmErasurePages *pages);

/* How many there are. */
gboolean
cm_erasure_pages_count(const CmErasurePages *pages,
		       guint32 *out_count,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `count` of them from `first` on, from 1, into `buffer`. */
gboolean
cm_erasure_pages_read(const CmErasurePages *pages,
		      guint32 first,
		      guint32 count,
		      guint8 *buffer,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The list of free pages: the number of each → from which octet on it holds nothing. In a transaction. Returns: (transfer full) */
GHashTable *
cm_erasure_pages_list_free(const CmErasurePages *pages, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Put zeros where no row is in these octets of a page, as of that list. Whether that changed anything. */
gboolean
cm_erasure_pages_clear_one(const CmErasurePages *pages,
			   GHashTable *free_pages,
			   guint32 number,
			   guint8 *page);

/* Put zeros where no row is of `count` pages by their numbers. The log is empty, and the caller's thread is the only one that writes: so the
 * file has all pages as they are, and nobody has other ones. Every other connection forgets what it knew of them. */
gboolean
cm_erasure_pages_clean(const CmErasurePages *pages,
		       const guint32 *numbers,
		       guint count,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
