// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk-consents.h"

#include "daemon/policy/policy-loader.h"
#include "tests/unit/planner-fixture.h"

#include <string.h>

/* Every rule of every policy that we ship, at the desk: does it block, warn, or stay silent? docs/desk-rules.md is this test's own table
 * (COMODAL_TEST_WRITE_GOLDEN=1 writes it), and an approved derogation opens exactly its rule for exactly its case. */

#define LONG_AGO 0
#define STUDENT 10
#define MOTHER 20
#define FATHER 21
#define FOLLOWUP 30
#define OTHER_FOLLOWUP 31
#define DEROGATION 77

/* What is on record of the student. */
typedef enum {
	RECORD_COMPLETE,
	RECORD_NOTHING,
	RECORD_OPPOSED,
	RECORD_ONE_PARENT,
	RECORD_NO_TELEPRACTICE,
	RECORD_NO_ANSWERS,
	RECORD_OLD_ANSWERS,
	RECORD_UNSUITABLE,
	RECORD_LAST
} Record;

typedef struct {
	CmCaseload *caseload;
	const CmPolicySet *policies;
	CmDesk *desk;
	CmDeskConsents consents;
	CmConsentFile *file;
	CmSuitabilityAnswer answer;
	gboolean answered;
	CmDerogation derogation;
	guint derogations;
} World;

static const CmConsentFile *
get_file(gpointer data, guint32 student)
{
	return ((World *)data)->file;
}

static const CmSuitabilityAnswer *
get_answer(gpointer data, guint32 followup)
{
	World *world = data;

	return world->answered ? &world->answer : NULL;
}

static const CmDerogation *
get_derogations(gpointer data, guint32 followup, guint *out_count)
{
	World *world = data;

	*out_count = world->derogations;
	return &world->derogation;
}

static gint64
get_session_number(gpointer data, guint32 session)
{
	return 100 + session;
}

static gint64
get_followup_number(gpointer data, guint32 followup)
{
	return FOLLOWUP + followup;
}

static void
state(CmConsentFile *file,
      CmConsentKind kind,
      gint64 contact,
      CmConsentAnswer answer,
      CmConsentForm form)
{
	CmConsentStatement statement = {
	    .number = file->statements->len + 1,
	    .kind = kind,
	    .modes = kind == CM_CONSENT_KIND_TELEPRACTICE ? CM_CONSENT_VIDEO : 0,
	    .answer = answer,
	    .form = form,
	    .contact = contact,
	    .given_on = 20000,
	    .until = CM_DAY_NONE,
	    .withdrawn_on = CM_DAY_NONE};

	cm_consent_file_add_statement(file, &statement);
}

static void
set_record(World *world, Record record, const CmPolicy *policy)
{
	const CmGuardianship mother = {MOTHER, 1, TRUE};
	const CmGuardianship father = {FATHER, 2, TRUE};
	const CmRule *checklist =
	    cm_policy_lookup_rule(policy, "telepractice.suitability_checklist");
	static const gchar *const nothing[] = {NULL};
	gboolean both = record != RECORD_ONE_PARENT;

	g_clear_pointer(&world->file, cm_consent_file_free);
	world->file = cm_consent_file_new(
	    STUDENT, CM_ELEMENT(world->caseload->students, CmStudent, 0)->birth_date);
	cm_consent_file_add_guardianship(world->file, &mother);
	cm_consent_file_add_guardianship(world->file, &father);
	world->answered = record != RECORD_NOTHING && record != RECORD_NO_ANSWERS;
	world->answer = (CmSuitabilityAnswer){
	    .answered_on = record == RECORD_OLD_ANSWERS ? 15000 : 20700,
	    .suitable = record != RECORD_UNSUITABLE,
	    .items = checklist != NULL && checklist->items != NULL && record != RECORD_OLD_ANSWERS
			 ? checklist->items
			 : nothing};
	if (record == RECORD_NOTHING)
		return;
	for (guint i = 0; i < (both ? 2 : 1); i++) {
		gint64 contact = i == 0 ? MOTHER : FATHER;

		state(world->file, CM_CONSENT_KIND_SERVICE, contact,
		      record == RECORD_OPPOSED && i == 1 ? CM_CONSENT_ANSWER_OPPOSED
							 : CM_CONSENT_ANSWER_GIVEN,
		      both ? CM_CONSENT_FORM_WRITTEN : CM_CONSENT_FORM_VERBAL);
		if (record != RECORD_NO_TELEPRACTICE)
			state(world->file, CM_CONSENT_KIND_TELEPRACTICE, contact,
			      CM_CONSENT_ANSWER_GIVEN, CM_CONSENT_FORM_WRITTEN);
	}
}

static World *
open_world(const CmPolicySet *policies, const CmPolicy *policy)
{
	World *world = g_new0(World, 1);
	CmDeskGates gates;

	world->caseload = cm_planner_fixture_read("");
	world->policies = policies;
	CM_ELEMENT(world->caseload->professionals, CmProfessional, 0)->profession =
	    cm_policy_get_profession(policy);
	world->consents = (CmDeskConsents){get_file, get_answer,         get_derogations,
					   NULL,     get_session_number, get_followup_number,
					   world};
	gates = cm_desk_consents_get_gates(&world->consents);
	world->desk = cm_desk_new(world->caseload, policies);
	cm_desk_set_gates(world->desk, &gates);
	set_record(world, RECORD_COMPLETE, policy);
	return world;
}

static void
close_world(World *world)
{
	cm_desk_free(world->desk);
	g_clear_pointer(&world->file, cm_consent_file_free);
	cm_caseload_free(world->caseload);
	g_free(world);
}

static CmDeskEntry
ask(guint32 session, CmDay date, gint start, CmMode mode)
{
	CmDeskEntry asked = CM_DESK_ENTRY_INIT;

	asked.session = session;
	asked.date = date;
	asked.start = (CmMinute)start;
	asked.mode = (guint8)mode;
	return asked;
}

/* Something of the professional that counts as a session. */
static void
stand(World *world, gint64 number, CmDay date, gint start, gint minutes, CmMode mode, guint32 site)
{
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;

	entry.number = number;
	entry.kind = CM_DESK_GROUP;
	entry.professional = 0;
	entry.site = site;
	entry.date = date;
	entry.start = (CmMinute)start;
	entry.minutes = minutes;
	entry.mode = (guint8)mode;
	cm_desk_place(world->desk, &entry);
}

/* An approved derogation opens what comes of its rule, for its follow-up, to its last day, and nothing else. */
static void
check_derogations(World *world, const CmDeskEntry *asked)
{
	g_autoptr(CmVerdict) before = cm_desk_judge(world->desk, asked, LONG_AGO);

	for (guint i = 0; i < before->objections->len; i++) {
		const CmObjection *meant = g_ptr_array_index(before->objections, i);
		const gchar *rule = meant->key != NULL ? meant->key : meant->rule;

		if (rule == NULL || meant->kind == CM_OBJECTION_FACT ||
		    meant->kind == CM_OBJECTION_WISH)
			continue;
		for (guint wrong = 0; wrong < 5; wrong++) {
			g_autoptr(CmVerdict) after = NULL;

			world->derogation = (CmDerogation){
			    .number = DEROGATION,
			    .state = wrong == 1 ? CM_DEROGATION_ASKED : CM_DEROGATION_APPROVED,
			    .profession =
				CM_ELEMENT(world->caseload->professionals, CmProfessional, 0)
				    ->profession,
			    .rule = wrong == 2 ? "telepractice.guideline" : rule,
			    .followup = wrong == 3 ? OTHER_FOLLOWUP : FOLLOWUP,
			    .value = CM_DEROGATION_NO_VALUE,
			    .until = asked->date - (wrong == 4 ? 1 : 0)};
			world->derogations = 1;
			after = cm_desk_judge(world->desk, asked, LONG_AGO);
			world->derogations = 0;
			g_assert_cmpuint(after->objections->len, ==, before->objections->len);
			for (guint o = 0; o < after->objections->len; o++) {
				const CmObjection *objection =
				    g_ptr_array_index(after->objections, o);
				const gchar *of =
				    objection->key != NULL ? objection->key : objection->rule;
				gboolean opens = wrong == 0 && g_strcmp0(of, rule) == 0;

				g_assert_cmpint(objection->derogation, ==, opens ? DEROGATION : 0);
				if (opens)
					g_assert_cmpint(objection->effect, ==, CM_EFFECT_INFORM);
			}
		}
	}
}

static void
note(GHashTable *effects, const CmVerdict *verdict)
{
	for (guint i = 0; i < verdict->objections->len; i++) {
		const CmObjection *objection = g_ptr_array_index(verdict->objections, i);
		gpointer found = NULL;

		/* by its key where it is one: the rule is looked up from there */
		g_assert_cmpint(objection->kind, !=, CM_OBJECTION_FACT);
		if (objection->rule == NULL)
			continue;
		found = g_hash_table_lookup(effects, objection->rule);
		g_hash_table_insert(
		    effects, g_strdup(objection->rule),
		    GINT_TO_POINTER(MAX(GPOINTER_TO_INT(found), objection->effect + 1)));
	}
}

/* An act in which the student sits, by video too where there is one. */
static const gchar *
find_act(const CmPolicy *policy)
{
	for (guint i = 0; i < cm_policy_get_act_count(policy); i++) {
		const CmActRules *rules = cm_policy_get_act_at(policy, i);

		if (rules->student_present && (rules->modalities & CM_USE_VIDEO) != 0)
			return rules->name;
	}
	g_assert_not_reached();
	return NULL;
}

static void
look_records(const CmPolicySet *policies, const CmPolicy *policy, GHashTable *effects)
{
	World *world = open_world(policies, policy);
	CmDay day = world->caseload->from + 1;

	CM_ELEMENT(world->caseload->sessions, CmSession, 0)->act = find_act(policy);
	for (guint record = 0; record < RECORD_LAST; record++) {
		for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
			/* from home on Monday afternoon, at school on Tuesday morning; what other keys say is not asked here */
			CmDeskEntry asked = mode == CM_MODE_VIDEO_REMOTE
						? ask(0, day - 1, 15 * 60 + 30, (CmMode)mode)
						: ask(0, day, 9 * 60, (CmMode)mode);
			g_autoptr(CmVerdict) verdict = NULL;

			set_record(world, (Record)record, policy);
			verdict = cm_desk_judge(world->desk, &asked, LONG_AGO);
			if (record == RECORD_COMPLETE && mode == CM_MODE_IN_PERSON)
				g_assert_cmpuint(verdict->objections->len, ==, 0);
			note(effects, verdict);
			check_derogations(world, &asked);
		}
	}
	close_world(world);
}

static const gchar *
describe(gint effect)
{
	if (effect == 0)
		return "silent";
	return cm_effect_to_string((CmEffect)(effect - 1));
}

static void
append_rules(GString *table, const CmPolicy *policy, GHashTable *effects)
{
	g_string_append_printf(
	    table, "\n## %s\n\n| rule | by its source | at the desk |\n| --- | --- | --- |\n",
	    cm_policy_get_profession(policy));
	for (guint i = 0; i < cm_policy_get_rule_count(policy); i++) {
		const CmRule *rule = cm_policy_get_rule(policy, i);
		gint effect = GPOINTER_TO_INT(g_hash_table_lookup(effects, rule->id));

		/* never more than the sources let it */
		g_assert_cmpint(effect - 1, <=, rule->effect);
		g_string_append_printf(table, "| `%s` | %s | %s |\n", rule->id,
				       cm_effect_to_string(rule->effect), describe(effect));
	}
}

static CmPolicySet *
load(const gchar *first, const gchar *second)
{
	g_autofree gchar *shipped = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), first, NULL);
	g_autofree gchar *organisation =
	    second != NULL ? g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), second, NULL) : NULL;
	const gchar *const directories[] = {shipped, organisation, NULL};
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies = cm_policy_loader_load(directories, NULL, &error);

	g_assert_no_error(error);
	return policies;
}

static void
test_table(void)
{
	g_autoptr(CmPolicySet) policies = load("policies", NULL);
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "desk-rules.md", NULL);
	g_autofree gchar *page = NULL;
	g_autoptr(GString) table = g_string_new(NULL);
	const gchar *rest;

	for (guint i = 0; i < cm_policy_set_get_count(policies); i++) {
		const CmPolicy *policy = cm_policy_set_get(policies, i);
		g_autoptr(GHashTable) effects =
		    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

		look_records(policies, policy, effects);
		append_rules(table, policy, effects);
	}
	g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
	rest = strstr(page, "\n## ");
	if (g_getenv("COMODAL_TEST_WRITE_GOLDEN") != NULL) {
		g_autofree gchar *head =
		    g_strndup(page, rest != NULL ? (gsize)(rest - page) : strlen(page));
		g_autofree gchar *whole = g_strconcat(head, table->str, NULL);

		g_assert_true(g_file_set_contents(path, whole, -1, NULL));
		return;
	}
	g_assert_cmpstr(rest, ==, table->str);
}

/* One start for each planner's key, which breaks that key. */
static CmDeskEntry
break_key(World *world, const CmPolicy *policy, const gchar *key)
{
	const CmDayLimits *day = cm_policy_get_day_limits(policy);
	CmDay date = world->caseload->from + 1;
	CmDeskEntry asked = ask(0, date, 9 * 60, CM_MODE_IN_PERSON);
	CmSession *session = CM_ELEMENT(world->caseload->sessions, CmSession, 0);
	const CmActRules *rules;

	session->act = find_act(policy);
	if (g_str_equal(key, "Day.BufferMinutes"))
		stand(world, 1, date, 9 * 60 + 46, 5, CM_MODE_IN_PERSON, 0);
	for (gint i = 0; g_str_equal(key, "Day.MaxSessions") && i < day->max_sessions; i++)
		stand(world, 1 + i, date, 10 * 60 + 30 + 20 * i, 1, CM_MODE_IN_PERSON, 0);
	if (g_str_equal(key, "Day.MaxMinutes"))
		stand(world, 1, date, 10 * 60 + 30, day->max_minutes - 10, CM_MODE_IN_PERSON, 0);
	if (g_str_equal(key, "Day.MaxConsecutiveVideoMinutes") ||
	    g_str_equal(key, "Day.BreakMinutes")) {
		asked.mode = CM_MODE_VIDEO_SCHOOL;
		/* ended by one in person, so that nothing else is in question */
		stand(world, 1, date, 10 * 60, day->max_consecutive_video_minutes - 10,
		      CM_MODE_VIDEO_REMOTE, 0);
	}
	if (g_str_has_prefix(key, "Day.")) {
		session->continues = 0;
		return asked;
	}
	/* of an act: its name stands between a blank and a point */
	session->act = cm_caseload_intern(world->caseload, "");
	for (guint i = 0; i < cm_policy_get_act_count(policy); i++) {
		g_autofree gchar *group =
		    g_strconcat("Act ", cm_policy_get_act_at(policy, i)->name, ".", NULL);

		if (g_str_has_prefix(key, group))
			session->act = cm_policy_get_act_at(policy, i)->name;
	}
	rules = cm_policy_get_act(policy, session->act);
	g_assert_nonnull(rules);
	CM_ELEMENT(world->caseload->sessions, CmSession, 1)->act = session->act;
	if (g_str_has_suffix(key, ".Modalities") || g_str_has_suffix(key, ".FirstInPerson"))
		asked.mode = CM_MODE_VIDEO_SCHOOL;
	if (g_str_has_suffix(key, ".GuardianBelowAge"))
		asked = ask(0, date - 1, 15 * 60 + 30, CM_MODE_VIDEO_REMOTE);
	if (g_str_has_suffix(key, ".CompanionBelowAge")) {
		asked.mode = CM_MODE_VIDEO_SCHOOL;
		CM_ELEMENT(world->caseload->students, CmStudent, 0)->birth_date = date - 365 * 6;
	}
	if (g_str_has_suffix(key, ".MinGapDays") || g_str_has_suffix(key, ".MaxGapDays") ||
	    g_str_has_suffix(key, ".InPersonEvery")) {
		CmDeskEntry other = asked;

		other.number = 1;
		other.session = 1;
		other.date = date - 1;
		if (g_str_has_suffix(key, ".MinGapDays"))
			other.date = date - (rules->min_gap_days - 1);
		if (g_str_has_suffix(key, ".MaxGapDays"))
			other.date = date - (rules->max_gap_days + 1);
		cm_desk_place(world->desk, &other);
	}
	return asked;
}

/* InPersonEvery asks for a row of its own: the follow-up's sessions are too few, so the policy's count is met by what they are. */
static void
add_row(World *world, const CmPolicy *policy, CmDeskEntry *asked)
{
	const CmSession first = *CM_ELEMENT(world->caseload->sessions, CmSession, 0);
	const CmActRules *rules = cm_policy_get_act(policy, first.act);
	CmFollowup *followup = CM_ELEMENT(world->caseload->followups, CmFollowup, 0);

	cm_desk_free(world->desk);
	followup->sessions.first = world->caseload->sessions->len;
	followup->sessions.count = (guint)rules->in_person_every + 1;
	for (gint i = 0; i <= rules->in_person_every; i++)
		g_array_append_val(world->caseload->sessions, first);
	world->desk = cm_desk_new(world->caseload, world->policies);
	asked->session = followup->sessions.first + (guint)rules->in_person_every;
	asked->mode = CM_MODE_VIDEO_SCHOOL;
	for (gint i = 0; i < rules->in_person_every; i++) {
		CmDeskEntry other = *asked;

		other.number = 50 + i;
		other.session = followup->sessions.first + (guint)i;
		other.mode = i == 0 ? CM_MODE_IN_PERSON : CM_MODE_VIDEO_SCHOOL;
		other.date =
		    asked->date - MAX(rules->min_gap_days, 1) * (rules->in_person_every - i);
		cm_desk_place(world->desk, &other);
	}
}

static gboolean
has_key(const CmVerdict *verdict, const gchar *key, const CmRule *rule)
{
	for (guint i = 0; i < verdict->objections->len; i++) {
		const CmObjection *objection = g_ptr_array_index(verdict->objections, i);

		/* one rule may stand behind several keys */
		if (objection->key == NULL || g_strcmp0(objection->rule, rule->id) != 0)
			continue;
		g_assert_cmpint(objection->effect, ==, CM_EFFECT_BLOCK);
		g_assert_cmpstr(objection->source, ==, rule->source);
		if (g_str_equal(objection->key, key) || g_str_equal(key, "Day.BreakMinutes"))
			return TRUE;
	}
	return FALSE;
}

static void
check_key(const CmPolicySet *policies, const CmPolicy *policy, const CmRule *rule, const gchar *key)
{
	World *world = open_world(policies, policy);
	CmDeskGates gates = cm_desk_consents_get_gates(&world->consents);
	CmDeskEntry asked;
	g_autoptr(CmVerdict) verdict = NULL;

	asked = break_key(world, policy, key);
	if (g_str_has_suffix(key, ".InPersonEvery"))
		add_row(world, policy, &asked);
	if (g_str_equal(key, "Day.MaxSites")) {
		CmSite third = *CM_ELEMENT(world->caseload->sites, CmSite, 1);

		/* a third place, next door to the second */
		cm_desk_free(world->desk);
		g_array_append_val(world->caseload->sites, third);
		for (guint32 site = 0; site < 2; site++) {
			CmTravel there = {2, site, 1};
			CmTravel back = {site, 2, 1};

			g_array_append_val(world->caseload->travels, there);
			g_array_insert_val(world->caseload->travels, 2 * site + 1, back);
		}
		world->desk = cm_desk_new(world->caseload, policies);
		stand(world, 1, asked.date, 11 * 60, 10, CM_MODE_IN_PERSON, 1);
		stand(world, 2, asked.date, 14 * 60, 10, CM_MODE_IN_PERSON, 2);
	}
	cm_desk_set_gates(world->desk, &gates);
	verdict = cm_desk_judge(world->desk, &asked, LONG_AGO);
	for (guint i = 0; i < verdict->objections->len; i++)
		g_test_message(
		    "%s: %s %s", key,
		    ((const CmObjection *)g_ptr_array_index(verdict->objections, i))->code,
		    ((const CmObjection *)g_ptr_array_index(verdict->objections, i))->message);
	g_assert_true(has_key(verdict, key, rule));
	check_derogations(world, &asked);
	close_world(world);
}

/* The limits of the example of an organisation, each broken by a start of its own. */
static void
test_keys(void)
{
	g_autoptr(CmPolicySet) policies = load("policies", "policies/examples/css-exemple");
	guint keys = 0;

	for (guint i = 0; i < cm_policy_set_get_count(policies); i++) {
		const CmPolicy *policy = cm_policy_set_get(policies, i);

		for (guint r = 0; r < cm_policy_get_rule_count(policy); r++) {
			const CmRule *rule = cm_policy_get_rule(policy, r);

			for (guint k = 0; rule->keys[k] != NULL; k++) {
				check_key(policies, policy, rule, rule->keys[k]);
				keys++;
			}
		}
	}
	g_assert_cmpuint(keys, >, 20);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/desk-rules/table", test_table);
	g_test_add_func("/desk-rules/keys", test_keys);
	return g_test_run();
}
