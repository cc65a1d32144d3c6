// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A QR code: what a telephone's camera reads off a terminal or off paper. */

typedef struct _CmQrCode CmQrCode;

/* How many light modules stand around it (ISO/IEC 18004). */
#define CM_QR_CODE_QUIET 4

/* Of a short text, which is a secret when the text is. `robust`: still read with a quarter of it dirty or folded, for paper; else as small
 * as it can be. CM_ERROR_INVALID_INPUT: too long for any. Returns: (transfer full) */
CmQrCode *
cm_qr_code_new(const gchar *text, gboolean robust, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_qr_code_free(CmQrCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmQrCode, cm_qr_code_free)

/* Modules along a side, those around it not counted. */
guint
cm_qr_code_get_size(const CmQrCode *code);

/* Whether a module is dark; those around it are not. */
gboolean
cm_qr_code_is_dark(const CmQrCode *code, gint x, gint y);

/* On a terminal, two rows of modules a line. With `color` black on white whatever the terminal's colours are; else dark modules are drawn,
 * which is right where text is dark on light. Returns: (transfer full) */
gchar *
cm_qr_code_draw(const CmQrCode *code, gboolean color) G_GNUC_WARN_UNUSED_RESULT;

/* The dark modules as the path of an SVG whose unit is a module, from 0,0 without what is around. Returns: (transfer full) */
gchar *
cm_qr_code_make_path(const CmQrCode *code) G_GNUC_WARN_UNUSED_RESULT;
