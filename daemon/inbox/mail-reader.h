// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"

/* Reads foreign mail: octets in, plain values out (inbound-mail.h). For comodal-courier, which holds nothing that a hostile mail could
 * reach. GMime takes the mail apart, libical its calendar part (daemon/calendar/itip-reader.h), both behind limits of ours that are
 * looked at before (mail-screen.h) and after, so that any mail is read, or refused with a reason, in bounded time and memory.
 *
 * Nothing fails: what can't be read is refused, and `refused` says why. One thread at a time. */

#define CM_MAIL_READER_SIZE_MAX                                                                    \
	(25 * 1024 * 1024) /* octets: the courier need not fetch a longer one */
#define CM_MAIL_READER_DEPTH_MAX 32
#define CM_MAIL_READER_PARTS_MAX 200
#define CM_MAIL_READER_CALENDAR_MAX (256 * 1024) /* octets of a calendar part */
#define CM_MAIL_READER_CALENDARS_MAX                                                               \
	4 /* calendar parts looked at: clients send the same one twice */

/* Read a mail. Returns: (transfer full) */
CmInboundMail *
cm_mail_reader_read(GBytes *octets);

/* The same as a document "comodal-inbound/1", as it is delivered. Returns: (transfer full) */
GBytes *
cm_mail_reader_read_document(GBytes *octets) G_GNUC_WARN_UNUSED_RESULT;

/* The document of a mail of which nothing is known but its size: it is longer than CM_MAIL_READER_SIZE_MAX, or could not be had. Returns: (transfer full) */
GBytes *
cm_mail_reader_refuse_document(gint64 size) G_GNUC_WARN_UNUSED_RESULT;
