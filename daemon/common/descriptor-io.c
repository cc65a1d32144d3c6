// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/common/descriptor-io.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

gboolean
cm_descriptor_io_open_pair(gint out_ends[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out_ends) == 0;
}

/* a descriptor to be woken by costs more than most waits: it is had only where there is something to wait for */
static CmDescriptorIoEnd
await(gint fd, gushort condition, gint64 deadline, GCancellable *cancellable)
{
	GPollFD fds[2] = {{.fd = fd, .events = condition}};
	guint count = 1;
	gint64 left = MAX(0, (deadline - g_get_monotonic_time() + 999) / 1000);
	gint ready = 0;

	if (g_cancellable_is_cancelled(cancellable))
		return CM_DESCRIPTOR_IO_CANCELLED;
	ready = g_poll(fds, 1, 0);
	if (ready == 0) {
		count += g_cancellable_make_pollfd(cancellable, &fds[1]) ? 1 : 0;
		ready = g_poll(fds, count, (gint)left);
	}
	if (count == 2)
		g_cancellable_release_fd(cancellable);
	if (g_cancellable_is_cancelled(cancellable))
		return CM_DESCRIPTOR_IO_CANCELLED;
	if (ready > 0 || (ready < 0 && errno == EINTR))
		return CM_DESCRIPTOR_IO_DONE;
	return ready == 0 ? CM_DESCRIPTOR_IO_LATE : CM_DESCRIPTOR_IO_BROKEN;
}

static gboolean
is_passing(gint code)
{
	return code == EINTR || code == EAGAIN || code == EWOULDBLOCK;
}

/* of a socket without waiting, even if somebody else took what was there; of a file or a pipe it is there by now */
static gssize
receive(gint fd, guint8 *octets, gsize length)
{
	gssize count = recv(fd, octets, length, MSG_DONTWAIT);

	return count < 0 && errno == ENOTSOCK ? read(fd, octets, length) : count;
}

CmDescriptorIoEnd
cm_descriptor_io_read(gint fd,
		      guint8 *octets,
		      gsize length,
		      guint seconds,
		      GCancellable *cancellable,
		      gsize *out_length)
{
	gint64 deadline = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
	gsize taken = 0;

	while (taken < length) {
		CmDescriptorIoEnd end = await(fd, G_IO_IN, deadline, cancellable);
		gssize count = 0;

		if (end != CM_DESCRIPTOR_IO_DONE)
			return end;
		count = receive(fd, octets + taken, length - taken);
		if (count == 0)
			break;
		if (count < 0 && !is_passing(errno))
			return CM_DESCRIPTOR_IO_BROKEN;
		taken += (gsize)MAX(count, 0);
	}
	*out_length = taken;
	return CM_DESCRIPTOR_IO_DONE;
}

CmDescriptorIoEnd
cm_descriptor_io_write(gint fd,
		       const guint8 *octets,
		       gsize length,
		       guint seconds,
		       GCancellable *cancellable)
{
	gint64 deadline = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
	gsize given = 0;

	while (given < length) {
		CmDescriptorIoEnd end = await(fd, G_IO_OUT, deadline, cancellable);
		gssize count = 0;

		if (end != CM_DESCRIPTOR_IO_DONE)
			return end;
		count = send(fd, octets + given, length - given, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0 && !is_passing(errno))
			return CM_DESCRIPTOR_IO_BROKEN;
		given += (gsize)MAX(count, 0);
	}
	return CM_DESCRIPTOR_IO_DONE;
}
