// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/mail-parts.h"

#include "daemon/inbox/mail-reader.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define READ_SIZE 4096

/* the bytes of a text of `max` octets in the widest encoding, UTF-32 */
#define ENCODED_FACTOR 4
/* the octets of the longest letter */
#define UTF_8_MAX 4

/* ---- what a part is */

static gboolean
is_type(GMimeObject *object, const gchar *type, const gchar *subtype)
{
	GMimeContentType *content = g_mime_object_get_content_type(object);

	return content != NULL && g_mime_content_type_is_type(content, type, subtype);
}

static gboolean
is_attachment(GMimeObject *object)
{
	const gchar *disposition = g_mime_object_get_disposition(object);

	return disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;
}

static gboolean
has_suffix(const gchar *name, const gchar *suffix)
{
	gsize length = name != NULL ? strlen(name) : 0;

	return length >= strlen(suffix) &&
	       g_ascii_strcasecmp(name + length - strlen(suffix), suffix) == 0;
}

/* how likely it is the calendar message: 0 is none. Clients send application/ics beside text/calendar, and some only the former, or what
 * they know by its name alone */
static guint
rank_calendar(GMimePart *part)
{
	GMimeObject *object = GMIME_OBJECT(part);
	GMimeContentType *type = g_mime_object_get_content_type(object);

	if (is_type(object, "text", "calendar") || is_type(object, "text", "x-vcalendar"))
		return g_mime_content_type_get_parameter(type, "method") != NULL ? 4 : 3;
	if (is_type(object, "application", "ics") || is_type(object, "application", "calendar"))
		return 2;
	return has_suffix(g_mime_part_get_filename(part), ".ics") ? 1 : 0;
}

static gint
compare_calendars(gconstpointer one, gconstpointer other)
{
	guint first = rank_calendar(*(GMimePart *const *)one);
	guint second = rank_calendar(*(GMimePart *const *)other);

	return first > second ? -1 : first < second;
}

/* ---- finding */

/* RFC 8551 section 3.2.2: in one piece with its signature, not encrypted */
static gboolean
is_signed(GMimeObject *object)
{
	const gchar *type = g_mime_object_get_content_type_parameter(object, "smime-type");

	return type != NULL && g_ascii_strcasecmp(type, "signed-data") == 0;
}

static void
take_part(CmMailParts *parts, GMimePart *part)
{
	GMimeObject *object = GMIME_OBJECT(part);

	if (rank_calendar(part) > 0) {
		g_ptr_array_add(parts->calendars, part);
	} else if (is_type(object, "message", "delivery-status") ||
		   is_type(object, "message", "global-delivery-status")) {
		parts->report = parts->report != NULL ? parts->report : part;
	} else if (is_type(object, "message", "disposition-notification")) {
		parts->is_read_receipt = TRUE;
	} else if (is_type(object, "text", "rfc822-headers") ||
		   is_type(object, "message", "global-headers")) {
		parts->returned_header = part;
	} else if (is_type(object, "application", "ms-tnef") ||
		   has_suffix(g_mime_part_get_filename(part), "winmail.dat")) {
		parts->has_tnef = TRUE;
	} else if (is_type(object, "application", "pkcs7-mime") ||
		   is_type(object, "application", "x-pkcs7-mime") ||
		   is_type(object, "application", "pgp-encrypted")) {
		if (is_signed(object))
			parts->has_opaque = TRUE;
		else
			parts->has_encrypted = TRUE;
	} else if (is_type(object, "text", "html")) {
		parts->has_web_page = TRUE;
	} else if (is_type(object, "text", "plain") && parts->text == NULL &&
		   !is_attachment(object)) {
		parts->text = part;
	}
}

static const gchar *
find(CmMailParts *parts, GMimeObject *object, guint depth)
{
	const gchar *fault = NULL;

	parts->count++;
	if (depth > CM_MAIL_READER_DEPTH_MAX)
		return N_("The mail's parts stand too deep in one another.");
	if (parts->count > CM_MAIL_READER_PARTS_MAX)
		return N_("The mail has too many parts.");
	if (GMIME_IS_MULTIPART(object)) {
		GMimeMultipart *multipart = GMIME_MULTIPART(object);
		gint count = g_mime_multipart_get_count(multipart);

		for (gint i = 0; i < count && fault == NULL; i++)
			fault = find(parts, g_mime_multipart_get_part(multipart, i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		parts->returned = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
	} else if (GMIME_IS_PART(object)) {
		take_part(parts, GMIME_PART(object));
	}
	return fault;
}

CmMailParts *
cm_mail_parts_find(GMimeMessage *message, gchar **out_fault)
{
	CmMailParts *parts = g_new0(CmMailParts, 1);
	GMimeObject *root = g_mime_message_get_mime_part(message);
	const gchar *fault = NULL;

	parts->calendars = g_ptr_array_new();
	if (root != NULL)
		fault = find(parts, root, 1);
	if (fault != NULL)
		*out_fault = cm_message_new(fault, NULL);
	parts->is_report =
	    root != NULL && is_type(root, "multipart", "report") && parts->report != NULL;
	/* stable: equals stay in their order */
	g_ptr_array_sort(parts->calendars, compare_calendars);
	if (parts->calendars->len > CM_MAIL_READER_CALENDARS_MAX)
		g_ptr_array_set_size(parts->calendars, CM_MAIL_READER_CALENDARS_MAX);
	return parts;
}

void
cm_mail_parts_free(CmMailParts *parts)
{
	if (parts == NULL)
		return;
	g_ptr_array_unref(parts->calendars);
	g_free(parts);
}

/* ---- content */

GByteArray *
cm_mail_parts_decode(GMimePart *part, gsize max, gboolean *out_cut)
{
	g_autoptr(GByteArray) content = g_byte_array_new();
	GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
	g_autoptr(GMimeStream) stream = NULL;
	g_autoptr(GMimeFilter) filter = NULL;
	gssize count = 0;

	*out_cut = FALSE;
	if (wrapper == NULL)
		return g_steal_pointer(&content);
	stream = g_mime_stream_filter_new(g_mime_data_wrapper_get_stream(wrapper));
	filter = g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(wrapper), FALSE);
	(void)g_mime_stream_reset(stream);
	(void)g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
	do {
		gchar buffer[READ_SIZE];

		count = g_mime_stream_read(stream, buffer, sizeof buffer);
		if (count > 0)
			g_byte_array_append(content, (const guint8 *)buffer, (guint)count);
	} while (count > 0 && content->len <= max);
	*out_cut = content->len > max;
	g_byte_array_set_size(content, (guint)MIN(content->len, max));
	return g_steal_pointer(&content);
}

/* by its mark, whatever the part says of itself */
gboolean
cm_mail_parts_is_utf_16(const GByteArray *content)
{
	return content->len >= 2 && ((content->data[0] == 0xff && content->data[1] == 0xfe) ||
				     (content->data[0] == 0xfe && content->data[1] == 0xff));
}

/* a letter may have been cut in two */
static gboolean
is_utf_8(const GByteArray *content, gboolean cut)
{
	const gchar *end = NULL;

	return g_utf8_validate((const gchar *)content->data, (gssize)content->len, &end) ||
	       (cut && (const gchar *)content->data + content->len - end < UTF_8_MAX);
}

/* NULL: it is not in that character set, or that is not known */
static gchar *
convert(const GByteArray *content, const gchar *charset)
{
	gsize length = 0;
	g_autofree gchar *converted =
	    g_convert_with_fallback((const gchar *)content->data, (gssize)content->len, "UTF-8",
				    charset, "\xef\xbf\xbd", NULL, &length, NULL);

	return converted != NULL ? g_utf8_make_valid(converted, (gssize)length) : NULL;
}

gchar *
cm_mail_parts_decode_text(GMimePart *part, gsize max, gboolean *out_cut)
{
	g_autoptr(GByteArray) content = cm_mail_parts_decode(part, max * ENCODED_FACTOR, out_cut);
	const gchar *charset =
	    g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	gboolean utf_8 = charset != NULL && g_ascii_strcasecmp(charset, "utf-8") == 0;
	gchar *converted = NULL;

	if (content->len == 0)
		return g_strdup("");
	if (cm_mail_parts_is_utf_16(content))
		converted = convert(content, "UTF-16");
	else if (charset != NULL && !utf_8)
		converted = convert(content, charset);
	/* a character set that isn't known, or not what it says: as it stands, or as what it often is */
	if (converted == NULL && !utf_8 && !is_utf_8(content, *out_cut))
		converted = convert(content, "WINDOWS-1252");
	if (converted != NULL)
		return converted;
	return g_utf8_make_valid((const gchar *)content->data, (gssize)content->len);
}
