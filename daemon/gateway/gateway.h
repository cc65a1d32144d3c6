// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/gateway-link.h"
#include "daemon/gateway/gateway-settings.h"
#include "daemon/gateway/http-server.h"

/* comodal-gateway at work: a web server in front, comodald behind, pages and rooms between. It keeps no file, no key and no database. Main
 * context only. */

typedef struct _CmGateway CmGateway;

/* Begins at once. The settings are not taken and must outlive it. Errors of cm_http_server_start(). Returns: (transfer full) */
CmGateway *
cm_gateway_new(const CmGatewaySettings *settings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The certificate again, when it is ours. */
gboolean
cm_gateway_reload(CmGateway *gateway, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sockets are told that we go away. */
void
cm_gateway_free(CmGateway *gateway);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmGateway, cm_gateway_free)
