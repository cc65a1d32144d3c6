// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Until when a connection has to have done what it does. All that are in one stage have the same time for it, so that they stand in the
 * order in which they run out, and looking for those that did costs nothing. Not for several threads. */

typedef enum {
	CM_HTTP_STAGE_HEAD,    /* its head is awaited */
	CM_HTTP_STAGE_FORM,    /* its form is */
	CM_HTTP_STAGE_HANDLER, /* its answer is, of us */
	CM_HTTP_STAGE_SEND,    /* it is being sent */
	CM_HTTP_STAGE_END,     /* it was closed, and the library is to notice */
	CM_HTTP_STAGE_COUNT
} CmHttpStage;

/* What is watched; first in a structure of one's own. */
typedef struct {
	GList link; /* of itself */
	CmHttpStage stage;
	gint64 until;
} CmHttpDeadline;

typedef struct {
	GQueue stages[CM_HTTP_STAGE_COUNT];
} CmHttpDeadlines;

/* Begins to be watched, in CM_HTTP_STAGE_HEAD. `now`: monotonic, microseconds. */
void
cm_http_deadline_init(CmHttpDeadline *deadline, CmHttpDeadlines *deadlines, gint64 now);

/* Another stage begins, or the same anew. */
void
cm_http_deadline_enter(CmHttpDeadline *deadline,
		       CmHttpDeadlines *deadlines,
		       CmHttpStage stage,
		       gint64 now);

/* Is watched no more. */
void
cm_http_deadline_remove(CmHttpDeadline *deadline, CmHttpDeadlines *deadlines);

/* One whose time is over, in any stage, or NULL. It is watched still. */
CmHttpDeadline *
cm_http_deadline_find_over(CmHttpDeadlines *deadlines, gint64 now);

/* The one that has been longest in a stage in which its browser is to do something (CM_HTTP_STAGE_HEAD, _FORM, _SEND), or NULL. */
CmHttpDeadline *
cm_http_deadline_find_oldest(CmHttpDeadlines *deadlines);

gboolean
cm_http_deadline_is_empty(const CmHttpDeadlines *deadlines);
