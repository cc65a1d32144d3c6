// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/view-document.h"

#include "daemon/agenda/document.h"

static void
begin_member(JsonBuilder *builder, const gchar *name)
{
	json_builder_set_member_name(builder, name);
}

static void
add_null(JsonBuilder *builder, const gchar *name)
{
	begin_member(builder, name);
	json_builder_add_null_value(builder);
}

/* 0: null */
static void
add_instant(JsonBuilder *builder, const gchar *name, gint64 instant)
{
	if (instant != 0)
		cm_document_add_int(builder, name, instant);
	else
		add_null(builder, name);
}

/* an object that was kept as its text; what is none is an empty one */
static void
add_object(JsonBuilder *builder, const gchar *name, const gchar *text)
{
	g_autoptr(JsonNode) node = text != NULL ? json_from_string(text, NULL) : NULL;

	begin_member(builder, name);
	if (node != NULL && JSON_NODE_HOLDS_OBJECT(node)) {
		json_builder_add_value(builder, g_steal_pointer(&node));
		return;
	}
	json_builder_begin_object(builder);
	json_builder_end_object(builder);
}

/* ---- parts */

static void
add_help(JsonBuilder *builder, const CmStoreHelp *help, gboolean report)
{
	if (help == NULL) {
		add_null(builder, "help");
		return;
	}
	cm_document_begin_object(builder, "help");
	cm_document_add_int(builder, "number", help->number);
	cm_document_add_string(builder, "state", cm_help_state_to_string(help->state));
	cm_document_add_string(builder, "answer", help->answer);
	cm_document_add_int(builder, "asked", help->asked_at);
	if (report)
		add_object(builder, "report", help->report);
	json_builder_end_object(builder);
}

static const gchar *
get_host_state(const CmStorePageItem *item)
{
	if (item->host_present)
		return "present";
	return item->host_busy ? "busy" : "absent";
}

static void
add_questions(JsonBuilder *builder, guint ask)
{
	cm_document_begin_array(builder, "ask");
	for (guint i = 0; i < CM_SESSION_DOOR_QUESTION_COUNT; i++) {
		if ((ask & (1u << i)) != 0)
			json_builder_add_string_value(builder, cm_session_door_get_question(i));
	}
	json_builder_end_array(builder);
}

static void
add_visit(JsonBuilder *builder, const CmStoreVisit *visit)
{
	if (visit == NULL) {
		add_null(builder, "visit");
		return;
	}
	cm_document_begin_object(builder, "visit");
	cm_document_add_int(builder, "number", visit->number);
	cm_document_add_string(builder, "state", cm_visit_state_to_string(visit->state));
	cm_document_add_int(builder, "since", visit->arrived_at);
	json_builder_end_object(builder);
}

/* nobody but who may go in needs to know what is behind the door */
static void
add_room(JsonBuilder *builder, const CmStorePageItem *item)
{
	if (item->turn == 0 || item->provider == NULL) {
		add_null(builder, "room");
		return;
	}
	cm_document_begin_object(builder, "room");
	cm_document_add_int(builder, "turn", item->turn);
	cm_document_add_string(builder, "kind", item->provider);
	json_builder_end_object(builder);
}

static void
add_door(JsonBuilder *builder, const CmStorePageItem *item)
{
	const CmStoreDoor *door = &item->door;

	cm_document_begin_object(builder, "door");
	cm_document_add_string(builder, "state", cm_session_door_state_to_string(door->state));
	cm_document_add_int(builder, "opens", cm_session_door_get_opens(&door->door));
	cm_document_add_int(builder, "closes", cm_session_door_get_closes(&door->door));
	cm_document_add_string(builder, "host", get_host_state(item));
	add_questions(builder, door->ask);
	add_visit(builder, door->visit);
	cm_document_add_int(builder, "ahead", item->ahead);
	add_room(builder, item);
	json_builder_end_object(builder);
}

static void
add_request(JsonBuilder *builder, const CmStoreTimeRequest *request)
{
	if (request == NULL) {
		add_null(builder, "request");
		return;
	}
	cm_document_begin_object(builder, "request");
	cm_document_add_string(builder, "state", cm_time_request_state_to_string(request->state));
	add_instant(builder, "start", request->start_utc);
	cm_document_add_string(builder, "answer", request->answer);
	json_builder_end_object(builder);
}

static void
add_may(JsonBuilder *builder, guint may)
{
	static const gchar *const names[] = {"respond", "ask-time", "help"};

	cm_document_begin_array(builder, "may");
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if ((may & (1u << i)) != 0)
			json_builder_add_string_value(builder, names[i]);
	}
	json_builder_end_array(builder);
}

static void
add_preparation(JsonBuilder *builder, guint prepare)
{
	cm_document_begin_array(builder, "prepare");
	for (guint i = 0; cm_store_page_get_preparation(i) != NULL; i++) {
		if ((prepare & (1u << i)) != 0)
			json_builder_add_string_value(builder, cm_store_page_get_preparation(i));
	}
	json_builder_end_array(builder);
}

static void
add_place(JsonBuilder *builder, const CmStorePageItem *item)
{
	g_autofree gchar *both = item->place != NULL && item->room != NULL
				     ? g_strdup_printf("%s, %s", item->place, item->room)
				     : NULL;

	cm_document_add_string(builder, "place", both != NULL ? both : item->place);
}

static const gchar *
get_state(const CmStorePageItem *item)
{
	if (item->door.door.cancelled)
		return "cancelled";
	return item->moved_from != 0 ? "moved" : "planned";
}

static void
add_item(JsonBuilder *builder, const CmStorePageItem *item)
{
	const CmSessionDoor *door = &item->door.door;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "subject", item->door.subject);
	cm_document_add_int(builder, "version", item->door.version);
	cm_document_add_int(builder, "start", door->start);
	cm_document_add_int(builder, "end", door->end);
	cm_document_add_string(builder, "mode", cm_mode_to_string(item->mode));
	add_place(builder, item);
	cm_document_begin_object(builder, "host");
	cm_document_add_string(builder, "name", item->host);
	cm_document_add_string(builder, "profession", item->profession);
	json_builder_end_object(builder);
	cm_document_add_string(builder, "about", item->about);
	cm_document_add_string(builder, "state", get_state(item));
	add_instant(builder, "moved_from", item->moved_from);
	cm_document_add_string(builder, "answer",
			       cm_store_invitation_answer_to_string(item->answer));
	add_request(builder, item->request);
	add_may(builder, item->may);
	add_door(builder, item);
	add_help(builder, item->help, FALSE);
	add_preparation(builder, item->prepare);
	json_builder_end_object(builder);
}

/* who asks for help and is not there has no visit, and has left */
static void
add_waiting(JsonBuilder *builder, const CmStorePageWaiting *waiting)
{
	const CmStoreVisit *visit = waiting->visit;
	CmVisitState state = visit != NULL ? visit->state : CM_VISIT_LEFT;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "visit", visit != NULL ? visit->number : 0);
	cm_document_add_int(builder, "subject", waiting->subject);
	cm_document_add_string(builder, "name", waiting->name);
	cm_document_add_string(builder, "relation", waiting->relation);
	cm_document_add_string(builder, "role", cm_visit_state_role_to_string(waiting->role));
	cm_document_add_string(builder, "state", cm_visit_state_to_string(state));
	add_instant(builder, "since", visit != NULL ? visit->arrived_at : 0);
	add_object(builder, "answers", visit != NULL ? visit->answers : NULL);
	add_help(builder, waiting->help, TRUE);
	json_builder_end_object(builder);
}

/* ---- the whole */

static void
add_reader(JsonBuilder *builder, const CmStorePage *page, const CmViewDocumentSettings *settings)
{
	gboolean french = g_str_equal(page->language, "fr");
	gboolean link = page->visitor.means == CM_STORE_MEANS_LINK;

	cm_document_add_string(builder, "format", "comodal-view/1");
	cm_document_add_int(builder, "now", page->now);
	cm_document_add_string(builder, "role", cm_visit_state_role_to_string(page->visitor.role));
	cm_document_add_string(builder, "means", link ? "link" : "pass");
	cm_document_add_string(builder, "language", page->language);
	cm_document_add_string(builder, "zone", page->zone);
	cm_document_add_string(builder, "name", page->name);
	cm_document_add_string(builder, "organisation", page->organisation);
	cm_document_begin_object(builder, "help");
	cm_document_add_string(builder, "phone", settings->phone);
	cm_document_add_string(builder, "hours", french ? settings->hours_fr : settings->hours_en);
	json_builder_end_object(builder);
}

static void
add_servers(JsonBuilder *builder, const gchar *const *urls)
{
	for (; urls != NULL && *urls != NULL; urls++)
		json_builder_add_string_value(builder, *urls);
}

GBytes *
cm_view_document_make(const CmStorePage *page, const CmViewDocumentSettings *settings)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	add_reader(builder, page, settings);
	cm_document_begin_array(builder, "servers");
	add_servers(builder, settings->stun);
	add_servers(builder, settings->turn);
	json_builder_end_array(builder);
	cm_document_begin_array(builder, "items");
	for (guint i = 0; i < page->items->len; i++)
		add_item(builder, g_ptr_array_index(page->items, i));
	json_builder_end_array(builder);
	cm_document_add_int(builder, "more", page->more);
	if (page->visitor.role == CM_VISIT_HOST || page->visitor.role == CM_VISIT_HELPER) {
		cm_document_begin_array(builder, "waiting");
		for (guint i = 0; i < page->waiting->len; i++)
			add_waiting(builder, g_ptr_array_index(page->waiting, i));
		json_builder_end_array(builder);
	}
	json_builder_end_object(builder);
	return cm_document_to_bytes(builder);
}

static gboolean
is_joining(const CmStorePageItem *item, gint64 now)
{
	gint64 opens = cm_session_door_get_opens(&item->door.door);

	if (item->door.state == CM_SESSION_DOOR_EARLY)
		return opens - now <= CM_VIEW_DOCUMENT_JOINS_SECONDS;
	return cm_session_door_is_open(item->door.state) ||
	       item->door.state == CM_SESSION_DOOR_DOWN;
}

CmViewDocumentClass
cm_view_document_find_class(const CmStorePage *page)
{
	CmViewDocumentClass found = CM_VIEW_DOCUMENT_LOOKS;

	for (guint i = 0; i < page->items->len; i++) {
		const CmStorePageItem *item = g_ptr_array_index(page->items, i);

		if (is_joining(item, page->now))
			return CM_VIEW_DOCUMENT_JOINS;
		if ((item->may & CM_STORE_PAGE_RESPOND) != 0 &&
		    item->answer == CM_ANSWER_NEEDS_ACTION)
			found = CM_VIEW_DOCUMENT_ANSWERS;
	}
	return found;
}
