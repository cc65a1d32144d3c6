// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/words/words.h"
#include "daemon/letter/letter.h"

/* A line of news, one sentence or two, with its day in it. Of an item of any kind. Returns: (transfer full) */
gchar *
cm_letter_news_say(const CmWords *words, const CmLetterItem *item) G_GNUC_WARN_UNUSED_RESULT;
