// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/courier/foreign-reader.h"

#include "daemon/inbox/mail-reader.h"
#include "daemon/roster/busy-calendar.h"

#include <json-glib/json-glib.h>

struct _CmForeignReader {
	GThreadPool *pool;
	GCancellable *cancellable;
};

/* one thing to be read */
typedef struct {
	GBytes *octets;
	gboolean mail;
	CmForeignWindow window;
	gchar *etag;
	gchar *modified;
	CmForeignRead done;
	gpointer user_data;
} Reading;

static void
reading_free(gpointer data)
{
	Reading *reading = data;

	g_bytes_unref(reading->octets);
	g_free(reading->window.zone);
	g_free(reading->etag);
	g_free(reading->modified);
	g_free(reading);
}

/* ---- a calendar */

static void
add_times(JsonBuilder *builder, const CmBusyCalendar *calendar)
{
	json_builder_set_member_name(builder, "busy");
	json_builder_begin_array(builder);
	for (guint i = 0; i < calendar->times->len; i++) {
		const CmBusyTime *time = &g_array_index(calendar->times, CmBusyTime, i);

		json_builder_begin_array(builder);
		json_builder_add_int_value(builder, time->start);
		json_builder_add_int_value(builder, time->end);
		json_builder_end_array(builder);
	}
	json_builder_end_array(builder);
	json_builder_set_member_name(builder, "partly");
	json_builder_add_boolean_value(builder, calendar->not_understood > 0);
}

static void
add_text(JsonBuilder *builder, const gchar *name, const gchar *text)
{
	if (text == NULL)
		return;
	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, text);
}

static GBytes *
finish(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = NULL;
	gchar *text = NULL;

	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	text = json_to_string(root, FALSE);
	return g_bytes_new_take(text, strlen(text));
}

static GBytes *
read_calendar(const Reading *reading)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(reading->window.zone);
	g_autoptr(CmBusyCalendar) calendar = NULL;
	g_autofree gchar *text = NULL;
	gsize length = 0;
	const gchar *data = g_bytes_get_data(reading->octets, &length);

	/* the text ends with a NUL, and may hold one: it ends there */
	text = g_strndup(data != NULL ? data : "", length);
	if (zone != NULL)
		calendar = cm_busy_calendar_read(text, length, zone, reading->window.since,
						 reading->window.until, NULL);
	json_builder_begin_object(builder);
	if (calendar != NULL)
		add_times(builder, calendar);
	else
		add_text(builder, "failure", "not-calendar");
	add_text(builder, "etag", reading->etag);
	add_text(builder, "modified", reading->modified);
	return finish(builder);
}

/* ---- the thread */

static void
run(gpointer data, gpointer user_data)
{
	g_autoptr(GTask) task = data;
	Reading *reading = g_task_get_task_data(task);

	if (g_task_return_error_if_cancelled(task))
		return;
	g_task_return_pointer(task,
			      reading->mail ? cm_mail_reader_read_document(reading->octets)
					    : read_calendar(reading),
			      (GDestroyNotify)g_bytes_unref);
}

static void
ran(GObject *source, GAsyncResult *result, gpointer user_data)
{
	Reading *reading = g_task_get_task_data(G_TASK(result));
	g_autoptr(GBytes) document = g_task_propagate_pointer(G_TASK(result), NULL);

	if (document != NULL)
		reading->done(document, reading->user_data);
}

static void
push(CmForeignReader *reader, Reading *reading)
{
	GTask *task = g_task_new(NULL, reader->cancellable, ran, NULL);

	g_task_set_task_data(task, reading, reading_free);
	(void)g_thread_pool_push(reader->pool, task, NULL);
}

void
cm_foreign_reader_read_calendar(CmForeignReader *reader,
				GBytes *octets,
				const CmForeignWindow *window,
				const gchar *etag,
				const gchar *modified,
				CmForeignRead done,
				gpointer user_data)
{
	Reading *reading = g_new0(Reading, 1);

	reading->octets = g_bytes_ref(octets);
	reading->window = *window;
	reading->window.zone = g_strdup(window->zone);
	reading->etag = g_strdup(etag);
	reading->modified = g_strdup(modified);
	reading->done = done;
	reading->user_data = user_data;
	push(reader, reading);
}

void
cm_foreign_reader_read_mail(CmForeignReader *reader,
			    GBytes *octets,
			    CmForeignRead done,
			    gpointer user_data)
{
	Reading *reading = g_new0(Reading, 1);

	reading->octets = g_bytes_ref(octets);
	reading->mail = TRUE;
	reading->done = done;
	reading->user_data = user_data;
	push(reader, reading);
}

CmForeignReader *
cm_foreign_reader_new(void)
{
	CmForeignReader *reader = g_new0(CmForeignReader, 1);

	reader->pool = g_thread_pool_new(run, NULL, 1, FALSE, NULL);
	reader->cancellable = g_cancellable_new();
	return reader;
}

void
cm_foreign_reader_free(CmForeignReader *reader)
{
	if (reader == NULL)
		return;
	g_cancellable_cancel(reader->cancellable);
	/* what has not begun is begun, and ends at once */
	g_thread_pool_free(reader->pool, FALSE, TRUE);
	g_object_unref(reader->cancellable);
	g_free(reader);
}
