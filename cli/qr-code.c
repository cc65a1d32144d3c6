// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/qr-code.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <qrencode.h>
#include <string.h>

/* black on white of the 256 colours, which no theme changes */
#define BLACK_ON_WHITE "\033[38;5;16;48;5;231m"
#define PLAIN "\033[0m"

struct _CmQrCode {
	QRcode *code;
};

CmQrCode *
cm_qr_code_new(const gchar *text, gboolean robust, GError **error)
{
	CmQrCode *code = NULL;
	QRcode *made = QRcode_encodeData((int)strlen(text), (const unsigned char *)text, 0,
					 robust ? QR_ECLEVEL_Q : QR_ECLEVEL_L);

	if (made == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This link is too long for a QR code."), NULL);
		return NULL;
	}
	code = g_new0(CmQrCode, 1);
	code->code = made;
	return code;
}

void
cm_qr_code_free(CmQrCode *code)
{
	if (code == NULL)
		return;
	QRcode_free(code->code);
	g_free(code);
}

guint
cm_qr_code_get_size(const CmQrCode *code)
{
	return (guint)code->code->width;
}

gboolean
cm_qr_code_is_dark(const CmQrCode *code, gint x, gint y)
{
	gint size = code->code->width;

	if (x < 0 || y < 0 || x >= size || y >= size)
		return FALSE;
	return (code->code->data[y * size + x] & 1) != 0;
}

/* the upper and the lower of two modules that share a place */
static const gchar *
get_blocks(const CmQrCode *code, gint x, gint y)
{
	static const gchar *const blocks[] = {" ", "▄", "▀", "█"};

	return blocks[(cm_qr_code_is_dark(code, x, y) ? 2 : 0) +
		      (cm_qr_code_is_dark(code, x, y + 1) ? 1 : 0)];
}

gchar *
cm_qr_code_draw(const CmQrCode *code, gboolean color)
{
	gint last = (gint)cm_qr_code_get_size(code) + CM_QR_CODE_QUIET;
	GString *out = g_string_new(NULL);

	for (gint y = -CM_QR_CODE_QUIET; y < last; y += 2) {
		if (color)
			g_string_append(out, BLACK_ON_WHITE);
		for (gint x = -CM_QR_CODE_QUIET; x < last; x++)
			g_string_append(out, get_blocks(code, x, y));
		g_string_append(out, color ? PLAIN "\n" : "\n");
	}
	return g_string_free(out, FALSE);
}

gchar *
cm_qr_code_make_path(const CmQrCode *code)
{
	gint size = (gint)cm_qr_code_get_size(code);
	GString *path = g_string_new(NULL);

	for (gint y = 0; y < size; y++) {
		for (gint x = 0; x < size; x++) {
			gint from = x;

			while (cm_qr_code_is_dark(code, x, y))
				x++;
			if (x > from)
				g_string_append_printf(path, "M%d %dh%dv1h-%dz", from, y, x - from,
						       x - from);
		}
	}
	return g_string_free(path, FALSE);
}
