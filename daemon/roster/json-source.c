// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/json-source.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (128 * 1024)

struct _CmJsonSource {
	int fd;
	gboolean started;
	gsize length;  /* of the chunk */
	gsize counted; /* bytes of the chunk whose line ends are counted */
	guint line;
	guint8 chunk[CHUNK_BYTES];
};

CmJsonSource *
cm_json_source_new(int fd)
{
	CmJsonSource *source = g_new0(CmJsonSource, 1);

	source->fd = fd;
	source->line = 1;
	return source;
}

void
cm_json_source_free(CmJsonSource *source)
{
	g_free(source);
}

guint
cm_json_source_get_line(CmJsonSource *source, gsize offset)
{
	offset = MIN(offset, source->length);
	while (source->counted < offset) {
		const guint8 *from = source->chunk + source->counted;
		const guint8 *end = memchr(from, '\n', offset - source->counted);

		if (end == NULL) {
			source->counted = offset;
		} else {
			source->counted += (gsize)(end - from) + 1;
			source->line++;
		}
	}
	return source->line;
}

static gboolean
source_fail(CmJsonSource *source, int code, GError **error)
{
	cm_error_set(error, CM_ERROR_FAILED, N_("The document can't be read: {0}"),
		     g_strerror(code), NULL);
	return FALSE;
}

/* wait until there is something to read, or the cancellable is cancelled */
static gboolean
source_wait(CmJsonSource *source, GCancellable *cancellable, GError **error)
{
	GPollFD polls[2] = {{.fd = source->fd, .events = G_IO_IN}};
	guint count = 1;
	gint ready;

	/* poll would wait on it for ever */
	if (source->fd < 0)
		return source_fail(source, EBADF, error);
	if (cancellable != NULL && g_cancellable_make_pollfd(cancellable, &polls[1]))
		count = 2;
	do {
		ready = g_poll(polls, count, -1);
	} while (ready < 0 && errno == EINTR);
	if (count == 2)
		g_cancellable_release_fd(cancellable);
	if (ready < 0)
		return source_fail(source, errno, error);
	if (g_cancellable_is_cancelled(cancellable)) {
		cm_error_set(error, CM_ERROR_CANCELLED, N_("Cancelled"), NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
source_read(CmJsonSource *source, GCancellable *cancellable, GError **error)
{
	gssize got;

	do {
		if (!source_wait(source, cancellable, error))
			return FALSE;
		got = read(source->fd, source->chunk, sizeof(source->chunk));
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0)
		return source_fail(source, errno, error);
	source->length = (gsize)got;
	source->counted = 0;
	return TRUE;
}

gboolean
cm_json_source_fill(CmJsonSource *source,
		    GCancellable *cancellable,
		    const guint8 **out_bytes,
		    gsize *out_length,
		    GError **error)
{
	static const guint8 byte_order_mark[] = {0xef, 0xbb, 0xbf};
	gsize skip = 0;

	(void)cm_json_source_get_line(source, source->length);
	if (!source_read(source, cancellable, error))
		return FALSE;
	/* what spreadsheets and Windows put first; RFC 8259 section 8.1 lets a reader pass over it
	 */
	if (!source->started && source->length >= sizeof(byte_order_mark) &&
	    memcmp(source->chunk, byte_order_mark, sizeof(byte_order_mark)) == 0) {
		skip = sizeof(byte_order_mark);
		source->length -= skip;
		memmove(source->chunk, source->chunk + skip, source->length);
	}
	source->started = TRUE;
	*out_bytes = source->chunk;
	*out_length = source->length;
	return TRUE;
}
