// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/outbox/outbox-change.h"
#include "daemon/store/outbox-matter.h"
#include "daemon/store/outbox-people.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-invitation.h"

/* What one matter comes to, as it stands now: an item of a letter, or nothing to tell. The caller holds the transaction. Private to
 * daemon/store. */

typedef struct {
	CmMatter *matter; /* the caller's */
	gboolean nothing; /* it is void */
	CmLetterItemKind kind;
	CmStoreBooking *booking;       /* what it is about, or NULL */
	CmStoreInvitation *invitation; /* what they were told of it, or NULL */
	CmChange change;
} CmOutboxItem;

void
cm_outbox_item_free(CmOutboxItem *item);

/* Find out. Returns: (transfer full) */
CmOutboxItem *
cm_outbox_item_new(CmStore *store,
		   CmOutboxPeople *people,
		   const CmStoreRecipient *who,
		   CmMatter *matter,
		   gint64 now,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody is to know of a booking today: they are there, or a student is for whom they are told. */
gboolean
cm_outbox_item_find_concerned(CmOutboxPeople *people,
			      const CmStoreRecipient *who,
			      const CmStoreBooking *booking,
			      gboolean *out_concerned,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it is of a booking, so that it can be a mail by itself, with a calendar part. */
gboolean
cm_outbox_item_is_event(const CmOutboxItem *item);

/* Add it to a letter, filled in. An event takes the next sequence of its invitation. */
gboolean
cm_outbox_item_fill(const CmOutboxItem *item,
		    CmStore *store,
		    CmOutboxPeople *people,
		    const CmStoreRecipient *who,
		    CmLetter *letter,
		    gint64 now,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
