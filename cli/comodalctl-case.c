// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/case-desk.h"
#include "cli/changed.h"
#include "cli/colleague.h"
#include "cli/json.h"
#include "cli/note-desk.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "daemon/agenda/document.h"
#include "daemon/vault/vault-hash.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* case …: who reads which file, by one's own comodal-agent */

#define INDENT 4

/* as in docs/vault-format.md, envelope: rights */
enum { READ = 1, WRITE = 2, COSIGN = 4, COSIGNED = 8 };

/* One run: what was said on the command line. */
typedef struct {
	CmCaseDesk desk;
	gchar **words;
	gchar *file;
	gchar *of;
	gchar *fingerprint;
	gboolean write;
	gboolean cosign;
	gboolean trainee;
	gboolean new_only;
	gboolean keep_reading;
	gboolean all;
	gboolean untaken; /* one that nobody accepted yet is meant */
	gboolean yes;
} Run;

static void
run_clear(Run *run)
{
	cm_case_desk_clear(&run->desk);
	g_strfreev(run->words);
	g_free(run->file);
	g_free(run->of);
	g_free(run->fingerprint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

#define OPTION_FILE                                                                                \
	{                                                                                          \
		"file", 0, 0, G_OPTION_ARG_STRING, &run.file,                                      \
		    N_("Which file: school, assistance, professional, confidential"), N_("FILE")   \
	}
#define OPTION_OF                                                                                  \
	{                                                                                          \
		"of", 0, 0, G_OPTION_ARG_STRING, &run.of,                                          \
		    N_("Whose file: of the colleague who is responsible for it"), N_("COLLEAGUE")  \
	}
#define OPTION_FINGERPRINT                                                                         \
	{                                                                                          \
		"fingerprint", 0, 0, G_OPTION_ARG_STRING, &run.fingerprint,                        \
		    N_("The colleague’s fingerprint, as they gave it to you; nothing is asked"),   \
		    N_("FINGERPRINT")                                                              \
	}
#define OPTION_YES                                                                                 \
	{                                                                                          \
		"yes", 'y', 0, G_OPTION_ARG_NONE, &run.yes, N_("Do not ask"), NULL                 \
	}

static gchar *
format_count(guint64 count)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT, count);
}

/* "3 notes" */
static gchar *
format_notes(guint64 count)
{
	gulong notes = (gulong)MIN(count, G_MAXULONG);

	return g_strdup_printf(ngettext("%lu note", "%lu notes", notes), notes);
}

static gchar *
dup_clean(GVariant *row, const gchar *name)
{
	return cm_terminal_clean(cm_case_desk_get_text(row, name));
}

/* ---- case list */

static const gchar *
describe_case(GVariant *row)
{
	guint8 rights = cm_case_desk_get_octet(row, "rights");

	if (!cm_case_desk_get_flag(row, "holds"))
		return _("can’t be believed: “note list” says why");
	if (cm_case_desk_get_flag(row, "earlier"))
		return _("under your earlier keys: “vault carry-over”");
	if (rights == 0)
		return _("read what was written; nothing new");
	if (!cm_case_desk_get_flag(row, "taken"))
		return cm_case_desk_get_flag(row, "own") ? _("handed over to you; not accepted yet")
							 : _("given to you; not accepted yet");
	if (cm_case_desk_get_flag(row, "own"))
		return _("everything: it is yours");
	if ((rights & COSIGNED) != 0)
		return _("read, and write what is co-signed");
	return (rights & WRITE) != 0 ? _("read and write") : _("read");
}

static void
add_row(CmTable *table, const CmCaseDesk *desk, GVariant *row)
{
	g_autofree gchar *responsible = dup_clean(row, "responsible");
	g_autofree gchar *notes = format_count(cm_agent_answer_get_number(row, "notes"));

	cm_terminal_add_row(table, cm_case_desk_get_name(desk, row),
			    cm_case_desk_get_reference(desk, row),
			    cm_note_desk_name_file(cm_case_desk_get_octet(row, "file")),
			    responsible, notes, describe_case(row), NULL);
}

static void
build_case(JsonBuilder *builder, const CmCaseDesk *desk, GVariant *row)
{
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "student", cm_case_desk_get_name(desk, row));
	cm_document_add_string(builder, "identifier", cm_case_desk_get_reference(desk, row));
	cm_document_add_string(builder, "file",
			       cm_note_desk_get_file_name(cm_case_desk_get_octet(row, "file")));
	cm_document_add_string(builder, "responsible", cm_case_desk_get_text(row, "responsible"));
	cm_document_add_boolean(builder, "holds", cm_case_desk_get_flag(row, "holds"));
	cm_document_add_boolean(builder, "own", cm_case_desk_get_flag(row, "own"));
	cm_document_add_boolean(builder, "accepted", cm_case_desk_get_flag(row, "taken"));
	cm_document_add_int(builder, "rights", cm_case_desk_get_octet(row, "rights"));
	cm_document_add_int(builder, "notes", (gint64)cm_agent_answer_get_number(row, "notes"));
	json_builder_end_object(builder);
}

static void
print_cases(const CmComodalctl *cli, const CmCaseDesk *desk, GPtrArray *rows)
{
	static const gchar *const heads[] = {
	    N_("~Student"), N_("Identifier"), N_("File"), N_("~Responsible"),
	    N_(">Notes"),   N_("~You may"),   NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < rows->len; i++)
		add_row(table, desk, g_ptr_array_index(rows, i));
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), cli->color);
	cm_terminal_print(text);
}

static void
print_cases_json(const CmCaseDesk *desk, GPtrArray *rows)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_begin_array(builder, "files");
	for (guint i = 0; i < rows->len; i++)
		build_case(builder, desk, g_ptr_array_index(rows, i));
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static void
unref_row(gpointer row)
{
	g_variant_unref(row);
}

/* all, or those about one student */
static GPtrArray *
filter(const Run *run, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(unref_row);
	g_autoptr(JsonObject) student = NULL;

	if (run->words[0] != NULL) {
		student = cm_case_desk_find_student(&run->desk, run->words[0], error);
		if (student == NULL)
			return NULL;
	}
	for (gsize i = 0; i < g_variant_n_children(run->desk.rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(run->desk.rows, i);

		if (student == NULL || cm_agent_answer_get_number(row, "student") ==
					   (guint64)cm_json_get_int(student, "number"))
			g_ptr_array_add(rows, g_steal_pointer(&row));
	}
	return g_steal_pointer(&rows);
}

CmExit
cm_comodalctl_case_run_list(CmComodalctl *cli)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(Run) run = {0};
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 0, 1, &run.words))
		return cli->exit_status;
	if (cm_case_desk_open(cli, &run.desk, &error))
		rows = filter(&run, &error);
	if (rows == NULL)
		return cm_agent_answer_report(error);
	if (cli->json)
		print_cases_json(&run.desk, rows);
	else if (rows->len == 0)
		cm_agent_answer_print(N_("There is no file of yours yet: “note write” begins one."),
				      NULL, NULL, NULL);
	else
		print_cases(cli, &run.desk, rows);
	return CM_EXIT_OK;
}

/* ---- the file and the colleague that are meant */

static GVariant *
find_case(CmComodalctl *cli, Run *run, const gchar *student, GError **error)
{
	const CmCaseWish wish = {
	    .student = student, .file = run->file, .untaken = run->untaken, .of = run->of};

	return cm_case_desk_open(cli, &run->desk, error)
		   ? cm_case_desk_find(&run->desk, &wish, error)
		   : NULL;
}

static gboolean
confirm(const CmComodalctl *cli, const Run *run, GVariant *colleague, GError **error)
{
	g_autofree gchar *label = dup_clean(colleague, "label");

	return cm_colleague_confirm(cli, label, cm_case_desk_get_text(colleague, "fingerprint"),
				    run->fingerprint, error);
}

/* ---- case access */

static const gchar *
describe_reader(GVariant *row)
{
	guint8 rights = cm_case_desk_get_octet(row, "rights");

	if (rights == 0)
		return _("access has ended");
	if (!cm_colleague_is_current(row))
		return _("keys not in force: nothing new with the next key");
	if (cm_case_desk_get_flag(row, "responsible"))
		return _("responsible");
	if ((rights & COSIGNED) != 0)
		return (rights & COSIGN) != 0 ? _("reads, writes what is co-signed, and co-signs")
					      : _("reads, and writes what is co-signed");
	if ((rights & COSIGN) != 0)
		return (rights & WRITE) != 0 ? _("reads, writes and co-signs")
					     : _("reads and co-signs");
	return (rights & WRITE) != 0 ? _("reads and writes") : _("reads");
}

static void
append_reader(GString *out, GVariant *row)
{
	g_autofree gchar *label = dup_clean(row, "label");
	g_autofree gchar *notes = format_notes(cm_agent_answer_get_number(row, "notes"));
	g_autofree gchar *line = cm_report_format(N_("{0} – {1}; can read {2}"), label,
						  describe_reader(row), notes, NULL);

	cm_terminal_append_wrapped(out, line, 0, INDENT, cm_terminal_get_width());
	g_string_append_printf(out, "%*s%s\n", INDENT, "",
			       cm_case_desk_get_text(row, "fingerprint"));
}

static void
print_readers_json(GVariant *readers)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_begin_array(builder, "readers");
	for (gsize i = 0; i < g_variant_n_children(readers); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(readers, i);

		json_builder_begin_object(builder);
		cm_document_add_string(builder, "name", cm_case_desk_get_text(row, "label"));
		cm_document_add_string(builder, "fingerprint",
				       cm_case_desk_get_text(row, "fingerprint"));
		cm_document_add_string(builder, "keys", cm_case_desk_get_text(row, "state"));
		cm_document_add_int(builder, "rights", cm_case_desk_get_octet(row, "rights"));
		cm_document_add_int(builder, "notes",
				    (gint64)cm_agent_answer_get_number(row, "notes"));
		cm_document_add_boolean(builder, "responsible",
					cm_case_desk_get_flag(row, "responsible"));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

CmExit
cm_comodalctl_case_run_access(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {OPTION_FILE, OPTION_OF, G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) id = NULL;
	g_autoptr(GVariant) readers = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &run.words))
		return cli->exit_status;
	row = find_case(cli, &run, run.words[0], &error);
	id = row != NULL ? cm_case_desk_get_id(row) : NULL;
	if (id == NULL ||
	    !cm_dbus_agent_call_list_access_sync(run.desk.agent, id, &readers, NULL, &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_readers_json(readers);
		return CM_EXIT_OK;
	}
	for (gsize i = 0; i < g_variant_n_children(readers); i++) {
		g_autoptr(GVariant) reader = g_variant_get_child_value(readers, i);

		append_reader(out, reader);
	}
	cm_terminal_print(out->str);
	return CM_EXIT_OK;
}

/* `said`: a format, {0} is `label`. With --json what “case access” answers then. */
static CmExit
tell(const CmComodalctl *cli, const Run *run, GVariant *id, const gchar *said, const gchar *label)
{
	g_autoptr(GVariant) readers = NULL;
	g_autoptr(GError) error = NULL;

	if (!cli->json) {
		cm_agent_answer_print(said, label, NULL, NULL);
		return CM_EXIT_OK;
	}
	if (!cm_dbus_agent_call_list_access_sync(run->desk.agent, id, &readers, NULL, &error))
		return cm_changed_print_unshown(error);
	print_readers_json(readers);
	return CM_EXIT_OK;
}

/* ---- case share */

static guint8
get_rights(const Run *run)
{
	guint8 rights = READ;

	if (run->write || run->trainee)
		rights |= WRITE;
	if (run->trainee)
		rights |= COSIGNED;
	if (run->cosign)
		rights |= COSIGN;
	return rights;
}

static void
tell_share(const Run *run, GVariant *row, GVariant *colleague)
{
	g_autofree gchar *label = dup_clean(colleague, "label");
	g_autofree gchar *notes = format_notes(cm_agent_answer_get_number(row, "notes"));
	guint8 rights = get_rights(run);

	cm_agent_answer_print(
	    N_("The file about {0} ({1})."), cm_case_desk_get_name(&run->desk, row),
	    cm_note_desk_describe_file(cm_case_desk_get_octet(row, "file")), NULL);
	if (run->new_only)
		cm_agent_answer_print(
		    N_("{0} will be able to read what was written under its present "
		       "key, and what is written from now on."),
		    label, NULL, NULL);
	else
		cm_agent_answer_print(N_("{0} will be able to read all that is signed in it ({1}), "
					 "and what is written from now on."),
				      label, notes, NULL);
	if ((rights & COSIGNED) != 0)
		cm_agent_answer_print(N_("They will be able to write notes that somebody has to "
					 "co-sign."),
				      NULL, NULL, NULL);
	else if ((rights & WRITE) != 0)
		cm_agent_answer_print(N_("They will be able to write notes under their own name."),
				      NULL, NULL, NULL);
	if ((rights & COSIGN) != 0)
		cm_agent_answer_print(N_("They will be able to co-sign."), NULL, NULL, NULL);
	cm_agent_answer_print(
	    N_("They won’t be able to change what is signed, to see anybody’s "
	       "drafts, or to give the file to others. What they have read can’t be "
	       "taken back; “case end-access” ends it for what comes."),
	    NULL, NULL, NULL);
}

static gboolean
check_own(GVariant *row, GError **error)
{
	gboolean own = FALSE;
	gboolean taken = FALSE;

	if (g_variant_lookup(row, "own", "b", &own) && own &&
	    g_variant_lookup(row, "taken", "b", &taken) && taken)
		return TRUE;
	cm_error_set(error, CM_ERROR_ACCESS_DENIED,
		     N_("Only whoever is responsible for this file says who reads it."), NULL);
	return FALSE;
}

CmExit
cm_comodalctl_case_run_share(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {
	    OPTION_FILE,
	    {"write", 0, 0, G_OPTION_ARG_NONE, &run.write, N_("To write in it too"), NULL},
	    {"cosign", 0, 0, G_OPTION_ARG_NONE, &run.cosign, N_("To co-sign"), NULL},
	    {"trainee", 0, 0, G_OPTION_ARG_NONE, &run.trainee,
	     N_("To write what somebody has to co-sign"), NULL},
	    {"new-only", 0, 0, G_OPTION_ARG_NONE, &run.new_only,
	     N_("Not what was written under earlier keys of the file"), NULL},
	    OPTION_FINGERPRINT,
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) id = NULL;
	g_autoptr(GVariant) colleague = NULL;
	g_autofree gchar *label = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &run.words))
		return cli->exit_status;
	if (run.trainee && (run.write || run.cosign))
		return cm_report_usage(cli,
				       N_("Whose notes have to be co-signed neither writes by "
					  "themselves nor co-signs: --trainee stands alone."),
				       NULL);
	row = find_case(cli, &run, run.words[0], &error);
	if (row != NULL)
		colleague = cm_colleague_choose(run.desk.agent, run.words[1], &error);
	if (colleague == NULL)
		return cm_agent_answer_report(error);
	/* what the agent would refuse after the promise and the question */
	if (!check_own(row, &error))
		return cm_agent_answer_report(error);
	if (!cli->json)
		tell_share(&run, row, colleague);
	id = cm_case_desk_get_id(row);
	if (!confirm(cli, &run, colleague, &error) ||
	    !cm_dbus_agent_call_share_sync(run.desk.agent, id,
					   cm_case_desk_get_text(colleague, "fingerprint"),
					   get_rights(&run), !run.new_only, NULL, &error))
		return cm_agent_answer_report(error);
	label = dup_clean(colleague, "label");
	return tell(cli, &run, id,
		    N_("Given. {0} finds it with “comodalctl case list”, and accepts it with "
		       "“comodalctl case accept”."),
		    label);
}

/* ---- case end-access */

static GVariant *
find_reader(const Run *run, GVariant *id, const gchar *text, GError **error)
{
	g_autoptr(GVariant) readers = NULL;

	return cm_dbus_agent_call_list_access_sync(run->desk.agent, id, &readers, NULL, error)
		   ? cm_colleague_find(readers, text, error)
		   : NULL;
}

CmExit
cm_comodalctl_case_run_end_access(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {OPTION_FILE, OPTION_YES, G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) id = NULL;
	g_autoptr(GVariant) reader = NULL;
	g_autofree gchar *label = NULL;
	g_autofree gchar *notes = NULL;
	g_autofree gchar *question = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 2, 2, &run.words))
		return cli->exit_status;
	row = find_case(cli, &run, run.words[0], &error);
	id = row != NULL ? cm_case_desk_get_id(row) : NULL;
	if (id != NULL)
		reader = find_reader(&run, id, run.words[1], &error);
	if (reader == NULL)
		return cm_agent_answer_report(error);
	label = dup_clean(reader, "label");
	notes = format_notes(cm_agent_answer_get_number(reader, "notes"));
	question = cm_report_format(N_("{0} keeps what they could read until now ({1}), and "
				       "will read nothing of what "
				       "is written from now on. End their access?"),
				    label, notes, NULL);
	if (!cm_report_confirm(run.yes, question))
		return CM_EXIT_REFUSED;
	if (!cm_dbus_agent_call_end_access_sync(
		run.desk.agent, id, cm_case_desk_get_text(reader, "fingerprint"), NULL, &error))
		return cm_agent_answer_report(error);
	return tell(cli, &run, id, N_("Ended: the file has a new key, which {0} does not have."),
		    label);
}

/* ---- case hand-over */

static gboolean
is_about(const Run *run, GVariant *row, GError **error)
{
	for (guint i = 1; run->words[i] != NULL; i++) {
		g_autoptr(JsonObject) student =
		    cm_case_desk_find_student(&run->desk, run->words[i], error);

		if (student == NULL)
			return FALSE;
		if (cm_agent_answer_get_number(row, "student") ==
		    (guint64)cm_json_get_int(student, "number"))
			return TRUE;
	}
	return run->words[1] == NULL;
}

/* one's own files, all or about those students; `out_names`: of the students */
static GVariant *
gather_cases(const Run *run, GPtrArray *names, GError **error)
{
	g_auto(GVariantBuilder) ids = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aay"));
	g_autoptr(GError) local = NULL;

	for (gsize i = 0; local == NULL && i < g_variant_n_children(run->desk.rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(run->desk.rows, i);
		g_autoptr(GVariant) id = cm_case_desk_get_id(row);

		if (!cm_case_desk_get_flag(row, "own") || !cm_case_desk_get_flag(row, "taken") ||
		    !is_about(run, row, &local))
			continue;
		g_variant_builder_add_value(&ids, id);
		g_ptr_array_add(names, g_strdup(cm_case_desk_get_name(&run->desk, row)));
	}
	if (local != NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	if (names->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no file that you are responsible for among these."),
			     NULL);
		return NULL;
	}
	return g_variant_ref_sink(g_variant_builder_end(&ids));
}

static void
tell_hand_over(const Run *run, const gchar *label, GPtrArray *names)
{
	g_autofree gchar *count = format_count(names->len);

	if (names->len == 1)
		cm_agent_answer_print(N_("One file becomes {0}’s, with all that is signed in it:"),
				      label, NULL, NULL);
	else
		cm_agent_answer_print(N_("{1} files, all of them or none, become {0}’s, with all "
					 "that is signed in them:"),
				      label, count, NULL);
	for (guint i = 0; i < names->len; i++)
		cm_agent_answer_print("  {0}", g_ptr_array_index(names, i), NULL, NULL);
	if (run->keep_reading)
		cm_agent_answer_print(N_("You go on reading what is written in them, and no longer "
					 "write."),
				      NULL, NULL, NULL);
	else
		cm_agent_answer_print(
		    N_("You keep what you could read until now, and will read nothing "
		       "of what is written from now on. Drafts of yours that are not "
		       "signed are not handed over: sign them first."),
		    NULL, NULL, NULL);
}

static void
print_handed_over_json(const GPtrArray *names, const gchar *label)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "to", label);
	cm_document_begin_array(builder, "students");
	for (guint i = 0; i < names->len; i++)
		json_builder_add_string_value(builder, g_ptr_array_index(names, i));
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	cm_json_print(builder);
}

static gboolean
hand_over(CmComodalctl *cli, Run *run, GError **error)
{
	g_autoptr(GVariant) colleague = NULL;
	g_autoptr(GVariant) ids = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree gchar *label = NULL;

	if (!cm_case_desk_open(cli, &run->desk, error))
		return FALSE;
	colleague = cm_colleague_choose(run->desk.agent, run->words[0], error);
	ids = colleague != NULL ? gather_cases(run, names, error) : NULL;
	if (ids == NULL)
		return FALSE;
	label = dup_clean(colleague, "label");
	if (!cli->json)
		tell_hand_over(run, label, names);
	if (!confirm(cli, run, colleague, error) ||
	    !cm_dbus_agent_call_hand_over_sync(run->desk.agent, ids,
					       cm_case_desk_get_text(colleague, "fingerprint"),
					       run->keep_reading, NULL, error))
		return FALSE;
	if (cli->json) {
		print_handed_over_json(names, label);
		return TRUE;
	}
	cm_agent_answer_print(
	    N_("Handed over. {0} finds them with “comodalctl case list”; with “case "
	       "accept” each gets a new key that you do not have."),
	    label, NULL, NULL);
	return TRUE;
}

CmExit
cm_comodalctl_case_run_hand_over(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {{"all", 0, 0, G_OPTION_ARG_NONE, &run.all,
					 N_("All files that you are responsible for"), NULL},
					{"keep-reading", 0, 0, G_OPTION_ARG_NONE, &run.keep_reading,
					 N_("Go on reading what is written in them"), NULL},
					OPTION_FINGERPRINT,
					G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, G_MAXUINT, &run.words))
		return cli->exit_status;
	if (run.all == (run.words[1] != NULL))
		return cm_report_usage(cli, N_("Say whose files: students, or --all."), NULL);
	return hand_over(cli, &run, &error) ? CM_EXIT_OK : cm_agent_answer_report(error);
}

/* ---- case accept */

CmExit
cm_comodalctl_case_run_accept(CmComodalctl *cli)
{
	g_auto(Run) run = {0};
	const GOptionEntry entries[] = {OPTION_FILE, OPTION_OF, OPTION_YES, G_OPTION_ENTRY_NULL};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) id = NULL;
	g_autofree gchar *responsible = NULL;
	g_autofree gchar *question = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &run.words))
		return cli->exit_status;
	run.untaken = TRUE;
	row = find_case(cli, &run, run.words[0], &error);
	if (row == NULL)
		return cm_agent_answer_report(error);
	responsible = dup_clean(row, "responsible");
	question = cm_report_format(
	    N_("The file about {0} ({1}), for which {2} answers. Did they tell you that they give "
	       "it to you, and do you accept it?"),
	    cm_case_desk_get_name(&run.desk, row),
	    cm_note_desk_describe_file(cm_case_desk_get_octet(row, "file")), responsible, NULL);
	if (!cm_report_confirm(run.yes, question))
		return CM_EXIT_REFUSED;
	id = cm_case_desk_get_id(row);
	if (!cm_dbus_agent_call_accept_sync(run.desk.agent, id, NULL, &error))
		return cm_agent_answer_report(error);
	return tell(cli, &run, id,
		    cm_case_desk_get_flag(row, "own")
			? N_("Accepted: you are responsible for it now, and it has a new key, "
			     "which whoever handed it over does not have.")
			: N_("Accepted: your agent remembers it from now on."),
		    NULL);
}
