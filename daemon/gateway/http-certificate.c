// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-certificate.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>

#define CHAIN_MAX 8

/* one reading of the files */
typedef struct {
	gnutls_pcert_st chain[CHAIN_MAX];
	guint count;
	gnutls_privkey_t key;
} Pair;

struct _CmHttpCertificate {
	gchar *certificate_file;
	gchar *key_file;
	GMutex lock;
	/* the last is in use; a handshake that has begun may still hold those before it, and few are ever read */
	GPtrArray *pairs;
};

static void
pair_free(gpointer data)
{
	Pair *pair = data;

	for (guint i = 0; i < pair->count; i++)
		gnutls_pcert_deinit(&pair->chain[i]);
	if (pair->key != NULL)
		gnutls_privkey_deinit(pair->key);
	g_free(pair);
}

static gboolean
fail(const gchar *file, gint code, GError **error)
{
	cm_error_set(error, CM_ERROR_KEY, N_("{0} can't be used: {1}"), file, gnutls_strerror(code),
		     NULL);
	return FALSE;
}

static gboolean
read_key(Pair *pair, const gchar *file, GError **error)
{
	g_autofree gchar *text = NULL;
	gnutls_datum_t datum = {0};
	gsize size = 0;
	gint code = 0;

	if (!g_file_get_contents(file, &text, &size, NULL)) {
		cm_error_set(error, CM_ERROR_KEY, N_("{0} can't be read."), file, NULL);
		return FALSE;
	}
	datum.data = (guint8 *)text;
	datum.size = (guint)size;
	gnutls_privkey_init(&pair->key);
	code = gnutls_privkey_import_x509_raw(pair->key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
	sodium_memzero(text, size);
	return code < 0 ? fail(file, code, error) : TRUE;
}

static gboolean
read_chain(Pair *pair, const gchar *file, GError **error)
{
	g_autofree gchar *text = NULL;
	gnutls_datum_t datum = {0};
	gsize size = 0;
	guint count = CHAIN_MAX;
	gint code = 0;

	if (!g_file_get_contents(file, &text, &size, NULL)) {
		cm_error_set(error, CM_ERROR_KEY, N_("{0} can't be read."), file, NULL);
		return FALSE;
	}
	datum.data = (guint8 *)text;
	datum.size = (guint)size;
	code =
	    gnutls_pcert_list_import_x509_raw(pair->chain, &count, &datum, GNUTLS_X509_FMT_PEM, 0);
	if (code < 0)
		return fail(file, code, error);
	pair->count = count;
	return TRUE;
}

/* a key of another certificate would only show at the first browser's */
static gboolean
check_pair(const Pair *pair, const CmHttpCertificate *certificate, GError **error)
{
	gnutls_certificate_credentials_t credentials = NULL;
	gint code = gnutls_certificate_allocate_credentials(&credentials);

	if (code >= 0)
		code = gnutls_certificate_set_x509_key_file(
		    credentials, certificate->certificate_file, certificate->key_file,
		    GNUTLS_X509_FMT_PEM);
	if (credentials != NULL)
		gnutls_certificate_free_credentials(credentials);
	return code < 0 ? fail(certificate->key_file, code, error) : TRUE;
}

gboolean
cm_http_certificate_reload(CmHttpCertificate *certificate, GError **error)
{
	Pair *pair = g_new0(Pair, 1);

	if (!read_chain(pair, certificate->certificate_file, error) ||
	    !read_key(pair, certificate->key_file, error) ||
	    !check_pair(pair, certificate, error)) {
		pair_free(pair);
		return FALSE;
	}
	g_mutex_lock(&certificate->lock);
	g_ptr_array_add(certificate->pairs, pair);
	g_mutex_unlock(&certificate->lock);
	return TRUE;
}

CmHttpCertificate *
cm_http_certificate_new(const gchar *certificate_file, const gchar *key_file, GError **error)
{
	CmHttpCertificate *certificate = g_new0(CmHttpCertificate, 1);

	certificate->certificate_file = g_strdup(certificate_file);
	certificate->key_file = g_strdup(key_file);
	g_mutex_init(&certificate->lock);
	certificate->pairs = g_ptr_array_new_with_free_func(pair_free);
	if (cm_http_certificate_reload(certificate, error))
		return certificate;
	cm_http_certificate_free(certificate);
	/* nocheck:error-unset: the reading has */
	return NULL;
}

void
cm_http_certificate_free(CmHttpCertificate *certificate)
{
	if (certificate == NULL)
		return;
	g_ptr_array_unref(certificate->pairs);
	g_mutex_clear(&certificate->lock);
	g_free(certificate->certificate_file);
	g_free(certificate->key_file);
	g_free(certificate);
}

void
cm_http_certificate_get(CmHttpCertificate *certificate,
			gnutls_pcert_st **out_chain,
			guint *out_count,
			gnutls_privkey_t *out_key)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&certificate->lock);
	Pair *pair = certificate->pairs->pdata[certificate->pairs->len - 1];

	*out_chain = pair->chain;
	*out_count = pair->count;
	*out_key = pair->key;
}
