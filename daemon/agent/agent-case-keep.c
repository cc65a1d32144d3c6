// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-case-keep.h"

#include "daemon/agent/agent-case-private.h"
#include "daemon/vault/vault-frames.h"

/* an epoch may bring in what came before it: of its responsible's escrow key */
static gboolean
has_epoch(const GArray *frames)
{
	for (guint i = 0; i < frames->len; i++) {
		if (g_array_index(frames, CmVaultFrame, i).kind == CM_VAULT_KIND_EPOCH)
			return TRUE;
	}
	return FALSE;
}

gboolean
cm_agent_case_keep_continue(CmAgentCase *self,
			    const CmAgentCasePlace *place,
			    GBytes *records,
			    const CmAgentMemory *memory)
{
	const CmVaultRememberedCase *known = cm_agent_memory_find_case(memory, self->id);
	g_autoptr(GArray) frames = NULL;
	CmVaultClass found = cm_vault_frames_split(records, cm_vault_people_get_kinds(), &frames);

	if (found != CM_VAULT_CLASS_OK || has_epoch(frames))
		return FALSE;
	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < frames->len; i++)
		found = cm_agent_case_learn(self, g_array_index(frames, CmVaultFrame, i).octets);
	if (found == CM_VAULT_CLASS_OK)
		found = cm_agent_case_compare(self, known);
	g_free(self->reference);
	self->reference = g_strdup(place->reference);
	self->taken = known != NULL || cm_agent_case_has_begun(self);
	return found == CM_VAULT_CLASS_OK && cm_agent_case_reopen(self) == CM_VAULT_CLASS_OK;
}

CmVaultRememberedCase
cm_agent_case_keep_describe_end(const CmAgentCase *self)
{
	CmVaultRememberedCase end = {.case_id = self->id};

	end.epoch = cm_vault_case_count_epochs(self->records);
	end.sequence = cm_vault_case_count_notes(self->records);
	end.epoch_record =
	    cm_vault_record_get_hash(cm_vault_case_get_epoch(self->records, end.epoch));
	if (end.sequence > 0)
		end.last_note =
		    cm_vault_record_get_hash(cm_vault_case_get_note(self->records, end.sequence));
	return end;
}

gboolean
cm_agent_case_keep_check(const CmAgentCase *self, const CmAgentCase *before, GError **error)
{
	const CmVaultRememberedCase end = cm_agent_case_keep_describe_end(before);

	return cm_vault_class_set_error(cm_agent_case_compare(self, &end), "case", error);
}

gboolean
cm_agent_case_keep_is_of_earlier_keys(const CmAgentCase *self)
{
	const CmVaultEpoch *newest = cm_vault_record_find_fields(
	    cm_vault_case_get_epoch(self->records, cm_vault_case_count_epochs(self->records)),
	    CM_VAULT_KIND_EPOCH);
	gboolean earlier = FALSE;

	/* what a colleague gave, they give again */
	if (memcmp(newest->responsible, self->own->person, CM_VAULT_ID_BYTES) != 0)
		return FALSE;
	for (guint i = 0; i < self->envelopes->len; i++) {
		const CmVaultEnvelope *envelope = cm_vault_record_get_fields(
		    g_ptr_array_index(self->envelopes, i), CM_VAULT_KIND_ENVELOPE);

		if (memcmp(envelope->recipient, self->own->person, CM_VAULT_ID_BYTES) != 0)
			continue;
		if (envelope->recipient_generation == self->own->generation)
			return FALSE;
		earlier = TRUE;
	}
	return earlier;
}
