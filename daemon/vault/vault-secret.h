// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Octets that nobody else shall see: guarded pages (sodium_malloc()), locked so that they are not swapped, in no core, wiped when they
 * are freed. Not thread safe. */
typedef struct _CmVaultSecret CmVaultSecret;

/* `length` octets of zeros, to write to; NULL when memory can't be locked (RLIMIT_MEMLOCK). Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_secret_new(gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* A copy; the original is the caller's to wipe. Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_secret_new_copy(gconstpointer octets, gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* Random octets. Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_secret_new_random(gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* Wiped and freed. */
void
cm_vault_secret_free(CmVaultSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultSecret, cm_vault_secret_free)

/* As long as the secret. */
guint8 *
cm_vault_secret_get(CmVaultSecret *secret);
const guint8 *
cm_vault_secret_peek(const CmVaultSecret *secret);
gsize
cm_vault_secret_get_length(const CmVaultSecret *secret);

/* Fewer octets than there are: what is cut off is wiped, and no longer counted. */
void
cm_vault_secret_truncate(CmVaultSecret *secret, gsize length);

/* The same octets as GBytes, which keeps them for as long as it lives. `secret` is taken. Returns: (transfer full) */
GBytes *
cm_vault_secret_free_to_bytes(CmVaultSecret *secret);
