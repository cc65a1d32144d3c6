// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A password, in locked memory that is wiped when it goes and is in no core. */

#define CM_SECRET_MAX 1024 /* octets */
#define CM_SECRET_KEY_MAX 8192

typedef struct _CmSecret CmSecret;

/* The first line of a file: of `file`, or, where that is NULL, of the systemd credential `credential`. Only its owner may be able to
 * read it. CM_ERROR_NOT_FOUND: there is none; CM_ERROR_KEY: others can read it; CM_ERROR_INVALID_INPUT: empty, too long, or with control
 * characters. Returns: (transfer full) */
CmSecret *
cm_secret_load(const gchar *file,
	       const gchar *credential,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a key of several lines, as a private key in PEM: the whole file, up to CM_SECRET_KEY_MAX octets. Returns: (transfer full) */
CmSecret *
cm_secret_load_key(const gchar *file,
		   const gchar *credential,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One of a text that is in memory already, for tests. Returns: (transfer full) */
CmSecret *
cm_secret_new(const gchar *text);

void
cm_secret_free(CmSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSecret, cm_secret_free)

/* As long as the secret. */
const gchar *
cm_secret_get(const CmSecret *secret);
