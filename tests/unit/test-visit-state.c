// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/help-state.h"
#include "daemon/visio/visit-state.h"
#include "tests/unit/state-table.h"

STATE_TABLE(visit, visit_state, CmVisit, CM_VISIT_STATE_LAST, CM_VISIT_EVENT_LAST);
STATE_TABLE(help, help_state, CmHelp, CM_HELP_STATE_LAST, CM_HELP_EVENT_LAST);

static void
test_visit_edges(void)
{
	gsize count = 0;
	const CmVisitEdge *edges = cm_visit_state_get_edges(&count);

	state_table_assert_edges(&visit_table);
	for (gsize i = 0; i < count; i++) {
		/* nobody becomes nobody, and only being let in or entering leads inside */
		g_assert_cmpuint(edges[i].to, !=, CM_VISIT_NONE);
		g_assert_true(edges[i].to != CM_VISIT_INSIDE ||
			      edges[i].event == CM_VISIT_EVENT_ADMIT ||
			      edges[i].event == CM_VISIT_EVENT_ENTER);
		/* a refusal holds until somebody decides otherwise, or they come anew */
		g_assert_true(edges[i].from != CM_VISIT_REFUSED ||
			      edges[i].event != CM_VISIT_EVENT_ENTER);
	}
}

static void
test_help_edges(void)
{
	state_table_assert_edges(&help_table);
}

static void
test_strings(void)
{
	state_table_assert_strings(&visit_table);
	state_table_assert_strings(&help_table);
	for (guint i = 0; i < CM_VISIT_ROLE_LAST; i++) {
		CmVisitRole role = CM_VISIT_ROLE_LAST;

		g_assert_true(cm_visit_state_role_from_string(
		    cm_visit_state_role_to_string((CmVisitRole)i), &role));
		g_assert_cmpuint(role, ==, i);
	}
	g_assert_false(cm_visit_state_from_string("gone", &(CmVisitState){0}));
	g_assert_false(cm_visit_state_role_from_string(NULL, &(CmVisitRole){0}));
	g_assert_false(cm_help_state_from_string("", &(CmHelpState){0}));
}

static void
test_document(void)
{
	state_table_assert_drawn(&visit_table, "visit");
	state_table_assert_drawn(&help_table, "help");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/visit-state/visit-edges", test_visit_edges);
	g_test_add_func("/visit-state/help-edges", test_help_edges);
	g_test_add_func("/visit-state/strings", test_strings);
	g_test_add_func("/visit-state/document", test_document);
	return g_test_run();
}
