// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter-content.h"
#include "daemon/letter/letter.h"

/* The message around what a letter says: headers, parts, encodings (RFC 5322, 2045 to 2047, 6047), by GMime. */

/* `method` and `calendar`: the calendar part, or both NULL. One that asks for something stands last among the alternatives, and again
 * as an attached file for the programs that only look there; PUBLISH is a file alone. Addresses are checked already; names are cleaned
 * here. Returns: (transfer full) */
GBytes *
cm_letter_mail_write(const CmLetter *letter,
		     const gchar *link,
		     const CmLetterContent *content,
		     const gchar *method,
		     const gchar *calendar) G_GNUC_WARN_UNUSED_RESULT;
