// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about custodians, as CmAgentMethod runs them. */

GVariant *
cm_agent_custody_calls_run_check(CmAgentCalls *calls,
				 const CmAgentCall *call,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_custody_calls_run_list(CmAgentCalls *calls,
				const CmAgentCall *call,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_custody_calls_run_request(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_custody_calls_run_refuse(CmAgentCalls *calls,
				  const CmAgentCall *call,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_custody_calls_run_release(CmAgentCalls *calls,
				   const CmAgentCall *call,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_custody_calls_run_take_over(CmAgentCalls *calls,
				     const CmAgentCall *call,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
