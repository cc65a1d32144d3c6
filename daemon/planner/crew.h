// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* Threads that work on professionals, or on sites, at once, with the outcome of one thread.
 *
 * Two professionals conflict when they share a site, a student or a contact; two sites, when follow-ups of theirs share a
 * professional, a student or a contact. A round gives every one of them of every replica (a plan of its own) one job, in a given
 * order; a job starts when the conflicting ones before it in that order are done. Jobs that run together touch nothing in common, so
 * the outcome is that of the order, whatever the number of threads. */

typedef struct _CmCrew CmCrew;

typedef enum { CM_CREW_PROFESSIONALS, CM_CREW_SITES, CM_CREW_LAST } CmCrewOver;

/* A job: `index` is the professional or the site, `thread` is below the number of threads, for working memory. */
typedef void (*CmCrewJob)(guint replica, guint32 index, guint thread, gpointer user_data);

/* Called by the caller's thread while it waits, a few times a second. */
typedef void (*CmCrewIdle)(gpointer user_data);

/* Returns: (transfer full); the threads wait for work. */
CmCrew *
cm_crew_new(const CmProblem *problem, guint replicas, guint threads);

/* Ends the threads. */
void
cm_crew_free(CmCrew *crew);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCrew, cm_crew_free)

/* Put the first `count` of `order` so that two threads seldom wait for one another: as they would be begun if each began the first that
 * conflicts with nobody under way, a job taking `weights[index]`. It depends on nothing else, so it is the same for any number of
 * threads. */
void
cm_crew_arrange(const CmCrew *crew,
		CmCrewOver over,
		const guint *weights,
		guint32 *order,
		guint count);

/* Run a job for each of the first `count` of `order`, professionals or sites, each once, in every replica. Returns when all are done. */
void
cm_crew_run(CmCrew *crew,
	    CmCrewOver over,
	    const guint32 *order,
	    guint count,
	    CmCrewJob job,
	    CmCrewIdle idle,
	    gpointer user_data);
