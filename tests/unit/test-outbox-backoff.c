// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outbox/outbox-backoff.h"

#define MADE 1000000

static void
test_outbox_backoff_words(void)
{
	for (guint i = 0; i < CM_ATTEMPT_LAST; i++) {
		CmAttempt attempt = CM_ATTEMPT_LAST;

		g_assert_true(cm_outbox_backoff_attempt_from_string(
		    cm_outbox_backoff_attempt_to_string((CmAttempt)i), &attempt));
		g_assert_cmpint(attempt, ==, i);
	}
}

static void
test_outbox_backoff_permanent(void)
{
	g_assert_false(cm_outbox_backoff_find(CM_ATTEMPT_PERMANENT, 1, MADE, MADE + 1, 7).again);
}

/* each cause between three quarters and five quarters of what doubles, up to its bound */
static void
test_outbox_backoff_bounds(void)
{
	static const struct {
		CmAttempt attempt;
		gint64 first;
		gint64 last;
	} causes[] = {
	    {CM_ATTEMPT_TEMPORARY, 300, 14400}, {CM_ATTEMPT_NETWORK, 30, 3600},
	    {CM_ATTEMPT_TLS, 300, 3600},        {CM_ATTEMPT_LOGIN, 300, 3600},
	    {CM_ATTEMPT_UNCERTAIN, 60, 3600},   {CM_ATTEMPT_RETURNED, 5, 60},
	};

	for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
		gint64 wait = causes[i].first;

		for (guint count = 1; count < 100; count++) {
			for (guint64 seed = 1; seed < 20; seed++) {
				CmBackoff backoff = cm_outbox_backoff_find(causes[i].attempt, count,
									   MADE, MADE + 60, seed);

				g_assert_true(backoff.again);
				g_assert_cmpint(backoff.at, >=, MADE + 60 + wait - wait / 4);
				g_assert_cmpint(backoff.at, <=, MADE + 60 + wait + wait / 4 + 1);
			}
			wait = MIN(wait * 2, causes[i].last);
		}
	}
}

/* two letters, and two attempts of one, do not come back at one time; the same one always does */
static void
test_outbox_backoff_jitter(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);

	for (guint64 seed = 1; seed <= 200; seed++) {
		CmBackoff one =
		    cm_outbox_backoff_find(CM_ATTEMPT_TEMPORARY, 5, MADE, MADE + 60, seed);
		CmBackoff again =
		    cm_outbox_backoff_find(CM_ATTEMPT_TEMPORARY, 5, MADE, MADE + 60, seed);

		g_assert_cmpint(one.at, ==, again.at);
		g_hash_table_add(seen, GINT_TO_POINTER((gint)(one.at - MADE)));
	}
	g_assert_cmpuint(g_hash_table_size(seen), >, 150);
	/* fixed, so that nobody changes it without seeing it */
	g_assert_cmpint(cm_outbox_backoff_find(CM_ATTEMPT_NETWORK, 6, MADE, MADE, 1).at - MADE, ==,
			860);
}

static void
test_outbox_backoff_gives_up(void)
{
	g_assert_true(cm_outbox_backoff_find(CM_ATTEMPT_TEMPORARY, 40, MADE,
					     MADE + CM_OUTBOX_GIVE_UP_SECONDS - 1, 3)
			  .again);
	g_assert_false(cm_outbox_backoff_find(CM_ATTEMPT_TEMPORARY, 2, MADE,
					      MADE + CM_OUTBOX_GIVE_UP_SECONDS, 3)
			   .again);
	/* by then it has been tried often: 5 days are not one attempt */
	{
		gint64 now = MADE;
		guint count = 1;
		CmBackoff backoff =
		    cm_outbox_backoff_find(CM_ATTEMPT_TEMPORARY, count, MADE, now, 9);

		while (backoff.again) {
			now = backoff.at;
			backoff =
			    cm_outbox_backoff_find(CM_ATTEMPT_TEMPORARY, ++count, MADE, now, 9);
		}
		g_assert_cmpuint(count, >, 20);
		g_assert_cmpuint(count, <, 60);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox-backoff/words", test_outbox_backoff_words);
	g_test_add_func("/outbox-backoff/permanent", test_outbox_backoff_permanent);
	g_test_add_func("/outbox-backoff/bounds", test_outbox_backoff_bounds);
	g_test_add_func("/outbox-backoff/jitter", test_outbox_backoff_jitter);
	g_test_add_func("/outbox-backoff/gives-up", test_outbox_backoff_gives_up);
	return g_test_run();
}
