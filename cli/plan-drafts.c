// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/plan-drafts.h"

#include "cli/dates.h"
#include "cli/figures.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/plan-summary.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"

#include <glib/gi18n.h>

/* One row of Planner.ListPlans. */
typedef struct {
	guint64 number;
	const gchar *state;
	gint64 made;
	guint placed;
	guint unscheduled;
	gint64 cost;
	guint64 roster_version;
} Kept;

#define KEPT_FORMAT "(t&sxuuxt)"

static gboolean
next_kept(GVariantIter *iter, Kept *kept)
{
	return g_variant_iter_next(iter, KEPT_FORMAT, &kept->number, &kept->state, &kept->made,
				   &kept->placed, &kept->unscheduled, &kept->cost,
				   &kept->roster_version);
}

gboolean
cm_plan_drafts_get_published(GDBusConnection *bus, guint64 *out_published, GError **error)
{
	g_autoptr(CmDBusManager) manager = cm_client_get_manager(bus, error);

	return manager != NULL && cm_dbus_manager_call_get_status_sync(
				      manager, NULL, NULL, NULL, out_published, NULL, NULL, error);
}

static void
print_kept_json(GVariant *plans)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	GVariantIter iter;
	Kept kept = {0};

	json_builder_begin_array(builder);
	g_variant_iter_init(&iter, plans);
	while (next_kept(&iter, &kept)) {
		g_autoptr(GDateTime) made = g_date_time_new_from_unix_utc(kept.made);
		g_autofree gchar *stamp =
		    made != NULL ? g_date_time_format_iso8601(made) : g_strdup("");

		json_builder_begin_object(builder);
		cm_document_add_int(builder, "plan", (gint64)kept.number);
		cm_document_add_string(builder, "state", kept.state);
		cm_document_add_string(builder, "made", stamp);
		cm_document_add_int(builder, "placed", kept.placed);
		cm_document_add_int(builder, "unscheduled", kept.unscheduled);
		cm_document_add_int(builder, "cost", kept.cost);
		cm_document_add_int(builder, "roster_version", (gint64)kept.roster_version);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	cm_json_print(builder);
}

static void
add_kept_row(CmTable *table, const Kept *kept)
{
	g_autoptr(GDateTime) made = cm_zone_make_time(kept->made);
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, kept->number);
	g_autofree gchar *stamp =
	    made != NULL ? g_date_time_format(made, "%Y-%m-%d %H:%M") : g_strdup("");
	g_autofree gchar *placed = cm_figures_format_count(kept->placed);
	g_autofree gchar *unscheduled = cm_figures_format_count(kept->unscheduled);
	g_autofree gchar *cost = cm_figures_format_count(kept->cost);

	cm_terminal_add_row(table, number, cm_kinds_get_plan_state(kept->state), stamp, placed,
			    unscheduled, cost, NULL);
}

static void
print_kept(const CmComodalctl *cli, GVariant *plans)
{
	const gchar *const heads[] = {N_(">plan"), N_("state"), N_("made"), N_(">placed"),
				      N_(">out"),  N_(">cost"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;
	GVariantIter iter;
	Kept kept = {0};

	g_variant_iter_init(&iter, plans);
	while (next_kept(&iter, &kept))
		add_kept_row(table, &kept);
	if (g_variant_n_children(plans) == 0) {
		g_print("%s\n  → comodalctl plan\n", _("There is no plan yet."));
		return;
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

CmExit
cm_plan_drafts_run_list(CmComodalctl *cli)
{
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusPlanner) planner = NULL;
	g_autoptr(GVariant) plans = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		planner = cm_client_get_planner(bus, &error);
	if (planner == NULL || !cm_dbus_planner_call_list_plans_sync(planner, &plans, NULL, &error))
		return cm_report_error(error);
	if (cli->json)
		print_kept_json(plans);
	else
		print_kept(cli, plans);
	return CM_EXIT_OK;
}

CmExit
cm_plan_drafts_run_show(CmComodalctl *cli)
{
	gboolean details = FALSE;
	const GOptionEntry entries[] = {
	    {"details", 'd', 0, G_OPTION_ARG_NONE, &details,
	     N_("Every professional and every reason"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(GError) error = NULL;
	guint64 plan = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("PLAN"), arguments[0], 1, G_MAXINT64, &plan))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus == NULL)
		return cm_report_error(error);
	return cm_plan_summary_print_kept(cli, bus, plan, 0, details);
}

static CmDBusJob *
start_publishing(GDBusConnection *bus, guint64 plan, guint64 published, GError **error)
{
	g_autoptr(CmDBusPlanner) planner = cm_client_get_planner(bus, error);
	g_autofree gchar *path = NULL;

	if (planner == NULL ||
	    !cm_dbus_planner_call_publish_sync(planner, plan, published, &path, NULL, error))
		return NULL;
	return cm_client_follow_job(bus, path, NULL, NULL, error);
}

/* what the plan has elsewhere, and that stays all the same */
static void
note_kept(CmDBusJob *job)
{
	guint kept = 0;
	g_autofree gchar *count = NULL;

	if (!g_variant_lookup(cm_dbus_job_get_result(job), "kept", "u", &kept) || kept == 0)
		return;
	count = g_strdup_printf("%u", kept);
	cm_report_note(N_("Sessions booked by hand, or over, that stay as they are: {0}"), count,
		       NULL);
}

CmExit
cm_plan_drafts_publish(const CmComodalctl *cli,
		       GDBusConnection *bus,
		       guint64 plan,
		       guint64 published)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmDBusJob) job = start_publishing(bus, plan, published, &error);
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, plan);

	if (job == NULL || cm_client_check_job(job, &error) != CM_CLIENT_JOB_SUCCEEDED)
		return cm_report_error(error);
	if (!cli->json) {
		g_autofree gchar *text =
		    cm_report_format(N_("Plan {0} is published."), number, NULL);

		g_print("%s\n  → comodalctl agenda\n", text);
		note_kept(job);
	}
	cm_client_release_job(job);
	return CM_EXIT_OK;
}

CmExit
cm_plan_drafts_run_publish(CmComodalctl *cli)
{
	gboolean yes = FALSE;
	const GOptionEntry entries[] = {
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do not ask"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *question = NULL;
	guint64 plan = 0;
	guint64 published = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("PLAN"), arguments[0], 1, G_MAXINT64, &plan))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus == NULL || !cm_plan_drafts_get_published(bus, &published, &error))
		return cm_report_error(error);
	question = cm_report_format(N_("Publish plan {0}? Everyone's agenda will follow it. [y/N]"),
				    arguments[0], NULL);
	if (!cm_report_confirm(yes, question))
		return CM_EXIT_REFUSED;
	return cm_plan_drafts_publish(cli, bus, plan, published);
}

CmExit
cm_plan_drafts_run_discard(CmComodalctl *cli)
{
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusPlanner) planner = NULL;
	g_autoptr(GError) error = NULL;
	guint64 plan = 0;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, _("PLAN"), arguments[0], 1, G_MAXINT64, &plan))
		return CM_EXIT_USAGE;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		planner = cm_client_get_planner(bus, &error);
	if (planner == NULL || !cm_dbus_planner_call_discard_sync(planner, plan, NULL, &error))
		return cm_report_error(error);
	if (!cli->json)
		cm_report_note(N_("Draft {0} is forgotten."), arguments[0], NULL);
	return CM_EXIT_OK;
}
