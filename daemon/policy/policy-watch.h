// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "include/cm-faults.h"

/* Watches directories of policies and reads them again a moment after they changed, on the thread-default main context of the
 * caller. It holds no set: who listens takes the new one, or keeps the old one when there is none. */

#define CM_POLICY_WATCH_DELAY_MS 500

typedef struct _CmPolicyWatch CmPolicyWatch;

/* `set` is NULL when what was read is wrong: `faults` and `error` say how, and the old set stays in force. */
typedef void (*CmPolicyWatchFunc)(CmPolicySet *set,
				  const CmFaults *faults,
				  const GError *error,
				  gpointer user_data);

/* `directories` as cm_policy_loader_load() takes them; a directory that is not there yet is awaited. `delay_ms` without another
 * change go by before a reading. Returns: (transfer full) */
CmPolicyWatch *
cm_policy_watch_new(const gchar *const *directories,
		    guint delay_ms,
		    CmPolicyWatchFunc func,
		    gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* Nothing is called any more. */
void
cm_policy_watch_free(CmPolicyWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPolicyWatch, cm_policy_watch_free)
