// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/reach/reachable.h"
#include "daemon/store/store.h"

/* How people are reached: addresses, telephone numbers, and when each wants to hear. Addresses and numbers rest sealed; a keyed hash
 * of an address's folded form finds whose it is. The audit log says what of it changed, never to what. */

/* How somebody is reached: what is on record, or what holds of somebody who never said (version 0), in the organisation's language
 * (of a professional: the one of their account, if it says) and zone. The person need not be there any more: then the version is what
 * is still on record. Returns: (transfer full) */
CmReachable *
cm_store_reach_get(CmStore *store, CmResource kind, gint64 person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Of everybody of `kind` of whom something is on record, by number. Returns: (transfer full) (element-type CmReachable) */
GPtrArray *
cm_store_reach_list(CmStore *store, CmResource kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What of it changes; the rest stays. Texts as people type them. */
typedef enum {
	CM_STORE_REACH_DELIVERY = 1 << 0,
	CM_STORE_REACH_DIGEST_AT = 1 << 1,
	CM_STORE_REACH_QUIET = 1 << 2,
	CM_STORE_REACH_REMIND = 1 << 3,
} CmStoreReachMember; /* flags */

typedef struct {
	const gchar *email;    /* NULL: stays; "": none. Another one is good until it bounces */
	const gchar *phone;    /* NULL: stays; "": none */
	const gchar *language; /* NULL: stays */
	const gchar *zone;     /* NULL: stays; "": the organisation's */
	guint members;         /* CmStoreReachMember: those of these that are set */
	CmDelivery delivery;
	CmMinute digest_at;
	CmMinute quiet_from;
	CmMinute quiet_to;
	guint remind_hours;
} CmStoreReachChange;

#define CM_STORE_REACH_ANY_VERSION (-1)

/* Change it, in one transaction with its audit entry ("reach.set"). Nothing that differs: nothing is written, the version stays.
 * `expected`: the version that the caller knows (0: nothing was on record), or CM_STORE_REACH_ANY_VERSION. CM_ERROR_NOT_FOUND: nobody
 * by this number; CM_ERROR_CONFLICT: another version; CM_ERROR_INVALID_INPUT: a value that is none. */
gboolean
cm_store_reach_set(CmStore *store,
		   CmResource kind,
		   gint64 person,
		   const CmStoreReachChange *change,
		   gint64 expected,
		   gint64 actor,
		   gint64 now,
		   gint64 *out_version,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The address does not take mail (`bounced`), or does again. Nothing happens when nothing is on record, or when the address is not the
 * one that `email` (NULL: any) folds to: a late bounce says nothing of the address that was set since. */
gboolean
cm_store_reach_set_bounced(CmStore *store,
			   CmResource kind,
			   gint64 person,
			   const gchar *email,
			   gboolean bounced,
			   gint64 actor,
			   gint64 now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody by number. */
typedef struct {
	CmResource kind;
	gint64 person;
} CmStoreRecipient;

/* For a hash table of them. */
guint
cm_store_reach_hash_recipient(gconstpointer recipient);
gboolean
cm_store_reach_equal_recipients(gconstpointer one, gconstpointer other);

/* Whose address it is, in any spelling; several may share one. Returns: (transfer full) (element-type CmStoreRecipient) */
GArray *
cm_store_reach_find(CmStore *store, const gchar *email, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who should be reached and can't be: professionals who follow somebody, whoever decides for a student or takes part in a session that is
 * followed, without an address or with one that sent mail back; of one professional, or with 0 of all. By kind, then by number.
 * Returns: (transfer full) (element-type CmStoreRecipient) */
GArray *
cm_store_reach_list_missing(CmStore *store,
			    gint64 professional,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That there is somebody by a number. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_reach_check_person(CmStore *store, CmResource kind, gint64 person, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Renew somebody's links (store-link.h): the epoch rises, in the caller's transaction, with an entry "link.renew". */
gboolean
cm_store_reach_raise_epoch(CmStore *store,
			   CmResource kind,
			   gint64 person,
			   gint64 actor,
			   gint64 now,
			   gint64 *out_epoch,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forget those who are no longer there and whom nothing waits to be told, and what their links opened. */
gboolean
cm_store_reach_forget_gone(CmStore *store,
			   guint *out_forgotten,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
