// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/reply-token.h"

#include <sodium.h>
#include <string.h>

#define CONTEXT "comodal-reply/1"
#define AUTHENTICATOR_BYTES 10
#define NUMBER_BYTES 8
#define OCTETS_MAX (NUMBER_BYTES + AUTHENTICATOR_BYTES)
#define LETTER_PREFIX 'b'

G_STATIC_ASSERT(CM_REPLY_TOKEN_KEY_BYTES == crypto_generichash_KEYBYTES);
G_STATIC_ASSERT(CM_REPLY_TOKEN_LENGTH_MAX == (OCTETS_MAX * 8 + 4) / 5);

static const gchar alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static gchar *
encode(const guint8 *octets, gsize length)
{
	GString *text = g_string_sized_new(CM_REPLY_TOKEN_LENGTH_MAX);
	guint32 bits = 0;
	guint count = 0;

	for (gsize i = 0; i < length; i++) {
		bits = (bits << 8 | octets[i]) & 0xfff;
		for (count += 8; count >= 5; count -= 5)
			g_string_append_c(text, alphabet[bits >> (count - 5) & 31]);
	}
	if (count > 0)
		g_string_append_c(text, alphabet[bits << (5 - count) & 31]);
	return g_string_free(text, FALSE);
}

/* FALSE: not what encode() makes; a token has one spelling but for its case */
static gboolean
decode(const gchar *text, guint8 *octets, gsize *out_length)
{
	gsize length = 0;
	guint32 bits = 0;
	guint count = 0;

	if (strnlen(text, CM_REPLY_TOKEN_LENGTH_MAX + 1) > CM_REPLY_TOKEN_LENGTH_MAX)
		return FALSE;
	for (; *text != '\0'; text++) {
		const gchar *at = strchr(alphabet, g_ascii_tolower(*text));

		if (at == NULL)
			return FALSE;
		bits = (bits << 5 | (guint32)(at - alphabet)) & 0xfff;
		count += 5;
		if (count < 8)
			continue;
		count -= 8;
		octets[length++] = (guint8)(bits >> count);
	}
	*out_length = length;
	return count < 5 && (bits & ((1u << count) - 1)) == 0;
}

static void
authenticate(const guint8 *key,
	     CmReplyTokenKind kind,
	     gint64 number,
	     guint8 out_octets[AUTHENTICATOR_BYTES])
{
	static const guint8 letters[CM_REPLY_TOKEN_LAST] = {'i', LETTER_PREFIX};
	guint64 value = GUINT64_TO_LE((guint64)number);
	guint8 whole[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;

	crypto_generichash_init(&state, key, CM_REPLY_TOKEN_KEY_BYTES, sizeof whole);
	crypto_generichash_update(&state, (const guint8 *)CONTEXT, sizeof CONTEXT);
	crypto_generichash_update(&state, &letters[kind], 1);
	crypto_generichash_update(&state, (const guint8 *)&value, sizeof value);
	crypto_generichash_final(&state, whole, sizeof whole);
	memcpy(out_octets, whole, AUTHENTICATOR_BYTES);
	sodium_memzero(&state, sizeof state);
}

gchar *
cm_reply_token_make(const guint8 *key, CmReplyTokenKind kind, gint64 number)
{
	guint64 value = GUINT64_TO_BE((guint64)number);
	const guint8 *first = (const guint8 *)&value;
	guint8 octets[OCTETS_MAX];
	gsize length = NUMBER_BYTES;

	g_return_val_if_fail(number > 0 && kind < CM_REPLY_TOKEN_LAST, NULL);
	for (; *first == 0; first++)
		length--;
	memcpy(octets, first, length);
	authenticate(key, kind, number, octets + length);
	return encode(octets, length + AUTHENTICATOR_BYTES);
}

gint64
cm_reply_token_check(const guint8 *key, CmReplyTokenKind kind, const gchar *token)
{
	guint8 octets[OCTETS_MAX];
	guint8 expected[AUTHENTICATOR_BYTES];
	gsize length = 0;
	guint64 number = 0;

	g_return_val_if_fail(kind < CM_REPLY_TOKEN_LAST, 0);
	if (!decode(token, octets, &length) || length <= AUTHENTICATOR_BYTES || octets[0] == 0)
		return 0;
	length -= AUTHENTICATOR_BYTES;
	for (gsize i = 0; i < length; i++)
		number = number << 8 | octets[i];
	if (number > G_MAXINT64)
		return 0;
	authenticate(key, kind, (gint64)number, expected);
	return sodium_memcmp(expected, octets + length, sizeof expected) == 0 ? (gint64)number : 0;
}

gchar *
cm_reply_token_make_address(const guint8 *key,
			    const gchar *mailbox,
			    CmReplyTokenKind kind,
			    gint64 number)
{
	const gchar *at = strrchr(mailbox, '@');
	g_autofree gchar *token = NULL;

	g_return_val_if_fail(at != NULL, NULL);
	token = cm_reply_token_make(key, kind, number);
	return g_strdup_printf("%.*s+%s%s%s", (gint)(at - mailbox), mailbox,
			       kind == CM_REPLY_TOKEN_LETTER ? "b" : "", token, at);
}

/* what stands between the plus and the at, when the rest is the mailbox's. Returns: (transfer full) (nullable) */
static gchar *
find_token(const gchar *mailbox, const gchar *address)
{
	const gchar *at = strrchr(mailbox, '@');
	const gchar *end = strrchr(address, '@');
	gsize local = 0;

	g_return_val_if_fail(at != NULL, NULL);
	local = (gsize)(at - mailbox);
	if (end == NULL || g_ascii_strcasecmp(at, end) != 0 || (gsize)(end - address) <= local ||
	    g_ascii_strncasecmp(mailbox, address, local) != 0 || address[local] != '+')
		return NULL;
	address += local + 1;
	return g_strndup(address, (gsize)(end - address));
}

gboolean
cm_reply_token_check_address(const guint8 *key,
			     const gchar *mailbox,
			     const gchar *address,
			     CmReplyTokenKind *out_kind,
			     gint64 *out_number)
{
	g_autofree gchar *token = find_token(mailbox, address);
	CmReplyTokenKind kind = CM_REPLY_TOKEN_INVITATION;
	gint64 number = 0;

	if (token == NULL)
		return FALSE;
	number = cm_reply_token_check(key, kind, token);
	if (number == 0 && g_ascii_tolower(*token) == LETTER_PREFIX) {
		kind = CM_REPLY_TOKEN_LETTER;
		number = cm_reply_token_check(key, kind, token + 1);
	}
	if (number == 0)
		return FALSE;
	*out_kind = kind;
	*out_number = number;
	return TRUE;
}
