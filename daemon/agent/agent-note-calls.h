// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about cases, drafts and notes, as CmAgentMethod runs them. */

GVariant *
cm_agent_note_calls_run_open_case(CmAgentCalls *calls,
				  const CmAgentCall *call,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_write_draft(CmAgentCalls *calls,
				    const CmAgentCall *call,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_read_draft(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_list_drafts(CmAgentCalls *calls,
				    const CmAgentCall *call,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_drop_draft(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_sign(CmAgentCalls *calls,
			     const CmAgentCall *call,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_cosign(CmAgentCalls *calls,
			       const CmAgentCall *call,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_list_waiting(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_list_notes(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_search(CmAgentCalls *calls,
			       const CmAgentCall *call,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_note_calls_run_read_note(CmAgentCalls *calls,
				  const CmAgentCall *call,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Answer with a content, by a pipe. Returns: (transfer floating) */
GVariant *
cm_agent_note_calls_hand_content(const CmAgentCall *call,
				 CmVaultRecord *content,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
