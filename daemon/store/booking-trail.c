// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/booking-trail.h"

#include <json-glib/json-glib.h>

static void
add_string(JsonBuilder *builder, const gchar *name, const gchar *value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, value);
}

static void
add_integer(JsonBuilder *builder, const gchar *name, gint64 value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}

static void
add_booking(JsonBuilder *builder, const gchar *name, const CmStoreBooking *booking)
{
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	if (booking == NULL)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_begin_object(builder);
	add_string(builder, "state", cm_booking_state_to_string(booking->state));
	add_string(builder, "date", cm_day_format(booking->place.date, date));
	add_string(builder, "start", cm_minute_format(booking->place.start, start));
	add_integer(builder, "minutes", booking->place.minutes);
	add_string(builder, "mode", cm_mode_to_string(booking->place.mode));
	if (booking->place.room != 0)
		add_integer(builder, "room", booking->place.room);
	if (booking->place.companion != 0)
		add_integer(builder, "companion", booking->place.companion);
	if (booking->hold_until != 0)
		add_integer(builder, "until", booking->hold_until);
	json_builder_end_object(builder);
}

/* what cannot be read is kept as the text that it is */
static void
add_remark(JsonBuilder *builder, const gchar *remark)
{
	JsonNode *node = NULL;

	if (remark == NULL)
		return;
	node = json_from_string(remark, NULL);
	if (node == NULL) {
		add_string(builder, "remark", remark);
		return;
	}
	json_builder_set_member_name(builder, "remark");
	json_builder_add_value(builder, node);
}

gboolean
cm_booking_trail_audit(CmStore *store,
		       const CmStoreCall *call,
		       const gchar *action,
		       const CmStoreBooking *before,
		       const CmStoreBooking *after,
		       GError **error)
{
	const CmStoreBooking *either = after != NULL ? after : before;
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree gchar *detail = NULL;
	CmAuditEntry entry = {
	    .uid = call->actor,
	    .action = action,
	    .subject = either->number,
	    .version_before = before != NULL ? before->version : 0,
	    .version_after = after != NULL ? after->version : 0,
	    .at = call->now,
	};

	json_builder_begin_object(builder);
	add_string(builder, "kind", cm_store_booking_kind_to_string(either->kind));
	add_booking(builder, "before", before);
	add_booking(builder, "after", after);
	if (call->note != NULL)
		add_string(builder, "note", call->note);
	add_remark(builder, call->remark);
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	detail = json_to_string(root, FALSE);
	entry.detail = detail;
	return cm_audit_append(store, &entry, error);
}

gboolean
cm_booking_trail_notify(CmStore *store,
			const CmStoreBooking *booking,
			CmNoticeKind kind,
			GError **error)
{
	if (!cm_notice_queue(store, kind, CM_RESOURCE_PROFESSIONAL, booking->professional,
			     booking->number, error))
		return FALSE;
	if (booking->student != 0 && !cm_notice_queue(store, kind, CM_RESOURCE_STUDENT,
						      booking->student, booking->number, error))
		return FALSE;
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    CM_ELEMENT(booking->attendees, CmStoreAttendee, i);

		if (!cm_notice_queue(store, kind, attendee->kind, attendee->number, booking->number,
				     error))
			return FALSE;
	}
	return TRUE;
}
