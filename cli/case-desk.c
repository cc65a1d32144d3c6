// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/case-desk.h"

#include "cli/agent-answer.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/note-desk.h"
#include "cli/secret-prompt.h"
#include "cli/who.h"
#include "daemon/agenda/document.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* ---- what is there */

/* the students of a document of cases, each once, as the roster lists them */
static JsonNode *
gather_students(JsonNode *document)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GHashTable) seen =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	JsonArray *cases = cm_json_get_array(json_node_get_object(document), "cases");

	json_builder_begin_array(builder);
	for (guint i = 0; i < cm_json_get_length(cases); i++) {
		JsonObject *one = cm_json_get_element(cases, i);
		gint64 number = cm_json_get_int(one, "student");

		if (!g_hash_table_add(seen, g_memdup2(&number, sizeof number)))
			continue;
		json_builder_begin_object(builder);
		cm_document_add_int(builder, "number", number);
		cm_document_add_string(builder, "id", cm_json_get_string(one, "reference"));
		cm_document_add_string(builder, "name", cm_json_get_string(one, "name"));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	return json_builder_get_root(builder);
}

static GVariant *
make_options(GVariant *deposit)
{
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);

	if (deposit != NULL)
		g_variant_dict_insert_value(&options, "deposit", deposit);
	return g_variant_dict_end(&options);
}

static JsonNode *
list_students(const CmComodalctl *cli, GVariant *deposit, GError **error)
{
	g_autoptr(GDBusConnection) bus = cm_client_connect(cli, error);
	g_autoptr(CmDBusVault) vault = bus != NULL ? cm_client_get_vault(bus, error) : NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (vault == NULL || !cm_dbus_vault_call_list_cases_sync(vault, make_options(deposit), NULL,
								 &handle, &list, NULL, error))
		return NULL;
	document = cm_client_read_json(handle, list, error);
	return document != NULL ? gather_students(document) : NULL;
}

gboolean
cm_case_desk_open(const CmComodalctl *cli, CmCaseDesk *desk, GError **error)
{
	cm_secret_prompt_harden();
	desk->agent = cm_agent_link_open(cli, TRUE, error);
	if (desk->agent == NULL ||
	    !cm_dbus_agent_call_list_cases_sync(desk->agent, &desk->rows, NULL, error))
		return FALSE;
	return cm_case_desk_read_names(cli, desk, NULL, error);
}

gboolean
cm_case_desk_read_names(const CmComodalctl *cli,
			CmCaseDesk *desk,
			GVariant *deposit,
			GError **error)
{
	desk->students = list_students(cli, deposit, error);
	return desk->students != NULL;
}

void
cm_case_desk_clear(CmCaseDesk *desk)
{
	g_clear_object(&desk->agent);
	g_clear_pointer(&desk->rows, g_variant_unref);
	g_clear_pointer(&desk->students, json_node_unref);
}

/* ---- members of a row */

const gchar *
cm_case_desk_get_text(GVariant *row, const gchar *name)
{
	const gchar *text = "";

	(void)g_variant_lookup(row, name, "&s", &text);
	return text;
}

gboolean
cm_case_desk_get_flag(GVariant *row, const gchar *name)
{
	gboolean flag = FALSE;

	(void)g_variant_lookup(row, name, "b", &flag);
	return flag;
}

guint8
cm_case_desk_get_octet(GVariant *row, const gchar *name)
{
	guint8 octet = 0;

	(void)g_variant_lookup(row, name, "y", &octet);
	return octet;
}

GVariant *
cm_case_desk_get_id(GVariant *row)
{
	return g_variant_lookup_value(row, "case", G_VARIANT_TYPE_BYTESTRING);
}

const gchar *
cm_case_desk_get_name(const CmCaseDesk *desk, GVariant *row)
{
	JsonObject *student =
	    cm_find_by_number(desk->students, (gint64)cm_agent_answer_get_number(row, "student"));
	const gchar *title = student != NULL ? cm_find_get_title(student) : NULL;

	return title != NULL ? title : _("a student whom the roster has no more");
}

const gchar *
cm_case_desk_get_reference(const CmCaseDesk *desk, GVariant *row)
{
	JsonObject *student =
	    cm_find_by_number(desk->students, (gint64)cm_agent_answer_get_number(row, "student"));
	const gchar *reference = student != NULL ? cm_json_get_string(student, "id") : NULL;

	return reference != NULL ? reference : "";
}

/* ---- one of them */

JsonObject *
cm_case_desk_find_student(const CmCaseDesk *desk, const gchar *text, GError **error)
{
	JsonObject *student = cm_find_thing_in(desk->students, "student", text, error);

	return student != NULL ? json_object_ref(student) : NULL;
}

/* whether it is what is looked for first */
static gboolean
is_preferred(GVariant *row, const CmCaseWish *wish)
{
	return wish->untaken ? !cm_case_desk_get_flag(row, "taken")
			     : cm_case_desk_get_flag(row, "own");
}

/* which of several is meant: of the preferred ones alone, or all */
static GVariant *
pick(const CmCaseDesk *desk,
     const CmCaseWish *wish,
     guint64 student,
     guint8 file,
     gboolean preferred,
     guint *out_count)
{
	g_autoptr(GVariant) found = NULL;

	*out_count = 0;
	for (gsize i = 0; i < g_variant_n_children(desk->rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(desk->rows, i);

		if (cm_agent_answer_get_number(row, "student") != student ||
		    (file != 0 && cm_case_desk_get_octet(row, "file") != file) ||
		    (preferred && !is_preferred(row, wish)) ||
		    (wish->of != NULL &&
		     cm_who_match(wish->of, cm_case_desk_get_text(row, "responsible")) == 0))
			continue;
		if ((*out_count)++ == 0)
			found = g_variant_ref(row);
	}
	return *out_count == 1 ? g_steal_pointer(&found) : NULL;
}

GVariant *
cm_case_desk_find(const CmCaseDesk *desk, const CmCaseWish *wish, GError **error)
{
	guint8 file = wish->file != NULL ? cm_note_desk_find_file(wish->file, error) : 0;
	g_autoptr(JsonObject) student = NULL;
	guint64 number = 0;
	guint count = 0;
	GVariant *row = NULL;

	if (wish->file != NULL && file == 0)
		return NULL;
	student = cm_case_desk_find_student(desk, wish->student, error);
	if (student == NULL)
		return NULL;
	number = (guint64)cm_json_get_int(student, "number");
	row = pick(desk, wish, number, file, wish->of == NULL || wish->untaken, &count);
	if (row == NULL && count == 0)
		row = pick(desk, wish, number, file, FALSE, &count);
	if (row != NULL)
		return row;
	if (count == 0)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such file of yours."),
			     NULL);
	else
		cm_error_set(
		    error, CM_ERROR_INVALID_INPUT,
		    N_("There are several files about this student: say which, with --file "
		       "FILE or --of COLLEAGUE."),
		    NULL);
	return NULL;
}
