// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-text.h"

#include <string.h>

#define UNDERLINE_MAX 40

static guint
get_columns(const gchar *word)
{
	guint columns = 0;

	for (const gchar *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_iswide(c))
			columns += 2;
		else if (!g_unichar_iszerowidth(c))
			columns++;
	}
	return columns;
}

/* a word that would read as a quotation or as the end of the letter at the start of a line has a space before it there
 * (RFC 3676, 4.4 and 4.3) */
static guint
begin_line(GString *text, const gchar *word)
{
	if (word[0] != '>' && !g_str_has_prefix(word, "From") && !g_str_equal(word, "--"))
		return 0;
	g_string_append_c(text, ' ');
	return 1;
}

/* one line of any length, in lines that fit */
static void
append_flowed(GString *text, const gchar *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	guint column = 0;

	for (guint i = 0; words[i] != NULL; i++) {
		guint columns = get_columns(words[i]);

		if (i == 0) {
			column = begin_line(text, words[i]);
		} else if (column + 1 + columns + 1 > CM_LETTER_TEXT_COLUMNS) {
			g_string_append(text, " \n");
			column = begin_line(text, words[i]);
		} else {
			g_string_append_c(text, ' ');
			column++;
		}
		g_string_append(text, words[i]);
		column += columns;
	}
	g_string_append_c(text, '\n');
}

static void
append_underlined(GString *text, const gchar *line)
{
	guint columns = MIN(get_columns(line), UNDERLINE_MAX);
	g_autofree gchar *underline = g_strnfill(columns, '-');

	append_flowed(text, line);
	g_string_append_printf(text, "%s\n", underline);
}

static void
append_rows(GString *text, const CmLetterBlock *block)
{
	for (guint i = 0; i < block->rows->len; i++) {
		const CmLetterRow *row = g_ptr_array_index(block->rows, i);
		g_autofree gchar *line =
		    g_strconcat(row->label != NULL ? row->label : "-", " ", row->text, NULL);

		append_flowed(text, line);
	}
}

/* the words and the address, which a line of its own keeps whole */
static void
append_lead(GString *text, const CmLetterRow *row)
{
	g_autofree gchar *line = NULL;

	if (row->url == NULL)
		return;
	line = g_strconcat(row->lead, " ", row->url, NULL);
	append_flowed(text, line);
}

static void
append_entries(GString *text, const CmLetterBlock *block)
{
	for (guint i = 0; i < block->rows->len; i++) {
		const CmLetterRow *row = g_ptr_array_index(block->rows, i);

		if (i > 0)
			g_string_append_c(text, '\n');
		append_flowed(text, row->label);
		append_flowed(text, row->text);
		append_lead(text, row);
	}
}

static void
append_block(GString *text, const CmLetterBlock *block)
{
	switch (block->kind) {
	case CM_LETTER_BLOCK_HEADING:
		append_underlined(text, block->text);
		break;
	case CM_LETTER_BLOCK_ROWS:
	case CM_LETTER_BLOCK_LIST:
		append_rows(text, block);
		break;
	case CM_LETTER_BLOCK_ENTRIES:
		append_entries(text, block);
		break;
	case CM_LETTER_BLOCK_BUTTON:
		append_flowed(text, block->text);
		append_flowed(text, block->url);
		break;
	case CM_LETTER_BLOCK_TITLE:
	case CM_LETTER_BLOCK_PARAGRAPH:
	case CM_LETTER_BLOCK_FINE:
	default:
		append_flowed(text, block->text);
		break;
	}
}

gchar *
cm_letter_text_format(const CmLetterContent *content)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < content->blocks->len; i++) {
		if (i > 0)
			g_string_append_c(text, '\n');
		append_block(text, g_ptr_array_index(content->blocks, i));
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}
