// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/json-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/octets-document.h"
#include "daemon/bus/reply.h"
#include "daemon/bus/sealed-memfd.h"
#include "daemon/common/json-depth.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <unistd.h>

/* ---- in */

static JsonObject *
parse(GBytes *octets, GError **error)
{
	gsize length = 0;
	const gchar *data = g_bytes_get_data(octets, &length);
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	JsonNode *root = NULL;

	/* nothing has no data at all */
	if (length > 0 && cm_json_depth_is_within(data, length, CM_JSON_DOCUMENT_DEPTH_MAX) &&
	    g_utf8_validate_len(data, length, NULL) &&
	    json_parser_load_from_data(parser, data, (gssize)length, NULL))
		root = json_parser_get_root(parser);
	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The document is not a JSON object as it is to be."), NULL);
		return NULL;
	}
	return json_object_ref(json_node_get_object(root));
}

JsonObject *
cm_json_document_read(GUnixFDList *descriptors, GVariant *handle, GError **error)
{
	g_autoptr(GBytes) octets = cm_json_document_read_octets(descriptors, handle, error);

	return octets != NULL ? parse(octets, error) : NULL;
}

GBytes *
cm_json_document_read_octets(GUnixFDList *descriptors, GVariant *handle, GError **error)
{
	return cm_octets_document_read(descriptors, handle, CM_JSON_DOCUMENT_MAX, error);
}

static gboolean
find_member(JsonObject *object, const gchar *name, GType type, JsonNode **out_node, GError **error)
{
	JsonNode *node = json_object_get_member(object, name);

	*out_node = NULL;
	if (node == NULL || JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != type) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not of the right type."),
			     name, NULL);
		return FALSE;
	}
	*out_node = node;
	return TRUE;
}

gboolean
cm_json_document_get_text(JsonObject *object,
			  const gchar *name,
			  const gchar **out_text,
			  GError **error)
{
	JsonNode *node = NULL;

	if (!find_member(object, name, G_TYPE_STRING, &node, error))
		return FALSE;
	if (node != NULL)
		*out_text = json_node_get_string(node);
	return TRUE;
}

gboolean
cm_json_document_get_number(JsonObject *object,
			    const gchar *name,
			    gint64 *out_number,
			    GError **error)
{
	JsonNode *node = NULL;

	if (!find_member(object, name, G_TYPE_INT64, &node, error))
		return FALSE;
	if (node != NULL)
		*out_number = json_node_get_int(node);
	return TRUE;
}

gboolean
cm_json_document_get_flag(JsonObject *object, const gchar *name, gboolean *out_flag, GError **error)
{
	JsonNode *node = NULL;

	if (!find_member(object, name, G_TYPE_BOOLEAN, &node, error))
		return FALSE;
	if (node != NULL)
		*out_flag = json_node_get_boolean(node);
	return TRUE;
}

gboolean
cm_json_document_get_day(JsonObject *object, const gchar *name, CmDay *out_day, GError **error)
{
	const gchar *text = NULL;

	if (!cm_json_document_get_text(object, name, &text, error))
		return FALSE;
	if (text == NULL || cm_day_parse(text, out_day))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not a date."), name, NULL);
	return FALSE;
}

gboolean
cm_json_document_get_array(JsonObject *object,
			   const gchar *name,
			   JsonArray **out_array,
			   GError **error)
{
	JsonNode *node = json_object_get_member(object, name);

	*out_array = NULL;
	if (node == NULL || JSON_NODE_HOLDS_NULL(node))
		return TRUE;
	if (!JSON_NODE_HOLDS_ARRAY(node)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not of the right type."),
			     name, NULL);
		return FALSE;
	}
	*out_array = json_node_get_array(node);
	return TRUE;
}

gboolean
cm_json_document_get_texts(JsonObject *object,
			   const gchar *name,
			   gchar ***out_texts,
			   GError **error)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	JsonArray *array = NULL;

	if (!cm_json_document_get_array(object, name, &array, error))
		return FALSE;
	for (guint i = 0; array != NULL && i < json_array_get_length(array); i++) {
		JsonNode *node = json_array_get_element(array, i);

		if (!JSON_NODE_HOLDS_VALUE(node) ||
		    json_node_get_value_type(node) != G_TYPE_STRING) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("“{0}” is not of the right type."), name, NULL);
			return FALSE;
		}
		g_strv_builder_add(builder, json_node_get_string(node));
	}
	if (array != NULL)
		*out_texts = g_strv_builder_end(builder);
	return TRUE;
}

gboolean
cm_json_document_check_names(JsonObject *object, const gchar *const *names, GError **error)
{
	g_autoptr(GList) members = json_object_get_members(object);

	for (GList *member = members; member != NULL; member = member->next) {
		if (!g_strv_contains(names, member->data)) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not known here."),
				     (const gchar *)member->data, NULL);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean
cm_json_document_check_texts(JsonObject *object, const gchar *const *names, GError **error)
{
	const gchar *text = NULL;

	if (!cm_json_document_check_names(object, names, error))
		return FALSE;
	for (guint i = 0; names[i] != NULL; i++) {
		if (!cm_json_document_get_text(object, names[i], &text, error))
			return FALSE;
	}
	return TRUE;
}

gchar *
cm_json_document_to_text(JsonObject *object)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

	json_node_set_object(node, object);
	return json_to_string(node, FALSE);
}

/* ---- out */

typedef struct {
	CmJsonDocumentMake make;
	gpointer data;
	GDestroyNotify data_free;
} Document;

static void
document_free(gpointer data)
{
	Document *document = data;

	if (document->data_free != NULL)
		document->data_free(document->data);
	g_free(document);
}

typedef struct {
	const Document *document;
	CmPolicySet *policies;
	JsonBuilder *builder;
} Making;

static gboolean
make_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Making *making = data;

	return making->document->make(store, making->policies, making->document->data,
				      making->builder, error);
}

static gboolean
write_document(CmService *service,
	       const CmPolicySet *policies,
	       gpointer data,
	       gint fd,
	       GCancellable *cancellable,
	       GError **error)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GBytes) text = NULL;
	Making making = {data, (CmPolicySet *)policies, builder};

	if (!cm_worker_run(service->store, make_on_worker, &making, cancellable, error))
		return FALSE;
	text = cm_document_to_bytes(builder);
	return cm_sealed_memfd_write(fd, g_bytes_get_data(text, NULL), g_bytes_get_size(text),
				     error);
}

void
cm_json_document_reply(CmService *service,
		       GDBusMethodInvocation *invocation,
		       CmJsonDocumentMake make,
		       gpointer data,
		       GDestroyNotify data_free)
{
	Document *document = g_new0(Document, 1);

	document->make = make;
	document->data = data;
	document->data_free = data_free;
	cm_reply_document(service, invocation, write_document, document, document_free);
}
