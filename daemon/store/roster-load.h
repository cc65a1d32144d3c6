// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/roster-numbers.h"
#include "daemon/store/store-private.h"

/* From rows to a caseload. The caller holds a transaction, so that all is of one state. Private to
 * daemon/store. */

/* `numbers` is filled, unless it is NULL. Returns: (transfer full) */
CmCaseload *
cm_roster_load_caseload(CmStore *store,
			CmRosterNumbers *numbers,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
