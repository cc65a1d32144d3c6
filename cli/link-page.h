// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Somebody's link on a sheet of paper: what it is, the QR code, the address to type, and whom to call. In the family's language. */

typedef struct {
	const gchar *language;     /* as cm_catalog_get_languages() has it */
	const gchar *organisation; /* who gives it out */
	const gchar *name;         /* whose link it is */
	const gchar *url;          /* a secret */
	gboolean interpreter;      /* it is for whoever interprets for them */
	gboolean one_session;      /* it opens one session only */
	const gchar *when;         /* that session, as they read it; NULL: not said */
	const gchar *phone;        /* of help, or NULL */
	const gchar *hours;        /* or NULL */
} CmLinkPage;

/* One HTML document that needs nothing else, to be printed. Returns: (transfer full) */
GBytes *
cm_link_page_new(const CmLinkPage *page, GError **error) G_GNUC_WARN_UNUSED_RESULT;
