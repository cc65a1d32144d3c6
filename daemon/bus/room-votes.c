// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/room-votes.h"

typedef struct {
	gboolean host;
	gboolean works;
} Vote;

struct _CmRoomVotes {
	GHashTable *all; /* gint64: a visit → Vote */
};

CmRoomVotes *
cm_room_votes_new(void)
{
	CmRoomVotes *votes = g_new0(CmRoomVotes, 1);

	votes->all = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	return votes;
}

void
cm_room_votes_free(CmRoomVotes *votes)
{
	if (votes == NULL)
		return;
	g_hash_table_unref(votes->all);
	g_free(votes);
}

void
cm_room_votes_clear(CmRoomVotes *votes)
{
	g_hash_table_remove_all(votes->all);
}

void
cm_room_votes_add(CmRoomVotes *votes, gint64 visit, gboolean host, gboolean works)
{
	Vote vote = {host, works};

	g_hash_table_replace(votes->all, g_memdup2(&visit, sizeof visit),
			     g_memdup2(&vote, sizeof vote));
}

gboolean
cm_room_votes_have_failed(const CmRoomVotes *votes, guint inside)
{
	GHashTableIter iter;
	gpointer value = NULL;
	gboolean vouched = FALSE;
	guint against = 0;

	g_hash_table_iter_init(&iter, votes->all);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Vote *vote = value;

		if (vote->host && !vote->works)
			return TRUE;
		vouched = vouched || vote->host;
		against += vote->works ? 0 : 1;
	}
	return !vouched && against > 0 && against * 2 >= inside;
}
