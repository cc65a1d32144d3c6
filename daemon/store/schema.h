// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/database.h"

/* Versions of the schema (PRAGMA user_version), each a step that is never edited once released:
 *
 *   1  schema-1.sql: roster, accounts, plans, bookings with the overlap guard
 *   2  schema-2.sql: booking by hand, consents, derogations, requests, other calendars, the audit log
 *
 * Private to daemon/store. */

/* "com1" */
#define CM_SCHEMA_APPLICATION_ID 0x636f6d31

/* One step: SQL that ends with the new user_version, given or as a resource of this folder, and what SQL can't do (may be NULL). */
typedef struct {
	const gchar *sql;
	gboolean (*run)(CmDatabase *database, GError **error);
	const gchar *resource; /* instead of `sql` */
} CmSchemaStep;

/* What version a file has: 0 for an empty one. CM_ERROR_STORE when it is not ours,
 * CM_ERROR_NOT_SUPPORTED when it is newer than `newest`. */
gboolean
cm_schema_get_version(CmDatabase *database, guint newest, guint *out_version, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Run all steps of this program on an empty database. The caller has begun a transaction and ends it. */
gboolean
cm_schema_create(CmDatabase *database, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bring `path` from `version` to `newest`: a copy aside (`path`.vN.bak), verified, then each step
 * in its own transaction. `steps[v]` leads from v to v + 1. A step that fails leaves the version
 * before it, and the error says so. */
gboolean
cm_schema_migrate(CmDatabase *database,
		  const gchar *path,
		  const CmSchemaStep *steps,
		  guint version,
		  guint newest,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The steps of this program; CM_STORE_SCHEMA_VERSION of them.
 * (transfer none) */
const CmSchemaStep *
cm_schema_get_steps(void);

/* Look at every page and every reference. CM_ERROR_STORE says what is wrong. */
gboolean
cm_schema_verify(CmDatabase *database, GError **error) G_GNUC_WARN_UNUSED_RESULT;
