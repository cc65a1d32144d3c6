// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/client.h"
#include "cli/new-file.h"
#include "cli/note-desk.h"
#include "cli/note-text.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/vault/vault-export-reader.h"
#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* export make, read, check, import: a student's file for whoever may have it. To read one takes no agent and no comodald. */

#define INDENT 4

static const gchar *const purposes[] = {"access", "transfer", "copy"};

/* ---- making */

typedef struct {
	CmNoteDesk desk;
	gchar *output;
	gchar *purpose;
	gchar *asked;
	gchar *basis;
	gchar *withhold;
	gchar *request;
	guint64 number;   /* of the request; 0: the only one */
	guint64 answered; /* which one it was written for; 0: none */
	gboolean more;
	CmDay day;
	CmVaultSecret *passphrase;
	gchar *organisation;
} Order;

static void
order_clear(Order *order)
{
	cm_note_desk_clear(&order->desk);
	g_free(order->output);
	g_free(order->purpose);
	g_free(order->asked);
	g_free(order->basis);
	g_free(order->withhold);
	g_free(order->request);
	cm_vault_secret_free(order->passphrase);
	g_free(order->organisation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)

static gboolean
parse_order(CmComodalctl *cli, Order *order)
{
	const GOptionEntry entries[] = {
	    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &order->output,
	     N_("The file to write; it must not be there"), N_("FILE")},
	    {"purpose", 0, 0, G_OPTION_ARG_STRING, &order->purpose, N_("access, transfer or copy"),
	     N_("PURPOSE")},
	    {"asked-on", 0, 0, G_OPTION_ARG_STRING, &order->asked,
	     N_("The day on which it was asked for, unless that is recorded"), N_("DATE")},
	    {"basis", 0, 0, G_OPTION_ARG_STRING, &order->basis,
	     N_("The law or the authorization, for whoever receives it"), N_("TEXT")},
	    {"withhold", 0, 0, G_OPTION_ARG_STRING, &order->withhold,
	     N_("Notes whose texts stay away, with commas; --basis says why"), N_("NUMBERS")},
	    {"request", 0, 0, G_OPTION_ARG_STRING, &order->request,
	     N_("Which recorded request it answers, when several are open"), N_("NUMBER")},
	    {"more", 0, 0, G_OPTION_ARG_NONE, &order->more,
	     N_("Other files follow: the request stays open"), NULL},
	    {"file", 0, 0, G_OPTION_ARG_STRING, &order->desk.file_given,
	     N_("Which file: school, assistance, professional, confidential"), N_("FILE")},
	    G_OPTION_ENTRY_NULL};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &order->desk.words))
		return FALSE;
	if (order->output == NULL || order->purpose == NULL) {
		cli->exit_status = cm_report_usage(cli, N_("Something is missing: {0}"),
						   "--output, --purpose", NULL);
		return FALSE;
	}
	if (g_str_equal(order->output, "-")) {
		cli->exit_status = cm_report_usage(
		    cli, N_("An export is written to a file, not to standard output."), NULL);
		return FALSE;
	}
	if (order->request != NULL && !cm_values_parse_number(cli, "--request", order->request, 1,
							      G_MAXINT64, &order->number)) {
		cli->exit_status = CM_EXIT_USAGE;
		return FALSE;
	}
	return order->asked == NULL ||
	       cm_values_parse_date(cli, "--asked-on", order->asked, &order->day);
}

static gboolean
add_withheld(const Order *order, GVariantDict *options, GError **error)
{
	g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("at"));
	g_auto(GStrv) words = g_strsplit(order->withhold, ",", -1);

	for (guint i = 0; words[i] != NULL; i++) {
		guint64 number = 0;

		if (!cm_agent_answer_read_number(g_strstrip(words[i]), &number, error))
			return FALSE;
		g_variant_builder_add(&list, "t", number);
	}
	g_variant_dict_insert_value(options, "withheld", g_variant_builder_end(&list));
	return TRUE;
}

static gboolean
add_options(const Order *order, GVariantDict *options, GError **error)
{
	gint year = 0;
	gint month = 0;
	gint date = 0;
	guint8 purpose = 0;

	while (purpose < G_N_ELEMENTS(purposes) && !g_str_equal(purposes[purpose], order->purpose))
		purpose++;
	if (purpose == G_N_ELEMENTS(purposes)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is none of the words for this."), order->purpose, NULL);
		return FALSE;
	}
	g_variant_dict_insert(options, "purpose", "y", (guint8)(purpose + 1));
	if (order->asked != NULL) {
		cm_day_get_ymd(order->day, &year, &month, &date);
		g_variant_dict_insert(options, "asked-on", "u",
				      (guint32)(year * 10000 + month * 100 + date));
	}
	g_variant_dict_insert(options, "request", "t", order->number);
	g_variant_dict_insert(options, "basis", "s", order->basis != NULL ? order->basis : "");
	return order->withhold == NULL || add_withheld(order, options, error);
}

static gboolean
write_export(gint fd, gpointer user_data, GError **error)
{
	Order *order = user_data;
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GUnixFDList) in = g_unix_fd_list_new();
	g_autoptr(GUnixFDList) out = NULL;
	g_autoptr(GVariant) handle = NULL;

	if (!add_options(order, &options, error) || g_unix_fd_list_append(in, fd, error) < 0 ||
	    !cm_dbus_agent_call_make_export_sync(
		order->desk.agent, order->desk.case_id, g_variant_new_handle(0),
		g_variant_dict_end(&options), in, &handle, &order->organisation, &order->answered,
		&out, NULL, error))
		return FALSE;
	order->passphrase = cm_agent_pipe_read(out, g_variant_get_handle(handle),
					       CM_AGENT_PIPE_LINE_MAX, NULL, error);
	return order->passphrase != NULL;
}

/* straight from guarded memory: no buffer keeps it, and who sends the output to a file has it in none */
static void
show_passphrase(const CmVaultSecret *passphrase)
{
	g_printerr("\n    ");
	(void)!write(STDERR_FILENO, cm_vault_secret_peek(passphrase),
		     cm_vault_secret_get_length(passphrase));
	g_printerr("\n\n");
}

/* the file has its name and its passphrase was shown: whatever came in between, what was asked for is open, and can be answered again */
static CmExit
answer(const CmComodalctl *cli, const Order *order)
{
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, order->answered);
	g_autoptr(GDBusConnection) bus = NULL;
	g_autoptr(CmDBusDisclosure) disclosure = NULL;
	g_autoptr(GError) error = NULL;

	if (order->answered == 0 || order->more)
		return CM_EXIT_OK;
	bus = cm_client_connect(cli, &error);
	if (bus != NULL)
		disclosure = cm_client_get_disclosure(bus, &error);
	if (disclosure != NULL && cm_dbus_disclosure_call_close_sync(disclosure, order->answered,
								     "answered", NULL, &error))
		return CM_EXIT_OK;
	cm_report_note(N_("The file is whole, but what it answers was not put on record: "
			  "“export close {0} --as answered” does."),
		       number, NULL);
	return cm_agent_answer_report(error);
}

CmExit
cm_comodalctl_export_file_run_make(CmComodalctl *cli)
{
	g_auto(Order) order = {0};
	g_autoptr(GError) error = NULL;

	if (!parse_order(cli, &order))
		return cli->exit_status;
	if (!cm_note_desk_open(cli, &order.desk, FALSE, &error))
		return cm_agent_answer_report(error);
	cm_agent_link_be_patient(order.desk.agent);
	if (!cm_new_file_write(order.output, write_export, &order, &error))
		return cm_agent_answer_report(error);
	cm_report_note(N_("Written to {0}, for whoever has this passphrase. It is shown "
			  "this once; send it by another way than the file:"),
		       order.output, NULL);
	show_passphrase(order.passphrase);
	cm_agent_answer_print(N_("Say whose it is, too; the fingerprint of the organisation is:"),
			      NULL, NULL, NULL);
	cm_agent_answer_print("    {0}", order.organisation, NULL, NULL);
	return answer(cli, &order);
}

/* ---- reading */

static gsize
get(gpointer data, guint8 *out_octets, gsize length)
{
	gsize count = 0;

	while (count < length) {
		gssize got = read(*(gint *)data, out_octets + count, length - count);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		count += (gsize)got;
	}
	return count;
}

static void
rewind_file(gpointer data)
{
	(void)lseek(*(gint *)data, 0, SEEK_SET);
}

/* What is in it: known when all of it was checked, and before any of it is shown. */
typedef struct {
	guint notes;
	GHashTable *texts; /* hashes of the records whose texts are in it */
	const CmVaultPeople *people;
} Contents;

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

static void
count_record(gpointer data, const CmVaultRecord *record)
{
	if (cm_vault_record_get_kind(record) == CM_VAULT_KIND_NOTE)
		((Contents *)data)->notes++;
}

static void
count_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	g_hash_table_add(((Contents *)data)->texts,
			 g_memdup2(cm_vault_record_get_hash(of), CM_VAULT_HASH_BYTES));
}

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

	((Contents *)data)->people = people;
	cm_agent_answer_print(N_("From {0}; asked for on {1}. {2}"), label, asked, basis);
}

static void
print_heading(const Contents *contents, const CmVaultRecord *record, const gchar *format)
{
	const CmVaultNote *note = cm_vault_record_get_fields(record, CM_VAULT_KIND_NOTE);
	g_autofree gchar *number = g_strdup_printf("%" G_GUINT64_FORMAT, note->sequence);
	g_autofree gchar *day = cm_agent_answer_format_date(note->occurred_on);
	g_autofree gchar *author =
	    dup_label(contents->people, note->author, note->author_generation);

	cm_terminal_print("\n");
	cm_agent_answer_print(format, number, day, author);
}

/* whose text was withheld: that it is there */
static void
print_record(gpointer data, const CmVaultRecord *record)
{
	const Contents *contents = data;

	if (cm_vault_record_get_kind(record) != CM_VAULT_KIND_NOTE ||
	    g_hash_table_contains(contents->texts, cm_vault_record_get_hash(record)))
		return;
	print_heading(contents, record, N_("Note {0}, of {1}, by {2}: its text is withheld"));
}

static void
print_text(gpointer data, const CmVaultRecord *of, const CmVaultRecord *content)
{
	if (cm_vault_record_get_kind(of) == CM_VAULT_KIND_NOTE)
		print_heading(data, of, N_("Note {0}, of {1}, by {2}"));
	(void)cm_note_text_print(content, INDENT);
}

/* the stream's key, by the passphrase that is asked for */
static CmVaultSecret *
open_key(const CmVaultExportSource *source, GError **error)
{
	g_autoptr(CmVaultRecord) head = NULL;
	g_autoptr(CmVaultSecret) passphrase = NULL;
	CmVaultSecret *key = NULL;

	if (!cm_vault_class_set_offered_error(cm_vault_export_reader_get_head(source, &head),
					      "export", error))
		return NULL;
	passphrase = cm_secret_prompt_read(_("Passphrase:"), FALSE, error);
	if (passphrase == NULL ||
	    !cm_vault_class_set_offered_error(
		cm_vault_export_open_passphrase(head, cm_vault_secret_peek(passphrase),
						cm_vault_secret_get_length(passphrase), &key),
		"export", error))
		return NULL;
	return key;
}

/* nothing of it is shown before all of it holds */
static gboolean
read_export(gint fd, const gchar *organisation, gboolean show, GError **error)
{
	g_autoptr(GHashTable) with_text =
	    g_hash_table_new_full(hash_hash, hash_equal, g_free, NULL);
	Contents contents = {.texts = with_text};
	const CmVaultExportSource source = {get, rewind_file, &fd};
	const CmVaultExportSink counting = {
	    .record = count_record, .text = count_text, .data = &contents};
	const CmVaultExportSink printing = {
	    .begin = print_begin, .record = print_record, .text = print_text, .data = &contents};
	g_autoptr(CmVaultSecret) key = open_key(&source, error);
	g_autofree gchar *notes = NULL;
	g_autofree gchar *texts = NULL;

	if (key == NULL || !cm_vault_class_set_offered_error(
			       cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
							  organisation, &counting),
			       "export", error))
		return FALSE;
	notes = g_strdup_printf("%u", contents.notes);
	texts = g_strdup_printf("%u", g_hash_table_size(with_text));
	cm_agent_answer_print(
	    N_("It is whole, and signed as it should be. Notes in it: {0}; texts: {1}"), notes,
	    texts, NULL);
	return !show || cm_vault_class_set_offered_error(
			    cm_vault_export_reader_run(&source, cm_vault_secret_peek(key),
						       organisation, &printing),
			    "export", error);
}

static CmExit
run_reading(CmComodalctl *cli, gboolean show)
{
	g_auto(GStrv) words = NULL;
	g_autofree gchar *organisation = NULL;
	gboolean good = FALSE;
	gint fd = -1;
	g_autoptr(GError) error = NULL;
	const GOptionEntry entries[] = {
	    {"organisation", 0, 0, G_OPTION_ARG_STRING, &organisation,
	     N_("Its fingerprint, as the sender told it by another way"), N_("FINGERPRINT")},
	    G_OPTION_ENTRY_NULL};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &words))
		return cli->exit_status;
	if (organisation == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--organisation",
				       NULL);
	cm_secret_prompt_harden();
	fd = g_open(words[0], O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		cm_error_set(&error, CM_ERROR_NOT_FOUND, N_("{0} can't be read."), words[0], NULL);
	else
		good = read_export(fd, organisation, show, &error);
	if (fd >= 0)
		close(fd);
	return good ? CM_EXIT_OK : cm_agent_answer_report(error);
}

CmExit
cm_comodalctl_export_file_run_read(CmComodalctl *cli)
{
	return run_reading(cli, TRUE);
}

CmExit
cm_comodalctl_export_file_run_check(CmComodalctl *cli)
{
	return run_reading(cli, FALSE);
}

/* ---- keeping */

/* One that came from elsewhere, and where it is kept. */
typedef struct {
	gchar *organisation;
	gint from;
	guint8 id[CM_VAULT_ID_BYTES];
	gchar *path;
	GStrv words;
} Import;

static void
import_clear(Import *import)
{
	if (import->from >= 0)
		close(import->from);
	g_free(import->organisation);
	g_free(import->path);
	g_strfreev(import->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

/* which export a file says that it is; nothing of it is checked yet */
static gboolean
read_id(gint fd, guint8 *out_id, GError **error)
{
	const CmVaultExportSource source = {get, rewind_file, &fd};
	g_autoptr(CmVaultRecord) head = NULL;
	const CmVaultExport *fields = NULL;

	if (!cm_vault_class_set_offered_error(cm_vault_export_reader_get_head(&source, &head),
					      "export", error))
		return FALSE;
	fields = cm_vault_record_get_fields(head, CM_VAULT_KIND_EXPORT);
	memcpy(out_id, fields->export, CM_VAULT_ID_BYTES);
	return TRUE;
}

/* its place in the person's own folder, by what it is: the same one is never kept twice */
static gboolean
find_place(const CmComodalctl *cli, Import *import, GError **error)
{
	g_autofree gchar *folder = g_build_filename(
	    g_get_user_data_dir(), cli->session ? "comodal-session" : "comodal", "exports", NULL);
	gchar id[CM_VAULT_ID_BYTES * 2 + 1];
	g_autofree gchar *name = NULL;

	if (!read_id(import->from, import->id, error))
		return FALSE;
	name = g_strconcat(sodium_bin2hex(id, sizeof id, import->id, sizeof import->id),
			   ".comodal-export", NULL);
	import->path = g_build_filename(folder, name, NULL);
	if (g_mkdir_with_parents(folder, 0700) == 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_FAILED, N_("{0} can't be written: {1}."), folder,
		     g_strerror(errno), NULL);
	return FALSE;
}

static gboolean
write_octets(gint fd, const guint8 *octets, gsize length)
{
	while (length > 0) {
		gssize count = write(fd, octets, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return FALSE;
		octets += count;
		length -= (gsize)count;
	}
	return TRUE;
}

static gboolean
copy_file(gint from, gint to, GError **error)
{
	guint8 octets[65536];
	gsize count = sizeof octets;

	rewind_file(&from);
	while (count == sizeof octets) {
		count = get(&from, octets, sizeof octets);
		if (write_octets(to, octets, count))
			continue;
		cm_error_set(error, CM_ERROR_FAILED, N_("The file can't be written: {0}."),
			     g_strerror(errno), NULL);
		return FALSE;
	}
	return TRUE;
}

/* what is checked is the copy, whatever becomes of the file meanwhile; it gets its name when it holds */
static gboolean
keep(gint fd, gpointer user_data, GError **error)
{
	const Import *import = user_data;
	guint8 id[CM_VAULT_ID_BYTES];

	if (!copy_file(import->from, fd, error) || !read_id(fd, id, error))
		return FALSE;
	return cm_vault_class_set_offered_error(memcmp(id, import->id, sizeof id) == 0
						    ? CM_VAULT_CLASS_OK
						    : CM_VAULT_CLASS_REPLACED,
						"export", error) &&
	       read_export(fd, import->organisation, FALSE, error);
}

/* the copy: it has its name when it holds, or nothing is left of it; what else has that name stays, whenever it came */
static gboolean
keep_copy(Import *import, GError **error)
{
	g_autoptr(GError) found = NULL;

	if (cm_new_file_write(import->path, keep, import, &found))
		return TRUE;
	if (!g_error_matches(found, CM_ERROR, CM_ERROR_EXISTS)) {
		g_propagate_error(error, g_steal_pointer(&found));
		return FALSE;
	}
	cm_error_set(error, CM_ERROR_EXISTS, N_("{0} is there already."), import->path, NULL);
	return FALSE;
}

CmExit
cm_comodalctl_export_file_run_import(CmComodalctl *cli)
{
	g_auto(Import) import = {.from = -1};
	g_autoptr(GError) error = NULL;
	const GOptionEntry entries[] = {
	    {"organisation", 0, 0, G_OPTION_ARG_STRING, &import.organisation,
	     N_("Its fingerprint, as the sender told it by another way"), N_("FINGERPRINT")},
	    G_OPTION_ENTRY_NULL};

	if (!cm_comodalctl_parse(cli, entries, 1, 1, &import.words))
		return cli->exit_status;
	if (import.organisation == NULL)
		return cm_report_usage(cli, N_("Something is missing: {0}"), "--organisation",
				       NULL);
	cm_secret_prompt_harden();
	import.from = g_open(import.words[0], O_RDONLY | O_CLOEXEC, 0);
	if (import.from < 0)
		cm_error_set(&error, CM_ERROR_NOT_FOUND, N_("{0} can't be read."), import.words[0],
			     NULL);
	if (error != NULL || !find_place(cli, &import, &error) || !keep_copy(&import, &error))
		return cm_agent_answer_report(error);
	cm_agent_answer_print(N_("Kept as it came, locked: {0}. Its notes are those of whoever "
				 "signed them; “export read” shows them. Keep the passphrase."),
			      import.path, NULL, NULL);
	return CM_EXIT_OK;
}
