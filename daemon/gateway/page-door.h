// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page-parts.h"

/* What stands before a session's room, and who stands before it. */

/* What a guest sees at the door of an item: whether it is too early, the waiting room, or that it is open. Returns: (transfer full): HTML */
GBytes *
cm_page_door_make(const CmView *view,
		  const CmViewItem *item,
		  const CmPageFrame *frame,
		  CmPageSaid said) G_GNUC_WARN_UNUSED_RESULT;

/* How a door stands, in short: two equal ones show the same page. Returns: (transfer full) */
gchar *
cm_page_door_make_state(const CmView *view, const CmViewItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* Begin what door.js looks at again when something changes at this session's door, and shows anew once its `state` is another; the page wants
 * that script. cm_page_end() ends it. */
void
cm_page_door_begin_watched(CmPage *page, guint64 subject, const gchar *state);

/* The same of a door. */
void
cm_page_door_begin(CmPage *page, const CmView *view, const CmViewItem *item);
