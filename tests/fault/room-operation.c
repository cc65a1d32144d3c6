// SPDX-License-Identifier: GPL-3.0-or-later

/* The room of a session, one operation a process, for tests/fault/rooms.py. usage: room-operation FOLDER VERB
 * The database is FOLDER/data/comodal.db, with a session that is booked, the key FOLDER/service.key. Each verb is one commit of the daemon's. */

#include "daemon/bus/room-plan.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-booking.h"
#include "include/cm-error.h"
#include "tests/fault/operation.h"

#include <stdio.h>

typedef struct {
	CmStore *store;
	CmPolicySet *policies;
	CmVisioConfiguration *visio;
	gint64 subject;
	gint64 now;
} House;

/* the only session that is booked, a minute before it begins */
static gboolean
find_session(House *house, GError **error)
{
	const CmStoreBookingFilter all = {.from = 0, .to = G_MAXINT32, .state = CM_BOOKING_PLANNED};
	g_autoptr(GPtrArray) bookings = cm_store_booking_list(house->store, &all, 1, error);
	const CmStoreBooking *booking = NULL;

	if (bookings == NULL)
		return FALSE;
	if (bookings->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, "nothing is booked", NULL);
		return FALSE;
	}
	booking = g_ptr_array_index(bookings, 0);
	house->subject = booking->number;
	house->now = booking->start_utc - 60;
	return TRUE;
}

static CmProviderSettings *
make_provider(const gchar *name)
{
	CmProviderSettings *settings = g_new0(CmProviderSettings, 1);

	settings->name = g_strdup(name);
	settings->kind = CM_PROVIDER_BBB;
	return settings;
}

static gboolean
plan(House *house, gint64 finished, const gchar *cause, gboolean wanted, GError **error)
{
	g_autoptr(CmRoomPlan) made = g_new0(CmRoomPlan, 1);

	made->visio = house->visio;
	made->policies = cm_policy_set_ref(house->policies);
	made->subject = house->subject;
	made->now = house->now;
	made->finished = finished;
	made->cause = cause;
	made->wanted = wanted;
	/* as the worker does it */
	return cm_store_begin_group(house->store, error) &&
	       cm_room_plan_run(made, house->store, error) &&
	       cm_store_end_group(house->store, error);
}

static gboolean
run_begin(House *house, GError **error)
{
	return plan(house, 0, NULL, TRUE, error);
}

static gboolean
find_room(House *house, CmStoreVideoRoom **out_room, GError **error)
{
	if (!cm_store_video_room_find(house->store, house->subject, out_room, error))
		return FALSE;
	if (*out_room != NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, "there is no room", NULL);
	return FALSE;
}

static gboolean
write_facts(House *house, gboolean open, GError **error)
{
	g_autoptr(CmStoreVideoRoom) room = NULL;
	g_autoptr(JsonObject) facts = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!find_room(house, &room, error))
		return FALSE;
	facts = cm_room_plan_read_facts(room);
	json_object_set_string_member(facts, "created", "1531241258036");
	bytes = cm_room_plan_write_facts(facts);
	return open
		   ? cm_store_video_room_open(house->store, room->number, bytes, house->now, error)
		   : cm_store_video_room_keep(house->store, room->number, bytes, house->now, error);
}

static gboolean
run_keep(House *house, GError **error)
{
	return write_facts(house, FALSE, error);
}

static gboolean
run_open(House *house, GError **error)
{
	return write_facts(house, TRUE, error);
}

static gboolean
finish(House *house, const gchar *cause, GError **error)
{
	g_autoptr(CmStoreVideoRoom) room = NULL;

	return find_room(house, &room, error) &&
	       plan(house, room->number, cause, cause != NULL, error);
}

static gboolean
run_fail(House *house, GError **error)
{
	return finish(house, "unreachable", error);
}

static gboolean
run_end(House *house, GError **error)
{
	return finish(house, NULL, error);
}

static gboolean
run_forget(House *house, GError **error)
{
	g_autoptr(GPtrArray) rooms = cm_store_video_room_list_unfinished(house->store, error);
	const CmStoreVideoRoom *room = NULL;

	if (rooms == NULL)
		return FALSE;
	if (rooms->len == 0)
		return TRUE;
	room = g_ptr_array_index(rooms, 0);
	return cm_store_video_room_forget(house->store, room->number, house->now, error);
}

/* what a comodald that begins now would find to do: a line a room, its facts readable */
static gboolean
run_look(House *house, GError **error)
{
	g_autoptr(GPtrArray) rooms = cm_store_video_room_list_unfinished(house->store, error);

	for (guint i = 0; rooms != NULL && i < rooms->len; i++) {
		const CmStoreVideoRoom *room = g_ptr_array_index(rooms, i);
		g_autoptr(JsonObject) facts = cm_room_plan_read_facts(room);

		printf("%u %s %d %s %s\n", room->turn, room->provider, room->state, room->cause,
		       facts == NULL                          ? "lost"
		       : json_object_has_member(facts, "key") ? "known"
							      : "strange");
	}
	return rooms != NULL;
}

static const struct {
	const gchar *name;
	gboolean (*run)(House *house, GError **error);
} verbs[] = {
    {"begin", run_begin}, {"keep", run_keep}, {"open", run_open},     {"fail", run_fail},
    {"end", run_end},     {"look", run_look}, {"forget", run_forget},
};

static gboolean
run(const gchar *folder, const gchar *verb, GError **error)
{
	g_autofree gchar *data = g_build_filename(folder, "data", NULL);
	g_autofree gchar *database = g_build_filename(data, "comodal.db", NULL);
	g_autofree gchar *key_path = g_build_filename(folder, "service.key", NULL);
	g_auto(GStrv) folders = cm_policy_loader_list_default_directories(TRUE);
	g_autoptr(CmPolicySet) policies =
	    cm_policy_loader_load((const gchar *const *)folders, NULL, error);
	g_autoptr(CmServiceKey) key =
	    policies != NULL ? cm_service_key_load(key_path, data, error) : NULL;
	g_autoptr(CmStore) store = key != NULL ? cm_store_open(database, key, error) : NULL;
	g_autoptr(CmVisioConfiguration) visio = cm_visio_configuration_new(NULL);
	House house = {.store = store, .policies = policies, .visio = visio};
	CmProviderSettings *one = make_provider("one");
	CmProviderSettings *two = make_provider("two");

	g_hash_table_insert(visio->providers, one->name, one);
	g_hash_table_insert(visio->providers, two->name, two);
	g_strfreev(visio->order);
	visio->order = g_strsplit("one;two", ";", -1);
	if (store == NULL || !find_session(&house, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (g_str_equal(verb, verbs[i].name))
			return verbs[i].run(&house, error);
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT, "no such verb", NULL);
	return FALSE;
}

int
main(int argc, char **argv)
{
	return cm_operation_run(argc, argv, run);
}
