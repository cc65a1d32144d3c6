// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"

#include <glib.h>

/* An exception to a rule that bears on the session. */
typedef struct {
	gint64 number;
	const gchar *state; /* "asked" or "approved" */
	const gchar *rule;  /* its id, or a planner's key */
	CmDay until;        /* its last day */
} CmExplanationDerogation;

/* What was decided about the session beside the plan. Its words are the caller's. */
typedef struct {
	const gchar *booking;      /* its booking's state, as "held"; NULL: not booked */
	gboolean by_hand;          /* booked, moved or called off by somebody, not by a plan */
	const GArray *derogations; /* CmExplanationDerogation */
	gint64 time_request;       /* number of one for another time that waits, 0: none */
	CmDay asked_date;          /* what it proposes; CM_DAY_NONE: any other time */
	CmMinute asked_start;
	const GArray *answers; /* CmAgendaAnswer: to the invitations; or NULL */
} CmExplanationDecisions;

/* Why a session stands where it does: a `comodal-explanation/1` document (docs/formats.md): its
 * place and what it costs there, or why it has none, and the rules that bear on it, with their
 * source. `number`: the plan's, stated in the document. `decisions` may be NULL: nothing is known of them. Fails with NOT_FOUND for an unknown
 * session. Messages in the document are as include/cm-message.h has them. Returns: (transfer full),
 * UTF-8 JSON */
GBytes *
cm_explanation_new_document(const CmCaseload *caseload,
			    const CmPlan *plan,
			    const CmPolicySet *policies,
			    const gchar *session,
			    guint64 number,
			    const CmExplanationDecisions *decisions,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
