// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Addresses of BigBlueButton's API: a call, its parameters, and the checksum that proves that whoever made it has the shared secret: of
 * the call's name, the query as it stands, and the secret (docs.bigbluebutton.org, "API Security Model"). Pure. */

/* `parameters`: names and values by turns, ended by NULL; values are escaped here. `algorithm`: SHA-1, SHA-256, SHA-384 or SHA-512.
 * Returns: (transfer full): a secret */
gchar *
cm_bbb_url_make(const gchar *base,
		const gchar *call,
		const gchar *const *parameters,
		GChecksumType algorithm,
		const gchar *secret) G_GNUC_WARN_UNUSED_RESULT;

/* The checksum of a call with a query, in hexadecimal. Returns: (transfer full) */
gchar *
cm_bbb_url_sum(const gchar *call, const gchar *query, GChecksumType algorithm, const gchar *secret)
    G_GNUC_WARN_UNUSED_RESULT;
