// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-page.h"

/* What somebody sees by their link, as a comodal-view/1 document (docs/formats.md). */

/* How urgent it is that they see it. */
typedef enum {
	CM_VIEW_JOINS,   /* a door of theirs opens within CM_VIEW_JOINS_SECONDS, or is open */
	CM_VIEW_ANSWERS, /* has something to answer */
	CM_VIEW_LOOKS,
} CmViewClass;

#define CM_VIEW_JOINS_SECONDS (15 * 60)

typedef struct {
	const gchar *help_phone; /* or NULL */
	const gchar *help_hours_fr;
	const gchar *help_hours_en;
} CmViewHelp;

/* Returns: (transfer full): the document's octets */
GBytes *
cm_view_document_make(const CmStorePage *page, const CmViewHelp *help);

CmViewClass
cm_view_document_find_class(const CmStorePage *page);
