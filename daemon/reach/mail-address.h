// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* One mail address, as people type it and as a mail carries it. GMime reads it; what it would read as more than one bare address, or
 * repair, is refused. */

#define CM_MAIL_ADDRESS_MAX 254 /* octets: RFC 5321 section 4.5.3.1, less the brackets of a path */
#define CM_MAIL_ADDRESS_LOCAL_MAX 64

/* The address in `text` without the spaces around it, its domain in lower case ASCII (an international one as "xn--"). Refused with
 * CM_ERROR_INVALID_INPUT, whose message does not repeat it: none, several, a name beside it, control characters, a quoted or non-ASCII
 * part before the @, a domain without a dot (but "localhost"), too long. Returns: (transfer full) */
gchar *
cm_mail_address_parse(const gchar *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What two spellings of one address have in common. Any text is taken. Returns: (transfer full) */
gchar *
cm_mail_address_fold(const gchar *address) G_GNUC_WARN_UNUSED_RESULT;
