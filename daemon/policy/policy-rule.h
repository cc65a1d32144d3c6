// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-file.h"
#include "daemon/policy/policy-schema.h"

/* One group [Rule ID] as plain data. */

#define CM_POLICY_GROUP_RULE "Rule " /* then the rule's id */
#define CM_POLICY_ID_BYTES_MAX 96

typedef struct {
	CmRule rule; /* first: a CmRule of a document is one of these */
	guint value_line;
	guint keys_line;
	gchar **strings[4]; /* what `items`, `item_texts` and `keys` are */
} CmPolicyRule;

/* Read a group whose name begins with CM_POLICY_GROUP_RULE, texts into `strings`. NULL, with a fault, when it is no rule.
 * Returns: (transfer full) (nullable) */
CmPolicyRule *
cm_policy_rule_new(CmPolicyFile *file,
		   const gchar *group,
		   GStringChunk *strings) G_GNUC_WARN_UNUSED_RESULT;

void
cm_policy_rule_free(CmPolicyRule *rule);
