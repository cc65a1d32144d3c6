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

/* The help line; NULL: there is none. */
typedef struct {
	const gchar *phone;
	const gchar *hours_fr;
	const gchar *hours_en;
} CmViewDocumentHelp;

/* Returns: (transfer full) */
GBytes *
cm_view_document_make(const CmStorePage *page, const CmViewDocumentHelp *help);

/* How urgent the whole is: as its most urgent item. */
CmViewDocumentClass
cm_view_document_find_class(const CmStorePage *page);
