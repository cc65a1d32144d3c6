// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/note-desk.h"
#include "cli/note-rows.h"
#include "cli/note-rules.h"
#include "cli/note-session.h"
#include "cli/note-text.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/typed-text.h"
#include "daemon/agent/agent-case.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <unistd.h>

/* note …: what is not signed yet, and its signature, by one's own comodal-agent */

#define FILE_OPENED 3 /* where nothing else is said: institutional professional */
#define INDENT 4

/* ---- a text */

static gboolean
add_day(const CmNoteDesk *desk, GVariantDict *options)
{
	gint year = 0;
	gint month = 0;
	gint date = 0;

	if (desk->day == 0)
		return FALSE;
	cm_day_get_ymd(desk->day, &year, &month, &date);
	g_variant_dict_insert(options, "occurred-on", "u",
			      (guint32)(year * 10000 + month * 100 + date));
	return TRUE;
}

/* an amendment tells of what it amends, unless a session is named */
static gboolean
add_session(const CmComodalctl *cli,
	    const CmNoteDesk *desk,
	    GVariantDict *options,
	    guint64 about,
	    GError **error)
{
	g_autofree gchar *start = NULL;
	guint64 session = 0;

	if (about != 0 && desk->at_given == NULL)
		return TRUE;
	if (!cm_note_session_find(cli, desk, &session, &start, error))
		return FALSE;
	g_variant_dict_insert(options, "session", "t", session);
	if (session != 0 && !cli->json)
		cm_report_note(N_("It tells of the session of {0} (--at none: of none)."), start,
			       NULL);
	return TRUE;
}

static gboolean
add_options(const CmComodalctl *cli,
	    const CmNoteDesk *desk,
	    GVariantDict *options,
	    guint64 about,
	    GError **error)
{
	g_autofree gchar *language = cm_agent_answer_guess_language();
	guint8 kind = 0;

	g_variant_dict_insert(options, "language", "s", language);
	if (about != 0)
		g_variant_dict_insert(options, "about", "t", about);
	if (desk->kind_given != NULL) {
		kind = cm_note_desk_find_kind(desk->kind_given, error);
		if (kind == 0)
			return FALSE;
		g_variant_dict_insert(options, "kind", "y", kind);
	}
	(void)add_day(desk, options);
	/* what is written anew tells of what it told, unless somebody says so */
	if (desk->draft_given != NULL && desk->at_given == NULL && desk->day == 0)
		return TRUE;
	return add_session(cli, desk, options, about, error);
}

static void
print_written(const CmComodalctl *cli, const CmNoteDesk *desk)
{
	if (cli->json) {
		g_autoptr(CmNoteJson) json = cm_note_json_new();

		cm_note_json_begin_object(json, NULL);
		cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(desk->file));
		cm_note_json_add_string(json, "kept", "draft");
		cm_note_json_end_object(json);
		return;
	}
	cm_agent_answer_print(
	    N_("Kept as a draft about {0} ({1}), for you alone: it is not signed yet. "
	       "“comodalctl note sign” makes a note of it."),
	    desk->name, cm_note_desk_describe_file(desk->file), NULL);
}

/* the draft that is written anew; empty: a new one */
static GVariant *
get_target(const CmNoteDesk *desk, GError **error)
{
	g_autoptr(GVariant) row = NULL;

	if (desk->draft_given == NULL)
		return g_variant_ref_sink(g_variant_new("ay", NULL));
	row = cm_note_desk_pick_draft(desk, NULL, error);
	return row != NULL ? cm_note_desk_get_draft(row) : NULL;
}

/* which sections are empty still */
static void
print_empty(const CmComodalctl *cli, gchar **empty)
{
	g_autofree gchar *headings = g_strjoinv(", ", empty);

	if (empty[0] != NULL && !cli->json)
		cm_report_note(N_("Nothing stands yet under: {0}."), headings, NULL);
}

/* a draft's content. Returns: (transfer full) */
static CmVaultRecord *
read_draft(const CmNoteDesk *desk, GVariant *row, GError **error)
{
	g_autoptr(GVariant) id = cm_note_desk_get_draft(row);
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;

	if (!cm_dbus_agent_call_read_draft_sync(desk->agent, desk->case_id, id, NULL, &handle,
						&list, NULL, error))
		return NULL;
	return cm_agent_answer_read_content(list, handle, "note", error);
}

/* in an editor, from what a draft has already, or from the headings of a template: what was in it before is nothing that was typed */
static gboolean
edit_text(const CmNoteDesk *desk, JsonObject *template, CmTypedText *typed, GError **error)
{
	g_autoptr(GVariant) row = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	CmNoteEditorStart start = {.template = template};
	gboolean changed = FALSE;

	if (desk->draft_given != NULL) {
		row = cm_note_desk_pick_draft(desk, NULL, error);
		content = row != NULL ? read_draft(desk, row, error) : NULL;
		if (content == NULL)
			return FALSE;
		start.content = content;
	}
	typed->editor = cm_note_editor_new(&start, error);
	if (typed->editor != NULL)
		typed->text =
		    cm_note_editor_run(typed->editor, CM_AGENT_CASE_TEXT_MAX, &changed, error);
	changed = changed && cm_vault_secret_get_length(typed->text) > 0;
	if (typed->text != NULL && !changed)
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Nothing was typed."), NULL);
	return changed;
}

/* whether the organisation's directory has one's keys; what can't be said stands in the way later */
static gboolean
is_admitted(const CmNoteDesk *desk)
{
	g_autoptr(GVariant) standing = NULL;
	const gchar *state = "";

	if (cm_dbus_agent_call_check_directory_sync(desk->agent, &standing, NULL, NULL))
		(void)g_variant_lookup(standing, "state", "&s", &state);
	return !g_str_equal(state, "none");
}

/* a file that can't be begun is refused before anybody types, by whoever refuses it; any other is begun once there is a text for it */
static gboolean
check_beginning(CmNoteDesk *desk, JsonNode *rules, GError **error)
{
	return desk->case_id != NULL ||
	       (cm_note_rules_may_begin(rules, desk->file) && is_admitted(desk)) ||
	       cm_note_desk_begin(desk, error);
}

/* at a terminal a new note is asked for section by section, where it has some. FALSE with `error` set */
static gboolean
read_text(const CmComodalctl *cli,
	  CmNoteDesk *desk,
	  GVariantDict *options,
	  guint64 about,
	  CmTypedText *typed,
	  GError **error)
{
	g_autoptr(JsonNode) rules = NULL;
	g_autoptr(GError) local = NULL;
	JsonObject *template = NULL;

	/* what is written anew keeps its template, unless another one is named */
	if (about == 0 && (desk->draft_given == NULL || desk->template_given != NULL)) {
		rules = cm_note_rules_fetch(cli, error);
		if (rules == NULL || !check_beginning(desk, rules, error))
			return FALSE;
		template = cm_note_rules_choose(rules, desk, &local);
	}
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (desk->template_given != NULL)
		g_variant_dict_insert(options, "template", "s",
				      template != NULL ? desk->template_given : "");
	if (desk->editor)
		return edit_text(desk, template, typed, error);
	if (cm_secret_prompt_is_terminal() && template != NULL) {
		typed->text = cm_note_rules_ask(template, error);
		return typed->text != NULL;
	}
	if (cm_secret_prompt_is_terminal())
		cm_report_note(N_("The text about {0}; a line with nothing but a dot ends it:"),
			       desk->name, NULL);
	typed->text = cm_secret_prompt_read_text(cm_typed_text_get_most(), error);
	return typed->text != NULL;
}

static gboolean
hand_over(CmNoteDesk *desk,
	  GVariant *draft,
	  GVariant *options,
	  const CmTypedText *typed,
	  GStrv *out_empty,
	  GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) written = NULL;

	return cm_typed_text_check(typed, error) && cm_note_desk_begin(desk, error) &&
	       cm_agent_pipe_append(list, typed->text, error) >= 0 &&
	       cm_dbus_agent_call_write_draft_sync(desk->agent, desk->case_id, draft,
						   g_variant_new_handle(0), options, list, &written,
						   out_empty, NULL, NULL, error);
}

static CmExit
write_text(CmComodalctl *cli, CmNoteDesk *desk, guint64 about)
{
	g_auto(CmTypedText) typed = {0};
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) told = NULL;
	g_autoptr(GVariant) draft = NULL;
	g_auto(GStrv) empty = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_note_desk_open(cli, desk, about == 0, &error) ||
	    !add_options(cli, desk, &options, about, &error))
		return cm_agent_answer_report(error);
	draft = get_target(desk, &error);
	if (draft == NULL || !read_text(cli, desk, &options, about, &typed, &error))
		return cm_agent_answer_report(error);
	told = g_variant_ref_sink(g_variant_dict_end(&options));
	while (!hand_over(desk, draft, told, &typed, &empty, &error)) {
		if (!cm_typed_text_mend(&typed, cli, &desk->agent, &error))
			return cm_agent_answer_report(error);
	}
	print_written(cli, desk);
	print_empty(cli, empty);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_note_run_write(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};

	if (!cm_note_desk_parse(cli, &desk, 1))
		return cli->exit_status;
	if (desk.file_given == NULL)
		desk.file_given = g_strdup(cm_note_desk_get_file_name(FILE_OPENED));
	return write_text(cli, &desk, 0);
}

CmExit
cm_comodalctl_note_run_amend(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GError) error = NULL;
	guint64 about = 0;

	if (!cm_note_desk_parse(cli, &desk, 2))
		return cli->exit_status;
	if (!cm_agent_answer_read_number(desk.words[1], &about, &error))
		return cm_agent_answer_report(error);
	return write_text(cli, &desk, about);
}

/* ---- drafts */

/* what a draft is: "progress, of 2026-11-22" */
static void
print_heading(GVariant *row, const gchar *number)
{
	g_autofree gchar *about =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "about"));
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));

	if (cm_agent_answer_get_number(row, "about") != 0)
		cm_agent_answer_print(N_("Draft {0}, NOT SIGNED: amendment of note {1}, of {2}"),
				      number, about, day);
	else
		cm_agent_answer_print(N_("Draft {0}, NOT SIGNED: {1}, of {2}"), number,
				      gettext(cm_note_rows_get_kind(row)), day);
}

static void
add_draft(CmNoteJson *json, GVariant *row, guint number, const CmVaultRecord *content)
{
	guint64 about = cm_agent_answer_get_number(row, "about");
	guint64 session = cm_agent_answer_get_number(row, "session");
	guint64 became = cm_agent_answer_get_number(row, "signed");
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_int(json, "draft", number);
	cm_note_json_add_string(json, "kind", cm_note_rows_get_kind(row));
	cm_note_json_add_string(json, "day", day);
	if (about != 0)
		cm_note_json_add_int(json, "about", (gint64)about);
	if (session != 0)
		cm_note_json_add_int(json, "session", (gint64)session);
	if (became != 0)
		cm_note_json_add_int(json, "signed_as", (gint64)became);
	cm_note_json_add_content(json, content);
	cm_note_json_end_object(json);
}

static gboolean
show_draft(const CmNoteDesk *desk, GVariant *row, guint number, CmNoteJson *json, GError **error)
{
	g_autofree gchar *words = g_strdup_printf("%u", number);
	g_autofree gchar *note =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "signed"));
	g_autoptr(CmVaultRecord) content = NULL;

	if (json == NULL && cm_agent_answer_get_number(row, "signed") != 0) {
		cm_agent_answer_print(N_("Draft {0} was signed already, as note {1}. “comodalctl "
					 "note sign” again puts it away."),
				      words, note, NULL);
		return TRUE;
	}
	content = read_draft(desk, row, error);
	if (content == NULL)
		return FALSE;
	if (json != NULL) {
		add_draft(json, row, number, content);
		return TRUE;
	}
	print_heading(row, words);
	(void)cm_note_text_print(content, INDENT);
	return TRUE;
}

static gboolean
show_drafts(const CmNoteDesk *desk, GVariant *drafts, CmNoteJson *json, GError **error)
{
	for (gsize i = 0; i < g_variant_n_children(drafts); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(drafts, i);

		if (!show_draft(desk, row, (guint)i + 1, json, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
show_drafts_as_json(const CmNoteDesk *desk, GVariant *drafts, GError **error)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(desk->file));
	cm_note_json_begin_array(json, "drafts");
	if (!show_drafts(desk, drafts, json, error))
		return FALSE;
	cm_note_json_end_array(json);
	cm_note_json_end_object(json);
	return TRUE;
}

CmExit
cm_comodalctl_note_run_drafts(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) drafts = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_note_desk_parse(cli, &desk, 1))
		return cli->exit_status;
	if (!cm_note_desk_open(cli, &desk, FALSE, &error) ||
	    !cm_dbus_agent_call_list_drafts_sync(desk.agent, desk.case_id, &drafts, NULL, &error) ||
	    !(cli->json ? show_drafts_as_json(&desk, drafts, &error)
			: show_drafts(&desk, drafts, NULL, &error)))
		return cm_agent_answer_report(error);
	if (!cli->json && g_variant_n_children(drafts) == 0)
		cm_agent_answer_print(N_("There is nothing unsigned."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}

static void
print_dropped(const CmComodalctl *cli, const CmNoteDesk *desk, guint64 which)
{
	g_autoptr(CmNoteJson) json = cli->json ? cm_note_json_new() : NULL;
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, which);

	if (json == NULL) {
		cm_agent_answer_print(N_("Draft {0} about {1} is gone."), number, desk->name, NULL);
		return;
	}
	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(desk->file));
	cm_note_json_add_int(json, "dropped", (gint64)which);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_note_run_drop(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) draft = NULL;
	g_autofree gchar *question = NULL;
	g_autofree gchar *number = NULL;
	g_autoptr(GError) error = NULL;
	guint64 which = 0;

	if (!cm_note_desk_parse(cli, &desk, 1))
		return cli->exit_status;
	if (cm_note_desk_open(cli, &desk, FALSE, &error))
		row = cm_note_desk_pick_draft(&desk, &which, &error);
	if (row == NULL)
		return cm_agent_answer_report(error);
	number = g_strdup_printf("%" G_GUINT64_FORMAT, which);
	if (!cli->json)
		print_heading(row, number);
	question = cm_report_format(N_("Throw away draft {0} about {1}? Nothing brings it back."),
				    number, desk.name, NULL);
	if (!cm_report_confirm(desk.yes, question))
		return CM_EXIT_REFUSED;
	draft = cm_note_desk_get_draft(row);
	if (!cm_dbus_agent_call_drop_draft_sync(desk.agent, desk.case_id, draft, NULL, &error))
		return cm_agent_answer_report(error);
	print_dropped(cli, &desk, which);
	return CM_EXIT_OK;
}

/* ---- signing */

static void
print_signed(const CmComodalctl *cli, const CmNoteDesk *desk, guint64 sequence)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, sequence);

	if (cli->json) {
		g_autoptr(CmNoteJson) json = cm_note_json_new();

		cm_note_json_begin_object(json, NULL);
		cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(desk->file));
		cm_note_json_add_int(json, "number", (gint64)sequence);
		cm_note_json_end_object(json);
		return;
	}
	cm_agent_answer_print(
	    N_("Signed: note {0} about {1}. It stays as it is; “comodalctl note amend” adds to "
	       "it."),
	    number, desk->name, NULL);
}

/* At a terminal it is shown what is about to be signed, and asked for. FALSE with no `error`: it is not wanted. */
static gboolean
confirm_signature(const CmComodalctl *cli,
		  const CmNoteDesk *desk,
		  GVariant *row,
		  guint64 which,
		  GError **error)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, which);
	g_autofree gchar *question = NULL;
	g_autoptr(CmVaultRecord) content = NULL;

	/* what was signed already is only put away */
	if (desk->yes || cli->json || !cm_secret_prompt_is_terminal() ||
	    cm_agent_answer_get_number(row, "signed") != 0)
		return TRUE;
	content = read_draft(desk, row, error);
	if (content == NULL)
		return FALSE;
	/* what somebody has sent to a file is not asked to hold any of it */
	if (isatty(STDOUT_FILENO)) {
		print_heading(row, number);
		(void)cm_note_text_print_start(content, INDENT);
	}
	question =
	    cm_report_format(N_("Sign draft {0} about {1} ({2})? Nobody changes it then."), number,
			     desk->name, cm_note_desk_describe_file(desk->file), NULL);
	return cm_report_confirm(FALSE, question);
}

CmExit
cm_comodalctl_note_run_sign(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) draft = NULL;
	g_auto(GStrv) empty = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;
	guint64 which = 0;

	if (!cm_note_desk_parse(cli, &desk, 1))
		return cli->exit_status;
	if (cm_note_desk_open(cli, &desk, FALSE, &error))
		row = cm_note_desk_pick_draft(&desk, &which, &error);
	if (row == NULL || !confirm_signature(cli, &desk, row, which, &error))
		return error != NULL ? cm_agent_answer_report(error) : CM_EXIT_REFUSED;
	draft = cm_note_desk_get_draft(row);
	cm_agent_link_be_patient(desk.agent);
	if (!cm_dbus_agent_call_sign_sync(desk.agent, desk.case_id, draft, &sequence, &empty, NULL,
					  &error))
		return cm_agent_answer_report(error);
	print_signed(cli, &desk, sequence);
	print_empty(cli, empty);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_note_run_cosign(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autofree gchar *number = NULL;
	g_autofree gchar *about = NULL;
	g_autoptr(GError) error = NULL;
	guint64 which = 0;
	guint64 sequence = 0;

	if (!cm_note_desk_parse(cli, &desk, 2))
		return cli->exit_status;
	if (!cm_agent_answer_read_number(desk.words[1], &which, &error) ||
	    !cm_note_desk_open(cli, &desk, FALSE, &error) ||
	    !cm_dbus_agent_call_cosign_sync(desk.agent, desk.case_id, which, &sequence, NULL,
					    &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_signed(cli, &desk, sequence);
		return CM_EXIT_OK;
	}
	number = g_strdup_printf("%" G_GUINT64_FORMAT, sequence);
	about = g_strdup_printf("%" G_GUINT64_FORMAT, which);
	cm_agent_answer_print(
	    N_("Co-signed: note {0} about {1} is whole. Your co-signature is note {2}."), about,
	    desk.name, number);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_note_run_templates(CmComodalctl *cli)
{
	g_autoptr(JsonNode) rules = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	rules = cm_note_rules_fetch(cli, &error);
	if (rules == NULL)
		return cm_report_error(error);
	cm_note_rules_print(cli, rules);
	return CM_EXIT_OK;
}
