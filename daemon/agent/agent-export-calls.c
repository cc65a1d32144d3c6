// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-export-calls.h"

#include "daemon/agent/agent-disclosure.h"
#include "daemon/agent/agent-export.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/agent/agent-values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
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

static CmVaultSecret *
make(CmAgentNotes *notes, const CmAgentCall *call, gint fd, guint64 *out_answered, GError **error)
{
	g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 2);
	g_autoptr(GVariant) withheld =
	    g_variant_lookup_value(options, "withheld", G_VARIANT_TYPE("at"));
	CmAgentExportOrder order = {.purpose = CM_VAULT_PURPOSE_ACCESS, .basis = ""};
	g_auto(CmAgentDisclosure) disclosure = {0};
	CmVaultSecret *passphrase = NULL;

	if (withheld != NULL)
		order.withheld =
		    g_variant_get_fixed_array(withheld, &order.n_withheld, sizeof(guint64));
	if (!find_disclosure(notes, options, &order, &disclosure, error))
		return NULL;
	order.beside = take_beside(call, options);
	passphrase = cm_agent_export_make(notes, &order, fd, error);
	if (order.beside >= 0)
		close(order.beside);
	if (passphrase != NULL)
		*out_answered = disclosure.number;
	return passphrase;
}

GVariant *
cm_agent_export_calls_run_make(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(CmVaultSecret) passphrase = NULL;
	g_autofree gchar *organisation = NULL;
	guint8 id[CM_VAULT_ID_BYTES];
	guint64 answered = 0;
	gint handle = -1;
	gint fd = take_output(call, error);

	if (fd < 0)
		return NULL;
	if (cm_agent_values_take_id(call, 0, FALSE, id, error) &&
	    cm_agent_notes_begin(&notes, calls->keys, calls->comodald, call->cancellable, error) &&
	    cm_agent_notes_open(&notes, id, error))
		organisation = dup_organisation(calls, call, error);
	if (organisation != NULL)
		passphrase = make(&notes, call, fd, &answered, error);
	close(fd);
	if (passphrase == NULL)
		return NULL;
	handle = cm_agent_pipe_append(call->out_list, passphrase, error);
	return handle >= 0 ? g_variant_new("(hst)", handle, organisation, answered) : NULL;
}
