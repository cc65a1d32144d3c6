// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>
#include <libical/ical.h>

/* A zone's rules as Outlook takes them (MS-OXCICAL, sections 2.1.3.1.1.19.2 and below): one STANDARD and at most one DAYLIGHT, each
 * with a DTSTART of long ago and RRULE:FREQ=YEARLY;BYMONTH=m;BYDAY=nDD; a zone without summer time has its STANDARD only. The rules are
 * those that hold from `year` on; before, they may have been others. libical's own have four observances and a TZID with its prefix.
 *
 * `name`: IANA's, which becomes the TZID. Fails with CM_ERROR_INVALID_INPUT for a name that is not known here, and with
 * CM_ERROR_NOT_SUPPORTED for a zone whose summer time follows no such rule (Africa/Casablanca). Returns: (transfer full) */
icalcomponent *
cm_vtimezone_new(const gchar *name, gint year, GError **error) G_GNUC_WARN_UNUSED_RESULT;
