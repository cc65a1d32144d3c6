// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-door.h"

#include "daemon/gateway/page-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* seconds after which a browser without JavaScript looks again */
#define REFRESH_EARLY 60
#define REFRESH_WAITING 10
#define ANSWER_MAX 200
/* seconds before a door opens from which somebody may say that they can't get in */
#define HELP_BEFORE (2 * 3600)

/* ---- how it stands */

static gboolean
is_waiting(const CmViewItem *item)
{
	return item->door.visit == CM_VIEW_VISIT_WAITING;
}

static gboolean
is_inside(const CmViewItem *item)
{
	return item->door.visit == CM_VIEW_VISIT_INSIDE;
}

static gboolean
is_open(const CmViewItem *item)
{
	return item->door.state == CM_VIEW_DOOR_OPEN || item->door.state == CM_VIEW_DOOR_LATE;
}

/* whether they may go into the room now */
static gboolean
may_enter(const CmViewItem *item)
{
	return is_open(item) && is_inside(item) && item->door.room != CM_VIEW_ROOM_NONE;
}

static void
hash_text(GChecksum *sum, const gchar *text)
{
	if (text != NULL)
		g_checksum_update(sum, (const guchar *)text, -1);
	/* ends it */
	g_checksum_update(sum, (const guchar *)"", 1);
}

/* those who stand there, for who lets them in */
static void
hash_waiting(GChecksum *sum, const CmView *view, const CmViewItem *item)
{
	for (guint i = 0; i < view->waiting->len; i++) {
		const CmViewWaiting *waiting = g_ptr_array_index(view->waiting, i);
		g_autofree gchar *number = g_strdup_printf(
		    "%" G_GUINT64_FORMAT " %d %d %" G_GUINT64_FORMAT, waiting->visit,
		    (gint)waiting->state, (gint)waiting->help.state, waiting->help.number);

		if (waiting->subject != item->subject)
			continue;
		hash_text(sum, number);
		hash_text(sum, waiting->place);
		hash_text(sum, waiting->companion);
		hash_text(sum, waiting->phone);
		hash_text(sum, waiting->help.text);
		hash_text(sum, waiting->help.answer);
	}
}

gchar *
cm_page_door_make_state(const CmView *view, const CmViewItem *item)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree gchar *plain = g_strdup_printf(
	    "%d %d %d %d %u %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT
	    " %d %" G_GUINT64_FORMAT,
	    (gint)view->role, (gint)item->door.state, (gint)item->door.host, (gint)item->door.visit,
	    item->door.ahead, (gint)item->door.room, item->start, item->end, item->door.turn,
	    (gint)item->help.state, item->help.number);

	hash_text(sum, plain);
	hash_text(sum, item->help.answer);
	hash_text(sum, item->place);
	hash_waiting(sum, view, item);
	return g_strndup(g_checksum_get_string(sum), 16);
}

/* ---- the frame of both: door.js looks at this element again when it is told to */

static void
set_number(CmPage *page, const gchar *attribute, gint64 number)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	cm_page_set(page, attribute, text);
}

void
cm_page_door_begin_watched(CmPage *page, guint64 subject, const gchar *state)
{
	g_autofree gchar *door = cm_page_parts_path("/door/", subject);
	g_autofree gchar *events = g_strconcat(door, "/events", NULL);
	g_autofree gchar *events_path = cm_page_make_path(page, events);

	/* said aloud by a screen reader when door.js writes into it */
	cm_page_begin(page, "p", "unseen");
	cm_page_set(page, "id", "said");
	cm_page_set(page, "role", "status");
	cm_page_end(page);
	cm_page_begin(page, "div", "door");
	cm_page_set(page, "id", "door");
	cm_page_set(page, "data-state", state);
	cm_page_set(page, "data-events", events_path);
}

void
cm_page_door_begin(CmPage *page, const CmView *view, const CmViewItem *item)
{
	g_autofree gchar *state = cm_page_door_make_state(view, item);
	g_autofree gchar *room = cm_page_parts_path("/room/", item->subject);
	g_autofree gchar *room_path = cm_page_make_path(page, room);

	cm_page_door_begin_watched(page, item->subject, state);
	set_number(page, "data-now", view->now);
	if (item->door.state == CM_VIEW_DOOR_EARLY)
		set_number(page, "data-until", item->door.opens);
	/* goes in as soon as that is possible: they have been waiting for it */
	if (is_waiting(item) || (is_inside(item) && !may_enter(item)))
		cm_page_set(page, "data-waiting", "yes");
	if (may_enter(item) && !cm_view_is_host(view))
		cm_page_set(page, "data-go", room_path);
}

static void
write_heading(CmPage *page, const gchar *icon, const gchar *class, const gchar *text)
{
	g_autofree gchar *classes = g_strconcat("sign ", class, NULL);

	cm_page_begin(page, "div", classes);
	cm_page_icon(page, icon);
	cm_page_begin(page, "h1", NULL);
	cm_page_set(page, "id", "done");
	cm_page_set(page, "tabindex", "-1");
	cm_page_text(page, text);
	cm_page_end(page);
	cm_page_end(page);
}

static void
say_heading(CmPage *page, const gchar *icon, const gchar *class, const gchar *text)
{
	write_heading(page, icon, class, cm_page_parts_word(page, text));
}

/* which meeting it is the door of */
static void
write_meeting(CmPage *page, const CmView *view, const CmViewItem *item)
{
	g_autofree gchar *zone = cm_page_phrase_zone(cm_page_get_words(page), view->zone);

	cm_page_begin(page, "section",
		      item->door.state == CM_VIEW_DOOR_CANCELLED ? "card meeting off"
								 : "card meeting");
	cm_page_set(page, "aria-labelledby", "meeting");
	cm_page_parts_when(page, view, item, "h2", "meeting");
	cm_page_parts_facts(page, item);
	/* translators: {0} "Eastern time" */
	cm_page_say(page, "p", "zone", N_("Hours: {0}."), zone, NULL);
	cm_page_end(page);
}

/* ---- a guest: what is asked, then waiting */

static void
write_questions(CmPage *page, const CmViewItem *item)
{
	CmPageField place = {
	    .kind = CM_PAGE_FIELD_TEXT, .name = "place", .most = ANSWER_MAX, .required = TRUE};
	CmPageField companion = place;
	CmPageField phone = place;

	place.label = cm_page_parts_word(page, N_("Where is the student now?"));
	place.hint = cm_page_parts_word(page, N_("For example: at home, in the kitchen"));
	companion.name = "companion";
	companion.label = cm_page_parts_word(page, N_("Who is there too?"));
	companion.hint = cm_page_parts_word(page, N_("For example: a parent, in the next room"));
	phone.kind = CM_PAGE_FIELD_PHONE;
	phone.name = "phone";
	phone.label = cm_page_parts_word(page, N_("Which number do we call if we are cut off?"));
	if ((item->door.ask & CM_VIEW_ASK_PLACE) != 0)
		cm_page_field(page, &place);
	if ((item->door.ask & CM_VIEW_ASK_COMPANION) != 0)
		cm_page_field(page, &companion);
	if ((item->door.ask & CM_VIEW_ASK_PHONE) != 0)
		cm_page_field(page, &phone);
	if ((item->door.ask & CM_VIEW_ASK_CONSENT) != 0)
		cm_page_tick(
		    page, "consent",
		    cm_page_parts_word(
			page, N_("I agree to this meeting by video. Nothing is recorded.")),
		    TRUE);
}

static void
write_arrive_form(CmPage *page, const CmViewItem *item, const gchar *button)
{
	g_autofree gchar *path = cm_page_parts_path("/door/", item->subject);

	cm_page_begin(page, "section", "arrive");
	if (item->door.ask != 0) {
		cm_page_say(page, "h2", NULL, N_("Before you come in"), NULL);
		cm_page_say(page, "p", "hint",
			    N_("Only the person you meet reads what you answer, so that help can "
			       "come to the right place."),
			    NULL);
	}
	cm_page_begin_form(page, NULL, path);
	write_questions(page, item);
	cm_page_button(page, "button go", NULL, NULL, cm_page_parts_word(page, button));
	cm_page_end(page);
	cm_page_end(page);
}

/* the truth about who is behind the door */
static void
write_host_state(CmPage *page, const CmViewItem *item, gboolean waits)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *host = cm_page_phrase_host_name(words, item);

	switch (item->door.host) {
	case CM_VIEW_HOST_PRESENT:
		cm_page_say(page, "p", "lead",
			    waits ? N_("{0} knows that you are here and will open the door.")
				  : N_("{0} is here."),
			    host, NULL);
		break;
	case CM_VIEW_HOST_BUSY:
		cm_page_say(
		    page, "p", "lead",
		    waits ? N_("{0} is still with somebody else, and knows that you are here.")
			  : N_("{0} is still with somebody else."),
		    host, NULL);
		break;
	case CM_VIEW_HOST_ABSENT:
	default:
		cm_page_say(
		    page, "p", "lead",
		    waits ? N_("{0} is not here yet. Keep this page open: it changes by itself.")
			  : N_("{0} is not here yet. You may come in and wait."),
		    host, NULL);
		break;
	}
}

static void
write_ahead(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *text = NULL;

	if (item->door.ahead == 0)
		return;
	text = cm_words_count(cm_page_get_words(page),
			      NP_("{0} person came before you.", "{0} persons came before you."),
			      item->door.ahead, NULL);
	cm_page_element(page, "p", NULL, text);
}

static void
write_leave_form(CmPage *page, const CmViewItem *item, const gchar *text)
{
	cm_page_begin_form(page, "leave", "/leave");
	cm_page_hidden_number(page, "subject", item->subject);
	cm_page_hidden_number(page, "visit", item->door.visit_number);
	cm_page_button(page, "button plain", NULL, NULL, cm_page_parts_word(page, text));
	cm_page_end(page);
}

static void
write_waiting_room(CmPage *page, const CmView *view, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *since = cm_words_time(words, item->door.visit_since);

	say_heading(page, "clock", "note", N_("You are in the waiting room"));
	write_host_state(page, item, TRUE);
	write_ahead(page, item);
	cm_page_begin(page, "p", "since");
	cm_page_begin(page, "span", "pulse");
	cm_page_set(page, "aria-hidden", "true");
	cm_page_end(page);
	/* translators: {0} an hour */
	cm_page_say(page, "span", NULL, N_("You have been waiting since {0}."), since, NULL);
	cm_page_end(page);
	write_leave_form(page, item, N_("I can’t wait: leave"));
}

static void
write_enter(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *room = cm_page_parts_path("/room/", item->subject);

	if (item->door.room == CM_VIEW_ROOM_NONE) {
		say_heading(page, "door", "good", N_("You may come in"));
		cm_page_say(page, "p", "lead",
			    N_("The video room is being made ready. This takes a few seconds."),
			    NULL);
		return;
	}
	if (item->door.room == CM_VIEW_ROOM_PHONE) {
		say_heading(page, "phone", "note", N_("The meeting is held by telephone"));
		cm_page_say(page, "p", "lead",
			    N_("The video does not work today. You lose nothing: the "
			       "meeting takes place by telephone."),
			    NULL);
		cm_page_link(page, "button go", room,
			     cm_page_parts_word(page, N_("See the number to call")));
	} else {
		say_heading(page, "door", "good", N_("The door is open"));
		cm_page_link(page, "button go", room, cm_page_parts_word(page, N_("Go in")));
	}
	write_leave_form(page, item, N_("I have finished: leave"));
}

/* ---- a guest: when it is not the time */

static void
write_early(CmPage *page, const CmView *view, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *opens = cm_words_time(words, item->door.opens);
	g_autofree gchar *moment = cm_words_moment(words, item->door.opens);
	g_autofree gchar *wait = cm_page_phrase_duration(words, item->door.opens - view->now);

	if (cm_words_get_day(words, item->door.opens) != cm_words_get_day(words, view->now)) {
		say_heading(page, "calendar", "note", N_("It is not today"));
		/* translators: {0} a day and an hour */
		cm_page_say(page, "p", "lead",
			    N_("The door opens on {0}. Come back then by the same link."), moment,
			    NULL);
		return;
	}
	say_heading(page, "clock", "note", N_("You are a little early"));
	/* translators: {0} an hour */
	cm_page_say(page, "p", "lead", N_("The door opens at {0}. You may keep this page open."),
		    opens, NULL);
	cm_page_begin(page, "p", "countdown");
	cm_page_set(page, "role", "timer");
	cm_page_set(page, "aria-live", "off");
	/* translators: before how long it still takes: "in" 12 minutes */
	cm_page_element(page, "span", NULL, cm_page_parts_word(page, N_("in")));
	cm_page_text(page, " ");
	cm_page_begin(page, "strong", NULL);
	cm_page_set(page, "id", "count");
	cm_page_text(page, wait);
	cm_page_end(page);
	cm_page_end(page);
	cm_page_parts_prepare(page, item, "h2", N_("Meanwhile"));
}

static void
write_other_moment(CmPage *page, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *old =
	    item->moved_from != 0 ? cm_words_moment(words, item->moved_from) : NULL;
	g_autofree gchar *span = cm_words_span(words, item->start, item->end);

	say_heading(page, "calendar", "note", N_("The meeting was moved"));
	if (old != NULL)
		/* translators: {0} a day and an hour */
		cm_page_say(page, "p", NULL, N_("It was to be {0}."), old, NULL);
	/* translators: {0} a day and its hours */
	cm_page_say(page, "p", "lead", N_("It is now {0}."), span, NULL);
}

static void
write_not_now(CmPage *page, const CmView *view, const CmViewItem *item)
{
	switch (item->door.state) {
	case CM_VIEW_DOOR_EARLY:
		write_early(page, view, item);
		break;
	case CM_VIEW_DOOR_IN_PERSON:
		say_heading(page, "pin", "note", N_("This meeting is in person"));
		cm_page_say(
		    page, "p", "lead",
		    N_("There is nothing to open here: you are expected at the place below."),
		    NULL);
		break;
	case CM_VIEW_DOOR_OTHER_LINK:
		say_heading(page, "lock", "note", N_("This meeting has a link of its own"));
		cm_page_say(
		    page, "p", "lead",
		    N_("Look for the mail about this meeting, and press the link that is in it."),
		    NULL);
		break;
	case CM_VIEW_DOOR_CANCELLED:
		say_heading(page, "cross", "bad", N_("The meeting is cancelled"));
		cm_page_say(page, "p", "lead", N_("You have nothing to do."), NULL);
		break;
	case CM_VIEW_DOOR_MOVED:
		write_other_moment(page, item);
		break;
	case CM_VIEW_DOOR_DOWN:
		say_heading(page, "warning", "bad", N_("The video does not work right now"));
		cm_page_say(page, "p", "lead",
			    N_("It is not your device. We are looking for another way in; keep "
			       "this page open, or call."),
			    NULL);
		cm_page_help_number(page, "number");
		break;
	case CM_VIEW_DOOR_OVER:
	case CM_VIEW_DOOR_OPEN:
	case CM_VIEW_DOOR_LATE:
	case CM_VIEW_DOOR_NONE:
	default:
		say_heading(page, "check", "plain", N_("The meeting is over"));
		cm_page_say(page, "p", "lead", N_("You may close this page."), NULL);
		break;
	}
}

/* ---- a guest: the door that is open */

static void
write_arrival(CmPage *page, const CmView *view, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *late = cm_page_phrase_duration(words, view->now - item->start);

	if (item->door.state == CM_VIEW_DOOR_LATE) {
		say_heading(page, "clock", "note", N_("It is not too late"));
		/* translators: {0} so many minutes */
		cm_page_say(page, "p", "lead", N_("The meeting began {0} ago. Come in."), late,
			    NULL);
	} else {
		say_heading(page, "door", "good", N_("It is time"));
	}
	write_host_state(page, item, FALSE);
	write_arrive_form(page, item, N_("I am here"));
}

static void
write_open(CmPage *page, const CmView *view, const CmViewItem *item)
{
	switch (item->door.visit) {
	case CM_VIEW_VISIT_WAITING:
		write_waiting_room(page, view, item);
		break;
	case CM_VIEW_VISIT_INSIDE:
		write_enter(page, item);
		break;
	case CM_VIEW_VISIT_LEFT:
		say_heading(page, "leave", "plain", N_("You have left"));
		cm_page_say(page, "p", "lead", N_("You may come back until the meeting ends."),
			    NULL);
		write_arrive_form(page, item, N_("Come back"));
		break;
	case CM_VIEW_VISIT_REFUSED:
		say_heading(page, "info", "bad", N_("You were not let in"));
		cm_page_say(page, "p", "lead",
			    N_("There may be a mistake. Call us, and we will look at it together."),
			    NULL);
		cm_page_help_number(page, "number");
		break;
	case CM_VIEW_VISIT_NONE:
	default:
		write_arrival(page, view, item);
		break;
	}
}

static gboolean
may_need_help(const CmView *view, const CmViewItem *item)
{
	if ((item->may & CM_VIEW_MAY_HELP) == 0)
		return FALSE;
	if (item->door.state == CM_VIEW_DOOR_EARLY)
		return item->door.opens - view->now < HELP_BEFORE;
	return is_open(item) || item->door.state == CM_VIEW_DOOR_DOWN;
}

/* a page that somebody writes into does not change under their fingers */
static guint
get_refresh(const CmViewItem *item)
{
	if (is_open(item) && (is_waiting(item) || (is_inside(item) && !may_enter(item))))
		return REFRESH_WAITING;
	if (item->door.state == CM_VIEW_DOOR_EARLY || item->door.state == CM_VIEW_DOOR_DOWN)
		return REFRESH_EARLY;
	return 0;
}

GBytes *
cm_page_door_make(const CmView *view,
		  const CmViewItem *item,
		  const CmPageFrame *frame,
		  CmPageSaid said)
{
	CmPageHead head = {.script = "door.js"};
	CmPage *page = NULL;

	head.title = cm_catalog_find(frame->words->language, N_("The door of the meeting"));
	head.refresh = get_refresh(item);
	/* who came by a spoken code has this page alone */
	head.home = view->pass;
	/* the number stands beside what does not work */
	head.bare = may_need_help(view, item);
	page = cm_page_new(frame, &head);
	cm_page_parts_said(page, said);
	cm_page_door_begin(page, view, item);
	if (is_open(item))
		write_open(page, view, item);
	else
		write_not_now(page, view, item);
	cm_page_parts_help_answer(page, item);
	write_meeting(page, view, item);
	if (may_need_help(view, item))
		cm_page_parts_help(page, view, item);
	cm_page_end(page);
	return cm_page_finish(page);
}
