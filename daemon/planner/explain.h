// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/remedy.h"

/* Why a session stands where it does, or has no place. */

#define CM_ELSEWHERES_MAX 5

/* Another place, cheaper for the session itself, and what blocks it. */
typedef struct {
	CmRemedyPlace place;
	gint saves;         /* points of the whole plan, if only this session stood there */
	guint obstructions; /* CmObstruction flags; 0: it is free */
	guint32
	    holder; /* the session that is in the way, or CM_NONE: taken otherwise, or a limit of the day */
} CmElsewhere;

typedef struct {
	gboolean placed;
	CmCost
	    cost; /* what the plan would cost less without the session, by part; `unscheduled` is 0 */
	guint count;
	CmElsewhere
	    elsewhere[CM_ELSEWHERES_MAX]; /* those that would save most, of different days */
	CmDiagnosis diagnosis;            /* where it is not placed and the one before it is */
	gboolean missing;                 /* the session before it is not placed */
} CmExplanation;

/* Explain one session of the plan that `state` holds. Days without class, hours that the professional does not work and times at
 * which several things are in the way are no better places. The state is used on the way and left as it was. */
void
cm_explain_session(CmState *state, guint32 session, CmExplanation *out_explanation);

/* What blocks a place as a person reads it (include/cm-message.h). Returns: (transfer full) */
gchar *
cm_explain_format_blocks(const CmProblem *problem,
			 guint32 session,
			 const CmElsewhere *elsewhere) G_GNUC_WARN_UNUSED_RESULT;
