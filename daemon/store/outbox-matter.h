// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"
#include "daemon/outbox/outbox-due.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-private.h"

/* What waits for somebody, by what it is about: all notices of one booking are one matter, and so are those that say the same news of the
 * same thing. The caller holds the transaction. Private to daemon/store. */

/* How a kind of notice is told. */
typedef enum {
	CM_NOTICE_WAY_CHANGE,   /* of a booking: what is said follows from what stands */
	CM_NOTICE_WAY_REMINDER, /* of a booking that stands */
	CM_NOTICE_WAY_ANSWER,   /* to who asked for another time: by itself */
	CM_NOTICE_WAY_NEWS      /* a line */
} CmNoticeWay;

/* What a notice's subject is. */
typedef enum {
	CM_NOTICE_OF_BOOKING,
	CM_NOTICE_OF_STUDENT,
	CM_NOTICE_OF_CONSENT,
	CM_NOTICE_OF_FOLLOWUP,
	CM_NOTICE_OF_DEROGATION,
	CM_NOTICE_OF_REQUEST,
	CM_NOTICE_OF_PROFESSIONAL,
	CM_NOTICE_OF_CALENDAR,
	CM_NOTICE_OF_TIME_REQUEST,
	CM_NOTICE_OF_INVITATION,
	CM_NOTICE_OF_HELP,
	CM_NOTICE_OF_CUSTODY,
	CM_NOTICE_OF_DESTRUCTION,
	CM_NOTICE_OF_MINUTES
} CmNoticeOf;

typedef struct {
	CmNoticeWay way;
	CmNoticeOf of;
	gboolean urgent;       /* whenever it is */
	CmLetterItemKind item; /* not of CM_NOTICE_WAY_CHANGE */
} CmNoticeManner;

/* The row for a kind. (transfer none) */
const CmNoticeManner *
cm_outbox_matter_get_manner(CmNoticeKind kind);

typedef struct {
	CmNoticeKind kind; /* of its last notice */
	gint64 subject;
	GArray *notices; /* gint64, their numbers */
	gint64 ready_at; /* nothing is told of it before */
	gint64 due_at;
	gint64 start; /* what comes first of the old and the new hour, 0: nothing to come */
	gboolean urgent;
} CmMatter;

void
cm_outbox_matter_free(CmMatter *matter);

/* What waits for somebody and is in no letter, the urgent first, then by start. `reach`: how they want to be told; `spoken` (gint64
 * subjects) is what a letter that still waits speaks of, which has to be set right at once. Returns: (transfer full) (element-type
 * CmMatter) */
GPtrArray *
cm_outbox_matter_list(CmStore *store,
		      const CmStoreRecipient *who,
		      const CmDueReach *reach,
		      GHashTable *spoken,
		      gint64 now,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Settle all its notices: "void", "unreachable", …; or with a letter's number leave them to it. */
gboolean
cm_outbox_matter_settle(CmStore *store,
			const CmMatter *matter,
			const gchar *outcome,
			gint64 now,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_outbox_matter_assign(CmStore *store, const CmMatter *matter, gint64 letter, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
