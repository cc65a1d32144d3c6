// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/remedy.h"

/* Why an unscheduled session has no place in a plan, as a person reads it (include/cm-message.h): what is in the way and, in
 * problems of up to CM_REASON_THOROUGH_MAX sessions, what would place it (remedy.h); in larger ones whoever asks about one session
 * is told (explain.h). It names sites, dates, and people by their ids only. The state is used on the way and left as it was.
 * Returns: (transfer full), never NULL nor empty */
gchar *
cm_reason_find(CmState *state, guint32 session) G_GNUC_WARN_UNUSED_RESULT;

#define CM_REASON_THOROUGH_MAX 20000

/* The same of a diagnosis made already. Returns: (transfer full) */
gchar *
cm_reason_format(const CmState *state,
		 guint32 session,
		 const CmDiagnosis *diagnosis) G_GNUC_WARN_UNUSED_RESULT;

/* A remedy as a sentence. Returns: (transfer full) */
gchar *
cm_reason_format_remedy(const CmProblem *problem,
			guint32 session,
			const CmRemedy *remedy) G_GNUC_WARN_UNUSED_RESULT;

/* The policy's key that a limit is, as "MaxSessions". */
const gchar *
cm_reason_get_limit_key(const CmProblem *problem, guint32 session, CmRemedyLimit limit);
