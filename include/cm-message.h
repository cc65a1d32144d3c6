// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A message for a person, made in one process and language, read in another.
 *
 * A message is one UTF-8 string: its English rendering, then, each after a U+001F, the English
 * format and its arguments. Whoever shows it to a person calls cm_message_localize(); whoever logs
 * it calls cm_message_to_english(). A string without U+001F (an error of GLib, say) passes through
 * both unchanged. So a GError made by cm_error_set() can cross the bus and still be read in French.
 *
 * Formats are English, marked with N_() for gettext, and refer to their arguments as {0} to {8}.
 * Arguments are strings; a U+001F or U+001E inside one is replaced by a space. Several messages may stand in one string, a U+001E
 * between two of them (cm_message_join()); an argument that begins with U+001D is a word to be translated itself. */

/* Make a message. The arguments are `const gchar *`, up to 9, ended by NULL. Returns: (transfer full) */
gchar *
cm_message_new(const gchar *format, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* The same from an array of arguments ended by NULL. Returns: (transfer full) */
gchar *
cm_message_new_strv(const gchar *format, const gchar *const *arguments) G_GNUC_WARN_UNUSED_RESULT;

/* What stands between two messages in one string. */
#define CM_MESSAGE_JOINT '\x1e'

/* Both as one, in this order: `first` and `second` are messages (or NULL, for nothing), each read in its own words with a space
 * between. Returns: (transfer full) */
gchar *
cm_message_join(const gchar *first, const gchar *second) G_GNUC_WARN_UNUSED_RESULT;

/* What such an argument begins with. */
#define CM_MESSAGE_TERM '\x1d'

/* A word of ours as an argument, as N_("Monday"), so that it is translated with the message. Returns: (transfer full) */
gchar *
cm_message_term(const gchar *word) G_GNUC_WARN_UNUSED_RESULT;

/* The message in the language of this process (gettext, domain CM_TEXT_DOMAIN). Returns: (transfer full) */
gchar *
cm_message_localize(const gchar *message) G_GNUC_WARN_UNUSED_RESULT;

/* A text of ours in some language; `data` is the caller's. (transfer none) */
typedef const gchar *(*CmMessageTranslate)(const gchar *text, gconstpointer data);

/* The message as `translate` says its texts, for a reader whose language is not the process's (include/cm-catalog.h). Returns:
 * (transfer full) */
gchar *
cm_message_translate(const gchar *message,
		     CmMessageTranslate translate,
		     gconstpointer data) G_GNUC_WARN_UNUSED_RESULT;

/* A format that is in its reader's language already, with {0} to {8} replaced by the arguments, ended by NULL. Returns:
 * (transfer full) */
gchar *
cm_message_fill(const gchar *format, const gchar *const *arguments) G_GNUC_WARN_UNUSED_RESULT;

/* The message in English, without its tail. Returns: (transfer full) */
gchar *
cm_message_to_english(const gchar *message) G_GNUC_WARN_UNUSED_RESULT;

/* Bind gettext's domain; `language` is "fr", "en" or NULL for the environment's. Call once, in main(), before
 * threads. The translations are those of CM_ENV_LOCALE_DIR, of the build folder the program is run from, or the installed ones. Works in the "C.UTF-8" locale too, the only one on a bare Debian. */
void
cm_message_init_locale(const gchar *language);

/* "fr" or "en": what cm_message_localize() gives. */
const gchar *
cm_message_get_language(void);
