// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-phrase.h"

#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* CM_RESOURCE_STUDENT of daemon/roster/caseload.h */
#define RECIPIENT_STUDENT 1

/* both with a comma between, or the one that there is */
static gchar *
join(const CmWords *words, const gchar *first, const gchar *second)
{
	if (first == NULL || second == NULL)
		return g_strdup(first != NULL ? first : second);
	/* translators: {0} what, {1} more of it: a school and a room, a name and a profession */
	return cm_words_say(words, N_("{0}, {1}"), first, second, NULL);
}

gchar *
cm_letter_phrase_where(const CmWords *words, const CmLetterItem *item, gboolean old)
{
	const gchar *mode = old && item->old_mode != NULL ? item->old_mode : item->mode;
	const gchar *place = old && item->old_place != NULL ? item->old_place : item->place;
	g_autofree gchar *there = NULL;

	if (g_strcmp0(mode, "video-remote") == 0)
		return cm_words_say(words, N_("by video, from home"), NULL);
	/* a room that is new says nothing of where it was before */
	if (old && item->old_mode != NULL && item->old_place == NULL)
		place = NULL;
	there = join(words, item->school, place);
	if (g_strcmp0(mode, "video-school") != 0)
		return g_steal_pointer(&there);
	if (there == NULL)
		return cm_words_say(words, N_("by video, at school"), NULL);
	return cm_words_say(words, N_("by video, at school: {0}"), there, NULL);
}

/* a title begins with a capital; within a sentence it does not */
static gchar *
uncapitalize(const gchar *text)
{
	g_autofree gchar *first = g_utf8_substring(text, 0, 1);
	g_autofree gchar *small = g_utf8_strdown(first, -1);

	return g_strconcat(small, g_utf8_next_char(text), NULL);
}

gchar *
cm_letter_phrase_host(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *profession = NULL;

	if (item->host_profession != NULL && *item->host_profession != '\0')
		profession = uncapitalize(item->host_profession);
	if (item->host_name == NULL)
		return g_steal_pointer(&profession);
	return join(words, item->host_name, profession);
}

gchar *
cm_letter_phrase_who(const CmWords *words, const CmLetterItem *item)
{
	static const struct {
		const gchar *role;
		const gchar *with_initials;
		const gchar *alone;
	} roles[] = {
	    {"guardian", N_("A parent ({0})"), N_("A parent")},
	    {"teacher", N_("The teacher ({0})"), N_("The teacher")},
	    {"student", N_("The student ({0})"), N_("The student")},
	    {"professional", N_("The professional ({0})"), N_("The professional")},
	};

	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (g_strcmp0(item->role, roles[i].role) != 0)
			continue;
		if (item->initials != NULL)
			return cm_words_say(words, roles[i].with_initials, item->initials, NULL);
		return cm_words_say(words, roles[i].alone, NULL);
	}
	if (item->initials != NULL)
		return cm_words_say(words, N_("Somebody ({0})"), item->initials, NULL);
	return cm_words_say(words, N_("Somebody"), NULL);
}

gchar *
cm_letter_phrase_note(const CmWords *words, const CmLetterItem *item)
{
	if (item->note == NULL)
		return NULL;
	return cm_catalog_localize(words->language, item->note);
}

gchar *
cm_letter_phrase_telephone(const CmWords *words, const CmLetter *letter)
{
	if (letter->help_phone == NULL || letter->help_hours == NULL)
		return g_strdup(letter->help_phone);
	/* translators: {0} a telephone number, {1} the hours when somebody answers */
	return cm_words_say(words, N_("{0} ({1})"), letter->help_phone, letter->help_hours, NULL);
}

gchar *
cm_letter_phrase_old_span(const CmWords *words, const CmLetterItem *item)
{
	gint64 start = item->old_start != 0 ? item->old_start : item->start;
	gint64 end = item->old_end != 0 ? item->old_end : item->end;

	/* an end that nobody gave is that of the new hour, and says nothing of the old one */
	if (item->old_end == 0 && item->old_start != 0 && item->old_start != item->start)
		end = item->end > item->start ? start + (item->end - item->start) : 0;
	return cm_words_span(words, start, end);
}

gboolean
cm_letter_phrase_is_video(const CmLetterItem *item)
{
	return item->mode != NULL && g_str_has_prefix(item->mode, "video");
}

gboolean
cm_letter_phrase_is_moved(const CmLetterItem *item)
{
	return (item->old_start != 0 && item->old_start != item->start) ||
	       (item->old_end != 0 && item->old_end != item->end);
}

const gchar *
cm_letter_phrase_get_name(const CmLetter *letter)
{
	return letter->recipient_kind == RECIPIENT_STUDENT ? NULL : letter->name;
}
