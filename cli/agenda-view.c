// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/agenda-view.h"

#include "cli/answers-view.h"
#include "cli/dates.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define INDENT 2
#define TIME_WIDTH 11
#define LEAD_WIDTH 15
#define TEXT_COLUMN (INDENT + TIME_WIDTH + 2 + LEAD_WIDTH + 1)
/* a shorter one is a buffer between two sessions, not time for anything */
#define GAP_MIN 30

/* One list under way. */
typedef struct {
	GString *out;
	JsonObject *agenda;
	const CmAgendaViewOptions *options;
	gboolean professional; /* the agenda is of one */
	gboolean student;
	gboolean site;
} View;

gint
cm_agenda_view_get_minute(JsonObject *entry, const gchar *member)
{
	CmMinute minute = 0;

	return cm_minute_parse(cm_json_get_string(entry, member), &minute) ? minute : 0;
}

static gboolean
is_type(JsonObject *entry, const gchar *type)
{
	return g_strcmp0(cm_json_get_string(entry, "type"), type) == 0;
}

/* the distinct cycle days and kinds of the day's schools */
gchar *
cm_agenda_view_describe_day(JsonObject *day)
{
	JsonArray *sites = cm_json_get_array(day, "sites");
	g_autoptr(GString) cycle = g_string_new(NULL);
	guint cycle_days = 0;
	guint64 seen = 0;
	gboolean pedagogical = FALSE;

	for (guint i = 0; i < cm_json_get_length(sites); i++) {
		JsonObject *site = cm_json_get_element(sites, i);
		const gchar *kind = cm_json_get_string(site, "kind");
		gint64 number = cm_json_get_int(site, "cycle_day");

		pedagogical = pedagogical || g_strcmp0(kind, "pedagogical") == 0;
		if (number < 1 || number > 63 || (seen & (1ull << number)) != 0)
			continue;
		seen |= 1ull << number;
		cycle_days++;
	}
	for (guint number = 1; number < 64; number++) {
		if ((seen & (1ull << number)) != 0)
			g_string_append_printf(cycle, "%s%u", cycle->len > 0 ? ", " : "", number);
	}
	if (cycle_days > 0)
		return g_strdup_printf(ngettext("day %s", "days %s", cycle_days), cycle->str);
	if (cm_json_get_length(sites) == 0)
		return g_strdup("");
	return g_strdup(pedagogical ? _("pedagogical day") : _("closed"));
}

static gboolean
has_several_cycle_days(JsonObject *day)
{
	JsonArray *sites = cm_json_get_array(day, "sites");
	gint64 first = 0;

	for (guint i = 0; i < cm_json_get_length(sites); i++) {
		gint64 number = cm_json_get_int(cm_json_get_element(sites, i), "cycle_day");

		if (i > 0 && number != first)
			return TRUE;
		first = number;
	}
	return FALSE;
}

static void
append_day_heading(View *view, JsonObject *day, CmDay date)
{
	g_autofree gchar *name = cm_dates_format_day(date);
	g_autofree gchar *kind = cm_agenda_view_describe_day(day);
	g_autofree gchar *heading =
	    *kind != '\0' ? g_strdup_printf("%s · %s", name, kind) : g_strdup(name);

	g_string_append_c(view->out, '\n');
	cm_terminal_append_styled(view->out, view->options->color, CM_STYLE_BOLD, heading);
	g_string_append_c(view->out, '\n');
}

/* "  08:30–09:15  in person       text", wrapped */
static void
append_line(View *view, gint start, gint end, const gchar *lead, CmStyle style, const gchar *text)
{
	gchar from[CM_MINUTE_TEXT_SIZE];
	gchar to[CM_MINUTE_TEXT_SIZE];
	g_autoptr(GString) cell = g_string_new(NULL);
	guint width = view->options->width;

	cm_minute_format((CmMinute)start, from);
	cm_minute_format((CmMinute)end, to);
	g_string_append_printf(view->out, "%*s%s–%s  ", INDENT, "", from, to);
	cm_terminal_append_cell(cell, lead, LEAD_WIDTH);
	cm_terminal_append_styled(view->out, view->options->color, style, cell->str);
	g_string_append_c(view->out, ' ');
	cm_terminal_append_wrapped(view->out, text, TEXT_COLUMN, TEXT_COLUMN, width);
}

static void
append_part(GString *text, const gchar *part)
{
	if (part == NULL || *part == '\0')
		return;
	if (text->len > 0)
		g_string_append(text, " · ");
	g_string_append(text, part);
}

/* where, and in which room; nothing for a session from home */
static void
append_place(View *view, GString *text, JsonObject *entry, gboolean several)
{
	const gchar *mode = cm_json_get_string(entry, "mode");
	JsonObject *site = cm_json_get_object(entry, "site");
	const gchar *room = cm_json_get_string(entry, "room");
	const gchar *companion = cm_json_get_string(entry, "companion");
	g_autofree gchar *cycle = NULL;
	g_autofree gchar *in_room = NULL;
	g_autofree gchar *with = NULL;

	if (g_strcmp0(mode, "video-remote") == 0)
		return;
	if (!view->site)
		append_part(text, cm_json_get_string(site, "name"));
	if (several) {
		g_autofree gchar *number =
		    g_strdup_printf("%d", (gint)cm_json_get_int(entry, "cycle_day"));

		cycle = cm_report_format(N_("day {0}"), number, NULL);
		append_part(text, cycle);
	}
	if (room != NULL)
		in_room = cm_report_format(N_("room {0}"), room, NULL);
	append_part(text, in_room);
	if (companion != NULL)
		with = cm_report_format(N_("with {0}"), companion, NULL);
	append_part(text, with);
}

const gchar *
cm_agenda_view_get_act(JsonObject *entry)
{
	const gchar *act = cm_json_get_string(entry, "act");
	const gchar *title =
	    cm_json_get_string(cm_json_get_object(entry, "act_title"), cm_message_get_language());

	if (act == NULL)
		return "";
	/* a policy without titles gives its own names back */
	return title != NULL && g_strcmp0(title, act) != 0 ? title : cm_kinds_get_act(act);
}

/* how many adults take part */
static void
append_participants(GString *text, JsonObject *entry)
{
	JsonArray *participants = cm_json_get_array(entry, "participants");
	guint guardians = 0;
	guint teachers = 0;
	g_autofree gchar *parents = NULL;

	for (guint i = 0; i < cm_json_get_length(participants); i++) {
		JsonObject *participant = cm_json_get_element(participants, i);

		if (g_strcmp0(cm_json_get_string(participant, "kind"), "guardian") == 0)
			guardians++;
		else
			teachers++;
	}
	if (guardians > 0)
		parents = g_strdup_printf(ngettext("with a parent", "with %u parents", guardians),
					  guardians);
	append_part(text, parents);
	if (teachers > 0)
		append_part(text, _("with the teacher"));
}

gboolean
cm_agenda_view_is_off(JsonObject *entry)
{
	const gchar *state = cm_json_get_string(entry, "state");

	return g_strcmp0(state, "cancelled") == 0 || g_strcmp0(state, "late-cancelled") == 0;
}

CmStyle
cm_agenda_view_get_style(JsonObject *entry, CmStyle style)
{
	if (cm_agenda_view_is_off(entry))
		return CM_STYLE_DIM;
	return cm_answers_view_has(cm_json_get_array(entry, "answers"), CM_ANSWERS_VIEW_DECLINED)
		   ? CM_STYLE_BAD
		   : style;
}

/* a no comes first */
static void
append_declined(GString *text, JsonObject *entry)
{
	g_autofree gchar *declined =
	    cm_answers_view_describe(cm_json_get_array(entry, "answers"), CM_ANSWERS_VIEW_DECLINED);

	append_part(text, declined);
}

static void
append_answers(GString *text, JsonObject *entry)
{
	for (guint i = CM_ANSWERS_VIEW_DECLINED + 1; i < CM_ANSWERS_VIEW_LAST; i++) {
		g_autofree gchar *answered =
		    cm_answers_view_describe(cm_json_get_array(entry, "answers"), (CmAnswersView)i);

		append_part(text, answered);
	}
}

/* what became of it, and that somebody put it there */
static void
append_state(GString *text, JsonObject *entry)
{
	append_part(text, cm_kinds_get_booking_state(cm_json_get_string(entry, "state")));
	if (is_type(entry, "session") && cm_json_get_boolean(entry, "by_hand"))
		append_part(text, _("booked by hand"));
	if (cm_json_get_int(entry, "time_request") != 0)
		append_part(text, _("another time is asked for"));
	append_answers(text, entry);
}

/* unless the agenda is theirs */
static void
append_person(GString *text, JsonObject *agenda, JsonObject *one, const gchar *member)
{
	JsonObject *person = cm_json_get_object(one, member);
	JsonObject *whose = cm_json_get_object(agenda, member);

	if (person != NULL && (whose == NULL || g_strcmp0(cm_json_get_string(person, "id"),
							  cm_json_get_string(whose, "id")) != 0))
		append_part(text, cm_json_get_string(person, "name"));
}

gchar *
cm_agenda_view_describe_appointment(JsonObject *agenda, JsonObject *entry)
{
	JsonArray *attendees = cm_json_get_array(entry, "attendees");
	GString *text = g_string_new(NULL);

	append_part(text, cm_json_get_string(entry, "title"));
	append_person(text, agenda, entry, "professional");
	for (guint i = 0; i < cm_json_get_length(attendees); i++) {
		JsonObject *attendee = cm_json_get_element(attendees, i);

		append_person(text, agenda, attendee, "student");
		append_person(text, agenda, attendee, "professional");
	}
	return g_string_free(text, FALSE);
}

static void
append_appointment(View *view, JsonObject *entry)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *what = cm_agenda_view_describe_appointment(view->agenda, entry);

	append_declined(text, entry);
	append_part(text, what);
	append_place(view, text, entry, FALSE);
	append_state(text, entry);
	append_line(view, cm_agenda_view_get_minute(entry, "start"),
		    cm_agenda_view_get_minute(entry, "end"),
		    cm_kinds_get_appointment(cm_json_get_string(entry, "kind")),
		    cm_agenda_view_get_style(entry, CM_STYLE_PLACE), text->str);
}

static void
append_session(View *view, JsonObject *entry, gboolean several)
{
	const gchar *mode = cm_json_get_string(entry, "mode");
	JsonObject *student = cm_json_get_object(entry, "student");
	JsonObject *professional = cm_json_get_object(entry, "professional");
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *act = g_strdup_printf("%s %d/%d", cm_agenda_view_get_act(entry),
						(gint)cm_json_get_int(entry, "position"),
						(gint)cm_json_get_int(entry, "positions"));
	CmStyle style = g_strcmp0(mode, "in-person") == 0 ? CM_STYLE_PLACE : CM_STYLE_VIDEO;

	append_declined(text, entry);
	if (!view->professional)
		append_part(text, cm_json_get_string(professional, "name"));
	if (!view->student)
		append_part(text, cm_json_get_string(student, "name"));
	/* a school is not told what it is */
	if (cm_json_get_string(entry, "act") != NULL)
		append_part(text, act);
	append_participants(text, entry);
	append_place(view, text, entry, several);
	append_state(text, entry);
	append_line(view, cm_agenda_view_get_minute(entry, "start"),
		    cm_agenda_view_get_minute(entry, "end"), cm_kinds_get_mode(mode),
		    cm_agenda_view_get_style(entry, style), text->str);
}

static void
append_travel(View *view, JsonObject *entry)
{
	JsonObject *professional = cm_json_get_object(entry, "professional");
	const gchar *to = cm_json_get_string(cm_json_get_object(entry, "to"), "name");
	g_autofree gchar *minutes = cm_dates_format_duration(cm_json_get_int(entry, "minutes"));
	g_autofree gchar *way =
	    cm_report_format(N_("to {0}, {1}"), to != NULL ? to : "", minutes, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!view->professional)
		append_part(text, cm_json_get_string(professional, "name"));
	append_part(text, way);
	append_line(view, cm_agenda_view_get_minute(entry, "start"),
		    cm_agenda_view_get_minute(entry, "end"), _("travel"), CM_STYLE_DIM, text->str);
}

/* free time between what is planned, inside the hours of a professional */
static void
append_gap(View *view, gint from, gint to)
{
	g_autofree gchar *duration = NULL;

	if (to - from < GAP_MIN)
		return;
	duration = cm_dates_format_duration(to - from);
	append_line(view, from, to, _("free"), CM_STYLE_DIM, duration);
}

/* the part of [from, to) that lies in the hours, window by window */
static void
append_gaps(View *view, JsonArray *hours, gint from, gint to)
{
	for (guint i = 0; i < cm_json_get_length(hours); i++) {
		JsonArray *window = json_array_get_array_element(hours, i);
		CmMinute start = 0;
		CmMinute end = 0;

		if (!cm_minute_parse(json_array_get_string_element(window, 0), &start) ||
		    !cm_minute_parse(json_array_get_string_element(window, 1), &end))
			continue;
		append_gap(view, MAX(from, start), MIN(to, end));
	}
}

static void
append_entry(View *view, JsonObject *entry, gboolean several)
{
	if (is_type(entry, "session"))
		append_session(view, entry, several);
	else if (is_type(entry, "travel"))
		append_travel(view, entry);
	else if (is_type(entry, "appointment"))
		append_appointment(view, entry);
	else
		append_line(view, cm_agenda_view_get_minute(entry, "start"),
			    cm_agenda_view_get_minute(entry, "end"), _("busy"), CM_STYLE_DIM,
			    _("taken by something else"));
}

static void
append_entries(View *view, JsonObject *day)
{
	JsonArray *entries = cm_json_get_array(day, "entries");
	JsonArray *hours = view->professional ? cm_json_get_array(day, "hours") : NULL;
	gboolean several = has_several_cycle_days(day);
	gint done = 0;

	for (guint i = 0; i < cm_json_get_length(entries); i++) {
		JsonObject *entry = cm_json_get_element(entries, i);

		append_gaps(view, hours, done, cm_agenda_view_get_minute(entry, "start"));
		append_entry(view, entry, several);
		/* what was called off leaves its time free */
		done = MAX(done, cm_agenda_view_get_minute(
				     entry, cm_agenda_view_is_off(entry) ? "start" : "end"));
	}
	append_gaps(view, hours, done, CM_MINUTES_PER_DAY);
}

static void
append_day(View *view, JsonObject *day)
{
	CmDay date = 0;
	gboolean empty = cm_json_get_length(cm_json_get_array(day, "entries")) == 0;

	if (!cm_day_parse(cm_json_get_string(day, "date"), &date))
		return;
	/* a free weekend says nothing */
	if (empty && cm_day_get_weekday(date) >= 5)
		return;
	append_day_heading(view, day, date);
	if (!empty) {
		append_entries(view, day);
		return;
	}
	g_string_append_printf(view->out, "%*s%s\n", INDENT, "",
			       cm_json_get_boolean(day, "absent") ? _("absent")
								  : _("nothing planned"));
}

static void
append_who(GString *out, JsonObject *agenda, const CmAgendaViewOptions *options)
{
	JsonObject *professional = cm_json_get_object(agenda, "professional");
	JsonObject *student = cm_json_get_object(agenda, "student");
	JsonObject *site = cm_json_get_object(agenda, "site");
	g_autoptr(GString) who = g_string_new(NULL);
	g_autofree gchar *fit = NULL;

	if (professional != NULL)
		g_string_append_printf(
		    who, "%s, %s", cm_json_get_string(professional, "name"),
		    cm_kinds_get_profession(cm_json_get_string(professional, "profession")));
	else if (student != NULL)
		g_string_append_printf(
		    who, "%s, %s", cm_json_get_string(student, "name"),
		    cm_json_get_string(cm_json_get_object(student, "site"), "name"));
	else if (site == NULL)
		append_part(who,
			    cm_json_get_string(cm_json_get_object(agenda, "organisation"), "name"));
	if (site != NULL)
		append_part(who, cm_json_get_string(site, "name"));
	fit = cm_terminal_fit(who->str, options->width);
	cm_terminal_append_styled(out, options->color, CM_STYLE_BOLD, fit);
	g_string_append_c(out, '\n');
}

void
cm_agenda_view_append_title(GString *out, JsonObject *agenda, const CmAgendaViewOptions *options)
{
	CmDay from = 0;
	CmDay to = 0;
	g_autofree gchar *first = NULL;
	g_autofree gchar *last = NULL;
	g_autofree gchar *when = NULL;
	gint64 plan = cm_json_get_int(agenda, "plan");

	append_who(out, agenda, options);
	if (!cm_day_parse(cm_json_get_string(agenda, "from"), &from) ||
	    !cm_day_parse(cm_json_get_string(agenda, "to"), &to))
		return;
	first = cm_dates_format_full(from);
	last = cm_dates_format_full(to);
	if (to - from == CM_DAYS_PER_WEEK - 1 && cm_day_get_weekday(from) == 0)
		when = cm_report_format(N_("Week of {0}"), first, NULL);
	else if (from == to)
		when = g_steal_pointer(&first);
	else
		when = cm_report_format(N_("From {0} to {1}"), first, last, NULL);
	g_string_append(out, when);
	if (plan > 0)
		g_string_append_printf(out, _(" · plan %d"), (gint)plan);
	g_string_append_c(out, '\n');
}

/* What an agenda adds up to. */
typedef struct {
	guint sessions;
	guint appointments;
	guint declined;
	guint video;
	gint64 minutes;
	gint64 travel;
} Totals;

static void
add_up_day(Totals *totals, JsonArray *entries)
{
	for (guint i = 0; i < cm_json_get_length(entries); i++) {
		JsonObject *entry = cm_json_get_element(entries, i);

		if (cm_agenda_view_is_off(entry))
			continue;
		if (cm_answers_view_has(cm_json_get_array(entry, "answers"),
					CM_ANSWERS_VIEW_DECLINED))
			totals->declined++;
		if (is_type(entry, "travel")) {
			totals->travel += cm_json_get_int(entry, "minutes");
		} else if (is_type(entry, "session")) {
			totals->sessions++;
			totals->minutes += cm_json_get_int(entry, "minutes");
			if (g_strcmp0(cm_json_get_string(entry, "mode"), "in-person") != 0)
				totals->video++;
		} else if (is_type(entry, "appointment")) {
			totals->appointments++;
		}
	}
}

void
cm_agenda_view_append_totals(GString *out, JsonObject *agenda, const CmAgendaViewOptions *options)
{
	JsonArray *days = cm_json_get_array(agenda, "days");
	Totals totals = {0};
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *duration = NULL;

	for (guint i = 0; i < cm_json_get_length(days); i++)
		add_up_day(&totals, cm_json_get_array(cm_json_get_element(days, i), "entries"));
	g_string_append_printf(text, ngettext("%u session", "%u sessions", totals.sessions),
			       totals.sessions);
	duration = cm_dates_format_duration(totals.minutes);
	if (totals.sessions > 0)
		append_part(text, duration);
	if (totals.video > 0) {
		g_autofree gchar *video = g_strdup_printf(
		    ngettext("%u by video", "%u by video", totals.video), totals.video);

		append_part(text, video);
	}
	if (totals.appointments > 0) {
		g_autofree gchar *appointments = g_strdup_printf(
		    ngettext("%u appointment", "%u appointments", totals.appointments),
		    totals.appointments);

		append_part(text, appointments);
	}
	if (totals.declined > 0) {
		g_autofree gchar *declined = g_strdup_printf(
		    ngettext("✗ %u declined", "✗ %u declined", totals.declined), totals.declined);

		append_part(text, declined);
	}
	if (totals.travel > 0) {
		g_autofree gchar *minutes = cm_dates_format_duration(totals.travel);
		g_autofree gchar *travel = cm_report_format(N_("travel {0}"), minutes, NULL);

		append_part(text, travel);
	}
	g_string_append_c(out, '\n');
	cm_terminal_append_wrapped(out, text->str, 0, 0, options->width);
}

gchar *
cm_agenda_view_draw_list(JsonObject *agenda, const CmAgendaViewOptions *options)
{
	JsonArray *days = cm_json_get_array(agenda, "days");
	View view = {
	    .out = g_string_new(NULL),
	    .agenda = agenda,
	    .options = options,
	    .professional = cm_json_get_object(agenda, "professional") != NULL,
	    .student = cm_json_get_object(agenda, "student") != NULL,
	    .site = cm_json_get_object(agenda, "site") != NULL,
	};

	cm_agenda_view_append_title(view.out, agenda, options);
	for (guint i = 0; i < cm_json_get_length(days); i++)
		append_day(&view, cm_json_get_element(days, i));
	cm_agenda_view_append_totals(view.out, agenda, options);
	return g_string_free(view.out, FALSE);
}
