// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/roster/school-calendar.h"

/* Roster.ImportCalendar as a job: read a school's year, say what was understood, keep it. */

/* Takes the descriptor. Dates of CM_DAY_NONE in `options` are those of the roster's horizon. Returns the job's path (transfer
 * none). */
const gchar *
cm_calendar_job_start(CmService *service,
		      GDBusMethodInvocation *invocation,
		      gint fd,
		      const gchar *calendar,
		      const CmSchoolCalendarOptions *options,
		      gboolean dry_run,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
