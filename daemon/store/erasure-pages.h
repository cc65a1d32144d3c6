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
