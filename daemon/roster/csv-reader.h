// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-faults.h"

/* A table of texts from a CSV file, as spreadsheets and school systems write them: separated by ";", "," or tabs, in UTF-8 (with a
 * byte order mark or not), UTF-16 with one, or Windows-1252; both are found out. What looks like a formula is only text. */

#define CM_CSV_MAX_BYTES (20 * 1024 * 1024)
#define CM_CSV_MAX_ROWS 50000
#define CM_CSV_MAX_COLUMNS 200
#define CM_CSV_MAX_CELL 4000 /* octets of a cell, as UTF-8 */

typedef struct {
	GStrv cells; /* as many as there are headings; stripped of spaces around them */
	guint line;  /* from 1, where the row begins */
} CmCsvRow;

typedef struct {
	GStrv headings;
	GPtrArray *rows;       /* CmCsvRow, without those that are empty */
	const gchar *encoding; /* "UTF-8", "UTF-16", "Windows-1252" */
	gchar separator;
} CmCsvTable;

void
cm_csv_reader_free_table(CmCsvTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCsvTable, cm_csv_reader_free_table)

/* Read it. Fails with CM_ERROR_INVALID_INPUT: no text, no heading, a quote that is not closed or stands where none may, too long,
 * too many rows or columns, a row with more cells than there are headings; the message names the line. Returns: (transfer full) */
CmCsvTable *
cm_csv_reader_read(const gchar *data, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
