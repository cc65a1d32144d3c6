// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"
#include "daemon/store/store-private.h"

/* Rows of letter. The caller holds the transaction. Private to daemon/store. */

typedef enum {
	CM_LETTER_WAITING, /* may still be replaced */
	CM_LETTER_LEASED,
	CM_LETTER_SENT,
	CM_LETTER_DEAD,
	CM_LETTER_VOID,
	CM_LETTER_STATE_LAST
} CmLetterState;

/* "waiting", "leased", "sent", "dead", "void" */
const gchar *
cm_letter_rows_state_to_string(CmLetterState state);

/* One without its facts. */
typedef struct {
	gint64 number;
	CmStoreRecipient who;
	CmLetterState state;
	gboolean urgent;
	gboolean uncertain;
	gint64 made_at;
	gint64 next_at;
	guint attempts;
	guint code;
	gchar cause[16];
} CmLetterRow;

/* One; its `number` is 0 when there is none. */
gboolean
cm_letter_rows_read(CmStore *store, gint64 number, CmLetterRow *out_row, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Somebody's open one, waiting or leased; its `number` is 0 when there is none. */
gboolean
cm_letter_rows_read_open(CmStore *store,
			 const CmStoreRecipient *who,
			 CmLetterRow *out_row,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its facts, opened. Returns: (transfer full) */
GBytes *
cm_letter_rows_open_facts(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Write a new one, waiting: `letter` has its number and all that it says. */
gboolean
cm_letter_rows_insert(CmStore *store,
		      const CmLetter *letter,
		      gboolean urgent,
		      gint64 next_at,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Void it: what it would have told waits again. */
gboolean
cm_letter_rows_void(CmStore *store, gint64 number, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Void somebody's letter that waits, unless it may have been sent already: it is made anew, or nobody is told. */
gboolean
cm_letter_rows_void_waiting(CmStore *store,
			    const CmStoreRecipient *who,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Void what waits for somebody, and what could not be sent: it was made for an address that is no longer theirs. */
gboolean
cm_letter_rows_void_unsent(CmStore *store,
			   const CmStoreRecipient *who,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
