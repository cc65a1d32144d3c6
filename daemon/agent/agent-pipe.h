// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/vault/vault-secret.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* What somebody has typed, or is shown, by descriptor. */

#define CM_AGENT_PIPE_SECONDS 30
#define CM_AGENT_PIPE_LINE_MAX 4096     /* octets of a passphrase, a code, a name */
#define CM_AGENT_PIPE_MAX (1024 * 1024) /* octets of a text: the most that a pipe holds */

/* Read a descriptor of a call, `handle` of `descriptors`, to its end, without its last line end. Not on the main loop: it may take
 * CM_AGENT_PIPE_SECONDS. CM_ERROR_INVALID_INPUT: no such descriptor, more than `most` octets, nothing, or no end in time; CM_ERROR_KEY: no
 * locked memory; CM_ERROR_CANCELLED. Returns: (transfer full) */
CmVaultSecret *
cm_agent_pipe_read(GUnixFDList *descriptors,
		   gint handle,
		   gsize most,
		   GCancellable *cancellable,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A pipe from which `secret`, of CM_AGENT_PIPE_MAX at most, can be read, added to `descriptors`; its handle is its place. -1 with
 * `error` set: CM_ERROR_FAILED. */
gint
cm_agent_pipe_append(GUnixFDList *descriptors,
		     const CmVaultSecret *secret,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
