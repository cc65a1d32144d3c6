// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"

/* Letters of every kind, for tests and for people to look at. Who stands in them is invented. */

typedef struct {
	const gchar *name; /* "invitation-link" */
	gboolean linked;   /* is given LETTER_SAMPLE_LINK */
} LetterSample;

#define LETTER_SAMPLE_LINK "https://rencontres.css.example/v/q7Wm3TzK9fLs0VbX2NcYhg"

/* Of an item that has a link of its own: its last two digits are its place in the letter. */
#define LETTER_SAMPLE_OWN_LINK "https://rencontres.css.example/v/Hn4rJxC1dUwP8sKe5GtZ%02u"

/* All of them, ended by one without a name. */
const LetterSample *
cm_letter_samples_get(void);

/* The facts of one, by its place, in "fr" or "en". Returns: (transfer full) */
CmLetter *
cm_letter_samples_make(guint index, const gchar *language);
