// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/agenda/explanation.h"

#include "daemon/agenda/agenda-answers.h"
#include "daemon/agenda/document.h"
#include "daemon/agenda/session-cost.h"
#include "daemon/planner/explain.h"
#include "daemon/planner/problem-data.h"
#include "daemon/planner/reason.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define FORMAT_NAME "comodal-explanation/1"

/* What one document is made from. */
typedef struct {
	const CmCaseload *caseload;
	const CmPlan *plan;
	const CmPolicy *policy; /* or NULL */
	const CmActRules *act;  /* or NULL */
	const CmSession *session;
	guint32 index;
	const CmFollowup *followup;
	const CmStudent *student;
	const CmProfessional *professional;
	CmProblem *problem; /* or NULL: these policies don't plan this caseload */
	CmState *state;
	CmExplanation found;
	JsonBuilder *builder;
} Explanation;

static gboolean
find_session(Explanation *explanation, const gchar *id, GError **error)
{
	const GArray *sessions = explanation->caseload->sessions;

	for (guint i = 0; i < sessions->len; i++) {
		const CmSession *session = CM_ELEMENT(sessions, CmSession, i);

		if (!g_str_equal(session->id, id))
			continue;
		explanation->session = session;
		explanation->index = i;
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("No session has the id “{0}”."), id, NULL);
	return FALSE;
}

static void
resolve(Explanation *explanation, const CmPolicySet *policies)
{
	const CmCaseload *caseload = explanation->caseload;

	explanation->followup =
	    CM_ELEMENT(caseload->followups, CmFollowup, explanation->session->followup);
	explanation->student =
	    CM_ELEMENT(caseload->students, CmStudent, explanation->followup->student);
	explanation->professional = CM_ELEMENT(caseload->professionals, CmProfessional,
					       explanation->followup->professional);
	if (policies != NULL)
		explanation->policy =
		    cm_policy_set_lookup(policies, explanation->professional->profession);
	if (explanation->policy != NULL)
		explanation->act =
		    cm_policy_get_act(explanation->policy, explanation->session->act);
}

static const CmPlacement *
find_placement(const Explanation *explanation)
{
	for (guint i = 0; i < explanation->plan->placements->len; i++) {
		const CmPlacement *placement =
		    CM_ELEMENT(explanation->plan->placements, CmPlacement, i);

		if (placement->session == explanation->index)
			return placement;
	}
	return NULL;
}

/* as the planner told it */
static const gchar *
find_reason(const Explanation *explanation)
{
	const CmUnscheduled *left = cm_plan_find_unscheduled(explanation->plan, explanation->index);

	return left != NULL ? left->reason : NULL;
}

static void
add_texts(JsonBuilder *builder, const gchar *name, const gchar *french, const gchar *english)
{
	cm_document_begin_object(builder, name);
	cm_document_add_string(builder, "fr", french);
	cm_document_add_string(builder, "en", english);
	json_builder_end_object(builder);
}

static void
add_session(Explanation *explanation)
{
	JsonBuilder *builder = explanation->builder;
	const CmSession *session = explanation->session;
	const CmPolicy *policy = explanation->policy;
	const gchar *french = session->act;
	const gchar *english = session->act;

	if (policy != NULL) {
		french = cm_policy_get_act_title(policy, session->act, CM_LANGUAGE_FRENCH);
		english = cm_policy_get_act_title(policy, session->act, CM_LANGUAGE_ENGLISH);
	}
	cm_document_add_string(builder, "session", session->id);
	cm_document_add_string(builder, "followup", explanation->followup->id);
	cm_document_add_int(builder, "position",
			    explanation->index - explanation->followup->sessions.first + 1);
	cm_document_add_int(builder, "positions", explanation->followup->sessions.count);
	cm_document_add_string(builder, "act", session->act);
	add_texts(builder, "act_title", french, english);
	cm_document_add_int(builder, "minutes", session->minutes);
	cm_document_add_int(builder, "priority", explanation->followup->priority);
	cm_document_add_date(builder, "target_date", session->target_date);
	cm_document_add_named(builder, "professional", explanation->professional->id,
			      explanation->professional->name);
	cm_document_add_named(builder, "student", explanation->student->id,
			      explanation->student->name);
}

static void
add_placement(Explanation *explanation, const CmPlacement *placement)
{
	const CmCaseload *caseload = explanation->caseload;
	JsonBuilder *builder = explanation->builder;
	const CmSite *site = CM_ELEMENT(caseload->sites, CmSite, explanation->student->site);
	const gchar *room = NULL;
	const gchar *companion = NULL;
	gint cycle_day = 0;

	if (placement->room != CM_NONE)
		room = CM_ELEMENT(caseload->rooms, CmRoom, placement->room)->id;
	if (placement->companion != CM_NONE)
		companion = CM_ELEMENT(caseload->companions, CmCompanion, placement->companion)->id;
	(void)cm_caseload_get_day(caseload, explanation->student->site, placement->date,
				  &cycle_day);
	cm_document_begin_object(builder, "placement");
	cm_document_add_date(builder, "date", placement->date);
	cm_document_add_minute(builder, "start", placement->start);
	cm_document_add_minute(builder, "end", placement->start + explanation->session->minutes);
	cm_document_add_string(builder, "mode", cm_mode_to_string((CmMode)placement->mode));
	cm_document_add_named(builder, "site", site->id, site->name);
	cm_document_add_int(builder, "cycle_day", cycle_day);
	cm_document_add_string(builder, "room", room);
	cm_document_add_string(builder, "companion", companion);
	cm_document_add_boolean(builder, "locked", placement->locked);
	json_builder_end_object(builder);
}

/* what the planner knows of the session, the plan standing as it is */
static void
ask_planner(Explanation *explanation, const CmPolicySet *policies)
{
	if (policies != NULL)
		explanation->problem = cm_problem_new(explanation->caseload, policies, NULL);
	if (explanation->problem == NULL)
		return;
	explanation->state = cm_state_new(explanation->problem);
	cm_state_load_plan(explanation->state, explanation->plan);
	cm_explain_session(explanation->state, explanation->index, &explanation->found);
}

static void
add_cost(Explanation *explanation, const CmPlacement *placement)
{
	JsonBuilder *builder = explanation->builder;
	CmCost cost = explanation->found.placed
			  ? explanation->found.cost
			  : cm_session_cost_compute(explanation->caseload, explanation->plan,
						    placement, explanation->act);

	cm_document_begin_object(builder, "cost");
	for (guint part = 0; part < CM_COST_LAST; part++) {
		/* a placed session has none */
		if (part != CM_COST_UNSCHEDULED)
			cm_document_add_int(builder, cm_cost_part_to_string((CmCostPart)part),
					    cost.part[part]);
	}
	cm_document_add_int(builder, "total", cm_cost_get_total(&cost));
	json_builder_end_object(builder);
}

static void
add_place(Explanation *explanation, const CmRemedyPlace *place)
{
	JsonBuilder *builder = explanation->builder;

	cm_document_add_date(builder, "date", explanation->caseload->from + place->day);
	cm_document_add_minute(builder, "start", place->start);
	cm_document_add_minute(builder, "end", place->start + explanation->session->minutes);
	cm_document_add_string(builder, "mode", cm_mode_to_string((CmMode)place->mode));
}

/* as the planner told it; its first sentence where the remedies follow by themselves */
static void
add_reason(Explanation *explanation)
{
	const gchar *reason = find_reason(explanation);
	const gchar *joint = reason != NULL ? strchr(reason, CM_MESSAGE_JOINT) : NULL;
	g_autofree gchar *first = NULL;

	if (joint != NULL && explanation->found.diagnosis.count > 0)
		first = g_strndup(reason, (gsize)(joint - reason));
	cm_document_add_string(explanation->builder, "reason", first != NULL ? first : reason);
}

/* places that would be cheaper for the session, and what blocks each */
static void
add_elsewhere(Explanation *explanation)
{
	JsonBuilder *builder = explanation->builder;
	const GArray *sessions = explanation->caseload->sessions;

	cm_document_begin_array(builder, "elsewhere");
	for (guint i = 0; i < explanation->found.count; i++) {
		const CmElsewhere *elsewhere = &explanation->found.elsewhere[i];
		g_autofree gchar *blocks =
		    cm_explain_format_blocks(explanation->problem, explanation->index, elsewhere);

		json_builder_begin_object(builder);
		add_place(explanation, &elsewhere->place);
		cm_document_add_int(builder, "saves", elsewhere->saves);
		cm_document_add_boolean(builder, "free", elsewhere->obstructions == 0);
		cm_document_add_string(
		    builder, "held_by",
		    elsewhere->holder == CM_NONE
			? NULL
			: CM_ELEMENT(sessions, CmSession, elsewhere->holder)->id);
		cm_document_add_string(builder, "blocked_by", blocks);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_remedies(Explanation *explanation)
{
	JsonBuilder *builder = explanation->builder;
	const CmDiagnosis *diagnosis = &explanation->found.diagnosis;

	cm_document_begin_array(builder, "remedies");
	for (guint i = 0; i < diagnosis->count; i++) {
		g_autofree gchar *text = cm_reason_format_remedy(
		    explanation->problem, explanation->index, &diagnosis->remedies[i]);

		json_builder_begin_object(builder);
		cm_document_add_string(
		    builder, "kind",
		    cm_remedy_kind_to_string((CmRemedyKind)diagnosis->remedies[i].kind));
		add_place(explanation, &diagnosis->remedies[i].place);
		cm_document_add_string(builder, "text", text);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_rule(JsonBuilder *builder, const CmRule *rule)
{
	cm_document_begin_object(builder, "rule");
	cm_document_add_string(builder, "id", rule->id);
	cm_document_add_string(builder, "kind", cm_rule_kind_to_string(rule->kind));
	cm_document_add_string(builder, "effect", cm_effect_to_string(rule->effect));
	cm_document_add_string(builder, "source", rule->source);
	cm_document_add_string(builder, "article", rule->article);
	add_texts(builder, "text", rule->text[CM_LANGUAGE_FRENCH], rule->text[CM_LANGUAGE_ENGLISH]);
	json_builder_end_object(builder);
}

/* one key that the planner obeys, where it was set, and the rule behind it; nothing when no file sets it */
static void
add_key(Explanation *explanation, const gchar *group, const gchar *key, gint value)
{
	JsonBuilder *builder = explanation->builder;
	const gchar *file = NULL;
	guint line = 0;
	const CmRule *rule = NULL;

	if (!cm_policy_get_key_place(explanation->policy, group, key, &file, &line))
		return;
	rule = cm_policy_explain_key(explanation->policy, group, key);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "group", group);
	cm_document_add_string(builder, "key", key);
	cm_document_add_int(builder, "value", value);
	cm_document_add_string(builder, "file", file);
	cm_document_add_int(builder, "line", line);
	if (rule != NULL)
		add_rule(builder, rule);
	json_builder_end_object(builder);
}

static void
add_keys(Explanation *explanation)
{
	const CmDayLimits *day = cm_policy_get_day_limits(explanation->policy);
	const CmActRules *act = explanation->act;
	g_autofree gchar *group = g_strconcat("Act ", explanation->session->act, NULL);

	if (act != NULL) {
		add_key(explanation, group, "Modalities", act->modalities);
		add_key(explanation, group, "FirstInPerson", act->first_in_person);
		add_key(explanation, group, "InPersonEvery", act->in_person_every);
		add_key(explanation, group, "MinGapDays", act->min_gap_days);
		add_key(explanation, group, "MaxGapDays", act->max_gap_days);
		add_key(explanation, group, "CompanionBelowAge", act->companion_below_age);
		add_key(explanation, group, "GuardianBelowAge", act->guardian_below_age);
	}
	add_key(explanation, "Day", "BufferMinutes", day->buffer_minutes);
	add_key(explanation, "Day", "MaxSessions", day->max_sessions);
	add_key(explanation, "Day", "MaxMinutes", day->max_minutes);
	add_key(explanation, "Day", "MaxSites", day->max_sites);
	add_key(explanation, "Day", "MaxConsecutiveVideoMinutes",
		day->max_consecutive_video_minutes);
	add_key(explanation, "Day", "BreakMinutes", day->break_minutes);
}

static void
add_decisions(Explanation *explanation, const CmExplanationDecisions *decisions)
{
	JsonBuilder *builder = explanation->builder;

	if (decisions->booking != NULL) {
		cm_document_begin_object(builder, "booking");
		cm_document_add_string(builder, "state", decisions->booking);
		cm_document_add_boolean(builder, "by_hand", decisions->by_hand);
		json_builder_end_object(builder);
	}
	if (decisions->time_request != 0) {
		cm_document_begin_object(builder, "time_request");
		cm_document_add_int(builder, "number", decisions->time_request);
		if (decisions->asked_date != CM_DAY_NONE) {
			cm_document_add_date(builder, "date", decisions->asked_date);
			cm_document_add_minute(builder, "start", decisions->asked_start);
		}
		json_builder_end_object(builder);
	}
	cm_agenda_answers_add(builder, explanation->caseload, decisions->answers);
	cm_document_begin_array(builder, "derogations");
	for (guint i = 0; i < decisions->derogations->len; i++) {
		const CmExplanationDerogation *derogation =
		    CM_ELEMENT(decisions->derogations, CmExplanationDerogation, i);

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "number", derogation->number);
		cm_document_add_string(builder, "rule", derogation->rule);
		cm_document_add_string(builder, "state", derogation->state);
		cm_document_add_date(builder, "until", derogation->until);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_document(Explanation *explanation, guint64 number, const CmExplanationDecisions *decisions)
{
	JsonBuilder *builder = explanation->builder;
	const CmPlacement *placement = find_placement(explanation);

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT_NAME);
	cm_document_add_int(builder, "plan", (gint64)number);
	add_session(explanation);
	if (placement != NULL) {
		add_placement(explanation, placement);
		add_cost(explanation, placement);
		add_elsewhere(explanation);
	} else {
		add_reason(explanation);
		add_remedies(explanation);
	}
	if (decisions != NULL)
		add_decisions(explanation, decisions);
	cm_document_begin_array(builder, "rules");
	if (explanation->policy != NULL)
		add_keys(explanation);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

GBytes *
cm_explanation_new_document(const CmCaseload *caseload,
			    const CmPlan *plan,
			    const CmPolicySet *policies,
			    const gchar *session,
			    guint64 number,
			    const CmExplanationDecisions *decisions,
			    GError **error)
{
	Explanation explanation = {.caseload = caseload, .plan = plan};
	GBytes *document = NULL;

	if (!find_session(&explanation, session, error))
		return NULL;
	resolve(&explanation, policies);
	ask_planner(&explanation, policies);
	explanation.builder = json_builder_new();
	add_document(&explanation, number, decisions);
	document = cm_document_to_bytes(explanation.builder);
	g_object_unref(explanation.builder);
	g_clear_pointer(&explanation.state, cm_state_free);
	g_clear_pointer(&explanation.problem, cm_problem_free);
	return document;
}
