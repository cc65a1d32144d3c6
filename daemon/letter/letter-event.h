// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/words/words.h"
#include "daemon/letter/letter.h"

/* The calendar part of a letter. */

/* What the letter carries: the METHOD of its calendar part, as "REQUEST"; NULL when it has none. A digest and PUBLISH stand for what
 * may be kept, the others for what the recipient's calendar does by itself. */
const gchar *
cm_letter_event_get_method(const CmLetter *letter);

/* The calendar object, lines ended by CRLF. Nothing in it names a student or what is met about: it is copied into calendars that we
 * do not know. Call only when there is a method. Returns: (transfer full) */
gchar *
cm_letter_event_write(const CmLetter *letter,
		      const gchar *link,
		      const CmWords *words,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same items as a calendar to subscribe to, of any number; a letter of kind CM_LETTER_DIGEST. */
gchar *
cm_letter_event_write_feed(const CmLetter *letter,
			   const CmWords *words,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
