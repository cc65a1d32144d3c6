// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/mail-envelope.h"

#include "daemon/inbox/authentication-results.h"
#include "daemon/inbox/inbound-text.h"

#include <string.h>

/* ---- addresses and references */

/* the first mailbox of a list */
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

/* those with a "+" are kept: what stands behind it may be one of ours */
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

/* ---- who wrote it: a person or a machine */

/* RFC 3834 section 5: a keyword, perhaps with parameters or a comment behind it */
static CmInboundAutomatic
read_auto_submitted(const gchar *value)
{
	g_autofree gchar *word = g_strndup(value, strcspn(value, "; \t(\r\n"));

	if (g_ascii_strcasecmp(word, "no") == 0)
		return CM_INBOUND_BY_A_PERSON;
	return g_ascii_strncasecmp(word, "auto-replied", strlen("auto-replied")) == 0
		   ? CM_INBOUND_AUTO_REPLIED
		   : CM_INBOUND_AUTO_GENERATED;
}

static gboolean
is_one_of(const gchar *value, const gchar *const *words)
{
	g_autofree gchar *bare = g_strstrip(g_strdup(value));

	for (guint i = 0; words[i] != NULL; i++)
		if (g_ascii_strcasecmp(bare, words[i]) == 0)
			return TRUE;
	return FALSE;
}

/* what programs put there before RFC 3834, and Exchange today. X-Auto-Response-Suppress is none of it: people's mails have it too */
static gboolean
is_automatic_field(const gchar *name, const gchar *value)
{
	static const gchar *const names[] = {"X-Autoreply",
					     "X-Autorespond",
					     "X-Autoreply-From",
					     "X-Mail-Autoreply",
					     "X-FC-MachineGenerated",
					     "List-Id",
					     NULL};
	static const gchar *const precedences[] = {"bulk", "junk", "list", "auto_reply", NULL};
	static const gchar *const no[] = {"no", "false", "0", NULL};

	if (is_one_of(name, names))
		return !is_one_of(value, no);
	if (g_ascii_strcasecmp(name, "Precedence") == 0)
		return is_one_of(value, precedences);
	if (g_ascii_strcasecmp(name, "X-POST-MessageClass") == 0)
		return strstr(value, "Autoresponder") != NULL;
	/* of somebody who is away */
	if (g_ascii_strcasecmp(name, "X-MS-Exchange-Inbox-Rules-Loop") == 0)
		return TRUE;
	return g_ascii_strcasecmp(name, "Content-Class") == 0 &&
	       (strstr(value, ":dsn") != NULL || strstr(value, ":mdn") != NULL);
}

static gboolean
is_system(const gchar *address)
{
	return address != NULL && (g_str_has_prefix(address, "mailer-daemon@") ||
				   g_str_has_prefix(address, "postmaster@"));
}

/* Programs that put no mark say it in the subject, in front of ours. Only with the colon: without it somebody may write of their absence. */
static gboolean
is_automatic_subject(const gchar *subject)
{
	static const gchar *const beginnings[] = {"réponse automatique", "automatic reply",
						  "out of office autoreply", "autoreply", NULL};
	g_autofree gchar *small = g_utf8_strdown(subject, -1);

	for (guint i = 0; beginnings[i] != NULL; i++) {
		const gchar *rest = NULL;

		if (!g_str_has_prefix(small, beginnings[i]))
			continue;
		rest = small + strlen(beginnings[i]);
		while (g_unichar_isspace(g_utf8_get_char(rest)))
			rest = g_utf8_next_char(rest);
		return *rest == ':';
	}
	return FALSE;
}

/* ---- the fields, one by one */

static void
read_field(CmInboundMail *mail, const gchar *name, const gchar *value)
{
	static const gchar *const recipients[] = {
	    "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", NULL};

	if (is_one_of(name, recipients))
		add_recipients(mail, value);
	else if (g_ascii_strcasecmp(name, "Received") == 0)
		mail->received++;
	else if (g_ascii_strcasecmp(name, "Authentication-Results") == 0)
		(void)cm_authentication_results_read(mail, value, mail->received);
	else if (g_ascii_strcasecmp(name, "Return-Path") == 0 && mail->return_path == NULL)
		mail->return_path =
		    strstr(value, "<>") != NULL ? g_strdup("") : cm_inbound_text_dup_address(value);
	else if (g_ascii_strcasecmp(name, "Auto-Submitted") == 0)
		mail->automatic = read_auto_submitted(value);
	else if (mail->automatic == CM_INBOUND_BY_A_PERSON && is_automatic_field(name, value))
		mail->automatic = CM_INBOUND_AUTO_HEADER;
}

void
cm_mail_envelope_read(CmInboundMail *mail, GMimeMessage *message)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
	GDateTime *date = g_mime_message_get_date(message);
	const gchar *answered = g_mime_object_get_header(GMIME_OBJECT(message), "In-Reply-To");
	const gchar *references = g_mime_object_get_header(GMIME_OBJECT(message), "References");

	for (gint i = 0; i < g_mime_header_list_get_count(headers); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const gchar *value = g_mime_header_get_value(header);

		read_field(mail, g_mime_header_get_name(header), value != NULL ? value : "");
	}
	mail->from = dup_first_address(g_mime_message_get_from(message));
	if (mail->automatic == CM_INBOUND_BY_A_PERSON &&
	    (g_strcmp0(mail->return_path, "") == 0 || is_system(mail->from)))
		mail->automatic = CM_INBOUND_AUTO_NOBODY;
	mail->subject = cm_inbound_text_clean(g_mime_message_get_subject(message),
					      CM_INBOUND_TEXT_LINE, CM_INBOUND_SUBJECT_MAX);
	if (mail->automatic == CM_INBOUND_BY_A_PERSON && mail->subject != NULL &&
	    is_automatic_subject(mail->subject))
		mail->automatic = CM_INBOUND_AUTO_HEADER;
	mail->message_id =
	    cm_inbound_text_dup_word(g_mime_object_get_header(GMIME_OBJECT(message), "Message-Id"));
	mail->date = date != NULL ? MAX(g_date_time_to_unix(date), 0) : 0;
	if (answered != NULL)
		add_references(mail, answered, FALSE);
	if (references != NULL)
		add_references(mail, references, TRUE);
}
