// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* org.comodal.Comodal1.Disclosure. */
gboolean
cm_disclosure_adaptor_add(CmService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;
