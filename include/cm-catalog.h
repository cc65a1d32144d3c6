// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Our texts in a language that is not the process's: a letter is in its reader's, whatever the daemon's environment says. gettext knows
 * one language a process; this reads the same translations (po/), which are a part of the program, so that none can be missing.
 * Any thread. `language` is one of po/, as "fr" (or "fr_CA"); English for any other. Texts that have no translation are given back as
 * they are. */

/* Those that there are, English last; ended by NULL. A new one is a file in po/ and a word in meson.build. (transfer none) */
const gchar *const *
cm_catalog_get_languages(void);

/* Marks a singular and its plural for the translators, as the two arguments of what takes them. */
#define NP_(one, many) one, many

/* What N_(text) is. (transfer none) */
const gchar *
cm_catalog_find(const gchar *language, const gchar *text);

/* What NC_(context, text) is. (transfer none) */
const gchar *
cm_catalog_find_in_context(const gchar *language, const gchar *context, const gchar *text);

/* What is said of so many: ngettext(); `one` and `many` marked by NP_(). (transfer none) */
const gchar *
cm_catalog_find_plural(const gchar *language, const gchar *one, const gchar *many, guint64 count);

/* cm_message_localize() in that language. Returns: (transfer full) */
gchar *
cm_catalog_localize(const gchar *language, const gchar *message) G_GNUC_WARN_UNUSED_RESULT;
