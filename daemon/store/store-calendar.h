// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/roster/busy-calendar.h"
#include "daemon/store/store.h"

/* Professionals' own calendars: where each one is read from, and the busy times that were last read from it. The daemon reads none
 * itself; the person's own program does, and brings the times. A calendar that can't be read keeps the times that were read last: never is
 * somebody free because nobody knows. */

#define CM_STORE_CALENDARS_MAX 8            /* of one professional */
#define CM_STORE_CALENDAR_LOCATION_MAX 4096 /* octets */
/* what was not read for so long is stale, as if it had failed */
#define CM_STORE_CALENDAR_STALE_SECONDS (2 * 86400)

typedef enum {
	CM_CALENDAR_NEVER_READ,
	CM_CALENDAR_READ,
	CM_CALENDAR_FAILED,
	CM_CALENDAR_STATE_LAST
} CmCalendarState;

typedef enum {
	CM_CALENDAR_FAILURE_NONE,
	CM_CALENDAR_FAILURE_UNREACHABLE, /* no answer, or an error from the other side */
	CM_CALENDAR_FAILURE_CERTIFICATE, /* the other side is not who it says */
	CM_CALENDAR_FAILURE_REFUSED, /* it asks for who we are, or there is nothing there any more */
	CM_CALENDAR_FAILURE_TOO_LARGE,
	CM_CALENDAR_FAILURE_NOT_CALENDAR,
	CM_CALENDAR_FAILURE_PARTLY, /* some events were not understood: those that were are kept */
	CM_CALENDAR_FAILURE_LAST
} CmCalendarFailure;

/* "never-read", "read", "failed"; "", "unreachable", "certificate", … */
const gchar *
cm_store_calendar_state_to_string(CmCalendarState state);
const gchar *
cm_store_calendar_failure_to_string(CmCalendarFailure failure);
gboolean
cm_store_calendar_failure_from_string(const gchar *text,
				      CmCalendarFailure *out_failure) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	gint64 number;
	gint64 version;
	gint64 professional;
	gchar *location; /* a secret */
	CmCalendarState state;
	CmCalendarFailure failure;
	gint64 read_at;  /* the last time that it could be read; 0: never */
	gint64 tried_at; /* 0: never */
	guint times;     /* that are kept */
} CmStoreCalendar;

/* Whether what is kept of it may be out of date: it was never read, the last try failed, or nobody tried for long. */
gboolean
cm_store_calendar_is_stale(const CmStoreCalendar *calendar, gint64 now);

/* Of one professional, or with 0 of all, by number. Returns: (transfer full) (element-type CmStoreCalendar) */
GPtrArray *
cm_store_calendar_list(CmStore *store,
		       gint64 professional,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every change: a transaction with its audit entry (never the location). Errors besides the store's: CM_ERROR_NOT_FOUND;
 * CM_ERROR_CONFLICT: another version; CM_ERROR_INVALID_INPUT. */

gboolean
cm_store_calendar_add(CmStore *store,
		      gint64 professional,
		      const gchar *location,
		      gint64 actor,
		      gint64 now,
		      gint64 *out_number,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With its times. */
gboolean
cm_store_calendar_remove(CmStore *store,
			 gint64 number,
			 gint64 expected,
			 gint64 actor,
			 gint64 now,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was read: these times replace those before (rising, apart). `failure`: NONE, or PARTLY. */
gboolean
cm_store_calendar_set_times(CmStore *store,
			    gint64 number,
			    gint64 expected,
			    const CmBusyTime *times,
			    guint count,
			    CmCalendarFailure failure,
			    gint64 actor,
			    gint64 now,
			    gint64 *out_version,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It could not be read: the times stay; the first failure after a success queues a notice to the professional. */
gboolean
cm_store_calendar_set_failed(CmStore *store,
			     gint64 number,
			     gint64 expected,
			     CmCalendarFailure failure,
			     gint64 actor,
			     gint64 now,
			     gint64 *out_version,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It was looked at, and nothing is other than it was: what it holds (`read`), or that it can't be read. No version, no audit entry; its
 * state must be that already (CM_ERROR_CONFLICT). */
gboolean
cm_store_calendar_touch(CmStore *store,
			gint64 number,
			gint64 expected,
			gboolean read,
			gint64 now,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A busy time of somebody. */
typedef struct {
	gint64 professional;
	CmBusyTime time;
} CmCalendarBusy;

/* All that end after `from`, by professional and start. Returns: (transfer full) (element-type CmCalendarBusy) */
GArray *
cm_store_calendar_list_busy(CmStore *store, gint64 from, GError **error) G_GNUC_WARN_UNUSED_RESULT;
