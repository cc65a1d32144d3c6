// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/comodalctl.h"

/* Help in the person's language, at the width of their terminal. */

/* The verbs and the global options. `entries`: the global ones. */
void
cm_help_print_overview(const GOptionEntry *entries);

/* The verbs that begin with a word which is none itself, as "calendar". FALSE when there are none. */
gboolean
cm_help_print_group(const gchar *word);

/* One verb: usage, description, its own options, the global ones. */
void
cm_help_print_verb(const CmVerb *verb, const GOptionEntry *own, const GOptionEntry *global);
