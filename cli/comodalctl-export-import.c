// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/export-contents.h"
#include "cli/new-file.h"
#include "cli/new-folder.h"
#include "cli/report.h"
#include "cli/secret-prompt.h"
#include "daemon/common/person-place.h"
#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* export import: a file that came from elsewhere, and where it is kept */

typedef struct {
	CmExportFile from;
	CmVaultSecret *key;
	CmExportContents contents; /* of what came */
	gchar *organisation;
	guint8 id[CM_VAULT_ID_BYTES];
	gchar *path;
	GStrv words;
} Import;

static void
import_clear(Import *import)
{
	cm_export_file_clear(&import->from);
	cm_vault_secret_free(import->key);
	cm_export_contents_clear(&import->contents);
	g_free(import->organisation);
	g_free(import->path);
	g_strfreev(import->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

/* which export a file says that it is */
static gboolean
read_id(CmExportFile *file, guint8 *out_id, GError **error)
{
	const CmVaultExportSource source = cm_export_file_get_source(file);
	g_autoptr(CmVaultRecord) head = NULL;
	const CmVaultExport *fields = NULL;

	if (!cm_vault_class_set_offered_error(cm_vault_export_reader_get_head(&source, &head),
					      "export", error))
		return FALSE;
	fields = cm_vault_record_get_fields(head, CM_VAULT_KIND_EXPORT);
	memcpy(out_id, fields->export, CM_VAULT_ID_BYTES);
	return TRUE;
}

static gboolean
fail_there(const gchar *path, GError **error)
{
	cm_error_set(error, CM_ERROR_EXISTS, N_("{0} is there already."), path, NULL);
	return FALSE;
}

/* its place in the person's own folder, by what it is: the same one is never kept twice */
static gboolean
find_place(const CmComodalctl *cli, Import *import, GError **error)
{
	g_autofree gchar *own = cm_person_place_dup_folder(cli->session);
	g_autofree gchar *folder = g_build_filename(own, "exports", NULL);
	gchar id[CM_VAULT_ID_BYTES * 2 + 1];
	g_autofree gchar *name = NULL;
	GStatBuf status;

	if (!read_id(&import->from, import->id, error))
		return FALSE;
	name = g_strconcat(sodium_bin2hex(id, sizeof id, import->id, sizeof import->id),
			   ".comodal-export", NULL);
	import->path = g_build_filename(folder, name, NULL);
	/* what an import that was killed left */
	cm_new_folder_sweep(folder);
	if (g_mkdir_with_parents(folder, 0700) == 0)
		/* said before a passphrase is asked for; what comes meanwhile is not written over either */
		return g_lstat(import->path, &status) != 0 || fail_there(import->path, error);
	cm_error_set(error, CM_ERROR_FAILED, N_("{0} can't be written: {1}."), folder,
		     g_strerror(errno), NULL);
	return FALSE;
}

static gboolean
check(CmExportContents *contents,
      CmExportFile *file,
      const Import *import,
      gboolean streams,
      GError **error)
{
	const CmExportQuestion question = {file, import->key, import->organisation};

	return cm_export_contents_check(contents, &question, streams, error);
}

/* what is checked is the copy, whatever becomes of the file meanwhile; it gets its name when it holds */
static gboolean
check_copy(Import *import, CmExportFile *copy, GError **error)
{
	g_auto(CmExportContents) contents = {0};
	guint8 id[CM_VAULT_ID_BYTES];

	if (!read_id(copy, id, error))
		return FALSE;
	return cm_vault_class_set_offered_error(memcmp(id, import->id, sizeof id) == 0
						    ? CM_VAULT_CLASS_OK
						    : CM_VAULT_CLASS_REPLACED,
						"export", error) &&
	       check(&contents, copy, import, copy->folder >= 0, error);
}

static gboolean
keep_file(gint fd, gpointer user_data, GError **error)
{
	Import *import = user_data;
	CmExportFile copy = {fd, -1};

	return cm_export_file_copy(import->words[0], import->from.fd, fd, NULL, error) &&
	       check_copy(import, &copy, error);
}

static gboolean
keep_stream(const Import *import,
	    gint folder,
	    const guint8 *attachment,
	    GCancellable *cancellable,
	    GError **error)
{
	g_autofree gchar *name = cm_vault_export_dup_beside_name(attachment);
	gint from = cm_export_file_open_stream(&import->from, attachment, error);
	gint to = from >= 0 ? cm_new_folder_add(folder, name, error) : -1;
	gboolean good = to >= 0 && cm_export_file_copy(name, from, to, cancellable, error);

	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	return good;
}

static gboolean
keep_folder(gint folder, GCancellable *cancellable, gpointer user_data, GError **error)
{
	Import *import = user_data;
	CmExportFile copy = {cm_new_folder_add(folder, CM_EXPORT_FILE_NAME, error), folder};
	const GPtrArray *streams = import->contents.streams;
	gboolean good = copy.fd >= 0 && cm_export_file_copy(import->words[0], import->from.fd,
							    copy.fd, cancellable, error);

	for (guint i = 0; good && i < streams->len; i++)
		good =
		    keep_stream(import, folder, g_ptr_array_index(streams, i), cancellable, error);
	good = good && check_copy(import, &copy, error);
	if (copy.fd >= 0)
		close(copy.fd);
	return good;
}

/* it has its name when it holds, or nothing is left of it; what else has that name stays, whenever it came */
static gboolean
keep(Import *import, GError **error)
{
	g_autoptr(GError) found = NULL;
	gboolean kept = import->contents.attachments > 0
			    ? cm_new_folder_write(import->path, keep_folder, import, &found)
			    : cm_new_file_write(import->path, keep_file, import, &found);

	if (kept)
		return TRUE;
	if (g_error_matches(found, CM_ERROR, CM_ERROR_EXISTS))
		return fail_there(import->path, error);
	g_propagate_error(error, g_steal_pointer(&found));
	return FALSE;
}

static void
print_json(const Import *import)
{
	g_autofree gchar *kept = g_filename_display_name(import->path);
	g_autoptr(CmNoteJson) json = cm_note_json_new();

	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "kept", kept);
	cm_export_contents_add_json(&import->contents, json);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_export_import_run(CmComodalctl *cli)
{
	g_auto(Import) import = {.from = {-1, -1}};
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
	if (cm_export_file_open(import.words[0], &import.from, &error) &&
	    find_place(cli, &import, &error))
		import.key = cm_export_file_open_key(&import.from, cli, &error);
	if (import.key == NULL || !check(&import.contents, &import.from, &import, FALSE, &error) ||
	    !keep(&import, &error))
		return cm_agent_answer_report(error);
	if (cli->json) {
		print_json(&import);
		return CM_EXIT_OK;
	}
	cm_export_contents_report(&import.contents);
	cm_agent_answer_print(N_("Kept as it came, locked: {0}. Its notes are those of whoever "
				 "signed them; “export read” shows them. Keep the passphrase."),
			      import.path, NULL, NULL);
	return CM_EXIT_OK;
}
