// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

#include <json-glib/json-glib.h>

/* Policies as a person reads them, in their language, and as a program does. */

/* The language of this process. */
CmLanguage
cm_policy_view_get_language(void);

/* "blocks", "warns", "informs", translated. */
const gchar *
cm_policy_view_get_effect(CmEffect effect);

/* A rule's value with its unit, NULL when it has none. Returns: (transfer full) (nullable) */
gchar *
cm_policy_view_format_value(const CmRule *rule);

/* How many of a policy's rules in force have an effect. */
guint
cm_policy_view_count(const CmPolicy *policy, CmEffect effect);

/* Append a profession: its limits with the rule behind each, then its rules by what they do. */
void
cm_policy_view_append_policy(GString *out, const CmPolicy *policy, gboolean color);

/* Append all that is known of a rule in force; `policy` is one in which it is. */
void
cm_policy_view_append_rule(GString *out,
			   const CmPolicy *policy,
			   const CmRule *rule,
			   gboolean color);

/* The same as JSON. */
void
cm_policy_view_build_policy(JsonBuilder *builder, const CmPolicy *policy);
void
cm_policy_view_build_rule(JsonBuilder *builder, const CmRule *rule);
