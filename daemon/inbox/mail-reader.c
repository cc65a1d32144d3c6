// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/mail-reader.h"

#include "daemon/inbox/delivery-report.h"
#include "daemon/inbox/gmime-cleanup.h"
#include "daemon/inbox/inbound-document.h"
#include "daemon/inbox/inbound-text.h"
#include "daemon/inbox/mail-calendar.h"
#include "daemon/inbox/mail-envelope.h"
#include "daemon/inbox/mail-parts.h"
#include "daemon/inbox/mail-screen.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* ---- a mail */

static GMimeMessage *
parse(const gchar *data, gsize length)
{
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(data, length);
	g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);

	return g_mime_parser_construct_message(parser, NULL);
}

static CmInboundMail *
refuse_size(gint64 size)
{
	g_autofree gchar *most = g_strdup_printf("%d", CM_MAIL_READER_SIZE_MAX / (1024 * 1024));
	g_autofree gchar *message =
	    cm_message_new(N_("The mail is longer than {0} MB."), most, NULL);

	return cm_inbound_mail_new_refused(size, message);
}

/* what a person wrote */
static void
read_text(CmInboundMail *mail, const CmMailParts *parts)
{
	gboolean cut = FALSE;
	g_autofree gchar *text = NULL;

	if (parts->text == NULL)
		return;
	text = cm_mail_parts_decode_text(parts->text, CM_INBOUND_TEXT_MAX, &cut);
	mail->text = cm_inbound_text_clean(text, CM_INBOUND_TEXT_LINES, CM_INBOUND_TEXT_MAX);
}

static void
add_notes(CmInboundMail *mail, const CmMailParts *parts)
{
	if (parts->has_tnef)
		cm_inbound_mail_take_note(
		    mail,
		    cm_message_new(N_("It has a part in Outlook's own form (winmail.dat), which "
				      "is not read."),
				   NULL));
	if (parts->has_encrypted)
		cm_inbound_mail_take_note(
		    mail, cm_message_new(N_("It is encrypted, and can't be read."), NULL));
	if (parts->has_opaque)
		cm_inbound_mail_take_note(
		    mail, cm_message_new(N_("It is signed in such a way (smime.p7m) that it is not "
					    "read."),
					 NULL));
	if (parts->has_web_page && mail->text == NULL)
		cm_inbound_mail_take_note(
		    mail, cm_message_new(N_("Its text is a web page, which is not shown."), NULL));
}

static void
read_parts(CmInboundMail *mail, GMimeMessage *message)
{
	g_autoptr(CmMailParts) parts = cm_mail_parts_find(message, &mail->refused);

	if (mail->refused != NULL)
		return;
	read_text(mail, parts);
	add_notes(mail, parts);
	cm_mail_calendar_read(mail, parts);
	if (parts->is_report)
		cm_delivery_report_read(mail, parts);
	else if (parts->is_read_receipt && mail->automatic == CM_INBOUND_BY_A_PERSON)
		mail->automatic = CM_INBOUND_AUTO_REPLIED;
}

static CmInboundMail *
read_octets(GBytes *octets)
{
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	g_autoptr(GMimeMessage) message = NULL;
	gsize length = 0;
	const gchar *data = g_bytes_get_data(octets, &length);

	if (length > CM_MAIL_READER_SIZE_MAX)
		return refuse_size((gint64)length);
	mail->size = (gint64)length;
	mail->refused = cm_mail_screen_find_fault(data, length);
	if (mail->refused != NULL)
		return g_steal_pointer(&mail);
	message = length > 0 ? parse(data, length) : NULL;
	if (message == NULL) {
		mail->refused = cm_message_new(N_("It is no mail: it has no header."), NULL);
		return g_steal_pointer(&mail);
	}
	cm_mail_envelope_read(mail, message);
	read_parts(mail, message);
	return g_steal_pointer(&mail);
}

CmInboundMail *
cm_mail_reader_read(GBytes *octets)
{
	static gsize ready = 0;
	g_autofree gchar *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, octets);
	CmInboundMail *mail = NULL;

	if (g_once_init_enter(&ready)) {
		g_mime_init();
		g_once_init_leave(&ready, 1);
	}
	mail = read_octets(octets);
	g_strlcpy(mail->sha256, sha256, sizeof mail->sha256);
	return mail;
}

GBytes *
cm_mail_reader_read_document(GBytes *octets)
{
	g_autoptr(CmInboundMail) mail = cm_mail_reader_read(octets);

	return cm_inbound_document_write(mail);
}

GBytes *
cm_mail_reader_refuse_document(gint64 size)
{
	g_autofree gchar *message = cm_message_new(
	    N_("It can't be fetched from the mailbox: open it there with a mail program."), NULL);
	g_autoptr(CmInboundMail) mail = size > CM_MAIL_READER_SIZE_MAX
					    ? refuse_size(size)
					    : cm_inbound_mail_new_refused(size, message);

	return cm_inbound_document_write(mail);
}
