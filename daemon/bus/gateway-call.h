// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/bus/service.h"
#include "daemon/store/store-response.h"

#include <gio/gunixfdlist.h>

/* What each method of the gateway's socket does in the store, on the worker's thread; gateway-adaptor.c brings it there and back. Private
 * to the two. */

typedef struct _CmGatewayCall CmGatewayCall;

/* What calls share. The worker's thread only, but for what never changes. */
typedef struct {
	CmService *service;
	GHashTable *openings; /* pages opened since they were last written: an id → how often */
} CmGatewayState;

/* How much longer than a view is urgent those of ListSoon are: until it is asked again, and answered. */
#define CM_GATEWAY_SOON_SECONDS 120

/* How many different pages are remembered until they are written: more than can be made in that time. It is reached while the disk stays full;
 * of pages beyond it nothing is counted. */
#define CM_GATEWAY_OPENINGS_MAX 65536

struct _CmGatewayCall {
	CmGatewayState *state;
	gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error);
	CmPolicySet *policies; /* as they were when it came */
	GCancellable *cancellable;

	/* asked */
	GBytes *key;
	gint64 subject;
	gint64 version;
	gint64 visit;
	gint64 start;
	gboolean flag;
	gchar *text;
	gchar *once;
	CmAnswer answer;
	GArray *visits;  /* gint64 */
	GVariant *asked; /* of Views: a(ayb) */

	/* answered */
	CmStoreVisitor visitor;
	GVariant *body;
	GUnixFDList *descriptors;
	GArray *touched;     /* gint64: subjects at whose door something changed */
	GArray *claimed;     /* gint64: visits that whoever asked speaks for */
	GPtrArray *refusals; /* GError: of Views, what some were refused by */
	gint64 left;         /* a visit that is over */
	guint inside;        /* how many are */
	gchar *name;         /* the visitor's, as others see it */
	gint64 time_request; /* for another time: what was asked or withdrawn */
	CmTimeRequestState time_request_state;
	gint64 asked_help; /* the request for help */
	gint64 answered;   /* the booking that was answered */
};

/* `run` one of those below. Returns: (transfer full) */
CmGatewayCall *
cm_gateway_call_new(CmGatewayState *state,
		    gboolean (*run)(CmGatewayCall *call, CmStore *store, GError **error));
void
cm_gateway_call_free(CmGatewayCall *call);

/* What each method does: its body and its descriptors, or its error. */
gboolean
cm_gateway_call_view(CmGatewayCall *call, CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Views: each by itself; it fails as a whole only when their documents can't be handed over. */
gboolean
cm_gateway_call_views(CmGatewayCall *call,
		      CmStore *store,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Feed: the same. */
gboolean
cm_gateway_call_feed(CmGatewayCall *call, CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Respond: the same. */
gboolean
cm_gateway_call_respond(CmGatewayCall *call,
			CmStore *store,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Find times: the same. */
gboolean
cm_gateway_call_find_times(CmGatewayCall *call,
			   CmStore *store,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ask time: the same. */
gboolean
cm_gateway_call_ask_time(CmGatewayCall *call,
			 CmStore *store,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Withdraw time: the same. */
gboolean
cm_gateway_call_withdraw_time(CmGatewayCall *call,
			      CmStore *store,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* `flag`: a code; `key` is the secret */
gboolean
cm_gateway_call_exchange(CmGatewayCall *call,
			 CmStore *store,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_arrive(CmGatewayCall *call,
		       CmStore *store,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_leave(CmGatewayCall *call,
		      CmStore *store,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_let_in(CmGatewayCall *call,
		       CmStore *store,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* whether they may go in; for Enter and ReportRoom */
gboolean
cm_gateway_call_check_inside(CmGatewayCall *call,
			     CmStore *store,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_end(CmGatewayCall *call, CmStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_ask_help(CmGatewayCall *call,
			 CmStore *store,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ListSoon: the same. */
gboolean
cm_gateway_call_list_soon(CmGatewayCall *call,
			  CmStore *store,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Not of a method: who is there from before, those who are gone, and the openings that are not written yet. */
gboolean
cm_gateway_call_list_present(CmGatewayCall *call,
			     CmStore *store,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_abandon(CmGatewayCall *call,
			CmStore *store,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean
cm_gateway_call_write_openings(CmGatewayCall *call,
			       CmStore *store,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
