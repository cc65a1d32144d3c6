// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/curl-source.h"

/* What stands at the address of somebody's calendar: https only, also where it points elsewhere; within a size and a time; never an
 * address of this machine or of its network, unless that is allowed. Neither the address nor what is read is ever logged. */

#define CM_CALENDAR_FETCH_SECONDS_MAX 60
#define CM_CALENDAR_FETCH_VALIDATOR_MAX 200 /* octets of an ETag, a Last-Modified */

/* How things are fetched; kept by whoever fetches. */
typedef struct {
	gchar *ca_file; /* NULL: the system's authorities */
	/* NULL: none. With one, the proxy resolves names, and it is the proxy's to refuse those that lead to private addresses; a host
	 * that says so itself is refused here */
	gchar *proxy;
	gboolean allow_private;
} CmFetchSettings;

/* What is to be fetched. */
typedef struct {
	const gchar *url;      /* https: or webcal: */
	const gchar *etag;     /* as the other side said it the last time, or NULL */
	const gchar *modified; /* the same */
} CmFetchOrder;

typedef struct {
	const gchar *failure; /* as in Busy.SetFailed; NULL: none */
	gboolean unchanged;   /* what stood there the last time still does */
	GBytes *bytes;        /* else */
	const gchar *etag;    /* or NULL */
	const gchar *modified;
} CmFetched;

typedef struct _CmCalendarFetch CmCalendarFetch;

typedef void (*CmCalendarFetchDone)(const CmFetched *result, gpointer user_data);

/* Begin; `done` is called from the main loop, once, unless it is freed before. Returns: (transfer full) */
CmCalendarFetch *
cm_calendar_fetch_new(CmCurlSource *curl,
		      const CmFetchSettings *settings,
		      const CmFetchOrder *order,
		      CmCalendarFetchDone done,
		      gpointer user_data);

/* Ends it in the middle, if it is there. */
void
cm_calendar_fetch_free(CmCalendarFetch *fetch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCalendarFetch, cm_calendar_fetch_free)
