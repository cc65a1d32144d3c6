// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/birthday-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/consent-documents.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-birthday.h"

struct _CmBirthdayKeeper {
	CmService *service;
	CmClockWatch *watch;
	CmDay looked; /* the last day on which it did, CM_DAY_NONE */
	gboolean looking;
	gboolean again; /* the clock ticked meanwhile */
};

/* One look, kept apart from the keeper, which may go first. */
typedef struct {
	CmPolicySet *policies;
	guint days;
	CmDay last; /* in: the last day looked at */
	CmDay today;
	CmStoreBirthdayReport report;
} BirthdayLook;

static void
birthday_look_free(gpointer data)
{
	BirthdayLook *look = data;

	cm_policy_set_unref(look->policies);
	g_free(look);
}

static gboolean
look_on_worker(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	BirthdayLook *look = data;

	if (!cm_consent_documents_find_today(store, &look->today, error))
		return FALSE;
	if (look->today == look->last)
		return TRUE;
	return cm_store_birthday_look(store, look->policies, look->today, look->days,
				      cm_clock_get_now(), &look->report, error);
}

static gboolean
birthday_keeper_look(gpointer user_data);

static void
birthday_keeper_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmBirthdayKeeper *keeper = user_data;
	CmService *service = keeper->service;
	g_autoptr(GError) error = NULL;
	gpointer data = NULL;
	gboolean ok = cm_worker_run_finish(result, &data, &error);
	const BirthdayLook *look = data;

	keeper->looking = FALSE;
	if (!ok) {
		cm_logging_report_error("birthdays", NULL, 0, error);
	} else if (keeper->looked != look->today) {
		keeper->looked = look->today;
		g_message("birthdays: %u to ask about consent, %u old enough from now on",
			  look->report.ahead, look->report.turned);
	}
	if (keeper->again && !g_cancellable_is_cancelled(service->closing))
		(void)birthday_keeper_look(keeper);
	cm_service_end(service);
}

static gboolean
birthday_keeper_look(gpointer user_data)
{
	CmBirthdayKeeper *keeper = user_data;
	BirthdayLook *look = NULL;

	keeper->again = keeper->looking;
	if (keeper->looking || g_cancellable_is_cancelled(keeper->service->closing))
		return G_SOURCE_CONTINUE;
	keeper->looking = TRUE;
	look = g_new0(BirthdayLook, 1);
	look->policies = cm_policy_set_ref(keeper->service->policies);
	look->days = keeper->service->birthday_days;
	look->last = keeper->looked;
	/* it counts as a reply: the service does not end before it has */
	cm_service_begin(keeper->service);
	cm_worker_run_async(keeper->service->store, look_on_worker, look, birthday_look_free,
			    keeper->service->closing, birthday_keeper_looked, keeper);
	return G_SOURCE_CONTINUE;
}

CmBirthdayKeeper *
cm_birthday_keeper_new(CmService *service)
{
	CmBirthdayKeeper *keeper = g_new0(CmBirthdayKeeper, 1);

	keeper->service = service;
	keeper->looked = CM_DAY_NONE;
	keeper->watch = cm_clock_new_watch(birthday_keeper_look, keeper);
	(void)birthday_keeper_look(keeper);
	return keeper;
}

void
cm_birthday_keeper_free(CmBirthdayKeeper *keeper)
{
	if (keeper == NULL)
		return;
	cm_clock_free_watch(keeper->watch);
	g_free(keeper);
}
