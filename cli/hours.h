// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* Hours of a week as people write them: "mon-fri 8:30-16:00", "lun 8h30-12h 13h-16h; mar 9:00-12:00". */

/* The contract's {"mon": [["08:30", "16:00"]], …}; "" is no hours at all. NULL where it can't be read. Returns: (transfer full) */
JsonNode *
cm_hours_parse(const gchar *text) G_GNUC_WARN_UNUSED_RESULT;

/* One window "8:30-16:00", as ["08:30", "16:00"]. NULL where it can't be read. Returns: (transfer full) */
JsonNode *
cm_hours_parse_window(const gchar *text) G_GNUC_WARN_UNUSED_RESULT;
