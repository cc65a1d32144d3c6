// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/reminder-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-reach.h"
#include "daemon/store/store-reminder.h"

struct _CmReminderKeeper {
	CmService *service;
	CmClockWatch *watch;
	gboolean looking;
	gboolean again; /* the clock ticked meanwhile */
};

/* One look, kept apart from the keeper, which may go first. */
typedef struct {
	CmPolicySet *policies;
	CmStoreReminderReport report;
	guint forgotten;
} ReminderLook;

static void
reminder_look_free(gpointer data)
{
	ReminderLook *look = data;

	cm_policy_set_unref(look->policies);
	g_free(look);
}

static gboolean
look_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	ReminderLook *look = data;

	return cm_store_reminder_look(store, look->policies, cm_clock_get_now(), &look->report,
				      error) &&
	       cm_store_reach_forget_gone(store, &look->forgotten, error);
}

static gboolean
reminder_keeper_look(gpointer user_data);

static void
reminder_keeper_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmReminderKeeper *keeper = user_data;
	CmService *service = keeper->service;
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	const ReminderLook *look = data;

	keeper->looking = FALSE;
	if (!ok)
		cm_logging_report_error("reminders", NULL, 0, error);
	else if (look->report.reminders + look->report.first_videos > 0)
		g_message("reminders: %u, and %u of a first session by video",
			  look->report.reminders, look->report.first_videos);
	if (keeper->again && !g_cancellable_is_cancelled(service->closing))
		(void)reminder_keeper_look(keeper);
	cm_service_end(service);
}

static gboolean
reminder_keeper_look(gpointer user_data)
{
	CmReminderKeeper *keeper = user_data;
	ReminderLook *look = NULL;

	keeper->again = keeper->looking;
	if (keeper->looking || g_cancellable_is_cancelled(keeper->service->closing))
		return G_SOURCE_CONTINUE;
	keeper->looking = TRUE;
	look = g_new0(ReminderLook, 1);
	look->policies = cm_policy_set_ref(keeper->service->policies);
	/* it counts as a reply: the service does not end before it has */
	cm_service_begin(keeper->service);
	cm_worker_run_async(keeper->service->store, look_on_worker, look, reminder_look_free,
			    keeper->service->closing, reminder_keeper_looked, keeper);
	return G_SOURCE_CONTINUE;
}

CmReminderKeeper *
cm_reminder_keeper_new(CmService *service)
{
	CmReminderKeeper *keeper = g_new0(CmReminderKeeper, 1);

	keeper->service = service;
	keeper->watch = cm_clock_new_watch(reminder_keeper_look, keeper);
	(void)reminder_keeper_look(keeper);
	return keeper;
}

void
cm_reminder_keeper_free(CmReminderKeeper *keeper)
{
	if (keeper == NULL)
		return;
	cm_clock_free_watch(keeper->watch);
	g_free(keeper);
}
