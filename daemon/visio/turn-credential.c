// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/turn-credential.h"

#include <string.h>

#define SHA1_BYTES 20

gchar *
cm_turn_credential_sign(const gchar *secret, const gchar *text)
{
	GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, (const guint8 *)secret, strlen(secret));
	guint8 digest[SHA1_BYTES];
	gsize length = sizeof digest;

	g_hmac_update(hmac, (const guint8 *)text, (gssize)strlen(text));
	g_hmac_get_digest(hmac, digest, &length);
	g_hmac_unref(hmac);
	return g_base64_encode(digest, length);
}

CmTurnCredential *
cm_turn_credential_new(const gchar *secret, const gchar *alias, gint64 until)
{
	CmTurnCredential *credential = g_new0(CmTurnCredential, 1);

	credential->username = g_strdup_printf("%" G_GINT64_FORMAT ":%s", until, alias);
	credential->credential = cm_turn_credential_sign(secret, credential->username);
	return credential;
}

void
cm_turn_credential_free(CmTurnCredential *credential)
{
	if (credential == NULL)
		return;
	g_free(credential->username);
	g_free(credential->credential);
	g_free(credential);
}
