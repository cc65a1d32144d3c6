// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/json-sink.h"

#include "include/cm-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>
#include <yajl/yajl_gen.h>

#define BUFFER_BYTES (64 * 1024)

struct _CmJsonSink {
	int fd;
	int failure; /* errno of the first write that failed */
	yajl_gen generator;
	yajl_gen_status status; /* the first that is not fine */
	gsize length;
	gchar buffer[BUFFER_BYTES];
};

static void
write_all(CmJsonSink *sink, const gchar *bytes, gsize length)
{
	while (length > 0 && sink->failure == 0) {
		GPollFD poll = {.fd = sink->fd, .events = G_IO_OUT};
		gssize written = write(sink->fd, bytes, length);

		if (written >= 0) {
			bytes += written;
			length -= (gsize)written;
		} else if (errno == EAGAIN) {
			(void)g_poll(&poll, 1, -1);
		} else if (errno != EINTR) {
			sink->failure = errno;
		}
	}
}

static void
flush(CmJsonSink *sink)
{
	write_all(sink, sink->buffer, sink->length);
	sink->length = 0;
}

static void
on_print(void *context, const char *text, size_t length)
{
	CmJsonSink *sink = context;

	if (length > sizeof(sink->buffer) - sink->length)
		flush(sink);
	if (length > sizeof(sink->buffer)) {
		write_all(sink, text, length);
		return;
	}
	memcpy(sink->buffer + sink->length, text, length);
	sink->length += length;
}

CmJsonSink *
cm_json_sink_new(int fd)
{
	CmJsonSink *sink = g_new0(CmJsonSink, 1);

	sink->fd = fd;
	sink->status = yajl_gen_status_ok;
	sink->generator = yajl_gen_alloc(NULL);
	yajl_gen_config(sink->generator, yajl_gen_print_callback, on_print, sink);
	yajl_gen_config(sink->generator, yajl_gen_validate_utf8, 1);
	return sink;
}

void
cm_json_sink_free(CmJsonSink *sink)
{
	yajl_gen_free(sink->generator);
	g_free(sink);
}

static void
note(CmJsonSink *sink, yajl_gen_status status)
{
	if (sink->status == yajl_gen_status_ok && status != yajl_gen_generation_complete)
		sink->status = status;
}

static void
add_string(CmJsonSink *sink, const gchar *text)
{
	note(sink, yajl_gen_string(sink->generator, (const guchar *)text, strlen(text)));
}

static void
add_name(CmJsonSink *sink, const gchar *name)
{
	if (name != NULL)
		add_string(sink, name);
}

void
cm_json_sink_begin_object(CmJsonSink *sink, const gchar *name)
{
	add_name(sink, name);
	note(sink, yajl_gen_map_open(sink->generator));
}

void
cm_json_sink_end_object(CmJsonSink *sink)
{
	note(sink, yajl_gen_map_close(sink->generator));
}

void
cm_json_sink_begin_list(CmJsonSink *sink, const gchar *name)
{
	add_name(sink, name);
	note(sink, yajl_gen_array_open(sink->generator));
}

void
cm_json_sink_end_list(CmJsonSink *sink)
{
	note(sink, yajl_gen_array_close(sink->generator));
}

void
cm_json_sink_add_text(CmJsonSink *sink, const gchar *name, const gchar *text)
{
	add_name(sink, name);
	if (text != NULL)
		add_string(sink, text);
	else
		note(sink, yajl_gen_null(sink->generator));
}

void
cm_json_sink_add_integer(CmJsonSink *sink, const gchar *name, gint64 value)
{
	add_name(sink, name);
	note(sink, yajl_gen_integer(sink->generator, value));
}

void
cm_json_sink_add_boolean(CmJsonSink *sink, const gchar *name, gboolean value)
{
	add_name(sink, name);
	note(sink, yajl_gen_bool(sink->generator, value));
}

void
cm_json_sink_add_number(CmJsonSink *sink, const gchar *name, gdouble value)
{
	gchar text[G_ASCII_DTOSTR_BUF_SIZE];

	/* 15 digits are what a person wrote; 17 are always enough (IEEE 754) */
	g_ascii_formatd(text, sizeof(text), "%.15g", value);
	if (g_ascii_strtod(text, NULL) < value || g_ascii_strtod(text, NULL) > value)
		g_ascii_formatd(text, sizeof(text), "%.17g", value);
	add_name(sink, name);
	note(sink, yajl_gen_number(sink->generator, text, strlen(text)));
}

void
cm_json_sink_add_day(CmJsonSink *sink, const gchar *name, CmDay day)
{
	gchar text[CM_DAY_TEXT_SIZE];

	cm_json_sink_add_text(sink, name, cm_day_format(day, text));
}

void
cm_json_sink_add_minute(CmJsonSink *sink, const gchar *name, CmMinute minute)
{
	gchar text[CM_MINUTE_TEXT_SIZE];

	cm_json_sink_add_text(sink, name, cm_minute_format(minute, text));
}

gboolean
cm_json_sink_finish(CmJsonSink *sink, GError **error)
{
	g_return_val_if_fail(sink->status == yajl_gen_status_ok, FALSE);
	on_print(sink, "\n", 1);
	flush(sink);
	if (sink->failure != 0) {
		cm_error_set(error, CM_ERROR_FAILED, N_("The document can't be written: {0}"),
			     g_strerror(sink->failure), NULL);
		return FALSE;
	}
	return TRUE;
}
