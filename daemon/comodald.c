// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/daemon.h"
#include "daemon/bus/program.h"
#include "daemon/store/service-key.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NAME "comodald"

static gboolean
create_key(const CmSettings *settings, GError **error)
{
	gchar *sheet = NULL;

	if (!cm_daemon_create_key(settings, &sheet, error))
		return FALSE;
	/* no buffer of stdio's keeps it */
	setvbuf(stdout, NULL, _IONBF, 0);
	fputs(sheet, stdout);
	cm_service_key_wipe_text(sheet);
	return TRUE;
}

static gboolean
act(const CmSettings *settings, CmFaults *faults, GError **error)
{
	switch (settings->action) {
	case CM_ACTION_CREATE_KEY:
		return create_key(settings, error);
	case CM_ACTION_RESTORE_KEY:
		return cm_daemon_restore_key(settings, STDIN_FILENO, error);
	case CM_ACTION_SET_UP_ADMINISTRATOR:
		return cm_daemon_set_up_administrator(settings, error);
	case CM_ACTION_SHOW_VERSION:
		printf(NAME " %s\n", CM_VERSION);
		return TRUE;
	case CM_ACTION_SERVE:
	default:
		return cm_daemon_serve(settings, faults, error);
	}
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmSettings) settings = NULL;
	g_autofree gchar *text = NULL;

	cm_program_begin();
	settings = cm_settings_new((const gchar *const *)argv, &error);
	if (settings != NULL && act(settings, faults, &error))
		return EXIT_SUCCESS;
	text = cm_program_describe_failure(NAME, faults, error);
	fputs(text, stderr);
	return settings != NULL ? EXIT_FAILURE : CM_PROGRAM_EXIT_USAGE;
}
