// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/room-entry.h"
#include "include/cm-error.h"

#include <string.h>

#define HEAD                                                                                       \
	"{\"format\":\"comodal-room/"                                                              \
	"1\",\"subject\":1,\"turn\":2,\"role\":\"host\",\"name\":\"Anne\",\"seat\":\"s\","

static CmRoomEntry *
read_entry(const gchar *text)
{
	return cm_room_entry_read(text, strlen(text), NULL);
}

static void
test_kinds(void)
{
	g_autoptr(CmRoomEntry) builtin =
	    read_entry(HEAD "\"kind\":\"builtin\",\"ice\":[{\"urls\":[\"turn:a\"]}],\"ice_policy\":"
			    "\"relay\",\"peers_max\":9}");
	g_autoptr(CmRoomEntry) plain = read_entry(HEAD "\"kind\":\"builtin\"}");
	g_autoptr(CmRoomEntry) janus =
	    read_entry(HEAD "\"kind\":\"janus\",\"peers_max\":12,\"janus\":{\"room\":\"r\"}}");
	g_autoptr(CmRoomEntry) jitsi =
	    read_entry(HEAD "\"kind\":\"jitsi\",\"url\":\"https://meet.example/a?jwt=b\"}");
	g_autoptr(CmRoomEntry) phone = read_entry(HEAD "\"kind\":\"phone\",\"phone\":\"+1 514\"}");

	g_assert_cmpstr(builtin->ice, ==, "[{\"urls\":[\"turn:a\"]}]");
	g_assert_cmpstr(builtin->ice_policy, ==, "relay");
	/* each sends to each: never more than four, whoever says so */
	g_assert_cmpuint(builtin->peers_max, ==, CM_ROOM_ENTRY_PEERS_MAX);
	g_assert_true(cm_room_entry_relays(builtin));
	g_assert_cmpstr(plain->ice, ==, "[]");
	g_assert_cmpstr(plain->ice_policy, ==, "all");
	g_assert_cmpuint(janus->peers_max, ==, 12);
	g_assert_cmpstr(janus->janus, ==, "{\"room\":\"r\"}");
	g_assert_false(cm_room_entry_relays(janus));
	g_assert_cmpstr(jitsi->url, ==, "https://meet.example/a?jwt=b");
	g_assert_cmpstr(phone->phone, ==, "+1 514");
}

static void
test_refused(void)
{
	static const gchar *const bad[] = {
	    "",
	    "[]",
	    "{\"format\":\"comodal-room/2\"}",
	    HEAD "\"kind\":\"other\"}",
	    HEAD "\"kind\":\"builtin\",\"ice_policy\":\"none\"}",
	    HEAD "\"kind\":\"janus\"}",
	    HEAD "\"kind\":\"jitsi\"}",
	    HEAD "\"kind\":\"fixed\",\"url\":\"javascript:alert(1)\"}",
	    HEAD "\"kind\":\"fixed\",\"url\":\"http://meet.example/\"}",
	    HEAD "\"kind\":\"fixed\",\"url\":\"https://meet.example/\\r\\nX: y\"}",
	    HEAD "\"kind\":\"phone\"}",
	    HEAD "\"kind\":\"builtin\",\"turn\":0}",
	    HEAD "\"kind\":\"builtin\",\"subject\":-4}",
	    HEAD "\"kind\":\"builtin\",\"seat\":\"\"}",
	    HEAD "\"kind\":\"builtin\",\"role\":\"owner\"}",
	    HEAD "\"kind\":\"builtin\",\"name\":\"\xff\"}",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_test_message("%s", bad[i]);
		g_assert_null(cm_room_entry_read(bad[i], strlen(bad[i]), &error));
		g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/room-entry/kinds", test_kinds);
	g_test_add_func("/room-entry/refused", test_refused);
	return g_test_run();
}
