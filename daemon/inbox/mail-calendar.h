// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"
#include "daemon/inbox/mail-parts.h"

/* The calendar message of a mail, from whichever part holds it (daemon/calendar/itip-reader.h reads it). */

/* Read it into `mail`: `method` and `events`, or `calendar_problem` when there is one and it can't be understood. Two that can be read
 * but say different things are a problem too. */
void
cm_mail_calendar_read(CmInboundMail *mail, const CmMailParts *parts);
