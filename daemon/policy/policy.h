// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* What the planner obeys of a profession's policy: plain data, no key file, no message.
 * The keys, their meaning and their defaults are those of tests/planning/FORMAT.md, "Policy". */

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

/* What limits a day of the profession. (transfer none) */
const CmDayLimits *
cm_policy_get_day_limits(const CmPolicy *policy);

/* The rules of an act, or NULL when the policy has no such act. */
const CmActRules *
cm_policy_get_act(const CmPolicy *policy, const gchar *act);

CmPolicySet *
cm_policy_set_ref(CmPolicySet *set);
void
cm_policy_set_unref(CmPolicySet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPolicySet, cm_policy_set_unref)
