// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/agent/agent-fence.h"
#include "daemon/agent/agent.h"
#include "daemon/bus/logging.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* the command line is wrong */
#define EXIT_USAGE 2

typedef struct {
	GMainLoop *loop;
	CmAgent *agent;
} Process;

static void
on_ended(gpointer user_data)
{
	g_main_loop_quit(((Process *)user_data)->loop);
}

static gboolean
on_signal(gpointer user_data)
{
	Process *process = user_data;

	g_message("stopping: asked to");
	cm_agent_stop(process->agent);
	return G_SOURCE_CONTINUE;
}

/* whoever started us sees by the end of what we print that we are ready, or that we never will be */
static void
let_go(void)
{
	gint null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setsid();
	(void)fputs("ready\n", stdout);
	(void)fflush(stdout);
	for (gint fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
}

static gboolean
serve(const CmAgentSettings *settings, GError **error)
{
	static const gint numbers[] = {SIGTERM, SIGINT, SIGHUP};
	Process process = {.loop = g_main_loop_new(NULL, FALSE)};
	guint signals[G_N_ELEMENTS(numbers)];

	process.agent = cm_agent_new(settings, on_ended, &process, error);
	if (process.agent != NULL) {
		for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
			signals[i] = g_unix_signal_add(numbers[i], on_signal, &process);
		g_message("ready, version %s", CM_VERSION);
		if (settings->background)
			let_go();
		g_main_loop_run(process.loop);
		for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
			g_source_remove(signals[i]);
	}
	g_main_loop_unref(process.loop);
	if (process.agent == NULL)
		return FALSE;
	cm_agent_free(process.agent);
	return TRUE;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmAgentSettings) settings = NULL;
	g_autofree gchar *text = NULL;

	cm_message_init_locale(NULL);
	cm_logging_init();
	/* so that comodald's errors are known when they come */
	(void)cm_error_quark();
	settings = cm_agent_settings_new((const gchar *const *)argv, &error);
	if (settings != NULL && settings->show_version) {
		printf("comodal-agent %s\n", CM_VERSION);
		return EXIT_SUCCESS;
	}
	if (settings != NULL && cm_agent_fence_raise(&error) && serve(settings, &error))
		return EXIT_SUCCESS;
	text = cm_error_localize(error);
	fprintf(stderr, "comodal-agent: %s\n", text);
	return settings != NULL ? EXIT_FAILURE : EXIT_USAGE;
}
