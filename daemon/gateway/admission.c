// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gateway/admission.h"

#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT(CM_ADMISSION_KEY_OCTETS == crypto_hash_sha256_BYTES);

/* how many may wait, for how long, seconds, and how many eighths of the handlers they and the less urgent may have: what is with handlers is ahead of
 * whoever comes, and the most urgent are to find a place */
static const struct {
	guint most;
	gint64 seconds;
	guint eighths;
} patience[CM_ADMISSION_CLASSES] = {
    [CM_ADMISSION_HIGH] = {8192, 20, 8},
    [CM_ADMISSION_NEW] = {2048, 8, 6},
    [CM_ADMISSION_MIDDLE] = {512, 4, 5},
    [CM_ADMISSION_LOW] = {256, 2, 4},
};

typedef struct {
	guint8 key[CM_ADMISSION_KEY_OCTETS]; /* first: its own place in the table */
	CmHttpClass class;
	gint64 until;
} Known;

struct _CmAdmission {
	GMutex lock;
	guint handlers;
	guint active[CM_ADMISSION_CLASSES];
	GQueue waiting[CM_ADMISSION_CLASSES];
	GHashTable *known; /* (element-type Known) */
	GHashTable *soon;  /* NULL: not said; (element-type mark), in soon_marks */
	guint8 *soon_marks;
	gboolean soon_all;
};

static guint
hash_key(gconstpointer key)
{
	guint hash = 0;

	/* it is a hash already */
	memcpy(&hash, key, sizeof(hash));
	return hash;
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, CM_ADMISSION_KEY_OCTETS) == 0;
}

CmAdmission *
cm_admission_new(guint handlers)
{
	CmAdmission *admission = g_new0(CmAdmission, 1);

	g_mutex_init(&admission->lock);
	admission->handlers = handlers;
	admission->known = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);
	return admission;
}

void
cm_admission_free(CmAdmission *admission)
{
	if (admission == NULL)
		return;
	g_hash_table_unref(admission->known);
	g_clear_pointer(&admission->soon, g_hash_table_unref);
	g_free(admission->soon_marks);
	g_mutex_clear(&admission->lock);
	g_free(admission);
}

void
cm_admission_make_key(const gchar *token, guint8 *out_key)
{
	(void)crypto_hash_sha256(out_key, (const guint8 *)token, strlen(token));
}

void
cm_admission_make_mark(const guint8 *key, guint8 *out_mark)
{
	(void)crypto_hash_sha256(out_mark, key, CM_ADMISSION_KEY_OCTETS);
}

static gboolean
is_over(gpointer key, gpointer value, gpointer user_data)
{
	return ((const Known *)value)->until <= *(const gint64 *)user_data;
}

static gboolean
is_not_high(gpointer key, gpointer value, gpointer user_data)
{
	return ((const Known *)value)->class != CM_HTTP_CLASS_HIGH;
}

/* those who join now are the last to be forgotten */
static void
make_room(CmAdmission *admission, gint64 now)
{
	if (g_hash_table_size(admission->known) >= CM_ADMISSION_TOKENS_MAX)
		g_hash_table_foreach_remove(admission->known, is_over, &now);
	if (g_hash_table_size(admission->known) >= CM_ADMISSION_TOKENS_MAX)
		g_hash_table_foreach_remove(admission->known, is_not_high, NULL);
	if (g_hash_table_size(admission->known) >= CM_ADMISSION_TOKENS_MAX)
		g_hash_table_remove_all(admission->known);
}

void
cm_admission_note(CmAdmission *admission, const guint8 *key, CmHttpClass class, gint64 now)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&admission->lock);
	Known *known = g_hash_table_lookup(admission->known, key);

	if (known == NULL) {
		make_room(admission, now);
		known = g_new0(Known, 1);
		memcpy(known->key, key, sizeof(known->key));
		g_hash_table_add(admission->known, known);
	}
	known->class = class;
	known->until = now + CM_ADMISSION_TOKEN_SECONDS * G_USEC_PER_SEC;
}

void
cm_admission_note_soon(CmAdmission *admission, const guint8 *marks, gsize count, gboolean all)
{
	g_autoptr(GHashTable) soon = g_hash_table_new(hash_key, equal_keys);
	g_autofree guint8 *kept = g_memdup2(marks, count * CM_ADMISSION_KEY_OCTETS);
	GHashTable *old = NULL;
	guint8 *old_marks = NULL;

	for (gsize i = 0; i < count; i++)
		g_hash_table_add(soon, kept + i * CM_ADMISSION_KEY_OCTETS);
	g_mutex_lock(&admission->lock);
	old = g_steal_pointer(&admission->soon);
	old_marks = g_steal_pointer(&admission->soon_marks);
	admission->soon = g_steal_pointer(&soon);
	admission->soon_marks = g_steal_pointer(&kept);
	admission->soon_all = all;
	g_mutex_unlock(&admission->lock);
	g_clear_pointer(&old, g_hash_table_unref);
	g_free(old_marks);
}

static gboolean
joins_soon(const CmAdmission *admission, const guint8 *key)
{
	guint8 mark[CM_ADMISSION_KEY_OCTETS];

	if (admission->soon == NULL)
		return FALSE;
	cm_admission_make_mark(key, mark);
	return g_hash_table_contains(admission->soon, mark);
}

static CmAdmissionClass
convert(CmHttpClass class)
{
	switch (class) {
	case CM_HTTP_CLASS_HIGH:
		return CM_ADMISSION_HIGH;
	case CM_HTTP_CLASS_MIDDLE:
		return CM_ADMISSION_MIDDLE;
	case CM_HTTP_CLASS_LOW:
	default:
		return CM_ADMISSION_LOW;
	}
}

CmAdmissionClass
cm_admission_classify(CmAdmission *admission, CmHttpClass route, const guint8 *key, gint64 now)
{
	CmAdmissionClass class = convert(route);
	g_autoptr(GMutexLocker) locker = NULL;
	const Known *known = NULL;

	if (key == NULL)
		return class;
	locker = g_mutex_locker_new(&admission->lock);
	if (joins_soon(admission, key))
		return CM_ADMISSION_HIGH;
	known = g_hash_table_lookup(admission->known, key);
	if (known != NULL && known->until > now)
		return MIN(class, convert(known->class));
	return admission->soon_all ? class : MIN(class, CM_ADMISSION_NEW);
}

gboolean
cm_admission_is_known(CmAdmission *admission, const guint8 *key, gint64 now)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&admission->lock);
	const Known *known = g_hash_table_lookup(admission->known, key);

	if (joins_soon(admission, key))
		return TRUE;
	return known != NULL && known->until > now;
}

gboolean
cm_admission_push(CmAdmission *admission,
		  CmAdmissionTicket *ticket,
		  gpointer request,
		  CmAdmissionClass class,
		  gint64 now)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&admission->lock);

	if (admission->waiting[class].length >= patience[class].most)
		return FALSE;
	ticket->link.data = request;
	ticket->class = class;
	ticket->since = now;
	g_queue_push_tail_link(&admission->waiting[class], &ticket->link);
	return TRUE;
}

/* from a class to the least urgent */
static guint
count_active(const CmAdmission *admission, guint class)
{
	guint count = 0;

	for (guint i = class; i < CM_ADMISSION_CLASSES; i++)
		count += admission->active[i];
	return count;
}

static gboolean
has_handler(const CmAdmission *admission, guint class)
{
	return count_active(admission, CM_ADMISSION_HIGH) < admission->handlers &&
	       count_active(admission, class) <
		   MAX(1, admission->handlers * patience[class].eighths / 8);
}

gpointer
cm_admission_pop(CmAdmission *admission, gint64 now, gboolean *out_shed)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&admission->lock);

	for (guint i = 0; i < CM_ADMISSION_CLASSES; i++) {
		GList *link = g_queue_peek_head_link(&admission->waiting[i]);
		/* the link stands in the ticket */
		const CmAdmissionTicket *ticket = (const CmAdmissionTicket *)(gpointer)link;

		if (link == NULL)
			continue;
		*out_shed = now - ticket->since > patience[i].seconds * G_USEC_PER_SEC;
		if (!*out_shed && !has_handler(admission, i))
			continue;
		g_queue_unlink(&admission->waiting[i], link);
		if (!*out_shed)
			admission->active[i]++;
		return link->data;
	}
	return NULL;
}

gboolean
cm_admission_done(CmAdmission *admission, CmAdmissionClass class)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&admission->lock);

	admission->active[class]--;
	for (guint i = 0; i < CM_ADMISSION_CLASSES; i++) {
		if (admission->waiting[i].length > 0)
			return TRUE;
	}
	return FALSE;
}
