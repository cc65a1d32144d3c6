// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-host.h"

#include "daemon/gateway/page-door.h"
#include "daemon/gateway/page-phrase.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* ---- somebody who waits */

static const gchar *
get_role(const CmViewWaiting *waiting)
{
	static const gchar *const roles[] = {[CM_VIEW_GUEST] = N_("guest"),
					     [CM_VIEW_INTERPRETER] = N_("interpreter"),
					     [CM_VIEW_HOST] = N_("host"),
					     [CM_VIEW_HELPER] = N_("helper")};

	return roles[waiting->role];
}

static void
write_answer(CmPage *page, const gchar *label, const gchar *text)
{
	if (text == NULL)
		return;
	cm_page_begin(page, "div", NULL);
	cm_page_say(page, "dt", NULL, label, NULL);
	cm_page_element(page, "dd", NULL, text);
	cm_page_end(page);
}

static void
write_answers(CmPage *page, const CmViewWaiting *waiting)
{
	if (waiting->place == NULL && waiting->companion == NULL && waiting->phone == NULL &&
	    !waiting->consent)
		return;
	cm_page_begin(page, "dl", "answers");
	write_answer(page, N_("Where the student is"), waiting->place);
	write_answer(page, N_("Who is there too"), waiting->companion);
	if (waiting->phone != NULL) {
		cm_page_begin(page, "div", NULL);
		cm_page_say(page, "dt", NULL, N_("If you are cut off"), NULL);
		cm_page_begin(page, "dd", NULL);
		cm_page_phone(page, NULL, waiting->phone);
		cm_page_end(page);
		cm_page_end(page);
	}
	if (waiting->consent)
		write_answer(page, N_("Agrees to the video"), cm_page_parts_word(page, N_("Yes")));
	cm_page_end(page);
}

/* a number of devices, or what a test of them said */
static void
write_devices(CmPage *page, const gchar *label, const gchar *found)
{
	g_autofree gchar *text = NULL;
	guint64 count = 0;

	if (found == NULL)
		return;
	if (!g_ascii_string_to_unsigned(found, 10, 0, 99, &count, NULL))
		text = g_strdup(found);
	else if (count == 0)
		text = cm_words_say(cm_page_get_words(page), N_("none found"), NULL);
	else
		text = cm_words_count(cm_page_get_words(page), NP_("{0} found", "{0} found"), count,
				      NULL);
	write_answer(page, label, text);
}

/* whether nobody has to do anything about a call for help any more */
static gboolean
is_settled(const CmViewItem *item, const CmViewWaiting *waiting)
{
	return waiting->help.state == CM_VIEW_HELP_ANSWERED ||
	       waiting->state == CM_VIEW_VISIT_INSIDE || item->door.state == CM_VIEW_DOOR_OVER;
}

static void
write_call(CmPage *page, const CmViewItem *item, const CmViewWaiting *waiting)
{
	const CmViewHelp *help = &waiting->help;
	gboolean settled = is_settled(item, waiting);

	if (help->state == CM_VIEW_HELP_NONE)
		return;
	cm_page_begin_notice(page, settled ? "note" : "bad", "help", NULL);
	cm_page_begin(page, "div", NULL);
	cm_page_say(page, "p", "strong",
		    settled ? N_("Had asked for help to get in.") : N_("Can’t get in."), NULL);
	cm_page_element(page, "blockquote", NULL, help->text);
	cm_page_begin(page, "dl", "answers");
	write_answer(page, N_("Browser"), help->browser);
	write_devices(page, N_("Camera"), help->camera);
	write_devices(page, N_("Microphone"), help->microphone);
	write_answer(page, N_("Network"), help->network);
	write_answer(page, N_("Was answered"), help->answer);
	cm_page_end(page);
	cm_page_end(page);
	cm_page_end(page);
}

static void
write_decision(CmPage *page, const CmViewWaiting *waiting)
{
	cm_page_begin_form(page, "actions", "/let-in");
	cm_page_hidden_number(page, "visit", waiting->visit);
	cm_page_hidden_number(page, "subject", waiting->subject);
	cm_page_button(page, "button go", "in", "yes", cm_page_parts_word(page, N_("Let in")));
	cm_page_button(page, "button plain", "in", "no",
		       cm_page_parts_word(page, N_("Do not let in")));
	cm_page_end(page);
}

/* by name, or else by what they are to the student */
static gchar *
dup_name(const CmWords *words, const CmViewWaiting *waiting, const gchar *about)
{
	static const struct {
		const gchar *with_student;
		const gchar *alone;
	} relations[] = {[CM_VIEW_GUARDIAN] = {N_("A parent ({0})"), N_("A parent")},
			 [CM_VIEW_TEACHER] = {N_("The teacher ({0})"), N_("The teacher")}};

	if (waiting->name != NULL)
		return g_strdup(waiting->name);
	if (waiting->relation == CM_VIEW_RELATION_NONE)
		return cm_words_say(words, N_("Somebody"), NULL);
	if (about == NULL)
		return cm_words_say(words, relations[waiting->relation].alone, NULL);
	/* translators: {0} a student's first name, or their initials */
	return cm_words_say(words, relations[waiting->relation].with_student, about, NULL);
}

static void
write_person(CmPage *page, const CmViewItem *item, const CmViewWaiting *waiting)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *name = dup_name(words, waiting, item->about);
	g_autofree gchar *since = cm_words_time(words, waiting->since);
	gboolean inside = waiting->state == CM_VIEW_VISIT_INSIDE;

	cm_page_begin(page, "li", "card person");
	cm_page_begin(page, "h3", NULL);
	cm_page_icon(page, "person");
	cm_page_element(page, "span", NULL, name);
	cm_page_text(page, " ");
	cm_page_begin(page, "span", "role");
	cm_page_text(page, cm_page_parts_word(page, get_role(waiting)));
	cm_page_end(page);
	cm_page_end(page);
	/* translators: {0} an hour */
	if (inside)
		cm_page_say(page, "p", "since", N_("Inside, here since {0}"), since, NULL);
	else if (waiting->state == CM_VIEW_VISIT_WAITING)
		cm_page_say(page, "p", "since", N_("Waiting since {0}"), since, NULL);
	write_call(page, item, waiting);
	write_answers(page, waiting);
	if (waiting->state == CM_VIEW_VISIT_WAITING)
		write_decision(page, waiting);
	cm_page_end(page);
}

static gboolean
is_there(const CmViewWaiting *waiting, const CmViewItem *item, CmViewVisitState state)
{
	return waiting->subject == item->subject && waiting->state == state;
}

static guint
count_people(const CmView *view, const CmViewItem *item, CmViewVisitState state)
{
	guint count = 0;

	for (guint i = 0; i < view->waiting->len; i++)
		count += is_there(g_ptr_array_index(view->waiting, i), item, state) ? 1 : 0;
	return count;
}

static void
write_people(CmPage *page, const CmView *view, const CmViewItem *item, CmViewVisitState state)
{
	cm_page_begin(page, "ul", "people");
	for (guint i = 0; i < view->waiting->len; i++) {
		const CmViewWaiting *waiting = g_ptr_array_index(view->waiting, i);

		if (is_there(waiting, item, state))
			write_person(page, item, waiting);
	}
	cm_page_end(page);
}

static gboolean
is_caller(const CmViewWaiting *waiting, const CmViewItem *item)
{
	return waiting->subject == item->subject && waiting->help.state != CM_VIEW_HELP_NONE &&
	       waiting->state != CM_VIEW_VISIT_WAITING && waiting->state != CM_VIEW_VISIT_INSIDE;
}

/* who asks for help and does not stand at the door: that is just what does not work */
static void
write_callers(CmPage *page, const CmView *view, const CmViewItem *item)
{
	guint count = 0;

	for (guint i = 0; i < view->waiting->len; i++)
		count += is_caller(g_ptr_array_index(view->waiting, i), item) ? 1 : 0;
	if (count == 0)
		return;
	cm_page_begin(page, "section", NULL);
	cm_page_say(page, "h2", NULL, N_("Not at the door now"), NULL);
	cm_page_begin(page, "ul", "people");
	for (guint i = 0; i < view->waiting->len; i++) {
		const CmViewWaiting *waiting = g_ptr_array_index(view->waiting, i);

		if (is_caller(waiting, item))
			write_person(page, item, waiting);
	}
	cm_page_end(page);
	cm_page_end(page);
}

void
cm_page_host_write_waiting(CmPage *page, const CmView *view, const CmViewItem *item)
{
	guint waiting = count_people(view, item, CM_VIEW_VISIT_WAITING);
	guint inside = count_people(view, item, CM_VIEW_VISIT_INSIDE);

	cm_page_begin(page, "section", NULL);
	cm_page_say(page, "h2", NULL, N_("In the waiting room"), NULL);
	if (waiting > 0)
		write_people(page, view, item, CM_VIEW_VISIT_WAITING);
	else
		cm_page_say(
		    page, "p", "empty",
		    N_("Nobody is waiting. This page changes by itself when somebody comes."),
		    NULL);
	cm_page_end(page);
	if (inside > 0) {
		cm_page_begin(page, "section", NULL);
		cm_page_say(page, "h2", NULL, N_("Inside"), NULL);
		write_people(page, view, item, CM_VIEW_VISIT_INSIDE);
		cm_page_end(page);
	}
	write_callers(page, view, item);
}

/* ---- the room */

static void
write_arrive(CmPage *page, const CmViewItem *item)
{
	g_autofree gchar *path = cm_page_parts_path("/door/", item->subject);

	cm_page_begin_form(page, NULL, path);
	cm_page_button(page, "button go", NULL, NULL, cm_page_parts_word(page, N_("I am here")));
	cm_page_end(page);
	cm_page_say(
	    page, "p", "hint",
	    N_("Those who wait are told that you are here. Nobody comes in before you let them."),
	    NULL);
}

static void
write_room(CmPage *page, const CmView *view, const CmViewItem *item)
{
	g_autofree gchar *room = cm_page_parts_path("/room/", item->subject);

	/* who helps opens the door, and stays out of the room */
	if (view->role != CM_VIEW_HOST)
		return;
	if (item->door.visit != CM_VIEW_VISIT_INSIDE) {
		write_arrive(page, item);
		return;
	}
	if (item->door.room == CM_VIEW_ROOM_NONE) {
		cm_page_say(page, "p", "lead",
			    N_("The video room is being made ready. This takes a few seconds."),
			    NULL);
		return;
	}
	if (item->door.room == CM_VIEW_ROOM_PHONE)
		cm_page_say(page, "p", "lead",
			    N_("The video does not work: the meeting is held by telephone."), NULL);
	cm_page_link(page, "button go", room,
		     item->door.room == CM_VIEW_ROOM_PHONE
			 ? cm_page_parts_word(page, N_("See the number to call"))
			 : cm_page_parts_word(page, N_("Go into the room")));
}

static void
write_end(CmPage *page, const CmView *view, const CmViewItem *item)
{
	g_autofree gchar *path = cm_page_parts_path("/end/", item->subject);

	/* where nobody is, there is nothing to end, or no more */
	if (view->role != CM_VIEW_HOST || (item->door.visit != CM_VIEW_VISIT_INSIDE &&
					   count_people(view, item, CM_VIEW_VISIT_INSIDE) == 0))
		return;
	cm_page_begin(page, "details", "end");
	cm_page_say(page, "summary", NULL, N_("End the meeting"), NULL);
	cm_page_begin_form(page, "inside", path);
	cm_page_say(page, "p", NULL,
		    N_("The room is closed for everybody. Should you come back, it opens again."),
		    NULL);
	cm_page_button(page, "button danger", NULL, NULL,
		       cm_page_parts_word(page, N_("End it for everybody")));
	cm_page_end(page);
	cm_page_end(page);
}

static gboolean
is_open(const CmViewItem *item)
{
	return item->door.state == CM_VIEW_DOOR_OPEN || item->door.state == CM_VIEW_DOOR_LATE;
}

/* why there is nothing to be opened */
static void
write_closed(CmPage *page, const CmViewItem *item)
{
	const CmWords *words = cm_page_get_words(page);
	g_autofree gchar *opens = cm_words_moment(words, item->door.opens);

	if (item->door.state == CM_VIEW_DOOR_EARLY)
		/* translators: {0} a day and an hour */
		cm_page_say(page, "p", "lead", N_("The door opens for others on {0}."), opens,
			    NULL);
	else if (item->door.state == CM_VIEW_DOOR_CANCELLED)
		cm_page_say(page, "p", "lead", N_("The meeting is cancelled."), NULL);
	else if (item->door.state == CM_VIEW_DOOR_MOVED)
		cm_page_say(page, "p", "lead", N_("The meeting was moved."), NULL);
	else if (item->door.state == CM_VIEW_DOOR_DOWN)
		cm_page_say(
		    page, "p", "lead",
		    N_("No video room can be opened right now. Others see the number to call."),
		    NULL);
	else if (item->door.state == CM_VIEW_DOOR_IN_PERSON)
		cm_page_say(page, "p", "lead", N_("This meeting is in person."), NULL);
	else
		cm_page_say(page, "p", "lead", N_("The meeting is over."), NULL);
}

GBytes *
cm_page_host_make(const CmView *view,
		  const CmViewItem *item,
		  const CmPageFrame *frame,
		  CmPageSaid said)
{
	CmPageHead head = {.script = "door.js", .refresh = 10};
	CmPage *page = NULL;

	head.title = cm_catalog_find(frame->words->language, N_("At the door"));
	page = cm_page_new(frame, &head);
	cm_page_parts_said(page, said);
	cm_page_door_begin(page, view, item);
	cm_page_begin(page, "h1", NULL);
	cm_page_set(page, "id", "done");
	cm_page_set(page, "tabindex", "-1");
	cm_page_text(page, head.title);
	cm_page_end(page);
	cm_page_begin(page, "section", "card meeting");
	cm_page_set(page, "aria-labelledby", "meeting");
	cm_page_parts_when(page, view, item, "h2", "meeting");
	cm_page_parts_facts(page, item);
	if (is_open(item) || item->door.state == CM_VIEW_DOOR_EARLY)
		write_room(page, view, item);
	if (!is_open(item))
		write_closed(page, item);
	cm_page_end(page);
	cm_page_host_write_waiting(page, view, item);
	if (is_open(item))
		write_end(page, view, item);
	cm_page_end(page);
	return cm_page_finish(page);
}
