// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* How many may stand at the door unseen. */
#define CM_HTTP_LISTENER_BACKLOG 4096

/* Listen at "ADDRESS:PORT", "[ADDRESS]:PORT" or "/path/of/a/unix/socket" (for its group too; a file that nobody listens at any more is
 * removed). `out_port`: the one that was given for 0; `out_path`: (transfer full) of a unix socket, or NULL. CM_ERROR_INVALID_INPUT,
 * CM_ERROR_FAILED. Returns: a descriptor; -1 with an error. */
gint
cm_http_listener_open(const gchar *where, guint16 *out_port, gchar **out_path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether that is a place to listen at, as far as it can be read. */
gboolean
cm_http_listener_is_place(const gchar *where);
