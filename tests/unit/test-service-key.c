// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/service-key.h"

#include "daemon/store/recovery-sheet.h"
#include "include/cm-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
	gchar *folder;
	gchar *path;
	gchar *database;
	gchar *sheet;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->folder = g_dir_make_tmp("comodal-key-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "service.key", NULL);
	fixture->database = g_build_filename(fixture->folder, "data", NULL);
	g_assert_cmpint(g_mkdir(fixture->database, 0700), ==, 0);
	g_assert_true(
	    cm_service_key_create(fixture->path, fixture->database, &fixture->sheet, &error));
	g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	g_unlink(fixture->path);
	g_rmdir(fixture->database);
	g_rmdir(fixture->folder);
	cm_service_key_wipe_text(fixture->sheet);
	g_free(fixture->folder);
	g_free(fixture->path);
	g_free(fixture->database);
}

static void
refuse(Fixture *fixture, const gchar *path)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_service_key_load(path, fixture->database, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_KEY);
}

static void
test_file(Fixture *fixture, gconstpointer data)
{
	g_autoptr(CmServiceKey) key = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *link_path = g_build_filename(fixture->folder, "link", NULL);
	GStatBuf status;

	g_assert_cmpint(g_stat(fixture->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
	g_assert_cmpuint(status.st_nlink, ==, 1);
	key = cm_service_key_load(fixture->path, fixture->database, &error);
	g_assert_no_error(error);
	g_assert_nonnull(key);
	g_assert_false(cm_service_key_create(fixture->path, fixture->database, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_EXISTS);
	g_clear_error(&error);
	g_assert_cmpint(g_chmod(fixture->path, 0640), ==, 0);
	refuse(fixture, fixture->path);
	g_assert_cmpint(g_chmod(fixture->path, 0604), ==, 0);
	refuse(fixture, fixture->path);
	g_assert_cmpint(g_chmod(fixture->path, 0600), ==, 0);
	g_assert_cmpint(symlink(fixture->path, link_path), ==, 0);
	refuse(fixture, link_path);
	g_unlink(link_path);
	refuse(fixture, fixture->folder);
	refuse(fixture, link_path);
	/* damaged: a digit that is none, one too few */
	g_assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
	text[30] = 'g';
	g_assert_true(g_file_set_contents_full(fixture->path, text, -1, G_FILE_SET_CONTENTS_NONE,
					       0600, NULL));
	refuse(fixture, fixture->path);
	text[30] = 'a';
	g_assert_true(g_file_set_contents_full(fixture->path, text + 1, -1,
					       G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	refuse(fixture, fixture->path);
}

static void
test_folder(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *inside = g_build_filename(fixture->database, "service.key", NULL);
	g_autofree gchar *below = g_build_filename(fixture->database, "keys", NULL);
	g_autofree gchar *deep = g_build_filename(below, "service.key", NULL);
	g_autofree gchar *link_path = g_build_filename(fixture->folder, "elsewhere", NULL);
	g_autofree gchar *linked = g_build_filename(link_path, "service.key", NULL);
	g_autofree gchar *not_yet = g_build_filename(fixture->folder, "later", NULL);
	g_autofree gchar *later = g_build_filename(not_yet, "service.key", NULL);
	g_autofree gchar *beside = g_strconcat(fixture->database, "-keys", NULL);
	g_autofree gchar *similar = g_build_filename(beside, "service.key", NULL);
	const gchar *wrong[] = {inside, deep, linked};
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir(below, 0700), ==, 0);
	g_assert_cmpint(g_mkdir(beside, 0700), ==, 0);
	g_assert_cmpint(symlink(fixture->database, link_path), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_assert_false(cm_service_key_create(wrong[i], fixture->database, NULL, &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_KEY);
		g_clear_error(&error);
		g_assert_cmpint(link(fixture->path, wrong[i]), ==, 0);
		refuse(fixture, wrong[i]);
		g_unlink(wrong[i]);
	}
	/* a folder that isn't there yet is judged by its name */
	g_assert_false(cm_service_key_create(later, not_yet, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_KEY);
	g_clear_error(&error);
	/* a name that only begins alike is another folder */
	g_assert_true(cm_service_key_create(similar, fixture->database, NULL, &error));
	g_assert_no_error(error);
	g_unlink(similar);
	g_rmdir(beside);
	g_rmdir(below);
	g_unlink(link_path);
}

static void
assert_restores(Fixture *fixture, const gchar *text)
{
	g_autofree gchar *other = g_build_filename(fixture->folder, "other.key", NULL);
	g_autoptr(CmServiceKey) key = cm_service_key_load(fixture->path, NULL, NULL);
	g_autoptr(CmServiceKey) restored = NULL;
	g_autoptr(GError) error = NULL;
	gboolean good = cm_service_key_restore(other, fixture->database, text, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	restored = cm_service_key_load(other, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(cm_service_key_get_bytes(key), CM_SERVICE_KEY_BYTES,
			cm_service_key_get_bytes(restored), CM_SERVICE_KEY_BYTES);
	g_unlink(other);
}

static gchar *
find_row(const gchar *sheet, guint row)
{
	g_auto(GStrv) lines = g_strsplit(sheet, "\n", -1);
	g_autofree gchar *start = g_strdup_printf("  %u: ", row);

	for (guint i = 0; lines[i] != NULL; i++) {
		if (g_str_has_prefix(lines[i], start))
			return g_strdup(lines[i]);
	}
	g_assert_not_reached();
}

static void
test_sheet(Fixture *fixture, gconstpointer data)
{
	g_autoptr(CmServiceKey) key = cm_service_key_load(fixture->path, NULL, NULL);
	g_autofree gchar *fingerprint = cm_service_key_dup_fingerprint(key);
	g_autofree gchar *small = g_ascii_strdown(fixture->sheet, -1);
	g_autofree gchar *loose = NULL;
	g_autofree gchar *file = NULL;
	g_auto(GStrv) rows = g_new0(gchar *, 5);

	g_assert_nonnull(strstr(fixture->sheet, fingerprint));
	g_assert_nonnull(strstr(fixture->sheet, "fiche de récupération"));
	g_assert_nonnull(strstr(fixture->sheet, "recovery sheet"));
	/* not the file's own form, which a search of the disk would find */
	g_assert_true(g_file_get_contents(fixture->path, &file, NULL, NULL));
	g_assert_null(strstr(fixture->sheet, file));
	assert_restores(fixture, fixture->sheet);
	assert_restores(fixture, small);
	for (guint i = 0; i < 4; i++)
		rows[i] = find_row(fixture->sheet, i + 1);
	/* rows in another order, with spaces or nothing between the groups, without an end of line */
	g_strdelimit(rows[0], "-", ' ');
	loose = g_strconcat(rows[2], "\n", rows[0], "\r\n", rows[3], "\n\n", rows[1], NULL);
	assert_restores(fixture, loose);
	/* as people type: O for 0, l for 1 */
	g_strdelimit(loose, "0", 'O');
	for (gchar *p = loose; *p != '\0'; p++) {
		if (*p == '1' && p[1] != ':')
			*p = 'l';
	}
	assert_restores(fixture, loose);
}

static void
refuse_sheet(Fixture *fixture, const gchar *text, const gchar *row)
{
	g_autofree gchar *other = g_build_filename(fixture->folder, "other.key", NULL);
	g_autofree gchar *english = NULL;
	g_autofree gchar *named = g_strconcat("Row ", row, " ", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_service_key_restore(other, fixture->database, text, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	english = cm_error_to_english(error);
	g_assert_nonnull(strstr(english, named));
	g_assert_cmpint(g_access(other, F_OK), !=, 0);
}

static void
test_typing_errors(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *copy = g_strdup(fixture->sheet);
	g_autofree gchar *third = find_row(fixture->sheet, 3);
	g_autofree gchar *fourth = find_row(fixture->sheet, 4);
	g_autofree gchar *swapped = NULL;
	gchar *row = strstr(copy, third);
	gchar was = 0;
	guint typed = 0;

	/* each symbol of the third row in turn, then two neighbours exchanged */
	for (gsize i = 5; i < strlen(third); i++) {
		if (third[i] == '-')
			continue;
		was = row[i];
		row[i] = was == 'X' ? 'Y' : 'X';
		refuse_sheet(fixture, copy, "3");
		row[i] = was;
		typed++;
		if (third[i + 1] != '\0' && third[i + 1] != '-' && third[i + 1] != was) {
			row[i] = row[i + 1];
			row[i + 1] = was;
			refuse_sheet(fixture, copy, "3");
			row[i + 1] = row[i];
			row[i] = was;
		}
	}
	g_assert_cmpuint(typed, ==, 16);
	assert_restores(fixture, copy);
	/* a row that says it is another one; one that is missing; one too long */
	swapped = g_strdup(fixture->sheet);
	memcpy(strstr(swapped, third) + 5, fourth + 5, strlen(fourth) - 5);
	refuse_sheet(fixture, swapped, "3");
	row[2] = ' ';
	row[3] = ' ';
	refuse_sheet(fixture, copy, "3");
	refuse_sheet(fixture, "", "1");
	refuse_sheet(fixture, "1: 0000-0000-0000-0000-0", "1");
	refuse_sheet(fixture, "1: 0000-0000-0000-000U", "1");
}

static void
test_credential(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *found = NULL;
	g_autofree gchar *path = g_build_filename(fixture->folder, CM_SERVICE_KEY_CREDENTIAL, NULL);

	g_unsetenv("CREDENTIALS_DIRECTORY");
	g_assert_null(cm_service_key_find_credential());
	g_setenv("CREDENTIALS_DIRECTORY", fixture->folder, TRUE);
	g_assert_null(cm_service_key_find_credential());
	g_assert_cmpint(link(fixture->path, path), ==, 0);
	found = cm_service_key_find_credential();
	g_assert_cmpstr(found, ==, path);
	g_unlink(path);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/service-key/file", Fixture, NULL, set_up, test_file, tear_down);
	g_test_add("/service-key/folder", Fixture, NULL, set_up, test_folder, tear_down);
	g_test_add("/service-key/sheet", Fixture, NULL, set_up, test_sheet, tear_down);
	g_test_add("/service-key/typing-errors", Fixture, NULL, set_up, test_typing_errors,
		   tear_down);
	g_test_add("/service-key/credential", Fixture, NULL, set_up, test_credential, tear_down);
	return g_test_run();
}
