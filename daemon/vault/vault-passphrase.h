// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-secret.h"

/* A passphrase as it is stretched: UTF-8 in Unicode's form NFC. */

#define CM_VAULT_PASSPHRASE_MAX 1024 /* octets */

/* The same text in form NFC, composed in guarded memory alone. NULL: no UTF-8, a control character, empty, longer than
 * CM_VAULT_PASSPHRASE_MAX, or no locked memory. Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_passphrase_compose(const guint8 *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
