// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-settings.h"
#include "daemon/policy/help-line.h"
#include "include/cm-faults.h"

/* What comodal-gateway was told: its command line and its configuration, a key file (docs/man/comodal-gateway.8). */

/* where it listens when nothing is said, for a proxy of the same machine */
#define CM_GATEWAY_SETTINGS_LISTEN "127.0.0.1:8420"

typedef struct {
	gboolean show_version;
	gchar *socket; /* comodald's */
	CmHttpSettings *http;
	CmHelpLine help; /* for pages of nobody's; people's own have comodald's */
} CmGatewaySettings;

/* Read `argv` (which is not changed) and the configuration it names, or the default one, which may be absent. What is wrong with the file goes
 * to `faults`, and the error is CM_ERROR_INVALID_INPUT; CM_ERROR_NOT_FOUND: a file that was named is not there. Returns: (transfer full) */
CmGatewaySettings *
cm_gateway_settings_new(const gchar *const *argv,
			CmFaults *faults,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_gateway_settings_free(CmGatewaySettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmGatewaySettings, cm_gateway_settings_free)
