// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-deadline.h"

#include "daemon/gateway/http-limits.h"

static const gint64 stage_seconds[CM_HTTP_STAGE_COUNT] = {
    [CM_HTTP_STAGE_HEAD] = CM_HTTP_LIMITS_HEAD_SECONDS,
    [CM_HTTP_STAGE_FORM] = CM_HTTP_LIMITS_FORM_SECONDS,
    [CM_HTTP_STAGE_HANDLER] = CM_HTTP_LIMITS_HANDLER_SECONDS,
    [CM_HTTP_STAGE_SEND] = CM_HTTP_LIMITS_SEND_SECONDS,
    [CM_HTTP_STAGE_END] = CM_HTTP_LIMITS_END_SECONDS,
};

void
cm_http_deadline_init(CmHttpDeadline *deadline, CmHttpDeadlines *deadlines, gint64 now)
{
	deadline->link = (GList){deadline, NULL, NULL};
	deadline->stage = CM_HTTP_STAGE_HEAD;
	deadline->until = now + stage_seconds[CM_HTTP_STAGE_HEAD] * G_USEC_PER_SEC;
	g_queue_push_tail_link(&deadlines->stages[CM_HTTP_STAGE_HEAD], &deadline->link);
}

void
cm_http_deadline_enter(CmHttpDeadline *deadline,
		       CmHttpDeadlines *deadlines,
		       CmHttpStage stage,
		       gint64 now)
{
	g_queue_unlink(&deadlines->stages[deadline->stage], &deadline->link);
	deadline->stage = stage;
	deadline->until = now + stage_seconds[stage] * G_USEC_PER_SEC;
	g_queue_push_tail_link(&deadlines->stages[stage], &deadline->link);
}

void
cm_http_deadline_remove(CmHttpDeadline *deadline, CmHttpDeadlines *deadlines)
{
	g_queue_unlink(&deadlines->stages[deadline->stage], &deadline->link);
}

CmHttpDeadline *
cm_http_deadline_find_over(CmHttpDeadlines *deadlines, gint64 now)
{
	for (guint i = 0; i < CM_HTTP_STAGE_COUNT; i++) {
		CmHttpDeadline *oldest = g_queue_peek_head(&deadlines->stages[i]);

		if (oldest != NULL && oldest->until <= now)
			return oldest;
	}
	return NULL;
}

CmHttpDeadline *
cm_http_deadline_find_oldest(CmHttpDeadlines *deadlines)
{
	static const CmHttpStage theirs[] = {CM_HTTP_STAGE_HEAD, CM_HTTP_STAGE_FORM,
					     CM_HTTP_STAGE_SEND};
	CmHttpDeadline *oldest = NULL;
	gint64 since = G_MAXINT64;

	for (guint i = 0; i < G_N_ELEMENTS(theirs); i++) {
		CmHttpDeadline *first = g_queue_peek_head(&deadlines->stages[theirs[i]]);
		gint64 its = first != NULL
				 ? first->until - stage_seconds[theirs[i]] * G_USEC_PER_SEC
				 : G_MAXINT64;

		if (its < since) {
			oldest = first;
			since = its;
		}
	}
	return oldest;
}

gboolean
cm_http_deadline_is_empty(const CmHttpDeadlines *deadlines)
{
	for (guint i = 0; i < CM_HTTP_STAGE_COUNT; i++) {
		if (deadlines->stages[i].length > 0)
			return FALSE;
	}
	return TRUE;
}
