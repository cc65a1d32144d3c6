// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/agenda/agenda-ics.h"

#include "daemon/calendar/invitation.h"
#include "daemon/roster/initials.h"
#include "include/cm-error.h"
#include "include/cm-time.h"

#include <glib/gi18n-lib.h>

/* One calendar under way. */
typedef struct {
	GPtrArray *events; /* CmInvitation, whose texts are in `texts` */
	GStringChunk *texts;
	GTimeZone *zone;
	const gchar *organisation;
	gint64 stamp;
} Output;

static const gchar *
get_text(JsonObject *object, const gchar *member)
{
	const gchar *text = NULL;

	if (object != NULL && json_object_has_member(object, member))
		text = json_object_get_string_member_with_default(object, member, NULL);
	return text != NULL ? text : "";
}

static JsonObject *
get_object(JsonObject *object, const gchar *member)
{
	JsonNode *node = json_object_get_member(object, member);

	return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* opaque, and the same each time */
static gchar *
make_uid(const Output *output, const gchar *session)
{
	g_autofree gchar *text = g_strdup_printf("%s\n%s", output->organisation, session);
	g_autofree gchar *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	return g_strdup_printf("%.32s@comodal", digest);
}

/* where a person must be: the school and the room, or by video */
static gchar *
make_location(JsonObject *entry)
{
	const gchar *mode = get_text(entry, "mode");
	const gchar *site = get_text(get_object(entry, "site"), "name");
	const gchar *room = get_text(entry, "room");

	if (g_str_equal(mode, "video-remote"))
		return g_strdup(_("By video"));
	if (*room == '\0')
		return g_strdup(site);
	return g_strdup_printf("%s, %s", site, room);
}

static const gchar *
make_description(JsonObject *entry)
{
	const gchar *mode = get_text(entry, "mode");

	if (g_str_equal(mode, "in-person"))
		return _("In person");
	if (g_str_equal(mode, "video-school"))
		return _("By video, the student at school");
	return _("By video, the student at home");
}

static void
add_event(Output *output, JsonObject *entry, CmDay date, CmMinute start, CmMinute end)
{
	g_autofree gchar *uid = make_uid(output, get_text(entry, "id"));
	g_autofree gchar *initials =
	    cm_initials_make(get_text(get_object(entry, "student"), "name"));
	g_autofree gchar *summary = g_strdup_printf(_("Session %s"), initials);
	g_autofree gchar *location = make_location(entry);
	CmInvitation *event = g_new0(CmInvitation, 1);

	event->uid = g_string_chunk_insert(output->texts, uid);
	event->stamp = output->stamp;
	event->start = cm_time_to_utc(date, start, output->zone);
	event->end = cm_time_to_utc(date, end, output->zone);
	event->summary = g_string_chunk_insert(output->texts, summary);
	event->location = g_string_chunk_insert(output->texts, location);
	event->description = make_description(entry);
	g_ptr_array_add(output->events, event);
}

static gboolean
add_entry(Output *output, JsonObject *entry, CmDay date, GError **error)
{
	CmMinute start = 0;
	CmMinute end = 0;

	const gchar *state = get_text(entry, "state");

	if (!g_str_equal(get_text(entry, "type"), "session") || g_str_equal(state, "cancelled") ||
	    g_str_equal(state, "late-cancelled"))
		return TRUE;
	if (!cm_minute_parse(get_text(entry, "start"), &start) ||
	    !cm_minute_parse(get_text(entry, "end"), &end)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The agenda has a session without its time."), NULL);
		return FALSE;
	}
	add_event(output, entry, date, start, end);
	return TRUE;
}

static gboolean
add_day(Output *output, JsonObject *day, GError **error)
{
	JsonArray *entries = json_object_get_array_member(day, "entries");
	CmDay date = 0;

	if (!cm_day_parse(get_text(day, "date"), &date) || entries == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The agenda has a day without its date."), NULL);
		return FALSE;
	}
	for (guint i = 0; i < json_array_get_length(entries); i++) {
		if (!add_entry(output, json_array_get_object_element(entries, i), date, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
add_days(Output *output, JsonObject *agenda, GError **error)
{
	JsonArray *days = json_object_get_array_member(agenda, "days");

	for (guint i = 0; days != NULL && i < json_array_get_length(days); i++) {
		if (!add_day(output, json_array_get_object_element(days, i), error))
			return FALSE;
	}
	return TRUE;
}

gchar *
cm_agenda_ics_format(JsonObject *agenda, gint64 stamp, GError **error)
{
	JsonObject *organisation = get_object(agenda, "organisation");
	const gchar *zone_name = get_text(organisation, "timezone");
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
	Output output = {.events = events,
			 .texts = texts,
			 .zone = zone,
			 .organisation = get_text(organisation, "id"),
			 .stamp = stamp};

	if (zone == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The time zone “{0}” is not known here."), zone_name, NULL);
		return NULL;
	}
	if (!add_days(&output, agenda, error))
		return NULL;
	return cm_invitation_write(CM_ITIP_PUBLISH, (const CmInvitation *const *)events->pdata,
				   events->len, NULL, error);
}
