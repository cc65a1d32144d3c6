// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/program.h"
#include "daemon/courier/courier.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "comodal-courier"

static gboolean
on_stopped(gpointer user_data)
{
	g_main_loop_quit(user_data);
	return G_SOURCE_REMOVE;
}

static void
on_stop(GMainLoop *loop, gpointer user_data)
{
	cm_courier_stop(user_data, on_stopped, loop);
}

static gboolean
serve(const CmCourierSettings *settings, GError **error)
{
	const CmProgramEvents events = {.stop = on_stop};
	CmCourier *courier = NULL;

	if (!cm_curl_source_init_library()) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The network library can't be used."),
			     NULL);
		return FALSE;
	}
	courier = cm_courier_new(settings, error);
	if (courier == NULL)
		return FALSE;
	cm_program_run(&events, courier);
	cm_courier_free(courier);
	return TRUE;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmCourierSettings) settings = NULL;
	g_autofree gchar *text = NULL;

	cm_program_begin();
	settings = cm_courier_settings_new((const gchar *const *)argv, faults, &error);
	if (settings != NULL && settings->show_version) {
		printf(NAME " %s\n", CM_VERSION);
		return EXIT_SUCCESS;
	}
	if (settings != NULL && serve(settings, &error))
		return EXIT_SUCCESS;
	text = cm_program_describe_failure(NAME, faults, error);
	fputs(text, stderr);
	return settings != NULL ? EXIT_FAILURE : CM_PROGRAM_EXIT_USAGE;
}
