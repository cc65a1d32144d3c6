// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy-file.h"

/* How our processes are told what to do: a command line, and a configuration in a key file. */

#define CM_PROGRAM_SOCKET_MAX 107 /* octets of a socket's path: sun_path */

/* Read `argv`, which is not changed, by GLib's table of options; nothing but options is taken. `summary`: marked by N_(). Error:
 * CM_ERROR_INVALID_INPUT. */
gboolean
cm_program_settings_parse(const gchar *summary,
			  const GOptionEntry *entries,
			  const gchar *const *argv,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --session, --config=FILE, --version */
typedef struct {
	gboolean session;
	gboolean show_version;
	gchar *file; /* that was named, or NULL */
} CmProgramOptions;

/* The same for a program that has these options alone. */
gboolean
cm_program_settings_parse_usual(const gchar *summary,
				const gchar *const *argv,
				CmProgramOptions *out_options,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
void
cm_program_settings_clear_options(CmProgramOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmProgramOptions, cm_program_settings_clear_options)

/* Takes what it knows of a file, and the faults that it finds; FALSE: an error that is none of the file's. */
typedef gboolean (*CmProgramSettingsTake)(CmPolicyFile *file, gpointer user_data, GError **error);

/* Where a configuration is, and what it is for. */
typedef struct {
	const gchar *
	    named; /* by the command line; NULL: `usual` of /etc/comodal/, or with `session` of ~/.config/comodal/ */
	const gchar *usual; /* "comodald.conf" */
	gboolean session;
	gboolean needed;            /* the usual one has to be there */
	const gchar *const *groups; /* that it may have, ended by NULL, static */
	const gchar *prefix;        /* of more of them; or NULL */
	CmProgramSettingsTake take;
	gpointer user_data;
} CmProgramConfiguration;

/* Read it, if it is there. What is wrong goes to `faults` with its line, also each key and group that nobody took, and the error is
 * CM_ERROR_INVALID_INPUT; CM_ERROR_NOT_FOUND: it was named or is needed, and is not there; errors of `take`. */
gboolean
cm_program_settings_read(const CmProgramConfiguration *configuration,
			 CmFaults *faults,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
