// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter-content.h"
#include "daemon/words/words.h"
#include "daemon/letter/letter.h"

/* Several items in one letter, what has an hour by its day. */

/* Their order in the letter: those with an hour by it, then the others as they came; CM_LETTER_LISTED_MAX at most, the soonest.
 * Returns: (transfer container) CmLetterItem */
GPtrArray *
cm_letter_digest_sort(const CmLetter *letter) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it stands in the table of a day. */
gboolean
cm_letter_digest_has_hour(const CmLetterItem *item);

/* The tables of the days, the list of the others, and how many more there are. */
void
cm_letter_digest_list(CmLetterContent *content, const CmLetter *letter, const CmWords *words);
