// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* Whether two caseloads say the same: the same things in the same order, wherever their ranges stand in the flat
 * arrays. When they do not, `out_what` (may be NULL) is the first list that differs, as "students". */
gboolean
cm_caseload_equal(const CmCaseload *a, const CmCaseload *b, const gchar **out_what);
