// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/job.h"

#include "daemon/bus/logging.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

/* milliseconds between two PropertiesChanged of a job that runs */
#define TELL_INTERVAL 200

typedef enum {
	JOB_RUNNING,
	JOB_SUCCEEDED,
	JOB_FAILED,
	JOB_CANCELLED,
} JobState;

static const gchar *const state_names[] = {"running", "succeeded", "failed", "cancelled"};

struct _CmJob {
	const CmJobKind *kind;
	GDBusConnection *connection;
	CmDBusJob *skeleton;
	gchar *path;
	gchar *owner;
	guint uid;
	JobState state; /* main loop only */
	gboolean muted;
	guint timer;

	CmJobCallback finished;
	CmJobCallback released;
	gpointer user_data;

	gpointer data;
	GDestroyNotify data_free;
	GThread *thread;
	GCancellable *cancellable;
	volatile gint stop;

	GMutex mutex; /* guards what follows, which the thread writes */
	gboolean changed;
	gdouble progress;
	gchar *phase;
	GHashTable *figures; /* constant name -> gdouble */
	GVariant *result;
	GVariant *problems;
	guint problems_left_out;
	gboolean ok;
	GError *error;
};

static void
job_free_data(CmJob *job)
{
	if (job->data != NULL && job->data_free != NULL)
		job->data_free(job->data);
	job->data = NULL;
}

static void
job_clear(gpointer data)
{
	CmJob *job = data;

	job_free_data(job);
	g_signal_handlers_disconnect_by_data(job->skeleton, job);
	g_object_unref(job->skeleton);
	g_object_unref(job->connection);
	g_object_unref(job->cancellable);
	g_hash_table_unref(job->figures);
	g_clear_pointer(&job->result, g_variant_unref);
	g_clear_pointer(&job->problems, g_variant_unref);
	g_clear_error(&job->error);
	g_mutex_clear(&job->mutex);
	g_free(job->phase);
	g_free(job->path);
	g_free(job->owner);
}

CmJob *
cm_job_ref(CmJob *job)
{
	return g_atomic_rc_box_acquire(job);
}

void
cm_job_unref(CmJob *job)
{
	g_atomic_rc_box_release_full(job, job_clear);
}

GCancellable *
cm_job_get_cancellable(CmJob *job)
{
	return job->cancellable;
}

volatile gint *
cm_job_get_stop(CmJob *job)
{
	return &job->stop;
}

void
cm_job_set_progress(CmJob *job, gdouble share, const gchar *phase)
{
	g_mutex_lock(&job->mutex);
	job->progress = CLAMP(share, 0, 1);
	if (phase != NULL && g_strcmp0(job->phase, phase) != 0) {
		g_free(job->phase);
		job->phase = g_strdup(phase);
	}
	job->changed = TRUE;
	g_mutex_unlock(&job->mutex);
}

void
cm_job_set_figure(CmJob *job, const gchar *name, gdouble value)
{
	g_mutex_lock(&job->mutex);
	g_hash_table_insert(job->figures, (gpointer)name, g_memdup2(&value, sizeof value));
	job->changed = TRUE;
	g_mutex_unlock(&job->mutex);
}

void
cm_job_set_result(CmJob *job, GVariant *result)
{
	g_mutex_lock(&job->mutex);
	g_clear_pointer(&job->result, g_variant_unref);
	job->result = g_variant_ref_sink(result);
	g_mutex_unlock(&job->mutex);
}

void
cm_job_set_faults(CmJob *job, const CmFaults *faults)
{
	GVariantBuilder builder;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a(uss)"));
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);

		g_variant_builder_add(&builder, "(uss)", fault->line, fault->path, fault->message);
	}
	g_mutex_lock(&job->mutex);
	g_clear_pointer(&job->problems, g_variant_unref);
	job->problems = g_variant_ref_sink(g_variant_builder_end(&builder));
	job->problems_left_out = cm_faults_get_left_out(faults);
	g_mutex_unlock(&job->mutex);
}

static GVariant *
job_dup_figures(CmJob *job)
{
	GVariantBuilder builder;
	GHashTableIter iter;
	gpointer name = NULL;
	gpointer value = NULL;

	g_variant_builder_init(&builder, G_VARIANT_TYPE("a{sd}"));
	g_hash_table_iter_init(&iter, job->figures);
	while (g_hash_table_iter_next(&iter, &name, &value))
		g_variant_builder_add(&builder, "{sd}", (const gchar *)name, *(gdouble *)value);
	return g_variant_builder_end(&builder);
}

static void
job_show_progress(CmJob *job)
{
	g_mutex_lock(&job->mutex);
	cm_dbus_job_set_progress(job->skeleton, job->progress);
	cm_dbus_job_set_phase(job->skeleton, job->phase != NULL ? job->phase : "");
	cm_dbus_job_set_figures(job->skeleton, job_dup_figures(job));
	job->changed = FALSE;
	g_mutex_unlock(&job->mutex);
}

/* to the owner alone: what a job does is nobody else's business */
static void
job_emit(CmJob *job, const gchar *interface, const gchar *signal, GVariant *parameters)
{
	g_autoptr(GVariant) kept = g_variant_ref_sink(parameters);

	if (!job->muted)
		(void)g_dbus_connection_emit_signal(job->connection, job->owner, job->path,
						    interface, signal, kept, NULL);
}

static void
job_emit_changed(CmJob *job, GVariant *changed)
{
	job_emit(job, "org.freedesktop.DBus.Properties", "PropertiesChanged",
		 g_variant_new("(s@a{sv}as)", CM_INTERFACE_PREFIX "Job", changed, NULL));
}

static gboolean
job_tell(gpointer user_data)
{
	CmJob *job = user_data;
	gboolean changed = FALSE;
	GVariantBuilder builder;

	g_mutex_lock(&job->mutex);
	changed = job->changed;
	g_mutex_unlock(&job->mutex);
	if (!changed)
		return G_SOURCE_CONTINUE;
	job_show_progress(job);
	g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(&builder, "{sv}", "Progress",
			      g_variant_new_double(cm_dbus_job_get_progress(job->skeleton)));
	g_variant_builder_add(&builder, "{sv}", "Phase",
			      g_variant_new_string(cm_dbus_job_get_phase(job->skeleton)));
	g_variant_builder_add(&builder, "{sv}", "Figures", cm_dbus_job_get_figures(job->skeleton));
	job_emit_changed(job, g_variant_builder_end(&builder));
	return G_SOURCE_CONTINUE;
}

static JobState
job_judge(CmJob *job)
{
	if (job->ok)
		return JOB_SUCCEEDED;
	if (cm_error_is(job->error, CM_ERROR_CANCELLED) ||
	    g_error_matches(job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return JOB_CANCELLED;
	return JOB_FAILED;
}

static void
job_show_end(CmJob *job)
{
	if (job->state == JOB_SUCCEEDED) {
		cm_job_set_progress(job, 1, NULL);
		if (job->result != NULL)
			cm_dbus_job_set_result(job->skeleton, job->result);
		cm_logging_report_done(job->kind->method, job->path, job->uid, "done");
	} else {
		g_autofree gchar *name = g_dbus_error_encode_gerror(job->error);

		cm_dbus_job_set_error_name(job->skeleton, name);
		cm_dbus_job_set_error_message(job->skeleton, job->error->message);
		cm_logging_report_error(job->kind->method, job->path, job->uid, job->error);
	}
	if (job->problems != NULL)
		cm_dbus_job_set_problems(job->skeleton, job->problems);
	cm_dbus_job_set_problems_left_out(job->skeleton, job->problems_left_out);
	job_show_progress(job);
	cm_dbus_job_set_state(job->skeleton, state_names[job->state]);
}

/* on the main loop, when the thread has nothing left to do but to end */
static gboolean
job_end(gpointer user_data)
{
	g_autoptr(CmJob) job = user_data;
	g_autoptr(GVariant) properties = NULL;

	g_thread_join(job->thread);
	job->thread = NULL;
	g_clear_handle_id(&job->timer, g_source_remove);
	job->state = job_judge(job);
	job_show_end(job);
	/* ours and not floating, whatever its documentation says */
	properties =
	    g_dbus_interface_skeleton_get_properties(G_DBUS_INTERFACE_SKELETON(job->skeleton));
	job_emit_changed(job, properties);
	job_emit(job, CM_INTERFACE_PREFIX "Job", "Finished",
		 g_variant_new("(s)", state_names[job->state]));
	job->finished(job, job->user_data);
	return G_SOURCE_REMOVE;
}

static gpointer
job_thread(gpointer user_data)
{
	CmJob *job = user_data;

	job->ok = job->kind->run(job, job->data, &job->error);
	/* a whole caseload, say: not kept for as long as nobody releases the job, nor freed on the main loop */
	job_free_data(job);
	/* this thread's reference goes to the main loop */
	g_idle_add_full(G_PRIORITY_DEFAULT, job_end, job, NULL);
	return NULL;
}

void
cm_job_cancel(CmJob *job)
{
	g_cancellable_cancel(job->cancellable);
	/* a computation that looks at nothing else ends too */
	g_atomic_int_set(&job->stop, 1);
}

static gboolean
job_handle_stop(CmDBusJob *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	CmJob *job = user_data;

	if (job->kind->can_stop)
		g_atomic_int_set(&job->stop, 1);
	else
		cm_job_cancel(job);
	cm_dbus_job_complete_stop(object, invocation);
	return TRUE;
}

static gboolean
job_handle_cancel(CmDBusJob *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	cm_job_cancel(user_data);
	cm_dbus_job_complete_cancel(object, invocation);
	return TRUE;
}

static gboolean
job_handle_release(CmDBusJob *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
	CmJob *job = user_data;

	cm_dbus_job_complete_release(object, invocation);
	job->released(job, job->user_data);
	return TRUE;
}

static void
job_make_skeleton(CmJob *job)
{
	job->skeleton = cm_dbus_job_skeleton_new();
	cm_dbus_job_set_kind(job->skeleton, job->kind->kind);
	cm_dbus_job_set_state(job->skeleton, state_names[JOB_RUNNING]);
	cm_dbus_job_set_phase(job->skeleton, "");
	cm_dbus_job_set_error_name(job->skeleton, "");
	cm_dbus_job_set_error_message(job->skeleton, "");
	cm_dbus_job_set_figures(job->skeleton, g_variant_new("a{sd}", NULL));
	cm_dbus_job_set_result(job->skeleton, g_variant_new("a{sv}", NULL));
	cm_dbus_job_set_problems(job->skeleton, g_variant_new("a(uss)", NULL));
	g_signal_connect(job->skeleton, "handle-stop", G_CALLBACK(job_handle_stop), job);
	g_signal_connect(job->skeleton, "handle-cancel", G_CALLBACK(job_handle_cancel), job);
	g_signal_connect(job->skeleton, "handle-release", G_CALLBACK(job_handle_release), job);
}

CmJob *
cm_job_new(const CmJobKind *kind,
	   GDBusConnection *connection,
	   const gchar *path,
	   const gchar *owner,
	   guint uid,
	   gpointer data,
	   GDestroyNotify data_free)
{
	CmJob *job = g_atomic_rc_box_new0(CmJob);

	job->kind = kind;
	job->connection = g_object_ref(connection);
	job->path = g_strdup(path);
	job->owner = g_strdup(owner);
	job->uid = uid;
	job->data = data;
	job->data_free = data_free;
	job->cancellable = g_cancellable_new();
	job->figures = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	g_mutex_init(&job->mutex);
	job_make_skeleton(job);
	return job;
}

void
cm_job_start(CmJob *job, CmJobCallback finished, CmJobCallback released, gpointer user_data)
{
	job->finished = finished;
	job->released = released;
	job->user_data = user_data;
	job->timer = g_timeout_add(TELL_INTERVAL, job_tell, job);
	job->thread = g_thread_new(job->kind->kind, job_thread, cm_job_ref(job));
}

GDBusInterfaceSkeleton *
cm_job_get_skeleton(CmJob *job)
{
	return G_DBUS_INTERFACE_SKELETON(job->skeleton);
}

const gchar *
cm_job_get_path(CmJob *job)
{
	return job->path;
}

const gchar *
cm_job_get_owner(CmJob *job)
{
	return job->owner;
}

gboolean
cm_job_is_running(CmJob *job)
{
	return job->state == JOB_RUNNING;
}

void
cm_job_mute(CmJob *job)
{
	job->muted = TRUE;
}
