// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-waiting.h"

#include "cli/agent-answer.h"
#include "cli/json.h"
#include "cli/left-files.h"
#include "cli/note-desk.h"
#include "cli/note-rows.h"
#include "cli/note-rules.h"
#include "cli/terminal.h"

#include <glib/gi18n.h>

/* the cases that comodald lists, for the students' names */
static JsonNode *
list_cases(const CmComodalctl *cli, GError **error)
{
	g_autoptr(CmDBusVault) vault = cm_note_rules_get_vault(cli, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (vault == NULL ||
	    !cm_dbus_vault_call_list_cases_sync(vault, g_variant_new("a{sv}", NULL), NULL, &handle,
						&descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static const gchar *
find_name(JsonNode *document, GVariant *row)
{
	JsonArray *cases = cm_json_get_array(json_node_get_object(document), "cases");

	for (guint i = 0; i < cm_json_get_length(cases); i++) {
		JsonObject *one = cm_json_get_element(cases, i);

		if (cm_json_get_int(one, "student") ==
			(gint64)cm_agent_answer_get_number(row, "student") &&
		    cm_json_get_string(one, "name") != NULL)
			return cm_json_get_string(one, "name");
	}
	return "?";
}

static guint8
get_file(GVariant *row)
{
	guint8 file = 0;

	(void)g_variant_lookup(row, "file", "y", &file);
	return file >= 1 && file <= 4 ? file : 1;
}

static gboolean
is_own(GVariant *row)
{
	gboolean own = FALSE;

	(void)g_variant_lookup(row, "own", "b", &own);
	return own;
}

static void
add_left(CmNoteJson *json, JsonNode *document, GVariant *left)
{
	cm_note_json_begin_array(json, "left");
	for (gsize i = 0; i < g_variant_n_children(left); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(left, i);
		g_autofree gchar *reason = cm_left_files_describe(row);

		cm_note_json_begin_object(json, NULL);
		cm_note_json_add_string(json, "student", find_name(document, row));
		cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(get_file(row)));
		cm_note_json_add_string(json, "error", cm_case_desk_get_text(row, "error"));
		cm_note_json_add_string(json, "reason", reason);
		cm_note_json_end_object(json);
	}
	cm_note_json_end_array(json);
}

static void
print_json(JsonNode *document, GVariant *rows, GVariant *left)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_begin_array(json, "waiting");
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		cm_note_json_begin_object(json, NULL);
		cm_note_json_add_string(json, "student", find_name(document, row));
		cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(get_file(row)));
		cm_note_json_add_flag(json, "own", is_own(row));
		/* there is no co-signature to look for */
		cm_note_rows_add_json(json, rows, row);
		cm_note_json_end_object(json);
	}
	cm_note_json_end_array(json);
	add_left(json, document, left);
	cm_note_json_end_object(json);
}

/* those of one sort in a table; nothing when there is none */
static void
print_sort(const CmComodalctl *cli,
	   JsonNode *document,
	   GVariant *rows,
	   gboolean own,
	   const gchar *title)
{
	static const gchar *const heads[] = {N_("Student"), N_("File"),   N_(">No."),
					     N_("Day"),     N_("Author"), NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;
	guint count = 0;

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autofree gchar *number = g_strdup_printf(
		    "%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "sequence"));
		g_autofree gchar *day =
		    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
		const gchar *author = "";

		if (is_own(row) != own)
			continue;
		(void)g_variant_lookup(row, "author", "&s", &author);
		cm_terminal_add_row(table, find_name(document, row),
				    cm_note_desk_get_file_name(get_file(row)), number, day, author,
				    NULL);
		count++;
	}
	if (count == 0)
		return;
	cm_agent_answer_print(title, NULL, NULL, NULL);
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

gboolean
cm_note_waiting_print(const CmComodalctl *cli, GVariant *rows, GVariant *left, GError **error)
{
	g_autoptr(JsonNode) document = list_cases(cli, error);

	if (document == NULL)
		return FALSE;
	if (cli->json) {
		print_json(document, rows, left);
		return TRUE;
	}
	if (g_variant_n_children(rows) == 0)
		cm_agent_answer_print(N_("No note waits for a co-signature."), NULL, NULL, NULL);
	print_sort(cli, document, rows, FALSE,
		   N_("For you to read and co-sign (“comodalctl note cosign”):"));
	print_sort(cli, document, rows, TRUE,
		   N_("Yours, unfinished until whoever supervises you co-signs:"));
	cm_left_files_tell(cli, N_("Files that do not hold, in which notes may wait: {0}."), left,
			   NULL);
	return TRUE;
}
