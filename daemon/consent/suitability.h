// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

/* The gate before a first video session: the order's own questions (`telepractice.suitability_checklist`), answered once, dated,
 * asked again after `telepractice.suitability_valid_days` where an organisation has that rule, or when the policy has a question
 * that was not answered. A policy without the checklist has no gate. */

typedef enum {
	CM_SUITABILITY_NOT_ASKED,  /* "not-asked": the policy has no questions */
	CM_SUITABILITY_OPEN,       /* "open": each answer is yes */
	CM_SUITABILITY_MISSING,    /* "missing": never answered */
	CM_SUITABILITY_STALE,      /* "stale": too long ago, or before a question was added */
	CM_SUITABILITY_UNSUITABLE, /* "unsuitable": an answer is no */
	CM_SUITABILITY_LAST
} CmSuitabilityState;

/* The last answer for one follow-up. */
typedef struct {
	CmDay answered_on;
	gboolean suitable;
	const gchar *const *items; /* what was answered: ids, ended by NULL */
} CmSuitabilityAnswer;

typedef struct {
	CmSuitabilityState state;
	const CmRule *rule; /* the checklist, or what makes it stale; NULL: not asked */
	CmEffect effect;    /* on a video session; CM_EFFECT_INFORM: no objection */
	CmDay until;        /* last day on which the answer holds; CM_DAY_NONE: no end */
} CmSuitabilityVerdict;

/* `answer` is NULL when there is none; one of after `date` counts, since a session may be booked before and is held after. */
CmSuitabilityVerdict
cm_suitability_judge(const CmPolicy *policy, const CmSuitabilityAnswer *answer, CmDay date);

const gchar *
cm_suitability_state_to_string(CmSuitabilityState state);
