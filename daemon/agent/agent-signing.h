// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-rules.h"
#include "daemon/vault/vault-record.h"

/* What has to stand in a note before its author's agent signs it. comodald can't see a text: who runs another agent can sign what they like, and
 * whoever reads it sees what is missing. */

/* A content's template, as it stands in it: "progress@2026-08-31". Returns: (transfer full); "" for none */
gchar *
cm_agent_signing_name_template(const CmAgentTemplate *template) G_GNUC_WARN_UNUSED_RESULT;

/* The one that a content names; NULL: none, or the policy has it no more. (transfer none) */
const CmAgentTemplate *
cm_agent_signing_find_template(const CmAgentRules *rules, const CmVaultContent *content);

/* Whether a draft may be signed. CM_ERROR_INVALID_INPUT: a section is empty that the policy does not let be; it is named, with the rule's
 * source. `out_empty`: headings of sections that are only advised. (transfer full) */
gboolean
cm_agent_signing_check(const CmAgentRules *rules,
		       const CmVaultDraft *draft,
		       const CmVaultContent *content,
		       GStrv *out_empty,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
