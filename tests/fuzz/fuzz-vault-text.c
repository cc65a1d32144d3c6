// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-code.h"
#include "daemon/vault/vault-passphrase.h"
#include "daemon/vault/vault-text.h"

#include <string.h>

/* Any bytes as a padded text, as a passphrase and as the rows of a recovery code: refused, or the same again when it is written again. */

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_padded(const guint8 *data, gsize size)
{
	g_autoptr(CmVaultSecret) padded = cm_vault_secret_new_copy(data, size);
	g_autoptr(CmVaultSecret) again = NULL;
	const guint8 *salt = NULL;
	CmVaultPart content = {0};

	g_assert_nonnull(padded);
	if (cm_vault_text_unpad(padded, &salt, &content) != CM_VAULT_CLASS_OK)
		return;
	again = cm_vault_text_pad(salt, &content);
	g_assert_nonnull(again);
	g_assert_cmpuint(cm_vault_secret_get_length(again), ==, size);
	g_assert_true(memcmp(cm_vault_secret_peek(again), data, size) == 0);
}

static void
check_passphrase(const guint8 *data, gsize size)
{
	g_autoptr(CmVaultSecret) composed = cm_vault_passphrase_compose(data, size);
	g_autofree gchar *text = NULL;
	g_autofree gchar *expected = NULL;

	if (composed == NULL)
		return;
	text = g_strndup((const gchar *)data, size);
	expected = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	g_assert_cmpuint(strlen(expected), ==, cm_vault_secret_get_length(composed));
	g_assert_true(memcmp(expected, cm_vault_secret_peek(composed), strlen(expected)) == 0);
}

static void
check_code(const guint8 *data, gsize size)
{
	guint row = 0;
	g_autoptr(CmVaultSecret) code = cm_vault_code_read(data, size, &row);
	g_autoptr(CmVaultSecret) rows = NULL;
	g_autoptr(CmVaultSecret) again = NULL;

	if (code == NULL)
		return;
	rows = cm_vault_code_write(cm_vault_secret_peek(code));
	again =
	    cm_vault_code_read(cm_vault_secret_peek(rows), cm_vault_secret_get_length(rows), &row);
	g_assert_nonnull(again);
	g_assert_true(memcmp(cm_vault_secret_peek(again), cm_vault_secret_peek(code),
			     cm_vault_secret_get_length(code)) == 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	check_padded(data, size);
	check_passphrase(data, size);
	check_code(data, size);
	return 0;
}
