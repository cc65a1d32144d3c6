// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/door-keeper.h"

#define LISTENERS_MAX 4

typedef struct {
	CmDoorKeeperChanged changed;
	gpointer user_data;
} Listener;

struct _CmDoorKeeper {
	GMutex mutex; /* of the four below: changes come from any thread */
	GHashTable *touched;
	gboolean any;
	gboolean others; /* who joins soon may be */
	guint source;

	Listener listeners[LISTENERS_MAX];
	guint listener_count;
	CmDoorKeeperSoon soon;
	gpointer soon_data;
	CmDoorKeeperGone gone;
	gpointer gone_data;
	guint gone_seconds;
	GHashTable *visits; /* gint64 → guint64: which gateway's */
	GHashTable *timers; /* guint source ids of gateways that are gone */
};

CmDoorKeeper *
cm_door_keeper_new(guint gone_seconds)
{
	CmDoorKeeper *keeper = g_new0(CmDoorKeeper, 1);

	keeper->gone_seconds = gone_seconds;
	g_mutex_init(&keeper->mutex);
	keeper->touched = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	keeper->visits = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	keeper->timers = g_hash_table_new(NULL, NULL);
	return keeper;
}

void
cm_door_keeper_free(CmDoorKeeper *keeper)
{
	GHashTableIter iter;
	gpointer source = NULL;

	if (keeper == NULL)
		return;
	if (keeper->source != 0)
		g_source_remove(keeper->source);
	g_hash_table_iter_init(&iter, keeper->timers);
	while (g_hash_table_iter_next(&iter, &source, NULL))
		g_source_remove(GPOINTER_TO_UINT(source));
	g_hash_table_unref(keeper->touched);
	g_hash_table_unref(keeper->visits);
	g_hash_table_unref(keeper->timers);
	g_mutex_clear(&keeper->mutex);
	g_free(keeper);
}

void
cm_door_keeper_add_listener(CmDoorKeeper *keeper, CmDoorKeeperChanged changed, gpointer user_data)
{
	g_return_if_fail(keeper->listener_count < LISTENERS_MAX);
	keeper->listeners[keeper->listener_count].changed = changed;
	keeper->listeners[keeper->listener_count].user_data = user_data;
	keeper->listener_count++;
}

void
cm_door_keeper_set_soon(CmDoorKeeper *keeper, CmDoorKeeperSoon soon, gpointer user_data)
{
	keeper->soon = soon;
	keeper->soon_data = user_data;
}

void
cm_door_keeper_set_gone(CmDoorKeeper *keeper, CmDoorKeeperGone gone, gpointer user_data)
{
	keeper->gone = gone;
	keeper->gone_data = user_data;
}

/* ---- changes */

/* NULL: at no door */
static GArray *
take_touched(CmDoorKeeper *keeper, gboolean *out_others)
{
	GArray *subjects = g_array_new(FALSE, FALSE, sizeof(gint64));
	GHashTableIter iter;
	gpointer key = NULL;

	g_mutex_lock(&keeper->mutex);
	keeper->source = 0;
	*out_others = keeper->others;
	keeper->others = FALSE;
	if (!keeper->any && g_hash_table_size(keeper->touched) == 0)
		g_clear_pointer(&subjects, g_array_unref);
	g_hash_table_iter_init(&iter, keeper->touched);
	while (subjects != NULL && !keeper->any && g_hash_table_iter_next(&iter, &key, NULL))
		g_array_append_val(subjects, *(const gint64 *)key);
	g_hash_table_remove_all(keeper->touched);
	keeper->any = FALSE;
	g_mutex_unlock(&keeper->mutex);
	return subjects;
}

static gboolean
tell(gpointer user_data)
{
	CmDoorKeeper *keeper = user_data;
	gboolean others = FALSE;
	g_autoptr(GArray) subjects = take_touched(keeper, &others);

	if (others && keeper->soon != NULL)
		keeper->soon(keeper->soon_data);
	for (guint i = 0; subjects != NULL && i < keeper->listener_count; i++)
		keeper->listeners[i].changed(subjects, keeper->listeners[i].user_data);
	return G_SOURCE_REMOVE;
}

static void
plan_telling(CmDoorKeeper *keeper)
{
	if (keeper->source == 0)
		keeper->source = g_timeout_add(CM_DOOR_KEEPER_MS, tell, keeper);
}

void
cm_door_keeper_touch(CmDoorKeeper *keeper, gint64 subject)
{
	g_mutex_lock(&keeper->mutex);
	if (subject != 0 && !keeper->any)
		g_hash_table_add(keeper->touched, g_memdup2(&subject, sizeof subject));
	keeper->any = keeper->any || subject == 0 ||
		      g_hash_table_size(keeper->touched) > CM_DOOR_KEEPER_SUBJECTS_MAX;
	plan_telling(keeper);
	g_mutex_unlock(&keeper->mutex);
}

void
cm_door_keeper_touch_soon(CmDoorKeeper *keeper)
{
	g_mutex_lock(&keeper->mutex);
	keeper->others = TRUE;
	plan_telling(keeper);
	g_mutex_unlock(&keeper->mutex);
}

/* ---- gateways */

void
cm_door_keeper_add_visit(CmDoorKeeper *keeper, gint64 visit, guint64 gateway)
{
	g_hash_table_replace(keeper->visits, g_memdup2(&visit, sizeof visit),
			     g_memdup2(&gateway, sizeof gateway));
}

void
cm_door_keeper_remove_visit(CmDoorKeeper *keeper, gint64 visit)
{
	(void)g_hash_table_remove(keeper->visits, &visit);
}

typedef struct {
	CmDoorKeeper *keeper;
	guint64 gateway;
	guint source;
} Timer;

/* those that no gateway has claimed since */
static gboolean
give_up(gpointer user_data)
{
	const Timer *timer = user_data;
	CmDoorKeeper *keeper = timer->keeper;
	g_autoptr(GArray) visits = g_array_new(FALSE, FALSE, sizeof(gint64));
	GHashTableIter iter;
	gpointer key = NULL;
	gpointer value = NULL;

	(void)g_hash_table_remove(keeper->timers, GUINT_TO_POINTER(timer->source));
	g_hash_table_iter_init(&iter, keeper->visits);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		if (*(const guint64 *)value != timer->gateway)
			continue;
		g_array_append_val(visits, *(const gint64 *)key);
		g_hash_table_iter_remove(&iter);
	}
	if (visits->len > 0 && keeper->gone != NULL)
		keeper->gone(visits, keeper->gone_data);
	return G_SOURCE_REMOVE;
}

void
cm_door_keeper_forget_gateway(CmDoorKeeper *keeper, guint64 gateway)
{
	Timer *timer = g_new0(Timer, 1);

	timer->keeper = keeper;
	timer->gateway = gateway;
	timer->source = g_timeout_add_seconds_full(G_PRIORITY_DEFAULT, keeper->gone_seconds,
						   give_up, timer, g_free);
	(void)g_hash_table_add(keeper->timers, GUINT_TO_POINTER(timer->source));
}
