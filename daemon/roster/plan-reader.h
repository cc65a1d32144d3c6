// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/plan.h"
#include "include/cm-faults.h"

#include <gio/gio.h>

#define CM_PLAN_MAX_REASON_BYTES 1000

/* Reads a comodal-plan/1 document (tests/planning/FORMAT.md) over the caseload that it plans, as strictly as
 * caseload-reader.h: the same organisation, each session of the caseload in exactly one of the two lists, rooms and companions
 * that there are, a cost whose total is its sum. Whether the plan keeps the rules is not judged here. Both arrays are
 * sorted by session; a reason is the text as it stands. Errors as cm_caseload_reader_read_fd(). Returns: (transfer full) */
CmPlan *
cm_plan_reader_read_fd(int fd,
		       const CmCaseload *caseload,
		       CmFaults *faults,
		       GCancellable *cancellable,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
