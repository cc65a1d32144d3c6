// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter-content.h"

/* Columns that a line of the plain text has at most, unless a word (a link) is longer. */
#define CM_LETTER_TEXT_COLUMNS 72

/* The content as plain text, "\n" at the end of each line, in RFC 3676's format=flowed: a line that goes on ends with a space, so that
 * a telephone can fill its own width and what knows nothing of it shows lines that fit. Returns: (transfer full) */
gchar *
cm_letter_text_format(const CmLetterContent *content) G_GNUC_WARN_UNUSED_RESULT;
