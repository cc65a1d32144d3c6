// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-page.h"

/* What somebody sees by their link, as a comodal-view/1 document (docs/formats.md). */

/* How urgent it is that they see it. */
typedef enum {
	CM_VIEW_DOCUMENT_JOINS, /* a door of theirs is open, or within CM_VIEW_DOCUMENT_JOINS_SECONDS */
	CM_VIEW_DOCUMENT_ANSWERS, /* has something to answer */
	CM_VIEW_DOCUMENT_LOOKS,
} CmViewDocumentClass;

#define CM_VIEW_DOCUMENT_JOINS_SECONDS (15 * 60)

/* What is the same for everybody; NULL: there is none. */
typedef struct {
	const gchar *phone; /* of the help line */
	const gchar *hours_fr;
	const gchar *hours_en;
	const gchar *const *stun; /* URLs of ICE servers, for the test of one's device */
	const gchar *const *turn;
} CmViewDocumentSettings;

/* Returns: (transfer full) */
GBytes *
cm_view_document_make(const CmStorePage *page, const CmViewDocumentSettings *settings);

/* How urgent the whole is: as its most urgent item. */
CmViewDocumentClass
cm_view_document_find_class(const CmStorePage *page);
