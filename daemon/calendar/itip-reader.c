// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/itip-reader.h"

#include "daemon/calendar/calendar-address.h"
#include "daemon/calendar/calendar-feed.h"
#include "daemon/calendar/recurrence.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define SECONDS_PER_DAY 86400
#define MAX_TEXT_BYTES 4000 /* of a summary, a comment */
#define MAX_UID_BYTES 1024
#define MAX_STEPS 4000 /* of one recurrence */

/* One message under way. */
typedef struct {
	CmMomentZones zones;
	gint64 horizon;
	const gchar *method; /* of an object that has none; NULL: none */
	CmItip *itip;
} Reader;

static void
person_free(gpointer data)
{
	CmItipPerson *person = data;

	if (person == NULL)
		return;
	g_free(person->address);
	g_free(person->cn);
	g_free(person->sent_by);
	g_free(person);
}

static void
event_free(gpointer data)
{
	CmItipEvent *event = data;

	g_free(event->uid);
	person_free(event->organizer);
	g_ptr_array_unref(event->attendees);
	g_array_unref(event->starts);
	g_free(event->zone);
	g_free(event->summary);
	g_free(event->location);
	g_free(event->comment);
	g_free(event->problem);
	g_free(event);
}

void
cm_itip_free(CmItip *itip)
{
	if (itip == NULL)
		return;
	g_free(itip->product);
	g_ptr_array_unref(itip->events);
	g_free(itip);
}

/* ---- texts */

/* (transfer full) NULL for nothing; controls but line breaks become blanks */
static gchar *
clean_text(const gchar *text, gsize max_bytes)
{
	g_autofree gchar *valid = text != NULL ? g_utf8_make_valid(text, -1) : g_strdup("");
	g_autoptr(GString) kept = g_string_new(NULL);

	for (const gchar *p = valid; *p != '\0' && kept->len < max_bytes; p = g_utf8_next_char(p)) {
		gunichar letter = g_utf8_get_char(p);

		g_string_append_unichar(kept,
					g_unichar_iscntrl(letter) && letter != '\n' ? ' ' : letter);
	}
	g_strstrip(kept->str);
	return *kept->str != '\0' ? g_string_free(g_steal_pointer(&kept), FALSE) : NULL;
}

/* the values of all properties of a kind, one below another */
static gchar *
read_text(icalcomponent *component, icalproperty_kind kind, gsize max_bytes)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (icalproperty *property = icalcomponent_get_first_property(component, kind);
	     property != NULL && all->len < max_bytes;
	     property = icalcomponent_get_next_property(component, kind)) {
		icalvalue *value = icalproperty_get_value(property);
		const gchar *text = value != NULL && icalvalue_isa(value) == ICAL_TEXT_VALUE
					? icalvalue_get_text(value)
					: NULL;
		g_autofree gchar *cleaned = clean_text(text, max_bytes);

		if (cleaned != NULL)
			g_string_append_printf(all, "%s%s", all->len > 0 ? "\n" : "", cleaned);
	}
	return clean_text(all->str, max_bytes);
}

/* ---- what was not understood */

static void
event_add_problem(CmItipEvent *event, const gchar *format, const gchar *argument)
{
	g_autofree gchar *before = event->problem;
	g_autofree gchar *message = NULL;
	gchar line[12];

	g_snprintf(line, sizeof(line), "%u", event->line);
	message = cm_message_new(format, line, argument, NULL);
	event->problem = cm_message_join(before, message);
}

/* ---- people */

static const gchar *
read_partstat(icalproperty *property)
{
	icalparameter *parameter =
	    icalproperty_get_first_parameter(property, ICAL_PARTSTAT_PARAMETER);
	icalparameter_partstat value =
	    parameter != NULL ? icalparameter_get_partstat(parameter) : ICAL_PARTSTAT_NEEDSACTION;

	/* RFC 5545 section 3.2.12: what isn't known is as "NEEDS-ACTION" */
	if (value == ICAL_PARTSTAT_ACCEPTED)
		return "ACCEPTED";
	if (value == ICAL_PARTSTAT_DECLINED)
		return "DECLINED";
	if (value == ICAL_PARTSTAT_TENTATIVE)
		return "TENTATIVE";
	return value == ICAL_PARTSTAT_DELEGATED ? "DELEGATED" : "NEEDS-ACTION";
}

/* Apple's server has a path or a UUID for its value, and the address beside it */
static gchar *
read_address(icalproperty *property, const gchar *value)
{
	icalparameter *email = icalproperty_get_first_parameter(property, ICAL_EMAIL_PARAMETER);
	gchar *address = cm_calendar_address_from_uri(value);

	if (address == NULL && email != NULL)
		address = cm_calendar_address_from_uri(icalparameter_get_email(email));
	return address;
}

static CmItipPerson *
read_person(icalproperty *property, const gchar *value)
{
	CmItipPerson *person = g_new0(CmItipPerson, 1);
	icalparameter *cn = icalproperty_get_first_parameter(property, ICAL_CN_PARAMETER);
	icalparameter *sent_by = icalproperty_get_first_parameter(property, ICAL_SENTBY_PARAMETER);

	person->address = read_address(property, value);
	if (cn != NULL)
		person->cn = clean_text(icalparameter_get_cn(cn), MAX_TEXT_BYTES);
	if (sent_by != NULL)
		person->sent_by = cm_calendar_address_from_uri(icalparameter_get_sentby(sent_by));
	person->partstat = read_partstat(property);
	return person;
}

static void
append_text(GMarkupParseContext *context,
	    const gchar *text,
	    gsize length,
	    gpointer data,
	    GError **error)
{
	g_string_append_len(data, text, (gssize)length);
}

/* "it&#39\;s": Google's are escaped as HTML, then as iCalendar */
static gchar *
clean_remark(const gchar *text)
{
	static const GMarkupParser parser = {.text = append_text};
	g_autoptr(GString) escaped = g_string_new(text);
	g_autoptr(GString) plain = g_string_new(NULL);
	GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, plain, NULL);
	gboolean good = FALSE;

	g_string_replace(escaped, "\\;", ";", 0);
	g_string_replace(escaped, "\\,", ",", 0);
	g_string_prepend(escaped, "<r>");
	g_string_append(escaped, "</r>");
	good = g_markup_parse_context_parse(context, escaped->str, (gssize)escaped->len, NULL);
	g_markup_parse_context_free(context);
	return clean_text(good ? plain->str : text, MAX_TEXT_BYTES);
}

/* what Google's calendar has instead of a COMMENT */
static void
read_remark(CmItipEvent *event, icalproperty *attendee)
{
	for (icalparameter *parameter =
		 icalproperty_get_first_parameter(attendee, ICAL_X_PARAMETER);
	     parameter != NULL && event->comment == NULL;
	     parameter = icalproperty_get_next_parameter(attendee, ICAL_X_PARAMETER)) {
		const gchar *name = icalparameter_get_xname(parameter);

		if (name != NULL && g_ascii_strcasecmp(name, "X-RESPONSE-COMMENT") == 0)
			event->comment = clean_remark(icalparameter_get_xvalue(parameter));
	}
}

static void
read_people(Reader *reader, CmItipEvent *event, icalcomponent *component)
{
	icalproperty *organizer =
	    icalcomponent_get_first_property(component, ICAL_ORGANIZER_PROPERTY);

	if (organizer != NULL)
		event->organizer = read_person(organizer, icalproperty_get_organizer(organizer));
	for (icalproperty *property =
		 icalcomponent_get_first_property(component, ICAL_ATTENDEE_PROPERTY);
	     property != NULL;
	     property = icalcomponent_get_next_property(component, ICAL_ATTENDEE_PROPERTY)) {
		g_ptr_array_add(event->attendees,
				read_person(property, icalproperty_get_attendee(property)));
		if (reader->itip->method == CM_ITIP_REPLY ||
		    reader->itip->method == CM_ITIP_COUNTER)
			read_remark(event, property);
	}
}

/* ---- times */

/* the starts of an event so far */
typedef struct {
	GArray *starts;
	guint steps;
} Starts;

static gboolean
visit_start(CmDay day, gint64 instant, gboolean excepted, gpointer data)
{
	Starts *starts = data;

	if (!excepted)
		g_array_append_val(starts->starts, instant);
	return starts->starts->len < CM_ITIP_MAX_OCCURRENCES && ++starts->steps < MAX_STEPS;
}

static void
read_starts(Reader *reader, CmItipEvent *event, icalcomponent *component, const CmMoment *start)
{
	Starts starts = {.starts = event->starts};
	gint64 last = event->start + (gint64)CM_ITIP_MAX_HORIZON_DAYS * SECONDS_PER_DAY;

	event->recurs = cm_recurrence_repeats(component);
	if (cm_recurrence_visit(&reader->zones, component, start, MIN(reader->horizon, last),
				visit_start, &starts) == CM_RECURRENCE_NOT_UNDERSTOOD)
		event_add_problem(
		    event, N_("Line {0}: the event repeats in a way that is not followed"), NULL);
}

/* the name of a zone that nobody here knows, when that is what is wrong */
static void
add_time_problem(Reader *reader, CmItipEvent *event, icalproperty *property)
{
	icalparameter *parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
	const gchar *name = parameter != NULL ? icalparameter_get_tzid(parameter) : NULL;
	g_autofree gchar *cleaned = clean_text(name, 80);

	if (cleaned != NULL && cm_zone_names_get(reader->zones.names, name) == NULL)
		event_add_problem(
		    event,
		    N_("Line {0}: the event is in a time zone that is not known here: “{1}”"),
		    cleaned);
	else
		event_add_problem(event, N_("Line {0}: {1} can't be read"),
				  icalproperty_get_property_name(property));
}

/* an instant; of a whole day its midnight in UTC */
static gint64
get_instant(const CmMoment *moment)
{
	return moment->whole_day ? (gint64)moment->day * SECONDS_PER_DAY
				 : cm_moment_get_instant(moment, moment->day);
}

/* The time of a property, or CM_ITIP_NONE. */
static gint64
read_instant(Reader *reader,
	     CmItipEvent *event,
	     icalproperty *property,
	     struct icaltimetype time,
	     CmMoment *out_moment)
{
	if (cm_moment_read(&reader->zones, property, time, out_moment))
		return get_instant(out_moment);
	add_time_problem(reader, event, property);
	return CM_ITIP_NONE;
}

static void
read_start(Reader *reader, CmItipEvent *event, icalcomponent *component)
{
	icalproperty *property = icalcomponent_get_first_property(component, ICAL_DTSTART_PROPERTY);
	CmMoment start = {0};
	gint64 length = 0;

	if (property == NULL)
		return;
	event->start =
	    read_instant(reader, event, property, icalproperty_get_dtstart(property), &start);
	if (event->start == CM_ITIP_NONE)
		return;
	event->all_day = start.whole_day;
	if (start.zone != NULL && !start.whole_day)
		event->zone = g_strdup(g_time_zone_get_identifier(start.zone));
	/* as days of UTC, so that a whole day is the same wherever it is read */
	if (start.whole_day)
		start.zone = NULL;
	if (cm_moment_read_length(&reader->zones, component, &start, &length))
		event->end = event->start + length * (start.whole_day ? SECONDS_PER_DAY : 1);
	else
		event_add_problem(event, N_("Line {0}: {1} can't be read"), "DTEND");
	read_starts(reader, event, component, &start);
}

static void
read_recurrence_id(Reader *reader, CmItipEvent *event, icalcomponent *component)
{
	icalproperty *property =
	    icalcomponent_get_first_property(component, ICAL_RECURRENCEID_PROPERTY);
	icalparameter *range = NULL;
	CmMoment moment = {0};

	if (property == NULL)
		return;
	event->recurrence_id =
	    read_instant(reader, event, property, icalproperty_get_recurrenceid(property), &moment);
	range = icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER);
	event->following =
	    range != NULL && icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
}

static void
read_stamp(Reader *reader, CmItipEvent *event, icalcomponent *component)
{
	icalproperty *property = icalcomponent_get_first_property(component, ICAL_DTSTAMP_PROPERTY);
	CmMoment moment = {0};

	if (property != NULL)
		event->stamp = read_instant(reader, event, property,
					    icalproperty_get_dtstamp(property), &moment);
}

static void
read_times(Reader *reader, CmItipEvent *event, icalcomponent *component)
{
	const gchar *lost = NULL;

	event->recurrence_id = event->stamp = event->start = event->end = CM_ITIP_NONE;
	read_stamp(reader, event, component);
	read_recurrence_id(reader, event, component);
	read_start(reader, event, component);
	lost = cm_moment_find_lost(component);
	if (lost == NULL)
		return;
	/* without its rule or an exception, what is left says something else */
	g_array_set_size(event->starts, 0);
	event->recurs = event->recurs || g_str_equal(lost, "RRULE");
	event_add_problem(event, N_("Line {0}: {1} can't be read"), lost);
}

/* ---- the event */

static CmItipEvent *
read_event(Reader *reader, icalcomponent *component)
{
	CmItipEvent *event = g_new0(CmItipEvent, 1);
	icalproperty *sequence =
	    icalcomponent_get_first_property(component, ICAL_SEQUENCE_PROPERTY);
	icalproperty *status = icalcomponent_get_first_property(component, ICAL_STATUS_PROPERTY);

	event->line = cm_calendar_feed_get_line(component);
	event->attendees = g_ptr_array_new_with_free_func(person_free);
	event->starts = g_array_new(FALSE, FALSE, sizeof(gint64));
	event->uid = read_text(component, ICAL_UID_PROPERTY, MAX_UID_BYTES);
	if (event->uid == NULL) {
		event->uid = g_strdup("");
		event_add_problem(event, N_("Line {0}: the event has no UID"), NULL);
	}
	if (sequence != NULL)
		event->sequence = (guint)MAX(icalproperty_get_sequence(sequence), 0);
	event->cancelled =
	    status != NULL && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED;
	event->summary = read_text(component, ICAL_SUMMARY_PROPERTY, MAX_TEXT_BYTES);
	event->location = read_text(component, ICAL_LOCATION_PROPERTY, MAX_TEXT_BYTES);
	event->comment = read_text(component, ICAL_COMMENT_PROPERTY, MAX_TEXT_BYTES);
	read_people(reader, event, component);
	read_times(reader, event, component);
	return event;
}

/* ---- the calendar */

static gboolean
fail(GError **error, CmErrorCode code, const gchar *format, const gchar *argument)
{
	cm_error_set(error, code, format, argument, NULL);
	return FALSE;
}

/* CM_ITIP_LAST: none that is known */
static CmItipMethod
find_method(const gchar *name)
{
	CmItipMethod method = 0;

	while (
	    method < CM_ITIP_LAST &&
	    (name == NULL || g_ascii_strcasecmp(cm_invitation_method_to_string(method), name) != 0))
		method++;
	return method;
}

static gboolean
read_method(Reader *reader, icalcomponent *root, GError **error)
{
	icalproperty *property = icalcomponent_get_first_property(root, ICAL_METHOD_PROPERTY);
	CmItipMethod method = CM_ITIP_LAST;
	g_autofree gchar *name = NULL;

	if (property == NULL && reader->method == NULL)
		return fail(error, CM_ERROR_INVALID_INPUT,
			    N_("This calendar is no message: it has no METHOD."), NULL);
	name = clean_text(
	    property != NULL ? icalproperty_get_value_as_string(property) : reader->method, 40);
	method = find_method(name);
	if (method == CM_ITIP_LAST)
		return fail(error, CM_ERROR_NOT_SUPPORTED,
			    N_("A calendar message with METHOD “{0}” is not understood here."),
			    name != NULL ? name : "");
	if (reader->itip->method != CM_ITIP_LAST && reader->itip->method != method)
		return fail(error, CM_ERROR_INVALID_INPUT,
			    N_("This calendar message has more than one METHOD."), NULL);
	reader->itip->method = method;
	return TRUE;
}

static void
read_head(Reader *reader, icalcomponent *root, GTimeZone *zone)
{
	const gchar *name = cm_calendar_feed_find_x(root, "X-WR-TIMEZONE");
	GTimeZone *own = name != NULL ? cm_zone_names_get(reader->zones.names, name) : NULL;

	reader->zones.standard = own != NULL ? own : zone;
	if (reader->itip->product == NULL)
		reader->itip->product = read_text(root, ICAL_PRODID_PROPERTY, 200);
}

static gboolean
read_root(Reader *reader, icalcomponent *root, GTimeZone *zone, GError **error)
{
	if (icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT)
		return fail(error, CM_ERROR_INVALID_INPUT, N_("This is not an iCalendar file"),
			    NULL);
	if (!read_method(reader, root, error))
		return FALSE;
	read_head(reader, root, zone);
	for (icalcomponent *component =
		 icalcomponent_get_first_component(root, ICAL_VEVENT_COMPONENT);
	     component != NULL;
	     component = icalcomponent_get_next_component(root, ICAL_VEVENT_COMPONENT))
		g_ptr_array_add(reader->itip->events, read_event(reader, component));
	return TRUE;
}

/* RFC 6047 section 2.4: there may be several objects, of one method */
static gboolean
read_roots(Reader *reader, GPtrArray *roots, GTimeZone *zone, GError **error)
{
	for (guint i = 0; i < roots->len; i++) {
		if (!read_root(reader, g_ptr_array_index(roots, i), zone, error))
			return FALSE;
	}
	if (reader->itip->events->len > 0)
		return TRUE;
	return fail(error, CM_ERROR_NOT_SUPPORTED,
		    N_("There is no event in this calendar message."), NULL);
}

static gboolean
check_size(const gchar *text, gsize length, GError **error)
{
	if (length > CM_ITIP_MAX_BYTES)
		return fail(error, CM_ERROR_INVALID_INPUT,
			    N_("This calendar message is larger than 256 KiB."), NULL);
	if (memchr(text, '\0', length) != NULL)
		return fail(error, CM_ERROR_INVALID_INPUT, N_("This is not an iCalendar file"),
			    NULL);
	return TRUE;
}

static gboolean
check_feed(CmCalendarFeed *feed, GError **error)
{
	if (cm_calendar_feed_get_roots(feed)->len == 0)
		return fail(error, CM_ERROR_INVALID_INPUT, N_("This is not an iCalendar file"),
			    NULL);
	if (cm_calendar_feed_is_cut_off(feed))
		return fail(error, CM_ERROR_INVALID_INPUT,
			    N_("This calendar message is cut off: a component has no end."), NULL);
	return TRUE;
}

CmItip *
cm_itip_reader_read(const gchar *text,
		    gsize length,
		    const gchar *method,
		    GTimeZone *zone,
		    gint64 horizon,
		    GError **error)
{
	static const CmCalendarFeedLimits limits = {.events = CM_ITIP_MAX_EVENTS,
						    .line = CM_ITIP_MAX_LINE_BYTES,
						    .components = CM_ITIP_MAX_COMPONENTS,
						    .properties = CM_ITIP_MAX_PROPERTIES,
						    .attendees = CM_ITIP_MAX_ATTENDEES};
	g_autoptr(CmItip) itip = NULL;
	g_autoptr(CmZoneNames) names = NULL;
	g_autoptr(CmCalendarFeed) feed = NULL;
	g_autofree gchar *copy = NULL;
	Reader reader = {.horizon = horizon, .method = method};

	if (!check_size(text, length, error))
		return NULL;
	copy = g_strndup(text, length);
	feed = cm_calendar_feed_new(copy, &limits, error);
	if (feed == NULL || !check_feed(feed, error))
		return NULL;
	itip = g_new0(CmItip, 1);
	itip->method = CM_ITIP_LAST;
	itip->events = g_ptr_array_new_with_free_func(event_free);
	names = cm_zone_names_new();
	reader.itip = itip;
	reader.zones.names = names;
	if (!read_roots(&reader, cm_calendar_feed_get_roots(feed), zone, error))
		return NULL;
	return g_steal_pointer(&itip);
}
