// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/csv-reader.h"

#include "include/cm-error.h"

#include <csv.h>
#include <glib/gi18n.h>
#include <string.h>

typedef struct {
	CmCsvTable *table;
	GPtrArray *cells; /* of the row that is being read */
	guint line;       /* that is being fed */
	guint row_line;   /* where the row began */
	gboolean fresh;   /* no row has begun since the last one ended */
	GError *error;
} Reading;

static void
row_free(gpointer data)
{
	CmCsvRow *row = data;

	g_strfreev(row->cells);
	g_free(row);
}

void
cm_csv_reader_free_table(CmCsvTable *table)
{
	if (table == NULL)
		return;
	g_strfreev(table->headings);
	g_ptr_array_unref(table->rows);
	g_free(table);
}

static gboolean
set_wrong(GError **error, guint line, const gchar *format)
{
	g_autofree gchar *number = g_strdup_printf("%u", line);

	cm_error_set(error, CM_ERROR_INVALID_INPUT, format, number, NULL);
	return FALSE;
}

/* ---- encoding */

static gchar *
convert(const gchar *data, gsize length, const gchar *from, gsize *out_length, GError **error)
{
	gchar *text = g_convert(data, (gssize)length, "UTF-8", from, NULL, out_length, NULL);

	if (text == NULL || memchr(text, '\0', *out_length) != NULL) {
		g_free(text);
		(void)set_wrong(error, 1,
				N_("This is not a text file: neither UTF-8 nor Windows-1252."));
		return NULL;
	}
	return text;
}

/* Returns: (transfer full): UTF-8 */
static gchar *
decode(const gchar *data,
       gsize length,
       const gchar **out_encoding,
       gsize *out_length,
       GError **error)
{
	static const guint8 mark[] = {0xef, 0xbb, 0xbf};
	gboolean marked = length >= 3 && memcmp(data, mark, sizeof mark) == 0;

	if (length >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
		*out_encoding = "UTF-16";
		return convert(data, length, "UTF-16", out_length, error);
	}
	if (marked) {
		data += sizeof mark;
		length -= sizeof mark;
	}
	if (g_utf8_validate_len(data, length, NULL)) {
		*out_encoding = "UTF-8";
		*out_length = length;
		return g_strndup(data, length);
	}
	*out_encoding = "Windows-1252";
	return convert(data, length, "WINDOWS-1252", out_length, error);
}

/* ---- separator */

static guint
count_outside_quotes(const gchar *text, gchar wanted)
{
	gboolean quoted = FALSE;
	guint count = 0;

	for (const gchar *p = text; *p != '\0' && (quoted || (*p != '\n' && *p != '\r')); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p == wanted)
			count++;
	}
	return count;
}

/* the one that the headings have most of; Excel's own "sep=;" says it */
static gchar
find_separator(const gchar *text, gsize *out_skip)
{
	static const gchar candidates[] = {';', ',', '\t'};
	gchar best = ';';
	guint most = 0;

	*out_skip = 0;
	if (g_ascii_strncasecmp(text, "sep=", 4) == 0 && strchr(";,\t", text[4]) != NULL &&
	    text[4] != '\0') {
		*out_skip = 5;
		return text[4];
	}
	for (guint i = 0; i < G_N_ELEMENTS(candidates); i++) {
		guint count = count_outside_quotes(text, candidates[i]);

		if (count > most) {
			most = count;
			best = candidates[i];
		}
	}
	return best;
}

/* ---- rows, as libcsv finds them */

static void
on_cell(void *bytes, size_t length, void *data)
{
	Reading *reading = data;
	gchar *text = NULL;

	if (reading->error != NULL)
		return;
	if (length > CM_CSV_MAX_CELL) {
		(void)set_wrong(&reading->error, reading->row_line,
				N_("Line {0}: a cell is too long."));
		return;
	}
	/* a cell cut within a character is no text any more; it can't be: the whole was valid */
	text = g_strndup(bytes, length);
	g_strdelimit(text, "\r\n\t", ' ');
	g_ptr_array_add(reading->cells, g_strstrip(text));
}

static gboolean
is_empty(const GPtrArray *cells)
{
	for (guint i = 0; i < cells->len; i++) {
		if (*(const gchar *)g_ptr_array_index(cells, i) != '\0')
			return FALSE;
	}
	return TRUE;
}

/* the cells, filled up to as many as there are headings. Returns: (transfer full) */
static GStrv
take_cells(Reading *reading, guint width)
{
	GStrv cells = g_new0(gchar *, MAX(width, reading->cells->len) + 1);
	guint i = 0;

	for (; i < reading->cells->len; i++)
		cells[i] = g_strdup(g_ptr_array_index(reading->cells, i));
	for (; i < width; i++)
		cells[i] = g_strdup("");
	return cells;
}

/* empty cells at a row's end are what a spreadsheet adds */
static void
drop_empty_end(GPtrArray *cells, guint width)
{
	while (cells->len > width &&
	       *(const gchar *)g_ptr_array_index(cells, cells->len - 1) == '\0')
		g_ptr_array_set_size(cells, (gint)cells->len - 1);
}

static void
on_row(int end, void *data)
{
	Reading *reading = data;
	CmCsvTable *table = reading->table;
	guint width = table->headings != NULL ? g_strv_length(table->headings) : 0;
	CmCsvRow *row = NULL;

	reading->fresh = TRUE;
	if (reading->error != NULL || is_empty(reading->cells)) {
		g_ptr_array_set_size(reading->cells, 0);
		return;
	}
	drop_empty_end(reading->cells, width);
	if (table->headings == NULL && reading->cells->len <= CM_CSV_MAX_COLUMNS) {
		table->headings = take_cells(reading, 0);
	} else if (table->headings == NULL) {
		(void)set_wrong(&reading->error, reading->row_line,
				N_("Line {0}: there are more than 200 columns."));
	} else if (reading->cells->len > width) {
		(void)set_wrong(&reading->error, reading->row_line,
				N_("Line {0} has more cells than there are headings."));
	} else if (table->rows->len >= CM_CSV_MAX_ROWS) {
		(void)set_wrong(&reading->error, reading->row_line,
				N_("Line {0}: a file holds at most 50,000 rows."));
	} else {
		row = g_new0(CmCsvRow, 1);
		row->cells = take_cells(reading, width);
		row->line = reading->row_line;
		g_ptr_array_add(table->rows, row);
	}
	g_ptr_array_set_size(reading->cells, 0);
}

/* A line at a time, so that a row's line is known: libcsv counts none. Returns FALSE where a quote is wrong. */
static gboolean
feed(struct csv_parser *parser, Reading *reading, const gchar *text, gsize length)
{
	const gchar *end = text + length;

	while (text < end && reading->error == NULL) {
		const gchar *newline = memchr(text, '\n', (gsize)(end - text));
		gsize count = newline != NULL ? (gsize)(newline - text) + 1 : (gsize)(end - text);

		reading->line++;
		if (reading->fresh && *text != '\n' && *text != '\r') {
			reading->row_line = reading->line;
			reading->fresh = FALSE;
		}
		if (csv_parse(parser, text, count, on_cell, on_row, reading) != count)
			return FALSE;
		text += count;
	}
	return reading->error != NULL || csv_fini(parser, on_cell, on_row, reading) == 0;
}

static gboolean
parse(CmCsvTable *table, const gchar *text, gsize length, GError **error)
{
	Reading reading = {.table = table, .fresh = TRUE};
	struct csv_parser parser;
	gboolean right = FALSE;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("There is no memory for a document: {0}."),
			     "csv", NULL);
		return FALSE;
	}
	csv_set_delim(&parser, (unsigned char)table->separator);
	reading.cells = g_ptr_array_new_with_free_func(g_free);
	right = feed(&parser, &reading, text, length);
	csv_free(&parser);
	g_ptr_array_unref(reading.cells);
	if (reading.error != NULL) {
		g_propagate_error(error, reading.error);
		return FALSE;
	}
	if (!right)
		return set_wrong(
		    error, reading.row_line,
		    N_("Line {0}: a quotation mark is not closed, or stands where none may."));
	if (table->headings == NULL)
		return set_wrong(error, 1,
				 N_("The file is empty: its first row has to name the columns."));
	return TRUE;
}

CmCsvTable *
cm_csv_reader_read(const gchar *data, gsize length, GError **error)
{
	g_autoptr(CmCsvTable) table = g_new0(CmCsvTable, 1);
	g_autofree gchar *text = NULL;
	const gchar *start = NULL;
	gsize skip = 0;

	table->rows = g_ptr_array_new_with_free_func(row_free);
	if (length > CM_CSV_MAX_BYTES) {
		(void)set_wrong(error, 0, N_("The file is larger than 20 MB."));
		return NULL;
	}
	text = decode(data, length, &table->encoding, &length, error);
	if (text == NULL)
		return NULL;
	if (memchr(text, '\0', length) != NULL) {
		(void)set_wrong(error, 1,
				N_("This is not a text file: neither UTF-8 nor Windows-1252."));
		return NULL;
	}
	start = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
	table->separator = find_separator(start, &skip);
	start += skip;
	if (!parse(table, start, length - (gsize)(start - text), error))
		return NULL;
	return g_steal_pointer(&table);
}
