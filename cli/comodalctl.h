// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>
#include <glib.h>

/* comodalctl: the verbs, the options that all of them share, and how a run ends. */

/* Exit statuses; comodalctl(1) lists them. */
typedef enum {
	CM_EXIT_OK = 0,
	CM_EXIT_REFUSED = 1,     /* the input has faults, or what was asked is refused or failed */
	CM_EXIT_USAGE = 2,       /* the command line is wrong */
	CM_EXIT_UNREACHABLE = 3, /* comodald doesn't answer */
	CM_EXIT_INTERRUPTED = 130,
} CmExit;

typedef struct _CmVerb CmVerb;

/* One run of the program. */
typedef struct {
	const CmVerb *verb; /* NULL before one is found */
	gchar **arguments;  /* what follows the verb, global options included */
	gboolean session;   /* the session bus, instead of the system's */
	gboolean json;
	gboolean color;     /* on standard output */
	CmExit exit_status; /* when cm_comodalctl_parse() says FALSE */
} CmComodalctl;

/* Does the verb's work and says how it ended; whatever went wrong has been reported. */
typedef CmExit (*CmVerbRun)(CmComodalctl *cli);

struct _CmVerb {
	const gchar *name;        /* one or two words: "agenda", "plan list" */
	const gchar *arguments;   /* as "FILE", marked N_(), or NULL */
	const gchar *summary;     /* one line, marked N_() */
	const gchar *description; /* what help says after the usage, marked N_(), or NULL */
	CmVerbRun run;
};

/* Parse cli->arguments by the verb's own options and the global ones. An entry's arg is
 * G_OPTION_ARG_NONE, STRING, FILENAME, or STRING_ARRAY, FILENAME_ARRAY: numbers and dates are
 * parsed by cli/values.h, whose errors speak the person's language. Help and descriptions are
 * msgids. Returns FALSE when the verb has nothing more to do: help was printed, or an error; then
 * return cli->exit_status. `out_arguments`: the `minimum` to `maximum` other arguments. (transfer
 * full) */
gboolean
cm_comodalctl_parse(CmComodalctl *cli,
		    const GOptionEntry *entries,
		    guint minimum,
		    guint maximum,
		    GStrv *out_arguments) G_GNUC_WARN_UNUSED_RESULT;

/* The whole program. */
gint
cm_comodalctl_run(gint argc, gchar **argv);
