// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/maildir.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH_BYTES 16
#define BLOCK 16384
#define SUFFIX ".eml"

struct _CmMaildir {
	gchar *fresh; /* new/ */
	gchar *taken; /* cur/ */
	gchar *aside; /* tmp/ */
	guint count;
};

CmMaildir *
cm_maildir_new(const gchar *folder, GError **error)
{
	g_autoptr(CmMaildir) maildir = g_new0(CmMaildir, 1);
	const gchar *paths[3];

	maildir->fresh = g_build_filename(folder, "new", NULL);
	maildir->taken = g_build_filename(folder, "cur", NULL);
	maildir->aside = g_build_filename(folder, "tmp", NULL);
	paths[0] = maildir->fresh;
	paths[1] = maildir->taken;
	paths[2] = maildir->aside;
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
		if (g_mkdir_with_parents(paths[i], 0700) == 0 && g_access(paths[i], W_OK) == 0)
			continue;
		cm_error_set(error, CM_ERROR_FAILED,
			     N_("The folder {0} for mail can't be made or written to: {1}."),
			     paths[i], g_strerror(errno), NULL);
		return NULL;
	}
	return g_steal_pointer(&maildir);
}

void
cm_maildir_free(CmMaildir *maildir)
{
	if (maildir == NULL)
		return;
	g_free(maildir->fresh);
	g_free(maildir->taken);
	g_free(maildir->aside);
	g_free(maildir);
}

static gboolean
write_all(gint fd, const guint8 *data, gsize length)
{
	while (length > 0) {
		gssize written = write(fd, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return FALSE;
		data += written;
		length -= (gsize)written;
	}
	return TRUE;
}

/* a copy of `from`, and the hash of what was copied */
static gboolean
copy(gint from, gint to, gchar out_hash[2 * HASH_BYTES + 1])
{
	crypto_generichash_state state;
	guint8 hash[HASH_BYTES];
	guint8 block[BLOCK];
	goffset offset = 0;
	gssize count = 1;

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	while (count != 0) {
		count = pread(from, block, sizeof block, offset);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 || !write_all(to, block, (gsize)count))
			return FALSE;
		crypto_generichash_update(&state, block, (gsize)count);
		offset += count;
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	(void)sodium_bin2hex(out_hash, 2 * HASH_BYTES + 1, hash, sizeof hash);
	return fsync(to) == 0;
}

/* in cur/ its name has grown flags */
static gboolean
is_taken(const CmMaildir *maildir, const gchar *hash)
{
	g_autoptr(GDir) folder = g_dir_open(maildir->taken, 0, NULL);
	const gchar *name = folder != NULL ? g_dir_read_name(folder) : NULL;

	while (name != NULL && !g_str_has_prefix(name, hash))
		name = g_dir_read_name(folder);
	return name != NULL;
}

static gboolean
sync_folder(const gchar *path)
{
	gint fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean synced = fd >= 0 && fsync(fd) == 0;
	gint kept = errno;

	if (fd >= 0)
		close(fd);
	errno = kept;
	return synced;
}

static gboolean
put(const CmMaildir *maildir, const gchar *written, const gchar *hash, gboolean again)
{
	g_autofree gchar *name = g_strconcat(hash, SUFFIX, NULL);
	g_autofree gchar *path = g_build_filename(maildir->fresh, name, NULL);

	if (again && is_taken(maildir, hash))
		return g_unlink(written) == 0;
	/* over the very same mail, if it is there */
	return g_rename(written, path) == 0 && sync_folder(maildir->fresh);
}

gboolean
cm_maildir_deliver(CmMaildir *maildir, gint fd, gboolean again)
{
	g_autofree gchar *name =
	    g_strdup_printf("%" G_GINT64_FORMAT ".%d_%u.comodal", g_get_real_time(), (gint)getpid(),
			    maildir->count++);
	g_autofree gchar *path = g_build_filename(maildir->aside, name, NULL);
	gchar hash[2 * HASH_BYTES + 1];
	gint to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	gboolean done = FALSE;
	gint kept = 0;

	if (to < 0)
		return FALSE;
	done = copy(fd, to, hash);
	kept = errno;
	close(to);
	errno = kept;
	if (done && put(maildir, path, hash, again))
		return TRUE;
	kept = errno;
	(void)g_unlink(path);
	errno = kept;
	return FALSE;
}
