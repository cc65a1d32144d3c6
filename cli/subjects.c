// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/subjects.h"

#include "cli/dates.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/when.h"
#include "cli/zone.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

gboolean
cm_subjects_open(CmSubjects *subjects, const CmComodalctl *cli, GError **error)
{
	if (!cm_bookings_open(&subjects->bookings, cli, error))
		return FALSE;
	subjects->door = cm_client_get_door(subjects->bookings.bus, error);
	return subjects->door != NULL;
}

void
cm_subjects_clear(CmSubjects *subjects)
{
	cm_bookings_clear(&subjects->bookings);
	g_clear_object(&subjects->door);
	g_clear_pointer(&subjects->booking, json_object_unref);
	g_clear_pointer(&subjects->title, g_free);
}

static gboolean
take_booking(CmSubjects *subjects, JsonObject *booking)
{
	subjects->number = cm_json_get_int(booking, "number");
	subjects->title = cm_bookings_describe(&subjects->bookings, booking);
	subjects->booking = booking;
	return TRUE;
}

/* a helper may not read the booking, and needs no more than its number */
static gboolean
take_number(CmSubjects *subjects, guint64 number)
{
	g_autoptr(JsonNode) document = cm_bookings_get(&subjects->bookings, (gint64)number, NULL);
	JsonArray *bookings =
	    document != NULL ? cm_json_get_array(json_node_get_object(document), "bookings") : NULL;
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	if (cm_json_get_length(bookings) > 0)
		return take_booking(subjects, json_object_ref(cm_json_get_element(bookings, 0)));
	subjects->number = (gint64)number;
	subjects->title = cm_report_format(N_("session {0}"), text, NULL);
	return TRUE;
}

gboolean
cm_subjects_find(CmSubjects *subjects, const gchar *const *words, GError **error)
{
	guint count = words != NULL ? g_strv_length((gchar **)words) : 0;
	static const gchar *const none[] = {NULL};
	guint64 number = 0;
	JsonObject *booking = NULL;

	if (count == 1 && g_ascii_string_to_unsigned(words[0], 10, 1, G_MAXINT64, &number, NULL))
		return take_number(subjects, number);
	if (count > 0) {
		booking = cm_bookings_find(&subjects->bookings, words, CM_BOOKINGS_COMING, error);
		return booking != NULL && take_booking(subjects, booking);
	}
	if (!cm_bookings_find_own(&subjects->bookings, error))
		return FALSE;
	booking = cm_bookings_find(&subjects->bookings, none, CM_BOOKINGS_VIDEO, NULL);
	if (booking != NULL)
		return take_booking(subjects, booking);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("No session by video is coming. “comodalctl agenda” shows what is booked."),
		     NULL);
	return FALSE;
}

const gchar *
cm_subjects_get_text(JsonNode *document, const gchar *member, GError **error)
{
	const gchar *text = cm_json_get_string(json_node_get_object(document), member);

	if (text == NULL)
		cm_error_set(error, CM_ERROR_FAILED, N_("The service’s answer can’t be read."),
			     NULL);
	return text;
}

static gchar *
format_instant(gint64 instant, gboolean with_day)
{
	g_autoptr(GDateTime) time = cm_zone_make_time(instant);
	CmDay today = 0;
	CmDay day = 0;
	CmMinute minute = 0;
	g_autofree gchar *date = NULL;
	g_autofree gchar *clock = NULL;
	g_autofree gchar *column = NULL;

	if (time == NULL)
		return g_strdup("?");
	cm_when_get_now(&today, &minute);
	date = g_date_time_format(time, "%Y-%m-%d");
	clock = g_date_time_format(time, "%H:%M");
	if (!cm_day_parse(date, &day) || (day == today && !with_day))
		return g_steal_pointer(&clock);
	column = cm_dates_format_column(day);
	return g_strdup_printf("%s %s", column, clock);
}

gchar *
cm_subjects_format_instant(gint64 instant)
{
	return format_instant(instant, FALSE);
}

gchar *
cm_subjects_format_moment(gint64 instant)
{
	return format_instant(instant, TRUE);
}
