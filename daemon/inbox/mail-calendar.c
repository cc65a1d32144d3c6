// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/mail-calendar.h"

#include "daemon/calendar/itip-reader.h"
#include "daemon/inbox/inbound-text.h"
#include "daemon/inbox/mail-reader.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

/* what we send is one event each: of a series from elsewhere no more is looked at than of its first years */
#define HORIZON_SECONDS (800 * G_GINT64_CONSTANT(86400))

/* ---- from the reader's values to the mail's */

static gint64
get_instant(gint64 instant)
{
	return instant != CM_ITIP_NONE && instant > 0 ? instant : 0;
}

static void
take_attendees(CmInboundEvent *event, const CmItipEvent *read)
{
	for (guint i = 0; i < read->attendees->len; i++) {
		const CmItipPerson *person = g_ptr_array_index(read->attendees, i);
		g_autofree gchar *address = cm_inbound_text_dup_address(person->address);
		CmInboundAttendee *attendee = NULL;

		if (address == NULL || event->attendees->len >= CM_INBOUND_ATTENDEES_MAX)
			continue;
		attendee = cm_inbound_mail_add_attendee(event);
		attendee->address = g_steal_pointer(&address);
		attendee->partstat =
		    g_strdup(person->partstat != NULL ? person->partstat : "NEEDS-ACTION");
		attendee->sent_by = cm_inbound_text_dup_address(person->sent_by);
	}
}

static void
take_event(CmInboundMail *mail, const CmItipEvent *read)
{
	CmInboundEvent *event = cm_inbound_mail_add_event(mail);

	event->uid = cm_inbound_text_dup_word(read->uid);
	if (read->recurrence_id != CM_ITIP_NONE)
		event->recurrence_id = g_strdup_printf("%" G_GINT64_FORMAT, read->recurrence_id);
	event->sequence = read->sequence;
	event->stamp = get_instant(read->stamp);
	event->start = get_instant(read->start);
	event->end = get_instant(read->end);
	event->all_day = read->all_day;
	if (read->organizer != NULL)
		event->organizer = cm_inbound_text_dup_address(read->organizer->address);
	event->comment =
	    cm_inbound_text_clean(read->comment, CM_INBOUND_TEXT_LINES, CM_INBOUND_COMMENT_MAX);
	event->problem = g_strdup(read->problem);
	take_attendees(event, read);
}

static void
take_itip(CmInboundMail *mail, const CmItip *itip)
{
	mail->method = g_strdup(cm_invitation_method_to_string(itip->method));
	for (guint i = 0; i < itip->events->len && i < CM_INBOUND_EVENTS_MAX; i++)
		take_event(mail, g_ptr_array_index(itip->events, i));
}

/* ---- two that ought to be the same */

static const CmItipPerson *
get_first_attendee(const CmItipEvent *event)
{
	return event->attendees->len > 0 ? g_ptr_array_index(event->attendees, 0) : NULL;
}

static gboolean
say_the_same(const CmItip *one, const CmItip *other)
{
	const CmItipEvent *first = g_ptr_array_index(one->events, 0);
	const CmItipEvent *second = g_ptr_array_index(other->events, 0);
	const CmItipPerson *person = get_first_attendee(first);
	const CmItipPerson *another = get_first_attendee(second);

	return one->method == other->method && one->events->len == other->events->len &&
	       g_strcmp0(first->uid, second->uid) == 0 && first->sequence == second->sequence &&
	       first->start == second->start && (person == NULL) == (another == NULL) &&
	       (person == NULL || (g_strcmp0(person->address, another->address) == 0 &&
				   g_strcmp0(person->partstat, another->partstat) == 0));
}

/* ---- reading */

static CmItip *
read_part(GMimePart *part, GError **error)
{
	g_autoptr(GTimeZone) here = g_time_zone_new_local();
	g_autoptr(GByteArray) content = NULL;
	const gchar *charset =
	    g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	const gchar *method =
	    g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "method");
	g_autofree gchar *text = NULL;
	gint64 horizon = g_get_real_time() / G_USEC_PER_SEC + HORIZON_SECONDS;
	gboolean cut = FALSE;

	content = cm_mail_parts_decode(part, CM_MAIL_READER_CALENDAR_MAX, &cut);
	if ((charset != NULL && g_ascii_strcasecmp(charset, "utf-8") != 0) ||
	    cm_mail_parts_is_utf_16(content))
		text = cm_mail_parts_decode_text(part, CM_MAIL_READER_CALENDAR_MAX, &cut);
	else
		/* of an empty one there is no data at all */
		text =
		    g_strndup(content->len > 0 ? (const gchar *)content->data : "", content->len);
	if (cut) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The calendar part is too long."),
			     NULL);
		return NULL;
	}
	return cm_itip_reader_read(text, strlen(text), method, here, horizon, error);
}

void
cm_mail_calendar_read(CmInboundMail *mail, const CmMailParts *parts)
{
	g_autoptr(CmItip) taken = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < parts->calendars->len; i++) {
		g_autoptr(GError) local = NULL;
		g_autoptr(CmItip) itip = read_part(g_ptr_array_index(parts->calendars, i), &local);

		if (itip == NULL && error == NULL)
			error = g_steal_pointer(&local);
		else if (itip != NULL && taken == NULL)
			taken = g_steal_pointer(&itip);
		else if (itip != NULL && !say_the_same(taken, itip) &&
			 mail->calendar_problem == NULL)
			mail->calendar_problem = cm_message_new(
			    N_("The mail holds two calendar messages that differ."), NULL);
	}
	if (taken != NULL)
		take_itip(mail, taken);
	else if (error != NULL)
		mail->calendar_problem = g_strdup(error->message);
}
