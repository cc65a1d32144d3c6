// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/hold-watch.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-hold.h"

#include <unistd.h>

/* looked again at least so often: clocks are set, machines sleep */
#define LOOK_SECONDS_MAX 900

struct _CmHoldWatch {
	CmService *service;
	guint timer;
	gint64 next; /* what the timer waits for; 0: nothing */
};

/* one look, on the worker's thread */
typedef struct {
	CmHoldWatch *watch;
	GArray *ended; /* CmStoreStamp */
	gint64 next;
} Look;

static void
look_free(gpointer data)
{
	Look *look = data;

	g_array_unref(look->ended);
	g_free(look);
}

static gboolean
look_run(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Look *look = data;
	gint64 now = cm_clock_get_now();

	if (!cm_store_hold_get_next_end(store, &look->next, error))
		return FALSE;
	if (look->next == 0 || look->next > now)
		return TRUE;
	return cm_store_hold_clear(store, now, look->ended, error) &&
	       cm_store_hold_get_next_end(store, &look->next, error);
}

static void
look_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean good = cm_worker_run_finish(result, &data, &error);
	Look *look = data;
	CmHoldWatch *watch = look->watch;
	CmService *service = watch->service;

	if (!good && !g_cancellable_is_cancelled(service->closing))
		cm_logging_report_error("Booking.Hold", NULL, getuid(), error);
	for (guint i = 0; good && i < look->ended->len; i++) {
		const CmStoreStamp *stamp = &g_array_index(look->ended, CmStoreStamp, i);

		cm_service_announce_booking(service, stamp->number, stamp->version,
					    CM_BOOKING_CANCELLED);
	}
	if (good && look->next != 0)
		cm_hold_watch_expect(watch, look->next);
	cm_service_end(service);
}

static gboolean
watch_look(gpointer user_data)
{
	CmHoldWatch *watch = user_data;
	Look *look = NULL;

	watch->timer = 0;
	watch->next = 0;
	if (g_cancellable_is_cancelled(watch->service->closing))
		return G_SOURCE_REMOVE;
	look = g_new0(Look, 1);
	look->watch = watch;
	look->ended = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	cm_service_begin(watch->service);
	cm_worker_run_async(watch->service->store, look_run, look, look_free,
			    watch->service->closing, look_done, NULL);
	return G_SOURCE_REMOVE;
}

CmHoldWatch *
cm_hold_watch_new(CmService *service)
{
	CmHoldWatch *watch = g_new0(CmHoldWatch, 1);

	watch->service = service;
	watch->timer = g_idle_add(watch_look, watch);
	return watch;
}

void
cm_hold_watch_free(CmHoldWatch *watch)
{
	if (watch == NULL)
		return;
	if (watch->timer != 0)
		g_source_remove(watch->timer);
	g_free(watch);
}

void
cm_hold_watch_expect(CmHoldWatch *watch, gint64 until)
{
	gint64 left = until - cm_clock_get_now();

	/* the one before will come, look, and find this one */
	if (watch->timer != 0 && (watch->next == 0 || watch->next <= until))
		return;
	if (watch->timer != 0)
		g_source_remove(watch->timer);
	watch->next = until;
	watch->timer =
	    g_timeout_add_seconds((guint)CLAMP(left, 1, LOOK_SECONDS_MAX), watch_look, watch);
}
