// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/reply-match.h"
#include "daemon/policy/policy.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-private.h"

/* What follows from a mail: the answer, the request for another time, the bounce. In the caller's transaction, with the notices that go
 * with it. Private to daemon/store. */

/* Carry a verdict out. Where the store sees that nothing can follow, the verdict's state becomes "ignored" or "review" and `*inout_reason`
 * (a message) says why: so of an answer of somebody who is not told of the booking any more, by the policies. `out_booking`: what changed, 0: nothing. */
gboolean
cm_inbox_effects_carry_out(CmStore *store,
			   const CmInboundMail *mail,
			   const CmPolicySet *policies,
			   gint64 now,
			   CmReplyVerdict *verdict,
			   gchar **inout_reason,
			   gint64 *out_booking,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Record an answer and tell the professional whose session it is, unless it is `teller` who said it (0: somebody else).
 * `out_booking`: what was answered. */
gboolean
cm_inbox_effects_answer(CmStore *store,
			gint64 invitation,
			const CmStoreAnswer *answer,
			gint64 actor,
			gint64 teller,
			CmAnswerResult *out_result,
			gint64 *out_booking,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The professional whose booking or appointment it is, 0: it is gone. */
gboolean
cm_inbox_effects_find_professional(CmStore *store,
				   gint64 subject,
				   gint64 *out_professional,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
