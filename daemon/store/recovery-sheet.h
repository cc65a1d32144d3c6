// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A 32-byte key as something a person can print, keep in a safe and type again: four numbered rows
 * of four groups of four symbols (Crockford's base 32). Each row carries eight octets of the key
 * and 16 bits of check over them and the row's number, so that a typo is found and its row named,
 * and two rows exchanged are found too. */

#define CM_RECOVERY_SHEET_KEY_BYTES 32
#define CM_RECOVERY_SHEET_ROWS 4

/* The sheet, in French and English, of a key made on `date` ("YYYY-MM-DD"); the caller wipes it.
 * Returns: (transfer full) */
gchar *
cm_recovery_sheet_format(const guint8 *key,
			 const gchar *fingerprint,
			 const gchar *date) G_GNUC_WARN_UNUSED_RESULT;

/* Read the four rows out of a text; everything that is not a row is passed over. `out_key` is
 * written only when all four hold. CM_ERROR_INVALID_INPUT names the first row that is missing or
 * wrong. */
gboolean
cm_recovery_sheet_parse(const gchar *text,
			guint8 out_key[CM_RECOVERY_SHEET_KEY_BYTES],
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
