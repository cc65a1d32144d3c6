// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* How many connections and web sockets there are, in all and of each client, and who has tried links that are none. From any thread. */

typedef enum {
	CM_HTTP_COUNT_CONNECTION,
	CM_HTTP_COUNT_SOCKET,
	CM_HTTP_COUNT_KINDS
} CmHttpCountKind;

/* wrong links that an address may try before it is made to wait, how many of them are forgotten a minute, and after how many nothing more
 * is asked of comodald for it */
#define CM_HTTP_COUNT_GUESSES_FREE 5
#define CM_HTTP_COUNT_GUESSES_FORGOTTEN 6
#define CM_HTTP_COUNT_GUESSES_MAX 60
/* milliseconds that each one beyond costs, and the most */
#define CM_HTTP_COUNT_GUESS_DELAY 100
#define CM_HTTP_COUNT_GUESS_DELAY_MAX 3000
/* addresses that are remembered for it */
#define CM_HTTP_COUNT_GUESSERS_MAX 65536

typedef struct _CmHttpCount CmHttpCount;

/* Returns: (transfer full) */
CmHttpCount *
cm_http_count_new(guint connections, guint sockets, guint per_address);

void
cm_http_count_free(CmHttpCount *count);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmHttpCount, cm_http_count_free)

/* One more; FALSE: too many, and it is not counted. `address` 0: of nobody (a proxy), counted in all only. */
gboolean
cm_http_count_add(CmHttpCount *count, CmHttpCountKind kind, guint64 address);

/* One fewer, of those that were counted. */
void
cm_http_count_remove(CmHttpCount *count, CmHttpCountKind kind, guint64 address);

/* In all. */
guint
cm_http_count_get(CmHttpCount *count, CmHttpCountKind kind);

/* An address has tried a link that is none. `now`: monotonic, microseconds. Returns: how long its refusal is to be held back,
 * milliseconds */
guint
cm_http_count_note_guess(CmHttpCount *count, guint64 address, gint64 now);

/* Whether it has tried so many that what is not known is refused at once. */
gboolean
cm_http_count_is_guesser(CmHttpCount *count, guint64 address, gint64 now);
