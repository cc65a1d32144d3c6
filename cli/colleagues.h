// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "include/cm-dbus-agent.h"

#include <json-glib/json-glib.h>

/* Colleagues with keys in the organisation's directory, from what a person types. */

/* Those whose keys are in force, as cm_find_thing_in() takes them: "name" and title, "id" the fingerprint. Returns: (transfer full) */
JsonNode *
cm_colleagues_list(CmDBusAgent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The fingerprint of the one that `text` means: theirs, their name, or beginnings of its words. CM_ERROR_NOT_FOUND; CM_ERROR_INVALID_INPUT:
 * several fit. (transfer none) */
const gchar *
cm_colleagues_find(JsonNode *colleagues,
		   const gchar *text,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
