// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/reply.h"

/* A call to one of the interfaces of sealed octets (Vault, Directory, Custody): who asks, and the octets that came along. What a
 * method doesn't take stays NULL or 0. */
typedef struct {
	CmCaller *caller;
	gint64 number;   /* the method's: a student's, or the one after which */
	GBytes *name;    /* a case's, a person's or minutes' id; empty where none was given */
	GBytes *other;   /* a second id, or hashes */
	GBytes *records; /* what was handed over */
} CmVaultCall;

/* Of whoever sent `invocation`. */
CmVaultCall *
cm_vault_call_new(GDBusMethodInvocation *invocation);

/* Takes a gpointer, so that it is a GDestroyNotify; NULL is none. */
void
cm_vault_call_free(gpointer call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmVaultCall, cm_vault_call_free)

/* The name's octets, NULL when there are none. */
const guint8 *
cm_vault_call_get_name(const CmVaultCall *call);

/* Answer with what `change` makes of the call (its `data`); or, when reading the arguments set `error`, with that. Takes `call` and
 * `error`; `changed` may be NULL. */
void
cm_vault_call_answer(CmService *service,
		     GDBusMethodInvocation *invocation,
		     CmReplyChange change,
		     CmReplyChanged changed,
		     CmVaultCall *call,
		     GError *error);
