// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/attachment-folder.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define FILE_MODE 0600
#define UNFINISHED ".part"
#define NAME_LENGTH (2 * CM_ATTACHMENT_FOLDER_ID_BYTES)

gchar *
cm_attachment_folder_dup_path(const gchar *database)
{
	g_autofree gchar *folder = g_path_get_dirname(database);

	return g_build_filename(folder, CM_ATTACHMENT_FOLDER_NAME, NULL);
}

static gchar *
dup_path(const gchar *folder, const guint8 *id, const gchar *suffix)
{
	gchar name[NAME_LENGTH + sizeof UNFINISHED];

	sodium_bin2hex(name, sizeof name, id, CM_ATTACHMENT_FOLDER_ID_BYTES);
	g_strlcat(name, suffix, sizeof name);
	return g_build_filename(folder, name, NULL);
}

static gboolean
fail(gint code, GError **error)
{
	if (code == ENOSPC || code == EDQUOT)
		cm_error_set(error, CM_ERROR_STORE, N_("The disk is full: nothing was changed."),
			     NULL);
	else
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The attachment can't be kept ({0}): nothing was changed."),
			     g_strerror(code), NULL);
	return FALSE;
}

/* names in it last from here on */
static gboolean
sync_folder(const gchar *folder, GError **error)
{
	gint fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	gboolean synced = fd >= 0 && fsync(fd) == 0;
	gint code = errno;

	if (fd >= 0)
		close(fd);
	return synced || fail(code, error);
}

static gboolean
make_folder(const gchar *folder, GError **error)
{
	g_autofree gchar *above = g_path_get_dirname(folder);
	struct stat status = {0};

	if (g_mkdir(folder, FOLDER_MODE) == 0)
		return sync_folder(above, error);
	if (errno != EEXIST || g_lstat(folder, &status) != 0)
		return fail(errno, error);
	if (S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	    (status.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_STORE,
		     N_("{0} is not a folder of this service's own, closed to others."), folder,
		     NULL);
	return FALSE;
}

gboolean
cm_attachment_folder_begin(const gchar *folder, guint8 *out_id, gint *out_fd, GError **error)
{
	guint8 id[CM_ATTACHMENT_FOLDER_ID_BYTES];
	g_autofree gchar *path = NULL;
	gint fd = -1;

	if (!make_folder(folder, error))
		return FALSE;
	randombytes_buf(id, sizeof id);
	path = dup_path(folder, id, UNFINISHED);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	if (fd < 0)
		return fail(errno, error);
	/* cm_attachment_folder_list() leaves it alone */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)fail(errno, error);
		close(fd);
		cm_attachment_folder_abandon(folder, id);
		return FALSE;
	}
	memcpy(out_id, id, sizeof id);
	*out_fd = fd;
	return TRUE;
}

/* where nobody can say, the write itself will */
static gboolean
has_room(gint fd, gsize length)
{
	struct statvfs status = {0};

	return fstatvfs(fd, &status) != 0 ||
	       (guint64)status.f_bavail * status.f_frsize >= length + CM_ATTACHMENT_FOLDER_RESERVE;
}

gboolean
cm_attachment_folder_write(gint fd, const guint8 *octets, gsize length, GError **error)
{
	if (!has_room(fd, length))
		return fail(ENOSPC, error);
	while (length > 0) {
		gssize count = write(fd, octets, length);

		if (count < 0 && errno != EINTR)
			return fail(errno, error);
		octets += MAX(count, 0);
		length -= (gsize)MAX(count, 0);
	}
	return TRUE;
}

gboolean
cm_attachment_folder_sync(gint fd, GError **error)
{
	return fsync(fd) == 0 || fail(errno, error);
}

gboolean
cm_attachment_folder_finish(const gchar *folder, const guint8 *id, GError **error)
{
	g_autofree gchar *from = dup_path(folder, id, UNFINISHED);
	g_autofree gchar *to = dup_path(folder, id, "");

	if (g_rename(from, to) != 0)
		return fail(errno, error);
	return sync_folder(folder, error);
}

void
cm_attachment_folder_abandon(const gchar *folder, const guint8 *id)
{
	g_autofree gchar *path = dup_path(folder, id, UNFINISHED);

	(void)g_unlink(path);
}

gint
cm_attachment_folder_open(const gchar *folder,
			  const guint8 *id,
			  guint64 *out_length,
			  GError **error)
{
	g_autofree gchar *path = dup_path(folder, id, "");
	gint fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat status = {0};

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		*out_length = (guint64)status.st_size;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	cm_error_set(error, CM_ERROR_STORE,
		     N_("The attachment is not in its folder any more: whoever keeps the backups "
			"can put it back."),
		     NULL);
	return -1;
}

gboolean
cm_attachment_folder_fail_room(GError **error)
{
	cm_error_set(
	    error, CM_ERROR_CONFLICT,
	    N_("There is no room for this attachment: you, or all people together, have as "
	       "many as this service keeps. Whoever administers it can raise the limit."),
	    NULL);
	return FALSE;
}

/* one that nobody writes to any more: whoever did has ended */
static void
remove_unfinished(const gchar *folder, const gchar *name)
{
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	gint fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		(void)g_unlink(path);
	close(fd);
}

GArray *
cm_attachment_folder_list(const gchar *folder, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, CM_ATTACHMENT_FOLDER_ID_BYTES);
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) names = g_dir_open(folder, 0, &local);

	if (names == NULL && !g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		cm_error_set(error, CM_ERROR_STORE, N_("The folder {0} can't be read: {1}."),
			     folder, local->message, NULL);
		return NULL;
	}
	while (names != NULL) {
		const gchar *name = g_dir_read_name(names);
		guint8 id[CM_ATTACHMENT_FOLDER_ID_BYTES];
		gsize length = 0;

		if (name == NULL)
			break;
		if (g_str_has_suffix(name, UNFINISHED))
			remove_unfinished(folder, name);
		else if (sodium_hex2bin(id, sizeof id, name, strlen(name), NULL, &length, NULL) ==
			     0 &&
			 length == sizeof id)
			g_array_append_val(ids, id);
	}
	return g_steal_pointer(&ids);
}

gboolean
cm_attachment_folder_remove(const gchar *folder, const GArray *ids, GError **error)
{
	for (guint i = 0; i < ids->len; i++) {
		const guint8 *id =
		    (const guint8 *)ids->data + (gsize)i * CM_ATTACHMENT_FOLDER_ID_BYTES;
		g_autofree gchar *path = dup_path(folder, id, "");

		if (g_unlink(path) == 0 || errno == ENOENT)
			continue;
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The attachment's file {0} can't be removed: {1}."), path,
			     g_strerror(errno), NULL);
		return FALSE;
	}
	return !g_file_test(folder, G_FILE_TEST_EXISTS) || sync_folder(folder, error);
}
