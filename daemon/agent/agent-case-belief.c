// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-case-private.h"

#include "daemon/agent/agent-vouch.h"
#include "daemon/vault/vault-frames.h"

/* of keys that were stolen since: what somebody vouches for is taken, what nothing stands on is left out */
static CmVaultClass
learn_or_leave(CmAgentCase *self, CmAgentVouch *vouch, GBytes *octets)
{
	CmVaultClass found = cm_agent_case_learn(self, octets);

	if (found == CM_VAULT_CLASS_OK)
		return found;
	if (found == CM_VAULT_CLASS_REVOKED && cm_agent_vouch_covers(vouch, octets))
		found = cm_agent_case_learn_by(self, cm_vault_case_add_kept, octets);
	return cm_agent_vouch_leave_out(vouch, found, octets) ? CM_VAULT_CLASS_OK : found;
}

CmVaultClass
cm_agent_case_belief_add_all(CmAgentCase *self, GBytes *records, const CmVaultRememberedCase *known)
{
	g_autoptr(GArray) frames = NULL;
	g_autoptr(CmAgentVouch) vouch = NULL;
	CmVaultClass found = cm_vault_frames_split(records, cm_vault_people_get_kinds(), &frames);

	for (guint i = 0; found == CM_VAULT_CLASS_OK && i < frames->len; i++) {
		GBytes *octets = g_array_index(frames, CmVaultFrame, i).octets;

		found = vouch == NULL ? cm_agent_case_learn(self, octets)
				      : learn_or_leave(self, vouch, octets);
		if (cm_vault_case_is_passed_over(found, octets))
			found = CM_VAULT_CLASS_OK;
		if (found != CM_VAULT_CLASS_REVOKED || vouch != NULL)
			continue;
		vouch = cm_agent_vouch_new(self->people, frames, known);
		found = learn_or_leave(self, vouch, octets);
	}
	return found == CM_VAULT_CLASS_OK ? cm_vault_case_finish(self->records) : found;
}
