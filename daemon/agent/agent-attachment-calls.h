// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about attachments, as CmAgentMethod runs them. */

GVariant *
cm_agent_attachment_calls_run_attach(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_attachment_calls_run_detach(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_attachment_calls_run_save(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
