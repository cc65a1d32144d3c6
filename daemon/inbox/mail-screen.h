// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* A look at a mail's lines before GMime takes it apart: what would cost it time, memory or stack without bound is found by counting.
 * GMime's parser holds each line that begins with "--" against every boundary that is open, keeps every header of every part, and its
 * parsers of parts and of addresses recurse: 24 MB of dashes below 200 boundaries took 28 s, 20 MB of parameters 1.6 GB, and a list of
 * 100 000 groups within groups ended the process.
 *
 * The counts are of lines that look like what they bound, wherever they stand: a mail that quotes thousands of such lines is refused
 * too. */

#define CM_MAIL_SCREEN_HEADER_MAX (256 * 1024) /* octets of the mail's own header */
#define CM_MAIL_SCREEN_FIELD_MAX                                                                   \
	(32 * 1024) /* octets of one field of any header, its further lines included */
#define CM_MAIL_SCREEN_FIELDS_MAX 20000 /* lines of all headers */
#define CM_MAIL_SCREEN_TYPES_MAX 400    /* Content-Type fields: as deep a mail may be for GMime */
#define CM_MAIL_SCREEN_BOUNDARIES_MAX 5000 /* lines that begin with "--" */

/* Why the mail is not to be parsed, a message (cm_message_new()); NULL: it may be. Linear in `length`. Returns: (transfer full)
 * (nullable) */
gchar *
cm_mail_screen_find_fault(const gchar *data, gsize length);
