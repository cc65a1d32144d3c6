// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/agenda/document.h"
#include "daemon/agent/agent-case.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* note …: case notes, by one's own comodal-agent */

#define FILE_OPENED 3 /* where nothing else is said: institutional professional */
#define INDENT 4

static const gchar *const file_names[] = {"school", "assistance", "professional", "confidential"};
static const gchar *const file_words[] = {N_("school record"), N_("special assistance"),
					  N_("professional file of the institution"),
					  N_("confidential professional file")};
static const gchar *const kind_names[] = {"opening",       "progress", "evaluation", "plan",
					  "communication", "consent",  "summary",    "closing"};
static const gchar *const kind_words[] = {
    N_("opening"), N_("progress"), N_("evaluation"), N_("plan"),      N_("communication"),
    N_("consent"), N_("summary"),  N_("closing"),    N_("amendment"), N_("co-signature")};

/* One run: whose case it is, and what was said on the command line. */
typedef struct {
	CmDBusAgent *agent;
	GVariant *case_id;
	guint8 file;
	gchar *name; /* the student's */
	gchar *file_given;
	gchar *kind_given;
	gchar *on_given;
	gchar *draft_given;
	CmDay day; /* 0: today */
	gchar **words;
} Desk;

static void
desk_clear(Desk *desk)
{
	g_clear_object(&desk->agent);
	g_clear_pointer(&desk->case_id, g_variant_unref);
	g_free(desk->name);
	g_free(desk->file_given);
	g_free(desk->kind_given);
	g_free(desk->on_given);
	g_free(desk->draft_given);
	g_strfreev(desk->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_clear)

static gboolean
parse(CmComodalctl *cli, Desk *desk, guint count)
{
	const gchar *verb = strchr(cli->verb->name, ' ') + 1;
	const GOptionEntry file = {"file",
				   0,
				   0,
				   G_OPTION_ARG_STRING,
				   &desk->file_given,
				   N_("Which file: school, assistance, professional, confidential"),
				   N_("FILE")};
	const GOptionEntry on = {
	    "on",      0, 0, G_OPTION_ARG_STRING, &desk->on_given, N_("The day it tells of"),
	    N_("DATE")};
	const GOptionEntry kind = {"kind",
				   0,
				   0,
				   G_OPTION_ARG_STRING,
				   &desk->kind_given,
				   N_("progress, opening, evaluation, plan, communication, "
				      "consent, summary, closing"),
				   N_("KIND")};
	const GOptionEntry draft = {"draft",
				    0,
				    0,
				    G_OPTION_ARG_STRING,
				    &desk->draft_given,
				    N_("Which of several drafts, by its number in “note drafts”"),
				    N_("NUMBER")};
	GOptionEntry entries[5] = {file, G_OPTION_ENTRY_NULL};
	guint used = 1;

	if (g_str_equal(verb, "write") || g_str_equal(verb, "amend"))
		entries[used++] = on;
	if (g_str_equal(verb, "write"))
		entries[used++] = kind;
	if (g_str_equal(verb, "write") || g_str_equal(verb, "sign"))
		entries[used++] = draft;
	return cm_comodalctl_parse(cli, entries, count, count, &desk->words) &&
	       (desk->on_given == NULL ||
		cm_values_parse_date(cli, "--on", desk->on_given, &desk->day));
}

/* its place in a list of words, from 1; 0 with `error` set */
static guint8
find_word(const gchar *word, const gchar *const *words, guint count, GError **error)
{
	for (guint i = 0; i < count; i++) {
		if (g_str_equal(words[i], word))
			return (guint8)(i + 1);
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is none of the words for this."),
		     word, NULL);
	return 0;
}

/* the student, as the other verbs find one; then their file, by the agent */
static gboolean
open_desk(const CmComodalctl *cli, Desk *desk, gboolean begin, GError **error)
{
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusRoster) roster = NULL;
	g_autoptr(JsonObject) student = NULL;
	guint8 file = 0;

	cm_secret_prompt_harden();
	if (desk->file_given != NULL) {
		file = find_word(desk->file_given, file_names, G_N_ELEMENTS(file_names), error);
		if (file == 0)
			return FALSE;
	}
	bus = cm_client_connect(cli, error);
	roster = bus != NULL ? cm_client_get_roster(bus, error) : NULL;
	student = roster != NULL ? cm_find_thing(roster, "student", desk->words[0], error) : NULL;
	if (student == NULL)
		return FALSE;
	desk->name = g_strdup(cm_find_get_title(student));
	desk->agent = cm_agent_link_open(cli, TRUE, error);
	return desk->agent != NULL && cm_dbus_agent_call_open_case_sync(
					  desk->agent, (guint64)cm_json_get_int(student, "number"),
					  cm_json_get_string(student, "id"), file, begin,
					  &desk->case_id, &desk->file, NULL, error);
}

static const gchar *
get_kind(GVariant *row)
{
	guint8 kind = 0;

	(void)g_variant_lookup(row, "kind", "y", &kind);
	return kind >= 1 && kind <= G_N_ELEMENTS(kind_words) ? kind_words[kind - 1] : "?";
}

/* ---- a text */

static gboolean
add_options(const Desk *desk, GVariantDict *options, guint64 about, GError **error)
{
	g_autofree gchar *language = cm_agent_answer_guess_language();

	g_variant_dict_insert(options, "language", "s", language);
	if (about != 0)
		g_variant_dict_insert(options, "about", "t", about);
	if (desk->kind_given != NULL) {
		guint8 kind =
		    find_word(desk->kind_given, kind_names, G_N_ELEMENTS(kind_names), error);

		if (kind == 0)
			return FALSE;
		g_variant_dict_insert(options, "kind", "y", kind);
	}
	if (desk->day != 0) {
		gint year = 0;
		gint month = 0;
		gint date = 0;

		cm_day_get_ymd(desk->day, &year, &month, &date);
		g_variant_dict_insert(options, "occurred-on", "u",
				      (guint32)(year * 10000 + month * 100 + date));
	}
	return TRUE;
}

/* the draft of that number in the list, from 1 */
static GVariant *
pick_draft(const Desk *desk, GError **error)
{
	g_autoptr(GVariant) drafts = NULL;
	g_autoptr(GVariant) row = NULL;
	guint64 number = 1;

	if (!cm_dbus_agent_call_list_drafts_sync(desk->agent, desk->case_id, &drafts, NULL, error))
		return NULL;
	if (g_variant_n_children(drafts) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is nothing unsigned."), NULL);
		return NULL;
	}
	if (desk->draft_given != NULL &&
	    !cm_agent_answer_read_number(desk->draft_given, &number, error))
		return NULL;
	if (desk->draft_given == NULL && g_variant_n_children(drafts) > 1) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("There are several drafts: say which with --draft NUMBER, as “note "
				"drafts” has it."),
			     NULL);
		return NULL;
	}
	if (number > g_variant_n_children(drafts)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such draft."), NULL);
		return NULL;
	}
	row = g_variant_get_child_value(drafts, number - 1);
	return g_variant_lookup_value(row, "draft", G_VARIANT_TYPE_BYTESTRING);
}

static CmExit
write_text(CmComodalctl *cli, Desk *desk, guint64 about)
{
	g_autoptr(CmVaultSecret) text = NULL;
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) draft = NULL;
	g_autoptr(GVariant) written = NULL;
	g_autoptr(GError) error = NULL;

	if (!open_desk(cli, desk, about == 0, &error) ||
	    !add_options(desk, &options, about, &error))
		return cm_agent_answer_report(error);
	draft = desk->draft_given != NULL ? pick_draft(desk, &error)
					  : g_variant_ref_sink(g_variant_new("ay", NULL));
	if (draft == NULL)
		return cm_agent_answer_report(error);
	if (cm_secret_prompt_is_terminal())
		cm_report_note(N_("The text about {0}; a line with nothing but a dot ends it:"),
			       desk->name, NULL);
	text = cm_secret_prompt_read_text(CM_AGENT_CASE_TEXT_MAX, &error);
	if (text == NULL || cm_agent_pipe_append(list, text, &error) < 0 ||
	    !cm_dbus_agent_call_write_draft_sync(
		desk->agent, desk->case_id, draft, g_variant_new_handle(0),
		g_variant_dict_end(&options), list, &written, NULL, NULL, &error))
		return cm_agent_answer_report(error);
	cm_agent_answer_print(
	    N_("Kept as a draft about {0} ({1}), for you alone: it is not signed yet. "
	       "“comodalctl note sign” makes a note of it."),
	    desk->name, gettext(file_words[desk->file - 1]), NULL);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_note_run_write(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};

	if (!parse(cli, &desk, 1))
		return cli->exit_status;
	if (desk.file_given == NULL)
		desk.file_given = g_strdup(file_names[FILE_OPENED - 1]);
	return write_text(cli, &desk, 0);
}

CmExit
cm_comodalctl_note_run_amend(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GError) error = NULL;
	guint64 about = 0;

	if (!parse(cli, &desk, 2))
		return cli->exit_status;
	if (!cm_agent_answer_read_number(desk.words[1], &about, &error))
		return cm_agent_answer_report(error);
	return write_text(cli, &desk, about);
}

/* ---- drafts */

static gboolean
is_signed(GVariant *row, guint index)
{
	g_autofree gchar *number = g_strdup_printf("%u", index + 1);
	g_autofree gchar *note =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "signed"));

	if (cm_agent_answer_get_number(row, "signed") == 0)
		return FALSE;
	cm_agent_answer_print(
	    N_("Draft {0} was signed already, as note {1}. “comodalctl note sign” again puts it "
	       "away."),
	    number, note, NULL);
	return TRUE;
}

static gboolean
show_draft(const Desk *desk, GVariant *row, guint index, GError **error)
{
	g_autoptr(GVariant) id = g_variant_lookup_value(row, "draft", G_VARIANT_TYPE_BYTESTRING);
	g_autofree gchar *number = g_strdup_printf("%u", index + 1);
	g_autofree gchar *about =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "about"));
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;

	if (!cm_dbus_agent_call_read_draft_sync(desk->agent, desk->case_id, id, NULL, &handle,
						&list, NULL, error))
		return FALSE;
	if (cm_agent_answer_get_number(row, "about") != 0)
		cm_agent_answer_print(N_("Draft {0}, NOT SIGNED: amendment of note {1}, of {2}"),
				      number, about, day);
	else
		cm_agent_answer_print(N_("Draft {0}, NOT SIGNED: {1}, of {2}"), number,
				      gettext(get_kind(row)), day);
	return cm_agent_answer_show_content(list, handle, "note", INDENT, error);
}

CmExit
cm_comodalctl_note_run_drafts(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) drafts = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli, &desk, 1))
		return cli->exit_status;
	if (!open_desk(cli, &desk, FALSE, &error) ||
	    !cm_dbus_agent_call_list_drafts_sync(desk.agent, desk.case_id, &drafts, NULL, &error))
		return cm_agent_answer_report(error);
	for (gsize i = 0; i < g_variant_n_children(drafts); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(drafts, i);

		if (!is_signed(row, (guint)i) && !show_draft(&desk, row, (guint)i, &error))
			return cm_agent_answer_report(error);
	}
	if (g_variant_n_children(drafts) == 0)
		cm_agent_answer_print(N_("There is nothing unsigned."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_note_run_sign(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) draft = NULL;
	g_autofree gchar *number = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;

	if (!parse(cli, &desk, 1))
		return cli->exit_status;
	if (open_desk(cli, &desk, FALSE, &error))
		draft = pick_draft(&desk, &error);
	if (draft == NULL ||
	    !cm_dbus_agent_call_sign_sync(desk.agent, desk.case_id, draft, &sequence, NULL, &error))
		return cm_agent_answer_report(error);
	number = g_strdup_printf("%" G_GUINT64_FORMAT, sequence);
	cm_agent_answer_print(
	    N_("Signed: note {0} about {1}. It stays as it is; “comodalctl note amend” adds to "
	       "it."),
	    number, desk.name, NULL);
	return CM_EXIT_OK;
}

/* ---- notes */

/* what makes a note another than most */
static gchar *
format_remark(GVariant *row)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
	gboolean cosign = FALSE;

	if (cm_agent_answer_get_number(row, "about") != 0) {
		g_autofree gchar *about =
		    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "about"));

		g_ptr_array_add(parts, cm_report_format(N_("about note {0}"), about, NULL));
	}
	if (cm_agent_answer_get_date(row, "occurred-on") <
	    cm_agent_answer_get_date(row, "entered-on")) {
		g_autofree gchar *entered =
		    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "entered-on"));

		g_ptr_array_add(parts,
				cm_report_format(N_("late entry, signed {0}"), entered, NULL));
	}
	(void)g_variant_lookup(row, "cosign", "b", &cosign);
	if (cosign)
		g_ptr_array_add(parts, g_strdup(_("to be co-signed")));
	g_ptr_array_add(parts, NULL);
	return g_strjoinv("; ", (gchar **)parts->pdata);
}

static void
print_json(const Desk *desk, GVariant *notes)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "file", file_names[desk->file - 1]);
	json_builder_set_member_name(builder, "notes");
	json_builder_begin_array(builder);
	for (gsize i = 0; i < g_variant_n_children(notes); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(notes, i);
		g_autofree gchar *day =
		    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
		g_autofree gchar *entered =
		    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "entered-on"));
		const gchar *author = "";

		(void)g_variant_lookup(row, "author", "&s", &author);
		json_builder_begin_object(builder);
		cm_document_add_int(builder, "number",
				    (gint64)cm_agent_answer_get_number(row, "sequence"));
		cm_document_add_string(builder, "kind", get_kind(row));
		cm_document_add_string(builder, "day", day);
		cm_document_add_string(builder, "signed", entered);
		cm_document_add_string(builder, "author", author);
		if (cm_agent_answer_get_number(row, "about") != 0)
			cm_document_add_int(builder, "about",
					    (gint64)cm_agent_answer_get_number(row, "about"));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
print_notes(const CmComodalctl *cli, GVariant *notes)
{
	static const gchar *const heads[] = {N_(">No."),   N_("Day"),     N_("Kind"),
					     N_("Author"), N_("~Remark"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (gsize i = 0; i < g_variant_n_children(notes); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(notes, i);
		g_autofree gchar *number = g_strdup_printf(
		    "%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "sequence"));
		g_autofree gchar *day =
		    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
		g_autofree gchar *remark = format_remark(row);
		const gchar *author = "";

		(void)g_variant_lookup(row, "author", "&s", &author);
		cm_terminal_add_row(table, number, day, gettext(get_kind(row)), author, remark,
				    NULL);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

static void
print_unsigned(const Desk *desk, GVariant *drafts)
{
	g_autofree gchar *count = g_strdup_printf("%" G_GSIZE_FORMAT, g_variant_n_children(drafts));

	if (g_variant_n_children(drafts) > 0)
		cm_agent_answer_print(
		    N_("Not signed yet: {0}; “comodalctl note drafts” shows what."), count, NULL,
		    NULL);
}

CmExit
cm_comodalctl_note_run_list(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GVariant) drafts = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli, &desk, 1))
		return cli->exit_status;
	if (!open_desk(cli, &desk, FALSE, &error) ||
	    !cm_dbus_agent_call_list_notes_sync(desk.agent, desk.case_id, &notes, NULL, &error) ||
	    !cm_dbus_agent_call_list_drafts_sync(desk.agent, desk.case_id, &drafts, NULL, &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_json(&desk, notes);
		return CM_EXIT_OK;
	}
	if (g_variant_n_children(notes) > 0)
		print_notes(cli, notes);
	else
		cm_agent_answer_print(N_("Nothing is signed yet."), NULL, NULL, NULL);
	print_unsigned(&desk, drafts);
	return CM_EXIT_OK;
}

static gboolean
show_note(const Desk *desk, GVariant *row, guint indent, GError **error)
{
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "sequence"));
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
	g_autofree gchar *remark = format_remark(row);
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	const gchar *author = "";

	if (!cm_dbus_agent_call_read_note_sync(desk->agent, desk->case_id,
					       cm_agent_answer_get_number(row, "sequence"), NULL,
					       &handle, &list, NULL, error))
		return FALSE;
	(void)g_variant_lookup(row, "author", "&s", &author);
	cm_agent_answer_print(N_("Note {0}: {1}, of {2}"), number, gettext(get_kind(row)), day);
	cm_agent_answer_print("{0}", author, NULL, NULL);
	if (*remark != '\0')
		cm_agent_answer_print("{0}", remark, NULL, NULL);
	cm_agent_answer_print("", NULL, NULL, NULL);
	return cm_agent_answer_show_content(list, handle, "note", indent, error);
}

/* the note, and behind it whatever amends it */
static gboolean
show_with_amendments(const Desk *desk, GVariant *notes, guint64 sequence, GError **error)
{
	gboolean found = FALSE;

	for (gsize i = 0; i < g_variant_n_children(notes); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(notes, i);
		gboolean is_it = cm_agent_answer_get_number(row, "sequence") == sequence;

		if (!is_it && cm_agent_answer_get_number(row, "about") != sequence)
			continue;
		if (!is_it)
			cm_agent_answer_print("", NULL, NULL, NULL);
		if (!show_note(desk, row, INDENT, error))
			return FALSE;
		found = TRUE;
	}
	if (!found)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no note of that number."),
			     NULL);
	return found;
}

CmExit
cm_comodalctl_note_run_show(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;

	if (!parse(cli, &desk, 2))
		return cli->exit_status;
	if (!cm_agent_answer_read_number(desk.words[1], &sequence, &error) ||
	    !open_desk(cli, &desk, FALSE, &error) ||
	    !cm_dbus_agent_call_list_notes_sync(desk.agent, desk.case_id, &notes, NULL, &error) ||
	    !show_with_amendments(&desk, notes, sequence, &error))
		return cm_agent_answer_report(error);
	return CM_EXIT_OK;
}

/* ---- searching */

/* those rows whose place is among `found` */
static GVariant *
pick_rows(GVariant *notes, GVariant *found)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	gsize count = 0;
	const guint64 *places = g_variant_get_fixed_array(found, &count, sizeof *places);

	for (gsize i = 0; i < count; i++) {
		if (places[i] >= 1 && places[i] <= g_variant_n_children(notes)) {
			g_autoptr(GVariant) row = g_variant_get_child_value(notes, places[i] - 1);

			g_variant_builder_add_value(&rows, row);
		}
	}
	return g_variant_ref_sink(g_variant_builder_end(&rows));
}

CmExit
cm_comodalctl_note_run_search(CmComodalctl *cli)
{
	g_auto(Desk) desk = {0};
	g_autoptr(CmVaultSecret) words = NULL;
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GVariant) found = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse(cli, &desk, 1))
		return cli->exit_status;
	if (open_desk(cli, &desk, FALSE, &error))
		words = cm_secret_prompt_read(_("Words:"), TRUE, &error);
	if (words == NULL || cm_agent_pipe_append(list, words, &error) < 0 ||
	    !cm_dbus_agent_call_search_sync(desk.agent, desk.case_id, g_variant_new_handle(0), list,
					    &found, NULL, NULL, &error) ||
	    !cm_dbus_agent_call_list_notes_sync(desk.agent, desk.case_id, &notes, NULL, &error))
		return cm_agent_answer_report(error);
	rows = pick_rows(notes, found);
	if (cli->json)
		print_json(&desk, rows);
	else if (g_variant_n_children(rows) > 0)
		print_notes(cli, rows);
	else
		cm_agent_answer_print(N_("No signed note has these words."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}
