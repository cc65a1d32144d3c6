// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-cosign.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

guint64
cm_agent_cosign_find(const CmAgentCase *about, guint64 sequence)
{
	const CmVaultCase *records = cm_agent_case_get(about);
	const guint8 *hash = cm_vault_record_get_hash(cm_vault_case_get_note(records, sequence));

	for (guint64 i = sequence + 1; i <= cm_vault_case_count_notes(records); i++) {
		const CmVaultNote *note = cm_vault_record_get_fields(
		    cm_vault_case_get_note(records, i), CM_VAULT_KIND_NOTE);

		if (note->kind == CM_VAULT_NOTE_COSIGNATURE &&
		    memcmp(note->about, hash, CM_VAULT_HASH_BYTES) == 0)
			return i;
	}
	return 0;
}

gboolean
cm_agent_cosign_check(const CmAgentCase *about, const CmVaultNote *note, GError **error)
{
	const CmVaultBundle *own =
	    cm_vault_record_get_fields(cm_agent_case_get_bundle(about), CM_VAULT_KIND_BUNDLE);

	if (note->kind == CM_VAULT_NOTE_COSIGNATURE || note->cosign == 0)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This note asks for no co-signature."), NULL);
	else if (memcmp(note->author, own->person, CM_VAULT_ID_BYTES) == 0)
		cm_error_set(
		    error, CM_ERROR_ACCESS_DENIED,
		    N_("You wrote this note yourself: whoever supervises you co-signs it."), NULL);
	else if (!cm_agent_case_is_taken(about))
		return cm_agent_case_check_writable(about, error);
	else if ((cm_agent_case_get_rights(about) & CM_VAULT_RIGHT_COSIGN) == 0)
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("You were not given this file to co-sign in it: whoever is "
				"responsible for it gives it so."),
			     NULL);
	else
		return TRUE;
	return FALSE;
}
