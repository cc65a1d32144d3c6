// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/letter/letter-content.h"

/* The content as an HTML document that every mail program can show: styles on the elements only, no picture, nothing from elsewhere,
 * readable from 320 pixels on. But for the button no colour of letters or ground is set, so that dark stays dark. Returns:
 * (transfer full) */
gchar *
cm_letter_html_format(const CmLetterContent *content) G_GNUC_WARN_UNUSED_RESULT;
