// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/client.h"
#include "cli/figures.h"
#include "cli/json.h"
#include "cli/plan-drafts.h"
#include "cli/plan-summary.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"

#include <glib/gi18n.h>

#define THREADS_MAX 64

typedef struct {
	gchar *seconds;
	gchar *effort;
	gchar *seed;
	gchar *threads;
	gchar *replan_from;
	gboolean publish;
	gboolean details;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->seconds);
	g_free(options->effort);
	g_free(options->seed);
	g_free(options->threads);
	g_free(options->replan_from);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* the options as the daemon takes them; FALSE has reported a wrong one */
static gboolean
make_call_options(CmComodalctl *cli, const Options *options, GVariant **out_options)
{
	g_auto(GVariantDict) dictionary = G_VARIANT_DICT_INIT(NULL);
	gdouble seconds = 0;
	guint64 effort = 0;
	guint64 seed = 0;
	guint64 threads = 0;
	CmDay day = 0;
	gchar text[CM_DAY_TEXT_SIZE];

	if (!cm_values_parse_seconds(cli, "--seconds", options->seconds, &seconds) ||
	    !cm_values_parse_number(cli, "--effort", options->effort, 1, G_MAXUINT64, &effort) ||
	    !cm_values_parse_number(cli, "--seed", options->seed, 0, G_MAXUINT64, &seed) ||
	    !cm_values_parse_number(cli, "--threads", options->threads, 1, THREADS_MAX, &threads) ||
	    !cm_values_parse_date(cli, "--replan-from", options->replan_from, &day))
		return FALSE;
	if (options->seconds != NULL)
		g_variant_dict_insert(&dictionary, "seconds", "d", seconds);
	else if (options->effort != NULL)
		g_variant_dict_insert(&dictionary, "seconds", "d", 0.0);
	if (options->effort != NULL)
		g_variant_dict_insert(&dictionary, "effort", "t", effort);
	if (options->seed != NULL)
		g_variant_dict_insert(&dictionary, "seed", "t", seed);
	if (options->threads != NULL)
		g_variant_dict_insert(&dictionary, "threads", "u", (guint32)threads);
	if (options->replan_from != NULL)
		g_variant_dict_insert(&dictionary, "replan-from", "s", cm_day_format(day, text));
	*out_options = g_variant_ref_sink(g_variant_dict_end(&dictionary));
	return TRUE;
}

static gchar *
describe_search(CmDBusJob *job, gpointer user_data)
{
	GVariant *figures = cm_dbus_job_get_figures(job);
	gint64 *first = user_data;
	gdouble cost = 0;
	gdouble unscheduled = 0;

	if (figures != NULL) {
		(void)g_variant_lookup(figures, "cost", "d", &cost);
		(void)g_variant_lookup(figures, "unscheduled", "d", &unscheduled);
	}
	return cm_figures_format_search(first, (gint64)cost, (gint64)unscheduled);
}

static CmDBusJob *
run_job(GDBusConnection *bus, GVariant *call_options, GError **error)
{
	g_autoptr(CmDBusPlanner) planner = cm_client_get_planner(bus, error);
	g_autofree gchar *path = NULL;
	gint64 first_cost = 0;

	if (planner == NULL ||
	    !cm_dbus_planner_call_plan_sync(planner, call_options, &path, NULL, error))
		return NULL;
	return cm_client_follow_job(bus, path, describe_search, &first_cost, error);
}

/* "Draft 3 (12,345 rounds)" */
static void
print_draft_title(const CmComodalctl *cli, guint64 plan, guint64 effort)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, plan);
	g_autofree gchar *rounds = cm_figures_format_count((gint64)effort);
	g_autofree gchar *title =
	    cm_report_format(N_("Draft {0} (effort {1})"), number, rounds, NULL);
	g_autoptr(GString) line = g_string_new(NULL);

	if (cli->json)
		return;
	cm_terminal_append_styled(line, cli->color, CM_STYLE_BOLD, title);
	g_string_append_c(line, '\n');
	cm_terminal_print(line->str);
}

/* the draft stands: publish it when that was asked for, or when a person says so */
static CmExit
decide(const CmComodalctl *cli,
       GDBusConnection *bus,
       const Options *options,
       guint64 plan,
       guint64 published)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, plan);
	g_autofree gchar *question = NULL;

	if (options->publish)
		return cm_plan_drafts_publish(cli, bus, plan, published);
	question = cm_report_format(
	    N_("\nPublish plan {0}? Everyone's agenda will follow it. [y/N]"), number, NULL);
	if (!cli->json && cm_terminal_ask(question))
		return cm_plan_drafts_publish(cli, bus, plan, published);
	cm_report_note(N_("Kept as a draft: nobody's agenda has changed.\n"
			  "  → comodalctl plan diff {0}\n  → comodalctl plan publish {0}"),
		       number, NULL);
	return CM_EXIT_OK;
}

static CmExit
plan_and_decide(const CmComodalctl *cli, const Options *options, GVariant *call_options)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, &error);
	g_autoptr(CmDBusJob) job = NULL;
	guint64 published = 0;
	guint64 plan = 0;
	guint64 effort = 0;
	CmExit status;

	if (bus != NULL && cm_plan_drafts_get_published(bus, &published, &error))
		job = run_job(bus, call_options, &error);
	if (job == NULL || cm_client_check_job(job, &error) != CM_CLIENT_JOB_SUCCEEDED)
		return cm_report_error(error);
	(void)g_variant_lookup(cm_dbus_job_get_result(job), "plan", "t", &plan);
	(void)g_variant_lookup(cm_dbus_job_get_result(job), "effort", "t", &effort);
	cm_client_release_job(job);
	print_draft_title(cli, plan, effort);
	status = cm_plan_summary_print_kept(cli, bus, plan, effort, options->details);
	if (status != CM_EXIT_OK)
		return status;
	return decide(cli, bus, options, plan, published);
}

CmExit
cm_comodalctl_plan_run(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"seconds", 's', 0, G_OPTION_ARG_STRING, &options.seconds,
	     N_("How long to look for a better plan; default 30"), "S"},
	    {"effort", 0, 0, G_OPTION_ARG_STRING, &options.effort,
	     N_("How many rounds to look instead: the same plan each time"), "N"},
	    {"seed", 0, 0, G_OPTION_ARG_STRING, &options.seed,
	     N_("Another number looks in another order"), "N"},
	    {"threads", 0, 0, G_OPTION_ARG_STRING, &options.threads,
	     N_("How many processors to use; default all"), "N"},
	    {"replan-from", 0, 0, G_OPTION_ARG_STRING, &options.replan_from,
	     N_("Move nothing before this date"), N_("DATE")},
	    {"details", 'd', 0, G_OPTION_ARG_NONE, &options.details,
	     N_("Every professional and every reason"), NULL},
	    {"publish", 0, 0, G_OPTION_ARG_NONE, &options.publish,
	     N_("Publish the plan without asking"), NULL},
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &options.publish, N_("The same"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GVariant) call_options = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!make_call_options(cli, &options, &call_options))
		return CM_EXIT_USAGE;
	return plan_and_decide(cli, &options, call_options);
}
