// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/service-key.h"

#include "daemon/store/recovery-sheet.h"
#include "include/cm-error.h"
#include "include/cm-time.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "comodal-service-key/1 "
#define HEAD_LENGTH (sizeof(HEAD) - 1)
#define FILE_LENGTH (HEAD_LENGTH + 2 * CM_SERVICE_KEY_BYTES + 1)

struct _CmServiceKey {
	gatomicrefcount references;
	guint8 *bytes; /* guarded */
};

static CmServiceKey *
key_new(GError **error)
{
	CmServiceKey *key = NULL;
	guint8 *bytes = NULL;

	if (sodium_init() < 0) {
		cm_error_set(error, CM_ERROR_KEY, N_("The cryptography library does not start."),
			     NULL);
		return NULL;
	}
	bytes = sodium_malloc(CM_SERVICE_KEY_BYTES);
	/* sodium_malloc() says nothing when it can't lock */
	if (bytes == NULL || sodium_mlock(bytes, CM_SERVICE_KEY_BYTES) != 0) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("Memory for keys can't be locked: raise the limit of locked "
				"memory (LimitMEMLOCK=)."),
			     NULL);
		sodium_free(bytes);
		return NULL;
	}
	key = g_new0(CmServiceKey, 1);
	g_atomic_ref_count_init(&key->references);
	key->bytes = bytes;
	return key;
}

CmServiceKey *
cm_service_key_ref(CmServiceKey *key)
{
	g_atomic_ref_count_inc(&key->references);
	return key;
}

void
cm_service_key_free(CmServiceKey *key)
{
	if (!g_atomic_ref_count_dec(&key->references))
		return;
	/* wipes and unlocks */
	sodium_free(key->bytes);
	g_free(key);
}

const guint8 *
cm_service_key_get_bytes(const CmServiceKey *key)
{
	return key->bytes;
}

gchar *
cm_service_key_dup_fingerprint(const CmServiceKey *key)
{
	static const gchar label[] = "comodal-key-fingerprint/1";
	guint8 hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, (const guint8 *)label, sizeof label, key->bytes,
			   CM_SERVICE_KEY_BYTES);
	return g_strdup_printf("%02X%02X-%02X%02X", hash[0], hash[1], hash[2], hash[3]);
}

void
cm_service_key_wipe_text(gchar *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	g_free(text);
}

gchar *
cm_service_key_find_credential(void)
{
	const gchar *folder = g_getenv("CREDENTIALS_DIRECTORY");
	g_autofree gchar *path = NULL;

	if (folder == NULL || *folder == '\0')
		return NULL;
	path = g_build_filename(folder, CM_SERVICE_KEY_CREDENTIAL, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}

/* A folder as the kernel sees it; one that isn't there yet by its nearest folder that is. */
static gchar *
folder_resolve(const gchar *path)
{
	g_autofree gchar *absolute = g_canonicalize_filename(path, NULL);
	g_autofree gchar *parent = NULL;
	g_autofree gchar *name = NULL;
	g_autofree gchar *resolved_parent = NULL;
	gchar *resolved = realpath(absolute, NULL);

	if (resolved != NULL || g_str_equal(absolute, "/"))
		return resolved != NULL ? resolved : g_strdup("/");
	parent = g_path_get_dirname(absolute);
	name = g_path_get_basename(absolute);
	resolved_parent = folder_resolve(parent);
	return g_build_filename(resolved_parent, name, NULL);
}

static gboolean
key_check_folder(const gchar *path, const gchar *database_folder, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(path);
	g_autofree gchar *key_folder = folder_resolve(folder);
	g_autofree gchar *database = NULL;
	gsize length = 0;

	if (database_folder == NULL)
		return TRUE;
	database = folder_resolve(database_folder);
	length = strlen(database);
	if (strncmp(key_folder, database, length) != 0 ||
	    (key_folder[length] != '\0' && key_folder[length] != '/' && length > 1))
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY,
		     N_("The service key {0} stands in the database's folder, where every copy of "
			"the database would carry it: move it elsewhere."),
		     path, NULL);
	return FALSE;
}

static void
key_set_errno(const gchar *path, gint code, GError **error)
{
	switch (code) {
	case ENOENT:
		cm_error_set(error, CM_ERROR_KEY, N_("There is no service key at {0}."), path,
			     NULL);
		break;
	case ELOOP:
		cm_error_set(error, CM_ERROR_KEY,
			     N_("The service key {0} is a symbolic link: give the file itself."),
			     path, NULL);
		break;
	case ENOSPC:
	case EDQUOT:
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The disk is full: the service key {0} was not made."), path, NULL);
		break;
	case EEXIST:
		cm_error_set(error, CM_ERROR_EXISTS,
			     N_("There is a service key at {0} already; it is never replaced."),
			     path, NULL);
		break;
	default:
		cm_error_set(error, CM_ERROR_KEY, N_("The service key {0}: {1}."), path,
			     g_strerror(code), NULL);
		break;
	}
}

/* The file itself must be ours and nobody else's to read. systemd's credentials are root's, 0400,
 * and given to us by an ACL. */
static gboolean
key_check_file(const gchar *path, gint descriptor, GError **error)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0) {
		key_set_errno(path, errno, error);
		return FALSE;
	}
	if (!S_ISREG(status.st_mode) || status.st_size != FILE_LENGTH) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("The service key {0} is damaged: it is not one line of a key."),
			     path, NULL);
		return FALSE;
	}
	if (status.st_uid != geteuid() && status.st_uid != 0) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("The service key {0} belongs to somebody else."), path, NULL);
		return FALSE;
	}
	/* the group's bits of a file with an ACL are the ACL's mask: a credential shows 0440 */
	if ((status.st_mode & 0077) != 0 &&
	    !(status.st_uid == 0 && geteuid() != 0 && (status.st_mode & 0037) == 0)) {
		cm_error_set(error, CM_ERROR_KEY,
			     N_("The service key {0} can be read by others: chmod 600 it, and "
				"think of who may have read it."),
			     path, NULL);
		return FALSE;
	}
	return TRUE;
}

/* the line into the key; the buffer is the caller's, guarded */
static gboolean
key_parse(CmServiceKey *key, const gchar *line)
{
	const gchar *end = NULL;
	gsize length = 0;

	return memcmp(line, HEAD, HEAD_LENGTH) == 0 && line[FILE_LENGTH - 1] == '\n' &&
	       sodium_hex2bin(key->bytes, CM_SERVICE_KEY_BYTES, line + HEAD_LENGTH,
			      2 * CM_SERVICE_KEY_BYTES, NULL, &length, &end) == 0 &&
	       length == CM_SERVICE_KEY_BYTES;
}

static gboolean
key_read(CmServiceKey *key, const gchar *path, gint descriptor, GError **error)
{
	gchar *line = sodium_malloc(FILE_LENGTH);
	gboolean good = line != NULL && read(descriptor, line, FILE_LENGTH) == FILE_LENGTH &&
			key_parse(key, line);

	if (!good)
		cm_error_set(error, CM_ERROR_KEY,
			     N_("The service key {0} is damaged: it is not one line of a key."),
			     path, NULL);
	sodium_free(line);
	return good;
}

CmServiceKey *
cm_service_key_load(const gchar *path, const gchar *database_folder, GError **error)
{
	g_autoptr(CmServiceKey) key = NULL;
	gint descriptor = -1;
	gboolean good = FALSE;

	if (!key_check_folder(path, database_folder, error))
		return NULL;
	descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (descriptor < 0) {
		key_set_errno(path, errno, error);
		return NULL;
	}
	if (!key_check_file(path, descriptor, error)) {
		close(descriptor);
		return NULL;
	}
	key = key_new(error);
	good = key != NULL && key_read(key, path, descriptor, error);
	close(descriptor);
	return good ? g_steal_pointer(&key) : NULL;
}

static gboolean
write_all(gint descriptor, const gchar *data, gsize length)
{
	while (length > 0) {
		gssize written = write(descriptor, data, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return FALSE;
		data += written;
		length -= (gsize)written;
	}
	return TRUE;
}

static gboolean
folder_sync(const gchar *path)
{
	g_autofree gchar *folder = g_path_get_dirname(path);
	gint descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean good = descriptor >= 0 && fsync(descriptor) == 0;

	if (descriptor >= 0)
		close(descriptor);
	return good;
}

/* Written beside, then linked under its name, which fails if the name is taken. What a crash leaves
 * beside, 0600 as well, goes with the next try. */
static gboolean
key_write_line(const gchar *path, const gchar *line, GError **error)
{
	g_autofree gchar *beside = g_strconcat(path, ".new", NULL);
	gint descriptor = -1;
	gboolean good = FALSE;

	descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	good = descriptor >= 0 && write_all(descriptor, line, FILE_LENGTH) &&
	       fsync(descriptor) == 0 && link(beside, path) == 0;
	if (!good)
		key_set_errno(path, errno, error);
	if (descriptor >= 0)
		close(descriptor);
	g_unlink(beside);
	if (good && !folder_sync(path)) {
		key_set_errno(path, errno, error);
		return FALSE;
	}
	return good;
}

static gboolean
key_write(const CmServiceKey *key, const gchar *path, GError **error)
{
	gchar *line = sodium_malloc(FILE_LENGTH + 1);
	gboolean good = FALSE;

	if (line == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("There is no memory left for a key."), NULL);
		return FALSE;
	}
	memcpy(line, HEAD, HEAD_LENGTH);
	sodium_bin2hex(line + HEAD_LENGTH, 2 * CM_SERVICE_KEY_BYTES + 1, key->bytes,
		       CM_SERVICE_KEY_BYTES);
	line[FILE_LENGTH - 1] = '\n';
	good = key_write_line(path, line, error);
	sodium_free(line);
	return good;
}

static gboolean
key_check_new(const gchar *path, const gchar *database_folder, GError **error)
{
	g_autofree gchar *beside = g_strconcat(path, ".new", NULL);
	struct stat status;

	if (!key_check_folder(path, database_folder, error))
		return FALSE;
	g_unlink(beside);
	if (lstat(path, &status) == 0) {
		key_set_errno(path, EEXIST, error);
		return FALSE;
	}
	return TRUE;
}

gboolean
cm_service_key_create(const gchar *path,
		      const gchar *database_folder,
		      gchar **out_sheet,
		      GError **error)
{
	g_autoptr(CmServiceKey) key = NULL;
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree gchar *date = g_date_time_format(now, "%Y-%m-%d");
	g_autofree gchar *fingerprint = NULL;

	if (!key_check_new(path, database_folder, error))
		return FALSE;
	key = key_new(error);
	if (key == NULL)
		return FALSE;
	randombytes_buf(key->bytes, CM_SERVICE_KEY_BYTES);
	if (!key_write(key, path, error))
		return FALSE;
	fingerprint = cm_service_key_dup_fingerprint(key);
	if (out_sheet != NULL)
		*out_sheet = cm_recovery_sheet_format(key->bytes, fingerprint, date);
	return TRUE;
}

gboolean
cm_service_key_restore(const gchar *path,
		       const gchar *database_folder,
		       const gchar *sheet,
		       GError **error)
{
	g_autoptr(CmServiceKey) key = NULL;

	if (!key_check_new(path, database_folder, error))
		return FALSE;
	key = key_new(error);
	if (key == NULL)
		return FALSE;
	if (!cm_recovery_sheet_parse(sheet, key->bytes, error))
		return FALSE;
	return key_write(key, path, error);
}
