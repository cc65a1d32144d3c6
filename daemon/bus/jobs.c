// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/jobs.h"

#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

struct _CmJobs {
	GDBusConnection *connection;
	CmDoor *door;
	guint subtree;
	guint64 last;       /* number given */
	GHashTable *known;  /* path -> CmJob: what callers can see */
	GPtrArray *running; /* CmJob, known or not */
	gboolean closed;
	GSourceFunc ended;
	gpointer ended_data;
};

static CmJob *
jobs_find(CmJobs *jobs, const gchar *path, const gchar *sender)
{
	CmJob *job = g_hash_table_lookup(jobs->known, path);

	if (job == NULL || g_strcmp0(cm_job_get_owner(job), sender) != 0)
		return NULL;
	return job;
}

static gchar **
jobs_enumerate(GDBusConnection *connection,
	       const gchar *sender,
	       const gchar *path,
	       gpointer user_data)
{
	CmJobs *jobs = user_data;
	g_autoptr(GPtrArray) nodes = g_ptr_array_new();
	GHashTableIter iter;
	gpointer job = NULL;

	g_hash_table_iter_init(&iter, jobs->known);
	while (g_hash_table_iter_next(&iter, NULL, &job)) {
		if (g_strcmp0(cm_job_get_owner(job), sender) == 0)
			g_ptr_array_add(
			    nodes, g_strdup(cm_job_get_path(job) + strlen(CM_JOB_PATH_PREFIX)));
	}
	g_ptr_array_add(nodes, NULL);
	return (gchar **)g_ptr_array_free(g_steal_pointer(&nodes), FALSE);
}

static GDBusInterfaceInfo **
jobs_introspect(GDBusConnection *connection,
		const gchar *sender,
		const gchar *path,
		const gchar *node,
		gpointer user_data)
{
	GDBusInterfaceInfo **interfaces = NULL;

	if (node == NULL)
		return NULL;
	interfaces = g_new0(GDBusInterfaceInfo *, 2);
	interfaces[0] = g_dbus_interface_info_ref(cm_dbus_job_interface_info());
	return interfaces;
}

static void
jobs_method_call(GDBusConnection *connection,
		 const gchar *sender,
		 const gchar *path,
		 const gchar *interface,
		 const gchar *method,
		 GVariant *parameters,
		 GDBusMethodInvocation *invocation,
		 gpointer user_data)
{
	CmJobs *jobs = user_data;
	CmJob *job = jobs_find(jobs, path, sender);

	/* released between GDBus's look and ours */
	if (job == NULL)
		g_dbus_method_invocation_return_error_literal(
		    invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT, "No such object");
	else
		cm_door_admit(jobs->door, cm_job_get_skeleton(job), invocation);
}

static const GDBusInterfaceVTable jobs_interface = {jobs_method_call, NULL, NULL, {NULL}};

/* GDBus calls later with what is given here, so it is not the job, which may be gone by then */
static const GDBusInterfaceVTable *
jobs_dispatch(GDBusConnection *connection,
	      const gchar *sender,
	      const gchar *path,
	      const gchar *interface,
	      const gchar *node,
	      gpointer *out_user_data,
	      gpointer user_data)
{
	if (node == NULL)
		return NULL;
	*out_user_data = user_data;
	return &jobs_interface;
}

static const GDBusSubtreeVTable jobs_subtree = {jobs_enumerate,
						jobs_introspect,
						jobs_dispatch,
						{NULL}};

CmJobs *
cm_jobs_new(GDBusConnection *connection, CmDoor *door, GError **error)
{
	g_autoptr(CmJobs) jobs = g_new0(CmJobs, 1);

	jobs->connection = g_object_ref(connection);
	jobs->door = door;
	jobs->known =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)cm_job_unref);
	jobs->running = g_ptr_array_new_with_free_func((GDestroyNotify)cm_job_unref);
	jobs->subtree =
	    g_dbus_connection_register_subtree(connection, CM_OBJECT_PATH "/jobs", &jobs_subtree,
					       G_DBUS_SUBTREE_FLAGS_NONE, jobs, NULL, error);
	if (jobs->subtree == 0)
		return NULL;
	return g_steal_pointer(&jobs);
}

void
cm_jobs_free(CmJobs *jobs)
{
	if (jobs == NULL)
		return;
	if (jobs->subtree != 0)
		g_dbus_connection_unregister_subtree(jobs->connection, jobs->subtree);
	g_return_if_fail(jobs->running->len == 0);
	g_hash_table_destroy(jobs->known);
	g_ptr_array_unref(jobs->running);
	g_object_unref(jobs->connection);
	g_free(jobs);
}

static void
jobs_check_ended(CmJobs *jobs)
{
	GSourceFunc ended = jobs->ended;

	if (!jobs->closed || jobs->running->len > 0 || ended == NULL)
		return;
	jobs->ended = NULL;
	ended(jobs->ended_data);
}

static void
jobs_finished(CmJob *job, gpointer user_data)
{
	CmJobs *jobs = user_data;

	g_ptr_array_remove_fast(jobs->running, job);
	jobs_check_ended(jobs);
}

static void
jobs_released(CmJob *job, gpointer user_data)
{
	CmJobs *jobs = user_data;

	cm_job_mute(job);
	if (cm_job_is_running(job))
		cm_job_cancel(job);
	g_hash_table_remove(jobs->known, cm_job_get_path(job));
}

void
cm_jobs_forget_owner(CmJobs *jobs, const gchar *owner)
{
	GHashTableIter iter;
	gpointer value = NULL;

	g_hash_table_iter_init(&iter, jobs->known);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		CmJob *job = value;

		if (!g_str_equal(cm_job_get_owner(job), owner))
			continue;
		cm_job_mute(job);
		cm_job_cancel(job);
		g_hash_table_iter_remove(&iter);
	}
}

static gboolean
jobs_have_room(CmJobs *jobs, const gchar *owner, GError **error)
{
	GHashTableIter iter;
	gpointer job = NULL;
	guint count = 0;

	if (jobs->closed) {
		cm_error_set(error, CM_ERROR_BUSY, N_("The service is stopping."), NULL);
		return FALSE;
	}
	g_hash_table_iter_init(&iter, jobs->known);
	while (g_hash_table_iter_next(&iter, NULL, &job))
		count += g_str_equal(cm_job_get_owner(job), owner) ? 1 : 0;
	if (count < CM_JOBS_PER_CALLER_MAX && jobs->running->len < CM_JOBS_MAX &&
	    g_hash_table_size(jobs->known) < CM_JOBS_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_BUSY,
		     N_("Too many jobs are kept; release some, or wait for one to end."), NULL);
	return FALSE;
}

const gchar *
cm_jobs_start(CmJobs *jobs,
	      GDBusMethodInvocation *invocation,
	      const CmJobKind *kind,
	      gpointer data,
	      GDestroyNotify data_free,
	      GError **error)
{
	const gchar *owner = g_dbus_method_invocation_get_sender(invocation);
	g_autofree gchar *path = NULL;
	CmJob *job = NULL;

	if (!jobs_have_room(jobs, owner, error)) {
		data_free(data);
		return NULL;
	}
	path = g_strdup_printf("%s%" G_GUINT64_FORMAT, CM_JOB_PATH_PREFIX, ++jobs->last);
	job = cm_job_new(kind, jobs->connection, path, owner, cm_door_get_uid(invocation), data,
			 data_free);
	g_hash_table_insert(jobs->known, (gpointer)cm_job_get_path(job), job);
	g_ptr_array_add(jobs->running, cm_job_ref(job));
	cm_job_start(job, jobs_finished, jobs_released, jobs);
	return cm_job_get_path(job);
}

void
cm_jobs_close(CmJobs *jobs, GSourceFunc ended, gpointer user_data)
{
	jobs->closed = TRUE;
	jobs->ended = ended;
	jobs->ended_data = user_data;
	for (guint i = 0; i < jobs->running->len; i++)
		cm_job_cancel(g_ptr_array_index(jobs->running, i));
	jobs_check_ended(jobs);
}
