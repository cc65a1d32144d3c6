// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk-consents.h"

#include "daemon/consent/consent-status.h"

#include <glib/gi18n.h>

/* The derogation that opens exactly this rule or key for this case; its own value is what the limit becomes. */
static const CmDerogation *
find(const CmDeskConsents *consents, const CmDeskCase *asked, const gchar *rule)
{
	const CmDerogation *derogations;
	guint count = 0;

	if (rule == NULL || asked->followup == CM_NONE)
		return NULL;
	derogations = consents->get_derogations(consents->data, asked->followup, &count);
	for (guint i = 0; i < count; i++) {
		CmDerogationCase which = {
		    .profession = cm_policy_get_profession(asked->policy),
		    .followup = consents->get_followup_number(consents->data, asked->followup),
		    .session = consents->get_session_number(consents->data, asked->session),
		    .date = asked->date,
		    .rule = rule,
		    .value = derogations[i].value};

		if (cm_derogation_match(&derogations[i], 1, &which) != NULL)
			return &derogations[i];
	}
	return NULL;
}

static gint64
find_derogation(gpointer data,
		const CmDeskCase *asked,
		const gchar *rule,
		const gchar *key,
		gint *out_value)
{
	const CmDerogation *derogation = find(data, asked, key);

	if (derogation == NULL)
		derogation = find(data, asked, rule);
	if (derogation == NULL)
		return 0;
	*out_value = derogation->value == CM_DEROGATION_NO_VALUE
			 ? CM_LIMIT_NONE
			 : (gint)CLAMP(derogation->value, 0, G_MAXINT);
	return derogation->number;
}

static void
open_by_derogation(const CmDeskConsents *consents, const CmDeskCase *asked, CmObjection *objection)
{
	const CmDerogation *derogation = find(consents, asked, objection->rule);

	if (derogation != NULL)
		cm_objection_open(objection, derogation->number);
}

static void
judge_consent(const CmDeskConsents *consents,
	      const CmDeskCase *asked,
	      const CmConsentFile *file,
	      CmVerdict *verdict)
{
	g_autoptr(CmConsentStatus) status = cm_consent_status_new(file, asked->policy, asked->date);

	for (guint i = 0; i < status->objections->len; i++) {
		const CmConsentObjection *from =
		    &g_array_index(status->objections, CmConsentObjection, i);
		CmObjection *objection;

		if ((from->modes & CM_MODE_FLAG(asked->mode)) == 0)
			continue;
		objection = cm_verdict_object(verdict, CM_OBJECTION_RULE, from->effect, "consent",
					      "{0}", "", NULL);
		g_free(objection->message);
		objection->message = g_strdup(from->message);
		if (from->rule != NULL)
			cm_objection_set_rule(objection, from->rule);
		/* what was judged may be less than the rule */
		objection->effect = (guint8)from->effect;
		open_by_derogation(consents, asked, objection);
	}
}

static void
judge_suitability(const CmDeskConsents *consents, const CmDeskCase *asked, CmVerdict *verdict)
{
	static const gchar *const messages[CM_SUITABILITY_LAST] = {
	    [CM_SUITABILITY_MISSING] =
		N_("The questions before a first session by video have not been answered."),
	    [CM_SUITABILITY_STALE] =
		N_("The questions before a session by video have to be answered again."),
	    [CM_SUITABILITY_UNSUITABLE] =
		N_("By the answers given, video is not suitable for this student."),
	};
	CmSuitabilityVerdict found = cm_suitability_judge(
	    asked->policy, consents->get_answer(consents->data, asked->followup), asked->date);
	CmObjection *objection;

	if (messages[found.state] == NULL)
		return;
	objection = cm_verdict_object(verdict, CM_OBJECTION_RULE, found.effect, "suitability",
				      messages[found.state], NULL);
	if (found.rule != NULL)
		cm_objection_set_rule(objection, found.rule);
	objection->effect = (guint8)found.effect;
	open_by_derogation(consents, asked, objection);
}

static void
judge_state(const CmDeskConsents *consents, const CmDeskCase *asked, CmVerdict *verdict)
{
	CmFollowupState state = CM_FOLLOWUP_ACTIVE;
	g_autofree gchar *word = NULL;

	if (asked->followup != CM_NONE && consents->get_state != NULL)
		state = consents->get_state(consents->data, asked->followup);
	if (state == CM_FOLLOWUP_ACTIVE)
		return;
	word = cm_followup_state_dup_word(state);
	cm_verdict_object(verdict, CM_OBJECTION_FACT, CM_EFFECT_BLOCK, "followup",
			  N_("The follow-up is {0}: its sessions are not booked."), word, NULL);
}

static void
judge(gpointer data, const CmDeskCase *asked, CmVerdict *verdict)
{
	const CmDeskConsents *consents = data;
	const CmConsentFile *file;
	const CmActRules *rules =
	    asked->act != NULL ? cm_policy_get_act(asked->policy, asked->act) : NULL;

	judge_state(consents, asked, verdict);
	if ((asked->kind != CM_DESK_SESSION && asked->kind != CM_DESK_GROUP) ||
	    (rules != NULL && !rules->student_present))
		return;
	file = consents->get_file(consents->data, asked->student);
	if (file == NULL) {
		cm_verdict_object(verdict, CM_OBJECTION_FACT, CM_EFFECT_BLOCK, "consent",
				  N_("What is on record of consent can't be read."), NULL);
		return;
	}
	judge_consent(consents, asked, file, verdict);
	if (asked->followup != CM_NONE && asked->mode != CM_MODE_IN_PERSON)
		judge_suitability(consents, asked, verdict);
}

CmDeskGates
cm_desk_consents_get_gates(const CmDeskConsents *consents)
{
	CmDeskGates gates = {
	    .judge = judge, .find_derogation = find_derogation, .data = (gpointer)consents};

	return gates;
}
