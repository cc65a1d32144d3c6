// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/attachment-keeper.h"

#include "daemon/bus/clock.h"
#include "daemon/bus/logging.h"
#include "daemon/store/store-attachment.h"

#include <unistd.h>

#define SLICE 500 /* files that the store looks up at one time: people's calls come in between */
#define DAY_SECONDS 86400

struct _CmAttachmentKeeper {
	CmService *service;
	CmClockWatch *watch;
	gint64 looked_at;
	gboolean looking;
};

/* One look, on a thread of its own that asks the store piece by piece. */
typedef struct {
	CmService *service;
	gchar *folder;
	GArray *ids;
	guint first;
	gint64 after;
	guint forgotten; /* of the last call, as the following */
	guint removed;
	guint strangers;
	guint missing;
} Look;

static void
look_free(gpointer data)
{
	Look *look = data;

	g_free(look->folder);
	g_clear_pointer(&look->ids, g_array_unref);
	g_free(look);
}

static gboolean
forget(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Look *look = data;

	look->folder = g_strdup(cm_store_attachment_get_folder(store));
	return cm_store_attachment_forget_unnamed(store, cm_clock_get_now(), &look->forgotten,
						  error);
}

static gboolean
remove_some(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Look *look = data;

	return cm_store_attachment_remove_left(store, SLICE, &look->removed, error);
}

static gboolean
count_strangers(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Look *look = data;

	return cm_store_attachment_count_strangers(store, look->ids, look->first, SLICE,
						   &look->strangers, error);
}

static gboolean
count_some(gpointer store, gpointer data, GCancellable *cancellable, GError **error)
{
	Look *look = data;

	return cm_store_attachment_count_missing(store, SLICE, &look->after, &look->missing, error);
}

static gboolean
ask(Look *look, CmWorkerCall call, GError **error)
{
	return cm_worker_run(look->service->store, call, look, look->service->closing, error);
}

static gboolean
look_around(Look *look, GError **error)
{
	guint removed = 0;
	guint strangers = 0;
	guint missing = 0;

	if (!ask(look, forget, error))
		return FALSE;
	do {
		if (!ask(look, remove_some, error))
			return FALSE;
		removed += look->removed;
	} while (look->removed == SLICE);
	look->ids = cm_attachment_folder_list(look->folder, error);
	if (look->ids == NULL)
		return FALSE;
	for (look->first = 0; look->first < look->ids->len; look->first += SLICE) {
		if (!ask(look, count_strangers, error))
			return FALSE;
		strangers += look->strangers;
	}
	do {
		if (!ask(look, count_some, error))
			return FALSE;
		missing += look->missing;
	} while (look->after != 0);
	if (look->forgotten + removed > 0)
		g_message("attachments: %u that no note names are forgotten, %u files that are "
			  "nobody's are gone",
			  look->forgotten, removed);
	if (strangers > 0)
		g_warning("attachments: %u files that the database does not know are left alone",
			  strangers);
	if (missing > 0)
		g_warning("attachments: the files of %u are missing or damaged", missing);
	return TRUE;
}

static void
look_thread(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
	GError *error = NULL;

	if (look_around(task_data, &error))
		g_task_return_boolean(task, TRUE);
	else
		g_task_return_error(task, error);
}

static void
on_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CmAttachmentKeeper *keeper = user_data;
	CmService *service = keeper->service;
	gboolean closing = g_cancellable_is_cancelled(service->closing);
	g_autoptr(GError) error = NULL;

	keeper->looking = FALSE;
	if (!g_task_propagate_boolean(G_TASK(result), &error) && !closing)
		cm_logging_report_error("Vault.Attachments", NULL, getuid(), error);
	cm_service_end(service);
}

static void
look_now(CmAttachmentKeeper *keeper)
{
	g_autoptr(GTask) task = NULL;
	Look *look = NULL;

	if (keeper->looking || g_cancellable_is_cancelled(keeper->service->closing))
		return;
	keeper->looking = TRUE;
	keeper->looked_at = cm_clock_get_now();
	look = g_new0(Look, 1);
	look->service = keeper->service;
	/* it counts as a reply: the service does not end before it has */
	cm_service_begin(keeper->service);
	task = g_task_new(NULL, NULL, on_looked, keeper);
	g_task_set_task_data(task, look, look_free);
	g_task_run_in_thread(task, look_thread);
}

static gboolean
on_tick(gpointer user_data)
{
	CmAttachmentKeeper *keeper = user_data;

	if (ABS(cm_clock_get_now() - keeper->looked_at) >= DAY_SECONDS)
		look_now(keeper);
	return G_SOURCE_CONTINUE;
}

CmAttachmentKeeper *
cm_attachment_keeper_new(CmService *service)
{
	CmAttachmentKeeper *keeper = g_new0(CmAttachmentKeeper, 1);

	keeper->service = service;
	keeper->watch = cm_clock_new_watch(on_tick, keeper);
	look_now(keeper);
	return keeper;
}

void
cm_attachment_keeper_free(CmAttachmentKeeper *keeper)
{
	if (keeper == NULL)
		return;
	cm_clock_free_watch(keeper->watch);
	g_free(keeper);
}
