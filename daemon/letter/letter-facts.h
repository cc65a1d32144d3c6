// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter.h"

/* The facts of a letter as JSON and back; letter.h says what it promises. One table of fields does all of it, so that a field is
 * written, read, freed and bounded or none of these. */

#define CM_LETTER_FACTS_FORMAT "comodal-letter/1"

/* Free the texts. */
void
cm_letter_facts_clear(CmLetter *letter);
void
cm_letter_facts_clear_item(CmLetterItem *item);

/* cm_letter_to_bytes(). Returns: (transfer full) */
GBytes *
cm_letter_facts_write(const CmLetter *letter, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* cm_letter_from_bytes(). Returns: (transfer full) */
CmLetter *
cm_letter_facts_read(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
