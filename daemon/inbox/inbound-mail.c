// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/inbound-mail.h"

#include "daemon/inbox/inbound-text.h"

static const gchar *const automatic_names[CM_INBOUND_AUTOMATIC_LAST] = {
    [CM_INBOUND_BY_A_PERSON] = "",
    [CM_INBOUND_AUTO_REPLIED] = "auto-replied",
    [CM_INBOUND_AUTO_GENERATED] = "auto-generated",
    [CM_INBOUND_AUTO_HEADER] = "header",
    [CM_INBOUND_AUTO_NOBODY] = "nobody",
};

const gchar *
cm_inbound_mail_automatic_to_string(CmInboundAutomatic automatic)
{
	g_return_val_if_fail(automatic < CM_INBOUND_AUTOMATIC_LAST, "");
	return automatic_names[automatic];
}

gboolean
cm_inbound_mail_automatic_from_string(const gchar *text, CmInboundAutomatic *out_automatic)
{
	for (guint i = 0; i < CM_INBOUND_AUTOMATIC_LAST; i++) {
		if (g_str_equal(automatic_names[i], text)) {
			*out_automatic = (CmInboundAutomatic)i;
			return TRUE;
		}
	}
	return FALSE;
}

static void
result_free(gpointer data)
{
	CmInboundResult *result = data;

	g_free(result->method);
	g_free(result->result);
	g_free(result->domain);
	g_free(result);
}

static void
authentication_free(gpointer data)
{
	CmInboundAuthentication *authentication = data;

	g_free(authentication->server);
	g_ptr_array_unref(authentication->results);
	g_free(authentication);
}

static void
report_free(gpointer data)
{
	CmInboundReport *report = data;

	g_free(report->action);
	g_free(report->status);
	g_free(report->final_recipient);
	g_free(report->original_recipient);
	g_free(report);
}

static void
attendee_free(gpointer data)
{
	CmInboundAttendee *attendee = data;

	g_free(attendee->address);
	g_free(attendee->partstat);
	g_free(attendee->sent_by);
	g_free(attendee);
}

static void
event_free(gpointer data)
{
	CmInboundEvent *event = data;

	g_free(event->uid);
	g_free(event->recurrence_id);
	g_free(event->organizer);
	g_free(event->comment);
	g_free(event->problem);
	g_ptr_array_unref(event->attendees);
	g_free(event);
}

CmInboundMail *
cm_inbound_mail_new(void)
{
	CmInboundMail *mail = g_new0(CmInboundMail, 1);

	mail->notes = g_ptr_array_new_with_free_func(g_free);
	mail->references = g_ptr_array_new_with_free_func(g_free);
	mail->recipients = g_ptr_array_new_with_free_func(g_free);
	mail->authentications = g_ptr_array_new_with_free_func(authentication_free);
	mail->events = g_ptr_array_new_with_free_func(event_free);
	mail->reports = g_ptr_array_new_with_free_func(report_free);
	return mail;
}

CmInboundMail *
cm_inbound_mail_new_refused(gint64 size, const gchar *message)
{
	CmInboundMail *mail = cm_inbound_mail_new();

	mail->size = size;
	mail->refused = g_strdup(message);
	return mail;
}

void
cm_inbound_mail_free(CmInboundMail *mail)
{
	if (mail == NULL)
		return;
	g_free(mail->refused);
	g_ptr_array_unref(mail->notes);
	g_free(mail->message_id);
	g_free(mail->subject);
	g_free(mail->from);
	g_free(mail->return_path);
	g_ptr_array_unref(mail->references);
	g_ptr_array_unref(mail->recipients);
	g_ptr_array_unref(mail->authentications);
	g_free(mail->text);
	g_free(mail->method);
	g_free(mail->calendar_problem);
	g_ptr_array_unref(mail->events);
	g_free(mail->reported_id);
	g_ptr_array_unref(mail->reports);
	g_free(mail);
}

CmInboundEvent *
cm_inbound_mail_add_event(CmInboundMail *mail)
{
	CmInboundEvent *event = g_new0(CmInboundEvent, 1);

	event->sequence = -1;
	event->attendees = g_ptr_array_new_with_free_func(attendee_free);
	g_ptr_array_add(mail->events, event);
	return event;
}

CmInboundAttendee *
cm_inbound_mail_add_attendee(CmInboundEvent *event)
{
	CmInboundAttendee *attendee = g_new0(CmInboundAttendee, 1);

	g_ptr_array_add(event->attendees, attendee);
	return attendee;
}

CmInboundReport *
cm_inbound_mail_add_report(CmInboundMail *mail)
{
	CmInboundReport *report = g_new0(CmInboundReport, 1);

	g_ptr_array_add(mail->reports, report);
	return report;
}

CmInboundAuthentication *
cm_inbound_mail_add_authentication(CmInboundMail *mail)
{
	CmInboundAuthentication *authentication = g_new0(CmInboundAuthentication, 1);

	authentication->results = g_ptr_array_new_with_free_func(result_free);
	g_ptr_array_add(mail->authentications, authentication);
	return authentication;
}

CmInboundResult *
cm_inbound_mail_add_result(CmInboundAuthentication *authentication)
{
	CmInboundResult *result = g_new0(CmInboundResult, 1);

	g_ptr_array_add(authentication->results, result);
	return result;
}

void
cm_inbound_mail_take_note(CmInboundMail *mail, gchar *message)
{
	if (mail->notes->len < CM_INBOUND_NOTES_MAX)
		g_ptr_array_add(mail->notes, message);
	else
		g_free(message);
}
