// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"

#include <glib.h>

/* Why a session stands where it does: a `comodal-explanation/1` document (docs/formats.md): its
 * place and what it costs there, or why it has none, and the rules that bear on it, with their
 * source. `number`: the plan's, stated in the document. Fails with NOT_FOUND for an unknown
 * session. Messages in the document are as include/cm-message.h has them. Returns: (transfer full),
 * UTF-8 JSON */
GBytes *
cm_explanation_new_document(const CmCaseload *caseload,
			    const CmPlan *plan,
			    const CmPolicySet *policies,
			    const gchar *session,
			    guint64 number,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
