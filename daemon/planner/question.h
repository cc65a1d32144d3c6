// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/reach.h"
#include "daemon/planner/remedy.h"

/* "And if …?" about one session: a small caseload of its own, cut out of the whole one, in which the rest of the plan stands as it
 * is, with a remedy applied to it as to the document itself, and compiled by the same code. Its student, participants, rooms and
 * companions are taken where the plan or others take them; its professional's days hold their sessions. The grid is that of a long
 * day, so that evening hours can be asked about.
 *
 * In it the session is session 0 of follow-up 0, its professional and student are 0, its contacts are its participants in their
 * order, its companions those of `companions`. */

#define CM_QUESTION_DAYS_MAX 60  /* after the earliest day: later ones would tell a person little */
#define CM_QUESTION_DAYS_MORE 28 /* past the last day, for a longer gap or a later end of term */

typedef struct {
	const CmProblem *problem; /* the whole one */
	guint32 session;          /* in it */
	CmReach reach;
	gint
	    days; /* of reach, up to CM_QUESTION_DAYS_MAX; days of the question past them are not allowed as they are */
	GArray *companions; /* guint32: of the site, in the whole caseload */
	CmCaseload *caseload;
	CmProblem *compiled;
	CmState *state;
} CmQuestion;

/* `remedy` may be NULL: as it is. A remedy of moving, or of the sequence, changes nothing here. Returns: (transfer full), NULL only
 * when a part of the problem that compiled as a whole does not compile */
CmQuestion *
cm_question_new(const CmState *state, guint32 session, const CmRemedy *remedy);
void
cm_question_free(CmQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmQuestion, cm_question_free)

/* The minutes of each day that a question can ask about. */
#define CM_QUESTION_FROM (7 * 60)
#define CM_QUESTION_TO (20 * 60)
