// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/moment.h"

#include <string.h>

#define SECONDS_PER_DAY 86400

gboolean
cm_moment_read(const CmMomentZones *zones,
	       icalproperty *property,
	       struct icaltimetype time,
	       CmMoment *out_moment)
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
	out_moment->zone = zones->standard;
	if (icaltime_is_utc(time)) {
		out_moment->zone = NULL;
	} else if (parameter != NULL && !time.is_date) {
		out_moment->zone =
		    cm_zone_names_get(zones->names, icalparameter_get_tzid(parameter));
		return out_moment->zone != NULL;
	}
	return TRUE;
}

gint64
cm_moment_get_instant(const CmMoment *moment, CmDay day)
{
	if (moment->zone == NULL)
		return (gint64)day * SECONDS_PER_DAY + moment->seconds;
	return cm_time_to_utc(day, (CmMinute)(moment->seconds / 60), moment->zone) +
	       moment->seconds % 60;
}

static gboolean
length_of_duration(icalcomponent *event, gint64 *out_length)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
	struct icaldurationtype duration;

	if (property == NULL)
		return FALSE;
	duration = icalproperty_get_duration(property);
	/* the fields are unsigned and may be huge */
	if (duration.is_neg || duration.weeks > 60 || duration.days > CM_MOMENT_MAX_EVENT_DAYS ||
	    duration.hours > 24u * CM_MOMENT_MAX_EVENT_DAYS ||
	    duration.minutes > 1440u * CM_MOMENT_MAX_EVENT_DAYS ||
	    duration.seconds > 86400u * CM_MOMENT_MAX_EVENT_DAYS)
		return FALSE;
	*out_length = (gint64)duration.weeks * 7 * SECONDS_PER_DAY +
		      (gint64)duration.days * SECONDS_PER_DAY + (gint64)duration.hours * 3600 +
		      (gint64)duration.minutes * 60 + (gint64)duration.seconds;
	return TRUE;
}

gboolean
cm_moment_read_length(const CmMomentZones *zones,
		      icalcomponent *event,
		      const CmMoment *start,
		      gint64 *out_length)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
	CmMoment end = {0};
	gint64 length = start->whole_day ? SECONDS_PER_DAY : 0;

	if (property != NULL) {
		if (!cm_moment_read(zones, property, icalproperty_get_dtend(property), &end))
			return FALSE;
		if (start->whole_day)
			length = (gint64)(end.day - start->day) * SECONDS_PER_DAY;
		else
			length = cm_moment_get_instant(&end, end.day) -
				 cm_moment_get_instant(start, start->day);
		/* some write the day itself as its end */
		if (start->whole_day)
			length = MAX(length, SECONDS_PER_DAY);
	} else if (icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY) != NULL &&
		   !length_of_duration(event, &length)) {
		return FALSE;
	}
	if (length < 0 || length > (gint64)CM_MOMENT_MAX_EVENT_DAYS * SECONDS_PER_DAY)
		return FALSE;
	*out_length = start->whole_day ? length / SECONDS_PER_DAY : length;
	return TRUE;
}

/* libical takes out a property that it can't read, and leaves a note that names it */
const gchar *
cm_moment_find_lost(icalcomponent *event)
{
	static const gchar *const names[] = {"DTSTART", "DTEND", "DURATION",     "RRULE",
					     "EXDATE",  "RDATE", "RECURRENCE-ID"};

	for (icalproperty *note = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY);
	     note != NULL; note = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
		const gchar *text = icalproperty_get_xlicerror(note);

		for (guint i = 0; text != NULL && i < G_N_ELEMENTS(names); i++) {
			if (strstr(text, names[i]) != NULL)
				return names[i];
		}
	}
	return NULL;
}
