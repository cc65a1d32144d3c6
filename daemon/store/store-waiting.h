// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/waiting.h"
#include "daemon/store/store-booking.h"

/* The waiting list: requests for service. Every change is one transaction with its audit entry, and carries the version it was made
 * against. Errors besides the store's: CM_ERROR_NOT_FOUND; CM_ERROR_CONFLICT: another version, or it can't happen in this state;
 * CM_ERROR_INVALID_INPUT. */

#define CM_STORE_WAITING_MAX 50          /* requests of a student, whatever became of them */
#define CM_STORE_WAITING_WORD_MAX 200    /* octets: a profession, an act */
#define CM_STORE_WAITING_REASON_MAX 4000 /* octets */

typedef struct {
	gint64 number;
	gint64 version;
	CmWaitingState state;
	gint64 student;
	gchar *profession;
	gchar *act;
	gint minutes;
	gint priority; /* 1 to 3 */
	CmDay received_on;
	gchar *reason;
	gint64 hold;       /* the appointment that is held for it, 0: none */
	gint64 hold_until; /* instant */
} CmStoreWaiting;

void
cm_store_waiting_free(CmStoreWaiting *waiting);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreWaiting, cm_store_waiting_free)

/* Offers whose hold was confirmed are served, those whose hold has ended or was let go wait again. To be called before any list is
 * shown or changed; the functions below do. */
gboolean
cm_store_waiting_settle(CmStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By priority and date. `profession` NULL: all; `open`: waiting and offered only. Returns: (transfer full) (element-type
 * CmStoreWaiting) */
GPtrArray *
cm_store_waiting_list(CmStore *store,
		      const gchar *profession,
		      gboolean open,
		      gint64 now,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One. Returns: (transfer full) */
CmStoreWaiting *
cm_store_waiting_get(CmStore *store, gint64 number, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A new one: of `waiting` student, profession, act, minutes, priority, received_on and reason are taken. CM_ERROR_INVALID_INPUT also:
 * CM_STORE_WAITING_MAX. */
gboolean
cm_store_waiting_add(CmStore *store,
		     const CmStoreCall *call,
		     const CmStoreWaiting *waiting,
		     CmStoreStamp *out_stamp,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Withdraw or serve it; what is held for it is let go. */
gboolean
cm_store_waiting_close(CmStore *store,
		       const CmStoreCall *call,
		       gint64 number,
		       gint64 expected,
		       CmWaitingEvent event,
		       CmStoreStamp *out_stamp,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Offer it an hour: a hold until `until`, and notices to those who hold authority for the student. `order` is of an appointment with this
 * request. */
gboolean
cm_store_waiting_offer(CmStore *store,
		       const CmStoreCall *call,
		       gint64 number,
		       gint64 expected,
		       const CmStoreOrder *order,
		       gint64 until,
		       CmStoreStamp *out_hold,
		       CmStoreStamp *out_stamp,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
