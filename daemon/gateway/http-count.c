// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/http-count.h"

typedef struct {
	guint now[CM_HTTP_COUNT_KINDS];
} Client;

typedef struct {
	gdouble guesses;
	gint64 since; /* they were counted */
} Guesser;

struct _CmHttpCount {
	GMutex lock;
	guint most[CM_HTTP_COUNT_KINDS];
	guint now[CM_HTTP_COUNT_KINDS];
	guint per_address;
	GHashTable *clients;  /* guint64 → Client */
	GHashTable *guessers; /* guint64 → Guesser */
};

CmHttpCount *
cm_http_count_new(guint connections, guint sockets, guint per_address)
{
	CmHttpCount *count = g_new0(CmHttpCount, 1);

	g_mutex_init(&count->lock);
	count->most[CM_HTTP_COUNT_CONNECTION] = connections;
	count->most[CM_HTTP_COUNT_SOCKET] = sockets;
	count->per_address = per_address;
	count->clients = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	count->guessers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	return count;
}

void
cm_http_count_free(CmHttpCount *count)
{
	if (count == NULL)
		return;
	g_hash_table_unref(count->clients);
	g_hash_table_unref(count->guessers);
	g_mutex_clear(&count->lock);
	g_free(count);
}

static gpointer
obtain(GHashTable *table, guint64 address, gsize size)
{
	gpointer value = g_hash_table_lookup(table, &address);

	if (value == NULL) {
		value = g_malloc0(size);
		g_hash_table_insert(table, g_memdup2(&address, sizeof(address)), value);
	}
	return value;
}

gboolean
cm_http_count_add(CmHttpCount *count, CmHttpCountKind kind, guint64 address)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&count->lock);

	if (count->now[kind] >= count->most[kind])
		return FALSE;
	if (address != 0) {
		Client *client = obtain(count->clients, address, sizeof(Client));

		if (client->now[kind] >= count->per_address)
			return FALSE;
		client->now[kind]++;
	}
	count->now[kind]++;
	return TRUE;
}

void
cm_http_count_remove(CmHttpCount *count, CmHttpCountKind kind, guint64 address)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&count->lock);
	Client *client = address != 0 ? g_hash_table_lookup(count->clients, &address) : NULL;

	count->now[kind]--;
	if (client == NULL)
		return;
	client->now[kind]--;
	if (client->now[CM_HTTP_COUNT_CONNECTION] + client->now[CM_HTTP_COUNT_SOCKET] == 0)
		g_hash_table_remove(count->clients, &address);
}

guint
cm_http_count_get(CmHttpCount *count, CmHttpCountKind kind)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&count->lock);

	return count->now[kind];
}

/* ---- guesses */

static void
forget(Guesser *guesser, gint64 now)
{
	gdouble minutes = (gdouble)(now - guesser->since) / (60.0 * G_USEC_PER_SEC);

	guesser->guesses = MAX(0.0, guesser->guesses - minutes * CM_HTTP_COUNT_GUESSES_FORGOTTEN);
	guesser->since = now;
}

static gboolean
is_forgotten(gpointer address, gpointer value, gpointer user_data)
{
	Guesser *guesser = value;

	forget(guesser, *(const gint64 *)user_data);
	return guesser->guesses <= 0.0;
}

guint
cm_http_count_note_guess(CmHttpCount *count, guint64 address, gint64 now)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&count->lock);
	Guesser *guesser = NULL;

	if (g_hash_table_size(count->guessers) >= CM_HTTP_COUNT_GUESSERS_MAX)
		g_hash_table_foreach_remove(count->guessers, is_forgotten, &now);
	if (g_hash_table_size(count->guessers) >= CM_HTTP_COUNT_GUESSERS_MAX)
		return CM_HTTP_COUNT_GUESS_DELAY_MAX;
	guesser = obtain(count->guessers, address, sizeof(Guesser));
	forget(guesser, now);
	guesser->guesses = MIN(guesser->guesses + 1.0, CM_HTTP_COUNT_GUESSES_MAX + 1.0);
	if (guesser->guesses <= CM_HTTP_COUNT_GUESSES_FREE)
		return 0;
	return (guint)MIN((guesser->guesses - CM_HTTP_COUNT_GUESSES_FREE) *
			      CM_HTTP_COUNT_GUESS_DELAY,
			  CM_HTTP_COUNT_GUESS_DELAY_MAX);
}

gboolean
cm_http_count_is_guesser(CmHttpCount *count, guint64 address, gint64 now)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&count->lock);
	Guesser *guesser = g_hash_table_lookup(count->guessers, &address);

	if (guesser == NULL)
		return FALSE;
	forget(guesser, now);
	return guesser->guesses > CM_HTTP_COUNT_GUESSES_MAX;
}
