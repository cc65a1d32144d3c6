// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"

#include <glib.h>

/* What a plan comes to, for a coordinator: a `comodal-summary/1` document (docs/formats.md): sessions placed and left out
 * and why, travel, video, and each professional's weeks. Reasons in it are messages as include/cm-message.h has them.
 * Returns: (transfer full), UTF-8 JSON */
GBytes *
cm_summary_new_document(const CmCaseload *caseload, const CmPlan *plan) G_GNUC_WARN_UNUSED_RESULT;
