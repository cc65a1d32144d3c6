// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/page-room.h"

#include "daemon/gateway/page-door.h"
#include "daemon/gateway/page-room-words.h"
#include "include/cm-catalog.h"

#include <glib/gi18n.h>

/* seconds; where no script looks again */
#define WAIT_REFRESH 3
#define WATCH_REFRESH 10
#define CHAT_MOST "1000"

/* ---- small parts */

static void
set_path(CmPage *page, const gchar *attribute, const gchar *path, guint64 number, const gchar *rest)
{
	g_autofree gchar *below = g_strdup_printf("%s%" G_GUINT64_FORMAT "%s", path, number, rest);
	g_autofree gchar *whole = cm_page_make_path(page, below);

	cm_page_set(page, attribute, whole);
}

/* where a script of ours is: its name changes with what is in it */
static void
set_file(CmPage *page, const gchar *attribute, const gchar *name)
{
	const CmPageFrame *frame = cm_page_get_frame(page);
	g_autofree gchar *plain = g_strconcat("/static/", name, NULL);

	cm_page_set(page, attribute,
		    frame->find_file != NULL ? frame->find_file(frame->files, name) : plain);
}

static const gchar *
word(const CmPage *page, const gchar *text)
{
	return cm_catalog_find(cm_page_get_words(page)->language, text);
}

static void
set_word(CmPage *page, const gchar *attribute, const gchar *text)
{
	cm_page_set(page, attribute, word(page, text));
}

static void
hide(CmPage *page)
{
	cm_page_set(page, "hidden", "hidden");
}

static void
begin_button(CmPage *page, const gchar *class, const gchar *id)
{
	cm_page_begin(page, "button", class);
	cm_page_set(page, "type", "button");
	if (id != NULL)
		cm_page_set(page, "id", id);
}

static void
write_button(CmPage *page, const gchar *class, const gchar *id, const gchar *text)
{
	begin_button(page, class, id);
	cm_page_say(page, "span", "word", text, NULL);
	cm_page_end(page);
}

/* one that turns something off and on; `on`: what it says while that is on */
static void
write_switch(CmPage *page, const gchar *id, const gchar *icon, const gchar *on, const gchar *off)
{
	begin_button(page, "control", id);
	set_word(page, "data-on", on);
	set_word(page, "data-off", off);
	cm_page_icon(page, icon);
	cm_page_say(page, "span", "word", off, NULL);
	cm_page_end(page);
}

/* the page's words for its script */
static void
write_script_words(CmPage *page, const CmPageRoomWord *words, gsize count)
{
	cm_page_begin(page, "div", NULL);
	cm_page_set(page, "id", "words");
	hide(page);
	for (gsize i = 0; i < count; i++) {
		cm_page_begin(page, "span", NULL);
		cm_page_set(page, "data-word", words[i].name);
		cm_page_text(page, word(page, words[i].text));
		cm_page_end(page);
	}
	cm_page_end(page);
}

static void
write_no_script(CmPage *page)
{
	cm_page_begin(page, "noscript", NULL);
	cm_page_begin_notice(page, "bad", "warning", NULL);
	cm_page_say(
	    page, "p", NULL,
	    N_("Seeing one another needs JavaScript, which is off in this browser. Turn it on, "
	       "open the link in another browser, or call."),
	    NULL);
	cm_page_help_number(page, "number");
	cm_page_end(page);
	cm_page_end(page);
}

/* ---- the room in the page */

static void
write_problem(CmPage *page)
{
	cm_page_begin(page, "div", "notice bad problem");
	cm_page_set(page, "id", "problem");
	cm_page_set(page, "role", "alert");
	hide(page);
	cm_page_begin(page, "p", NULL);
	cm_page_set(page, "id", "problem-text");
	cm_page_end(page);
	cm_page_help_number(page, "number");
	write_button(page, "button quiet", "again", N_("Load the page again"));
	cm_page_end(page);
}

static void
begin_video(CmPage *page, const gchar *id)
{
	cm_page_begin(page, "video", NULL);
	cm_page_set(page, "id", id);
	cm_page_set(page, "autoplay", "autoplay");
	cm_page_set(page, "playsinline", "playsinline");
	cm_page_set(page, "muted", "muted");
	cm_page_end(page);
}

static void
write_stage(CmPage *page)
{
	cm_page_begin(page, "div", "stage");
	cm_page_set(page, "id", "stage");
	cm_page_set(page, "data-people", "0");
	cm_page_begin(page, "figure", "tile me blank");
	cm_page_set(page, "id", "me");
	begin_video(page, "own");
	cm_page_begin(page, "figcaption", NULL);
	cm_page_say(page, "span", "name", N_("You"), NULL);
	cm_page_begin(page, "span", "how");
	cm_page_set(page, "id", "own-note");
	cm_page_end(page);
	cm_page_end(page);
	cm_page_end(page);
	cm_page_end(page);
}

static void
write_thrift(CmPage *page)
{
	static const struct {
		const gchar *name, *text;
	} modes[] = {
	    {"all", N_("Best picture")},
	    {"little", N_("Smaller picture (weak connection)")},
	    {"sound", N_("Sound only")},
	};

	cm_page_begin(page, "div", "choices");
	cm_page_set(page, "role", "group");
	set_word(page, "aria-label", N_("Picture and sound"));
	for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
		begin_button(page, "button quiet", NULL);
		cm_page_set(page, "data-thrift", modes[i].name);
		cm_page_set(page, "aria-pressed", i == 0 ? "true" : "false");
		cm_page_say(page, "span", NULL, modes[i].text, NULL);
		cm_page_end(page);
	}
	cm_page_end(page);
}

static void
write_device(CmPage *page, const gchar *id, const gchar *label)
{
	cm_page_begin(page, "p", "field");
	hide(page);
	cm_page_begin(page, "label", NULL);
	cm_page_set(page, "for", id);
	cm_page_say(page, "span", NULL, label, NULL);
	cm_page_end(page);
	cm_page_begin(page, "select", NULL);
	cm_page_set(page, "id", id);
	cm_page_end(page);
	cm_page_end(page);
}

static void
write_more(CmPage *page)
{
	const gchar *phone = cm_page_get_frame(page)->help_phone;

	cm_page_begin(page, "details", "more");
	cm_page_say(page, "summary", NULL, N_("Something is not right?"), NULL);
	write_thrift(page);
	write_device(page, "d-camera", N_("Camera"));
	write_device(page, "d-microphone", N_("Microphone"));
	cm_page_begin(page, "div", "by-phone");
	cm_page_say(page, "p", NULL,
		    N_("You may go on by telephone. Camera and microphone are then off here, so "
		       "that nobody "
		       "hears themselves twice."),
		    NULL);
	/* room.js puts the number of this very session in its place, if there is one */
	cm_page_begin(page, "p", "number");
	cm_page_set(page, "id", "phone-number");
	cm_page_phone(page, NULL, phone);
	cm_page_end(page);
	write_button(page, "button quiet", "b-phone", N_("I go on by telephone"));
	cm_page_end(page);
	cm_page_end(page);
}

static void
write_end_forms(CmPage *page, const CmPageRoomPlace *place)
{
	g_autofree gchar *end = g_strdup_printf("/end/%" G_GUINT64_FORMAT, place->subject);

	cm_page_begin_form(page, "leaves", "/leave");
	cm_page_hidden_number(page, "subject", place->subject);
	cm_page_hidden_number(page, "visit", place->visit);
	cm_page_button(page, "control leave", NULL, NULL, word(page, N_("Leave")));
	cm_page_end(page);
	if (!place->host)
		return;
	cm_page_begin_form(page, "leaves", end);
	cm_page_button(page, "control leave", NULL, NULL, word(page, N_("End for everybody")));
	cm_page_end(page);
}

static void
write_controls(CmPage *page, const CmPageRoomPlace *place)
{
	begin_button(page, "button go", "hear");
	hide(page);
	cm_page_say(page, "span", "word", N_("Press here to hear the others"), NULL);
	cm_page_end(page);
	cm_page_begin(page, "div", "controls");
	cm_page_set(page, "id", "controls");
	hide(page);
	cm_page_set(page, "role", "group");
	set_word(page, "aria-label", N_("Camera, microphone and more"));
	write_switch(page, "b-microphone", "microphone", N_("Turn microphone off"),
		     N_("Turn microphone on"));
	write_switch(page, "b-camera", "video", N_("Turn camera off"), N_("Turn camera on"));
	write_switch(page, "b-screen", "screen", N_("Stop showing the screen"),
		     N_("Show the screen"));
	begin_button(page, "control", "chat-open");
	cm_page_set(page, "aria-expanded", "false");
	cm_page_set(page, "aria-controls", "chat");
	cm_page_icon(page, "chat");
	cm_page_say(page, "span", "word", N_("Write"), NULL);
	cm_page_begin(page, "span", "count");
	cm_page_set(page, "id", "chat-count");
	hide(page);
	cm_page_end(page);
	cm_page_end(page);
	write_end_forms(page, place);
	cm_page_end(page);
}

static void
write_chat(CmPage *page)
{
	cm_page_begin(page, "section", "chat");
	cm_page_set(page, "id", "chat");
	set_word(page, "aria-label", N_("Written messages"));
	hide(page);
	cm_page_say(page, "p", "hint",
		    N_("What is written goes from browser to browser and is gone when you leave."),
		    NULL);
	cm_page_begin(page, "div", "lines");
	cm_page_set(page, "id", "chat-lines");
	cm_page_set(page, "role", "log");
	cm_page_set(page, "aria-live", "polite");
	cm_page_set(page, "tabindex", "0");
	set_word(page, "aria-label", N_("What was written"));
	cm_page_end(page);
	cm_page_begin(page, "label", NULL);
	cm_page_set(page, "for", "f-chat");
	cm_page_say(page, "span", NULL, N_("Your message"), NULL);
	cm_page_end(page);
	cm_page_begin(page, "textarea", NULL);
	cm_page_set(page, "id", "f-chat");
	cm_page_set(page, "rows", "2");
	cm_page_set(page, "maxlength", CHAT_MOST);
	cm_page_end(page);
	write_button(page, "button", "chat-send", N_("Send"));
	write_button(page, "button quiet", "chat-close", N_("Close the messages"));
	cm_page_end(page);
}

static void
begin_root(CmPage *page, const CmPageRoomPlace *place)
{
	cm_page_begin(page, "div", "room");
	cm_page_set(page, "id", "room");
	cm_page_set(page, "data-kind", place->kind);
	set_path(page, "data-socket", "/room/", place->subject, "/socket");
	set_path(page, "data-door", "/door/", place->subject, "");
	if (place->host)
		set_path(page, "data-host", "/host/", place->subject, "");
	set_file(page, "data-signal", "room-signal.js");
	set_file(page, "data-media", "room-media.js");
	set_file(page, "data-peer", "room-peer.js");
	set_file(page, "data-mesh", "room-mesh.js");
	set_file(page, "data-janus", "janus.js");
}

/* who stands at the door meanwhile, as the host's page says it: they need not leave the room to let somebody in */
static void
write_waiting(CmPage *page)
{
	cm_page_begin(page, "section", "waiting");
	cm_page_set(page, "id", "waiting");
	hide(page);
	cm_page_say(page, "h2", NULL, N_("In the waiting room"), NULL);
	cm_page_begin(page, "ul", "people");
	cm_page_end(page);
	cm_page_end(page);
}

static void
write_room(CmPage *page, const CmPageRoomPlace *place)
{
	const CmPageRoomWord *words = NULL;
	gsize count = cm_page_room_words_get(&words);

	write_no_script(page);
	begin_root(page, place);
	if (place->with != NULL)
		/* translators: {0} a name */
		cm_page_say(page, "h1", "unseen", N_("Meeting with {0}"), place->with, NULL);
	else
		cm_page_say(page, "h1", "unseen", N_("Meeting by video"), NULL);
	cm_page_begin(page, "p", "said");
	cm_page_set(page, "id", "said");
	cm_page_set(page, "role", "status");
	cm_page_end(page);
	write_problem(page);
	if (place->host)
		write_waiting(page);
	write_stage(page);
	write_controls(page, place);
	write_chat(page);
	write_more(page);
	cm_page_begin(page, "p", "privacy");
	cm_page_icon(page, "lock");
	cm_page_say(page, "span", NULL,
		    N_("Nothing is recorded: neither picture, nor sound, nor what is written."),
		    NULL);
	cm_page_end(page);
	write_script_words(page, words, count);
	cm_page_end(page);
}

/* ---- a room that is elsewhere, or by telephone */

/* told when another room takes its place, as those at the door are: a script that sees it, or the page's <meta> */
static void
begin_watched(CmPage *page, const CmPageRoomPlace *place)
{
	g_autofree gchar *state =
	    g_strdup_printf("%s-%" G_GUINT64_FORMAT, place->kind, place->turn);

	cm_page_door_begin_watched(page, place->subject, state);
}

static void
begin_go_form(CmPage *page, const CmPageRoomPlace *place, const gchar *button)
{
	g_autofree gchar *path = g_strdup_printf("/room/%" G_GUINT64_FORMAT, place->subject);

	cm_page_begin_form(page, NULL, path);
	cm_page_button(page, "button go", NULL, NULL, word(page, button));
	cm_page_end(page);
}

static void
write_elsewhere(CmPage *page, const CmPageRoomPlace *place)
{
	g_autofree gchar *report =
	    g_strdup_printf("/room/%" G_GUINT64_FORMAT "/report", place->subject);

	begin_watched(page, place);
	cm_page_say(page, "h1", NULL, N_("The room is open"), NULL);
	cm_page_say(
	    page, "p", "lead",
	    N_("The meeting is held in another video service. The button lets in you alone."),
	    NULL);
	begin_go_form(page, place, N_("Go into the video room"));
	cm_page_say(page, "h2", NULL, N_("It does not open?"), NULL);
	cm_page_begin_form(page, NULL, report);
	cm_page_hidden_number(page, "turn", place->turn);
	cm_page_button(page, "button quiet", "works", "no",
		       word(page, N_("The room does not work")));
	cm_page_end(page);
	cm_page_help_number(page, "number");
	cm_page_end(page);
}

static void
write_by_phone(CmPage *page, const CmPageRoomPlace *place)
{
	begin_watched(page, place);
	cm_page_say(page, "h1", NULL, N_("The meeting is held by telephone"), NULL);
	begin_go_form(page, place, N_("See the number to call"));
	cm_page_help_number(page, "number");
	cm_page_end(page);
}

static gboolean
is_in_page(const CmPageRoomPlace *place)
{
	return g_str_equal(place->kind, "builtin") || g_str_equal(place->kind, "janus");
}

GBytes *
cm_page_room_make(const CmPageFrame *frame, const CmPageRoomPlace *place)
{
	gboolean phone = g_str_equal(place->kind, "phone");
	const gchar *title = phone ? N_("The meeting is held by telephone") : N_("Video room");
	CmPageHead head = {.title = cm_catalog_find(frame->words->language, title)};
	CmPage *page = NULL;

	if (is_in_page(place)) {
		head.script = "room.js";
		head.style = "room.css";
		head.wide = TRUE;
		head.bare = TRUE;
	} else {
		head.script = "door.js";
		head.refresh = WATCH_REFRESH;
	}
	page = cm_page_new(frame, &head);
	if (is_in_page(place))
		write_room(page, place);
	else if (phone)
		write_by_phone(page, place);
	else
		write_elsewhere(page, place);
	return cm_page_finish(page);
}

GBytes *
cm_page_room_make_phone(const CmPageFrame *frame, const gchar *phone)
{
	CmPageHead head = {.title = cm_catalog_find(frame->words->language,
						    N_("The meeting is held by telephone"))};
	CmPage *page = cm_page_new(frame, &head);

	cm_page_element(page, "h1", NULL, head.title);
	cm_page_say(page, "p", "lead", N_("Call this number now:"), NULL);
	cm_page_begin(page, "p", "number");
	cm_page_phone(page, "button go", phone);
	cm_page_end(page);
	return cm_page_finish(page);
}

GBytes *
cm_page_room_make_wait(const CmPageFrame *frame, guint64 subject)
{
	const gchar *title = cm_catalog_find(frame->words->language, N_("Video room"));
	g_autofree gchar *door = g_strdup_printf("/door/%" G_GUINT64_FORMAT, subject);
	const gchar *back = cm_catalog_find(frame->words->language, N_("Back to the door"));
	CmPageHead head = {.title = title, .script = "door.js", .refresh = WAIT_REFRESH};
	CmPage *page = cm_page_new(frame, &head);

	cm_page_door_begin_watched(page, subject, "preparing");
	cm_page_say(page, "h1", NULL, N_("The room is being made ready"), NULL);
	cm_page_say(page, "p", "lead",
		    N_("This takes a few seconds. The page looks again by itself."), NULL);
	cm_page_link(page, "button quiet", door, back);
	cm_page_end(page);
	return cm_page_finish(page);
}

/* ---- the test of one's device */

static void
write_check(CmPage *page, const gchar *name, const gchar *icon, const gchar *heading)
{
	g_autofree gchar *id = g_strconcat("t-", name, NULL);

	cm_page_begin(page, "li", "check");
	cm_page_set(page, "id", id);
	cm_page_set(page, "data-state", "waiting");
	cm_page_icon(page, icon);
	cm_page_say(page, "h2", NULL, heading, NULL);
	cm_page_say(page, "p", "result", N_("Not tried yet"), NULL);
}

static void
write_checks(CmPage *page)
{
	cm_page_begin(page, "ol", "checks");
	write_check(page, "camera", "video", N_("Camera"));
	begin_video(page, "t-picture");
	cm_page_end(page);
	write_check(page, "microphone", "microphone", N_("Microphone"));
	cm_page_begin(page, "meter", NULL);
	cm_page_set(page, "id", "t-level");
	cm_page_set(page, "min", "0");
	cm_page_set(page, "max", "100");
	cm_page_set(page, "value", "0");
	set_word(page, "aria-label", N_("How loud you are"));
	cm_page_end(page);
	cm_page_end(page);
	write_check(page, "sound", "sound", N_("Sound"));
	write_button(page, "button quiet", "t-play", N_("Play three tones"));
	cm_page_begin(page, "p", "choices");
	cm_page_set(page, "id", "t-heard");
	hide(page);
	write_button(page, "button quiet", "t-yes", N_("I heard them"));
	write_button(page, "button quiet", "t-no", N_("I heard nothing"));
	cm_page_end(page);
	cm_page_end(page);
	write_check(page, "network", "network", N_("Network"));
	cm_page_end(page);
	cm_page_end(page);
}

/* URLs have no space in them */
static void
set_servers(CmPage *page, const gchar *const *servers)
{
	g_autofree gchar *joined =
	    servers != NULL ? g_strjoinv(" ", (gchar **)servers) : g_strdup("");

	cm_page_set(page, "data-servers", joined);
}

GBytes *
cm_page_room_make_test(const CmPageFrame *frame, const gchar *const *servers)
{
	const gchar *title = cm_catalog_find(frame->words->language, N_("Test my device"));
	CmPageHead head = {.title = title, .script = "device-test.js", .style = "room.css"};
	const CmPageRoomWord *words = NULL;
	gsize count = cm_page_room_words_get_test(&words);
	CmPage *page = cm_page_new(frame, &head);

	cm_page_say(page, "h1", NULL, N_("Test my device"), NULL);
	cm_page_say(
	    page, "p", "lead",
	    N_("Four things, in a minute. Nothing is sent to anybody, nothing is recorded."), NULL);
	write_no_script(page);
	cm_page_begin(page, "div", NULL);
	cm_page_set(page, "id", "test");
	set_servers(page, servers);
	write_button(page, "button go", "t-start", N_("Begin"));
	cm_page_begin(page, "p", "said");
	cm_page_set(page, "id", "said");
	cm_page_set(page, "role", "status");
	cm_page_end(page);
	write_checks(page);
	write_script_words(page, words, count);
	cm_page_end(page);
	cm_page_say(page, "p", "hint",
		    N_("If something stays red, you may still come: open the link on another "
		       "device, or call."),
		    NULL);
	return cm_page_finish(page);
}
