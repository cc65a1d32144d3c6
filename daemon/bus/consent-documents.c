// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/consent-documents.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/consent/audience.h"
#include "daemon/consent/consent-record.h"
#include "daemon/store/store-birthday.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-suitability.h"

#include <string.h>

CmConsentQuery *
cm_consent_query_new(GDBusMethodInvocation *invocation, gint64 subject)
{
	CmConsentQuery *query = g_new0(CmConsentQuery, 1);

	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	query->subject = subject;
	query->date = CM_DAY_NONE;
	query->viewer = CM_CONSENT_VIEWER_NONE;
	return query;
}

void
cm_consent_query_free(gpointer data)
{
	CmConsentQuery *query = data;

	cm_caller_unref(query->caller);
	g_free(query);
}

gboolean
cm_consent_documents_find_today(CmStore *store, CmDay *out_today, GError **error)
{
	g_autoptr(GTimeZone) zone = cm_store_consent_get_zone(store, error);

	if (zone == NULL)
		return FALSE;
	*out_today = cm_clock_get_day(cm_clock_get_now(), zone);
	return TRUE;
}

void
cm_consent_documents_add_rule(JsonBuilder *builder, const CmRule *rule)
{
	json_builder_set_member_name(builder, "rule");
	if (rule == NULL) {
		json_builder_add_null_value(builder);
		return;
	}
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "id", rule->id);
	cm_document_add_string(builder, "kind", cm_rule_kind_to_string(rule->kind));
	cm_document_add_string(builder, "article", rule->article);
	cm_document_add_string(builder, "source", rule->source);
	cm_document_add_string(builder, "fr", rule->text[CM_LANGUAGE_FRENCH]);
	cm_document_add_string(builder, "en", rule->text[CM_LANGUAGE_ENGLISH]);
	json_builder_end_object(builder);
}

static void
add_modes(JsonBuilder *builder, guint8 modes)
{
	json_builder_set_member_name(builder, "modes");
	json_builder_begin_array(builder);
	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		if ((modes & CM_MODE_FLAG(mode)) != 0)
			json_builder_add_string_value(builder, cm_mode_to_string((CmMode)mode));
	}
	json_builder_end_array(builder);
}

/* ---- status */

static void
add_verdicts(JsonBuilder *builder, const CmConsentStatus *status)
{
	json_builder_set_member_name(builder, "verdicts");
	json_builder_begin_array(builder);
	for (guint i = 0; i < status->verdicts->len; i++) {
		const CmConsentVerdict *verdict =
		    &g_array_index(status->verdicts, CmConsentVerdict, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "kind", cm_consent_kind_to_string(verdict->kind));
		add_modes(builder, verdict->modes);
		cm_document_add_string(builder, "purpose", verdict->purpose);
		cm_document_add_string(builder, "state",
				       cm_consent_state_to_string(verdict->state));
		cm_consent_documents_add_rule(builder, verdict->rule);
		cm_document_add_int(builder, "consent", verdict->statement);
		cm_document_add_date(builder, "since", verdict->since);
		cm_document_add_date(builder, "until", verdict->until);
		cm_document_add_int(builder, "holders", verdict->holders);
		cm_document_add_int(builder, "given", verdict->given);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_objections(JsonBuilder *builder, const CmConsentStatus *status)
{
	json_builder_set_member_name(builder, "objections");
	json_builder_begin_array(builder);
	for (guint i = 0; i < status->objections->len; i++) {
		const CmConsentObjection *objection =
		    &g_array_index(status->objections, CmConsentObjection, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "kind", cm_consent_kind_to_string(objection->kind));
		add_modes(builder, objection->modes);
		cm_document_add_string(builder, "effect", cm_effect_to_string(objection->effect));
		cm_document_add_string(builder, "message", objection->message);
		cm_consent_documents_add_rule(builder, objection->rule);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_told(JsonBuilder *builder, const CmConsentFile *file, const CmPolicy *policy, CmDay date)
{
	g_autoptr(GArray) audience = cm_audience_find(file, policy, date);

	json_builder_set_member_name(builder, "told");
	json_builder_begin_array(builder);
	for (guint i = 0; i < audience->len; i++) {
		const CmAudienceMember *member = &g_array_index(audience, CmAudienceMember, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "who", cm_resource_to_string(member->kind));
		cm_document_add_int(builder, "number", member->number);
		cm_document_add_int(builder, "household", member->household);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_items(JsonBuilder *builder, const CmRule *rule)
{
	json_builder_begin_array(builder);
	for (guint i = 0; rule != NULL && rule->items != NULL && rule->items[i] != NULL; i++) {
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "item", rule->items[i]);
		cm_document_add_string(builder, "fr", rule->item_texts[CM_LANGUAGE_FRENCH][i]);
		cm_document_add_string(builder, "en", rule->item_texts[CM_LANGUAGE_ENGLISH][i]);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_profession(JsonBuilder *builder, const CmConsentFile *file, const CmPolicy *policy, CmDay date)
{
	g_autoptr(CmConsentStatus) status = cm_consent_status_new(file, policy, date);

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "profession", cm_policy_get_profession(policy));
	cm_document_add_boolean(builder, "alone", status->alone);
	cm_document_add_date(builder, "alone_from", status->alone_from);
	add_modes(builder, status->modes);
	add_verdicts(builder, status);
	add_objections(builder, status);
	add_told(builder, file, policy, date);
	json_builder_set_member_name(builder, "topics");
	json_builder_begin_object(builder);
	for (guint kind = CM_CONSENT_KIND_TELEPRACTICE; kind < CM_CONSENT_KIND_LAST; kind++) {
		json_builder_set_member_name(builder,
					     cm_consent_kind_to_string((CmConsentKind)kind));
		add_items(builder, cm_consent_record_get_topics(policy, (CmConsentKind)kind));
	}
	json_builder_end_object(builder);
	json_builder_end_object(builder);
}

/* only the caller's own profession, unless they answer for all */
static gchar **
list_professions(CmStore *store, const CmConsentQuery *query, GError **error)
{
	return cm_store_consent_list_professions(store, query->subject,
						 cm_caller_get_bound(query->caller), error);
}

gboolean
cm_consent_documents_make_status(CmStore *store,
				 CmPolicySet *policies,
				 gpointer data,
				 JsonBuilder *builder,
				 GError **error)
{
	const CmConsentQuery *query = data;
	g_autoptr(CmConsentFile) file = NULL;
	g_auto(GStrv) professions = NULL;
	CmDay date = query->date;

	if (!cm_caller_check(query->caller, store, CM_SUBJECT_STUDENT, query->subject, error) ||
	    (date == CM_DAY_NONE && !cm_consent_documents_find_today(store, &date, error)))
		return FALSE;
	file = cm_store_consent_load(store, query->subject, error);
	if (file == NULL)
		return FALSE;
	professions = list_professions(store, query, error);
	if (professions == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "student", query->subject);
	cm_document_add_date(builder, "date", date);
	json_builder_set_member_name(builder, "professions");
	json_builder_begin_array(builder);
	for (guint i = 0; professions[i] != NULL; i++) {
		const CmPolicy *policy = cm_policy_set_lookup(policies, professions[i]);

		if (policy != NULL)
			add_profession(builder, file, policy, date);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

/* ---- list */

static void
add_consent(JsonBuilder *builder, const CmStoreConsent *consent)
{
	const CmConsentStatement *said = &consent->record.statement;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", said->number);
	cm_document_add_int(builder, "version", consent->version);
	cm_document_add_string(builder, "kind", cm_consent_kind_to_string(said->kind));
	add_modes(builder, said->modes);
	cm_document_add_string(builder, "profession", said->profession);
	cm_document_add_string(builder, "purpose", said->purpose);
	cm_document_add_string(builder, "answer", cm_consent_answer_to_string(said->answer));
	cm_document_add_string(builder, "form", cm_consent_form_to_string(said->form));
	cm_document_add_int(builder, "by", said->contact);
	cm_document_add_date(builder, "on", said->given_on);
	cm_document_add_date(builder, "until", said->until);
	cm_document_add_date(builder, "withdrawn_on", said->withdrawn_on);
	cm_document_add_string(builder, "note", consent->record.note);
	json_builder_set_member_name(builder, "topics");
	json_builder_begin_array(builder);
	for (guint i = 0; consent->record.topics != NULL && consent->record.topics[i] != NULL; i++)
		json_builder_add_string_value(builder, consent->record.topics[i]);
	json_builder_end_array(builder);
	cm_document_add_int(builder, "recorded_by", consent->recorded_by);
	cm_document_add_int(builder, "recorded_at", consent->recorded_at);
	json_builder_end_object(builder);
}

/* what is for another profession is that one's affair */
static gboolean
is_shown(const CmConsentQuery *query,
	 const CmConsentFile *file,
	 const gchar *const *professions,
	 const CmConsentStatement *said)
{
	if (said->profession != NULL && cm_caller_get_bound(query->caller) != 0 &&
	    !g_strv_contains(professions, said->profession))
		return FALSE;
	return query->viewer == CM_CONSENT_VIEWER_NONE ||
	       cm_audience_may_see(file, query->viewer, said);
}

gboolean
cm_consent_documents_make_list(CmStore *store,
			       CmPolicySet *policies,
			       gpointer data,
			       JsonBuilder *builder,
			       GError **error)
{
	const CmConsentQuery *query = data;
	g_autoptr(CmConsentFile) file = NULL;
	g_autoptr(GPtrArray) consents = NULL;
	g_auto(GStrv) professions = NULL;

	if (!cm_caller_check(query->caller, store, CM_SUBJECT_STUDENT, query->subject, error))
		return FALSE;
	file = cm_store_consent_load(store, query->subject, error);
	if (file == NULL)
		return FALSE;
	consents = cm_store_consent_list(store, query->subject, error);
	if (consents == NULL)
		return FALSE;
	professions = list_professions(store, query, error);
	if (professions == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "student", query->subject);
	json_builder_set_member_name(builder, "consents");
	json_builder_begin_array(builder);
	for (guint i = 0; i < consents->len; i++) {
		const CmStoreConsent *consent = consents->pdata[i];

		if (is_shown(query, file, (const gchar *const *)professions,
			     &consent->record.statement))
			add_consent(builder, consent);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

/* ---- due */

gboolean
cm_consent_documents_make_due(CmStore *store,
			      CmPolicySet *policies,
			      gpointer data,
			      JsonBuilder *builder,
			      GError **error)
{
	const CmConsentQuery *query = data;
	g_autoptr(GArray) birthdays = NULL;
	CmDay today = 0;

	if (!cm_consent_documents_find_today(store, &today, error))
		return FALSE;
	birthdays = cm_store_birthday_list(store, policies, today - CM_STORE_BIRTHDAY_LATE_DAYS,
					   today + (CmDay)query->days,
					   cm_caller_get_bound(query->caller), error);
	if (birthdays == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_date(builder, "date", today);
	cm_document_add_int(builder, "days", query->days);
	json_builder_set_member_name(builder, "students");
	json_builder_begin_array(builder);
	for (guint i = 0; i < birthdays->len; i++) {
		const CmStoreBirthday *birthday = &g_array_index(birthdays, CmStoreBirthday, i);

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "student", birthday->student);
		cm_document_add_date(builder, "birthday", birthday->birthday);
		cm_document_add_int(builder, "age", birthday->age);
		cm_document_add_boolean(builder, "asked", birthday->asked);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

/* ---- suitability */

static void
add_answers(JsonBuilder *builder, const CmStoreSuitability *suitability)
{
	cm_document_add_date(builder, "answered_on",
			     suitability != NULL ? suitability->answered_on : CM_DAY_NONE);
	cm_document_add_boolean(builder, "suitable", suitability != NULL && suitability->suitable);
	json_builder_set_member_name(builder, "answers");
	json_builder_begin_array(builder);
	for (guint i = 0; suitability != NULL && i < suitability->items->len; i++) {
		const CmStoreSuitabilityItem *item = suitability->items->pdata[i];

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "item", item->item);
		cm_document_add_boolean(builder, "yes", item->yes);
		cm_document_add_string(builder, "note", item->note);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

gboolean
cm_consent_documents_make_questions(CmStore *store,
				    CmPolicySet *policies,
				    gpointer data,
				    JsonBuilder *builder,
				    GError **error)
{
	const CmConsentQuery *query = data;
	g_autoptr(CmStoreSuitability) suitability = NULL;
	CmSuitabilityVerdict verdict = {.until = CM_DAY_NONE};
	CmSuitabilityAnswer answer;
	CmStoreDerogationCase which;
	const CmPolicy *policy = NULL;
	CmDay today = 0;

	if (!cm_caller_check(query->caller, store, CM_SUBJECT_FOLLOWUP, query->subject, error) ||
	    !cm_store_derogation_find_case(store, query->subject, 0, &which, error) ||
	    !cm_store_suitability_get(store, query->subject, &suitability, error) ||
	    !cm_consent_documents_find_today(store, &today, error))
		return FALSE;
	policy = cm_policy_set_lookup(policies, which.profession);
	if (suitability != NULL)
		answer = cm_store_suitability_to_answer(suitability);
	if (policy != NULL)
		verdict = cm_suitability_judge(policy, suitability != NULL ? &answer : NULL, today);
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "followup", query->subject);
	cm_document_add_int(builder, "student", which.student);
	cm_document_add_string(builder, "state", cm_suitability_state_to_string(verdict.state));
	cm_document_add_string(builder, "effect", cm_effect_to_string(verdict.effect));
	cm_document_add_date(builder, "until", verdict.until);
	cm_consent_documents_add_rule(builder, verdict.rule);
	json_builder_set_member_name(builder, "questions");
	add_items(builder, policy != NULL
			       ? cm_policy_lookup_rule(policy, "telepractice.suitability_checklist")
			       : NULL);
	add_answers(builder, suitability);
	json_builder_end_object(builder);
	return TRUE;
}

/* ---- derogations */

static void
add_derogation(JsonBuilder *builder, const CmPolicySet *policies, const CmStoreDerogation *row)
{
	const CmDerogation *derogation = &row->derogation;
	const CmPolicy *policy = cm_policy_set_lookup(policies, derogation->profession);

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", derogation->number);
	cm_document_add_int(builder, "version", row->version);
	cm_document_add_string(builder, "state", cm_derogation_state_to_string(derogation->state));
	cm_document_add_string(builder, "profession", derogation->profession);
	cm_document_add_string(builder, "key", derogation->rule);
	cm_consent_documents_add_rule(
	    builder, policy != NULL ? cm_derogation_get_rule(policy, derogation->rule) : NULL);
	cm_document_add_int(builder, "followup", derogation->followup);
	cm_document_add_int(builder, "session", derogation->session);
	cm_document_add_int(builder, "student", row->student);
	cm_document_add_int(builder, "professional", row->professional);
	if (derogation->value != CM_DEROGATION_NO_VALUE)
		cm_document_add_int(builder, "value", derogation->value);
	else
		cm_document_add_string(builder, "value", NULL);
	cm_document_add_date(builder, "until", derogation->until);
	cm_document_add_string(builder, "reason", row->reason);
	cm_document_add_int(builder, "asked_by", row->asked_by);
	cm_document_add_int(builder, "asked_at", row->asked_at);
	if (row->decided_by >= 0)
		cm_document_add_int(builder, "decided_by", row->decided_by);
	else
		cm_document_add_string(builder, "decided_by", NULL);
	cm_document_add_int(builder, "decided_at", row->decided_at);
	cm_document_add_string(builder, "decision", row->decision);
	json_builder_end_object(builder);
}

gboolean
cm_consent_documents_make_derogations(CmStore *store,
				      CmPolicySet *policies,
				      gpointer data,
				      JsonBuilder *builder,
				      GError **error)
{
	const CmConsentQuery *query = data;
	CmStoreDerogationFilter filter = {.number = query->derogation,
					  .followup = query->followup,
					  .session = query->session,
					  .professional = cm_caller_get_bound(query->caller),
					  .only_open = !query->all};
	g_autoptr(GPtrArray) list = NULL;

	if (!cm_consent_documents_find_today(store, &filter.today, error))
		return FALSE;
	list = cm_store_derogation_list(store, &filter, error);
	if (list == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	json_builder_set_member_name(builder, "derogations");
	json_builder_begin_array(builder);
	for (guint i = 0; i < list->len; i++)
		add_derogation(builder, policies, list->pdata[i]);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}
