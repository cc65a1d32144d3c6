// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Who asks a browser to send us something: our own page, or somebody else's. Pure. */

typedef struct {
	const gchar *own;    /* "https://rencontres.css.example" */
	const gchar *origin; /* the header Origin, or NULL */
	const gchar *site;   /* the header Sec-Fetch-Site, or NULL */
	gboolean token;      /* the path holds a token, which no other page knows */
} CmHttpOriginFacts;

/* Whether a form may be taken. What the browser says of the site decides where it says something ("same-origin"). An older one's Origin has
 * to be ours; it may be absent or "null" (as our own referrer policy makes it) where a token stands in the path: who knows that
 * needs no trick. */
gboolean
cm_http_origin_allows_form(const CmHttpOriginFacts *facts);

/* Whether a web socket may be opened: Origin, which every browser sends then, has to be ours. */
gboolean
cm_http_origin_allows_socket(const CmHttpOriginFacts *facts);
