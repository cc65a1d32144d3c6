// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/json.h"
#include "cli/policy-view.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/agenda/document.h"
#include "daemon/policy/policy-lint.h"
#include "daemon/policy/policy-loader.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
	gchar **policies;
	gchar *profession;
} Options;

static void
options_clear(Options *options)
{
	g_strfreev(options->policies);
	g_free(options->profession);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

#define POLICIES_ENTRY(options)                                                                    \
	{                                                                                          \
		"policies", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(options).policies,                \
		    N_("A folder of policies; may be repeated, later ones tighten"), N_("FOLDER")  \
	}

/* the files themselves, so that they can be read without a service */
static CmPolicySet *
load(const CmComodalctl *cli, const Options *options)
{
	g_auto(GStrv) defaults = cm_policy_loader_list_default_directories(cli->session);
	gchar **directories = options->policies != NULL ? options->policies : defaults;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmPolicySet *set = cm_policy_loader_load((const gchar *const *)directories, faults, &error);

	if (set == NULL && cm_faults_get_total(faults) > 0)
		(void)cm_report_faults(faults, NULL);
	else if (set == NULL)
		(void)cm_report_error(error);
	return set;
}

static void
print_list(const CmPolicySet *set, gboolean color)
{
	static const gchar *const heads[] = {
	    N_("Profession"), N_("Name"),     N_("Order"), N_(">Blocks"),
	    N_(">Warns"),     N_(">Informs"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);
		const gchar *order = cm_policy_get_order(policy);
		gchar counts[CM_EFFECT_LAST][16];

		for (guint effect = 0; effect < CM_EFFECT_LAST; effect++)
			g_snprintf(counts[effect], sizeof counts[effect], "%u",
				   cm_policy_view_count(policy, effect));
		cm_terminal_add_row(table,
				    cm_policy_get_title(policy, cm_policy_view_get_language()),
				    cm_policy_get_profession(policy), order != NULL ? order : "",
				    counts[CM_EFFECT_BLOCK], counts[CM_EFFECT_WARN],
				    counts[CM_EFFECT_INFORM], NULL);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), color);
	cm_terminal_print(text);
}

static void
print_list_json(const CmPolicySet *set)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_array(builder);
	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "profession", cm_policy_get_profession(policy));
		cm_document_add_string(builder, "title_fr",
				       cm_policy_get_title(policy, CM_LANGUAGE_FRENCH));
		cm_document_add_string(builder, "title_en",
				       cm_policy_get_title(policy, CM_LANGUAGE_ENGLISH));
		cm_document_add_string(builder, "order", cm_policy_get_order(policy));
		for (guint effect = CM_EFFECT_LAST; effect > 0; effect--)
			cm_document_add_int(builder, cm_effect_to_string(effect - 1),
					    cm_policy_view_count(policy, effect - 1));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_policy_list_run(CmComodalctl *cli)
{
	g_auto(Options) options = {NULL};
	const GOptionEntry entries[] = {POLICIES_ENTRY(options), {NULL}};
	g_autoptr(CmPolicySet) set = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	set = load(cli, &options);
	if (set == NULL)
		return CM_EXIT_REFUSED;
	if (cli->json)
		print_list_json(set);
	else
		print_list(set, cli->color);
	return CM_EXIT_OK;
}

/* by name, or by the beginning of just one; NULL has been reported */
static const CmPolicy *
find_policy(const CmPolicySet *set, const gchar *name)
{
	const CmPolicy *found = cm_policy_set_lookup(set, name);
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) names = g_string_new(NULL);
	guint count = 0;

	if (found != NULL)
		return found;
	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);

		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
				       cm_policy_get_profession(policy));
		if (!g_str_has_prefix(cm_policy_get_profession(policy), name))
			continue;
		found = policy;
		count++;
	}
	if (count == 1)
		return found;
	cm_error_set(&error, CM_ERROR_NOT_FOUND,
		     count == 0 ? N_("No profession's name is “{0}” or begins so; they are {1}.")
				: N_("Several professions' names begin with “{0}”; they are {1}."),
		     name, names->str, NULL);
	(void)cm_report_error(error);
	return NULL;
}

CmExit
cm_comodalctl_policy_show_run(CmComodalctl *cli)
{
	g_auto(Options) options = {NULL};
	g_auto(GStrv) arguments = NULL;
	const GOptionEntry entries[] = {POLICIES_ENTRY(options), {NULL}};
	g_autoptr(CmPolicySet) set = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(JsonBuilder) builder = json_builder_new();
	const CmPolicy *policy = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	set = load(cli, &options);
	policy = set != NULL ? find_policy(set, arguments[0]) : NULL;
	if (policy == NULL)
		return CM_EXIT_REFUSED;
	if (cli->json) {
		cm_policy_view_build_policy(builder, policy);
		cm_json_print(builder);
	} else {
		cm_policy_view_append_policy(out, policy, cli->color);
		cm_terminal_print(out->str);
	}
	return CM_EXIT_OK;
}

/* a rule by its id, or by a planner's key: "MaxSessions", "suivi.MinGapDays", "Act suivi.MinGapDays" */
static const CmRule *
find_rule(const CmPolicy *policy, const gchar *name)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, name);
	const gchar *dot = strrchr(name, '.');
	g_autofree gchar *start = dot != NULL ? g_strndup(name, (gsize)(dot - name)) : NULL;
	g_autofree gchar *group = NULL;

	if (rule != NULL)
		return rule;
	if (start == NULL || g_str_equal(start, "Day"))
		group = g_strdup("Day");
	else
		group = g_strconcat(g_str_has_prefix(start, "Act ") ? "" : "Act ", start, NULL);
	return cm_policy_explain_key(policy, group, dot != NULL ? dot + 1 : name);
}

typedef struct {
	GPtrArray *rules;    /* CmRule, each once */
	GPtrArray *policies; /* the first CmPolicy in which it was found */
	GPtrArray *names;    /* GString: the professions that it binds */
} Found;

static void
found_clear(Found *found)
{
	g_ptr_array_unref(found->rules);
	g_ptr_array_unref(found->policies);
	g_ptr_array_unref(found->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static void
gstring_free(gpointer string)
{
	g_string_free(string, TRUE);
}

/* a common rule is the same for several professions: it is told once, with their names */
static void
find_everywhere(Found *found, const CmPolicySet *set, const CmPolicy *only, const gchar *name)
{
	for (guint i = 0; i < cm_policy_set_get_count(set); i++) {
		const CmPolicy *policy = cm_policy_set_get(set, i);
		const CmRule *rule = find_rule(policy, name);
		guint index = 0;

		if (rule == NULL || (only != NULL && only != policy))
			continue;
		if (!g_ptr_array_find(found->rules, rule, &index)) {
			index = found->rules->len;
			g_ptr_array_add(found->rules, (gpointer)rule);
			g_ptr_array_add(found->policies, (gpointer)policy);
			g_ptr_array_add(found->names, g_string_new(NULL));
		}
		g_string_append_printf(found->names->pdata[index], "%s%s",
				       ((GString *)found->names->pdata[index])->len > 0 ? ", " : "",
				       cm_policy_get_title(policy, cm_policy_view_get_language()));
	}
}

static void
print_found(const Found *found, gboolean color)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; i < found->rules->len; i++) {
		const GString *names = found->names->pdata[i];

		if (i > 0)
			g_string_append_c(out, '\n');
		cm_policy_view_append_rule(out, found->policies->pdata[i], found->rules->pdata[i],
					   color);
		g_string_append(out, "  ");
		cm_terminal_append_wrapped(out, names->str, 2, 2, cm_terminal_get_width());
	}
	cm_terminal_print(out->str);
}

static void
print_found_json(const Found *found)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_array(builder);
	for (guint i = 0; i < found->rules->len; i++)
		cm_policy_view_build_rule(builder, found->rules->pdata[i]);
	json_builder_end_array(builder);
	cm_json_print(builder);
}

static CmExit
explain(const CmComodalctl *cli, const CmPolicySet *set, const CmPolicy *only, const gchar *name)
{
	g_auto(Found) found = {
	    .rules = g_ptr_array_new(),
	    .policies = g_ptr_array_new(),
	    .names = g_ptr_array_new_with_free_func(gstring_free),
	};
	g_autoptr(GError) error = NULL;

	find_everywhere(&found, set, only, name);
	if (found.rules->len == 0) {
		cm_error_set(&error, CM_ERROR_NOT_FOUND,
			     N_("No policy has a rule “{0}”, nor one that stands behind a limit of "
				"that name."),
			     name, NULL);
		return cm_report_error(error);
	}
	if (cli->json)
		print_found_json(&found);
	else
		print_found(&found, cli->color);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_policy_explain_run(CmComodalctl *cli)
{
	g_auto(Options) options = {NULL};
	g_auto(GStrv) arguments = NULL;
	const GOptionEntry entries[] = {POLICIES_ENTRY(options),
					{"profession", 0, 0, G_OPTION_ARG_STRING,
					 &options.profession, N_("Only for this profession"),
					 N_("PROFESSION")},
					{NULL}};
	g_autoptr(CmPolicySet) set = NULL;
	const CmPolicy *only = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	set = load(cli, &options);
	if (set == NULL)
		return CM_EXIT_REFUSED;
	if (options.profession != NULL) {
		only = find_policy(set, options.profession);
		if (only == NULL)
			return CM_EXIT_REFUSED;
	}
	return explain(cli, set, only, arguments[0]);
}

/* "file:line: [Group] Key: message", as compilers say it and editors read it */
static void
append_faults(GString *out, const CmFaults *faults, const gchar *lead)
{
	g_autofree gchar *more = g_strdup_printf("%u", cm_faults_get_left_out(faults));
	g_autofree gchar *rest = cm_report_format(N_("… and {0} more"), more, NULL);

	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *message = cm_message_localize(fault->message);

		g_string_append(out, fault->file);
		if (fault->line > 0)
			g_string_append_printf(out, ":%u", fault->line);
		g_string_append_printf(out, ": %s", lead);
		if (*fault->path != '\0')
			g_string_append_printf(out, "%s: ", fault->path);
		g_string_append_printf(out, "%s\n", message);
	}
	if (cm_faults_get_left_out(faults) > 0)
		g_string_append_printf(out, "%s\n", rest);
}

static void
build_faults(JsonBuilder *builder, const gchar *name, const CmFaults *faults)
{
	cm_document_begin_array(builder, name);
	for (guint i = 0; i < cm_faults_get_kept(faults); i++) {
		const CmFault *fault = cm_faults_get(faults, i);
		g_autofree gchar *message = cm_message_localize(fault->message);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "file", fault->file);
		cm_document_add_int(builder, "line", fault->line);
		cm_document_add_string(builder, "path", fault->path);
		cm_document_add_string(builder, "message", message);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

/* folders are layers of one whole, files are read each by itself; FALSE has been reported */
static gboolean
check_all(gchar **places, gboolean asked_for, CmFaults *faults, CmFaults *warnings)
{
	g_autoptr(GPtrArray) directories = g_ptr_array_new();
	g_autoptr(CmPolicySet) set = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; places[i] != NULL; i++) {
		if (!asked_for || g_file_test(places[i], G_FILE_TEST_IS_DIR))
			g_ptr_array_add(directories, places[i]);
		else
			cm_policy_loader_check_file(places[i], faults);
	}
	if (directories->len == 0)
		return TRUE;
	g_ptr_array_add(directories, NULL);
	set = cm_policy_loader_load((const gchar *const *)directories->pdata, faults, &error);
	if (set != NULL)
		cm_policy_lint_run(set, cm_values_get_today(), warnings);
	if (set != NULL || cm_faults_get_total(faults) > 0)
		return TRUE;
	(void)cm_report_error(error);
	return FALSE;
}

static void
print_check(const CmComodalctl *cli, const CmFaults *faults, const CmFaults *warnings)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(JsonBuilder) builder = json_builder_new();

	if (cli->json) {
		json_builder_begin_object(builder);
		build_faults(builder, "errors", faults);
		build_faults(builder, "warnings", warnings);
		json_builder_end_object(builder);
		cm_json_print(builder);
		return;
	}
	append_faults(out, faults, "");
	append_faults(out, warnings, _("warning: "));
	if (cm_faults_get_total(faults) == 0 && cm_faults_get_total(warnings) == 0)
		g_string_append_printf(out, "%s\n",
				       _("Nothing to say: the policies are as they must be."));
	cm_terminal_print(out->str);
}

CmExit
cm_comodalctl_policy_check_run(CmComodalctl *cli)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(GStrv) defaults = cm_policy_loader_list_default_directories(cli->session);
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmFaults) warnings = cm_faults_new();
	gboolean asked_for = FALSE;

	if (!cm_comodalctl_parse(cli, NULL, 0, G_MAXUINT, &arguments))
		return cli->exit_status;
	asked_for = arguments[0] != NULL;
	if (!check_all(asked_for ? arguments : defaults, asked_for, faults, warnings))
		return CM_EXIT_REFUSED;
	print_check(cli, faults, warnings);
	return cm_faults_get_total(faults) > 0 ? CM_EXIT_REFUSED : CM_EXIT_OK;
}
