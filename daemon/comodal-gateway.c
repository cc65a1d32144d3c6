// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/logging.h"
#include "daemon/bus/program.h"
#include "daemon/gateway/gateway.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "comodal-gateway"

static void
on_reload(gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	if (cm_gateway_reload(user_data, &error)) {
		g_message("the certificate was read again");
		return;
	}
	text = cm_logging_describe_error(error);
	g_warning("the certificate stays as it was: %s", text);
}

static gboolean
serve(const CmGatewaySettings *settings, GError **error)
{
	const CmProgramEvents events = {.reload = on_reload};
	CmGateway *gateway = NULL;

	if (sodium_init() < 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("libsodium can't be used."), NULL);
		return FALSE;
	}
	gateway = cm_gateway_new(settings, error);
	if (gateway == NULL)
		return FALSE;
	cm_program_run(&events, gateway);
	cm_gateway_free(gateway);
	return TRUE;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmGatewaySettings) settings = NULL;
	g_autofree gchar *text = NULL;

	cm_program_begin();
	settings = cm_gateway_settings_new((const gchar *const *)argv, faults, &error);
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
