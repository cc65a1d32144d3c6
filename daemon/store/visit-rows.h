// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"
#include "daemon/store/store-visit.h"

/* Rows of visit and ending. The caller holds the transaction. Private to daemon/store. */

/* Somebody's last to a subject since an instant, without answers; NULL when there is none. */
gboolean
cm_visit_rows_find_last(CmStore *store,
			const CmStoreVisitor *visitor,
			gint64 subject,
			gint64 since,
			CmStoreVisit **out_visit,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By arrival. Returns: (transfer full) (element-type CmStoreVisit) */
GPtrArray *
cm_visit_rows_list(CmStore *store,
		   const CmStoreVisitFilter *filter,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new one, its number given. */
gboolean
cm_visit_rows_insert(CmStore *store,
		     const CmStoreVisit *visit,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its state and instants. */
gboolean
cm_visit_rows_update(CmStore *store,
		     const CmStoreVisit *visit,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many a subject ever had. */
gboolean
cm_visit_rows_count(CmStore *store, gint64 subject, guint *out_count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* When the host ended it, 0: they have not. */
gboolean
cm_visit_rows_get_ending(CmStore *store, gint64 subject, gint64 *out_at, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_visit_rows_set_ending(CmStore *store, gint64 subject, gint64 at, gint64 by, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_visit_rows_remove_ending(CmStore *store,
			    gint64 subject,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the last room of a subject has failed, and none took its place. */
gboolean
cm_visit_rows_is_down(CmStore *store, gint64 subject, gboolean *out_down, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How it stands with a subject's host: inside, or inside of another one; and how many wait at the host's doors that have come before
 * `arrived_at` (0: nobody has), to what begins within six hours of `start`. */
typedef struct {
	gboolean present;
	gboolean busy;
	guint ahead;
} CmVisitHost;

/* As above. */
gboolean
cm_visit_rows_find_host(CmStore *store,
			gint64 subject,
			gint64 professional,
			gint64 start,
			gint64 arrived_at,
			CmVisitHost *out_host,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
