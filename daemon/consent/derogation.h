// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"

/* Exceptions that somebody approved: each opens one rule for one case, up to a day. */

typedef enum {
	CM_DEROGATION_ASKED,     /* "asked" */
	CM_DEROGATION_APPROVED,  /* "approved" */
	CM_DEROGATION_REFUSED,   /* "refused" */
	CM_DEROGATION_WITHDRAWN, /* "withdrawn" */
	CM_DEROGATION_LAST
} CmDerogationState;

#define CM_DEROGATION_NO_VALUE G_MININT64

typedef struct {
	gint64 number;
	CmDerogationState state;
	const gchar *profession;
	const gchar *
	    rule; /* a rule's id, or a planner's key as "Day.MaxSessions", "Act suivi.MinGapDays" */
	gint64 followup; /* the one case: a follow-up, or 0 and … */
	gint64 session;  /* … a session */
	gint64 value;    /* what the limit becomes; CM_DEROGATION_NO_VALUE: no limit at all */
	CmDay until;     /* last day of a session that it opens the rule for */
} CmDerogation;

/* One session. */
typedef struct {
	const gchar *profession;
	gint64 followup;
	gint64 session; /* 0: one that is not there yet */
	CmDay date;     /* on which it would be held */
	const gchar *rule;
	gint64
	    value; /* what the rule's number would come to; CM_DEROGATION_NO_VALUE for a rule without one */
} CmDerogationCase;

/* The first of `count` derogations that opens exactly this case, or NULL. */
const CmDerogation *
cm_derogation_match(const CmDerogation *derogations, guint count, const CmDerogationCase *which);

/* From one state to another: approve or refuse what is asked, withdraw what is asked or approved. One table; docs/consent.md draws
 * it. */
gboolean
cm_derogation_state_allows(CmDerogationState from, CmDerogationState to);

/* Whether a profession has this rule or this planner's key in force, so that there is something to open. */
gboolean
cm_derogation_is_rule(const CmPolicy *policy, const gchar *rule);

/* Whether the rule is a limit, so that a derogation of it has a value; `out_at_most`: more is looser. */
gboolean
cm_derogation_has_value(const gchar *rule, gboolean *out_at_most);

/* The rule that a planner's key or an id stands for, or NULL. (transfer none) */
const CmRule *
cm_derogation_get_rule(const CmPolicy *policy, const gchar *rule);

const gchar *
cm_derogation_state_to_string(CmDerogationState state);
gboolean
cm_derogation_state_from_string(const gchar *text,
				CmDerogationState *out_state) G_GNUC_WARN_UNUSED_RESULT;
