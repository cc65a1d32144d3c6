// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-text.h"

#include "cli/terminal.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* Where the next word goes. */
typedef struct {
	guint indent;
	guint width;
	guint column;  /* 0: nothing stands on the line yet */
	gboolean good; /* so far */
} Place;

static void
put(Place *place, gconstpointer octets, gsize length)
{
	const guint8 *next = octets;

	while (place->good && length > 0) {
		gssize count = write(STDOUT_FILENO, next, length);

		place->good = count > 0;
		next += MAX(count, 0);
		length -= (gsize)MAX(count, 0);
	}
}

static void
put_blanks(Place *place, guint count)
{
	for (guint i = 0; i < count; i++)
		put(place, " ", 1);
}

/* what a terminal would turn the rest of the line around for */
static gboolean
is_turning(gunichar character)
{
	return (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) || g_unichar_iscntrl(character);
}

static guint
measure(const gchar *word, const gchar *end)
{
	guint columns = 0;

	for (const gchar *p = word; p < end; p = g_utf8_next_char(p)) {
		gunichar character = g_utf8_get_char(p);

		if (!g_unichar_iszerowidth(character))
			columns += g_unichar_iswide(character) ? 2 : 1;
	}
	return columns;
}

static void
put_word(Place *place, const gchar *word, const gchar *end)
{
	guint columns = measure(word, end);

	if (place->column > place->indent && place->column + 1 + columns > place->width) {
		put(place, "\n", 1);
		place->column = 0;
	}
	if (place->column == 0) {
		put_blanks(place, place->indent);
		place->column = place->indent;
	} else {
		put(place, " ", 1);
		place->column++;
	}
	for (const gchar *p = word; p < end; p = g_utf8_next_char(p)) {
		if (is_turning(g_utf8_get_char(p)))
			put(place, "?", 1);
		else
			put(place, p, (gsize)(g_utf8_next_char(p) - p));
	}
	place->column += columns;
}

static void
put_words(Place *place, const gchar *line, const gchar *end)
{
	const gchar *p = line;

	while (p < end) {
		const gchar *word = p;

		while (p < end && *p != ' ' && *p != '\t')
			p++;
		if (p > word)
			put_word(place, word, p);
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
	}
}

static void
put_line(Place *place, const gchar *line, const gchar *end)
{
	place->column = 0;
	put_words(place, line, end);
	put(place, "\n", 1);
}

static void
put_string(Place *place, const gchar *text)
{
	put_words(place, text, text + strlen(text));
}

/* its number, its name, its size */
static void
put_attachment(Place *place, guint number, const CmVaultContentAttachment *attachment)
{
	const gchar *name = (const gchar *)attachment->name.data;
	g_autofree gchar *size = g_format_size(attachment->size);
	g_autofree gchar *before = g_strdup_printf(_("Attachment %u:"), number);
	g_autofree gchar *behind = g_strdup_printf("(%s)", size);

	place->column = 0;
	put_string(place, before);
	put_words(place, name, name + attachment->name.length);
	put_string(place, behind);
	put(place, "\n", 1);
}

static void
put_text(Place *place, const CmVaultBytes *text)
{
	const gchar *line = (const gchar *)text->data;
	const gchar *end = line + text->length;

	while (line < end) {
		const gchar *stop = memchr(line, '\n', (gsize)(end - line));

		put_line(place, line, stop != NULL ? stop : end);
		line = stop != NULL ? stop + 1 : end;
	}
}

/* the first line that has a word in it */
static void
put_first_line(Place *place, const CmVaultBytes *text)
{
	const gchar *line = (const gchar *)text->data;
	const gchar *end = line + text->length;
	const gchar *stop = NULL;

	while (line < end && strchr(" \t\n", *line) != NULL)
		line++;
	if (line == end)
		return;
	stop = memchr(line, '\n', (gsize)(end - line));
	put_line(place, line, stop != NULL ? stop : end);
}

static void
put_attachments(Place *place, const CmVaultContent *fields)
{
	const CmVaultContentAttachment *attachments = fields->attachments.items;

	for (guint i = 0; i < fields->attachments.count; i++)
		put_attachment(place, i + 1, &attachments[i]);
}

gboolean
cm_note_text_print_start(const CmVaultRecord *content, guint indent)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultSection *sections = fields->sections.items;
	Place place = {.indent = indent, .width = cm_terminal_get_width(), .good = TRUE};

	put_text(&place, &fields->title);
	for (guint i = 0; i < fields->sections.count; i++) {
		put_text(&place, &sections[i].heading);
		put_first_line(&place, &sections[i].text);
	}
	put_attachments(&place, fields);
	return place.good;
}

gboolean
cm_note_text_print(const CmVaultRecord *content, guint indent)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultSection *sections = fields->sections.items;
	Place place = {.indent = indent, .width = cm_terminal_get_width(), .good = TRUE};

	put_text(&place, &fields->title);
	for (guint i = 0; i < fields->sections.count; i++) {
		if (i > 0 || fields->title.length > 0)
			put(&place, "\n", 1);
		put_text(&place, &sections[i].heading);
		put_text(&place, &sections[i].text);
	}
	if (fields->attachments.count > 0)
		put(&place, "\n", 1);
	put_attachments(&place, fields);
	return place.good;
}
