// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/markup.h"

#include <libxml/entities.h>
#include <libxml/tree.h>
#include <libxml/xmlsave.h>
#include <string.h>

#define DOCTYPE "<!DOCTYPE html>\n"
/* most pages have less */
#define SIZE_USUAL 12288

struct _CmMarkup {
	GString *written;
	const gchar *open[CM_MARKUP_DEPTH_MAX];
	guint depth;
	gboolean in_tag; /* of the element that was begun last */
};

CmMarkup *
cm_markup_new(void)
{
	CmMarkup *markup = g_new0(CmMarkup, 1);

	markup->written = g_string_sized_new(SIZE_USUAL);
	g_string_append(markup->written, DOCTYPE);
	return markup;
}

void
cm_markup_free(CmMarkup *markup)
{
	if (markup == NULL)
		return;
	if (markup->written != NULL)
		g_string_free(markup->written, TRUE);
	g_free(markup);
}

GBytes *
cm_markup_finish(CmMarkup *markup)
{
	GBytes *bytes = g_string_free_to_bytes(g_steal_pointer(&markup->written));

	cm_markup_free(markup);
	return bytes;
}

/* ---- what is taken from elsewhere: escaped, unless libxml2 would leave it as it is */

static void
write_text(CmMarkup *markup, const gchar *text)
{
	xmlChar *escaped = NULL;

	if (strpbrk(text, "<>&\"\r") == NULL) {
		g_string_append(markup->written, text);
		return;
	}
	/* NULL only where there is no memory, which GLib's own calls do not survive either */
	escaped = xmlEncodeSpecialChars(NULL, BAD_CAST text);
	g_string_append(markup->written, (const gchar *)escaped);
	xmlFree(escaped);
}

/* in a value it also writes by number what is not ASCII, for whom no encoding is told */
static gboolean
is_plain(const gchar *value)
{
	for (const gchar *c = value; *c != '\0'; c++) {
		if ((guchar)*c < ' ' || (guchar)*c >= 0x80 || *c == '<' || *c == '>' || *c == '&' ||
		    *c == '"')
			return FALSE;
	}
	return TRUE;
}

static void
write_value(CmMarkup *markup, const gchar *value)
{
	xmlBufferPtr escaped = NULL;

	if (is_plain(value)) {
		g_string_append(markup->written, value);
		return;
	}
	escaped = xmlBufferCreate();
	xmlAttrSerializeTxtContent(escaped, NULL, NULL, BAD_CAST value);
	g_string_append_len(markup->written, (const gchar *)xmlBufferContent(escaped),
			    xmlBufferLength(escaped));
	xmlBufferFree(escaped);
}

/* ---- elements */

static void
close_tag(CmMarkup *markup)
{
	if (markup->in_tag)
		g_string_append_c(markup->written, '>');
	markup->in_tag = FALSE;
}

void
cm_markup_begin(CmMarkup *markup, const gchar *name)
{
	g_return_if_fail(markup->depth < CM_MARKUP_DEPTH_MAX);
	close_tag(markup);
	g_string_append_c(markup->written, '<');
	g_string_append(markup->written, name);
	markup->open[markup->depth] = name;
	markup->depth++;
	markup->in_tag = TRUE;
}

void
cm_markup_set(CmMarkup *markup, const gchar *name, const gchar *value)
{
	g_return_if_fail(markup->in_tag);
	g_string_append_c(markup->written, ' ');
	g_string_append(markup->written, name);
	g_string_append(markup->written, "=\"");
	write_value(markup, value != NULL ? value : "");
	g_string_append_c(markup->written, '"');
}

void
cm_markup_text(CmMarkup *markup, const gchar *text)
{
	if (text == NULL)
		return;
	close_tag(markup);
	write_text(markup, text);
}

void
cm_markup_end(CmMarkup *markup)
{
	g_return_if_fail(markup->depth > 0);
	close_tag(markup);
	markup->depth--;
	g_string_append(markup->written, "</");
	g_string_append(markup->written, markup->open[markup->depth]);
	g_string_append_c(markup->written, '>');
}

void
cm_markup_end_void(CmMarkup *markup)
{
	g_return_if_fail(markup->depth > 0 && markup->in_tag);
	markup->depth--;
	markup->in_tag = FALSE;
	g_string_append(markup->written, "/>");
}

guint
cm_markup_get_depth(const CmMarkup *markup)
{
	return markup->depth;
}
