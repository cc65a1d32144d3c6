// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/explanation.h"

#include "daemon/agenda/session-cost.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/roster/caseload-reader.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <unistd.h>

/* the fixture's week, whose placements are the caseload's `previous` */
typedef struct {
	CmCaseload *caseload;
	CmPolicySet *policies;
	CmPlan *plan;
} Fixture;

static void
fixture_set_up(Fixture *fixture, gconstpointer data)
{
	const gchar *root = g_getenv("COMODAL_SOURCE_ROOT");
	g_autofree gchar *path =
	    g_build_filename(root, "tests", "fixtures", "agenda", "caseload.json", NULL);
	g_autofree gchar *policies = g_build_filename(root, "tests", "planning", "policies", NULL);
	const gchar *const directories[] = {policies, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	gint fd = open(path, O_RDONLY | O_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	fixture->caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	g_assert_no_error(error);
	close(fd);
	fixture->policies = cm_policy_loader_load(directories, NULL, &error);
	g_assert_no_error(error);
	fixture->plan = cm_plan_new();
	g_array_append_vals(fixture->plan->placements, fixture->caseload->previous->data,
			    fixture->caseload->previous->len);
}

static void
fixture_tear_down(Fixture *fixture, gconstpointer data)
{
	cm_plan_free(fixture->plan);
	cm_policy_set_unref(fixture->policies);
	cm_caseload_free(fixture->caseload);
}

static JsonObject *
explain(Fixture *fixture, JsonParser *parser, const gchar *session)
{
	CmExplanationDerogation derogation = {
	    .number = 12, .state = "approved", .rule = "Day.MaxSessions", .until = 20700};
	g_autoptr(GArray) derogations = g_array_new(FALSE, FALSE, sizeof derogation);
	CmExplanationDecisions decisions = {
	    .booking = "planned", .by_hand = TRUE, .derogations = derogations};
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;

	g_array_append_val(derogations, derogation);
	document = cm_explanation_new_document(fixture->caseload, fixture->plan, fixture->policies,
					       session, 7, &decisions, &error);
	g_assert_no_error(error);
	g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(document, NULL),
						 (gssize)g_bytes_get_size(document), NULL));
	return json_node_get_object(json_parser_get_root(parser));
}

static gint64
get_cost(JsonObject *explanation, const gchar *part)
{
	return json_object_get_int_member(json_object_get_object_member(explanation, "cost"), part);
}

/* on its wished day: the participants prefer no time at all */
static void
test_explanation_placed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *explanation = explain(fixture, parser, "F3-2");
	JsonObject *placement = json_object_get_object_member(explanation, "placement");

	g_assert_cmpstr(json_object_get_string_member(explanation, "format"), ==,
			"comodal-explanation/1");
	g_assert_cmpint(json_object_get_int_member(explanation, "plan"), ==, 7);
	g_assert_cmpstr(json_object_get_string_member(placement, "date"), ==, "2026-10-09");
	g_assert_cmpstr(json_object_get_string_member(placement, "end"), ==, "13:45");
	g_assert_cmpstr(json_object_get_string_member(placement, "mode"), ==, "video-remote");
	/* 10 points each */
	g_assert_cmpint(get_cost(explanation, "preference"), ==, 20);
	g_assert_cmpint(get_cost(explanation, "lateness"), ==, 0);
	/* the plan would save its rhythm too */
	g_assert_cmpint(get_cost(explanation, "rhythm"), ==, 15);
	g_assert_cmpint(get_cost(explanation, "travel"), ==, 0);
	g_assert_cmpint(get_cost(explanation, "total"), ==, 35);
}

static void
test_explanation_lateness(Fixture *fixture, gconstpointer data)
{
	CmPlacement *placement = CM_ELEMENT(fixture->plan->placements, CmPlacement, 0);
	CmCost cost;

	/* priority 2: 8 points a day late, 1 a day early */
	placement->date += 3;
	cost = cm_session_cost_compute(fixture->caseload, fixture->plan, placement, NULL);
	g_assert_cmpint(cost.part[CM_COST_LATENESS], ==, 24);
	g_assert_cmpint(cost.part[CM_COST_MOVED], ==, 60);
	placement->date -= 5;
	cost = cm_session_cost_compute(fixture->caseload, fixture->plan, placement, NULL);
	g_assert_cmpint(cost.part[CM_COST_LATENESS], ==, 2);
}

static void
test_explanation_rules(Fixture *fixture, gconstpointer data)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonArray *rules = json_object_get_array_member(explain(fixture, parser, "F1-2"), "rules");
	gboolean found = FALSE;

	for (guint i = 0; i < json_array_get_length(rules); i++) {
		JsonObject *rule = json_array_get_object_element(rules, i);

		if (g_strcmp0(json_object_get_string_member(rule, "key"), "MinGapDays") != 0)
			continue;
		found = TRUE;
		g_assert_cmpstr(json_object_get_string_member(rule, "group"), ==, "Act suivi");
		g_assert_cmpint(json_object_get_int_member(rule, "line"), >, 0);
		g_assert_true(g_str_has_suffix(json_object_get_string_member(rule, "file"),
					       "psychologue.policy"));
	}
	g_assert_true(found);
}

static void
test_explanation_not_placed(Fixture *fixture, gconstpointer data)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	CmUnscheduled left = {.reason = cm_message_new("no room at {0}", "S2", NULL)};
	JsonObject *explanation = NULL;
	g_autofree gchar *english = NULL;

	while (!g_str_equal(CM_ELEMENT(fixture->caseload->sessions, CmSession, left.session)->id,
			    "F3-3"))
		left.session++;
	g_array_append_val(fixture->plan->unscheduled, left);
	explanation = explain(fixture, parser, "F3-3");
	g_assert_false(json_object_has_member(explanation, "placement"));
	english = cm_message_to_english(json_object_get_string_member(explanation, "reason"));
	g_assert_cmpstr(english, ==, "no room at S2");
}

/* what somebody decided about it stands beside what the plan says */
static void
test_explanation_decisions(Fixture *fixture, gconstpointer data)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *explanation =
	    explain(fixture, parser, CM_ELEMENT(fixture->caseload->sessions, CmSession, 0)->id);
	JsonObject *booking = json_object_get_object_member(explanation, "booking");
	JsonArray *derogations = json_object_get_array_member(explanation, "derogations");
	JsonObject *derogation = json_array_get_object_element(derogations, 0);

	g_assert_cmpstr(json_object_get_string_member(booking, "state"), ==, "planned");
	g_assert_true(json_object_get_boolean_member(booking, "by_hand"));
	g_assert_cmpuint(json_array_get_length(derogations), ==, 1);
	g_assert_cmpint(json_object_get_int_member(derogation, "number"), ==, 12);
	g_assert_cmpstr(json_object_get_string_member(derogation, "rule"), ==, "Day.MaxSessions");
	g_assert_cmpstr(json_object_get_string_member(derogation, "state"), ==, "approved");
	g_assert_cmpstr(json_object_get_string_member(derogation, "until"), ==, "2026-09-04");
}

static void
test_explanation_unknown(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_explanation_new_document(fixture->caseload, fixture->plan,
						  fixture->policies, "F9", 1, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
}

#define ADD(name, function)                                                                        \
	g_test_add("/explanation/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("placed", test_explanation_placed);
	ADD("lateness", test_explanation_lateness);
	ADD("rules", test_explanation_rules);
	ADD("not-placed", test_explanation_not_placed);
	ADD("decisions", test_explanation_decisions);
	ADD("unknown", test_explanation_unknown);
	return g_test_run();
}
