// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"

/* What rows were, for a search of the database's files once they are deleted (store-erasure.h). SQLite overwrites what is deleted
 * (secure_delete), but where rows were moved between pages it may leave an old copy of one behind, and its log keeps pages until they are
 * written over. Private to daemon/store. */
typedef struct _CmStoreTraces CmStoreTraces;

#define CM_STORE_TRACES_OCTETS 16 /* what is searched for at a time */

/* Returns: (transfer full) */
CmStoreTraces *
cm_store_traces_new(void);
void
cm_store_traces_free(CmStoreTraces *traces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreTraces, cm_store_traces_free)

/* Search for pieces of these octets, which nothing else in the database may have. */
void
cm_store_traces_add(CmStoreTraces *traces, const guint8 *octets, gsize length);

/* Whether a piece stands in these octets. */
gboolean
cm_store_traces_is_in(const CmStoreTraces *traces, const guint8 *octets, gsize length);

/* Whether one stands in what `fd` has. */
gboolean
cm_store_traces_look(const CmStoreTraces *traces, gint fd, gboolean *out_found, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
