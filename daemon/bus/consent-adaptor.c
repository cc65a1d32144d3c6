// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/consent-adaptor.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/consent-documents.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-guardianship.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

#define DUE_DAYS_MAX 3660

/* What a call changes. */
typedef struct {
	CmCaller *caller;
	CmPolicySet *policies;
	gint64 student;
	gint64 number; /* a consent, or a contact */
	gint64 version;
	CmDay day; /* CM_DAY_NONE: today */
	CmGuardianship guardianship;
	CmConsentRecord record;
	JsonObject *document; /* holds the record's strings */
	gchar **topics;
} ConsentRequest;

static ConsentRequest *
consent_request_new(CmService *service, GDBusMethodInvocation *invocation, guint64 student)
{
	ConsentRequest *request = g_new0(ConsentRequest, 1);

	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->policies = cm_policy_set_ref(service->policies);
	request->student = (gint64)MIN(student, (guint64)G_MAXINT64);
	request->day = CM_DAY_NONE;
	return request;
}

static void
consent_request_free(gpointer data)
{
	ConsentRequest *request = data;

	cm_caller_unref(request->caller);
	cm_policy_set_unref(request->policies);
	g_clear_pointer(&request->document, json_object_unref);
	g_strfreev(request->topics);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConsentRequest, consent_request_free)

static void
announce(CmService *service, gint64 student)
{
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Consent", "Changed",
					    g_variant_new("(t)", (guint64)student), NULL);
}

/* ---- guardians */

static GVariant *
make_guardians(CmService *service,
	       CmStore *store,
	       gpointer data,
	       GCancellable *cancellable,
	       GError **error)
{
	const ConsentRequest *request = data;
	g_autoptr(GArray) list = NULL;
	GVariantBuilder builder;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_STUDENT, request->student, error))
		return NULL;
	list = cm_store_guardianship_list(store, request->student, error);
	if (list == NULL)
		return NULL;
	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(tub)"));
	for (guint i = 0; i < list->len; i++) {
		const CmGuardianship *guardianship = &g_array_index(list, CmGuardianship, i);

		g_variant_builder_add(&builder, "(tub)", (guint64)guardianship->contact,
				      guardianship->household, guardianship->authority);
	}
	return g_variant_new("(a(tub))", &builder);
}

static gboolean
handle_guardians(CmDBusConsent *object,
		 GDBusMethodInvocation *invocation,
		 guint64 student,
		 gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_guardians,
			    consent_request_new(user_data, invocation, student),
			    consent_request_free);
	return TRUE;
}

/* household 0: remove */
static GVariant *
make_guardian(CmService *service,
	      CmStore *store,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	const ConsentRequest *request = data;
	gboolean ok = FALSE;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_STUDENT, request->student, error))
		return NULL;
	if (request->number != 0)
		ok = cm_store_guardianship_remove(store, request->student, request->number,
						  request->caller->uid, error);
	else
		ok = cm_store_guardianship_set(store, request->student, &request->guardianship,
					       request->caller->uid, error);
	if (!ok)
		return NULL;
	announce(service, request->student);
	return g_variant_new("()");
}

static gboolean
handle_set_guardian(CmDBusConsent *object,
		    GDBusMethodInvocation *invocation,
		    guint64 student,
		    guint64 contact,
		    guint32 household,
		    gboolean authority,
		    gpointer user_data)
{
	ConsentRequest *request = consent_request_new(user_data, invocation, student);

	request->guardianship.contact = (gint64)MIN(contact, (guint64)G_MAXINT64);
	request->guardianship.household = household;
	request->guardianship.authority = authority;
	cm_reply_from_store(user_data, invocation, make_guardian, request, consent_request_free);
	return TRUE;
}

static gboolean
handle_remove_guardian(CmDBusConsent *object,
		       GDBusMethodInvocation *invocation,
		       guint64 student,
		       guint64 contact,
		       gpointer user_data)
{
	ConsentRequest *request = consent_request_new(user_data, invocation, student);

	/* of 0 there is none either */
	request->number = contact != 0 ? (gint64)MIN(contact, (guint64)G_MAXINT64) : -1;
	cm_reply_from_store(user_data, invocation, make_guardian, request, consent_request_free);
	return TRUE;
}

/* ---- statements */

static gboolean
read_words(JsonObject *document, CmConsentStatement *said, GError **error)
{
	const gchar *kind = "";
	const gchar *answer = "";
	const gchar *form = "written";

	if (!cm_json_document_get_text(document, "kind", &kind, error) ||
	    !cm_json_document_get_text(document, "answer", &answer, error) ||
	    !cm_json_document_get_text(document, "form", &form, error))
		return FALSE;
	if (cm_consent_kind_from_string(kind, &said->kind) &&
	    cm_consent_answer_from_string(answer, &said->answer) &&
	    cm_consent_form_from_string(form, &said->form))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A statement has a kind, an answer and a form of those that are known."),
		     NULL);
	return FALSE;
}

static gboolean
read_modes(JsonObject *document, CmConsentStatement *said, GError **error)
{
	g_auto(GStrv) modes = NULL;

	if (!cm_json_document_get_texts(document, "modes", &modes, error))
		return FALSE;
	if (said->kind == CM_CONSENT_KIND_TELEPRACTICE && (modes == NULL || modes[0] == NULL))
		said->modes = CM_CONSENT_VIDEO;
	for (guint i = 0; modes != NULL && modes[i] != NULL; i++) {
		CmMode mode = CM_MODE_LAST;

		if (!cm_mode_from_string(modes[i], &mode)) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("“{0}” is not a way to meet."), modes[i], NULL);
			return FALSE;
		}
		said->modes |= CM_MODE_FLAG(mode);
	}
	return TRUE;
}

static gboolean
read_record(ConsentRequest *request, GError **error)
{
	static const gchar *const names[] = {"kind", "answer", "by",         "form",
					     "on",   "until",  "modes",      "purpose",
					     "note", "topics", "profession", NULL};
	CmConsentStatement *said = &request->record.statement;
	JsonObject *document = request->document;

	said->until = CM_DAY_NONE;
	said->withdrawn_on = CM_DAY_NONE;
	if (!cm_json_document_check_names(document, names, error) ||
	    !read_words(document, said, error) || !read_modes(document, said, error) ||
	    !cm_json_document_get_number(document, "by", &said->contact, error) ||
	    !cm_json_document_get_day(document, "on", &request->day, error) ||
	    !cm_json_document_get_day(document, "until", &said->until, error) ||
	    !cm_json_document_get_text(document, "profession", &said->profession, error) ||
	    !cm_json_document_get_text(document, "purpose", &said->purpose, error) ||
	    !cm_json_document_get_text(document, "note", &request->record.note, error) ||
	    !cm_json_document_get_texts(document, "topics", &request->topics, error))
		return FALSE;
	request->record.topics = (const gchar *const *)request->topics;
	return TRUE;
}

/* what was cancelled is told as if somebody had done it by hand */
static void
announce_outcome(CmService *service, gint64 student, const CmStoreConsentOutcome *outcome)
{
	announce(service, student);
	for (guint i = 0; i < outcome->cancelled->len; i++)
		cm_service_announce_booking(service, g_array_index(outcome->cancelled, gint64, i),
					    g_array_index(outcome->versions, gint64, i),
					    CM_BOOKING_CANCELLED);
}

static gboolean
make_call(CmStore *store, const ConsentRequest *request, CmStoreConsentCall *call, GError **error)
{
	call->actor = request->caller->uid;
	call->now = cm_clock_get_now();
	call->policies = request->policies;
	return cm_consent_documents_find_today(store, &call->today, error);
}

static GVariant *
make_numbers(const GArray *numbers)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_UINT64, numbers->data, numbers->len,
					 sizeof(guint64));
}

static GVariant *
make_record(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	ConsentRequest *request = data;
	g_autoptr(CmStoreConsentOutcome) outcome = cm_store_consent_new_outcome();
	CmStoreConsentCall call;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_STUDENT, request->student, error) ||
	    !make_call(store, request, &call, error))
		return NULL;
	request->record.statement.given_on =
	    request->day != CM_DAY_NONE ? request->day : call.today;
	if (!cm_store_consent_record(store, request->student, &request->record, &call, outcome,
				     error))
		return NULL;
	announce_outcome(service, request->student, outcome);
	return g_variant_new("(tt@at@at@as)", (guint64)outcome->number, (guint64)outcome->version,
			     make_numbers(outcome->cancelled), make_numbers(outcome->flagged),
			     g_variant_new_strv((const gchar *const *)outcome->warnings->pdata,
						(gssize)outcome->warnings->len));
}

static gboolean
handle_record(CmDBusConsent *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 student,
	      GVariant *statement,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ConsentRequest) request = consent_request_new(user_data, invocation, student);

	request->document = cm_json_document_read(descriptors, statement, &error);
	if (request->document == NULL || !read_record(request, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_record, g_steal_pointer(&request),
				    consent_request_free);
	return TRUE;
}

static GVariant *
make_withdrawal(CmService *service,
		CmStore *store,
		gpointer data,
		GCancellable *cancellable,
		GError **error)
{
	const ConsentRequest *request = data;
	g_autoptr(CmStoreConsentOutcome) outcome = cm_store_consent_new_outcome();
	g_autoptr(CmStoreConsent) consent = NULL;
	CmStoreConsentCall call;

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_CONSENT, request->number, error) ||
	    !make_call(store, request, &call, error) ||
	    !cm_store_consent_withdraw(store, request->number, request->version,
				       request->day != CM_DAY_NONE ? request->day : call.today,
				       &call, outcome, error))
		return NULL;
	consent = cm_store_consent_get(store, request->number, error);
	if (consent == NULL)
		return NULL;
	announce_outcome(service, consent->student, outcome);
	return g_variant_new("(t@at@at)", (guint64)outcome->version,
			     make_numbers(outcome->cancelled), make_numbers(outcome->flagged));
}

static gboolean
read_day(const gchar *text, CmDay *out_day, GError **error)
{
	if (*text == '\0' || cm_day_parse(text, out_day))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not a date."), text, NULL);
	return FALSE;
}

static gboolean
handle_withdraw(CmDBusConsent *object,
		GDBusMethodInvocation *invocation,
		guint64 number,
		guint64 version,
		const gchar *from,
		gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ConsentRequest) request = consent_request_new(user_data, invocation, 0);

	request->number = (gint64)MIN(number, (guint64)G_MAXINT64);
	request->version = (gint64)MIN(version, (guint64)G_MAXINT64);
	if (!read_day(from, &request->day, &error))
		cm_reply_error(invocation, error);
	else
		cm_reply_from_store(user_data, invocation, make_withdrawal,
				    g_steal_pointer(&request), consent_request_free);
	return TRUE;
}

/* ---- documents */

static gboolean
handle_status(CmDBusConsent *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 student,
	      GVariant *options,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmConsentQuery) query =
	    cm_consent_query_new(invocation, (gint64)MIN(student, (guint64)G_MAXINT64));
	const gchar *date = "";
	const CmOption known[] = {{"date", "s", &date}};

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error) ||
	    !read_day(date, &query->date, &error))
		cm_reply_error(invocation, error);
	else
		cm_json_document_reply(user_data, invocation, cm_consent_documents_make_status,
				       g_steal_pointer(&query), cm_consent_query_free);
	return TRUE;
}

static gboolean
handle_list(CmDBusConsent *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 student,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmConsentQuery) query =
	    cm_consent_query_new(invocation, (gint64)MIN(student, (guint64)G_MAXINT64));
	guint64 viewer = G_MAXUINT64;
	const CmOption known[] = {{"seen-by", "t", &viewer}};

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	if (viewer != G_MAXUINT64)
		query->viewer = (gint64)MIN(viewer, (guint64)G_MAXINT64);
	cm_json_document_reply(user_data, invocation, cm_consent_documents_make_list,
			       g_steal_pointer(&query), cm_consent_query_free);
	return TRUE;
}

static gboolean
handle_due(CmDBusConsent *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *options,
	   gpointer user_data)
{
	CmService *service = user_data;
	g_autoptr(GError) error = NULL;
	g_autoptr(CmConsentQuery) query = cm_consent_query_new(invocation, 0);
	const CmOption known[] = {{"days", "u", &query->days}};

	query->days = service->birthday_days;
	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	query->days = MIN(query->days, DUE_DAYS_MAX);
	cm_json_document_reply(service, invocation, cm_consent_documents_make_due,
			       g_steal_pointer(&query), cm_consent_query_free);
	return TRUE;
}

gboolean
cm_consent_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusConsent) object = cm_dbus_consent_skeleton_new();

	g_signal_connect(object, "handle-guardians", G_CALLBACK(handle_guardians), service);
	g_signal_connect(object, "handle-set-guardian", G_CALLBACK(handle_set_guardian), service);
	g_signal_connect(object, "handle-remove-guardian", G_CALLBACK(handle_remove_guardian),
			 service);
	g_signal_connect(object, "handle-record", G_CALLBACK(handle_record), service);
	g_signal_connect(object, "handle-withdraw", G_CALLBACK(handle_withdraw), service);
	g_signal_connect(object, "handle-status", G_CALLBACK(handle_status), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-due", G_CALLBACK(handle_due), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
