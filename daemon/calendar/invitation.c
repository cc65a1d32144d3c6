// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/invitation.h"

#include "daemon/calendar/calendar-address.h"
#include "daemon/calendar/vtimezone.h"
#include "daemon/calendar/zone-name.h"
#include "include/cm-error.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>
#include <libical/ical.h>
#include <string.h>

#define PRODUCT "-//comodal//comodal//EN"
#define SECONDS_PER_DAY 86400
#define MAX_UID_BYTES 255
#define MAX_TEXT_BYTES 8000
#define MAX_NAME_BYTES 200
/* instants that a calendar can hold: the years 1970 to 2199 */
#define MAX_INSTANT G_GINT64_CONSTANT(7258118399)

/* One calendar under way. */
typedef struct {
	icalcomponent *calendar;
	CmItipMethod method;
	const gchar *language; /* "fr-CA", or NULL */
	GTimeZone *zone;       /* of series; NULL: there is none */
	const gchar *zone_name;
	gboolean local; /* the event under way is told by that zone's clock, not in UTC */
} Writer;

static const struct {
	const gchar *name;
	icalproperty_method value;
} methods[CM_ITIP_LAST] = {
    [CM_ITIP_REQUEST] = {"REQUEST", ICAL_METHOD_REQUEST},
    [CM_ITIP_CANCEL] = {"CANCEL", ICAL_METHOD_CANCEL},
    [CM_ITIP_REPLY] = {"REPLY", ICAL_METHOD_REPLY},
    [CM_ITIP_COUNTER] = {"COUNTER", ICAL_METHOD_COUNTER},
    [CM_ITIP_DECLINECOUNTER] = {"DECLINECOUNTER", ICAL_METHOD_DECLINECOUNTER},
    [CM_ITIP_REFRESH] = {"REFRESH", ICAL_METHOD_REFRESH},
    [CM_ITIP_PUBLISH] = {"PUBLISH", ICAL_METHOD_PUBLISH},
};

const gchar *
cm_invitation_method_to_string(CmItipMethod method)
{
	g_return_val_if_fail(method < CM_ITIP_LAST, "");
	return methods[method].name;
}

static gboolean
fail(GError **error, const gchar *format)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT, format, NULL);
	return FALSE;
}

/* ---- values */

/* UTF-8 without controls but line breaks and tabs */
static gchar *
make_text(const gchar *text, gsize max_bytes)
{
	g_autofree gchar *valid = g_utf8_make_valid(text, -1);
	GString *kept = g_string_new(NULL);

	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar letter = g_utf8_get_char(p);

		if (kept->len >= max_bytes)
			break;
		if (!g_unichar_iscntrl(letter) || letter == '\n' || letter == '\t')
			g_string_append_unichar(kept, letter);
	}
	return g_string_free(kept, FALSE);
}

/* A parameter's value, which has no escapes that every client knows (RFC 6868 is young). */
static gchar *
make_name(const gchar *name)
{
	gchar *text = make_text(name, MAX_NAME_BYTES);

	for (gchar *p = text; *p != '\0'; p++) {
		if (*p == '"')
			*p = '\'';
		else if (*p == '^' || *p == '\n' || *p == '\t')
			*p = ' ';
	}
	return g_strstrip(text);
}

static struct icaltimetype
make_utc(gint64 instant)
{
	return icaltime_from_timet_with_zone((time_t)instant, 0, icaltimezone_get_utc_timezone());
}

static gint64
writer_get_local(const Writer *writer, gint64 instant)
{
	return instant + g_time_zone_get_offset(writer->zone,
						g_time_zone_find_interval(
						    writer->zone, G_TIME_TYPE_UNIVERSAL, instant));
}

/* by the clock of the zone when there is one */
static struct icaltimetype
writer_make_time(const Writer *writer, gint64 instant)
{
	if (!writer->local)
		return make_utc(instant);
	return icaltime_from_timet_with_zone((time_t)writer_get_local(writer, instant), 0, NULL);
}

static void
writer_add_time(const Writer *writer, icalcomponent *event, icalproperty *property)
{
	if (writer->local)
		icalproperty_add_parameter(property, icalparameter_new_tzid(writer->zone_name));
	icalcomponent_add_property(event, property);
}

static void
writer_add_text(const Writer *writer,
		icalcomponent *event,
		icalproperty *(*make)(const char *),
		const gchar *text)
{
	g_autofree gchar *plain = NULL;
	icalproperty *property = NULL;

	if (text == NULL || *text == '\0')
		return;
	plain = make_text(text, MAX_TEXT_BYTES);
	property = make(plain);
	if (writer->language != NULL)
		icalproperty_add_parameter(property, icalparameter_new_language(writer->language));
	icalcomponent_add_property(event, property);
}

/* ---- people */

static void
add_name(icalproperty *property, const gchar *name)
{
	g_autofree gchar *text = make_name(name != NULL ? name : "");

	if (*text != '\0')
		icalproperty_add_parameter(property, icalparameter_new_cn(text));
}

static gboolean
add_organizer(icalcomponent *event, const CmInvitation *invitation, GError **error)
{
	g_autofree gchar *uri = NULL;
	icalproperty *property = NULL;

	if (invitation->organizer_address == NULL)
		return TRUE;
	uri = cm_calendar_address_to_uri(invitation->organizer_address, error);
	if (uri == NULL)
		return FALSE;
	property = icalproperty_new_organizer(uri);
	add_name(property, invitation->organizer_name);
	icalcomponent_add_property(event, property);
	return TRUE;
}

/* what an attendee is asked, or has answered */
static void
add_standing(const Writer *writer, icalproperty *property, icalparameter_partstat partstat)
{
	switch (writer->method) {
	case CM_ITIP_REQUEST:
	case CM_ITIP_DECLINECOUNTER:
		icalproperty_add_parameter(property, icalparameter_new_partstat(partstat));
		icalproperty_add_parameter(property, icalparameter_new_rsvp(ICAL_RSVP_TRUE));
		break;
	case CM_ITIP_REPLY:
	case CM_ITIP_COUNTER:
		icalproperty_add_parameter(property, icalparameter_new_partstat(partstat));
		break;
	case CM_ITIP_CANCEL:
	case CM_ITIP_REFRESH:
	case CM_ITIP_PUBLISH:
	case CM_ITIP_LAST:
	default:
		break;
	}
}

static gboolean
read_partstat(const gchar *name, icalparameter_partstat *out_partstat)
{
	static const struct {
		const gchar *name;
		icalparameter_partstat value;
	} known[] = {
	    {"NEEDS-ACTION", ICAL_PARTSTAT_NEEDSACTION}, {"ACCEPTED", ICAL_PARTSTAT_ACCEPTED},
	    {"DECLINED", ICAL_PARTSTAT_DECLINED},        {"TENTATIVE", ICAL_PARTSTAT_TENTATIVE},
	    {"DELEGATED", ICAL_PARTSTAT_DELEGATED},
	};

	for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
		if (name == NULL || g_str_equal(known[i].name, name)) {
			*out_partstat = known[i].value;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
add_attendee(const Writer *writer,
	     icalcomponent *event,
	     const CmInvitation *invitation,
	     GError **error)
{
	icalparameter_partstat partstat = ICAL_PARTSTAT_NEEDSACTION;
	g_autofree gchar *uri = NULL;
	icalproperty *property = NULL;

	if (writer->method == CM_ITIP_PUBLISH)
		return TRUE;
	if (!read_partstat(invitation->partstat, &partstat))
		return fail(error, N_("An attendee's answer is none that calendars know."));
	uri = cm_calendar_address_to_uri(invitation->attendee_address, error);
	if (uri == NULL)
		return FALSE;
	property = icalproperty_new_attendee(uri);
	icalproperty_add_parameter(property, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
	icalproperty_add_parameter(property, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	add_standing(writer, property, partstat);
	add_name(property, invitation->attendee_name);
	icalcomponent_add_property(event, property);
	return TRUE;
}

/* ---- links */

static gboolean
add_links(icalcomponent *event, const CmInvitation *invitation, GError **error)
{
	icalproperty *property = NULL;

	if (invitation->url != NULL && !cm_calendar_address_check_link(invitation->url, error))
		return FALSE;
	if (invitation->conference != NULL &&
	    !cm_calendar_address_check_link(invitation->conference, error))
		return FALSE;
	if (invitation->url != NULL)
		icalcomponent_add_property(event, icalproperty_new_url(invitation->url));
	if (invitation->conference == NULL)
		return TRUE;
	/* RFC 7986 section 5.11; one feature only, since libical quotes a list, which is wrong */
	property = icalproperty_new_conference(invitation->conference);
	icalproperty_add_parameter(property, icalparameter_new_value(ICAL_VALUE_URI));
	icalproperty_add_parameter(property, icalparameter_new_feature(ICAL_FEATURE_VIDEO));
	icalcomponent_add_property(event, property);
	return TRUE;
}

/* ---- the series */

static void
add_rule(const Writer *writer, icalcomponent *event, const CmInvitation *invitation)
{
	const CmInvitationSeries *series = invitation->series;
	struct icalrecurrencetype rule;
	guint count = 0;

	icalrecurrencetype_clear(&rule);
	rule.freq = ICAL_WEEKLY_RECURRENCE;
	rule.interval = (short)series->interval;
	rule.until = make_utc(series->until);
	/* libical counts from Sunday, as 1 */
	for (guint day = 0; day < CM_DAYS_PER_WEEK; day++) {
		if ((series->weekdays >> day & 1) != 0)
			rule.by_day[count++] = (short)((day + 1) % CM_DAYS_PER_WEEK + 1);
	}
	icalcomponent_add_property(event, icalproperty_new_rrule(rule));
	for (guint i = 0; i < series->n_exceptions; i++)
		writer_add_time(
		    writer, event,
		    icalproperty_new_exdate(writer_make_time(writer, series->exceptions[i])));
}

static gboolean
is_instant(gint64 instant)
{
	return instant > 0 && instant <= MAX_INSTANT;
}

static gboolean
check_series(const Writer *writer, const CmInvitation *invitation, GError **error)
{
	const CmInvitationSeries *series = invitation->series;
	CmDay day = 0;

	if (series->interval < 1 || series->interval > 52 ||
	    series->n_exceptions > CM_INVITATION_MAX_EXCEPTIONS || !is_instant(series->until) ||
	    series->until < invitation->start || series->weekdays >> CM_DAYS_PER_WEEK != 0)
		return fail(error, N_("A series is none that a calendar can hold."));
	/* the start is counted as one of the rule's by some clients and not by others */
	day = (CmDay)(writer_get_local(writer, invitation->start) / SECONDS_PER_DAY);
	if (series->weekdays != 0 && (series->weekdays >> cm_day_get_weekday(day) & 1) == 0)
		return fail(error, N_("A series does not begin on one of its weekdays."));
	for (guint i = 0; i < series->n_exceptions; i++) {
		if (!is_instant(series->exceptions[i]))
			return fail(error, N_("A series is none that a calendar can hold."));
	}
	return TRUE;
}

/* the start that an event stands for, written as the series' own */
static void
add_recurrence_id(const Writer *writer, icalcomponent *event, const CmInvitation *invitation)
{
	icalproperty *property =
	    icalproperty_new_recurrenceid(writer_make_time(writer, invitation->recurrence_id));

	if (invitation->following)
		icalproperty_add_parameter(property,
					   icalparameter_new_range(ICAL_RANGE_THISANDFUTURE));
	writer_add_time(writer, event, property);
}

/* ---- events */

static gboolean
check_event(const Writer *writer, const CmInvitation *invitation, GError **error)
{
	if (invitation->uid == NULL || *invitation->uid == '\0' ||
	    strlen(invitation->uid) > MAX_UID_BYTES)
		return fail(error, N_("An event has no identifier, or one that is too long."));
	for (const gchar *p = invitation->uid; *p != '\0'; p++) {
		if (!g_ascii_isgraph(*p))
			return fail(error,
				    N_("An event has no identifier, or one that is too long."));
	}
	if (!is_instant(invitation->stamp) || !is_instant(invitation->start) ||
	    invitation->end > MAX_INSTANT || invitation->end < invitation->start ||
	    (invitation->recurrence_id != 0 && !is_instant(invitation->recurrence_id)))
		return fail(error, N_("An event ends before it begins, or is outside the years "
				      "1970 to 2199."));
	if (writer->method != CM_ITIP_PUBLISH && invitation->organizer_address == NULL)
		return fail(error, N_("An invitation has no organizer."));
	if (invitation->following && invitation->recurrence_id == 0)
		return fail(error, N_("A series is none that a calendar can hold."));
	return invitation->series == NULL || check_series(writer, invitation, error);
}

static gboolean
is_cancelled(const Writer *writer, const CmInvitation *invitation)
{
	return writer->method == CM_ITIP_CANCEL || invitation->cancelled;
}

static void
add_times(const Writer *writer, icalcomponent *event, const CmInvitation *invitation)
{
	icalcomponent_add_property(event, icalproperty_new_dtstamp(make_utc(invitation->stamp)));
	if (invitation->recurrence_id != 0)
		add_recurrence_id(writer, event, invitation);
	writer_add_time(writer, event,
			icalproperty_new_dtstart(writer_make_time(writer, invitation->start)));
	if (invitation->end > invitation->start)
		writer_add_time(writer, event,
				icalproperty_new_dtend(writer_make_time(writer, invitation->end)));
	if (invitation->series != NULL)
		add_rule(writer, event, invitation);
}

/* A series, and what belongs to one, is told by the clock of its zone. */
static gboolean
is_of_zone(const CmInvitation *invitation)
{
	return invitation->zone != NULL &&
	       (invitation->series != NULL || invitation->recurrence_id != 0);
}

static gboolean
writer_add_event(Writer *writer, const CmInvitation *invitation, GError **error)
{
	icalcomponent *event = NULL;

	writer->local = is_of_zone(invitation);
	if (!check_event(writer, invitation, error))
		return FALSE;
	event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	icalcomponent_add_component(writer->calendar, event);
	icalcomponent_add_property(event, icalproperty_new_uid(invitation->uid));
	icalcomponent_add_property(event, icalproperty_new_sequence((int)invitation->sequence));
	add_times(writer, event, invitation);
	if (!add_organizer(event, invitation, error) ||
	    !add_attendee(writer, event, invitation, error))
		return FALSE;
	writer_add_text(writer, event, icalproperty_new_summary, invitation->summary);
	writer_add_text(writer, event, icalproperty_new_location, invitation->location);
	writer_add_text(writer, event, icalproperty_new_description, invitation->description);
	writer_add_text(writer, event, icalproperty_new_comment, invitation->comment);
	if (!add_links(event, invitation, error))
		return FALSE;
	icalcomponent_add_property(event, icalproperty_new_class(ICAL_CLASS_PRIVATE));
	icalcomponent_add_property(event, icalproperty_new_status(is_cancelled(writer, invitation)
								      ? ICAL_STATUS_CANCELLED
								      : ICAL_STATUS_CONFIRMED));
	icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_OPAQUE));
	return TRUE;
}

/* ---- the calendar */

static void
writer_clear(Writer *writer)
{
	if (writer->calendar != NULL)
		icalcomponent_free(writer->calendar);
	if (writer->zone != NULL)
		g_time_zone_unref(writer->zone);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Writer, writer_clear)

/* the zone of all series, NULL for none; `out_start`: the earliest that is told in it */
static gboolean
find_zone(const CmInvitation *const *events,
	  guint n,
	  const gchar **out_name,
	  gint64 *out_start,
	  GError **error)
{
	const gchar *name = NULL;
	gint64 start = MAX_INSTANT;

	for (guint i = 0; i < n; i++) {
		if (events[i]->series != NULL && events[i]->zone == NULL)
			return fail(error, N_("A series has no time zone."));
		if (!is_of_zone(events[i]))
			continue;
		if (name != NULL && !g_str_equal(name, events[i]->zone))
			return fail(error, N_("The series of a calendar are of several zones."));
		name = events[i]->zone;
		start = MIN(start, events[i]->start);
	}
	*out_name = name;
	*out_start = MAX(start, 0);
	return TRUE;
}

static gboolean
writer_add_zone(Writer *writer, const CmInvitation *const *events, guint n, GError **error)
{
	gint64 start = 0;
	gint year = 0;
	gint month = 0;
	gint day = 0;
	icalcomponent *component = NULL;
	const gchar *name = NULL;

	if (!find_zone(events, n, &name, &start, error))
		return FALSE;
	if (name == NULL)
		return TRUE;
	cm_day_get_ymd((CmDay)(start / SECONDS_PER_DAY), &year, &month, &day);
	component = cm_vtimezone_new(name, year, error);
	if (component == NULL)
		return FALSE;
	icalcomponent_add_component(writer->calendar, component);
	writer->zone_name = name;
	writer->zone = cm_zone_name_open(name);
	return TRUE;
}

static void
writer_add_head(Writer *writer, const gchar *name, guint refresh_minutes)
{
	icalcomponent *calendar = writer->calendar;

	icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
	icalcomponent_add_property(calendar, icalproperty_new_prodid(PRODUCT));
	icalcomponent_add_property(calendar, icalproperty_new_calscale("GREGORIAN"));
	icalcomponent_add_property(calendar,
				   icalproperty_new_method(methods[writer->method].value));
	if (name != NULL) {
		g_autofree gchar *text = make_name(name);
		icalproperty *old = icalproperty_new_x(text);

		icalproperty_set_x_name(old, "X-WR-CALNAME");
		icalcomponent_add_property(calendar, icalproperty_new_name(text));
		icalcomponent_add_property(calendar, old);
	}
	if (refresh_minutes > 0) {
		struct icaldurationtype duration =
		    icaldurationtype_from_int((int)refresh_minutes * 60);
		icalproperty *refresh = icalproperty_new_refreshinterval(duration);
		icalproperty *old = icalproperty_new_x(icaldurationtype_as_ical_string(duration));

		icalproperty_add_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
		icalproperty_set_x_name(old, "X-PUBLISHED-TTL");
		icalcomponent_add_property(calendar, refresh);
		icalcomponent_add_property(calendar, old);
	}
}

/* RFC 5546: a message is of one object */
static gboolean
check_events(CmItipMethod method, const CmInvitation *const *events, guint n, GError **error)
{
	if (n > CM_INVITATION_MAX_EVENTS)
		return fail(error, N_("A calendar has more than 5000 events."));
	if (method == CM_ITIP_PUBLISH)
		return TRUE;
	if (n == 0)
		return fail(error, N_("A message has no event."));
	for (guint i = 1; i < n; i++) {
		if (g_strcmp0(events[i]->uid, events[0]->uid) != 0 || events[i]->recurrence_id == 0)
			return fail(error, N_("A message has events that are not of one series."));
	}
	return TRUE;
}

static gchar *
write_calendar(Writer *writer,
	       const CmInvitation *const *events,
	       guint n,
	       const gchar *language,
	       GError **error)
{
	g_autofree gchar *tag = g_strdup(language);

	if (tag != NULL)
		writer->language = g_strdelimit(tag, "_", '-');
	if (!check_events(writer->method, events, n, error) ||
	    !writer_add_zone(writer, events, n, error))
		return NULL;
	for (guint i = 0; i < n; i++) {
		if (!writer_add_event(writer, events[i], error))
			return NULL;
	}
	return icalcomponent_as_ical_string_r(writer->calendar);
}

gchar *
cm_invitation_write(CmItipMethod method,
		    const CmInvitation *const *events,
		    guint n,
		    const gchar *language,
		    GError **error)
{
	g_auto(Writer) writer = {.method = method};

	g_return_val_if_fail(method < CM_ITIP_LAST, NULL);
	writer.calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	writer_add_head(&writer, NULL, 0);
	return write_calendar(&writer, events, n, language, error);
}

gchar *
cm_invitation_write_feed(const gchar *name,
			 guint refresh_minutes,
			 const CmInvitation *const *events,
			 guint n,
			 const gchar *language,
			 GError **error)
{
	g_auto(Writer) writer = {.method = CM_ITIP_PUBLISH};

	writer.calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	writer_add_head(&writer, name, MIN(refresh_minutes, 60 * 24 * 7));
	return write_calendar(&writer, events, n, language, error);
}
