// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter-content.h"
#include "daemon/words/words.h"
#include "daemon/letter/letter.h"

/* What a letter says, from its facts, which are whole (cm_letter_render() has looked). `link`: the person's own, or NULL. Returns:
 * (transfer full) */
CmLetterContent *
cm_letter_compose(const CmLetter *letter,
		  const gchar *link,
		  const CmWords *words) G_GNUC_WARN_UNUSED_RESULT;
