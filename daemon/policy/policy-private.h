// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-document.h"

/* What policy.c shows and policy-merge.c fills. */

typedef struct {
	const gchar *file;
	guint line;
} CmPolicyPlace;

typedef struct {
	CmActRules rules;
	const gchar *title[CM_LANGUAGE_LAST];
	CmPolicyPlace place; /* where it is declared first */
} CmPolicyAct;

struct _CmPolicy {
	const gchar *profession;
	const gchar *order;
	const gchar *title[CM_LANGUAGE_LAST];
	CmDayLimits day;
	GPtrArray *acts;    /* CmPolicyAct */
	GHashTable *places; /* "Day.MaxSessions" → CmPolicyPlace */
	GPtrArray *
	    layers; /* CmRule of the documents, of every layer, in the order in which they were merged */
	GPtrArray *rules; /* CmRule in force */
};

struct _CmPolicySet {
	gatomicrefcount references;
	GPtrArray *documents; /* CmPolicyDocument: all strings and rules are theirs */
	GPtrArray *policies;  /* CmPolicy, by profession */
};

/* Takes the documents. Returns: (transfer full) */
CmPolicySet *
cm_policy_set_new(GPtrArray *documents);

/* The act, or NULL. */
CmPolicyAct *
cm_policy_find_act(const CmPolicy *policy, const gchar *name);

/* "Act suivi.MinGapDays" Returns: (transfer full) */
gchar *
cm_policy_name_key(const gchar *group, const gchar *key);
