// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store.h"
#include "daemon/vault/vault-record.h"

/* What people left with custodians (docs/vault-format.md, “Custodians”). Deposits come with store-vault-append.h. */

#define CM_STORE_CUSTODY_RELEASES 2     /* of three custodians */
#define CM_STORE_CUSTODY_DELAY_DAYS 365 /* at most */
#define CM_STORE_CUSTODY_RECIPIENTS 5 /* for whom one custodian has asked of one deposit, at most */

/* Who does something, and when. */
typedef struct {
	guint32 uid;
	gint64 now; /* seconds since 1970 */
	gint64
	    uptime; /* seconds by a clock that nobody sets, and that counts while this program runs */
} CmStoreCustodyOrder;

/* A request, as far as it has come. */
typedef struct {
	guint8 request[CM_VAULT_HASH_BYTES]; /* its record's hash */
	gint64 waited;                       /* seconds, of those that it has to wait */
	gint64 delay;
	guint releases;
	gboolean refused;
} CmStoreCustodyRequest;

/* Add what passed since the last time to every request that waits, in a transaction of its own or the caller's. The first time nothing
 * has. What is not kept before the program ends is waited for again: never less than the delay. */
gboolean
cm_store_custody_count(CmStore *store, gint64 uptime, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Take one record, that its signer hands over: a custodian's request, its owner's refusal, a custodian's release. One that is at hand is
 * passed over. Those whom it concerns are told, with the audit log.
 *
 * CM_ERROR_INVALID_INPUT: it does not hold. CM_ERROR_ACCESS_DENIED: its signer has no right to it, or is not the caller.
 * CM_ERROR_CONFLICT: it does not fit what is at hand: a release before the delay is over or after a refusal, a refusal after two releases,
 * another clock or directory; a custodian's sixth request of one deposit that stands. CM_ERROR_EXISTS: the same was asked, and waits no
 * longer, or by the same custodian; the custodian has released it. */
gboolean
cm_store_custody_add(CmStore *store,
		     const CmStoreCustodyOrder *order,
		     GBytes *octets,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All deposits, requests, refusals and releases of those whose escrow key concerns an account: its own person's, those of whom they are or
 * were custodian, those of whom something was to be released to them. Returns: (transfer full) */
GBytes *
cm_store_custody_get_records(CmStore *store, guint32 uid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The requests among them. Returns: (transfer full) (element-type CmStoreCustodyRequest) */
GArray *
cm_store_custody_list_requests(CmStore *store,
			       const CmStoreCustodyOrder *order,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of each generation of somebody's keys the newest deposit: a new epoch may name it, unless something of it was released. What was, and the
 * requests that this names, come behind, so that whoever asks sees it for themselves. CM_ERROR_NOT_FOUND: the account never enrolled. Returns: (transfer full) */
GBytes *
cm_store_custody_get_deposit(CmStore *store, guint32 uid, const guint8 *person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
