// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/store/store.h"

/* Reminders of what comes soon: whose time has come is queued a notice, once for a start, however often one looks and whatever the clock
 * did in between.
 *
 * Each person is reminded as many hours ahead as they said (store-reach.h), of what they are part of and, for a student who is there, of
 * what those are told who are told for the student (daemon/consent/audience.h). Nobody is reminded of what they were told of (booked,
 * moved) within those hours, of what has begun, of what does not stand, nor who has no address that works.
 *
 * From the morning of the day before (in their zone) the first session of a follow-up by video is announced by itself to contacts who
 * take part and, when the student is at home, to those who are told for the student: how to get ready. That is a reminder too: no other
 * one follows. */

typedef struct {
	guint reminders;
	guint first_videos;
} CmStoreReminderReport;

/* Rows of what was reminded of are kept for so long before the latest of them. */
#define CM_STORE_REMINDER_KEEP_SECONDS (400 * 86400)

/* Look once, in one transaction. */
gboolean
cm_store_reminder_look(CmStore *store,
		       const CmPolicySet *policies,
		       gint64 now,
		       CmStoreReminderReport *out_report,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
