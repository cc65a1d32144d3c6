// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/thing-fields.h"

#include "cli/find.h"
#include "cli/hours.h"
#include "cli/json.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "include/cm-time.h"

#include <glib/gi18n.h>
#include <string.h>

#define HOURS_HELP N_("Hours of a week, as “mon-fri 8:30-12:00 13:00-16:00; wed 9:00-12:00”")

static const CmField person_fields[] = {
    {"name", "name", CM_FIELD_TEXT, NULL, N_("Their name"), N_("NAME")},
    {"profession", "profession", CM_FIELD_TEXT, NULL, N_("As “policy list” shows them"),
     N_("WORD")},
    {"base", "base", CM_FIELD_THING, "site", N_("The school or office their day begins at"),
     N_("SITE")},
    {"site", "sites", CM_FIELD_THINGS, "site", N_("The schools they go to, with commas"),
     N_("SITES")},
    {"hours", "hours", CM_FIELD_HOURS, NULL, HOURS_HELP, N_("HOURS")},
    {"absence", "absences", CM_FIELD_PERIODS, NULL,
     N_("When they are away, as 2026-10-05..2026-10-09, with commas"), N_("DATES")},
    {NULL},
};
static const CmField student_fields[] = {
    {"name", "name", CM_FIELD_ASKED, NULL, N_("Ask for the name"), NULL},
    {"birth", "birth_date", CM_FIELD_ASKED_DATE, NULL, N_("Ask for the birth date"), NULL},
    {"school", "site", CM_FIELD_THING, "site", N_("Their school"), N_("SCHOOL")},
    {"home-hours", "remote_hours", CM_FIELD_HOURS, NULL,
     N_("When they can be reached at home by video, as hours of a week"), N_("HOURS")},
    {NULL},
};
static const CmField contact_fields[] = {
    {"name", "name", CM_FIELD_ASKED, NULL, N_("Ask for the name"), NULL},
    {"kind", "kind", CM_FIELD_TEXT, NULL, N_("A parent, or a teacher"), "guardian|teacher"},
    {"hours", "hours", CM_FIELD_HOURS, NULL, HOURS_HELP, N_("HOURS")},
    {"preferred", "preferred", CM_FIELD_HOURS, NULL, N_("Those of them that suit best"),
     N_("HOURS")},
    {NULL},
};
static const CmField school_fields[] = {
    {"name", "name", CM_FIELD_TEXT, NULL, N_("Its name"), N_("NAME")},
    {"kind", "kind", CM_FIELD_TEXT, NULL, N_("A school, or an office"), "school|office"},
    {"place", "", CM_FIELD_PLACE, NULL, N_("Where it is: latitude,longitude"), "LAT,LON"},
    {"open", "open", CM_FIELD_WINDOW, NULL, N_("When it is open, as 8:00-16:00"), N_("HOURS")},
    {"calendar", "calendar", CM_FIELD_THING, "calendar", N_("Its calendar"), N_("CALENDAR")},
    {"travel", "travel_minutes", CM_FIELD_TRAVEL, NULL,
     N_("Minutes to other schools, as “École du Parc=25”, with commas"), N_("TIMES")},
    {NULL},
};
static const CmField room_fields[] = {
    {"school", "site", CM_FIELD_THING, "site", N_("Where it is"), N_("SCHOOL")},
    {"uses", "uses", CM_FIELD_WORDS, NULL, N_("What it is good for, with a comma"),
     "in-person,video"},
    {NULL},
};
static const CmField companion_fields[] = {
    {"school", "site", CM_FIELD_THING, "site", N_("Where they are"), N_("SCHOOL")},
    {"hours", "hours", CM_FIELD_HOURS, NULL, HOURS_HELP, N_("HOURS")},
    {NULL},
};
static const CmField followup_fields[] = {
    {"person", "professional", CM_FIELD_THING, "professional", N_("Who follows"), N_("WHO")},
    {"student", "student", CM_FIELD_THING, "student", N_("Who is followed: best by their id"),
     "ID"},
    {"priority", "priority", CM_FIELD_NUMBER, NULL, N_("1 to 3, 3 the most urgent; default 2"),
     "N"},
    {"from", "not_before", CM_FIELD_DATE, NULL, N_("Nothing before this date"), N_("DATE")},
    {NULL},
};
static const CmField session_fields[] = {
    {"act", "act", CM_FIELD_TEXT, NULL, N_("What it is, by its name in the policy"), N_("WORD")},
    {"minutes", "minutes", CM_FIELD_NUMBER, NULL, N_("How long it lasts"), "N"},
    {"date", "target_date", CM_FIELD_DATE, NULL, N_("The date it is wished for"), N_("DATE")},
    {"with", "participants", CM_FIELD_THINGS, "contact", N_("Who else takes part, with commas"),
     N_("CONTACTS")},
    {"prefer", "prefer", CM_FIELD_TEXT, NULL, N_("How it is wished for"), "in-person|video"},
    {"modes", "modes", CM_FIELD_WORDS, NULL, N_("How it may be held, with commas; default any"),
     "in-person,video-school,video-remote"},
    {NULL},
};

static const CmFieldKind field_kinds[] = {
    {"person", "professional", person_fields},
    {"student", "student", student_fields},
    {"contact", "contact", contact_fields},
    {"school", "site", school_fields},
    {"room", "room", room_fields},
    {"companion", "companion", companion_fields},
    {"followup", "followup", followup_fields},
    {"session", "session", session_fields},
};

const CmFieldKind *
cm_thing_fields_find(const gchar *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(field_kinds); i++) {
		gsize length = strlen(field_kinds[i].word);

		if (strncmp(word, field_kinds[i].word, length) == 0 &&
		    (word[length] == ' ' || word[length] == '\0'))
			return &field_kinds[i];
	}
	return NULL;
}

gchar *
cm_thing_fields_name_member(const gchar *kind, const gchar *member)
{
	gsize length = strcspn(member, ".[");

	for (guint i = 0; i < G_N_ELEMENTS(field_kinds); i++) {
		const CmField *fields = field_kinds[i].fields;

		if (g_strcmp0(field_kinds[i].kind, kind) != 0)
			continue;
		for (guint j = 0; fields[j].option != NULL; j++) {
			if (strlen(fields[j].member) == length &&
			    strncmp(fields[j].member, member, length) == 0)
				return g_strdup_printf("--%s%s", fields[j].option, member + length);
		}
	}
	return g_strdup(member);
}

/* ---- values */

static JsonNode *
set_wrong(const CmField *field, const gchar *expected, GError **error)
{
	g_autofree gchar *option = g_strdup_printf("--%s", field->option);
	g_autofree gchar *term = cm_message_term(expected);

	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("{0}: expected {1}."), option, term, NULL);
	return NULL;
}

static JsonNode *
new_text(const gchar *text)
{
	return json_node_init_string(json_node_alloc(), text);
}

static JsonNode *
new_array(JsonArray *array)
{
	JsonNode *node = json_node_new(JSON_NODE_ARRAY);

	json_node_take_array(node, array);
	return node;
}

/* the words between commas, without the empty ones. Returns: (transfer full) */
static GStrv
split(const gchar *text)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	for (guint i = 0; words[i] != NULL; i++) {
		if (*g_strstrip(words[i]) != '\0')
			g_strv_builder_add(builder, words[i]);
	}
	return g_strv_builder_end(builder);
}

static JsonNode *
parse_number(const CmField *field, const gchar *text, GError **error)
{
	gint64 number = 0;

	if (!g_ascii_string_to_signed(text, 10, G_MININT32, G_MAXINT32, &number, NULL))
		return set_wrong(field, N_("a whole number"), error);
	return json_node_init_int(json_node_alloc(), number);
}

static JsonNode *
parse_date(const CmField *field, const gchar *text, GError **error)
{
	CmDay day = 0;

	if (!cm_day_parse(text, &day))
		return set_wrong(field, N_("a date as 2026-10-05"), error);
	return new_text(text);
}

static JsonNode *
parse_things(const CmField *field, const gchar *text, CmDBusRoster *roster, GError **error)
{
	g_auto(GStrv) words = split(text);
	g_autoptr(JsonArray) ids = json_array_new();

	for (guint i = 0; words[i] != NULL; i++) {
		g_autoptr(JsonObject) thing = cm_find_thing(roster, field->kind, words[i], error);

		if (thing == NULL)
			return NULL;
		json_array_add_string_element(ids, cm_json_get_string(thing, "id"));
	}
	return new_array(g_steal_pointer(&ids));
}

static JsonNode *
parse_thing(const CmField *field, const gchar *text, CmDBusRoster *roster, GError **error)
{
	g_autoptr(JsonObject) thing = NULL;
	g_autoptr(GError) local = NULL;

	thing = cm_find_thing(roster, field->kind, text, &local);
	if (thing != NULL)
		return new_text(cm_json_get_string(thing, "id"));
	/* a professional sees only whom they follow already; the service knows the others by their id */
	if (g_str_equal(field->kind, "student") && cm_error_is(local, CM_ERROR_NOT_FOUND))
		return new_text(text);
	g_propagate_error(error, g_steal_pointer(&local));
	return NULL;
}

static JsonNode *
parse_words(const gchar *text)
{
	g_auto(GStrv) words = split(text);
	JsonArray *array = json_array_new();

	for (guint i = 0; words[i] != NULL; i++)
		json_array_add_string_element(array, words[i]);
	return new_array(array);
}

/* an object of both members: the caller spreads it */
static JsonNode *
parse_place(const CmField *field, const gchar *text, GError **error)
{
	g_auto(GStrv) parts = split(text);
	g_autoptr(JsonObject) place = json_object_new();
	JsonNode *node = NULL;
	gchar *end = NULL;
	gdouble latitude = 0;
	gdouble longitude = 0;

	if (g_strv_length(parts) != 2)
		return set_wrong(field, N_("latitude,longitude as 45.508,-73.554"), error);
	latitude = g_ascii_strtod(parts[0], &end);
	if (*end == '\0')
		longitude = g_ascii_strtod(parts[1], &end);
	if (*end != '\0')
		return set_wrong(field, N_("latitude,longitude as 45.508,-73.554"), error);
	json_object_set_double_member(place, "lat", latitude);
	json_object_set_double_member(place, "lon", longitude);
	node = json_node_new(JSON_NODE_OBJECT);
	json_node_take_object(node, g_steal_pointer(&place));
	return node;
}

static JsonNode *
parse_periods(const CmField *field, const gchar *text, GError **error)
{
	g_auto(GStrv) words = split(text);
	g_autoptr(JsonArray) periods = json_array_new();

	for (guint i = 0; words[i] != NULL; i++) {
		g_auto(GStrv) ends = g_strsplit(words[i], "..", -1);
		JsonArray *period = NULL;
		CmDay day = 0;

		if (g_strv_length(ends) > 2 || !cm_day_parse(ends[0], &day) ||
		    (ends[1] != NULL && !cm_day_parse(ends[1], &day)))
			return set_wrong(field, N_("dates as 2026-10-05..2026-10-09"), error);
		period = json_array_new();
		json_array_add_string_element(period, ends[0]);
		json_array_add_string_element(period, ends[1] != NULL ? ends[1] : ends[0]);
		json_array_add_array_element(periods, period);
	}
	return new_array(g_steal_pointer(&periods));
}

static JsonNode *
parse_travel(const CmField *field, const gchar *text, CmDBusRoster *roster, GError **error)
{
	g_auto(GStrv) words = split(text);
	g_autoptr(JsonObject) legs = json_object_new();
	JsonNode *node = NULL;

	for (guint i = 0; words[i] != NULL; i++) {
		gchar *equals = strrchr(words[i], '=');
		g_autoptr(JsonObject) site = NULL;
		gint64 minutes = 0;

		if (equals == NULL ||
		    !g_ascii_string_to_signed(equals + 1, 10, 0, G_MAXINT32, &minutes, NULL))
			return set_wrong(field, N_("a school and minutes as “École du Parc=25”"),
					 error);
		*equals = '\0';
		site = cm_find_thing(roster, "site", words[i], error);
		if (site == NULL)
			return NULL;
		json_object_set_int_member(legs, cm_json_get_string(site, "id"), minutes);
	}
	node = json_node_new(JSON_NODE_OBJECT);
	json_node_take_object(node, g_steal_pointer(&legs));
	return node;
}

static JsonNode *
check_hours(const CmField *field, JsonNode *hours, GError **error)
{
	if (hours != NULL)
		return hours;
	return set_wrong(field, N_("hours as “mon-fri 8:30-12:00 13:00-16:00”"), error);
}

JsonNode *
cm_thing_fields_parse(const CmField *field, const gchar *text, CmDBusRoster *roster, GError **error)
{
	switch (field->type) {
	case CM_FIELD_NUMBER:
		return parse_number(field, text, error);
	case CM_FIELD_DATE:
	case CM_FIELD_ASKED_DATE:
		return parse_date(field, text, error);
	case CM_FIELD_HOURS:
		return check_hours(field, cm_hours_parse(text), error);
	case CM_FIELD_WINDOW:
		return check_hours(field, cm_hours_parse_window(text), error);
	case CM_FIELD_WORDS:
		return parse_words(text);
	case CM_FIELD_THING:
		return parse_thing(field, text, roster, error);
	case CM_FIELD_THINGS:
		return parse_things(field, text, roster, error);
	case CM_FIELD_PLACE:
		return parse_place(field, text, error);
	case CM_FIELD_PERIODS:
		return parse_periods(field, text, error);
	case CM_FIELD_TRAVEL:
		return parse_travel(field, text, roster, error);
	case CM_FIELD_TEXT:
	case CM_FIELD_ASKED:
	default:
		return new_text(text);
	}
}
