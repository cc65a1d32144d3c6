// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Elements, attributes and text, written one after the other. Names are the program's own; every text and every value goes through libxml2's
 * escaping, in the two places where any is taken, so that it can't be forgotten. It writes to the octet what libxml2's own writer does, without
 * a node, a name and a buffer made for each element. */

#define CM_MARKUP_DEPTH_MAX 64

typedef struct _CmMarkup CmMarkup;

/* Begin a document with HTML's doctype. Returns: (transfer full) */
CmMarkup *
cm_markup_new(void) G_GNUC_WARN_UNUSED_RESULT;

void
cm_markup_free(CmMarkup *markup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmMarkup, cm_markup_free)

/* What was written. Takes the markup. Returns: (transfer full) */
GBytes *
cm_markup_finish(CmMarkup *markup) G_GNUC_WARN_UNUSED_RESULT;

/* Begin an element. `name` is kept until its end: static. */
void
cm_markup_begin(CmMarkup *markup, const gchar *name);

/* An attribute of the element that was begun last, before anything is in it; of NULL an empty one. `name`: static */
void
cm_markup_set(CmMarkup *markup, const gchar *name, const gchar *value);

/* Text of what is open; of NULL nothing. */
void
cm_markup_text(CmMarkup *markup, const gchar *text);

/* End the element that was begun last and is not ended: <p></p>. */
void
cm_markup_end(CmMarkup *markup);

/* End one that holds nothing and never does: <br/>. */
void
cm_markup_end_void(CmMarkup *markup);

/* How many elements are open. */
guint
cm_markup_get_depth(const CmMarkup *markup);
