// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/csv-reader.h"
#include "daemon/roster/csv-values.h"
#include "daemon/roster/roster-change.h"

/* From the rows of a table to changes of a roster: which column is which member, and what each cell says. */

typedef struct {
	guint line;
	guint column;   /* from 1; 0: the row as a whole */
	gchar *heading; /* "" without a column */
	gchar *message; /* cm-message.h */
} CmCsvBadCell;

void
cm_csv_mapping_free_bad_cell(gpointer bad);

/* Which members a kind has in tables, ended by NULL: "id", "name", "last_name", "first_name", "birth_date", … */
const gchar *const *
cm_csv_mapping_get_members(CmNumberKind kind);

/* The kinds that tables are read of: students, contacts, professionals, rooms, schools. */
gboolean
cm_csv_mapping_kind_from_string(const gchar *text,
				CmNumberKind *out_kind) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	CmNumberKind kind;
	CmCsvDates dates;
	GHashTable *
	    said; /* heading as it stands in the file, folded → member, or "" for a column that is left out; what was said
			     beats what is recognised. May be NULL */
} CmCsvRules;

/* Of each column its member, NULL for one that is left out (transfer container). Fails with CM_ERROR_INVALID_INPUT where two columns
 * are the same member, or what was said is no member or no column. */
GPtrArray *
cm_csv_mapping_find_columns(const CmCsvTable *table,
			    const CmCsvRules *rules,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a column is the id, without which rows are nobody's. */
gboolean
cm_csv_mapping_has_id(const GPtrArray *columns);

/* What rows refer to in a roster, found fast. */
typedef struct {
	GHashTable *ids;   /* of the things of the rules' kind */
	GHashTable *sites; /* id, or folded name → id; "" where several have the name */
} CmCsvIndex;

/* The caseload must outlive it. Returns: (transfer full) */
CmCsvIndex *
cm_csv_mapping_new_index(const CmCaseload *caseload, CmNumberKind kind);
void
cm_csv_mapping_free_index(CmCsvIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCsvIndex, cm_csv_mapping_free_index)

/* The change that a row asks for: an addition, or an edit of what the roster has under its id. NULL where a cell is wrong: then what
 * is wrong is added to `bad` (CmCsvBadCell). Returns: (transfer full) */
CmRosterChange *
cm_csv_mapping_make_change(const CmCsvTable *table,
			   const GPtrArray *columns,
			   const CmCsvRules *rules,
			   const CmCsvIndex *index,
			   const CmCsvRow *row,
			   GPtrArray *bad);

/* The column, from 1, that a member of a thing came from; 0 for none. `path`: "$.birth_date". */
guint
cm_csv_mapping_find_column(const GPtrArray *columns, const gchar *path);
