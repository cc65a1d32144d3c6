// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-passphrase.h"

#include <string.h>

/* the most characters that one becomes when it is taken apart: G_UNICHAR_MAX_DECOMPOSITION_LENGTH is for the compatibility forms too */
#define PARTS_MAX G_UNICHAR_MAX_DECOMPOSITION_LENGTH

static gboolean
is_text(const guint8 *text, gsize length)
{
	if (length == 0 || length > CM_VAULT_PASSPHRASE_MAX ||
	    !g_utf8_validate_len((const gchar *)text, length, NULL))
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] == 0x7f)
			return FALSE;
	return TRUE;
}

static gsize
take_apart(const guint8 *text, gsize length, gunichar *parts)
{
	const gchar *end = (const gchar *)text + length;
	gsize count = 0;

	for (const gchar *p = (const gchar *)text; p < end; p = g_utf8_next_char(p))
		count +=
		    g_unichar_fully_decompose(g_utf8_get_char(p), FALSE, parts + count, PARTS_MAX);
	g_unicode_canonical_ordering(parts, count);
	return count;
}

/* in place: the composed characters are never more than the parts */
static gsize
put_together(gunichar *parts, gsize count)
{
	gsize out = 0;
	gssize starter = -1;
	gint last = 0;

	for (gsize i = 0; i < count; i++) {
		gunichar part = parts[i];
		gint combining = g_unichar_combining_class(part);
		gboolean free_way = starter >= 0 && ((gsize)starter + 1 == out || last < combining);
		gunichar composed = 0;

		if (free_way && g_unichar_compose(parts[starter], part, &composed)) {
			parts[starter] = composed;
			continue;
		}
		if (combining == 0)
			starter = (gssize)out;
		last = combining;
		parts[out++] = part;
	}
	return out;
}

CmVaultSecret *
cm_vault_passphrase_compose(const guint8 *text, gsize length)
{
	g_autoptr(CmVaultSecret) parts = NULL;
	g_autoptr(CmVaultSecret) composed = NULL;
	gunichar *characters = NULL;
	gsize count = 0;
	gsize written = 0;

	if (!is_text(text, length))
		return NULL;
	parts = cm_vault_secret_new(length * PARTS_MAX * sizeof(gunichar));
	composed = cm_vault_secret_new(length * 4 * PARTS_MAX);
	if (parts == NULL || composed == NULL)
		return NULL;
	characters = (gunichar *)(gpointer)cm_vault_secret_get(parts);
	count = put_together(characters, take_apart(text, length, characters));
	for (gsize i = 0; i < count; i++)
		written += (gsize)g_unichar_to_utf8(
		    characters[i], (gchar *)cm_vault_secret_get(composed) + written);
	if (written > CM_VAULT_PASSPHRASE_MAX)
		return NULL;
	cm_vault_secret_truncate(composed, written);
	return g_steal_pointer(&composed);
}
