// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/visio/help-state.h"

/* org.comodal.Comodal1.Help. */
gboolean
cm_help_adaptor_add(CmService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tell everyone on the bus what became of a request for help. From any thread. */
void
cm_help_adaptor_announce(CmService *service, gint64 number, CmHelpState state);
