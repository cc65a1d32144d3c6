// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What json-glib wrote, as JSON (RFC 8259): version 1.6 leaves U+001E and U+001F as they are, which is none, and messages
 * (include/cm-message.h) are full of them. Returns: (transfer full) */
gchar *
cm_json_escape_controls(const gchar *written) G_GNUC_WARN_UNUSED_RESULT;
