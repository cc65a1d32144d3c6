// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/booking-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/sealed-memfd.h"

#include <string.h>
#include <unistd.h>

#define FORMAT_NAME "comodal-booking/1"

JsonArray *
cm_booking_document_new_objections(void)
{
	return json_array_new();
}

void
cm_booking_document_add_objections(JsonArray *objections, const CmVerdict *verdict, guint index)
{
	for (guint i = 0; i < verdict->objections->len; i++) {
		const CmObjection *from = g_ptr_array_index(verdict->objections, i);
		JsonObject *object = json_object_new();

		json_object_set_int_member(object, "index", index);
		json_object_set_string_member(
		    object, "kind", cm_objection_kind_to_string((CmObjectionKind)from->kind));
		json_object_set_string_member(object, "effect",
					      cm_effect_to_string((CmEffect)from->effect));
		json_object_set_string_member(object, "code", from->code);
		json_object_set_string_member(object, "message", from->message);
		if (from->rule != NULL)
			json_object_set_string_member(object, "rule", from->rule);
		if (from->key != NULL)
			json_object_set_string_member(object, "key", from->key);
		if (from->source != NULL)
			json_object_set_string_member(object, "source", from->source);
		if (from->article != NULL)
			json_object_set_string_member(object, "article", from->article);
		if (from->derogation != 0)
			json_object_set_int_member(object, "derogation", from->derogation);
		json_array_add_object_element(objections, object);
	}
}

gchar *
cm_booking_document_dup_remark(JsonArray *objections)
{
	g_autoptr(JsonNode) node = NULL;

	if (json_array_get_length(objections) == 0)
		return NULL;
	node = json_node_new(JSON_NODE_ARRAY);
	json_node_set_array(node, objections);
	return json_to_string(node, FALSE);
}

/* a number, when there is one */
static void
add_number(JsonBuilder *builder, const gchar *name, gint64 number)
{
	if (number != 0)
		cm_document_add_int(builder, name, number);
}

static void
add_attendees(JsonBuilder *builder, const GArray *attendees)
{
	cm_document_begin_array(builder, "attendees");
	for (guint i = 0; i < attendees->len; i++) {
		const CmStoreAttendee *attendee = &g_array_index(attendees, CmStoreAttendee, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "kind", cm_resource_to_string(attendee->kind));
		cm_document_add_int(builder, "number", attendee->number);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

void
cm_booking_document_add_booking(JsonBuilder *builder, const CmStoreBooking *booking)
{
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", booking->number);
	cm_document_add_string(builder, "kind", cm_store_booking_kind_to_string(booking->kind));
	cm_document_add_string(builder, "state", cm_booking_state_to_string(booking->state));
	cm_document_add_int(builder, "version", booking->version);
	cm_document_add_date(builder, "date", booking->place.date);
	cm_document_add_minute(builder, "start", booking->place.start);
	cm_document_add_minute(builder, "end", booking->place.start + booking->place.minutes);
	cm_document_add_int(builder, "minutes", booking->place.minutes);
	cm_document_add_string(builder, "mode", cm_mode_to_string(booking->place.mode));
	cm_document_add_int(builder, "professional", booking->professional);
	add_number(builder, "session", booking->session);
	add_number(builder, "followup", booking->followup);
	add_number(builder, "student", booking->student);
	add_number(builder, "site", booking->place.site);
	add_number(builder, "room", booking->place.room);
	add_number(builder, "companion", booking->place.companion);
	add_number(builder, "request", booking->request);
	add_number(builder, "series", booking->series);
	add_attendees(builder, booking->attendees);
	if (booking->act != NULL)
		cm_document_add_string(builder, "act", booking->act);
	if (booking->title != NULL)
		cm_document_add_string(builder, "title", booking->title);
	if (booking->hold_until != 0) {
		cm_document_add_int(builder, "hold_until", booking->hold_until);
		cm_document_add_int(builder, "holder", booking->holder);
	}
	cm_document_add_string(builder, "by", booking->by_hand ? "hand" : "plan");
	cm_document_add_boolean(builder, "locked", booking->locked);
	add_number(builder, "changed_at", booking->changed_at);
	if (booking->changed_by >= 0)
		cm_document_add_int(builder, "changed_by", booking->changed_by);
	json_builder_end_object(builder);
}

static GBytes *
make_document(const GPtrArray *bookings, JsonArray *objections)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT_NAME);
	cm_document_begin_array(builder, "bookings");
	for (guint i = 0; i < bookings->len; i++)
		cm_booking_document_add_booking(builder, g_ptr_array_index(bookings, i));
	json_builder_end_array(builder);
	if (objections != NULL) {
		JsonNode *node = json_node_new(JSON_NODE_ARRAY);

		json_node_set_array(node, objections);
		json_builder_set_member_name(builder, "objections");
		json_builder_add_value(builder, node);
	}
	json_builder_end_object(builder);
	return cm_document_to_bytes(builder);
}

gint
cm_booking_document_write(const GPtrArray *bookings, JsonArray *objections, GError **error)
{
	g_autoptr(GBytes) document = make_document(bookings, objections);
	gint fd = cm_sealed_memfd_open(error);

	if (fd < 0)
		return -1;
	if (cm_sealed_memfd_write(fd, g_bytes_get_data(document, NULL), g_bytes_get_size(document),
				  error) &&
	    cm_sealed_memfd_seal(fd, error))
		return fd;
	close(fd);
	return -1;
}
