// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/agent-answer.h"
#include "cli/agent-link.h"
#include "cli/new-file.h"
#include "cli/note-attachment.h"
#include "cli/note-desk.h"
#include "cli/note-json.h"
#include "cli/output.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/common/descriptor-io.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* note attach, note detach, note save: files that belong to a note, between the person's descriptors and their agent */

#define BUFFER_BYTES 65536
#define MEDIA_TYPE_MAX 127

/* ---- note attach */

/* what is attached; the caller's to close. -1 with `error` set */
static gint
open_input(const gchar *path, GError **error)
{
	gint fd = g_str_equal(path, "-") ? dup(STDIN_FILENO)
					 : g_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);

	if (fd < 0)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("{0} can't be read: {1}."), path,
			     g_strerror(errno), NULL);
	return fd;
}

static gchar *
guess_media_type(const gchar *name)
{
	g_autofree gchar *content_type = g_content_type_guess(name, NULL, 0, NULL);
	g_autofree gchar *media_type = g_content_type_get_mime_type(content_type);

	return media_type != NULL && strlen(media_type) <= MEDIA_TYPE_MAX
		   ? g_steal_pointer(&media_type)
		   : g_strdup("application/octet-stream");
}

static gboolean
add_name(GUnixFDList *list, const gchar *name, GError **error)
{
	g_autoptr(CmVaultSecret) secret = cm_vault_secret_new_copy(name, strlen(name));

	if (secret != NULL)
		return cm_agent_pipe_append(list, secret, error) >= 0;
	cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
	return FALSE;
}

/* what was done, and with how much; `format`: of a name and a size. `json`: NULL, or where it stands instead */
static void
report(CmNoteJson *json, const gchar *format, const gchar *name, guint64 size)
{
	g_autofree gchar *size_text = g_format_size(size);

	if (json == NULL) {
		cm_agent_answer_print(format, name, size_text, NULL);
		return;
	}
	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "name", name);
	cm_note_json_add_int(json, "size", (gint64)size);
	cm_note_json_end_object(json);
}

static gboolean
attach(CmNoteJson *json, const CmNoteDesk *desk, GVariant *draft, const gchar *path, GError **error)
{
	g_autofree gchar *name =
	    desk->name_given != NULL ? g_strdup(desk->name_given) : g_path_get_basename(path);
	g_autofree gchar *media_type = guess_media_type(name);
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	g_autoptr(GVariant) id = NULL;
	guint64 size = 0;
	gint fd = open_input(path, error);
	gboolean good = FALSE;

	if (fd < 0)
		return FALSE;
	g_variant_dict_insert(&options, "media-type", "s", media_type);
	cm_agent_link_be_patient(desk->agent);
	good = add_name(list, name, error) && g_unix_fd_list_append(list, fd, error) >= 0 &&
	       cm_dbus_agent_call_attach_sync(desk->agent, desk->case_id, draft,
					      g_variant_new_handle(0), g_variant_new_handle(1),
					      g_variant_dict_end(&options), list, &id, &size, NULL,
					      NULL, error);
	close(fd);
	if (!good)
		return FALSE;
	report(json, N_("Attached to the draft: {0}, {1}."), name, size);
	return TRUE;
}

/* a name is one file's, and standard input has none */
static gboolean
check_names(const CmNoteDesk *desk, GError **error)
{
	const gchar *const *paths = (const gchar *const *)desk->words + 1;

	if (desk->name_given == NULL && g_strv_contains(paths, "-")) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("What comes by standard input has no name: say it with --name."),
			     NULL);
		return FALSE;
	}
	if (desk->name_given != NULL && paths[1] != NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("--name is one file’s: attach the others without it."), NULL);
		return FALSE;
	}
	return TRUE;
}

/* one after another: those before one that can't be attached are attached */
static gboolean
attach_all(const CmComodalctl *cli, const CmNoteDesk *desk, GVariant *draft, GError **error)
{
	g_autoptr(CmNoteJson) json = cli->json ? cm_note_json_new() : NULL;
	gboolean several = desk->words[2] != NULL;
	gboolean good = TRUE;

	if (json != NULL && several)
		cm_note_json_begin_array(json, NULL);
	for (guint i = 1; good && desk->words[i] != NULL; i++)
		good = attach(json, desk, draft, desk->words[i], error);
	if (json != NULL && several)
		cm_note_json_end_array(json);
	return good;
}

CmExit
cm_comodalctl_note_attachment_run_attach(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) draft = NULL;
	g_autoptr(GError) error = NULL;

	if (!cm_note_desk_parse(cli, &desk, 2))
		return cli->exit_status;
	if (check_names(&desk, &error) && cm_note_desk_open(cli, &desk, FALSE, &error))
		row = cm_note_desk_pick_draft(&desk, NULL, &error);
	if (row == NULL)
		return cm_agent_answer_report(error);
	draft = cm_note_desk_get_draft(row);
	return attach_all(cli, &desk, draft, &error) ? CM_EXIT_OK : cm_agent_answer_report(error);
}

/* ---- note detach */

static void
print_detached(const CmComodalctl *cli, const CmVaultContentAttachment *attachment)
{
	g_autoptr(CmNoteJson) json = cli->json ? cm_note_json_new() : NULL;
	g_autofree gchar *name =
	    g_strndup((const gchar *)attachment->name.data, attachment->name.length);

	if (json == NULL) {
		cm_agent_answer_print(N_("It is not attached any more."), NULL, NULL, NULL);
		return;
	}
	cm_note_json_begin_object(json, NULL);
	cm_note_json_add_string(json, "detached", name);
	cm_note_json_end_object(json);
}

CmExit
cm_comodalctl_note_attachment_run_detach(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) draft = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_autoptr(GError) error = NULL;
	const CmVaultContentAttachment *attachment = NULL;

	if (!cm_note_desk_parse(cli, &desk, 2))
		return cli->exit_status;
	if (cm_note_desk_open(cli, &desk, FALSE, &error))
		row = cm_note_desk_pick_draft(&desk, NULL, &error);
	if (row == NULL)
		return cm_agent_answer_report(error);
	draft = cm_note_desk_get_draft(row);
	if (cm_dbus_agent_call_read_draft_sync(desk.agent, desk.case_id, draft, NULL, &handle,
					       &list, NULL, &error))
		content = cm_agent_answer_read_content(list, handle, "draft", &error);
	if (content != NULL)
		attachment = cm_note_attachment_find(content, desk.words[1], &error);
	if (attachment == NULL ||
	    !cm_dbus_agent_call_detach_sync(desk.agent, desk.case_id, draft,
					    cm_note_attachment_pack_id(attachment), NULL, &error))
		return cm_agent_answer_report(error);
	print_detached(cli, attachment);
	return CM_EXIT_OK;
}

/* ---- note save */

/* One attachment on its way from the agent. */
typedef struct {
	const CmNoteDesk *desk;
	const CmVaultContentAttachment *attachment;
	guint64 sequence;
	GAsyncResult *result;
} Save;

static void
on_saved(GObject *source, GAsyncResult *result, gpointer user_data)
{
	((Save *)user_data)->result = g_object_ref(result);
}

/* all that comes, to the output; what the agent says of it is told behind it */
static gboolean
pump(gint from, gint to)
{
	g_autoptr(CmVaultSecret) buffer = cm_vault_secret_new(BUFFER_BYTES);
	gssize count = buffer != NULL ? 1 : -1;

	while (count > 0) {
		do
			count = read(from, cm_vault_secret_get(buffer), BUFFER_BYTES);
		while (count < 0 && errno == EINTR);
		if (count > 0 &&
		    !cm_output_write_octets(to, cm_vault_secret_peek(buffer), (gsize)count))
			return FALSE;
	}
	return count == 0;
}

static gboolean
begin_saving(Save *save, gint *out_from, GError **error)
{
	g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
	gint ends[2] = {-1, -1};
	gboolean good = cm_descriptor_io_open_pair(ends);

	if (!good)
		cm_error_set(error, CM_ERROR_FAILED, N_("The attachment can't be handed over."),
			     NULL);
	good = good && g_unix_fd_list_append(list, ends[1], error) >= 0;
	cm_agent_link_be_patient(save->desk->agent);
	if (good)
		cm_dbus_agent_call_save_attachment(
		    save->desk->agent, save->desk->case_id, save->sequence,
		    cm_note_attachment_pack_id(save->attachment), g_variant_new_handle(0), list,
		    NULL, on_saved, save);
	if (ends[1] >= 0)
		close(ends[1]);
	if (!good && ends[0] >= 0)
		close(ends[0]);
	*out_from = ends[0];
	return good;
}

static gboolean
write_attachment(gint fd, gpointer user_data, GError **error)
{
	Save *save = user_data;
	gboolean written = FALSE;
	gboolean good = FALSE;
	gint code = 0;
	gint from = -1;

	if (!begin_saving(save, &from, error))
		return FALSE;
	written = pump(from, fd);
	code = errno;
	/* an agent that still writes hears of it */
	close(from);
	while (save->result == NULL)
		g_main_context_iteration(NULL, TRUE);
	if (written)
		good = cm_dbus_agent_call_save_attachment_finish(save->desk->agent, NULL, NULL,
								 save->result, error);
	else
		cm_error_set(error, CM_ERROR_FAILED, N_("The output can't be written: {0}."),
			     g_strerror(code), NULL);
	g_clear_object(&save->result);
	return good;
}

static gboolean
save_attachment(const CmComodalctl *cli,
		const CmNoteDesk *desk,
		const CmVaultRecord *content,
		Save *save,
		GError **error)
{
	g_autofree gchar *usual = NULL;
	const gchar *path = desk->output_given;
	g_autoptr(CmNoteJson) json = cli->json ? cm_note_json_new() : NULL;

	save->attachment = cm_note_attachment_find(content, desk->words[2], error);
	if (save->attachment == NULL)
		return FALSE;
	if (g_strcmp0(path, "-") == 0 && isatty(STDOUT_FILENO)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("An attachment is not for a terminal: say a file with --output."),
			     NULL);
		return FALSE;
	}
	if (g_strcmp0(path, "-") == 0)
		return write_attachment(STDOUT_FILENO, save, error);
	usual = cm_note_attachment_dup_file_name(content, save->attachment, save->sequence);
	path = path != NULL ? path : usual;
	if (!cm_new_file_write(path, write_attachment, save, error))
		return FALSE;
	report(json, N_("Saved as {0}."), path, save->attachment->size);
	return TRUE;
}

CmExit
cm_comodalctl_note_attachment_run_save(CmComodalctl *cli)
{
	g_auto(CmNoteDesk) desk = {0};
	g_autoptr(GUnixFDList) list = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(CmVaultRecord) content = NULL;
	g_autoptr(GError) error = NULL;
	Save save = {.desk = &desk};

	if (!cm_note_desk_parse(cli, &desk, 3))
		return cli->exit_status;
	if (cm_agent_answer_read_number(desk.words[1], &save.sequence, &error) &&
	    cm_note_desk_open(cli, &desk, FALSE, &error) &&
	    cm_dbus_agent_call_read_note_sync(desk.agent, desk.case_id, save.sequence, NULL,
					      &handle, &list, NULL, &error))
		content = cm_agent_answer_read_content(list, handle, "note", &error);
	if (content == NULL || !save_attachment(cli, &desk, content, &save, &error))
		return cm_agent_answer_report(error);
	return CM_EXIT_OK;
}
