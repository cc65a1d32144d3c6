// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-keyfile.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
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

gboolean
cm_agent_keyfile_write(const gchar *folder, GBytes *keyring, gboolean replace, GError **error)
{
	g_autofree gchar *path = build_path(folder);
	g_autoptr(GError) local = NULL;
	struct stat status = {0};

	if (!replace && lstat(path, &status) == 0) {
		cm_error_set(error, CM_ERROR_EXISTS, N_("There is a keyring {0} already."), path,
			     NULL);
		return FALSE;
	}
	if (g_mkdir_with_parents(folder, FOLDER_MODE) != 0) {
		cm_error_set(error, CM_ERROR_KEY, N_("The folder {0} can't be made: {1}."), folder,
			     g_strerror(errno), NULL);
		return FALSE;
	}
	if (g_file_set_contents_full(
		path, g_bytes_get_data(keyring, NULL), (gssize)g_bytes_get_size(keyring),
		G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE, &local))
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY, N_("The keyring {0} can't be written: {1}."), path,
		     local->message, NULL);
	return FALSE;
}
