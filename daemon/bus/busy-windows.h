// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/store-tide.h"

/* Append to `windows` (CmBusy) the civil days of a busy time of a professional's own calendar, each with its window. Their `resource` is
 * the caller's to set. */
void
cm_busy_windows_add(const CmStoreBusy *busy, GTimeZone *zone, GArray *windows);
