// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"

/* Notices to students become notices to those who are told for them. The caller holds the transaction. Private to daemon/store. */

/* Queue what waits for a student to each of those who are told for them today, under the hour at which it was queued first; done twice
 * it does nothing more. What the student is told too stays theirs; the rest is settled 'expanded', or 'unreachable' when there is nobody
 * to tell. `out_added` (element-type CmStoreRecipient): whom something was queued to. `out_expanded` and `out_nobody` are added to. */
gboolean
cm_outbox_expand_student(CmStore *store,
			 CmOutboxPeople *people,
			 gint64 student,
			 gint64 now,
			 GArray *out_added,
			 guint *out_expanded,
			 guint *out_nobody,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
