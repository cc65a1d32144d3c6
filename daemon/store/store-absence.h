// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-change.h"

/* A professional away: the roster has it, and what was booked meanwhile moves or is cancelled. */

/* What becomes of one booking. */
typedef struct {
	gint64 number;
	gint64 version;     /* as it was decided against */
	gboolean move;      /* else it is cancelled */
	CmStorePlace place; /* where to */
} CmStoreAbsenceLine;

/* All of it in one transaction: the lines, each with its audit entry and its notices, and then the roster's change. `roster` as
 * cm_store_change_roster() takes it. Errors: those of a move, a cancellation and a change of the roster; CM_ERROR_CONFLICT: something has
 * changed since it was decided. */
gboolean
cm_store_absence_accept(CmStore *store,
			const CmStoreCall *call,
			gint64 professional,
			const CmStoreAbsenceLine *lines,
			guint count,
			const CmStoreChangeRequest *roster,
			GCancellable *cancellable,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
