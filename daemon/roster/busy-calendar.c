// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/busy-calendar.h"

#include "daemon/calendar/calendar-feed.h"
#include "daemon/calendar/recurrence.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_STEPS 400000 /* of all recurrences of a file */
#define CLOCK_EVERY 1024 /* steps between two looks at the clock */

typedef struct {
	CmMomentZones zones;
	gint64 from;
	gint64 to;
	gint64 deadline; /* monotonic */
	guint steps;
	gboolean late;
	GArray *times;        /* CmBusyTime, in no order */
	GHashTable *replaced; /* "UID instant": occurrences that another event stands for */
	CmBusyCalendar *calendar;
} Reader;

/* ---- what an event says of itself */

static gboolean
is_free(icalcomponent *event)
{
	icalproperty *transp = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
	const gchar *status = cm_calendar_feed_find_x(event, "X-MICROSOFT-CDO-BUSYSTATUS");
	icalproperty_transp value =
	    transp != NULL ? icalproperty_get_transp(transp) : ICAL_TRANSP_OPAQUE;

	return value == ICAL_TRANSP_TRANSPARENT || value == ICAL_TRANSP_TRANSPARENTNOCONFLICT ||
	       (status != NULL && g_ascii_strcasecmp(status, "FREE") == 0);
}

static gboolean
is_cancelled(icalcomponent *event)
{
	icalproperty *status = icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);

	return status != NULL && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED;
}

static gchar *
occurrence_key(icalcomponent *event, gint64 instant)
{
	icalproperty *uid = icalcomponent_get_first_property(event, ICAL_UID_PROPERTY);
	const gchar *text = uid != NULL ? icalproperty_get_uid(uid) : NULL;

	return g_strdup_printf("%" G_GINT64_FORMAT " %s", instant, text != NULL ? text : "");
}

/* ---- occurrences */

static void
add_time(Reader *reader, gint64 start, gint64 end)
{
	CmBusyTime time = {MAX(start, reader->from), MIN(end, reader->to)};

	if (time.end > time.start)
		g_array_append_val(reader->times, time);
}

static void
add_occurrence(Reader *reader, const CmMoment *start, CmDay day, gint64 length)
{
	gint64 begins = cm_moment_get_instant(start, day);

	if (start->whole_day)
		add_time(reader, begins, cm_moment_get_instant(start, day + (CmDay)length));
	else
		add_time(reader, begins, begins + length);
}

static gboolean
is_replaced(Reader *reader, icalcomponent *event, gint64 instant)
{
	g_autofree gchar *key = NULL;

	if (g_hash_table_size(reader->replaced) == 0)
		return FALSE;
	key = occurrence_key(event, instant);
	return g_hash_table_contains(reader->replaced, key);
}

static gboolean
reader_step(Reader *reader)
{
	if (++reader->steps > MAX_STEPS)
		return FALSE;
	if (reader->steps % CLOCK_EVERY == 0 && g_get_monotonic_time() > reader->deadline)
		reader->late = TRUE;
	return !reader->late;
}

/* an event whose occurrences are taken */
typedef struct {
	Reader *reader;
	icalcomponent *component;
	const CmMoment *start;
	gint64 length;
} Event;

static gboolean
visit_occurrence(CmDay day, gint64 instant, gboolean excepted, gpointer data)
{
	Event *event = data;

	if (!reader_step(event->reader))
		return FALSE;
	if (!excepted && !is_replaced(event->reader, event->component, instant))
		add_occurrence(event->reader, event->start, day, event->length);
	return TRUE;
}

/* FALSE: it is not understood. */
static gboolean
read_event(Reader *reader, icalcomponent *component)
{
	icalproperty *property = icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
	CmMoment start = {0};
	Event event = {.reader = reader, .component = component, .start = &start};

	if (is_cancelled(component) || is_free(component))
		return TRUE;
	if (property == NULL || cm_moment_find_lost(component) != NULL ||
	    !cm_moment_read(&reader->zones, property, icalproperty_get_dtstart(property), &start) ||
	    !cm_moment_read_length(&reader->zones, component, &start, &event.length))
		return FALSE;
	/* one that does not repeat stands, whatever else has its UID and its start */
	if (!cm_recurrence_repeats(component)) {
		add_occurrence(reader, &start, start.day, event.length);
		return TRUE;
	}
	return cm_recurrence_visit(&reader->zones, component, &start, reader->to, visit_occurrence,
				   &event) == CM_RECURRENCE_DONE;
}

/* An event with a RECURRENCE-ID stands for one occurrence of another: that one goes, whatever becomes of it. FALSE: it stands for more,
 * or for what isn't understood. */
static gboolean
note_replaced(Reader *reader, icalcomponent *event)
{
	icalproperty *property =
	    icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
	CmMoment moment = {0};

	if (property == NULL)
		return TRUE;
	if (icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER) != NULL ||
	    !cm_moment_read(&reader->zones, property, icalproperty_get_recurrenceid(property),
			    &moment))
		return FALSE;
	g_hash_table_add(reader->replaced,
			 occurrence_key(event, cm_moment_get_instant(&moment, moment.day)));
	return TRUE;
}

/* ---- VFREEBUSY */

static gboolean
read_free_busy(Reader *reader, icalcomponent *component)
{
	for (icalproperty *property =
		 icalcomponent_get_first_property(component, ICAL_FREEBUSY_PROPERTY);
	     property != NULL;
	     property = icalcomponent_get_next_property(component, ICAL_FREEBUSY_PROPERTY)) {
		struct icalperiodtype period = icalproperty_get_freebusy(property);
		icalparameter *type =
		    icalproperty_get_first_parameter(property, ICAL_FBTYPE_PARAMETER);
		CmMoment start = {0};
		CmMoment end = {0};
		gint64 begins = 0;

		if (type != NULL && icalparameter_get_fbtype(type) == ICAL_FBTYPE_FREE)
			continue;
		if (!cm_moment_read(&reader->zones, property, period.start, &start))
			return FALSE;
		begins = cm_moment_get_instant(&start, start.day);
		if (cm_moment_read(&reader->zones, property, period.end, &end))
			add_time(reader, begins, cm_moment_get_instant(&end, end.day));
		else if (!period.duration.is_neg &&
			 period.duration.days <= CM_MOMENT_MAX_EVENT_DAYS &&
			 period.duration.weeks <= 60)
			add_time(reader, begins, begins + icaldurationtype_as_int(period.duration));
		else
			return FALSE;
	}
	return TRUE;
}

/* ---- the file */

static void
not_understood(Reader *reader, icalcomponent *component)
{
	if (reader->calendar->not_understood++ == 0)
		reader->calendar->first_line = cm_calendar_feed_get_line(component);
}

typedef gboolean (*Visit)(Reader *reader, icalcomponent *component);

static guint
visit_all(Reader *reader, icalcomponent *root, icalcomponent_kind kind, Visit visit)
{
	guint count = 0;

	for (icalcomponent *component = icalcomponent_get_first_component(root, kind);
	     component != NULL; component = icalcomponent_get_next_component(root, kind)) {
		count++;
		if (!visit(reader, component))
			not_understood(reader, component);
	}
	return count;
}

static void
read_default_zone(Reader *reader, icalcomponent *root)
{
	const gchar *name = cm_calendar_feed_find_x(root, "X-WR-TIMEZONE");
	GTimeZone *zone = name != NULL ? cm_zone_names_get(reader->zones.names, name) : NULL;

	if (zone != NULL)
		reader->zones.standard = zone;
}

static gboolean
read_roots(Reader *reader, GPtrArray *roots, GTimeZone *zone, GError **error)
{
	gboolean found = FALSE;

	for (guint i = 0; i < roots->len; i++) {
		icalcomponent *root = g_ptr_array_index(roots, i);

		if (icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT)
			continue;
		found = TRUE;
		reader->zones.standard = zone;
		read_default_zone(reader, root);
		visit_all(reader, root, ICAL_VEVENT_COMPONENT, note_replaced);
		reader->calendar->events +=
		    visit_all(reader, root, ICAL_VEVENT_COMPONENT, read_event);
		visit_all(reader, root, ICAL_VFREEBUSY_COMPONENT, read_free_busy);
	}
	if (found && !reader->late)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     found ? N_("This calendar takes too long to read.")
			   : N_("This is not an iCalendar file"),
		     NULL);
	return FALSE;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
	const CmBusyTime *first = a;
	const CmBusyTime *second = b;

	return (first->start > second->start) - (first->start < second->start);
}

/* in order, those that touch made one: how a day is cut into meetings is nobody's business */
static void
merge_times(GArray *times, GArray *out_merged)
{
	g_array_sort(times, compare_times);
	for (guint i = 0; i < times->len; i++) {
		const CmBusyTime *time = &g_array_index(times, CmBusyTime, i);
		CmBusyTime *last = out_merged->len > 0
				       ? &g_array_index(out_merged, CmBusyTime, out_merged->len - 1)
				       : NULL;

		if (last != NULL && time->start <= last->end)
			last->end = MAX(last->end, time->end);
		else
			g_array_append_val(out_merged, *time);
	}
}

void
cm_busy_calendar_free(CmBusyCalendar *calendar)
{
	if (calendar == NULL)
		return;
	g_array_unref(calendar->times);
	g_free(calendar);
}

static void
reader_clear(Reader *reader)
{
	g_array_unref(reader->times);
	g_hash_table_unref(reader->replaced);
	cm_zone_names_free(reader->zones.names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

CmBusyCalendar *
cm_busy_calendar_read(const gchar *text,
		      gsize length,
		      GTimeZone *zone,
		      gint64 from,
		      gint64 to,
		      GError **error)
{
	static const CmCalendarFeedLimits limits = {.events = CM_BUSY_CALENDAR_MAX_EVENTS,
						    .line = CM_BUSY_CALENDAR_MAX_LINE_BYTES};
	g_autoptr(CmBusyCalendar) calendar = g_new0(CmBusyCalendar, 1);
	g_autoptr(CmCalendarFeed) feed = NULL;
	g_auto(Reader) reader = {
	    .from = from,
	    .to = to,
	    .deadline = g_get_monotonic_time() + CM_BUSY_CALENDAR_MAX_SECONDS * G_USEC_PER_SEC,
	    .times = g_array_new(FALSE, FALSE, sizeof(CmBusyTime)),
	    .replaced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	    .zones = {.names = cm_zone_names_new()},
	    .calendar = calendar};

	calendar->times = g_array_new(FALSE, FALSE, sizeof(CmBusyTime));
	if (length > CM_BUSY_CALENDAR_MAX_BYTES || strlen(text) != length) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     length > CM_BUSY_CALENDAR_MAX_BYTES
				 ? N_("This calendar is larger than 8 MiB.")
				 : N_("This is not an iCalendar file"),
			     NULL);
		return NULL;
	}
	feed = cm_calendar_feed_new(text, &limits, error);
	if (feed == NULL || !read_roots(&reader, cm_calendar_feed_get_roots(feed), zone, error))
		return NULL;
	merge_times(reader.times, calendar->times);
	if (calendar->times->len > CM_BUSY_CALENDAR_MAX_TIMES) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This calendar has too many busy times."), NULL);
		return NULL;
	}
	return g_steal_pointer(&calendar);
}
