// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/instants.h"
#include "cli/json.h"
#include "cli/link-page.h"
#include "cli/output.h"
#include "cli/people.h"
#include "cli/qr-code.h"
#include "cli/report.h"
#include "cli/subjects.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/words/words.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <unistd.h>

/* link: somebody's own link, on the screen and on paper. What renews and revokes it is in comodalctl-reach.c. */

typedef struct {
	gchar *kind;
	gchar *session; /* as in move, or its number */
	gchar *output;
	gboolean interpreter;
	gboolean feed;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->kind);
	g_free(options->session);
	g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
check_options(const CmComodalctl *cli, const Options *options)
{
	static const gchar *const kinds[] = {"contact", "student", "professional", NULL};

	if (!cm_values_check_choice(cli, "--kind", options->kind, kinds))
		return FALSE;
	if (!options->feed || (!options->interpreter && options->session == NULL))
		return TRUE;
	cm_report_usage(
	    cli, N_("A calendar’s link is for everything of theirs: --feed stands alone."), NULL);
	return FALSE;
}

static const gchar *
get_scope(const Options *options)
{
	if (options->feed)
		return "feed";
	return options->interpreter ? "interpreter" : "guest";
}

/* the session that is meant, 0: none */
static gboolean
find_session(const CmComodalctl *cli, const Options *options, guint64 *out_subject, GError **error)
{
	g_auto(CmSubjects) subjects = {0};
	g_auto(GStrv) words = NULL;

	*out_subject = 0;
	if (options->session == NULL)
		return TRUE;
	words = g_strsplit(options->session, " ", -1);
	if (!cm_subjects_open(&subjects, cli, error) ||
	    !cm_subjects_find(&subjects, (const gchar *const *)words, error))
		return FALSE;
	*out_subject = (guint64)subjects.number;
	return TRUE;
}

static JsonNode *
fetch(CmPeople *people, const Options *options, guint64 subject, GError **error)
{
	g_autoptr(CmDBusLink) links = cm_client_get_link(people->bus, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (links == NULL ||
	    !cm_dbus_link_call_show_sync(links, people->kind, people->number, get_scope(options),
					 subject, NULL, &handle, &descriptors, NULL, error))
		return NULL;
	document = cm_client_read_json(handle, descriptors, error);
	if (document == NULL || cm_subjects_get_text(document, "url", error) == NULL ||
	    cm_subjects_get_text(document, "language", error) == NULL)
		return NULL;
	return g_steal_pointer(&document);
}

/* by a connection and names, then the link */
static JsonNode *
find_link(CmComodalctl *cli,
	  const Options *options,
	  const gchar *who,
	  CmPeople *people,
	  GError **error)
{
	guint64 subject = 0;

	if (!cm_people_open(people, cli, error) ||
	    !cm_people_find(people, options->kind, who, error) ||
	    !find_session(cli, options, &subject, error))
		return NULL;
	return fetch(people, options, subject, error);
}

/* ---- link show */

static void
note_age(JsonObject *link)
{
	g_autofree gchar *made = cm_instants_format(link, cm_json_get_int(link, "made_at"));

	cm_report_note(N_("This link has been the same since {0}."), made, NULL);
}

static void
note_rules(JsonObject *link)
{
	if (cm_json_get_boolean(link, "own_link"))
		cm_report_note(N_("A rule wants a link of its own for each session: this one opens "
				  "the page, and no door. Add --only WHAT."),
			       NULL);
}

static CmExit
show(const CmComodalctl *cli, const CmPeople *people, const Options *options, JsonObject *link)
{
	const gchar *url = cm_json_get_string(link, "url");
	gboolean terminal = isatty(STDOUT_FILENO) == 1;
	g_autoptr(GError) error = NULL;
	g_autoptr(CmQrCode) code = cm_qr_code_new(url, FALSE, &error);
	g_autofree gchar *name = cm_people_dup_name(people, people->kind, (gint64)people->number);
	g_autofree gchar *clean = cm_terminal_clean(name);
	g_autofree gchar *drawn = NULL;

	if (code == NULL)
		return cm_report_error(error);
	drawn = cm_qr_code_draw(code, cli->color);
	cm_terminal_print(clean);
	cm_terminal_print("\n");
	cm_terminal_print(drawn);
	cm_terminal_print(url);
	cm_terminal_print("\n");
	if (terminal && !cli->color)
		cm_report_note(N_("Without colours the code is right where text is dark on light."),
			       NULL);
	note_age(link);
	note_rules(link);
	if (!options->feed)
		cm_report_note(N_("Whoever has this link is taken for them. It is in the audit log "
				  "that you looked."),
			       NULL);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_link_run_show(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind,
	     N_("contact, professional or student"), N_("KIND")},
	    {"only", 0, 0, G_OPTION_ARG_STRING, &options.session,
	     N_("For this session only, as “tue 10:30”, or its number"), N_("WHAT")},
	    {"interpreter", 0, 0, G_OPTION_ARG_NONE, &options.interpreter,
	     N_("For whoever interprets for them"), NULL},
	    {"feed", 0, 0, G_OPTION_ARG_NONE, &options.feed, N_("Their calendar, not their page"),
	     NULL},
	    G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmPeople) people = {0};
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!check_options(cli, &options))
		return CM_EXIT_USAGE;
	document = find_link(cli, &options, arguments[0], &people, &error);
	if (document == NULL)
		return cm_report_error(error);
	if (!cli->json)
		return show(cli, &people, &options, json_node_get_object(document));
	cm_json_print_node(document);
	return CM_EXIT_OK;
}

/* ---- link write */

/* when the session is, as they read it; NULL: it is for no session, or their zone is not known here */
static gchar *
say_when(JsonObject *link)
{
	const gchar *zone = cm_json_get_string(link, "zone");
	gint64 start = cm_json_get_int(link, "start");
	g_autoptr(CmWords) words = NULL;

	if (start == 0 || zone == NULL)
		return NULL;
	words = cm_words_new(cm_json_get_string(link, "language"), zone, NULL);
	return words != NULL ? cm_words_span(words, start, cm_json_get_int(link, "end")) : NULL;
}

static gchar *
find_organisation(GDBusConnection *bus, GError **error)
{
	g_autoptr(CmDBusManager) manager = cm_client_get_manager(bus, error);
	g_autofree gchar *name = NULL;

	if (manager == NULL || !cm_dbus_manager_call_get_status_sync(manager, NULL, &name, NULL,
								     NULL, NULL, NULL, error))
		return NULL;
	return g_steal_pointer(&name);
}

/* "Tremblay, Julie" is for lists: whoever gets the sheet reads "Julie Tremblay" */
static gchar *
say_name(const CmPeople *people)
{
	g_autofree gchar *name = cm_people_dup_name(people, people->kind, (gint64)people->number);
	g_auto(GStrv) parts = g_strsplit(name, ", ", 2);

	return g_strv_length(parts) == 2 ? g_strdup_printf("%s %s", parts[1], parts[0])
					 : g_steal_pointer(&name);
}

static GBytes *
make_page(const CmPeople *people, const Options *options, JsonObject *link, GError **error)
{
	JsonObject *help = cm_json_get_object(link, "help");
	g_autofree gchar *organisation = find_organisation(people->bus, error);
	g_autofree gchar *name = say_name(people);
	g_autofree gchar *when = say_when(link);
	const CmLinkPage page = {
	    .language = cm_json_get_string(link, "language"),
	    .organisation = organisation,
	    .name = name,
	    .url = cm_json_get_string(link, "url"),
	    .interpreter = options->interpreter,
	    .one_session = options->session != NULL,
	    .when = when,
	    .phone = help != NULL ? cm_json_get_string(help, "phone") : NULL,
	    .hours = help != NULL ? cm_json_get_string(help, "hours") : NULL,
	};

	return organisation != NULL ? cm_link_page_new(&page, error) : NULL;
}

static void
report_written(const Options *options)
{
	g_autofree gchar *line = NULL;

	if (options->output == NULL || g_str_equal(options->output, "-"))
		return;
	line =
	    cm_report_format(N_("Written: {0}. Open it in a browser, print it, then delete it: the "
				"link in it is a key."),
			     options->output, NULL);
	cm_terminal_print_line(line);
}

CmExit
cm_comodalctl_link_run_write(CmComodalctl *cli)
{
	g_auto(Options) options = {0};
	const GOptionEntry entries[] = {
	    {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind,
	     N_("contact, professional or student"), N_("KIND")},
	    {"only", 0, 0, G_OPTION_ARG_STRING, &options.session,
	     N_("For this session only, as “tue 10:30”, or its number"), N_("WHAT")},
	    {"interpreter", 0, 0, G_OPTION_ARG_NONE, &options.interpreter,
	     N_("For whoever interprets for them"), NULL},
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
	     N_("The file, which only you may read; default standard output"), N_("FILE")},
	    G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmPeople) people = {0};
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GBytes) page = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &arguments))
		return cli->exit_status;
	if (!check_options(cli, &options))
		return CM_EXIT_USAGE;
	document = find_link(cli, &options, arguments[0], &people, &error);
	if (document != NULL)
		page = make_page(&people, &options, json_node_get_object(document), &error);
	if (page == NULL)
		return cm_report_error(error);
	if (!cm_output_write_bytes(options.output, page, &error))
		return cm_report_error(error);
	note_rules(json_node_get_object(document));
	if (!cli->json)
		report_written(&options);
	return CM_EXIT_OK;
}
