// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/http-request.h"
#include "include/cm-names.h"

/* Our end of comodald's private socket (include/org.comodal.Gateway1.xml): connected, and again when it was lost, later and later. Main
 * context only. */

#define CM_GATEWAY_LINK_CALL_SECONDS 20
/* of a document that comes: as many views as Views may give, of a mebioctet each */
#define CM_GATEWAY_LINK_DOCUMENT_MAX (CM_GATEWAY_VIEWS_MAX * 1024 * 1024)

typedef struct _CmGatewayLink CmGatewayLink;

/* What happens to it. None is called after it is freed. */
typedef struct {
	void (*up)(gpointer user_data);
	void (*down)(gpointer user_data);
	/* `subjects`: (element-type guint64), empty: any */
	void (*changed)(const guint64 *subjects, gsize count, gpointer user_data);
	/* ListSoon may say others; may be NULL */
	void (*soon_changed)(gpointer user_data);
} CmGatewayLinkEvents;

/* `values`: the method's out values, handles among them (which mean nothing); `document`: what its out memfd held, NULL where there is none,
 * ended by a NUL that is not of its size. With `error` both are NULL: comodald's own (CM_ERROR_NOT_FOUND …), CM_ERROR_FAILED when it is not there. */
typedef void (*CmGatewayAnswered)(GVariant *values,
				  GBytes *document,
				  const GError *error,
				  gpointer user_data);

/* `socket`: a path; `events` is copied. Begins to connect. Returns: (transfer full) */
CmGatewayLink *
cm_gateway_link_new(const gchar *socket, const CmGatewayLinkEvents *events, gpointer user_data);

/* Calls under way end with CM_ERROR_FAILED first. */
void
cm_gateway_link_free(CmGatewayLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmGatewayLink, cm_gateway_link_free)

gboolean
cm_gateway_link_is_up(const CmGatewayLink *link);

/* The key of a token or a pass, as the contract wants it: SHA-256. Returns: (transfer floating) "ay" */
GVariant *
cm_gateway_link_make_key(const gchar *token);

/* Call a method that changes nothing: View, Views, ListSoon, Feed, FindTimes, Enter; any other is a fault of the program's. `parameters` is consumed when it floats.
 * `done` is called once, never before this returns. */
void
cm_gateway_link_look(CmGatewayLink *link,
		     const gchar *method,
		     GVariant *parameters,
		     CmGatewayAnswered done,
		     gpointer user_data);

/* Call a method that changes something. `document`: JSON for its in memfd, which is handle 0 of `parameters`; NULL where it has none. */
void
cm_gateway_link_change(CmGatewayLink *link,
		       const CmHttpPermit *permit,
		       const gchar *method,
		       GVariant *parameters,
		       GBytes *document,
		       CmGatewayAnswered done,
		       gpointer user_data);

/* Leave is also said for a browser that went away, when no permit is at hand any more: what was opened with one is closed. */
void
cm_gateway_link_leave(CmGatewayLink *link, const gchar *token, guint64 visit);
