// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/gateway-link.h"
#include "daemon/gateway/http-server.h"
#include "daemon/gateway/room-gate.h"
#include "daemon/policy/help-line.h"

/* Which page stands where, and what its forms do: between the web server, comodald's end, and the pages, which know neither. docs/pages.md
 * lists the addresses. Main context only. */

typedef struct _CmRoutes CmRoutes;

/* Adds its routes, files and error pages to a server that has not started. Nothing is taken; all must outlive it. `help`: whom to call, on
 * pages that no view of somebody's tells it. Returns: (transfer full) */
CmRoutes *
cm_routes_new(CmHttpServer *server,
	      CmGatewayLink *link,
	      CmRoomGate *gate,
	      const CmHelpLine *help,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* comodald said that something changed at these doors; none: at any. */
void
cm_routes_changed(CmRoutes *routes, const guint64 *subjects, gsize count);

/* After the server has stopped, and the link is gone. */
void
cm_routes_free(CmRoutes *routes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmRoutes, cm_routes_free)
