// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/change-call.h"
#include "cli/changed.h"
#include "cli/client.h"
#include "cli/colleagues.h"
#include "cli/consent-call.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "cli/note-desk.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/users.h"
#include "cli/who.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

/* retention …: how long files are kept, and their end; the two signatures are the agents' */

#define ID_BYTES 16
#define INDENT 4

/* One run: what comodald says of all files. */
typedef struct {
	CmDBusRetention *retention;
	JsonNode *node;
	JsonObject *document;
	JsonObject *file; /* the one that the command line means */
	gchar *second;
	gboolean json;
	gboolean all;
	gboolean yes;
	GStrv words;
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->retention);
	g_clear_pointer(&desk->node, json_node_unref);
	g_free(desk->second);
	g_strfreev(desk->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static void
print_line(guint indent,
	   const gchar *format,
	   const gchar *first,
	   const gchar *second,
	   const gchar *third)
{
	g_autofree gchar *text = cm_report_format(format, first, second, third, NULL);
	g_autofree gchar *clean = cm_terminal_clean(text);
	g_autoptr(GString) out = g_string_new(NULL);

	g_string_append_printf(out, "%*s", (gint)indent, "");
	cm_terminal_append_wrapped(out, clean, indent, indent, cm_terminal_get_width());
	cm_terminal_print(out->str);
}

static CmExit
report(GError *error)
{
	g_dbus_error_strip_remote_error(error);
	return cm_report_error(error);
}

/* what comodald says now */
static JsonNode *
fetch(const Desk *desk, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) list = NULL;

	if (!cm_dbus_retention_call_list_sync(desk->retention, NULL, &handle, &list, NULL, error))
		return NULL;
	return cm_client_read_json(handle, list, error);
}

static gboolean
open_desk(const CmComodalctl *cli, Desk *desk, GError **error)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, error);

	desk->json = cli->json;
	desk->retention = bus != NULL ? cm_client_get_retention(bus, error) : NULL;
	desk->node = desk->retention != NULL ? fetch(desk, error) : NULL;
	if (desk->node == NULL)
		return FALSE;
	desk->document = json_node_get_object(desk->node);
	return TRUE;
}

/* ---- which file */

static gboolean
is_over(JsonObject *file)
{
	const gchar *state = cm_json_get_string(file, "state");

	return g_strcmp0(state, "pending") == 0 || g_strcmp0(state, "destroyed") == 0;
}

static gboolean
fits(JsonObject *file, const gchar *word)
{
	const gchar *name = cm_json_get_string(file, "name");
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(file, "number"));

	return g_str_equal(number, word) ||
	       g_strcmp0(cm_json_get_string(file, "reference"), word) == 0 ||
	       (name != NULL && cm_who_match(word, name) > 0);
}

/* by its number, or its student when that is enough: those who are in the roster no more have only the number */
static gboolean
find_file(Desk *desk, GError **error)
{
	JsonArray *files = cm_json_get_array(desk->document, "files");
	const gchar *word = desk->words[0];

	for (guint i = 0; i < cm_json_get_length(files); i++) {
		JsonObject *file = cm_json_get_element(files, i);

		if (is_over(file) || !fits(file, word))
			continue;
		if (desk->file != NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("Several files fit “{0}”: give the number of one, as "
					"“retention due --all” has it."),
				     word, NULL);
			return FALSE;
		}
		desk->file = file;
	}
	if (desk->file == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file."), NULL);
	return desk->file != NULL;
}

/* its id in the records, floating; NULL with `error` set */
static GVariant *
dup_case(const Desk *desk, GError **error)
{
	const gchar *text = cm_json_get_string(desk->file, "case");
	guint8 id[ID_BYTES];
	gsize length = 0;

	if (text != NULL &&
	    sodium_hex2bin(id, sizeof id, text, strlen(text), NULL, &length, NULL) == 0 &&
	    length == sizeof id)
		return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, id, sizeof id, 1);
	cm_error_set(error, CM_ERROR_FAILED, N_("The service answered something unexpected."),
		     NULL);
	return NULL;
}

static const gchar *
get_whose(JsonObject *file)
{
	const gchar *name = cm_json_get_string(file, "name");

	return name != NULL ? name : _("a student who is not in the roster any more");
}

/* ---- due */

static void
print_head(JsonObject *file)
{
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GINT64_FORMAT, cm_json_get_int(file, "number"));

	print_line(0, N_("File {0}: {1}, {2}"), number, get_whose(file),
		   cm_note_desk_describe_file((guint8)cm_json_get_int(file, "file")));
}

static void
print_rule(JsonObject *rule)
{
	if (rule == NULL)
		return;
	print_line(INDENT, "{0}", cm_json_get_string(rule, cm_message_get_language()), NULL, NULL);
	print_line(INDENT, "{0}, {1}", cm_json_get_string(rule, "article"),
		   cm_json_get_string(rule, "source"), NULL);
	if (cm_json_get_string(rule, "owner") != NULL)
		print_line(INDENT, N_("Who answers for it: {0}"), cm_json_get_string(rule, "owner"),
			   NULL, NULL);
}

static void
print_hold(JsonObject *file)
{
	JsonObject *hold = cm_json_get_object(file, "hold");
	g_autofree gchar *name = NULL;

	if (hold == NULL)
		return;
	name = cm_users_get_name((guint32)cm_json_get_int(hold, "by"));
	print_line(INDENT, N_("Held by {0}: {1}"), name, cm_json_get_string(hold, "reason"), NULL);
}

/* a state and what is said of it; {0} the last service's day, {1} the first day on which it may go */
static const struct {
	const gchar *state;
	const gchar *words;
} states[] = {
    {"due", N_("Due since {1}; the last service was on {0}.")},
    {"asked", N_("Due since {1}; its destruction is asked for.")},
    {"held", N_("A legal hold keeps it.")},
    {"followed", N_("Not due: a follow-up of the student is not closed.")},
    {"kept", N_("Not due before {1}; the last service was on {0}.")},
    {"no-rule", N_("Never due: your organisation gave no rule for how long such a file is kept.")},
};

static void
print_due(JsonObject *file)
{
	const gchar *state = cm_json_get_string(file, "state");
	g_autofree gchar *last =
	    cm_consent_call_format_day(cm_json_get_string(file, "last_service"));
	g_autofree gchar *due = cm_consent_call_format_day(cm_json_get_string(file, "due"));

	print_head(file);
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (g_strcmp0(states[i].state, state) == 0)
			print_line(INDENT, states[i].words, last, due, NULL);
	}
	print_rule(cm_json_get_object(file, "rule"));
	if (cm_json_get_object(file, "floor") != NULL) {
		print_line(INDENT, N_("It is kept longer than that, by:"), NULL, NULL, NULL);
		print_rule(cm_json_get_object(file, "floor"));
	}
	print_hold(file);
}

static gboolean
is_state(JsonObject *file, const gchar *state)
{
	return g_strcmp0(cm_json_get_string(file, "state"), state) == 0;
}

static guint
count_state(JsonArray *files, const gchar *state)
{
	guint count = 0;

	for (guint i = 0; i < cm_json_get_length(files); i++)
		count += is_state(cm_json_get_element(files, i), state) ? 1 : 0;
	return count;
}

static void
print_count(JsonArray *files, const gchar *state, const gchar *words)
{
	guint count = count_state(files, state);
	g_autofree gchar *number = g_strdup_printf("%u", count);

	if (count > 0)
		print_line(0, words, number, NULL, NULL);
}

CmExit
cm_comodalctl_retention_run_due(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	const GOptionEntry entries[] = {{"all", 'a', 0, G_OPTION_ARG_NONE, &desk.all,
					 N_("Also those that are not due, and why"), NULL},
					G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;
	JsonArray *files = NULL;
	guint shown = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, 0, NULL))
		return cli->exit_status;
	if (!open_desk(cli, &desk, &error))
		return report(error);
	if (cli->json) {
		cm_json_print_node(desk.node);
		return CM_EXIT_OK;
	}
	files = cm_json_get_array(desk.document, "files");
	for (guint i = 0; i < cm_json_get_length(files); i++) {
		JsonObject *file = cm_json_get_element(files, i);

		if (is_over(file) ||
		    (!desk.all && !is_state(file, "due") && !is_state(file, "asked")))
			continue;
		print_due(file);
		shown++;
	}
	if (shown == 0)
		print_line(0, N_("No file is due."), NULL, NULL, NULL);
	print_count(files, "no-rule",
		    N_("Without a rule for how long they are kept, and so never due: {0}. An "
		       "organisation gives its calendar in its policies (rules retention.…)."));
	print_count(files, "held", N_("Held: {0}."));
	return CM_EXIT_OK;
}

/* ---- list */

static void
print_destruction(const Desk *desk, JsonObject *file)
{
	JsonObject *destruction = cm_json_get_object(file, "destruction");
	g_autofree gchar *until =
	    cm_consent_call_format_day(cm_json_get_string(destruction, "backups_until"));
	g_autofree gchar *when = cm_instants_format(
	    desk->document,
	    cm_json_get_int(destruction, is_over(file) ? "destroyed" : "agree_until"));

	print_head(file);
	if (is_state(file, "destroyed"))
		print_line(INDENT, N_("Destroyed {0}; the certificate is in the audit log."), when,
			   NULL, NULL);
	else if (is_state(file, "pending"))
		print_line(
		    INDENT,
		    N_("Destroyed {0}; pending until {1}, when the last backup that may have "
		       "it is gone."),
		    when, until, NULL);
	else
		print_line(INDENT, N_("Asked for by {0}; {1} can agree until {2}."),
			   cm_json_get_string(destruction, "first"),
			   cm_json_get_string(destruction, "second"), when);
	if (is_over(file))
		print_line(INDENT, N_("By {0} and {1}"), cm_json_get_string(destruction, "first"),
			   cm_json_get_string(destruction, "second"), NULL);
	print_line(INDENT, "{0}", cm_json_get_string(destruction, "basis"), NULL, NULL);
	if (is_over(file) && cm_json_get_int(destruction, "erased") == 0)
		print_line(INDENT, N_("The database's own files are still to be cleaned of it."),
			   NULL, NULL, NULL);
	print_hold(file);
}

CmExit
cm_comodalctl_retention_run_list(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	JsonArray *files = NULL;
	guint shown = 0;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	if (!open_desk(cli, &desk, &error))
		return report(error);
	if (cli->json) {
		cm_json_print_node(desk.node);
		return CM_EXIT_OK;
	}
	files = cm_json_get_array(desk.document, "files");
	for (guint i = 0; i < cm_json_get_length(files); i++) {
		JsonObject *file = cm_json_get_element(files, i);

		if (cm_json_get_object(file, "destruction") != NULL)
			print_destruction(&desk, file);
		else if (is_state(file, "held"))
			print_due(file);
		else
			continue;
		shown++;
	}
	if (shown == 0)
		print_line(0, N_("Nothing is held, and nobody asked for a file's destruction."),
			   NULL, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- what a verb did */

static CmExit
print_as_it_is(const Desk *desk)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) node = fetch(desk, &error);

	return cm_changed_print(node, "files", cm_json_get_int(desk->file, "number"), error);
}

/* `said`: a format, {0} is whose the file is. With --json the file as it is then. */
static CmExit
tell(const Desk *desk, const gchar *said)
{
	if (desk->json)
		return print_as_it_is(desk);
	print_line(0, said, get_whose(desk->file), NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- hold, release */

CmExit
cm_comodalctl_retention_run_hold(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) said = json_object_new();
	g_autofree gchar *reason = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	GVariant *handle = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &desk.words))
		return cli->exit_status;
	if (!open_desk(cli, &desk, &error) || !find_file(&desk, &error))
		return report(error);
	reason = cm_consent_call_read_text(_("Why (an empty line ends it):"));
	json_object_set_string_member(said, "reason", reason);
	list = cm_consent_call_hand_over(said, &handle, &error);
	if (list == NULL || !cm_dbus_retention_call_hold_sync(
				desk.retention, (guint64)cm_json_get_int(desk.file, "number"),
				handle, list, NULL, NULL, &error))
		return report(error);
	return tell(&desk, N_("Held: nothing about {0} is destroyed until “retention release”."));
}

CmExit
cm_comodalctl_retention_run_release(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &desk.words))
		return cli->exit_status;
	if (!open_desk(cli, &desk, &error) || !find_file(&desk, &error) ||
	    !cm_dbus_retention_call_release_sync(
		desk.retention, (guint64)cm_json_get_int(desk.file, "number"), NULL, &error))
		return report(error);
	return tell(&desk, N_("No longer held: files about {0} are kept as the calendar says."));
}

/* ---- destroy, agree, withdraw */

/* "2026-11-22" as records have it; 0: none */
static guint32
to_date(const gchar *text)
{
	CmDay day = 0;
	gint year = 0;
	gint month = 0;
	gint date = 0;

	if (text == NULL || !cm_day_parse(text, &day))
		return 0;
	cm_day_get_ymd(day, &year, &month, &date);
	return (guint32)(year * 10000 + month * 100 + date);
}

static gchar *
format_date(guint32 date)
{
	g_autofree gchar *text = cm_agent_answer_format_date(date);

	return cm_consent_call_format_day(text);
}

static GVariant *
make_terms(const Desk *desk)
{
	const gchar *basis = cm_json_get_string(desk->file, "basis");
	g_auto(GVariantDict) terms = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&terms, "due", "u", to_date(cm_json_get_string(desk->file, "due")));
	g_variant_dict_insert(&terms, "backups-until", "u",
			      to_date(cm_json_get_string(desk->document, "backups_until")));
	g_variant_dict_insert(&terms, "basis", "s", basis != NULL ? basis : "");
	return g_variant_dict_end(&terms);
}

/* what comodald would refuse is said before anybody signs */
static gboolean
check_due(const Desk *desk, GError **error)
{
	if (!is_state(desk->file, "due") && !is_state(desk->file, "asked")) {
		if (!desk->json)
			print_due(desk->file);
		cm_error_set(error, CM_ERROR_POLICY, N_("This file is not due."), NULL);
		return FALSE;
	}
	if (cm_json_get_string(desk->document, "backups_until") != NULL)
		return TRUE;
	cm_error_set(error, CM_ERROR_POLICY,
		     N_("Nothing can be destroyed while comodald's configuration does not say how "
			"long backups are kept (group Backups, KeepDays)."),
		     NULL);
	return FALSE;
}

CmExit
cm_comodalctl_retention_run_destroy(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	const GOptionEntry entries[] = {{"with", 0, 0, G_OPTION_ARG_STRING, &desk.second,
					 N_("Who is to agree: a colleague, or the fingerprint of "
					    "their keys"),
					 N_("COLLEAGUE")},
					G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(JsonNode) colleagues = NULL;
	g_autoptr(GVariant) id = NULL;
	const gchar *second = NULL;
	const gchar *reference = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &desk.words))
		return cli->exit_status;
	if (desk.second == NULL)
		return cm_report_usage(cli, N_("Say who is to agree: --with COLLEAGUE."), NULL);
	if (!open_desk(cli, &desk, &error) || !find_file(&desk, &error) ||
	    !check_due(&desk, &error))
		return cm_agent_answer_report(error);
	id = dup_case(&desk, &error);
	if (id == NULL)
		return cm_agent_answer_report(error);
	g_variant_ref_sink(id);
	reference = cm_json_get_string(desk.file, "reference");
	agent = cm_agent_link_open(cli, TRUE, &error);
	colleagues = agent != NULL ? cm_colleagues_list(agent, &error) : NULL;
	if (colleagues != NULL)
		second = cm_colleagues_find(colleagues, desk.second, &error);
	if (second == NULL ||
	    !cm_dbus_agent_call_ask_destruction_sync(agent, id, reference != NULL ? reference : "",
						     second, make_terms(&desk), NULL, &error))
		return cm_agent_answer_report(error);
	if (!cli->json)
		print_due(desk.file);
	return tell(
	    &desk, N_("Asked: nothing is destroyed until the second of you agrees, with “retention "
		      "agree”, within 14 days."));
}

static void
print_question(JsonObject *file, GVariant *question)
{
	const gchar *basis = "";
	const gchar *first = "";
	guint64 notes = 0;
	guint32 last = 0;
	guint32 until = 0;
	g_autofree gchar *count = NULL;
	g_autofree gchar *day = NULL;
	g_autofree gchar *backups = NULL;

	(void)g_variant_lookup(question, "basis", "&s", &basis);
	(void)g_variant_lookup(question, "first", "&s", &first);
	(void)g_variant_lookup(question, "notes", "t", &notes);
	(void)g_variant_lookup(question, "last-note-on", "u", &last);
	(void)g_variant_lookup(question, "backups-until", "u", &until);
	count = g_strdup_printf("%" G_GUINT64_FORMAT, notes);
	day = format_date(last);
	backups = format_date(until);
	print_head(file);
	if (notes > 0)
		print_line(INDENT, N_("Notes: {0}, the last of {1}"), count, day, NULL);
	else
		print_line(INDENT, N_("No note is in it."), NULL, NULL, NULL);
	print_line(INDENT, N_("Asked for by {0}"), first, NULL, NULL);
	print_line(INDENT, "{0}", basis, NULL, NULL);
	print_line(INDENT, N_("Backups may have it until {0}."), backups, NULL, NULL);
}

static CmExit
agree(CmComodalctl *cli, Desk *desk, CmDBusAgent *agent, GVariant *id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) question = NULL;
	g_autoptr(GVariant) record = NULL;
	gboolean erased = FALSE;

	if (!cm_dbus_agent_call_check_destruction_sync(agent, id, &question, NULL, &error))
		return cm_agent_answer_report(error);
	record = g_variant_lookup_value(question, "record", G_VARIANT_TYPE_BYTESTRING);
	if (!cli->json)
		print_question(desk->file, question);
	if (!cm_report_confirm_shown(cli, desk->yes, _("Destroy this file for good?")))
		return CM_EXIT_REFUSED;
	if (!cm_dbus_agent_call_agree_to_destruction_sync(agent, id, record, &erased, NULL, &error))
		return cm_agent_answer_report(error);
	return tell(desk,
		    erased ? N_("Destroyed. Nobody can bring it back.")
			   : N_("Destroyed: nobody can open it. The database's own files are still "
				"to be cleaned of it, which comodald goes on trying."));
}

CmExit
cm_comodalctl_retention_run_agree(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	const GOptionEntry entries[] = {
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &desk.yes, N_("Agree without a question"), NULL},
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) id = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &desk.words))
		return cli->exit_status;
	if (!open_desk(cli, &desk, &error) || !find_file(&desk, &error))
		return cm_agent_answer_report(error);
	id = dup_case(&desk, &error);
	if (id != NULL)
		g_variant_ref_sink(id);
	agent = id != NULL ? cm_agent_link_open(cli, TRUE, &error) : NULL;
	return agent != NULL ? agree(cli, &desk, agent, id) : cm_agent_answer_report(error);
}

CmExit
cm_comodalctl_retention_run_withdraw(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) id = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &desk.words))
		return cli->exit_status;
	if (!open_desk(cli, &desk, &error) || !find_file(&desk, &error))
		return report(error);
	id = dup_case(&desk, &error);
	if (id == NULL)
		return report(error);
	g_variant_ref_sink(id);
	if (!cm_dbus_retention_call_withdraw_sync(desk.retention, id, NULL, &error))
		return report(error);
	return tell(&desk, N_("Taken back: the file stays."));
}
