// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/courier/calendar-fetch.h"
#include "daemon/courier/comodald-link.h"
#include "daemon/courier/foreign-reader.h"
#include "daemon/courier/maildir.h"
#include "daemon/courier/room-call.h"
#include "daemon/courier/smtp-mail.h"

/* One job that comodald has handed out: a mail to be sent, a calendar to be fetched, or a video provider to be asked. It holds a descriptor and a few addresses, never
 * the message. Main loop only. */

#define CM_COURIER_JOB_ORDER_MAX 16384 /* octets of its order */
#define CM_COURIER_JOB_WAIT_SECONDS 60 /* with CM_SMTP_MAIL_SECONDS_MAX it is less than a lease */

/* With what jobs are done; kept by whoever has them done. */
typedef struct {
	CmTransferPool *pool; /* for mail */
	CmCurlSource *curl;   /* for calendars */
	CmCurlSource *rooms;  /* for video providers */
	CmForeignReader *reader;
	CmMaildir *maildir; /* or NULL */
	CmSmtpServer *smtp; /* or NULL */
	const CmFetchSettings *fetch;
} CmCourierMeans;

typedef struct _CmCourierJob CmCourierJob;

/* It is done: its report is there (cm_courier_job_make_report()). */
typedef void (*CmCourierJobDone)(CmCourierJob *job, gpointer user_data);

/* Read its order; the descriptors become its own. What can't be read makes a job that ends, when it begins, as a failure. Returns: (transfer
 * full) */
CmCourierJob *
cm_courier_job_new(CmComodaldJob *handed);
/* Ends it in the middle. */
void
cm_courier_job_free(CmCourierJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCourierJob, cm_courier_job_free)

gint64
cm_courier_job_get_number(const CmCourierJob *job);
/* "mail", "fetch", "room" */
const gchar *
cm_courier_job_get_kind(const CmCourierJob *job);

/* of a mail, as in its order or as renewed; 0: of anything else */
gint64
cm_courier_job_get_attempt(const CmCourierJob *job);

/* The same job was handed out again, while it is under way or its report not yet given: what becomes of it is the newer attempt's. */
void
cm_courier_job_renew(CmCourierJob *job, const CmCourierJob *newer);

/* Begin; `done` is called later, from the main loop. */
void
cm_courier_job_begin(CmCourierJob *job,
		     const CmCourierMeans *means,
		     CmCourierJobDone done,
		     gpointer user_data);

/* Stop it where it is: its report then says how far it came, and `done` is not called. FALSE: there is nothing to report. */
gboolean
cm_courier_job_abandon(CmCourierJob *job);

/* Whether somebody stands before a door meanwhile: it does not wait behind others. */
gboolean
cm_courier_job_is_urgent(const CmCourierJob *job);

/* Whether it has waited for so long (CM_COURIER_JOB_WAIT_SECONDS) that its lease could end while it is under way. */
gboolean
cm_courier_job_is_stale(const CmCourierJob *job);

/* What is reported of it, once it is done or abandoned. Returns: (transfer full) */
GBytes *
cm_courier_job_make_report(const CmCourierJob *job) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it did what it was for. */
gboolean
cm_courier_job_is_good(const CmCourierJob *job);

/* What may be logged of its end, as "accepted" or "temporary". (transfer none) */
const gchar *
cm_courier_job_describe_end(const CmCourierJob *job);
