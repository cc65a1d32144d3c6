// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/export-recipient.h"

#include "cli/case-desk.h"
#include "cli/colleague.h"
#include "cli/terminal.h"
#include "daemon/vault/vault-people.h"
#include "include/cm-error.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KEY_FILE_MAX 1024 /* octets of an enrolment (docs/vault-format.md) */

void
cm_export_recipient_clear(CmExportRecipient *self)
{
	g_free(self->to);
	g_free(self->to_key);
	g_free(self->given);
	g_free(self->label);
	g_free(self->fingerprint);
}

gchar *
cm_export_recipient_read(GBytes *octets, CmVaultRecord **out_record, GError **error)
{
	g_autoptr(CmVaultRecord) form = NULL;
	const CmVaultEnrolment *fields = NULL;
	CmVaultClass found = cm_vault_record_read(CM_VAULT_KIND_ENROLMENT, octets, &form);

	/* of whatever organisation: what binds it to somebody is the fingerprint that they tell */
	if (found == CM_VAULT_CLASS_OK) {
		fields = cm_vault_record_get_fields(form, CM_VAULT_KIND_ENROLMENT);
		found = cm_vault_people_check_enrolment(fields->organisation, octets, out_record);
	}
	if (!cm_vault_class_set_offered_error(found, "enrolment", error))
		return NULL;
	fields = cm_vault_record_get_fields(*out_record, CM_VAULT_KIND_ENROLMENT);
	return cm_vault_hash_dup_fingerprint(fields->sign_key, fields->box_key);
}

/* as much of a file as such keys can be, and one octet more: what is longer is refused. (transfer full) */
static GBytes *
read_file(const gchar *path, GError **error)
{
	guint8 octets[KEY_FILE_MAX + 1];
	gint fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	gssize length = fd >= 0 ? read(fd, octets, sizeof octets) : -1;

	if (fd >= 0)
		close(fd);
	if (length >= 0)
		return g_bytes_new(octets, (gsize)length);
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("{0} can't be read."), path, NULL);
	return NULL;
}

static gboolean
find_key(CmExportRecipient *self, GError **error)
{
	g_autofree gchar *label = NULL;
	g_autoptr(GBytes) bytes = read_file(self->to_key, error);
	g_autoptr(CmVaultRecord) record = NULL;
	const CmVaultEnrolment *fields = NULL;

	if (bytes == NULL)
		return FALSE;
	self->fingerprint = cm_export_recipient_read(bytes, &record, error);
	if (self->fingerprint == NULL)
		return FALSE;
	fields = cm_vault_record_get_fields(record, CM_VAULT_KIND_ENROLMENT);
	memcpy(self->key, fields->box_key, sizeof self->key);
	label = g_strndup((const gchar *)fields->label.data, fields->label.length);
	self->label = cm_terminal_clean(label);
	return TRUE;
}

static gboolean
find_colleague(CmExportRecipient *self, CmDBusAgent *agent, GError **error)
{
	g_autoptr(GVariant) found = cm_colleague_choose(agent, self->to, error);

	if (found == NULL)
		return FALSE;
	self->label = cm_terminal_clean(cm_case_desk_get_text(found, "label"));
	self->fingerprint = g_strdup(cm_case_desk_get_text(found, "fingerprint"));
	return TRUE;
}

gboolean
cm_export_recipient_choose(CmExportRecipient *self,
			   const CmComodalctl *cli,
			   CmDBusAgent *agent,
			   GError **error)
{
	gboolean found = FALSE;

	if (self->to == NULL && self->to_key == NULL)
		return TRUE;
	if (self->to != NULL && self->to_key != NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Choose one: {0}"), "--to, --to-key",
			     NULL);
		return FALSE;
	}
	found = self->to != NULL ? find_colleague(self, agent, error) : find_key(self, error);
	return found &&
	       cm_colleague_confirm(cli, self->label, self->fingerprint, self->given, error);
}

void
cm_export_recipient_add(const CmExportRecipient *self, GVariantDict *options)
{
	if (self->to != NULL)
		g_variant_dict_insert(options, "to", "s", self->fingerprint);
	else if (self->to_key != NULL)
		g_variant_dict_insert_value(
		    options, "key",
		    g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, self->key, sizeof self->key, 1));
}
