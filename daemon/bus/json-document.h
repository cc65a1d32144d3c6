// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

#include <json-glib/json-glib.h>

/* Small JSON documents by descriptor: what a person typed comes in so, and what names a person goes out so. */

#define CM_JSON_DOCUMENT_MAX 262144 /* octets */
#define CM_JSON_DOCUMENT_DEPTH_MAX 8

/* The object that came with a call: its handle among its descriptors, read to the end. CM_ERROR_INVALID_INPUT: not there, too long,
 * no JSON object. Returns: (transfer full) */
JsonObject *
cm_json_document_read(GUnixFDList *descriptors,
		      GVariant *handle,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, not parsed. Returns: (transfer full) */
GBytes *
cm_json_document_read_octets(GUnixFDList *descriptors,
			     GVariant *handle,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members of such an object. An absent one leaves what was there; one of another type fails with CM_ERROR_INVALID_INPUT, naming it.
 * Strings are (transfer none). */
gboolean
cm_json_document_get_text(JsonObject *object,
			  const gchar *name,
			  const gchar **out_text,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_json_document_get_number(JsonObject *object,
			    const gchar *name,
			    gint64 *out_number,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_json_document_get_flag(JsonObject *object, const gchar *name, gboolean *out_flag, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* "YYYY-MM-DD" */
gboolean
cm_json_document_get_day(JsonObject *object, const gchar *name, CmDay *out_day, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* An array of strings. `out_texts`: (transfer full), NULL when absent */
gboolean
cm_json_document_get_texts(JsonObject *object,
			   const gchar *name,
			   gchar ***out_texts,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An array, or NULL when absent. (transfer none) */
gboolean
cm_json_document_get_array(JsonObject *object,
			   const gchar *name,
			   JsonArray **out_array,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fails with CM_ERROR_INVALID_INPUT for a member that is not among `names`, ended by NULL. */
gboolean
cm_json_document_check_names(JsonObject *object,
			     const gchar *const *names,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and for one of them that is no string. */
gboolean
cm_json_document_check_texts(JsonObject *object,
			     const gchar *const *names,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole of it, as it is kept. Returns: (transfer full) */
gchar *
cm_json_document_to_text(JsonObject *object) G_GNUC_WARN_UNUSED_RESULT;

/* Builds a document from the store; on the worker's thread. `policies` are those in force when the method was called. FALSE with
 * `error` set. */
typedef gboolean (*CmJsonDocumentMake)(CmStore *store,
				       CmPolicySet *policies,
				       gpointer data,
				       JsonBuilder *builder,
				       GError **error);

/* Answer a call with what `make` builds, in a sealed memfd. Takes the invocation and `data`. */
void
cm_json_document_reply(CmService *service,
		       GDBusMethodInvocation *invocation,
		       CmJsonDocumentMake make,
		       gpointer data,
		       GDestroyNotify data_free);
