// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about the end of cases, as CmAgentMethod runs them. */

GVariant *
cm_agent_destruction_calls_run_ask(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_destruction_calls_run_check(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_destruction_calls_run_agree(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
