// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Export org.comodal.Comodal1.Inbox. */
gboolean
cm_inbox_adaptor_add(CmService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tell everyone on the bus that a mail came or was decided. From any thread. */
void
cm_inbox_adaptor_announce(GDBusConnection *connection, gint64 number);
