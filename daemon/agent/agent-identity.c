// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-identity.h"

#include "daemon/agent/agent-advice.h"
#include "daemon/agent/agent-keyfile.h"
#include "daemon/vault/vault-code.h"
#include "daemon/vault/vault-passphrase.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

struct _CmAgentIdentity {
	CmVaultRecord *bundle;
};

gboolean
cm_agent_identity_check_passphrase(const CmVaultSecret *passphrase, GError **error)
{
	g_autoptr(CmVaultSecret) composed = cm_vault_passphrase_compose(
	    cm_vault_secret_peek(passphrase), cm_vault_secret_get_length(passphrase));
	g_autofree gchar *least = g_strdup_printf("%d", CM_AGENT_IDENTITY_PASSPHRASE_MIN);

	if (composed == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A passphrase is one line of text, without control characters."),
			     NULL);
		return FALSE;
	}
	if (g_utf8_strlen((const gchar *)cm_vault_secret_peek(composed),
			  (gssize)cm_vault_secret_get_length(composed)) <
	    CM_AGENT_IDENTITY_PASSPHRASE_MIN) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A passphrase has {0} characters at least: four words that do not "
				"belong together are easy to keep in mind."),
			     least, NULL);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_agent_identity_store(const CmAgentIdentityPlace *place,
			const CmVaultRecord *bundle,
			const CmVaultSecret *passphrase,
			guint64 revision,
			gboolean replace,
			GError **error)
{
	CmVaultKeyring keyring = {.slot = CM_VAULT_SLOT_PASSPHRASE, .revision = revision};
	g_autoptr(GBytes) octets = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!cm_agent_identity_check_passphrase(passphrase, error))
		return FALSE;
	cm_vault_keyring_choose_parameters(place->memory_bytes, &keyring.operations,
					   &keyring.memory);
	found = cm_vault_keyring_seal(&keyring, bundle, cm_vault_secret_peek(passphrase),
				      cm_vault_secret_get_length(passphrase), &octets);
	return cm_vault_class_set_error(found, "keyring", error) &&
	       cm_agent_keyfile_write(place->folder, octets, replace, error);
}

GBytes *
cm_agent_identity_seal_recovery(const CmVaultRecord *bundle,
				const CmVaultSecret *code,
				guint64 revision,
				GError **error)
{
	const CmVaultKeyring keyring = {.slot = CM_VAULT_SLOT_RECOVERY, .revision = revision};
	GBytes *octets = NULL;
	CmVaultClass found = cm_vault_keyring_seal(&keyring, bundle, cm_vault_secret_peek(code),
						   cm_vault_secret_get_length(code), &octets);

	return cm_vault_class_set_error(found, "keyring", error) ? octets : NULL;
}

/* a keyring of one slot, and no other: a passphrase is never tried on what a code opens */
static CmVaultClass
open_keyring(const CmAgentIdentityPlace *place,
	     GBytes *octets,
	     guint8 slot,
	     const CmVaultSecret *secret,
	     const CmVaultDirectoryEntry *entry,
	     guint64 *out_revision,
	     CmVaultRecord **out_bundle)
{
	g_autoptr(CmVaultRecord) record = NULL;
	g_autoptr(CmVaultRecord) bundle = NULL;
	const CmVaultKeyring *keyring = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, &record);

	if (found != CM_VAULT_CLASS_OK)
		return found;
	keyring = cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING);
	if (keyring->slot != slot)
		return CM_VAULT_CLASS_REPLACED;
	found = cm_vault_keyring_open(octets, place->organisation, cm_vault_secret_peek(secret),
				      cm_vault_secret_get_length(secret), &bundle);
	if (found == CM_VAULT_CLASS_OK && entry != NULL)
		found = cm_vault_keyring_match(bundle, entry);
	if (found != CM_VAULT_CLASS_OK)
		return found;
	*out_revision = keyring->revision;
	*out_bundle = g_steal_pointer(&bundle);
	return CM_VAULT_CLASS_OK;
}

static CmAgentIdentity *
identity_new(CmVaultRecord *bundle)
{
	CmAgentIdentity *identity = g_new0(CmAgentIdentity, 1);

	identity->bundle = bundle;
	return identity;
}

/* `out_revision` is told what the file's is */
static CmVaultRecord *
unlock_file(const CmAgentIdentityPlace *place,
	    const CmVaultSecret *passphrase,
	    const CmVaultDirectoryEntry *entry,
	    guint64 *out_revision,
	    GError **error)
{
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(place->folder, error);
	CmVaultRecord *bundle = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (octets == NULL)
		return NULL;
	found = open_keyring(place, octets, CM_VAULT_SLOT_PASSPHRASE, passphrase, entry,
			     out_revision, &bundle);
	if (cm_vault_class_set_error(found, "keyring", error))
		return bundle;
	if (found == CM_VAULT_CLASS_ALTERED || found == CM_VAULT_CLASS_MALFORMED ||
	    found == CM_VAULT_CLASS_TRUNCATED)
		cm_agent_advice_add(
		    error,
		    N_("A copy of that file opens as before; without one, “vault recover” makes it "
		       "anew with your recovery code."),
		    NULL);
	return NULL;
}

CmAgentIdentity *
cm_agent_identity_unlock(const CmAgentIdentityPlace *place,
			 const CmVaultSecret *passphrase,
			 const CmVaultDirectoryEntry *entry,
			 GError **error)
{
	guint64 revision = 0;
	CmVaultRecord *bundle = unlock_file(place, passphrase, entry, &revision, error);

	return bundle != NULL ? identity_new(bundle) : NULL;
}

gboolean
cm_agent_identity_change_passphrase(const CmAgentIdentityPlace *place,
				    const CmVaultSecret *passphrase,
				    const CmVaultSecret *next,
				    GError **error)
{
	guint64 revision = 0;
	g_autoptr(CmVaultRecord) bundle = NULL;

	/* what is wrong with the new one is said before a second is spent on the old one */
	if (!cm_agent_identity_check_passphrase(next, error))
		return FALSE;
	bundle = unlock_file(place, passphrase, NULL, &revision, error);
	return bundle != NULL &&
	       cm_agent_identity_store(place, bundle, next, revision + 1, TRUE, error);
}

static CmVaultSecret *
read_code(const CmVaultSecret *typed, GError **error)
{
	guint row = 0;
	CmVaultSecret *code = cm_vault_code_read(cm_vault_secret_peek(typed),
						 cm_vault_secret_get_length(typed), &row);
	g_autofree gchar *number = g_strdup_printf("%u", row);

	if (code == NULL && row > 0)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Row {0} of the recovery code is not right: compare it with the "
				"paper."),
			     number, NULL);
	else if (code == NULL)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A recovery code has four rows of ten characters."), NULL);
	return code;
}

/* the revision of the keyring that is there, whosever passphrase opens it; 0: none that can be read */
static guint64
find_revision(const CmAgentIdentityPlace *place)
{
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(place->folder, NULL);
	g_autoptr(CmVaultRecord) record = NULL;

	if (octets == NULL ||
	    cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, &record) != CM_VAULT_CLASS_OK)
		return 0;
	return ((const CmVaultKeyring *)cm_vault_record_get_fields(record, CM_VAULT_KIND_KEYRING))
	    ->revision;
}

CmAgentIdentity *
cm_agent_identity_recover(const CmAgentIdentityPlace *place,
			  GBytes *recovery,
			  const CmVaultSecret *typed,
			  const CmVaultSecret *passphrase,
			  const CmVaultDirectoryEntry *entry,
			  GError **error)
{
	g_autoptr(CmVaultSecret) code = NULL;
	g_autoptr(CmVaultRecord) bundle = NULL;
	guint64 revision = 0;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!cm_agent_identity_check_passphrase(passphrase, error))
		return NULL;
	code = read_code(typed, error);
	if (code == NULL)
		return NULL;
	found =
	    open_keyring(place, recovery, CM_VAULT_SLOT_RECOVERY, code, entry, &revision, &bundle);
	if (!cm_vault_class_set_error(found, "keyring", error))
		return NULL;
	/* it rises with every change, of whichever slot it comes from */
	revision = MAX(revision, find_revision(place)) + 1;
	if (!cm_agent_identity_store(place, bundle, passphrase, revision, TRUE, error))
		return NULL;
	return identity_new(g_steal_pointer(&bundle));
}

void
cm_agent_identity_free(CmAgentIdentity *identity)
{
	if (identity == NULL)
		return;
	cm_vault_record_unref(identity->bundle);
	g_free(identity);
}

const CmVaultRecord *
cm_agent_identity_get_bundle(const CmAgentIdentity *identity)
{
	return identity->bundle;
}
