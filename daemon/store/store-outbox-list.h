// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/store-reach.h"

/* The outbox as staff see it: what waits and until when, what can't be sent, what was; and what they decide of it. */

typedef enum {
	CM_OUTBOX_LIST_WAITING,     /* letters that are not gone, and what is in none yet */
	CM_OUTBOX_LIST_DEAD,        /* letters that were given up or came back */
	CM_OUTBOX_LIST_UNREACHABLE, /* people with no address, or one that does not take mail */
	CM_OUTBOX_LIST_SENT,        /* the newest */
	CM_OUTBOX_LIST_LAST
} CmOutboxWhich;

/* "waiting", "dead", "unreachable", "sent" */
gboolean
cm_store_outbox_list_which_from_string(const gchar *text,
				       CmOutboxWhich *out_which) G_GNUC_WARN_UNUSED_RESULT;

#define CM_STORE_OUTBOX_LISTED_MAX 1000

typedef struct {
	gint64 letter; /* 0: no letter yet */
	CmStoreRecipient who;
	gchar *name;  /* theirs, or NULL */
	gchar *kind;  /* of the letter, or NULL */
	gchar *state; /* of the letter; "gathering", "unreachable" */
	gboolean urgent;
	gboolean uncertain;
	guint things; /* that it tells of */
	gint64 since; /* when the letter was made, or the first of it was queued */
	gint64 until; /* nothing is sent before; 0: not known */
	guint attempts;
	gchar *cause; /* of the last failure, "" for none */
	guint code;
	gint64 sent_at; /* 0: not sent */
} CmOutboxEntry;

void
cm_store_outbox_list_free_entry(CmOutboxEntry *entry);

/* Of one kind, the newest CM_STORE_OUTBOX_LISTED_MAX. Returns: (transfer full) (element-type CmOutboxEntry) */
GPtrArray *
cm_store_outbox_list(CmStore *store, CmOutboxWhich which, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	guint waiting;     /* letters */
	guint gathering;   /* people for whom something waits that is in no letter */
	guint dead;        /* letters */
	guint unreachable; /* people */
	guint sent;        /* letters, since */
	guint people;      /* who were sent some, since */
	guint most;        /* that one person was sent, since */
	guint families;    /* households that were sent some, since */
	guint most_family; /* that one household was sent, since */
} CmOutboxCounts;

/* Figures; those of what was sent since `since`. */
gboolean
cm_store_outbox_list_count(CmStore *store, gint64 since, CmOutboxCounts *out_counts, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whose a letter is. CM_ERROR_NOT_FOUND. */
gboolean
cm_store_outbox_list_find_letter(CmStore *store,
				 gint64 letter,
				 CmStoreRecipient *out_who,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Try a letter again: one that may have arrived is the very same, any other is made anew of what stands. Audited ("letter.retry").
 * CM_ERROR_NOT_FOUND; CM_ERROR_CONFLICT: it is on its way, sent or void. */
gboolean
cm_store_outbox_list_retry(CmStore *store, gint64 letter, gint64 actor, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Give a letter that waits or is dead up: what it tells is told otherwise. Audited ("letter.drop"). Errors as above. */
gboolean
cm_store_outbox_list_drop(CmStore *store, gint64 letter, gint64 actor, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same of what could not be told to somebody who can't be reached: it waits again, or is given up. CM_ERROR_NOT_FOUND: nothing is
 * listed. */
gboolean
cm_store_outbox_list_retry_person(CmStore *store,
				  const CmStoreRecipient *who,
				  gint64 actor,
				  gint64 now,
				  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_store_outbox_list_drop_person(CmStore *store,
				 const CmStoreRecipient *who,
				 gint64 actor,
				 gint64 now,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;
