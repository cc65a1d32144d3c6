// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"
#include "daemon/roster/plan.h"

/* A plan laid out by person and day, and the roads between. */

/* One placement with what its session refers to. */
typedef struct {
	const CmPlacement *placement; /* of the plan */
	guint32 session;
	guint32 followup;
	guint32 professional;
	guint32 student;
	guint32 site; /* the student's: where it happens, unless it is by video from home */
	CmDay date;
	CmMinute start;
	CmMinute end;
} CmStop;

/* A road of a professional's day. The minutes are those of the caseload's matrix. */
typedef struct {
	guint32 from; /* sites */
	guint32 to;
	CmMinute start; /* may be before the first session's window: leave home earlier */
	CmMinute end;
} CmLeg;

/* Every placement, by professional, date, start. Returns: (transfer full) GArray of CmStop, whose pointers live as long
 * as the plan */
GArray *
cm_itinerary_new_stops(const CmCaseload *caseload, const CmPlan *plan) G_GNUC_WARN_UNUSED_RESULT;

/* How many stops from `first` on are of the same professional and day. */
guint
cm_itinerary_count_day(const GArray *stops, guint first);

/* The roads of one professional's day of `count` stops from `stops`: from the base to the first site in person, between
 * sites, and back. A road between two sessions is in the first gap that is long enough, and starts when the session before
 * it ends; that to the first site ends when it is due there. Returns: (transfer full) GArray of CmLeg, by start */
GArray *
cm_itinerary_new_legs(const CmCaseload *caseload,
		      const CmStop *stops,
		      guint count) G_GNUC_WARN_UNUSED_RESULT;
