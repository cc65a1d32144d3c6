// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/agenda-grid.h"

#include "cli/answers-view.h"
#include "cli/dates.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"

#include <glib/gi18n.h>
#include <string.h>

#define SLOT_MINUTES 15
#define SLOTS (CM_MINUTES_PER_DAY / SLOT_MINUTES)
#define HOUR_WIDTH 6
#define COLUMN_MIN 17
#define COLUMN_MAX 30

/* A week's cells: one text a column and slot, NULL where nothing is. */
typedef struct {
	guint columns;      /* days shown */
	guint column_width; /* text and the rule before it */
	gint first_slot;
	gint last_slot; /* exclusive */
	gboolean color;
	JsonObject *agenda;
	JsonObject *days[CM_DAYS_PER_WEEK];
	gchar *text[CM_DAYS_PER_WEEK][SLOTS];
	CmStyle style[CM_DAYS_PER_WEEK][SLOTS];
} Grid;

static void
grid_clear(Grid *grid)
{
	for (guint column = 0; column < CM_DAYS_PER_WEEK; column++) {
		for (guint slot = 0; slot < SLOTS; slot++)
			g_free(grid->text[column][slot]);
	}
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grid, grid_clear)

static void
set_cell(Grid *grid, guint column, gint slot, CmStyle style, const gchar *text)
{
	if (slot < 0 || slot >= SLOTS)
		return;
	g_free(grid->text[column][slot]);
	grid->text[column][slot] = g_strdup(text);
	grid->style[column][slot] = style;
}

/* a column is narrow, and every school's name starts alike */
static gchar *
shorten_school(JsonObject *site)
{
	static const gchar *const starts[][2] = {
	    {"École secondaire ", "É. s. "},
	    {"École primaire ", "É. p. "},
	    {"École ", "É. "},
	};
	const gchar *name = cm_json_get_string(site, "name");

	for (guint i = 0; name != NULL && i < G_N_ELEMENTS(starts); i++) {
		if (g_str_has_prefix(name, starts[i][0]))
			return g_strconcat(starts[i][1], name + strlen(starts[i][0]), NULL);
	}
	return g_strdup(name != NULL ? name : "");
}

/* what a session says in its three first rows: when and how, whom, what and where */
static gchar *
session_row(JsonObject *entry, gboolean student_known, gint row)
{
	const gchar *mode = cm_json_get_string(entry, "mode");
	const gchar *who = cm_json_get_string(
	    cm_json_get_object(entry, student_known ? "professional" : "student"), "name");
	const gchar *room = cm_json_get_string(entry, "room");
	g_autofree gchar *site = shorten_school(cm_json_get_object(entry, "site"));

	if (row == 0)
		return g_strdup_printf("%s %s", cm_json_get_string(entry, "start"), who);
	if (row == 1)
		return g_strdup_printf("–%s %s", cm_json_get_string(entry, "end"),
				       cm_kinds_get_mode(mode));
	if (row == 2 && g_strcmp0(mode, "video-remote") != 0)
		return room != NULL ? g_strdup_printf("%s, %s", site, room)
				    : g_steal_pointer(&site);
	if (row == 3 || (row == 2 && g_strcmp0(mode, "video-remote") == 0))
		return g_strdup(cm_agenda_view_get_act(entry));
	return g_strdup("");
}

/* what matters most of the answers, beside the rule where no narrow column cuts it off */
static const gchar *
get_mark(JsonObject *entry)
{
	return cm_answers_view_get_mark(cm_json_get_array(entry, "answers"));
}

static gint
slot_of(gint minute)
{
	return minute / SLOT_MINUTES;
}

static void
place_session(Grid *grid, guint column, JsonObject *entry, gboolean student_known)
{
	gint first = slot_of(cm_agenda_view_get_minute(entry, "start"));
	gint last = slot_of(cm_agenda_view_get_minute(entry, "end") - 1);
	gboolean in_person = g_strcmp0(cm_json_get_string(entry, "mode"), "in-person") == 0;
	CmStyle style =
	    cm_agenda_view_get_style(entry, in_person ? CM_STYLE_PLACE : CM_STYLE_VIDEO);
	const gchar *mark = get_mark(entry);

	for (gint slot = first; slot <= last; slot++) {
		g_autofree gchar *row = session_row(entry, student_known, slot - first);
		g_autofree gchar *ruled = g_strdup_printf("%s%s %s", slot == first ? "┏" : "┃",
							  slot == first ? mark : "", row);

		set_cell(grid, column, slot, style, ruled);
	}
}

static void
place_other(Grid *grid, guint column, JsonObject *entry)
{
	gint first = slot_of(cm_agenda_view_get_minute(entry, "start"));
	gint last = MAX(first, slot_of(cm_agenda_view_get_minute(entry, "end") - 1));
	gboolean travel = g_strcmp0(cm_json_get_string(entry, "type"), "travel") == 0;
	g_autofree gchar *to = shorten_school(cm_json_get_object(entry, "to"));
	g_autofree gchar *duration = cm_dates_format_duration(cm_json_get_int(entry, "minutes"));
	g_autofree gchar *text =
	    travel ? g_strdup_printf("→ %s %s", duration, to) : g_strdup_printf("░ %s", _("busy"));

	/* a road that starts in a session's last row is shown in the next one */
	if (travel && first < last && grid->text[column][first] != NULL)
		first++;
	for (gint slot = first; slot <= last; slot++)
		set_cell(grid, column, slot, CM_STYLE_DIM,
			 slot == first ? text : (travel ? "↓" : "░"));
}

static void
place_appointment(Grid *grid, guint column, JsonObject *entry)
{
	gint first = slot_of(cm_agenda_view_get_minute(entry, "start"));
	gint last = slot_of(cm_agenda_view_get_minute(entry, "end") - 1);
	const gchar *kind = cm_kinds_get_appointment(cm_json_get_string(entry, "kind"));
	g_autofree gchar *what = cm_agenda_view_describe_appointment(grid->agenda, entry);
	CmStyle style = cm_agenda_view_get_style(entry, CM_STYLE_PLACE);

	for (gint slot = first; slot <= last; slot++) {
		g_autofree gchar *row =
		    slot == first ? g_strdup_printf("┏%s %s %s", get_mark(entry),
						    cm_json_get_string(entry, "start"), kind)
				  : g_strdup_printf("┃ %s", slot == first + 1 ? what : "");

		set_cell(grid, column, slot, style, row);
	}
}

/* sessions last: where rounding makes two things share a row, the session is what matters */
static void
place_entries(Grid *grid, guint column, gboolean student_known)
{
	JsonArray *entries = cm_json_get_array(grid->days[column], "entries");

	for (guint pass = 0; pass < 2; pass++) {
		for (guint i = 0; i < cm_json_get_length(entries); i++) {
			JsonObject *entry = cm_json_get_element(entries, i);
			const gchar *type = cm_json_get_string(entry, "type");
			gboolean session = g_strcmp0(type, "session") == 0;

			if (cm_agenda_view_is_off(entry))
				continue;
			if (g_strcmp0(type, "appointment") == 0) {
				if (pass == 1)
					place_appointment(grid, column, entry);
				continue;
			}
			if (session && pass == 1)
				place_session(grid, column, entry, student_known);
			else if (!session && pass == 0)
				place_other(grid, column, entry);
		}
	}
}

static void
find_bounds(Grid *grid)
{
	grid->first_slot = SLOTS;
	grid->last_slot = 0;
	for (guint column = 0; column < grid->columns; column++) {
		for (gint slot = 0; slot < SLOTS; slot++) {
			if (grid->text[column][slot] == NULL)
				continue;
			grid->first_slot = MIN(grid->first_slot, slot);
			grid->last_slot = MAX(grid->last_slot, slot + 1);
		}
	}
	/* whole hours */
	grid->first_slot -= grid->first_slot % (60 / SLOT_MINUTES);
}

static void
append_cell(GString *line, const Grid *grid, const gchar *text, CmStyle style)
{
	g_autoptr(GString) cell = g_string_new(NULL);

	cm_terminal_append_cell(cell, text, grid->column_width - 1);
	cm_terminal_append_styled(line, grid->color, style, cell->str);
	g_string_append_c(line, ' ');
}

static void
append_chomped(GString *out, GString *line)
{
	g_strchomp(line->str);
	g_string_append_printf(out, "%s\n", line->str);
}

/* the dates, and below them what the days are */
static void
append_heads(GString *out, const Grid *grid)
{
	g_autoptr(GString) dates = g_string_new(NULL);
	g_autoptr(GString) kinds = g_string_new(NULL);

	cm_terminal_append_cell(dates, "", HOUR_WIDTH);
	cm_terminal_append_cell(kinds, "", HOUR_WIDTH);
	for (guint column = 0; column < grid->columns; column++) {
		JsonObject *day = grid->days[column];
		CmDay date = 0;
		g_autofree gchar *name = NULL;
		g_autofree gchar *kind = cm_agenda_view_describe_day(day);

		if (cm_day_parse(cm_json_get_string(day, "date"), &date))
			name = cm_dates_format_column(date);
		append_cell(dates, grid, name != NULL ? name : "", CM_STYLE_BOLD);
		append_cell(kinds, grid, cm_json_get_boolean(day, "absent") ? _("absent") : kind,
			    CM_STYLE_DIM);
	}
	g_string_append_c(out, '\n');
	append_chomped(out, dates);
	append_chomped(out, kinds);
}

static void
append_rows(GString *out, const Grid *grid)
{
	for (gint slot = grid->first_slot; slot < grid->last_slot; slot++) {
		g_autoptr(GString) line = g_string_new(NULL);
		gboolean hour = slot % (60 / SLOT_MINUTES) == 0;
		gchar time[CM_MINUTE_TEXT_SIZE];

		cm_minute_format((CmMinute)(slot * SLOT_MINUTES), time);
		cm_terminal_append_cell(line, hour ? time : "", HOUR_WIDTH);
		for (guint column = 0; column < grid->columns; column++) {
			const gchar *text = grid->text[column][slot];

			append_cell(line, grid, text != NULL ? text : (hour ? "·" : ""),
				    text != NULL ? grid->style[column][slot] : CM_STYLE_DIM);
		}
		append_chomped(out, line);
	}
}

/* the marks that are in the grid, in words */
static void
append_legend(GString *out, JsonObject *agenda, const CmAgendaViewOptions *options)
{
	JsonArray *days = cm_json_get_array(agenda, "days");
	g_autoptr(GString) legend = g_string_new(NULL);
	gboolean shown[CM_ANSWERS_VIEW_LAST] = {FALSE};

	for (guint i = 0; i < cm_json_get_length(days); i++) {
		JsonArray *entries = cm_json_get_array(cm_json_get_element(days, i), "entries");

		for (guint j = 0; j < cm_json_get_length(entries); j++) {
			CmAnswersView answer = cm_answers_view_get_first(
			    cm_json_get_array(cm_json_get_element(entries, j), "answers"));

			if (answer != CM_ANSWERS_VIEW_LAST)
				shown[answer] = TRUE;
		}
	}
	for (guint i = 0; i < CM_ANSWERS_VIEW_LAST; i++) {
		if (shown[i])
			g_string_append_printf(legend, "%s%s", legend->len > 0 ? "   " : "",
					       cm_answers_view_get_legend((CmAnswersView)i));
	}
	if (legend->len == 0)
		return;
	g_string_append_c(out, '\n');
	cm_terminal_append_wrapped(out, legend->str, 0, 0, options->width);
}

/* the days of the week that are shown: a weekend only when something is in it */
static gboolean
take_days(Grid *grid, JsonObject *agenda)
{
	JsonArray *days = cm_json_get_array(agenda, "days");

	if (cm_json_get_length(days) != CM_DAYS_PER_WEEK)
		return FALSE;
	for (guint i = 0; i < CM_DAYS_PER_WEEK; i++) {
		JsonObject *day = cm_json_get_element(days, i);
		CmDay date = 0;
		gboolean empty = cm_json_get_length(cm_json_get_array(day, "entries")) == 0;

		if (!cm_day_parse(cm_json_get_string(day, "date"), &date))
			return FALSE;
		if (empty && cm_day_get_weekday(date) >= 5)
			continue;
		grid->days[grid->columns++] = day;
	}
	return TRUE;
}

gchar *
cm_agenda_grid_draw(JsonObject *agenda, const CmAgendaViewOptions *options)
{
	GString *out = NULL;
	g_auto(Grid) grid = {.color = options->color, .agenda = agenda};
	gboolean student = cm_json_get_object(agenda, "student") != NULL;

	if (!student && cm_json_get_object(agenda, "professional") == NULL)
		return NULL;
	if (!take_days(&grid, agenda))
		return NULL;
	grid.column_width = (options->width - HOUR_WIDTH) / grid.columns;
	if (grid.column_width < COLUMN_MIN)
		return NULL;
	grid.column_width = MIN(grid.column_width, COLUMN_MAX);
	for (guint column = 0; column < grid.columns; column++)
		place_entries(&grid, column, student);
	find_bounds(&grid);
	if (grid.first_slot >= grid.last_slot)
		return NULL;
	out = g_string_new(NULL);
	cm_agenda_view_append_title(out, agenda, options);
	append_heads(out, &grid);
	append_rows(out, &grid);
	append_legend(out, agenda, options);
	cm_agenda_view_append_totals(out, agenda, options);
	return g_string_free(out, FALSE);
}
