// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/program.h"

#include "daemon/bus/logging.h"
#include "daemon/bus/notification.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void
harden(void)
{
	const struct rlimit none = {0, 0};

	umask(077);
	(void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__
	/* a build with sanitizers looks for leaks by tracing itself */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void
cm_program_begin(void)
{
	harden();
	cm_message_init_locale(NULL);
	cm_logging_init();
	(void)cm_error_quark();
}

/* ---- while it runs */

typedef struct {
	GMainLoop *loop;
	const CmProgramEvents *events;
	gpointer user_data;
} Run;

static gboolean
on_stop(gpointer user_data)
{
	const Run *run = user_data;

	g_message("stopping: asked to");
	cm_notification_stopping();
	if (run->events->stop != NULL)
		run->events->stop(run->loop, run->user_data);
	else
		g_main_loop_quit(run->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_reload(gpointer user_data)
{
	const Run *run = user_data;

	run->events->reload(run->user_data);
	return G_SOURCE_CONTINUE;
}

void
cm_program_run(const CmProgramEvents *events, gpointer user_data)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	Run run = {loop, events, user_data};
	guint terminate = g_unix_signal_add(SIGTERM, on_stop, &run);
	guint interrupt = g_unix_signal_add(SIGINT, on_stop, &run);
	guint hang_up = events->reload != NULL ? g_unix_signal_add(SIGHUP, on_reload, &run) : 0;

	g_message("ready, version %s", CM_VERSION);
	cm_notification_ready();
	g_main_loop_run(loop);
	g_source_remove(terminate);
	g_source_remove(interrupt);
	g_clear_handle_id(&hang_up, g_source_remove);
}

/* ---- its end */

gchar *
cm_program_describe_failure(const gchar *name, const CmFaults *faults, const GError *error)
{
	GString *out = g_string_new(NULL);
	g_autofree gchar *reason = cm_error_localize(error);

	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *text = cm_message_localize(fault->message);

		g_string_append_printf(out, "%s:%u: %s%s%s\n", fault->file, fault->line,
				       fault->path, *fault->path != '\0' ? ": " : "", text);
	}
	g_string_append_printf(out, "%s: %s\n", name, reason);
	return g_string_free(out, FALSE);
}
