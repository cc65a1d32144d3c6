// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/inbox/inbound-mail.h"

/* Authentication-Results (RFC 8601 section 2.2): what a mail server found out about who sent a mail. */

#define CM_AUTHENTICATION_RESULTS_LENGTH_MAX 8192 /* octets of a field: a longer one says nothing */

/* Read a field's value, comments, folds and quoted strings included, and add what it says to `mail`. Where it goes wrong, the results
 * before are kept if its server is known, but a result that is cut is not. FALSE: nothing was added. */
gboolean
cm_authentication_results_read(CmInboundMail *mail, const gchar *value, guint hops);
