// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <json-glib/json-glib.h>

/* An agenda as iCalendar (RFC 5545), for the calendar of a telephone or an office: a VEVENT a session, nothing clinical,
 * students by their initials. Times are in UTC, so that no reader needs our idea of a time zone.
 *
 * `agenda`: a comodal-agenda/1 document. `stamp`: seconds since the epoch, for DTSTAMP. A session's UID depends on its
 * organisation and id alone, so that importing again replaces. Fails with INVALID_INPUT when the document is not what it
 * must be or its time zone is unknown. Returns: (transfer full) */
gchar *
cm_agenda_ics_format(JsonObject *agenda, gint64 stamp, GError **error) G_GNUC_WARN_UNUSED_RESULT;
