// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/export-contents.h"
#include "cli/new-file.h"
#include "cli/note-attachment.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

/* export read, check, save: what somebody exported, without an agent and without comodald */

/* One run. */
typedef struct {
	CmExportFile file;
	CmVaultSecret *key;
	gchar *organisation;
	gchar *output;
	GStrv words;
} Reading;

static void
reading_clear(Reading *reading)
{
	cm_export_file_clear(&reading->file);
	cm_vault_secret_free(reading->key);
	g_free(reading->organisation);
	g_free(reading->output);
	g_strfreev(reading->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static gboolean
parse(CmComodalctl *cli, Reading *reading, const GOptionEntry *entries, gint words)
{
	if (!cm_comodalctl_parse(cli, entries, words, words, &reading->words))
		return FALSE;
	if (reading->organisation != NULL)
		return TRUE;
	cli->exit_status =
	    cm_report_usage(cli, N_("Something is missing: {0}"), "--organisation", NULL);
	return FALSE;
}

static gboolean
open_file(const CmComodalctl *cli, Reading *reading, GError **error)
{
	cm_secret_prompt_harden();
	if (cm_export_file_open(reading->words[0], &reading->file, error))
		reading->key = cm_export_file_open_key(&reading->file, cli, error);
	return reading->key != NULL;
}

/* ---- export read, export check */

/* `question`: NULL, when nothing but how much is in it is wanted */
static CmExit
print_json(const CmExportContents *contents, const CmExportQuestion *question)
{
	g_autoptr(CmNoteJson) json = cm_note_json_new();
	g_autoptr(GError) error = NULL;

	cm_note_json_begin_object(json, NULL);
	cm_export_contents_add_json(contents, json);
	if (question != NULL &&
	    !cm_export_contents_add_texts_json(contents, question, json, &error))
		return cm_agent_answer_report(error);
	cm_note_json_end_object(json);
	return CM_EXIT_OK;
}

/* nothing of it is shown before all of it holds */
static CmExit
run_reading(CmComodalctl *cli, gboolean show)
{
	g_auto(Reading) reading = {.file = {-1, -1}};
	g_auto(CmExportContents) contents = {0};
	CmExportQuestion question = {.file = &reading.file};
	const GOptionEntry entries[] = {
	    {"organisation", 0, 0, G_OPTION_ARG_STRING, &reading.organisation,
	     N_("Its fingerprint, as the sender told it by another way"), N_("FINGERPRINT")},
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;

	if (!parse(cli, &reading, entries, 1))
		return cli->exit_status;
	if (!open_file(cli, &reading, &error))
		return cm_agent_answer_report(error);
	question.key = reading.key;
	question.organisation = reading.organisation;
	if (!cm_export_contents_check(&contents, &question, TRUE, &error))
		return cm_agent_answer_report(error);
	if (cli->json)
		return print_json(&contents, show ? &question : NULL);
	cm_export_contents_report(&contents);
	if (show && !cm_export_contents_print(&contents, &question, &error))
		return cm_agent_answer_report(error);
	return CM_EXIT_OK;
}

CmExit
cm_comodalctl_export_read_run_read(CmComodalctl *cli)
{
	return run_reading(cli, TRUE);
}

CmExit
cm_comodalctl_export_read_run_check(CmComodalctl *cli)
{
	return run_reading(cli, FALSE);
}

/* ---- export save */

/* One attachment of it. */
typedef struct {
	Reading *reading;
	guint64 sequence;
	gint to;             /* -1: what it would be called is all that is wanted */
	gchar *usual;        /* name of a file */
	gboolean found;      /* the note, with its text */
	GHashTable *vouched; /* hashes (GBytes) of notes whose signer's keys were stolen since */
	gboolean stolen;     /* the note is one of them */
	GError *wrong;
} Saving;

static GBytes *
dup_hash(const CmVaultRecord *record)
{
	return g_bytes_new(cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES);
}

static void
take_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	Saving *saving = data;
	const CmVaultContentAttachment *attachment = NULL;
	const CmVaultNote *note = NULL;
	g_autoptr(GBytes) hash = NULL;

	if (saving->found || cm_vault_record_get_kind(of) != CM_VAULT_KIND_NOTE)
		return;
	note = cm_vault_record_get_fields(of, CM_VAULT_KIND_NOTE);
	if (note->sequence != saving->sequence)
		return;
	saving->found = TRUE;
	hash = dup_hash(of);
	saving->stolen = g_hash_table_contains(saving->vouched, hash);
	attachment = cm_note_attachment_find(content, saving->reading->words[2], &saving->wrong);
	if (attachment != NULL && saving->to < 0)
		saving->usual =
		    cm_note_attachment_dup_file_name(content, attachment, saving->sequence);
	else if (attachment != NULL)
		(void)!cm_export_file_read_attachment(&saving->reading->file, of, attachment,
						      saving->to, &saving->wrong);
}

/* before any text is: what is saved says so */
static void
take_stolen(gpointer data, const CmVaultRecord *record)
{
	g_hash_table_add(((Saving *)data)->vouched, dup_hash(record));
}

/* the file's own records hold, and so does the attachment */
static gboolean
go_through(Saving *saving, GError **error)
{
	const CmVaultExportSink sink = {.text = take_text, .vouched = take_stolen, .data = saving};
	Reading *reading = saving->reading;
	g_autoptr(GHashTable) vouched =
	    g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	g_autoptr(GError) found = NULL;
	gboolean good = FALSE;

	saving->found = FALSE;
	saving->vouched = vouched;
	good =
	    cm_export_file_read(&reading->file, reading->key, reading->organisation, &sink, &found);
	saving->vouched = NULL;
	if (good && !saving->found)
		cm_error_set(&found, CM_ERROR_NOT_FOUND, N_("There is no such attachment."), NULL);
	if (found == NULL)
		found = g_steal_pointer(&saving->wrong);
	g_clear_error(&saving->wrong);
	if (found == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&found));
	return FALSE;
}

/* it has its name when all of it was checked */
static gboolean
write_attachment(gint fd, gpointer user_data, GError **error)
{
	Saving *saving = user_data;

	saving->to = fd;
	return go_through(saving, error);
}

static void
print_saved_json(const gchar *path, gboolean stolen)
{
	g_autofree gchar *written = g_filename_display_name(path);
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "written", written);
	cm_note_json_add_flag(json, "stolen", stolen);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_export_read_run_save(CmComodalctl *cli)
{
	g_auto(Reading) reading = {.file = {-1, -1}};
	Saving saving = {.reading = &reading, .to = -1};
	g_autofree gchar *usual = NULL;
	const gchar *path = NULL;
	const GOptionEntry entries[] = {
	    {"organisation", 0, 0, G_OPTION_ARG_STRING, &reading.organisation,
	     N_("Its fingerprint, as the sender told it by another way"), N_("FINGERPRINT")},
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &reading.output,
	     N_("The file to write; it must not be there"), N_("FILE")},
	    G_OPTION_ENTRY_NULL};
	g_autoptr(GError) error = NULL;

	if (!parse(cli, &reading, entries, 3))
		return cli->exit_status;
	if (!cm_agent_answer_read_number(reading.words[1], &saving.sequence, &error) ||
	    !open_file(cli, &reading, &error) || !go_through(&saving, &error))
		return cm_agent_answer_report(error);
	usual = saving.usual;
	path = reading.output != NULL ? reading.output : usual;
	if (!cm_new_file_write(path, write_attachment, &saving, &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_saved_json(path, saving.stolen);
		return CM_EXIT_OK;
	}
	cm_agent_answer_print(N_("Saved as {0}."), path, NULL, NULL);
	if (saving.stolen)
		cm_agent_answer_print(N_("Signed with keys that were stolen since."), NULL, NULL,
				      NULL);
	return CM_EXIT_OK;
}
