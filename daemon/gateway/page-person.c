// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-person.h"

#include "daemon/gateway/page-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

#define REMARK_MAX 500
/* of them the page says all; a phone is not to be scrolled for ever */
#define TIMES_SHOWN 12

static gboolean
is_over(const CmView *view, const CmViewItem *item)
{
	return item->end <= view->now || item->door.state == CM_VIEW_DOOR_OVER;
}

static gboolean
is_to_come(const CmView *view, const CmViewItem *item)
{
	return item->state != CM_VIEW_CANCELLED && !is_over(view, item);
}

/* ---- how it stands */

static void
write_badge(CmPage *page, const gchar *class, const gchar *icon, const gchar *text)
{
	g_autofree gchar *classes = g_strconcat("badge ", class, NULL);

	cm_page_begin(page, "p", classes);
	cm_page_icon(page, icon);
	cm_page_text(page, text);
	cm_page_end(page);
}

static void
write_moved(CmPage *page, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *old = NULL;
	g_autofree gchar *text = NULL;

	if (item->moved_from != 0) {
		old = cm_words_moment(words, item->moved_from);
		/* translators: {0} a day and an hour */
		text = cm_words_say(words, N_("New time. It was to be {0}."), old, NULL);
	} else {
		text = cm_words_say(words, N_("New time."), NULL);
	}
	write_badge(page, "note", "clock", text);
}

static void
write_state(CmPage *page, const CmView *view, const CmViewItem *item)
{
	if (item->state == CM_VIEW_CANCELLED) {
		write_badge(page, "bad", "cross",
			    cm_page_parts_word(page, N_("Cancelled. You have nothing to do.")));
		return;
	}
	if (is_over(view, item)) {
		write_badge(page, "plain", "check", cm_page_parts_word(page, N_("It is over.")));
		return;
	}
	if (item->state == CM_VIEW_MOVED)
		write_moved(page, item);
	if (item->answer == CM_VIEW_ACCEPTED)
		write_badge(page, "good", "check",
			    cm_page_parts_word(page, N_("You said that you will be there.")));
	else if (item->answer == CM_VIEW_DECLINED)
		write_badge(page, "bad", "cross",
			    cm_page_parts_word(page, N_("You said that you can’t come.")));
	else if (item->answer == CM_VIEW_TENTATIVE)
		write_badge(page, "note", "info",
			    cm_page_parts_word(page, N_("You said that you may come.")));
}

static gchar *
say_request(const CmWords *words, const CmViewItem *item)
{
	g_autofree gchar *moment =
	    item->request_start != 0 ? cm_words_moment(words, item->request_start) : NULL;

	if (item->request == CM_VIEW_REQUEST_WITHDRAWN)
		return cm_words_say(words,
				    N_("Your request for another time was taken back. The meeting "
				       "stays as it is here."),
				    NULL);
	if (item->request == CM_VIEW_REQUEST_ACCEPTED && item->request_start == item->start)
		/* translators: {0} a day and an hour */
		return cm_words_say(words,
				    N_("The other time that you asked for is possible: the meeting "
				       "was moved, and is now on {0}."),
				    moment, NULL);
	if (item->request == CM_VIEW_REQUEST_ACCEPTED)
		return cm_words_say(words,
				    N_("The other time that you asked for is possible: the meeting "
				       "is now as it stands here."),
				    NULL);
	if (item->request == CM_VIEW_REQUEST_DECLINED && moment != NULL)
		/* translators: {0} a day and an hour */
		return cm_words_say(words,
				    N_("{0} is not possible. The meeting stays as it is here."),
				    moment, NULL);
	if (item->request == CM_VIEW_REQUEST_DECLINED)
		return cm_words_say(
		    words, N_("Another time is not possible. The meeting stays as it is here."),
		    NULL);
	if (moment != NULL)
		/* translators: {0} a day and an hour */
		return cm_words_say(words,
				    N_("You asked for {0}. You will have an answer. Until then, "
				       "the meeting stays as it is here."),
				    moment, NULL);
	return cm_words_say(words,
			    N_("You asked for another time. You will have an answer. Until then, "
			       "the meeting stays as it is here."),
			    NULL);
}

/* other times, or none after all */
static void
write_request_forms(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *times = cm_page_parts_path("/times/", item->subject);
	g_autofree gchar *withdraw = g_strconcat(times, "/withdraw", NULL);

	if (item->request != CM_VIEW_REQUEST_WAITING || (item->may & CM_VIEW_MAY_ASK_TIME) == 0)
		return;
	cm_page_begin_form(page, "actions", withdraw);
	cm_page_hidden_number(page, "version", item->version);
	cm_page_button(page, "button quiet", NULL, NULL,
		       cm_page_parts_word(page, N_("Take this request back")));
	cm_page_end(page);
	cm_page_link(page, "more", times, cm_page_parts_word(page, N_("Ask for a different time")));
}

static void
write_request(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *text = NULL;

	if (item->request == CM_VIEW_REQUEST_NONE)
		return;
	text = say_request(cm_page_get_words(page), item);
	cm_page_begin_notice(page, "note", "calendar", NULL);
	cm_page_begin(page, "div", NULL);
	cm_page_element(page, "p", NULL, text);
	cm_page_element(page, "blockquote", NULL, item->request_answer);
	write_request_forms(page, item);
	cm_page_end(page);
	cm_page_end(page);
}

/* ---- what can be done */

static void
write_answer_form(CmPage *page, const CmViewItem *item)
{
	gboolean open = item->answer == CM_VIEW_NEEDS_ACTION || item->answer == CM_VIEW_TENTATIVE;

	if (open)
		cm_page_say(page, "p", "question", N_("Will you be there?"), NULL);
	cm_page_begin_form(page, "actions", "/answer");
	cm_page_hidden_number(page, "subject", item->subject);
	cm_page_hidden_number(page, "version", item->version);
	if (item->answer != CM_VIEW_ACCEPTED)
		cm_page_button(page, open ? "button" : "button quiet", "answer", "accepted",
			       cm_page_parts_word(page, N_("Yes, I will be there")));
	if (item->answer != CM_VIEW_DECLINED)
		cm_page_button(page, "button quiet", "answer", "declined",
			       cm_page_parts_word(page, N_("I can’t come")));
	cm_page_end(page);
}

static gboolean
is_door_open(const CmViewItem *item)
{
	return item->door.state == CM_VIEW_DOOR_OPEN || item->door.state == CM_VIEW_DOOR_LATE;
}

/* the way in is what is pressed first when it is time, and only named before */
static void
write_door_link(CmPage *page, const CmView *view, const CmViewItem *item)
{
	gboolean host = cm_view_is_host(view);
	g_autofree gchar *path = cm_page_parts_path(host ? "/host/" : "/door/", item->subject);

	if (item->door.state == CM_VIEW_DOOR_NONE || item->door.state == CM_VIEW_DOOR_IN_PERSON)
		return;
	if (host)
		cm_page_link(page, is_door_open(item) ? "button go" : "button quiet", path,
			     cm_page_parts_word(page, N_("See who is at the door")));
	else
		cm_page_link(page, is_door_open(item) ? "button go" : "more", path,
			     is_door_open(item)
				 ? cm_page_parts_word(page, N_("Go to the meeting"))
				 : cm_page_parts_word(page, N_("See the door of the meeting")));
}

/* what somebody who doesn't come has to know is who deals with it, not when a door opens */
static void
write_absence(CmPage *page)
{
	cm_page_say(page, "p", NULL,
		    N_("Your answer was passed on. The meeting stays planned until you are told "
		       "otherwise; you have nothing more to do."),
		    NULL);
}

static void
write_opens(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *opens = cm_words_time(cm_page_get_words(page), item->door.opens);

	if (item->door.state == CM_VIEW_DOOR_EARLY)
		/* translators: {0} an hour */
		cm_page_say(page, "p", "opens", N_("The door opens at {0}."), opens, NULL);
}

static void
write_actions(CmPage *page, const CmView *view, const CmViewItem *item)
{
	g_autofree gchar *times = cm_page_parts_path("/times/", item->subject);

	if (item->answer == CM_VIEW_DECLINED)
		write_absence(page);
	else
		write_opens(page, item);
	if (is_door_open(item) || cm_view_is_host(view))
		write_door_link(page, view, item);
	if ((item->may & CM_VIEW_MAY_RESPOND) != 0)
		write_answer_form(page, item);
	cm_page_begin(page, "div", "links");
	if ((item->may & CM_VIEW_MAY_ASK_TIME) != 0 && item->request != CM_VIEW_REQUEST_WAITING)
		cm_page_link(page, "more", times,
			     cm_page_parts_word(page, N_("Ask for another time")));
	if (!is_door_open(item) && !cm_view_is_host(view))
		write_door_link(page, view, item);
	cm_page_end(page);
}

static void
write_item(CmPage *page, const CmView *view, const CmViewItem *item, gboolean next)
{
	g_autofree gchar *id = cm_page_parts_path("r", item->subject);
	g_autofree gchar *heading = cm_page_parts_path("h", item->subject);

	cm_page_begin(page, "article",
		      item->state == CM_VIEW_CANCELLED ? "card off"
						       : (next ? "card next" : "card"));
	cm_page_set(page, "aria-labelledby", heading);
	cm_page_parts_when(page, view, item, "h3", heading);
	/* a press leads here: what came of it is read first */
	cm_page_begin(page, "div", "state");
	cm_page_set(page, "id", id);
	cm_page_set(page, "tabindex", "-1");
	write_state(page, view, item);
	write_request(page, item);
	cm_page_end(page);
	cm_page_parts_facts(page, item);
	if (is_to_come(view, item))
		write_actions(page, view, item);
	if (next && !cm_view_is_host(view) && item->answer != CM_VIEW_DECLINED)
		cm_page_parts_prepare(page, item, "h4", N_("To be ready"));
	cm_page_end(page);
}

/* ---- the page */

static guint
write_section(CmPage *page, const CmView *view, const gchar *heading, guint from, gboolean to_come)
{
	guint count = 0;

	for (guint i = from; i < view->items->len; i++) {
		const CmViewItem *item = g_ptr_array_index(view->items, i);

		if (is_to_come(view, item) != to_come)
			continue;
		if (count == 0) {
			cm_page_begin(page, "section", NULL);
			cm_page_say(page, "h2", NULL, heading, NULL);
		}
		count++;
		write_item(page, view, item, FALSE);
	}
	if (count > 0)
		cm_page_end(page);
	return count;
}

/* the first that is to come: its index, or the number of items */
static guint
find_next(const CmView *view)
{
	guint i = 0;

	while (i < view->items->len && !is_to_come(view, g_ptr_array_index(view->items, i)))
		i++;
	return i;
}

static void
write_next(CmPage *page, const CmView *view, guint next)
{
	cm_page_begin(page, "section", NULL);
	cm_page_say(page, "h2", NULL, N_("Your next meeting"), NULL);
	if (next < view->items->len)
		write_item(page, view, g_ptr_array_index(view->items, next), TRUE);
	else
		cm_page_say(
		    page, "p", "empty",
		    N_("Nothing is planned for now. When a meeting is, you will find it here."),
		    NULL);
	cm_page_end(page);
}

static void
write_end(CmPage *page, const CmView *view)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *zone = cm_page_phrase_zone(words, view->zone);
	g_autofree gchar *more = NULL;

	if (view->more > 0) {
		more = cm_words_count(
		    words, NP_("And {0} more meeting later.", "And {0} more meetings later."),
		    view->more, NULL);
		cm_page_element(page, "p", "empty", more);
	}
	/* translators: {0} "Eastern time" */
	cm_page_say(page, "p", "zone", N_("Hours: {0}."), zone, NULL);
}

GBytes *
cm_page_person_make(const CmView *view, const CmPageFrame *frame, CmPageSaid said)
{
	CmPageHead head = {.home = TRUE};
	guint next = find_next(view);
	CmPage *page = NULL;

	head.title = cm_catalog_find(frame->words->language, N_("My meetings"));
	page = cm_page_new(frame, &head);
	cm_page_parts_said(page, said);
	if (view->name != NULL)
		/* translators: {0} a name */
		cm_page_say(page, "h1", NULL, N_("Hello, {0}"), view->name, NULL);
	else
		cm_page_say(page, "h1", NULL, N_("Hello"), NULL);
	write_next(page, view, next);
	write_section(page, view, N_("After that"), next + 1, TRUE);
	write_section(page, view, N_("Over, or changed lately"), 0, FALSE);
	write_end(page, view);
	return cm_page_finish(page);
}

/* ---- other times */

static void
write_time(CmPage *page, gint64 start, gint64 end)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *hours = cm_words_hours(words, start, end);
	g_autofree gchar *day = cm_words_day(words, start);
	g_autofree gchar *value = g_strdup_printf("%" G_GINT64_FORMAT, start);

	cm_page_begin(page, "button", "button quiet time");
	cm_page_set(page, "type", "submit");
	cm_page_set(page, "name", "start");
	cm_page_set(page, "value", value);
	cm_page_text(page, hours);
	/* the heading above says it to those who see it */
	cm_page_begin(page, "span", "unseen");
	cm_page_text(page, " ");
	cm_page_text(page, day);
	cm_page_end(page);
	cm_page_end(page);
}

static gint
compare_starts(gconstpointer first, gconstpointer second)
{
	gint64 a = *(const gint64 *)first;
	gint64 b = *(const gint64 *)second;

	return (a > b) - (a < b);
}

/* the best of them, by day */
static void
write_times(CmPage *page, const CmViewItem *item, GArray *times)
{
	const CmWords *words = cm_page_get_words(page);
	guint count = MIN(times->len / 2, TIMES_SHOWN);
	gint64 day = G_MININT64;

	/* pairs */
	g_autofree gint64 *pairs = g_memdup2(times->data, count * 2 * sizeof(gint64));

	qsort(pairs, count, 2 * sizeof(gint64), compare_starts);
	for (guint i = 0; i < count; i++) {
		gint64 start = pairs[2 * i];
		g_autofree gchar *heading = cm_words_day_heading(words, start);

		if (cm_words_get_day(words, start) != day) {
			if (i > 0)
				cm_page_end(page);
			cm_page_element(page, "h3", NULL, heading);
			cm_page_begin(page, "div", "times");
			day = cm_words_get_day(words, start);
		}
		write_time(page, start, pairs[2 * i + 1]);
	}
	if (count > 0)
		cm_page_end(page);
}

static void
begin_times_form(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *path = cm_page_parts_path("/times/", item->subject);

	cm_page_begin_form(page, "times-form", path);
	cm_page_hidden_number(page, "version", item->version);
}

static void
write_any_time(CmPage *page, const CmViewItem *item, gboolean offered)
{
	CmPageField field = {
	    .kind = CM_PAGE_FIELD_LONG, .name = "remark", .most = REMARK_MAX, .required = TRUE};

	field.label = cm_page_parts_word(page, N_("When can you come?"));
	field.hint = cm_page_parts_word(page, N_("For example: Tuesdays after 3\u00a0p.m."));
	cm_page_begin(page, "section", NULL);
	cm_page_say(page, "h2", NULL,
		    offered ? N_("None of these suits you?") : N_("Say when you can come"), NULL);
	begin_times_form(page, item);
	cm_page_hidden_number(page, "start", 0);
	cm_page_field(page, &field);
	cm_page_button(page, offered ? "button quiet" : "button", NULL, NULL,
		       cm_page_parts_word(page, N_("Send")));
	cm_page_end(page);
	cm_page_end(page);
}

/* one request waits at a time */
static void
write_request_replaced(CmPage *page, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *moment =
	    item->request_start != 0 ? cm_words_moment(words, item->request_start) : NULL;

	if (item->request != CM_VIEW_REQUEST_WAITING)
		return;
	if (moment != NULL)
		/* translators: {0} a day and an hour */
		cm_page_say(page, "p", NULL,
			    N_("You asked for {0}. What you choose here takes its place."), moment,
			    NULL);
	else
		cm_page_say(page, "p", NULL,
			    N_("You asked for another time. What you choose here takes its place."),
			    NULL);
}

GBytes *
cm_page_person_make_times(const CmView *view,
			  const CmViewItem *item,
			  const CmPageFrame *frame,
			  GArray *times,
			  CmPageSaid said)
{
	const CmWords *words = frame->words;
	CmPageHead head = {NULL};
	g_autofree gchar *moment = cm_words_moment(words, item->start);
	g_autofree gchar *zone = cm_page_phrase_zone(words, view->zone);
	CmPage *page = NULL;

	head.title = cm_catalog_find(words->language, N_("Another time"));
	page = cm_page_new(frame, &head);
	cm_page_parts_said(page, said);
	cm_page_element(page, "h1", NULL, head.title);
	/* translators: {0} a day and an hour */
	cm_page_say(page, "p", "lead",
		    N_("Your meeting is on {0}. It stays so until you are told."), moment, NULL);
	write_request_replaced(page, item);
	if (times->len >= 2) {
		cm_page_begin(page, "section", NULL);
		cm_page_say(page, "h2", NULL, N_("Press the time that suits you"), NULL);
		/* translators: {0} "Eastern time" */
		cm_page_say(page, "p", "zone", N_("Hours: {0}."), zone, NULL);
		begin_times_form(page, item);
		write_times(page, item, times);
		cm_page_end(page);
		cm_page_end(page);
	}
	write_any_time(page, item, times->len >= 2);
	cm_page_link(page, "more", "",
		     item->request == CM_VIEW_REQUEST_WAITING
			 ? cm_page_parts_word(page, N_("Keep what I asked for"))
			 : cm_page_parts_word(page, N_("Keep the time that is planned")));
	return cm_page_finish(page);
}
