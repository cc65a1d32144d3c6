// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/letter/letter-compose.h"

#include "daemon/letter/letter-digest.h"
#include "daemon/letter/letter-event.h"
#include "daemon/letter/letter-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* CM_RESOURCE_CONTACT of daemon/roster/caseload.h */
#define RECIPIENT_CONTACT 2

/* What every part of a letter is made from. */
typedef struct {
	const CmLetter *letter;
	const gchar *link;
	const CmWords *words;
	CmLetterContent *content;
	const CmLetterItem *item; /* the first; NULL when there is none */
} Draft;

static void
add(const Draft *draft, CmLetterBlockKind kind, gchar *text)
{
	cm_letter_content_add(draft->content, kind, text);
}

static gchar *
say(const Draft *draft, const gchar *text)
{
	return cm_words_say(draft->words, text, NULL);
}

static gchar *
say_of(const Draft *draft, const gchar *format, const gchar *argument)
{
	return cm_words_say(draft->words, format, argument, NULL);
}

/* what the list of messages shows, and the first line of the letter */
static void
add_title(const Draft *draft, gchar *title)
{
	const gchar *name = cm_letter_phrase_get_name(draft->letter);

	cm_letter_content_set_subject(draft->content, g_strdup(title));
	add(draft, CM_LETTER_BLOCK_TITLE, title);
	if (name != NULL && *name != '\0')
		add(draft, CM_LETTER_BLOCK_PARAGRAPH, say_of(draft, N_("Hello {0},"), name));
	else
		add(draft, CM_LETTER_BLOCK_PARAGRAPH, say(draft, N_("Hello,")));
}

/* a title with the item's moment in it */
static void
add_dated_title(const Draft *draft, const gchar *format)
{
	g_autofree gchar *moment = cm_words_moment(draft->words, draft->item->start);

	add_title(draft, say_of(draft, format, moment));
}

/* ---- what is met about */

static void
add_row(const Draft *draft, const gchar *label, gchar *text)
{
	cm_letter_content_add_row(draft->content, say(draft, label), text);
}

static void
add_rows(const Draft *draft)
{
	const CmLetterItem *item = draft->item;
	gchar *where = cm_letter_phrase_where(draft->words, item, FALSE);

	add_row(draft, N_("When:"), cm_words_span(draft->words, item->start, item->end));
	add_row(draft, N_("Where:"), where);
	/* nobody is told their own name */
	if (g_strcmp0(item->host_name, draft->letter->name) != 0)
		add_row(draft, N_("With:"), cm_letter_phrase_host(draft->words, item));
	if (cm_letter_phrase_get_name(draft->letter) != NULL || draft->letter->name == NULL)
		add_row(draft, N_("Student:"), g_strdup(item->initials));
}

static void
add_note(const Draft *draft)
{
	add(draft, CM_LETTER_BLOCK_PARAGRAPH, cm_letter_phrase_note(draft->words, draft->item));
}

/* ---- how to answer */

/* the one sentence or the other, whether there is a telephone */
static void
add_reachable(const Draft *draft, const gchar *with_telephone, const gchar *without)
{
	g_autofree gchar *telephone = cm_letter_phrase_telephone(draft->words, draft->letter);

	if (telephone != NULL)
		add(draft, CM_LETTER_BLOCK_PARAGRAPH, say_of(draft, with_telephone, telephone));
	else
		add(draft, CM_LETTER_BLOCK_PARAGRAPH, say(draft, without));
}

static void
add_page(const Draft *draft, const gchar *what_for)
{
	add(draft, CM_LETTER_BLOCK_PARAGRAPH, say(draft, what_for));
	cm_letter_content_add_button(draft->content, say(draft, N_("Open your page")), draft->link);
	add(draft, CM_LETTER_BLOCK_PARAGRAPH,
	    say(draft, N_("This link is for you alone: please do not forward this message.")));
}

static void
add_answer(const Draft *draft, gboolean video)
{
	if (draft->link == NULL) {
		add_reachable(draft,
			      N_("To confirm, cancel or ask for another time, reply to this "
				 "message or call {0}."),
			      N_("To confirm, cancel or ask for another time, reply to this "
				 "message."));
		if (video)
			add(draft, CM_LETTER_BLOCK_PARAGRAPH,
			    say(draft, N_("If you do not know how to join by video, ask us the "
					  "same way.")));
		return;
	}
	if (video)
		add_page(draft, N_("On your page you can confirm, cancel or ask for another time. "
				   "When the time comes, you join the meeting there."));
	else
		add_page(draft,
			 N_("On your page you can confirm, cancel or ask for another time."));
	add_reachable(draft, N_("You can also reply to this message or call {0}."),
		      N_("You can also reply to this message."));
}

static void
add_questions(const Draft *draft)
{
	add_reachable(draft, N_("Any questions? Reply to this message or call {0}."),
		      N_("Any questions? Reply to this message."));
}

/* to who answers for a child it is said why the child is not named */
static void
add_foot(const Draft *draft)
{
	const gchar *organisation = draft->letter->organisation;
	gboolean initials = draft->item != NULL && draft->item->initials != NULL;

	if (organisation == NULL)
		return;
	if (initials && draft->letter->recipient_kind == RECIPIENT_CONTACT)
		add(draft, CM_LETTER_BLOCK_FINE,
		    say_of(draft,
			   N_("Sent by {0}. Out of discretion, this message does not name the "
			      "student."),
			   organisation));
	else
		add(draft, CM_LETTER_BLOCK_FINE, say_of(draft, N_("Sent by {0}."), organisation));
}

/* ---- the letters */

static void
compose_invitation(const Draft *draft)
{
	add_dated_title(draft, N_("Meeting on {0}"));
	add(draft, CM_LETTER_BLOCK_PARAGRAPH, say(draft, N_("A meeting is planned:")));
	add_rows(draft);
	add_note(draft);
	add_answer(draft, cm_letter_phrase_is_video(draft->item));
}

/* the old time and place, in words */
static void
add_changes(const Draft *draft)
{
	const CmLetterItem *item = draft->item;
	g_autofree gchar *old_where = cm_letter_phrase_where(draft->words, item, TRUE);
	g_autofree gchar *where = cm_letter_phrase_where(draft->words, item, FALSE);
	g_autofree gchar *old = NULL;

	if (cm_letter_phrase_is_moved(item)) {
		old = cm_letter_phrase_old_span(draft->words, item);
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say_of(draft, N_("The time has changed. Before: {0}."), old));
	}
	if (old_where != NULL && g_strcmp0(old_where, where) != 0)
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say_of(draft, N_("The place has changed. Before: {0}."), old_where));
}

static void
compose_update(const Draft *draft)
{
	gboolean moved = cm_letter_phrase_is_moved(draft->item);

	add_dated_title(draft,
			moved ? N_("Meeting moved to {0}") : N_("Change to the meeting on {0}"));
	add_changes(draft);
	add(draft, CM_LETTER_BLOCK_PARAGRAPH, say(draft, N_("The meeting is now as follows:")));
	add_rows(draft);
	add_note(draft);
	if (moved)
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say(draft, N_("If you had answered already, please answer again.")));
	add_answer(draft, cm_letter_phrase_is_video(draft->item));
}

static void
compose_cancellation(const Draft *draft)
{
	gboolean excused = draft->item->excused;

	add_dated_title(draft, excused ? N_("You no longer need to come: {0}")
				       : N_("Meeting cancelled: {0}"));
	add(draft, CM_LETTER_BLOCK_PARAGRAPH,
	    say(draft, excused ? N_("This meeting takes place without you. You have nothing to do.")
			       : N_("This meeting will not take place. You have nothing to do.")));
	add_note(draft);
	add_rows(draft);
	add_questions(draft);
}

static void
compose_counter_declined(const Draft *draft)
{
	g_autofree gchar *asked = NULL;

	add_dated_title(draft, N_("The meeting stays on {0}"));
	if (draft->item->old_start != 0) {
		asked = cm_words_moment(draft->words, draft->item->old_start);
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say_of(draft,
			   N_("You asked for {0}. Unfortunately, that time is not possible."),
			   asked));
	} else {
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say(draft,
			N_("You asked for another time. Unfortunately, it is not possible.")));
	}
	add_note(draft);
	add(draft, CM_LETTER_BLOCK_PARAGRAPH,
	    say(draft, N_("The meeting remains as it was planned:")));
	add_rows(draft);
	add_answer(draft, cm_letter_phrase_is_video(draft->item));
}

static void
compose_reminder(const Draft *draft)
{
	guint count = draft->letter->items->len;

	if (count == 1) {
		add_dated_title(draft, N_("Reminder: meeting on {0}"));
		add_rows(draft);
		add_note(draft);
	} else {
		add_title(draft,
			  cm_words_count(draft->words,
					 NP_("Reminder: {0} meeting", "Reminder: {0} meetings"),
					 count, NULL));
		cm_letter_digest_list(draft->content, draft->letter, draft->words);
	}
	add(draft, CM_LETTER_BLOCK_PARAGRAPH,
	    say(draft, N_("If you cannot come, please let us know as soon as you can: the time "
			  "can serve somebody else.")));
	add_answer(draft, cm_letter_phrase_is_video(draft->item) && !draft->item->own_link);
}

static void
add_device(const Draft *draft)
{
	static const gchar *const points[] = {
	    N_("Take the device that you will use: a computer, a tablet or a telephone. Plug it "
	       "in or charge it."),
	    N_("Open its camera application: you must see yourself clearly."),
	    N_("Play any video: you must hear it well. Earphones help."),
	    N_("Choose a quiet place with a good Internet connection, where nobody else hears."),
	};

	add(draft, CM_LETTER_BLOCK_HEADING, say(draft, N_("Try your device today")));
	for (guint i = 0; i < G_N_ELEMENTS(points); i++)
		cm_letter_content_add_point(draft->content, say(draft, points[i]));
}

static void
compose_first_video(const Draft *draft)
{
	add_dated_title(draft, N_("First meeting by video on {0}"));
	add(draft, CM_LETTER_BLOCK_PARAGRAPH,
	    say(draft, N_("A few minutes of preparation, and all will go well.")));
	add_rows(draft);
	add_note(draft);
	add_device(draft);
	add(draft, CM_LETTER_BLOCK_HEADING, say(draft, N_("When the time comes")));
	if (draft->link != NULL)
		add_page(draft, N_("Five minutes before, open your page. If the browser asks to "
				   "use the camera and the microphone, accept."));
	else
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say(draft, N_("Five minutes before, open the link that you were given. If the "
				  "browser asks to use the camera and the microphone, accept.")));
	add(draft, CM_LETTER_BLOCK_HEADING, say(draft, N_("If something does not work")));
	add_reachable(draft, N_("Call {0}, or reply to this message."),
		      N_("Reply to this message."));
}

static gboolean
has_hours(const CmLetter *letter)
{
	for (guint i = 0; i < letter->items->len; i++) {
		if (cm_letter_digest_has_hour(g_ptr_array_index(letter->items, i)))
			return TRUE;
	}
	return FALSE;
}

/* what is over with asks for no answer */
static gboolean
has_what_stands(const CmLetter *letter)
{
	for (guint i = 0; i < letter->items->len; i++) {
		const CmLetterItem *item = g_ptr_array_index(letter->items, i);

		if (cm_letter_digest_has_hour(item) && item->kind != CM_LETTER_ITEM_CANCELLED &&
		    item->kind != CM_LETTER_ITEM_HOLD_EXPIRED)
			return TRUE;
	}
	return FALSE;
}

static void
compose_digest(const Draft *draft)
{
	guint64 count = (guint64)draft->letter->items->len + draft->letter->left_out;
	gboolean hours = has_hours(draft->letter);

	if (hours)
		add_title(draft, cm_words_count(
				     draft->words,
				     NP_("Your meetings: {0} change", "Your meetings: {0} changes"),
				     count, NULL));
	else
		add_title(draft, cm_words_count(draft->words,
						NP_("Follow-ups: {0} piece of news",
						    "Follow-ups: {0} pieces of news"),
						count, NULL));
	cm_letter_digest_list(draft->content, draft->letter, draft->words);
	if (cm_letter_event_get_method(draft->letter) != NULL)
		add(draft, CM_LETTER_BLOCK_PARAGRAPH,
		    say(draft, N_("The attached file, calendar.ics, puts the meetings that stand "
				  "into your own calendar, if you wish.")));
	if (has_what_stands(draft->letter))
		add_answer(draft, FALSE);
	else
		add_questions(draft);
}

static void
compose_page_link(const Draft *draft)
{
	add_title(draft, say(draft, N_("Your page for meetings")));
	add_page(draft, N_("On your page you see your meetings. You can confirm or cancel them, "
			   "ask for another time, and join those that are by video."));
	add_questions(draft);
}

CmLetterContent *
cm_letter_compose(const CmLetter *letter, const gchar *link, const CmWords *words)
{
	static void (*const composers[CM_LETTER_KIND_LAST])(const Draft *) = {
	    [CM_LETTER_INVITATION] = compose_invitation,
	    [CM_LETTER_UPDATE] = compose_update,
	    [CM_LETTER_CANCELLATION] = compose_cancellation,
	    [CM_LETTER_COUNTER_DECLINED] = compose_counter_declined,
	    [CM_LETTER_REMINDER] = compose_reminder,
	    [CM_LETTER_FIRST_VIDEO] = compose_first_video,
	    [CM_LETTER_DIGEST] = compose_digest,
	    [CM_LETTER_PAGE_LINK] = compose_page_link,
	};
	g_autofree gchar *language = g_strdup_printf("%s-CA", words->language);
	g_autoptr(CmLetterContent) content = cm_letter_content_new(language);
	Draft draft = {.letter = letter, .link = link, .words = words, .content = content};

	if (letter->items->len > 0)
		draft.item = g_ptr_array_index(letter->items, 0);
	composers[letter->kind](&draft);
	add_foot(&draft);
	return g_steal_pointer(&content);
}
