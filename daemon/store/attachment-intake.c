// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/attachment-intake.h"

#include "daemon/common/descriptor-io.h"
#include "daemon/vault/vault-attachment.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

typedef struct {
	CmAttachmentIntake *intake;
	gint from;
	GCancellable *cancellable;
	GError **error;
} Way;

static gboolean
read_socket(guint8 *octets, gsize length, gsize *out_length, gpointer user_data)
{
	const Way *way = user_data;

	switch (cm_descriptor_io_read(way->from, octets, length, CM_ATTACHMENT_INTAKE_SECONDS,
				      way->cancellable, out_length)) {
	case CM_DESCRIPTOR_IO_DONE:
		return TRUE;
	case CM_DESCRIPTOR_IO_CANCELLED:
		cm_error_set(way->error, CM_ERROR_CANCELLED, N_("The operation was cancelled."),
			     NULL);
		return FALSE;
	case CM_DESCRIPTOR_IO_LATE:
	case CM_DESCRIPTOR_IO_BROKEN:
	default:
		cm_error_set(way->error, CM_ERROR_INVALID_INPUT,
			     N_("What was to be read did not come."), NULL);
		return FALSE;
	}
}

static gboolean
write_file(const guint8 *octets, gsize length, gpointer user_data)
{
	const Way *way = user_data;

	return cm_attachment_folder_write(way->intake->fd, octets, length, way->error);
}

static gboolean
take_measure(CmAttachmentIntake *self,
	     CmVaultClass found,
	     const CmVaultAttachmentMeasure *measure,
	     GError **error)
{
	self->stream.size = measure->stream;
	memcpy(self->stream.digest, measure->digest, sizeof self->stream.digest);
	return found == CM_VAULT_CLASS_LIMIT
		   ? cm_attachment_folder_fail_room(error)
		   : cm_vault_class_set_offered_error(found, "attachment", error);
}

gboolean
cm_attachment_intake_take(CmAttachmentIntake *self,
			  const gchar *folder,
			  gint fd,
			  const CmVaultAttachment *which,
			  guint64 most,
			  GCancellable *cancellable,
			  GError **error)
{
	Way way = {self, fd, cancellable, error};
	const CmVaultAttachmentIo io = {read_socket, write_file, &way};
	CmVaultAttachmentMeasure measure = {0};
	CmVaultClass found = CM_VAULT_CLASS_OK;

	self->fd = -1;
	if (!cm_attachment_folder_begin(folder, self->stream.kept_as, &self->fd, error))
		return FALSE;
	self->folder = g_strdup(folder);
	/* its ends say what is wrong with them */
	return cm_vault_attachment_copy(which, most, &io, &measure, &found) &&
	       take_measure(self, found, &measure, error) &&
	       cm_attachment_folder_sync(self->fd, error);
}

void
cm_attachment_intake_release(CmAttachmentIntake *self)
{
	if (self->folder != NULL)
		close(self->fd);
	g_clear_pointer(&self->folder, g_free);
}

void
cm_attachment_intake_clear(CmAttachmentIntake *self)
{
	if (self->folder != NULL)
		cm_attachment_folder_abandon(self->folder, self->stream.kept_as);
	cm_attachment_intake_release(self);
}
