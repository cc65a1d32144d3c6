// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-video-room.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#define NOW 1800000000
#define SUBJECT 7

static GBytes *
make_facts(const gchar *text)
{
	return g_bytes_new(text, strlen(text));
}

static CmStoreVideoRoom *
add(CmStoreFixture *fixture, const gchar *provider)
{
	g_autoptr(GBytes) facts = make_facts("{\"room\":\"secret-name\"}");
	g_autoptr(GError) error = NULL;
	CmStoreVideoRoom *room =
	    cm_store_video_room_add(fixture->store, SUBJECT, provider, facts, NOW, &error);

	g_assert_no_error(error);
	return room;
}

static CmStoreVideoRoom *
find(CmStoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	CmStoreVideoRoom *room = NULL;

	g_assert_true(cm_store_video_room_find(fixture->store, SUBJECT, &room, &error));
	g_assert_no_error(error);
	return room;
}

static void
test_turns(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmStoreVideoRoom) first = add(fixture, "visio");
	g_autoptr(GBytes) facts = make_facts("{\"room\":\"other\"}");
	g_autoptr(CmStoreVideoRoom) present = NULL;
	g_autoptr(CmStoreVideoRoom) second = NULL;
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(first->turn, ==, 1);
	g_assert_cmpint(first->state, ==, CM_VIDEO_ROOM_OPENING);
	/* one at a time */
	g_assert_null(
	    cm_store_video_room_add(fixture->store, SUBJECT, "other", facts, NOW, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_clear_error(&error);

	g_assert_true(
	    cm_store_video_room_open(fixture->store, first->number, facts, NOW + 1, &error));
	cm_store_fixture_reopen(fixture);
	present = find(fixture);
	g_assert_cmpint(present->state, ==, CM_VIDEO_ROOM_OPEN);
	g_assert_cmpstr(present->provider, ==, "visio");
	g_assert_true(g_bytes_equal(present->facts, facts));

	g_assert_true(cm_store_video_room_finish(fixture->store, first->number, "unreachable",
						 NOW + 2, &error));
	g_assert_null(find(fixture));
	/* neither back nor twice */
	g_assert_false(
	    cm_store_video_room_open(fixture->store, first->number, facts, NOW + 3, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
	g_clear_error(&error);
	g_assert_true(
	    cm_store_video_room_finish(fixture->store, first->number, NULL, NOW + 3, &error));

	second = add(fixture, "phone");
	g_assert_cmpuint(second->turn, ==, 2);
	all = cm_store_video_room_list(fixture->store, SUBJECT, &error);
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpstr(((CmStoreVideoRoom *)all->pdata[0])->cause, ==, "unreachable");
	g_assert_cmpint(((CmStoreVideoRoom *)all->pdata[0])->state, ==, CM_VIDEO_ROOM_FAILED);
}

static guint
count_unfinished(CmStoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rooms = cm_store_video_room_list_unfinished(fixture->store, &error);

	g_assert_no_error(error);
	return rooms->len;
}

static void
test_unfinished(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmStoreVideoRoom) room = add(fixture, "visio");
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(count_unfinished(fixture), ==, 1);
	/* while it is there, nothing is forgotten */
	g_assert_true(cm_store_video_room_forget(fixture->store, room->number, NOW, &error));
	g_assert_cmpuint(count_unfinished(fixture), ==, 1);
	g_assert_true(cm_store_video_room_finish(fixture->store, room->number, NULL, NOW, &error));
	/* its provider is to be told still */
	g_assert_cmpuint(count_unfinished(fixture), ==, 1);
	g_assert_true(cm_store_video_room_forget(fixture->store, room->number, NOW + 5, &error));
	g_assert_cmpuint(count_unfinished(fixture), ==, 0);
	all = cm_store_video_room_list(fixture->store, SUBJECT, &error);
	g_assert_null(((CmStoreVideoRoom *)all->pdata[0])->facts);
	g_assert_cmpint(((CmStoreVideoRoom *)all->pdata[0])->ended_at, ==, NOW + 5);
}

static void
test_sealed(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autoptr(CmStoreVideoRoom) room = add(fixture, "visio");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rooms = NULL;
	g_autofree gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(
	    fixture,
	    "SELECT instr (facts, 'secret-name') || ' ' || length (facts) FROM video_room;",
	    &text));
	g_assert_true(g_str_has_prefix(text, "0 "));
	/* what is another row's does not open */
	g_assert_true(cm_store_fixture_run_shell(
	    fixture,
	    "INSERT INTO video_room (id, subject, turn, provider, state, facts, opened_at) "
	    "SELECT 99, 8, 1, provider, state, facts, opened_at FROM video_room;",
	    NULL));
	cm_store_fixture_reopen(fixture);
	rooms = cm_store_video_room_list(fixture->store, 8, &error);
	g_assert_null(rooms);
	g_assert_true(cm_error_is(error, CM_ERROR_STORE));
}

static void
test_limits(void)
{
	g_autoptr(CmStoreFixture) fixture = cm_store_fixture_new();
	g_autofree gchar *much = g_strnfill(CM_STORE_VIDEO_ROOM_FACTS_MAX + 1, 'x');
	g_autoptr(GBytes) facts = make_facts(much);
	g_autoptr(GError) error = NULL;

	g_assert_null(cm_store_video_room_add(fixture->store, SUBJECT, "a", facts, NOW, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_INVALID_INPUT));
	g_clear_error(&error);
	for (guint i = 0; i < CM_STORE_VIDEO_ROOM_TURNS_MAX; i++) {
		g_autoptr(CmStoreVideoRoom) room = add(fixture, "a");

		g_assert_true(cm_store_video_room_finish(fixture->store, room->number, "refused",
							 NOW, &error));
	}
	g_bytes_unref(facts);
	facts = make_facts("{}");
	g_assert_null(cm_store_video_room_add(fixture->store, SUBJECT, "a", facts, NOW, &error));
	g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-video-room/turns", test_turns);
	g_test_add_func("/store-video-room/unfinished", test_unfinished);
	g_test_add_func("/store-video-room/sealed", test_sealed);
	g_test_add_func("/store-video-room/limits", test_limits);
	return g_test_run();
}
