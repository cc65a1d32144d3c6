// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"
#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"
#include "daemon/store/store.h"

/* What stands for somebody, as the facts that their calendar is made of. */

/* How long what is over stays in it. */
#define CM_STORE_FEED_PAST_DAYS 14

/* What is planned and ended no longer ago than that: a professional's and those that they attend; a student's; of a contact what they take
 * part in, and what they are told of for a student. Items of a letter of kind CM_LETTER_DIGEST, by start, whose instant is the last
 * change of what is in it: the same content is the same facts. With initials for staff, and no name for anybody else. CM_ERROR_NOT_FOUND:
 * nobody by this number. Returns: (transfer full) */
CmLetter *
cm_store_feed_load(CmStore *store,
		   const CmPolicySet *policies,
		   CmResource kind,
		   gint64 person,
		   gint64 now,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
