// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-count.h"
#include "daemon/gateway/http-deadline.h"
#include "daemon/gateway/http-limits.h"

static void
test_connections(void)
{
	g_autoptr(CmHttpCount) count = cm_http_count_new(4, 2, 3);

	for (guint i = 0; i < 3; i++)
		g_assert_true(cm_http_count_add(count, CM_HTTP_COUNT_CONNECTION, 7));
	g_assert_false(cm_http_count_add(count, CM_HTTP_COUNT_CONNECTION, 7));
	g_assert_true(cm_http_count_add(count, CM_HTTP_COUNT_CONNECTION, 8));
	g_assert_false(cm_http_count_add(count, CM_HTTP_COUNT_CONNECTION, 9));
	g_assert_true(cm_http_count_add(count, CM_HTTP_COUNT_SOCKET, 7));
	cm_http_count_remove(count, CM_HTTP_COUNT_CONNECTION, 7);
	/* of a proxy's there may be more */
	g_assert_true(cm_http_count_add(count, CM_HTTP_COUNT_CONNECTION, 0));
	g_assert_cmpuint(cm_http_count_get(count, CM_HTTP_COUNT_CONNECTION), ==, 4);
	g_assert_cmpuint(cm_http_count_get(count, CM_HTTP_COUNT_SOCKET), ==, 1);
}

static void
test_guesses(void)
{
	g_autoptr(CmHttpCount) count = cm_http_count_new(4, 2, 3);
	const gint64 minute = 60 * G_USEC_PER_SEC;

	for (guint i = 0; i < CM_HTTP_COUNT_GUESSES_FREE; i++)
		g_assert_cmpuint(cm_http_count_note_guess(count, 7, 0), ==, 0);
	g_assert_cmpuint(cm_http_count_note_guess(count, 7, 0), ==, CM_HTTP_COUNT_GUESS_DELAY);
	g_assert_cmpuint(cm_http_count_note_guess(count, 8, 0), ==, 0);
	for (guint i = 0; i < 2 * CM_HTTP_COUNT_GUESSES_MAX; i++)
		g_assert_cmpuint(cm_http_count_note_guess(count, 7, 0), <=,
				 CM_HTTP_COUNT_GUESS_DELAY_MAX);
	g_assert_true(cm_http_count_is_guesser(count, 7, 0));
	g_assert_false(cm_http_count_is_guesser(count, 8, 0));
	g_assert_false(cm_http_count_is_guesser(count, 7, minute));
	/* it is not forgotten at once */
	g_assert_cmpuint(cm_http_count_note_guess(count, 7, minute), ==,
			 CM_HTTP_COUNT_GUESS_DELAY_MAX);
	g_assert_cmpuint(cm_http_count_note_guess(count, 7, 20 * minute), ==, 0);
}

static void
test_deadlines(void)
{
	CmHttpDeadlines deadlines = {0};
	CmHttpDeadline slow;
	CmHttpDeadline quick;
	const gint64 head = CM_HTTP_LIMITS_HEAD_SECONDS * G_USEC_PER_SEC;
	const gint64 send = CM_HTTP_LIMITS_SEND_SECONDS * G_USEC_PER_SEC;

	g_assert_null(cm_http_deadline_find_over(&deadlines, head));
	cm_http_deadline_init(&slow, &deadlines, 0);
	cm_http_deadline_init(&quick, &deadlines, 1);
	g_assert_true(cm_http_deadline_find_oldest(&deadlines) == &slow);
	cm_http_deadline_enter(&quick, &deadlines, CM_HTTP_STAGE_SEND, 2);
	g_assert_null(cm_http_deadline_find_over(&deadlines, head - 1));
	g_assert_true(cm_http_deadline_find_over(&deadlines, head) == &slow);
	cm_http_deadline_enter(&slow, &deadlines, CM_HTTP_STAGE_HANDLER, 3);
	/* who waits for us is not to be closed for others */
	g_assert_true(cm_http_deadline_find_oldest(&deadlines) == &quick);
	cm_http_deadline_remove(&slow, &deadlines);
	g_assert_true(cm_http_deadline_find_over(&deadlines, send + 2) == &quick);
	cm_http_deadline_remove(&quick, &deadlines);
	g_assert_true(cm_http_deadline_is_empty(&deadlines));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/http-count/connections", test_connections);
	g_test_add_func("/http-count/guesses", test_guesses);
	g_test_add_func("/http-deadline/stages", test_deadlines);
	return g_test_run();
}
