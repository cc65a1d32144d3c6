// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-booking.h"
#include "daemon/store/store-private.h"

/* Calls that a client makes again because it lost the answer. The caller holds the transaction, so that a key is kept exactly when
 * what it stands for was done. Private to daemon/store. */

/* Look the call's key up: `stamps` (of CmStoreStamp) gets the answer when `asked`, a text of everything asked for, was answered
 * under it already; else it stays empty. CM_ERROR_CONFLICT: the key stands for something else. CM_ERROR_INVALID_INPUT: too long. */
gboolean
cm_request_key_look_up(CmStore *store,
		       const CmStoreCall *call,
		       const gchar *asked,
		       GArray *stamps,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keep the answer under the call's key, if it has one, and forget those that are old. */
gboolean
cm_request_key_keep(CmStore *store,
		    const CmStoreCall *call,
		    const gchar *asked,
		    const CmStoreStamp *stamps,
		    guint count,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
