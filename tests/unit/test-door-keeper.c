// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/attempt-limit.h"
#include "daemon/bus/door-keeper.h"

typedef struct {
	GMainLoop *loop;
	GArray *told; /* subjects of the last signal */
	guint signals;
	guint soon;
	GArray *gone;
} Heard;

static void
hear(const GArray *subjects, gpointer user_data)
{
	Heard *heard = user_data;

	g_array_set_size(heard->told, 0);
	g_array_append_vals(heard->told, subjects->data, subjects->len);
	heard->signals++;
	g_main_loop_quit(heard->loop);
}

static void
hear_gone(const GArray *visits, gpointer user_data)
{
	Heard *heard = user_data;

	g_array_append_vals(heard->gone, visits->data, visits->len);
	g_main_loop_quit(heard->loop);
}

static Heard
heard_new(void)
{
	Heard heard = {.loop = g_main_loop_new(NULL, FALSE),
		       .told = g_array_new(FALSE, FALSE, sizeof(gint64)),
		       .gone = g_array_new(FALSE, FALSE, sizeof(gint64))};

	return heard;
}

static void
heard_clear(Heard *heard)
{
	g_main_loop_unref(heard->loop);
	g_array_unref(heard->told);
	g_array_unref(heard->gone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Heard, heard_clear)

static gpointer
touch_many(gpointer keeper)
{
	for (gint64 i = 1; i <= 500; i++)
		cm_door_keeper_touch(keeper, i);
	return NULL;
}

static void
test_storm(void)
{
	g_auto(Heard) heard = heard_new();
	g_autoptr(CmDoorKeeper) keeper = cm_door_keeper_new(0);

	cm_door_keeper_add_listener(keeper, hear, &heard);
	/* from several threads, twice the same: one signal */
	for (guint i = 0; i < 2; i++)
		g_thread_join(g_thread_new("touch", touch_many, keeper));
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.signals, ==, 1);
	g_assert_cmpuint(heard.told->len, ==, 500);
	/* more than are told one by one: any */
	for (gint64 i = 1; i <= CM_DOOR_KEEPER_SUBJECTS_MAX + 1; i++)
		cm_door_keeper_touch(keeper, i);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.told->len, ==, 0);
	cm_door_keeper_touch(keeper, 7);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.told->len, ==, 1);
	cm_door_keeper_touch(keeper, 7);
	cm_door_keeper_touch(keeper, 0);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.told->len, ==, 0);
	g_assert_cmpuint(heard.signals, ==, 4);
}

static void
hear_soon(gpointer user_data)
{
	Heard *heard = user_data;

	heard->soon++;
	g_main_loop_quit(heard->loop);
}

/* once for many, and no word of a door at which nothing changed */
static void
test_soon(void)
{
	g_auto(Heard) heard = heard_new();
	g_autoptr(CmDoorKeeper) keeper = cm_door_keeper_new(0);

	cm_door_keeper_add_listener(keeper, hear, &heard);
	cm_door_keeper_set_soon(keeper, hear_soon, &heard);
	cm_door_keeper_touch_soon(keeper);
	cm_door_keeper_touch_soon(keeper);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.soon, ==, 1);
	g_assert_cmpuint(heard.signals, ==, 0);
	cm_door_keeper_touch(keeper, 7);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.soon, ==, 1);
	g_assert_cmpuint(heard.signals, ==, 1);
	cm_door_keeper_touch(keeper, 8);
	cm_door_keeper_touch_soon(keeper);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.soon, ==, 2);
	g_assert_cmpuint(heard.signals, ==, 2);
	g_assert_cmpint(g_array_index(heard.told, gint64, 0), ==, 8);
}

static void
test_gone(void)
{
	g_auto(Heard) heard = heard_new();
	g_autoptr(CmDoorKeeper) keeper = cm_door_keeper_new(0);

	cm_door_keeper_set_gone(keeper, hear_gone, &heard);
	cm_door_keeper_add_visit(keeper, 1, 10);
	cm_door_keeper_add_visit(keeper, 2, 10);
	cm_door_keeper_add_visit(keeper, 3, 10);
	cm_door_keeper_add_visit(keeper, 4, 11);
	cm_door_keeper_forget_gateway(keeper, 10);
	/* one left by itself, one came back by another gateway */
	cm_door_keeper_remove_visit(keeper, 2);
	cm_door_keeper_add_visit(keeper, 3, 12);
	g_main_loop_run(heard.loop);
	g_assert_cmpuint(heard.gone->len, ==, 1);
	g_assert_cmpint(g_array_index(heard.gone, gint64, 0), ==, 1);
}

static void
test_limit(void)
{
	g_autoptr(CmAttemptLimit) limit = cm_attempt_limit_new(3, 5, 100);

	for (guint i = 0; i < 3; i++)
		g_assert_true(cm_attempt_limit_take(limit, 1, 1000));
	g_assert_false(cm_attempt_limit_take(limit, 1, 1099));
	/* what was right is given back, and others are others until there are too many */
	cm_attempt_limit_give_back(limit, 1);
	g_assert_true(cm_attempt_limit_take(limit, 1, 1099));
	g_assert_true(cm_attempt_limit_take(limit, 2, 1099));
	g_assert_true(cm_attempt_limit_take(limit, 3, 1099));
	g_assert_false(cm_attempt_limit_take(limit, 4, 1099));
	g_assert_true(cm_attempt_limit_take(limit, 1, 1100));
	/* a clock that is set back begins anew rather than never */
	g_assert_true(cm_attempt_limit_take(limit, 1, 10));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/door-keeper/storm", test_storm);
	g_test_add_func("/door-keeper/soon", test_soon);
	g_test_add_func("/door-keeper/gone", test_gone);
	g_test_add_func("/door-keeper/limit", test_limit);
	return g_test_run();
}
