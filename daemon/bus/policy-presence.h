// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

/* Whether the student sits in a session of this act, as the store asks it (CmStorePresence); `policies` is a CmPolicySet. TRUE
 * for what the policies do not know: better a time claimed than a double booking. */
gboolean
cm_policy_presence_check(const gchar *profession, const gchar *act, gpointer policies);
