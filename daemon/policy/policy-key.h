// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

/* The planner's keys, one table: where each stands, what it may be and which direction is tighter. */

typedef enum {
	CM_POLICY_KEY_NUMBER,
	CM_POLICY_KEY_FLAG,
	CM_POLICY_KEY_MODALITIES,
} CmPolicyKeyType;

/* Which change of a value a lower layer may make; for the rules' values too. */
typedef enum {
	CM_TIGHTER_FIXED,  /* none: it is a definition */
	CM_TIGHTER_LOWER,  /* a smaller number, or false */
	CM_TIGHTER_HIGHER, /* a larger number, or true; of a choice's words a later one */
	CM_TIGHTER_FEWER,  /* a subset of a list */
	CM_TIGHTER_MORE,   /* a superset of a list */
} CmTighter;

typedef struct {
	const gchar *name;
	gboolean of_act; /* stands in [Act NAME]; otherwise in [Day] */
	CmPolicyKeyType type;
	CmTighter tighter;
	gsize offset; /* in CmActRules or CmDayLimits */
	gint least;
	gint most;
} CmPolicyKey;

#define CM_POLICY_GROUP_DAY "Day"
#define CM_POLICY_GROUP_ACT "Act " /* then the act's name */

/* The table's rows, ended by NULL. */
const CmPolicyKey *
cm_policy_key_get(guint index);

/* A row by group ("Day", "Act suivi") and name, or NULL. */
const CmPolicyKey *
cm_policy_key_lookup(const gchar *group, const gchar *name);

/* Whether there is a row for "Day.MaxSessions", "Act suivi.MinGapDays". */
gboolean
cm_policy_key_is_known(const gchar *name);

/* Read and write a value of CmDayLimits or CmActRules by its row. */
gint
cm_policy_key_get_value(const CmPolicyKey *key, gconstpointer limits);
void
cm_policy_key_set_value(const CmPolicyKey *key, gpointer limits, gint value);

/* Whether going from one value to another loosens; CM_LIMIT_NONE is the loosest of a number. */
gboolean
cm_policy_key_loosens(const CmPolicyKey *key, gint from, gint to);

/* A value as the file has it, "none" when absent. Returns: (transfer full) */
gchar *
cm_policy_key_format(const CmPolicyKey *key, gint value) G_GNUC_WARN_UNUSED_RESULT;

/* Nothing limited. */
void
cm_policy_key_init_day(CmDayLimits *day);
void
cm_policy_key_init_act(CmActRules *act, const gchar *name);
