// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-relay.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define HELLO "{\"type\":\"hello\",\"instance\":\"page\"}"
#define OFFER_TO                                                                                   \
	"{\"type\":\"description\",\"to\":%u,\"description\":{\"type\":\"offer\",\"sdp\":\"v=0\"}" \
	"}"
#define SECOND ((gint64)G_USEC_PER_SEC)

/* one browser: what it was sent, and how it was closed */
typedef struct {
	GPtrArray *got;
	CmRoomLine *line;
	guint closed; /* CmRoomClose, 0 while open */
	gint reports; /* works minus does not */
} Browser;

typedef struct {
	CmRoomRelay *relay;
	GString *left; /* seats, each after a space */
	gint64 now;
	GPtrArray *browsers;
} Fixture;

static void
on_send(gpointer socket, const gchar *text, gsize length)
{
	Browser *browser = socket;

	g_assert_cmpuint(browser->closed, ==, 0);
	g_ptr_array_add(browser->got, g_strndup(text, length));
}

static void
on_close(gpointer socket, CmRoomClose why)
{
	Browser *browser = socket;

	g_assert_cmpuint(browser->closed, ==, 0);
	browser->closed = why;
	browser->line = NULL;
}

static void
on_report(gpointer socket, gboolean works)
{
	((Browser *)socket)->reports += works ? 1 : -1;
}

static void
on_left(gpointer data, guint64 subject, const gchar *seat)
{
	g_string_append_printf(((Fixture *)data)->left, " %s", seat);
}

static void
browser_free(gpointer data)
{
	Browser *browser = data;

	g_ptr_array_unref(browser->got);
	g_free(browser);
}

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	CmRoomRelayCalls calls = {on_send, on_close, on_report, on_left, fixture};

	fixture->relay = cm_room_relay_new(&calls);
	fixture->left = g_string_new(NULL);
	fixture->now = 100 * SECOND;
	fixture->browsers = g_ptr_array_new_with_free_func(browser_free);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	for (guint i = 0; i < fixture->browsers->len; i++) {
		Browser *browser = g_ptr_array_index(fixture->browsers, i);

		if (browser->line != NULL)
			cm_room_relay_detach(fixture->relay, browser->line, fixture->now);
	}
	cm_room_relay_tick(fixture->relay, fixture->now + 3600 * SECOND);
	g_assert_cmpuint(cm_room_relay_get_rooms(fixture->relay), ==, 0);
	cm_room_relay_free(fixture->relay);
	g_string_free(fixture->left, TRUE);
	g_ptr_array_unref(fixture->browsers);
}

static Browser *
come(Fixture *fixture, const gchar *kind, guint64 subject, guint64 turn, const gchar *seat)
{
	gchar ice[] = "[]", policy[] = "all", role[] = "guest", janus[] = "{\"room\":\"r\"}";
	CmRoomEntry entry = {.subject = subject,
			     .turn = turn,
			     .kind = (gchar *)kind,
			     .role = role,
			     .name = (gchar *)seat,
			     .seat = (gchar *)seat,
			     .peers_max = 4,
			     .ice = ice,
			     .ice_policy = policy,
			     .janus = janus};
	Browser *browser = g_new0(Browser, 1);

	browser->got = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(fixture->browsers, browser);
	browser->line = cm_room_relay_attach(fixture->relay, browser, &entry, fixture->now);
	return browser;
}

static void
say(Fixture *fixture, Browser *browser, const gchar *text)
{
	gboolean there = FALSE;

	g_assert_nonnull(browser->line);
	there = cm_room_relay_receive(fixture->relay, browser->line, text, strlen(text), TRUE,
				      fixture->now);
	g_assert_true(there == (browser->closed == 0));
}

static Browser *
enter(Fixture *fixture, guint64 subject, guint64 turn, const gchar *seat)
{
	Browser *browser = come(fixture, "builtin", subject, turn, seat);

	say(fixture, browser, HELLO);
	return browser;
}

static void
leave_quietly(Fixture *fixture, Browser *browser)
{
	cm_room_relay_detach(fixture->relay, browser->line, fixture->now);
	browser->line = NULL;
}

static const gchar *
last(const Browser *browser)
{
	g_assert_cmpuint(browser->got->len, >, 0);
	return g_ptr_array_index(browser->got, browser->got->len - 1);
}

static void
test_meet(Fixture *fixture, gconstpointer unused)
{
	Browser *anne = enter(fixture, 1, 1, "anne");
	Browser *zoe = NULL;

	g_assert_cmpstr(last(anne), ==,
			"{\"type\":\"welcome\",\"kind\":\"builtin\",\"turn\":1,\"you\":1,\"name\":"
			"\"anne\",\"most\":4,\"ice\":[],"
			"\"policy\":\"all\",\"people\":[]}");
	say(fixture, anne,
	    "{\"type\":\"state\",\"microphone\":true,\"camera\":true,\"screen\":false,\"phone\":"
	    "false}");
	zoe = enter(fixture, 1, 1, "zoe");
	/* who came last gives way when both make an offer at once */
	g_assert_cmpstr(
	    last(zoe), ==,
	    "{\"type\":\"welcome\",\"kind\":\"builtin\",\"turn\":1,\"you\":2,\"name\":\"zoe\","
	    "\"most\":4,\"ice\":[],"
	    "\"policy\":\"all\",\"people\":[{\"number\":1,\"name\":\"anne\",\"role\":\"guest\","
	    "\"polite\":true,"
	    "\"microphone\":true,\"camera\":true,\"screen\":false,\"phone\":false}]}");
	g_assert_cmpstr(last(anne), ==,
			"{\"type\":\"joined\",\"person\":{\"number\":2,\"name\":\"zoe\",\"role\":"
			"\"guest\",\"polite\":false,"
			"\"microphone\":false,\"camera\":false,\"screen\":false,\"phone\":false}}");
	say(fixture, zoe, "{\"type\":\"candidate\",\"to\":1,\"candidate\":null}");
	g_assert_cmpstr(last(anne), ==, "{\"type\":\"candidate\",\"from\":2,\"candidate\":null}");
	say(fixture, zoe,
	    "{\"type\":\"state\",\"microphone\":false,\"camera\":true,\"screen\":true,\"phone\":"
	    "false}");
	g_assert_cmpstr(last(anne), ==,
			"{\"type\":\"state\",\"number\":2,\"microphone\":false,\"camera\":true,"
			"\"screen\":true,\"phone\":false}");
	say(fixture, zoe, "{\"type\":\"ping\"}");
	g_assert_cmpstr(last(zoe), ==, "{\"type\":\"pong\"}");
	say(fixture, zoe, "{\"type\":\"report\",\"works\":true}");
	g_assert_cmpint(zoe->reports, ==, 1);
	say(fixture, zoe, "{\"type\":\"leave\"}");
	g_assert_cmpuint(zoe->closed, ==, CM_ROOM_CLOSE_OVER);
	g_assert_cmpstr(last(anne), ==, "{\"type\":\"left\",\"number\":2}");
	g_assert_cmpstr(fixture->left->str, ==, " zoe");
}

/* another session's room, the same session's room of before, oneself, nobody: nothing reaches them */
static void
test_other_room(Fixture *fixture, gconstpointer unused)
{
	Browser *here = enter(fixture, 1, 2, "a");
	Browser *other = enter(fixture, 2, 2, "b");
	Browser *before = enter(fixture, 1, 1, "c");
	Browser *silent = come(fixture, "builtin", 1, 2, "d");
	guint counts[] = {here->got->len, other->got->len, before->got->len};

	/* numbers are the room's own: the others have number 1 too */
	for (guint to = 1; to < 20; to++) {
		g_autofree gchar *offer = g_strdup_printf(OFFER_TO, to);

		say(fixture, here, offer);
	}
	say(fixture, here,
	    "{\"type\":\"state\",\"microphone\":true,\"camera\":true,\"screen\":true,\"phone\":"
	    "false}");
	g_assert_cmpuint(here->got->len, ==, counts[0]);
	g_assert_cmpuint(other->got->len, ==, counts[1]);
	g_assert_cmpuint(before->got->len, ==, counts[2]);
	g_assert_cmpuint(silent->got->len, ==, 0);
	g_assert_cmpuint(here->closed, ==, 0);
	g_assert_cmpuint(cm_room_relay_get_rooms(fixture->relay), ==, 3);
}

static void
test_first_word(Fixture *fixture, gconstpointer unused)
{
	Browser *early = come(fixture, "builtin", 1, 1, "a");
	Browser *twice = enter(fixture, 1, 1, "b");

	say(fixture, early, "{\"type\":\"ping\"}");
	g_assert_cmpuint(early->closed, ==, CM_ROOM_CLOSE_MALFORMED);
	say(fixture, twice, HELLO);
	g_assert_cmpuint(twice->closed, ==, CM_ROOM_CLOSE_MALFORMED);
}

static void
test_octets(Fixture *fixture, gconstpointer unused)
{
	g_autofree gchar *padding = g_strnfill(CM_ROOM_MESSAGE_MAX + 1, ' ');
	Browser *binary = enter(fixture, 1, 1, "a");
	Browser *large = enter(fixture, 1, 1, "b");
	Browser *broken = enter(fixture, 1, 1, "c");
	Browser *unknown = enter(fixture, 1, 1, "d");

	cm_room_relay_receive(fixture->relay, binary->line, "{\"type\":\"ping\"}", 15, FALSE,
			      fixture->now);
	g_assert_cmpuint(binary->closed, ==, CM_ROOM_CLOSE_MALFORMED);
	say(fixture, large, padding);
	g_assert_cmpuint(large->closed, ==, CM_ROOM_CLOSE_TOO_LARGE);
	say(fixture, broken, "{\"type\":\"ping\xc3(\"}");
	g_assert_cmpuint(broken->closed, ==, CM_ROOM_CLOSE_MALFORMED);
	say(fixture, unknown, "{\"type\":\"kick\",\"number\":1}");
	g_assert_cmpuint(unknown->closed, ==, CM_ROOM_CLOSE_MALFORMED);
	g_assert_cmpstr(fixture->left->str, ==, " a b c d");
}

static void
test_flood(Fixture *fixture, gconstpointer unused)
{
	Browser *fast = enter(fixture, 1, 1, "a");
	Browser *steady = enter(fixture, 1, 1, "b");
	Browser *heavy = enter(fixture, 1, 1, "c");
	g_autofree gchar *padding = g_strnfill(CM_ROOM_MESSAGE_MAX - 15, ' ');
	g_autofree gchar *long_ping = g_strconcat("{\"type\":\"ping\"}", padding, NULL);
	guint sent = 0;

	while (fast->closed == 0 && sent++ < 1000)
		say(fixture, fast, "{\"type\":\"ping\"}");
	g_assert_cmpuint(fast->closed, ==, CM_ROOM_CLOSE_TOO_FAST);
	g_assert_cmpuint(sent, ==, CM_ROOM_RELAY_BURST);
	for (sent = 0; heavy->closed == 0 && sent < 100; sent++)
		say(fixture, heavy, long_ping);
	g_assert_cmpuint(heavy->closed, ==, CM_ROOM_CLOSE_TOO_FAST);
	g_assert_cmpuint(sent, ==, CM_ROOM_RELAY_OCTETS_BURST / CM_ROOM_MESSAGE_MAX);
	for (guint i = 0; i < 1000; i++) {
		fixture->now += SECOND / CM_ROOM_RELAY_RATE;
		say(fixture, steady, "{\"type\":\"ping\"}");
	}
	g_assert_cmpuint(steady->closed, ==, 0);
}

static void
test_full(Fixture *fixture, gconstpointer unused)
{
	Browser *first = enter(fixture, 1, 1, "a");
	Browser *more = NULL;
	Browser *gone = enter(fixture, 1, 1, "b");

	enter(fixture, 1, 1, "c");
	enter(fixture, 1, 1, "d");
	more = enter(fixture, 1, 1, "e");
	g_assert_cmpuint(more->closed, ==, CM_ROOM_CLOSE_FULL);
	/* somebody whose socket broke gives their place to somebody who is here */
	leave_quietly(fixture, gone);
	more = enter(fixture, 1, 1, "f");
	g_assert_cmpuint(more->closed, ==, 0);
	g_assert_cmpuint(first->closed, ==, 0);
	g_assert_cmpstr(fixture->left->str, ==, " b");
}

/* a person's own key in many hands, or many pages, that say nothing */
static void
test_crowd_at_door(Fixture *fixture, gconstpointer unused)
{
	Browser *there = enter(fixture, 1, 1, "a");
	Browser *late = NULL;

	for (guint i = 1; i < CM_ROOM_RELAY_LINES_MAX; i++)
		g_assert_nonnull(come(fixture, "builtin", 1, 1, "b")->line);
	late = come(fixture, "builtin", 1, 1, "b");
	g_assert_null(late->line);
	g_assert_nonnull(come(fixture, "builtin", 2, 1, "b")->line);
	fixture->now += CM_ROOM_RELAY_HELLO_SECONDS * SECOND;
	say(fixture, there, "{\"type\":\"ping\"}");
	cm_room_relay_tick(fixture->relay, fixture->now);
	g_assert_cmpuint(cm_room_relay_get_lines(fixture->relay), ==, 1);
	g_assert_cmpuint(there->closed, ==, 0);
}

/* the phone went from the house's network to its own: the same page, another socket */
static void
test_back(Fixture *fixture, gconstpointer unused)
{
	Browser *anne = enter(fixture, 1, 1, "anne");
	Browser *zoe = enter(fixture, 1, 1, "zoe");
	Browser *again = NULL;

	leave_quietly(fixture, zoe);
	fixture->now += 5 * SECOND;
	say(fixture, anne, "{\"type\":\"candidate\",\"to\":2,\"candidate\":null}");
	again = enter(fixture, 1, 1, "zoe");
	g_assert_nonnull(strstr(last(again), "\"you\":2"));
	g_assert_cmpstr(last(anne), ==, "{\"type\":\"back\",\"number\":2}");
	g_assert_cmpstr(fixture->left->str, ==, "");
	/* before the old socket is known to be dead */
	zoe = enter(fixture, 1, 1, "zoe");
	g_assert_cmpuint(again->closed, ==, CM_ROOM_CLOSE_REPLACED);
	g_assert_nonnull(strstr(last(zoe), "\"you\":2"));
	say(fixture, anne, "{\"type\":\"candidate\",\"to\":2,\"candidate\":null}");
	g_assert_cmpstr(last(zoe), ==, "{\"type\":\"candidate\",\"from\":1,\"candidate\":null}");
}

static void
test_another_page(Fixture *fixture, gconstpointer unused)
{
	Browser *anne = enter(fixture, 1, 1, "anne");
	Browser *zoe = enter(fixture, 1, 1, "zoe");
	Browser *again = come(fixture, "builtin", 1, 1, "zoe");

	say(fixture, again, "{\"type\":\"hello\",\"instance\":\"another\"}");
	g_assert_cmpuint(zoe->closed, ==, CM_ROOM_CLOSE_REPLACED);
	g_assert_nonnull(strstr(last(again), "\"you\":3"));
	g_assert_cmpuint(anne->got->len, ==, 4);
	/* for comodald they never went */
	g_assert_cmpstr(fixture->left->str, ==, "");
	g_assert_cmpstr(g_ptr_array_index(anne->got, 2), ==, "{\"type\":\"left\",\"number\":2}");
	g_assert_nonnull(strstr(last(anne), "\"number\":3"));
}

static void
test_silence(Fixture *fixture, gconstpointer unused)
{
	Browser *anne = enter(fixture, 1, 1, "anne");
	Browser *zoe = enter(fixture, 1, 1, "zoe");

	fixture->now += (CM_ROOM_RELAY_SILENCE_SECONDS - 1) * SECOND;
	say(fixture, anne, "{\"type\":\"ping\"}");
	cm_room_relay_tick(fixture->relay, fixture->now);
	g_assert_cmpuint(zoe->closed, ==, 0);
	fixture->now += SECOND;
	cm_room_relay_tick(fixture->relay, fixture->now);
	g_assert_cmpuint(zoe->closed, ==, CM_ROOM_CLOSE_SILENT);
	g_assert_cmpuint(anne->closed, ==, 0);
	g_assert_cmpstr(fixture->left->str, ==, "");
	fixture->now += CM_ROOM_RELAY_GRACE_SECONDS * SECOND;
	cm_room_relay_tick(fixture->relay, fixture->now);
	g_assert_cmpstr(fixture->left->str, ==, " zoe");
	g_assert_cmpstr(last(anne), ==, "{\"type\":\"left\",\"number\":2}");
}

static void
test_end(Fixture *fixture, gconstpointer unused)
{
	Browser *before = enter(fixture, 1, 1, "a");
	Browser *here = enter(fixture, 1, 2, "b");
	Browser *unsaid = come(fixture, "builtin", 1, 1, "c");
	Browser *other = enter(fixture, 2, 1, "d");

	cm_room_relay_close_rooms(fixture->relay, 1, 2, CM_ROOM_CLOSE_MOVED);
	g_assert_cmpuint(before->closed, ==, CM_ROOM_CLOSE_MOVED);
	g_assert_cmpuint(unsaid->closed, ==, CM_ROOM_CLOSE_MOVED);
	g_assert_cmpuint(here->closed, ==, 0);
	cm_room_relay_close_rooms(fixture->relay, 1, 0, CM_ROOM_CLOSE_OVER);
	g_assert_cmpuint(here->closed, ==, CM_ROOM_CLOSE_OVER);
	g_assert_cmpuint(other->closed, ==, 0);
	g_assert_cmpuint(cm_room_relay_get_rooms(fixture->relay), ==, 1);
}

/* another provider's room: those in it are told of its end, and nothing of each other */
static void
test_janus(Fixture *fixture, gconstpointer unused)
{
	Browser *anne = come(fixture, "janus", 1, 1, "anne");
	Browser *zoe = come(fixture, "janus", 1, 1, "zoe");

	say(fixture, anne, HELLO);
	say(fixture, zoe, HELLO);
	g_assert_cmpuint(anne->got->len, ==, 1);
	g_assert_nonnull(strstr(last(anne), "\"janus\":{\"room\":\"r\"}"));
	g_assert_null(strstr(last(anne), "\"ice\""));
	say(fixture, zoe, "{\"type\":\"candidate\",\"to\":1,\"candidate\":null}");
	g_assert_cmpuint(zoe->closed, ==, CM_ROOM_CLOSE_MALFORMED);
}

#define ADD(name, function)                                                                        \
	g_test_add("/room-relay/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("meet", test_meet);
	ADD("other-room", test_other_room);
	ADD("first-word", test_first_word);
	ADD("octets", test_octets);
	ADD("flood", test_flood);
	ADD("full", test_full);
	ADD("crowd-at-door", test_crowd_at_door);
	ADD("back", test_back);
	ADD("another-page", test_another_page);
	ADD("silence", test_silence);
	ADD("end", test_end);
	ADD("janus", test_janus);
	return g_test_run();
}
