// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"

/* What waits for one person becomes their next letter. The caller holds the transaction. Private to daemon/store. */

/* Look at one person; of a student, at those who are told for them first. Adds to `out_next` (element-type CmOutboxNext) and to
 * `report`. */
gboolean
cm_outbox_family_gather(CmStore *store,
			CmOutboxPeople *people,
			const CmStoreRecipient *who,
			gint64 now,
			GArray *out_next,
			CmOutboxReport *report,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
