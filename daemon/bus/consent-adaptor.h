// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"

/* The interface Consent. */
gboolean
cm_consent_adaptor_add(CmService *service, GError **error) G_GNUC_WARN_UNUSED_RESULT;
