// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"
#include "daemon/roster/roster-numbers.h"

#include <glib.h>

/* Who is where and when: `comodal-agenda/1` documents (docs/formats.md), made from a caseload and a
 * plan of it. */

/* More days than this are refused: a school year and what hangs over. */
#define CM_AGENDA_DAYS_MAX 400

typedef struct {
	const gchar *who;  /* id of a professional or a student; NULL or "" for everyone */
	const gchar *site; /* id of a site: only what happens there; NULL or "" for all */
	CmDay from;        /* both included */
	CmDay to;
	guint64 plan;                   /* its number, stated in the document; 0 when it has none */
	const CmRosterNumbers *numbers; /* of the caseload, or NULL: then the document has none */
} CmAgendaQuery;

/* The document, as UTF-8 JSON. Fails with NOT_FOUND for an unknown who or site, INVALID_INPUT for
 * dates that are the wrong way round or too far apart, EXISTS when an id names both a professional
 * and a student. Returns: (transfer full) */
GBytes *
cm_agenda_new_document(const CmCaseload *caseload,
		       const CmPlan *plan,
		       const CmPolicySet *policies,
		       const CmAgendaQuery *query,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
