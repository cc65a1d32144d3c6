// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "include/cm-faults.h"

#include <gio/gio.h>

/* Reads a comodal-caseload/1 document (tests/planning/FORMAT.md) of any size, in one pass.
 *
 * Strict: what the contract does not allow is a fault, with its JSON path, its line and what was
 * expected; the reading goes on, so that one run names them all. Things may come in any order, also
 * before what they refer to. Unknown members are passed over.
 *
 * Where the contract leaves it open: the windows of a day may come in any order and are sorted, but
 * may not overlap (each holds whole sessions, so that two that overlap can't be made one); windows
 * that touch stay two. The days of a calendar may come in any order and are sorted. A class day
 * needs its cycle day. travel_minutes has both directions of a pair, or none. Locked placements of
 * `previous` may not overlap for a professional, a contact, a room or a companion; a student may
 * have two at a time, since they need not be present at each. */

#define CM_CASELOAD_FORMAT "comodal-caseload/1"

#define CM_CASELOAD_MAX_HORIZON_DAYS 400
#define CM_CASELOAD_MAX_CYCLE_LENGTH 60
#define CM_CASELOAD_MAX_CALENDAR_DAYS 2000 /* in one calendar */
#define CM_CASELOAD_MAX_ID_BYTES 200
#define CM_CASELOAD_MAX_NAME_BYTES 500
#define CM_CASELOAD_MAX_DAY_WINDOWS 24
#define CM_CASELOAD_MAX_CYCLE_WINDOWS 1000 /* of one student, blocked or core */
#define CM_CASELOAD_MAX_ABSENCES 400       /* of one professional */
#define CM_CASELOAD_MAX_SERVED_SITES 100   /* of one professional */
#define CM_CASELOAD_MAX_PARTICIPANTS 32    /* of one session */
#define CM_CASELOAD_MAX_FOLLOWUP_SESSIONS 500

/* Read from the descriptor's current offset to its end; it stays the caller's. Faults are added to
 * `faults`. Fails with CM_ERROR_INVALID_INPUT when there is any, CM_ERROR_NOT_SUPPORTED when the
 * document is of another major version, CM_ERROR_FAILED when the descriptor can't be read,
 * CM_ERROR_CANCELLED. Returns: (transfer full) */
CmCaseload *
cm_caseload_reader_read_fd(int fd, CmFaults *faults, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
