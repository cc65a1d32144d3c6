// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"
#include "daemon/roster/plan.h"

/* A plan under search: where each session stands, and what is taken. Any set of placements can be held, allowed or not: those
 * who place ask cm_slots_fill() first. Writes for one professional touch what is theirs and the tracks of the sites, students and
 * contacts they meet, and nothing else: professionals that share none of these can be worked on by different threads. */

typedef struct {
	gint16 day; /* -1: not placed */
	gint16 start;
	guint8 mode;
	guint32 room;      /* track, or CM_NONE */
	guint32 companion; /* track, or CM_NONE */
} CmSpot;

typedef struct {
	guint32 session;
	gint16 start;
	gint16 end;
	guint8 mode;
	guint8 site_bit; /* in person: the professional's site */
} CmVisit;

/* One day of one professional. */
typedef struct {
	guint64 sites; /* in person */
	gint32 travel; /* minutes of the round */
	gint32 minutes;
	guint16 count;
} CmDayLoad;

typedef struct {
	const CmProblem *problem;
	CmSpot *spots;         /* [session] */
	CmVisit *visits;       /* by professional and day, by start */
	CmDayLoad *loads;      /* [professional][day] */
	guint64 *taken;        /* [track][day][words]: cells */
	gint64 *chain_points;  /* [followup]: all but travel, as of the last recount */
	gint *ideals;          /* [followup]: points it can't be under, -1 until known */
	gint64 *worker_points; /* [professional]: recounted chains and travel */
} CmState;

/* Nothing placed but what is locked. Returns: (transfer full) */
CmState *
cm_state_new(const CmProblem *problem);
void
cm_state_free(CmState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmState, cm_state_free)

/* Make `state` the same as `other`, of the same problem. */
void
cm_state_copy(CmState *state, const CmState *other);

/* Place a session that is not placed; spot->room and companion are chosen here, where they are CM_NONE and needed. FALSE, and
 * nothing done, when there is none or the day is full. */
gboolean
cm_state_place(CmState *state, guint32 session, const CmSpot *spot) G_GNUC_WARN_UNUSED_RESULT;

/* Take a placed session away. */
void
cm_state_remove(CmState *state, guint32 session);

/* The same without room, companion or anybody's time being taken or given back: for who has set these aside (sheet.h). The
 * professional's day must have room for one more. */
void
cm_state_stand(CmState *state, guint32 session, const CmSpot *spot);
void
cm_state_leave(CmState *state, guint32 session);

/* Give back what a standing session takes of a room, a companion and people; and take it again, of those that are free then. FALSE when
 * there is none. */
void
cm_state_lift(CmState *state, guint32 session);
gboolean
cm_state_settle(CmState *state, guint32 session) G_GNUC_WARN_UNUSED_RESULT;

/* Count the points of a follow-up anew, after sessions of it were placed or removed. */
void
cm_state_recount(CmState *state, guint32 followup);

/* Add what a standing session costs more than one left out to the points of its follow-up, or take it off (`sign` -1): instead of
 * cm_state_recount(), after it alone was placed or before it alone is removed. */
void
cm_state_count_session(CmState *state, guint32 session, gint sign);

/* Set the points of a follow-up that stands again as when it had these. */
void
cm_state_set_points(CmState *state, guint32 followup, gint64 points);

/* Whether sessions of a follow-up are left out. */
gboolean
cm_state_misses_sessions(const CmState *state, guint32 followup);

/* The points of all professionals. */
gint64
cm_state_get_points(const CmState *state);

/* What the whole costs, counted from scratch. */
CmCost
cm_state_get_cost(const CmState *state, guint32 *out_unscheduled);

/* Place what a plan of the same caseload places; what has no room left there stays out. */
void
cm_state_load_plan(CmState *state, const CmPlan *plan);

/* The placements as a plan without reasons or cost. Returns: (transfer full) */
CmPlan *
cm_state_to_plan(const CmState *state);

static inline CmDayLoad *
cm_state_load(const CmState *state, guint32 professional, gint day)
{
	return &state->loads[professional * (guint)state->problem->days + (guint)day];
}

static inline CmVisit *
cm_state_visits(const CmState *state, guint32 professional, gint day)
{
	const CmWorker *worker = &state->problem->workers[professional];

	return &state->visits[worker->first_visit + worker->visits * (guint)day];
}

static inline guint64 *
cm_state_taken(const CmState *state, guint32 track, gint day)
{
	return &state->taken[((gsize)track * (gsize)state->problem->days + (gsize)day) *
			     state->problem->words];
}
