// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curl/curl.h>
#include <glib.h>

/* libcurl's transfers of mail, each on one of a few threads: where a mail ends, libcurl waits for the server's last answer without giving
 * way to anything else (smtp_done(), imap_done()), so that on a main loop one slow server would stop all others, and us. Each thread keeps its
 * connection for the next transfer. All functions are for the main loop. */

typedef struct _CmTransferPool CmTransferPool;

/* `threads`: transfers at a time. Returns: (transfer full) */
CmTransferPool *
cm_transfer_pool_new(guint threads);

/* No transfer may be under way: those that added one take it back first. */
void
cm_transfer_pool_free(CmTransferPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmTransferPool, cm_transfer_pool_free)

/* A transfer has ended; its handle is the caller's again, and may be added again at once. */
typedef void (*CmTransferPoolDone)(CURL *handle, CURLcode code, gpointer user_data);

/* Begin a transfer. Until `done` is called, on the main loop, once, the handle and what its callbacks use are the thread's alone. Uses
 * CURLOPT_XFERINFOFUNCTION. */
void
cm_transfer_pool_add(CmTransferPool *pool,
		     CURL *handle,
		     CmTransferPoolDone done,
		     gpointer user_data);

/* Take one back in the middle, if it is there: waits for its thread to let go, about a second at most; `done` is not called. */
void
cm_transfer_pool_remove(CmTransferPool *pool, CURL *handle);
