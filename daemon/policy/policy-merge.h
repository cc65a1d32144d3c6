// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-private.h"

/* Lays documents over one another into a policy. A lower layer may only tighten. */

/* A policy of nothing for a profession's document. Returns: (transfer full) */
CmPolicy *
cm_policy_merge_begin(const CmPolicyDocument *document) G_GNUC_WARN_UNUSED_RESULT;

/* Lay one document over what is there; what loosens is not taken, and is a fault that names both files and lines. */
void
cm_policy_merge_document(CmPolicy *policy, const CmPolicyDocument *document, CmFaults *faults);

/* What can only be seen when all layers are there. */
void
cm_policy_merge_check(const CmPolicy *policy, CmFaults *faults);
