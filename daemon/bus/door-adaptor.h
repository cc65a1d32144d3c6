// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* org.comodal.Comodal1.Door. */
gboolean
cm_door_adaptor_add(CmService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tell everyone on the bus that something changed at a session's door. From any thread. */
void
cm_door_adaptor_announce(CmService *service, gint64 subject);
