// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* How often something may be tried: from one place, and in all, within a time. Kept in memory only. One thread at a time. */

typedef struct _CmAttemptLimit CmAttemptLimit;

/* Places that are remembered; when there are more, all but what was tried in all is forgotten. */
#define CM_ATTEMPT_LIMIT_PLACES_MAX 65536

/* `each` from a place and `all` from all of them (0: any) within `seconds`. Returns: (transfer full) */
CmAttemptLimit *
cm_attempt_limit_new(guint each, guint all, gint64 seconds);
void
cm_attempt_limit_free(CmAttemptLimit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAttemptLimit, cm_attempt_limit_free)

/* One more from `place` at `now`; FALSE: it is one too many, and does not count. */
gboolean
cm_attempt_limit_take(CmAttemptLimit *limit, guint64 place, gint64 now) G_GNUC_WARN_UNUSED_RESULT;

/* The one that was taken was none after all: it was right. */
void
cm_attempt_limit_give_back(CmAttemptLimit *limit, guint64 place);
