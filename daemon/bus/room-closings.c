// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-closings.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/room-desk.h"
#include "daemon/bus/room-plan.h"

#include <unistd.h>

/* after each try that came to nothing; then nobody tries any more: an empty room ends by itself */
static const guint pauses[] = {5, 60};

struct _CmRoomClosings {
	CmService *service;
	GHashTable *all; /* gint64: a room's number → Closing */
	gboolean closed;
};

typedef struct {
	CmRoomClosings *closings;
	CmStoreVideoRoom *room;
	JsonObject *facts;
	const CmProviderSettings *provider;
	guint tries;
	gint64 call; /* 0: none */
	guint pause;
} Closing;

static void
closing_free(gpointer data)
{
	Closing *closing = data;

	if (closing->call != 0)
		cm_room_desk_drop(closing->closings->service->room_desk, closing->call);
	if (closing->pause != 0)
		g_source_remove(closing->pause);
	g_clear_pointer(&closing->facts, json_object_unref);
	cm_store_video_room_free(closing->room);
	g_free(closing);
}

CmRoomClosings *
cm_room_closings_new(CmService *service)
{
	CmRoomClosings *closings = g_new0(CmRoomClosings, 1);

	closings->service = service;
	closings->all = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, closing_free);
	return closings;
}

void
cm_room_closings_close(CmRoomClosings *closings)
{
	closings->closed = TRUE;
	g_hash_table_remove_all(closings->all);
}

void
cm_room_closings_free(CmRoomClosings *closings)
{
	if (closings == NULL)
		return;
	g_hash_table_unref(closings->all);
	g_free(closings);
}

/* ---- the end of it */

typedef struct {
	CmService *service;
	gint64 number;
} Forget;

static gboolean
forget_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	const Forget *forget = data;

	return cm_store_video_room_forget(store, forget->number, cm_clock_get_now(), error);
}

static void
forget_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	CmService *service = ((Forget *)data)->service;

	if (!good && !g_cancellable_is_cancelled(service->closing))
		cm_logging_report_error("Room.Forget", NULL, getuid(), error);
	cm_service_end(service);
}

static void
closing_finish(Closing *closing)
{
	CmRoomClosings *closings = closing->closings;
	Forget *forget = g_new0(Forget, 1);

	forget->service = closings->service;
	forget->number = closing->room->number;
	g_hash_table_remove(closings->all, &forget->number);
	cm_service_begin(forget->service);
	cm_worker_run_grouped_async(forget->service->store, forget_run, forget, g_free,
				    forget->service->closing, forget_done, NULL);
}

/* ---- asking */

static void
closing_ask(Closing *closing);

static gboolean
closing_on_pause(gpointer user_data)
{
	Closing *closing = user_data;

	closing->pause = 0;
	closing_ask(closing);
	return G_SOURCE_REMOVE;
}

static void
closing_answered(const CmProviderAnswer *answer, gpointer user_data)
{
	Closing *closing = user_data;

	closing->call = 0;
	if (cm_provider_read_close(closing->provider, answer)) {
		closing_finish(closing);
		return;
	}
	if (closing->tries < G_N_ELEMENTS(pauses)) {
		closing->pause =
		    g_timeout_add_seconds(pauses[closing->tries], closing_on_pause, closing);
		closing->tries++;
		return;
	}
	g_message("provider %s was not told that a room has ended", closing->provider->name);
	closing_finish(closing);
}

static void
closing_ask(Closing *closing)
{
	CmProviderCall *call = NULL;

	if (closing->provider != NULL && closing->facts != NULL)
		call = cm_provider_make_close(closing->provider, closing->facts);
	if (call == NULL) {
		closing_finish(closing);
		return;
	}
	closing->call = cm_room_desk_ask(closing->closings->service->room_desk, call,
					 closing_answered, closing);
}

void
cm_room_closings_add(CmRoomClosings *closings, CmStoreVideoRoom *room)
{
	const CmVisioConfiguration *visio = closings->service->configuration->visio;
	Closing *closing = NULL;

	if (closings->closed || g_hash_table_contains(closings->all, &room->number)) {
		cm_store_video_room_free(room);
		return;
	}
	closing = g_new0(Closing, 1);
	closing->closings = closings;
	closing->room = room;
	closing->facts = cm_room_plan_read_facts(room);
	closing->provider = cm_visio_configuration_find(visio, room->provider);
	g_hash_table_insert(closings->all, &room->number, closing);
	closing_ask(closing);
}
