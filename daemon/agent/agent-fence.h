// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What this process gives up before it holds a key. */

#define CM_AGENT_FENCE_LOCKED_KIB                                                                  \
	4096 /* of memory that must be lockable: a long note's text, twice */

/* No core, not to be traced or read by others of the same user, no new rights, no socket but Unix sockets, by io_uring neither, no other
 * program; and enough memory can be locked. Call once, before there is a second thread. CM_ERROR_FAILED, CM_ERROR_KEY. */
gboolean
cm_agent_fence_raise(GError **error) G_GNUC_WARN_UNUSED_RESULT;
