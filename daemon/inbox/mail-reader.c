// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/mail-reader.h"

#include "daemon/inbox/gmime-cleanup.h"
#include "daemon/inbox/inbound-document.h"
#include "daemon/inbox/inbound-text.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- the envelope */

static const gchar *
get_header(GMimeMessage *message, const gchar *name)
{
	return g_mime_object_get_header(GMIME_OBJECT(message), name);
}

/* the first mailbox of a list, groups looked into */
static gchar *
dup_first_address(InternetAddressList *list)
{
	for (gint i = 0; list != NULL && i < internet_address_list_length(list); i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(address))
			return cm_inbound_text_dup_address(
			    internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
	}
	return NULL;
}

static void
add_recipient(CmInboundMail *mail, const gchar *text)
{
	g_autofree gchar *address = cm_inbound_text_dup_address(text);

	if (address == NULL || strchr(address, '+') == NULL ||
	    mail->recipients->len >= CM_INBOUND_ADDRESSES_MAX ||
	    g_ptr_array_find_with_equal_func(mail->recipients, address, g_str_equal, NULL))
		return;
	g_ptr_array_add(mail->recipients, g_steal_pointer(&address));
}

static void
add_recipients(CmInboundMail *mail, const gchar *value)
{
	g_autoptr(InternetAddressList) list = internet_address_list_parse(NULL, value);

	for (gint i = 0; list != NULL && i < internet_address_list_length(list); i++) {
		InternetAddress *address = internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_MAILBOX(address))
			add_recipient(mail, internet_address_mailbox_get_addr(
						INTERNET_ADDRESS_MAILBOX(address)));
	}
}

static void
add_references(CmInboundMail *mail, const gchar *value, gboolean nearest_last)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t\r\n", -1);
	guint count = g_strv_length(words);

	for (guint i = 0; i < count && mail->references->len < CM_INBOUND_REFERENCES_MAX; i++) {
		const gchar *text = words[nearest_last ? count - 1 - i : i];
		g_autofree gchar *word = text[0] == '<' ? cm_inbound_text_dup_word(text) : NULL;

		if (word != NULL &&
		    !g_ptr_array_find_with_equal_func(mail->references, word, g_str_equal, NULL))
			g_ptr_array_add(mail->references, g_steal_pointer(&word));
	}
}

static void
read_header(CmInboundMail *mail, const gchar *name, const gchar *value)
{
	static const gchar *const recipients[] = {
	    "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", NULL};

	for (guint i = 0; recipients[i] != NULL; i++)
		if (g_ascii_strcasecmp(name, recipients[i]) == 0)
			add_recipients(mail, value);
	if (g_ascii_strcasecmp(name, "Received") == 0)
		mail->received++;
	if (g_ascii_strcasecmp(name, "Return-Path") == 0 && mail->return_path == NULL)
		mail->return_path =
		    strstr(value, "<>") != NULL ? g_strdup("") : cm_inbound_text_dup_address(value);
}

static void
read_envelope(CmInboundMail *mail, GMimeMessage *message)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
	GDateTime *date = g_mime_message_get_date(message);

	for (gint i = 0; i < g_mime_header_list_get_count(headers); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const gchar *value = g_mime_header_get_value(header);

		read_header(mail, g_mime_header_get_name(header), value != NULL ? value : "");
	}
	mail->from = dup_first_address(g_mime_message_get_from(message));
	mail->subject = cm_inbound_text_clean(g_mime_message_get_subject(message),
					      CM_INBOUND_TEXT_LINE, CM_INBOUND_SUBJECT_MAX);
	mail->message_id = cm_inbound_text_dup_word(get_header(message, "Message-Id"));
	mail->date = date != NULL ? MAX(g_date_time_to_unix(date), 0) : 0;
	if (get_header(message, "In-Reply-To") != NULL)
		add_references(mail, get_header(message, "In-Reply-To"), FALSE);
	if (get_header(message, "References") != NULL)
		add_references(mail, get_header(message, "References"), TRUE);
}

/* ---- a mail */

static GMimeMessage *
parse(GBytes *octets)
{
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new();
	g_autoptr(GMimeParser) parser = NULL;
	gsize length = 0;
	const gchar *data = g_bytes_get_data(octets, &length);

	(void)g_mime_stream_write(stream, data, length);
	(void)g_mime_stream_reset(stream);
	parser = g_mime_parser_new_with_stream(stream);
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

static CmInboundMail *
read_octets(GBytes *octets)
{
	g_autoptr(CmInboundMail) mail = cm_inbound_mail_new();
	g_autoptr(GMimeMessage) message = NULL;
	g_autofree gchar *unread = NULL;

	mail->size = (gint64)g_bytes_get_size(octets);
	if (mail->size > CM_MAIL_READER_SIZE_MAX)
		return refuse_size(mail->size);
	message = parse(octets);
	if (message == NULL) {
		unread = cm_message_new(N_("It is no mail: it has no header."), NULL);
		return cm_inbound_mail_new_refused(mail->size, unread);
	}
	read_envelope(mail, message);
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
	g_autoptr(CmInboundMail) mail = refuse_size(size);

	return cm_inbound_document_write(mail);
}
