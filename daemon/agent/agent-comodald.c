// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-comodald.h"

#include "daemon/bus/octets-document.h"
#include "daemon/vault/vault-hash.h"
#include "include/cm-error.h"
#include "include/cm-names.h"
#include "include/cm-time.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MSEC 30000
#define DOCUMENT_MAX (256u * 1024u * 1024u)
#define MANAGER CM_INTERFACE_PREFIX "Manager"
#define DIRECTORY CM_INTERFACE_PREFIX "Directory"
#define VAULT CM_INTERFACE_PREFIX "Vault"
#define CUSTODY CM_INTERFACE_PREFIX "Custody"
#define RETENTION CM_INTERFACE_PREFIX "Retention"
#define DISCLOSURE CM_INTERFACE_PREFIX "Disclosure"

struct _CmAgentComodald {
	GDBusConnection *bus; /* NULL: the system's */
	GTimeZone *zone;      /* NULL: not known yet */
};

CmAgentComodald *
cm_agent_comodald_new(GDBusConnection *bus)
{
	CmAgentComodald *comodald = g_new0(CmAgentComodald, 1);

	comodald->bus = bus != NULL ? g_object_ref(bus) : NULL;
	return comodald;
}

void
cm_agent_comodald_free(CmAgentComodald *comodald)
{
	if (comodald == NULL)
		return;
	g_clear_pointer(&comodald->zone, g_time_zone_unref);
	g_clear_object(&comodald->bus);
	g_free(comodald);
}

static GDBusConnection *
get_bus(const CmAgentComodald *comodald, GCancellable *cancellable, GError **error)
{
	g_autoptr(GError) local = NULL;
	GDBusConnection *bus = NULL;

	if (comodald->bus != NULL)
		return g_object_ref(comodald->bus);
	bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, cancellable, &local);

	/* whatever GDBus says of its addresses, to a person it means that nobody answers */
	if (bus == NULL)
		g_set_error_literal(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER, local->message);
	else
		g_dbus_connection_set_exit_on_close(bus, FALSE);
	return bus;
}

/* one call; `arguments` is taken. Descriptors: `in`, and `out_list`; each may be NULL */
static GVariant *
call(CmAgentComodald *comodald,
     const gchar *interface,
     const gchar *method,
     GVariant *arguments,
     GUnixFDList *in,
     GUnixFDList **out_list,
     GCancellable *cancellable,
     GError **error)
{
	g_autoptr(GVariant) taken = arguments != NULL ? g_variant_ref_sink(arguments) : NULL;
	g_autoptr(GDBusConnection) bus = get_bus(comodald, cancellable, error);
	g_autoptr(GError) local = NULL;
	GVariant *answer = NULL;

	if (bus == NULL)
		return NULL;
	answer = g_dbus_connection_call_with_unix_fd_list_sync(
	    bus, CM_BUS_NAME, CM_OBJECT_PATH, interface, method, taken, NULL,
	    G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MSEC, in, out_list, cancellable, &local);
	if (answer == NULL) {
		g_dbus_error_strip_remote_error(local);
		g_propagate_error(error, g_steal_pointer(&local));
	}
	return answer;
}

static void
fail_answer(GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("The service answered something unexpected."),
		     NULL);
}

/* asked once: an organisation does not move */
GTimeZone *
cm_agent_comodald_get_zone(CmAgentComodald *comodald, GCancellable *cancellable)
{
	g_autoptr(GVariant) answer = NULL;
	const gchar *name = NULL;

	if (comodald->zone != NULL)
		return comodald->zone;
	answer = call(comodald, MANAGER, "GetZone", NULL, NULL, NULL, cancellable, NULL);
	if (answer == NULL || !g_variant_is_of_type(answer, G_VARIANT_TYPE("(s)")))
		return NULL;
	g_variant_get(answer, "(&s)", &name);
	comodald->zone = cm_time_find_zone(name);
	return comodald->zone;
}

/* a method whose answer is one document */
static GBytes *
call_for_document(CmAgentComodald *comodald,
		  const gchar *interface,
		  const gchar *method,
		  GVariant *arguments,
		  GCancellable *cancellable,
		  GError **error)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) answer =
	    call(comodald, interface, method, arguments, NULL, &list, cancellable, error);
	g_autoptr(GVariant) handle = NULL;

	if (answer == NULL)
		return NULL;
	if (!g_variant_is_of_type(answer, G_VARIANT_TYPE("(h)"))) {
		fail_answer(error);
		return NULL;
	}
	handle = g_variant_get_child_value(answer, 0);
	return cm_octets_document_read(list, handle, DOCUMENT_MAX, error);
}

/* `length` octets of an array of an answer */
static gboolean
take_octets(GVariant *answer, gsize index, gsize length, guint8 *out_octets)
{
	g_autoptr(GVariant) array = g_variant_get_child_value(answer, index);
	gsize count = 0;
	const guint8 *octets = g_variant_get_fixed_array(array, &count, 1);

	if (count != length)
		return FALSE;
	memcpy(out_octets, octets, length);
	return TRUE;
}

GBytes *
cm_agent_comodald_get_key(CmAgentComodald *comodald, GCancellable *cancellable, GError **error)
{
	g_autoptr(GVariant) answer =
	    call(comodald, DIRECTORY, "GetOrganisation", NULL, NULL, NULL, cancellable, error);
	guint8 key[CM_VAULT_KEY_BYTES];

	if (answer == NULL)
		return NULL;
	if (!g_variant_is_of_type(answer, G_VARIANT_TYPE("(ayt)"))) {
		fail_answer(error);
		return NULL;
	}
	if (take_octets(answer, 0, sizeof key, key))
		return g_bytes_new(key, sizeof key);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Your organisation has no directory of keys yet."), NULL);
	return NULL;
}

GBytes *
cm_agent_comodald_list_directories(CmAgentComodald *comodald,
				   guint64 after,
				   GCancellable *cancellable,
				   GError **error)
{
	return call_for_document(comodald, DIRECTORY, "List", g_variant_new("(t)", after),
				 cancellable, error);
}

gboolean
cm_agent_comodald_begin_enrolment(CmAgentComodald *comodald,
				  guint8 *out_organisation,
				  guint8 *out_person,
				  guint32 *out_generation,
				  GCancellable *cancellable,
				  GError **error)
{
	g_autoptr(GVariant) answer =
	    call(comodald, DIRECTORY, "BeginEnrolment", NULL, NULL, NULL, cancellable, error);

	if (answer == NULL)
		return FALSE;
	if (!g_variant_is_of_type(answer, G_VARIANT_TYPE("(ayayu)")) ||
	    !take_octets(answer, 0, CM_VAULT_HASH_BYTES, out_organisation) ||
	    !take_octets(answer, 1, CM_VAULT_ID_BYTES, out_person)) {
		fail_answer(error);
		return FALSE;
	}
	g_variant_get_child(answer, 2, "u", out_generation);
	return TRUE;
}

static gboolean
append_document(GUnixFDList *list, GBytes *octets, GError **error)
{
	gint fd = cm_octets_document_seal(octets, error);
	gint handle = -1;

	if (fd < 0)
		return FALSE;
	handle = g_unix_fd_list_append(list, fd, error);
	close(fd);
	return handle >= 0;
}

gboolean
cm_agent_comodald_enrol(CmAgentComodald *comodald,
			GBytes *enrolment,
			GBytes *recovery,
			GCancellable *cancellable,
			GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) answer = NULL;

	if (append_document(list, enrolment, error) && append_document(list, recovery, error))
		answer = call(comodald, DIRECTORY, "Enrol", g_variant_new("(hh)", 0, 1), list, NULL,
			      cancellable, error);
	return answer != NULL;
}

GBytes *
cm_agent_comodald_get_recovery(CmAgentComodald *comodald, GCancellable *cancellable, GError **error)
{
	return call_for_document(comodald, DIRECTORY, "GetRecovery", NULL, cancellable, error);
}

/* ---- cases */

/* floating */
static GVariant *
pack_octets(const guint8 *octets, gsize length)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, octets, length, 1);
}

GBytes *
cm_agent_comodald_get_note_rules(CmAgentComodald *comodald,
				 GCancellable *cancellable,
				 GError **error)
{
	return call_for_document(comodald, VAULT, "GetNoteRules", NULL, cancellable, error);
}

GBytes *
cm_agent_comodald_list_cases(CmAgentComodald *comodald, GCancellable *cancellable, GError **error)
{
	return call_for_document(comodald, VAULT, "ListCases", g_variant_new_parsed("(@a{sv} {},)"),
				 cancellable, error);
}

GBytes *
cm_agent_comodald_get_records(CmAgentComodald *comodald,
			      const guint8 *case_id,
			      GCancellable *cancellable,
			      GError **error)
{
	return call_for_document(comodald, VAULT, "GetRecords",
				 g_variant_new("(@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES)),
				 cancellable, error);
}

GBytes *
cm_agent_comodald_get_records_after(CmAgentComodald *comodald,
				    const guint8 *case_id,
				    const guint8 *after,
				    guint64 *out_before,
				    GCancellable *cancellable,
				    GError **error)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) answer =
	    call(comodald, VAULT, "GetRecordsAfter",
		 g_variant_new("(@ay@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES),
			       pack_octets(after, CM_VAULT_HASH_BYTES)),
		 NULL, &list, cancellable, error);
	g_autoptr(GVariant) handle = NULL;

	if (answer == NULL)
		return NULL;
	if (!g_variant_is_of_type(answer, G_VARIANT_TYPE("(th)"))) {
		fail_answer(error);
		return NULL;
	}
	g_variant_get_child(answer, 0, "t", out_before);
	handle = g_variant_get_child_value(answer, 1);
	return cm_octets_document_read(list, handle, DOCUMENT_MAX, error);
}

GBytes *
cm_agent_comodald_get_bodies(CmAgentComodald *comodald,
			     const guint8 *case_id,
			     const GByteArray *notes,
			     GCancellable *cancellable,
			     GError **error)
{
	return call_for_document(comodald, VAULT, "GetBodies",
				 g_variant_new("(@ay@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES),
					       pack_octets(notes->data, notes->len)),
				 cancellable, error);
}

GBytes *
cm_agent_comodald_get_drafts(CmAgentComodald *comodald,
			     const guint8 *case_id,
			     GCancellable *cancellable,
			     GError **error)
{
	return call_for_document(
	    comodald, VAULT, "GetDrafts",
	    g_variant_new("(@ay)", pack_octets(case_id, case_id != NULL ? CM_VAULT_ID_BYTES : 0)),
	    cancellable, error);
}

GBytes *
cm_agent_comodald_get_escrow(CmAgentComodald *comodald, GCancellable *cancellable, GError **error)
{
	return call_for_document(comodald, VAULT, "GetEscrow", NULL, cancellable, error);
}

GBytes *
cm_agent_comodald_list_released(CmAgentComodald *comodald,
				const guint8 *deposit,
				GCancellable *cancellable,
				GError **error)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert_value(&options, "deposit", pack_octets(deposit, CM_VAULT_HASH_BYTES));
	return call_for_document(comodald, VAULT, "ListCases",
				 g_variant_new("(@a{sv})", g_variant_dict_end(&options)),
				 cancellable, error);
}

gboolean
cm_agent_comodald_add_custody(CmAgentComodald *comodald,
			      GBytes *record,
			      GCancellable *cancellable,
			      GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) answer = NULL;

	if (append_document(list, record, error))
		answer = call(comodald, CUSTODY, "Add", g_variant_new("(h)", 0), list, NULL,
			      cancellable, error);
	return answer != NULL;
}

GVariant *
cm_agent_comodald_list_requests(CmAgentComodald *comodald,
				GCancellable *cancellable,
				GError **error)
{
	g_autoptr(GVariant) answer =
	    call(comodald, CUSTODY, "ListRequests", NULL, NULL, NULL, cancellable, error);

	if (answer == NULL)
		return NULL;
	if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(aa{sv})")))
		return g_variant_get_child_value(answer, 0);
	fail_answer(error);
	return NULL;
}

GBytes *
cm_agent_comodald_get_deposit(CmAgentComodald *comodald,
			      const guint8 *person,
			      GCancellable *cancellable,
			      GError **error)
{
	return call_for_document(comodald, CUSTODY, "GetDeposit",
				 g_variant_new("(@ay)", pack_octets(person, CM_VAULT_ID_BYTES)),
				 cancellable, error);
}

/* the student's number, and behind it the document of who that is */
static gboolean
add_subject(const CmAgentComodaldSubject *subject,
	    GVariantDict *options,
	    GUnixFDList *list,
	    GError **error)
{
	g_autoptr(GBytes) reference = g_bytes_new(subject->reference, strlen(subject->reference));

	g_variant_dict_insert(options, "student", "t", subject->student);
	g_variant_dict_insert(options, "reference", "h", g_unix_fd_list_get_length(list));
	return append_document(list, reference, error);
}

gboolean
cm_agent_comodald_append(CmAgentComodald *comodald,
			 const GByteArray *records,
			 const CmAgentComodaldSubject *subject,
			 GCancellable *cancellable,
			 GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GBytes) octets = g_bytes_new(records->data, records->len);
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) answer = NULL;

	if (!append_document(list, octets, error) ||
	    (subject != NULL && !add_subject(subject, &options, list, error)))
		return FALSE;
	answer = call(comodald, VAULT, "Append",
		      g_variant_new("(h@a{sv})", 0, g_variant_dict_end(&options)), list, NULL,
		      cancellable, error);
	return answer != NULL;
}

gboolean
cm_agent_comodald_put_draft(CmAgentComodald *comodald,
			    GBytes *draft,
			    GCancellable *cancellable,
			    GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) answer = NULL;

	if (append_document(list, draft, error))
		answer = call(comodald, VAULT, "PutDraft", g_variant_new("(h)", 0), list, NULL,
			      cancellable, error);
	return answer != NULL;
}

gboolean
cm_agent_comodald_drop_draft(CmAgentComodald *comodald,
			     const guint8 *case_id,
			     const guint8 *draft,
			     GCancellable *cancellable,
			     GError **error)
{
	g_autoptr(GVariant) answer =
	    call(comodald, VAULT, "DropDraft",
		 g_variant_new("(@ay@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES),
			       pack_octets(draft, CM_VAULT_ID_BYTES)),
		 NULL, NULL, cancellable, error);

	return answer != NULL;
}

/* ---- the end of cases */

static GBytes *
call_about(CmAgentComodald *comodald,
	   const gchar *method,
	   const guint8 *case_id,
	   GCancellable *cancellable,
	   GError **error)
{
	return call_for_document(comodald, RETENTION, method,
				 g_variant_new("(@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES)),
				 cancellable, error);
}

GBytes *
cm_agent_comodald_get_retained(CmAgentComodald *comodald,
			       const guint8 *case_id,
			       GCancellable *cancellable,
			       GError **error)
{
	return call_about(comodald, "GetCase", case_id, cancellable, error);
}

GBytes *
cm_agent_comodald_get_asked(CmAgentComodald *comodald,
			    const guint8 *case_id,
			    GCancellable *cancellable,
			    GError **error)
{
	return call_about(comodald, "GetAsked", case_id, cancellable, error);
}

GBytes *
cm_agent_comodald_get_destroyed(CmAgentComodald *comodald,
				const guint8 *case_id,
				GCancellable *cancellable,
				GError **error)
{
	return call_about(comodald, "GetDestroyed", case_id, cancellable, error);
}

/* a method that is given one record */
static GVariant *
call_with_record(CmAgentComodald *comodald,
		 const gchar *method,
		 GBytes *record,
		 GCancellable *cancellable,
		 GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();

	return append_document(list, record, error)
		   ? call(comodald, RETENTION, method, g_variant_new("(h)", 0), list, NULL,
			  cancellable, error)
		   : NULL;
}

gboolean
cm_agent_comodald_ask_destruction(CmAgentComodald *comodald,
				  GBytes *record,
				  GCancellable *cancellable,
				  GError **error)
{
	g_autoptr(GVariant) answer = call_with_record(comodald, "Ask", record, cancellable, error);

	return answer != NULL;
}

gboolean
cm_agent_comodald_agree_destruction(CmAgentComodald *comodald,
				    GBytes *record,
				    gboolean *out_erased,
				    GCancellable *cancellable,
				    GError **error)
{
	g_autoptr(GVariant) answer =
	    call_with_record(comodald, "Agree", record, cancellable, error);

	if (answer == NULL)
		return FALSE;
	if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(b)"))) {
		g_variant_get(answer, "(b)", out_erased);
		return TRUE;
	}
	fail_answer(error);
	return FALSE;
}

/* ---- minutes */

gboolean
cm_agent_comodald_put_minutes(CmAgentComodald *comodald,
			      GBytes *minutes,
			      GCancellable *cancellable,
			      GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) answer = NULL;

	if (append_document(list, minutes, error))
		answer = call(comodald, VAULT, "PutMinutes", g_variant_new("(h)", 0), list, NULL,
			      cancellable, error);
	return answer != NULL;
}

GBytes *
cm_agent_comodald_get_minutes(CmAgentComodald *comodald,
			      const guint8 *name,
			      guint64 after,
			      guint64 *out_last,
			      GCancellable *cancellable,
			      GError **error)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GVariant) answer = call(
	    comodald, VAULT, "GetMinutes",
	    g_variant_new("(@ayt)", pack_octets(name, name != NULL ? CM_VAULT_ID_BYTES : 0), after),
	    NULL, &list, cancellable, error);

	if (answer == NULL)
		return NULL;
	if (!g_variant_is_of_type(answer, G_VARIANT_TYPE("(ht)"))) {
		fail_answer(error);
		return NULL;
	}
	g_variant_get_child(answer, 1, "t", out_last);
	handle = g_variant_get_child_value(answer, 0);
	return cm_octets_document_read(list, handle, DOCUMENT_MAX, error);
}

gboolean
cm_agent_comodald_drop_minutes(CmAgentComodald *comodald,
			       const guint8 *name,
			       GCancellable *cancellable,
			       GError **error)
{
	g_autoptr(GVariant) answer =
	    call(comodald, VAULT, "DropMinutes",
		 g_variant_new("(@ay)", pack_octets(name, CM_VAULT_ID_BYTES)), NULL, NULL,
		 cancellable, error);

	return answer != NULL;
}

/* ---- attachments */

struct _CmAgentComodaldUpload {
	GMainContext *context;
	GAsyncResult *result; /* NULL: no answer yet */
	GCancellable *cancellable;
};

static void
on_uploaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
	((CmAgentComodaldUpload *)user_data)->result = g_object_ref(result);
}

CmAgentComodaldUpload *
cm_agent_comodald_begin_upload(CmAgentComodald *comodald,
			       const guint8 *case_id,
			       const guint8 *attachment,
			       gint fd,
			       GCancellable *cancellable,
			       GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GDBusConnection) bus = get_bus(comodald, cancellable, error);
	CmAgentComodaldUpload *upload = NULL;

	if (bus == NULL || g_unix_fd_list_append(list, fd, error) < 0)
		return NULL;
	upload = g_new0(CmAgentComodaldUpload, 1);
	upload->context = g_main_context_new();
	upload->cancellable = cancellable != NULL ? g_object_ref(cancellable) : NULL;
	/* it is answered behind the last octet, however long that takes: comodald says when they stay away */
	g_main_context_push_thread_default(upload->context);
	g_dbus_connection_call_with_unix_fd_list(
	    bus, CM_BUS_NAME, CM_OBJECT_PATH, VAULT, "PutAttachment",
	    g_variant_new("(@ay@ayh)", pack_octets(case_id, CM_VAULT_ID_BYTES),
			  pack_octets(attachment, CM_VAULT_ID_BYTES), 0),
	    G_VARIANT_TYPE("(tay)"), G_DBUS_CALL_FLAGS_NONE, G_MAXINT, list, cancellable,
	    on_uploaded, upload);
	g_main_context_pop_thread_default(upload->context);
	return upload;
}

gboolean
cm_agent_comodald_end_upload(CmAgentComodaldUpload *upload,
			     guint64 *out_size,
			     guint8 *out_digest,
			     GError **error)
{
	g_autoptr(GVariant) answer = NULL;
	g_autoptr(GObject) bus = NULL;
	g_autoptr(GError) local = NULL;
	gboolean good = FALSE;

	while (upload->result == NULL)
		g_main_context_iteration(upload->context, TRUE);
	bus = g_async_result_get_source_object(upload->result);
	answer = g_dbus_connection_call_with_unix_fd_list_finish(G_DBUS_CONNECTION(bus), NULL,
								 upload->result, &local);
	if (answer != NULL) {
		good = take_octets(answer, 1, CM_VAULT_HASH_BYTES, out_digest);
		g_variant_get_child(answer, 0, "t", out_size);
		if (!good)
			fail_answer(error);
	} else {
		g_dbus_error_strip_remote_error(local);
		g_propagate_error(error, g_steal_pointer(&local));
	}
	g_object_unref(upload->result);
	g_clear_object(&upload->cancellable);
	g_main_context_unref(upload->context);
	g_free(upload);
	return good;
}

gint
cm_agent_comodald_get_attachment(CmAgentComodald *comodald,
				 const guint8 *case_id,
				 const guint8 *attachment,
				 GCancellable *cancellable,
				 GError **error)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) answer =
	    call(comodald, VAULT, "GetAttachment",
		 g_variant_new("(@ay@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES),
			       pack_octets(attachment, CM_VAULT_ID_BYTES)),
		 NULL, &list, cancellable, error);
	gint handle = -1;

	if (answer == NULL)
		return -1;
	if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(ht)")))
		g_variant_get_child(answer, 0, "h", &handle);
	if (list != NULL && handle >= 0 && handle < g_unix_fd_list_get_length(list))
		return g_unix_fd_list_get(list, handle, error);
	fail_answer(error);
	return -1;
}

gboolean
cm_agent_comodald_drop_attachment(CmAgentComodald *comodald,
				  const guint8 *case_id,
				  const guint8 *attachment,
				  GCancellable *cancellable,
				  GError **error)
{
	g_autoptr(GVariant) answer =
	    call(comodald, VAULT, "DropAttachment",
		 g_variant_new("(@ay@ay)", pack_octets(case_id, CM_VAULT_ID_BYTES),
			       pack_octets(attachment, CM_VAULT_ID_BYTES)),
		 NULL, NULL, cancellable, error);

	return answer != NULL;
}

/* ---- who asked for a file */

GBytes *
cm_agent_comodald_find_disclosure(CmAgentComodald *comodald,
				  const guint8 *case_id,
				  const gchar *purpose,
				  guint64 number,
				  GCancellable *cancellable,
				  GError **error)
{
	return call_for_document(
	    comodald, DISCLOSURE, "Find",
	    g_variant_new("(@ayst)", pack_octets(case_id, CM_VAULT_ID_BYTES), purpose, number),
	    cancellable, error);
}
