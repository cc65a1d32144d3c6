// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/bookings.h"

/* A `comodal-door/1` document as a person reads it: who waits where, and what to type. */

/* Returns: (transfer full) */
gchar *
cm_door_view_draw(const CmBookings *bookings, JsonNode *document) G_GNUC_WARN_UNUSED_RESULT;

/* What somebody at a door is called: their name where it is told, else "contact 12". Returns: (transfer full) */
gchar *
cm_door_view_dup_name(JsonObject *visit) G_GNUC_WARN_UNUSED_RESULT;

/* The sessions of which a list speaks, in words: "Léa Gagnon, 10:30–11:15"; of who may not see the student, the professional. Returns:
 * (transfer full) */
gchar *
cm_door_view_describe(const CmBookings *bookings, JsonObject *door) G_GNUC_WARN_UNUSED_RESULT;
