// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* The documents about plans that Planner's methods answer with. Each takes the invocation; plan 0 is the published one. */

/* comodal-plan/1 */
void
cm_plan_documents_reply_plan(CmService *service, GDBusMethodInvocation *invocation, guint64 plan);

/* comodal-plan-diff/1 */
void
cm_plan_documents_reply_diff(CmService *service,
			     GDBusMethodInvocation *invocation,
			     guint64 from,
			     guint64 to);

/* comodal-explanation/1 */
void
cm_plan_documents_reply_explanation(CmService *service,
				    GDBusMethodInvocation *invocation,
				    const gchar *session,
				    guint64 plan);
