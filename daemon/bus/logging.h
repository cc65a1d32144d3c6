// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The daemon's log: to the journal with its fields (include/cm-names.h) where standard error is the journal's, else text to
 * standard error. It never holds what a person typed or is called: of an error, its name and its format are logged, not the
 * arguments. */

/* Call once, in main(), before threads. */
void
cm_logging_init(void);

/* The method of a caller, or a job of theirs, has failed. `job` is NULL for a method. */
void
cm_logging_report_error(const gchar *method, const gchar *job, guint uid, const GError *error);

/* Something was done: `what` is a constant text, for people. */
void
cm_logging_report_done(const gchar *method, const gchar *job, guint uid, const gchar *what);

/* What of an error may be logged. Returns: (transfer full) */
gchar *
cm_logging_describe_error(const GError *error) G_GNUC_WARN_UNUSED_RESULT;
