// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"

/* Whose a thing is. */

typedef enum {
	CM_SUBJECT_PROFESSIONAL,
	CM_SUBJECT_STUDENT, /* whom they follow */
	CM_SUBJECT_CONTACT, /* who takes part in a session of theirs, or stands for a student whom they follow */
	CM_SUBJECT_FOLLOWUP,
	CM_SUBJECT_SESSION,          /* of a follow-up, booked or not */
	CM_SUBJECT_APPOINTMENT,      /* whose it is, or who is among those who attend */
	CM_SUBJECT_HELD_APPOINTMENT, /* whose it is: who attends only may not change it */
	CM_SUBJECT_REQUEST,          /* for service, of a student whom they follow */
	CM_SUBJECT_CONSENT,          /* likewise */
	CM_SUBJECT_DEROGATION,       /* of a follow-up or a session of theirs */
	CM_SUBJECT_CALENDAR,         /* their own, from elsewhere */
	CM_SUBJECT_TIME_REQUEST, /* for another time of a session or an appointment that is theirs to move */
	CM_SUBJECT_LAST
} CmSubject;

/* The students whom a professional may know without following them now: they met in a session that is over, or a request of their
 * profession was offered to or served by them. gint64, their numbers. Returns: (transfer full) */
GArray *
cm_store_subject_list_known_students(CmStore *store,
				     gint64 professional,
				     gint64 now,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether thing `number` is there and concerns `professional`; with 0 for whoever it may concern, with less it concerns nobody. */
gboolean
cm_store_subject_look_up(CmStore *store,
			 CmSubject subject,
			 gint64 number,
			 gint64 professional,
			 gboolean *out_there,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
