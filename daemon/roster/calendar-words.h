// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* What schools call their days, in French and English. */

typedef struct {
	CmDayKind kind;
	gint
	    cycle_day; /* 0: none is named; a pedagogical or closed day may name the one that it takes */
} CmCalendarWords;

/* What an event's title says of its day. FALSE when it says nothing that is known, or speaks of another day ("retour du
 * congé"). */
gboolean
cm_calendar_words_read(const gchar *text, CmCalendarWords *out_words) G_GNUC_WARN_UNUSED_RESULT;
