// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "include/cm-faults.h"

/* What deserves a second look in policies that load: a limit that no rule justifies, a source that is no address, a day of
 * reading that is to come, a rule of low confidence that would block, a name missing in a language. Each place once. */
void
cm_policy_lint_run(const CmPolicySet *set, CmDay today, CmFaults *warnings);
