// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-html.h"

#include <libxml/xmlwriter.h>

#define BODY_STYLE                                                                                 \
	"margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,"             \
	"'Helvetica Neue',Arial,sans-serif;font-size:17px;line-height:1.5;overflow-wrap:anywhere"
#define PAGE_STYLE "max-width:36em;margin:0 auto"
#define TITLE_STYLE "margin:0 0 16px;font-size:1.4em;line-height:1.25"
#define HEADING_STYLE "margin:24px 0 8px;font-size:1.1em;line-height:1.3"
#define PARAGRAPH_STYLE "margin:0 0 16px"
#define LIST_STYLE "margin:0 0 16px;padding-left:1.4em"
#define POINT_STYLE "margin:0 0 8px"
#define TABLE_STYLE "width:100%;margin:0 0 20px;border-collapse:collapse"
/* the grey is seen on white and on black */
#define LABEL_STYLE                                                                                \
	"padding:8px 12px 8px 0;border-bottom:1px solid #767676;text-align:left;"                  \
	"vertical-align:top;white-space:nowrap"
#define VALUE_STYLE "width:100%;padding:8px 0;border-bottom:1px solid #767676;vertical-align:top"
#define ENTRY_STYLE "margin:0 0 8px;padding:0 0 8px;border-bottom:1px solid #767676"
#define BUTTON_STYLE                                                                               \
	"display:inline-block;padding:12px 20px;border:1px solid #ffffff;border-radius:6px;"       \
	"background-color:#0b5cad;color:#ffffff;font-weight:bold;text-decoration:none"
#define ADDRESS_STYLE "margin:0 0 20px;font-size:0.85em;word-break:break-all"
#define FINE_STYLE "margin:0 0 8px;font-size:0.85em"

/* The writer fails when there is no memory, which GLib's own calls do not survive either: its results are not looked at. */

static void
start(xmlTextWriterPtr writer, const gchar *name, const gchar *style)
{
	xmlTextWriterStartElement(writer, BAD_CAST name);
	if (style != NULL)
		xmlTextWriterWriteAttribute(writer, BAD_CAST "style", BAD_CAST style);
}

static void
end(xmlTextWriterPtr writer)
{
	/* never <td/>, which is none of HTML's */
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
}

static void
write_element(xmlTextWriterPtr writer, const gchar *name, const gchar *style, const gchar *text)
{
	start(writer, name, style);
	xmlTextWriterWriteString(writer, BAD_CAST text);
	end(writer);
}

static void
write_meta(xmlTextWriterPtr writer, const gchar *name, const gchar *content)
{
	xmlTextWriterStartElement(writer, BAD_CAST "meta");
	xmlTextWriterWriteAttribute(writer, BAD_CAST "name", BAD_CAST name);
	xmlTextWriterWriteAttribute(writer, BAD_CAST "content", BAD_CAST content);
	xmlTextWriterEndElement(writer);
}

static void
write_head(xmlTextWriterPtr writer, const CmLetterContent *content)
{
	xmlTextWriterStartElement(writer, BAD_CAST "head");
	xmlTextWriterStartElement(writer, BAD_CAST "meta");
	xmlTextWriterWriteAttribute(writer, BAD_CAST "charset", BAD_CAST "utf-8");
	xmlTextWriterEndElement(writer);
	write_meta(writer, "viewport", "width=device-width, initial-scale=1");
	write_meta(writer, "color-scheme", "light dark");
	write_meta(writer, "supported-color-schemes", "light dark");
	write_element(writer, "title", NULL, content->subject != NULL ? content->subject : "");
	end(writer);
}

static void
write_link(xmlTextWriterPtr writer, const gchar *style, const gchar *url, const gchar *text)
{
	start(writer, "a", style);
	xmlTextWriterWriteAttribute(writer, BAD_CAST "href", BAD_CAST url);
	xmlTextWriterWriteString(writer, BAD_CAST text);
	xmlTextWriterFullEndElement(writer);
}

static void
write_button(xmlTextWriterPtr writer, const CmLetterBlock *block)
{
	start(writer, "p", POINT_STYLE);
	write_link(writer, BUTTON_STYLE, block->url, block->text);
	end(writer);
	/* for who has a program that does not show buttons, or wants to see where it leads */
	start(writer, "p", ADDRESS_STYLE);
	write_link(writer, NULL, block->url, block->url);
	end(writer);
}

static void
write_rows(xmlTextWriterPtr writer, const CmLetterBlock *block)
{
	start(writer, "table", TABLE_STYLE);
	for (guint i = 0; i < block->rows->len; i++) {
		const CmLetterRow *row = g_ptr_array_index(block->rows, i);

		start(writer, "tr", NULL);
		start(writer, "th", LABEL_STYLE);
		xmlTextWriterWriteAttribute(writer, BAD_CAST "scope", BAD_CAST "row");
		xmlTextWriterWriteString(writer, BAD_CAST row->label);
		end(writer);
		write_element(writer, "td", VALUE_STYLE, row->text);
		end(writer);
	}
	end(writer);
}

static void
write_lead(xmlTextWriterPtr writer, const CmLetterRow *row)
{
	xmlTextWriterWriteElement(writer, BAD_CAST "br", NULL);
	xmlTextWriterWriteString(writer, BAD_CAST row->lead);
	xmlTextWriterWriteString(writer, BAD_CAST " ");
	write_link(writer, NULL, row->url, row->url);
}

static void
write_entries(xmlTextWriterPtr writer, const CmLetterBlock *block)
{
	for (guint i = 0; i < block->rows->len; i++) {
		const CmLetterRow *row = g_ptr_array_index(block->rows, i);

		start(writer, "p", ENTRY_STYLE);
		xmlTextWriterWriteElement(writer, BAD_CAST "strong", BAD_CAST row->label);
		xmlTextWriterWriteElement(writer, BAD_CAST "br", NULL);
		xmlTextWriterWriteString(writer, BAD_CAST row->text);
		if (row->url != NULL)
			write_lead(writer, row);
		end(writer);
	}
}

static void
write_list(xmlTextWriterPtr writer, const CmLetterBlock *block)
{
	start(writer, "ul", LIST_STYLE);
	for (guint i = 0; i < block->rows->len; i++) {
		const CmLetterRow *row = g_ptr_array_index(block->rows, i);

		write_element(writer, "li", POINT_STYLE, row->text);
	}
	end(writer);
}

static void
write_block(xmlTextWriterPtr writer, const CmLetterBlock *block)
{
	switch (block->kind) {
	case CM_LETTER_BLOCK_TITLE:
		write_element(writer, "h1", TITLE_STYLE, block->text);
		break;
	case CM_LETTER_BLOCK_HEADING:
		write_element(writer, "h2", HEADING_STYLE, block->text);
		break;
	case CM_LETTER_BLOCK_ROWS:
		write_rows(writer, block);
		break;
	case CM_LETTER_BLOCK_ENTRIES:
		write_entries(writer, block);
		break;
	case CM_LETTER_BLOCK_LIST:
		write_list(writer, block);
		break;
	case CM_LETTER_BLOCK_BUTTON:
		write_button(writer, block);
		break;
	case CM_LETTER_BLOCK_FINE:
		write_element(writer, "p", FINE_STYLE, block->text);
		break;
	case CM_LETTER_BLOCK_PARAGRAPH:
	default:
		write_element(writer, "p", PARAGRAPH_STYLE, block->text);
		break;
	}
}

static void
write_document(xmlTextWriterPtr writer, const CmLetterContent *content)
{
	xmlTextWriterStartDTD(writer, BAD_CAST "html", NULL, NULL);
	xmlTextWriterEndDTD(writer);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
	start(writer, "html", "color-scheme:light dark");
	xmlTextWriterWriteAttribute(writer, BAD_CAST "lang", BAD_CAST content->language);
	write_head(writer, content);
	start(writer, "body", BODY_STYLE);
	start(writer, "div", PAGE_STYLE);
	/* some programs keep the body's content only */
	xmlTextWriterWriteAttribute(writer, BAD_CAST "lang", BAD_CAST content->language);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
	for (guint i = 0; i < content->blocks->len; i++)
		write_block(writer, g_ptr_array_index(content->blocks, i));
	end(writer);
	end(writer);
	end(writer);
}

gchar *
cm_letter_html_format(const CmLetterContent *content)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlTextWriterPtr writer = xmlNewTextWriterMemory(buffer, 0);
	gchar *html;

	write_document(writer, content);
	/* before the buffer is read: it holds back what is not written yet */
	xmlFreeTextWriter(writer);
	html = g_strdup((const gchar *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	return html;
}
