// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Letters to the main context from other threads: run there in the order in which they were posted, many at one waking. */

typedef struct _CmHttpMailbox CmHttpMailbox;

typedef void (*CmHttpMail)(gpointer data);

/* `always` is called after the letters each time it was woken; it may be NULL. Of the thread-default main context. Returns: (transfer full) */
CmHttpMailbox *
cm_http_mailbox_new(CmHttpMail always, gpointer user_data);

/* Letters that are still in it are run. */
void
cm_http_mailbox_free(CmHttpMailbox *mailbox);

/* From any thread. `run` NULL: only wake it. */
void
cm_http_mailbox_post(CmHttpMailbox *mailbox, CmHttpMail run, gpointer data);
