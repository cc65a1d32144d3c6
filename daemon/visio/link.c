// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/link.h"

#include <sodium.h>
#include <string.h>

#define CONTEXT "comodal-link/1"
#define TOKEN_BYTES 16

G_STATIC_ASSERT(CM_LINK_KEY_BYTES == crypto_generichash_KEYBYTES);
G_STATIC_ASSERT(TOKEN_BYTES >= crypto_generichash_BYTES_MIN);
G_STATIC_ASSERT(CM_LINK_HASH_BYTES == crypto_hash_sha256_BYTES);
G_STATIC_ASSERT(CM_LINK_TOKEN_LENGTH + 1 ==
		sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING));

static const gchar *const scope_names[CM_LINK_SCOPE_LAST] = {
    [CM_LINK_GUEST] = "guest",
    [CM_LINK_INTERPRETER] = "interpreter",
    [CM_LINK_FEED] = "feed",
};

const gchar *
cm_link_scope_to_string(CmLinkScope scope)
{
	g_return_val_if_fail(scope < CM_LINK_SCOPE_LAST, "");
	return scope_names[scope];
}

gboolean
cm_link_scope_from_string(const gchar *text, CmLinkScope *out_scope)
{
	for (guint i = 0; i < CM_LINK_SCOPE_LAST; i++) {
		if (g_str_equal(scope_names[i], text)) {
			*out_scope = (CmLinkScope)i;
			return TRUE;
		}
	}
	return FALSE;
}

gchar *
cm_link_derive(const guint8 *key, const CmLinkTarget *target)
{
	const guint64 numbers[] = {
	    GUINT64_TO_LE((guint64)target->kind), GUINT64_TO_LE((guint64)target->person),
	    GUINT64_TO_LE((guint64)target->subject), GUINT64_TO_LE((guint64)target->epoch)};
	const gchar *scope = cm_link_scope_to_string(target->scope);
	gchar *token = g_malloc(CM_LINK_TOKEN_LENGTH + 1);
	guint8 octets[TOKEN_BYTES];
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, CM_LINK_KEY_BYTES, sizeof octets);
	crypto_generichash_update(&state, (const guint8 *)CONTEXT, sizeof CONTEXT);
	crypto_generichash_update(&state, (const guint8 *)scope, strlen(scope) + 1);
	crypto_generichash_update(&state, (const guint8 *)numbers, sizeof numbers);
	crypto_generichash_final(&state, octets, sizeof octets);
	sodium_bin2base64(token, CM_LINK_TOKEN_LENGTH + 1, octets, sizeof octets,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(octets, sizeof octets);
	sodium_memzero(&state, sizeof state);
	return token;
}

gboolean
cm_link_hash(const gchar *token, guint8 out_hash[CM_LINK_HASH_BYTES])
{
	guint8 octets[TOKEN_BYTES];
	gsize length = 0;
	gboolean good =
	    strnlen(token, CM_LINK_TOKEN_LENGTH + 1) == CM_LINK_TOKEN_LENGTH &&
	    sodium_base642bin(octets, sizeof octets, token, CM_LINK_TOKEN_LENGTH, NULL, &length,
			      NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	    length == sizeof octets;

	sodium_memzero(octets, sizeof octets);
	if (good)
		crypto_hash_sha256(out_hash, (const guint8 *)token, CM_LINK_TOKEN_LENGTH);
	return good;
}
