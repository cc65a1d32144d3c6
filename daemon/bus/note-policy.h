// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/vault-document.h"

/* What a profession's policy asks of case notes: of its sections, of who co-signs, of the file that it belongs to. comodald can't see a text:
 * whether sections are filled is its author's agent to say. */

/* A CmJsonDocumentMake for a CmVaultQuery: comodal-note-rules/1. */
gboolean
cm_note_policy_make(CmStore *store,
		    CmPolicySet *policies,
		    gpointer data,
		    JsonBuilder *builder,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the policy of the caller's profession lets those files be begun whose first epochs are among these records; records that do not
 * hold are somebody else's to refuse. CM_ERROR_ACCESS_DENIED, which names the rule's source. */
gboolean
cm_note_policy_check_begun(const CmVaultQuery *query,
			   CmStore *store,
			   const CmPolicySet *policies,
			   GBytes *records,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
