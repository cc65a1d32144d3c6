// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-case.h"

/* What the files of a case share: agent-case*.c alone. */

struct _CmAgentCase {
	CmVaultPeople *people;
	const CmVaultRecord *bundle;
	const CmVaultBundle *own; /* its fields */
	guint8 id[CM_VAULT_ID_BYTES];
	gchar *reference; /* the student's; NULL: none */
	GTimeZone *zone;  /* the organisation's; NULL: this machine's */
	CmVaultCase *records;
	GPtrArray *envelopes; /* of persons, in the order in which they came */
	GPtrArray *escrowed;  /* of escrow keys, the same */
	GPtrArray *keys;      /* of CmVaultSecret, by epoch from 1; NULL: not one's own */
	CmVaultRecord *grant; /* the newest epoch's envelope; NULL: none */
	guint made;           /* records of cm_agent_case_take() */
	gboolean taken;       /* its person began it, or said yes to it */
};

/* Whether what was seen before is still there, and the same. `known` NULL: nothing was. */
CmVaultClass
cm_agent_case_compare(const CmAgentCase *self,
		      const CmVaultRememberedCase *known) G_GNUC_WARN_UNUSED_RESULT;

/* Whether its person made the first epoch, or one of their own since: nobody else signs with these keys. */
gboolean
cm_agent_case_has_begun(const CmAgentCase *self);

/* Check a record by one of cm_vault_case_add() and cm_vault_case_add_kept(). */
typedef CmVaultClass (*CmAgentCaseAdd)(CmVaultCase *records,
				       GBytes *octets,
				       CmVaultRecord **out_record);
CmVaultClass
cm_agent_case_learn_by(CmAgentCase *self,
		       CmAgentCaseAdd add,
		       GBytes *octets) G_GNUC_WARN_UNUSED_RESULT;

/* Check all records of a case; `known`: as above. Of keys that were stolen since, what somebody vouches for is taken (agent-vouch.h). */
CmVaultClass
cm_agent_case_belief_add_all(CmAgentCase *self,
			     GBytes *records,
			     const CmVaultRememberedCase *known) G_GNUC_WARN_UNUSED_RESULT;
