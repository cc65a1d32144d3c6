// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Text on a terminal: widths, columns, colours, a progress line. Nothing here needs colour to be
 * understood. */

typedef enum {
	CM_STYLE_BOLD,
	CM_STYLE_DIM,
	CM_STYLE_GOOD,
	CM_STYLE_WARNING,
	CM_STYLE_BAD,
	CM_STYLE_PLACE,
	CM_STYLE_VIDEO,
} CmStyle;

/* Columns of standard output: the terminal's, else COLUMNS, else 80; 40 to 300. */
guint
cm_terminal_get_width(void);

/* Whether standard output takes colours: a terminal, no NO_COLOR, TERM not "dumb". */
gboolean
cm_terminal_has_color(void);
/* Whether standard error is a terminal, for a progress line. */
gboolean
cm_terminal_has_progress(void);

/* Columns that a text takes: wide characters 2, combining ones 0. */
guint
cm_terminal_measure(const gchar *text);

/* The text cut to `width` columns with "…" when it is longer. Control characters become "?".
 * Returns: (transfer full) */
gchar *
cm_terminal_fit(const gchar *text, guint width) G_GNUC_WARN_UNUSED_RESULT;

/* Append the text cut and filled with spaces to exactly `width` columns. */
void
cm_terminal_append_cell(GString *line, const gchar *text, guint width);

/* Append the text, styled when `color`. */
void
cm_terminal_append_styled(GString *line, gboolean color, CmStyle style, const gchar *text);

/* Append the text broken between words at `width` columns, every line but the first indented by
 * `indent`; the first is taken to start at column `column`. Ends with a newline. */
void
cm_terminal_append_wrapped(GString *out,
			   const gchar *text,
			   guint column,
			   guint indent,
			   guint width);

/* Text without what a terminal would obey: control characters and those that turn the direction of text become "?"; newlines stay. Returns:
 * (transfer full) */
gchar *
cm_terminal_clean(const gchar *text) G_GNUC_WARN_UNUSED_RESULT;

/* A table of texts: columns as wide as their longest cell. */
typedef struct _CmTable CmTable;

/* `heads`: msgids, one a column; a head that begins with ">" is aligned right, one that begins with "!" is of cells
 * that are never cut, for they are typed again, and the last one may begin with "~": its cells go on below where they don't fit. `count` columns. */
CmTable *
cm_terminal_new_table(const gchar *const *heads);
void
cm_terminal_free_table(CmTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmTable, cm_terminal_free_table)
/* Add a row, its cells ended by NULL; cells are copied. */
void
cm_terminal_add_row(CmTable *table, ...) G_GNUC_NULL_TERMINATED;
/* The same of an array of as many cells as there are columns. */
void
cm_terminal_add_cells(CmTable *table, const gchar *const *cells);
/* The table as text, no wider than `width`: the widest column gives way. Returns: (transfer full)
 */
gchar *
cm_terminal_draw_table(const CmTable *table, guint width, gboolean color) G_GNUC_WARN_UNUSED_RESULT;

/* Print on standard output. A reader that is gone (head) ends it quietly. */
void
cm_terminal_print(const gchar *text);

/* The same of a line, which is ended; on a terminal in lines that fit. */
void
cm_terminal_print_line(const gchar *text);

/* Ask on the terminal; TRUE only for an explicit yes ("o", "oui", "y", "yes"). FALSE at once when
 * standard input or output is no terminal. */
gboolean
cm_terminal_ask(const gchar *question);

/* A progress line on standard error; nothing but plain lines, now and then, when that is no
 * terminal. */
typedef struct _CmProgress CmProgress;

/* Shows nothing yet. Returns: (transfer full) */
CmProgress *
cm_terminal_new_progress(void);
/* Wipes the line. */
void
cm_terminal_free_progress(CmProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmProgress, cm_terminal_free_progress)
/* `share`: 0 to 1; `text`: what stands after the bar. */
void
cm_terminal_show_progress(CmProgress *progress, gdouble share, const gchar *text);
