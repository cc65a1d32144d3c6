// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

/* Our own certificate and its key, which can be exchanged while the server runs. From any thread. */

typedef struct _CmHttpCertificate CmHttpCertificate;

/* PEM files, the certificate first, then those that signed it. CM_ERROR_KEY. Returns: (transfer full) */
CmHttpCertificate *
cm_http_certificate_new(const gchar *certificate,
			const gchar *key,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_http_certificate_free(CmHttpCertificate *certificate);

/* Read both again. On error the old ones stay. */
gboolean
cm_http_certificate_reload(CmHttpCertificate *certificate,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is shown to a browser that comes now; it stays valid for as long as `certificate` does. */
void
cm_http_certificate_get(CmHttpCertificate *certificate,
			gnutls_pcert_st **out_chain,
			guint *out_count,
			gnutls_privkey_t *out_key);
