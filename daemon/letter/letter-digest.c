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

/* what changed, in a word or two; NULL when nothing did */
static const gchar *
get_change(const CmLetterItem *item)
{
	static const struct {
		CmLetterItemKind kind;
		const gchar *text;
	} changes[] = {
	    {CM_LETTER_ITEM_BOOKED, N_("New meeting")},
	    {CM_LETTER_ITEM_CANCELLED, N_("Meeting cancelled")},
	    {CM_LETTER_ITEM_FIRST_VIDEO, N_("First meeting by video")},
	    {CM_LETTER_ITEM_COUNTER_DECLINED, N_("As planned")},
	    {CM_LETTER_ITEM_HOLD_OFFERED, N_("Kept for you")},
	    {CM_LETTER_ITEM_HOLD_EXPIRED, N_("No longer kept for you")},
	};

	if (item->kind == CM_LETTER_ITEM_CANCELLED && item->excused)
		return N_("You no longer need to come");
	if (item->kind == CM_LETTER_ITEM_MOVED)
		return cm_letter_phrase_is_moved(item) ? N_("Meeting moved") : N_("Another place");
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		if (changes[i].kind == item->kind)
			return changes[i].text;
	}
	return NULL;
}

/* "10 h 15 à 11 h : Nouvelle rencontre" */
static gchar *
say_label(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *hours = cm_words_hours(words, item->start, item->end);
	g_autofree gchar *change = NULL;

	if (get_change(item) == NULL)
		return g_steal_pointer(&hours);
	change = cm_words_say(words, get_change(item), NULL);
	/* translators: {0} the hours of a meeting, {1} what became of it */
	return cm_words_say(words, N_("{0}: {1}"), hours, change, NULL);
}

/* a sentence more */
static gchar *
say_more(const CmWords *words, const CmLetterItem *item)
{
	g_autofree gchar *what = NULL;

	if (item->kind == CM_LETTER_ITEM_COUNTER_DECLINED)
		return cm_words_say(words, N_("The other time that was asked for is not possible."),
				    NULL);
	if (item->kind == CM_LETTER_ITEM_HOLD_OFFERED && item->until != 0) {
		what = cm_words_moment(words, item->until);
		return cm_words_say(words, N_("Please answer before {0}."), what, NULL);
	}
	if (item->kind != CM_LETTER_ITEM_MOVED)
		return NULL;
	what = cm_letter_phrase_is_moved(item) ? cm_letter_phrase_old_span(words, item)
					       : cm_letter_phrase_where(words, item, TRUE);
	return what != NULL ? cm_words_say(words, N_("Before: {0}."), what, NULL) : NULL;
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

/* "A. B. · Julie Roy, speech therapist · École des Pins, local 204. Before: …" */
static gchar *
say_item(const CmLetter *letter, const CmWords *words, const CmLetterItem *item)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *host = cm_letter_phrase_host(words, item);
	g_autofree gchar *where = cm_letter_phrase_where(words, item, FALSE);
	g_autofree gchar *more = say_more(words, item);
	g_autofree gchar *note = cm_letter_phrase_note(words, item);

	append(text, " · ", item->initials);
	/* nobody is told their own name */
	if (g_strcmp0(item->host_name, letter->name) != 0)
		append(text, " · ", host);
	append(text, " · ", where);
	append(text, g_str_has_suffix(text->str, ".") ? " " : ". ", more);
	append(text, g_str_has_suffix(text->str, ".") ? " " : ". ", note);
	if (text->len == 0)
		return cm_words_say(words, N_("Meeting."), NULL);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
list_days(CmLetterContent *content, const CmLetter *letter, const CmWords *words, GPtrArray *sorted)
{
	gint64 day = G_MININT64;

	for (guint i = 0; i < sorted->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(sorted, i);
		gint64 of_item = cm_words_get_day(words, item->start);

		if (!cm_letter_digest_has_hour(item))
			return;
		if (of_item != day)
			cm_letter_content_add(content, CM_LETTER_BLOCK_HEADING,
					      cm_words_day_heading(words, item->start));
		day = of_item;
		cm_letter_content_add_entry(content, say_label(words, item),
					    say_item(letter, words, item));
		if (item->own_link)
			cm_letter_content_add_entry_link(
			    content, cm_words_say(words, N_("To join this meeting:"), NULL),
			    item->link);
	}
}

static void
list_others(CmLetterContent *content, const CmWords *words, GPtrArray *sorted)
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
					      cm_words_say(words, N_("Other news"), NULL));
		headed = TRUE;
		cm_letter_content_add_point(content, cm_letter_news_say(words, item));
	}
}

static gboolean
has_own_link(GPtrArray *sorted)
{
	for (guint i = 0; i < sorted->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(sorted, i);

		if (item->own_link && item->link != NULL)
			return TRUE;
	}
	return FALSE;
}

void
cm_letter_digest_list(CmLetterContent *content, const CmLetter *letter, const CmWords *words)
{
	g_autoptr(GPtrArray) sorted = cm_letter_digest_sort(letter);
	guint64 more = (guint64)letter->items->len - sorted->len + letter->left_out;

	list_days(content, letter, words, sorted);
	list_others(content, words, sorted);
	if (has_own_link(sorted))
		cm_letter_content_add(
		    content, CM_LETTER_BLOCK_PARAGRAPH,
		    cm_words_say(words,
				 N_("A meeting that has a link of its own is joined by that link. "
				    "It is for you alone, as your page is."),
				 NULL));
	if (more > 0)
		cm_letter_content_add(
		    content, CM_LETTER_BLOCK_PARAGRAPH,
		    cm_words_count(words, NP_("And {0} more.", "And {0} more."), more, NULL));
}
