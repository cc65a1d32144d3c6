// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-event.h"

#include "daemon/calendar/invitation.h"
#include "daemon/letter/letter-phrase.h"

#include <glib/gi18n.h>

/* how often a telephone looks again */
#define FEED_REFRESH_MINUTES 60

/* an event, and the texts that it refers to */
typedef struct {
	CmInvitation invitation;
	gchar *summary;
	gchar *description;
	gchar *location;
	gchar *comment;
} Event;

static void
event_free(gpointer data)
{
	Event *event = data;

	g_free(event->summary);
	g_free(event->description);
	g_free(event->location);
	g_free(event->comment);
	g_free(event);
}

static CmItipMethod
get_method(const CmLetter *letter)
{
	switch (letter->kind) {
	case CM_LETTER_INVITATION:
	case CM_LETTER_UPDATE:
		return CM_ITIP_REQUEST;
	case CM_LETTER_CANCELLATION:
		return CM_ITIP_CANCEL;
	case CM_LETTER_COUNTER_DECLINED:
		return CM_ITIP_DECLINECOUNTER;
	case CM_LETTER_DIGEST:
		return CM_ITIP_PUBLISH;
	case CM_LETTER_REMINDER:
	case CM_LETTER_FIRST_VIDEO:
	case CM_LETTER_PAGE_LINK:
	case CM_LETTER_KIND_LAST:
	default:
		return CM_ITIP_LAST;
	}
}

/* of a digest: what stands, and may be kept */
static gboolean
stands(const CmLetterItem *item)
{
	return item->start != 0 && item->end > item->start && item->uid != NULL &&
	       cm_letter_item_stands(item);
}

const gchar *
cm_letter_event_get_method(const CmLetter *letter)
{
	CmItipMethod method = get_method(letter);

	if (method == CM_ITIP_LAST)
		return NULL;
	if (method != CM_ITIP_PUBLISH)
		return cm_invitation_method_to_string(method);
	for (guint i = 0; i < letter->items->len; i++) {
		if (stands(g_ptr_array_index(letter->items, i)))
			return cm_invitation_method_to_string(method);
	}
	return NULL;
}

/* only people of the service read initials in their calendars */
static gchar *
say_summary(const CmLetter *letter, const CmLetterItem *item, const CmWords *words)
{
	const gchar *school = item->school != NULL ? item->school : letter->organisation;

	if (letter->staff && item->initials != NULL && school != NULL)
		/* translators: what a calendar shows: {0} initials, {1} a school */
		return cm_words_say(words, N_("Meeting — {0}, {1}"), item->initials, school, NULL);
	if (letter->staff && item->initials != NULL)
		school = item->initials;
	if (school == NULL)
		return cm_words_say(words, N_("Meeting"), NULL);
	/* translators: what a calendar shows: {0} a school */
	return cm_words_say(words, N_("Meeting — {0}"), school, NULL);
}

static gchar *
say_location(const CmLetterItem *item, const gchar *link, const CmWords *words)
{
	g_autofree gchar *where = cm_letter_phrase_where(words, item, FALSE);

	if (link == NULL || !cm_letter_phrase_is_video(item))
		return g_steal_pointer(&where);
	/* where somebody at home is says nothing; the link alone is what programs make a button of */
	if (g_strcmp0(item->mode, "video-remote") == 0 || where == NULL)
		return g_strdup(link);
	return g_strdup_printf("%s ; %s", where, link);
}

static gchar *
say_description(const CmLetter *letter, const gchar *link, const CmWords *words)
{
	g_autofree gchar *telephone = cm_letter_phrase_telephone(words, letter);
	g_autoptr(GString) text = g_string_new(link);

	if (link != NULL) {
		g_autofree gchar *page =
		    cm_words_say(words,
				 N_("On this page you can confirm, cancel, ask for another "
				    "time or join by video."),
				 NULL);

		g_string_append_printf(text, "\n%s", page);
	}
	if (telephone != NULL) {
		g_autofree gchar *help = cm_words_say(words, N_("Help: {0}"), telephone, NULL);

		g_string_append_printf(text, "%s%s", text->len > 0 ? "\n" : "", help);
	}
	return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

static Event *
make_event(const CmLetter *letter,
	   const CmLetterItem *item,
	   const gchar *link,
	   const CmWords *words)
{
	Event *event = g_new0(Event, 1);
	CmInvitation *invitation = &event->invitation;
	gboolean cancelled = letter->kind == CM_LETTER_CANCELLATION;
	/* what does not take place needs no door, and what has one of its own has no other */
	const gchar *door = cancelled ? NULL : item->own_link ? item->link : link;

	event->summary = say_summary(letter, item, words);
	event->location = say_location(item, door, words);
	event->description = cancelled ? NULL : say_description(letter, door, words);
	event->comment = cm_letter_phrase_note(words, item);
	invitation->uid = item->uid;
	invitation->sequence = item->sequence;
	invitation->stamp = letter->made_at;
	invitation->start = item->start;
	invitation->end = item->end;
	invitation->summary = event->summary;
	invitation->description = event->description;
	invitation->location = event->location;
	invitation->comment = event->comment;
	invitation->url = door;
	invitation->conference = cm_letter_phrase_is_video(item) ? door : NULL;
	invitation->organizer_name = item->host_name != NULL ? item->host_name : letter->from_name;
	invitation->organizer_address =
	    item->organizer_address != NULL ? item->organizer_address : letter->from_address;
	invitation->attendee_name = cm_letter_phrase_get_name(letter);
	invitation->attendee_address = letter->address;
	invitation->cancelled = cancelled;
	return event;
}

/* the invitation is an event's first member. Returns: (transfer full) (element-type Event) */
static GPtrArray *
make_events(const CmLetter *letter, const gchar *link, const CmWords *words, CmItipMethod method)
{
	GPtrArray *events = g_ptr_array_new_with_free_func(event_free);

	for (guint i = 0; i < letter->items->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);

		if (method != CM_ITIP_PUBLISH || stands(item))
			g_ptr_array_add(events, make_event(letter, item, link, words));
	}
	return events;
}

gchar *
cm_letter_event_write(const CmLetter *letter,
		      const gchar *link,
		      const CmWords *words,
		      GError **error)
{
	CmItipMethod method = get_method(letter);
	g_autoptr(GPtrArray) events = make_events(letter, link, words, method);
	g_autofree gchar *language = g_strdup_printf("%s_CA", words->language);

	return cm_invitation_write(method, (const CmInvitation *const *)events->pdata, events->len,
				   language, error);
}

gchar *
cm_letter_event_write_feed(const CmLetter *letter, const CmWords *words, GError **error)
{
	g_autoptr(GPtrArray) events = make_events(letter, NULL, words, CM_ITIP_PUBLISH);
	g_autofree gchar *language = g_strdup_printf("%s_CA", words->language);

	return cm_invitation_write_feed(letter->organisation, FEED_REFRESH_MINUTES,
					(const CmInvitation *const *)events->pdata, events->len,
					language, error);
}
