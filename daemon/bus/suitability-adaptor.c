// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/suitability-adaptor.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/consent-documents.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-suitability.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* What a call answers or asks. */
typedef struct {
	CmCaller *caller;
	CmPolicySet *policies;
	gint64 followup;
	CmDay day; /* CM_DAY_NONE: today */
	CmStoreSuitability *answers;
} SuitabilityRequest;

static SuitabilityRequest *
suitability_request_new(CmService *service, GDBusMethodInvocation *invocation, guint64 followup)
{
	SuitabilityRequest *request = g_new0(SuitabilityRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->policies = cm_policy_set_ref(service->policies);
	request->followup = (gint64)MIN(followup, (guint64)G_MAXINT64);
	request->day = CM_DAY_NONE;
	return request;
}

static void
suitability_request_free(gpointer data)
{
	SuitabilityRequest *request = data;

	cm_caller_unref(request->caller);
	cm_policy_set_unref(request->policies);
	g_clear_pointer(&request->answers, cm_store_suitability_free);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SuitabilityRequest, suitability_request_free)

static gboolean
handle_questions(CmDBusSuitability *object,
		 GDBusMethodInvocation *invocation,
		 GUnixFDList *descriptors,
		 guint64 followup,
		 gpointer user_data)
{
	cm_json_document_reply(
	    user_data, invocation, cm_consent_documents_make_questions,
	    cm_consent_query_new(invocation, (gint64)MIN(followup, (guint64)G_MAXINT64)),
	    cm_consent_query_free);
	return TRUE;
}

/* ---- answers */

static gboolean
read_answer(CmStoreSuitability *answers, JsonNode *node, GError **error)
{
	static const gchar *const names[] = {"item", "yes", "note", NULL};
	JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
	const gchar *item = NULL;
	const gchar *note = NULL;
	gboolean yes = FALSE;

	if (object == NULL || !json_object_has_member(object, "yes")) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Each answer has an item and a yes or no."), NULL);
		return FALSE;
	}
	if (!cm_json_document_check_names(object, names, error) ||
	    !cm_json_document_get_text(object, "item", &item, error) ||
	    !cm_json_document_get_text(object, "note", &note, error) ||
	    !cm_json_document_get_flag(object, "yes", &yes, error))
		return FALSE;
	cm_store_suitability_add_item(answers, item != NULL ? item : "", yes, note);
	return TRUE;
}

static gboolean
read_answers(SuitabilityRequest *request, JsonObject *document, GError **error)
{
	static const gchar *const names[] = {"on", "answers", NULL};
	JsonArray *array = NULL;

	if (!cm_json_document_check_names(document, names, error) ||
	    !cm_json_document_get_day(document, "on", &request->day, error) ||
	    !cm_json_document_get_array(document, "answers", &array, error))
		return FALSE;
	request->answers = cm_store_suitability_new();
	for (guint i = 0; array != NULL && i < json_array_get_length(array) &&
			  i <= CM_STORE_SUITABILITY_ITEMS_MAX;
	     i++) {
		if (!read_answer(request->answers, json_array_get_element(array, i), error))
			return FALSE;
	}
	return TRUE;
}

/* each question of the policy once, and no other */
static gboolean
check_answers(const SuitabilityRequest *request, const gchar *profession, GError **error)
{
	const CmPolicy *policy = cm_policy_set_lookup(request->policies, profession);
	const CmRule *rule =
	    policy != NULL ? cm_policy_lookup_rule(policy, "telepractice.suitability_checklist")
			   : NULL;
	guint count = 0;

	if (rule == NULL || rule->items == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("The policy of this profession asks nothing before video."), NULL);
		return FALSE;
	}
	while (rule->items[count] != NULL)
		count++;
	for (guint i = 0; i < count; i++) {
		if (request->answers->ids == NULL ||
		    !g_strv_contains((const gchar *const *)request->answers->ids, rule->items[i])) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("The question “{0}” is not answered."), rule->items[i],
				     NULL);
			return FALSE;
		}
	}
	if (request->answers->items->len != count) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("There are more answers than questions."), NULL);
		return FALSE;
	}
	return TRUE;
}

static GVariant *
make_answer(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	SuitabilityRequest *request = data;
	CmStoreDerogationCase which;
	CmDay today = 0;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_FOLLOWUP, request->followup,
			     error) ||
	    !cm_store_derogation_find_case(store, request->followup, 0, &which, error) ||
	    !check_answers(request, which.profession, error) ||
	    !cm_consent_documents_find_today(store, &today, error))
		return NULL;
	if (request->day != CM_DAY_NONE && request->day > today) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("It can’t have been said on a day to come."), NULL);
		return NULL;
	}
	request->answers->followup = request->followup;
	request->answers->answered_on = request->day != CM_DAY_NONE ? request->day : today;
	if (!cm_store_suitability_record(store, request->answers, request->caller->uid,
					 cm_clock_get_now(), error))
		return NULL;
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Suitability", "Changed",
					    g_variant_new("(t)", (guint64)request->followup), NULL);
	return g_variant_new("(tb)", (guint64)request->answers->number, request->answers->suitable);
}

static gboolean
handle_answer(CmDBusSuitability *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 followup,
	      GVariant *answers,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SuitabilityRequest) request =
	    suitability_request_new(user_data, invocation, followup);
	g_autoptr(JsonObject) document = cm_json_document_read(descriptors, answers, &error);

	if (document == NULL || !read_answers(request, document, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_answer, g_steal_pointer(&request),
				    suitability_request_free);
	return TRUE;
}

/* ---- status */

static GVariant *
make_status(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	SuitabilityRequest *request = data;
	g_autoptr(CmStoreSuitability) suitability = NULL;
	CmSuitabilityVerdict verdict = {.until = CM_DAY_NONE};
	CmSuitabilityAnswer answer;
	CmStoreDerogationCase which;
	const CmPolicy *policy = NULL;
	gchar until[CM_DAY_TEXT_SIZE] = "";

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_FOLLOWUP, request->followup,
			     error) ||
	    !cm_store_derogation_find_case(store, request->followup, 0, &which, error) ||
	    !cm_store_suitability_get(store, request->followup, &suitability, error) ||
	    (request->day == CM_DAY_NONE &&
	     !cm_consent_documents_find_today(store, &request->day, error)))
		return NULL;
	policy = cm_policy_set_lookup(request->policies, which.profession);
	if (suitability != NULL)
		answer = cm_store_suitability_to_answer(suitability);
	if (policy != NULL)
		verdict = cm_suitability_judge(policy, suitability != NULL ? &answer : NULL,
					       request->day);
	if (verdict.until != CM_DAY_NONE)
		cm_day_format(verdict.until, until);
	return g_variant_new("(sss)", cm_suitability_state_to_string(verdict.state),
			     cm_effect_to_string(verdict.effect), until);
}

static gboolean
handle_status(CmDBusSuitability *object,
	      GDBusMethodInvocation *invocation,
	      guint64 followup,
	      const gchar *date,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SuitabilityRequest) request =
	    suitability_request_new(user_data, invocation, followup);

	if (*date != '\0' && !cm_day_parse(date, &request->day)) {
		cm_error_set(&error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not a date."), date,
			     NULL);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_reply_from_store(user_data, invocation, make_status, g_steal_pointer(&request),
			    suitability_request_free);
	return TRUE;
}

gboolean
cm_suitability_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusSuitability) object = cm_dbus_suitability_skeleton_new();

	g_signal_connect(object, "handle-questions", G_CALLBACK(handle_questions), service);
	g_signal_connect(object, "handle-answer", G_CALLBACK(handle_answer), service);
	g_signal_connect(object, "handle-status", G_CALLBACK(handle_status), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
