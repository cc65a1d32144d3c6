// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-escrow.h"
#include "daemon/agent/agent-notes.h"

/* What people left with custodians, for the person whose agent this is: as its owner, as a custodian of others, and as whoever is to get it
 * (docs/vault-format.md, “Custodians”). The worker's thread alone. */

/* What a request is to its person. */
typedef enum {
	CM_AGENT_CUSTODY_OWNER,     /* it is about what they left themselves */
	CM_AGENT_CUSTODY_CUSTODIAN, /* they keep it */
	CM_AGENT_CUSTODY_RECIPIENT  /* they are to get it */
} CmAgentCustodyPart;

/* Read anew what comodald has. Returns: (transfer full) */
CmAgentEscrow *
cm_agent_custody_read(CmAgentNotes *notes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whose deposits of which the person is a custodian do not open: the newest of each generation. (transfer full) (element-type
 * CmVaultDirectoryEntry, of the directory) */
GPtrArray *
cm_agent_custody_list_spoiled(const CmAgentNotes *notes, const CmAgentEscrow *escrow);

/* The person's part in a request; FALSE: none, or as keys of theirs that are older. */
gboolean
cm_agent_custody_find_part(const CmAgentNotes *notes,
			   const CmAgentEscrow *escrow,
			   const CmVaultRecord *request,
			   CmAgentCustodyPart *out_part);

/* Whether the person released it as a custodian. */
gboolean
cm_agent_custody_has_released(const CmAgentNotes *notes,
			      const CmAgentEscrow *escrow,
			      const CmVaultRecord *request);

/* What a custodian asks. */
typedef struct {
	const CmVaultDirectoryEntry *owner;
	const CmVaultDirectoryEntry *recipient;
	guint8 reason; /* 1 absent, 2 died, 3 left, 4 keys lost, 5 ordered by law */
	guint32 delay; /* seconds */
} CmAgentCustodyOrder;

/* Ask that what somebody left be released: whatever a file of theirs is under, which comodald tells, one request each. CM_ERROR_NOT_FOUND: they
 * left nothing with the person, or no file is under it. */
gboolean
cm_agent_custody_request(CmAgentNotes *notes,
			 const CmAgentEscrow *escrow,
			 const CmAgentCustodyOrder *order,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Say no to one, as its owner; release it, as a custodian: nothing is handed over before its delay is over, nor behind a refusal. */
gboolean
cm_agent_custody_refuse(CmAgentNotes *notes,
			const CmAgentEscrow *escrow,
			const CmVaultRecord *request,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_agent_custody_release(CmAgentNotes *notes,
			 CmAgentEscrow *escrow,
			 const CmVaultRecord *request,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
