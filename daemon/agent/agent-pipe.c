// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agent/agent-pipe.h"

#include "include/cm-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <unistd.h>

/* until there is something to read, it is closed, it is late, or nobody waits any more */
static gboolean
await(gint fd, gint64 deadline, GCancellable *cancellable, GError **error)
{
	GPollFD fds[2] = {{.fd = fd, .events = G_IO_IN}};
	guint count = g_cancellable_make_pollfd(cancellable, &fds[1]) ? 2 : 1;
	gint64 left = MAX(0, (deadline - g_get_monotonic_time()) / 1000);
	gint ready = g_poll(fds, count, (gint)left);

	if (count == 2)
		g_cancellable_release_fd(cancellable);
	if (g_cancellable_is_cancelled(cancellable)) {
		cm_error_set(error, CM_ERROR_CANCELLED, N_("The keys were locked meanwhile."),
			     NULL);
		return FALSE;
	}
	if (ready > 0 || (ready < 0 && errno == EINTR))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("What was to be read did not come."), NULL);
	return FALSE;
}

/* TRUE at the end, with `out_length` octets in `secret` */
static gboolean
read_all(gint fd,
	 CmVaultSecret *secret,
	 gsize *out_length,
	 GCancellable *cancellable,
	 GError **error)
{
	gint64 deadline = g_get_monotonic_time() + CM_AGENT_PIPE_SECONDS * G_USEC_PER_SEC;
	gsize size = cm_vault_secret_get_length(secret);
	gsize length = 0;

	while (length < size) {
		gssize count = 0;

		if (!await(fd, deadline, cancellable, error))
			return FALSE;
		count = read(fd, cm_vault_secret_get(secret) + length, size - length);
		if (count == 0) {
			*out_length = length;
			return TRUE;
		}
		if (count < 0 && errno != EINTR && errno != EAGAIN)
			break;
		length += (gsize)MAX(count, 0);
	}
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("What was to be read is too long, or can't be read."), NULL);
	return FALSE;
}

static void
cut_line_end(CmVaultSecret *secret, gsize length)
{
	const guint8 *octets = cm_vault_secret_peek(secret);

	if (length > 0 && octets[length - 1] == '\n')
		length--;
	if (length > 0 && octets[length - 1] == '\r')
		length--;
	cm_vault_secret_truncate(secret, length);
}

CmVaultSecret *
cm_agent_pipe_read(GUnixFDList *descriptors,
		   gint handle,
		   gsize most,
		   GCancellable *cancellable,
		   GError **error)
{
	/* a line end and one octet more than there may be: what is too long is seen */
	g_autoptr(CmVaultSecret) secret = cm_vault_secret_new(most + 3);
	gsize length = 0;
	gint fd = -1;
	gboolean good = FALSE;

	if (secret == NULL) {
		cm_error_set(error, CM_ERROR_KEY, N_("No memory can be locked."), NULL);
		return NULL;
	}
	if (descriptors != NULL && handle >= 0 && handle < g_unix_fd_list_get_length(descriptors))
		fd = g_unix_fd_list_get(descriptors, handle, NULL);
	if (fd < 0) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A descriptor is expected."), NULL);
		return NULL;
	}
	good = read_all(fd, secret, &length, cancellable, error);
	close(fd);
	if (!good)
		return NULL;
	cut_line_end(secret, length);
	if (cm_vault_secret_get_length(secret) > 0 && cm_vault_secret_get_length(secret) <= most)
		return g_steal_pointer(&secret);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     length == 0 ? N_("Nothing was typed.")
				 : N_("What was to be read is too long, or can't be read."),
		     NULL);
	return NULL;
}

gint
cm_agent_pipe_append(GUnixFDList *descriptors, const CmVaultSecret *secret, GError **error)
{
	gsize length = cm_vault_secret_get_length(secret);
	gint ends[2] = {-1, -1};
	gint handle = -1;

	g_return_val_if_fail(length <= CM_AGENT_PIPE_MAX, -1);
	/* it fits into the pipe, whose pages are never swapped: nobody waits for a reader */
	if (g_unix_open_pipe(ends, FD_CLOEXEC, NULL) &&
	    (length <= CM_AGENT_PIPE_LINE_MAX ||
	     fcntl(ends[1], F_SETPIPE_SZ, CM_AGENT_PIPE_MAX) >= (gint)length) &&
	    write(ends[1], cm_vault_secret_peek(secret), length) == (gssize)length)
		handle = g_unix_fd_list_append(descriptors, ends[0], NULL);
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		if (ends[i] >= 0)
			close(ends[i]);
	}
	if (handle < 0)
		cm_error_set(error, CM_ERROR_FAILED, N_("The answer can't be handed over."), NULL);
	return handle;
}
