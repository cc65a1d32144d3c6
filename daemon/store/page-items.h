// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"
#include "daemon/store/store-page.h"

/* What a page lists. The caller holds the transaction. Private to daemon/store. */

void
cm_page_items_free_item(CmStorePageItem *item);

/* What does not change from minute to minute, of all that is theirs: `page`'s items and `more`. */
gboolean
cm_page_items_gather(CmOutboxPeople *people, CmStore *store, CmStorePage *page, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What does: doors, who is there, what may be done, at `page`'s `now`. Whatever an earlier look found is replaced. */
gboolean
cm_page_items_look(CmStore *store, CmStorePage *page, GError **error) G_GNUC_WARN_UNUSED_RESULT;
