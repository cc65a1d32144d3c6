// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* That of rows which were deleted nothing is left in the database's files, without keeping the store from anything else for long. The file
 * is searched beside the store's work; where SQLite left an old copy of a row, the whole file is written anew, which is the one piece that
 * others wait for. */
typedef struct _CmStoreErasure CmStoreErasure;

struct _CmStoreTraces; /* store-traces.h */

typedef enum {
	CM_ERASURE_STEP, /* cm_store_erasure_step() is next, on the store's thread */
	CM_ERASURE_LOOK, /* cm_store_erasure_look() is, on any other */
	CM_ERASURE_DONE
} CmErasureTurn;

void
cm_store_erasure_free(CmStoreErasure *erasure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreErasure, cm_store_erasure_free)

/* Of the file with this row, which was just destroyed: these traces are searched for. Takes `traces`. Private to daemon/store. Returns:
 * (transfer full) */
CmStoreErasure *
cm_store_erasure_new_of(CmStore *store, struct _CmStoreTraces *traces, gint64 row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Files that were destroyed and not erased yet. */
gboolean
cm_store_erasure_count_left(CmStore *store,
			    guint *out_left,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of all files that are destroyed and not erased yet when it begins, if there are any then: what they were is not known any more, so it is
 * written anew without a search. On the store's thread. Returns: (transfer full) */
CmStoreErasure *
cm_store_erasure_new(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

CmErasureTurn
cm_store_erasure_get_turn(const CmStoreErasure *erasure);

/* A piece of the work that changes something, outside of any transaction: short, but for when the file is written anew. The last one notes
 * that it is done. CM_ERROR_BUSY: another program reads the database. */
gboolean
cm_store_erasure_step(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Search the file; not at one time with a step. CM_ERROR_STORE: it was written anew, and something is there still. CM_ERROR_CANCELLED:
 * looked for once in 256 pages. After an error there is nothing to do with it but to free it. */
gboolean
cm_store_erasure_look(CmStoreErasure *erasure,
		      GCancellable *cancellable,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The pieces one after the other, for who has the store to itself. */
gboolean
cm_store_erasure_run(CmStoreErasure *erasure, CmStore *store, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
