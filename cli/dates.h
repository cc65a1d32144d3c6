// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-time.h"

/* Dates and durations as a person of this process's language writes them. All Returns: (transfer full) */

/* "Monday, October 5", "lundi 5 octobre" */
gchar *
cm_dates_format_day(CmDay day) G_GNUC_WARN_UNUSED_RESULT;
/* With the year. */
gchar *
cm_dates_format_full(CmDay day) G_GNUC_WARN_UNUSED_RESULT;
/* "Oct 5", "5 oct." */
gchar *
cm_dates_format_short(CmDay day) G_GNUC_WARN_UNUSED_RESULT;
/* "Mon Oct 5", "lun. 5 oct." */
gchar *
cm_dates_format_column(CmDay day) G_GNUC_WARN_UNUSED_RESULT;

/* "45 min", "2 h", "2 h 10" */
gchar *
cm_dates_format_duration(gint64 minutes) G_GNUC_WARN_UNUSED_RESULT;

/* The Monday of a day's week. */
CmDay
cm_dates_get_monday(CmDay day);
