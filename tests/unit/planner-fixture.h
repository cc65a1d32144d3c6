// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* A caseload and policies for tests of the planner's parts, read from texts. */

typedef struct {
	CmCaseload *caseload;
	CmPolicySet *policies;
	CmProblem *problem;
} CmPlannerFixture;

/* Two weeks from Monday 2026-09-07, a 30-minute grid, two sites 40 minutes apart, one room at each (for both uses), one
 * professional p-1 of base s-1 who works 08:00-12:00 and 13:00-16:30, one student e-1 at s-1 and one, e-2, at s-2, with a
 * follow-up each: f-1 of two sessions, f-2 of three, 45 minutes each; targets a week apart from 2026-09-07. `policy` is the text
 * of the policy of "suivi", NULL for one without rules; `more` are members of the caseload, as "\"busy\": […],", or "".
 * Aborts when a text is wrong. */
CmPlannerFixture *
cm_planner_fixture_new(const gchar *policy, const gchar *more);

/* The same with the plain policy and one room more, as JSON. */
CmPlannerFixture *
cm_planner_fixture_new_with_room(const gchar *room);

/* Its caseload alone. Returns: (transfer full) */
CmCaseload *
cm_planner_fixture_read(const gchar *more);

/* The same of a caseload file. */
CmPlannerFixture *
cm_planner_fixture_open(const gchar *caseload, const gchar *policies);

void
cm_planner_fixture_free(CmPlannerFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmPlannerFixture, cm_planner_fixture_free)

/* The session's index; aborts when there is none. */
guint32
cm_planner_fixture_find(const CmPlannerFixture *fixture, const gchar *session);
