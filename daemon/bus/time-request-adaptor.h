// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* Export org.comodal.Comodal1.TimeRequest. */
gboolean
cm_time_request_adaptor_add(CmService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;
