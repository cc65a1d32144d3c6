// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/reason.h"

#include "daemon/planner/slots.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define DAYS_MAX 60 /* after the earliest day: later ones would tell a person little */

/* Where a session could stand, by what does not depend on the rest of the plan. */
typedef struct {
	gint first; /* days, both included; none when last < first */
	gint last;
	guint modes; /* CM_MODE_FLAG()s that its sequence allows */
} Reach;

/* Sessions by video in a row of the same act before this one; -1 when it is the first of its act. */
static gint
count_video_run(const CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	const CmCaseload *caseload = problem->caseload;
	const CmSession *asked = CM_ELEMENT(caseload->sessions, CmSession, session);
	guint32 first = problem->chains[asked->followup].tasks.first;
	gint run = 0;
	gboolean found = FALSE;

	for (guint32 s = session; s-- > first;) {
		if (!g_str_equal(CM_ELEMENT(caseload->sessions, CmSession, s)->act, asked->act))
			continue;
		found = TRUE;
		if (state->spots[s].mode == CM_MODE_IN_PERSON)
			break;
		run++;
	}
	return found ? run : -1;
}

static Reach
find_reach(const CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);
	const CmChain *chain = &problem->chains[kind->followup];
	Reach reach = {.first = chain->first_day, .last = problem->days - 1, .modes = kind->modes};
	gint run = count_video_run(state, session);

	if (session > chain->tasks.first) {
		gint before = state->spots[session - 1].day;

		reach.first = MAX(reach.first, before + task->min_gap);
		reach.last = MIN(reach.last, before + task->max_gap);
	}
	reach.last = MIN(reach.last, reach.first + DAYS_MAX);
	if (task->in_person || (task->every > 0 && run + 1 >= task->every))
		reach.modes &= CM_MODE_FLAG(CM_MODE_IN_PERSON);
	return reach;
}

/* The first place that some obstacles leave. */
static gboolean
find_place(const CmState *state,
	   guint32 session,
	   const Reach *reach,
	   guint obstacles,
	   gint *out_day,
	   gint *out_start)
{
	const CmProblem *problem = state->problem;
	guint64 starts[CM_DAY_BITS_WORDS_MAX];

	for (gint day = reach->first; day <= reach->last; day++) {
		for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
			guint w = 0;

			if ((reach->modes & CM_MODE_FLAG(mode)) == 0 ||
			    !cm_slots_fill(state, problem->tasks[session].kind, day, (CmMode)mode,
					   obstacles, starts))
				continue;
			while (starts[w] == 0)
				w++;
			*out_day = day;
			*out_start =
			    problem->first_minute +
			    (gint)(w * 64 + (guint)__builtin_ctzll(starts[w])) * problem->grid;
			return TRUE;
		}
	}
	return FALSE;
}

/* {0} date, {1} hour, {2} professional, {3} site, {4} student. */
static gchar *
make_message(const CmState *state, guint32 session, const gchar *format, gint day, gint start)
{
	const CmCaseload *caseload = state->problem->caseload;
	const CmFollowup *followup =
	    CM_ELEMENT(caseload->followups, CmFollowup,
		       CM_ELEMENT(caseload->sessions, CmSession, session)->followup);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);
	gchar date[CM_DAY_TEXT_SIZE];
	gchar hour[CM_MINUTE_TEXT_SIZE];
	const gchar *arguments[] = {
	    cm_day_format(caseload->from + day, date),
	    cm_minute_format((CmMinute)start, hour),
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional)->id,
	    CM_ELEMENT(caseload->sites, CmSite, student->site)->name,
	    student->id,
	    NULL};

	return cm_message_new_strv(format, arguments);
}

static const struct {
	guint obstacles;
	const gchar *format;
} remedies[] = {
    {CM_OBSTACLE_ROOM,
     N_("No room is free at {3} when all others are: one more on {0} at {1} would place it.")},
    {CM_OBSTACLE_COMPANION, N_("Nobody at {3} is free to sit with the student: a companion on {0} "
			       "at {1} would place it.")},
    {CM_OBSTACLE_DAY, N_("The days of {2} are full when all others are free: a session less on "
			 "{0}, near {1}, would place it.")},
    {CM_OBSTACLE_CONTACTS, N_("The participants are not free when {2} is: their being free on {0} "
			      "at {1} would place it.")},
    {CM_OBSTACLE_STUDENT,
     N_("The student {4} is not free when {2} is: being free on {0} at {1} would place it.")},
    {CM_OBSTACLE_HOURS,
     N_("{2} does not work when all others are free: working on {0} at {1} would place it.")},
    {CM_OBSTACLE_DAY | CM_OBSTACLE_ROOM, N_("The days of {2} are full and no room is free at {3}: "
					    "both on {0} near {1} would place it.")},
    {CM_OBSTACLE_STUDENT | CM_OBSTACLE_CONTACTS,
     N_("Neither the student {4} nor the participants are free when {2} is, as on {0} at {1}.")},
    {CM_OBSTACLE_DAY | CM_OBSTACLE_STUDENT | CM_OBSTACLE_CONTACTS,
     N_("When the student {4} and the participants are free, {2} is not, as on {0} at {1}.")},
};

static gchar *
find_remedy(const CmState *state, guint32 session, const Reach *reach)
{
	gint day = 0;
	gint start = 0;

	if (find_place(state, session, reach, CM_OBSTACLES_ALL, &day, &start))
		return make_message(
		    state, session,
		    N_("The search ended before it was placed: {0} at {1} is free for it."), day,
		    start);
	for (guint i = 0; i < G_N_ELEMENTS(remedies); i++)
		if (find_place(state, session, reach, CM_OBSTACLES_ALL & ~remedies[i].obstacles,
			       &day, &start))
			return make_message(state, session, remedies[i].format, day, start);
	return make_message(
	    state, session,
	    N_("No time from {0} on suits {2}, the student {4} and the others at once, "
	       "whatever one of them may change."),
	    reach->first, 0);
}

gchar *
cm_reason_find(const CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	const CmCaseload *caseload = problem->caseload;
	guint32 followup = CM_ELEMENT(caseload->sessions, CmSession, session)->followup;
	Reach reach;

	if (session > problem->chains[followup].tasks.first && state->spots[session - 1].day < 0)
		return cm_message_new(N_("The session before it, {0}, is not scheduled."),
				      CM_ELEMENT(caseload->sessions, CmSession, session - 1)->id,
				      NULL);
	reach = find_reach(state, session);
	if (reach.modes == 0)
		return cm_message_new(N_("Its act, its modes and its site leave no way to hold it: "
					 "neither in person, "
					 "nor by video at school, nor from home."),
				      NULL);
	if (reach.first > reach.last)
		return cm_message_new(
		    N_("No day is left for it in the horizon after the session before it."), NULL);
	return find_remedy(state, session, &reach);
}
