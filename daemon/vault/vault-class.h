// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a reader of the vault answers: good, or by which class it refuses (docs/vault-format.md, “What a reader must reject, and as
 * what”). The functions of this folder return it instead of a GError: who calls them turns a refusal into words once, with
 * cm_vault_class_set_error(). Whatever they were to give is untouched unless they return CM_VAULT_CLASS_OK. */
typedef enum {
	CM_VAULT_CLASS_OK,
	CM_VAULT_CLASS_MALFORMED,
	CM_VAULT_CLASS_TRUNCATED,
	CM_VAULT_CLASS_VERSION,
	CM_VAULT_CLASS_KIND,
	CM_VAULT_CLASS_LIMIT,
	CM_VAULT_CLASS_PARAMETERS,
	CM_VAULT_CLASS_ORGANISATION,
	CM_VAULT_CLASS_ROLLBACK,
	CM_VAULT_CLASS_UNKNOWN_SIGNER,
	CM_VAULT_CLASS_SIGNATURE,
	CM_VAULT_CLASS_REVOKED,
	CM_VAULT_CLASS_NOT_ENTITLED,
	CM_VAULT_CLASS_WRONG_KEY,
	CM_VAULT_CLASS_ALTERED,
	CM_VAULT_CLASS_COMMITMENT,
	CM_VAULT_CLASS_REPLACED,
	CM_VAULT_CLASS_REORDERED,
	CM_VAULT_CLASS_MISSING,
	CM_VAULT_CLASS_CHAIN,
	CM_VAULT_CLASS_REFUSED,
	CM_VAULT_CLASS_WAITING,
	CM_VAULT_CLASS_MEMORY, /* no locked memory, or not enough memory for Argon2id */
	CM_VAULT_CLASS_LAST
} CmVaultClass;

/* "ok", "malformed", "unknown-signer", … */
const gchar *
cm_vault_class_to_string(CmVaultClass found);

/* Say what was found of `what` (a short noun of the program: "note", "envelope") to a person. Returns: TRUE for CM_VAULT_CLASS_OK, else
 * FALSE with `error` set. */
gboolean
cm_vault_class_set_error(CmVaultClass found,
			 const gchar *what,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same words about what a caller handed over: CM_ERROR_CONFLICT where it does not fit what is at hand, and never CM_ERROR_STORE, which
 * is about what was kept. */
gboolean
cm_vault_class_set_offered_error(CmVaultClass found,
				 const gchar *what,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
