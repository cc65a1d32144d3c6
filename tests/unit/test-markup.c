// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/markup.h"

#include <libxml/xmlwriter.h>
#include <string.h>

/* everything that is escaped somewhere, and what is not */
static const gchar *const texts[] = {
    "",
    "plain",
    "<",
    "a > b",
    "R&D",
    "\"quoted\"",
    "it's",
    "line\nline",
    "a\tb",
    "a\rb",
    "\r\n",
    "é, à l’école",
    "\xc2\xa0",
    "\xe2\x80\xaf",
    "😀 & 😀",
    "\x7f",
    "\x01",
    "&amp;lt;",
    "</main></title>",
    "\"><script>x()</script>",
    "]]>",
    "--><!-- é",
};

static gchar *
write_by_libxml2(const gchar *text)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlTextWriterPtr writer = xmlNewTextWriterMemory(buffer, 0);
	gchar *written = NULL;

	xmlTextWriterStartDTD(writer, BAD_CAST "html", NULL, NULL);
	xmlTextWriterEndDTD(writer);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
	xmlTextWriterStartElement(writer, BAD_CAST "div");
	xmlTextWriterWriteAttribute(writer, BAD_CAST "title", BAD_CAST text);
	xmlTextWriterWriteAttribute(writer, BAD_CAST "id", BAD_CAST "b");
	xmlTextWriterWriteString(writer, BAD_CAST text);
	xmlTextWriterStartElement(writer, BAD_CAST "input");
	xmlTextWriterWriteAttribute(writer, BAD_CAST "value", BAD_CAST text);
	xmlTextWriterEndElement(writer);
	xmlTextWriterWriteString(writer, BAD_CAST text);
	xmlTextWriterStartElement(writer, BAD_CAST "p");
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterFullEndElement(writer);
	xmlFreeTextWriter(writer);
	written = g_strdup((const gchar *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	return written;
}

static gchar *
take(CmMarkup *markup)
{
	g_autoptr(GBytes) bytes = cm_markup_finish(markup);
	gsize size = 0;
	const gchar *data = g_bytes_get_data(bytes, &size);

	return g_strndup(data, size);
}

static gchar *
write_by_ours(const gchar *text)
{
	CmMarkup *markup = cm_markup_new();

	cm_markup_begin(markup, "div");
	cm_markup_set(markup, "title", text);
	cm_markup_set(markup, "id", "b");
	cm_markup_text(markup, text);
	cm_markup_begin(markup, "input");
	cm_markup_set(markup, "value", text);
	cm_markup_end_void(markup);
	cm_markup_text(markup, text);
	cm_markup_begin(markup, "p");
	cm_markup_end(markup);
	cm_markup_end(markup);
	g_assert_cmpuint(cm_markup_get_depth(markup), ==, 0);
	return take(markup);
}

/* what it writes is what libxml2's writer would, whatever is given */
static void
test_markup_octets(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree gchar *ours = write_by_ours(texts[i]);
		g_autofree gchar *theirs = write_by_libxml2(texts[i]);

		g_assert_cmpstr(ours, ==, theirs);
	}
}

/* each character by itself, at the beginning, in the middle and at the end */
static void
test_markup_every_octet(void)
{
	for (gunichar c = 1; c < 0x3000; c++) {
		gchar octets[7] = {0};
		g_autofree gchar *text = NULL;
		g_autofree gchar *ours = NULL;
		g_autofree gchar *theirs = NULL;

		g_unichar_to_utf8(c, octets);
		text = g_strconcat(octets, "a", octets, octets, "b", octets, NULL);
		ours = write_by_ours(text);
		theirs = write_by_libxml2(text);
		g_assert_cmpstr(ours, ==, theirs);
	}
}

/* an attribute of what holds something already would be text */
static void
test_markup_late_attribute(void)
{
	CmMarkup *markup = cm_markup_new();
	g_autofree gchar *text = NULL;

	cm_markup_begin(markup, "p");
	cm_markup_set(markup, "id", NULL);
	cm_markup_text(markup, NULL);
	cm_markup_text(markup, "x");
	g_test_expect_message("comodal", G_LOG_LEVEL_CRITICAL, "*in_tag*");
	cm_markup_set(markup, "class", "y");
	g_test_assert_expected_messages();
	cm_markup_end(markup);
	g_test_expect_message("comodal", G_LOG_LEVEL_CRITICAL, "*depth*");
	cm_markup_end(markup);
	g_test_assert_expected_messages();
	text = take(markup);
	g_assert_cmpstr(text, ==, "<!DOCTYPE html>\n<p id=\"\">x</p>");
}

static void
test_markup_depth(void)
{
	g_autoptr(CmMarkup) markup = cm_markup_new();

	for (guint i = 0; i < CM_MARKUP_DEPTH_MAX; i++)
		cm_markup_begin(markup, "p");
	g_test_expect_message("comodal", G_LOG_LEVEL_CRITICAL, "*depth*");
	cm_markup_begin(markup, "p");
	g_test_assert_expected_messages();
	g_assert_cmpuint(cm_markup_get_depth(markup), ==, CM_MARKUP_DEPTH_MAX);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/markup/octets", test_markup_octets);
	g_test_add_func("/markup/every-octet", test_markup_every_octet);
	g_test_add_func("/markup/late-attribute", test_markup_late_attribute);
	g_test_add_func("/markup/depth", test_markup_depth);
	return g_test_run();
}
