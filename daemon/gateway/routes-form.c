// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-person.h"
#include "daemon/gateway/page-room.h"
#include "daemon/gateway/room-entry.h"
#include "daemon/gateway/routes-private.h"
#include "include/cm-error.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Forms: each asks comodald to change one thing, then sends the browser to the page that shows what came of it. */

#define ONCE_MAX 64
#define REMARK_MAX 2000
#define ANSWER_MAX 800
#define REPORT_MAX 400

/* ---- what was sent */

static gboolean
read_number(const CmRoutesCall *call, const gchar *name, guint64 *out_number)
{
	const gchar *text = cm_http_request_get_form(call->request, name);

	return text != NULL &&
	       g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, out_number, NULL);
}

/* NULL: it is none that comodald takes */
static const gchar *
read_once(const CmRoutesCall *call)
{
	const gchar *once = cm_http_request_get_form(call->request, "once");

	if (once == NULL || *once == '\0' || strlen(once) > ONCE_MAX)
		return NULL;
	for (const gchar *c = once; *c != '\0'; c++) {
		if (!g_ascii_isalnum(*c) && *c != '-' && *c != '_')
			return NULL;
	}
	return once;
}

/* one member of a JSON object: without blanks around, no longer than may be */
static void
add_text_as(JsonBuilder *builder,
	    const CmRoutesCall *call,
	    const gchar *field,
	    const gchar *name,
	    gsize most)
{
	const gchar *given = cm_http_request_get_form(call->request, field);
	g_autofree gchar *text = given != NULL ? g_strstrip(g_strdup(given)) : NULL;
	gsize length = text != NULL ? strlen(text) : 0;

	if (length == 0)
		return;
	if (length > most)
		*g_utf8_find_prev_char(text, text + most + 1) = '\0';
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, text);
}

static void
add_text(JsonBuilder *builder, const CmRoutesCall *call, const gchar *name, gsize most)
{
	add_text_as(builder, call, name, name, most);
}

static GBytes *
finish(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = NULL;
	gchar *text = NULL;

	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	return g_bytes_new_take(text, strlen(text));
}

static JsonBuilder *
begin_object(void)
{
	JsonBuilder *builder = json_builder_new();

	json_builder_begin_object(builder);
	return builder;
}

static void
refuse(CmRoutesCall *call)
{
	cm_http_request_answer_error(g_steal_pointer(&call->request), 400);
	cm_routes_call_free(call);
}

/* ---- what came of it */

static void
show_person_again(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	g_autofree gchar *once = cm_routes_make_once();
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, once);

	cm_routes_answer_page(call, view, cm_page_person_make(view, &frame, call->said));
}

/* says on a page of theirs why nothing was done; FALSE: it is to be said by a page of nobody's */
static gboolean
explain(CmRoutesCall *call, const GError *error, CmRoutesShow show)
{
	if (g_error_matches(error, CM_ERROR, CM_ERROR_CONFLICT)) {
		call->said = CM_PAGE_SAID_CHANGED;
		call->status = 409;
	} else if (g_error_matches(error, CM_ERROR, CM_ERROR_INVALID_INPUT)) {
		call->said =
		    show == cm_routes_look_show_door ? CM_PAGE_SAID_MISSING : CM_PAGE_SAID_FAILED;
		call->status = 400;
	} else if (g_error_matches(error, CM_ERROR, CM_ERROR_BUSY)) {
		call->said = CM_PAGE_SAID_BUSY;
		call->status = 503;
	} else if (g_error_matches(error, CM_ERROR, CM_ERROR_STORE)) {
		/* a full disk, for one: nothing was changed, and what stands can still be read */
		call->said = CM_PAGE_SAID_FAILED;
		call->status = 500;
	} else {
		return FALSE;
	}
	cm_routes_view(call, FALSE, show);
	return TRUE;
}

/* after what stands on one's own page */
static void
on_person_done(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	CmRoutesCall *call = user_data;
	g_autofree gchar *place = NULL;

	if (error != NULL) {
		/* the meeting may have gone from the page: its others are shown */
		call->subject = 0;
		if (!explain(call, error, show_person_again))
			cm_routes_answer_error(call, error);
		return;
	}
	place = cm_page_parts_path("#r", call->subject);
	cm_routes_answer_path(call, place);
}

static void
on_door_done(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	CmRoutesCall *call = user_data;
	g_autofree gchar *place = NULL;

	if (error != NULL) {
		if (!explain(call, error, cm_routes_look_show_door))
			cm_routes_answer_error(call, error);
		return;
	}
	place = cm_page_parts_path("/door/", call->subject);
	cm_routes_answer_path(call, place);
}

static void
change(CmRoutesCall *call,
       const gchar *method,
       GVariant *parameters,
       GBytes *document,
       CmGatewayAnswered done)
{
	cm_gateway_link_change(call->routes->link, call->permit, method, parameters, document, done,
			       call);
	if (document != NULL)
		g_bytes_unref(document);
}

static GVariant *
make_key(const CmRoutesCall *call)
{
	return cm_gateway_link_make_key(call->token);
}

/* ---- one's own page */

void
cm_routes_form_answer(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, -1);
	const gchar *answer = NULL;
	const gchar *once = NULL;
	guint64 version = 0;

	if (call == NULL)
		return;
	answer = cm_http_request_get_form(request, "answer");
	once = read_once(call);
	if (once == NULL || !read_number(call, "subject", &call->subject) ||
	    !read_number(call, "version", &version) ||
	    (g_strcmp0(answer, "accepted") != 0 && g_strcmp0(answer, "declined") != 0)) {
		refuse(call);
		return;
	}
	change(call, "Respond",
	       g_variant_new("(@ayttss)", make_key(call), call->subject, version, answer, once),
	       NULL, on_person_done);
}

void
cm_routes_form_times(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);
	g_autoptr(JsonBuilder) remark = NULL;
	const gchar *once = NULL;
	guint64 version = 0;
	guint64 start = 0;

	if (call == NULL)
		return;
	once = read_once(call);
	if (once == NULL || !read_number(call, "version", &version) ||
	    !read_number(call, "start", &start)) {
		refuse(call);
		return;
	}
	remark = begin_object();
	add_text_as(remark, call, "remark", "text", REMARK_MAX);
	change(call, "AskTime",
	       g_variant_new("(@ayttxhs)", make_key(call), call->subject, version, (gint64)start, 0,
			     once),
	       finish(remark), on_person_done);
}

void
cm_routes_form_withdraw_time(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);
	const gchar *once = NULL;
	guint64 version = 0;

	if (call == NULL)
		return;
	once = read_once(call);
	if (once == NULL || !read_number(call, "version", &version)) {
		refuse(call);
		return;
	}
	change(call, "WithdrawTime",
	       g_variant_new("(@aytts)", make_key(call), call->subject, version, once), NULL,
	       on_person_done);
}

/* ---- the door */

void
cm_routes_form_door(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);
	g_autoptr(JsonBuilder) answers = NULL;

	if (call == NULL)
		return;
	answers = begin_object();
	add_text(answers, call, "place", ANSWER_MAX);
	add_text(answers, call, "companion", ANSWER_MAX);
	add_text(answers, call, "phone", ANSWER_MAX);
	if (g_strcmp0(cm_http_request_get_form(request, "consent"), "yes") == 0) {
		json_builder_set_member_name(answers, "consent");
		json_builder_add_boolean_value(answers, TRUE);
	}
	change(call, "Arrive", g_variant_new("(@ayth)", make_key(call), call->subject, 0),
	       finish(answers), on_door_done);
}

void
cm_routes_form_leave(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, -1);
	guint64 visit = 0;

	if (call == NULL)
		return;
	if (!read_number(call, "subject", &call->subject) || !read_number(call, "visit", &visit)) {
		refuse(call);
		return;
	}
	change(call, "Leave", g_variant_new("(@ayt)", make_key(call), visit), NULL, on_door_done);
}

void
cm_routes_form_help(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	static const gchar *const found[] = {"browser", "camera", "microphone", "network"};
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);
	g_autoptr(JsonBuilder) report = NULL;
	gboolean agrees = FALSE;

	if (call == NULL)
		return;
	agrees = g_strcmp0(cm_http_request_get_form(request, "agree"), "yes") == 0;
	report = begin_object();
	add_text(report, call, "text", REPORT_MAX);
	for (guint i = 0; agrees && i < G_N_ELEMENTS(found); i++)
		add_text(report, call, found[i], REPORT_MAX);
	change(call, "AskHelp", g_variant_new("(@ayth)", make_key(call), call->subject, 0),
	       finish(report), on_door_done);
}

/* ---- the host */

void
cm_routes_form_let_in(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, -1);
	const gchar *in = NULL;
	guint64 visit = 0;

	if (call == NULL)
		return;
	in = cm_http_request_get_form(request, "in");
	if (!read_number(call, "subject", &call->subject) || !read_number(call, "visit", &visit) ||
	    (g_strcmp0(in, "yes") != 0 && g_strcmp0(in, "no") != 0)) {
		refuse(call);
		return;
	}
	change(call, "LetIn",
	       g_variant_new("(@aytb)", make_key(call), visit, g_str_equal(in, "yes")), NULL,
	       on_door_done);
}

void
cm_routes_form_end(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);

	if (call != NULL)
		change(call, "End", g_variant_new("(@ayt)", make_key(call), call->subject), NULL,
		       on_door_done);
}

/* ---- the room */

void
cm_routes_form_report(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);
	const gchar *works = NULL;
	guint64 turn = 0;

	if (call == NULL)
		return;
	works = cm_http_request_get_form(request, "works");
	if (!read_number(call, "turn", &turn) ||
	    (g_strcmp0(works, "yes") != 0 && g_strcmp0(works, "no") != 0)) {
		refuse(call);
		return;
	}
	change(call, "ReportRoom",
	       g_variant_new("(@ayttb)", make_key(call), call->subject, turn,
			     g_str_equal(works, "yes")),
	       NULL, on_door_done);
}

/* a room that is elsewhere: its address is a secret, and stands in no page */
static void
go_elsewhere(CmRoutesCall *call, const CmRoomEntry *entry)
{
	const CmHttpAnswer answer = {.status = 303, .location = entry->url};

	cm_http_request_answer(g_steal_pointer(&call->request), &answer);
	cm_routes_call_free(call);
}

static void
show_phone(CmRoutesCall *call, const CmView *view, const CmViewItem *item)
{
	g_autoptr(CmWords) words = cm_routes_make_words(view);
	const CmPageFrame frame = cm_routes_make_frame(call, view, words, NULL);

	cm_routes_answer_page(call, view, cm_page_room_make_phone(&frame, call->text));
}

static void
on_entered(GVariant *values, GBytes *document, const GError *error, gpointer user_data)
{
	CmRoutesCall *call = user_data;
	g_autoptr(GError) unreadable = NULL;
	g_autoptr(CmRoomEntry) entry = NULL;
	g_autofree gchar *place = NULL;
	gsize size = 0;
	const gchar *text = document != NULL ? g_bytes_get_data(document, &size) : NULL;

	if (error != NULL) {
		on_door_done(NULL, NULL, error, call);
		return;
	}
	entry = cm_room_entry_read(text != NULL ? text : "", size, &unreadable);
	if (entry != NULL && entry->url != NULL) {
		go_elsewhere(call, entry);
		return;
	}
	if (entry != NULL && entry->phone != NULL) {
		call->text = g_strdup(entry->phone);
		cm_routes_view(call, FALSE, show_phone);
		return;
	}
	/* a room in the page, or one that changed meanwhile */
	place = cm_page_parts_path("/room/", call->subject);
	cm_routes_answer_path(call, place);
}

void
cm_routes_form_room(CmHttpRequest *request, const CmHttpPermit *permit, gpointer routes)
{
	CmRoutesCall *call = cm_routes_begin(routes, request, permit, 0);

	if (call != NULL)
		change(call, "Enter", g_variant_new("(@ayt)", make_key(call), call->subject), NULL,
		       on_entered);
}
