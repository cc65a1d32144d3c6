// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"
#include "daemon/inbox/mail-parts.h"

/* Delivery reports (RFC 3464): what became of a mail of ours, by recipient. */

#define CM_DELIVERY_REPORT_MAX 65536 /* octets of the report that are read */

/* Read one's parts into `mail`. */
void
cm_delivery_report_read(CmInboundMail *mail, const CmMailParts *parts);
