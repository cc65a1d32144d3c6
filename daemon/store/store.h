// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/store/service-key.h"

#include <gio/gio.h>

/* The database: one SQLite file, the only folder that knows SQL. What is in it: docs/data-model.md.
 *
 * Its parts: store-import.h, store-roster.h, store-plan.h, store-account.h.
 *
 * All functions are synchronous and for one thread at a time (the worker that owns the store). A
 * function either has done all it says, durably, or nothing: each is one transaction. Where a
 * GCancellable is taken it ends a long statement; the error is then CM_ERROR_CANCELLED. Errors of
 * every function, besides those it names: CM_ERROR_STORE (disk full, read-only, damaged; the
 * message says which), CM_ERROR_BUSY (another process holds a lock for longer than
 * CM_STORE_BUSY_MS). */

#define CM_STORE_SCHEMA_VERSION 4
#define CM_STORE_BUSY_MS 5000

typedef struct _CmStore CmStore;

/* Open the database at `path`, made if there is none; its folder is made too (one level), 0700.
 * Brings an older schema up to date after a verified copy aside (`path`.vN.bak). The store keeps
 * its own reference to `key`.
 *
 * CM_ERROR_STORE: file or folder of another owner or open to others, not a comodal database,
 * damaged, a migration that failed. CM_ERROR_NOT_SUPPORTED: the database is newer than this
 * program. CM_ERROR_KEY: it was made with another key. CM_ERROR_BUSY: another process has it open.
 * Nothing is ever deleted or made anew because of an error. Returns: (transfer full) */
CmStore *
cm_store_open(const gchar *path, CmServiceKey *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Closes and checkpoints; no transaction can be open. */
void
cm_store_close(CmStore *store);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStore, cm_store_close)

/* The clock by which notices are queued: seconds since 1970, UTC. Until it is set, the system's. */
typedef gint64 (*CmStoreClock)(void);
void
cm_store_set_clock(CmStore *store, CmStoreClock clock);

/* Called, on the thread that uses the store, when something was promised to be told, before the transaction that promises it ends. */
typedef void (*CmStoreQueued)(gpointer user_data);
void
cm_store_set_queued(CmStore *store, CmStoreQueued queued, gpointer user_data);

/* A group: what is done between the two is durable with the end alone, in one commit, though each function still does all it
 * says or nothing. For calls that are answered after the end. */
gboolean
cm_store_begin_group(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the group still stands: some failures, a full disk for one, undo all of it at once. */
gboolean
cm_store_has_group(CmStore *store);

/* On failure nothing of the group has been done. */
gboolean
cm_store_end_group(CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Look at every page, every reference and the overlap guard: CM_ERROR_STORE says what is wrong.
 * Long. */
gboolean
cm_store_check(CmStore *store, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a caseload holds, in the order of reports. */
typedef enum {
	CM_STORE_KIND_ORGANISATION, /* with horizon, grid and replan_from; always one */
	CM_STORE_KIND_CALENDAR,
	CM_STORE_KIND_SITE,
	CM_STORE_KIND_TRAVEL, /* a pair of sites, each direction */
	CM_STORE_KIND_ROOM,
	CM_STORE_KIND_COMPANION,
	CM_STORE_KIND_PROFESSIONAL,
	CM_STORE_KIND_STUDENT,
	CM_STORE_KIND_CONTACT,
	CM_STORE_KIND_FOLLOWUP,
	CM_STORE_KIND_SESSION,
	CM_STORE_KIND_BUSY,
	CM_STORE_KIND_LAST
} CmStoreKind;

/* "organisation", "calendar", "site", "travel", … */
const gchar *
cm_store_kind_to_string(CmStoreKind kind);

/* Whether the student sits in a session of this act: what the profession's policy says
 * (StudentPresent). The overlap guard claims the student's time only if so. NULL instead of a
 * function: always. */
typedef gboolean (*CmStorePresence)(const gchar *profession, const gchar *act, gpointer user_data);
