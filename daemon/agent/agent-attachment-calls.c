// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-attachment-calls.h"

#include "daemon/agent/agent-attachment.h"
#include "daemon/agent/agent-pipe.h"
#include "daemon/agent/agent-values.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANY_TYPE "application/octet-stream"

static gboolean
open_case(CmAgentNotes *notes, CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	guint8 id[CM_VAULT_ID_BYTES];

	return cm_agent_values_take_id(call, 0, FALSE, id, error) &&
	       cm_agent_notes_begin(notes, calls->keys, calls->comodald, call->cancellable,
				    error) &&
	       cm_agent_notes_open(notes, id, error);
}

/* the descriptor of an argument, of one of these kinds (S_IF…); the caller's to close */
static gint
take_descriptor(const CmAgentCall *call, gsize index, mode_t one, mode_t two, mode_t three)
{
	struct stat status = {0};
	gint handle = -1;
	gint fd = -1;

	g_variant_get_child(call->parameters, index, "h", &handle);
	if (call->in_list != NULL && handle >= 0 &&
	    handle < g_unix_fd_list_get_length(call->in_list))
		fd = g_unix_fd_list_get(call->in_list, handle, NULL);
	if (fd >= 0 && fstat(fd, &status) == 0 &&
	    ((status.st_mode & S_IFMT) == one || (status.st_mode & S_IFMT) == two ||
	     (status.st_mode & S_IFMT) == three))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

GVariant *
cm_agent_attachment_calls_run_attach(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	g_autoptr(GVariant) options = g_variant_get_child_value(call->parameters, 4);
	g_autoptr(CmVaultSecret) name = NULL;
	CmAgentAttachmentFile file = {.media_type = ANY_TYPE};
	guint8 draft[CM_VAULT_ID_BYTES];
	guint8 id[CM_VAULT_ID_BYTES];
	guint64 size = 0;
	gboolean good = FALSE;
	gint handle = -1;

	g_variant_get_child(call->parameters, 2, "h", &handle);
	name = cm_agent_pipe_read(call->in_list, handle, CM_AGENT_PIPE_LINE_MAX, call->cancellable,
				  error);
	if (name == NULL || !cm_agent_values_take_id(call, 1, FALSE, draft, error) ||
	    !open_case(&notes, calls, call, error))
		return NULL;
	(void)g_variant_lookup(options, "media-type", "&s", &file.media_type);
	file.name = name;
	file.fd = take_descriptor(call, 3, S_IFREG, S_IFIFO, S_IFSOCK);
	if (file.fd < 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("What is attached is a file, or comes by a pipe."), NULL);
		return NULL;
	}
	good = cm_agent_attachment_add(&notes, draft, &file, id, &size, error);
	close(file.fd);
	return good ? g_variant_new("(@ayt)", cm_agent_values_pack_id(id), size) : NULL;
}

GVariant *
cm_agent_attachment_calls_run_detach(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	guint8 draft[CM_VAULT_ID_BYTES];
	guint8 id[CM_VAULT_ID_BYTES];

	if (!cm_agent_values_take_id(call, 1, FALSE, draft, error) ||
	    !cm_agent_values_take_id(call, 2, FALSE, id, error) ||
	    !open_case(&notes, calls, call, error) ||
	    !cm_agent_attachment_remove(&notes, draft, id, error))
		return NULL;
	return g_variant_new("()");
}

GVariant *
cm_agent_attachment_calls_run_save(CmAgentCalls *calls, const CmAgentCall *call, GError **error)
{
	g_auto(CmAgentNotes) notes = {0};
	guint8 id[CM_VAULT_ID_BYTES];
	guint64 sequence = 0;
	guint64 size = 0;
	gboolean good = FALSE;
	gint fd = -1;

	g_variant_get_child(call->parameters, 1, "t", &sequence);
	if (!cm_agent_values_take_id(call, 2, FALSE, id, error) ||
	    !open_case(&notes, calls, call, error))
		return NULL;
	fd = take_descriptor(call, 3, S_IFSOCK, S_IFSOCK, S_IFSOCK);
	if (fd < 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The attachment is to be taken by a socket."), NULL);
		return NULL;
	}
	good = cm_agent_attachment_save(&notes, sequence, id, fd, &size, error);
	close(fd);
	return good ? g_variant_new("(t)", size) : NULL;
}
