// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Hands a secret address over to a browser of the same user, so that it stands on no command line, in no environment and in no file: the
 * browser is opened at an address of this machine, which sends it on, once. Whoever asks is looked up by the kernel's table of sockets:
 * another user's connection is closed before anything of it is read. A page that the browser has open can't ask either: the address ends
 * with 128 random bits, and is answered under its own name only. */

typedef struct _CmLoopback CmLoopback;

/* Listen on 127.0.0.1, at a port that is free. `url`: where the browser is sent. CM_ERROR_FAILED. Returns: (transfer full) */
CmLoopback *
cm_loopback_new(const gchar *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_loopback_free(CmLoopback *loopback);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmLoopback, cm_loopback_free)

/* Where the browser is to go first: "http://127.0.0.1:PORT/…". (transfer none) */
const gchar *
cm_loopback_get_address(const CmLoopback *loopback);

typedef enum {
	CM_LOOPBACK_GIVEN,       /* a browser has it */
	CM_LOOPBACK_LATE,        /* nobody came */
	CM_LOOPBACK_INTERRUPTED, /* Ctrl-C */
} CmLoopbackEnd;

/* Run the default main context until a browser has it, or for so many seconds. */
CmLoopbackEnd
cm_loopback_wait(CmLoopback *loopback, guint seconds);

/* How many connections were other users'. */
guint
cm_loopback_get_refused(const CmLoopback *loopback);
