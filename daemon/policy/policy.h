// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* What a profession's rules are, all layers merged: what the planner obeys as plain data, and every rule with its source.
 *
 * A CmPolicySet is made by policy-loader.h, never changes afterwards and is counted: whoever holds a reference may read it from
 * several threads, and everything got from it lives as long as the reference. policies/SCHEMA.md describes the files. */

/* -- What the planner obeys: no key file, no message. The keys, their meaning and their defaults are those of
 * tests/planning/FORMAT.md, "Policy". */

#define CM_LIMIT_NONE (-1) /* the key is absent: it does not limit */

typedef struct {
	gint buffer_minutes; /* 0 when absent */
	gint max_sessions;
	gint max_minutes;
	gint max_sites;
	gint max_consecutive_video_minutes;
	gint break_minutes; /* CM_LIMIT_NONE: no gap breaks a run */
} CmDayLimits;

typedef struct {
	const gchar *name;        /* as "suivi" */
	guint8 modalities;        /* CmUse flags */
	gboolean student_present; /* TRUE when absent */
	gboolean first_in_person;
	gint in_person_every;
	gint min_gap_days;
	gint max_gap_days;
	gint companion_below_age;
	gint guardian_below_age;
} CmActRules;

typedef struct _CmPolicy CmPolicy;
typedef struct _CmPolicySet CmPolicySet;

/* The policy of a profession, or NULL. (transfer none) */
const CmPolicy *
cm_policy_set_lookup(const CmPolicySet *set, const gchar *profession);

/* All of them, by name. */
guint
cm_policy_set_get_count(const CmPolicySet *set);
const CmPolicy *
cm_policy_set_get(const CmPolicySet *set, guint index);

const CmDayLimits *
cm_policy_get_day_limits(const CmPolicy *policy);

/* The rules of an act, or NULL when the policy has no such act. */
const CmActRules *
cm_policy_get_act(const CmPolicy *policy, const gchar *act);

/* All acts, in the order in which the layers declare them. */
guint
cm_policy_get_act_count(const CmPolicy *policy);
const CmActRules *
cm_policy_get_act_at(const CmPolicy *policy, guint index);

CmPolicySet *
cm_policy_set_ref(CmPolicySet *set);
void
cm_policy_set_unref(CmPolicySet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPolicySet, cm_policy_set_unref)

/* -- The rules, for whoever refuses, warns, asks or shows. */

typedef enum {
	CM_RULE_KIND_LAW,           /* "law" */
	CM_RULE_KIND_ORDER_RULE,    /* "order-rule" */
	CM_RULE_KIND_ORDER_ADVICE,  /* "order-advice" */
	CM_RULE_KIND_EMPLOYER_RULE, /* "employer-rule" */
	CM_RULE_KIND_LAST
} CmRuleKind;

typedef enum {
	CM_CONFIDENCE_LOW,    /* "low" */
	CM_CONFIDENCE_MEDIUM, /* "medium" */
	CM_CONFIDENCE_HIGH,   /* "high" */
	CM_CONFIDENCE_LAST
} CmConfidence;

/* What a rule may do, weakest first. */
typedef enum {
	CM_EFFECT_INFORM, /* "informs" */
	CM_EFFECT_WARN,   /* "warns" */
	CM_EFFECT_BLOCK,  /* "blocks" */
	CM_EFFECT_LAST
} CmEffect;

typedef enum {
	CM_VALUE_NONE,   /* the rule is its text */
	CM_VALUE_FLAG,   /* `number` is 0 or 1 */
	CM_VALUE_NUMBER, /* `number`, in the schema's unit */
	CM_VALUE_CHOICE, /* `word`, one of the schema's */
	CM_VALUE_LIST,   /* `items`, and the same in each language */
	CM_VALUE_WORD,   /* `word`, free */
} CmValueType;

typedef enum { CM_LANGUAGE_FRENCH, CM_LANGUAGE_ENGLISH, CM_LANGUAGE_LAST } CmLanguage;

typedef struct {
	const gchar *id; /* as "access_request.max_days" */
	CmRuleKind kind;
	CmConfidence confidence;
	CmEffect
	    effect; /* derived from kind, confidence, `repealed` and what the schema says of this id */
	gboolean repealed;    /* the text read is no longer in force */
	const gchar *source;  /* URL */
	const gchar *article; /* as "A-2.1, art. 47" */
	const gchar *
	    version; /* date of the version read, "2024", "2024-06" or "2024-06-18"; NULL when unknown */
	const gchar *read;  /* day it was read, "YYYY-MM-DD" */
	const gchar *owner; /* who answers for it; NULL but where the schema wants one */
	const gchar *text[CM_LANGUAGE_LAST];
	const gchar *note[CM_LANGUAGE_LAST]; /* NULL when there is none */
	CmValueType type;
	gint number;
	const gchar *word;
	const gchar *value;        /* as the file has it, NULL for CM_VALUE_NONE */
	const gchar *const *items; /* identifiers, ended by NULL; NULL unless a list */
	const gchar *const *item_texts[CM_LANGUAGE_LAST];
	const gchar *const
	    *keys; /* the planner's keys that it justifies, as "Act suivi.MinGapDays"; never NULL */
	const gchar *file;
	guint line;
} CmRule;

const gchar *
cm_rule_kind_to_string(CmRuleKind kind);
const gchar *
cm_confidence_to_string(CmConfidence confidence);
const gchar *
cm_effect_to_string(CmEffect effect);

const gchar *
cm_policy_get_profession(const CmPolicy *policy);
/* The order's initials, or NULL. */
const gchar *
cm_policy_get_order(const CmPolicy *policy);
/* Of the profession; its name when the file has no title. */
const gchar *
cm_policy_get_title(const CmPolicy *policy, CmLanguage language);
/* Of an act; its name when no file has a title for it or there is no such act. */
const gchar *
cm_policy_get_act_title(const CmPolicy *policy, const gchar *act, CmLanguage language);

/* The rules in force, one an id (that of the lowest layer, the tightest), in the order of the files. */
guint
cm_policy_get_rule_count(const CmPolicy *policy);
const CmRule *
cm_policy_get_rule(const CmPolicy *policy, guint index);

/* The rule in force by its id, or NULL: the sources are silent. */
const CmRule *
cm_policy_lookup_rule(const CmPolicy *policy, const gchar *id);

/* The rule of the same id that `rule` tightens, in the layer above; NULL when there is none. */
const CmRule *
cm_policy_get_rule_above(const CmPolicy *policy, const CmRule *rule);

/* The rule that justifies a planner's key (`group` "Day" or "Act suivi", `key` "MaxSessions"), or NULL when the key is not
 * set or no rule names it. */
const CmRule *
cm_policy_explain_key(const CmPolicy *policy, const gchar *group, const gchar *key);

/* Where a planner's key in force was set. FALSE when no file sets it. `out_line` may be NULL. */
gboolean
cm_policy_get_key_place(const CmPolicy *policy,
			const gchar *group,
			const gchar *key,
			const gchar **out_file,
			guint *out_line);
