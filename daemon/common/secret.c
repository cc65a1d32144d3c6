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
read_text(gint fd, gchar *text, gsize max, gsize *out_length, const gchar *path, GError **error)
{
	gsize length = 0;
	gssize count = 1;

	while (count != 0 && length < max) {
		count = read(fd, text + length, max - length);
		if (count < 0 && errno != EINTR) {
			cm_error_set(error, CM_ERROR_FAILED,
				     N_("The password in {0} can't be read: {1}."), path,
				     g_strerror(errno), NULL);
			return FALSE;
		}
		length += (gsize)MAX(count, 0);
	}
	text[length] = '\0';
	*out_length = length;
	return TRUE;
}

static gboolean
check_line(gchar *text, gsize length, const gchar *path, GError **error)
{
	text[strcspn(text, "\r\n")] = '\0';
	if (*text != '\0' && length < CM_SECRET_MAX && strlen(text) + 2 >= length)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("{0} is to hold a password of one line, and nothing else."), path, NULL);
	return FALSE;
}

static gboolean
check_key(const gchar *text, gsize length, const gchar *path, GError **error)
{
	if (strlen(text) == length && length < CM_SECRET_KEY_MAX &&
	    g_str_has_prefix(text, "-----BEGIN ") && strstr(text, "PRIVATE KEY-----") != NULL &&
	    /* nobody is there to type a passphrase */
	    strstr(text, "ENCRYPTED") == NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("{0} is to hold a private key in PEM, without a passphrase."), path, NULL);
	return FALSE;
}

static gchar *
find_path(const gchar *file, const gchar *credential)
{
	const gchar *folder = g_getenv("CREDENTIALS_DIRECTORY");

	if (file != NULL)
		return g_strdup(file);
	return folder != NULL ? g_build_filename(folder, credential, NULL) : NULL;
}

static CmSecret *
secret_new(gsize max, GError **error)
{
	CmSecret *secret = g_new0(CmSecret, 1);

	secret->text = sodium_init() >= 0 ? sodium_malloc(max + 1) : NULL;
	if (secret->text != NULL)
		return secret;
	cm_error_set(error, CM_ERROR_KEY, N_("Memory for a password can't be locked."), NULL);
	g_free(secret);
	return NULL;
}

static CmSecret *
secret_read(gint fd, const gchar *path, gboolean key, GError **error)
{
	gsize max = key ? CM_SECRET_KEY_MAX : CM_SECRET_MAX;
	g_autoptr(CmSecret) secret = secret_new(max, error);
	gboolean good = FALSE;
	gsize length = 0;

	if (secret == NULL || !check_file(fd, path, error) ||
	    !read_text(fd, secret->text, max, &length, path, error))
		return NULL;
	good = key ? check_key(secret->text, length, path, error)
		   : check_line(secret->text, length, path, error);
	return good ? g_steal_pointer(&secret) : NULL;
}

static CmSecret *
load(const gchar *file, const gchar *credential, gboolean key, GError **error)
{
	g_autofree gchar *path = find_path(file, credential);
	gint fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	CmSecret *secret = NULL;

	if (fd < 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no password {0}."),
			     path != NULL ? path : credential, NULL);
		return NULL;
	}
	secret = secret_read(fd, path, key, error);
	close(fd);
	return secret;
}

CmSecret *
cm_secret_load(const gchar *file, const gchar *credential, GError **error)
{
	return load(file, credential, FALSE, error);
}

CmSecret *
cm_secret_load_key(const gchar *file, const gchar *credential, GError **error)
{
	return load(file, credential, TRUE, error);
}

CmSecret *
cm_secret_new(const gchar *text)
{
	CmSecret *secret = secret_new(strlen(text), NULL);

	if (secret != NULL)
		memcpy(secret->text, text, strlen(text) + 1);
	return secret;
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
