// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-import.h"

/* What tests of the store share: a folder of their own, a key, a database, instances. Failures abort. */

typedef struct {
	gchar *folder;   /* holds "data/" and "service.key" */
	gchar *database; /* path in "data/" */
	gchar *key_path;
	CmServiceKey *key;
	CmStore *store; /* open */
} CmStoreFixture;

/* A new database in a new folder. */
CmStoreFixture *
cm_store_fixture_new(void);

/* Close and remove all. */
void
cm_store_fixture_free(CmStoreFixture *fixture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreFixture, cm_store_fixture_free)

/* Close and open again. */
void
cm_store_fixture_reopen(CmStoreFixture *fixture);

/* A caseload of tests/planning/generate.py by its arguments, "pair --seed 3 --busy". Returns: (transfer full) */
CmCaseload *
cm_store_fixture_generate(const gchar *arguments);

/* A caseload of a file. Returns: (transfer full) */
CmCaseload *
cm_store_fixture_read_file(const gchar *path);

/* A caseload of a JSON text, whose quotes may be single. Returns: (transfer full) */
CmCaseload *
cm_store_fixture_parse(const gchar *json);

/* Import, and fail the test when it does not work. */
void
cm_store_fixture_import(CmStoreFixture *fixture,
			const CmCaseload *caseload,
			CmStoreReport *out_report);

/* Run SQL in the sqlite3 shell, on the database closed or open. Returns whether it succeeded; `out_text`, if not NULL, is what it
 * printed, errors included. */
gboolean
cm_store_fixture_run_shell(CmStoreFixture *fixture, const gchar *sql, gchar **out_text);

/* A small caseload written out in full: one professional, two students at one school, two follow-ups of two sessions, two rooms, a
 * companion, two contacts. JSON, to be edited by a test. */
const gchar *
cm_store_fixture_get_small(void);

/* A text with all of one thing in it as another; fails when it is not there. Returns: (transfer full) */
gchar *
cm_store_fixture_replace(const gchar *text, const gchar *old, const gchar *new);
