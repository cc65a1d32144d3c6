// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/vault/vault-class.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	const gchar *name;
	CmErrorCode code;
	const gchar *format; /* {0}: what was read */
} Words;

static const Words words[] = {
    [CM_VAULT_CLASS_OK] = {"ok", CM_ERROR_FAILED, NULL},
    [CM_VAULT_CLASS_MALFORMED] = {"malformed", CM_ERROR_INVALID_INPUT,
				  N_("It is not written as the vault's format asks ({0}).")},
    [CM_VAULT_CLASS_TRUNCATED] = {"truncated", CM_ERROR_INVALID_INPUT,
				  N_("Its end is missing ({0}).")},
    [CM_VAULT_CLASS_VERSION] = {"version", CM_ERROR_NOT_SUPPORTED,
				N_("It is of a version of the vault's format that this program "
				   "does not know ({0}).")},
    [CM_VAULT_CLASS_KIND] = {"kind", CM_ERROR_INVALID_INPUT,
			     N_("It is something else than what was asked for ({0}).")},
    [CM_VAULT_CLASS_LIMIT] = {"limit", CM_ERROR_INVALID_INPUT,
			      N_("It is longer than such a thing may be ({0}).")},
    [CM_VAULT_CLASS_PARAMETERS] = {"parameters", CM_ERROR_INVALID_INPUT,
				   N_("It asks for a calculation outside the limits ({0}).")},
    [CM_VAULT_CLASS_ORGANISATION] = {"organisation", CM_ERROR_INVALID_INPUT,
				     N_("It is of another organisation ({0}).")},
    [CM_VAULT_CLASS_ROLLBACK] = {"rollback", CM_ERROR_STORE,
				 N_("It is older than what was seen before: something was put "
				    "back ({0}).")},
    [CM_VAULT_CLASS_UNKNOWN_SIGNER] = {"unknown-signer", CM_ERROR_STORE,
				       N_("Whoever signed it is not in the directory ({0}).")},
    [CM_VAULT_CLASS_SIGNATURE] = {"signature", CM_ERROR_STORE,
				  N_("Its signature does not hold ({0}).")},
    [CM_VAULT_CLASS_REVOKED] = {"revoked", CM_ERROR_STORE,
				N_("It was signed with a key that no longer counts ({0}).")},
    [CM_VAULT_CLASS_NOT_ENTITLED] = {"not-entitled", CM_ERROR_ACCESS_DENIED,
				     N_("There was no right to it ({0}).")},
    [CM_VAULT_CLASS_WRONG_KEY] = {"wrong-key", CM_ERROR_ACCESS_DENIED,
				  N_("The passphrase, code or key is not the one ({0}).")},
    [CM_VAULT_CLASS_ALTERED] = {"altered", CM_ERROR_STORE, N_("It was altered ({0}).")},
    [CM_VAULT_CLASS_COMMITMENT] = {"commitment", CM_ERROR_STORE,
				   N_("What is in it is not what was signed ({0}).")},
    [CM_VAULT_CLASS_REPLACED] = {"replaced", CM_ERROR_STORE,
				 N_("It is genuine, but belongs somewhere else ({0}).")},
    [CM_VAULT_CLASS_REORDERED] = {"reordered", CM_ERROR_STORE,
				  N_("It stands in another place than its own ({0}).")},
    [CM_VAULT_CLASS_MISSING] = {"missing", CM_ERROR_STORE,
				N_("Something that belongs before it is missing ({0}).")},
    [CM_VAULT_CLASS_CHAIN] = {"chain", CM_ERROR_STORE,
			      N_("It does not follow what stands before it ({0}).")},
    [CM_VAULT_CLASS_REFUSED] = {"refused", CM_ERROR_ACCESS_DENIED,
				N_("Its owner has refused ({0}).")},
    [CM_VAULT_CLASS_WAITING] = {"waiting", CM_ERROR_ACCESS_DENIED,
				N_("Its delay is not over ({0}).")},
    [CM_VAULT_CLASS_MEMORY] = {"memory", CM_ERROR_KEY,
			       N_("There is not enough memory that can be locked; nothing was "
				  "read ({0}).")},
};
G_STATIC_ASSERT(G_N_ELEMENTS(words) == CM_VAULT_CLASS_LAST);

const gchar *
cm_vault_class_to_string(CmVaultClass found)
{
	g_return_val_if_fail(found < CM_VAULT_CLASS_LAST, NULL);
	return words[found].name;
}

/* what somebody handed over does no harm to what is kept: that they are to look again, or to stop */
static CmErrorCode
get_offered_code(CmVaultClass found)
{
	switch ((gint)found) {
	case CM_VAULT_CLASS_ROLLBACK:
	case CM_VAULT_CLASS_REPLACED:
	case CM_VAULT_CLASS_REORDERED:
	case CM_VAULT_CLASS_MISSING:
	case CM_VAULT_CLASS_CHAIN:
		return CM_ERROR_CONFLICT;
	case CM_VAULT_CLASS_REVOKED:
		return CM_ERROR_ACCESS_DENIED;
	default:
		return words[found].code == CM_ERROR_STORE ? CM_ERROR_INVALID_INPUT
							   : words[found].code;
	}
}

static gboolean
set_error(CmVaultClass found, CmErrorCode code, const gchar *what, GError **error)
{
	if (found == CM_VAULT_CLASS_OK)
		return TRUE;
	cm_error_set(error, code, words[found].format, what, NULL);
	return FALSE;
}

gboolean
cm_vault_class_set_error(CmVaultClass found, const gchar *what, GError **error)
{
	g_return_val_if_fail(found < CM_VAULT_CLASS_LAST, FALSE);
	return set_error(found, words[found].code, what, error);
}

gboolean
cm_vault_class_set_offered_error(CmVaultClass found, const gchar *what, GError **error)
{
	g_return_val_if_fail(found < CM_VAULT_CLASS_LAST, FALSE);
	return set_error(found, get_offered_code(found), what, error);
}
