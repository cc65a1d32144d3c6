// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter-content.h"
#include "daemon/words/words.h"
#include "daemon/letter/letter.h"

/* What several letters say alike. Texts are (transfer full), NULL for what the facts do not know. */

/* "École des Pins, local 204", "by video, from home": where it is, or (`old`) where it was to be. */
gchar *
cm_letter_phrase_where(const CmWords *words,
		       const CmLetterItem *item,
		       gboolean old) G_GNUC_WARN_UNUSED_RESULT;

/* "Julie Roy, orthophoniste" */
gchar *
cm_letter_phrase_host(const CmWords *words, const CmLetterItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* "a parent (A. B.)": who answered. */
gchar *
cm_letter_phrase_who(const CmWords *words, const CmLetterItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* When it was to be, as they were told. Without an old end, as long as it is now. */
gchar *
cm_letter_phrase_old_span(const CmWords *words, const CmLetterItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* Their note in the reader's language. */
gchar *
cm_letter_phrase_note(const CmWords *words, const CmLetterItem *item) G_GNUC_WARN_UNUSED_RESULT;

/* "418 555-0100 (Monday to Friday, 8 a.m. to 4 p.m.)" */
gchar *
cm_letter_phrase_telephone(const CmWords *words, const CmLetter *letter) G_GNUC_WARN_UNUSED_RESULT;

/* Whether it takes place by video. */
gboolean
cm_letter_phrase_is_video(const CmLetterItem *item);

/* Whether it is at another hour than was told. */
gboolean
cm_letter_phrase_is_moved(const CmLetterItem *item);

/* The recipient's name where it may stand: not that of a student. (transfer none), or NULL */
const gchar *
cm_letter_phrase_get_name(const CmLetter *letter);
