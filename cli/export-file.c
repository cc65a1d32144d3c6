// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/export-file.h"

#include "cli/agent-link.h"
#include "cli/output.h"
#include "cli/secret-prompt.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/vault/vault-attachment.h"
#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES 65536

/* ---- opening */

static gboolean
is_of(gint fd, mode_t kind)
{
	struct stat status;

	return fd >= 0 && fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

void
cm_export_file_clear(CmExportFile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->folder >= 0)
		close(file->folder);
	*file = (CmExportFile){-1, -1};
}

gboolean
cm_export_file_open(const gchar *path, CmExportFile *out_file, GError **error)
{
	g_auto(CmExportFile) file = {-1, -1};
	g_autofree gchar *above = g_path_get_dirname(path);

	file.fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	if (is_of(file.fd, S_IFDIR)) {
		file.folder = file.fd;
		file.fd =
		    openat(file.folder, CM_EXPORT_FILE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	} else {
		file.folder = g_open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	}
	if (file.fd < 0 || file.folder < 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("{0} can't be read."), path, NULL);
		return FALSE;
	}
	*out_file = file;
	file = (CmExportFile){-1, -1};
	return TRUE;
}

/* ---- reading */

/* as many as `length` octets, fewer at the end alone; FALSE: errno says why */
static gboolean
read_octets(gint fd, guint8 *octets, gsize length, gsize *out_length)
{
	gsize count = 0;

	while (count < length) {
		gssize got = read(fd, octets + count, length - count);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return FALSE;
		if (got == 0)
			break;
		count += (gsize)got;
	}
	*out_length = count;
	return TRUE;
}

static gsize
get(gpointer data, guint8 *out_octets, gsize length)
{
	gsize count = 0;

	/* what can't be read any more ends there, and is found to be cut */
	return read_octets(((CmExportFile *)data)->fd, out_octets, length, &count) ? count : 0;
}

static void
rewind_file(gpointer data)
{
	(void)lseek(((CmExportFile *)data)->fd, 0, SEEK_SET);
}

CmVaultExportSource
cm_export_file_get_source(CmExportFile *file)
{
	return (CmVaultExportSource){get, rewind_file, file};
}

static CmVaultSecret *
open_with_passphrase(const CmVaultRecord *head, GError **error)
{
	g_autoptr(CmVaultSecret) passphrase = cm_secret_prompt_read(_("Passphrase:"), FALSE, error);
	CmVaultSecret *key = NULL;

	if (passphrase == NULL ||
	    !cm_vault_class_set_offered_error(
		cm_vault_export_open_passphrase(head, cm_vault_secret_peek(passphrase),
						cm_vault_secret_get_length(passphrase), &key),
		"export", error))
		return NULL;
	return key;
}

/* it comes in hexadecimal: a pipe loses line ends */
static CmVaultSecret *
read_key(GUnixFDList *list, GVariant *handle, GError **error)
{
	g_autoptr(CmVaultSecret) text = cm_agent_pipe_read(list, g_variant_get_handle(handle),
							   CM_AGENT_PIPE_LINE_MAX, NULL, error);
	g_autoptr(CmVaultSecret) key = NULL;
	gsize length = 0;

	if (text == NULL)
		return NULL;
	key = cm_vault_secret_new(CM_VAULT_KEY_BYTES);
	if (key != NULL &&
	    sodium_hex2bin(cm_vault_secret_get(key), CM_VAULT_KEY_BYTES,
			   (const gchar *)cm_vault_secret_peek(text),
			   cm_vault_secret_get_length(text), NULL, &length, NULL) == 0 &&
	    length == CM_VAULT_KEY_BYTES)
		return g_steal_pointer(&key);
	cm_error_set(error, CM_ERROR_FAILED, N_("The service answered something unexpected."),
		     NULL);
	return NULL;
}

static CmVaultSecret *
open_with_agent(const CmComodalctl *cli, const CmVaultRecord *head, GError **error)
{
	GBytes *octets = cm_vault_record_get_octets(head);
	g_autoptr(CmDBusAgent) agent = cm_agent_link_open(cli, TRUE, error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) list = NULL;

	if (agent == NULL ||
	    !cm_dbus_agent_call_open_export_sync(
		agent, g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, octets, TRUE), NULL,
		&handle, &list, NULL, error))
		return NULL;
	return read_key(list, handle, error);
}

CmVaultSecret *
cm_export_file_open_key(CmExportFile *file, const CmComodalctl *cli, GError **error)
{
	const CmVaultExportSource source = cm_export_file_get_source(file);
	const CmVaultExport *fields = NULL;
	g_autoptr(CmVaultRecord) head = NULL;

	if (!cm_vault_class_set_offered_error(cm_vault_export_reader_get_head(&source, &head),
					      "export", error))
		return NULL;
	fields = cm_vault_record_get_fields(head, CM_VAULT_KIND_EXPORT);
	return fields->lock == CM_VAULT_LOCK_PASSPHRASE ? open_with_passphrase(head, error)
							: open_with_agent(cli, head, error);
}

gboolean
cm_export_file_read(CmExportFile *file,
		    const CmVaultSecret *key,
		    const gchar *organisation,
		    const CmVaultExportSink *sink,
		    GError **error)
{
	const CmVaultExportSource source = cm_export_file_get_source(file);

	return cm_vault_class_set_offered_error(
	    cm_vault_export_reader_run(&source, cm_vault_secret_peek(key), organisation, sink),
	    "export", error);
}

static gboolean
fail_reading(const gchar *name, gint code, GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("{0} can't be read: {1}."), name, g_strerror(code),
		     NULL);
	return FALSE;
}

static gboolean
fail_writing(gint code, GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("The file can't be written: {0}."),
		     g_strerror(code), NULL);
	return FALSE;
}

gboolean
cm_export_file_copy(const gchar *name,
		    gint from,
		    gint to,
		    GCancellable *cancellable,
		    GError **error)
{
	g_autofree guint8 *octets = g_malloc(BUFFER_BYTES);
	gsize count = BUFFER_BYTES;

	(void)lseek(from, 0, SEEK_SET);
	while (count == BUFFER_BYTES) {
		if (g_cancellable_set_error_if_cancelled(cancellable, error))
			return FALSE;
		if (!read_octets(from, octets, BUFFER_BYTES, &count))
			return fail_reading(name, errno, error);
		if (!cm_output_write_octets(to, octets, count))
			return fail_writing(errno, error);
	}
	return TRUE;
}

/* ---- attachments */

gint
cm_export_file_open_stream(const CmExportFile *file, const guint8 *attachment, GError **error)
{
	g_autofree gchar *name = cm_vault_export_dup_beside_name(attachment);
	gint fd = openat(file->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (is_of(fd, S_IFREG))
		return fd;
	if (fd >= 0)
		close(fd);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("An attachment is missing: {0} is to lie beside the file."), name, NULL);
	return -1;
}

typedef struct {
	gint from;
	gint to;
	gint read_code;  /* why it could not be read */
	gint write_code; /* or written */
} Way;

static gboolean
read_way(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	Way *way = user_data;

	if (read_octets(way->from, octets, length, out_length))
		return TRUE;
	way->read_code = errno;
	return FALSE;
}

static gboolean
write_way(const guint8 *octets, gsize length, gpointer user_data)
{
	Way *way = user_data;

	if (cm_output_write_octets(way->to, octets, length))
		return TRUE;
	way->write_code = errno;
	return FALSE;
}

static gboolean
fail_way(const Way *way, const guint8 *attachment, GError **error)
{
	g_autofree gchar *name = cm_vault_export_dup_beside_name(attachment);

	return way->read_code != 0 ? fail_reading(name, way->read_code, error)
				   : fail_writing(way->write_code, error);
}

/* what the note, which was checked, says of it: a content's attachments are the note's, in its order */
static const CmVaultNoteAttachment *
find_named(const CmVaultNote *note, const guint8 *attachment)
{
	const CmVaultNoteAttachment *items = note->attachments.items;

	for (guint i = 0; i < note->attachments.count; i++)
		if (memcmp(items[i].attachment, attachment, CM_VAULT_ID_BYTES) == 0)
			return &items[i];
	return NULL;
}

static gboolean
open_attachment(const CmVaultNote *note,
		const CmVaultContentAttachment *attachment,
		Way *way,
		GError **error)
{
	const CmVaultAttachment which = {.organisation = note->organisation,
					 .case_id = note->case_id,
					 .attachment = attachment->attachment};
	const CmVaultAttachmentQuestion question = {.which = &which,
						    .key = attachment->key,
						    .size = attachment->size,
						    .named =
							find_named(note, attachment->attachment)};
	const CmVaultAttachmentIo io = {read_way, way->to >= 0 ? write_way : NULL, way};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = question.named != NULL ? CM_VAULT_CLASS_OK : CM_VAULT_CLASS_COMMITMENT;

	if (question.named == NULL || cm_vault_attachment_open(&question, &io, &measure, &found))
		return cm_vault_class_set_offered_error(found, "attachment", error);
	return fail_way(way, attachment->attachment, error);
}

gboolean
cm_export_file_read_attachment(const CmExportFile *file,
			       const CmVaultRecord *note,
			       const CmVaultContentAttachment *attachment,
			       gint to,
			       GError **error)
{
	Way way = {.from = cm_export_file_open_stream(file, attachment->attachment, error),
		   .to = to};
	gboolean good = FALSE;

	if (way.from < 0)
		return FALSE;
	good = open_attachment(cm_vault_record_get_fields(note, CM_VAULT_KIND_NOTE), attachment,
			       &way, error);
	close(way.from);
	return good;
}
