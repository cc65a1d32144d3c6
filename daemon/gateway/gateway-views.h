// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/gateway-link.h"

/* Views asked of comodald, several in one message when many are wanted: what a message costs both of us is more than half of what a page does.
 * Whoever asks alone is sent at once; while CM_GATEWAY_VIEWS_UNDER_WAY messages wait for their answers, whoever comes is gathered for the
 * next, in the order in which they came. Who is urgent is in messages of their own, and waits for no others'. Nobody waits for a clock. Main context
 * only. */

/* Messages under way, and as many of the urgent: comodald makes the views of one while we make the pages of another. Small ones: what one answer sets free
 * comes back as one message, so with large ones all would soon be in the same, and the two processes wait for each other in turn (measured:
 * docs/performance.md). */
#define CM_GATEWAY_VIEWS_UNDER_WAY 4
#define CM_GATEWAY_VIEWS_TOGETHER 8 /* in a message; comodald takes CM_GATEWAY_VIEWS_MAX */

typedef struct _CmGatewayViews CmGatewayViews;

typedef enum {
	CM_GATEWAY_VIEW_OPENED = 1 << 0, /* their page is counted as opened */
	CM_GATEWAY_VIEW_URGENT = 1 << 1
} CmGatewayViewFlags;

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

/* Ask for the view of whoever has `token`. `done` is called once, never before this returns. */
void
cm_gateway_views_ask(CmGatewayViews *views,
		     const gchar *token,
		     CmGatewayViewFlags flags,
		     CmGatewayViewed done,
		     gpointer user_data);
