// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-mail.h"

#include "daemon/letter/letter-html.h"
#include "daemon/letter/letter-phrase.h"
#include "daemon/letter/letter-text.h"
#include "daemon/mime/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#define CHARSET "utf-8"

/* ---- parts */

static GMimePart *
make_part(const gchar *type,
	  const gchar *subtype,
	  GMimeContentEncoding encoding,
	  const gchar *octets)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(octets, strlen(octets));
	GMimeDataWrapper *wrapper =
	    g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, wrapper);
	g_mime_part_set_content_encoding(part, encoding);
	g_object_unref(wrapper);
	g_object_unref(stream);
	return part;
}

static void
set_parameter(GMimePart *part, const gchar *name, const gchar *value)
{
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), name, value);
}

/* the multipart takes a reference of its own */
static void
add_part(GMimeMultipart *multipart, gpointer part)
{
	g_mime_multipart_add(multipart, GMIME_OBJECT(part));
	g_object_unref(part);
}

/* Derived from what nobody but us names a message by. It has an "=_", which neither quoted-printable nor base64 can hold. */
static GMimeMultipart *
make_multipart(const CmLetter *letter, const gchar *subtype)
{
	GMimeMultipart *multipart = g_mime_multipart_new_with_subtype(subtype);
	g_autofree gchar *seed = g_strconcat(subtype, " ", letter->message_id, NULL);
	g_autofree gchar *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
	g_autofree gchar *boundary = g_strdup_printf("=_%.32s", hash);

	g_mime_multipart_set_boundary(multipart, boundary);
	return multipart;
}

static GMimePart *
make_calendar_part(const gchar *method, const gchar *calendar)
{
	GMimePart *part = make_part("text", "calendar", GMIME_CONTENT_ENCODING_BASE64, calendar);

	set_parameter(part, "method", method);
	set_parameter(part, "charset", "UTF-8");
	set_parameter(part, "component", "VEVENT");
	return part;
}

static GMimePart *
make_file(const gchar *method, const gchar *calendar)
{
	gboolean keep = g_str_equal(method, "PUBLISH");
	const gchar *name = keep ? "calendar.ics" : "invite.ics";
	GMimePart *part;

	if (keep)
		part = make_calendar_part(method, calendar);
	else
		part = make_part("application", "ics", GMIME_CONTENT_ENCODING_BASE64, calendar);
	set_parameter(part, "name", name);
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	g_mime_object_set_content_disposition_parameter(GMIME_OBJECT(part), "filename", name);
	return part;
}

static GMimeObject *
make_body(const CmLetter *letter,
	  const CmLetterContent *content,
	  const gchar *method,
	  const gchar *calendar)
{
	GMimeMultipart *alternative = make_multipart(letter, "alternative");
	GMimeMultipart *mixed;
	g_autofree gchar *text = cm_letter_text_format(content);
	g_autofree gchar *html = cm_letter_html_format(content);
	GMimePart *plain = make_part("text", "plain", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, text);
	GMimePart *rich = make_part("text", "html", GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, html);

	set_parameter(plain, "charset", CHARSET);
	set_parameter(plain, "format", "flowed");
	set_parameter(rich, "charset", CHARSET);
	add_part(alternative, plain);
	add_part(alternative, rich);
	if (calendar == NULL)
		return GMIME_OBJECT(alternative);
	if (!g_str_equal(method, "PUBLISH"))
		add_part(alternative, make_calendar_part(method, calendar));
	mixed = make_multipart(letter, "mixed");
	add_part(mixed, alternative);
	add_part(mixed, make_file(method, calendar));
	return GMIME_OBJECT(mixed);
}

/* ---- headers */

/* A name that could be read as an address of its own is none: some programs show it alone. */
static gchar *
clean_name(const gchar *name)
{
	g_autofree gchar *clean = name != NULL ? cm_words_clean(name) : NULL;

	if (clean == NULL || *clean == '\0' || strchr(clean, '@') != NULL)
		return NULL;
	return g_steal_pointer(&clean);
}

static void
set_mailbox(GMimeMessage *message, GMimeAddressType type, const gchar *name, const gchar *address)
{
	g_autofree gchar *clean = clean_name(name);
	InternetAddressList *list = g_mime_message_get_addresses(message, type);
	InternetAddress *mailbox = internet_address_mailbox_new(clean, address);

	internet_address_set_charset(mailbox, CHARSET);
	internet_address_list_add(list, mailbox);
	g_object_unref(mailbox);
}

static void
set_header(GMimeMessage *message, const gchar *name, const gchar *value)
{
	g_mime_object_set_header(GMIME_OBJECT(message), name, value, CHARSET);
}

/* who answers by mail answers the one invitation that the letter is about */
static const gchar *
get_reply_to(const CmLetter *letter)
{
	const CmLetterItem *item;

	if (letter->reply_to != NULL)
		return letter->reply_to;
	if (letter->items->len != 1)
		return letter->from_address;
	item = g_ptr_array_index(letter->items, 0);
	return item->organizer_address != NULL ? item->organizer_address : letter->from_address;
}

static void
set_headers(GMimeMessage *message,
	    const CmLetter *letter,
	    const gchar *link,
	    const CmLetterContent *content)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(letter->made_at);
	gboolean bulk = letter->kind == CM_LETTER_DIGEST || letter->kind == CM_LETTER_REMINDER;

	set_mailbox(message, GMIME_ADDRESS_TYPE_FROM,
		    letter->from_name != NULL ? letter->from_name : letter->organisation,
		    letter->from_address);
	set_mailbox(message, GMIME_ADDRESS_TYPE_TO, cm_letter_phrase_get_name(letter),
		    letter->address);
	set_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, NULL, get_reply_to(letter));
	g_mime_message_set_subject(message, content->subject != NULL ? content->subject : "",
				   CHARSET);
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, letter->message_id);
	set_header(message, "Content-Language", content->language);
	set_header(message, "Auto-Submitted", "auto-generated");
	set_header(message, "X-Auto-Response-Suppress", "OOF, AutoReply");
	if (bulk && link != NULL) {
		g_autofree gchar *where = g_strdup_printf("<%s>", link);

		set_header(message, "List-Unsubscribe", where);
	}
}

static GBytes *
to_bytes(GMimeMessage *message)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeFormatOptions *options = g_mime_format_options_new();
	GByteArray *octets;
	GBytes *bytes;

	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
	g_mime_format_options_free(options);
	octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	bytes = g_bytes_new(octets->data, octets->len);
	g_object_unref(stream);
	return bytes;
}

GBytes *
cm_letter_mail_write(const CmLetter *letter,
		     const gchar *link,
		     const CmLetterContent *content,
		     const gchar *method,
		     const gchar *calendar)
{
	GMimeMessage *message;
	GMimeObject *body;
	GBytes *bytes;

	cm_mime_begin();
	message = g_mime_message_new(FALSE);
	set_headers(message, letter, link, content);
	body = make_body(letter, content, method, calendar);
	g_mime_message_set_mime_part(message, body);
	bytes = to_bytes(message);
	g_object_unref(body);
	g_object_unref(message);
	return bytes;
}
