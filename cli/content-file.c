// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/content-file.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

gboolean
cm_content_file_put(gint fd, gconstpointer octets, gsize length, GError **error)
{
	const guint8 *next = octets;

	while (length > 0) {
		gssize count = write(fd, next, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0) {
			cm_error_set(error, CM_ERROR_FAILED, N_("The file can't be written: {0}."),
				     g_strerror(errno), NULL);
			return FALSE;
		}
		next += count;
		length -= (gsize)count;
	}
	return TRUE;
}

static gboolean
put_paragraph(gint fd, const CmVaultBytes *text, GError **error)
{
	return text->length == 0 || (cm_content_file_put(fd, text->data, text->length, error) &&
				     cm_content_file_put(fd, "\n", 1, error));
}

gboolean
cm_content_file_write(gint fd, const CmVaultRecord *content, GError **error)
{
	const CmVaultContent *fields = cm_vault_record_get_fields(content, CM_VAULT_KIND_CONTENT);
	const CmVaultSection *sections = fields->sections.items;

	if (!put_paragraph(fd, &fields->title, error))
		return FALSE;
	for (guint i = 0; i < fields->sections.count; i++) {
		if ((i > 0 || fields->title.length > 0) && !cm_content_file_put(fd, "\n", 1, error))
			return FALSE;
		if (!put_paragraph(fd, &sections[i].heading, error) ||
		    !put_paragraph(fd, &sections[i].text, error))
			return FALSE;
	}
	return TRUE;
}
