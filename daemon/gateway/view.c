// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/view.h"

#include "daemon/gateway/view-json.h"
#include "daemon/words/words.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define FORMAT "comodal-view/1"
#define DEPTH_MAX 8
/* the year 3000: whatever is told of a day after that is no instant */
#define INSTANT_MAX G_GINT64_CONSTANT(32503680000)

/* ---- members. Each says FALSE, once, when a member is not as it is to be; what is not there or null stays as it was. */

typedef struct {
	const gchar *code;
	guint value;
} Code;

static gboolean
refuse(const gchar *name, GError **error)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("a view's “{0}” is not as it is to be"),
		     name, NULL);
	return FALSE;
}

static gboolean
find(const CmViewJsonValue *object,
     const gchar *name,
     CmViewJsonKind kind,
     const CmViewJsonValue **out_value,
     GError **error)
{
	const CmViewJsonValue *value = cm_view_json_find(object, name);

	*out_value = NULL;
	if (value == NULL || value->kind == CM_VIEW_JSON_NULL)
		return TRUE;
	if (value->kind != kind)
		return refuse(name, error);
	*out_value = value;
	return TRUE;
}

static gboolean
read_text(const CmViewJsonValue *object, const gchar *name, gchar **out_text, GError **error)
{
	const CmViewJsonValue *value = NULL;

	if (!find(object, name, CM_VIEW_JSON_TEXT, &value, error))
		return FALSE;
	if (value == NULL)
		return TRUE;
	if (strlen(value->text) > CM_VIEW_TEXT_MAX)
		return refuse(name, error);
	g_free(*out_text);
	*out_text = cm_words_clean(value->text);
	if (**out_text == '\0')
		g_clear_pointer(out_text, g_free);
	return TRUE;
}

static gboolean
read_integer(const CmViewJsonValue *object, const gchar *name, gint64 *out_integer, GError **error)
{
	const CmViewJsonValue *value = NULL;

	if (!find(object, name, CM_VIEW_JSON_INTEGER, &value, error))
		return FALSE;
	if (value != NULL)
		*out_integer = value->integer;
	return TRUE;
}

static gboolean
read_instant(const CmViewJsonValue *object, const gchar *name, gint64 *out_instant, GError **error)
{
	gint64 instant = *out_instant;

	if (!read_integer(object, name, &instant, error))
		return FALSE;
	if (instant < 0 || instant > INSTANT_MAX)
		return refuse(name, error);
	*out_instant = instant;
	return TRUE;
}

static gboolean
read_number(const CmViewJsonValue *object, const gchar *name, guint64 *out_number, GError **error)
{
	gint64 number = (gint64)*out_number;

	if (!read_integer(object, name, &number, error))
		return FALSE;
	if (number < 0)
		return refuse(name, error);
	*out_number = (guint64)number;
	return TRUE;
}

static gboolean
read_flag(const CmViewJsonValue *object, const gchar *name, gboolean *out_flag, GError **error)
{
	const CmViewJsonValue *value = NULL;

	if (!find(object, name, CM_VIEW_JSON_FLAG, &value, error))
		return FALSE;
	if (value != NULL)
		*out_flag = value->integer != 0;
	return TRUE;
}

static const Code *
find_code(const Code *codes, const gchar *text)
{
	for (const Code *code = codes; code->code != NULL; code++) {
		if (g_strcmp0(code->code, text) == 0)
			return code;
	}
	return NULL;
}

static gboolean
read_code(const CmViewJsonValue *object,
	  const gchar *name,
	  const Code *codes,
	  guint *out_value,
	  GError **error)
{
	const CmViewJsonValue *value = NULL;
	const Code *code = NULL;

	if (!find(object, name, CM_VIEW_JSON_TEXT, &value, error))
		return FALSE;
	if (value == NULL)
		return TRUE;
	code = find_code(codes, value->text);
	if (code == NULL)
		return refuse(name, error);
	*out_value = code->value;
	return TRUE;
}

static gboolean
find_array(const CmViewJsonValue *object,
	   const gchar *name,
	   guint most,
	   const CmViewJsonValue **out_first,
	   GError **error)
{
	const CmViewJsonValue *array = NULL;

	*out_first = NULL;
	if (!find(object, name, CM_VIEW_JSON_ARRAY, &array, error))
		return FALSE;
	if (array == NULL)
		return TRUE;
	if (array->count > most)
		return refuse(name, error);
	*out_first = array->first;
	return TRUE;
}

/* codes as bits; one that is not known is passed over */
static gboolean
read_bits(const CmViewJsonValue *object,
	  const gchar *name,
	  const Code *codes,
	  guint *out_bits,
	  GError **error)
{
	const CmViewJsonValue *value = NULL;

	if (!find_array(object, name, CM_VIEW_ITEMS_MAX, &value, error))
		return FALSE;
	for (; value != NULL; value = value->next) {
		const Code *code = NULL;

		if (value->kind != CM_VIEW_JSON_TEXT)
			return refuse(name, error);
		code = find_code(codes, value->text);
		*out_bits |= code != NULL ? code->value : 0;
	}
	return TRUE;
}

static gboolean
find_object(const CmViewJsonValue *object,
	    const gchar *name,
	    const CmViewJsonValue **out_object,
	    GError **error)
{
	return find(object, name, CM_VIEW_JSON_OBJECT, out_object, error);
}

/* ---- parts */

static const Code roles[] = {{"guest", CM_VIEW_GUEST},
			     {"interpreter", CM_VIEW_INTERPRETER},
			     {"host", CM_VIEW_HOST},
			     {"helper", CM_VIEW_HELPER},
			     {NULL, 0}};
static const Code visits[] = {
    {"none", CM_VIEW_VISIT_NONE},       {"waiting", CM_VIEW_VISIT_WAITING},
    {"inside", CM_VIEW_VISIT_INSIDE},   {"left", CM_VIEW_VISIT_LEFT},
    {"refused", CM_VIEW_VISIT_REFUSED}, {NULL, 0}};

static gboolean
read_help(const CmViewJsonValue *owner, CmViewHelp *help, GError **error)
{
	static const Code states[] = {{"waiting", CM_VIEW_HELP_WAITING},
				      {"answered", CM_VIEW_HELP_ANSWERED},
				      {"closed", CM_VIEW_HELP_NONE},
				      {NULL, 0}};
	const CmViewJsonValue *object = NULL;
	const CmViewJsonValue *report = NULL;
	guint state = CM_VIEW_HELP_WAITING;

	if (!find_object(owner, "help", &object, error))
		return FALSE;
	if (object == NULL)
		return TRUE;
	if (!read_code(object, "state", states, &state, error) ||
	    !read_number(object, "number", &help->number, error) ||
	    !read_instant(object, "asked", &help->asked, error) ||
	    !read_text(object, "answer", &help->answer, error) ||
	    !find_object(object, "report", &report, error))
		return FALSE;
	help->state = state;
	if (report == NULL)
		return TRUE;
	return read_text(report, "text", &help->text, error) &&
	       read_text(report, "browser", &help->browser, error) &&
	       read_text(report, "camera", &help->camera, error) &&
	       read_text(report, "microphone", &help->microphone, error) &&
	       read_text(report, "network", &help->network, error);
}

static void
help_clear(CmViewHelp *help)
{
	g_free(help->answer);
	g_free(help->text);
	g_free(help->browser);
	g_free(help->camera);
	g_free(help->microphone);
	g_free(help->network);
}

static gboolean
read_visit(const CmViewJsonValue *door_object, CmViewDoor *door, GError **error)
{
	const CmViewJsonValue *object = NULL;
	guint state = CM_VIEW_VISIT_WAITING;

	if (!find_object(door_object, "visit", &object, error))
		return FALSE;
	if (object == NULL)
		return TRUE;
	if (!read_code(object, "state", visits, &state, error) ||
	    !read_number(object, "number", &door->visit_number, error) ||
	    !read_instant(object, "since", &door->visit_since, error))
		return FALSE;
	door->visit = state;
	return TRUE;
}

static gboolean
read_room(const CmViewJsonValue *door_object, CmViewDoor *door, GError **error)
{
	static const Code kinds[] = {
	    {"builtin", CM_VIEW_ROOM_BUILTIN},
	    {"jitsi", CM_VIEW_ROOM_JITSI},
	    {"bbb", CM_VIEW_ROOM_BBB},
	    {"janus", CM_VIEW_ROOM_JANUS},
	    {"fixed", CM_VIEW_ROOM_FIXED},
	    {"phone", CM_VIEW_ROOM_PHONE},
	    {NULL, 0},
	};
	const CmViewJsonValue *object = NULL;
	guint kind = CM_VIEW_ROOM_NONE;

	if (!find_object(door_object, "room", &object, error))
		return FALSE;
	if (object == NULL)
		return TRUE;
	if (!read_code(object, "kind", kinds, &kind, error) ||
	    !read_number(object, "turn", &door->turn, error))
		return FALSE;
	door->room = kind;
	return TRUE;
}

static gboolean
read_door(const CmViewJsonValue *item_object, CmViewDoor *door, GError **error)
{
	static const Code states[] = {
	    {"in-person", CM_VIEW_DOOR_IN_PERSON}, {"other-link", CM_VIEW_DOOR_OTHER_LINK},
	    {"early", CM_VIEW_DOOR_EARLY},         {"open", CM_VIEW_DOOR_OPEN},
	    {"late", CM_VIEW_DOOR_LATE},           {"over", CM_VIEW_DOOR_OVER},
	    {"cancelled", CM_VIEW_DOOR_CANCELLED}, {"moved", CM_VIEW_DOOR_MOVED},
	    {"down", CM_VIEW_DOOR_DOWN},           {NULL, 0},
	};
	static const Code hosts[] = {{"absent", CM_VIEW_HOST_ABSENT},
				     {"present", CM_VIEW_HOST_PRESENT},
				     {"busy", CM_VIEW_HOST_BUSY},
				     {NULL, 0}};
	static const Code asks[] = {{"place", CM_VIEW_ASK_PLACE},
				    {"companion", CM_VIEW_ASK_COMPANION},
				    {"phone", CM_VIEW_ASK_PHONE},
				    {"consent", CM_VIEW_ASK_CONSENT},
				    {NULL, 0}};
	const CmViewJsonValue *object = NULL;
	guint state = CM_VIEW_DOOR_NONE;
	guint host = CM_VIEW_HOST_ABSENT;
	guint64 ahead = 0;

	if (!find_object(item_object, "door", &object, error))
		return FALSE;
	if (object == NULL)
		return TRUE;
	if (!read_code(object, "state", states, &state, error) ||
	    !read_code(object, "host", hosts, &host, error) ||
	    !read_instant(object, "opens", &door->opens, error) ||
	    !read_instant(object, "closes", &door->closes, error) ||
	    !read_bits(object, "ask", asks, &door->ask, error) ||
	    !read_number(object, "ahead", &ahead, error) || !read_visit(object, door, error))
		return FALSE;
	door->state = state;
	door->host = host;
	door->ahead = (guint)MIN(ahead, G_MAXUINT);
	return read_room(object, door, error);
}

static gboolean
read_request(const CmViewJsonValue *item_object, CmViewItem *item, GError **error)
{
	static const Code states[] = {{"waiting", CM_VIEW_REQUEST_WAITING},
				      {"accepted", CM_VIEW_REQUEST_ACCEPTED},
				      {"declined", CM_VIEW_REQUEST_DECLINED},
				      {"withdrawn", CM_VIEW_REQUEST_WITHDRAWN},
				      {NULL, 0}};
	const CmViewJsonValue *object = NULL;
	guint state = CM_VIEW_REQUEST_WAITING;

	if (!find_object(item_object, "request", &object, error))
		return FALSE;
	if (object == NULL)
		return TRUE;
	if (!read_code(object, "state", states, &state, error) ||
	    !read_instant(object, "start", &item->request_start, error) ||
	    !read_text(object, "answer", &item->request_answer, error))
		return FALSE;
	item->request = state;
	return TRUE;
}

static gboolean
read_host(const CmViewJsonValue *item_object, CmViewItem *item, GError **error)
{
	const CmViewJsonValue *object = NULL;

	if (!find_object(item_object, "host", &object, error))
		return FALSE;
	return object == NULL || (read_text(object, "name", &item->host_name, error) &&
				  read_text(object, "profession", &item->host_profession, error));
}

static gboolean
read_item_codes(const CmViewJsonValue *object, CmViewItem *item, GError **error)
{
	static const Code modes[] = {{"in-person", CM_VIEW_IN_PERSON},
				     {"video-school", CM_VIEW_VIDEO_SCHOOL},
				     {"video-remote", CM_VIEW_VIDEO_REMOTE},
				     {NULL, 0}};
	static const Code states[] = {{"planned", CM_VIEW_PLANNED},
				      {"cancelled", CM_VIEW_CANCELLED},
				      {"moved", CM_VIEW_MOVED},
				      {NULL, 0}};
	static const Code answers[] = {{"needs-action", CM_VIEW_NEEDS_ACTION},
				       {"accepted", CM_VIEW_ACCEPTED},
				       {"declined", CM_VIEW_DECLINED},
				       {"tentative", CM_VIEW_TENTATIVE},
				       {NULL, 0}};
	static const Code mays[] = {{"respond", CM_VIEW_MAY_RESPOND},
				    {"ask-time", CM_VIEW_MAY_ASK_TIME},
				    {"help", CM_VIEW_MAY_HELP},
				    {NULL, 0}};
	static const Code prepares[] = {{"quiet-place", CM_VIEW_PREPARE_QUIET_PLACE},
					{"adult-near", CM_VIEW_PREPARE_ADULT_NEAR},
					{"headset", CM_VIEW_PREPARE_HEADSET},
					{"charger", CM_VIEW_PREPARE_CHARGER},
					{"documents", CM_VIEW_PREPARE_DOCUMENTS},
					{NULL, 0}};
	guint mode = CM_VIEW_IN_PERSON;
	guint state = CM_VIEW_PLANNED;
	guint answer = CM_VIEW_NEEDS_ACTION;

	if (!read_code(object, "mode", modes, &mode, error) ||
	    !read_code(object, "state", states, &state, error) ||
	    !read_code(object, "answer", answers, &answer, error) ||
	    !read_bits(object, "may", mays, &item->may, error) ||
	    !read_bits(object, "prepare", prepares, &item->prepare, error))
		return FALSE;
	item->mode = mode;
	item->state = state;
	item->answer = answer;
	return TRUE;
}

static void
item_free(gpointer data)
{
	CmViewItem *item = data;

	g_free(item->place);
	g_free(item->host_name);
	g_free(item->host_profession);
	g_free(item->about);
	g_free(item->request_answer);
	help_clear(&item->help);
	g_free(item);
}

static gboolean
read_item(const CmViewJsonValue *object, CmView *view, GError **error)
{
	CmViewItem *item = g_new0(CmViewItem, 1);

	g_ptr_array_add(view->items, item);
	if (!read_number(object, "subject", &item->subject, error) ||
	    !read_number(object, "version", &item->version, error) ||
	    !read_instant(object, "start", &item->start, error) ||
	    !read_instant(object, "end", &item->end, error) ||
	    !read_instant(object, "moved_from", &item->moved_from, error) ||
	    !read_text(object, "place", &item->place, error) ||
	    !read_text(object, "about", &item->about, error) ||
	    !read_item_codes(object, item, error) || !read_host(object, item, error) ||
	    !read_request(object, item, error) || !read_door(object, &item->door, error) ||
	    !read_help(object, &item->help, error))
		return FALSE;
	if (item->subject == 0)
		return refuse("subject", error);
	return item->start > 0 && item->end >= item->start ? TRUE : refuse("start", error);
}

static void
waiting_free(gpointer data)
{
	CmViewWaiting *waiting = data;

	g_free(waiting->name);
	g_free(waiting->place);
	g_free(waiting->companion);
	g_free(waiting->phone);
	help_clear(&waiting->help);
	g_free(waiting);
}

static gboolean
read_answers(const CmViewJsonValue *owner, CmViewWaiting *waiting, GError **error)
{
	const CmViewJsonValue *object = NULL;

	if (!find_object(owner, "answers", &object, error))
		return FALSE;
	return object == NULL || (read_text(object, "place", &waiting->place, error) &&
				  read_text(object, "companion", &waiting->companion, error) &&
				  read_text(object, "phone", &waiting->phone, error) &&
				  read_flag(object, "consent", &waiting->consent, error));
}

static const Code relations[] = {{"guardian", CM_VIEW_GUARDIAN},
				 {"teacher", CM_VIEW_TEACHER},
				 {NULL, 0}};

static gboolean
read_waiting(const CmViewJsonValue *object, CmView *view, GError **error)
{
	CmViewWaiting *waiting = g_new0(CmViewWaiting, 1);
	guint role = CM_VIEW_GUEST;
	guint state = CM_VIEW_VISIT_WAITING;
	guint relation = CM_VIEW_RELATION_NONE;

	g_ptr_array_add(view->waiting, waiting);
	if (!read_number(object, "visit", &waiting->visit, error) ||
	    !read_number(object, "subject", &waiting->subject, error) ||
	    !read_text(object, "name", &waiting->name, error) ||
	    !read_code(object, "relation", relations, &relation, error) ||
	    !read_code(object, "role", roles, &role, error) ||
	    !read_code(object, "state", visits, &state, error) ||
	    !read_instant(object, "since", &waiting->since, error) ||
	    !read_answers(object, waiting, error) || !read_help(object, &waiting->help, error))
		return FALSE;
	waiting->relation = relation;
	waiting->role = role;
	waiting->state = state;
	return TRUE;
}

/* ---- the whole */

typedef gboolean (*ReadEntry)(const CmViewJsonValue *object, CmView *view, GError **error);

static gboolean
read_entries(const CmViewJsonValue *object,
	     const gchar *name,
	     guint most,
	     ReadEntry read,
	     CmView *view,
	     GError **error)
{
	const CmViewJsonValue *value = NULL;

	if (!find_array(object, name, most, &value, error))
		return FALSE;
	for (; value != NULL; value = value->next) {
		if (value->kind != CM_VIEW_JSON_OBJECT)
			return refuse(name, error);
		if (!read(value, view, error))
			return FALSE;
	}
	return TRUE;
}

/* "stun:…", "turn:…", "turns:…"; what is none of these is passed over */
static gboolean
read_servers(const CmViewJsonValue *object, CmView *view, GError **error)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	const CmViewJsonValue *value = NULL;

	if (!find_array(object, "servers", CM_VIEW_SERVERS_MAX, &value, error))
		return FALSE;
	for (; value != NULL; value = value->next) {
		const gchar *url = value->text;

		if (url != NULL &&
		    (g_str_has_prefix(url, "stun:") || g_str_has_prefix(url, "turn:") ||
		     g_str_has_prefix(url, "turns:")))
			g_strv_builder_add(builder, url);
	}
	view->servers = g_strv_builder_end(builder);
	return TRUE;
}

static gboolean
read_reader(const CmViewJsonValue *object, CmView *view, GError **error)
{
	static const Code means[] = {{"link", FALSE}, {"pass", TRUE}, {NULL, 0}};
	const CmViewJsonValue *help = NULL;
	guint role = CM_VIEW_GUEST;
	guint pass = FALSE;

	if (!read_instant(object, "now", &view->now, error) ||
	    !read_code(object, "role", roles, &role, error) ||
	    !read_code(object, "means", means, &pass, error) ||
	    !read_text(object, "language", &view->language, error) ||
	    !read_text(object, "zone", &view->zone, error) ||
	    !read_text(object, "name", &view->name, error) ||
	    !read_text(object, "organisation", &view->organisation, error) ||
	    !read_number(object, "more", &view->more, error) ||
	    !read_servers(object, view, error) || !find_object(object, "help", &help, error))
		return FALSE;
	view->role = role;
	view->pass = pass != FALSE;
	if (help != NULL && (!read_text(help, "phone", &view->help_phone, error) ||
			     !read_text(help, "hours", &view->help_hours, error)))
		return FALSE;
	if (view->now <= 0)
		return refuse("now", error);
	if (view->zone == NULL)
		return refuse("zone", error);
	return view->language != NULL ? TRUE : refuse("language", error);
}

static gboolean
read_view(const CmViewJsonValue *object, CmView *view, GError **error)
{
	g_autofree gchar *format = NULL;

	if (!read_text(object, "format", &format, error))
		return FALSE;
	if (g_strcmp0(format, FORMAT) != 0)
		return refuse("format", error);
	return read_reader(object, view, error) &&
	       read_entries(object, "items", CM_VIEW_ITEMS_MAX, read_item, view, error) &&
	       read_entries(object, "waiting", CM_VIEW_WAITING_MAX, read_waiting, view, error);
}

/* why a document is no view: which of its makers is to be looked at depends on it */
static void
set_unreadable(const gchar *text, gsize length, GError **error)
{
	g_autofree gchar *size = g_strdup_printf("%" G_GSIZE_FORMAT, length);
	const gchar *format =
	    length == 0                   ? N_("a view is empty")
	    : length > CM_VIEW_OCTETS_MAX ? N_("a view of {0} octets is too long")
	    : !g_utf8_validate_len(text, length, NULL)
		? N_("a view of {0} octets is not UTF-8")
		: N_("a view of {0} octets is not the JSON object that it is to be");

	cm_error_set(error, CM_ERROR_INVALID_INPUT, format, size, NULL);
}

CmView *
cm_view_read(const gchar *text, gsize length, GError **error)
{
	g_autoptr(CmViewJson) json = NULL;
	g_autoptr(CmView) view = g_new0(CmView, 1);
	const CmViewJsonValue *root = NULL;

	g_atomic_ref_count_init(&view->holders);
	view->items = g_ptr_array_new_with_free_func(item_free);
	view->waiting = g_ptr_array_new_with_free_func(waiting_free);
	if (length > 0 && length <= CM_VIEW_OCTETS_MAX)
		json = cm_view_json_read(text, length, DEPTH_MAX);
	root = json != NULL ? cm_view_json_get_root(json) : NULL;
	if (root == NULL || root->kind != CM_VIEW_JSON_OBJECT) {
		set_unreadable(text, length, error);
		return NULL;
	}
	return read_view(root, view, error) ? g_steal_pointer(&view) : NULL;
}

void
cm_view_free(CmView *view)
{
	if (view == NULL || !g_atomic_ref_count_dec(&view->holders))
		return;
	g_free(view->language);
	g_free(view->zone);
	g_free(view->name);
	g_free(view->organisation);
	g_free(view->help_phone);
	g_free(view->help_hours);
	g_strfreev(view->servers);
	g_ptr_array_unref(view->items);
	g_ptr_array_unref(view->waiting);
	g_free(view);
}

CmView *
cm_view_ref(CmView *view)
{
	g_atomic_ref_count_inc(&view->holders);
	return view;
}

const CmViewItem *
cm_view_find(const CmView *view, guint64 subject)
{
	for (guint i = 0; i < view->items->len; i++) {
		const CmViewItem *item = g_ptr_array_index(view->items, i);

		if (item->subject == subject)
			return item;
	}
	return NULL;
}

gboolean
cm_view_is_host(const CmView *view)
{
	return view->role == CM_VIEW_HOST || view->role == CM_VIEW_HELPER;
}
