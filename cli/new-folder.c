// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/new-folder.h"

#include "cli/new-file.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define TEMPORARY_END ".XXXXXX"
#define REMOVALS_MAX 1000 /* times that whoever still writes is swept up after */

gint
cm_new_folder_add(gint folder, const gchar *name, GError **error)
{
	gint fd =
	    openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

	if (fd < 0)
		(void)!cm_new_file_fail(errno, name, error);
	return fd;
}

/* ---- what is done with each file in it */

typedef gint (*Step)(gint folder, const gchar *name);

static gint
sync_file(gint folder, const gchar *name)
{
	gint fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	gint code = fd < 0 || fsync(fd) != 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return code;
}

static gint
remove_file(gint folder, const gchar *name)
{
	return unlinkat(folder, name, 0) == 0 || errno == ENOENT ? 0 : errno;
}

/* 0, or why not; `cancellable`, which may be NULL, ends it early */
static gint
for_each(const gchar *path, gint folder, Step step, GCancellable *cancellable)
{
	g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
	const gchar *name = files != NULL ? g_dir_read_name(files) : NULL;
	gint code = files != NULL ? 0 : EIO;

	while (code == 0 && name != NULL && !g_cancellable_is_cancelled(cancellable)) {
		code = step(folder, name);
		name = g_dir_read_name(files);
	}
	return code;
}

static gint
sync_folder(const gchar *path)
{
	gint fd = g_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	gint code = 0;

	/* one that may not be read, or has no such thing, is as it is */
	if (fd >= 0 && fsync(fd) != 0 && errno != EINVAL)
		code = errno;
	if (fd >= 0)
		close(fd);
	return code;
}

/* whoever wrote for the writer, another process, may put its next file in after the others were removed */
static void
remove_all(const gchar *path, gint folder)
{
	gboolean again = TRUE;

	for (guint i = 0; again && i < REMOVALS_MAX; i++) {
		gint code = for_each(path, folder, remove_file, NULL);

		again = g_rmdir(path) != 0 && errno == ENOTEMPTY && code == 0;
	}
}

/* ---- what a process that was killed left */

/* as g_mkdtemp_full() names them: .NAME.XXXXXX */
static gboolean
is_temporary(const gchar *name)
{
	gsize length = strlen(name);
	gsize random = strlen(TEMPORARY_END) - 1;

	return name[0] == '.' && length > random + 2 && name[length - random - 1] == '.' &&
	       strspn(name + length - random, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS) == random;
}

/* whoever still writes holds its lock */
static void
remove_left(const gchar *path)
{
	gint folder = g_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);

	if (folder < 0)
		return;
	if (flock(folder, LOCK_EX | LOCK_NB) == 0)
		remove_all(path, folder);
	close(folder);
}

void
cm_new_folder_sweep(const gchar *above)
{
	g_autoptr(GDir) names = g_dir_open(above, 0, NULL);
	const gchar *name = names != NULL ? g_dir_read_name(names) : NULL;

	for (; name != NULL; name = g_dir_read_name(names)) {
		g_autofree gchar *path = g_build_filename(above, name, NULL);

		if (is_temporary(name))
			remove_left(path);
	}
}

/* ---- who interrupts it: as long as anything can be left behind */

static const gint signals[] = {SIGINT, SIGTERM, SIGHUP};

typedef struct {
	guint sources[G_N_ELEMENTS(signals)];
} Watch;

static gboolean
on_interrupt(gpointer user_data)
{
	g_cancellable_cancel(user_data);
	return G_SOURCE_CONTINUE;
}

static void
watch_begin(Watch *watch, GCancellable *cancellable)
{
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		watch->sources[i] = g_unix_signal_add(signals[i], on_interrupt, cancellable);
}

static void
watch_end(const Watch *watch)
{
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_source_remove(watch->sources[i]);
}

/* ---- the writer's thread */

typedef struct {
	CmNewFolderWriter writer;
	gpointer user_data;
	const gchar *given; /* the path, as the person said it */
	const gchar *temporary;
	gint folder;
	GCancellable *cancellable;
	GError *error;
	gboolean good;
	gint sync_code; /* why what was written is not on the disk */
	gint finished;
} Work;

static gpointer
work_thread(gpointer data)
{
	Work *work = data;

	work->good = work->writer(work->folder, work->cancellable, work->user_data, &work->error);
	if (work->good)
		work->sync_code =
		    for_each(work->temporary, work->folder, sync_file, work->cancellable);
	if (work->good && work->sync_code == 0)
		work->sync_code = sync_folder(work->temporary);
	g_atomic_int_set(&work->finished, 1);
	g_main_context_wakeup(NULL);
	return NULL;
}

/* what the writer says, and that all of it is on the disk; whatever was interrupted says so in one way */
static gboolean
run(Work *work, const gchar *path, GError **error)
{
	GThread *thread = g_thread_new("new-folder", work_thread, work);

	while (g_atomic_int_get(&work->finished) == 0)
		g_main_context_iteration(NULL, TRUE);
	g_thread_join(thread);
	/* one that came meanwhile counts */
	while (g_main_context_iteration(NULL, FALSE))
		continue;
	if (g_cancellable_is_cancelled(work->cancellable)) {
		g_clear_error(&work->error);
		cm_error_set(error, CM_ERROR_CANCELLED,
			     N_("It was interrupted: nothing is written."), NULL);
		return FALSE;
	}
	if (!work->good)
		g_propagate_error(error, g_steal_pointer(&work->error));
	return work->good &&
	       (work->sync_code == 0 || cm_new_file_fail(work->sync_code, path, error));
}

/* where a folder can't be renamed on condition (NFS, some of FUSE), over one that is empty, and is made for that. 0, or why not */
static gint
move_over(const gchar *from, const gchar *to)
{
	gint code = 0;

	if (g_mkdir(to, FOLDER_MODE) != 0)
		return errno;
	if (g_rename(from, to) == 0)
		return 0;
	code = errno;
	(void)g_rmdir(to);
	return code;
}

/* 0, or why not */
static gint
move(const gchar *from, const gchar *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	return errno == EINVAL || errno == ENOSYS ? move_over(from, to) : errno;
}

/* its name, and that on the disk; `in_out_temporary` is where it stands */
static gboolean
give_name(gchar **in_out_temporary, const gchar *path, GError **error)
{
	g_autofree gchar *above = g_path_get_dirname(path);
	gint code = move(*in_out_temporary, path);

	if (code != 0)
		return cm_new_file_fail(code, path, error);
	g_free(*in_out_temporary);
	*in_out_temporary = g_strdup(path);
	code = sync_folder(above);
	return code == 0 || cm_new_file_fail(code, path, error);
}

/* `work`: all but the folder. Nothing is left of one that fails. */
static gboolean
write_watched(Work *work, gchar **in_out_temporary, const gchar *path, GError **error)
{
	gboolean good = FALSE;

	if (g_mkdtemp_full(*in_out_temporary, FOLDER_MODE) == NULL)
		return cm_new_file_fail(errno, work->given, error);
	work->temporary = *in_out_temporary;
	work->folder =
	    g_open(*in_out_temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	/* for whoever sweeps; where nothing can be locked, nothing is swept either */
	if (work->folder >= 0)
		(void)!flock(work->folder, LOCK_EX | LOCK_NB);
	if (work->folder < 0)
		(void)!cm_new_file_fail(errno, work->given, error);
	else
		good = run(work, path, error) && give_name(in_out_temporary, path, error);
	if (!good)
		remove_all(*in_out_temporary, work->folder);
	if (work->folder >= 0)
		close(work->folder);
	return good;
}

gboolean
cm_new_folder_write(const gchar *path, CmNewFolderWriter writer, gpointer user_data, GError **error)
{
	g_autofree gchar *whole = g_canonicalize_filename(path, NULL);
	g_autofree gchar *above = g_path_get_dirname(whole);
	g_autofree gchar *name = g_path_get_basename(whole);
	g_autofree gchar *temporary = g_strdup_printf("%s/.%s" TEMPORARY_END, above, name);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	Work work = {
	    .writer = writer, .user_data = user_data, .given = path, .cancellable = cancellable};
	Watch watch = {0};
	GStatBuf status;
	gboolean good = FALSE;

	/* said before all of it is made; what comes meanwhile is not written over either */
	if (g_lstat(whole, &status) == 0)
		return cm_new_file_fail(EEXIST, path, error);
	watch_begin(&watch, cancellable);
	good = write_watched(&work, &temporary, whole, error);
	watch_end(&watch);
	return good;
}
