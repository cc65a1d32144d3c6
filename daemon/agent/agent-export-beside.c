// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-export-beside.h"

#include "daemon/agent/agent-attachment.h"
#include "daemon/common/descriptor-io.h"
#include "daemon/vault/vault-attachment.h"
#include "daemon/vault/vault-export.h"
#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600

/* One stream on its way. */
typedef struct {
	GCancellable *cancellable;
	gint from;
	gint to;   /* -1: it is only checked */
	gint code; /* why it could not be written; 0: it did not come */
} Way;

static gboolean
fail_writing(gint code, GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("The file can't be written: {0}."),
		     g_strerror(code), NULL);
	return FALSE;
}

static gboolean
read_way(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	const Way *way = user_data;

	return cm_descriptor_io_read(way->from, octets, length, CM_AGENT_ATTACHMENT_SECONDS,
				     way->cancellable, out_length) == CM_DESCRIPTOR_IO_DONE;
}

/* whoever wanted it, and stopped, has removed it */
static gboolean
is_wanted(gint fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_nlink > 0;
}

static gboolean
write_way(const guint8 *octets, gsize length, gpointer user_data)
{
	Way *way = user_data;

	way->code = is_wanted(way->to) ? 0 : ENOENT;
	while (way->code == 0 && length > 0) {
		gssize count = write(way->to, octets, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			way->code = errno;
		octets += MAX(count, 0);
		length -= (gsize)MAX(count, 0);
	}
	return way->code == 0;
}

/* what comodald has of it, to the end, is what was signed */
static gboolean
copy_stream(CmAgentNotes *notes,
	    const CmVaultNoteAttachment *named,
	    gint from,
	    gint to,
	    GError **error)
{
	const CmVaultBundle *own = cm_vault_record_get_fields(notes->bundle, CM_VAULT_KIND_BUNDLE);
	const CmVaultAttachment which = {.organisation = own->organisation,
					 .case_id = notes->case_id,
					 .attachment = named->attachment};
	Way way = {notes->cancellable, from, to, 0};
	const CmVaultAttachmentIo io = {read_way, to >= 0 ? write_way : NULL, &way};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	if (!cm_vault_attachment_copy(&which, named->size, &io, &measure, &found)) {
		if (way.code != 0)
			return fail_writing(way.code, error);
		cm_error_set(error, CM_ERROR_FAILED, N_("The attachment can't be handed over."),
			     NULL);
		return FALSE;
	}
	if (found == CM_VAULT_CLASS_OK &&
	    (measure.stream != named->size ||
	     memcmp(measure.digest, named->digest, CM_VAULT_HASH_BYTES) != 0))
		found = CM_VAULT_CLASS_COMMITMENT;
	return cm_vault_class_set_error(found, "attachment", error);
}

static gboolean
copy_one(CmAgentNotes *notes, const CmVaultNoteAttachment *named, gint folder, GError **error)
{
	g_autofree gchar *name = cm_vault_export_dup_beside_name(named->attachment);
	gboolean good = FALSE;
	gint to = -1;
	gint from = cm_agent_comodald_get_attachment(notes->comodald, notes->case_id,
						     named->attachment, notes->cancellable, error);

	if (from < 0)
		return FALSE;
	to = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (to < 0 && errno != EEXIST)
		good = fail_writing(errno, error);
	else
		good = copy_stream(notes, named, from, to, error);
	if (to >= 0)
		close(to);
	close(from);
	return good;
}

static const CmVaultList *
get_named(const CmAgentNotes *notes, guint64 sequence)
{
	const CmVaultNote *note = cm_vault_record_get_fields(
	    cm_vault_case_get_note(cm_agent_case_get(notes->about), sequence), CM_VAULT_KIND_NOTE);

	return &note->attachments;
}

gboolean
cm_agent_export_beside_copy(CmAgentNotes *notes, guint64 sequence, gint folder, GError **error)
{
	const CmVaultList *named = get_named(notes, sequence);
	const CmVaultNoteAttachment *items = named->items;

	for (guint i = 0; i < named->count; i++)
		if (!copy_one(notes, &items[i], folder, error))
			return FALSE;
	return TRUE;
}

guint
cm_agent_export_beside_count(const CmAgentNotes *notes, guint64 sequence)
{
	return get_named(notes, sequence)->count;
}
