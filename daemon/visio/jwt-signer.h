// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* JSON Web Tokens (RFC 7519) in the compact form, by libjwt: HS256 with a shared secret, RS256 with a private key in PEM. */

typedef enum { CM_JWT_HS256, CM_JWT_RS256 } CmJwtAlgorithm;

/* `key`: the secret, or the PEM. `key_id`: goes into the header as "kid", or NULL. `claims`: a JSON object. CM_ERROR_KEY: the key is of no
 * use. Returns: (transfer full): a secret */
gchar *
cm_jwt_signer_sign(CmJwtAlgorithm algorithm,
		   const gchar *key,
		   const gchar *key_id,
		   const gchar *claims,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
