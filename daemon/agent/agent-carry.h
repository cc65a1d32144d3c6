// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/agent/agent-calls.h"

/* CarryOver of org.comodal.Agent1: somebody's own cases become those of their next keys, while they have both. */
GVariant *
cm_agent_carry_run(CmAgentCalls *calls,
		   const CmAgentCall *call,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
