// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/spoken-code.h"

#include <sodium.h>
#include <string.h>

#define BITS 5

static const gchar alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

G_STATIC_ASSERT(sizeof alphabet - 1 == 1 << BITS);
G_STATIC_ASSERT(CM_SPOKEN_CODE_LENGTH *BITS >= 40);
G_STATIC_ASSERT(CM_SPOKEN_CODE_HASH_BYTES == crypto_hash_sha256_BYTES);

gchar *
cm_spoken_code_make(void)
{
	gchar *code = g_malloc0(CM_SPOKEN_CODE_LENGTH + 1);

	for (guint i = 0; i < CM_SPOKEN_CODE_LENGTH; i++)
		code[i] = alphabet[randombytes_uniform(1u << BITS)];
	return code;
}

gchar *
cm_spoken_code_format(const gchar *code)
{
	g_return_val_if_fail(strlen(code) == CM_SPOKEN_CODE_LENGTH, g_strdup(""));
	return g_strdup_printf("%.4s-%.4s", code, code + 4);
}

static gchar
read_character(gchar typed)
{
	gchar upper = g_ascii_toupper(typed);

	if (upper == 'I' || upper == 'L')
		return '1';
	return upper == 'O' ? '0' : upper;
}

gchar *
cm_spoken_code_read(const gchar *text)
{
	gchar code[CM_SPOKEN_CODE_LENGTH + 1] = "";
	guint length = 0;

	for (const gchar *p = text; *p != '\0'; p++) {
		gchar character = read_character(*p);

		if (*p == ' ' || *p == '-')
			continue;
		if (length == CM_SPOKEN_CODE_LENGTH || strchr(alphabet, character) == NULL)
			return NULL;
		code[length++] = character;
	}
	return length == CM_SPOKEN_CODE_LENGTH ? g_strdup(code) : NULL;
}

void
cm_spoken_code_hash(const gchar *code, guint8 out_hash[CM_SPOKEN_CODE_HASH_BYTES])
{
	crypto_hash_sha256(out_hash, (const guint8 *)code, strlen(code));
}
