// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* What stands in the cells of Québec's spreadsheets. */

/* Lower case letters and digits without accents, words apart by one space: "Nom de l'élève" → "nom de l eleve". Returns: (transfer
 * full) */
gchar *
cm_csv_values_fold(const gchar *text) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	CM_CSV_DATES_UNKNOWN, /* 04/09/2026 is ambiguous */
	CM_CSV_DATES_DAY_FIRST,
	CM_CSV_DATES_MONTH_FIRST,
} CmCsvDates;

typedef enum {
	CM_CSV_DATE_RIGHT,
	CM_CSV_DATE_WRONG,
	CM_CSV_DATE_AMBIGUOUS,
} CmCsvDateResult;

/* 2026-09-04, 2026/09/04, 04/09/2026, 04-09-2026, 4 sept. 2026, 1er septembre 2026, September 4, 2026, 4-Sep-2026. A year has four
 * digits. */
CmCsvDateResult
cm_csv_values_parse_date(const gchar *text, CmCsvDates dates, CmDay *out_day);
