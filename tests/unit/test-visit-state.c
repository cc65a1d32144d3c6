// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/help-state.h"
#include "daemon/visio/visit-state.h"
#include "include/cm-error.h"

#include <string.h>

static void
test_visit_edges(void)
{
	gsize count = 0;
	const CmVisitEdge *edges = cm_visit_state_get_edges(&count);
	guint allowed = 0;

	for (guint from = 0; from < CM_VISIT_STATE_LAST; from++) {
		for (guint event = 0; event < CM_VISIT_EVENT_LAST; event++) {
			CmVisitState to = CM_VISIT_STATE_LAST;
			g_autoptr(GError) error = NULL;

			if (cm_visit_state_apply((CmVisitState)from, (CmVisitEvent)event, &to,
						 &error)) {
				allowed++;
				continue;
			}
			g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
			g_assert_cmpuint(to, ==, CM_VISIT_STATE_LAST);
		}
	}
	g_assert_cmpuint(allowed, ==, count);
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
	gsize count = 0;
	guint allowed = 0;

	(void)cm_help_state_get_edges(&count);
	for (guint from = 0; from < CM_HELP_STATE_LAST; from++) {
		for (guint event = 0; event < CM_HELP_EVENT_LAST; event++) {
			CmHelpState to = CM_HELP_STATE_LAST;
			g_autoptr(GError) error = NULL;

			if (cm_help_state_apply((CmHelpState)from, (CmHelpEvent)event, &to, &error))
				allowed++;
			else
				g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
		}
	}
	g_assert_cmpuint(allowed, ==, count);
}

static void
test_strings(void)
{
	for (guint i = 0; i < CM_VISIT_STATE_LAST; i++) {
		CmVisitState state = CM_VISIT_STATE_LAST;

		g_assert_true(
		    cm_visit_state_from_string(cm_visit_state_to_string((CmVisitState)i), &state));
		g_assert_cmpuint(state, ==, i);
	}
	for (guint i = 0; i < CM_VISIT_ROLE_LAST; i++) {
		CmVisitRole role = CM_VISIT_ROLE_LAST;

		g_assert_true(cm_visit_state_role_from_string(
		    cm_visit_state_role_to_string((CmVisitRole)i), &role));
		g_assert_cmpuint(role, ==, i);
	}
	for (guint i = 0; i < CM_HELP_STATE_LAST; i++) {
		CmHelpState state = CM_HELP_STATE_LAST;

		g_assert_true(
		    cm_help_state_from_string(cm_help_state_to_string((CmHelpState)i), &state));
		g_assert_cmpuint(state, ==, i);
	}
	g_assert_false(cm_visit_state_from_string("gone", &(CmVisitState){0}));
	g_assert_false(cm_visit_state_role_from_string(NULL, &(CmVisitRole){0}));
	g_assert_false(cm_help_state_from_string("", &(CmHelpState){0}));
}

/* ---- docs/states.md: a row a state, a column an event */

static void
draw_head(GString *text, const gchar *const *columns, guint count)
{
	g_string_append(text, "| from |");
	for (guint i = 0; i < count; i++)
		g_string_append_printf(text, " `%s` |", columns[i]);
	g_string_append(text, "\n| --- |");
	for (guint i = 0; i < count; i++)
		g_string_append(text, " --- |");
	g_string_append_c(text, '\n');
}

static gchar *
draw_visit(void)
{
	GString *text = g_string_new(NULL);
	const gchar *columns[CM_VISIT_EVENT_LAST];

	for (guint i = 0; i < CM_VISIT_EVENT_LAST; i++)
		columns[i] = cm_visit_state_event_to_string((CmVisitEvent)i);
	draw_head(text, columns, CM_VISIT_EVENT_LAST);
	for (guint from = 0; from < CM_VISIT_STATE_LAST; from++) {
		g_string_append_printf(text, "| `%s` |",
				       cm_visit_state_to_string((CmVisitState)from));
		for (guint event = 0; event < CM_VISIT_EVENT_LAST; event++) {
			CmVisitState to = CM_VISIT_NONE;

			if (cm_visit_state_apply((CmVisitState)from, (CmVisitEvent)event, &to,
						 NULL))
				g_string_append_printf(text, " %s |", cm_visit_state_to_string(to));
			else
				g_string_append(text, " |");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static gchar *
draw_help(void)
{
	GString *text = g_string_new(NULL);
	const gchar *columns[CM_HELP_EVENT_LAST];

	for (guint i = 0; i < CM_HELP_EVENT_LAST; i++)
		columns[i] = cm_help_state_event_to_string((CmHelpEvent)i);
	draw_head(text, columns, CM_HELP_EVENT_LAST);
	for (guint from = 0; from < CM_HELP_STATE_LAST; from++) {
		g_string_append_printf(text, "| `%s` |",
				       cm_help_state_to_string((CmHelpState)from));
		for (guint event = 0; event < CM_HELP_EVENT_LAST; event++) {
			CmHelpState to = CM_HELP_NONE;

			if (cm_help_state_apply((CmHelpState)from, (CmHelpEvent)event, &to, NULL))
				g_string_append_printf(text, " %s |", cm_help_state_to_string(to));
			else
				g_string_append(text, " |");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static void
assert_drawn(const gchar *document, const gchar *name, const gchar *expected)
{
	g_autofree gchar *whole =
	    g_strdup_printf("<!-- states: %s -->\n%s<!-- end -->", name, expected);

	/* what to paste there */
	if (strstr(document, whole) == NULL)
		g_test_message("docs/states.md, %s:\n%s", name, expected);
	g_assert_nonnull(strstr(document, whole));
}

static void
test_document(void)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "states.md", NULL);
	g_autofree gchar *document = NULL;
	g_autofree gchar *visit = draw_visit();
	g_autofree gchar *help = draw_help();
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_get_contents(path, &document, NULL, &error));
	g_assert_no_error(error);
	assert_drawn(document, "visit", visit);
	assert_drawn(document, "help", help);
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
