// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* The methods of org.comodal.Agent1 about exports, as CmAgentMethod runs them. */
GVariant *
cm_agent_export_calls_run_make(CmAgentCalls *calls,
			       const CmAgentCall *call,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_export_calls_run_open(CmAgentCalls *calls,
			       const CmAgentCall *call,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cm_agent_export_calls_run_write_enrolment(CmAgentCalls *calls,
					  const CmAgentCall *call,
					  GError **error) G_GNUC_WARN_UNUSED_RESULT;
