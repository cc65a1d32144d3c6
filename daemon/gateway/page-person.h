// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page-parts.h"

/* Somebody's own page: what comes next, what they are asked, what changed lately. */

/* `frame`: cm_page_parts_fill_frame() was called. Returns: (transfer full): HTML */
GBytes *
cm_page_person_make(const CmView *view,
		    const CmPageFrame *frame,
		    CmPageSaid said) G_GNUC_WARN_UNUSED_RESULT;

/* Other times that could be asked for: `times` (element-type gint64) the starts and ends in pairs, best first. Returns: (transfer full):
 * HTML */
GBytes *
cm_page_person_make_times(const CmView *view,
			  const CmViewItem *item,
			  const CmPageFrame *frame,
			  GArray *times,
			  CmPageSaid said) G_GNUC_WARN_UNUSED_RESULT;
