// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/left-files.h"

#include "cli/agent-answer.h"
#include "cli/json.h"
#include "cli/note-desk.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* whose they are; without comodald's names they are told by the rest */
static void
read_names(const CmComodalctl *cli, CmCaseDesk *desk, GVariant *deposit)
{
	if (!cm_case_desk_read_names(cli, desk, deposit, NULL))
		desk->students = json_node_init_array(json_node_alloc(), json_array_new());
}

gchar *
cm_left_files_describe(GVariant *row)
{
	g_autofree gchar *reason = cm_message_localize(cm_case_desk_get_text(row, "reason"));

	return cm_terminal_clean(reason);
}

void
cm_left_files_tell(const CmComodalctl *cli, const gchar *title, GVariant *left, GVariant *deposit)
{
	g_auto(CmCaseDesk) desk = {0};
	g_autofree gchar *count = g_strdup_printf("%" G_GSIZE_FORMAT, g_variant_n_children(left));

	if (g_variant_n_children(left) == 0)
		return;
	read_names(cli, &desk, deposit);
	cm_agent_answer_print(title, count, NULL, NULL);
	for (gsize i = 0; i < g_variant_n_children(left); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(left, i);
		g_autofree gchar *name = cm_terminal_clean(cm_case_desk_get_name(&desk, row));
		g_autofree gchar *reason = cm_left_files_describe(row);

		cm_agent_answer_print(
		    N_("{0} ({1}): {2}"), name,
		    cm_note_desk_describe_file(cm_case_desk_get_octet(row, "file")), reason);
	}
}

static void
build_row(JsonBuilder *builder, const CmCaseDesk *desk, GVariant *row)
{
	g_autofree gchar *reason = cm_left_files_describe(row);

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "student", cm_case_desk_get_name(desk, row));
	cm_document_add_string(builder, "file",
			       cm_note_desk_get_file_name(cm_case_desk_get_octet(row, "file")));
	cm_document_add_string(builder, "error", cm_case_desk_get_text(row, "error"));
	cm_document_add_string(builder, "reason", reason);
	json_builder_end_object(builder);
}

void
cm_left_files_print_json(const CmComodalctl *cli,
			 guint done,
			 GVariant *left,
			 GVariant *deposit,
			 const CmLeftDrafts *drafts)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_auto(CmCaseDesk) desk = {0};

	read_names(cli, &desk, deposit);
	json_builder_begin_object(builder);
	cm_document_add_int(builder, "done", done);
	cm_document_begin_array(builder, "left");
	for (gsize i = 0; i < g_variant_n_children(left); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(left, i);

		build_row(builder, &desk, row);
	}
	json_builder_end_array(builder);
	if (drafts != NULL) {
		cm_document_add_int(builder, "drafts", drafts->done);
		cm_document_add_int(builder, "drafts_left", drafts->left);
	}
	json_builder_end_object(builder);
	cm_json_print(builder);
}
