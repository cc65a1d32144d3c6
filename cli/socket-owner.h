// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Whose a TCP connection on this machine is, by the kernel's own table. */

/* The uid of whoever connected from 127.0.0.1:`from` to 127.0.0.1:`to`, out of a table as /proc/net/tcp has it. FALSE: there is no such
 * connection, or it is over. */
gboolean
cm_socket_owner_find(const gchar *table, guint16 from, guint16 to, guint32 *out_uid)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same of the machine as it is. */
gboolean
cm_socket_owner_look_up(guint16 from, guint16 to, guint32 *out_uid) G_GNUC_WARN_UNUSED_RESULT;
