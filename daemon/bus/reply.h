// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* How methods answer: at once with an error, from the store, or with a document. Each takes the invocation. What a method does
 * is logged here, once, when it fails. */

/* Documents being made at one time, and answers of the store being waited for: these cost little, and many people have a client
 * each. */
#define CM_REPLY_DOCUMENTS_MAX 64
#define CM_REPLY_ANSWERS_MAX 512

/* Answer with an error. */
void
cm_reply_error(GDBusMethodInvocation *invocation, const GError *error);

/* Makes the body of a reply, a tuple, from the store; on the worker's thread. NULL with `error` set. */
typedef GVariant *(*CmReplyMake)(CmService *service,
				 CmStore *store,
				 gpointer data,
				 GCancellable *cancellable,
				 GError **error);

/* Answer with what `make` makes. Takes `data`; `data_free` may be NULL. */
void
cm_reply_from_store(CmService *service,
		    GDBusMethodInvocation *invocation,
		    CmReplyMake make,
		    gpointer data,
		    GDestroyNotify data_free);

/* Changes something in the store, on the worker's thread, perhaps in one commit with others: makes the reply's body, which may
 * have one descriptor, as index 0, given in out_fd (-1 before). */
typedef GVariant *(*CmReplyChange)(CmService *service,
				   CmStore *store,
				   const CmPolicySet *policies,
				   gpointer data,
				   gint *out_fd,
				   GCancellable *cancellable,
				   GError **error);

/* What is done on the main loop once it lasts, before the answer. */
typedef void (*CmReplyChanged)(CmService *service, gpointer data);

/* Answer with what `change` makes. Takes `data`; `changed` may be NULL. */
void
cm_reply_from_change(CmService *service,
		     GDBusMethodInvocation *invocation,
		     CmReplyChange change,
		     CmReplyChanged changed,
		     gpointer data,
		     GDestroyNotify data_free);

/* Makes the body of a reply, on a thread of its own, from which cm_worker_run() reaches the store. NULL with `error` set. */
typedef GVariant *(*CmReplyWork)(CmService *service,
				 gpointer data,
				 GCancellable *cancellable,
				 GError **error);

/* Answer with what `work` makes: for what takes long, and has the store between times alone. Takes `data`; `data_free` may be NULL. */
void
cm_reply_from_thread(CmService *service,
		     GDBusMethodInvocation *invocation,
		     CmReplyWork work,
		     gpointer data,
		     GDestroyNotify data_free);

/* Writes a document to `fd`; on a thread of its own, from which cm_worker_run() reaches the store. `policies` are those in force
 * when the method was called. */
typedef gboolean (*CmReplyWrite)(CmService *service,
				 const CmPolicySet *policies,
				 gpointer data,
				 gint fd,
				 GCancellable *cancellable,
				 GError **error);

/* Answer with a document in a sealed memfd, the reply's only argument. */
void
cm_reply_document(CmService *service,
		  GDBusMethodInvocation *invocation,
		  CmReplyWrite write,
		  gpointer data,
		  GDestroyNotify data_free);
