// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"

/* A planning problem: a caseload and its policies compiled for the search (bitsets, indices, costs). */
typedef struct _CmProblem CmProblem;

/* Compile. Both stay the caller's and outlive the problem. Fails with CM_ERROR_INVALID_INPUT when a profession has no policy,
 * an act is not in its policy, or locked placements of `previous` break a rule among themselves (no valid plan exists); the
 * message names them. A session without an act (NULL; no reader makes one) obeys no act's rules and is the only one of its follow-up. Returns: (transfer full) */
CmProblem *
cm_problem_new(const CmCaseload *caseload,
	       const CmPolicySet *policies,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_problem_free(CmProblem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmProblem, cm_problem_free)
