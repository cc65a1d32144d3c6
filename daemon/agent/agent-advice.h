// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Behind what `error` says, what the person can do about it: a text that is marked N_(), `place` its {0}, or NULL. Nothing where `error` is
 * NULL or holds nothing. */
void
cm_agent_advice_add(GError **error, const gchar *advice, const gchar *place);
