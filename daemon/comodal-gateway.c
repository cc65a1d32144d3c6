// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/logging.h"
#include "daemon/bus/notification.h"
#include "daemon/gateway/gateway.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* the command line is wrong */
#define EXIT_USAGE 2

typedef struct {
	GMainLoop *loop;
	CmGateway *gateway;
} Process;

/* nothing of this process's memory or files is for others */
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

static void
print_faults(const CmFaults *faults)
{
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *text = cm_message_localize(fault->message);

		fprintf(stderr, "%s:%u: %s%s%s\n", fault->file, fault->line, fault->path,
			*fault->path != '\0' ? ": " : "", text);
	}
}

static gboolean
on_stop(gpointer user_data)
{
	g_message("stopping: asked to");
	cm_notification_stopping();
	g_main_loop_quit(((Process *)user_data)->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_reload(gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	if (cm_gateway_reload(((Process *)user_data)->gateway, &error)) {
		g_message("the certificate was read again");
		return G_SOURCE_CONTINUE;
	}
	text = cm_logging_describe_error(error);
	g_warning("the certificate stays as it was: %s", text);
	return G_SOURCE_CONTINUE;
}

static gboolean
serve(const CmGatewaySettings *settings, GError **error)
{
	Process process = {0};
	guint signals[3];

	if (sodium_init() < 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("libsodium can't be used."), NULL);
		return FALSE;
	}
	process.gateway = cm_gateway_new(settings, error);
	if (process.gateway == NULL)
		return FALSE;
	process.loop = g_main_loop_new(NULL, FALSE);
	signals[0] = g_unix_signal_add(SIGTERM, on_stop, &process);
	signals[1] = g_unix_signal_add(SIGINT, on_stop, &process);
	signals[2] = g_unix_signal_add(SIGHUP, on_reload, &process);
	g_message("ready, version %s", CM_VERSION);
	cm_notification_ready();
	g_main_loop_run(process.loop);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_source_remove(signals[i]);
	cm_gateway_free(process.gateway);
	g_main_loop_unref(process.loop);
	return TRUE;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmGatewaySettings) settings = NULL;
	g_autofree gchar *text = NULL;

	harden();
	cm_message_init_locale(NULL);
	cm_logging_init();
	/* so that comodald's errors are known when they come */
	(void)cm_error_quark();
	settings = cm_gateway_settings_new((const gchar *const *)argv, faults, &error);
	if (settings != NULL && settings->show_version) {
		printf("comodal-gateway %s\n", CM_VERSION);
		return EXIT_SUCCESS;
	}
	if (settings != NULL && serve(settings, &error))
		return EXIT_SUCCESS;
	print_faults(faults);
	text = cm_error_localize(error);
	fprintf(stderr, "comodal-gateway: %s\n", text);
	return settings != NULL ? EXIT_FAILURE : EXIT_USAGE;
}
