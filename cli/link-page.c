// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/link-page.h"

#include "cli/qr-code.h"
#include "include/cm-catalog.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <libxml/xmlwriter.h>
#include <string.h>

/* one side of letter or A4, black on white, no ink wasted; nothing is fetched */
#define STYLE                                                                                      \
	"@page{margin:18mm}"                                                                       \
	"body{margin:0 auto;padding:8mm;max-width:170mm;"                                          \
	"font:15pt/1.45 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"               \
	"color:#000;background:#fff}"                                                              \
	"h1{font-size:1.5em;line-height:1.2;margin:0 0 .3em}"                                      \
	"p{margin:0 0 .7em}"                                                                       \
	".from{font-size:.85em}"                                                                   \
	"svg{display:block;width:70mm;height:70mm;margin:5mm auto}"                                \
	".address{font:13pt/1.5 ui-monospace,Consolas,'Courier New',monospace;"                    \
	"overflow-wrap:anywhere;text-align:center;border:1pt solid #000;padding:3mm}"              \
	".help{border-top:1pt solid #000;padding-top:4mm;margin-top:6mm}"                          \
	".phone{font-size:1.4em;font-weight:bold;white-space:nowrap}"                              \
	".keep{font-size:.85em}"                                                                   \
	"@media print{body{padding:0}}"

/* The writer fails when there is no memory, which GLib's own calls do not survive either: its results are not looked at. */

static void
write_attribute(xmlTextWriterPtr writer, const gchar *name, const gchar *value)
{
	xmlTextWriterWriteAttribute(writer, BAD_CAST name, BAD_CAST value);
}

static void
write_element(xmlTextWriterPtr writer, const gchar *name, const gchar *class, const gchar *text)
{
	xmlTextWriterStartElement(writer, BAD_CAST name);
	if (class != NULL)
		write_attribute(writer, "class", class);
	xmlTextWriterWriteString(writer, BAD_CAST text);
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
}

/* a text with {0} in the page's language; `format` is marked N_() where it is called */
static void
write_text(xmlTextWriterPtr writer,
	   const CmLinkPage *page,
	   const gchar *class,
	   const gchar *format,
	   const gchar *argument)
{
	g_autofree gchar *message = cm_message_new(format, argument, NULL);
	g_autofree gchar *text = cm_catalog_localize(page->language, message);

	write_element(writer, "p", class, text);
}

static void
write_head(xmlTextWriterPtr writer, const gchar *title)
{
	xmlTextWriterStartElement(writer, BAD_CAST "head");
	xmlTextWriterStartElement(writer, BAD_CAST "meta");
	write_attribute(writer, "charset", "utf-8");
	xmlTextWriterEndElement(writer);
	xmlTextWriterStartElement(writer, BAD_CAST "meta");
	write_attribute(writer, "name", "viewport");
	write_attribute(writer, "content", "width=device-width, initial-scale=1");
	xmlTextWriterEndElement(writer);
	/* the address is a secret: no place that it leads to is told of this page */
	xmlTextWriterStartElement(writer, BAD_CAST "meta");
	write_attribute(writer, "name", "referrer");
	write_attribute(writer, "content", "no-referrer");
	xmlTextWriterEndElement(writer);
	write_element(writer, "title", NULL, title);
	/* HTML escapes nothing in a style: it has no character that would be */
	write_element(writer, "style", NULL, STYLE);
	xmlTextWriterFullEndElement(writer);
}

static gboolean
write_code(xmlTextWriterPtr writer, const CmLinkPage *page, GError **error)
{
	g_autoptr(CmQrCode) code = cm_qr_code_new(page->url, TRUE, error);
	g_autofree gchar *path = NULL;
	g_autofree gchar *box = NULL;
	guint side = 0;

	if (code == NULL)
		return FALSE;
	side = cm_qr_code_get_size(code) + 2 * CM_QR_CODE_QUIET;
	box = g_strdup_printf("%d %d %u %u", -CM_QR_CODE_QUIET, -CM_QR_CODE_QUIET, side, side);
	path = cm_qr_code_make_path(code);
	xmlTextWriterStartElement(writer, BAD_CAST "svg");
	write_attribute(writer, "xmlns", "http://www.w3.org/2000/svg");
	write_attribute(writer, "viewBox", box);
	write_attribute(writer, "role", "img");
	write_attribute(writer, "aria-label", cm_catalog_find(page->language, N_("QR code")));
	write_attribute(writer, "shape-rendering", "crispEdges");
	xmlTextWriterStartElement(writer, BAD_CAST "path");
	write_attribute(writer, "d", path);
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
	return TRUE;
}

static const gchar *
get_title(const CmLinkPage *page)
{
	if (page->interpreter)
		return cm_catalog_find(page->language, N_("Interpreting a meeting by video"));
	return page->one_session
		   ? cm_catalog_find(page->language, N_("Your meeting by video"))
		   : cm_catalog_find(page->language, N_("Your page for appointments and video"));
}

static void
write_what(xmlTextWriterPtr writer, const CmLinkPage *page)
{
	write_element(writer, "h1", NULL, get_title(page));
	write_element(writer, "p", "from", page->organisation);
	if (page->interpreter)
		write_text(writer, page, NULL, N_("For whoever interprets for {0}."), page->name);
	else
		write_text(writer, page, NULL, N_("For {0}."), page->name);
	if (page->when != NULL)
		write_text(writer, page, NULL, N_("On {0}."), page->when);
	if (page->interpreter || page->one_session)
		write_text(writer, page, NULL,
			   N_("When it is time, point the camera of a telephone at this square, or "
			      "type the address below: you come to the waiting room, and the "
			      "professional lets you in."),
			   NULL);
	else
		write_text(writer, page, NULL,
			   N_("Point the camera of a telephone at this square, or type the address "
			      "below. You see your appointments, you can confirm one, say that you "
			      "can’t come or ask for another time, and come to the video room."),
			   NULL);
}

static void
write_help(xmlTextWriterPtr writer, const CmLinkPage *page)
{
	xmlTextWriterStartElement(writer, BAD_CAST "div");
	write_attribute(writer, "class", "help");
	if (page->phone != NULL) {
		write_element(writer, "p", NULL,
			      cm_catalog_find(page->language,
					      N_("It does not work, or you would rather talk to "
						 "somebody? Call:")));
		write_element(writer, "p", "phone", page->phone);
		if (page->hours != NULL)
			write_element(writer, "p", NULL, page->hours);
	}
	write_element(
	    writer, "p", "keep",
	    cm_catalog_find(page->language,
			    N_("Keep this sheet like a key: whoever has it can act as you. If it "
			       "is lost, tell us, and we make another.")));
	xmlTextWriterFullEndElement(writer);
}

static gboolean
write_page(xmlTextWriterPtr writer, const CmLinkPage *page, GError **error)
{
	xmlTextWriterWriteDTD(writer, BAD_CAST "html", NULL, NULL, NULL);
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
	xmlTextWriterStartElement(writer, BAD_CAST "html");
	write_attribute(writer, "lang", page->language);
	write_head(writer, get_title(page));
	xmlTextWriterStartElement(writer, BAD_CAST "body");
	xmlTextWriterWriteString(writer, BAD_CAST "\n");
	write_what(writer, page);
	if (!write_code(writer, page, error))
		return FALSE;
	write_element(writer, "p", "address", page->url);
	write_help(writer, page);
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterFullEndElement(writer);
	xmlTextWriterEndDocument(writer);
	return TRUE;
}

GBytes *
cm_link_page_new(const CmLinkPage *page, GError **error)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlTextWriterPtr writer = xmlNewTextWriterMemory(buffer, 0);
	gboolean ok = write_page(writer, page, error);
	GBytes *bytes = NULL;

	xmlFreeTextWriter(writer);
	if (ok)
		bytes = g_bytes_new(xmlBufferContent(buffer), (gsize)xmlBufferLength(buffer));
	xmlBufferFree(buffer);
	return bytes;
}
