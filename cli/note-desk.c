// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-desk.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/case-desk.h"
#include "cli/client.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/note-rows.h"
#include "cli/secret-prompt.h"
#include "cli/values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_OPTIONS 16

static const gchar *const file_names[] = {"school", "assistance", "professional", "confidential",
					  NULL};
static const gchar *const file_words[] = {N_("school record"), N_("special assistance"),
					  N_("professional file of the institution"),
					  N_("confidential professional file")};
static const gchar *const file_short[] = {NC_("file", "school"), NC_("file", "assistance"),
					  NC_("file", "institution"), NC_("file", "confidential")};
static const gchar *const kind_names[] = {"opening", "progress",      "evaluation",
					  "plan",    "communication", "consent",
					  "summary", "closing",       NULL};

void
cm_note_desk_clear(CmNoteDesk *desk)
{
	g_clear_object(&desk->agent);
	g_clear_pointer(&desk->case_id, g_variant_unref);
	g_free(desk->name);
	g_free(desk->reference);
	g_free(desk->file_given);
	g_free(desk->of_given);
	g_free(desk->kind_given);
	g_free(desk->on_given);
	g_free(desk->draft_given);
	g_free(desk->at_given);
	g_free(desk->name_given);
	g_free(desk->output_given);
	g_free(desk->template_given);
	g_strfreev(desk->words);
}

/* which verbs have an option */
static gboolean
has(const gchar *verb, const gchar *verbs)
{
	g_auto(GStrv) list = g_strsplit(verbs, " ", 0);

	return g_strv_contains((const gchar *const *)list, verb);
}

gboolean
cm_note_desk_parse(CmComodalctl *cli, CmNoteDesk *desk, guint count)
{
	const gchar *verb = strchr(cli->verb->name, ' ') + 1;
	const struct {
		const gchar *verbs; /* NULL: all */
		GOptionEntry entry;
	} options[] = {
	    {NULL,
	     {"file", 0, 0, G_OPTION_ARG_STRING, &desk->file_given,
	      N_("Which file: school, assistance, professional, confidential"), N_("FILE")}},
	    {NULL,
	     {"of", 0, 0, G_OPTION_ARG_STRING, &desk->of_given,
	      N_("Whose file: of the colleague who is responsible for it"), N_("COLLEAGUE")}},
	    {"write amend",
	     {"on", 0, 0, G_OPTION_ARG_STRING, &desk->on_given, N_("The day it tells of"),
	      N_("DATE")}},
	    {"write amend",
	     {"at", 0, 0, G_OPTION_ARG_STRING, &desk->at_given,
	      N_("The session of that day that it tells of, by its hour; “none”"), N_("HOUR")}},
	    {"write",
	     {"kind", 0, 0, G_OPTION_ARG_STRING, &desk->kind_given,
	      N_("progress, opening, evaluation, plan, communication, consent, summary, closing"),
	      N_("KIND")}},
	    {"write",
	     {"template", 0, 0, G_OPTION_ARG_STRING, &desk->template_given,
	      N_("Which sections, as “note templates” has them; “none”"), N_("NAME")}},
	    {"write sign drop attach detach",
	     {"draft", 0, 0, G_OPTION_ARG_STRING, &desk->draft_given,
	      N_("Which of several drafts, by its number in “note drafts”"), N_("NUMBER")}},
	    {"attach",
	     {"name", 0, 0, G_OPTION_ARG_STRING, &desk->name_given,
	      N_("What the attachment is called; the file’s name unless it is said"), N_("NAME")}},
	    {"save",
	     {"output", 'o', 0, G_OPTION_ARG_FILENAME, &desk->output_given,
	      N_("The file to make; - is standard output"), N_("FILE")}},
	    {"write amend",
	     {"editor", 'e', 0, G_OPTION_ARG_NONE, &desk->editor,
	      N_("In vim, with nothing of it in any file"), NULL}},
	    {"drop sign", {"yes", 'y', 0, G_OPTION_ARG_NONE, &desk->yes, N_("Do not ask"), NULL}},
	};
	GOptionEntry entries[MOST_OPTIONS + 1] = {G_OPTION_ENTRY_NULL};
	guint used = 0;

	G_STATIC_ASSERT(G_N_ELEMENTS(options) <= MOST_OPTIONS);
	for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
		if (options[i].verbs == NULL || has(verb, options[i].verbs))
			entries[used++] = options[i].entry;
	}
	return cm_comodalctl_parse(cli, entries, count,
				   has(verb, "attach") ? CM_NOTE_DESK_WORDS_MAX : count,
				   &desk->words) &&
	       (desk->on_given == NULL ||
		cm_values_parse_date(cli, "--on", desk->on_given, &desk->day));
}

/* its place in a list of words, from 1; 0 with `error` set. `shown`: the same as a person reads them, which are understood too */
static guint8
find_word(const gchar *word, gchar **words, gchar **shown, GError **error)
{
	g_autofree gchar *all = NULL;

	for (guint i = 0; words[i] != NULL; i++) {
		if (g_str_equal(words[i], word) || g_str_equal(shown[i], word))
			return (guint8)(i + 1);
	}
	all = g_strjoinv(", ", shown);
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is none of the words for this: {1}."),
		     word, all, NULL);
	return 0;
}

guint8
cm_note_desk_find_file(const gchar *word, GError **error)
{
	return find_word(word, (gchar **)file_names, (gchar **)file_names, error);
}

guint8
cm_note_desk_find_kind(const gchar *word, GError **error)
{
	gchar *shown[G_N_ELEMENTS(kind_names)] = {NULL};

	for (guint8 i = 0; kind_names[i] != NULL; i++)
		shown[i] = (gchar *)gettext(cm_note_rows_get_kind_word((guint8)(i + 1)));
	return find_word(word, (gchar **)kind_names, shown, error);
}

const gchar *
cm_note_desk_get_file_name(guint8 file)
{
	return file_names[file - 1];
}

const gchar *
cm_note_desk_describe_file(guint8 file)
{
	return gettext(file_words[file - 1]);
}

const gchar *
cm_note_desk_name_file(guint8 file)
{
	return g_dpgettext2(NULL, "file", file_short[file - 1]);
}

/* a file that a colleague gave, or one about a student whom the roster does not show to this person */
static gboolean
open_given(const CmComodalctl *cli, CmNoteDesk *desk, GError **error)
{
	g_auto(CmCaseDesk) cases = {0};
	const CmCaseWish wish = {
	    .student = desk->words[0], .file = desk->file_given, .of = desk->of_given};
	g_autoptr(GVariant) row = NULL;

	if (cm_case_desk_open(cli, &cases, error))
		row = cm_case_desk_find(&cases, &wish, error);
	if (row == NULL)
		return FALSE;
	desk->name = g_strdup(cm_case_desk_get_name(&cases, row));
	desk->student = (gint64)cm_agent_answer_get_number(row, "student");
	desk->case_id = cm_case_desk_get_id(row);
	desk->file = cm_case_desk_get_octet(row, "file");
	desk->agent = g_steal_pointer(&cases.agent);
	return TRUE;
}

static gboolean
call_open(CmNoteDesk *desk, gboolean begin, GError **error)
{
	return cm_dbus_agent_call_open_case_sync(desk->agent, (guint64)desk->student,
						 desk->reference, desk->file, begin, &desk->case_id,
						 &desk->file, NULL, error);
}

/* what is written anew stands in a file already */
static gboolean
open_file(CmNoteDesk *desk, gboolean beginning, GError **error)
{
	g_autoptr(GError) local = NULL;

	if (call_open(desk, FALSE, &local))
		return TRUE;
	if (beginning && desk->draft_given == NULL && cm_error_is(local, CM_ERROR_NOT_FOUND))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

gboolean
cm_note_desk_begin(CmNoteDesk *desk, GError **error)
{
	return desk->case_id != NULL || call_open(desk, TRUE, error);
}

gboolean
cm_note_desk_open(const CmComodalctl *cli, CmNoteDesk *desk, gboolean beginning, GError **error)
{
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusRoster) roster = NULL;
	g_autoptr(JsonObject) student = NULL;
	g_autoptr(GError) local = NULL;

	cm_secret_prompt_harden();
	if (desk->file_given != NULL) {
		desk->file = cm_note_desk_find_file(desk->file_given, error);
		if (desk->file == 0)
			return FALSE;
	}
	if (desk->of_given != NULL)
		return open_given(cli, desk, error);
	bus = cm_client_connect(cli, error);
	roster = bus != NULL ? cm_client_get_roster(bus, error) : NULL;
	if (roster == NULL)
		return FALSE;
	student = cm_find_thing(roster, "student", desk->words[0], &local);
	if (student == NULL && cm_error_is(local, CM_ERROR_NOT_FOUND) &&
	    open_given(cli, desk, NULL))
		return TRUE;
	if (student == NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	desk->name = g_strdup(cm_find_get_title(student));
	desk->student = cm_json_get_int(student, "number");
	desk->reference = g_strdup(cm_json_get_string(student, "id"));
	desk->agent = cm_agent_link_open(cli, TRUE, error);
	return desk->agent != NULL && open_file(desk, beginning, error);
}

/* ---- drafts */

GVariant *
cm_note_desk_get_draft(GVariant *row)
{
	return g_variant_lookup_value(row, "draft", G_VARIANT_TYPE_BYTESTRING);
}

GVariant *
cm_note_desk_pick_draft(const CmNoteDesk *desk, guint64 *out_number, GError **error)
{
	g_autoptr(GVariant) drafts = NULL;
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
	if (out_number != NULL)
		*out_number = number;
	return g_variant_get_child_value(drafts, number - 1);
}
