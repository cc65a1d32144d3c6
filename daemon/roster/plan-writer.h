// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/json-sink.h"
#include "daemon/roster/plan.h"

#define CM_PLAN_FORMAT "comodal-plan/1"

/* Writes a plan over a caseload as a comodal-plan/1 document (tests/planning/FORMAT.md), its reasons in the language of
 * this process, the total of its cost summed. Fails with CM_ERROR_FAILED when the descriptor can't be written. */
gboolean
cm_plan_writer_write_fd(const CmPlan *plan, const CmCaseload *caseload, int fd, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The members of one placement, into an open object: id, date, start, mode, room, companion. */
void
cm_plan_writer_add_placement(CmJsonSink *sink,
			     const CmCaseload *caseload,
			     const CmPlacement *placement);
