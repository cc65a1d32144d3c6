// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/busy-calendar.h"

#include "daemon/roster/calendar-feed.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define SECONDS_PER_DAY 86400
#define MAX_STEPS 400000   /* of all recurrences of a file */
#define MAX_EVENT_DAYS 400 /* one event */
#define FIRST_DAY 0        /* 1970-01-01: a recurrence that began before is not understood */
#define CLOCK_EVERY 1024   /* steps between two looks at the clock */

typedef struct {
	GTimeZone *zone; /* of times without one */
	gint64 from;
	gint64 to;
	gint64 deadline; /* monotonic */
	guint steps;
	gboolean late;
	GArray *times;        /* CmBusyTime, in no order */
	GHashTable *replaced; /* "UID instant": occurrences that another event stands for */
	GHashTable *zones;    /* name → GTimeZone, or NULL */
	CmBusyCalendar *calendar;
} Reader;

/* a time of an event: an instant, or a day */
typedef struct {
	CmDay day;
	gint seconds; /* after midnight */
	gboolean whole_day;
	GTimeZone *zone; /* NULL: UTC */
} Moment;

/* ---- zones */

/* as Outlook and Exchange name them: those of Canada, and some that travel (CLDR, windowsZones.xml) */
static const gchar *const windows_zones[][2] = {
    {"Atlantic Standard Time", "America/Halifax"},
    {"Canada Central Standard Time", "America/Regina"},
    {"Central Europe Standard Time", "Europe/Budapest"},
    {"Central European Standard Time", "Europe/Warsaw"},
    {"Central Standard Time", "America/Chicago"},
    {"Eastern Standard Time", "America/Toronto"},
    {"GMT Standard Time", "Europe/London"},
    {"Greenwich Standard Time", "Atlantic/Reykjavik"},
    {"Mountain Standard Time", "America/Denver"},
    {"Newfoundland Standard Time", "America/St_Johns"},
    {"Pacific Standard Time", "America/Los_Angeles"},
    {"Romance Standard Time", "Europe/Paris"},
    {"US Eastern Standard Time", "America/Indianapolis"},
    {"US Mountain Standard Time", "America/Phoenix"},
    {"UTC", "UTC"},
    {"W. Europe Standard Time", "Europe/Berlin"},
    {"Yukon Standard Time", "America/Whitehorse"},
};

/* only what the system has under that name: GLib also takes POSIX rules */
static GTimeZone *
zone_open(const gchar *name)
{
	if (strchr(name, '/') == NULL && !g_str_equal(name, "UTC"))
		return NULL;
	return g_time_zone_new_identifier(name);
}

/* "/freeassociation.sourceforge.net/America/Toronto" and its like end with the name */
static GTimeZone *
zone_find(const gchar *name)
{
	GTimeZone *zone = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(windows_zones); i++) {
		if (g_ascii_strcasecmp(windows_zones[i][0], name) == 0)
			return g_time_zone_new_identifier(windows_zones[i][1]);
	}
	while (zone == NULL && name != NULL) {
		while (*name == '/')
			name++;
		zone = zone_open(name);
		name = strchr(name, '/');
	}
	return zone;
}

static void
zone_free(gpointer zone)
{
	if (zone != NULL)
		g_time_zone_unref(zone);
}

/* (transfer none); NULL: nobody knows it */
static GTimeZone *
reader_get_zone(Reader *reader, const gchar *name)
{
	GTimeZone *zone = NULL;

	if (g_hash_table_lookup_extended(reader->zones, name, NULL, (gpointer *)&zone))
		return zone;
	zone = zone_find(name);
	g_hash_table_insert(reader->zones, g_strdup(name), zone);
	return zone;
}

/* ---- moments */

static gboolean
moment_read(Reader *reader, icalproperty *property, struct icaltimetype time, Moment *out_moment)
{
	icalparameter *parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
	gchar text[48];

	if (icaltime_is_null_time(time) || time.hour < 0 || time.hour > 23 || time.minute < 0 ||
	    time.minute > 59)
		return FALSE;
	g_snprintf(text, sizeof(text), "%04d-%02d-%02d", time.year, time.month, time.day);
	if (!cm_day_parse(text, &out_moment->day))
		return FALSE;
	out_moment->whole_day = time.is_date != 0;
	out_moment->seconds =
	    time.is_date ? 0 : time.hour * 3600 + time.minute * 60 + CLAMP(time.second, 0, 59);
	out_moment->zone = reader->zone;
	if (icaltime_is_utc(time)) {
		out_moment->zone = NULL;
	} else if (parameter != NULL && !time.is_date) {
		out_moment->zone = reader_get_zone(reader, icalparameter_get_tzid(parameter));
		return out_moment->zone != NULL;
	}
	return TRUE;
}

/* the instant of this moment on another day */
static gint64
moment_get_instant(const Moment *moment, CmDay day)
{
	if (moment->zone == NULL)
		return (gint64)day * SECONDS_PER_DAY + moment->seconds;
	return cm_time_to_utc(day, (CmMinute)(moment->seconds / 60), moment->zone) +
	       moment->seconds % 60;
}

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

/* libical takes out a property that it can't read, and leaves a note that names it */
static gboolean
lost_a_time(icalcomponent *event)
{
	static const gchar *const names[] = {"DTSTART", "DTEND", "DURATION",     "RRULE",
					     "EXDATE",  "RDATE", "RECURRENCE-ID"};

	for (icalproperty *note = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY);
	     note != NULL; note = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
		const gchar *text = icalproperty_get_xlicerror(note);

		for (guint i = 0; text != NULL && i < G_N_ELEMENTS(names); i++) {
			if (strstr(text, names[i]) != NULL)
				return TRUE;
		}
	}
	return FALSE;
}

static gchar *
occurrence_key(icalcomponent *event, gint64 instant)
{
	icalproperty *uid = icalcomponent_get_first_property(event, ICAL_UID_PROPERTY);
	const gchar *text = uid != NULL ? icalproperty_get_uid(uid) : NULL;

	return g_strdup_printf("%" G_GINT64_FORMAT " %s", instant, text != NULL ? text : "");
}

/* ---- its length */

static gboolean
length_of_duration(icalcomponent *event, gint64 *out_length)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	struct icaldurationtype duration;

	if (property == NULL)
		return FALSE;
	duration = icalproperty_get_duration(property);
	/* the fields are unsigned and may be huge */
	if (duration.is_neg || duration.weeks > 60 || duration.days > MAX_EVENT_DAYS ||
	    duration.hours > 24u * MAX_EVENT_DAYS || duration.minutes > 1440u * MAX_EVENT_DAYS ||
	    duration.seconds > 86400u * MAX_EVENT_DAYS)
		return FALSE;
	*out_length = (gint64)duration.weeks * 7 * SECONDS_PER_DAY +
		      (gint64)duration.days * SECONDS_PER_DAY + (gint64)duration.hours * 3600 +
		      (gint64)duration.minutes * 60 + (gint64)duration.seconds;
	return TRUE;
}

/* Seconds of a timed event, days of a whole-day one. FALSE: not understood. */
static gboolean
read_length(Reader *reader, icalcomponent *event, const Moment *start, gint64 *out_length)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	Moment end = {0};
	gint64 length = start->whole_day ? SECONDS_PER_DAY : 0;

	if (property != NULL) {
		if (!moment_read(reader, property, icalproperty_get_dtend(property), &end))
			return FALSE;
		if (start->whole_day)
			length = (gint64)(end.day - start->day) * SECONDS_PER_DAY;
		else
			length = moment_get_instant(&end, end.day) -
				 moment_get_instant(start, start->day);
		/* some write the day itself as its end */
		if (start->whole_day)
			length = MAX(length, SECONDS_PER_DAY);
	} else if (icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY) != NULL &&
		   !length_of_duration(event, &length)) {
		return FALSE;
	}
	if (length < 0 || length > (gint64)MAX_EVENT_DAYS * SECONDS_PER_DAY)
		return FALSE;
	*out_length = start->whole_day ? length / SECONDS_PER_DAY : length;
	return TRUE;
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
add_occurrence(Reader *reader, const Moment *start, CmDay day, gint64 length)
{
	gint64 begins = moment_get_instant(start, day);

	if (start->whole_day)
		add_time(reader, begins, moment_get_instant(start, day + (CmDay)length));
	else
		add_time(reader, begins, begins + length);
}

/* the instants at which it does not take place */
static gboolean
read_exceptions(Reader *reader, icalcomponent *event, const Moment *start, GHashTable *out_instants)
{
	for (icalproperty *property = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
	     property != NULL;
	     property = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY)) {
		Moment moment = {0};
		gint64 instant = 0;

		if (!moment_read(reader, property, icalproperty_get_exdate(property), &moment))
			return FALSE;
		/* a day alone leaves out what begins on it */
		if (moment.whole_day && !start->whole_day)
			instant = moment_get_instant(start, moment.day);
		else
			instant = moment_get_instant(&moment, moment.day);
		g_hash_table_add(out_instants, g_memdup2(&instant, sizeof instant));
	}
	return TRUE;
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

/* the last instant at which it may begin */
static gint64
read_until(const struct icalrecurrencetype *rule, const Moment *start)
{
	struct icaltimetype until = rule->until;
	Moment moment = {.zone = icaltime_is_utc(until) ? NULL : start->zone};
	gchar text[48];

	if (icaltime_is_null_time(until))
		return G_MAXINT64;
	g_snprintf(text, sizeof(text), "%04d-%02d-%02d", until.year, until.month, until.day);
	if (!cm_day_parse(text, &moment.day))
		return G_MAXINT64;
	/* a day alone is meant to its end, in the event's zone */
	if (until.is_date) {
		moment.zone = start->zone;
		return moment_get_instant(&moment, moment.day + 1) - 1;
	}
	moment.seconds = until.hour * 3600 + until.minute * 60 + until.second;
	return moment_get_instant(&moment, moment.day);
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

/* By days: the hour is the same on each, in the event's own zone, summer and winter. */
static gboolean
expand(Reader *reader,
       icalcomponent *event,
       struct icalrecurrencetype rule,
       const Moment *start,
       gint64 length)
{
	g_autoptr(GHashTable) exceptions =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	struct icaltimetype first = icaltime_null_time();
	gint64 until = read_until(&rule, start);
	icalrecur_iterator *iterator = NULL;
	gboolean good = TRUE;

	if (!cm_calendar_feed_check_rule(&rule) || start->day < FIRST_DAY ||
	    !read_exceptions(reader, event, start, exceptions))
		return FALSE;
	cm_day_get_ymd(start->day, &first.year, &first.month, &first.day);
	first.is_date = 1;
	rule.until = icaltime_null_time();
	iterator = icalrecur_iterator_new(rule, first);
	if (iterator == NULL)
		return FALSE;
	for (;;) {
		struct icaltimetype next = icalrecur_iterator_next(iterator);
		gchar text[48];
		CmDay day = 0;
		gint64 instant = 0;

		g_snprintf(text, sizeof(text), "%04d-%02d-%02d", next.year, next.month, next.day);
		if (icaltime_is_null_time(next) || !cm_day_parse(text, &day))
			break;
		instant = moment_get_instant(start, day);
		if (instant > until || instant >= reader->to)
			break;
		good = reader_step(reader);
		if (!good)
			break;
		if (!g_hash_table_contains(exceptions, &instant) &&
		    !is_replaced(reader, event, instant))
			add_occurrence(reader, start, day, length);
	}
	icalrecur_iterator_free(iterator);
	return good;
}

/* FALSE: it is not understood. */
static gboolean
read_event(Reader *reader, icalcomponent *event)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
	icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
	Moment start = {0};
	gint64 length = 0;

	if (is_cancelled(event) || is_free(event))
		return TRUE;
	if (property == NULL || lost_a_time(event) ||
	    !moment_read(reader, property, icalproperty_get_dtstart(property), &start) ||
	    !read_length(reader, event, &start, &length) ||
	    icalcomponent_count_properties(event, ICAL_RDATE_PROPERTY) > 0 ||
	    icalcomponent_count_properties(event, ICAL_EXRULE_PROPERTY) > 0 ||
	    icalcomponent_count_properties(event, ICAL_RRULE_PROPERTY) > 1)
		return FALSE;
	if (rule != NULL)
		return expand(reader, event, icalproperty_get_rrule(rule), &start, length);
	add_occurrence(reader, &start, start.day, length);
	return TRUE;
}

/* An event with a RECURRENCE-ID stands for one occurrence of another: that one goes, whatever becomes of it. FALSE: it stands for more,
 * or for what isn't understood. */
static gboolean
note_replaced(Reader *reader, icalcomponent *event)
{
	icalproperty *property =
	    icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
	Moment moment = {0};

	if (property == NULL)
		return TRUE;
	if (icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER) != NULL ||
	    !moment_read(reader, property, icalproperty_get_recurrenceid(property), &moment))
		return FALSE;
	g_hash_table_add(reader->replaced,
			 occurrence_key(event, moment_get_instant(&moment, moment.day)));
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
		Moment start = {0};
		Moment end = {0};
		gint64 begins = 0;

		if (type != NULL && icalparameter_get_fbtype(type) == ICAL_FBTYPE_FREE)
			continue;
		if (!moment_read(reader, property, period.start, &start))
			return FALSE;
		begins = moment_get_instant(&start, start.day);
		if (moment_read(reader, property, period.end, &end))
			add_time(reader, begins, moment_get_instant(&end, end.day));
		else if (!period.duration.is_neg && period.duration.days <= MAX_EVENT_DAYS &&
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
	const gchar *line = cm_calendar_feed_find_x(component, CM_CALENDAR_FEED_LINE_PROPERTY);
	guint64 number = 0;

	if (reader->calendar->not_understood++ == 0 && line != NULL &&
	    g_ascii_string_to_unsigned(line, 10, 0, G_MAXUINT32, &number, NULL))
		reader->calendar->first_line = (guint)number;
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
	GTimeZone *zone = name != NULL ? reader_get_zone(reader, name) : NULL;

	if (zone != NULL)
		reader->zone = zone;
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
		reader->zone = zone;
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
	g_hash_table_unref(reader->zones);
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
	g_autoptr(CmBusyCalendar) calendar = g_new0(CmBusyCalendar, 1);
	g_autoptr(CmCalendarFeed) feed = NULL;
	g_auto(Reader) reader = {
	    .from = from,
	    .to = to,
	    .deadline = g_get_monotonic_time() + CM_BUSY_CALENDAR_MAX_SECONDS * G_USEC_PER_SEC,
	    .times = g_array_new(FALSE, FALSE, sizeof(CmBusyTime)),
	    .replaced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	    .zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_free),
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
	feed = cm_calendar_feed_new(text, CM_BUSY_CALENDAR_MAX_EVENTS,
				    CM_BUSY_CALENDAR_MAX_LINE_BYTES, error);
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
