// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-help.h"
#include "daemon/store/store-private.h"

/* Rows of help_request. The caller holds the transaction. Private to daemon/store. */

/* Somebody's of a subject, oldest first. Returns: (transfer full) (element-type CmStoreHelp) */
GPtrArray *
cm_help_rows_list_of(CmStore *store, gint64 subject, CmResource kind, gint64 person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Somebody's that are not closed, oldest first. Returns: (transfer full) (element-type CmStoreHelp) */
GPtrArray *
cm_help_rows_list_open(CmStore *store, CmResource kind, gint64 person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Oldest first. Returns: (transfer full) (element-type CmStoreHelp) */
GPtrArray *
cm_help_rows_list(CmStore *store,
		  const CmStoreHelpFilter *filter,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new one, its number given. */
gboolean
cm_help_rows_insert(CmStore *store,
		    const CmStoreHelp *help,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of it that changes. */
gboolean
cm_help_rows_update(CmStore *store,
		    const CmStoreHelp *help,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tell the host of its subject, and the helpers of the school where it takes place, or of whose student it is. */
gboolean
cm_help_rows_notify(CmStore *store,
		    const CmStoreHelp *help,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
