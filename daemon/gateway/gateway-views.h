// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/gateway-link.h"

/* Views asked of comodald, several in one message when many are wanted: what a message costs both of us is more than half of what a page does.
 * Whoever asks alone is sent at once; while CM_GATEWAY_VIEWS_UNDER_WAY messages wait for their answers, whoever comes is gathered for the
 * next, in the order in which they came. Nobody waits for a clock. Main context only. */

/* one that comodald makes, one whose pages we make meanwhile */
#define CM_GATEWAY_VIEWS_UNDER_WAY 2

typedef struct _CmGatewayViews CmGatewayViews;

/* `class`: how urgent they are, as comodald says; `document`: comodal-view/1, not ended by a NUL. With `error` `document` is NULL: what View answers, or
 * CM_ERROR_FAILED when comodald is not there. */
typedef void (*CmGatewayViewed)(guint class,
				GBytes *document,
				const GError *error,
				gpointer user_data);

/* `link` must outlive all that is asked. Returns: (transfer full) */
CmGatewayViews *
cm_gateway_views_new(CmGatewayLink *link);

/* After the link, whose end answers what is under way. Whoever has not been sent is told that comodald is not there. */
void
cm_gateway_views_free(CmGatewayViews *views);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmGatewayViews, cm_gateway_views_free)

/* Ask for the view of whoever has `token`. `opened`: their page is counted as opened. `done` is called once, never before this returns. */
void
cm_gateway_views_ask(CmGatewayViews *views,
		     const gchar *token,
		     gboolean opened,
		     CmGatewayViewed done,
		     gpointer user_data);
