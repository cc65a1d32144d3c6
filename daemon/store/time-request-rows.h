// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-private.h"
#include "daemon/store/store-time-request.h"

/* Rows of time_request, as they stand: nothing is settled here. The caller holds the transaction. Private to daemon/store. */

/* Oldest first. Returns: (transfer full) (element-type CmStoreTimeRequest) */
GPtrArray *
cm_time_request_rows_list(CmStore *store,
			  const CmStoreTimeRequestFilter *filter,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those that wait, but whose subject is not any more what it was. Returns: (transfer full) (element-type CmStoreTimeRequest) */
GPtrArray *
cm_time_request_rows_list_fallen(CmStore *store,
				 gint64 now,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of one person that wait, for one subject. Returns: (transfer full) (element-type CmStoreTimeRequest) */
GPtrArray *
cm_time_request_rows_list_of(CmStore *store,
			     gint64 subject,
			     CmResource asker_kind,
			     gint64 asker,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody's newest, of any subject, newest first. Returns: (transfer full) (element-type CmStoreTimeRequest) */
GPtrArray *
cm_time_request_rows_list_by(CmStore *store, CmResource asker_kind, gint64 asker, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How many one person ever made for one subject. */
gboolean
cm_time_request_rows_count(CmStore *store,
			   gint64 subject,
			   CmResource asker_kind,
			   gint64 asker,
			   guint *out_count,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new one, its number given. */
gboolean
cm_time_request_rows_insert(CmStore *store,
			    const CmStoreTimeRequest *request,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its version, state, answer and who changed it. */
gboolean
cm_time_request_rows_update(CmStore *store,
			    const CmStoreTimeRequest *request,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody has part in what is booked: attends it, or may decide for a student who does or whose follow-up it is of; of an
 * account, that there is one. */
gboolean
cm_time_request_rows_is_concerned(CmStore *store,
				  const CmStoreBooking *booking,
				  CmResource kind,
				  gint64 person,
				  gboolean *out_concerned,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the account `uid` is this professional's. */
gboolean
cm_time_request_rows_is_account_of(CmStore *store,
				   gint64 uid,
				   gint64 professional,
				   gboolean *out_is,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
