// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/output.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
set_errno_error(GError **error, const gchar *path)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("{0} can't be written: {1}."), path,
		     g_strerror(errno), NULL);
	return FALSE;
}

/* the mode that the file had, or that a new one gets by the person's umask */
static void
keep_mode(gint fd, const gchar *path)
{
	GStatBuf before;

	if (g_stat(path, &before) == 0)
		(void)fchmod(fd, before.st_mode & 07777);
}

static gboolean
finish(gint fd, const gchar *temporary, const gchar *path, GError **error)
{
	keep_mode(fd, path);
	if (fsync(fd) != 0 && errno != EINVAL)
		return set_errno_error(error, path);
	if (g_rename(temporary, path) != 0)
		return set_errno_error(error, path);
	return TRUE;
}

static gboolean
write_beside(const gchar *path, CmOutputWriter writer, gpointer user_data, GError **error)
{
	g_autofree gchar *temporary = g_strdup_printf("%s.XXXXXX", path);
	/* 0600: it holds names */
	gint fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
	gboolean done = FALSE;

	if (fd < 0)
		return set_errno_error(error, path);
	done = writer(fd, user_data, error) && finish(fd, temporary, path, error);
	close(fd);
	if (!done)
		(void)g_unlink(temporary);
	return done;
}

gboolean
cm_output_write(const gchar *path, CmOutputWriter writer, gpointer user_data, GError **error)
{
	if (path == NULL || g_str_equal(path, "-"))
		return writer(STDOUT_FILENO, user_data, error);
	/* a device or a pipe has no name to take over */
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		gint fd = g_open(path, O_WRONLY | O_CLOEXEC, 0);
		gboolean done = FALSE;

		if (fd < 0)
			return set_errno_error(error, path);
		done = writer(fd, user_data, error);
		close(fd);
		return done;
	}
	return write_beside(path, writer, user_data, error);
}

gboolean
cm_output_write_octets(gint fd, const guint8 *octets, gsize length)
{
	while (length > 0) {
		gssize count = write(fd, octets, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return FALSE;
		octets += count;
		length -= (gsize)count;
	}
	return TRUE;
}

static gboolean
write_all(gint fd, gpointer user_data, GError **error)
{
	gsize size = 0;
	const guint8 *data = g_bytes_get_data(user_data, &size);

	return cm_output_write_octets(fd, data, size) || set_errno_error(error, _("The output"));
}

gboolean
cm_output_write_bytes(const gchar *path, GBytes *bytes, GError **error)
{
	return cm_output_write(path, write_all, bytes, error);
}
