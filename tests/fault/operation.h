// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Programs that do one operation, and are killed at it: PROGRAM FOLDER VERB. */

/* Does what `verb` says in `folder`. */
typedef gboolean (*CmOperation)(const gchar *folder, const gchar *verb, GError **error);

/* A main() of it. 0: it was done; 1: not, and why stands on standard error; 2: the command line is another one. */
int
cm_operation_run(int argc, char **argv, CmOperation operation);
