// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/attempt-limit.h"

/* of a place, or of all: those within the time that began at `since` */
typedef struct {
	gint64 since;
	guint count;
} Count;

struct _CmAttemptLimit {
	GHashTable *places; /* guint64 → Count */
	Count whole;
	guint each;
	guint all;
	gint64 seconds;
};

CmAttemptLimit *
cm_attempt_limit_new(guint each, guint all, gint64 seconds)
{
	CmAttemptLimit *limit = g_new0(CmAttemptLimit, 1);

	limit->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	limit->each = each;
	limit->all = all;
	limit->seconds = seconds;
	return limit;
}

void
cm_attempt_limit_free(CmAttemptLimit *limit)
{
	if (limit == NULL)
		return;
	g_hash_table_unref(limit->places);
	g_free(limit);
}

/* a clock that was set back begins a new time, too */
static void
begin_anew(const CmAttemptLimit *limit, Count *count, gint64 now)
{
	if (count->count != 0 && now >= count->since && now < count->since + limit->seconds)
		return;
	count->since = now;
	count->count = 0;
}

static Count *
ensure_place(CmAttemptLimit *limit, guint64 place)
{
	Count *count = g_hash_table_lookup(limit->places, &place);

	if (count != NULL)
		return count;
	if (g_hash_table_size(limit->places) >= CM_ATTEMPT_LIMIT_PLACES_MAX)
		g_hash_table_remove_all(limit->places);
	count = g_new0(Count, 1);
	g_hash_table_insert(limit->places, g_memdup2(&place, sizeof place), count);
	return count;
}

gboolean
cm_attempt_limit_take(CmAttemptLimit *limit, guint64 place, gint64 now)
{
	Count *count = ensure_place(limit, place);

	begin_anew(limit, count, now);
	begin_anew(limit, &limit->whole, now);
	if (count->count >= limit->each || (limit->all != 0 && limit->whole.count >= limit->all))
		return FALSE;
	count->count++;
	limit->whole.count++;
	return TRUE;
}

void
cm_attempt_limit_give_back(CmAttemptLimit *limit, guint64 place)
{
	Count *count = g_hash_table_lookup(limit->places, &place);

	if (count != NULL && count->count > 0)
		count->count--;
	if (limit->whole.count > 0)
		limit->whole.count--;
}
