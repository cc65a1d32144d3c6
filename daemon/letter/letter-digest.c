// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-digest.h"

#include "daemon/letter/letter-news.h"
#include "daemon/letter/letter-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

gboolean
cm_letter_digest_has_hour(const CmLetterItem *item)
{
	return item->start != 0 && item->kind <= CM_LETTER_ITEM_HOLD_EXPIRED;
}

/* stable, since g_ptr_array_sort() is a merge sort: what comes at the same hour keeps its order */
static gint
compare_items(gconstpointer a, gconstpointer b)
{
	const CmLetterItem *first = *(const CmLetterItem *const *)a;
	const CmLetterItem *second = *(const CmLetterItem *const *)b;
	gboolean dated = cm_letter_digest_has_hour(first);

	if (dated != cm_letter_digest_has_hour(second))
		return dated ? -1 : 1;
	if (!dated || first->start == second->start)
		return 0;
	return first->start < second->start ? -1 : 1;
}

GPtrArray *
cm_letter_digest_sort(const CmLetter *letter)
{
	GPtrArray *sorted = g_ptr_array_sized_new(letter->items->len);

	for (guint i = 0; i < letter->items->len; i++)
		g_ptr_array_add(sorted, g_ptr_array_index(letter->items, i));
	g_ptr_array_sort(sorted, compare_items);
	if (sorted->len > CM_LETTER_LISTED_MAX)
		g_ptr_array_set_size(sorted, CM_LETTER_LISTED_MAX);
	return sorted;
}

static gchar *
say_moved(const CmLetterWords *words, const CmLetterItem *item)
{
	g_autofree gchar *before = NULL;

	if (cm_letter_phrase_is_moved(item)) {
		before = cm_letter_words_span(
		    words, item->old_start != 0 ? item->old_start : item->start, item->old_end);
		return cm_letter_words_say(words, N_("Moved. Before: {0}."), before, NULL);
	}
	before = cm_letter_phrase_where(words, item, TRUE);
	if (before == NULL)
		return cm_letter_words_say(words, N_("Changed."), NULL);
	return cm_letter_words_say(words, N_("Another place. Before: {0}."), before, NULL);
}

static gchar *
say_change(const CmLetterWords *words, const CmLetterItem *item)
{
	static const struct {
		CmLetterItemKind kind;
		const gchar *text;
	} changes[] = {
	    {CM_LETTER_ITEM_BOOKED, N_("New meeting.")},
	    {CM_LETTER_ITEM_CANCELLED, N_("Cancelled.")},
	    {CM_LETTER_ITEM_FIRST_VIDEO, N_("First meeting by video.")},
	    {CM_LETTER_ITEM_COUNTER_DECLINED,
	     N_("As planned: the other time that was asked for is not possible.")},
	    {CM_LETTER_ITEM_HOLD_EXPIRED, N_("This time is no longer kept for you.")},
	};
	g_autofree gchar *until = NULL;

	if (item->kind == CM_LETTER_ITEM_MOVED)
		return say_moved(words, item);
	if (item->kind == CM_LETTER_ITEM_HOLD_OFFERED && item->until != 0) {
		until = cm_letter_words_moment(words, item->until);
		return cm_letter_words_say(words, N_("This time is kept for you until {0}."), until,
					   NULL);
	}
	if (item->kind == CM_LETTER_ITEM_HOLD_OFFERED)
		return cm_letter_words_say(words, N_("This time is kept for you."), NULL);
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		if (changes[i].kind == item->kind)
			return cm_letter_words_say(words, changes[i].text, NULL);
	}
	return NULL;
}

static void
append(GString *text, const gchar *separator, const gchar *part)
{
	if (part == NULL)
		return;
	if (text->len > 0)
		g_string_append(text, separator);
	g_string_append(text, part);
}

/* "New meeting. — A. B. · Julie Roy, speech therapist · École des Pins, local 204" */
static gchar *
say_item(const CmLetter *letter, const CmLetterWords *words, const CmLetterItem *item)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) details = g_string_new(NULL);
	g_autofree gchar *change = say_change(words, item);
	g_autofree gchar *host = cm_letter_phrase_host(words, item);
	g_autofree gchar *where = cm_letter_phrase_where(words, item, FALSE);
	g_autofree gchar *note = cm_letter_phrase_note(words, item);

	append(details, " · ", item->initials);
	/* nobody is told their own name */
	if (g_strcmp0(item->host_name, letter->name) != 0)
		append(details, " · ", host);
	append(details, " · ", where);
	append(text, " ", change);
	append(text, " — ", details->len > 0 ? details->str : NULL);
	if (note != NULL)
		append(text, details->len > 0 ? ". " : " ", note);
	if (text->len == 0)
		return cm_letter_words_say(words, N_("Meeting."), NULL);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
list_days(CmLetterContent *content,
	  const CmLetter *letter,
	  const CmLetterWords *words,
	  GPtrArray *sorted)
{
	gint64 day = G_MININT64;

	for (guint i = 0; i < sorted->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(sorted, i);
		gint64 of_item = cm_letter_words_get_day(words, item->start);
		g_autofree gchar *hours = NULL;

		if (!cm_letter_digest_has_hour(item))
			return;
		if (of_item != day)
			cm_letter_content_add(content, CM_LETTER_BLOCK_HEADING,
					      cm_letter_words_day_heading(words, item->start));
		day = of_item;
		hours = cm_letter_words_hours(words, item->start, item->end);
		/* translators: the hours of a meeting, before what it is */
		cm_letter_content_add_row(content,
					  cm_letter_words_say(words, N_("{0}:"), hours, NULL),
					  say_item(letter, words, item));
	}
}

static void
list_others(CmLetterContent *content, const CmLetterWords *words, GPtrArray *sorted)
{
	gboolean dated = FALSE;
	gboolean headed = FALSE;

	for (guint i = 0; i < sorted->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(sorted, i);

		if (cm_letter_digest_has_hour(item)) {
			dated = TRUE;
			continue;
		}
		if (dated && !headed)
			cm_letter_content_add(content, CM_LETTER_BLOCK_HEADING,
					      cm_letter_words_say(words, N_("Other news"), NULL));
		headed = TRUE;
		cm_letter_content_add_point(content, cm_letter_news_say(words, item));
	}
}

void
cm_letter_digest_list(CmLetterContent *content, const CmLetter *letter, const CmLetterWords *words)
{
	g_autoptr(GPtrArray) sorted = cm_letter_digest_sort(letter);
	guint64 more = (guint64)letter->items->len - sorted->len + letter->left_out;

	list_days(content, letter, words, sorted);
	list_others(content, words, sorted);
	if (more > 0)
		cm_letter_content_add(content, CM_LETTER_BLOCK_PARAGRAPH,
				      cm_letter_words_count(words,
							    NP_("And {0} more.", "And {0} more."),
							    more, NULL));
}
