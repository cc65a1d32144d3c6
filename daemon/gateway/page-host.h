// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page-parts.h"

/* The door from within: what a host or a helper sees of it. */

/* Who waits, what they answered, who needs help; the way into the room, and its end. Returns: (transfer full): HTML */
GBytes *
cm_page_host_make(const CmView *view,
		  const CmViewItem *item,
		  const CmPageFrame *frame,
		  CmPageSaid said) G_GNUC_WARN_UNUSED_RESULT;

/* Those who stand at the door of an item, each with what opens it. A heading "h2" goes before. */
void
cm_page_host_write_waiting(CmPage *page, const CmView *view, const CmViewItem *item);
