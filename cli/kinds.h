// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* The words for what the caseload's members mean. Unknown ones pass through. (transfer none) */

/* "professional" and the others of Roster.List, for a count of them. */
const gchar *
cm_kinds_get_plural(const gchar *kind, guint count);

/* The kinds of Roster.List, ended by NULL. */
const gchar *const *
cm_kinds_get_all(void);
