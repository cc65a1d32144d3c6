// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/store.h"

/* How often somebody's page was opened, a day: the only trace of opening it. */

/* So many more. */
typedef struct {
	gint64 person;
	CmResource kind;
	CmDay day; /* the organisation's */
	guint count;
} CmStoreOpening;

/* Count them, all in one transaction of its own or the caller's: on a disk each transaction takes milliseconds in which nobody's page is
 * made. */
gboolean
cm_store_opening_count(CmStore *store, const CmStoreOpening *openings, gsize count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* From a day to another, both included. */
gboolean
cm_store_opening_get(CmStore *store,
		     CmResource kind,
		     gint64 person,
		     CmDay from,
		     CmDay to,
		     gint64 *out_count,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
