// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/reply-match.h"
#include "daemon/store/store-inbox.h"
#include "daemon/store/store-private.h"

/* What is known here of a mail, for daemon/inbox/reply-match.h to judge: what its tokens prove, which invitations it may be about, whose
 * its addresses are. Private to daemon/store. */

typedef struct {
	CmReplyQuestion question;
	GArray *invitations; /* CmReplyInvitation: the question's */
} CmInboxQuestion;

/* `mail` and `settings` are kept by reference. */
gboolean
cm_inbox_question_read(CmStore *store,
		       const CmInboundMail *mail,
		       const CmStoreInboxSettings *settings,
		       gint64 now,
		       CmInboxQuestion *out_question,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_inbox_question_clear(CmInboxQuestion *question);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmInboxQuestion, cm_inbox_question_clear)
