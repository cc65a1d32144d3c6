// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/page-parts.h"

/* Pages that show nothing of anybody's: what this is, what is done with what people say, ways in that are not a mailed link, and why
 * something is not possible. All Returns: (transfer full): HTML. */

/* What stands at "/". */
GBytes *
cm_page_plain_make_about(const CmPageFrame *frame) G_GNUC_WARN_UNUSED_RESULT;

/* What is done with what people say, in three sentences. */
GBytes *
cm_page_plain_make_privacy(const CmPageFrame *frame) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	CM_PAGE_CODE_ASKED,
	CM_PAGE_CODE_WRONG,   /* it opens nothing, or no more */
	CM_PAGE_CODE_TOO_MANY /* too many were tried */
} CmPageCode;

/* Where a spoken code is written. */
GBytes *
cm_page_plain_make_code(const CmPageFrame *frame, CmPageCode state) G_GNUC_WARN_UNUSED_RESULT;

/* A host's one-time link: the page whose button exchanges it. `token`: of the path, A-Z a-z 0-9 - _ */
GBytes *
cm_page_plain_make_once(const CmPageFrame *frame, const gchar *token) G_GNUC_WARN_UNUSED_RESULT;

/* Nobody is there who could do it, or it was not finished: nobody knows whether it was done. */
#define CM_PAGE_PLAIN_AWAY 1503

/* Why something is not possible: of CM_PAGE_PLAIN_AWAY, or of a status, 400, 403, 404, 405, 409, 413, 429, 500, 503 …; the same for all else of its hundred. */
GBytes *
cm_page_plain_make_status(const CmPageFrame *frame, guint status) G_GNUC_WARN_UNUSED_RESULT;
