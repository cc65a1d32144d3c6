// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/chain.h"
#include "daemon/planner/state.h"

/* Whether the locked placements of a problem can stand together, and a plan around them exists as far as the sessions go that
 * must be placed between them. Fails with CM_ERROR_INVALID_INPUT, naming a session and the rule it breaks. */
gboolean
cm_locked_check(const CmProblem *problem, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Place the sessions that must stand before a locked one, with those after them. FALSE when a follow-up has no place for them:
 * its index is then in out_followup. */
gboolean
cm_locked_fill(CmState *state,
	       CmChainTable *table,
	       guint32 *out_followup) G_GNUC_WARN_UNUSED_RESULT;
