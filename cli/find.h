// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/client.h"

/* One thing of the roster, from what a person types. */

/* The thing of `kind` (as Roster.List has it) that `text` means: its id, its whole name, the beginnings of some of the name's words,
 * or of the id, without regard to accents and case. `things` is the list of that kind. Fails with NOT_FOUND, or INVALID_INPUT when
 * several fit; the message names them. (transfer none) */
JsonObject *
cm_find_thing_in(JsonNode *things, const gchar *kind, const gchar *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The same of what the daemon has now. Returns: (transfer full): json_object_unref() */
JsonObject *
cm_find_thing(CmDBusRoster *roster, const gchar *kind, const gchar *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The thing that has this number in a list, or NULL. (transfer none) */
JsonObject *
cm_find_by_number(JsonNode *things, gint64 number);

/* What it is called: its name, else its id. (transfer none) */
const gchar *
cm_find_get_title(JsonObject *thing);
