// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What somebody without e-mail is told by telephone: 40 bits in Crockford's base32 (no I, L, O, U), shown as XXXX-XXXX. */

#define CM_SPOKEN_CODE_LENGTH 8
#define CM_SPOKEN_CODE_HASH_BYTES 32

/* A new one, its 8 characters. A secret. Returns: (transfer full) */
gchar *
cm_spoken_code_make(void);

/* As it is read aloud and shown: "XXXX-XXXX". Returns: (transfer full) */
gchar *
cm_spoken_code_format(const gchar *code);

/* What somebody typed: small letters, spaces and hyphens do not matter, I and L are 1, O is 0. NULL for what can't be a code.
 * Returns: (transfer full) */
gchar *
cm_spoken_code_read(const gchar *text);

/* What the gateway passes on of a code's 8 characters: their SHA-256. */
void
cm_spoken_code_hash(const gchar *code, guint8 out_hash[CM_SPOKEN_CODE_HASH_BYTES]);
