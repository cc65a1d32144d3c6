// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a browser shows a TURN server that shares a secret with us, so that nobody has an account there: draft-uberti-behave-turn-rest-00,
 * as coturn's use-auth-secret has it. The user name is "UNTIL:ALIAS", UNTIL in seconds since 1970, UTC; the credential is the base64 of the
 * HMAC-SHA1 of the user name with the secret. Pure. */

typedef struct {
	gchar *username;
	gchar *credential;
} CmTurnCredential;

/* `alias`: of a-z, A-Z, 0-9, "-" and "_"; tells nothing of who it is. Returns: (transfer full) */
CmTurnCredential *
cm_turn_credential_new(const gchar *secret, const gchar *alias, gint64 until);

void
cm_turn_credential_free(CmTurnCredential *credential);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmTurnCredential, cm_turn_credential_free)

/* The base64 of the HMAC-SHA1 of a text: what TURN servers and Janus know their tokens by. Returns: (transfer full) */
gchar *
cm_turn_credential_sign(const gchar *secret, const gchar *text) G_GNUC_WARN_UNUSED_RESULT;
