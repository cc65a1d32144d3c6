// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/gmime-cleanup.h"

/* The parts of a mail that are read, wherever clients put them. None is looked for in a mail that another one carries: who sent that is
 * not who sent this. */

typedef struct {
	GPtrArray *
	    calendars; /* GMimePart (transfer none): the likeliest first, up to CM_MAIL_READER_CALENDARS_MAX */
	GMimePart *text;            /* the first plain text that is no attachment, or NULL */
	GMimePart *report;          /* message/delivery-status, or NULL */
	GMimePart *returned_header; /* text/rfc822-headers or message/global-headers, or NULL */
	GMimeMessage *returned;     /* the mail that came back, or NULL */
	gboolean is_report;         /* multipart/report of deliveries */
	gboolean is_read_receipt;   /* message/disposition-notification */
	gboolean has_tnef;          /* Outlook's winmail.dat */
	gboolean has_encrypted;     /* S/MIME or PGP: what is in it can't be read */
	gboolean has_opaque;        /* S/MIME: signed, but in one piece with what is in it */
	gboolean has_web_page;      /* text/html */
	guint count;
} CmMailParts;

/* Find them: `*out_fault` gets a message (transfer full) when the mail has more parts, or they stand deeper, than are read.
 * Returns: (transfer full); the parts themselves are the message's */
CmMailParts *
cm_mail_parts_find(GMimeMessage *message, gchar **out_fault);

void
cm_mail_parts_free(CmMailParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmMailParts, cm_mail_parts_free)

/* A part's content, its transfer encoding undone, up to `max` octets; `out_cut`: there was more. Returns: (transfer full) */
GByteArray *
cm_mail_parts_decode(GMimePart *part, gsize max, gboolean *out_cut);

/* Whether it begins with the mark of UTF-16. */
gboolean
cm_mail_parts_is_utf_16(const GByteArray *content);

/* The same as UTF-8, from the character set that the part names; what begins with the mark of UTF-16 is that, and what is not what it says, or
 * says nothing, is Windows-1252 where it isn't UTF-8. Invalid octets are replaced. Returns: (transfer full) */
gchar *
cm_mail_parts_decode_text(GMimePart *part, gsize max, gboolean *out_cut);
