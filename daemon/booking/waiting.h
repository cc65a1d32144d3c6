// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/caseload.h"

/* The waiting list: what becomes of a request for service, and who comes first when an hour is free. A person decides; nothing here
 * books. */

typedef enum {
	CM_WAITING_WAITING,
	CM_WAITING_OFFERED, /* an hour is held for them until an instant */
	CM_WAITING_SERVED,
	CM_WAITING_WITHDRAWN,
	CM_WAITING_STATE_LAST
} CmWaitingState;

typedef enum {
	CM_WAITING_EVENT_OFFER,    /* a person offers an hour */
	CM_WAITING_EVENT_EXPIRE,   /* its end came, or the hour was let go */
	CM_WAITING_EVENT_SERVE,    /* it was booked, or they are served otherwise */
	CM_WAITING_EVENT_WITHDRAW, /* they don't ask any more */
	CM_WAITING_EVENT_LAST
} CmWaitingEvent;

/* FALSE: it can't happen in this state. docs/waiting.md draws this table. */
gboolean
cm_waiting_get_next(CmWaitingState state,
		    CmWaitingEvent event,
		    CmWaitingState *out_state) G_GNUC_WARN_UNUSED_RESULT;

/* "waiting", "offered", "served", "withdrawn"; "offer", "expire", "serve", "withdraw" */
const gchar *
cm_waiting_state_to_string(CmWaitingState state);
gboolean
cm_waiting_state_from_string(const gchar *text,
			     CmWaitingState *out_state) G_GNUC_WARN_UNUSED_RESULT;
const gchar *
cm_waiting_event_to_string(CmWaitingEvent event);

/* One request, held against a free hour. */
typedef struct {
	gint64 request;
	gint priority; /* 1 to 3, 1 the most pressing */
	CmDay received_on;
	gboolean fits;  /* nothing blocks it there */
	guint warnings; /* what does not block, but should be looked at */
	gint travel;    /* minutes that it adds to the professional's day; may be below 0 */
	gint points;    /* set by cm_waiting_rank() */
} CmWaitingCandidate;

/* The formula. A priority is worth CM_WAITING_PRIORITY_DAYS days of waiting, a minute of travel costs one day, a warning
 * CM_WAITING_WARNING_DAYS:
 *
 *   points = CM_WAITING_PRIORITY_DAYS × (3 − priority) + days waited (at most CM_WAITING_DAYS_MAX)
 *            − minutes of travel added − CM_WAITING_WARNING_DAYS × warnings
 *
 * Those that fit come first, by points; of equals who has waited longer, then the lower number. The weights are ours: no source gives
 * any; they stand here to be argued about, and each answer shows what it was made of. */
#define CM_WAITING_PRIORITY_DAYS 60
#define CM_WAITING_WARNING_DAYS 15
#define CM_WAITING_DAYS_MAX 730

/* Put them in order, the first to be asked first. */
void
cm_waiting_rank(CmWaitingCandidate *candidates, guint count, CmDay today);

/* Minutes of travel that an hour at `site` adds to a day on which the professional comes from `before` and goes on to `after` (sites of
 * the caseload). */
gint
cm_waiting_get_added_travel(const CmCaseload *caseload,
			    guint32 before,
			    guint32 after,
			    guint32 site);
