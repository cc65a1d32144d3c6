// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* Why an unscheduled session has no place in a plan: a message that names what is in the way and, where one thing alone is, the
 * day and hour at which the session would stand without it. Found by leaving out one obstacle after the other.
 * Returns: (transfer full), never NULL nor empty */
gchar *
cm_reason_find(const CmState *state, guint32 session) G_GNUC_WARN_UNUSED_RESULT;
