// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

#include <json-glib/json-glib.h>

/* What people answered to their invitations of one thing that is booked, for the documents of agendas. */

typedef struct {
	CmResource kind; /* professional, student or contact */
	guint32 index;   /* in the caseload */
	gint64 number;
	const gchar *answer; /* "needs-action", "accepted", "declined", "tentative" */
	const gchar *by;     /* "mail", "page", "staff": how it came; or NULL */
} CmAgendaAnswer;

/* The member "answers" of what is being built: [{kind, number, answer, by?}]; nothing when there are none or `answers` is NULL.
 * (element-type CmAgendaAnswer) */
void
cm_agenda_answers_add(JsonBuilder *builder, const CmCaseload *caseload, const GArray *answers);
