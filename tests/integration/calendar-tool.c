// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/calendar/itip-reader.h"

#include <json-glib/json-glib.h>
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

/* For calendar_rendering.py: writes calendars as the daemon does, and prints what is read of one, by our reader or by libical alone (with
 * its own arithmetic and the zones of the file).
 *
 * usage: calendar-tool write < KEYFILE > ICS
 *        calendar-tool ours|libical < ICS > JSON    [{uid, start, end}], instants in seconds UTC
 *
 * The key file has a group [calendar] (method, language) and one for each event, with the names of CmInvitation for keys. */

#define HORIZON G_GINT64_CONSTANT(1861920000) /* 2029-01-01 */

static gchar *
read_input(void)
{
	g_autoptr(GIOChannel) channel = g_io_channel_unix_new(0);
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	g_io_channel_set_encoding(channel, NULL, NULL);
	g_io_channel_read_to_end(channel, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

/* ---- writing */

static const gchar *
get(GKeyFile *file, const gchar *group, const gchar *key, GStringChunk *texts)
{
	g_autofree gchar *value = g_key_file_get_string(file, group, key, NULL);

	return value != NULL ? g_string_chunk_insert(texts, value) : NULL;
}

static CmInvitationSeries *
read_series(GKeyFile *file, const gchar *group)
{
	CmInvitationSeries *series = g_new0(CmInvitationSeries, 1);
	g_auto(GStrv) texts = g_key_file_get_string_list(file, group, "exceptions", NULL, NULL);
	guint n = texts != NULL ? g_strv_length(texts) : 0;
	gint64 *exceptions = g_new0(gint64, n + 1);

	for (guint i = 0; i < n; i++)
		exceptions[i] = g_ascii_strtoll(texts[i], NULL, 10);
	series->interval = (guint)g_key_file_get_integer(file, group, "interval", NULL);
	series->weekdays = (guint)g_key_file_get_integer(file, group, "weekdays", NULL);
	series->until = g_key_file_get_int64(file, group, "until", NULL);
	series->exceptions = exceptions;
	series->n_exceptions = n;
	return series;
}

static void
invitation_free(gpointer data)
{
	CmInvitation *event = data;

	if (event->series != NULL)
		g_free((gpointer)event->series->exceptions);
	g_free((gpointer)event->series);
	g_free(event);
}

static CmInvitation *
read_invitation(GKeyFile *file, const gchar *group, GStringChunk *texts)
{
	CmInvitation *event = g_new0(CmInvitation, 1);

	event->uid = get(file, group, "uid", texts);
	event->stamp = 1767225600;
	event->start = g_key_file_get_int64(file, group, "start", NULL);
	event->end = g_key_file_get_int64(file, group, "end", NULL);
	event->zone = get(file, group, "zone", texts);
	event->summary = get(file, group, "summary", texts);
	event->location = get(file, group, "location", texts);
	event->description = get(file, group, "description", texts);
	event->url = get(file, group, "url", texts);
	event->conference = get(file, group, "conference", texts);
	event->organizer_name = get(file, group, "organizer_name", texts);
	event->organizer_address = "suivis+abc@css.example";
	event->attendee_name = get(file, group, "attendee_name", texts);
	event->attendee_address = "zoe@mail.example";
	event->recurrence_id = g_key_file_get_int64(file, group, "recurrence_id", NULL);
	event->following = g_key_file_get_boolean(file, group, "following", NULL);
	if (g_key_file_has_key(file, group, "interval", NULL))
		event->series = read_series(file, group);
	return event;
}

static CmItipMethod
read_method(GKeyFile *file)
{
	g_autofree gchar *name = g_key_file_get_string(file, "calendar", "method", NULL);

	for (guint method = 0; method < CM_ITIP_LAST; method++) {
		if (g_strcmp0(cm_invitation_method_to_string(method), name) == 0)
			return method;
	}
	g_assert_not_reached();
}

static void
write_calendar(const gchar *text)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(invitation_free);
	g_auto(GStrv) groups = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *calendar = NULL;

	g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &error);
	g_assert_no_error(error);
	groups = g_key_file_get_groups(file, NULL);
	for (guint i = 0; groups[i] != NULL; i++) {
		if (!g_str_equal(groups[i], "calendar"))
			g_ptr_array_add(events, read_invitation(file, groups[i], texts));
	}
	calendar =
	    cm_invitation_write(read_method(file), (const CmInvitation *const *)events->pdata,
				events->len, "fr_CA", &error);
	g_assert_no_error(error);
	/* as it is, whatever the locale */
	fwrite(calendar, 1, strlen(calendar), stdout);
}

/* ---- reading */

/* the starts that another event stands for: "instant uid" */
typedef struct {
	JsonBuilder *builder;
	GHashTable *replaced;
	const gchar *uid;
	gboolean replacing;
} Output;

static gchar *
make_key(gint64 instant, const gchar *uid)
{
	return g_strdup_printf("%" G_GINT64_FORMAT " %s", instant, uid);
}

static void
add(Output *output, gint64 start, gint64 end)
{
	g_autofree gchar *key = make_key(start, output->uid);

	if (!output->replacing && g_hash_table_contains(output->replaced, key))
		return;
	json_builder_begin_object(output->builder);
	json_builder_set_member_name(output->builder, "uid");
	json_builder_add_string_value(output->builder, output->uid);
	json_builder_set_member_name(output->builder, "start");
	json_builder_add_int_value(output->builder, start);
	json_builder_set_member_name(output->builder, "end");
	json_builder_add_int_value(output->builder, end);
	json_builder_end_object(output->builder);
}

static void
add_ours(Output *output, const CmItip *itip)
{
	for (guint i = 0; i < itip->events->len; i++) {
		const CmItipEvent *event = g_ptr_array_index(itip->events, i);

		if (event->recurrence_id != CM_ITIP_NONE)
			g_hash_table_add(output->replaced,
					 make_key(event->recurrence_id, event->uid));
	}
	for (guint i = 0; i < itip->events->len; i++) {
		const CmItipEvent *event = g_ptr_array_index(itip->events, i);

		output->uid = event->uid;
		output->replacing = event->recurrence_id != CM_ITIP_NONE;
		for (guint j = 0; j < event->starts->len; j++) {
			gint64 start = g_array_index(event->starts, gint64, j);

			add(output, start, start + event->end - event->start);
		}
	}
}

static void
read_by_ours(const gchar *text, Output *output)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
	g_autoptr(GError) error = NULL;
	g_autoptr(CmItip) itip =
	    cm_itip_reader_read(text, strlen(text), NULL, zone, HORIZON, &error);

	g_assert_no_error(error);
	add_ours(output, itip);
}

static void
add_span(icalcomponent *event, struct icaltime_span *span, void *data)
{
	add(data, span->start, span->end);
}

static void
add_by_libical(Output *output, icalcomponent *event)
{
	struct icaltimetype start = icalcomponent_get_dtstart(event);
	struct icaltimetype end = icalcomponent_get_dtend(event);

	if (icaltime_is_null_time(start))
		return;
	/* its spans of whole days are of the machine's zone */
	if (start.is_date)
		add(output, icaltime_as_timet(start), icaltime_as_timet(end));
	else
		icalcomponent_foreach_recurrence(
		    event, icaltime_from_timet_with_zone(0, 0, NULL),
		    icaltime_from_timet_with_zone((time_t)HORIZON, 0, NULL), add_span, output);
}

static void
read_by_libical(const gchar *text, Output *output)
{
	icalcomponent *root = icalparser_parse_string(text);
	icalcomponent_kind kind = ICAL_VEVENT_COMPONENT;

	for (icalcomponent *event = icalcomponent_get_first_component(root, kind); event != NULL;
	     event = icalcomponent_get_next_component(root, kind)) {
		struct icaltimetype replaced = icalcomponent_get_recurrenceid(event);
		struct icaltimetype start = icalcomponent_get_dtstart(event);

		/* it gives this one no zone */
		if (!icaltime_is_null_time(replaced))
			g_hash_table_add(output->replaced,
					 make_key(icaltime_as_timet_with_zone(replaced, start.zone),
						  icalcomponent_get_uid(event)));
	}
	for (icalcomponent *event = icalcomponent_get_first_component(root, kind); event != NULL;
	     event = icalcomponent_get_next_component(root, kind)) {
		output->uid = icalcomponent_get_uid(event);
		output->replacing =
		    icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY) != NULL;
		add_by_libical(output, event);
	}
	icalcomponent_free(root);
}

static void
print_events(const gchar *text, void (*reader)(const gchar *text, Output *output))
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(GHashTable) replaced =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(JsonNode) root = NULL;
	g_autofree gchar *json = NULL;
	Output output = {.builder = builder, .replaced = replaced};

	json_builder_begin_array(builder);
	reader(text, &output);
	json_builder_end_array(builder);
	root = json_builder_get_root(builder);
	json = json_to_string(root, FALSE);
	g_print("%s\n", json);
}

int
main(int argc, char **argv)
{
	g_autofree gchar *text = NULL;

	if (argc != 2) {
		g_printerr("usage: %s write|ours|libical\n", argv[0]);
		return 2;
	}
	text = read_input();
	if (g_str_equal(argv[1], "write"))
		write_calendar(text);
	else
		print_events(text, g_str_equal(argv[1], "ours") ? read_by_ours : read_by_libical);
	return 0;
}
