// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/new-file.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define FILE_MODE 0600

gboolean
cm_new_file_fail(gint code, const gchar *path, GError **error)
{
	if (code == EEXIST || code == ENOTEMPTY)
		cm_error_set(error, CM_ERROR_EXISTS,
			     N_("There is a file {0} already: say another."), path, NULL);
	else
		cm_error_set(error, CM_ERROR_FAILED, N_("{0} can't be written: {1}."), path,
			     g_strerror(code), NULL);
	return FALSE;
}

static gboolean
give_name(gint fd, const gchar *path, GError **error)
{
	g_autofree gchar *itself = g_strdup_printf("/proc/self/fd/%d", fd);

	if (fsync(fd) == 0 && linkat(AT_FDCWD, itself, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return TRUE;
	return cm_new_file_fail(errno, path, error);
}

static gboolean
write_named(const gchar *path, CmOutputWriter writer, gpointer user_data, GError **error)
{
	gint fd = g_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	gboolean done = FALSE;

	if (fd < 0)
		return cm_new_file_fail(errno, path, error);
	done = writer(fd, user_data, error) &&
	       (fsync(fd) == 0 || cm_new_file_fail(errno, path, error));
	close(fd);
	if (!done)
		(void)g_unlink(path);
	return done;
}

/* its name too stands through a loss of power; a folder that may not be read, or has no such thing, is as it is */
static gboolean
keep_name(const gchar *folder, const gchar *path, GError **error)
{
	gint fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	gboolean kept = fd < 0 || fsync(fd) == 0 || errno == EINVAL;
	gint code = errno;

	if (fd >= 0)
		close(fd);
	if (kept)
		return TRUE;
	(void)g_unlink(path);
	return cm_new_file_fail(code, path, error);
}

gboolean
cm_new_file_write(const gchar *path, CmOutputWriter writer, gpointer user_data, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(path);
	gboolean done = FALSE;
	gint fd = -1;

	/* said before all of it is read; what comes meanwhile is not written over either */
	if (g_access(path, F_OK) == 0)
		return cm_new_file_fail(EEXIST, path, error);
	fd = g_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		return write_named(path, writer, user_data, error) &&
		       keep_name(folder, path, error);
	if (fd < 0)
		return cm_new_file_fail(errno, path, error);
	done = writer(fd, user_data, error) && give_name(fd, path, error);
	close(fd);
	return done && keep_name(folder, path, error);
}
