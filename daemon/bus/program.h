// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-faults.h"

/* How each of our processes that serve begins, runs and ends. Main thread only. */

/* First of all in main(): nothing of this process's memory or files is for others; its language, its log, and our errors when they come
 * over D-Bus. */
void
cm_program_begin(void);

/* What happens to it from outside. */
typedef struct {
	/* SIGTERM, SIGINT, each time: g_main_loop_quit(), now or once all is done; NULL: at once */
	void (*stop)(GMainLoop *loop, gpointer user_data);
	void (*reload)(gpointer user_data); /* SIGHUP; NULL: it is not ours */
} CmProgramEvents;

/* Say that it is ready, and run until the loop is quit. */
void
cm_program_run(const CmProgramEvents *events, gpointer user_data);

/* What main() returns when the command line or the configuration is wrong. */
#define CM_PROGRAM_EXIT_USAGE 2

/* Why it does not serve, as lines: what is wrong with its configuration, then the error. Returns: (transfer full) */
gchar *
cm_program_describe_failure(const gchar *name,
			    const CmFaults *faults,
			    const GError *error) G_GNUC_WARN_UNUSED_RESULT;
