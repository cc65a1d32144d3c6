// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/disclosure-due.h"

#define DELAY "access_request.max_days"
#define EXTENSION "access_request.extension_days"
#define WAIT "transfer_to_third_party.min_delay_after_signed_authorization"
#define WAIVER "transfer_to_third_party.waiver_in_emergency"

static const CmRule *
lookup(const CmPolicy *policy, const gchar *id)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, id);

	return rule != NULL && !rule->repealed ? rule : NULL;
}

static const CmRule *
find_fewest(const CmPolicySet *policies, const gchar *id)
{
	const CmRule *fewest = NULL;

	for (guint i = 0; i < cm_policy_set_get_count(policies); i++) {
		const CmRule *rule = lookup(cm_policy_set_get(policies, i), id);

		if (rule != NULL && (fewest == NULL || rule->number < fewest->number))
			fewest = rule;
	}
	return fewest;
}

const CmRule *
cm_disclosure_due_find_delay(const CmPolicySet *policies)
{
	return find_fewest(policies, DELAY);
}

const CmRule *
cm_disclosure_due_find_extension(const CmPolicySet *policies)
{
	return find_fewest(policies, EXTENSION);
}

const CmRule *
cm_disclosure_due_find_wait(const CmPolicySet *policies,
			    const gchar *profession,
			    gboolean *out_waivable)
{
	const CmPolicy *own =
	    profession != NULL ? cm_policy_set_lookup(policies, profession) : NULL;
	guint count = own != NULL ? 1 : cm_policy_set_get_count(policies);
	const CmRule *most = NULL;

	*out_waivable = FALSE;
	for (guint i = 0; i < count; i++) {
		const CmPolicy *policy = own != NULL ? own : cm_policy_set_get(policies, i);
		const CmRule *rule = lookup(policy, WAIT);
		const CmRule *waiver = lookup(policy, WAIVER);

		/* advice, and what nobody is sure of, refuses nothing */
		if (rule == NULL || rule->effect != CM_EFFECT_BLOCK ||
		    (most != NULL && rule->number <= most->number))
			continue;
		most = rule;
		*out_waivable = waiver != NULL && waiver->number != 0;
	}
	return most;
}

CmDay
cm_disclosure_due_count_answer(const CmRule *delay,
			       const CmRule *extension,
			       gboolean extended,
			       CmDay since)
{
	if (delay == NULL)
		return CM_DAY_NONE;
	return since + delay->number + (extended && extension != NULL ? extension->number : 0);
}

CmDay
cm_disclosure_due_count_transfer(const CmRule *wait, gboolean renounced, CmDay since)
{
	if (wait == NULL)
		return CM_DAY_NONE;
	return renounced ? since : since + wait->number + 1;
}
