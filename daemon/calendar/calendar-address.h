// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Addresses and links as a calendar has them. libical escapes neither: a line break in one would write a property of its own. */

#define CM_CALENDAR_ADDRESS_MAX_BYTES 254 /* RFC 5321 section 4.5.3.1.3, without the brackets */
#define CM_CALENDAR_LINK_MAX_BYTES 2048

/* "someone@school.example", bare. Fails with CM_ERROR_INVALID_INPUT (which does not repeat it) for controls, blanks, brackets, quotes,
 * anything but one "@" between two parts. */
gboolean
cm_calendar_address_check(const gchar *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "mailto:someone@school.example" (RFC 6068: what a URI may not hold is percent-encoded). Fails as the check does. Returns:
 * (transfer full) */
gchar *
cm_calendar_address_to_uri(const gchar *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The address in an ORGANIZER's or ATTENDEE's value in any writing ("MAILTO:", percent-encoded, in angle brackets, without a scheme),
 * in small letters, so that two can be compared. Returns: (transfer full), NULL when it is not a mail address */
gchar *
cm_calendar_address_from_uri(const gchar *uri) G_GNUC_WARN_UNUSED_RESULT;

/* An absolute http or https link of printable ASCII. Fails with CM_ERROR_INVALID_INPUT, which does not repeat it. */
gboolean
cm_calendar_address_check_link(const gchar *link, GError **error) G_GNUC_WARN_UNUSED_RESULT;
