// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/note-attachment.h"

#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define ENDING_MAX 8

static gboolean
is_called(const CmVaultContentAttachment *attachment, const gchar *typed)
{
	return attachment->name.length == strlen(typed) &&
	       memcmp(attachment->name.data, typed, attachment->name.length) == 0;
}

const CmVaultContentAttachment *
cm_note_attachment_find(const CmVaultRecord *content, const gchar *typed, GError **error)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultContentAttachment *items = fields->attachments.items;
	const CmVaultContentAttachment *found = NULL;
	guint64 place = 0;

	/* whoever sent the note can't have a number mean another one */
	if (fields->attachments.count > 0 &&
	    g_ascii_string_to_unsigned(typed, 10, 1, fields->attachments.count, &place, NULL))
		return &items[place - 1];
	for (guint i = 0; i < fields->attachments.count; i++) {
		if (!is_called(&items[i], typed))
			continue;
		if (found != NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("There are several attachments of this name: say which by "
					"its number."),
				     NULL);
			return NULL;
		}
		found = &items[i];
	}
	if (found == NULL)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such attachment."), NULL);
	return found;
}

/* ".pdf"; "" where the name ends otherwise */
static gchar *
dup_ending(const CmVaultBytes *name)
{
	gchar ending[ENDING_MAX + 2] = "";
	gsize length = 0;

	while (length < MIN(name->length, sizeof ending - 1) &&
	       g_ascii_isalnum(name->data[name->length - 1 - length]))
		length++;
	if (length == 0 || length + 1 >= name->length || length > ENDING_MAX ||
	    name->data[name->length - 1 - length] != '.')
		return g_strdup("");
	memcpy(ending, name->data + name->length - 1 - length, length + 1);
	return g_strdup(ending);
}

gchar *
cm_note_attachment_dup_file_name(const CmVaultRecord *content,
				 const CmVaultContentAttachment *attachment,
				 guint64 sequence)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultContentAttachment *items = fields->attachments.items;
	g_autofree gchar *ending = dup_ending(&attachment->name);

	return g_strdup_printf("note-%" G_GUINT64_FORMAT "-attachment-%u%s", sequence,
			       (guint)(attachment - items) + 1, ending);
}

GVariant *
cm_note_attachment_pack_id(const CmVaultContentAttachment *attachment)
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, attachment->attachment,
					 CM_VAULT_ID_BYTES, 1);
}
