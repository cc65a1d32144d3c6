// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-secret.h"

#include <sodium.h>
#include <string.h>

struct _CmVaultSecret {
	guint8 *octets;
	gsize length;
	gsize allocated;
};

CmVaultSecret *
cm_vault_secret_new(gsize length)
{
	gsize allocated = MAX(length, 1);
	guint8 *octets = sodium_init() >= 0 ? sodium_malloc(allocated) : NULL;
	CmVaultSecret *secret = NULL;

	/* sodium_malloc() says nothing when it can't lock; locking twice is no harm */
	if (octets == NULL || sodium_mlock(octets, allocated) != 0) {
		sodium_free(octets);
		return NULL;
	}
	memset(octets, 0, allocated);
	secret = g_new0(CmVaultSecret, 1);
	secret->octets = octets;
	secret->length = length;
	secret->allocated = allocated;
	return secret;
}

CmVaultSecret *
cm_vault_secret_new_copy(gconstpointer octets, gsize length)
{
	CmVaultSecret *secret = cm_vault_secret_new(length);

	if (secret != NULL && length > 0)
		memcpy(secret->octets, octets, length);
	return secret;
}

CmVaultSecret *
cm_vault_secret_new_random(gsize length)
{
	CmVaultSecret *secret = cm_vault_secret_new(length);

	if (secret != NULL)
		randombytes_buf(secret->octets, length);
	return secret;
}

void
cm_vault_secret_free(CmVaultSecret *secret)
{
	if (secret == NULL)
		return;
	sodium_free(secret->octets);
	g_free(secret);
}

guint8 *
cm_vault_secret_get(CmVaultSecret *secret)
{
	return secret->octets;
}

const guint8 *
cm_vault_secret_peek(const CmVaultSecret *secret)
{
	return secret->octets;
}

gsize
cm_vault_secret_get_length(const CmVaultSecret *secret)
{
	return secret->length;
}

void
cm_vault_secret_truncate(CmVaultSecret *secret, gsize length)
{
	g_return_if_fail(length <= secret->length);
	sodium_memzero(secret->octets + length, secret->allocated - length);
	secret->length = length;
}

static void
free_secret(gpointer secret)
{
	cm_vault_secret_free(secret);
}

GBytes *
cm_vault_secret_free_to_bytes(CmVaultSecret *secret)
{
	return g_bytes_new_with_free_func(secret->octets, secret->length, free_secret, secret);
}
