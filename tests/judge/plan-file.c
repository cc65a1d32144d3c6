// SPDX-License-Identifier: GPL-3.0-or-later

/* comodalctl with the one verb plan-file, which shows nothing of the plan that it writes; for the build with the thread sanitizer:
 * all else that comodalctl is made of runs in one thread. usage: as `comodalctl plan-file …` */

#include "cli/plan-summary.h"
#include "cli/verbs.h"

gboolean
cm_comodalctl_parse(CmComodalctl *cli, /* nocheck:prefix: in the place of comodalctl.c's */
		    const GOptionEntry *entries,
		    guint minimum,
		    guint maximum,
		    GStrv *out_arguments)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) arguments = g_strdupv(cli->arguments);

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse_strv(context, &arguments, &error))
		g_error("%s", error->message);
	/* the first is the verb, where a program's name would be */
	g_assert_cmpuint(g_strv_length(arguments), >=, minimum + 1);
	g_assert_cmpuint(g_strv_length(arguments), <=, maximum + 1);
	*out_arguments = g_strdupv(arguments + 1);
	return TRUE;
}

CmExit
cm_plan_summary_print(const CmComodalctl *cli, /* nocheck:prefix: of plan-summary.c */
		      const CmCaseload *caseload,
		      const CmPlan *plan,
		      guint64 number,
		      guint64 effort,
		      gboolean details)
{
	return CM_EXIT_OK;
}

gint
main(gint argc, gchar **argv)
{
	static const CmVerb verb = {.name = "plan-file", .run = cm_comodalctl_plan_file_run};
	CmComodalctl cli = {.verb = &verb, .arguments = argv + 1};

	g_assert_cmpint(argc, >, 1);
	g_assert_cmpstr(argv[1], ==, verb.name);
	return verb.run(&cli);
}
