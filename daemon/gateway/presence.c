// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/presence.h"

#include <string.h>

typedef struct {
	gchar *token;
	guint64 subject;
	guint64 visit;
	gint64 seen;
	guint sockets;
} Somebody;

struct _CmPresence {
	GHashTable *all; /* Somebody → itself */
};

static guint
somebody_hash(gconstpointer data)
{
	const Somebody *somebody = data;

	return g_str_hash(somebody->token) ^ (guint)somebody->subject;
}

static gboolean
somebody_equal(gconstpointer first, gconstpointer second)
{
	const Somebody *a = first;
	const Somebody *b = second;

	return a->subject == b->subject && g_str_equal(a->token, b->token);
}

static void
somebody_free(gpointer data)
{
	Somebody *somebody = data;

	g_free(somebody->token);
	g_free(somebody);
}

CmPresence *
cm_presence_new(void)
{
	CmPresence *presence = g_new0(CmPresence, 1);

	presence->all = g_hash_table_new_full(somebody_hash, somebody_equal, somebody_free, NULL);
	return presence;
}

void
cm_presence_free(CmPresence *presence)
{
	if (presence == NULL)
		return;
	g_hash_table_unref(presence->all);
	g_free(presence);
}

static Somebody *
find(const CmPresence *presence, const gchar *token, guint64 subject)
{
	const Somebody key = {.token = (gchar *)token, .subject = subject};

	return g_hash_table_lookup(presence->all, &key);
}

static Somebody *
ensure(CmPresence *presence, const gchar *token, guint64 subject)
{
	Somebody *somebody = find(presence, token, subject);

	if (somebody != NULL || g_hash_table_size(presence->all) >= CM_PRESENCE_MAX)
		return somebody;
	somebody = g_new0(Somebody, 1);
	somebody->token = g_strdup(token);
	somebody->subject = subject;
	g_hash_table_add(presence->all, somebody);
	return somebody;
}

void
cm_presence_saw(CmPresence *presence,
		const gchar *token,
		guint64 subject,
		guint64 visit,
		gint64 now)
{
	Somebody *somebody = ensure(presence, token, subject);

	if (somebody == NULL)
		return;
	somebody->visit = visit;
	somebody->seen = now;
}

gboolean
cm_presence_knows(const CmPresence *presence, const gchar *token, guint64 subject, gint64 now)
{
	const Somebody *somebody = find(presence, token, subject);

	return somebody != NULL && now - somebody->seen <= CM_PRESENCE_GRACE_SECONDS;
}

void
cm_presence_count(CmPresence *presence,
		  const gchar *token,
		  guint64 subject,
		  gint change,
		  gint64 now)
{
	Somebody *somebody = find(presence, token, subject);

	if (somebody == NULL)
		return;
	somebody->seen = now;
	if (change > 0)
		somebody->sockets++;
	else if (somebody->sockets > 0)
		somebody->sockets--;
}

void
cm_presence_sweep(CmPresence *presence, gint64 now, CmPresenceLeft left, gpointer user_data)
{
	GHashTableIter iter;
	gpointer key = NULL;

	g_hash_table_iter_init(&iter, presence->all);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		const Somebody *somebody = key;

		if (somebody->sockets > 0 || now - somebody->seen <= CM_PRESENCE_GRACE_SECONDS)
			continue;
		if (somebody->visit != 0)
			left(somebody->token, somebody->visit, user_data);
		g_hash_table_iter_remove(&iter);
	}
}

guint
cm_presence_get_size(const CmPresence *presence)
{
	return g_hash_table_size(presence->all);
}
