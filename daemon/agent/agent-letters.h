// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Letters as they are looked for: without accents and case. */

/* Octets of UTF-8 that are read letter by letter. */
typedef struct {
	const gchar *at;
	const gchar *end;
} CmLetters;

/* The next letter, and past it; 0: none follows. */
gunichar
cm_agent_letters_take(CmLetters *letters);

/* Whether two texts are the same. */
gboolean
cm_agent_letters_equal(const gchar *one, gsize length, const gchar *other, gsize other_length);
