// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Users of the system, as people write them: a name or a number. */

/* The uid that `text` means. Fails with NOT_FOUND. */
gboolean
cm_users_parse(const gchar *text, guint32 *out_uid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The name of a uid; its number where it has none. Returns: (transfer full) */
gchar *
cm_users_get_name(guint32 uid) G_GNUC_WARN_UNUSED_RESULT;
