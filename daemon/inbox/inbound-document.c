// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/inbound-document.h"

#include "daemon/common/json-depth.h"
#include "daemon/common/json-escape.h"
#include "daemon/inbox/inbound-text.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define FORMAT "comodal-inbound/1"
#define DEPTH_MAX 8
#define MESSAGE_MAX 2048 /* octets of one of our own */

/* ---- writing */

static void
add_text(JsonBuilder *builder, const gchar *name, const gchar *value)
{
	if (value == NULL)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, value);
}

static void
add_number(JsonBuilder *builder, const gchar *name, gint64 value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}

static void
add_flag(JsonBuilder *builder, const gchar *name, gboolean value)
{
	if (!value)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_add_boolean_value(builder, TRUE);
}

static void
add_texts(JsonBuilder *builder, const gchar *name, const GPtrArray *texts)
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (guint i = 0; i < texts->len; i++)
		json_builder_add_string_value(builder, g_ptr_array_index(texts, i));
	json_builder_end_array(builder);
}

/* an array of objects, each written by `write` */
static void
add_objects(JsonBuilder *builder,
	    const gchar *name,
	    const GPtrArray *things,
	    void (*write)(JsonBuilder *builder, gconstpointer thing))
{
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (guint i = 0; i < things->len; i++) {
		json_builder_begin_object(builder);
		write(builder, g_ptr_array_index(things, i));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
write_result(JsonBuilder *builder, gconstpointer thing)
{
	const CmInboundResult *result = thing;

	add_text(builder, "method", result->method);
	add_text(builder, "result", result->result);
	add_text(builder, "domain", result->domain);
}

static void
write_authentication(JsonBuilder *builder, gconstpointer thing)
{
	const CmInboundAuthentication *authentication = thing;

	add_text(builder, "server", authentication->server);
	add_number(builder, "hops", authentication->hops);
	add_objects(builder, "results", authentication->results, write_result);
}

static void
write_attendee(JsonBuilder *builder, gconstpointer thing)
{
	const CmInboundAttendee *attendee = thing;

	add_text(builder, "address", attendee->address);
	add_text(builder, "partstat", attendee->partstat);
	add_text(builder, "sent_by", attendee->sent_by);
}

static void
write_event(JsonBuilder *builder, gconstpointer thing)
{
	const CmInboundEvent *event = thing;

	add_text(builder, "uid", event->uid);
	add_text(builder, "recurrence_id", event->recurrence_id);
	add_number(builder, "sequence", event->sequence);
	add_number(builder, "stamp", event->stamp);
	add_number(builder, "start", event->start);
	add_number(builder, "end", event->end);
	add_flag(builder, "all_day", event->all_day);
	add_text(builder, "organizer", event->organizer);
	add_text(builder, "comment", event->comment);
	add_text(builder, "problem", event->problem);
	add_objects(builder, "attendees", event->attendees, write_attendee);
}

static void
write_report(JsonBuilder *builder, gconstpointer thing)
{
	const CmInboundReport *report = thing;

	add_text(builder, "action", report->action);
	add_text(builder, "status", report->status);
	add_text(builder, "final_recipient", report->final_recipient);
	add_text(builder, "original_recipient", report->original_recipient);
}

static void
write_envelope(JsonBuilder *builder, const CmInboundMail *mail)
{
	add_text(builder, "message_id", mail->message_id);
	add_text(builder, "subject", mail->subject);
	add_text(builder, "from", mail->from);
	add_text(builder, "return_path", mail->return_path);
	add_number(builder, "date", mail->date);
	add_number(builder, "received", mail->received);
	add_texts(builder, "references", mail->references);
	add_texts(builder, "recipients", mail->recipients);
	add_text(builder, "automatic", cm_inbound_mail_automatic_to_string(mail->automatic));
	add_objects(builder, "authentications", mail->authentications, write_authentication);
}

static GBytes *
make_bytes(const CmInboundMail *mail)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree gchar *written = NULL;
	gchar *text = NULL;

	json_builder_begin_object(builder);
	add_text(builder, "format", FORMAT);
	add_text(builder, "sha256", mail->sha256);
	add_number(builder, "size", mail->size);
	add_text(builder, "refused", mail->refused);
	add_texts(builder, "notes", mail->notes);
	write_envelope(builder, mail);
	add_text(builder, "text", mail->text);
	add_text(builder, "method", mail->method);
	add_text(builder, "calendar_problem", mail->calendar_problem);
	add_objects(builder, "events", mail->events, write_event);
	add_flag(builder, "is_report", mail->is_report);
	add_text(builder, "reported_id", mail->reported_id);
	add_objects(builder, "reports", mail->reports, write_report);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	written = json_to_string(root, FALSE);
	text = cm_json_escape_controls(written);
	return g_bytes_new_take(text, strlen(text));
}

/* what can be spared, in this order: after the last, the bounds of what is left do not allow as much */
static void
shorten(CmInboundMail *mail, guint step)
{
	if (step == 0)
		cm_inbound_mail_take_note(
		    mail, cm_message_new(N_("It says more than is kept: some of it was left out."),
					 NULL));
	if (step == 0) {
		g_clear_pointer(&mail->text, g_free);
	} else if (step == 1) {
		for (guint i = 0; i < mail->events->len; i++) {
			CmInboundEvent *event = g_ptr_array_index(mail->events, i);

			g_clear_pointer(&event->comment, g_free);
		}
	} else if (step == 2 && mail->events->len > 1) {
		g_ptr_array_set_size(mail->events, 1);
	} else {
		g_ptr_array_set_size(mail->authentications, 0);
		g_ptr_array_set_size(mail->reports, (gint)MIN(mail->reports->len, 1));
	}
}

GBytes *
cm_inbound_document_write(CmInboundMail *mail)
{
	GBytes *bytes = make_bytes(mail);

	for (guint step = 0; g_bytes_get_size(bytes) > CM_INBOUND_DOCUMENT_MAX; step++) {
		shorten(mail, step);
		g_bytes_unref(bytes);
		bytes = make_bytes(mail);
	}
	return bytes;
}

/* ---- reading */

static JsonNode *
find(JsonObject *object, const gchar *name, GType type)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type
		   ? node
		   : NULL;
}

static const gchar *
get_text(JsonObject *object, const gchar *name)
{
	JsonNode *node = find(object, name, G_TYPE_STRING);

	return node != NULL ? json_node_get_string(node) : NULL;
}

static gint64
get_number(JsonObject *object, const gchar *name, gint64 least, gint64 most, gint64 otherwise)
{
	JsonNode *node = find(object, name, G_TYPE_INT64);
	gint64 value = node != NULL ? json_node_get_int(node) : otherwise;

	return value >= least && value <= most ? value : otherwise;
}

/* instants up to the year 9999 */
static gint64
get_instant(JsonObject *object, const gchar *name)
{
	return get_number(object, name, 0, G_GINT64_CONSTANT(253402300799), 0);
}

static gboolean
get_flag(JsonObject *object, const gchar *name)
{
	JsonNode *node = find(object, name, G_TYPE_BOOLEAN);

	return node != NULL && json_node_get_boolean(node);
}

static gchar *
dup_word(JsonObject *object, const gchar *name)
{
	return cm_inbound_text_dup_word(get_text(object, name));
}

static gchar *
dup_address(JsonObject *object, const gchar *name)
{
	return cm_inbound_text_dup_address(get_text(object, name));
}

/* a message of ours: its marks are control characters, so that only its length and form are looked at */
static gchar *
dup_message(const gchar *text)
{
	return text != NULL && strlen(text) <= MESSAGE_MAX && g_utf8_validate(text, -1, NULL)
		   ? g_strdup(text)
		   : NULL;
}

static JsonArray *
get_array(JsonObject *object, const gchar *name, guint *out_count, guint max)
{
	JsonNode *node = json_object_get_member(object, name);
	JsonArray *array =
	    node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

	*out_count = array != NULL ? MIN(json_array_get_length(array), max) : 0;
	return array;
}

static void
read_texts(JsonObject *object,
	   const gchar *name,
	   GPtrArray *texts,
	   guint max,
	   gchar *(*dup)(const gchar *text))
{
	guint count = 0;
	JsonArray *array = get_array(object, name, &count, max);

	for (guint i = 0; i < count; i++) {
		JsonNode *node = json_array_get_element(array, i);
		gchar *text = JSON_NODE_HOLDS_VALUE(node) ? dup(json_node_get_string(node)) : NULL;

		if (text != NULL)
			g_ptr_array_add(texts, text);
	}
}

static void
read_objects(JsonObject *object,
	     const gchar *name,
	     guint max,
	     gpointer into,
	     void (*read)(JsonObject *element, gpointer into))
{
	guint count = 0;
	JsonArray *array = get_array(object, name, &count, max);

	for (guint i = 0; i < count; i++) {
		JsonNode *node = json_array_get_element(array, i);

		if (JSON_NODE_HOLDS_OBJECT(node))
			read(json_node_get_object(node), into);
	}
}

static void
read_result(JsonObject *object, gpointer into)
{
	g_autofree gchar *method = dup_word(object, "method");
	g_autofree gchar *value = dup_word(object, "result");
	CmInboundResult *result = NULL;

	if (method == NULL || value == NULL)
		return;
	result = cm_inbound_mail_add_result(into);
	result->method = g_steal_pointer(&method);
	result->result = g_steal_pointer(&value);
	result->domain = dup_word(object, "domain");
}

static void
read_authentication(JsonObject *object, gpointer into)
{
	g_autofree gchar *server = dup_word(object, "server");
	CmInboundAuthentication *authentication = NULL;

	if (server == NULL)
		return;
	authentication = cm_inbound_mail_add_authentication(into);
	authentication->server = g_steal_pointer(&server);
	authentication->hops = (guint)get_number(object, "hops", 0, G_MAXINT16, G_MAXINT16);
	read_objects(object, "results", CM_INBOUND_RESULTS_MAX, authentication, read_result);
}

static void
read_attendee(JsonObject *object, gpointer into)
{
	g_autofree gchar *address = dup_address(object, "address");
	g_autofree gchar *partstat = dup_word(object, "partstat");
	CmInboundAttendee *attendee = NULL;

	if (address == NULL || partstat == NULL)
		return;
	attendee = cm_inbound_mail_add_attendee(into);
	attendee->address = g_steal_pointer(&address);
	attendee->partstat = g_steal_pointer(&partstat);
	attendee->sent_by = dup_address(object, "sent_by");
}

static void
read_event(JsonObject *object, gpointer into)
{
	CmInboundEvent *event = cm_inbound_mail_add_event(into);

	event->uid = dup_word(object, "uid");
	event->recurrence_id = dup_word(object, "recurrence_id");
	event->sequence = get_number(object, "sequence", 0, G_MAXINT32, -1);
	event->stamp = get_instant(object, "stamp");
	event->start = get_instant(object, "start");
	event->end = get_instant(object, "end");
	event->all_day = get_flag(object, "all_day");
	event->organizer = dup_address(object, "organizer");
	event->comment = cm_inbound_text_clean(get_text(object, "comment"), CM_INBOUND_TEXT_LINES,
					       CM_INBOUND_COMMENT_MAX);
	event->problem = dup_message(get_text(object, "problem"));
	read_objects(object, "attendees", CM_INBOUND_ATTENDEES_MAX, event, read_attendee);
}

static void
read_report(JsonObject *object, gpointer into)
{
	g_autofree gchar *action = dup_word(object, "action");
	CmInboundReport *report = NULL;

	if (action == NULL)
		return;
	report = cm_inbound_mail_add_report(into);
	report->action = g_steal_pointer(&action);
	report->status = dup_word(object, "status");
	report->final_recipient = dup_address(object, "final_recipient");
	report->original_recipient = dup_address(object, "original_recipient");
}

static void
read_envelope(JsonObject *object, CmInboundMail *mail)
{
	const gchar *return_path = get_text(object, "return_path");
	const gchar *automatic = get_text(object, "automatic");

	mail->message_id = dup_word(object, "message_id");
	mail->subject = cm_inbound_text_clean(get_text(object, "subject"), CM_INBOUND_TEXT_LINE,
					      CM_INBOUND_SUBJECT_MAX);
	mail->from = dup_address(object, "from");
	mail->return_path = return_path != NULL && *return_path == '\0'
				? g_strdup("")
				: cm_inbound_text_dup_address(return_path);
	mail->date = get_instant(object, "date");
	mail->received = (guint)get_number(object, "received", 0, G_MAXINT16, 0);
	read_texts(object, "references", mail->references, CM_INBOUND_REFERENCES_MAX,
		   cm_inbound_text_dup_word);
	read_texts(object, "recipients", mail->recipients, CM_INBOUND_ADDRESSES_MAX,
		   cm_inbound_text_dup_address);
	if (automatic == NULL ||
	    !cm_inbound_mail_automatic_from_string(automatic, &mail->automatic))
		mail->automatic = CM_INBOUND_AUTO_HEADER;
	read_objects(object, "authentications", CM_INBOUND_AUTHENTICATIONS_MAX, mail,
		     read_authentication);
}

static gboolean
is_sha256(const gchar *text)
{
	return text != NULL && strlen(text) == CM_INBOUND_SHA256_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == CM_INBOUND_SHA256_SIZE - 1;
}

static void
read_mail(JsonObject *object, CmInboundMail *mail)
{
	const gchar *refused = get_text(object, "refused");

	if (is_sha256(get_text(object, "sha256")))
		g_strlcpy(mail->sha256, get_text(object, "sha256"), sizeof mail->sha256);
	mail->size = get_number(object, "size", 0, G_MAXINT64, 0);
	if (refused != NULL)
		mail->refused = dup_message(refused);
	if (refused != NULL && mail->refused == NULL)
		mail->refused = cm_message_new(N_("It was not read."), NULL);
	read_texts(object, "notes", mail->notes, CM_INBOUND_NOTES_MAX, dup_message);
	read_envelope(object, mail);
	mail->text = cm_inbound_text_clean(get_text(object, "text"), CM_INBOUND_TEXT_LINES,
					   CM_INBOUND_TEXT_MAX);
	mail->method = dup_word(object, "method");
	mail->calendar_problem = dup_message(get_text(object, "calendar_problem"));
	read_objects(object, "events", CM_INBOUND_EVENTS_MAX, mail, read_event);
	mail->is_report = get_flag(object, "is_report");
	mail->reported_id = dup_word(object, "reported_id");
	read_objects(object, "reports", CM_INBOUND_REPORTS_MAX, mail, read_report);
}

CmInboundMail *
cm_inbound_document_read(GBytes *bytes, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new_immutable();
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	gsize length = 0;
	const gchar *text = g_bytes_get_data(bytes, &length);
	JsonNode *root = NULL;

	if (length > 0 && length <= CM_INBOUND_DOCUMENT_MAX &&
	    cm_json_depth_is_within(text, length, DEPTH_MAX) &&
	    g_utf8_validate_len(text, length, NULL) &&
	    json_parser_load_from_data(parser, text, (gssize)length, NULL))
		root = json_parser_get_root(parser);
	if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root) ||
	    g_strcmp0(get_text(json_node_get_object(root), "format"), FORMAT) != 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("What was read of a mail is not a document as it is to be."), NULL);
		return NULL;
	}
	read_mail(json_node_get_object(root), mail);
	return g_steal_pointer(&mail);
}
