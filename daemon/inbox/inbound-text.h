// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What foreign mail says, made harmless: valid UTF-8, no control characters, not longer than it may be. */

typedef enum {
	CM_INBOUND_TEXT_LINE,  /* every run of white space is one space */
	CM_INBOUND_TEXT_LINES, /* line feeds stay, up to two in a row */
} CmInboundTextForm;

/* Up to `max` octets of `text`, cut between characters; NULL when nothing is left, or of NULL. Characters that turn the direction of
 * writing are left out, as control characters are. Returns: (transfer full) (nullable) */
gchar *
cm_inbound_text_clean(const gchar *text, CmInboundTextForm form, gsize max);

/* "local@domain" in lower case, of an address with or without "mailto:" or "<>" around it; NULL when it is none, is longer than
 * CM_INBOUND_ADDRESS_MAX, or holds white space, quotes or control characters. Returns: (transfer full) (nullable) */
gchar *
cm_inbound_text_dup_address(const gchar *text);

/* A word of printable ASCII (a Message-ID, a UID, a status), white space around it left out; NULL when it is none, or longer than
 * CM_INBOUND_WORD_MAX. Returns: (transfer full) (nullable) */
gchar *
cm_inbound_text_dup_word(const gchar *text);
