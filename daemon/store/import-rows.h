// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/record.h"
#include "daemon/store/store.h"

/* How each kind of thing of a caseload becomes rows: its statements, what its row holds, and its
 * parts in other tables. Private to daemon/store. */

/* What the rows of one import refer to. */
typedef struct {
	const CmCaseload *caseload;
	CmDatabase *database;
	const CmSeal *seal;
	CmRecord *record;
	GArray *rows[CM_STORE_KIND_LAST]; /* gint64: a thing's row, by its index in the caseload */
	GHashTable *seen; /* keys of busy times met so far: equal ones are told apart */
} CmImportRows;

typedef struct {
	const gchar *table;
	gsize array; /* offset of the GArray in CmCaseload; 0 for the organisation */

	const gchar *list_sql;   /* id, id_key or external_id, hash, position */
	const gchar *upsert_sql; /* ?1 id, ?2 position, ?3 key, ?4 hash, ?5… the record */
	const gchar *move_sql;   /* ?1 id, ?2 position; NULL: has none */
	const gchar *delete_sql; /* ?1 id */

	gboolean sealed_id; /* ?3 is the keyed hash; else the id itself */

	/* Fill rows->record with thing `index`. */
	void (*fill)(const CmImportRows *rows, guint32 index);

	/* Write the rows of other tables that belong to it; NULL: there are none. */
	gboolean (*write_parts)(const CmImportRows *rows,
				guint32 index,
				gint64 row,
				gboolean is_new,
				GError **error);
} CmImportKind;

/* (transfer none) */
const CmImportKind *
cm_import_rows_get_kind(CmStoreKind kind);

/* How many of a kind the caseload has. */
guint32
cm_import_rows_count(const CmImportRows *rows, CmStoreKind kind);

/* The id of one, NULL for a kind without (travel, busy). (transfer none) */
const gchar *
cm_import_rows_get_id(const CmImportRows *rows, CmStoreKind kind, guint32 index);

/* What one is found by: the keyed hash of its id, or of what it is. */
void
cm_import_rows_compute_key(const CmImportRows *rows,
			   CmStoreKind kind,
			   guint32 index,
			   guint8 out_key[CM_SEAL_HASH_BYTES]);
