// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* "Léa St-Pierre" → "L. S.", "" of a name without letters. Returns: (transfer full) */
gchar *
cm_initials_make(const gchar *name) G_GNUC_WARN_UNUSED_RESULT;
