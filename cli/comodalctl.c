// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/comodalctl.h"

#include "cli/client.h"
#include "cli/help.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/verb-table.h"
#include "cli/zone.h"
#include "include/cm-message.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>
#include <string.h>

#define VERB_WORDS_MAX 2

typedef struct {
	gboolean session;
	gboolean system;
	gboolean json;
	gboolean no_color;
	gboolean help;
	gboolean version;
	gchar *language;
} GlobalOptions;

static void
global_options_clear(GlobalOptions *options)
{
	g_free(options->language);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GlobalOptions, global_options_clear)

/* Returns: (transfer full), ended by an empty entry */
static GArray *
make_global_entries(GlobalOptions *options)
{
	GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
	const GOptionEntry table[] = {
	    {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_("Answer in JSON, for programs"),
	     NULL},
	    {"lang", 0, 0, G_OPTION_ARG_STRING, &options->language,
	     N_("Speak French or English; default the environment's language"), "fr|en"},
	    {"no-color", 0, 0, G_OPTION_ARG_NONE, &options->no_color,
	     N_("No colours, even on a terminal"), NULL},
	    {"session", 0, 0, G_OPTION_ARG_NONE, &options->session,
	     N_("Talk to the service of your own session bus"), NULL},
	    {"system", 0, 0, G_OPTION_ARG_NONE, &options->system,
	     N_("Talk to the service of the machine (default)"), NULL},
	    {"help", 'h', 0, G_OPTION_ARG_NONE, &options->help, N_("Show this help"), NULL},
	    {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("Show the version"), NULL},
	};

	g_array_append_vals(entries, table, G_N_ELEMENTS(table));
	return entries;
}

/* the only error that GOption has left when every option is a flag or a text */
static void
report_option_error(CmComodalctl *cli)
{
	const gchar *option = "";

	for (guint i = 0; cli->arguments[i] != NULL; i++) {
		if (cli->arguments[i][0] == '-')
			option = cli->arguments[i];
	}
	cli->exit_status = cm_report_usage(
	    cli, N_("{0}: a value is missing, or there is one too many."), option, NULL);
}

/* Parse what follows the verb, in place: what is left in cli->arguments is no known option. */
static gboolean
parse_options(CmComodalctl *cli, const GOptionEntry *own, const GOptionEntry *global)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	GStrv words = NULL;

	/* GOption takes the first word for the program's name */
	g_strv_builder_add(builder, "comodalctl");
	g_strv_builder_addv(builder, (const gchar **)cli->arguments);
	words = g_strv_builder_end(builder);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_ignore_unknown_options(context, TRUE);
	if (own != NULL)
		g_option_context_add_main_entries(context, own, NULL);
	g_option_context_add_main_entries(context, global, NULL);
	if (!g_option_context_parse_strv(context, &words, &error)) {
		g_strfreev(words);
		report_option_error(cli);
		return FALSE;
	}
	g_strfreev(cli->arguments);
	cli->arguments = words;
	return TRUE;
}

/* what is left: an unknown option is an error, "--" ends the options. Returns: (transfer full), or
 * NULL */
static GStrv
take_arguments(CmComodalctl *cli)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	gboolean literal = FALSE;

	for (guint i = 1; cli->arguments[i] != NULL; i++) {
		const gchar *word = cli->arguments[i];

		if (!literal && g_str_equal(word, "--")) {
			literal = TRUE;
		} else if (!literal && word[0] == '-' && word[1] != '\0') {
			cli->exit_status =
			    cm_report_usage(cli, N_("There is no option {0} here."), word, NULL);
			return NULL;
		} else {
			g_strv_builder_add(builder, word);
		}
	}
	return g_strv_builder_end(builder);
}

/* of "WHO NUMBER" what comes after the first `count` words. Words in brackets may be left out: all of it then */
static gchar *
list_missing(const gchar *arguments, guint count)
{
	g_auto(GStrv) words = g_strsplit(arguments, " ", -1);

	if (strpbrk(arguments, "[]|") != NULL || count >= g_strv_length(words))
		return g_strdup(arguments);
	return g_strjoinv(" ", words + count);
}

static gboolean
check_count(CmComodalctl *cli, GStrv arguments, guint minimum, guint maximum)
{
	guint count = g_strv_length(arguments);
	g_autofree gchar *missing = NULL;

	if (count < minimum) {
		missing = list_missing(gettext(cli->verb->arguments), count);
		cli->exit_status =
		    cm_report_usage(cli, N_("Something is missing: {0}"), missing, NULL);
		return FALSE;
	}
	if (count > maximum) {
		cli->exit_status = cm_report_usage(
		    cli, N_("One word too many: “{0}”. Put quotes around a name of several words."),
		    arguments[maximum], NULL);
		return FALSE;
	}
	return TRUE;
}

static void
apply_globals(CmComodalctl *cli, const GlobalOptions *options)
{
	const gchar *bus = g_getenv(CM_ENV_BUS);

	cli->json = options->json;
	cli->color = !options->no_color && cm_terminal_has_color();
	cli->session = options->session || (!options->system && g_strcmp0(bus, "session") == 0);
}

static void
print_version(void)
{
	g_print("comodalctl %s\n", CM_VERSION);
}

gboolean
cm_comodalctl_parse(CmComodalctl *cli,
		    const GOptionEntry *entries,
		    guint minimum,
		    guint maximum,
		    GStrv *out_arguments)
{
	g_auto(GlobalOptions) options = {0};
	g_autoptr(GArray) global = make_global_entries(&options);
	const GOptionEntry *global_entries = (const GOptionEntry *)(gpointer)global->data;
	g_auto(GStrv) arguments = NULL;

	cli->exit_status = CM_EXIT_OK;
	if (!parse_options(cli, entries, global_entries))
		return FALSE;
	if (options.help) {
		cm_help_print_verb(cli->verb, entries, global_entries);
		return FALSE;
	}
	if (options.version) {
		print_version();
		return FALSE;
	}
	arguments = take_arguments(cli);
	if (arguments == NULL || !check_count(cli, arguments, minimum, maximum))
		return FALSE;
	apply_globals(cli, &options);
	if (out_arguments != NULL)
		*out_arguments = g_steal_pointer(&arguments);
	return TRUE;
}

/* The value of --lang, wherever it stands: it must be known before anything is said. FALSE when it
 * is no language. */
static gboolean
find_language(gchar **argv, const gchar **out_language)
{
	const gchar *language = NULL;

	for (guint i = 1; argv[i] != NULL && !g_str_equal(argv[i], "--"); i++) {
		if (g_str_equal(argv[i], "--lang"))
			language = argv[i + 1];
		else if (g_str_has_prefix(argv[i], "--lang="))
			language = argv[i] + strlen("--lang=");
	}
	*out_language = language;
	return language == NULL || g_str_equal(language, "fr") || g_str_equal(language, "en");
}

/* Where the verb stands in argv: the first word that is no option and no option's value; 0 when
 * there is none. */
static guint
find_first_word(gchar **argv)
{
	for (guint i = 1; argv[i] != NULL; i++) {
		if (argv[i][0] != '-')
			return i;
		if (g_str_equal(argv[i], "--lang") && argv[i + 1] != NULL)
			i++;
	}
	return 0;
}

/* The verb that starts at argv[first], the longest name first. */
static const CmVerb *
find_verb(gchar **argv, guint first, guint *out_words)
{
	const CmVerb *verbs = cm_verb_table_get();

	for (guint words = VERB_WORDS_MAX; words > 0; words--) {
		g_autofree gchar *name = NULL;

		if (words == 2 && argv[first + 1] == NULL)
			continue;
		name = words == 2 ? g_strconcat(argv[first], " ", argv[first + 1], NULL)
				  : g_strdup(argv[first]);
		for (guint i = 0; verbs[i].name != NULL; i++) {
			if (!g_str_equal(verbs[i].name, name))
				continue;
			*out_words = words;
			return &verbs[i];
		}
	}
	return NULL;
}

/* all that was meant to be the verb: "vault nothing", where "vault" is one's beginning */
static gchar *
join_words(gchar **argv, guint first)
{
	const CmVerb *verbs = cm_verb_table_get();
	g_autofree gchar *family = g_strconcat(argv[first], " ", NULL);
	const gchar *next = argv[first + 1];

	for (guint i = 0; next != NULL && *next != '-' && verbs[i].name != NULL; i++) {
		if (g_str_has_prefix(verbs[i].name, family))
			return g_strconcat(family, next, NULL);
	}
	return g_strdup(argv[first]);
}

static gboolean
wants_help(gchar **argv)
{
	return g_strv_contains((const gchar *const *)argv, "--help") ||
	       g_strv_contains((const gchar *const *)argv, "-h");
}

/* "vault nothing": a word stands behind a family's, and none of its verbs is called so */
static gboolean
names_no_verb(gchar **argv, guint first)
{
	g_autofree gchar *said = join_words(argv, first);

	return !g_str_equal(said, argv[first]) && !wants_help(argv);
}

/* the verbs that begin with what was typed: "calendar" alone, "pol". Without any, commands that begin nearly so, a family's once */
static GStrv
list_near(const gchar *word)
{
	const CmVerb *verbs = cm_verb_table_get();
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autoptr(GStrvBuilder) families = g_strv_builder_new();
	g_autofree gchar *last = NULL;
	g_auto(GStrv) near = NULL;

	for (guint i = 0; verbs[i].name != NULL; i++) {
		g_autofree gchar *family = g_strndup(verbs[i].name, strcspn(verbs[i].name, " "));

		if (g_str_has_prefix(verbs[i].name, word))
			g_strv_builder_add(builder, verbs[i].name);
		if (verbs[i].name[0] != word[0] || verbs[i].name[1] != word[1] ||
		    g_strcmp0(family, last) == 0)
			continue;
		g_strv_builder_add(families, family);
		g_free(last);
		last = g_steal_pointer(&family);
	}
	near = g_strv_builder_end(builder);
	return near[0] != NULL ? g_steal_pointer(&near) : g_strv_builder_end(families);
}

static CmExit
report_unknown_verb(const CmComodalctl *cli, gchar **argv, guint first)
{
	g_auto(GStrv) near = list_near(argv[first]);
	g_autofree gchar *joined = g_strjoinv(", ", near);
	g_autofree gchar *said = join_words(argv, first);

	if (near[0] == NULL)
		return cm_report_usage(cli, N_("There is no command “{0}”."), said, NULL);
	return cm_report_usage(cli, N_("There is no command “{0}”. Did you mean: {1}?"), said,
			       joined, NULL);
}

/* no verb: help, the version, or a question of what was meant */
static CmExit
run_without_verb(CmComodalctl *cli)
{
	g_auto(GlobalOptions) options = {0};
	g_autoptr(GArray) global = make_global_entries(&options);
	const GOptionEntry *entries = (const GOptionEntry *)(gpointer)global->data;
	g_auto(GStrv) arguments = NULL;

	if (!parse_options(cli, NULL, entries))
		return cli->exit_status;
	if (options.version) {
		print_version();
		return CM_EXIT_OK;
	}
	arguments = take_arguments(cli);
	if (arguments == NULL)
		return cli->exit_status;
	cm_help_print_overview(entries);
	return options.help ? CM_EXIT_OK : CM_EXIT_USAGE;
}

static CmExit
run_verb(CmComodalctl *cli, gchar **argv, guint first, guint words)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	for (guint i = 1; argv[i] != NULL; i++) {
		if (i < first || i >= first + words)
			g_strv_builder_add(builder, argv[i]);
	}
	g_strfreev(cli->arguments);
	cli->arguments = g_strv_builder_end(builder);
	return cli->verb->run(cli);
}

gint
cm_comodalctl_run(gint argc, gchar **argv)
{
	CmComodalctl cli = {0};
	const gchar *language = NULL;
	gboolean language_known = find_language(argv, &language);
	guint first = find_first_word(argv);
	guint words = 0;
	CmExit status;

	cm_message_init_locale(language_known ? language : NULL);
	g_set_prgname("comodalctl");
	if (!language_known)
		return cm_report_usage(&cli, N_("--lang: expected fr or en."), NULL);
	cli.arguments = g_strdupv(argv + 1);
	cm_zone_begin(cm_client_ask_zone, &cli);
	if (first > 0)
		cli.verb = find_verb(argv, first, &words);
	if (first > 0 && cli.verb == NULL && !names_no_verb(argv, first) &&
	    cm_help_print_group(argv[first]))
		status = wants_help(argv) ? CM_EXIT_OK : CM_EXIT_USAGE;
	else if (first > 0 && cli.verb == NULL)
		status = report_unknown_verb(&cli, argv, first);
	else if (cli.verb == NULL)
		status = run_without_verb(&cli);
	else
		status = run_verb(&cli, argv, first, words);
	g_strfreev(cli.arguments);
	return status;
}
