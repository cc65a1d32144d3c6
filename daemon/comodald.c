// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/bus/daemon.h"
#include "daemon/bus/logging.h"
#include "daemon/store/service-key.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* the command line is wrong */
#define EXIT_USAGE 2

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
serve(const CmSettings *settings, GError **error)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	gboolean ok = cm_daemon_serve(settings, faults, error);

	print_faults(faults);
	return ok;
}

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
act(const CmSettings *settings, GError **error)
{
	switch (settings->action) {
	case CM_ACTION_CREATE_KEY:
		return create_key(settings, error);
	case CM_ACTION_RESTORE_KEY:
		return cm_daemon_restore_key(settings, STDIN_FILENO, error);
	case CM_ACTION_SET_UP_ADMINISTRATOR:
		return cm_daemon_set_up_administrator(settings, error);
	case CM_ACTION_SHOW_VERSION:
		printf("comodald %s\n", CM_VERSION);
		return TRUE;
	case CM_ACTION_SERVE:
	default:
		return serve(settings, error);
	}
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmSettings) settings = NULL;
	g_autofree gchar *text = NULL;

	harden();
	cm_message_init_locale(NULL);
	cm_logging_init();
	settings = cm_settings_new((const gchar *const *)argv, &error);
	if (settings != NULL && act(settings, &error))
		return EXIT_SUCCESS;
	text = cm_error_localize(error);
	fprintf(stderr, "comodald: %s\n", text);
	return settings != NULL ? EXIT_FAILURE : EXIT_USAGE;
}
