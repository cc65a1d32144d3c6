// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/terminal.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 300
#define COLUMN_GAP 2
#define BAR_CELLS 20
/* without a terminal, a line each tenth of the way is enough */
#define PLAIN_STEPS 10

struct _CmTable {
	GPtrArray *cells; /* gchar *, row by row, heads first */
	guint columns;
	gboolean *right;
	gboolean *whole; /* never cut */
	gboolean flows;  /* the last column, over several lines */
};

struct _CmProgress {
	gboolean terminal;
	gint last_step;
	gboolean shown;
};

guint
cm_terminal_get_width(void)
{
	struct winsize size = {0};
	const gchar *columns = g_getenv("COLUMNS");
	guint64 width = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0 && columns != NULL)
		width = g_ascii_strtoull(columns, NULL, 10);
	if (width == 0)
		width = WIDTH_DEFAULT;
	return (guint)CLAMP(width, WIDTH_MIN, WIDTH_MAX);
}

gboolean
cm_terminal_has_color(void)
{
	const gchar *no_color = g_getenv("NO_COLOR");
	const gchar *term = g_getenv("TERM");

	if (no_color != NULL && *no_color != '\0')
		return FALSE;
	return isatty(STDOUT_FILENO) && term != NULL && !g_str_equal(term, "dumb");
}

gboolean
cm_terminal_has_progress(void)
{
	const gchar *term = g_getenv("TERM");

	return isatty(STDERR_FILENO) && term != NULL && !g_str_equal(term, "dumb");
}

static guint
measure_char(gunichar character)
{
	if (g_unichar_iszerowidth(character))
		return 0;
	return g_unichar_iswide(character) ? 2 : 1;
}

guint
cm_terminal_measure(const gchar *text)
{
	guint width = 0;

	for (const gchar *p = text; *p != '\0'; p = g_utf8_next_char(p))
		width += measure_char(g_utf8_get_char(p));
	return width;
}

/* what turns the direction of the text after it: a name could show as another one */
static gboolean
is_direction(gunichar character)
{
	return character == 0x061c || character == 0x200e || character == 0x200f ||
	       (character >= 0x202a && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069);
}

gchar *
cm_terminal_clean(const gchar *text)
{
	g_autofree gchar *valid = g_utf8_make_valid(text, -1);
	GString *clean = g_string_new(NULL);

	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar character = g_utf8_get_char(p);

		if ((g_unichar_iscntrl(character) && character != '\n') || is_direction(character))
			g_string_append_c(clean, '?');
		else
			g_string_append_unichar(clean, character);
	}
	return g_string_free(clean, FALSE);
}

gchar *
cm_terminal_fit(const gchar *text, guint width)
{
	g_autofree gchar *clean = cm_terminal_clean(text);
	guint used = 0;
	const gchar *p = clean;

	g_strdelimit(clean, "\n", ' ');
	if (cm_terminal_measure(clean) <= width)
		return g_steal_pointer(&clean);
	if (width == 0)
		return g_strdup("");
	while (*p != '\0' && used + measure_char(g_utf8_get_char(p)) <= width - 1) {
		used += measure_char(g_utf8_get_char(p));
		p = g_utf8_next_char(p);
	}
	return g_strdup_printf("%.*s…", (gint)(p - clean), clean);
}

static void
append_spaces(GString *line, guint count)
{
	for (guint i = 0; i < count; i++)
		g_string_append_c(line, ' ');
}

void
cm_terminal_append_cell(GString *line, const gchar *text, guint width)
{
	g_autofree gchar *fit = cm_terminal_fit(text, width);

	g_string_append(line, fit);
	append_spaces(line, width - cm_terminal_measure(fit));
}

void
cm_terminal_append_styled(GString *line, gboolean color, CmStyle style, const gchar *text)
{
	static const gchar *const codes[] = {
	    [CM_STYLE_BOLD] = "\033[1m",   [CM_STYLE_DIM] = "\033[2m",
	    [CM_STYLE_GOOD] = "\033[32m",  [CM_STYLE_WARNING] = "\033[33m",
	    [CM_STYLE_BAD] = "\033[31m",   [CM_STYLE_PLACE] = "\033[36m",
	    [CM_STYLE_VIDEO] = "\033[35m",
	};

	if (color && *text != '\0')
		g_string_append_printf(line, "%s%s\033[0m", codes[style], text);
	else
		g_string_append(line, text);
}

/* one word, on the line that is under way or on the next one */
static guint
append_word(GString *out,
	    const gchar *word,
	    guint column,
	    guint indent,
	    guint width,
	    gboolean first)
{
	guint length = cm_terminal_measure(word);

	if (!first && column + 1 + length > width) {
		g_string_append_c(out, '\n');
		append_spaces(out, indent);
		column = indent;
	} else if (!first) {
		g_string_append_c(out, ' ');
		column++;
	}
	g_string_append(out, word);
	return column + length;
}

/* French has a blank before some marks and within its quotes: no line ends there, nor begins with the mark */
static gboolean
is_bound(const gchar *word, const gchar *next)
{
	return g_str_equal(word, "«") || g_str_has_prefix(next, "»") ||
	       (*next != '\0' && next[strspn(next, ";:!?")] == '\0');
}

/* the words from `from` on that stand on one line whatever its width is; `out_count`: how many. Returns: (transfer full) */
static gchar *
join_bound(gchar **words, guint from, guint *out_count)
{
	g_autoptr(GString) joined = g_string_new(words[from]);
	guint count = 1;

	while (words[from + count] != NULL &&
	       is_bound(words[from + count - 1], words[from + count]))
		g_string_append_printf(joined, " %s", words[from + count++]);
	*out_count = count;
	return g_string_free(g_steal_pointer(&joined), FALSE);
}

void
cm_terminal_append_wrapped(GString *out, const gchar *text, guint column, guint indent, guint width)
{
	g_autofree gchar *clean = cm_terminal_clean(text);
	g_auto(GStrv) lines = g_strsplit(clean, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
		gboolean first = TRUE;

		if (i > 0) {
			g_string_append_c(out, '\n');
			column = *lines[i] != '\0' ? indent : 0;
			append_spaces(out, column);
		}
		for (guint w = 0, count = 1; words[w] != NULL; w += count) {
			g_autofree gchar *word = join_bound(words, w, &count);

			/* a line's own indentation stays */
			if (*word == '\0') {
				if (first && i > 0) {
					g_string_append_c(out, ' ');
					column++;
				}
				continue;
			}
			column = append_word(out, word, column, indent, width, first);
			first = FALSE;
		}
	}
	g_string_append_c(out, '\n');
}

CmTable *
cm_terminal_new_table(const gchar *const *heads)
{
	CmTable *table = g_new0(CmTable, 1);

	table->cells = g_ptr_array_new_with_free_func(g_free);
	table->columns = g_strv_length((gchar **)heads);
	table->right = g_new0(gboolean, table->columns);
	table->whole = g_new0(gboolean, table->columns);
	for (guint i = 0; i < table->columns; i++) {
		const gchar *head = *heads[i] != '\0' ? gettext(heads[i]) : "";

		table->whole[i] = heads[i][0] == '!';
		table->right[i] = heads[i][0] == '>';
		g_ptr_array_add(
		    table->cells,
		    g_strdup(*head != '\0' && strchr(">!~", *head) != NULL ? head + 1 : head));
		table->flows = heads[i][0] == '~';
	}
	return table;
}

void
cm_terminal_free_table(CmTable *table)
{
	g_ptr_array_unref(table->cells);
	g_free(table->right);
	g_free(table->whole);
	g_free(table);
}

void
cm_terminal_add_row(CmTable *table, ...)
{
	va_list list;

	va_start(list, table);
	for (guint i = 0; i < table->columns; i++) {
		const gchar *cell = va_arg(list, const gchar *);

		g_ptr_array_add(table->cells, g_strdup(cell));
	}
	va_end(list);
}

void
cm_terminal_add_cells(CmTable *table, const gchar *const *cells)
{
	for (guint i = 0; i < table->columns; i++)
		g_ptr_array_add(table->cells, g_strdup(cells[i]));
}

/* the widest column gives way until the row fits */
static void
shrink_widths(const CmTable *table, guint *widths, guint width)
{
	guint total = COLUMN_GAP * (table->columns - 1);

	for (guint i = 0; i < table->columns; i++)
		total += widths[i];
	while (total > width) {
		guint widest = table->columns;

		for (guint i = 0; i < table->columns; i++) {
			if (!table->whole[i] &&
			    (widest == table->columns || widths[i] > widths[widest]))
				widest = i;
		}
		if (widest == table->columns || widths[widest] <= 4)
			break;
		widths[widest]--;
		total--;
	}
}

static void
append_row(GString *out, const CmTable *table, guint row, const guint *widths, gboolean bold)
{
	g_autoptr(GString) line = g_string_new(NULL);
	guint column = 0;

	for (guint i = 0; i < table->columns; i++) {
		const gchar *cell = g_ptr_array_index(table->cells, row * table->columns + i);
		g_autofree gchar *fit = cm_terminal_fit(cell, widths[i]);

		if (i > 0)
			append_spaces(line, COLUMN_GAP);
		column += i > 0 ? widths[i - 1] + COLUMN_GAP : 0;
		if (table->flows && i + 1 == table->columns) {
			cm_terminal_append_wrapped(line, cell, column, column, column + widths[i]);
			break;
		}
		if (table->right[i])
			append_spaces(line, widths[i] - cm_terminal_measure(fit));
		g_string_append(line, fit);
		if (!table->right[i])
			append_spaces(line, widths[i] - cm_terminal_measure(fit));
	}
	g_strchomp(line->str);
	cm_terminal_append_styled(out, bold, CM_STYLE_BOLD, line->str);
	g_string_append_c(out, '\n');
}

gchar *
cm_terminal_draw_table(const CmTable *table, guint width, gboolean color)
{
	GString *out = g_string_new(NULL);
	g_autofree guint *widths = g_new0(guint, table->columns);

	for (guint i = 0; i < table->cells->len; i++) {
		guint cell = cm_terminal_measure(g_ptr_array_index(table->cells, i));

		widths[i % table->columns] = MAX(widths[i % table->columns], cell);
	}
	shrink_widths(table, widths, width);
	for (guint row = 0; row < table->cells->len / table->columns; row++)
		append_row(out, table, row, widths, color && row == 0);
	return g_string_free(out, FALSE);
}

void
cm_terminal_print(const gchar *text)
{
	gsize length = strlen(text);

	/* who pipes into head has what they wanted (GIO ignores SIGPIPE) */
	if ((fwrite(text, 1, length, stdout) < length || fflush(stdout) != 0) && errno != EPIPE)
		g_printerr("comodalctl: %s\n", g_strerror(errno));
}

void
cm_terminal_print_line(const gchar *text)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (isatty(STDOUT_FILENO) == 1)
		cm_terminal_append_wrapped(out, text, 0, 0, cm_terminal_get_width());
	else
		g_string_append_printf(out, "%s\n", text);
	cm_terminal_print(out->str);
}

/* its lines, each no wider than the terminal, and a blank for what is typed behind the last */
static void
print_question(const gchar *question)
{
	g_auto(GStrv) lines = g_strsplit(question, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL; i++)
		cm_terminal_append_wrapped(out, lines[i], 0, 0, cm_terminal_get_width());
	if (out->len > 0)
		g_string_truncate(out, out->len - 1);
	g_print("%s ", out->str);
}

gboolean
cm_terminal_ask(const gchar *question)
{
	gchar answer[16] = {0};

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return FALSE;
	print_question(question);
	if (fgets(answer, sizeof answer, stdin) == NULL)
		return FALSE;
	g_strstrip(answer);
	/* both languages' words are taken in both: who types "oui" means it */
	return g_ascii_strcasecmp(answer, "o") == 0 || g_ascii_strcasecmp(answer, "oui") == 0 ||
	       g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0;
}

CmProgress *
cm_terminal_new_progress(void)
{
	CmProgress *progress = g_new0(CmProgress, 1);

	progress->terminal = cm_terminal_has_progress();
	progress->last_step = -1;
	return progress;
}

void
cm_terminal_free_progress(CmProgress *progress)
{
	/* what follows says how it ended: the line has served */
	if (progress->terminal && progress->shown)
		g_printerr("\r\033[K");
	g_free(progress);
}

static guint
get_error_width(void)
{
	struct winsize size = {0};

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return CLAMP(size.ws_col, WIDTH_MIN, WIDTH_MAX);
	return WIDTH_DEFAULT;
}

static void
show_bar(gdouble share, const gchar *text)
{
	g_autoptr(GString) line = g_string_new("[");
	g_autofree gchar *fit = NULL;
	guint filled = (guint)(share * BAR_CELLS + 0.5);

	for (guint i = 0; i < BAR_CELLS; i++)
		g_string_append(line, i < filled ? "█" : "·");
	g_string_append_printf(line, "] %3d %%  %s", (gint)(share * 100 + 0.5), text);
	fit = cm_terminal_fit(line->str, get_error_width() - 1);
	/* back to the start of the line, and clear what the last text left */
	g_printerr("\r%s\033[K", fit);
}

void
cm_terminal_show_progress(CmProgress *progress, gdouble share, const gchar *text)
{
	gdouble clamped = CLAMP(share, 0, 1);
	gint step = (gint)(clamped * PLAIN_STEPS);

	progress->shown = TRUE;
	if (progress->terminal) {
		show_bar(clamped, text);
		return;
	}
	if (step <= progress->last_step || *text == '\0')
		return;
	progress->last_step = step;
	g_printerr("%3d %%  %s\n", (gint)(clamped * 100 + 0.5), text);
}
