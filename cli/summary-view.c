// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/summary-view.h"

#include "cli/dates.h"
#include "cli/figures.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define REASONS_SHOWN 5
#define PROFESSIONALS_SHOWN 12

typedef struct {
	GString *out;
	JsonObject *summary;
	guint width;
	gboolean color;
	gboolean details;
} View;

static gint
percent(gint64 part, gint64 whole)
{
	return whole > 0 ? (gint)((part * 100 + whole / 2) / whole) : 0;
}

/* "  text", wrapped under itself */
static void
append_item(View *view, const gchar *text)
{
	g_string_append(view->out, "  ");
	cm_terminal_append_wrapped(view->out, text, 2, 4, view->width);
}

static void
append_heading(View *view, const gchar *text)
{
	g_string_append_c(view->out, '\n');
	cm_terminal_append_styled(view->out, view->color, CM_STYLE_BOLD, text);
	g_string_append_c(view->out, '\n');
}

static gint64
get_video(JsonObject *summary)
{
	JsonObject *modes = cm_json_get_object(summary, "modes");

	return cm_json_get_int(modes, "video-school") + cm_json_get_int(modes, "video-remote");
}

static void
append_placed(View *view)
{
	gint64 placed = cm_json_get_int(view->summary, "placed");
	gint64 left = cm_json_get_int(view->summary, "unscheduled");
	g_autofree gchar *placed_count = cm_figures_format_count(placed);
	g_autofree gchar *left_count = cm_figures_format_count(left);
	g_autofree gchar *placed_text = g_strdup_printf(
	    ngettext("%s session placed", "%s sessions placed", (gulong)placed), placed_count);
	g_autofree gchar *left_text =
	    g_strdup_printf(ngettext("%s left out", "%s left out", (gulong)left), left_count);
	g_autofree gchar *share = g_strdup_printf("%d %%", percent(placed, placed + left));
	g_autoptr(GString) text = g_string_new(NULL);

	cm_terminal_append_styled(text, view->color, CM_STYLE_BOLD, placed_text);
	g_string_append_printf(text, " (%s), ", share);
	cm_terminal_append_styled(text, view->color, left > 0 ? CM_STYLE_WARNING : CM_STYLE_GOOD,
				  left > 0 ? left_text : _("none left out"));
	g_string_append_printf(view->out, "%s\n", text->str);
}

static void
append_figures(View *view)
{
	gint64 placed = cm_json_get_int(view->summary, "placed");
	gint64 weeks = MAX(cm_json_get_int(view->summary, "weeks"), 1);
	gint64 late = cm_json_get_int(view->summary, "late");
	JsonObject *modes = cm_json_get_object(view->summary, "modes");
	g_autofree gchar *video = g_strdup_printf(_("%d %% by video (%d at school, %d at home)"),
						  percent(get_video(view->summary), placed),
						  (gint)cm_json_get_int(modes, "video-school"),
						  (gint)cm_json_get_int(modes, "video-remote"));
	g_autofree gchar *duration =
	    cm_dates_format_duration(cm_json_get_int(view->summary, "travel_minutes") / weeks);
	g_autofree gchar *travel =
	    cm_report_format(N_("{0} of travel a week, everyone together"), duration, NULL);

	append_item(view, video);
	append_item(view, travel);
	if (late > 0) {
		g_autofree gchar *text = g_strdup_printf(
		    ngettext("%d session more than a week after the wished date",
			     "%d sessions more than a week after the wished date", (gulong)late),
		    (gint)late);

		append_item(view, text);
	}
}

/* what changes for people who have seen a plan already */
static void
append_previous(View *view)
{
	JsonObject *previous = cm_json_get_object(view->summary, "previous");
	g_autofree gchar *text = NULL;

	if (previous == NULL)
		return;
	text = g_strdup_printf(_("of what was planned before: %d stay, %d move, %d are taken out"),
			       (gint)cm_json_get_int(previous, "kept"),
			       (gint)cm_json_get_int(previous, "moved"),
			       (gint)cm_json_get_int(previous, "removed"));
	append_item(view, text);
}

static void
append_reason(View *view, JsonObject *reason)
{
	const gchar *message = cm_json_get_string(reason, "message");
	JsonArray *examples = cm_json_get_array(reason, "examples");
	g_autofree gchar *text = cm_message_localize(message != NULL ? message : "");
	g_autoptr(GString) line = g_string_new(NULL);
	gint64 count = cm_json_get_int(reason, "count");

	g_string_append_printf(view->out, "%6d × ", (gint)count);
	/* others of its kind name other people and days */
	if (!cm_json_get_boolean(reason, "same"))
		g_string_append_printf(line, "%s ", _("for example:"));
	g_string_append(line, text);
	for (guint i = 0; i < cm_json_get_length(examples); i++)
		g_string_append_printf(line, "%s%s", i == 0 ? " [" : ", ",
				       json_array_get_string_element(examples, i));
	if (cm_json_get_length(examples) > 0)
		g_string_append(line, count > cm_json_get_length(examples) ? ", …]" : "]");
	cm_terminal_append_wrapped(view->out, line->str, 9, 9, view->width);
}

static void
append_reasons(View *view)
{
	JsonArray *reasons = cm_json_get_array(view->summary, "reasons");
	guint count = cm_json_get_length(reasons);
	guint shown = view->details ? count : MIN(count, REASONS_SHOWN);

	if (count == 0)
		return;
	append_heading(view, _("Why sessions are left out"));
	for (guint i = 0; i < shown; i++)
		append_reason(view, cm_json_get_element(reasons, i));
	if (shown < count)
		g_string_append_printf(view->out,
				       ngettext("  … and %u more reason\n",
						"  … and %u more reasons\n", count - shown),
				       count - shown);
}

/* "Oct 5: 14 sessions, 12 h" of the week with the most hours */
static gchar *
format_fullest(JsonObject *professional)
{
	JsonArray *weeks = cm_json_get_array(professional, "weeks");
	gint64 index = cm_json_get_int(professional, "fullest_week");
	JsonObject *week = NULL;
	CmDay monday = 0;
	g_autofree gchar *date = NULL;
	g_autofree gchar *duration = NULL;

	if (index < 0 || index >= cm_json_get_length(weeks))
		return g_strdup("");
	week = cm_json_get_element(weeks, (guint)index);
	if (!cm_day_parse(cm_json_get_string(week, "monday"), &monday) ||
	    cm_json_get_int(week, "sessions") == 0)
		return g_strdup("");
	date = cm_dates_format_short(monday);
	duration = cm_dates_format_duration(cm_json_get_int(week, "minutes"));
	return g_strdup_printf("%s (%s)", duration, date);
}

static void
add_professional(View *view, CmTable *table, JsonObject *professional)
{
	gint64 weeks = MAX(cm_json_get_int(view->summary, "weeks"), 1);
	gint64 placed = cm_json_get_int(professional, "placed");
	gint64 left = cm_json_get_int(professional, "unscheduled");
	g_autofree gchar *placed_text = g_strdup_printf("%d", (gint)placed);
	g_autofree gchar *left_text = left > 0 ? g_strdup_printf("%d", (gint)left) : g_strdup("–");
	g_autofree gchar *mean =
	    cm_dates_format_duration(cm_json_get_int(professional, "minutes") / weeks);
	g_autofree gchar *fullest = format_fullest(professional);
	g_autofree gchar *travel =
	    cm_dates_format_duration(cm_json_get_int(professional, "travel_minutes") / weeks);
	g_autofree gchar *video =
	    g_strdup_printf("%d %%", percent(cm_json_get_int(professional, "video"), placed));

	cm_terminal_add_row(table, cm_json_get_string(professional, "name"), placed_text, left_text,
			    mean, fullest, travel, video, NULL);
}

static gint
compare_professionals(gconstpointer a, gconstpointer b)
{
	JsonObject *first = *(JsonObject *const *)a;
	JsonObject *second = *(JsonObject *const *)b;
	gint64 difference =
	    cm_json_get_int(second, "unscheduled") - cm_json_get_int(first, "unscheduled");

	if (difference != 0)
		return difference > 0 ? 1 : -1;
	return g_utf8_collate(cm_json_get_string(first, "name"),
			      cm_json_get_string(second, "name"));
}

static void
append_professionals(View *view)
{
	const gchar *const heads[] = {
	    N_("Professional"),  N_(">placed"), N_(">out"),   N_(">a week"),
	    N_(">fullest week"), N_(">travel"), N_(">video"), NULL};
	JsonArray *professionals = cm_json_get_array(view->summary, "professionals");
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	guint count = cm_json_get_length(professionals);
	guint shown = view->details ? count : MIN(count, PROFESSIONALS_SHOWN);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < count; i++)
		g_ptr_array_add(sorted, cm_json_get_element(professionals, i));
	g_ptr_array_sort(sorted, compare_professionals);
	for (guint i = 0; i < shown; i++)
		add_professional(view, table, g_ptr_array_index(sorted, i));
	text = cm_terminal_draw_table(table, view->width, view->color);
	g_string_append_printf(view->out, "\n%s", text);
	if (shown < count)
		g_string_append_printf(view->out,
				       ngettext("… and %u more professional: --details\n",
						"… and %u more professionals: --details\n",
						count - shown),
				       count - shown);
}

gchar *
cm_summary_view_draw(JsonObject *summary, guint width, gboolean color, gboolean details)
{
	View view = {.out = g_string_new(NULL),
		     .summary = summary,
		     .width = width,
		     .color = color,
		     .details = details};

	append_placed(&view);
	append_figures(&view);
	append_previous(&view);
	append_reasons(&view);
	append_professionals(&view);
	return g_string_free(view.out, FALSE);
}

JsonNode *
cm_summary_view_localize(JsonNode *summary)
{
	g_autofree gchar *text_of_all = json_to_string(summary, FALSE);
	JsonNode *copy = json_from_string(text_of_all, NULL);
	JsonArray *reasons = cm_json_get_array(json_node_get_object(copy), "reasons");

	for (guint i = 0; i < cm_json_get_length(reasons); i++) {
		JsonObject *reason = cm_json_get_element(reasons, i);
		const gchar *message = cm_json_get_string(reason, "message");
		g_autofree gchar *text = cm_message_localize(message != NULL ? message : "");

		json_object_set_string_member(reason, "message", text);
	}
	return copy;
}
