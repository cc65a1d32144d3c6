// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* What stands after the plus of the functional mailbox's address, so that what comes back proves what it answers: a number and a keyed
 * authenticator of it. Mail systems change the case of addresses as they like: tokens are of a-z and 2-7 (RFC 4648 section 6), and are
 * read in any case.
 *
 * A token: the base32, without padding, of the number's octets (big endian, none in front that is 0) and of the first 10 octets of the
 * keyed BLAKE2b-128 of "comodal-reply/1" (with its NUL), the kind's letter and the number as 64 bits, little endian. */

#define CM_REPLY_TOKEN_KEY_BYTES 32
#define CM_REPLY_TOKEN_LENGTH_MAX 29

typedef enum {
	CM_REPLY_TOKEN_INVITATION, /* suivis+TOKEN@…: the organizer of an invitation */
	CM_REPLY_TOKEN_LETTER, /* suivis+bTOKEN@…: the envelope of a letter, where bounces come back */
	CM_REPLY_TOKEN_LAST
} CmReplyTokenKind;

/* `number` from 1. Returns: (transfer full) */
gchar *
cm_reply_token_make(const guint8 *key, CmReplyTokenKind kind, gint64 number);

/* The number that a token proves, in constant time as to its authenticator; 0: it proves none. Says nothing of whether there is such an
 * invitation or letter. */
gint64
cm_reply_token_check(const guint8 *key, CmReplyTokenKind kind, const gchar *token);

/* The address with a token: of "suivis@css.example" "suivis+TOKEN@css.example", of a letter's "suivis+bTOKEN@css.example". `mailbox` is
 * cm_mail_address_parse()'s. Returns: (transfer full) */
gchar *
cm_reply_token_make_address(const guint8 *key,
			    const gchar *mailbox,
			    CmReplyTokenKind kind,
			    gint64 number);

/* What an address, in any case, proves; FALSE: nothing, or it is not the mailbox's. The rest of the mailbox's own address may be spelled
 * in any case too. */
gboolean
cm_reply_token_check_address(const guint8 *key,
			     const gchar *mailbox,
			     const gchar *address,
			     CmReplyTokenKind *out_kind,
			     gint64 *out_number) G_GNUC_WARN_UNUSED_RESULT;
