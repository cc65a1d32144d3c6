// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/outbox/outbox-backoff.h"
#include "daemon/store/store-reach.h"

/* Letters on their way: handed out (leased), reported, taken back. How they are made: store-outbox.h; their states: docs/correspondence.md.
 * Every function is one transaction. */

#define CM_STORE_LEASE_SECONDS 900
#define CM_STORE_LEASES_MAX 64

/* A letter that was handed out. */
typedef struct {
	gint64 number;    /* the job */
	guint attempt;    /* from 1: to be named in its report */
	gchar *sender;    /* of the envelope, where bounces go */
	gchar *recipient; /* the address */
	GBytes *facts;    /* cm_letter_from_bytes() */
	gchar *link;      /* the finished address of the person's page, or NULL; a secret */
	GPtrArray *
	    item_links; /* gchar: the same of each item alone, NULL where there is none; or NULL: nowhere */
} CmStoreLease;

void
cm_store_lease_free(CmStoreLease *lease);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreLease, cm_store_lease_free)

/* Hand out up to `max` letters that are due, urgent ones first, then the oldest; of one person never two. First those whose lease is over
 * are taken back as uncertain. A letter that something newer contradicts is not handed out. Returns: (transfer full) (element-type
 * CmStoreLease) */
GPtrArray *
cm_store_letter_lease(CmStore *store, gint64 now, guint max, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* What became of an attempt. */
typedef struct {
	guint attempt;
	CmAttempt outcome;
	guint code; /* the server's, as 451; 0: none */
} CmStoreAttempt;

/* Take a report. Accepted: the letter is sent, and everybody's promises in it are kept. A report that comes twice, or of an attempt that
 * another one followed, changes nothing, unless it says that the server took it: that is believed whenever it comes.
 * CM_ERROR_NOT_FOUND: no such letter, or it was never handed out. `out_addressee` (may be NULL): whom it was about, since something may have waited behind it. */
gboolean
cm_store_letter_report(CmStore *store,
		       gint64 number,
		       const CmStoreAttempt *attempt,
		       gint64 now,
		       CmStoreRecipient *out_addressee,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whoever held the leases is gone: each is taken back as uncertain, and the very same mail follows. */
gboolean
cm_store_letter_abandon(CmStore *store, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* When the next letter may be handed out (perhaps past), or a lease ends; 0: nothing waits. */
gboolean
cm_store_letter_get_next_time(CmStore *store,
			      gint64 *out_instant,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A bounce came back for a letter that was sent (or not): it is dead with cause "bounced", and what it told is no longer taken as told.
 * Whether the address is good is store-reach.h's. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_letter_set_bounced(CmStore *store,
			    gint64 number,
			    guint code,
			    gint64 now,
			    CmStoreRecipient *out_addressee,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The letter that an envelope's address speaks of: `token` is what stands between the plus and the at. 0: none, or a forged one. */
gboolean
cm_store_letter_find_by_token(CmStore *store,
			      const gchar *token,
			      gint64 *out_number,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The letter with a Message-ID (without its angle brackets), 0: none. */
gboolean
cm_store_letter_find_by_message_id(CmStore *store,
				   const gchar *message_id,
				   gint64 *out_number,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
