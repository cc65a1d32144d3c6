// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/waiting.h"

#include <string.h>

/* every edge, those that can't happen too; docs/waiting.md has the same table */
static void
test_transitions(void)
{
	static const gchar *const wanted[CM_WAITING_STATE_LAST][CM_WAITING_EVENT_LAST] = {
	    {"offered", NULL, "served", "withdrawn"},
	    {NULL, "waiting", "served", "withdrawn"},
	    {NULL, NULL, NULL, NULL},
	    {NULL, NULL, NULL, NULL},
	};
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "waiting.md", NULL);
	g_autofree gchar *page = NULL;

	g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
	for (guint s = 0; s < CM_WAITING_STATE_LAST; s++) {
		const gchar *state = cm_waiting_state_to_string((CmWaitingState)s);
		g_autoptr(GString) row = g_string_new(NULL);
		CmWaitingState back = CM_WAITING_STATE_LAST;

		g_assert_true(cm_waiting_state_from_string(state, &back));
		g_assert_cmpuint(back, ==, s);
		g_string_append_printf(row, "| `%s` |", state);
		for (guint e = 0; e < CM_WAITING_EVENT_LAST; e++) {
			CmWaitingState next = CM_WAITING_STATE_LAST;
			gboolean can =
			    cm_waiting_get_next((CmWaitingState)s, (CmWaitingEvent)e, &next);

			g_assert_cmpint(can, ==, wanted[s][e] != NULL);
			if (can)
				g_assert_cmpstr(cm_waiting_state_to_string(next), ==, wanted[s][e]);
			else
				g_assert_cmpuint(next, ==, CM_WAITING_STATE_LAST);
			g_string_append_printf(row, can ? " `%s` |" : " %s |",
					       can ? wanted[s][e] : "–");
		}
		g_assert_nonnull(strstr(page, row->str));
	}
	g_assert_false(cm_waiting_state_from_string("asleep", &(CmWaitingState){0}));
}

static void
rank(CmWaitingCandidate *candidates, guint count, const gchar *wanted)
{
	g_autoptr(GString) order = g_string_new(NULL);

	cm_waiting_rank(candidates, count, 20000);
	for (guint i = 0; i < count; i++)
		g_string_append_printf(order, "%s%d", i > 0 ? " " : "",
				       (gint)candidates[i].request);
	g_assert_cmpstr(order->str, ==, wanted);
}

static void
test_rank(void)
{
	CmWaitingCandidate fits[] = {{1, 1, 19000, FALSE, 0, 0, 0}, {2, 3, 20000, TRUE, 0, 0, 0}};
	CmWaitingCandidate priority[] = {{1, 2, 19990, TRUE, 0, 0, 0},
					 {2, 1, 19990, TRUE, 0, 0, 0}};
	/* 59 days don't make up for a priority, 61 do */
	CmWaitingCandidate days[] = {{1, 2, 20000 - 59, TRUE, 0, 0, 0},
				     {2, 1, 20000, TRUE, 0, 0, 0},
				     {3, 2, 20000 - 61, TRUE, 0, 0, 0}};
	CmWaitingCandidate travel[] = {{1, 2, 19990, TRUE, 0, 30, 0},
				       {2, 2, 19990, TRUE, 0, 10, 0},
				       {3, 2, 19990, TRUE, 0, -10, 0}};
	CmWaitingCandidate warned[] = {{1, 2, 19990, TRUE, 1, 0, 0}, {2, 2, 19991, TRUE, 0, 0, 0}};
	/* two years are as much as anybody's, and nobody waits since tomorrow */
	CmWaitingCandidate bounds[] = {{9, 2, 10000, TRUE, 0, 0, 0},
				       {8, 2, 12000, TRUE, 0, 0, 0},
				       {7, 2, 20100, TRUE, 0, 0, 0},
				       {6, 2, 20000, TRUE, 0, 0, 0}};
	CmWaitingCandidate same[] = {{5, 2, 19990, TRUE, 0, 0, 0}, {4, 2, 19990, TRUE, 0, 0, 0}};

	rank(fits, G_N_ELEMENTS(fits), "2 1");
	rank(priority, G_N_ELEMENTS(priority), "2 1");
	rank(days, G_N_ELEMENTS(days), "3 2 1");
	g_assert_cmpint(days[0].points, ==, 60 + 61);
	rank(travel, G_N_ELEMENTS(travel), "3 2 1");
	rank(warned, G_N_ELEMENTS(warned), "2 1");
	rank(bounds, G_N_ELEMENTS(bounds), "9 8 6 7");
	rank(same, G_N_ELEMENTS(same), "4 5");
	cm_waiting_rank(NULL, 0, 20000);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/waiting/transitions", test_transitions);
	g_test_add_func("/waiting/rank", test_rank);
	return g_test_run();
}
