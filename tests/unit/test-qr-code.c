// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/qr-code.h"

#include "include/cm-error.h"

#include <string.h>

/* What is drawn of a QR code is what it is: tests/integration/link_verbs.py has it read by another program. */

#define LINK "https://rencontres.css.example/v/AAAAAAAAAAAAAAAAAAAAAA"

/* a finder pattern with what is light around it, at a corner: the three tell a camera where the code is */
static void
assert_finder(const CmQrCode *code, gint left, gint top)
{
	for (gint y = 0; y < 7; y++) {
		for (gint x = 0; x < 7; x++) {
			gint ring = MAX(ABS(x - 3), ABS(y - 3));

			g_assert_cmpint(cm_qr_code_is_dark(code, left + x, top + y), ==, ring != 2);
		}
	}
}

static void
test_modules(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmQrCode) code = cm_qr_code_new(LINK, FALSE, &error);
	g_autoptr(CmQrCode) robust = cm_qr_code_new(LINK, TRUE, &error);
	gint size = 0;

	g_assert_no_error(error);
	size = (gint)cm_qr_code_get_size(code);
	assert_finder(code, 0, 0);
	assert_finder(code, size - 7, 0);
	assert_finder(code, 0, size - 7);
	/* with what stands around it, it fits on 24 lines of 80 columns */
	g_assert_cmpint(size + 2 * CM_QR_CODE_QUIET, <=, 46);
	g_assert_cmpuint(cm_qr_code_get_size(robust), >, cm_qr_code_get_size(code));
	g_assert_false(cm_qr_code_is_dark(code, -1, 0));
	g_assert_false(cm_qr_code_is_dark(code, 0, size));
}

/* the module that a place of the drawing shows */
static gboolean
read_drawn(gchar **lines, gint x, gint y)
{
	const gchar *line = lines[(y + CM_QR_CODE_QUIET) / 2];
	const gchar *place = g_utf8_offset_to_pointer(line, x + CM_QR_CODE_QUIET);
	gunichar block = g_utf8_get_char(place);

	if ((y + CM_QR_CODE_QUIET) % 2 == 0)
		return block == 0x2588 || block == 0x2580;
	return block == 0x2588 || block == 0x2584;
}

static void
test_drawn(void)
{
	g_autoptr(CmQrCode) code = cm_qr_code_new(LINK, FALSE, NULL);
	g_autofree gchar *drawn = cm_qr_code_draw(code, FALSE);
	g_auto(GStrv) lines = g_strsplit(drawn, "\n", -1);
	gint last = (gint)cm_qr_code_get_size(code) + CM_QR_CODE_QUIET;

	g_assert_null(strstr(drawn, "\033"));
	for (gint y = -CM_QR_CODE_QUIET; y < last; y++) {
		for (gint x = -CM_QR_CODE_QUIET; x < last; x++)
			g_assert_cmpint(read_drawn(lines, x, y), ==,
					cm_qr_code_is_dark(code, x, y));
	}
}

/* black on white whatever the terminal's colours are: each line begins so, and leaves them as they were */
static void
test_colors(void)
{
	g_autoptr(CmQrCode) code = cm_qr_code_new(LINK, FALSE, NULL);
	g_autofree gchar *drawn = cm_qr_code_draw(code, TRUE);
	g_autofree gchar *plain = cm_qr_code_draw(code, FALSE);
	g_auto(GStrv) lines = g_strsplit(drawn, "\n", -1);
	g_auto(GStrv) bare = g_strsplit(plain, "\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, g_strv_length(bare));
	for (guint i = 0; *lines[i] != '\0'; i++) {
		g_autofree gchar *expected =
		    g_strconcat("\033[38;5;16;48;5;231m", bare[i], "\033[0m", NULL);

		g_assert_cmpstr(lines[i], ==, expected);
	}
}

/* runs of the path, put back into modules */
static void
test_path(void)
{
	g_autoptr(CmQrCode) code = cm_qr_code_new(LINK, TRUE, NULL);
	g_autofree gchar *path = cm_qr_code_make_path(code);
	gint size = (gint)cm_qr_code_get_size(code);
	g_autofree guint8 *modules = g_malloc0((gsize)(size * size));
	g_autoptr(GRegex) run = g_regex_new("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	for (gboolean more = g_regex_match(run, path, 0, &match); more;
	     more = g_match_info_next(match, NULL)) {
		gint values[4];

		for (gint i = 0; i < 4; i++) {
			g_autofree gchar *text = g_match_info_fetch(match, i + 1);

			values[i] = (gint)g_ascii_strtoll(text, NULL, 10);
		}
		g_assert_cmpint(values[2], ==, values[3]);
		memset(modules + values[1] * size + values[0], 1, (gsize)values[2]);
	}
	for (gint i = 0; i < size * size; i++)
		g_assert_cmpint(modules[i], ==, cm_qr_code_is_dark(code, i % size, i / size));
}

static void
test_too_long(void)
{
	g_autofree gchar *text = g_strnfill(5000, 'a');
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_qr_code_new(text, FALSE, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/qr-code/modules", test_modules);
	g_test_add_func("/qr-code/drawn", test_drawn);
	g_test_add_func("/qr-code/colors", test_colors);
	g_test_add_func("/qr-code/path", test_path);
	g_test_add_func("/qr-code/too-long", test_too_long);
	return g_test_run();
}
