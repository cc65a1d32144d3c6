// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/desk-cache.h"

#include <json-glib/json-glib.h>

/* What the desk says, as members of a document: slots, and a verdict on one place. */

typedef struct {
	CmDay from;
	CmDay to;
	guint modes;  /* CM_MODE_FLAG()s */
	guint count;  /* up to CM_SLOTS_MAX */
	gboolean all; /* also starts that overlap a better one */
} CmDeskSearch;

/* "slots": the best starts. Where an entry with a number stands is none of its slots. */
void
cm_desk_document_add_slots(JsonBuilder *builder,
			   const CmDeskView *view,
			   const CmDeskEntry *entry,
			   const CmDeskSearch *search,
			   gint64 now);

/* "allowed", "offered", "room", "companion", "objections". */
void
cm_desk_document_add_verdict(JsonBuilder *builder,
			     const CmDeskView *view,
			     const CmDeskEntry *entry,
			     gint64 now);

/* What was built, in a sealed memfd; or -1. */
gint
cm_desk_document_write(JsonBuilder *builder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
