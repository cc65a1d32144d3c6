// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/dates.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/agenda/document.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define LINES_TYPE "a(ussss)"
#define DAYS_TYPE "a(ssu)"
#define CYCLE_MAX 60

typedef struct {
	gchar *calendar;
	gchar *closure;
	gchar *cycle_length;
	gchar *from;
	gchar *to;
	gboolean dry_run;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->calendar);
	g_free(options->closure);
	g_free(options->cycle_length);
	g_free(options->from);
	g_free(options->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static GVariant *
lookup(CmDBusJob *job, const gchar *name, const gchar *type)
{
	GVariant *result = cm_dbus_job_get_result(job);

	return result != NULL ? g_variant_lookup_value(result, name, G_VARIANT_TYPE(type)) : NULL;
}

/* the options as the daemon takes them; FALSE has reported a wrong one */
static gboolean
make_call_options(CmComodalctl *cli, const Options *options, GVariant **out_options)
{
	static const gchar *const closures[] = {"slide", "consume", NULL};
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);
	guint64 length = 0;
	CmDay day = 0;
	gchar text[CM_DAY_TEXT_SIZE];

	if (!cm_values_check_choice(cli, "--closure", options->closure, closures) ||
	    !cm_values_parse_number(cli, "--cycle-length", options->cycle_length, 1, CYCLE_MAX,
				    &length))
		return FALSE;
	if (options->closure != NULL)
		g_variant_dict_insert(&dictionary, "closure", "s", options->closure);
	if (length > 0)
		g_variant_dict_insert(&dictionary, "cycle-length", "u", (guint32)length);
	if (!cm_values_parse_date(cli, "--from", options->from, &day))
		return FALSE;
	if (options->from != NULL)
		g_variant_dict_insert(&dictionary, "from", "s", cm_day_format(day, text));
	if (!cm_values_parse_date(cli, "--to", options->to, &day))
		return FALSE;
	if (options->to != NULL)
		g_variant_dict_insert(&dictionary, "to", "s", cm_day_format(day, text));
	if (options->dry_run)
		g_variant_dict_insert(&dictionary, "dry-run", "b", TRUE);
	*out_options = g_variant_ref_sink(g_variant_dict_end(&dictionary));
	return TRUE;
}

static void
add_json_lines(JsonBuilder *builder, GVariant *lines)
{
	GVariantIter iter;
	guint line = 0;
	const gchar *verdict = NULL;
	const gchar *from = NULL;
	const gchar *to = NULL;
	const gchar *message = NULL;

	cm_document_begin_array(builder, "lines");
	g_variant_iter_init(&iter, lines);
	while (g_variant_iter_next(&iter, "(u&s&s&s&s)", &line, &verdict, &from, &to, &message)) {
		g_autofree gchar *text = cm_message_localize(message);

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "line", line);
		cm_document_add_string(builder, "verdict", verdict);
		cm_document_add_string(builder, "from", *from != '\0' ? from : NULL);
		cm_document_add_string(builder, "to", *to != '\0' ? to : NULL);
		cm_document_add_string(builder, "message", text);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
print_json(GVariant *lines, GVariant *days)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	GVariantIter iter;
	const gchar *date = NULL;
	const gchar *kind = NULL;
	guint cycle_day = 0;

	json_builder_begin_object(builder);
	add_json_lines(builder, lines);
	cm_document_begin_array(builder, "days");
	g_variant_iter_init(&iter, days);
	while (g_variant_iter_next(&iter, "(&s&su)", &date, &kind, &cycle_day)) {
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "date", date);
		cm_document_add_string(builder, "kind", kind);
		cm_document_add_int(builder, "cycle_day", cycle_day);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

/* "Mon Oct 12", "Mon Oct 12 – Fri Oct 16" */
static gchar *
format_dates(const gchar *from, const gchar *to)
{
	CmDay first = 0;
	CmDay last = 0;
	g_autofree gchar *start = NULL;
	g_autofree gchar *end = NULL;

	if (!cm_day_parse(from, &first))
		return g_strdup("");
	start = cm_dates_format_column(first);
	if (!cm_day_parse(to, &last) || last == first)
		return g_steal_pointer(&start);
	end = cm_dates_format_column(last);
	return g_strdup_printf("%s – %s", start, end);
}

static const gchar *
get_verdict(const gchar *verdict, CmStyle *style)
{
	if (g_str_equal(verdict, "understood")) {
		*style = CM_STYLE_GOOD;
		return _("understood");
	}
	if (g_str_equal(verdict, "ignored")) {
		*style = CM_STYLE_DIM;
		return _("ignored");
	}
	*style = CM_STYLE_BAD;
	return _("NOT UNDERSTOOD");
}

/* "  line 12  understood      Mon Oct 12           message" */
static void
append_line(GString *out,
	    const CmComodalctl *cli,
	    guint line,
	    const gchar *verdict,
	    const gchar *dates,
	    const gchar *message)
{
	g_autofree gchar *text = cm_message_localize(message);
	g_autoptr(GString) cell = g_string_new(NULL);
	CmStyle style = CM_STYLE_DIM;

	g_string_append_printf(out, "%5u  ", line);
	cm_terminal_append_cell(cell, get_verdict(verdict, &style), 14);
	cm_terminal_append_styled(out, cli->color, style, cell->str);
	g_string_append_c(out, ' ');
	cm_terminal_append_cell(out, dates, 27);
	g_string_append_c(out, ' ');
	cm_terminal_append_wrapped(out, text, 50, 50, cm_terminal_get_width());
}

static guint
append_lines(GString *out, const CmComodalctl *cli, GVariant *lines)
{
	GVariantIter iter;
	guint line = 0;
	const gchar *verdict = NULL;
	const gchar *from = NULL;
	const gchar *to = NULL;
	const gchar *message = NULL;
	guint not_understood = 0;

	g_variant_iter_init(&iter, lines);
	while (g_variant_iter_next(&iter, "(u&s&s&s&s)", &line, &verdict, &from, &to, &message)) {
		g_autofree gchar *dates = format_dates(from, to);

		append_line(out, cli, line, verdict, dates, message);
		if (g_str_equal(verdict, "not-understood"))
			not_understood++;
	}
	return not_understood;
}

/* how many days of each kind come of it */
static void
append_days(GString *out, GVariant *days)
{
	GVariantIter iter;
	const gchar *date = NULL;
	const gchar *kind = NULL;
	guint cycle_day = 0;
	guint class_days = 0;
	guint pedagogical = 0;
	g_autofree gchar *class_text = NULL;
	g_autofree gchar *pedagogical_text = NULL;

	g_variant_iter_init(&iter, days);
	while (g_variant_iter_next(&iter, "(&s&su)", &date, &kind, &cycle_day)) {
		if (g_str_equal(kind, "class"))
			class_days++;
		else if (g_str_equal(kind, "pedagogical"))
			pedagogical++;
	}
	class_text =
	    g_strdup_printf(ngettext("%u class day", "%u class days", class_days), class_days);
	pedagogical_text = g_strdup_printf(
	    ngettext("%u pedagogical day", "%u pedagogical days", pedagogical), pedagogical);
	g_string_append_printf(out, "\n%s, %s\n", class_text, pedagogical_text);
}

static void
print_text(const CmComodalctl *cli, GVariant *lines, GVariant *days, gboolean dry_run)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint not_understood = append_lines(out, cli, lines);

	append_days(out, days);
	if (not_understood > 0)
		g_string_append_printf(
		    out,
		    ngettext("%u line was not understood: look at it before you plan.\n",
			     "%u lines were not understood: look at them before you plan.\n",
			     not_understood),
		    not_understood);
	g_string_append_printf(out, "%s\n",
			       dry_run ? _("This was a rehearsal: nothing was changed.")
				       : _("The calendar is in place."));
	cm_terminal_print(out->str);
}

static CmDBusJob *
run_job(GDBusConnection *bus,
	const gchar *file,
	const Options *options,
	GVariant *call_options,
	GError **error)
{
	g_autoptr(CmDBusRoster) roster = cm_client_get_roster(bus, error);
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	g_autofree gchar *path = NULL;

	if (roster == NULL)
		return NULL;
	descriptors = cm_client_open_file(file, &handle, error);
	if (descriptors == NULL)
		return NULL;
	if (!cm_dbus_roster_call_import_calendar_sync(roster, handle, options->calendar,
						      call_options, descriptors, &path, NULL, NULL,
						      error))
		return NULL;
	return cm_client_follow_job(bus, path, NULL, NULL, error);
}

static CmExit
run_import(CmComodalctl *cli, const gchar *file, const Options *options, GVariant *call_options)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, &error);
	g_autoptr(CmDBusJob) job = NULL;
	g_autoptr(GVariant) lines = NULL;
	g_autoptr(GVariant) days = NULL;

	if (bus != NULL)
		job = run_job(bus, file, options, call_options, &error);
	if (job == NULL)
		return cm_report_error(error);
	if (cm_client_check_job(job, &error) != CM_CLIENT_JOB_SUCCEEDED) {
		cm_client_report_problems(job, file);
		return cm_report_error(error);
	}
	lines = lookup(job, "lines", LINES_TYPE);
	days = lookup(job, "days", DAYS_TYPE);
	if (lines != NULL && days != NULL) {
		if (cli->json)
			print_json(lines, days);
		else
			print_text(cli, lines, days, options->dry_run);
	}
	cm_client_release_job(job);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_calendar_run_import(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"calendar", 'c', 0, G_OPTION_ARG_STRING, &options.calendar,
	     N_("The calendar to make or replace (needed)"), N_("ID")},
	    {"closure", 0, 0, G_OPTION_ARG_STRING, &options.closure,
	     N_("What a closed day does to the cycle: it slides (default), or the day is used up"),
	     "slide|consume"},
	    {"cycle-length", 0, 0, G_OPTION_ARG_STRING, &options.cycle_length,
	     N_("Days of a cycle; default what the file shows"), "N"},
	    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, N_("From this date on"), N_("DATE")},
	    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, N_("To this date"), N_("DATE")},
	    {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run,
	     N_("Check and compare; change nothing"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GVariant) call_options = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (options.calendar == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--calendar ID", NULL);
	if (!make_call_options(cli, &options, &call_options))
		return CM_EXIT_USAGE;
	return run_import(cli, arguments[0], &options, call_options);
}
