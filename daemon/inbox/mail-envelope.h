// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/gmime-cleanup.h"
#include "daemon/inbox/inbound-mail.h"

/* What a mail's header says: from whom, to which of our addresses, in answer to what, whether a machine wrote it. */

/* Read it into `mail`. */
void
cm_mail_envelope_read(CmInboundMail *mail, GMimeMessage *message);
