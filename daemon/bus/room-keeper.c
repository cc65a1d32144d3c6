// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/bus/room-closings.h"
#include "daemon/bus/room-desk.h"
#include "daemon/bus/room-plan.h"
#include "daemon/bus/room-votes.h"
#include "daemon/bus/room-waiters.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <unistd.h>

#define TICK_SECONDS 10
/* what is known of a session and its door */
#define PLAN_SECONDS 60
#define CLOSED_PLAN_SECONDS 2
/* what a provider said of a room */
#define ASKED_SECONDS 15
#define RETRY_SECONDS 2
#define TRIES_MAX 2
#define AGAIN_MAX 3

struct _CmRoomKeeper {
	CmService *service;
	CmRoomClosings *closings;
	GHashTable *rooms; /* gint64: a session's number → Room */
	guint timer;
	gboolean closed;
	void (*changed)(gint64 subject, gpointer user_data);
	gpointer changed_data;
};

/* A session's room, and what is to become of it. One thing at a time is done with it; room_go_on() finds the next. */
typedef struct {
	CmRoomKeeper *keeper;
	gint64 subject;
	CmRoomPlan *plan; /* as it was found the last time, or NULL */
	gint64 planned_at;
	JsonObject *facts;
	const CmProviderSettings *provider;
	CmRoomVotes *votes;
	gint64 asked_at;  /* when the provider said that it is there; 0: not yet */
	gboolean renewed; /* the provider had forgotten it */

	gboolean wanted;    /* there is to be one */
	gboolean finishing; /* there is to be this one no more: */
	const gchar *cause; /* why; NULL: it has ended */
	gboolean judging;   /* those inside say that it does not work: */
	gboolean by_guests; /* and no host does */
	CmRoomWaiters *waiters;
	gboolean
	    tell; /* it is to be said when it is ready: it is news, or somebody was sent away */

	gboolean busy; /* something is under way: */
	gint64 call;   /* of the desk, 0: none */
	guint pause;
	guint tries;
	guint again;
} Room;

static void
room_go_on(Room *room);

static gint64
get_seconds(void)
{
	return g_get_monotonic_time() / G_USEC_PER_SEC;
}

static void
keeper_tell(CmRoomKeeper *keeper, gint64 subject)
{
	if (keeper->changed != NULL && !keeper->closed)
		keeper->changed(subject, keeper->changed_data);
}

/* ---- the rooms */

static void
room_stop(Room *room)
{
	if (room->call != 0)
		cm_room_desk_drop(room->keeper->service->room_desk, room->call);
	if (room->pause != 0)
		g_source_remove(room->pause);
	room->call = 0;
	room->pause = 0;
}

static void
room_free(gpointer data)
{
	Room *room = data;
	g_autoptr(GError) error = NULL;

	cm_error_set(&error, CM_ERROR_CANCELLED, N_("comodald is stopping."), NULL);
	cm_room_waiters_refuse(room->waiters, error);
	room_stop(room);
	cm_room_waiters_free(room->waiters);
	cm_room_plan_free(room->plan);
	cm_room_votes_free(room->votes);
	g_clear_pointer(&room->facts, json_object_unref);
	g_free(room);
}

static void
room_on_late(gpointer user_data)
{
	((Room *)user_data)->tell = TRUE;
}

static Room *
keeper_get(CmRoomKeeper *keeper, gint64 subject)
{
	Room *room = g_hash_table_lookup(keeper->rooms, &subject);

	if (room != NULL)
		return room;
	room = g_new0(Room, 1);
	room->keeper = keeper;
	room->subject = subject;
	room->votes = cm_room_votes_new();
	room->waiters = cm_room_waiters_new(room_on_late, room);
	g_hash_table_insert(keeper->rooms, &room->subject, room);
	return room;
}

static gboolean
room_is_there(const Room *room)
{
	return room->plan != NULL && room->plan->room != NULL;
}

static void
room_end(Room *room, const gchar *cause, gboolean by_guests)
{
	room->finishing = TRUE;
	room->cause = cause;
	room->judging = FALSE;
	room->by_guests = by_guests;
	/* somebody else's turn */
	room->wanted = room->wanted || cause != NULL;
}

static void
room_finish(Room *room, const gchar *cause)
{
	room_end(room, cause, FALSE);
	if (cause != NULL)
		g_message("provider %s has failed a room: %s", room->provider->name, cause);
}

/* ---- the session, and which provider: on the worker's thread */

typedef struct {
	CmRoomKeeper *keeper;
	CmRoomPlan *plan;
} Planning;

static void
planning_free(gpointer data)
{
	Planning *planning = data;

	cm_room_plan_free(planning->plan);
	g_free(planning);
}

static gboolean
planning_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	return cm_room_plan_run(((Planning *)data)->plan, store, error);
}

/* another room than before, or none */
static void
room_take_turn(Room *room)
{
	const CmVisioConfiguration *visio = room->keeper->service->configuration->visio;

	g_clear_pointer(&room->facts, json_object_unref);
	room->provider = NULL;
	room->asked_at = 0;
	room->renewed = FALSE;
	room->judging = FALSE;
	room->by_guests = FALSE;
	room->tries = 0;
	room->again = 0;
	cm_room_votes_clear(room->votes);
	if (!room_is_there(room))
		return;
	room->facts = cm_room_plan_read_facts(room->plan->room);
	room->provider = cm_visio_configuration_find(visio, room->plan->room->provider);
}

/* takes the plan */
static void
room_take_plan(Room *room, CmRoomPlan *plan)
{
	CmStoreVideoRoom *before = NULL;
	gint64 was = 0;
	gint64 is = plan->room != NULL ? plan->room->number : 0;

	if (room_is_there(room))
		before = g_steal_pointer(&room->plan->room);
	was = before != NULL ? before->number : 0;
	cm_room_plan_free(room->plan);
	room->plan = plan;
	room->planned_at = get_seconds();
	if (is != 0 || plan->closed)
		room->wanted = FALSE;
	/* there was none to be finished */
	if (is == 0)
		room->finishing = FALSE;
	if (plan->finished != 0 && plan->finished == was)
		cm_room_closings_add(room->keeper->closings, g_steal_pointer(&before));
	cm_store_video_room_free(before);
	if (is == was && is != 0)
		return;
	room_take_turn(room);
	if (was != 0)
		keeper_tell(room->keeper, room->subject);
}

static void
planning_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	Planning *planning = data;
	CmRoomKeeper *keeper = planning->keeper;
	CmService *service = keeper->service;
	Room *room =
	    keeper->closed ? NULL : g_hash_table_lookup(keeper->rooms, &planning->plan->subject);

	if (room != NULL) {
		room->busy = FALSE;
		if (good) {
			room_take_plan(room, g_steal_pointer(&planning->plan));
			room_go_on(room);
		} else {
			/* tried again by and by */
			cm_logging_report_error("Room.Plan", NULL, getuid(), error);
			cm_room_waiters_refuse(room->waiters, error);
		}
	}
	cm_service_end(service);
}

static void
room_make_plan(Room *room)
{
	CmService *service = room->keeper->service;
	Planning *planning = g_new0(Planning, 1);
	CmRoomPlan *plan = g_new0(CmRoomPlan, 1);

	planning->keeper = room->keeper;
	planning->plan = plan;
	plan->visio = service->configuration->visio;
	plan->roster = service->roster;
	plan->policies = cm_policy_set_ref(service->policies);
	plan->subject = room->subject;
	plan->now = cm_clock_get_now();
	if (room->finishing && room_is_there(room)) {
		plan->finished = room->plan->room->number;
		plan->cause = room->cause;
		plan->by_guests = room->by_guests;
		room->finishing = FALSE;
	}
	plan->wanted = room->wanted || cm_room_waiters_count(room->waiters) > 0;
	room->busy = TRUE;
	cm_service_begin(service);
	cm_worker_run_grouped_async(service->store, planning_run, planning, planning_free,
				    service->closing, planning_done, NULL);
}

/* ---- what is known of a room, written */

typedef struct {
	CmRoomKeeper *keeper;
	gint64 subject;
	gint64 number;
	GBytes *facts;
	gboolean open;
} Writing;

static void
writing_free(gpointer data)
{
	Writing *writing = data;

	g_bytes_unref(writing->facts);
	g_free(writing);
}

static gboolean
writing_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	const Writing *writing = data;
	gint64 now = cm_clock_get_now();

	return writing->open
		   ? cm_store_video_room_open(store, writing->number, writing->facts, now, error)
		   : cm_store_video_room_keep(store, writing->number, writing->facts, now, error);
}

static void
room_written(Room *room, const Writing *writing)
{
	CmStoreVideoRoom *row = room->plan->room;
	gboolean news = writing->open && row->state == CM_VIDEO_ROOM_OPENING;

	g_bytes_unref(row->facts);
	row->facts = g_bytes_ref(writing->facts);
	if (!news)
		return;
	row->state = CM_VIDEO_ROOM_OPEN;
	room->tell = TRUE;
}

static void
writing_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	const Writing *writing = data;
	CmRoomKeeper *keeper = writing->keeper;
	CmService *service = keeper->service;
	Room *room = keeper->closed ? NULL : g_hash_table_lookup(keeper->rooms, &writing->subject);

	if (room != NULL) {
		room->busy = FALSE;
		if (good) {
			room_written(room, writing);
			room_go_on(room);
		} else {
			cm_logging_report_error("Room.Open", NULL, getuid(), error);
			room->asked_at = 0;
			room->planned_at = 0;
			cm_room_waiters_refuse(room->waiters, error);
		}
	}
	cm_service_end(service);
}

static void
room_write(Room *room, gboolean open)
{
	CmService *service = room->keeper->service;
	Writing *writing = g_new0(Writing, 1);

	writing->keeper = room->keeper;
	writing->subject = room->subject;
	writing->number = room->plan->room->number;
	writing->facts = cm_room_plan_write_facts(room->facts);
	writing->open = open;
	room->busy = TRUE;
	cm_service_begin(service);
	cm_worker_run_grouped_async(service->store, writing_run, writing, writing_free,
				    service->closing, writing_done, NULL);
}

/* ---- asking the provider */

static gboolean
room_on_pause(gpointer user_data)
{
	Room *room = user_data;

	room->pause = 0;
	room->busy = FALSE;
	room_go_on(room);
	return G_SOURCE_REMOVE;
}

static gboolean
room_is_written(const Room *room)
{
	g_autoptr(GBytes) facts = cm_room_plan_write_facts(room->facts);

	return room->plan->room->state == CM_VIDEO_ROOM_OPEN &&
	       g_bytes_equal(facts, room->plan->room->facts);
}

/* its provider has answered what those inside said */
static void
room_judge(Room *room)
{
	if (room->by_guests && !room->renewed) {
		g_message("guests say that a room of provider %s does not work",
			  room->provider->name);
		room_end(room, "reported", TRUE);
		return;
	}
	room_finish(room, room->renewed ? CM_ROOM_PLAN_FORGOTTEN : "reported");
}

/* it is there; `renewed`: it was not, a moment ago */
static void
room_found(Room *room, gboolean renewed)
{
	gboolean open = room->plan->room->state == CM_VIDEO_ROOM_OPEN;

	room->asked_at = get_seconds();
	room->tries = 0;
	room->renewed = room->renewed || (open && renewed);
	if (!room->judging && !room_is_written(room)) {
		room_write(room, TRUE);
		return;
	}
	if (room->judging)
		room_judge(room);
	room_go_on(room);
}

/* not now */
static void
room_put_off(Room *room, const gchar *cause)
{
	gboolean open = room->plan->room->state == CM_VIDEO_ROOM_OPEN;

	room->tries++;
	if (room->tries < TRIES_MAX) {
		room->busy = TRUE;
		room->pause = g_timeout_add_seconds(RETRY_SECONDS, room_on_pause, room);
		return;
	}
	room->tries = 0;
	if (!open || room->judging) {
		room_finish(room, cause);
	} else {
		/* it was there, and those inside say nothing: perhaps it is only we who can't reach it */
		room->asked_at = get_seconds();
	}
	room_go_on(room);
}

static void
room_answered(const CmProviderAnswer *answer, gpointer user_data)
{
	Room *room = user_data;
	const gchar *cause = "refused";
	CmProviderOutcome outcome =
	    cm_provider_read_open(room->provider, answer, room->facts, &cause);

	room->call = 0;
	room->busy = FALSE;
	/* it is to be no more: whatever was answered */
	if (room->finishing) {
		room_go_on(room);
		return;
	}
	switch (outcome) {
	case CM_PROVIDER_READY:
	case CM_PROVIDER_RENEWED:
		room_found(room, outcome == CM_PROVIDER_RENEWED);
		return;
	case CM_PROVIDER_RETRY:
		room_put_off(room, cause);
		return;
	case CM_PROVIDER_AGAIN:
		room->again++;
		if (room->again <= AGAIN_MAX) {
			/* what it is called from now on is known before it is made */
			room_write(room, FALSE);
			return;
		}
		break;
	case CM_PROVIDER_FAILED:
	default:
		break;
	}
	room_finish(room, cause != NULL ? cause : "refused");
	room_go_on(room);
}

static void
room_ask(Room *room)
{
	CmProviderCall *call = cm_provider_make_open(room->provider, room->facts);

	if (call == NULL) {
		room_found(room, FALSE);
		return;
	}
	room->busy = TRUE;
	room->call = cm_room_desk_ask(room->keeper->service->room_desk, call, room_answered, room);
}

/* ---- what comes next */

static gboolean
room_is_planned(const Room *room)
{
	gint64 age = get_seconds() - room->planned_at;
	gint64 moved = room->plan != NULL ? cm_clock_get_now() - room->plan->now : 0;
	gint64 most = 0;

	if (room->plan == NULL || room->finishing || room->planned_at == 0)
		return FALSE;
	if (room->plan->room == NULL && !room->plan->closed &&
	    (room->wanted || cm_room_waiters_count(room->waiters) > 0))
		return FALSE;
	most = room->plan->closed ? CLOSED_PLAN_SECONDS : PLAN_SECONDS;
	return age <= most && moved >= -most && moved <= most;
}

static gboolean
room_is_asked(const Room *room)
{
	if (room->plan->room->state == CM_VIDEO_ROOM_OPENING || room->judging)
		return FALSE;
	return cm_room_waiters_count(room->waiters) == 0 ||
	       (room->asked_at != 0 && get_seconds() - room->asked_at <= ASKED_SECONDS);
}

static void
room_refuse(Room *room)
{
	g_autoptr(GError) error = NULL;

	cm_error_set(&error, CM_ERROR_CONFLICT, N_("The door of this session is closed."), NULL);
	cm_room_waiters_refuse(room->waiters, error);
}

static void
room_go_on(Room *room)
{
	if (room->busy || room->keeper->closed)
		return;
	if (room->plan != NULL && room->plan->closed && room_is_there(room) && !room->finishing)
		room_finish(room, NULL);
	if (!room_is_planned(room)) {
		room_make_plan(room);
		return;
	}
	if (room->plan->closed)
		room_refuse(room);
	if (!room_is_there(room)) {
		(void)g_hash_table_remove(room->keeper->rooms, &room->subject);
		return;
	}
	if (!room_is_asked(room)) {
		room_ask(room);
		return;
	}
	cm_room_waiters_let_in(room->waiters, room->provider, &room->plan->session, room->facts,
			       room->plan->room->turn, cm_clock_get_now());
	if (!room->tell)
		return;
	room->tell = FALSE;
	keeper_tell(room->keeper, room->subject);
}

/* ---- what is asked of us */

void
cm_room_keeper_prepare(CmRoomKeeper *keeper, gint64 subject)
{
	Room *room = NULL;

	if (keeper->closed)
		return;
	room = keeper_get(keeper, subject);
	if (!room_is_there(room) || room->finishing)
		room->wanted = TRUE;
	room_go_on(room);
}

void
cm_room_keeper_enter_async(CmRoomKeeper *keeper,
			   const CmRoomPerson *person,
			   GCancellable *cancellable,
			   GAsyncReadyCallback callback,
			   gpointer user_data)
{
	GTask *task = g_task_new(NULL, cancellable, callback, user_data);
	Room *room = NULL;

	if (keeper->closed) {
		g_autoptr(GError) error = NULL;

		cm_error_set(&error, CM_ERROR_CANCELLED, N_("comodald is stopping."), NULL);
		g_task_return_error(task, g_steal_pointer(&error));
		g_object_unref(task);
		return;
	}
	room = keeper_get(keeper, person->subject);
	cm_room_waiters_add(room->waiters, person, task);
	room_go_on(room);
}

GBytes *
cm_room_keeper_enter_finish(CmRoomKeeper *keeper, GAsyncResult *result, GError **error)
{
	return g_task_propagate_pointer(G_TASK(result), error);
}

void
cm_room_keeper_report(CmRoomKeeper *keeper, const CmRoomReport *report)
{
	Room *room = g_hash_table_lookup(keeper->rooms, &report->subject);

	if (keeper->closed || room == NULL || !room_is_there(room) || room->finishing ||
	    room->plan->room->turn != report->turn ||
	    room->plan->room->state != CM_VIDEO_ROOM_OPEN ||
	    /* there is nothing behind the telephone */
	    room->provider->kind == CM_PROVIDER_PHONE)
		return;
	cm_room_votes_add(room->votes, report->visit, report->host, report->works);
	if (!cm_room_votes_have_failed(room->votes, report->inside))
		return;
	cm_room_votes_clear(room->votes);
	room->by_guests = !report->host && (room->by_guests || !room->judging);
	room->judging = TRUE;
	room_go_on(room);
}

void
cm_room_keeper_end(CmRoomKeeper *keeper, gint64 subject)
{
	Room *room = NULL;

	if (keeper->closed)
		return;
	room = keeper_get(keeper, subject);
	room->wanted = FALSE;
	room_refuse(room);
	/* of one that is not known yet it is found out first whether there is a room */
	room_finish(room, NULL);
	room_go_on(room);
}

gboolean
cm_room_keeper_look_up(const CmRoomKeeper *keeper,
		       CmStore *store,
		       gint64 subject,
		       guint *out_turn,
		       const gchar **out_kind,
		       GError **error)
{
	g_autoptr(CmStoreVideoRoom) room = NULL;
	const CmProviderSettings *settings = NULL;

	if (!cm_store_video_room_find(store, subject, &room, error))
		return FALSE;
	if (room != NULL && room->state == CM_VIDEO_ROOM_OPEN)
		settings = cm_visio_configuration_find(keeper->service->configuration->visio,
						       room->provider);
	*out_turn = settings != NULL ? room->turn : 0;
	*out_kind = settings != NULL ? cm_provider_kind_to_string(settings->kind) : NULL;
	return TRUE;
}

/* ---- ours */

static gboolean
keeper_tick(gpointer user_data)
{
	CmRoomKeeper *keeper = user_data;
	g_autoptr(GList) rooms = g_hash_table_get_values(keeper->rooms);

	/* one that is over is looked at, and goes; so does one whose session is another */
	for (const GList *at = rooms; at != NULL; at = at->next) {
		Room *room = at->data;

		if (room->plan != NULL && room->plan->session.closes != 0 &&
		    room->plan->session.closes <= cm_clock_get_now())
			room->planned_at = 0;
		room_go_on(room);
	}
	return G_SOURCE_CONTINUE;
}

typedef struct {
	CmRoomKeeper *keeper;
	GPtrArray *rooms;
} Resuming;

static void
resuming_free(gpointer data)
{
	Resuming *resuming = data;

	g_clear_pointer(&resuming->rooms, g_ptr_array_unref);
	g_free(resuming);
}

static gboolean
resuming_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Resuming *resuming = data;

	resuming->rooms = cm_store_video_room_list_unfinished(store, error);
	return resuming->rooms != NULL;
}

static void
keeper_resume(CmRoomKeeper *keeper, GPtrArray *rooms)
{
	while (rooms->len > 0) {
		CmStoreVideoRoom *row = g_ptr_array_steal_index(rooms, rooms->len - 1);

		if (row->state == CM_VIDEO_ROOM_OPENING || row->state == CM_VIDEO_ROOM_OPEN) {
			room_go_on(keeper_get(keeper, row->subject));
			cm_store_video_room_free(row);
		} else {
			cm_room_closings_add(keeper->closings, row);
		}
	}
}

static void
resuming_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	Resuming *resuming = data;
	CmService *service = resuming->keeper->service;

	if (good && !resuming->keeper->closed)
		keeper_resume(resuming->keeper, resuming->rooms);
	else if (!good && !g_cancellable_is_cancelled(service->closing))
		cm_logging_report_error("Room.Resume", NULL, getuid(), error);
	cm_service_end(service);
}

CmRoomKeeper *
cm_room_keeper_new(CmService *service)
{
	CmRoomKeeper *keeper = g_new0(CmRoomKeeper, 1);
	Resuming *resuming = g_new0(Resuming, 1);

	keeper->service = service;
	keeper->closings = cm_room_closings_new(service);
	keeper->rooms = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, room_free);
	keeper->timer = g_timeout_add_seconds(TICK_SECONDS, keeper_tick, keeper);
	resuming->keeper = keeper;
	cm_service_begin(service);
	cm_worker_run_grouped_async(service->store, resuming_run, resuming, resuming_free,
				    service->closing, resuming_done, NULL);
	return keeper;
}

void
cm_room_keeper_set_changed(CmRoomKeeper *keeper,
			   void (*changed)(gint64 subject, gpointer user_data),
			   gpointer user_data)
{
	keeper->changed = changed;
	keeper->changed_data = user_data;
}

void
cm_room_keeper_close(CmRoomKeeper *keeper)
{
	if (keeper->closed)
		return;
	keeper->closed = TRUE;
	g_source_remove(keeper->timer);
	cm_room_closings_close(keeper->closings);
	g_hash_table_remove_all(keeper->rooms);
}

void
cm_room_keeper_free(CmRoomKeeper *keeper)
{
	if (keeper == NULL)
		return;
	cm_room_keeper_close(keeper);
	cm_room_closings_free(keeper->closings);
	g_hash_table_unref(keeper->rooms);
	g_free(keeper);
}
