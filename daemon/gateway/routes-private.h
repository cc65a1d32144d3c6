// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/gateway/gateway-views.h"
#include "daemon/gateway/page-parts.h"
#include "daemon/gateway/presence.h"
#include "daemon/gateway/routes.h"

/* What the files of routes-*.c share. */

/* organisations have few */
#define CM_ROUTES_ZONES_MAX 64

struct _CmRoutes {
	CmHttpServer *server;
	CmGatewayLink *link;
	CmGatewayViews *views;
	CmRoomGate *gate;
	const CmHelpLine *help;
	CmPresence *presence;
	GHashTable *watches; /* subject (gint64) → GPtrArray of CmRoutesWatch, none of them empty */
	GHashTable *changes; /* subject (gint64) → when it last changed (gint64, cm_routes_now()) */
	GHashTable *zones;   /* name → CmWords, for its time zone to stay in memory */
	guint sweep;         /* source */
};

/* One request while comodald is asked. */
typedef struct {
	CmRoutes *routes;
	CmHttpRequest *request;     /* until it is answered */
	const CmHttpPermit *permit; /* of a form or a socket; or NULL */
	gchar *token;
	gchar *prefix;   /* "/v/TOKEN", "/p" */
	guint64 subject; /* of the path; 0: it has none */
	gchar *text;     /* what its page says besides; or NULL */
	CmPageSaid said; /* what the page says first */
	guint status;    /* of the page; 0: 200 */
} CmRoutesCall;

/* A page made from a view, or an answer given otherwise. `item`: of the call's subject, NULL when it has none. Takes the call. */
typedef void (*CmRoutesShow)(CmRoutesCall *call, const CmView *view, const CmViewItem *item);

/* The token of its path or its pass, and the subject of a path that has one. `part`: which "{}" that is, counted without a token's; -1:
 * none. NULL: it has been answered, there is no such page. Takes the request. Returns: (transfer full) */
CmRoutesCall *
cm_routes_begin(CmRoutes *routes, CmHttpRequest *request, const CmHttpPermit *permit, gint part)
    G_GNUC_WARN_UNUSED_RESULT;

void
cm_routes_call_free(CmRoutesCall *call);

/* Ask comodald what they may see, and show it by `show`; a subject that is not theirs is answered as a link that does not work. Takes
 * the call. */
void
cm_routes_view(CmRoutesCall *call, gboolean opened, CmRoutesShow show);

/* Answer by a page. Takes the call, and `html`. */
void
cm_routes_answer_page(CmRoutesCall *call, const CmView *view, GBytes *html);

/* Send the browser to a path below the call's prefix. Takes the call. */
void
cm_routes_answer_path(CmRoutesCall *call, const gchar *path);

/* Answer by the page of what comodald refused. Takes the call. */
void
cm_routes_answer_error(CmRoutesCall *call, const GError *error);

/* What all pages of the call have in common. `words`, and what the call and the view hold, must outlive it. */
CmPageFrame
cm_routes_make_frame(const CmRoutesCall *call,
		     const CmView *view,
		     const CmWords *words,
		     const gchar *once);

/* The frame of a page that shows nobody's view. What is given must outlive it. Any thread. */
CmPageFrame
cm_routes_make_plain_frame(const CmRoutes *routes, const CmWords *words);

/* A new request key. Returns: (transfer full) */
gchar *
cm_routes_make_once(void);

/* The words of somebody's view. Returns: (transfer full) */
CmWords *
cm_routes_make_words(const CmView *view);

/* Seconds of a clock that never goes back. */
gint64
cm_routes_now(void);

/* Make a page of a view by the call's frame. */
typedef GBytes *(*CmRoutesMake)(const CmView *view,
				const CmViewItem *item,
				const CmPageFrame *frame,
				CmPageSaid said);

/* The page that stands at a door for who looks: within or before it. Takes the call. */
void
cm_routes_look_show_door(CmRoutesCall *call, const CmView *view, const CmViewItem *item);

/* ---- what stands where (routes-look.c, routes-form.c, routes-entry.c, routes-watch.c): handlers of the server */

/* GET the person's page */
void
cm_routes_look_person(CmHttpRequest *request, gpointer routes);
/* GET /times/N */
void
cm_routes_look_times(CmHttpRequest *request, gpointer routes);
/* GET /door/N and /host/N */
void
cm_routes_look_door(CmHttpRequest *request, gpointer routes);
/* GET /room/N */
void
cm_routes_look_room(CmHttpRequest *request, gpointer routes);
/* GET /test */
void
cm_routes_look_test(CmHttpRequest *request, gpointer routes);
/* GET /privacy */
void
cm_routes_look_privacy(CmHttpRequest *request, gpointer routes);

/* POST /answer: comes, or can't */
void
cm_routes_form_answer(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /times/N: another time */
void
cm_routes_form_times(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /times/N/withdraw: no other time any more */
void
cm_routes_form_withdraw_time(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /door/N: is here */
void
cm_routes_form_door(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /leave */
void
cm_routes_form_leave(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /help/N: can't get in */
void
cm_routes_form_help(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /let-in: by a host */
void
cm_routes_form_let_in(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /end/N: by a host */
void
cm_routes_form_end(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /room/N: on to a room that is elsewhere */
void
cm_routes_form_room(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /room/N/report: how a room is */
void
cm_routes_form_report(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);

/* GET / */
void
cm_routes_entry_look_about(CmHttpRequest *request, gpointer routes);
/* GET /c */
void
cm_routes_entry_look_code(CmHttpRequest *request, gpointer routes);
/* GET /h/TOKEN */
void
cm_routes_entry_look_once(CmHttpRequest *request, gpointer routes);
/* POST /c */
void
cm_routes_entry_form_code(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* POST /h/TOKEN */
void
cm_routes_entry_form_once(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* A mailed link that shows no page may be a calendar's. Takes the call. */
void
cm_routes_entry_try_feed(CmRoutesCall *call);

/* the web socket of a door */
void
cm_routes_watch_open(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* the web socket of a room */
void
cm_routes_watch_room(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes);
/* Tell those who look at a door. */
void
cm_routes_watch_changed(CmRoutes *routes, const guint64 *subjects, gsize count);
