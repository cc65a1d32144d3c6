// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/problem-data.h"

/* Who is in several follow-ups, and so has a track: its index, or CM_NONE. Times taken, by resource. */
typedef struct {
	guint32 *student_tracks;
	guint32 *contact_tracks;
	CmRange *student_taken; /* of problem->taken */
	CmRange *contact_taken;
} CmKindSources;

/* Compile the kind of one session of the caseload; FALSE when the act has no rules. */
gboolean
cm_kind_compile(CmProblem *problem, const CmKindSources *sources, guint32 session, CmKind *out_kind)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether two sessions of one follow-up are of one kind. */
gboolean
cm_kind_is_same(const CmCaseload *caseload, const CmSession *a, const CmSession *b);
