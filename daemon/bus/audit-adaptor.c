// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/audit-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/audit-job.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/store/store-audit.h"
#include "include/cm-dbus.h"

#include <sodium.h>

#define PAGE_DEFAULT 100
#define HEADS_MAX 500

/* ---- a page of entries */

typedef struct {
	CmAuditQuery query;
	GPtrArray *lines;
} Page;

static void
page_free(gpointer data)
{
	Page *page = data;

	g_clear_pointer(&page->lines, g_ptr_array_unref);
	g_free(page);
}

static gboolean
page_read(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Page *page = data;

	page->lines = cm_audit_list(store, &page->query, error);
	return page->lines != NULL;
}

/* what the change said of itself, as it was written; null where it was altered */
static void
add_detail(JsonBuilder *builder, const gchar *detail)
{
	g_autoptr(JsonNode) node = NULL;

	json_builder_set_member_name(builder, "detail");
	if (detail != NULL && *detail != '\0')
		node = json_from_string(detail, NULL);
	if (node != NULL)
		json_builder_add_value(builder, g_steal_pointer(&node));
	else if (detail == NULL || *detail == '\0')
		json_builder_add_null_value(builder);
	else
		json_builder_add_string_value(builder, detail);
}

static void
add_line(JsonBuilder *builder, const CmAuditLine *line)
{
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", line->sequence);
	cm_document_add_int(builder, "at", line->at);
	json_builder_set_member_name(builder, "uid");
	if (line->uid == CM_AUDIT_DAEMON)
		json_builder_add_null_value(builder);
	else
		json_builder_add_int_value(builder, line->uid);
	cm_document_add_string(builder, "action", line->action);
	cm_document_add_int(builder, "subject", line->subject);
	cm_document_add_int(builder, "version_before", line->version_before);
	cm_document_add_int(builder, "version_after", line->version_after);
	add_detail(builder, line->detail);
	cm_document_add_boolean(builder, "readable", line->detail != NULL);
	json_builder_end_object(builder);
}

static gboolean
page_write(CmService *service,
	   const CmPolicySet *policies,
	   gpointer data,
	   gint fd,
	   GCancellable *cancellable,
	   GError **error)
{
	Page *page = data;
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GBytes) bytes = NULL;
	const CmAuditLine *last = NULL;
	gsize length = 0;
	const gchar *text = NULL;

	if (!cm_worker_run(service->store, page_read, page, cancellable, error))
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-audit/1");
	cm_document_begin_array(builder, "entries");
	for (guint i = 0; i < page->lines->len; i++) {
		last = g_ptr_array_index(page->lines, i);
		add_line(builder, last);
	}
	json_builder_end_array(builder);
	cm_document_add_int(builder, "next",
			    last != NULL && page->lines->len == page->query.limit &&
				    last->sequence > 1
				? last->sequence
				: 0);
	json_builder_end_object(builder);
	bytes = cm_document_to_bytes(builder);
	text = g_bytes_get_data(bytes, &length);
	return cm_sealed_memfd_write(fd, text, length, error);
}

static gboolean
handle_list(CmDBusAudit *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	guint64 since = 0;
	guint64 until = 0;
	guint64 subject = 0;
	guint64 before = 0;
	guint32 limit = PAGE_DEFAULT;
	const CmOption known[] = {{"since", "t", &since},
				  {"until", "t", &until},
				  {"subject", "t", &subject},
				  {"before", "t", &before},
				  {"limit", "u", &limit}};
	Page *page = NULL;

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	page = g_new0(Page, 1);
	page->query.since = (gint64)MIN(since, (guint64)G_MAXINT64);
	page->query.until = (gint64)MIN(until, (guint64)G_MAXINT64);
	page->query.subject = (gint64)MIN(subject, (guint64)G_MAXINT64);
	page->query.before = (gint64)MIN(before, (guint64)G_MAXINT64);
	page->query.limit = CLAMP(limit, 1, CM_AUDIT_PAGE_MAX);
	cm_reply_document(user_data, invocation, page_write, page, page_free);
	return TRUE;
}

/* ---- heads */

static GVariant *
make_heads(CmService *service,
	   CmStore *store,
	   gpointer data,
	   GCancellable *cancellable,
	   GError **error)
{
	gchar key[2 * CM_AUDIT_PUBLIC_KEY_BYTES + 1];
	gchar hash[2 * CM_AUDIT_HASH_BYTES + 1];
	gchar signature[2 * CM_AUDIT_SIGNATURE_BYTES + 1];
	g_autoptr(GArray) heads = NULL;
	GVariantBuilder builder;

	/* what is asked for is to be kept elsewhere: up to this moment */
	if (!cm_audit_sign_last(store, g_get_real_time() / G_USEC_PER_SEC, error))
		return NULL;
	heads = cm_audit_list_heads(store, GPOINTER_TO_UINT(data), error);
	if (heads == NULL)
		return NULL;
	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(txss)"));
	for (guint i = 0; i < heads->len; i++) {
		const CmAuditHead *head = CM_ELEMENT(heads, CmAuditHead, i);

		sodium_bin2hex(hash, sizeof hash, head->hash, sizeof head->hash);
		sodium_bin2hex(signature, sizeof signature, head->signature,
			       sizeof head->signature);
		g_variant_builder_add(&builder, "(txss)", (guint64)head->sequence, head->signed_at,
				      hash, signature);
	}
	sodium_bin2hex(key, sizeof key, cm_audit_get_public_key(store), CM_AUDIT_PUBLIC_KEY_BYTES);
	return g_variant_new("(sa(txss))", key, &builder);
}

static gboolean
handle_heads(CmDBusAudit *object,
	     GDBusMethodInvocation *invocation,
	     guint limit,
	     gpointer user_data)
{
	cm_reply_from_store(user_data, invocation, make_heads,
			    GUINT_TO_POINTER(CLAMP(limit, 1, HEADS_MAX)), NULL);
	return TRUE;
}

static gboolean
handle_verify(CmDBusAudit *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	const gchar *path = cm_audit_job_start(user_data, invocation, &error);

	if (path == NULL)
		cm_reply_error(invocation, error);
	else
		cm_dbus_audit_complete_verify(object, invocation, path);
	return TRUE;
}

gboolean
cm_audit_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusAudit) object = cm_dbus_audit_skeleton_new();

	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-heads", G_CALLBACK(handle_heads), service);
	g_signal_connect(object, "handle-verify", G_CALLBACK(handle_verify), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
