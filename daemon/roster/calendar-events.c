// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/calendar-events.h"

#include "daemon/calendar/calendar-feed.h"
#include "daemon/roster/school-calendar.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_OCCURRENCES 400       /* of one event */
#define MAX_ALL_STEPS 200000      /* of all recurrences of a file */
#define MAX_DAYS_BEFORE (6 * 366) /* a recurrence may have begun before the horizon */

static gboolean
day_of_icaltime(struct icaltimetype time, CmDay *out_day)
{
	gchar text[48];

	if (icaltime_is_null_time(time))
		return FALSE;
	g_snprintf(text, sizeof(text), "%04d-%02d-%02d", time.year, time.month, time.day);
	return cm_day_parse(text, out_day);
}

static gboolean
is_midnight(struct icaltimetype time)
{
	return time.hour == 0 && time.minute == 0 && time.second == 0;
}

static gchar *
dup_text(icalcomponent *component, icalproperty_kind kind)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (icalproperty *property = icalcomponent_get_first_property(component, kind);
	     property != NULL; property = icalcomponent_get_next_property(component, kind)) {
		icalvalue *value = icalproperty_get_value(property);
		const gchar *text = NULL;

		/* as it was meant, not with its escapes */
		if (value != NULL && icalvalue_isa(value) == ICAL_TEXT_VALUE)
			text = icalvalue_get_text(value);
		else
			text = icalproperty_get_value_as_string(property);
		if (all->len > 0)
			g_string_append_c(all, ',');
		g_string_append(all, text != NULL ? text : "");
	}
	return g_string_free(g_steal_pointer(&all), FALSE);
}

/* libical takes out a property that it can't read, and leaves a note that names it */
static gboolean
lost_a_date(icalcomponent *component)
{
	static const gchar *const names[] = {"DTSTART", "DTEND",  "DURATION",
					     "RRULE",   "EXDATE", "RECURRENCE-ID"};
	g_autofree gchar *notes = dup_text(component, ICAL_XLICERROR_PROPERTY);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strstr(notes, names[i]) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* The first and the last day, both included, of an event of whole days. */
static CmCalendarEventState
read_dates(icalcomponent *component, struct icaltimetype *out_start, CmAbsence *out_span)
{
	icalproperty *start_property =
	    icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
	icalproperty *end_property =
	    icalcomponent_get_first_property(component, ICAL_DTEND_PROPERTY);
	icalproperty *duration_property =
	    icalcomponent_get_first_property(component, ICAL_DURATION_PROPERTY);
	const gchar *outlook = cm_calendar_feed_find_x(component, "X-MICROSOFT-CDO-ALLDAYEVENT");
	struct icaltimetype start = icaltime_null_time();
	struct icaltimetype end = icaltime_null_time();
	gboolean whole;
	CmDay first = 0;
	CmDay after = 0;

	if (start_property != NULL)
		start = icalproperty_get_dtstart(start_property);
	if (lost_a_date(component) || !day_of_icaltime(start, &first))
		return CM_CALENDAR_EVENT_NO_DATE;
	if (end_property != NULL)
		end = icalproperty_get_dtend(end_property);
	/* some write a whole day from midnight to midnight */
	whole = start.is_date || (outlook != NULL && g_ascii_strcasecmp(outlook, "TRUE") == 0) ||
		(is_midnight(start) && is_midnight(end) && !icaltime_is_null_time(end) &&
		 !icaltime_is_utc(start));
	if (!whole)
		return CM_CALENDAR_EVENT_TIMED;
	if (end_property == NULL || !day_of_icaltime(end, &after))
		after = first + 1;
	if (end_property == NULL && duration_property != NULL) {
		struct icaldurationtype duration = icalproperty_get_duration(duration_property);

		/* the fields are unsigned and may be huge */
		if (duration.weeks > 60 || duration.days > CM_CALENDAR_EVENTS_MAX_EVENT_DAYS)
			return CM_CALENDAR_EVENT_TOO_LONG;
		after = first + (CmDay)(duration.weeks * 7 + duration.days);
	}
	/* DTEND is excluded; some write the day itself */
	after = MAX(after, first + 1);
	if (after - first > CM_CALENDAR_EVENTS_MAX_EVENT_DAYS)
		return CM_CALENDAR_EVENT_TOO_LONG;
	start.is_date = 1;
	start.hour = start.minute = start.second = 0;
	start.zone = NULL;
	*out_start = start;
	out_span->from = first;
	out_span->to = after - 1;
	return CM_CALENDAR_EVENT_FINE;
}

static GHashTable *
read_exceptions(icalcomponent *component)
{
	GHashTable *days = g_hash_table_new(g_direct_hash, g_direct_equal);

	for (icalproperty *property =
		 icalcomponent_get_first_property(component, ICAL_EXDATE_PROPERTY);
	     property != NULL;
	     property = icalcomponent_get_next_property(component, ICAL_EXDATE_PROPERTY)) {
		CmDay day = 0;

		if (day_of_icaltime(icalproperty_get_exdate(property), &day))
			g_hash_table_add(days, GINT_TO_POINTER(day));
	}
	return days;
}

static void
add_span(CmCalendarEvent *event, CmDay first, gint length)
{
	CmAbsence span = {.from = first, .to = first + length - 1};

	g_array_append_val(event->spans, span);
}

static void
expand(CmCalendarEvent *event,
       icalcomponent *component,
       struct icalrecurrencetype *rule,
       struct icaltimetype start,
       gint length,
       CmDay horizon,
       guint *steps)
{
	g_autoptr(GHashTable) exceptions = read_exceptions(component);
	icalrecur_iterator *iterator = icalrecur_iterator_new(*rule, start);
	CmDay day = 0;

	if (iterator == NULL) {
		event->state = CM_CALENDAR_EVENT_RECURRENCE;
		return;
	}
	while (day_of_icaltime(icalrecur_iterator_next(iterator), &day) && day <= horizon) {
		if (event->spans->len >= MAX_OCCURRENCES || ++*steps > MAX_ALL_STEPS) {
			event->state = CM_CALENDAR_EVENT_RECURRENCE;
			break;
		}
		if (!g_hash_table_contains(exceptions, GINT_TO_POINTER(day)))
			add_span(event, day, length);
	}
	icalrecur_iterator_free(iterator);
}

static void
read_occurrences(CmCalendarEvent *event, icalcomponent *component, CmDay horizon, guint *steps)
{
	icalproperty *property = NULL;
	struct icalrecurrencetype rule;
	struct icaltimetype start = icaltime_null_time();
	CmAbsence span = {0};

	event->state = read_dates(component, &start, &span);
	if (event->state != CM_CALENDAR_EVENT_FINE)
		return;
	property = icalcomponent_get_first_property(component, ICAL_RRULE_PROPERTY);
	if (icalcomponent_count_properties(component, ICAL_RDATE_PROPERTY) > 0 ||
	    icalcomponent_count_properties(component, ICAL_EXRULE_PROPERTY) > 0 ||
	    icalcomponent_count_properties(component, ICAL_RRULE_PROPERTY) > 1) {
		event->state = CM_CALENDAR_EVENT_RECURRENCE;
	} else if (property != NULL) {
		if (horizon == CM_DAY_NONE)
			horizon = span.from + CM_SCHOOL_CALENDAR_MAX_DAYS;
		rule = icalproperty_get_rrule(property);
		if (!cm_calendar_feed_check_rule(&rule) || span.from < horizon - MAX_DAYS_BEFORE)
			event->state = CM_CALENDAR_EVENT_RECURRENCE;
		else
			expand(event, component, &rule, start, span.to - span.from + 1, horizon,
			       steps);
	} else {
		g_array_append_val(event->spans, span);
	}
	if (event->state != CM_CALENDAR_EVENT_FINE)
		g_array_set_size(event->spans, 0);
}

static void
event_free(gpointer data)
{
	CmCalendarEvent *event = data;

	g_free(event->uid);
	g_free(event->summary);
	g_free(event->categories);
	g_array_unref(event->spans);
	g_free(event);
}

static CmCalendarEvent *
read_event(icalcomponent *component, CmDay horizon, guint *steps)
{
	CmCalendarEvent *event = g_new0(CmCalendarEvent, 1);
	icalproperty *replaced =
	    icalcomponent_get_first_property(component, ICAL_RECURRENCEID_PROPERTY);
	icalproperty *status = icalcomponent_get_first_property(component, ICAL_STATUS_PROPERTY);

	event->line = cm_calendar_feed_get_line(component);
	event->uid = dup_text(component, ICAL_UID_PROPERTY);
	event->summary = dup_text(component, ICAL_SUMMARY_PROPERTY);
	event->categories = dup_text(component, ICAL_CATEGORIES_PROPERTY);
	event->spans = g_array_new(FALSE, FALSE, sizeof(CmAbsence));
	event->replaces = CM_DAY_NONE;
	if (replaced != NULL)
		(void)!day_of_icaltime(icalproperty_get_recurrenceid(replaced), &event->replaces);
	read_occurrences(event, component, horizon, steps);
	if (status != NULL && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED)
		event->state = CM_CALENDAR_EVENT_CANCELLED;
	return event;
}

/* An event with a RECURRENCE-ID stands for one occurrence of another: that one goes. */
static void
drop_replaced(GPtrArray *events)
{
	g_autoptr(GHashTable) replaced =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < events->len; i++) {
		const CmCalendarEvent *event = g_ptr_array_index(events, i);

		if (event->replaces != CM_DAY_NONE)
			g_hash_table_add(replaced,
					 g_strdup_printf("%d %s", event->replaces, event->uid));
	}
	for (guint i = 0; i < events->len && g_hash_table_size(replaced) > 0; i++) {
		CmCalendarEvent *event = g_ptr_array_index(events, i);

		for (guint j = event->spans->len; j > 0 && event->replaces == CM_DAY_NONE; j--) {
			CmDay day = CM_ELEMENT(event->spans, CmAbsence, j - 1)->from;
			g_autofree gchar *key = g_strdup_printf("%d %s", day, event->uid);

			if (g_hash_table_contains(replaced, key))
				g_array_remove_index(event->spans, j - 1);
		}
	}
}

static GPtrArray *
read_roots(GPtrArray *roots, CmDay horizon, GError **error)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(event_free);
	gboolean found = FALSE;
	guint steps = 0;

	for (guint i = 0; i < roots->len; i++) {
		icalcomponent *root = g_ptr_array_index(roots, i);

		if (icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT)
			continue;
		found = TRUE;
		for (icalcomponent *component =
			 icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
		     component != NULL;
		     component = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT))
			g_ptr_array_add(events, read_event(component, horizon, &steps));
	}
	if (!found) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is not an iCalendar file"),
			     NULL);
		return NULL;
	}
	drop_replaced(events);
	return g_steal_pointer(&events);
}

GPtrArray *
cm_calendar_events_read(const gchar *text, CmDay horizon, GError **error)
{
	static const CmCalendarFeedLimits limits = {.events = CM_SCHOOL_CALENDAR_MAX_EVENTS,
						    .line = CM_SCHOOL_CALENDAR_MAX_LINE_BYTES};
	g_autoptr(CmCalendarFeed) feed = cm_calendar_feed_new(text, &limits, error);

	return feed != NULL ? read_roots(cm_calendar_feed_get_roots(feed), horizon, error) : NULL;
}
