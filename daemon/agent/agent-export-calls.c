// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-export-calls.h"

#include "daemon/agent/agent-access.h"
#include "daemon/agent/agent-disclosure.h"
#include "daemon/agent/agent-enrolment.h"
#include "daemon/agent/agent-export.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/agent/agent-values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* a descriptor of this kind (S_IF…), the caller's to close; what is written to a pipe or a socket waits for whoever reads it, for as long as
 * it likes */
static gint
take_descriptor(const CmAgentCall *call, gint handle, mode_t kind)
{
	struct stat status;
	gint fd = -1;

	if (call->in_list != NULL && handle >= 0 &&
	    handle < g_unix_fd_list_get_length(call->in_list))
		fd = g_unix_fd_list_get(call->in_list, handle, NULL);
	if (fd >= 0 && fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == kind)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static gint
take_output(const CmAgentCall *call, GError **error)
{
	gint handle = -1;
	gint fd = -1;

	g_variant_get_child(call->parameters, 1, "h", &handle);
	fd = take_descriptor(call, handle, S_IFREG);
	if (fd < 0)
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The descriptor of a file is expected."), NULL);
	return fd;
}

/* where attachments go; -1: nowhere */
static gint
take_beside(const CmAgentCall *call, GVariant *options)
{
	gint handle = -1;

	return g_variant_lookup(options, "beside", "h", &handle)
		   ? take_descriptor(call, handle, S_IFDIR)
		   : -1;
}

/* the organisation's first key, by which whoever receives it is told whose it is */
static gchar *
dup_organisation(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_autoptr(GBytes) key =
	    cm_agent_comodald_get_key(calls->comodald, call->cancellable, error);

	return key != NULL ? cm_vault_hash_dup_fingerprint(g_bytes_get_data(key, NULL), NULL)
			   : NULL;
}

/* what is recorded of who asked for it stands before what the caller says */
static gboolean
find_disclosure(const CmAgentNotes *notes,
		GVariant *options,
		CmAgentExportOrder *order,
		CmAgentDisclosure *out_disclosure,
		GError **error)
{
	guint64 number = 0;

	(void)g_variant_lookup(options, "purpose", "y", &order->purpose);
	(void)g_variant_lookup(options, "asked-on", "u", &order->asked_on);
	(void)g_variant_lookup(options, "basis", "&s", &order->basis);
	(void)g_variant_lookup(options, "request", "t", &number);
	if (!cm_agent_disclosure_find(notes->comodald, notes->case_id, order->purpose, number,
				      order->asked_on, order->basis, notes->cancellable,
				      out_disclosure, error))
		return FALSE;
	order->asked_on = out_disclosure->since;
	order->basis = out_disclosure->basis;
	return TRUE;
}

/* for whom it is locked: a colleague's key in force, or one that was given, in `key`; else `out_key` is NULL */
static gboolean
find_recipient(const CmAgentNotes *notes,
	       GVariant *options,
	       guint8 key[CM_VAULT_KEY_BYTES],
	       const guint8 **out_key,
	       GError **error)
{
	g_autoptr(GVariant) given = g_variant_lookup_value(options, "key", G_VARIANT_TYPE("ay"));
	const CmVaultDirectoryEntry *entry = NULL;
	const gchar *fingerprint = NULL;
	gconstpointer octets = NULL;
	gsize length = CM_VAULT_KEY_BYTES;

	*out_key = key;
	if (g_variant_lookup(options, "to", "&s", &fingerprint)) {
		entry = cm_agent_access_find_colleague(notes->people, fingerprint, error);
		if (entry != NULL)
			memcpy(key, entry->box_key, CM_VAULT_KEY_BYTES);
		return entry != NULL;
	}
	if (given == NULL) {
		*out_key = NULL;
		return TRUE;
	}
	octets = g_variant_get_fixed_array(given, &length, 1);
	if (length == CM_VAULT_KEY_BYTES) {
		memcpy(key, octets, CM_VAULT_KEY_BYTES);
		return TRUE;
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("This is no key."), NULL);
	return FALSE;
}

/* What was made: a pipe for the passphrase, if there is one, and what it answers. */
typedef struct {
	CmVaultSecret *passphrase;
	guint64 answered;
} Made;

static void
made_clear(Made *made)
{
	cm_vault_secret_free(made->passphrase);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Made, made_clear)

static gboolean
make(CmAgentNotes *notes, const CmAgentCall *call, gint fd, Made *made, GError **error)
{
	g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 2);
	g_autoptr(GVariant) withheld =
	    g_variant_lookup_value(options, "withheld", G_VARIANT_TYPE("at"));
	CmAgentExportOrder order = {.purpose = CM_VAULT_PURPOSE_ACCESS, .basis = ""};
	g_auto(CmAgentDisclosure) disclosure = {0};
	guint8 recipient[CM_VAULT_KEY_BYTES];
	gboolean good = FALSE;

	if (withheld != NULL)
		order.withheld =
		    g_variant_get_fixed_array(withheld, &order.n_withheld, sizeof(guint64));
	if (!find_recipient(notes, options, recipient, &order.recipient_key, error) ||
	    !find_disclosure(notes, options, &order, &disclosure, error))
		return FALSE;
	order.beside = take_beside(call, options);
	good = cm_agent_export_make(notes, &order, fd, &made->passphrase, error);
	if (order.beside >= 0)
		close(order.beside);
	made->answered = disclosure.number;
	return good;
}

static GVariant *
answer(const CmAgentCall *call, const Made *made, const gchar *organisation, GError **error)
{
	g_auto(GVariantBuilder) passphrase = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("ah"));

	if (made->passphrase != NULL) {
		gint handle = cm_agent_pipe_append(call->out_list, made->passphrase, error);

		if (handle < 0)
			return NULL;
		g_variant_builder_add(&passphrase, "h", handle);
	}
	return g_variant_new("(ahst)", &passphrase, organisation, made->answered);
}

GVariant *
cm_agent_export_calls_run_make(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_auto(Made) made = {0};
	g_autofree gchar *organisation = NULL;
	guint8 id[CM_VAULT_ID_BYTES];
	gboolean good = FALSE;
	gint fd = take_output(call, error);

	if (fd < 0)
		return NULL;
	if (cm_agent_values_take_id(call, 0, FALSE, id, error) &&
	    cm_agent_notes_begin(&notes, calls->keys, calls->comodald, call->cancellable, error) &&
	    cm_agent_notes_open(&notes, id, error))
		organisation = dup_organisation(calls, call, error);
	if (organisation != NULL)
		good = make(&notes, call, fd, &made, error);
	close(fd);
	return good ? answer(call, &made, organisation, error) : NULL;
}

/* ---- for whoever receives one */

/* octets as text, which no line end is cut off from: a pipe in `call`'s answer */
static gint
append_hexadecimal(const CmAgentCall *call, const guint8 *octets, gsize length, GError **error)
{
	g_autoptr(CmVaultSecret) text = cm_vault_secret_new(length * 2 + 1);

	if (text == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return -1;
	}
	sodium_bin2hex((gchar *)cm_vault_secret_get(text), length * 2 + 1, octets, length);
	cm_vault_secret_truncate(text, length * 2);
	return cm_agent_pipe_append(call->out_list, text, error);
}

GVariant *
cm_agent_export_calls_run_open(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	const CmVaultRecord *bundle = cm_agent_keys_get_bundle(calls->keys, error);
	g_autoptr(GVariant) given = g_variant_get_child_value(call->parameters, 0);
	g_autoptr(GBytes) octets = g_variant_get_data_as_bytes(given);
	g_autoptr(CmVaultRecord) head = NULL;
	g_autoptr(CmVaultSecret) key = NULL;
	CmVaultClass found = CM_VAULT_CLASS_OK;
	gint handle = -1;

	if (bundle == NULL)
		return NULL;
	found = cm_vault_record_read(CM_VAULT_KIND_EXPORT, octets, &head);
	if (found == CM_VAULT_CLASS_OK) {
		const CmVaultBundle *own = cm_vault_record_get_fields(bundle, CM_VAULT_KIND_BUNDLE);

		found = cm_vault_export_open_box(head, own->box_secret, &key);
	}
	if (!cm_vault_class_set_offered_error(found, "export", error))
		return NULL;
	handle = append_hexadecimal(call, cm_vault_secret_peek(key),
				    cm_vault_secret_get_length(key), error);
	return handle >= 0 ? g_variant_new("(h)", handle) : NULL;
}

GVariant *
cm_agent_export_calls_run_write_enrolment(CmAgentCalls *calls,
					  const CmAgentCall *call,
					  GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	const CmVaultBundle *own = NULL;
	const CmVaultDirectoryEntry *entry = NULL;
	g_autofree gchar *label = NULL;
	g_autoptr(GBytes) octets = NULL;
	gint handle = -1;

	if (!cm_agent_notes_begin(&notes, calls->keys, calls->comodald, call->cancellable, error))
		return NULL;
	own = cm_vault_record_get_fields(notes.bundle, CM_VAULT_KIND_BUNDLE);
	entry = cm_vault_people_find(notes.people, own->person, own->generation);
	if (entry == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Your keys are not in the directory yet."), NULL);
		return NULL;
	}
	label = cm_agent_values_dup_label(entry);
	if (!cm_vault_class_set_error(
		cm_agent_enrolment_sign(notes.bundle, label,
					(guint64)(g_get_real_time() / G_USEC_PER_SEC), &octets),
		"enrolment", error))
		return NULL;
	handle = append_hexadecimal(call, g_bytes_get_data(octets, NULL), g_bytes_get_size(octets),
				    error);
	return handle >= 0 ? g_variant_new("(h)", handle) : NULL;
}
