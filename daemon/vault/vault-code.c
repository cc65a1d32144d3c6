// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-code.h"

#include "daemon/vault/vault-hash.h"
#include "daemon/vault/vault-keyring.h"

#include <sodium.h>
#include <string.h>

#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define PART_BYTES 5
#define CHECK_BITS 10
#define CHARACTER_BITS 5

G_STATIC_ASSERT(CM_VAULT_CODE_ROWS *PART_BYTES == CM_VAULT_KEYRING_CODE_BYTES);
G_STATIC_ASSERT(CM_VAULT_CODE_ROW_LENGTH *CHARACTER_BITS == PART_BYTES * 8 + CHECK_BITS);

static guint64
get_check(guint8 number, const guint8 *octets)
{
	const CmVaultPart parts[] = {{&number, 1}, {octets, PART_BYTES}};
	guint8 hash[CM_VAULT_HASH_BYTES];

	cm_vault_hash("recovery-row", parts, G_N_ELEMENTS(parts), hash);
	return ((guint64)hash[0] << 8 | hash[1]) >> (16 - CHECK_BITS);
}

CmVaultSecret *
cm_vault_code_write(const guint8 *code)
{
	g_autoptr(CmVaultSecret) text =
	    cm_vault_secret_new(CM_VAULT_CODE_ROWS * (gsize)(CM_VAULT_CODE_ROW_LENGTH + 1));
	guint8 *out = NULL;

	if (text == NULL)
		return NULL;
	out = cm_vault_secret_get(text);
	for (guint row = 0; row < CM_VAULT_CODE_ROWS; row++) {
		const guint8 *part = code + row * PART_BYTES;
		guint64 value = 0;

		for (guint i = 0; i < PART_BYTES; i++)
			value = value << 8 | part[i];
		value = value << CHECK_BITS | get_check((guint8)(row + 1), part);
		for (gint i = CM_VAULT_CODE_ROW_LENGTH - 1; i >= 0; i--)
			*out++ = (guint8)ALPHABET[value >> (CHARACTER_BITS * i) & 31];
		*out++ = '\n';
		sodium_memzero(&value, sizeof value);
	}
	return g_steal_pointer(&text);
}

/* -1: no character of a code */
static gint
get_digit(guint8 typed)
{
	const gchar *found = NULL;
	gchar c = g_ascii_toupper((gchar)typed);

	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	found = c != '\0' ? strchr(ALPHABET, c) : NULL;
	return found != NULL ? (gint)(found - ALPHABET) : -1;
}

static gboolean
read_row(const guint8 *text, gsize length, guint8 number, guint8 *out_part)
{
	guint64 value = 0;
	guint64 check = 0;
	guint digits = 0;

	for (gsize i = 0; i < length; i++) {
		gint digit = get_digit(text[i]);

		if (text[i] == ' ' || text[i] == '-')
			continue;
		if (digit < 0 || digits == CM_VAULT_CODE_ROW_LENGTH)
			return FALSE;
		value = value << CHARACTER_BITS | (guint64)digit;
		digits++;
	}
	for (guint i = 0; i < PART_BYTES; i++)
		out_part[i] = (guint8)(value >> (CHECK_BITS + 8 * (PART_BYTES - 1 - i)));
	check = value & ((1 << CHECK_BITS) - 1);
	sodium_memzero(&value, sizeof value);
	return digits == CM_VAULT_CODE_ROW_LENGTH && get_check(number, out_part) == check;
}

CmVaultSecret *
cm_vault_code_read(const guint8 *text, gsize length, guint *out_row)
{
	g_autoptr(CmVaultSecret) code = cm_vault_secret_new(CM_VAULT_KEYRING_CODE_BYTES);
	const guint8 *end = text + length;

	*out_row = 0;
	if (code == NULL)
		return NULL;
	while (end > text && end[-1] == '\n')
		end--;
	for (guint row = 1; row <= CM_VAULT_CODE_ROWS; row++) {
		const guint8 *feed = text <= end ? memchr(text, '\n', (gsize)(end - text)) : NULL;
		const guint8 *stop = feed != NULL ? feed : end;

		if (text > end || (row == CM_VAULT_CODE_ROWS && feed != NULL))
			return NULL;
		if (!read_row(text, (gsize)(stop - text), (guint8)row,
			      cm_vault_secret_get(code) + (row - 1) * PART_BYTES)) {
			*out_row = row;
			return NULL;
		}
		text = stop + 1;
	}
	return g_steal_pointer(&code);
}
