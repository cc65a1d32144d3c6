// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/jwt-signer.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <jwt.h>
#include <stdlib.h>
#include <string.h>

static gboolean
fill(jwt_t *token,
     CmJwtAlgorithm algorithm,
     const gchar *key,
     const gchar *key_id,
     const gchar *claims)
{
	jwt_alg_t wanted = algorithm == CM_JWT_RS256 ? JWT_ALG_RS256 : JWT_ALG_HS256;

	/* Jitsi's prosody refuses a token that does not say what it is */
	return jwt_set_alg(token, wanted, (const unsigned char *)key, (int)strlen(key)) == 0 &&
	       jwt_add_header(token, "typ", "JWT") == 0 &&
	       (key_id == NULL || jwt_add_header(token, "kid", key_id) == 0) &&
	       jwt_add_grants_json(token, claims) == 0;
}

gchar *
cm_jwt_signer_sign(CmJwtAlgorithm algorithm,
		   const gchar *key,
		   const gchar *key_id,
		   const gchar *claims,
		   GError **error)
{
	jwt_t *token = NULL;
	gchar *text = NULL;
	gchar *copy = NULL;

	if (jwt_new(&token) == 0 && fill(token, algorithm, key, key_id, claims))
		text = jwt_encode_str(token);
	copy = g_strdup(text);
	/* libjwt's is of malloc() */
	free(text);
	jwt_free(token);
	if (copy == NULL)
		cm_error_set(error, CM_ERROR_KEY,
			     N_("A token can't be signed: the provider's key is of no use."), NULL);
	return copy;
}
