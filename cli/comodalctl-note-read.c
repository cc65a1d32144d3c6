// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/note-desk.h"
#include "cli/note-rows.h"
#include "cli/note-text.h"
#include "cli/note-waiting.h"
#include "cli/secret-prompt.h"
#include "daemon/agent/agent-pipe.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* note list, note show, note history, note search: what is signed */

#define INDENT 4

static GVariant *
list_notes(const CmNoteDesk *desk, GError **error)
{
	GVariant *notes = NULL;

	return cm_dbus_agent_call_list_notes_sync(desk->agent, desk->case_id, &notes, NULL, error)
		   ? notes
		   : NULL;
}

static void
print_rows(const CmComodalctl *cli,
	   const CmNoteDesk *desk,
	   GVariant *notes,
	   GVariant *rows,
	   gboolean history)
{
	if (cli->json)
		cm_note_rows_print_json(desk->file, notes, rows);
	else
		cm_note_rows_print(cli, notes, rows, history);
}

static void
print_unsigned(GVariant *drafts)
{
	g_autofree gchar *count = g_strdup_printf("%" G_GSIZE_FORMAT, g_variant_n_children(drafts));

	if (g_variant_n_children(drafts) > 0)
		cm_agent_answer_print(
		    N_("Not signed yet: {0}; “comodalctl note drafts” shows what."), count, NULL,
		    NULL);
}

CmExit
cm_comodalctl_note_read_run_list(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GVariant) drafts = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_note_desk_parse(cli, &desk, 1))
		return cli->exit_status;
	if (cm_note_desk_open(cli, &desk, FALSE, &error))
		notes = list_notes(&desk, &error);
	if (notes == NULL ||
	    !cm_dbus_agent_call_list_drafts_sync(desk.agent, desk.case_id, &drafts, NULL, &error))
		return cm_agent_answer_report(error);
	if (cli->json || g_variant_n_children(notes) > 0)
		print_rows(cli, &desk, notes, notes, FALSE);
	else
		cm_agent_answer_print(N_("Nothing is signed yet."), NULL, NULL, NULL);
	if (!cli->json)
		print_unsigned(drafts);
	return CM_EXIT_OK;
}

/* ---- one note, and what is about it */

/* those that are about `root`, it among them. CM_ERROR_NOT_FOUND */
static GVariant *
pick_about(GVariant *notes, guint64 root, GError **error)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

	for (guint64 i = root; i <= g_variant_n_children(notes); i++) {
		g_autoptr(GVariant) row = cm_note_rows_find(notes, i);

		if (cm_note_rows_belongs(notes, i, root))
			g_variant_builder_add_value(&rows, row);
	}
	if (root <= g_variant_n_children(notes))
		return g_variant_ref_sink(g_variant_builder_end(&rows));
	g_variant_builder_clear(&rows);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no note of that number."), NULL);
	return NULL;
}

/* a note's content. Returns: (transfer full) */
static CmVaultRecord *
read_note(const CmNoteDesk *desk, GVariant *row, GError **error)
{
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;

	if (!cm_dbus_agent_call_read_note_sync(desk->agent, desk->case_id,
					       cm_agent_answer_get_number(row, "sequence"), NULL,
					       &handle, &list, NULL, error))
		return NULL;
	return cm_agent_answer_read_content(list, handle, "note", error);
}

static void
print_heading(GVariant *notes, GVariant *row)
{
	g_autofree gchar *number =
	    g_strdup_printf("%" G_GUINT64_FORMAT, cm_agent_answer_get_number(row, "sequence"));
	g_autofree gchar *day =
	    cm_agent_answer_format_date(cm_agent_answer_get_date(row, "occurred-on"));
	g_autofree gchar *remark = cm_note_rows_format_remark(notes, row);
	const gchar *author = "";

	(void)g_variant_lookup(row, "author", "&s", &author);
	cm_agent_answer_print(N_("Note {0}: {1}, of {2}"), number,
			      gettext(cm_note_rows_get_kind(row)), day);
	cm_agent_answer_print("{0}", author, NULL, NULL);
	if (*remark != '\0')
		cm_agent_answer_print("{0}", remark, NULL, NULL);
}

static gboolean
show_notes(const CmNoteDesk *desk, GVariant *notes, GVariant *rows, GError **error)
{
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autoptr(CmVaultRecord) content = read_note(desk, row, error);

		if (content == NULL)
			return FALSE;
		if (i > 0)
			cm_agent_answer_print("", NULL, NULL, NULL);
		print_heading(notes, row);
		cm_agent_answer_print("", NULL, NULL, NULL);
		(void)cm_note_text_print(content, INDENT);
	}
	return TRUE;
}

static gboolean
show_notes_as_json(const CmNoteDesk *desk, GVariant *notes, GVariant *rows, GError **error)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "file", cm_note_desk_get_file_name(desk->file));
	cm_note_json_begin_array(json, "notes");
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autoptr(CmVaultRecord) content = read_note(desk, row, error);

		if (content == NULL)
			return FALSE;
		cm_note_json_begin_object(json, NULL);
		cm_note_rows_add_json(json, notes, row);
		cm_note_json_add_content(json, content);
		cm_note_json_end_object(json);
	}
	cm_note_json_end_array(json);
	cm_note_json_end_object(json);
	return TRUE;
}

CmExit
cm_comodalctl_note_read_run_show(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;

	if (!cm_note_desk_parse(cli, &desk, 2))
		return cli->exit_status;
	if (cm_agent_answer_read_number(desk.words[1], &sequence, &error) &&
	    cm_note_desk_open(cli, &desk, FALSE, &error))
		notes = list_notes(&desk, &error);
	if (notes != NULL)
		rows = pick_about(notes, sequence, &error);
	if (rows == NULL || !(cli->json ? show_notes_as_json(&desk, notes, rows, &error)
					: show_notes(&desk, notes, rows, &error)))
		return cm_agent_answer_report(error);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_note_read_run_history(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;
	guint64 sequence = 0;

	if (!cm_note_desk_parse(cli, &desk, 2))
		return cli->exit_status;
	if (cm_agent_answer_read_number(desk.words[1], &sequence, &error) &&
	    cm_note_desk_open(cli, &desk, FALSE, &error))
		notes = list_notes(&desk, &error);
	if (notes != NULL)
		rows = pick_about(notes, cm_note_rows_find_root(notes, sequence), &error);
	if (rows == NULL)
		return cm_agent_answer_report(error);
	print_rows(cli, &desk, notes, rows, TRUE);
	return CM_EXIT_OK;
}

/* ---- searching */

/* those rows whose place is among `found` */
static GVariant *
pick_found(GVariant *notes, GVariant *found)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	gsize count = 0;
	const guint64 *places = g_variant_get_fixed_array(found, &count, sizeof *places);

	for (gsize i = 0; i < count; i++) {
		g_autoptr(GVariant) row = cm_note_rows_find(notes, places[i]);

		if (row != NULL)
			g_variant_builder_add_value(&rows, row);
	}
	return g_variant_ref_sink(g_variant_builder_end(&rows));
}

CmExit
cm_comodalctl_note_read_run_search(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(CmVaultSecret) words = NULL;
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_autoptr(GVariant) notes = NULL;
	g_autoptr(GVariant) found = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_note_desk_parse(cli, &desk, 1))
		return cli->exit_status;
	if (cm_note_desk_open(cli, &desk, FALSE, &error))
		words = cm_secret_prompt_read(_("Words:"), TRUE, &error);
	if (words != NULL && cm_agent_pipe_append(list, words, &error) >= 0 &&
	    cm_dbus_agent_call_search_sync(desk.agent, desk.case_id, g_variant_new_handle(0), list,
					   &found, NULL, NULL, &error))
		notes = list_notes(&desk, &error);
	if (notes == NULL)
		return cm_agent_answer_report(error);
	rows = pick_found(notes, found);
	if (cli->json || g_variant_n_children(rows) > 0)
		print_rows(cli, &desk, notes, rows, FALSE);
	else
		cm_agent_answer_print(N_("No signed note has these words."), NULL, NULL, NULL);
	return CM_EXIT_OK;
}

/* ---- what waits */

CmExit
cm_comodalctl_note_read_run_waiting(CmComodalctl *cli)
{
	g_autoptr(CmDBusAgent) agent = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) left = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, NULL, 0, 0, NULL))
		return cli->exit_status;
	agent = cm_agent_link_open(cli, TRUE, &error);
	if (agent == NULL ||
	    !cm_dbus_agent_call_list_waiting_sync(agent, &rows, &left, NULL, &error) ||
	    !cm_note_waiting_print(cli, rows, left, &error))
		return cm_agent_answer_report(error);
	return g_variant_n_children(left) > 0 ? CM_EXIT_REFUSED : CM_EXIT_OK;
}
