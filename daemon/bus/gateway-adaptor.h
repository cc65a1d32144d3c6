// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/gateway-call.h"

/* comodald's end of the gateway's private socket (include/org.comodal.Gateway1.xml, docs/visio.md). Main loop only. */

typedef struct _CmGatewayAdaptor CmGatewayAdaptor;

/* Tries at codes and one-time links that fail, within CM_GATEWAY_TRIES_SECONDS: from one address, and of codes in all. */
#define CM_GATEWAY_TRIES_SECONDS 900
#define CM_GATEWAY_TRIES_EACH 10
#define CM_GATEWAY_TRIES_ALL 500

/* Changes by one key within CM_GATEWAY_CHANGES_SECONDS: every one is in the audit log. */
#define CM_GATEWAY_CHANGES_SECONDS 600
#define CM_GATEWAY_CHANGES_EACH 240

/* How often openings are written: those since are forgotten when comodald ends. */
#define CM_GATEWAY_OPENINGS_SECONDS 10

typedef struct {
	const gchar *socket; /* a path */
	guint32 uid;         /* of the gateway */
} CmGatewayAdaptorSettings;

/* Listen, and be the first to hear of changes at doors (`service->doors`). Visits that an earlier process left are given two minutes. The
 * service is not taken, and must outlive it. Errors: cm_peer_door_new()'s. Returns: (transfer full) */
CmGatewayAdaptor *
cm_gateway_adaptor_new(CmService *service,
		       const CmGatewayAdaptorSettings *settings,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Closes the socket and every connection; what is under way is answered to nobody. */
void
cm_gateway_adaptor_close(CmGatewayAdaptor *adaptor);

/* To be called once the service's worker has ended. */
void
cm_gateway_adaptor_free(CmGatewayAdaptor *adaptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmGatewayAdaptor, cm_gateway_adaptor_free)

/* The methods that may be called, ended by NULL; for its test. */
const gchar *const *
cm_gateway_adaptor_get_methods(void);
