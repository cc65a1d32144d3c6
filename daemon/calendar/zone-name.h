// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>

/* Time zones by their names, and only by their names: the rules that a file brings along (VTIMEZONE) can hang whoever runs them, and
 * are often wrong. The rules are the system's. */

/* IANA's names ("America/Toronto"), those of Windows ("Eastern Standard Time": CLDR's windowsZones.xml, Canada's zone where there is
 * one; also as Outlook shows them, "(UTC-05:00) Eastern Time (US & Canada)"), and IANA's behind a prefix
 * ("/freeassociation.sourceforge.net/America/Toronto", "America-Toronto"). Returns: (transfer full), NULL for a name that
 * nobody here knows */
GTimeZone *
cm_zone_name_find(const gchar *name) G_GNUC_WARN_UNUSED_RESULT;

/* What the system has under this exact IANA name; never a rule ("EST5EDT4,M3…", "+05:00"). Returns: (transfer full), NULL if none */
GTimeZone *
cm_zone_name_open(const gchar *name) G_GNUC_WARN_UNUSED_RESULT;

/* Remembers what was found, for a file that names its zones on every line. */
typedef struct _CmZoneNames CmZoneNames;

/* Returns: (transfer full) */
CmZoneNames *
cm_zone_names_new(void) G_GNUC_WARN_UNUSED_RESULT;

void
cm_zone_names_free(CmZoneNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmZoneNames, cm_zone_names_free)

/* As cm_zone_name_find(). Returns: (transfer none) */
GTimeZone *
cm_zone_names_get(CmZoneNames *names, const gchar *name);
