// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* Threads that work on professionals at once, with the outcome of one thread.
 *
 * Two professionals conflict when they share a site, a student or a contact. A round gives every professional of every replica (a
 * plan of its own) one job, in a given order; a job starts when the conflicting ones before it in that order are done. Jobs that
 * run together touch nothing in common, so the outcome is that of the order, whatever the number of threads. */

typedef struct _CmCrew CmCrew;

/* A job: `thread` is below the number of threads, for working memory. */
typedef void (*CmCrewJob)(guint replica, guint32 professional, guint thread, gpointer user_data);

/* Called by the caller's thread while it waits, a few times a second. */
typedef void (*CmCrewIdle)(gpointer user_data);

/* Returns: (transfer full); the threads wait for work. */
CmCrew *
cm_crew_new(const CmProblem *problem, guint replicas, guint threads);

/* Ends the threads. */
void
cm_crew_free(CmCrew *crew);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCrew, cm_crew_free)

/* Run a job for every professional of every replica; `order` are the professionals. Returns when all are done. */
void
cm_crew_run(CmCrew *crew, const guint32 *order, CmCrewJob job, CmCrewIdle idle, gpointer user_data);
