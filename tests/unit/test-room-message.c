// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-message.h"

#include <string.h>

static void
test_types(void)
{
	static const gchar *const good[] = {
	    "{\"type\":\"hello\",\"instance\":\"a1\"}",
	    "{\"type\":\"ping\"}",
	    "{\"type\":\"leave\"}",
	    "{\"type\":\"report\",\"works\":false}",
	    "{\"type\":\"state\",\"microphone\":true,\"camera\":false,\"screen\":false,\"phone\":"
	    "false}",
	    "{\"type\":\"description\",\"to\":2,\"description\":{\"type\":\"offer\",\"sdp\":\"v="
	    "0\\r\\n\"}}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":null}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":\"\",\"sdpMid\":\"0\"}}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":\"candidate:1 1 udp 1 "
	    "192.0.2.1 9 typ "
	    "host\",\"sdpMid\":null,\"sdpMLineIndex\":1,\"usernameFragment\":\"x\"}}",
	    " {\"type\" : \"ping\"}\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(CmRoomMessage) message = cm_room_message_read(good[i], strlen(good[i]));

		g_test_message("%s", good[i]);
		g_assert_nonnull(message);
	}
}

/* what an enemy would send; docs/room.md has them by number */
static void
test_hostile(void)
{
	static const gchar *const bad[] = {
	    "",
	    "null",
	    "[]",
	    "\"hello\"",
	    "{",
	    "{}",
	    "{\"type\":1}",
	    "{\"type\":\"shout\"}",
	    "{\"type\":\"welcome\",\"you\":1}",
	    "{\"type\":\"joined\",\"person\":{\"number\":1}}",
	    "{\"type\":\"ping\",\"from\":1}",
	    "{\"type\":\"hello\"}",
	    "{\"type\":\"hello\",\"instance\":\"\"}",
	    "{\"type\":\"hello\",\"instance\":\"a\",\"name\":\"Somebody else\"}",
	    "{\"type\":\"hello\",\"instance\":\"a\",\"seat\":\"of another\"}",
	    "{\"type\":\"hello\",\"instance\":\"12345678901234567890123456789012345678901\"}",
	    "{\"type\":\"hello\",\"instance\":\"a\\u0000b\\n\"}",
	    "{\"type\":\"description\",\"description\":{\"type\":\"offer\",\"sdp\":\"\"}}",
	    "{\"type\":\"description\",\"to\":0,\"description\":{\"type\":\"offer\",\"sdp\":\"\"}}",
	    "{\"type\":\"description\",\"to\":-1,\"description\":{\"type\":\"offer\",\"sdp\":\"\"}"
	    "}",
	    "{\"type\":\"description\",\"to\":1e300,\"description\":{\"type\":\"offer\",\"sdp\":"
	    "\"\"}}",
	    "{\"type\":\"description\",\"to\":\"2\",\"description\":{\"type\":\"offer\",\"sdp\":"
	    "\"\"}}",
	    "{\"type\":\"description\",\"to\":2,\"room\":9,\"description\":{\"type\":\"offer\","
	    "\"sdp\":\"\"}}",
	    "{\"type\":\"description\",\"to\":2,\"description\":{\"type\":\"rollback\",\"sdp\":"
	    "\"\"}}",
	    "{\"type\":\"description\",\"to\":2,\"description\":{\"type\":\"offer\",\"sdp\":7}}",
	    "{\"type\":\"description\",\"to\":2,\"description\":{\"type\":\"offer\",\"sdp\":"
	    "\"\\u0007\"}}",
	    "{\"type\":\"description\",\"to\":2,\"description\":\"v=0\"}",
	    "{\"type\":\"candidate\",\"to\":2}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{}}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":\"a\\r\\na=x\"}}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":\"\",\"sdpMLineIndex\":"
	    "99999}}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":\"\",\"sdpMLineIndex\":-"
	    "1}}",
	    "{\"type\":\"state\",\"microphone\":1,\"camera\":false,\"screen\":false,\"phone\":"
	    "false}",
	    "{\"type\":\"state\",\"microphone\":true}",
	    "{\"type\":\"report\",\"works\":\"yes\"}",
	    "{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":{\"candidate\":\"\"}}}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(CmRoomMessage) message = cm_room_message_read(bad[i], strlen(bad[i]));

		g_test_message("%s", bad[i]);
		g_assert_null(message);
	}
}

static void
test_octets(void)
{
	static const gchar invalid[] = "{\"type\":\"hello\",\"instance\":\"\xc0\xaf\"}";
	static const gchar nul[] = "{\"type\":\"ping\"\0}";
	g_autofree gchar *nested = g_strnfill(CM_ROOM_MESSAGE_MAX, '[');
	g_autofree gchar *padding = g_strnfill(CM_ROOM_MESSAGE_MAX, ' ');
	g_autofree gchar *long_one = g_strconcat("{\"type\":\"ping\"}", padding, NULL);
	g_autofree gchar *fits = g_strndup(long_one, CM_ROOM_MESSAGE_MAX);
	g_autoptr(CmRoomMessage) fitting = cm_room_message_read(fits, strlen(fits));

	g_assert_null(cm_room_message_read(invalid, sizeof invalid - 1));
	g_assert_null(cm_room_message_read(nul, sizeof nul - 1));
	g_assert_null(cm_room_message_read(nested, strlen(nested)));
	g_assert_null(cm_room_message_read(long_one, strlen(long_one)));
	g_assert_nonnull(fitting);
}

static gchar *
describe(gsize length)
{
	g_autofree gchar *sdp = g_strnfill(length, 'a');

	return g_strdup_printf("{\"type\":\"description\",\"to\":2,\"description\":{\"type\":"
			       "\"answer\",\"sdp\":\"%s\"}}",
			       sdp);
}

static void
test_long_description(void)
{
	g_autofree gchar *most = describe(CM_ROOM_MESSAGE_SDP_MAX);
	g_autofree gchar *more = describe(CM_ROOM_MESSAGE_SDP_MAX + 1);
	g_autoptr(CmRoomMessage) message = cm_room_message_read(most, strlen(most));

	g_assert_nonnull(message);
	g_assert_null(cm_room_message_read(more, strlen(more)));
}

/* what is passed on says who it is from, and nothing that was not read */
static void
test_relay(void)
{
	static const struct {
		const gchar *in, *out;
	} rows[] = {
	    {"{\"type\":\"description\",\"to\":2,\"description\":{\"sdp\":\"v=0\\r\\n\\\"<b>\","
	     "\"type\":\"offer\"}}",
	     "{\"type\":\"description\",\"from\":7,\"description\":{\"type\":\"offer\",\"sdp\":\"v="
	     "0\\r\\n\\\"<b>\"}}"},
	    {"{\"type\":\"candidate\",\"to\":2,\"candidate\":null}",
	     "{\"type\":\"candidate\",\"from\":7,\"candidate\":null}"},
	    {"{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"usernameFragment\":\"u\","
	     "\"sdpMLineIndex\":0,"
	     "\"sdpMid\":\"a\",\"candidate\":\"c\"}}",
	     "{\"type\":\"candidate\",\"from\":7,\"candidate\":{\"candidate\":\"c\",\"sdpMid\":"
	     "\"a\",\"sdpMLineIndex\":0,"
	     "\"usernameFragment\":\"u\"}}"},
	    {"{\"type\":\"candidate\",\"to\":2,\"candidate\":{\"candidate\":\"c\"}}",
	     "{\"type\":\"candidate\",\"from\":7,\"candidate\":{\"candidate\":\"c\"}}"},
	    /* of a member that is there twice one is read, and written once */
	    {"{\"type\":\"candidate\",\"to\":9,\"to\":2,\"candidate\":null}",
	     "{\"type\":\"candidate\",\"from\":7,\"candidate\":null}"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(CmRoomMessage) message =
		    cm_room_message_read(rows[i].in, strlen(rows[i].in));
		g_autofree gchar *out = NULL;

		g_assert_nonnull(message);
		out = cm_room_message_relay(message, 7);
		g_assert_cmpstr(out, ==, rows[i].out);
		g_assert_cmpuint(message->to, ==, 2);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/room-message/types", test_types);
	g_test_add_func("/room-message/hostile", test_hostile);
	g_test_add_func("/room-message/octets", test_octets);
	g_test_add_func("/room-message/long-description", test_long_description);
	g_test_add_func("/room-message/relay", test_relay);
	return g_test_run();
}
