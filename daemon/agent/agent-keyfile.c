// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-keyfile.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600

static gchar *
build_path(const gchar *folder)
{
	return g_build_filename(folder, CM_AGENT_KEYFILE_NAME, NULL);
}

static gboolean
check_file(gint fd, const gchar *path, GError **error)
{
	struct stat status = {0};

	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
	    (status.st_mode & 077) == 0 && status.st_size <= CM_AGENT_KEYFILE_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY,
		     N_("The keyring {0} must be a file of yours that nobody else can read "
			"(mode 0600)."),
		     path, NULL);
	return FALSE;
}

static GBytes *
read_file(gint fd, const gchar *path, GError **error)
{
	guint8 octets[CM_AGENT_KEYFILE_MAX + 1];
	gsize length = 0;
	gssize count = 1;

	while (count != 0 && length < sizeof octets) {
		count = read(fd, octets + length, sizeof octets - length);
		if (count < 0 && errno != EINTR) {
			cm_error_set(error, CM_ERROR_KEY, N_("The keyring {0} can't be read: {1}."),
				     path, g_strerror(errno), NULL);
			return NULL;
		}
		length += (gsize)MAX(count, 0);
	}
	return g_bytes_new(octets, length);
}

GBytes *
cm_agent_keyfile_read(const gchar *folder, GError **error)
{
	g_autofree gchar *path = build_path(folder);
	gint fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	GBytes *keyring = NULL;

	if (fd < 0 && errno == ENOENT) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no keyring {0}: enrol first, or recover with your "
				"recovery code."),
			     path, NULL);
		return NULL;
	}
	if (fd < 0) {
		cm_error_set(error, CM_ERROR_KEY, N_("The keyring {0} can't be read: {1}."), path,
			     g_strerror(errno), NULL);
		return NULL;
	}
	if (check_file(fd, path, error))
		keyring = read_file(fd, path, error);
	close(fd);
	return keyring;
}

static gboolean
write_all(gint fd, const guint8 *octets, gsize length)
{
	while (length > 0) {
		gssize count = write(fd, octets, length);

		if (count < 0 && errno != EINTR)
			return FALSE;
		octets += MAX(count, 0);
		length -= (gsize)MAX(count, 0);
	}
	return TRUE;
}

/* what a crash left there goes first; who holds the folder's lock is alone with it */
static gboolean
write_beside(const gchar *beside, GBytes *keyring)
{
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(keyring, &length);
	gint kept = 0;
	gint fd = -1;
	gboolean good = FALSE;

	if (unlink(beside) != 0 && errno != ENOENT)
		return FALSE;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return FALSE;
	good = write_all(fd, octets, length) && fsync(fd) == 0;
	kept = errno;
	/* a disk across the network may say only now that it is full */
	if (close(fd) != 0 && good) {
		kept = errno;
		good = FALSE;
	}
	if (!good)
		unlink(beside);
	errno = kept;
	return good;
}

/* the names in the folder, and its own in the one above */
static gboolean
sync_names(gint folder)
{
	gint above = -1;
	gint kept = 0;
	gboolean good = FALSE;

	if (fsync(folder) != 0)
		return FALSE;
	above = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* one that may not be read was not made here */
	if (above < 0)
		return errno == EACCES;
	good = fsync(above) == 0;
	kept = errno;
	close(above);
	errno = kept;
	return good;
}

static void
set_unwritten(const gchar *path, GError **error)
{
	cm_error_set(error, CM_ERROR_KEY, N_("The keyring {0} can't be written: {1}."), path,
		     g_strerror(errno), NULL);
}

/* `folder` is locked */
static gboolean
replace_file(gint folder, const gchar *path, GBytes *keyring, gboolean replace, GError **error)
{
	g_autofree gchar *beside = g_strconcat(path, ".new", NULL);
	struct stat status = {0};

	if (!replace && lstat(path, &status) == 0) {
		cm_error_set(error, CM_ERROR_EXISTS, N_("There is a keyring {0} already."), path,
			     NULL);
		return FALSE;
	}
	if (!write_beside(beside, keyring)) {
		set_unwritten(path, error);
		return FALSE;
	}
	if (rename(beside, path) != 0) {
		set_unwritten(path, error);
		unlink(beside);
		return FALSE;
	}
	if (sync_names(folder))
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY,
		     N_("The keyring {0} was written, but a power cut may bring back the one "
			"before, or none: {1}."),
		     path, g_strerror(errno), NULL);
	return FALSE;
}

gboolean
cm_agent_keyfile_write(const gchar *folder, GBytes *keyring, gboolean replace, GError **error)
{
	g_autofree gchar *path = build_path(folder);
	gint fd = -1;
	gboolean good = FALSE;

	if (g_mkdir_with_parents(folder, FOLDER_MODE) != 0) {
		cm_error_set(error, CM_ERROR_KEY, N_("The folder {0} can't be made: {1}."), folder,
			     g_strerror(errno), NULL);
		return FALSE;
	}
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		good = replace_file(fd, path, keyring, replace, error);
	else
		set_unwritten(path, error);
	if (fd >= 0)
		close(fd);
	return good;
}
