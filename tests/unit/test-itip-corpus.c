// SPDX-License-Identifier: GPL-3.0-or-later
#include "include/cm-error.h"
#include "tests/unit/itip-fixture.h"

#include <string.h>

/* Each message below tests/fixtures/ical/ is read as its .txt says, or refused as it says. With COMODAL_TEST_WRITE_GOLDEN the .txt are
 * written anew, to be looked at. */

#define HORIZON G_GINT64_CONSTANT(1830297600) /* 2028-01-01 */

static gchar *
read_file(const gchar *path, gsize *out_length)
{
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	g_file_get_contents(path, &text, out_length, &error);
	g_assert_no_error(error);
	return text;
}

static gchar *
describe(const gchar *text, gsize length)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("America/Toronto");
	g_autoptr(GError) error = NULL;
	g_autoptr(CmItip) itip = cm_itip_reader_read(text, length, NULL, zone, HORIZON, &error);
	g_autofree gchar *reason = NULL;

	g_assert_true((itip == NULL) == (error != NULL));
	if (itip != NULL)
		return cm_itip_fixture_describe(itip);
	reason = cm_error_to_english(error);
	return g_strdup_printf("refused: %s\n", reason);
}

static void
test_file(gconstpointer data)
{
	const gchar *path = data;
	g_autofree gchar *stem = g_strndup(path, strlen(path) - strlen(".ics"));
	g_autofree gchar *expected_path = g_strconcat(stem, ".txt", NULL);
	g_autofree gchar *expected = NULL;
	g_autofree gchar *found = NULL;
	g_autofree gchar *text = NULL;
	gsize length = 0;

	text = read_file(path, &length);
	found = describe(text, length);
	if (g_getenv("COMODAL_TEST_WRITE_GOLDEN") != NULL)
		g_assert_true(g_file_set_contents(expected_path, found, -1, NULL));
	expected = read_file(expected_path, &length);
	g_assert_cmpstr(found, ==, expected);
}

static void
add_folder(const gchar *folder)
{
	guint found = 0;
	g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
	const gchar *name = NULL;

	g_assert_nonnull(directory);
	for (name = g_dir_read_name(directory); name != NULL; name = g_dir_read_name(directory)) {
		g_autofree gchar *test = g_strconcat("/itip-corpus/", name, NULL);

		if (!g_str_has_suffix(name, ".ics"))
			continue;
		found++;
		g_test_add_data_func_full(test, g_build_filename(folder, name, NULL), test_file,
					  g_free);
	}
	g_assert_cmpuint(found, >, 40);
}

int
main(int argc, char **argv)
{
	g_autofree gchar *folder = NULL;

	g_test_init(&argc, &argv, NULL);
	g_assert_nonnull(g_getenv("COMODAL_SOURCE_ROOT"));
	folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", "ical", NULL);
	add_folder(folder);
	return g_test_run();
}
