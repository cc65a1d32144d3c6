// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-private.h"

/* Rows of invitation. The caller holds the transaction. Private to daemon/store. */

/* The room of what was told when it is to be told again. */
#define CM_INVITATION_REPEAT_ROOM (-1)
#define CM_INVITATION_REPEAT_ROOM_SQL "-1"

/* Somebody's of one subject; NULL in `out_invitation` when there is none. */
gboolean
cm_invitation_rows_find(CmStore *store,
			gint64 subject,
			const CmStoreRecipient *who,
			CmStoreInvitation **out_invitation,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, made if there is none: they answer what no letter has told them. */
gboolean
cm_invitation_rows_ensure(CmStore *store,
			  gint64 subject,
			  const CmStoreRecipient *who,
			  CmStoreInvitation **out_invitation,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next letter about it is being made: take the next sequence, the first time making the row. */
gboolean
cm_invitation_rows_take_sequence(CmStore *store,
				 gint64 subject,
				 const CmStoreRecipient *who,
				 gint64 *out_number,
				 gint64 *out_sequence,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A server took the letter: what its items say is what the person was told. A letter older than the one that was told last changes
 * nothing. */
gboolean
cm_invitation_rows_set_told(CmStore *store,
			    const CmLetter *letter,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The letter came back: whoever it told last was told nothing. */
gboolean
cm_invitation_rows_forget_told(CmStore *store,
			       gint64 letter,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
