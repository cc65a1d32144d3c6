// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* Threads that work on professionals and on sites at once, with the outcome of one thread.
 *
 * A job on a professional touches their days, the rooms of their sites and the times of their students and contacts; a job on a site,
 * its rooms, the days of its professionals and the times of the students and contacts that they meet there. Two jobs that touch the
 * same conflict. A round gives every replica (a plan of its own) the same jobs in a given order; a job starts when the conflicting
 * ones before it in that order are done. Jobs that run together touch nothing in common, so the outcome is that of the order,
 * whatever the number of threads. */

typedef struct _CmCrew CmCrew;

/* A job: `index` is the professional, or the site beyond the professionals (cm_crew_get_site()); `thread` is below the number of
 * threads, for working memory. */
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

/* The index of a site in an order. */
guint32
cm_crew_get_site(const CmCrew *crew, guint32 site);

/* Put the first `count` of `order` so that two threads seldom wait for one another: as they would be begun if each began the first that
 * conflicts with nobody under way, a job taking `weights[index]`. It depends on nothing else, so it is the same for any number of
 * threads. */
void
cm_crew_arrange(const CmCrew *crew, const guint *weights, guint32 *order, guint count);

/* Run a job for each of the first `count` of `order`, who may stand there several times, in every replica. Returns when all are done. */
void
cm_crew_run(CmCrew *crew,
	    const guint32 *order,
	    guint count,
	    CmCrewJob job,
	    CmCrewIdle idle,
	    gpointer user_data);
