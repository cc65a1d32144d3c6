// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-people.h"
#include "daemon/store/store-page.h"

/* What a page lists. The caller holds the transaction. Private to daemon/store. */

/* What to prepare; named by cm_store_page_get_preparation(). */
typedef enum {
	CM_PAGE_PREPARE_QUIET_PLACE = 1 << 0,
	CM_PAGE_PREPARE_ADULT_NEAR = 1 << 1,
	CM_PAGE_PREPARE_HEADSET = 1 << 2,
	CM_PAGE_PREPARE_CHARGER = 1 << 3,
	CM_PAGE_PREPARE_DOCUMENTS = 1 << 4,
} CmPagePrepare; /* flags */

void
cm_page_items_free_item(CmStorePageItem *item);

/* What does not change from minute to minute, of all that is theirs: `page`'s items and `more`. */
gboolean
cm_page_items_gather(CmOutboxPeople *people, CmStore *store, CmStorePage *page, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What does: doors, who is there, what may be done, at `page`'s `now`. Whatever an earlier look found is replaced. */
gboolean
cm_page_items_look(CmStore *store, CmStorePage *page, GError **error) G_GNUC_WARN_UNUSED_RESULT;
