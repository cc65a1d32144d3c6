// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/explanation-view.h"

#include "cli/agenda-view.h"
#include "cli/answers-view.h"
#include "cli/dates.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
	GString *out;
	JsonObject *explanation;
	guint width;
	gboolean color;
} View;

static const gchar *
get_name(JsonObject *object, const gchar *member)
{
	const gchar *name = cm_json_get_string(cm_json_get_object(object, member), "name");

	return name != NULL ? name : "";
}

static void
append_heading(View *view, const gchar *text)
{
	g_string_append_c(view->out, '\n');
	cm_terminal_append_styled(view->out, view->color, CM_STYLE_BOLD, text);
	g_string_append_c(view->out, '\n');
}

static void
append_title(View *view)
{
	JsonObject *explanation = view->explanation;
	g_autofree gchar *act = g_strdup_printf("%s %d/%d", cm_agenda_view_get_act(explanation),
						(gint)cm_json_get_int(explanation, "position"),
						(gint)cm_json_get_int(explanation, "positions"));
	g_autofree gchar *title = cm_report_format(
	    N_("{0}: {1}, {2} with {3}"), cm_json_get_string(explanation, "session"), act,
	    get_name(explanation, "student"), get_name(explanation, "professional"), NULL);

	cm_terminal_append_wrapped(view->out, title, 0, 2, view->width);
}

static void
append_placement(View *view, JsonObject *placement)
{
	const gchar *room = cm_json_get_string(placement, "room");
	CmDay date = 0;
	g_autofree gchar *when = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	if (cm_day_parse(cm_json_get_string(placement, "date"), &date))
		when = cm_dates_format_full(date);
	g_string_append_printf(text, "%s, %s–%s, %s", when != NULL ? when : "",
			       cm_json_get_string(placement, "start"),
			       cm_json_get_string(placement, "end"),
			       cm_kinds_get_mode(cm_json_get_string(placement, "mode")));
	if (g_strcmp0(cm_json_get_string(placement, "mode"), "video-remote") != 0) {
		g_autofree gchar *day =
		    g_strdup_printf("%d", (gint)cm_json_get_int(placement, "cycle_day"));
		g_autofree gchar *cycle = cm_report_format(N_("day {0}"), day, NULL);

		g_string_append_printf(text, ", %s, %s", get_name(placement, "site"), cycle);
	}
	if (room != NULL) {
		g_autofree gchar *in_room = cm_report_format(N_("room {0}"), room, NULL);

		g_string_append_printf(text, ", %s", in_room);
	}
	append_heading(view, _("Where it stands"));
	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(view->out, text->str, 2, 4, view->width);
	if (cm_json_get_boolean(placement, "locked"))
		g_string_append_printf(view->out, "  %s\n",
				       _("It is locked: planning again does not move it."));
}

static void
append_target(View *view)
{
	CmDay target = 0;
	g_autofree gchar *date = NULL;
	g_autofree gchar *text = NULL;

	if (!cm_day_parse(cm_json_get_string(view->explanation, "target_date"), &target))
		return;
	date = cm_dates_format_full(target);
	text = cm_report_format(N_("It was wished for {0}."), date, NULL);
	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(view->out, text, 2, 4, view->width);
}

/* the parts that are not 0 */
static void
append_cost(View *view, JsonObject *cost)
{
	static const gchar *const parts[] = {"lateness", "travel",     "core", "modality",
					     "rhythm",   "preference", "moved"};

	append_heading(view, _("What it costs there, in points"));
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		gint64 points = cm_json_get_int(cost, parts[i]);

		if (points > 0)
			g_string_append_printf(view->out, "  %6d  %s\n", (gint)points,
					       cm_kinds_get_cost(parts[i]));
	}
	g_string_append_printf(view->out, "  %6d  %s\n", (gint)cm_json_get_int(cost, "total"),
			       cm_kinds_get_cost("total"));
}

/* a place, and what is said of it */
static void
append_place(View *view, JsonObject *place, const gchar *format, const gchar *more)
{
	CmDay date = 0;
	g_autofree gchar *day = NULL;
	g_autofree gchar *points = g_strdup_printf("%d", (gint)cm_json_get_int(place, "saves"));
	g_autofree gchar *said = cm_message_localize(more != NULL ? more : "");
	g_autofree gchar *text = NULL;

	if (!cm_day_parse(cm_json_get_string(place, "date"), &date))
		return;
	day = cm_dates_format_day(date);
	text = cm_report_format(format, day, cm_json_get_string(place, "start"),
				cm_kinds_get_mode(cm_json_get_string(place, "mode")), points, said,
				NULL);
	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(view->out, text, 2, 4, view->width);
}

static void
append_elsewhere(View *view)
{
	JsonArray *elsewhere = cm_json_get_array(view->explanation, "elsewhere");

	if (cm_json_get_length(elsewhere) == 0)
		return;
	append_heading(view, _("Where it would cost less, in points"));
	for (guint i = 0; i < cm_json_get_length(elsewhere); i++) {
		JsonObject *place = cm_json_get_element(elsewhere, i);

		append_place(view, place, N_("{0}, {1}, {2}: {3} less. In the way: {4}."),
			     cm_json_get_string(place, "blocked_by"));
	}
}

static void
append_remedies(View *view)
{
	JsonArray *remedies = cm_json_get_array(view->explanation, "remedies");

	if (cm_json_get_length(remedies) == 0)
		return;
	append_heading(view, _("What would place it"));
	for (guint i = 0; i < cm_json_get_length(remedies); i++) {
		g_autofree gchar *text = cm_message_localize(
		    cm_json_get_string(cm_json_get_element(remedies, i), "text"));

		g_string_append(view->out, "  ");
		cm_terminal_append_wrapped(view->out, text, 2, 4, view->width);
	}
}

static void
append_reason(View *view)
{
	const gchar *message = cm_json_get_string(view->explanation, "reason");
	g_autofree gchar *text = cm_message_localize(message != NULL ? message : "");

	append_heading(view, _("Why it is not placed"));
	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(
	    view->out, *text != '\0' ? text : _("This plan does not know it."), 2, 4, view->width);
}

static gchar *
format_value(JsonObject *entry)
{
	const gchar *key = cm_json_get_string(entry, "key");
	gint64 value = cm_json_get_int(entry, "value");

	if (g_strcmp0(key, "FirstInPerson") == 0)
		return g_strdup(value != 0 ? _("yes") : _("no"));
	if (g_strcmp0(key, "Modalities") != 0)
		return g_strdup_printf("%d", (gint)value);
	/* the caseload's flags: 1 in person, 2 by video */
	if (value == 3)
		return g_strdup(_("in person or by video"));
	return g_strdup(value == 1 ? _("in person") : _("by video"));
}

static const gchar *
describe_key(const gchar *key)
{
	static const gchar *const pairs[][2] = {
	    {"Modalities", N_("How it may be held")},
	    {"FirstInPerson", N_("The first of its kind in person")},
	    {"InPersonEvery", N_("One in person of any … in a row")},
	    {"MinGapDays", N_("Days since the session before, at least")},
	    {"MaxGapDays", N_("Days since the session before, at most")},
	    {"CompanionBelowAge",
	     N_("By video at school, an adult with students below the age of")},
	    {"GuardianBelowAge", N_("By video at home, a parent with students below the age of")},
	    {"BufferMinutes", N_("Minutes between two sessions")},
	    {"MaxSessions", N_("Sessions a day, at most")},
	    {"MaxMinutes", N_("Minutes of sessions a day, at most")},
	    {"MaxSites", N_("Schools a day, at most")},
	    {"MaxConsecutiveVideoMinutes", N_("Minutes of video without a break, at most")},
	    {"BreakMinutes", N_("Minutes that make a break from video")},
	};

	for (guint i = 0; key != NULL && i < G_N_ELEMENTS(pairs); i++) {
		if (g_str_equal(pairs[i][0], key))
			return gettext(pairs[i][1]);
	}
	return key != NULL ? key : "";
}

/* what is asked, its value, then the text and source behind it, or the file that sets it */
static void
append_rule(View *view, JsonObject *entry)
{
	JsonObject *rule = cm_json_get_object(entry, "rule");
	g_autofree gchar *value = format_value(entry);
	/* translators: a rule and its value */
	g_autofree gchar *line = cm_report_format(
	    N_("{0}: {1}"), describe_key(cm_json_get_string(entry, "key")), value, NULL);
	const gchar *text = NULL;
	g_autofree gchar *source = NULL;

	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(view->out, line, 2, 4, view->width);
	if (rule != NULL) {
		text =
		    cm_json_get_string(cm_json_get_object(rule, "text"), cm_message_get_language());
		source = g_strdup_printf("%s, %s", cm_json_get_string(rule, "article"),
					 cm_json_get_string(rule, "source"));
	} else {
		source = g_strdup_printf("%s:%d", cm_json_get_string(entry, "file"),
					 (gint)cm_json_get_int(entry, "line"));
	}
	if (text != NULL) {
		g_string_append(view->out, "      ");
		cm_terminal_append_wrapped(view->out, text, 6, 6, view->width);
	}
	g_string_append(view->out, "      ");
	cm_terminal_append_wrapped(view->out, source, 6, 6, view->width);
}

/* that somebody asks for another time, and waits */
static void
append_request(View *view, JsonObject *request)
{
	const gchar *date = cm_json_get_string(request, "date");
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(request, "number"));
	g_autofree gchar *text =
	    date != NULL
		? cm_report_format(N_("another time is asked for: {0} at {1} (request {2})"), date,
				   cm_json_get_string(request, "start"), number, NULL)
		: cm_report_format(N_("another time is asked for, whichever (request {0})"), number,
				   NULL);

	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(view->out, text, 2, 4, view->width);
}

/* what people said to their invitations, a no first */
static void
append_answers(View *view, JsonArray *answers)
{
	if (cm_json_get_length(answers) == 0)
		return;
	append_heading(view, _("What was answered to the invitation"));
	for (guint i = 0; i < CM_ANSWERS_VIEW_LAST; i++) {
		g_autofree gchar *text = cm_answers_view_describe(answers, (CmAnswersView)i);
		g_autoptr(GString) line = g_string_new(NULL);

		if (text == NULL)
			continue;
		cm_terminal_append_wrapped(line, text, 2, 4, view->width);
		g_string_append(view->out, "  ");
		if (i == CM_ANSWERS_VIEW_DECLINED)
			cm_terminal_append_styled(view->out, view->color, CM_STYLE_BAD, line->str);
		else
			g_string_append(view->out, line->str);
	}
}

/* whether somebody placed it by hand, what became of it, and the exceptions that were asked for or approved */
static void
append_decisions(View *view)
{
	JsonObject *booking = cm_json_get_object(view->explanation, "booking");
	JsonArray *derogations = cm_json_get_array(view->explanation, "derogations");
	const gchar *state = booking != NULL ? cm_json_get_string(booking, "state") : NULL;
	const gchar *told = state != NULL ? cm_kinds_get_booking_state(state) : "";
	gboolean by_hand = booking != NULL && cm_json_get_boolean(booking, "by_hand");

	JsonObject *request = cm_json_get_object(view->explanation, "time_request");

	if (*told == '\0' && !by_hand && cm_json_get_length(derogations) == 0 && request == NULL)
		return;
	append_heading(view, _("What was decided"));
	if (by_hand)
		g_string_append_printf(view->out, "  %s\n", _("booked by hand"));
	if (*told != '\0')
		g_string_append_printf(view->out, "  %s\n", told);
	if (request != NULL)
		append_request(view, request);
	for (guint i = 0; i < cm_json_get_length(derogations); i++) {
		JsonObject *derogation = cm_json_get_element(derogations, i);
		gboolean approved =
		    g_strcmp0(cm_json_get_string(derogation, "state"), "approved") == 0;
		g_autofree gchar *number =
		    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(derogation, "number"));
		g_autofree gchar *text =
		    cm_report_format(approved ? N_("derogation {0} from {1}, approved, until {2}")
					      : N_("derogation {0} from {1}, asked, until {2}"),
				     number, cm_json_get_string(derogation, "rule"),
				     cm_json_get_string(derogation, "until"), NULL);

		g_string_append(view->out, "  ");
		cm_terminal_append_wrapped(view->out, text, 2, 4, view->width);
	}
}

gchar *
cm_explanation_view_draw(JsonObject *explanation, guint width, gboolean color)
{
	View view = {
	    .out = g_string_new(NULL), .explanation = explanation, .width = width, .color = color};
	JsonObject *placement = cm_json_get_object(explanation, "placement");
	JsonArray *rules = cm_json_get_array(explanation, "rules");

	append_title(&view);
	if (placement != NULL) {
		append_placement(&view, placement);
		append_target(&view);
		append_cost(&view, cm_json_get_object(explanation, "cost"));
		append_elsewhere(&view);
	} else {
		append_reason(&view);
		append_remedies(&view);
		append_target(&view);
	}
	append_decisions(&view);
	append_answers(&view, cm_json_get_array(explanation, "answers"));
	if (cm_json_get_length(rules) > 0)
		append_heading(&view, _("The rules that bear on it"));
	for (guint i = 0; i < cm_json_get_length(rules); i++)
		append_rule(&view, cm_json_get_element(rules, i));
	return g_string_free(view.out, FALSE);
}
