// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-secret.h"

/* A recovery code as people have it on paper: four rows, each with its own check. */

#define CM_VAULT_CODE_ROWS 4
#define CM_VAULT_CODE_ROW_LENGTH 10

/* The rows of a code of CM_VAULT_KEYRING_CODE_BYTES octets, each CM_VAULT_CODE_ROW_LENGTH characters and a line feed, without numbers or
 * blanks: whoever prints them groups them. Returns: (transfer full) (nullable): no locked memory */
CmVaultSecret *
cm_vault_code_write(const guint8 *code) G_GNUC_WARN_UNUSED_RESULT;

/* Read rows as they were typed, one a line. NULL with `out_row` the number of the row that is not right (from 1); 0: there are not
 * CM_VAULT_CODE_ROWS, or no locked memory. Returns: (transfer full) (nullable) */
CmVaultSecret *
cm_vault_code_read(const guint8 *text, gsize length, guint *out_row) G_GNUC_WARN_UNUSED_RESULT;
