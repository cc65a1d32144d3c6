// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/hours.h"

#include "include/cm-time.h"

#include <string.h>

static const gchar *const day_names[CM_DAYS_PER_WEEK] = {"mon", "tue", "wed", "thu",
							 "fri", "sat", "sun"};
static const gchar *const french_names[CM_DAYS_PER_WEEK] = {"lun", "mar", "mer", "jeu",
							    "ven", "sam", "dim"};

/* by its first three letters, -1 for none */
static gint
find_day(const gchar *word)
{
	for (gint day = 0; day < CM_DAYS_PER_WEEK; day++) {
		if (g_ascii_strncasecmp(word, day_names[day], 3) == 0 ||
		    g_ascii_strncasecmp(word, french_names[day], 3) == 0)
			return day;
	}
	return -1;
}

/* "8:30", "8h30", "8h", "08:30" */
static gboolean
parse_time(const gchar *text, gchar out[CM_MINUTE_TEXT_SIZE])
{
	gchar *end = NULL;
	guint64 hour = g_ascii_strtoull(text, &end, 10);
	guint64 minute = 0;

	if (end == text || end - text > 2 || !g_ascii_isdigit(text[0]))
		return FALSE;
	if (*end == ':' || *end == 'h' || *end == 'H') {
		const gchar *rest = end + 1;
		gboolean colon = *end == ':';

		minute = g_ascii_strtoull(rest, &end, 10);
		if (end - rest != 2 && (colon || end != rest))
			return FALSE;
	}
	if (*end != '\0' || hour > 23 || minute > 59)
		return FALSE;
	(void)cm_minute_format((CmMinute)(hour * 60 + minute), out);
	return TRUE;
}

JsonNode *
cm_hours_parse_window(const gchar *text)
{
	g_auto(GStrv) ends = g_strsplit(text, "-", -1);
	gchar from[CM_MINUTE_TEXT_SIZE];
	gchar to[CM_MINUTE_TEXT_SIZE];
	JsonArray *window = NULL;
	JsonNode *node = NULL;

	if (g_strv_length(ends) != 2 || !parse_time(g_strstrip(ends[0]), from) ||
	    !parse_time(g_strstrip(ends[1]), to))
		return NULL;
	window = json_array_new();
	json_array_add_string_element(window, from);
	json_array_add_string_element(window, to);
	node = json_node_new(JSON_NODE_ARRAY);
	json_node_take_array(node, window);
	return node;
}

/* "mon" or "mon-fri" */
static gboolean
parse_days(const gchar *word, gint *out_first, gint *out_last)
{
	const gchar *hyphen = strchr(word, '-');

	*out_first = find_day(word);
	*out_last = hyphen != NULL ? find_day(hyphen + 1) : *out_first;
	return *out_first >= 0 && *out_last >= *out_first;
}

static void
add_window(JsonObject *week, gint day, JsonNode *window)
{
	JsonArray *windows = NULL;

	if (!json_object_has_member(week, day_names[day]))
		json_object_set_array_member(week, day_names[day], json_array_new());
	windows = json_object_get_array_member(week, day_names[day]);
	json_array_add_element(windows, json_node_copy(window));
}

/* days first, then their windows, until the next days */
static gboolean
parse_words(JsonObject *week, gchar **words)
{
	gint first = -1;
	gint last = -1;

	for (guint i = 0; words[i] != NULL; i++) {
		g_autoptr(JsonNode) window = NULL;

		if (*words[i] == '\0')
			continue;
		if (g_ascii_isalpha(words[i][0])) {
			if (!parse_days(words[i], &first, &last))
				return FALSE;
			continue;
		}
		window = cm_hours_parse_window(words[i]);
		if (window == NULL || first < 0)
			return FALSE;
		for (gint day = first; day <= last; day++)
			add_window(week, day, window);
	}
	return TRUE;
}

JsonNode *
cm_hours_parse(const gchar *text)
{
	g_autoptr(JsonObject) week = json_object_new();
	g_autofree gchar *plain = g_strdelimit(g_strdup(text), ";,\t\n", ' ');
	g_auto(GStrv) words = g_strsplit(plain, " ", -1);
	JsonNode *node = NULL;

	if (!parse_words(week, words))
		return NULL;
	node = json_node_new(JSON_NODE_OBJECT);
	json_node_take_object(node, g_steal_pointer(&week));
	return node;
}
