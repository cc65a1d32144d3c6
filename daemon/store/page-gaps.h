// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What of a page of an SQLite database belongs to no row (https://sqlite.org/fileformat.html, 1.6 “B-tree Pages”): the octets between the
 * list of its cells and the cells, and those of its free blocks. SQLite leaves old copies of rows there when it moves them; zeros in their
 * place change nothing of what the page says. Private to daemon/store. */

/* From this many pages on, a page that is no b-tree's could look as if it were: its first octet is one of its next page's number. */
#define CM_PAGE_GAPS_PAGES_MAX 0x02000000

/* Put zeros in the place of so many octets. Whether that changed anything. */
gboolean
cm_page_gaps_clear_range(guint8 *octets, gsize length);

/* Put zeros where no row is in a page, `number` from 1 on; nothing is done to what is no b-tree's, or whose places do not hold together.
 * Whether that changed anything. */
gboolean
cm_page_gaps_clear(guint8 *page, gsize size, guint32 number);
