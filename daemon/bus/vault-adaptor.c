// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/vault-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/attachment-calls.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/minutes-adaptor.h"
#include "daemon/bus/note-policy.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/vault-call.h"
#include "daemon/bus/vault-document.h"
#include "daemon/bus/vault-duties.h"
#include "daemon/store/store-custody.h"
#include "daemon/store/store-vault-append.h"
#include "daemon/store/store-vault.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define APPENDED_MAX 33554432 /* octets: thirty notes of the longest, or thousands of envelopes */
#define DRAFT_MAX 1048832     /* a draft's, of the format */
#define REFERENCE_MAX 4096    /* no identifier of a roster is as long */
#define NOTES_MAX 100000

/* ---- ListCases */

static void
query_free(gpointer data)
{
	CmVaultQuery *query = data;

	cm_caller_unref(query->caller);
	g_clear_pointer(&query->name, g_bytes_unref);
	g_clear_pointer(&query->deposit, g_bytes_unref);
	g_free(query);
}

static gboolean
handle_list_cases(CmDBusVault *object,
		  GDBusMethodInvocation *invocation,
		  GUnixFDList *descriptors,
		  GVariant *options,
		  gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) name = NULL;
	g_autoptr(GVariant) deposit = NULL;
	guint64 student = 0;
	const CmOption known[] = {
	    {"student", "t", &student}, {"case", "ay", &name}, {"deposit", "ay", &deposit}};
	CmVaultQuery *query = g_new0(CmVaultQuery, 1);

	query->service = user_data;
	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	if (cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error) && name != NULL)
		query->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	if (error == NULL && deposit != NULL)
		query->deposit =
		    cm_argument_read_octets(deposit, CM_VAULT_HASH_BYTES, 1, 1, &error);
	if (error != NULL) {
		query_free(query);
		cm_reply_error(invocation, error);
		return TRUE;
	}
	query->student = cm_argument_to_number(student);
	cm_json_document_reply(user_data, invocation, cm_vault_document_make, query, query_free);
	return TRUE;
}

static gboolean
handle_get_note_rules(CmDBusVault *object,
		      GDBusMethodInvocation *invocation,
		      GUnixFDList *descriptors,
		      gpointer user_data)
{
	CmVaultQuery *query = g_new0(CmVaultQuery, 1);

	query->service = user_data;
	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	cm_json_document_reply(user_data, invocation, cm_note_policy_make, query, query_free);
	return TRUE;
}

/* ---- GetRecords, GetBodies, GetEscrow, GetDrafts */

static GVariant *
make_records(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	const CmVaultCall *call = data;

	return cm_octets_document_answer(cm_store_vault_get_records(store, call->caller->uid,
								    cm_vault_call_get_name(call),
								    NULL, NULL, error),
					 out_fd, error);
}

static gboolean
handle_get_records(CmDBusVault *object,
		   GDBusMethodInvocation *invocation,
		   GUnixFDList *descriptors,
		   GVariant *name,
		   gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_records, NULL, call, error);
	return TRUE;
}

static GVariant *
make_records_after(CmService *service,
		   CmStore *store,
		   const CmPolicySet *policies,
		   gpointer data,
		   gint *out_fd,
		   GCancellable *cancellable,
		   GError **error)
{
	const CmVaultCall *call = data;
	guint64 before = 0;
	g_autoptr(GBytes) records =
	    cm_store_vault_get_records(store, call->caller->uid, cm_vault_call_get_name(call),
				       g_bytes_get_data(call->other, NULL), &before, error);

	if (records == NULL)
		return NULL;
	*out_fd = cm_octets_document_seal(records, error);
	return *out_fd >= 0 ? g_variant_new("(th)", before, 0) : NULL;
}

static gboolean
handle_get_records_after(CmDBusVault *object,
			 GDBusMethodInvocation *invocation,
			 GUnixFDList *descriptors,
			 GVariant *name,
			 GVariant *after,
			 gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	if (call->name != NULL)
		call->other = cm_argument_read_octets(after, CM_VAULT_HASH_BYTES, 1, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_records_after, NULL, call, error);
	return TRUE;
}

static GVariant *
make_bodies(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	const CmVaultCall *call = data;
	gsize length = 0;
	const guint8 *notes = g_bytes_get_data(call->other, &length);

	return cm_octets_document_answer(
	    cm_store_vault_get_bodies(store, call->caller->uid, cm_vault_call_get_name(call), notes,
				      length / CM_VAULT_HASH_BYTES, error),
	    out_fd, error);
}

static gboolean
handle_get_bodies(CmDBusVault *object,
		  GDBusMethodInvocation *invocation,
		  GUnixFDList *descriptors,
		  GVariant *name,
		  GVariant *notes,
		  gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	if (call->name != NULL)
		call->other =
		    cm_argument_read_octets(notes, CM_VAULT_HASH_BYTES, 0, NOTES_MAX, &error);
	cm_vault_call_answer(user_data, invocation, make_bodies, NULL, call, error);
	return TRUE;
}

static GVariant *
make_escrow(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	const CmVaultCall *call = data;

	return cm_octets_document_answer(
	    cm_store_custody_get_records(store, call->caller->uid, error), out_fd, error);
}

static gboolean
handle_get_escrow(CmDBusVault *object,
		  GDBusMethodInvocation *invocation,
		  GUnixFDList *descriptors,
		  gpointer user_data)
{
	cm_vault_call_answer(user_data, invocation, make_escrow, NULL,
			     cm_vault_call_new(invocation), NULL);
	return TRUE;
}

static GVariant *
make_drafts(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	const CmVaultCall *call = data;

	return cm_octets_document_answer(cm_store_vault_get_drafts(store, call->caller->uid,
								   cm_vault_call_get_name(call),
								   error),
					 out_fd, error);
}

static gboolean
handle_get_drafts(CmDBusVault *object,
		  GDBusMethodInvocation *invocation,
		  GUnixFDList *descriptors,
		  GVariant *name,
		  gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 0, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_drafts, NULL, call, error);
	return TRUE;
}

/* ---- Append */

/* numbers are this comodald's own: whoever asks another one of somebody means somebody else by them */
static gboolean
check_reference(CmService *service,
		CmStore *store,
		gint64 number,
		GBytes *reference,
		GError **error)
{
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(service->roster, store, NULL, error);
	guint32 index = CM_NONE;
	gsize length = 0;
	const gchar *given = g_bytes_get_data(reference, &length);
	const gchar *id = NULL;

	if (roster == NULL)
		return FALSE;
	index = cm_roster_numbers_find(roster->numbers, CM_NUMBER_STUDENT, number);
	if (index != CM_NONE)
		id = CM_ELEMENT(roster->caseload->students, CmStudent, index)->id;
	if (id != NULL && strlen(id) == length && memcmp(id, given, length) == 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("By this number the service knows another student: look them up again."),
		     NULL);
	return FALSE;
}

static GVariant *
make_appended(CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      gpointer data,
	      gint *out_fd,
	      GCancellable *cancellable,
	      GError **error)
{
	const CmVaultCall *call = data;
	const CmStoreVaultOrder order = {
	    .uid = call->caller->uid, .student = call->number, .now = cm_clock_get_now()};
	const CmVaultQuery whose = {.service = service, .caller = call->caller};
	guint changed = 0;

	if (call->number != 0 &&
	    !cm_caller_check(call->caller, store, CM_SUBJECT_STUDENT, call->number, error))
		return NULL;
	if (call->other != NULL &&
	    !check_reference(service, store, call->number, call->other, error))
		return NULL;
	if (call->number != 0 &&
	    !cm_note_policy_check_begun(&whose, store, policies, call->records, error))
		return NULL;
	if (!cm_store_vault_append(store, &order, call->records, &changed, error))
		return NULL;
	return g_variant_new("(u)", changed);
}

static GBytes *
read_reference(GUnixFDList *descriptors, gint32 index, GError **error)
{
	g_autoptr(GVariant) handle = g_variant_ref_sink(g_variant_new_handle(index));

	return cm_octets_document_read(descriptors, handle, REFERENCE_MAX, error);
}

static gboolean
handle_append(CmDBusVault *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      GVariant *records,
	      GVariant *options,
	      gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;
	guint64 student = 0;
	gint32 reference = -1;
	const CmOption known[] = {{"student", "t", &student}, {"reference", "h", &reference}};

	if (cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error))
		call->records = cm_octets_document_read(descriptors, records, APPENDED_MAX, &error);
	if (call->records != NULL && reference >= 0)
		call->other = read_reference(descriptors, reference, &error);
	call->number = cm_argument_to_number(student);
	cm_vault_call_answer(user_data, invocation, make_appended, NULL, call, error);
	return TRUE;
}

/* ---- PutDraft, DropDraft */

static GVariant *
make_put(CmService *service,
	 CmStore *store,
	 const CmPolicySet *policies,
	 gpointer data,
	 gint *out_fd,
	 GCancellable *cancellable,
	 GError **error)
{
	const CmVaultCall *call = data;

	return cm_store_vault_put_draft(store, call->caller->uid, call->records, cm_clock_get_now(),
					error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_put_draft(CmDBusVault *object,
		 GDBusMethodInvocation *invocation,
		 GUnixFDList *descriptors,
		 GVariant *draft,
		 gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->records = cm_octets_document_read(descriptors, draft, DRAFT_MAX, &error);
	cm_vault_call_answer(user_data, invocation, make_put, NULL, call, error);
	return TRUE;
}

static GVariant *
make_dropped(CmService *service,
	     CmStore *store,
	     const CmPolicySet *policies,
	     gpointer data,
	     gint *out_fd,
	     GCancellable *cancellable,
	     GError **error)
{
	const CmVaultCall *call = data;

	return cm_store_vault_drop_draft(store, call->caller->uid, cm_vault_call_get_name(call),
					 g_bytes_get_data(call->other, NULL), error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_drop_draft(CmDBusVault *object,
		  GDBusMethodInvocation *invocation,
		  GVariant *name,
		  GVariant *draft,
		  gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->name = cm_argument_read_octets(name, CM_VAULT_ID_BYTES, 1, 1, &error);
	if (call->name != NULL)
		call->other = cm_argument_read_octets(draft, CM_VAULT_ID_BYTES, 1, 1, &error);
	cm_vault_call_answer(user_data, invocation, make_dropped, NULL, call, error);
	return TRUE;
}

gboolean
cm_vault_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusVault) object = cm_dbus_vault_skeleton_new();

	g_signal_connect(object, "handle-get-note-rules", G_CALLBACK(handle_get_note_rules),
			 service);
	g_signal_connect(object, "handle-list-cases", G_CALLBACK(handle_list_cases), service);
	g_signal_connect(object, "handle-get-records", G_CALLBACK(handle_get_records), service);
	g_signal_connect(object, "handle-get-records-after", G_CALLBACK(handle_get_records_after),
			 service);
	g_signal_connect(object, "handle-get-bodies", G_CALLBACK(handle_get_bodies), service);
	g_signal_connect(object, "handle-get-escrow", G_CALLBACK(handle_get_escrow), service);
	g_signal_connect(object, "handle-append", G_CALLBACK(handle_append), service);
	g_signal_connect(object, "handle-put-draft", G_CALLBACK(handle_put_draft), service);
	g_signal_connect(object, "handle-get-drafts", G_CALLBACK(handle_get_drafts), service);
	g_signal_connect(object, "handle-drop-draft", G_CALLBACK(handle_drop_draft), service);
	cm_attachment_calls_connect(object, service);
	cm_minutes_adaptor_connect(object, service);
	cm_vault_duties_connect(object, service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
