// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-phrase.h"

#include "include/cm-catalog.h"

#include <glib/gi18n.h>
#include <string.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

gchar *
cm_page_phrase_host(const CmWords *words, const CmViewItem *item)
{
	if (item->host_name == NULL || item->host_profession == NULL)
		return g_strdup(item->host_name != NULL ? item->host_name : item->host_profession);
	/* translators: {0} what, {1} more of it: a school and a room, a name and a profession */
	return cm_words_say(words, N_("{0}, {1}"), item->host_name, item->host_profession, NULL);
}

gchar *
cm_page_phrase_host_name(const CmWords *words, const CmViewItem *item)
{
	if (item->host_name != NULL)
		return g_strdup(item->host_name);
	return cm_words_say(words, N_("the person you meet"), NULL);
}

gchar *
cm_page_phrase_where(const CmWords *words, const CmViewItem *item)
{
	switch (item->mode) {
	case CM_VIEW_VIDEO_REMOTE:
		return cm_words_say(words, N_("By video, from home"), NULL);
	case CM_VIEW_VIDEO_SCHOOL:
		if (item->place == NULL)
			return cm_words_say(words, N_("By video, at school"), NULL);
		return cm_words_say(words, N_("By video, at school: {0}"), item->place, NULL);
	case CM_VIEW_IN_PERSON:
	default:
		if (item->place == NULL)
			return cm_words_say(words, N_("In person"), NULL);
		return g_strdup(item->place);
	}
}

gchar *
cm_page_phrase_near(const CmWords *words, gint64 now, gint64 instant)
{
	gint64 days = cm_words_get_day(words, instant) - cm_words_get_day(words, now);

	if (days == 0)
		return cm_words_say(words, N_("Today"), NULL);
	if (days == 1)
		return cm_words_say(words, N_("Tomorrow"), NULL);
	return NULL;
}

static gchar *
count_minutes(const CmWords *words, gint64 minutes)
{
	return cm_words_count(words, NP_("{0} minute", "{0} minutes"), (guint64)minutes, NULL);
}

gchar *
cm_page_phrase_duration(const CmWords *words, gint64 seconds)
{
	/* "in 12 minutes" is not to be 12 minutes and 59 seconds, nor none */
	gint64 minutes = MAX((seconds + MINUTE - 1) / MINUTE, 1);
	g_autofree gchar *hours = NULL;
	g_autofree gchar *rest = NULL;

	if (minutes < 60)
		return count_minutes(words, minutes);
	if (seconds >= 2 * DAY)
		return cm_words_count(words, NP_("{0} day", "{0} days"), (guint64)(seconds / DAY),
				      NULL);
	hours = cm_words_count(words, NP_("{0} hour", "{0} hours"), (guint64)(minutes / 60), NULL);
	if (minutes % 60 == 0 || minutes >= 6 * 60)
		return g_steal_pointer(&hours);
	rest = count_minutes(words, minutes % 60);
	/* translators: {0} hours, {1} minutes */
	return cm_words_say(words, N_("{0} and {1}"), hours, rest, NULL);
}

gchar *
cm_page_phrase_zone(const CmWords *words, const gchar *zone)
{
	static const struct {
		const gchar *zone;
		const gchar *name;
	} names[] = {
	    {"America/Toronto", N_("Eastern time")},
	    {"America/Montreal", N_("Eastern time")},
	    {"America/Halifax", N_("Atlantic time")},
	    {"America/Blanc-Sablon", N_("Atlantic time, the same all year")},
	    {"America/Puerto_Rico", N_("Atlantic time, the same all year")},
	    {"America/Winnipeg", N_("Central time")},
	    {"America/St_Johns", N_("Newfoundland time")},
	    {"UTC", N_("universal time")},
	};
	g_autofree gchar *place = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_str_equal(names[i].zone, zone))
			return cm_words_say(words, names[i].name, NULL);
	}
	place = g_strdup(strrchr(zone, '/') != NULL ? strrchr(zone, '/') + 1 : zone);
	g_strdelimit(place, "_", ' ');
	/* translators: {0} a town: hours are those of its zone */
	return cm_words_say(words, N_("time of {0}"), place, NULL);
}
