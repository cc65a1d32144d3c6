// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-schema.h"

#include "daemon/policy/policy-loader.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* The table of rules, the policies that ship, the facts that they were written from. */

static gchar *
source_path(const gchar *path)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), path, NULL);
}

static CmPolicySet *
load_shipped(void)
{
	g_autofree gchar *directory = source_path("policies");
	const gchar *directories[] = {directory, NULL};
	g_autoptr(GError) error = NULL;
	CmPolicySet *set = cm_policy_loader_load(directories, NULL, &error);

	g_assert_no_error(error);
	return set;
}

/* the look-up is by halves */
static void
test_sorted(void)
{
	for (guint i = 1; cm_policy_schema_get(i) != NULL; i++) {
		const CmPolicyTerm *term = cm_policy_schema_get(i);

		g_assert_cmpstr(cm_policy_schema_get(i - 1)->id, <, term->id);
		g_assert_true(cm_policy_schema_lookup(term->id) == term);
	}
	g_assert_true(cm_policy_schema_lookup(cm_policy_schema_get(0)->id) ==
		      cm_policy_schema_get(0));
	g_assert_null(cm_policy_schema_lookup(""));
	g_assert_null(cm_policy_schema_lookup("zzz"));
}

static void
test_effect(void)
{
	static const struct {
		CmRuleKind kind;
		CmConfidence confidence;
		gboolean repealed;
		const gchar *id; /* NULL: an organisation's own */
		gboolean limits;
		CmEffect effect;
	} cases[] = {
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_HIGH, FALSE, "record.retention_min", FALSE,
	     CM_EFFECT_BLOCK},
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_MEDIUM, FALSE, "record.retention_min", FALSE,
	     CM_EFFECT_BLOCK},
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_LOW, FALSE, "record.retention_min", FALSE,
	     CM_EFFECT_WARN},
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_HIGH, TRUE, "record.retention_min", FALSE,
	     CM_EFFECT_INFORM},
	    {CM_RULE_KIND_ORDER_RULE, CM_CONFIDENCE_HIGH, FALSE, "record.retention_min", FALSE,
	     CM_EFFECT_BLOCK},
	    {CM_RULE_KIND_EMPLOYER_RULE, CM_CONFIDENCE_HIGH, FALSE, "record.retention_min", FALSE,
	     CM_EFFECT_BLOCK},
	    {CM_RULE_KIND_ORDER_ADVICE, CM_CONFIDENCE_HIGH, FALSE, "record.retention_min", FALSE,
	     CM_EFFECT_WARN},
	    {CM_RULE_KIND_ORDER_ADVICE, CM_CONFIDENCE_HIGH, TRUE, "record.retention_min", FALSE,
	     CM_EFFECT_INFORM},
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_HIGH, FALSE, "access_request.max_days", FALSE,
	     CM_EFFECT_WARN},
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_HIGH, FALSE, "ce.regime", FALSE, CM_EFFECT_INFORM},
	    {CM_RULE_KIND_LAW, CM_CONFIDENCE_HIGH, FALSE, "ce.regime", TRUE, CM_EFFECT_BLOCK},
	    {CM_RULE_KIND_EMPLOYER_RULE, CM_CONFIDENCE_HIGH, FALSE, NULL, FALSE, CM_EFFECT_INFORM},
	    {CM_RULE_KIND_EMPLOYER_RULE, CM_CONFIDENCE_HIGH, FALSE, NULL, TRUE, CM_EFFECT_BLOCK},
	    {CM_RULE_KIND_EMPLOYER_RULE, CM_CONFIDENCE_LOW, FALSE, NULL, TRUE, CM_EFFECT_WARN},
	    {CM_RULE_KIND_ORDER_ADVICE, CM_CONFIDENCE_HIGH, FALSE, NULL, TRUE, CM_EFFECT_WARN},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		const CmPolicyTerm *term =
		    cases[i].id != NULL ? cm_policy_schema_lookup(cases[i].id) : NULL;
		CmRule rule = {
		    .kind = cases[i].kind,
		    .confidence = cases[i].confidence,
		    .repealed = cases[i].repealed,
		};

		g_test_message("case %u", i);
		g_assert_cmpint(cm_policy_schema_derive_effect(term, &rule, cases[i].limits), ==,
				cases[i].effect);
	}
}

/* the page for those who write policies has a row for each id, and no row for another */
static void
test_page(void)
{
	g_autofree gchar *path = source_path("policies/SCHEMA.md");
	g_autofree gchar *page = NULL;
	g_autoptr(GRegex) rows =
	    g_regex_new("^\\| `([a-z0-9_.]+)` \\| ([a-z]+) \\| ([a-z]+) \\| ([a-z]+) \\|",
			G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	static const gchar *const types[] = {"text", "flag", "number", "choice", "list", "word"};
	static const gchar *const tighter[] = {"fixed", "lower", "higher", "fewer", "more"};
	guint count = 0;
	guint expected = 0;

	g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
	while (cm_policy_schema_get(expected) != NULL)
		expected++;
	for (gboolean more = g_regex_match(rows, page, 0, &match); more;
	     more = g_match_info_next(match, NULL)) {
		g_autofree gchar *id = g_match_info_fetch(match, 1);
		g_autofree gchar *type = g_match_info_fetch(match, 2);
		g_autofree gchar *direction = g_match_info_fetch(match, 3);
		g_autofree gchar *effect = g_match_info_fetch(match, 4);
		const CmPolicyTerm *term = cm_policy_schema_lookup(id);

		g_test_message("%s", id);
		g_assert_nonnull(term);
		g_assert_cmpstr(type, ==, types[term->type]);
		g_assert_cmpstr(direction, ==, tighter[term->tighter]);
		g_assert_cmpstr(effect, ==, cm_effect_to_string(term->strongest));
		count++;
	}
	g_assert_cmpuint(count, ==, expected);
}

static JsonArray *
load_facts(JsonParser *parser)
{
	g_autofree gchar *path = source_path("tests/fixtures/policy/facts.json");
	g_autoptr(GError) error = NULL;

	g_assert_true(json_parser_load_from_file(parser, path, &error));
	g_assert_no_error(error);
	return json_node_get_array(json_parser_get_root(parser));
}

static gint
rank(const gchar *confidence)
{
	return g_str_equal(confidence, "high")     ? CM_CONFIDENCE_HIGH
	       : g_str_equal(confidence, "medium") ? CM_CONFIDENCE_MEDIUM
						   : CM_CONFIDENCE_LOW;
}

/* the fact with this source and an article that begins so, or NULL */
static JsonObject *
find_fact(JsonArray *facts, const CmRule *rule)
{
	for (guint i = 0; i < json_array_get_length(facts); i++) {
		JsonObject *fact = json_array_get_object_element(facts, i);

		if (g_str_equal(json_object_get_string_member(fact, "source"), rule->source) &&
		    g_str_has_prefix(json_object_get_string_member(fact, "article"),
				     rule->article) &&
		    rank(json_object_get_string_member(fact, "confidence")) ==
			(gint)rule->confidence)
			return fact;
	}
	return NULL;
}

/* nothing ships that was not read: same source, same article, same confidence */
static void
test_sources(void)
{
	g_autoptr(CmPolicySet) set = load_shipped();
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonArray *facts = load_facts(parser);
	guint count = 0;

	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);

		for (guint j = 0; j < cm_policy_get_rule_count(policy); j++) {
			const CmRule *rule = cm_policy_get_rule(policy, j);

			g_test_message("%s of %s", rule->id, rule->file);
			g_assert_nonnull(find_fact(facts, rule));
			g_assert_cmpstr(rule->read, ==, "2026-11-21");
			count++;
		}
	}
	g_assert_cmpuint(count, >, 100);
}

/* numbers are those that were read, where a rule has the fact's own name */
static void
test_numbers(void)
{
	g_autoptr(CmPolicySet) set = load_shipped();
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonArray *facts = load_facts(parser);
	guint count = 0;

	for (guint i = 0; i < json_array_get_length(facts); i++) {
		JsonObject *fact = json_array_get_object_element(facts, i);
		g_autofree gchar *profession = g_strdelimit(
		    g_strdup(json_object_get_string_member(fact, "profession")), "_", '-');
		const CmPolicy *policy = cm_policy_set_lookup(
		    set, g_str_equal(profession, "-common") ? "psychologue" : profession);
		const CmRule *rule =
		    policy != NULL
			? cm_policy_lookup_rule(policy, json_object_get_string_member(fact, "key"))
			: NULL;
		JsonNode *value = json_object_get_member(fact, "value");

		if (rule == NULL || rule->type != CM_VALUE_NUMBER ||
		    json_node_get_value_type(value) != G_TYPE_INT64)
			continue;
		g_test_message("%s", rule->id);
		g_assert_cmpint(rule->number, ==, json_node_get_int(value));
		count++;
	}
	g_assert_cmpuint(count, >=, 15);
}

/* what the issue of force is about: of the shipped rules, none of advice, low confidence or repealed blocks */
static void
test_force(void)
{
	g_autoptr(CmPolicySet) set = load_shipped();
	guint blocks = 0;

	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);

		for (guint j = 0; j < cm_policy_get_rule_count(policy); j++) {
			const CmRule *rule = cm_policy_get_rule(policy, j);

			if (rule->effect != CM_EFFECT_BLOCK)
				continue;
			blocks++;
			g_assert_cmpint(rule->kind, !=, CM_RULE_KIND_ORDER_ADVICE);
			g_assert_cmpint(rule->kind, !=, CM_RULE_KIND_EMPLOYER_RULE);
			g_assert_cmpint(rule->confidence, !=, CM_CONFIDENCE_LOW);
			g_assert_false(rule->repealed);
		}
	}
	g_assert_cmpuint(blocks, >, 20);
}

/* what usual belief has wrong */
static void
test_traps(void)
{
	g_autoptr(CmPolicySet) set = load_shipped();
	const CmPolicy *speech = cm_policy_set_lookup(set, "orthophoniste");
	const CmPolicy *social = cm_policy_set_lookup(set, "travailleur-social");
	const CmPolicy *occupational = cm_policy_set_lookup(set, "ergotherapeute");

	g_assert_cmpint(cm_policy_lookup_rule(speech, "ce.hours")->number, ==, 30);
	g_assert_cmpint(cm_policy_lookup_rule(speech, "ce.period_months")->number, ==, 24);
	g_assert_cmpint(cm_policy_lookup_rule(speech, "intern.supervised")->effect, ==,
			CM_EFFECT_INFORM);
	g_assert_cmpint(cm_policy_lookup_rule(speech, "absence_notice.threshold")->number, ==, 5);
	g_assert_cmpstr(cm_policy_lookup_rule(social, "consent.under14.parents")->word, ==,
			"both-written");
	g_assert_cmpint(cm_policy_lookup_rule(social, "consent.under14.parents")->effect, ==,
			CM_EFFECT_WARN);
	g_assert_cmpstr(cm_policy_lookup_rule(occupational, "consent.under14.parents")->word, ==,
			"one-presumed");
	g_assert_null(cm_policy_lookup_rule(occupational, "record.retention_min"));
	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);
		gboolean is_psychologist =
		    g_str_equal(cm_policy_get_profession(policy), "psychologue");

		g_assert_cmpint(
		    cm_policy_lookup_rule(
			policy, "transfer_to_third_party.min_delay_after_signed_authorization") !=
			NULL,
		    ==, is_psychologist);
		g_assert_null(cm_policy_lookup_rule(policy, "record.note_delay_days"));
		g_assert_nonnull(cm_policy_lookup_rule(policy, "consent.known_opposition_stops"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-schema/sorted", test_sorted);
	g_test_add_func("/policy-schema/effect", test_effect);
	g_test_add_func("/policy-schema/page", test_page);
	g_test_add_func("/policy-schema/sources", test_sources);
	g_test_add_func("/policy-schema/numbers", test_numbers);
	g_test_add_func("/policy-schema/force", test_force);
	g_test_add_func("/policy-schema/traps", test_traps);
	return g_test_run();
}
