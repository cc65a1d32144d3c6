// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

#include <json-glib/json-glib.h>

/* Professionals' own calendars, handed out to be fetched and taken back as busy times. Which is due follows from when each was tried last;
 * who has one is kept in memory alone, for fetching twice harms nobody. The worker's thread only. */

/* a calendar is read again when so much has passed since it was tried */
#define CM_FETCH_DESK_EVERY_SECONDS 3600
/* somebody who has one this long has lost it */
#define CM_FETCH_DESK_LEASE_SECONDS 900
/* handed out at a time */
#define CM_FETCH_DESK_LEASES_MAX 4

typedef struct _CmFetchDesk CmFetchDesk;

CmFetchDesk *
cm_fetch_desk_new(void);
void
cm_fetch_desk_free(CmFetchDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmFetchDesk, cm_fetch_desk_free)

/* What is to be fetched. */
typedef struct {
	gint64 number;
	GBytes *order; /* as Courier1.Lease has it; a secret */
} CmFetchLease;

/* Hand out to `peer` (told apart by its number) up to `max` of those that are due. Returns: (transfer full) (element-type CmFetchLease) */
GPtrArray *
cm_fetch_desk_lease(CmFetchDesk *desk,
		    CmStore *store,
		    guint64 peer,
		    gint64 now,
		    guint max,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take back what was fetched (Courier1.Report). `out_changed`: what is known of somebody's time is another now. CM_ERROR_NOT_FOUND: it
 * was not handed out, or is gone; CM_ERROR_INVALID_INPUT. What somebody else brought meanwhile is left. */
gboolean
cm_fetch_desk_report(CmFetchDesk *desk,
		     CmStore *store,
		     gint64 number,
		     JsonObject *result,
		     gint64 now,
		     gboolean *out_changed,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A peer is gone: what it had is due again. */
void
cm_fetch_desk_forget(CmFetchDesk *desk, guint64 peer);

/* When the next is due; 0: none will be. Cheap: as it was found when the last were handed out. */
gint64
cm_fetch_desk_get_next_time(const CmFetchDesk *desk);
