// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/export-contents.h"

#include "cli/agent-answer.h"
#include "cli/note-text.h"
#include "cli/report.h"
#include "cli/terminal.h"

#include <glib/gi18n.h>
#include <string.h>

#define INDENT 4

/* ---- checking */

typedef struct {
	CmExportContents *contents;
	const CmExportQuestion *question;
	gboolean streams;
	GError *wrong; /* with the first attachment that does not hold */
} Checking;

static guint
hash_hash(gconstpointer hash)
{
	guint value = 0;

	memcpy(&value, hash, sizeof value);
	return value;
}

static gboolean
hash_equal(gconstpointer first, gconstpointer second)
{
	return memcmp(first, second, CM_VAULT_HASH_BYTES) == 0;
}

void
cm_export_contents_clear(CmExportContents *self)
{
	g_clear_pointer(&self->texts, g_hash_table_unref);
	g_clear_pointer(&self->streams, g_ptr_array_unref);
	g_clear_pointer(&self->stolen, g_hash_table_unref);
}

static void
count_record(gpointer data, const CmVaultRecord *record)
{
	if (cm_vault_record_get_kind(record) == CM_VAULT_KIND_NOTE)
		((Checking *)data)->contents->notes++;
}

static void
count_stolen(gpointer data, const CmVaultRecord *record)
{
	if (cm_vault_record_get_kind(record) == CM_VAULT_KIND_NOTE)
		g_hash_table_add(((Checking *)data)->contents->stolen,
				 g_memdup2(cm_vault_record_get_hash(record), CM_VAULT_HASH_BYTES));
}

static void
check_stream(Checking *checking,
	     const CmVaultRecord *note,
	     const CmVaultContentAttachment *attachment,
	     guint place)
{
	const CmVaultNote *fields = cm_vault_record_get_fields(note, CM_VAULT_KIND_NOTE);
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, fields->sequence);
	g_autofree gchar *place_text = g_strdup_printf("%u", place);

	if (checking->wrong == NULL &&
	    !cm_export_file_read_attachment(checking->question->file, note, attachment, -1,
					    &checking->wrong))
		cm_report_note(N_("Note {0}, attachment {1}:"), number, place_text, NULL);
}

static void
count_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	Checking *checking = data;
	CmExportContents *contents = checking->contents;
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultContentAttachment *items = fields->attachments.items;

	g_hash_table_add(contents->texts,
			 g_memdup2(cm_vault_record_get_hash(of), CM_VAULT_HASH_BYTES));
	if (cm_vault_record_get_kind(of) != CM_VAULT_KIND_NOTE)
		return;
	for (guint i = 0; i < fields->attachments.count; i++) {
		contents->attachments++;
		g_ptr_array_add(contents->streams,
				g_memdup2(items[i].attachment, CM_VAULT_ID_BYTES));
		if (checking->streams)
			check_stream(checking, of, &items[i], i + 1);
	}
}

gboolean
cm_export_contents_check(CmExportContents *self,
			 const CmExportQuestion *question,
			 gboolean streams,
			 GError **error)
{
	Checking checking = {self, question, streams, NULL};
	const CmVaultExportSink sink = {
	    .record = count_record, .text = count_text, .vouched = count_stolen, .data = &checking};

	self->texts = g_hash_table_new_full(hash_hash, hash_equal, g_free, NULL);
	self->streams = g_ptr_array_new_with_free_func(g_free);
	self->stolen = g_hash_table_new_full(hash_hash, hash_equal, g_free, NULL);
	if (!cm_export_file_read(question->file, question->key, question->organisation, &sink,
				 error)) {
		g_clear_error(&checking.wrong);
		return FALSE;
	}
	if (checking.wrong == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&checking.wrong));
	return FALSE;
}

void
cm_export_contents_report(const CmExportContents *self)
{
	g_autofree gchar *notes = g_strdup_printf("%u", self->notes);
	g_autofree gchar *texts = g_strdup_printf("%u", g_hash_table_size(self->texts));
	g_autofree gchar *attachments = g_strdup_printf("%u", self->attachments);
	g_autofree gchar *stolen = g_strdup_printf("%u", g_hash_table_size(self->stolen));

	cm_agent_answer_print(
	    N_("It is whole, and signed as it should be. Notes in it: {0}; texts: {1}"), notes,
	    texts, NULL);
	if (self->attachments > 0)
		cm_agent_answer_print(
		    N_("Attachments beside it, each whole and as it was signed: {0}"), attachments,
		    NULL, NULL);
	if (g_hash_table_size(self->stolen) > 0)
		cm_agent_answer_print(
		    N_("Notes signed with keys that were stolen since: {0}. That their authors "
		       "wrote them is the word of whoever sent this, and of nobody else."),
		    stolen, NULL, NULL);
}

/* ---- showing */

typedef struct {
	const CmExportContents *contents;
	const CmVaultPeople *people;
	CmNoteJson *json; /* NULL where it is printed for people */
} Printing;

static gchar *
dup_label(const CmVaultPeople *people, const guint8 *person, guint32 generation)
{
	const CmVaultDirectoryEntry *entry = cm_vault_people_find(people, person, generation);

	return g_strndup((const gchar *)entry->label.data, entry->label.length);
}

static void
print_begin(gpointer data,
	    const CmVaultPeople *people,
	    const CmVaultExport *head,
	    const CmVaultManifest *manifest)
{
	g_autofree gchar *label = dup_label(people, head->exporter, head->exporter_generation);
	g_autofree gchar *asked = cm_agent_answer_format_date(manifest->asked_on);
	g_autofree gchar *basis =
	    g_strndup((const gchar *)manifest->basis.data, manifest->basis.length);

	((Printing *)data)->people = people;
	cm_agent_answer_print(N_("From {0}; asked for on {1}. {2}"), label, asked, basis);
}

static void
print_heading(const Printing *printing, const CmVaultRecord *record, const gchar *format)
{
	const CmVaultNote *note = cm_vault_record_get_fields(record, CM_VAULT_KIND_NOTE);
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, note->sequence);
	g_autofree gchar *day = cm_agent_answer_format_date(note->occurred_on);
	g_autofree gchar *author =
	    dup_label(printing->people, note->author, note->author_generation);

	cm_terminal_print("\n");
	cm_agent_answer_print(format, number, day, author);
	if (g_hash_table_contains(printing->contents->stolen, cm_vault_record_get_hash(record)))
		cm_agent_answer_print(N_("Signed with keys that were stolen since."), NULL, NULL,
				      NULL);
}

static gboolean
is_withheld(const Printing *printing, const CmVaultRecord *record)
{
	return cm_vault_record_get_kind(record) == CM_VAULT_KIND_NOTE &&
	       !g_hash_table_contains(printing->contents->texts, cm_vault_record_get_hash(record));
}

/* whose text was withheld: that it is there */
static void
print_record(gpointer data, const CmVaultRecord *record)
{
	const Printing *printing = data;

	if (!is_withheld(printing, record))
		return;
	print_heading(printing, record, N_("Note {0}, of {1}, by {2}: its text is withheld"));
}

/* they were counted, and each note says so */
static void
skip_stolen(gpointer data, const CmVaultRecord *record)
{
}

static void
print_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	if (cm_vault_record_get_kind(of) == CM_VAULT_KIND_NOTE)
		print_heading(data, of, N_("Note {0}, of {1}, by {2}"));
	(void)cm_note_text_print(content, INDENT);
}

gboolean
cm_export_contents_print(const CmExportContents *self,
			 const CmExportQuestion *question,
			 GError **error)
{
	Printing printing = {.contents = self};
	const CmVaultExportSink sink = {.begin = print_begin,
					.record = print_record,
					.text = print_text,
					.vouched = skip_stolen,
					.data = &printing};

	return cm_export_file_read(question->file, question->key, question->organisation, &sink,
				   error);
}

/* ---- the same in JSON */

void
cm_export_contents_add_json(const CmExportContents *self, CmNoteJson *json)
{
	cm_note_json_add_int(json, "notes", self->notes);
	cm_note_json_add_int(json, "texts", g_hash_table_size(self->texts));
	cm_note_json_add_int(json, "attachments", self->attachments);
	cm_note_json_add_int(json, "stolen", g_hash_table_size(self->stolen));
}

static void
add_begin(gpointer data,
	  const CmVaultPeople *people,
	  const CmVaultExport *head,
	  const CmVaultManifest *manifest)
{
	Printing *printing = data;
	g_autofree gchar *label = dup_label(people, head->exporter, head->exporter_generation);
	g_autofree gchar *asked = cm_agent_answer_format_date(manifest->asked_on);
	g_autofree gchar *basis =
	    g_strndup((const gchar *)manifest->basis.data, manifest->basis.length);

	printing->people = people;
	cm_note_json_add_string(printing->json, "from", label);
	cm_note_json_add_string(printing->json, "asked_on", asked);
	cm_note_json_add_string(printing->json, "basis", basis);
	cm_note_json_begin_array(printing->json, "contents");
}

static void
add_heading(const Printing *printing, const CmVaultRecord *record, gboolean withheld)
{
	const CmVaultNote *note = cm_vault_record_get_fields(record, CM_VAULT_KIND_NOTE);
	g_autofree gchar *day = cm_agent_answer_format_date(note->occurred_on);
	g_autofree gchar *author =
	    dup_label(printing->people, note->author, note->author_generation);

	cm_note_json_add_int(printing->json, "note", (gint64)note->sequence);
	cm_note_json_add_string(printing->json, "day", day);
	cm_note_json_add_string(printing->json, "author", author);
	cm_note_json_add_flag(printing->json, "withheld", withheld);
	cm_note_json_add_flag(
	    printing->json, "stolen",
	    g_hash_table_contains(printing->contents->stolen, cm_vault_record_get_hash(record)));
}

static void
add_record(gpointer data, const CmVaultRecord *record)
{
	const Printing *printing = data;

	if (!is_withheld(printing, record))
		return;
	cm_note_json_begin_object(printing->json, NULL);
	add_heading(printing, record, TRUE);
	cm_note_json_end_object(printing->json);
}

static void
add_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	const Printing *printing = data;

	cm_note_json_begin_object(printing->json, NULL);
	if (cm_vault_record_get_kind(of) == CM_VAULT_KIND_NOTE)
		add_heading(printing, of, FALSE);
	cm_note_json_add_content(printing->json, content);
	cm_note_json_end_object(printing->json);
}

gboolean
cm_export_contents_add_texts_json(const CmExportContents *self,
				  const CmExportQuestion *question,
				  CmNoteJson *json,
				  GError **error)
{
	Printing printing = {.contents = self, .json = json};
	const CmVaultExportSink sink = {.begin = add_begin,
					.record = add_record,
					.text = add_text,
					.vouched = skip_stolen,
					.data = &printing};

	if (!cm_export_file_read(question->file, question->key, question->organisation, &sink,
				 error))
		return FALSE;
	cm_note_json_end_array(json);
	return TRUE;
}
