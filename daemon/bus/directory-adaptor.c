// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/directory-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/vault-call.h"
#include "daemon/store/store-directory.h"
#include "include/cm-dbus.h"
#include "include/cm-names.h"

#define ADDED_MAX 67108864 /* octets: sixteen directories of the longest */
#define ENROLLED_MAX 4096  /* an enrolment or a keyring, with room */

static GVariant *
make_octets(gconstpointer data, gsize length)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, length, 1);
}

/* ---- GetOrganisation, List, ListEnrolments, GetRecovery */

static GVariant *
make_organisation(CmService *service,
		  CmStore *store,
		  gpointer data,
		  GCancellable *cancellable,
		  GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GBytes) key = cm_store_directory_get_key(store, &local);
	g_autoptr(CmVaultPeople) people =
	    key != NULL ? cm_store_directory_need_people(store, &local) : NULL;

	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	return g_variant_new("(@ayt)",
			     make_octets(key != NULL ? g_bytes_get_data(key, NULL) : NULL,
					 key != NULL ? g_bytes_get_size(key) : 0),
			     people != NULL ? cm_vault_people_get_directory(people)->sequence : 0);
}

static gboolean
handle_get_organisation(CmDBusDirectory *object,
			GDBusMethodInvocation *invocation,
			gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_organisation, NULL, NULL);
	return TRUE;
}

static GVariant *
make_list(CmService *service,
	  CmStore *store,
	  const CmPolicySet *policies,
	  gpointer data,
	  gint *out_fd,
	  GCancellable *cancellable,
	  GError **error)
{
	const CmVaultCall *call = data;

	return cm_octets_document_answer(
	    cm_store_directory_list(store, (guint64)call->number, error), out_fd, error);
}

static gboolean
handle_list(CmDBusDirectory *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 after,
	    gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);

	call->number = cm_argument_to_number(after);
	cm_vault_call_answer(user_data, invocation, make_list, NULL, call, NULL);
	return TRUE;
}

static GVariant *
make_enrolments(CmService *service,
		CmStore *store,
		const CmPolicySet *policies,
		gpointer data,
		gint *out_fd,
		GCancellable *cancellable,
		GError **error)
{
	return cm_octets_document_answer(cm_store_directory_list_enrolments(store, error), out_fd,
					 error);
}

static gboolean
handle_list_enrolments(CmDBusDirectory *object,
		       GDBusMethodInvocation *invocation,
		       GUnixFDList *descriptors,
		       gpointer user_data)
{
	cm_reply_from_change(user_data, invocation, make_enrolments, NULL, NULL, NULL);
	return TRUE;
}

static GVariant *
make_recovery(CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      gpointer data,
	      gint *out_fd,
	      GCancellable *cancellable,
	      GError **error)
{
	const CmVaultCall *call = data;

	return cm_octets_document_answer(
	    cm_store_directory_get_recovery(store, call->caller->uid, error), out_fd, error);
}

static gboolean
handle_get_recovery(CmDBusDirectory *object,
		    GDBusMethodInvocation *invocation,
		    GUnixFDList *descriptors,
		    gpointer user_data)
{
	cm_vault_call_answer(user_data, invocation, make_recovery, NULL,
			     cm_vault_call_new(invocation), NULL);
	return TRUE;
}

/* ---- Add */

static void
announce(CmService *service, gpointer data)
{
	const CmVaultCall *call = data;

	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Directory", "Changed",
					    g_variant_new("(t)", (guint64)call->number), NULL);
}

static GVariant *
make_added(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	CmVaultCall *call = data;
	guint64 sequence = 0;

	if (!cm_store_directory_add(store, call->records, call->caller->uid, cm_clock_get_now(),
				    &sequence, error))
		return NULL;
	call->number = (gint64)sequence;
	return g_variant_new("(t)", sequence);
}

static gboolean
handle_add(CmDBusDirectory *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   GVariant *records,
	   gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->records = cm_octets_document_read(descriptors, records, ADDED_MAX, &error);
	cm_vault_call_answer(user_data, invocation, make_added, announce, call, error);
	return TRUE;
}

/* ---- BeginEnrolment, Enrol */

static GVariant *
make_begun(CmService *service,
	   CmStore *store,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint *out_fd,
	   GCancellable *cancellable,
	   GError **error)
{
	const CmVaultCall *call = data;
	g_autoptr(CmVaultPeople) people = cm_store_directory_need_people(store, error);
	guint8 person[CM_VAULT_ID_BYTES];
	guint32 generation = 0;

	if (people == NULL ||
	    !cm_store_directory_begin(store, call->caller->uid, person, &generation, error))
		return NULL;
	return g_variant_new(
	    "(@ay@ayu)",
	    make_octets(cm_vault_people_get_directory(people)->organisation, CM_VAULT_HASH_BYTES),
	    make_octets(person, sizeof person), generation);
}

static gboolean
handle_begin_enrolment(CmDBusDirectory *object,
		       GDBusMethodInvocation *invocation,
		       gpointer user_data)
{
	cm_vault_call_answer(user_data, invocation, make_begun, NULL, cm_vault_call_new(invocation),
			     NULL);
	return TRUE;
}

static GVariant *
make_enrolled(CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      gpointer data,
	      gint *out_fd,
	      GCancellable *cancellable,
	      GError **error)
{
	const CmVaultCall *call = data;

	return cm_store_directory_enrol(store, call->caller->uid, call->records, call->other,
					cm_clock_get_now(), error)
		   ? g_variant_new("()")
		   : NULL;
}

static gboolean
handle_enrol(CmDBusDirectory *object,
	     GDBusMethodInvocation *invocation,
	     GUnixFDList *descriptors,
	     GVariant *enrolment,
	     GVariant *recovery,
	     gpointer user_data)
{
	CmVaultCall *call = cm_vault_call_new(invocation);
	GError *error = NULL;

	call->records = cm_octets_document_read(descriptors, enrolment, ENROLLED_MAX, &error);
	if (call->records != NULL)
		call->other = cm_octets_document_read(descriptors, recovery, ENROLLED_MAX, &error);
	cm_vault_call_answer(user_data, invocation, make_enrolled, NULL, call, error);
	return TRUE;
}

gboolean
cm_directory_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusDirectory) object = cm_dbus_directory_skeleton_new();

	g_signal_connect(object, "handle-get-organisation", G_CALLBACK(handle_get_organisation),
			 service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-add", G_CALLBACK(handle_add), service);
	g_signal_connect(object, "handle-begin-enrolment", G_CALLBACK(handle_begin_enrolment),
			 service);
	g_signal_connect(object, "handle-enrol", G_CALLBACK(handle_enrol), service);
	g_signal_connect(object, "handle-list-enrolments", G_CALLBACK(handle_list_enrolments),
			 service);
	g_signal_connect(object, "handle-get-recovery", G_CALLBACK(handle_get_recovery), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
