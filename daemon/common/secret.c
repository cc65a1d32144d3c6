// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/common/secret.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _CmSecret {
	gchar *text; /* of sodium_malloc() */
};

static gboolean
check_file(gint fd, const gchar *path, GError **error)
{
	struct stat status = {0};
	gboolean seen = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	gboolean ours = status.st_uid == geteuid() || status.st_uid == 0;
	/* the group's bits of a file with an ACL are the ACL's mask: a credential shows 0440 */
	gboolean shut = (status.st_mode & 0077) == 0 ||
			(status.st_uid == 0 && geteuid() != 0 && (status.st_mode & 0037) == 0);

	if (seen && ours && shut)
		return TRUE;
	cm_error_set(error, CM_ERROR_KEY,
		     N_("The password in {0} can be read by others; its mode must be 0600."), path,
		     NULL);
	return FALSE;
}

/* into memory that is locked already: no stream and no buffer that grows */
static gboolean
read_text(gint fd, gchar *text, const gchar *path, GError **error)
{
	gsize length = 0;
	gssize count = 1;

	while (count != 0 && length < CM_SECRET_MAX) {
		count = read(fd, text + length, CM_SECRET_MAX - length);
		if (count < 0 && errno != EINTR) {
			cm_error_set(error, CM_ERROR_FAILED,
				     N_("The password in {0} can't be read: {1}."), path,
				     g_strerror(errno), NULL);
			return FALSE;
		}
		length += (gsize)MAX(count, 0);
	}
	text[length] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (*text == '\0' || length == CM_SECRET_MAX || strlen(text) + 2 < length) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("{0} is to hold a password of one line, and nothing else."), path,
			     NULL);
		return FALSE;
	}
	return TRUE;
}

static gchar *
find_path(const gchar *file, const gchar *credential)
{
	const gchar *folder = g_getenv("CREDENTIALS_DIRECTORY");

	if (file != NULL)
		return g_strdup(file);
	return folder != NULL ? g_build_filename(folder, credential, NULL) : NULL;
}

static gboolean
secret_read(CmSecret *secret, gint fd, const gchar *path, GError **error)
{
	secret->text = sodium_init() >= 0 ? sodium_malloc(CM_SECRET_MAX + 1) : NULL;
	if (secret->text == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("Memory for a password can't be locked."),
			     NULL);
		return FALSE;
	}
	return check_file(fd, path, error) && read_text(fd, secret->text, path, error);
}

CmSecret *
cm_secret_load(const gchar *file, const gchar *credential, GError **error)
{
	g_autofree gchar *path = find_path(file, credential);
	g_autoptr(CmSecret) secret = g_new0(CmSecret, 1);
	gint fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	gboolean good = FALSE;

	if (fd < 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no password {0}."),
			     path != NULL ? path : credential, NULL);
		return NULL;
	}
	good = secret_read(secret, fd, path, error);
	close(fd);
	return good ? g_steal_pointer(&secret) : NULL;
}

void
cm_secret_free(CmSecret *secret)
{
	if (secret == NULL)
		return;
	sodium_free(secret->text);
	g_free(secret);
}

const gchar *
cm_secret_get(const CmSecret *secret)
{
	return secret->text;
}
