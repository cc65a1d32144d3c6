// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"
#include "include/cm-faults.h"

#include <glib.h>

/* What a person is told when something went wrong: once, in their language, with what to do next.
 */

/* Print the error and, where there is one, the next step, on standard error. Returns the exit
 * status that goes with it. */
CmExit
cm_report_error(const GError *error);

/* A wrong command line, in the same manner; `format` and the `const gchar *` after it as in
 * cm_message_new(). */
CmExit
cm_report_usage(const CmComodalctl *cli, const gchar *format, ...) G_GNUC_NULL_TERMINATED;

/* Print the faults of a document as "file:line  path  message", then how many more there are.
 * `file` stands for a fault that names none; may be NULL. Returns CM_EXIT_REFUSED. */
CmExit
cm_report_faults(const CmFaults *faults, const gchar *file);

/* Something worth knowing that is no error, on standard error. */
void
cm_report_note(const gchar *format, ...) G_GNUC_NULL_TERMINATED;

/* Whether a command may go on: its --yes, or a yes at the terminal to `question`, which is translated. If not, says so: the command then
 * ends with CM_EXIT_REFUSED. */
gboolean
cm_report_confirm(gboolean yes, const gchar *question) G_GNUC_WARN_UNUSED_RESULT;

/* The same where what is at stake is shown above the question: with --json nothing is, so nobody is asked. */
gboolean
cm_report_confirm_shown(const CmComodalctl *cli,
			gboolean yes,
			const gchar *question) G_GNUC_WARN_UNUSED_RESULT;

/* A translated text with its {0}… filled in. Returns: (transfer full) */
gchar *
cm_report_format(const gchar *format, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;
