// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* How a spoken code (daemon/visio/spoken-code.h) is said on the telephone. */

/* "K as in kilo, 7 seven, …" of its characters, in a language of cm_catalog_get_languages(); hyphens are left out. Returns: (transfer
 * full) */
gchar *
cm_spelling_say(const gchar *language, const gchar *code) G_GNUC_WARN_UNUSED_RESULT;
