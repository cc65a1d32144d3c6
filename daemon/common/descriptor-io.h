// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* Octets from and to whoever is at the other end of a descriptor, who may be slow, stop, or go away: on a thread that can wait. */

typedef enum {
	CM_DESCRIPTOR_IO_DONE,
	CM_DESCRIPTOR_IO_LATE,
	CM_DESCRIPTOR_IO_CANCELLED,
	CM_DESCRIPTOR_IO_BROKEN /* it can't be read or written; the other end is gone */
} CmDescriptorIoEnd;

/* A pair of connected stream sockets: who reads from one never waits longer than it says, whatever the other end does, as it would at a pipe.
 * Each is the caller's to close. */
gboolean
cm_descriptor_io_open_pair(gint out_ends[2]) G_GNUC_WARN_UNUSED_RESULT;

/* As many as `length` octets, fewer at the end alone; they have `seconds` to come. */
CmDescriptorIoEnd
cm_descriptor_io_read(gint fd,
		      guint8 *octets,
		      gsize length,
		      guint seconds,
		      GCancellable *cancellable,
		      gsize *out_length) G_GNUC_WARN_UNUSED_RESULT;

/* All of them, to a socket; they have `seconds` to be taken. */
CmDescriptorIoEnd
cm_descriptor_io_write(gint fd,
		       const guint8 *octets,
		       gsize length,
		       guint seconds,
		       GCancellable *cancellable) G_GNUC_WARN_UNUSED_RESULT;
