// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* Where what is a person's own stands: comodalctl and comodal-agent must find the same places. */

/* Keys, what is remembered, exports. $COMODAL_DATA_DIR names one that is of one organisation alone; without it, the person's own data
 * folder has one for the system's comodald and one for those of a session. Absolute. Returns: (transfer full) */
gchar *
cm_person_place_dup_folder(gboolean session);

/* Which bus that is, whatever its addresses are: 32 hexadecimal digits, of that one start of it alone. An error of the domain
 * G_DBUS_ERROR when it does not say. Returns: (transfer full) */
gchar *
cm_person_place_dup_bus(GDBusConnection *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The socket of the agent that serves a session's bus, as cm_person_place_dup_bus() says it, or with NULL the system's. Returns: (transfer
 * full) */
gchar *
cm_person_place_dup_socket(const gchar *bus);
