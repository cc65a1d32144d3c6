// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What a person's own link ends with: 128 bits derived from the link key, so that nobody need keep them. A token is known again by its
 * hash, which is all that is stored, and all that a program in front of comodald passes on. */

#define CM_LINK_KEY_BYTES 32
#define CM_LINK_TOKEN_LENGTH 22 /* base64url of 16 octets, RFC 4648 section 5, without padding */
#define CM_LINK_HASH_BYTES 32
#define CM_LINK_PATH "/v/" /* between where the gateway is and the token */

typedef enum {
	CM_LINK_GUEST,       /* the person's page, and through it the waiting room */
	CM_LINK_INTERPRETER, /* for whoever interprets for the person: the waiting room */
	CM_LINK_FEED,        /* the person's calendar */
	CM_LINK_SCOPE_LAST
} CmLinkScope;

/* "guest", "interpreter", "feed" */
const gchar *
cm_link_scope_to_string(CmLinkScope scope);
gboolean
cm_link_scope_from_string(const gchar *text, CmLinkScope *out_scope) G_GNUC_WARN_UNUSED_RESULT;

/* What a link opens, for whom. Another value of any member is another token. */
typedef struct {
	guint kind; /* CmResource, or 4 for an account */
	gint64 person;
	CmLinkScope scope;
	gint64
	    subject;  /* only for this booking's session or appointment; 0: for whatever is next */
	gint64 epoch; /* rises when the person's links are renewed */
} CmLinkTarget;

/* The token: keyed BLAKE2b-128 of "comodal-link/1", the scope's name (each with its NUL), and kind, person, subject and epoch as 64 bits,
 * little endian. `key`: CM_LINK_KEY_BYTES octets. A secret: it goes into a letter or onto paper. Returns: (transfer full) */
gchar *
cm_link_derive(const guint8 *key, const CmLinkTarget *target);

/* What a token is known by: SHA-256 of its characters as they stand. FALSE for what can't be a token: another length, other
 * characters. */
gboolean
cm_link_hash(const gchar *token, guint8 out_hash[CM_LINK_HASH_BYTES]) G_GNUC_WARN_UNUSED_RESULT;
