// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

/* What the policies say of the time of an access request and of a transfer (policies/SCHEMA.md, access_request.*, transfer_to_third_party.*).
 * No number of days comes from here; the rules live as long as the policies. */

/* Days in which an access request is answered: of all policies the fewest, it is about the student's file whoever wrote it. NULL: none. */
const CmRule *
cm_disclosure_due_find_delay(const CmPolicySet *policies);
/* Days by which that may be extended: the fewest. NULL: it may not. */
const CmRule *
cm_disclosure_due_find_extension(const CmPolicySet *policies);

/* Whole days that pass between a signed authorization and a transfer, where a rule refuses one earlier; of the profession of whoever is
 * responsible. NULL, or one that has no policy: the most of all. NULL: there is no such rule. `out_waivable`: whoever signed may renounce it
 * in an emergency */
const CmRule *
cm_disclosure_due_find_wait(const CmPolicySet *policies,
			    const gchar *profession,
			    gboolean *out_waivable);

/* The last day on which what came on `since` is answered in time: the day on which it came does not count, days are civil ones, whatever
 * holidays there are. Given more time, `extension` (NULL: no rule gives any) follows once. `delay` NULL: CM_DAY_NONE. */
CmDay
cm_disclosure_due_count_answer(const CmRule *delay,
			       const CmRule *extension,
			       gboolean extended,
			       CmDay since);

/* The first day on which what was signed on `since` may go: `wait`'s whole days pass between the two. `renounced`: its waiver counts. `wait`
 * NULL: CM_DAY_NONE, nothing waits. */
CmDay
cm_disclosure_due_count_transfer(const CmRule *wait, gboolean renounced, CmDay since);
