// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/policy-presence.h"

gboolean
cm_policy_presence_check(const gchar *profession, const gchar *act, gpointer policies)
{
	const CmPolicy *policy = cm_policy_set_lookup(policies, profession);
	const CmActRules *rules = policy != NULL ? cm_policy_get_act(policy, act) : NULL;

	return rules == NULL || rules->student_present;
}
