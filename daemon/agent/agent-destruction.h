// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-notes.h"

/* The end of a case in an agent (docs/vault-format.md, “Destruction”): its person asks somebody, or agrees; and what became of a case that
 * was seen before and is not there any more. The worker's thread alone. */

/* What a destruction says besides the case. */
typedef struct {
	const guint8 *case_id;
	const gchar *reference; /* the student's identifier; NULL: the roster has them no more */
	const gchar *second;    /* the fingerprint of whoever is to agree */
	const gchar *basis;
	guint32 due_on; /* dates as a record has them */
	guint32 backups_until;
} CmAgentDestructionOrder;

/* Sign as the first, and have comodald ask the second. CM_ERROR_ACCESS_DENIED: the two may not; CM_ERROR_CONFLICT: it is not due by this
 * computer's clock. */
gboolean
cm_agent_destruction_ask(CmAgentNotes *notes,
			 const CmAgentDestructionOrder *order,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What somebody asks of this person about a case, checked against the case, which need not be theirs to read: `out_about`, (transfer full).
 * Returns: (transfer full) */
CmVaultRecord *
cm_agent_destruction_read(CmAgentNotes *notes,
			  const guint8 *case_id,
			  CmAgentCase **out_about,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sign what was read as the second, and have comodald destroy the case. `out_erased`: as Retention.Agree says. */
gboolean
cm_agent_destruction_agree(CmAgentNotes *notes,
			   const CmVaultRecord *asked,
			   gboolean *out_erased,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A case that is remembered and that comodald does not list: whether two who may have destroyed it. Then it is remembered as destroyed: behind
 * its last note stands the hash of the record, so that one which is put back later is an older one. CM_ERROR_STORE: it is just not there, or
 * what is said of it does not hold. */
gboolean
cm_agent_destruction_learn(CmAgentNotes *notes,
			   const CmVaultRememberedCase *known,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
