// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-help.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-time-request.h"
#include "daemon/store/store-visit.h"

/* What somebody says on their page: the same as if they had answered by mail, by the same ways, with the same notices and audit entries.
 *
 * Errors of all of them: CM_ERROR_NOT_FOUND, with cm_store_pass_look_up()'s words: it is nothing of theirs, or they may not say that by what
 * they came with. */

#define CM_STORE_RESPONSE_ONCE_MAX 64

/* A change asked for on a page. */
typedef struct {
	const CmStoreVisitor *visitor;
	const CmPolicySet *policies;
	gint64 subject;
	gint64 version; /* of the booking or appointment, as they were shown it */
	const gchar
	    *once; /* the same one again gets the same answer and changes nothing; NULL: none */
	gint64 now;
} CmStoreResponse;

/* That they come, or not. CM_ERROR_CONFLICT: it was moved or cancelled meanwhile, or has begun; another question under the same `once`. */
gboolean
cm_store_response_answer(CmStore *store,
			 const CmStoreResponse *response,
			 CmAnswer answer,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That another time of it could be asked for. Errors as above. */
gboolean
cm_store_response_check_askable(CmStore *store,
				const CmStoreResponse *response,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Another time: `start`, or 0 for any. `remark`: or NULL. Errors also: cm_store_time_request_ask()'s. */
gboolean
cm_store_response_ask_time(CmStore *store,
			   const CmStoreResponse *response,
			   gint64 start,
			   const gchar *remark,
			   gint64 *out_number,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* No other time any more: the request of theirs that waits is withdrawn. CM_ERROR_CONFLICT also: none waits. */
gboolean
cm_store_response_withdraw_time(CmStore *store,
				const CmStoreResponse *response,
				gint64 *out_number,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "I can't get in": cm_store_help_ask() for a session whose door is not done with. CM_ERROR_CONFLICT: it is over, cancelled, or not by
 * video. */
gboolean
cm_store_response_ask_help(CmStore *store,
			   const CmStoreResponse *response,
			   const gchar *report,
			   gint64 *out_number,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
