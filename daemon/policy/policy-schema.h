// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-key.h"

/* The rules that the program knows by id: the type of their value, which direction is tighter, and the most that a rule of this
 * id can ever do. policies/SCHEMA.md lists the same for those who write policies; a test compares the two. */

typedef struct {
	const gchar *id;
	CmValueType type;
	CmTighter tighter;
	CmEffect strongest;
	const gchar *unit; /* of a number, marked for gettext; NULL when it has none */
	gint least;
	gint most;
	const gchar *const *
	    words; /* of a choice, the loosest first; of a list, what may stand in it; ended by NULL; or NULL */
	gboolean
	    organisation; /* a setting that no law and no order speaks of: only as Kind=employer-rule */
	gboolean owned; /* Owner= says who answers for it */
} CmPolicyTerm;

/* An organisation's own rules, unknown to the program, have ids that begin so. */
#define CM_POLICY_LOCAL_PREFIX "local."

/* The sections of a kind of note: “note.template.KIND”, or one of several, “note.template.KIND.NAME”, whose row is that of its kind. What
 * follows the prefix is the template's name. */
#define CM_POLICY_TEMPLATE_PREFIX "note.template."
#define CM_POLICY_TEMPLATE_BYTES_MAX 48

/* The table's rows by id, ended by NULL. */
const CmPolicyTerm *
cm_policy_schema_get(guint index);

/* A row, or NULL. */
const CmPolicyTerm *
cm_policy_schema_lookup(const gchar *id);

/* Whether the value of `to` loosens that of `from`, both of this row. */
gboolean
cm_policy_schema_loosens(const CmPolicyTerm *term, const CmRule *from, const CmRule *to);

/* What a rule of these may do. `term` is NULL for an organisation's own; `limits` when it justifies a planner's key. */
CmEffect
cm_policy_schema_derive_effect(const CmPolicyTerm *term, const CmRule *rule, gboolean limits);
