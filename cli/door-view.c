// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/door-view.h"

#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/subjects.h"
#include "cli/terminal.h"

#include <glib/gi18n.h>

#define INDENT 7
#define SECONDS_PER_MINUTE 60

typedef struct {
	const gchar *code;
	const gchar *text;
} Word;

static const gchar *
find_word(const Word *words, const gchar *code)
{
	for (; words->code != NULL; words++) {
		if (g_strcmp0(words->code, code) == 0)
			return _(words->text);
	}
	return code != NULL ? code : "";
}

gchar *
cm_door_view_dup_name(JsonObject *visit)
{
	static const Word kinds[] = {{"contact", N_("contact")},
				     {"professional", N_("professional")},
				     {"student", N_("student")},
				     {"account", N_("account")},
				     {NULL, NULL}};
	const gchar *name = cm_json_get_string(visit, "name");

	if (name != NULL)
		return cm_terminal_clean(name);
	return g_strdup_printf("%s %" G_GINT64_FORMAT,
			       find_word(kinds, cm_json_get_string(visit, "kind")),
			       cm_json_get_int(visit, "person"));
}

static const gchar *
get_title(JsonNode *things, gint64 number)
{
	JsonObject *thing =
	    things != NULL && number != 0 ? cm_find_by_number(things, number) : NULL;

	return thing != NULL ? cm_find_get_title(thing) : NULL;
}

gchar *
cm_door_view_describe(const CmBookings *bookings, JsonObject *door)
{
	g_autofree gchar *start = cm_subjects_format_instant(cm_json_get_int(door, "start"));
	g_autofree gchar *end = cm_subjects_format_instant(cm_json_get_int(door, "end"));
	const gchar *name = get_title(bookings->students, cm_json_get_int(door, "student"));
	const gchar *host =
	    get_title(bookings->professionals, cm_json_get_int(door, "professional"));
	gboolean own = g_strcmp0(cm_json_get_string(door, "as"), "host") == 0;
	g_autoptr(GString) out = g_string_new(start);

	g_string_append_printf(out, "–%s", end);
	if (name != NULL)
		g_string_append_printf(out, "  %s", name);
	if (host != NULL && (!own || name == NULL))
		g_string_append_printf(out, "%s%s", name != NULL ? ", " : "  ", host);
	return cm_terminal_clean(out->str);
}

/* ---- a door */

static gboolean
has_ended(JsonObject *door)
{
	return cm_json_get_int(door, "ended") != 0;
}

static gchar *
say_ended(JsonObject *door, gboolean own)
{
	g_autofree gchar *at = cm_subjects_format_instant(cm_json_get_int(door, "ended"));
	g_autofree gchar *until = cm_subjects_format_instant(cm_json_get_int(door, "closes"));

	if (own)
		return cm_report_format(N_("ended at {0}; you may come back until {1}"), at, until,
					NULL);
	return cm_report_format(N_("the professional ended it at {0}"), at, NULL);
}

static gchar *
say_state(JsonObject *door)
{
	static const Word words[] = {{"in-person", N_("in person: there is no door")},
				     {"over", N_("over")},
				     {"cancelled", N_("cancelled")},
				     {"moved", N_("moved")},
				     {"down", N_("no video room can be had: call them")},
				     {NULL, NULL}};
	const gchar *state = cm_json_get_string(door, "state");
	gboolean there = g_strcmp0(cm_json_get_string(door, "host"), "present") == 0;
	gboolean own = g_strcmp0(cm_json_get_string(door, "as"), "host") == 0;

	if (g_strcmp0(state, "early") == 0) {
		g_autofree gchar *opens =
		    cm_subjects_format_instant(cm_json_get_int(door, "opens"));

		return cm_report_format(N_("the door opens at {0}"), opens, NULL);
	}
	if (g_strcmp0(state, "open") != 0 && g_strcmp0(state, "late") != 0)
		return g_strdup(find_word(words, state));
	if (has_ended(door))
		return say_ended(door, own);
	if (own)
		return g_strdup(there ? _("open, you are in") : _("open, you are not there yet"));
	return g_strdup(there ? _("open, the professional is in")
			      : _("open, the professional is not there yet"));
}

static gchar *
say_since(JsonObject *visit, gint64 now)
{
	gint64 minutes = (now - cm_json_get_int(visit, "since")) / SECONDS_PER_MINUTE;
	g_autofree gchar *at = cm_subjects_format_instant(cm_json_get_int(visit, "since"));
	g_autofree gchar *count = g_strdup_printf("%" G_GINT64_FORMAT, MAX(minutes, 0));

	return cm_report_format(N_("since {0} ({1} min)"), at, count, NULL);
}

static const gchar *
say_visit(JsonObject *visit)
{
	static const Word words[] = {{"waiting", N_("waits")},
				     {"inside", N_("is inside")},
				     {"left", N_("has left")},
				     {"refused", N_("was not let in")},
				     {NULL, NULL}};

	return find_word(words, cm_json_get_string(visit, "state"));
}

static const gchar *
say_role(JsonObject *visit)
{
	static const Word words[] = {{"guest", ""},
				     {"interpreter", N_("interpreter")},
				     {"host", N_("host")},
				     {"helper", N_("helper")},
				     {NULL, NULL}};
	const gchar *role = cm_json_get_string(visit, "role");

	return g_strcmp0(role, "guest") == 0 ? "" : find_word(words, role);
}

/* what they answered at the door: place, who is there, a number, consent */
static void
append_answers(GString *out, JsonObject *visit)
{
	static const Word labels[] = {
	    {"place", N_("where: {0}")}, {"companion", N_("with: {0}")}, {"phone", N_("tel. {0}")}};
	JsonObject *answers = cm_json_get_object(visit, "answers");
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; answers != NULL && i < G_N_ELEMENTS(labels); i++) {
		const gchar *text = cm_json_get_string(answers, labels[i].code);
		g_autofree gchar *clean = text != NULL ? cm_terminal_clean(text) : NULL;
		g_autofree gchar *said = NULL;

		if (clean == NULL || *clean == '\0')
			continue;
		said = cm_report_format(labels[i].text, clean, NULL);
		g_string_append_printf(line, "%s%s", line->len > 0 ? " · " : "", said);
	}
	if (answers != NULL && cm_json_get_boolean(answers, "consent"))
		g_string_append_printf(line, "%s%s", line->len > 0 ? " · " : "",
				       _("agrees to video"));
	if (line->len == 0)
		return;
	g_string_append_printf(out, "%*s", INDENT + 2, "");
	cm_terminal_append_wrapped(out, line->str, INDENT + 2, INDENT + 2, cm_terminal_get_width());
}

static void
append_visit(GString *out, const CmComodalctl *cli, JsonObject *visit, gint64 now)
{
	gboolean waits = g_strcmp0(cm_json_get_string(visit, "state"), "waiting") == 0;
	g_autofree gchar *name = cm_door_view_dup_name(visit);
	g_autofree gchar *since = say_since(visit, now);
	const gchar *role = say_role(visit);

	g_string_append_printf(out, "%*" G_GINT64_FORMAT "  ", INDENT - 2,
			       cm_json_get_int(visit, "number"));
	cm_terminal_append_styled(out, cli->color, waits ? CM_STYLE_BOLD : CM_STYLE_DIM, name);
	if (*role != '\0')
		g_string_append_printf(out, " (%s)", role);
	g_string_append_printf(out, " %s", say_visit(visit));
	if (g_strcmp0(cm_json_get_string(visit, "state"), "refused") != 0)
		g_string_append_printf(out, " %s", since);
	g_string_append_c(out, '\n');
	append_answers(out, visit);
}

static void
append_help(GString *out, const CmComodalctl *cli, JsonObject *door)
{
	JsonArray *numbers = cm_json_get_array(door, "help");

	for (guint i = 0; i < cm_json_get_length(numbers); i++) {
		g_autofree gchar *number =
		    g_strdup_printf("%" G_GINT64_FORMAT, json_array_get_int_element(numbers, i));
		g_autofree gchar *line = cm_report_format(
		    N_("“I can’t get in”: comodalctl help-request answer {0}"), number, NULL);

		g_string_append_printf(out, "%*s", INDENT, "");
		cm_terminal_append_styled(out, cli->color, CM_STYLE_WARNING, line);
		g_string_append_c(out, '\n');
	}
}

static void
append_door(GString *out, const CmBookings *bookings, JsonObject *door, gint64 now)
{
	JsonArray *visits = cm_json_get_array(door, "visits");
	g_autofree gchar *what = cm_door_view_describe(bookings, door);
	g_autofree gchar *number =
	    g_strdup_printf("  [%" G_GINT64_FORMAT "]", cm_json_get_int(door, "subject"));
	g_autofree gchar *state = say_state(door);
	guint used = cm_terminal_measure(what) + cm_terminal_measure(number);
	gboolean fits = used + 2 + cm_terminal_measure(state) <= cm_terminal_get_width();

	cm_terminal_append_styled(out, bookings->cli->color, CM_STYLE_BOLD, what);
	g_string_append_printf(out, "%s%s", number, fits ? "  " : "\n  ");
	cm_terminal_append_wrapped(out, state, fits ? used + 2 : 2, 2, cm_terminal_get_width());
	for (guint i = 0; i < cm_json_get_length(visits); i++)
		append_visit(out, bookings->cli, cm_json_get_element(visits, i), now);
	append_help(out, bookings->cli, door);
}

/* ---- what to type */

static gboolean
has_waiting(JsonArray *doors, gint64 *out_visit)
{
	for (guint d = 0; d < cm_json_get_length(doors); d++) {
		JsonObject *door = cm_json_get_element(doors, d);
		JsonArray *visits = cm_json_get_array(door, "visits");

		if (g_strcmp0(cm_json_get_string(door, "as"), "planner") == 0)
			continue;
		for (guint i = 0; i < cm_json_get_length(visits); i++) {
			JsonObject *visit = cm_json_get_element(visits, i);

			if (g_strcmp0(cm_json_get_string(visit, "state"), "waiting") == 0) {
				*out_visit = cm_json_get_int(visit, "number");
				return TRUE;
			}
		}
	}
	return FALSE;
}

/* the host's own that is open and where they are not */
static gboolean
has_unattended(JsonArray *doors, gint64 *out_subject)
{
	for (guint i = 0; i < cm_json_get_length(doors); i++) {
		JsonObject *door = cm_json_get_element(doors, i);
		const gchar *state = cm_json_get_string(door, "state");

		if (g_strcmp0(cm_json_get_string(door, "as"), "host") == 0 && !has_ended(door) &&
		    g_strcmp0(cm_json_get_string(door, "host"), "present") != 0 &&
		    (g_strcmp0(state, "open") == 0 || g_strcmp0(state, "late") == 0)) {
			*out_subject = cm_json_get_int(door, "subject");
			return TRUE;
		}
	}
	return FALSE;
}

static void
append_next(GString *out, JsonArray *doors)
{
	gint64 visit = 0;
	gint64 subject = 0;

	if (has_unattended(doors, &subject))
		g_string_append_printf(out, "  → comodalctl join %" G_GINT64_FORMAT "\n", subject);
	if (has_waiting(doors, &visit))
		g_string_append_printf(out,
				       "  → comodalctl door let-in %" G_GINT64_FORMAT
				       " | door refuse %" G_GINT64_FORMAT "\n",
				       visit, visit);
}

gchar *
cm_door_view_draw(const CmBookings *bookings, JsonNode *document)
{
	JsonObject *object = json_node_get_object(document);
	JsonArray *doors = cm_json_get_array(object, "doors");
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < cm_json_get_length(doors); i++)
		append_door(out, bookings, cm_json_get_element(doors, i),
			    cm_json_get_int(object, "now"));
	if (out->len == 0)
		g_string_append_printf(out, "%s\n",
				       _("No session by video is near: no door is open."));
	append_next(out, doors);
	return g_string_free(out, FALSE);
}
