// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-plan.h"

#include "daemon/store/store-booking.h"
#include "daemon/visio/session-door.h"
#include "include/cm-error.h"

#include <sodium.h>
#include <string.h>

/* a session that was moved away by more has no room of now */
#define AHEAD_SECONDS 3600

void
cm_room_plan_free(CmRoomPlan *plan)
{
	if (plan == NULL)
		return;
	g_clear_pointer(&plan->policies, cm_policy_set_unref);
	cm_store_video_room_free(plan->room);
	g_free(plan->professional);
	g_free(plan);
}

/* ---- facts */

JsonObject *
cm_room_plan_read_facts(const CmStoreVideoRoom *room)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonNode *root = NULL;
	gsize length = 0;
	const gchar *text = room->facts != NULL ? g_bytes_get_data(room->facts, &length) : NULL;

	if (text == NULL || !json_parser_load_from_data(parser, text, (gssize)length, NULL))
		return NULL;
	root = json_parser_get_root(parser);
	return root != NULL && JSON_NODE_HOLDS_OBJECT(root)
		   ? json_object_ref(json_node_get_object(root))
		   : NULL;
}

static void
wipe(gpointer text)
{
	sodium_memzero(text, strlen(text));
	g_free(text);
}

GBytes *
cm_room_plan_write_facts(JsonObject *facts)
{
	g_autoptr(JsonNode) root = json_node_alloc();
	gchar *text = NULL;

	json_node_init_object(root, facts);
	text = json_to_string(root, FALSE);
	return g_bytes_new_with_free_func(text, strlen(text), wipe, text);
}

/* ---- the session */

/* who holds it: their id, and their profession */
static gboolean
find_professional(CmRoomPlan *plan,
		  CmStore *store,
		  gint64 number,
		  gchar **out_profession,
		  GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(CmRosterSnapshot) snapshot = NULL;
	const CmProfessional *professional = NULL;
	guint32 index = CM_NONE;

	if (plan->roster == NULL)
		return TRUE;
	snapshot = cm_roster_cache_get(plan->roster, store, NULL, &local);
	if (snapshot == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (snapshot != NULL)
		index = cm_roster_numbers_find(snapshot->numbers, CM_NUMBER_PROFESSIONAL, number);
	if (index == CM_NONE)
		return TRUE;
	professional = CM_ELEMENT(snapshot->caseload->professionals, CmProfessional, index);
	plan->professional = g_strdup(professional->id);
	*out_profession = g_strdup(professional->profession);
	return TRUE;
}

static gboolean
find_session(CmRoomPlan *plan, CmStore *store, gchar **out_profession, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(store, plan->subject, plan->now, &local);

	plan->session.subject = plan->subject;
	if (booking == NULL && cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		plan->closed = TRUE;
		return TRUE;
	}
	if (booking == NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	plan->session.closes = booking->end_utc + CM_SESSION_DOOR_CLOSES_AFTER;
	plan->session.people = 1 + (booking->attendees != NULL ? booking->attendees->len : 0) +
			       (booking->student != 0 ? 1 : 0);
	plan->closed = booking->state == CM_BOOKING_CANCELLED ||
		       booking->state == CM_BOOKING_HOLD || plan->session.closes <= plan->now ||
		       booking->start_utc > plan->now + AHEAD_SECONDS;
	if (!find_professional(plan, store, booking->professional, out_profession, error))
		return FALSE;
	plan->session.professional = plan->professional;
	return TRUE;
}

/* ---- the provider */

static gboolean
has_failed(GPtrArray *rooms, const gchar *name)
{
	guint forgotten = 0;

	for (guint i = 0; i < rooms->len; i++) {
		const CmStoreVideoRoom *room = g_ptr_array_index(rooms, i);

		if (room->state != CM_VIDEO_ROOM_FAILED || !g_str_equal(room->provider, name))
			continue;
		if (!g_str_equal(room->cause, CM_ROOM_PLAN_FORGOTTEN))
			return TRUE;
		forgotten++;
	}
	return forgotten >= CM_ROOM_PLAN_FORGOTTEN_MAX;
}

static const gchar *const *
get_order(const CmRoomPlan *plan, const gchar *profession)
{
	const CmPolicy *policy =
	    profession != NULL ? cm_policy_set_lookup(plan->policies, profession) : NULL;
	const CmRule *rule =
	    policy != NULL ? cm_policy_lookup_rule(policy, CM_ROOM_PLAN_ORDER_RULE) : NULL;

	return rule != NULL && rule->items != NULL ? rule->items
						   : (const gchar *const *)plan->visio->order;
}

/* `but`: a provider that is left out; or NULL. NULL: none of them, the telephone is the last resort */
static const CmProviderSettings *
choose(const CmRoomPlan *plan, GPtrArray *rooms, const gchar *profession, const gchar *but)
{
	for (const gchar *const *name = get_order(plan, profession); *name != NULL; name++) {
		const CmProviderSettings *settings =
		    cm_visio_configuration_find(plan->visio, *name);

		if (settings != NULL && g_strcmp0(*name, but) != 0 && !has_failed(rooms, *name) &&
		    cm_provider_fits(settings, &plan->session))
			return settings;
	}
	return NULL;
}

/* whether what guests alone say is not enough to finish the room */
static gboolean
keep_from_guests(CmRoomPlan *plan, CmStore *store, const gchar *profession, GError **error)
{
	g_autoptr(GPtrArray) rooms = NULL;
	g_autoptr(CmStoreVideoRoom) room = NULL;

	if (!plan->by_guests || plan->finished == 0)
		return TRUE;
	rooms = cm_store_video_room_list(store, plan->subject, error);
	if (rooms == NULL || !cm_store_video_room_find(store, plan->subject, &room, error))
		return FALSE;
	if (room != NULL && choose(plan, rooms, profession, room->provider) == NULL)
		plan->finished = 0;
	return TRUE;
}

static gboolean
begin_room(CmRoomPlan *plan, CmStore *store, const gchar *profession, GError **error)
{
	g_autoptr(GPtrArray) rooms = cm_store_video_room_list(store, plan->subject, error);
	const CmProviderSettings *settings = NULL;
	g_autoptr(JsonObject) facts = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (rooms == NULL)
		return FALSE;
	settings = choose(plan, rooms, profession, NULL);
	if (settings == NULL)
		settings = cm_visio_configuration_find(plan->visio, "phone");
	facts = cm_provider_invent(settings, &plan->session);
	bytes = cm_room_plan_write_facts(facts);
	plan->room =
	    cm_store_video_room_add(store, plan->subject, settings->name, bytes, plan->now, error);
	return plan->room != NULL;
}

/* a room whose provider is configured no more, or whose facts are lost, is none */
static gboolean
drop_stray(CmRoomPlan *plan, CmStore *store, GError **error)
{
	g_autoptr(JsonObject) facts = NULL;
	gint64 number = 0;

	if (plan->room == NULL)
		return TRUE;
	facts = cm_room_plan_read_facts(plan->room);
	if (facts != NULL && cm_visio_configuration_find(plan->visio, plan->room->provider) != NULL)
		return TRUE;
	number = plan->room->number;
	g_clear_pointer(&plan->room, cm_store_video_room_free);
	return cm_store_video_room_finish(store, number, "gone", plan->now, error) &&
	       cm_store_video_room_forget(store, number, plan->now, error);
}

gboolean
cm_room_plan_run(CmRoomPlan *plan, CmStore *store, GError **error)
{
	g_autofree gchar *profession = NULL;

	if (!find_session(plan, store, &profession, error) ||
	    !keep_from_guests(plan, store, profession, error))
		return FALSE;
	if (plan->finished != 0 &&
	    !cm_store_video_room_finish(store, plan->finished, plan->cause, plan->now, error))
		return FALSE;
	if (!cm_store_video_room_find(store, plan->subject, &plan->room, error) ||
	    !drop_stray(plan, store, error))
		return FALSE;
	if (plan->room != NULL || plan->closed || !plan->wanted)
		return TRUE;
	return begin_room(plan, store, profession, error);
}
