// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Numbers as a person of this process's language writes them. */

/* "12,345", "12 345". Returns: (transfer full) */
gchar *
cm_figures_format_count(gint64 number) G_GNUC_WARN_UNUSED_RESULT;

/* What stands after the bar while a plan is sought: the cost, falling from the first one seen, and the sessions that are
 * left out so far. `first` is 0 before anything is known and is set by the first call that knows a cost.
 * Returns: (transfer full) */
gchar *
cm_figures_format_search(gint64 *first, gint64 cost, gint64 unscheduled) G_GNUC_WARN_UNUSED_RESULT;
