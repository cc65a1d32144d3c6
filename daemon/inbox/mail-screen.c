// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/inbox/mail-screen.h"

#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

/* what has been counted so far */
typedef struct {
	gboolean top;       /* within the mail's own header */
	gboolean in_header; /* within what may be a header */
	gboolean may_begin; /* nothing but empty lines since one could have begun */
	gsize header;       /* octets of the mail's own */
	gsize field;        /* octets of the field that goes on */
	guint fields;
	guint types;
	guint boundaries;
} Screen;

static gboolean
begins_with(const gchar *line, gsize length, const gchar *what)
{
	gsize size = strlen(what);

	return length >= size && g_ascii_strncasecmp(line, what, size) == 0;
}

/* a name, perhaps white space, a colon */
static gboolean
is_field(const gchar *line, gsize length)
{
	gsize at = 0;

	while (at < length && g_ascii_isgraph(line[at]) && line[at] != ':')
		at++;
	while (at < length && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at > 0 && at < length && line[at] == ':';
}

/* the octets of a field and of the lines that continue it */
static void
count_field(Screen *screen, const gchar *line, gsize length)
{
	if (length > 0 && (line[0] == ' ' || line[0] == '\t')) {
		screen->field += screen->field > 0 ? length : 0;
		return;
	}
	screen->field = is_field(line, length) ? length : 0;
	if (screen->field > 0 && begins_with(line, length, "content-type"))
		screen->types++;
}

/* where headers begin and end: at the top, after a line that may be a boundary, after the header of a mail within the mail */
static void
count_header(Screen *screen, const gchar *line, gsize length)
{
	gboolean empty = length == 0 || (length == 1 && line[0] == '\r');

	if (begins_with(line, length, "--")) {
		screen->boundaries++;
		screen->in_header = FALSE;
		screen->may_begin = TRUE;
		return;
	}
	if (empty) {
		screen->may_begin = screen->may_begin || screen->in_header;
		screen->in_header = FALSE;
		screen->top = FALSE;
		return;
	}
	screen->in_header = screen->in_header || (screen->may_begin && is_field(line, length));
	screen->may_begin = FALSE;
	screen->fields += screen->in_header;
	screen->header += screen->top ? length : 0;
}

static const gchar *
find_excess(const Screen *screen)
{
	if (screen->header > CM_MAIL_SCREEN_HEADER_MAX)
		return N_("The mail's header is too long.");
	if (screen->field > CM_MAIL_SCREEN_FIELD_MAX)
		return N_("A field of the mail's headers is too long.");
	if (screen->fields > CM_MAIL_SCREEN_FIELDS_MAX)
		return N_("The mail's headers have too many fields.");
	if (screen->types > CM_MAIL_SCREEN_TYPES_MAX ||
	    screen->boundaries > CM_MAIL_SCREEN_BOUNDARIES_MAX)
		return N_("The mail has too many parts.");
	return NULL;
}

gchar *
cm_mail_screen_find_fault(const gchar *data, gsize length)
{
	Screen screen = {.top = TRUE, .in_header = TRUE};
	const gchar *end = data + length;
	const gchar *fault = NULL;

	for (const gchar *line = data; line < end && fault == NULL;) {
		const gchar *next = memchr(line, '\n', (gsize)(end - line));
		gsize size = (gsize)((next != NULL ? next : end) - line);

		count_field(&screen, line, size);
		count_header(&screen, line, size);
		fault = find_excess(&screen);
		line = next != NULL ? next + 1 : end;
	}
	return fault != NULL ? cm_message_new(fault, NULL) : NULL;
}
