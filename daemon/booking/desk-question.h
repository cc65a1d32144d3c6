// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk-data.h"
#include "daemon/planner/state.h"

/* One question to the desk as a planning problem: a small caseload of those concerned, over the days asked about, in which all that
 * others take is `busy`, compiled by the planner's own code. The professionals' own sessions and appointments stand beside it, day by
 * day, for they count for the day's limits and its travel.
 *
 * Follow-up f of the small caseload has one session, f. A session of a follow-up is one; an appointment is as many as bring each
 * professional and each student in once, the contacts being in the first. */

/* A session of the same follow-up that stands. */
typedef struct {
	guint32 session; /* the whole caseload's */
	CmDay date;
	CmMinute start;
	guint8 mode;
} CmDeskNeighbour;

typedef struct {
	const CmDesk *desk;
	CmDeskEntry asked; /* completed */
	gboolean nowhere;  /* an appointment without a place: it needs no room */
	gint64 now;
	CmDay today;
	GArray *professionals; /* guint32: the whole's, by small index; the holder first */
	GArray *students;      /* CM_NONE: somebody who stands in for nobody */
	GArray *contacts;
	GArray *rooms;
	GArray *companions;
	GArray *neighbours; /* CmDeskNeighbour, by date and start */
	CmCaseload *caseload;
	CmProblem *problem; /* NULL: it does not compile, `error` says why */
	CmState *state;
	GError *error;
} CmDeskQuestion;

/* About the days from `from` to `to`, at most CM_DESK_DAYS_MAX. Returns: (transfer full) */
CmDeskQuestion *
cm_desk_question_new(const CmDesk *desk,
		     const CmDeskEntry *asked,
		     CmDay from,
		     CmDay to,
		     gint64 now);
void
cm_desk_question_free(CmDeskQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmDeskQuestion, cm_desk_question_free)

/* How many small follow-ups there are. */
static inline guint32
cm_desk_question_count(const CmDeskQuestion *question)
{
	return question->caseload->followups->len;
}

/* The rules of the act asked about; of none, what FORMAT.md has for absent keys. */
const CmActRules *
cm_desk_question_get_rules(const CmDeskQuestion *question);

/* The policy of the professional who holds it. */
const CmPolicy *
cm_desk_question_get_policy(const CmDeskQuestion *question);

/* Whether a professional serves a site in person, by the roster. */
gboolean
cm_desk_question_serves(const CmDeskQuestion *question, guint32 professional, guint32 site);

/* Whether a student is there. */
gboolean
cm_desk_question_has_students(const CmDeskQuestion *question);
