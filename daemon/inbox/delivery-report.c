// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/delivery-report.h"

#include "daemon/inbox/inbound-text.h"

#include <string.h>

/* The fields of a block of header lines: GMime's, of a part that has nothing but them. Returns: (transfer full) */
static GMimeObject *
parse_fields(const gchar *text)
{
	g_autofree gchar *ended = g_strconcat(text, "\n\n", NULL);
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(ended, strlen(ended));
	g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);

	return g_mime_parser_construct_part(parser, NULL);
}

/* "rfc822; parent@famille.example" */
static gchar *
dup_recipient(GMimeObject *fields, const gchar *name)
{
	const gchar *value = g_mime_object_get_header(fields, name);
	const gchar *address = value != NULL ? strchr(value, ';') : NULL;

	return cm_inbound_text_dup_address(address != NULL ? address + 1 : value);
}

/* the first word, as comments may follow */
static gchar *
dup_first_word(GMimeObject *fields, const gchar *name)
{
	const gchar *value = g_mime_object_get_header(fields, name);
	g_autofree gchar *bare = value != NULL ? g_strchug(g_strdup(value)) : NULL;

	if (bare != NULL)
		bare[strcspn(bare, " \t\r\n(;")] = '\0';
	return cm_inbound_text_dup_word(bare);
}

/* one block: that of the whole mail has no action */
static void
read_block(CmInboundMail *mail, const gchar *text)
{
	GMimeObject *fields = parse_fields(text);
	g_autofree gchar *action = fields != NULL ? dup_first_word(fields, "Action") : NULL;
	CmInboundReport *report = NULL;

	if (action != NULL && mail->reports->len < CM_INBOUND_REPORTS_MAX) {
		report = cm_inbound_mail_add_report(mail);
		report->action = g_ascii_strdown(action, -1);
		report->status = dup_first_word(fields, "Status");
		report->final_recipient = dup_recipient(fields, "Final-Recipient");
		report->original_recipient = dup_recipient(fields, "Original-Recipient");
	}
	g_clear_object(&fields);
}

/* blocks stand apart by empty lines */
static void
read_blocks(CmInboundMail *mail, GMimePart *part)
{
	gboolean cut = FALSE;
	g_autofree gchar *text = cm_mail_parts_decode_text(part, CM_DELIVERY_REPORT_MAX, &cut);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) block = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL && mail->reports->len < CM_INBOUND_REPORTS_MAX; i++) {
		g_strchomp(lines[i]);
		if (lines[i][0] != '\0') {
			g_string_append(block, lines[i]);
			g_string_append_c(block, '\n');
		}
		if (block->len > 0 && (lines[i][0] == '\0' || lines[i + 1] == NULL)) {
			read_block(mail, block->str);
			g_string_truncate(block, 0);
		}
	}
}

void
cm_delivery_report_read(CmInboundMail *mail, const CmMailParts *parts)
{
	GMimeObject *fields = NULL;
	gboolean cut = FALSE;

	mail->is_report = TRUE;
	read_blocks(mail, parts->report);
	if (parts->returned != NULL) {
		mail->reported_id = cm_inbound_text_dup_word(
		    g_mime_object_get_header(GMIME_OBJECT(parts->returned), "Message-Id"));
	} else if (parts->returned_header != NULL) {
		g_autofree gchar *text =
		    cm_mail_parts_decode_text(parts->returned_header, CM_DELIVERY_REPORT_MAX, &cut);

		fields = parse_fields(text);
		if (fields != NULL)
			mail->reported_id = cm_inbound_text_dup_word(
			    g_mime_object_get_header(fields, "Message-Id"));
		g_clear_object(&fields);
	}
}
