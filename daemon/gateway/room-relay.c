// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-relay.h"

#include "daemon/gateway/room-words.h"

#include <string.h>

/* somebody who is in a room */
typedef struct {
	guint64 number;   /* what the others call them; never given twice in a room */
	gchar *key;       /* the visit's seat */
	gchar *instance;  /* the page that took it */
	CmRoomLine *line; /* NULL while their socket is broken */
	gint64 gone;      /* since when */
	CmRoomPerson person;
} Seat;

typedef struct {
	CmRoomRelay *relay;
	guint64 subject, turn;
	guint64 last_number;
	GPtrArray *seats; /* (element-type Seat): owned; in the order of their coming */
	GPtrArray *lines; /* (element-type CmRoomLine): owned */
} Room;

/* what may still come at once, refilled as time goes by */
typedef struct {
	gdouble messages, octets;
	gint64 at;
} Allowance;

struct CmRoomLine {
	Room *room;
	gpointer socket;
	Seat *seat; /* NULL before it said hello */
	Allowance allowance;
	gint64 heard;
	gint64 came;
	gchar *key;
	guint peers_max;
	gboolean relays;
	gchar *kind, *ice, *ice_policy, *janus, *phone;
	CmRoomPerson person;
};

struct CmRoomRelay {
	CmRoomRelayCalls calls;
	GHashTable *rooms; /* (key: "subject turn", value: Room) */
};

/* ---- lives */

static void
seat_free(gpointer data)
{
	Seat *seat = data;

	g_free(seat->key);
	g_free(seat->instance);
	g_free(seat->person.name);
	g_free(seat->person.role);
	g_free(seat);
}

static void
line_free(gpointer data)
{
	CmRoomLine *line = data;

	g_free(line->key);
	g_free(line->kind);
	g_free(line->ice);
	g_free(line->ice_policy);
	g_free(line->janus);
	g_free(line->phone);
	g_free(line->person.name);
	g_free(line->person.role);
	g_free(line);
}

static void
room_free(gpointer data)
{
	Room *room = data;

	g_ptr_array_unref(room->lines);
	g_ptr_array_unref(room->seats);
	g_free(room);
}

CmRoomRelay *
cm_room_relay_new(const CmRoomRelayCalls *calls)
{
	CmRoomRelay *relay = g_new0(CmRoomRelay, 1);

	relay->calls = *calls;
	relay->rooms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, room_free);
	return relay;
}

void
cm_room_relay_free(CmRoomRelay *relay)
{
	g_hash_table_unref(relay->rooms);
	g_free(relay);
}

static gchar *
room_key(guint64 subject, guint64 turn)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, subject, turn);
}

static Room *
ensure_room(CmRoomRelay *relay, guint64 subject, guint64 turn)
{
	g_autofree gchar *key = room_key(subject, turn);
	Room *room = g_hash_table_lookup(relay->rooms, key);

	if (room != NULL)
		return room;
	room = g_new0(Room, 1);
	room->relay = relay;
	room->subject = subject;
	room->turn = turn;
	room->seats = g_ptr_array_new_with_free_func(seat_free);
	room->lines = g_ptr_array_new_with_free_func(line_free);
	g_hash_table_insert(relay->rooms, g_steal_pointer(&key), room);
	return room;
}

/* ---- what is said to them */

static void
say(const CmRoomLine *line, const gchar *text)
{
	if (line != NULL)
		line->room->relay->calls.send(line->socket, text, strlen(text));
}

/* to all who are there but one */
static void
say_to_others(const Room *room, const Seat *but, const gchar *text)
{
	for (guint i = 0; i < room->seats->len; i++) {
		const Seat *seat = g_ptr_array_index(room->seats, i);

		if (seat != but)
			say(seat->line, text);
	}
}

static Seat *
find_seat(const Room *room, const gchar *key)
{
	for (guint i = 0; i < room->seats->len; i++) {
		Seat *seat = g_ptr_array_index(room->seats, i);

		if (g_str_equal(seat->key, key))
			return seat;
	}
	return NULL;
}

static Seat *
find_number(const Room *room, guint64 number)
{
	for (guint i = 0; i < room->seats->len; i++) {
		Seat *seat = g_ptr_array_index(room->seats, i);

		if (seat->number == number)
			return seat;
	}
	return NULL;
}

/* ---- coming and going */

/* takes the line off its room without a word; what it was attached to stays */
static void
drop_line(CmRoomLine *line)
{
	if (line->seat != NULL)
		line->seat->line = NULL;
	g_ptr_array_remove_fast(line->room->lines, line);
}

static void
end_line(CmRoomLine *line, CmRoomClose why)
{
	const CmRoomRelayCalls *calls = &line->room->relay->calls;
	gpointer socket = line->socket;

	drop_line(line);
	calls->close(socket, why);
}

static void
forget_if_empty(CmRoomRelay *relay, Room *room)
{
	g_autofree gchar *key = room_key(room->subject, room->turn);

	if (room->lines->len == 0 && room->seats->len == 0)
		g_hash_table_remove(relay->rooms, key);
}

static void
free_seat(Room *room, Seat *seat)
{
	g_autofree gchar *text = cm_room_words_left(seat->number);

	say_to_others(room, seat, text);
	g_ptr_array_remove(room->seats, seat);
}

static void
remove_seat(Room *room, Seat *seat)
{
	const CmRoomRelayCalls *calls = &room->relay->calls;

	if (calls->left != NULL)
		calls->left(calls->data, room->subject, seat->key);
	free_seat(room, seat);
}

/* somebody broken off who stands in the way of somebody who is here */
static Seat *
find_gone(const Room *room)
{
	Seat *longest = NULL;

	for (guint i = 0; i < room->seats->len; i++) {
		Seat *seat = g_ptr_array_index(room->seats, i);

		if (seat->line == NULL && (longest == NULL || seat->gone < longest->gone))
			longest = seat;
	}
	return longest;
}

CmRoomLine *
cm_room_relay_attach(CmRoomRelay *relay, gpointer socket, const CmRoomEntry *entry, gint64 now)
{
	Room *room = ensure_room(relay, entry->subject, entry->turn);
	guint most = MAX(CM_ROOM_RELAY_LINES_MAX, 2 * entry->peers_max);
	CmRoomLine *line = NULL;

	if (room->lines->len >= most)
		return NULL;
	line = g_new0(CmRoomLine, 1);
	line->room = room;
	line->socket = socket;
	line->key = g_strdup(entry->seat);
	line->kind = g_strdup(entry->kind);
	line->ice = g_strdup(entry->ice);
	line->ice_policy = g_strdup(entry->ice_policy);
	line->janus = g_strdup(entry->janus);
	line->phone = g_strdup(entry->phone);
	line->relays = cm_room_entry_relays(entry);
	line->peers_max = entry->peers_max;
	line->person.name = g_strdup(entry->name);
	line->person.role = g_strdup(entry->role);
	line->allowance.messages = CM_ROOM_RELAY_BURST;
	line->allowance.octets = CM_ROOM_RELAY_OCTETS_BURST;
	line->allowance.at = now;
	line->heard = now;
	line->came = now;
	g_ptr_array_add(room->lines, line);
	return line;
}

void
cm_room_relay_detach(CmRoomRelay *relay, CmRoomLine *line, gint64 now)
{
	Room *room = line->room;

	if (line->seat != NULL)
		line->seat->gone = now;
	drop_line(line);
	forget_if_empty(relay, room);
}

void
cm_room_relay_close_line(CmRoomRelay *relay, CmRoomLine *line, CmRoomClose why, gint64 now)
{
	Room *room = line->room;

	if (line->seat != NULL)
		remove_seat(room, line->seat);
	line->seat = NULL;
	end_line(line, why);
	forget_if_empty(relay, room);
}

/* ---- hello */

static void
welcome(const CmRoomLine *line)
{
	const Room *room = line->room;
	const CmRoomWelcome words = {
	    .kind = line->kind,
	    .turn = room->turn,
	    .you = line->seat->number,
	    .name = line->person.name,
	    .peers_max = line->peers_max,
	    .ice = line->ice,
	    .ice_policy = line->ice_policy,
	    .janus = line->janus,
	    .phone = line->phone,
	};
	g_autoptr(GPtrArray) people = g_ptr_array_new();
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < room->seats->len; i++) {
		Seat *seat = g_ptr_array_index(room->seats, i);

		if (seat == line->seat)
			continue;
		seat->person.number = seat->number;
		g_ptr_array_add(people, &seat->person);
	}
	text =
	    cm_room_words_welcome(&words, (const CmRoomPerson *const *)people->pdata, people->len);
	say(line, text);
}

/* the same page with a new socket, or the one it broke off: it keeps its number, and its connections live on */
static void
resume(CmRoomLine *line, Seat *seat)
{
	g_autofree gchar *text = cm_room_words_back(seat->number);

	if (seat->line != NULL) {
		seat->line->seat = NULL;
		end_line(seat->line, CM_ROOM_CLOSE_REPLACED);
	}
	seat->line = line;
	line->seat = seat;
	welcome(line);
	say_to_others(line->room, seat, text);
}

static void
replace(Room *room, Seat *seat)
{
	if (seat->line != NULL) {
		seat->line->seat = NULL;
		end_line(seat->line, CM_ROOM_CLOSE_REPLACED);
		seat->line = NULL;
	}
	free_seat(room, seat);
}

static gboolean
make_place(Room *room, guint most)
{
	Seat *gone = NULL;

	if (room->seats->len < most)
		return TRUE;
	gone = find_gone(room);
	if (gone == NULL)
		return FALSE;
	remove_seat(room, gone);
	return TRUE;
}

static void
sit_down(CmRoomLine *line, const gchar *instance)
{
	Room *room = line->room;
	Seat *seat = g_new0(Seat, 1);
	g_autofree gchar *text = NULL;

	seat->number = ++room->last_number;
	seat->key = g_strdup(line->key);
	seat->instance = g_strdup(instance);
	seat->line = line;
	seat->person = line->person;
	seat->person.name = g_strdup(line->person.name);
	seat->person.role = g_strdup(line->person.role);
	seat->person.number = seat->number;
	g_ptr_array_add(room->seats, seat);
	line->seat = seat;
	welcome(line);
	text = cm_room_words_joined(&seat->person);
	if (line->relays)
		say_to_others(room, seat, text);
}

/* FALSE: there is no place. */
static gboolean
greet(CmRoomLine *line, const gchar *instance)
{
	Seat *seat = find_seat(line->room, line->key);

	if (seat != NULL && g_str_equal(seat->instance, instance)) {
		resume(line, seat);
		return TRUE;
	}
	if (seat != NULL)
		replace(line->room, seat);
	if (!make_place(line->room, line->peers_max))
		return FALSE;
	sit_down(line, instance);
	return TRUE;
}

/* ---- what comes */

/* FALSE: too much came */
static gboolean
spend(Allowance *allowance, gsize octets, gint64 now)
{
	gdouble seconds = MAX(0, (gdouble)(now - allowance->at) / G_USEC_PER_SEC);

	allowance->messages =
	    MIN(CM_ROOM_RELAY_BURST, allowance->messages + seconds * CM_ROOM_RELAY_RATE) - 1;
	allowance->octets = MIN(CM_ROOM_RELAY_OCTETS_BURST,
				allowance->octets + seconds * CM_ROOM_RELAY_OCTETS_RATE) -
			    (gdouble)octets;
	allowance->at = now;
	return allowance->messages >= 0 && allowance->octets >= 0;
}

/* to somebody of the same room; who is not there does not get it, and that is no crime: they may have left meanwhile */
static void
pass_on(const CmRoomLine *line, const CmRoomMessage *message)
{
	const Seat *to = find_number(line->room, message->to);
	g_autofree gchar *text = NULL;

	if (to == NULL || to->line == NULL || to == line->seat)
		return;
	text = cm_room_message_relay(message, line->seat->number);
	say(to->line, text);
}

static void
take_state(const CmRoomLine *line, const CmRoomMessage *message)
{
	CmRoomPerson *person = &line->seat->person;
	g_autofree gchar *text = NULL;

	person->microphone = message->microphone;
	person->camera = message->camera;
	person->screen = message->screen;
	person->phone = message->phone;
	person->number = line->seat->number;
	text = cm_room_words_state(person);
	say_to_others(line->room, line->seat, text);
}

static gboolean
is_due(const CmRoomLine *line, const CmRoomMessage *message)
{
	if ((line->seat == NULL) != (message->type == CM_ROOM_MESSAGE_HELLO))
		return FALSE;
	return line->relays || (message->type != CM_ROOM_MESSAGE_DESCRIPTION &&
				message->type != CM_ROOM_MESSAGE_CANDIDATE &&
				message->type != CM_ROOM_MESSAGE_STATE);
}

/* FALSE: the line is gone */
static gboolean
obey(CmRoomRelay *relay, CmRoomLine *line, const CmRoomMessage *message, gint64 now)
{
	switch (message->type) {
	case CM_ROOM_MESSAGE_HELLO:
		if (greet(line, message->instance))
			return TRUE;
		cm_room_relay_close_line(relay, line, CM_ROOM_CLOSE_FULL, now);
		return FALSE;
	case CM_ROOM_MESSAGE_DESCRIPTION:
	case CM_ROOM_MESSAGE_CANDIDATE:
		pass_on(line, message);
		return TRUE;
	case CM_ROOM_MESSAGE_STATE:
		take_state(line, message);
		return TRUE;
	case CM_ROOM_MESSAGE_PING:
		say(line, CM_ROOM_WORDS_PONG);
		return TRUE;
	case CM_ROOM_MESSAGE_REPORT:
		if (relay->calls.report != NULL)
			relay->calls.report(line->socket, message->works);
		return TRUE;
	case CM_ROOM_MESSAGE_LEAVE:
		cm_room_relay_close_line(relay, line, CM_ROOM_CLOSE_OVER, now);
		return FALSE;
	default:
		g_return_val_if_reached(TRUE);
	}
}

gboolean
cm_room_relay_receive(CmRoomRelay *relay,
		      CmRoomLine *line,
		      const gchar *octets,
		      gsize length,
		      gboolean is_text,
		      gint64 now)
{
	g_autoptr(CmRoomMessage) message = NULL;
	CmRoomClose why = CM_ROOM_CLOSE_MALFORMED;

	line->heard = now;
	if (length > CM_ROOM_MESSAGE_MAX)
		why = CM_ROOM_CLOSE_TOO_LARGE;
	else if (!spend(&line->allowance, length, now))
		why = CM_ROOM_CLOSE_TOO_FAST;
	else if (is_text)
		message = cm_room_message_read(octets, length);
	if (message != NULL && is_due(line, message))
		return obey(relay, line, message, now);
	cm_room_relay_close_line(relay, line, why, now);
	return FALSE;
}

/* ---- time */

static gboolean
is_dumb(const CmRoomLine *line, gint64 now)
{
	if (line->seat == NULL)
		return now - line->came >= CM_ROOM_RELAY_HELLO_SECONDS * G_USEC_PER_SEC;
	return now - line->heard >= CM_ROOM_RELAY_SILENCE_SECONDS * G_USEC_PER_SEC;
}

static void
tick_room(Room *room, gint64 now)
{
	for (guint i = room->lines->len; i > 0; i--) {
		CmRoomLine *line = g_ptr_array_index(room->lines, i - 1);

		if (!is_dumb(line, now))
			continue;
		if (line->seat != NULL)
			line->seat->gone = now;
		end_line(line, CM_ROOM_CLOSE_SILENT);
	}
	for (guint i = room->seats->len; i > 0; i--) {
		Seat *seat = g_ptr_array_index(room->seats, i - 1);

		if (seat->line == NULL &&
		    now - seat->gone >= CM_ROOM_RELAY_GRACE_SECONDS * G_USEC_PER_SEC)
			remove_seat(room, seat);
	}
}

/* the rooms as they are now, for those among them that go while one looks */
static GPtrArray *
list_rooms(const CmRoomRelay *relay)
{
	GPtrArray *rooms = g_ptr_array_new();
	GHashTableIter iter;
	gpointer room = NULL;

	g_hash_table_iter_init(&iter, relay->rooms);
	while (g_hash_table_iter_next(&iter, NULL, &room))
		g_ptr_array_add(rooms, room);
	return rooms;
}

void
cm_room_relay_tick(CmRoomRelay *relay, gint64 now)
{
	g_autoptr(GPtrArray) rooms = list_rooms(relay);

	for (guint i = 0; i < rooms->len; i++) {
		Room *room = g_ptr_array_index(rooms, i);

		tick_room(room, now);
		forget_if_empty(relay, room);
	}
}

static void
close_room(Room *room, CmRoomClose why)
{
	g_ptr_array_set_size(room->seats, 0);
	for (guint i = 0; i < room->lines->len; i++)
		((CmRoomLine *)g_ptr_array_index(room->lines, i))->seat = NULL;
	while (room->lines->len > 0)
		end_line(g_ptr_array_index(room->lines, room->lines->len - 1), why);
}

void
cm_room_relay_close_rooms(CmRoomRelay *relay, guint64 subject, guint64 turn_kept, CmRoomClose why)
{
	g_autoptr(GPtrArray) rooms = list_rooms(relay);

	for (guint i = 0; i < rooms->len; i++) {
		Room *room = g_ptr_array_index(rooms, i);

		if (room->subject != subject || room->turn == turn_kept)
			continue;
		close_room(room, why);
		forget_if_empty(relay, room);
	}
}

guint
cm_room_relay_get_rooms(const CmRoomRelay *relay)
{
	return g_hash_table_size(relay->rooms);
}

guint
cm_room_relay_get_lines(const CmRoomRelay *relay)
{
	GHashTableIter iter;
	gpointer room = NULL;
	guint count = 0;

	g_hash_table_iter_init(&iter, relay->rooms);
	while (g_hash_table_iter_next(&iter, NULL, &room))
		count += ((Room *)room)->lines->len;
	return count;
}
