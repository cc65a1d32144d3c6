// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/changed.h"
#include "cli/colleagues.h"
#include "cli/content-file.h"
#include "cli/json.h"
#include "cli/new-file.h"
#include "cli/note-json.h"
#include "cli/note-text.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/typed-text.h"
#include "cli/values.h"
#include "cli/zone.h"
#include "daemon/agenda/document.h"
#include "daemon/agent/agent-case.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* minutes …: of meetings, for those who took part, by one's own comodal-agent */

#define INDENT 4

/* ---- which ones */

/* `out_rows`: all that the person has */
static gboolean
open_list(const CmComodalctl *cli, CmDBusAgent **out_agent, GVariant **out_rows, GError **error)
{
	g_autoptr(CmDBusAgent) agent = NULL;

	cm_secret_prompt_harden();
	agent = cm_agent_link_open(cli, TRUE, error);
	if (agent == NULL || !cm_dbus_agent_call_list_minutes_sync(agent, out_rows, NULL, error))
		return FALSE;
	*out_agent = g_steal_pointer(&agent);
	return TRUE;
}

static gboolean
get_flag(GVariant *row, const gchar *name)
{
	gboolean flag = FALSE;

	(void)g_variant_lookup(row, name, "b", &flag);
	return flag;
}

static const gchar *
get_text(GVariant *row, const gchar *name)
{
	const gchar *text = "";

	(void)g_variant_lookup(row, name, "&s", &text);
	return text;
}

/* the row of that number in the list; one that holds */
static GVariant *
pick(GVariant *rows, const gchar *number, GError **error)
{
	g_autoptr(GVariant) row = NULL;
	guint64 place = 0;

	if (!cm_agent_answer_read_number(number, &place, error))
		return NULL;
	if (place > g_variant_n_children(rows)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There are no minutes of that number."),
			     NULL);
		return NULL;
	}
	row = g_variant_get_child_value(rows, place - 1);
	if (get_flag(row, "holds"))
		return g_steal_pointer(&row);
	cm_error_set(error, CM_ERROR_FAILED,
		     N_("These minutes do not hold: they were altered, or their author's keys were "
			"revoked."),
		     NULL);
	return NULL;
}

static GVariant *
get_id(GVariant *row)
{
	return g_variant_lookup_value(row, "minutes", G_VARIANT_TYPE_BYTESTRING);
}

static gchar *
join_participants(GVariant *row)
{
	g_autofree const gchar **labels = NULL;

	if (!g_variant_lookup(row, "participants", "^a&s", &labels))
		return g_strdup("");
	return g_strjoinv("; ", (gchar **)labels);
}

/* ---- one of them in JSON */

static void
add_json(JsonBuilder *builder, GVariant *row, gsize place)
{
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "held-on"));
	g_autofree const gchar **labels = NULL;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", (gint64)place + 1);
	cm_document_add_boolean(builder, "holds", get_flag(row, "holds"));
	if (g_variant_lookup(row, "participants", "^a&s", &labels)) {
		cm_document_add_string(builder, "day", day);
		cm_document_add_string(builder, "author", get_text(row, "author"));
		cm_document_add_boolean(builder, "own", get_flag(row, "own"));
		cm_document_add_int(builder, "session",
				    (gint64)cm_agent_answer_get_number(row, "session"));
		cm_document_add_int(builder, "corrects",
				    (gint64)cm_agent_answer_get_number(row, "about"));
		json_builder_set_member_name(builder, "participants");
		json_builder_begin_array(builder);
		for (guint i = 0; labels[i] != NULL; i++)
			json_builder_add_string_value(builder, labels[i]);
		json_builder_end_array(builder);
	}
	json_builder_end_object(builder);
}

/* ---- writing */

typedef struct {
	gchar **with;
	gchar *on;
	gchar *corrects;
	gchar *session;
	CmDay day;
} Writing;

static void
writing_clear(Writing *writing)
{
	g_strfreev(writing->with);
	g_free(writing->on);
	g_free(writing->corrects);
	g_free(writing->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Writing, writing_clear)

static gboolean
parse_writing(CmComodalctl *cli, Writing *writing)
{
	const GOptionEntry entries[] = {
	    {"with", 0, 0, G_OPTION_ARG_STRING_ARRAY, &writing->with,
	     N_("A colleague who took part, and has them then; again for others"), N_("NAME")},
	    {"on", 0, 0, G_OPTION_ARG_STRING, &writing->on, N_("The day of the meeting"),
	     N_("DATE")},
	    {"appointment", 0, 0, G_OPTION_ARG_STRING, &writing->session,
	     N_("The appointment's number"), N_("NUMBER")},
	    {"corrects", 0, 0, G_OPTION_ARG_STRING, &writing->corrects,
	     N_("Which minutes these correct, by their number in “minutes list”"), N_("NUMBER")},
	    G_OPTION_ENTRY_NULL};

	return cm_comodalctl_parse(cli, entries, 0, 0, NULL) &&
	       (writing->on == NULL ||
		cm_values_parse_date(cli, "--on", writing->on, &writing->day));
}

/* the fingerprints of whoever was named */
static gchar **
find_participants(CmDBusAgent *agent, const Writing *writing, GError **error)
{
	g_autoptr(GStrvBuilder) fingerprints = g_strv_builder_new();
	g_autoptr(JsonNode) colleagues = NULL;

	if (writing->with == NULL)
		return g_strv_builder_end(fingerprints);
	colleagues = cm_colleagues_list(agent, error);
	for (guint i = 0; colleagues != NULL && writing->with[i] != NULL; i++) {
		const gchar *fingerprint = cm_colleagues_find(colleagues, writing->with[i], error);

		if (fingerprint == NULL)
			return NULL;
		g_strv_builder_add(fingerprints, fingerprint);
	}
	return colleagues != NULL ? g_strv_builder_end(fingerprints) : NULL;
}

static guint32
get_day(CmDay day)
{
	g_autoptr(GDateTime) today = cm_zone_get_now();
	gint year = g_date_time_get_year(today);
	gint month = g_date_time_get_month(today);
	gint date = g_date_time_get_day_of_month(today);

	if (day != 0)
		cm_day_get_ymd(day, &year, &month, &date);
	return (guint32)(year * 10000 + month * 100 + date);
}

static gboolean
add_options(const Writing *writing, GVariant *rows, GVariantDict *options, GError **error)
{
	g_autofree gchar *language = cm_agent_answer_guess_language();
	g_autoptr(GVariant) corrected = NULL;
	guint64 session = 0;

	g_variant_dict_insert(options, "language", "s", language);
	g_variant_dict_insert(options, "held-on", "u", get_day(writing->day));
	if (writing->session != NULL) {
		if (!cm_agent_answer_read_number(writing->session, &session, error))
			return FALSE;
		g_variant_dict_insert(options, "session", "t", session);
	}
	if (writing->corrects == NULL)
		return TRUE;
	corrected = pick(rows, writing->corrects, error);
	if (corrected == NULL)
		return FALSE;
	g_variant_dict_insert_value(options, "about", get_id(corrected));
	return TRUE;
}

/* `out_written`: the id of the minutes */
static gboolean
hand_over(CmDBusAgent *agent,
	  GStrv participants,
	  GVariant *options,
	  const CmTypedText *typed,
	  GVariant **out_written,
	  GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();

	return cm_typed_text_check(typed, error) &&
	       cm_agent_pipe_append(list, typed->text, error) >= 0 &&
	       cm_dbus_agent_call_write_minutes_sync(agent, g_variant_new_handle(0),
						     (const gchar *const *)participants, options,
						     list, out_written, NULL, NULL, error);
}

/* as they stand in the list now */
static CmExit
print_written_json(CmDBusAgent *agent, GVariant *written)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_dbus_agent_call_list_minutes_sync(agent, &rows, NULL, &error))
		return cm_changed_print_unshown(error);
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autoptr(GVariant) id = get_id(row);

		if (id == NULL || !g_variant_equal(id, written))
			continue;
		add_json(builder, row, i);
		cm_json_print(builder);
		return CM_EXIT_OK;
	}
	return cm_changed_print_unshown(NULL);
}

CmExit
cm_comodalctl_minutes_run_write(CmComodalctl *cli)
{
	g_auto(Writing) writing = {0};
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_auto(GStrv) participants = NULL;
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_auto(CmTypedText) typed = {0};
	g_autoptr(GVariant) told = NULL;
	g_autoptr(GVariant) written = NULL;
	g_autofree gchar *count = NULL;
	g_autoptr(GError) error = NULL;

	if (!parse_writing(cli, &writing))
		return cli->exit_status;
	if (open_list(cli, &agent, &rows, &error))
		participants = find_participants(agent, &writing, &error);
	if (participants == NULL || !add_options(&writing, rows, &options, &error))
		return cm_agent_answer_report(error);
	if (cm_secret_prompt_is_terminal())
		cm_report_note(N_("The minutes; a line with nothing but a dot ends them:"), NULL);
	typed.text = cm_secret_prompt_read_text(cm_typed_text_get_most(), &error);
	if (typed.text == NULL)
		return cm_agent_answer_report(error);
	told = g_variant_ref_sink(g_variant_dict_end(&options));
	while (!hand_over(agent, participants, told, &typed, &written, &error)) {
		if (!cm_typed_text_mend(&typed, cli, &agent, &error))
			return cm_agent_answer_report(error);
	}
	if (cli->json)
		return print_written_json(agent, written);
	count = g_strdup_printf("%u", g_strv_length(participants));
	cm_agent_answer_print(N_("Signed, and sealed for you and the colleagues who took part: "
				 "{0}. Parents get what you send them: “comodalctl minutes save” "
				 "writes the text to a file."),
			      count, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- listing */

static void
add_row(CmTable *table, GVariant *row, gsize place)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GSIZE_FORMAT, place + 1);
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "held-on"));
	g_autofree gchar *participants = join_participants(row);
	g_autofree gchar *about =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "about"));
	g_autofree gchar *remark = NULL;

	if (!get_flag(row, "holds"))
		cm_terminal_add_row(table, number, "", "", "", _("does not hold"), NULL);
	else {
		if (cm_agent_answer_get_number(row, "about") != 0)
			remark = cm_report_format(N_("corrects {0}"), about, NULL);
		cm_terminal_add_row(table, number, day, get_text(row, "author"), participants,
				    remark != NULL ? remark : "", NULL);
	}
}

static void
print_table(const CmComodalctl *cli, GVariant *rows)
{
	static const gchar *const heads[] = {N_(">No."),          N_("Day"),     N_("Author"),
					     N_("~Who has them"), N_("~Remark"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		add_row(table, row, i);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

static void
print_json(GVariant *rows)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_array(builder);
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		add_json(builder, row, i);
	}
	json_builder_end_array(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_minutes_run_list(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	if (!open_list(cli, &agent, &rows, &error))
		return cm_agent_answer_report(error);
	if (cli->json)
		print_json(rows);
	else if (g_variant_n_children(rows) > 0)
		print_table(cli, rows);
	else
		cm_agent_answer_print(N_("There are no minutes of yours."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- reading */

static CmVaultRecord *
read_text(CmDBusAgent *agent, GVariant *row, GError **error)
{
	g_autoptr(GVariant) id = get_id(row);
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;

	if (!cm_dbus_agent_call_read_minutes_sync(agent, id, NULL, &handle, &list, NULL, error))
		return NULL;
	return cm_agent_answer_read_content(list, handle, "minutes", error);
}

/* what stands above the text, and behind it whatever corrects it: the numbers */
static gchar *
describe(GVariant *row)
{
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "held-on"));
	g_autofree gchar *participants = join_participants(row);
	g_autofree gchar *about =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "about"));
	g_autofree gchar *head = cm_report_format(N_("Minutes of {0}, by {1}. Who has them: {2}"),
						  day, get_text(row, "author"), participants, NULL);
	g_autofree gchar *correction =
	    cm_report_format(N_("They correct minutes {0}."), about, NULL);

	return cm_agent_answer_get_number(row, "about") != 0
		   ? g_strconcat(head, "\n", correction, NULL)
		   : g_steal_pointer(&head);
}

static void
print_corrections(GVariant *rows, guint64 place)
{
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autofree gchar *number = g_strdup_printf("%" G_GSIZE_FORMAT, i + 1);

		if (cm_agent_answer_get_number(row, "about") == place)
			cm_agent_answer_print(N_("Minutes {0} correct these."), number, NULL, NULL);
	}
}

static void
print_content_json(guint64 number, const CmVaultRecord *content)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_int(json, "number", (gint64)number);
	cm_note_json_add_content(json, content);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_minutes_run_show(CmComodalctl *cli)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_autofree gchar *head = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 1, 1, &words))
		return cli->exit_status;
	if (open_list(cli, &agent, &rows, &error))
		row = pick(rows, words[0], &error);
	if (row != NULL)
		content = read_text(agent, row, &error);
	if (content == NULL)
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_content_json(g_ascii_strtoull(words[0], NULL, 10), content);
		return CM_EXIT_OK;
	}
	head = describe(row);
	cm_agent_answer_print("{0}", head, NULL, NULL);
	print_corrections(rows, g_ascii_strtoull(words[0], NULL, 10));
	cm_terminal_print("\n");
	(void)cm_note_text_print(content, INDENT);
	return CM_EXIT_OK;
}

typedef struct {
	const gchar *head;
	const CmVaultRecord *content;
} Saving;

static gboolean
write_file(gint fd, gpointer user_data, GError **error)
{
	const Saving *saving = user_data;

	return cm_content_file_put(fd, saving->head, strlen(saving->head), error) &&
	       cm_content_file_put(fd, "\n\n", 2, error) &&
	       cm_content_file_write(fd, saving->content, error);
}

static void
print_saved_json(const gchar *file)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();
	g_autofree gchar *name = g_filename_display_name(file);

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "written", name);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_minutes_run_save(CmComodalctl *cli)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_autofree gchar *head = NULL;
	g_autoptr(GError) error = NULL;
	Saving saving = {NULL, NULL};
	gboolean to_output = FALSE;

	if (!cm_comodalctl_parse(cli, NULL, 2, 2, &words))
		return cli->exit_status;
	if (open_list(cli, &agent, &rows, &error))
		row = pick(rows, words[0], &error);
	if (row != NULL)
		content = read_text(agent, row, &error);
	if (content == NULL)
		return cm_agent_answer_report(error);
	head = describe(row);
	saving = (Saving){head, content};
	to_output = g_str_equal(words[1], "-");
	if (!(to_output ? write_file(STDOUT_FILENO, &saving, &error)
			: cm_new_file_write(words[1], write_file, &saving, &error)))
		return cm_agent_answer_report(error);
	/* nothing is said behind the text itself */
	if (to_output)
		return CM_EXIT_OK;
	if (cli->json) {
		print_saved_json(words[1]);
		return CM_EXIT_OK;
	}
	cm_agent_answer_print(N_("Written to {0}, as plain text that anybody can read who has it. "
				 "From here on it is in your hands."),
			      words[1], NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- taking away */

static void
print_removed_json(guint64 number)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_int(json, "removed", (gint64)number);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_minutes_run_remove(CmComodalctl *cli)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) id = NULL;
	g_autofree gchar *head = NULL;
	gboolean yes = FALSE;
	g_autoptr(GError) error = NULL;
	const GOptionEntry entries[] = {
	    {"yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do it without asking"), NULL},
	    G_OPTION_ENTRY_NULL};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &words))
		return cli->exit_status;
	if (open_list(cli, &agent, &rows, &error))
		row = pick(rows, words[0], &error);
	if (row == NULL)
		return cm_agent_answer_report(error);
	head = describe(row);
	if (!cli->json)
		cm_agent_answer_print("{0}", head, NULL, NULL);
	if (!cm_report_confirm_shown(cli, yes, _("Take them away, for everyone who has them?")))
		return CM_EXIT_REFUSED;
	id = get_id(row);
	if (!cm_dbus_agent_call_drop_minutes_sync(agent, id, NULL, &error))
		return cm_agent_answer_report(error);
	if (cli->json)
		print_removed_json(g_ascii_strtoull(words[0], NULL, 10));
	else
		cm_agent_answer_print(N_("They are gone, for everyone who had them."), NULL, NULL,
				      NULL);
	return CM_EXIT_OK;
}
