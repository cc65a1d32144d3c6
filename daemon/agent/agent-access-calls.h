// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about who reads which case; each as CmAgentMethod's run. */

GVariant *
cm_agent_access_calls_run_list_cases(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_access_calls_run_list_colleagues(CmAgentCalls *calls,
					  const CmAgentCall *call,
					  GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_access_calls_run_list_access(CmAgentCalls *calls,
				      const CmAgentCall *call,
				      GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_access_calls_run_share(CmAgentCalls *calls,
				const CmAgentCall *call,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_access_calls_run_end_access(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_access_calls_run_hand_over(CmAgentCalls *calls,
				    const CmAgentCall *call,
				    GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_access_calls_run_accept(CmAgentCalls *calls,
				 const CmAgentCall *call,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
