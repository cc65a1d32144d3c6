// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <glib.h>
#include <libical/ical.h>

/* Feeding somebody's iCalendar text to libical, line by line, within limits: without time zones and alarms (a VTIMEZONE whose rule
 * never matches hangs it), with the line of each event, in UTF-8. */

/* Put into each event before it is parsed: libical does not say where one stood. */
#define CM_CALENDAR_FEED_LINE_PROPERTY "X-COMODAL-LINE"

typedef struct _CmCalendarFeed CmCalendarFeed;

/* What a text may have at most; 0: any number. */
typedef struct {
	guint events;
	guint line;       /* octets of one, unfolded */
	guint components; /* of any kind, with what is left out */
	guint properties; /* in all components together, as the next */
	guint attendees;
} CmCalendarFeedLimits;

/* Fails with CM_ERROR_INVALID_INPUT, naming the line, beyond a limit and for components nested too deep. Returns: (transfer full) */
CmCalendarFeed *
cm_calendar_feed_new(const gchar *text,
		     const CmCalendarFeedLimits *limits,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
cm_calendar_feed_free(CmCalendarFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmCalendarFeed, cm_calendar_feed_free)

/* What stands at the top (element-type icalcomponent). (transfer none) */
GPtrArray *
cm_calendar_feed_get_roots(CmCalendarFeed *feed);

/* Whether the text ended inside of a component: the last root is then only what there was of it. */
gboolean
cm_calendar_feed_is_cut_off(const CmCalendarFeed *feed);

/* The line of an event, 0 when it isn't known. */
guint
cm_calendar_feed_get_line(icalcomponent *event);

/* The value of an X- property, NULL without one; libical's, copy it at once. */
const gchar *
cm_calendar_feed_find_x(icalcomponent *component, const gchar *name);

/* Only rules that are sure to match often: libical looks for a match to the year 2582, and has no limit of its own. */
gboolean
cm_calendar_feed_check_rule(const struct icalrecurrencetype *rule) G_GNUC_WARN_UNUSED_RESULT;
