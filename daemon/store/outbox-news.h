// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/store/outbox-item.h"

/* News: whether there is still something to tell of a thing, and what of it is said. The caller holds the transaction. Private to
 * daemon/store. */

/* Whether it still is so; what it is about is looked up. */
gboolean
cm_outbox_news_judge(CmStore *store,
		     const CmStoreRecipient *who,
		     CmOutboxItem *item,
		     gint64 now,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is said of what is no booking. */
gboolean
cm_outbox_news_fill(CmStore *store,
		    CmOutboxPeople *people,
		    const CmOutboxItem *item,
		    CmLetterItem *line,
		    gint64 now,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A student's initials, if they are there. */
gboolean
cm_outbox_news_set_initials(CmOutboxPeople *people,
			    gint64 student,
			    CmLetterItem *line,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first column of a row whose number is ?1; 0 when there is none. */
gboolean
cm_outbox_news_read_integer(CmStore *store,
			    const gchar *sql,
			    gint64 number,
			    gint64 *out_value,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
