// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about minutes, as CmAgentMethod runs them. */

GVariant *
cm_agent_minutes_calls_run_write(CmAgentCalls *calls,
				 const CmAgentCall *call,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_minutes_calls_run_list(CmAgentCalls *calls,
				const CmAgentCall *call,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_minutes_calls_run_read(CmAgentCalls *calls,
				const CmAgentCall *call,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_minutes_calls_run_drop(CmAgentCalls *calls,
				const CmAgentCall *call,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
