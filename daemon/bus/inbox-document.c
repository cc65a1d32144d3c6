// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/inbox-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/booking-document.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-notice.h"
#include "include/cm-error.h"

/* what is booked, unless it is gone */
static gboolean
add_booking(JsonBuilder *builder,
	    CmStore *store,
	    const CmStoreInbound *inbound,
	    gint64 now,
	    GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(CmStoreBooking) booking = NULL;

	if (inbound->booking == 0)
		return TRUE;
	booking = cm_store_booking_get(store, inbound->booking, now, &local);
	if (booking == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (booking != NULL) {
		json_builder_set_member_name(builder, "booking");
		cm_booking_document_add_booking(builder, booking);
	}
	return TRUE;
}

static void
add_recipient(JsonBuilder *builder, const CmStoreInbound *inbound)
{
	if (inbound->invitation == 0)
		return;
	cm_document_add_int(builder, "subject", inbound->booking);
	cm_document_begin_object(builder, "invited");
	cm_document_add_string(builder, "kind",
			       inbound->recipient_kind == CM_NOTICE_TO_ACCOUNT
				   ? "account"
				   : cm_resource_to_string(inbound->recipient_kind));
	cm_document_add_int(builder, "number", inbound->recipient);
	json_builder_end_object(builder);
}

/* what the calendar part says, of the first event */
static void
add_says(JsonBuilder *builder, const CmInboundMail *mail)
{
	const CmInboundEvent *event =
	    mail->events->len > 0 ? g_ptr_array_index(mail->events, 0) : NULL;
	const CmInboundAttendee *attendee = event != NULL && event->attendees->len > 0
						? g_ptr_array_index(event->attendees, 0)
						: NULL;

	if (mail->method != NULL)
		cm_document_add_string(builder, "method", mail->method);
	if (attendee != NULL) {
		cm_document_add_string(builder, "attendee", attendee->address);
		cm_document_add_string(builder, "partstat", attendee->partstat);
	}
}

static void
add_facts(JsonBuilder *builder, const CmStoreInbound *inbound)
{
	cm_document_add_int(builder, "number", inbound->number);
	cm_document_add_int(builder, "version", inbound->version);
	cm_document_add_string(builder, "mailbox", inbound->mailbox);
	cm_document_add_int(builder, "received_at", inbound->received_at);
	cm_document_add_string(builder, "kind", inbound->kind);
	cm_document_add_string(builder, "state", inbound->state);
	cm_document_add_string(builder, "reason", inbound->reason);
	cm_document_add_string(builder, "from", inbound->mail->from);
	cm_document_add_string(builder, "title", inbound->mail->subject);
	cm_document_add_int(builder, "letter", inbound->letter);
	if (inbound->decided_by >= 0) {
		cm_document_add_int(builder, "decided_by", inbound->decided_by);
		cm_document_add_int(builder, "decided_at", inbound->decided_at);
	}
	add_recipient(builder, inbound);
	add_says(builder, inbound->mail);
}

static gboolean
add_zone(JsonBuilder *builder, CmStore *store, GError **error)
{
	g_autoptr(GTimeZone) zone = cm_store_consent_get_zone(store, error);

	if (zone == NULL)
		return FALSE;
	cm_document_add_string(builder, "zone", g_time_zone_get_identifier(zone));
	return TRUE;
}

gboolean
cm_inbox_document_add_list(JsonBuilder *builder,
			   CmStore *store,
			   const GPtrArray *list,
			   gint64 now,
			   GError **error)
{
	gint64 last = 0;

	if (!cm_store_inbox_get_last(store, &last, error))
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-inbox/1");
	if (!add_zone(builder, store, error))
		return FALSE;
	cm_document_add_int(builder, "last", last);
	cm_document_begin_array(builder, "mails");
	for (guint i = 0; i < list->len; i++) {
		const CmStoreInbound *inbound = g_ptr_array_index(list, i);

		json_builder_begin_object(builder);
		add_facts(builder, inbound);
		if (!add_booking(builder, store, inbound, now, error))
			return FALSE;
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

static void
add_texts(JsonBuilder *builder, const gchar *name, const GPtrArray *texts)
{
	cm_document_begin_array(builder, name);
	for (guint i = 0; i < texts->len; i++)
		json_builder_add_string_value(builder, g_ptr_array_index(texts, i));
	json_builder_end_array(builder);
}

static void
add_event(JsonBuilder *builder, const CmInboundEvent *event)
{
	cm_document_add_int(builder, "start", event->start);
	cm_document_add_int(builder, "end", event->end);
	cm_document_add_string(builder, "comment", event->comment);
}

gboolean
cm_inbox_document_add_one(JsonBuilder *builder,
			  CmStore *store,
			  const CmStoreInbound *inbound,
			  gint64 now,
			  GError **error)
{
	const CmInboundMail *mail = inbound->mail;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-inbox-mail/1");
	add_facts(builder, inbound);
	cm_document_add_string(builder, "text", mail->text);
	cm_document_add_string(builder, "automatic",
			       cm_inbound_mail_automatic_to_string(mail->automatic));
	cm_document_add_string(builder, "calendar_problem", mail->calendar_problem);
	add_texts(builder, "notes", mail->notes);
	if (mail->events->len > 0)
		add_event(builder, g_ptr_array_index(mail->events, 0));
	if (!add_zone(builder, store, error) || !add_booking(builder, store, inbound, now, error))
		return FALSE;
	json_builder_end_object(builder);
	return TRUE;
}
