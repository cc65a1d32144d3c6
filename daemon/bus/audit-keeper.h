// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/worker.h"

/* Keeps heads of the audit log outside the database's folder, up to date while the daemon runs: once it has begun, every
 * CM_AUDIT_KEEPER_SECONDS in which something was changed, and when the store is closed. Main loop only. */

#define CM_AUDIT_KEEPER_SECONDS 60

typedef struct _CmAuditKeeper CmAuditKeeper;

/* The worker owns the store, which knows the folder (audit-heads.h), and is not taken. Begins at once. */
CmAuditKeeper *
cm_audit_keeper_new(CmWorker *worker);

/* After the worker has ended. */
void
cm_audit_keeper_free(CmAuditKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmAuditKeeper, cm_audit_keeper_free)

/* How the worker ends with its store: the heads are kept a last time, then it is closed. */
void
cm_audit_keeper_close_store(gpointer store);
