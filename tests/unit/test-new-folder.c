// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/new-folder.h"
#include "include/cm-error.h"
#include "tests/lib/file-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A folder that is there whole, or not at all. */

typedef struct {
	gchar *above;
	gchar *path;
} Place;

static void
place_begin(Place *place, gconstpointer data)
{
	place->above = g_dir_make_tmp("comodal-test-XXXXXX", NULL);
	place->path = g_build_filename(place->above, "dossier", NULL);
}

/* how many things are in the folder above */
static guint
count(const Place *place)
{
	g_autoptr(GDir) names = g_dir_open(place->above, 0, NULL);
	guint found = 0;

	while (g_dir_read_name(names) != NULL)
		found++;
	return found;
}

static void
place_clear(const Place *place)
{
	g_autofree gchar *file = g_build_filename(place->path, "page", NULL);

	(void)g_unlink(file);
	(void)g_rmdir(place->path);
	(void)g_unlink(place->path);
	g_assert_cmpuint(count(place), ==, 0);
}

static void
place_end(Place *place, gconstpointer data)
{
	place_clear(place);
	g_assert_cmpint(g_rmdir(place->above), ==, 0);
	g_free(place->path);
	g_free(place->above);
}

static gboolean
add_page(gint folder, GError **error)
{
	gint fd = cm_new_folder_add(folder, "page", error);
	gboolean good = fd >= 0 && write(fd, "une page", 8) == 8;

	if (fd >= 0)
		close(fd);
	return good;
}

static gboolean
write_page(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	guint *calls = user_data;

	(*calls)++;
	return add_page(folder, error);
}

static void
test_whole(Place *place, gconstpointer data)
{
	g_autofree gchar *file = g_build_filename(place->path, "page", NULL);
	g_autofree gchar *text = NULL;
	g_autoptr(GError) error = NULL;
	GStatBuf status;
	guint calls = 0;

	g_assert_true(cm_new_folder_write(place->path, write_page, &calls, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "une page");
	g_assert_cmpint(g_stat(place->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0700);
	g_assert_cmpint(g_stat(file, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
	g_assert_cmpuint(count(place), ==, 1);
	/* and not again: what is there stays */
	g_assert_false(cm_new_folder_write(place->path, write_page, &calls, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_EXISTS);
	g_assert_cmpuint(calls, ==, 1);
}

/* something takes the name while it is written */
static gboolean
be_overtaken(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	const Place *place = user_data;

	g_assert_true(g_file_set_contents(place->path, "autre chose", -1, NULL));
	return add_page(folder, error);
}

static void
test_overtaken(Place *place, gconstpointer data)
{
	g_autofree gchar *text = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_new_folder_write(place->path, be_overtaken, place, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_EXISTS);
	g_assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "autre chose");
	g_assert_cmpuint(count(place), ==, 1);
}

/* a file system that can't rename on condition */
static void
test_elsewhere(Place *place, gconstpointer data)
{
	static const gint refusals[] = {EINVAL, ENOSYS};

	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		file_calls_get()->refusal = refusals[i];
		test_whole(place, NULL);
		place_clear(place);
		test_overtaken(place, NULL);
		place_clear(place);
	}
	file_calls_get()->refusal = 0;
	g_assert_cmpuint(file_calls_get()->refusals, ==, 2 * G_N_ELEMENTS(refusals));
}

static gboolean
fail_after_a_page(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	g_assert_true(add_page(folder, error));
	cm_error_set(error, CM_ERROR_STORE, "no more", NULL);
	return FALSE;
}

static void
test_failed(Place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_new_folder_write(place->path, fail_after_a_page, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_STORE);
	g_assert_cmpuint(count(place), ==, 0);
}

static const gint signals[] = {SIGINT, SIGTERM, SIGHUP};

/* by which a person is to be heard */
static GCancellable *heard;

static void
interrupt(gint number)
{
	GPollFD ended = {0};

	g_assert_true(g_cancellable_make_pollfd(heard, &ended));
	g_assert_cmpint(kill(getpid(), number), ==, 0);
	g_assert_cmpint(g_poll(&ended, 1, 60000), ==, 1);
	g_cancellable_release_fd(heard);
}

/* a person at the terminal, with half of it there; `user_data`: their signal */
static gboolean
be_interrupted(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	heard = cancellable;
	g_assert_true(add_page(folder, error));
	interrupt(GPOINTER_TO_INT(user_data));
	return !g_cancellable_set_error_if_cancelled(cancellable, error);
}

static void
test_interrupted(Place *place, gconstpointer data)
{
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(cm_new_folder_write(place->path, be_interrupted,
						   GINT_TO_POINTER(signals[i]), &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_CANCELLED);
		g_assert_cmpuint(count(place), ==, 0);
	}
}

/* the same person, while all of it goes to the disk, which takes longest */
static void
press(void)
{
	interrupt(SIGINT);
}

static gboolean
be_interrupted_later(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	heard = cancellable;
	file_calls_get()->before_fsync = press;
	return add_page(folder, error);
}

static void
test_interrupted_later(Place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_new_folder_write(place->path, be_interrupted_later, NULL, &error));
	g_assert_null(file_calls_get()->before_fsync);
	g_assert_error(error, CM_ERROR, CM_ERROR_CANCELLED);
	g_assert_cmpuint(count(place), ==, 0);
}

/* another process writes on behalf of this one, and does not know yet that it is over */
static gint late_folder;

static void
add_late(void)
{
	gint fd = openat(late_folder, "late", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	close(late_folder);
}

static gboolean
be_outlived(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	late_folder = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	g_assert_cmpint(late_folder, >=, 0);
	file_calls_get()->before_rmdir = add_late;
	return be_interrupted(folder, cancellable, GINT_TO_POINTER(SIGINT), error);
}

static void
test_outlived(Place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_new_folder_write(place->path, be_outlived, NULL, &error));
	g_assert_null(file_calls_get()->before_rmdir);
	g_assert_error(error, CM_ERROR, CM_ERROR_CANCELLED);
	g_assert_cmpuint(count(place), ==, 0);
}

static void
test_nowhere(Place *place, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(place->above, "none", "dossier", NULL);
	g_autoptr(GError) error = NULL;
	guint calls = 0;

	g_assert_false(cm_new_folder_write(path, write_page, &calls, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_FAILED);
	g_assert_cmpuint(calls, ==, 0);
}

/* whether a sweep takes what is being made for left behind */
static gboolean
be_swept(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	const Place *place = user_data;

	cm_new_folder_sweep(place->above);
	g_assert_cmpuint(count(place), ==, 1);
	return add_page(folder, error);
}

static void
make_folder(const Place *place, const gchar *name, const gchar *file)
{
	g_autofree gchar *path = g_build_filename(place->above, name, NULL);
	g_autofree gchar *inside = g_build_filename(path, file, NULL);

	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	g_assert_true(g_file_set_contents(inside, "une page", -1, NULL));
}

static void
remove_folder(const Place *place, const gchar *name, const gchar *file)
{
	g_autofree gchar *path = g_build_filename(place->above, name, NULL);
	g_autofree gchar *inside = g_build_filename(path, file, NULL);

	g_assert_cmpint(g_unlink(inside), ==, 0);
	g_assert_cmpint(g_rmdir(path), ==, 0);
}

/* what a killed process left goes; what has another name, or somebody at work in it, stays */
static void
test_swept(Place *place, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	make_folder(place, ".dossier.aZ09bc", "page");
	make_folder(place, ".git", "config");
	make_folder(place, "dossier.aZ09bc", "page");
	cm_new_folder_sweep(place->above);
	g_assert_cmpuint(count(place), ==, 2);
	remove_folder(place, ".git", "config");
	remove_folder(place, "dossier.aZ09bc", "page");
	g_assert_true(cm_new_folder_write(place->path, be_swept, place, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(count(place), ==, 1);
	place_clear(place);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/new-folder/whole", Place, NULL, place_begin, test_whole, place_end);
	g_test_add("/new-folder/overtaken", Place, NULL, place_begin, test_overtaken, place_end);
	g_test_add("/new-folder/elsewhere", Place, NULL, place_begin, test_elsewhere, place_end);
	g_test_add("/new-folder/failed", Place, NULL, place_begin, test_failed, place_end);
	g_test_add("/new-folder/interrupted", Place, NULL, place_begin, test_interrupted,
		   place_end);
	g_test_add("/new-folder/interrupted-later", Place, NULL, place_begin,
		   test_interrupted_later, place_end);
	g_test_add("/new-folder/outlived", Place, NULL, place_begin, test_outlived, place_end);
	g_test_add("/new-folder/swept", Place, NULL, place_begin, test_swept, place_end);
	g_test_add("/new-folder/nowhere", Place, NULL, place_begin, test_nowhere, place_end);
	return g_test_run();
}
