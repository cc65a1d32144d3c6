// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

/* The bytes of a document, chunk by chunk, from a descriptor of any kind, with the line one is at.
 */

typedef struct _CmJsonSource CmJsonSource;

/* The descriptor stays the caller's. Reads from its current offset. */
CmJsonSource *
cm_json_source_new(int fd);
void
cm_json_source_free(CmJsonSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmJsonSource, cm_json_source_free)

/* The next chunk, which lives until the next call; its length is 0 at the end. A pipe that gives
 * nothing is waited for until the cancellable is cancelled. Fails with CM_ERROR_FAILED or
 * CM_ERROR_CANCELLED. */
gboolean
cm_json_source_fill(CmJsonSource *source,
		    GCancellable *cancellable,
		    const guint8 **out_bytes,
		    gsize *out_length,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The line, from 1, of an offset in the current chunk; offsets may not go back. */
guint
cm_json_source_get_line(CmJsonSource *source, gsize offset);
