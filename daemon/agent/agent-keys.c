// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-keys.h"

#include "daemon/agent/agent-keyfile.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

struct _CmAgentKeys {
	gchar *folder;
	CmAgentIdentity *identity; /* NULL: locked */
};

CmAgentKeys *
cm_agent_keys_new(const gchar *folder)
{
	CmAgentKeys *keys = g_new0(CmAgentKeys, 1);

	keys->folder = g_strdup(folder);
	return keys;
}

void
cm_agent_keys_free(CmAgentKeys *keys)
{
	if (keys == NULL)
		return;
	cm_agent_keys_lock(keys);
	g_free(keys->folder);
	g_free(keys);
}

const gchar *
cm_agent_keys_get_state(const CmAgentKeys *keys)
{
	g_autofree gchar *path = g_build_filename(keys->folder, CM_AGENT_KEYFILE_NAME, NULL);

	if (keys->identity != NULL)
		return "unlocked";
	return g_file_test(path, G_FILE_TEST_EXISTS) ? "locked" : "absent";
}

const CmVaultRecord *
cm_agent_keys_get_bundle(const CmAgentKeys *keys, GError **error)
{
	if (keys->identity != NULL)
		return cm_agent_identity_get_bundle(keys->identity);
	cm_error_set(error, CM_ERROR_KEY, N_("Your keys are locked: comodalctl vault unlock."),
		     NULL);
	return NULL;
}

/* The organisation is the keyring's own word, which the seal holds to: another one opens nothing. `octets` keeps it. */
static gboolean
find_place(const CmAgentKeys *keys,
	   CmAgentIdentityPlace *out_place,
	   CmVaultRecord **out_keyring,
	   GError **error)
{
	g_autoptr(GBytes) octets = cm_agent_keyfile_read(keys->folder, error);
	const CmVaultKeyring *fields = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (octets == NULL)
		return FALSE;
	found = cm_vault_record_read(CM_VAULT_KIND_KEYRING, octets, out_keyring);
	if (!cm_vault_class_set_error(found, "keyring", error))
		return FALSE;
	fields = cm_vault_record_get_fields(*out_keyring, CM_VAULT_KIND_KEYRING);
	*out_place = (CmAgentIdentityPlace){.folder = keys->folder,
					    .organisation = fields->organisation,
					    .memory_bytes = (guint64)sysconf(_SC_PHYS_PAGES) *
							    (guint64)sysconf(_SC_PAGESIZE)};
	return TRUE;
}

gboolean
cm_agent_keys_unlock(CmAgentKeys *keys, const CmVaultSecret *passphrase, GError **error)
{
	g_autoptr(CmVaultRecord) keyring = NULL;
	CmAgentIdentityPlace place;
	CmAgentIdentity *identity = NULL;

	if (!find_place(keys, &place, &keyring, error))
		return FALSE;
	identity = cm_agent_identity_unlock(&place, passphrase, NULL, error);
	if (identity == NULL)
		return FALSE;
	cm_agent_keys_lock(keys);
	keys->identity = identity;
	return TRUE;
}

void
cm_agent_keys_lock(CmAgentKeys *keys)
{
	g_clear_pointer(&keys->identity, cm_agent_identity_free);
}

gboolean
cm_agent_keys_change_passphrase(CmAgentKeys *keys,
				const CmVaultSecret *passphrase,
				const CmVaultSecret *next,
				GError **error)
{
	g_autoptr(CmVaultRecord) keyring = NULL;
	CmAgentIdentityPlace place;

	return find_place(keys, &place, &keyring, error) &&
	       cm_agent_identity_change_passphrase(&place, passphrase, next, error);
}
