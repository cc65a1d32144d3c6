// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/roster-numbers.h"
#include "daemon/store/store.h"

/* What a plan may do with each student, by what was consented to and by the state of the follow-up. */

/* Take from each session in which the student sits the modes that are blocked on its wished date, or today once that is over, and
 * that no approved derogation opens, and all of them where the follow-up is not active: without any left, it is not placed. Sessions with `over` set stay as they are. For a caseload
 * of the caller's own, on the worker's thread. */
gboolean
cm_consent_modes_apply(CmStore *store,
		       const CmPolicySet *policies,
		       const CmRosterNumbers *numbers,
		       CmCaseload *caseload,
		       const guint8 *over,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
