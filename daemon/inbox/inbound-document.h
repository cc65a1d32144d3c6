// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"

/* "comodal-inbound/1": what was read of a mail, as JSON. docs/inbox.md has its members. */

/* The document, not longer than CM_INBOUND_DOCUMENT_MAX: where the values are longer, `text`, then comments, then all but the first event
 * are left out of `mail`, and a note says so. Returns: (transfer full) */
GBytes *
cm_inbound_document_write(CmInboundMail *mail) G_GNUC_WARN_UNUSED_RESULT;

/* Read one back, trusting nothing of it: every bound and form of inbound-mail.h holds of what is returned, what is out of bounds is left
 * out. CM_ERROR_INVALID_INPUT: it is no such document. Returns: (transfer full) */
CmInboundMail *
cm_inbound_document_read(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
