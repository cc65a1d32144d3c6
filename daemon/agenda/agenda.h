// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/booking-state.h"
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
	CmResource kind; /* professional, student or contact */
	guint32 index;
} CmAgendaAttendee;

/* What is or was booked, as the roster's things. */
typedef struct {
	gint64 number;
	gboolean appointment; /* or a hold; else a session of a follow-up */
	const gchar *
	    kind; /* "session" (of an appointment: a hold for one), "group", "intervention-plan", "meeting" */
	CmBookingState state;
	gboolean by_hand;
	gint64 time_request;   /* number of one for another time that waits, 0: none */
	const GArray *answers; /* CmAgendaAnswer: to the invitations; or NULL */
	guint32 session;       /* or CM_NONE */
	guint32 professional;
	guint32 site; /* or CM_NONE: nowhere */
	CmPlacement placement;
	CmMinute end;
	const gchar *title;      /* or NULL */
	const GArray *attendees; /* CmAgendaAttendee, of an appointment */
} CmAgendaBooking;

typedef struct {
	guint32 professional; /* whose; or CM_NONE */
	guint32 student;      /* or whose; or CM_NONE. Neither: everyone's */
	guint32 site;         /* only what happens there; CM_NONE for all */
	guint32 bound; /* only what this professional does, whoever was asked for; or CM_NONE */
	const guint8 *
	    sites; /* of each site, whether what happens there is shown, without whom it is for besides the student;
				 NULL: all is shown */
	CmDay from; /* both included */
	CmDay to;
	guint64 plan;                   /* its number, stated in the document; 0 when it has none */
	const CmRosterNumbers *numbers; /* of the caseload, or NULL: then the document has none */
	const GArray *
	    booked; /* CmAgendaBooking: what is said of the plan's sessions that are where it has them, and what
				 stands beside them; or NULL */
} CmAgendaQuery;

/* Everything between two dates. */
#define CM_AGENDA_QUERY(first, last)                                                               \
	((CmAgendaQuery){.professional = CM_NONE,                                                  \
			 .student = CM_NONE,                                                       \
			 .site = CM_NONE,                                                          \
			 .bound = CM_NONE,                                                         \
			 .from = (first),                                                          \
			 .to = (last)})

/* The document, as UTF-8 JSON. Fails with INVALID_INPUT for dates that are the wrong way round or too far apart. Returns:
 * (transfer full) */
GBytes *
cm_agenda_new_document(const CmCaseload *caseload,
		       const CmPlan *plan,
		       const CmPolicySet *policies,
		       const CmAgendaQuery *query,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
