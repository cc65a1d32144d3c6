// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* Small documents that hold a secret: a link, a code. They leave the daemon in sealed memfds, and are wiped here. */

/* What was built, sealed; the caller's to close. -1 with `error` set. */
gint
cm_secret_document_seal(JsonBuilder *builder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An address of the gateway's: `base`, as the configuration has it, a path and a token (or NULL). NULL with CM_ERROR_NOT_SUPPORTED: no base
 * is configured. Returns: (transfer full); for cm_secret_document_wipe() */
gchar *
cm_secret_document_make_url(const gchar *base,
			    const gchar *path,
			    const gchar *token,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget a secret text; NULL is none. */
void
cm_secret_document_wipe(gchar *text);
