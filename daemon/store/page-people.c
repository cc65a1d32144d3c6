// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/page-people.h"

#include "daemon/store/booking-checks.h"

#include <string.h>

#define SECONDS_PER_DAY 86400
/* what is over leaves a page by then */
#define PAGE_SECONDS 600
#define PAGES_MAX 20000

struct _CmPagePeople {
	CmOutboxPeople *people; /* NULL: nothing is kept */
	GHashTable *pages;      /* PageKey → Page */
	CmPolicySet *policies;
	gint64 changes; /* of the connection, but our own, when it was kept */
	gint64 own;
	gint64 day;
};

typedef struct {
	gint64 person;
	gint64 subject;
	gint kind;
	gint role;
	gint means;
	gint spare; /* no padding: it is hashed as octets */
} PageKey;

typedef struct {
	CmStorePage *page;
	gint64 gathered_at;
} Page;

static guint
hash_key(gconstpointer data)
{
	const PageKey *key = data;

	return g_int64_hash(&key->person) ^ (g_int64_hash(&key->subject) * 31u) ^
	       (guint)(key->kind * 7 + key->role * 64 + key->means * 512);
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(PageKey)) == 0;
}

static PageKey
make_key(const CmStoreVisitor *visitor)
{
	PageKey key = {.person = visitor->person,
		       .subject = visitor->subject,
		       .kind = (gint)visitor->kind,
		       .role = (gint)visitor->role,
		       .means = (gint)visitor->means};

	return key;
}

static void
free_page(gpointer data)
{
	Page *page = data;

	cm_store_page_free(page->page);
	g_free(page);
}

static CmPagePeople *
ensure(CmStore *store)
{
	if (store->page_people == NULL) {
		store->page_people = g_new0(CmPagePeople, 1);
		store->page_people->pages =
		    g_hash_table_new_full(hash_key, equal_keys, g_free, free_page);
	}
	return store->page_people;
}

static void
drop(CmPagePeople *kept)
{
	g_clear_pointer(&kept->people, cm_outbox_people_free);
	g_clear_pointer(&kept->policies, cm_policy_set_unref);
	g_hash_table_remove_all(kept->pages);
}

void
cm_page_people_free(CmPagePeople *kept)
{
	if (kept == NULL)
		return;
	drop(kept);
	g_hash_table_unref(kept->pages);
	g_free(kept);
}

static gint64
get_changes(CmStore *store)
{
	return sqlite3_total_changes64(cm_database_get_handle(store->database));
}

/* days of the organisation, not of UTC: an age is reached at midnight */
static gboolean
find_day(CmStore *store, gint64 now, gint64 *out_day, GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);
	gint interval = 0;

	if (zone == NULL)
		return FALSE;
	interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, now);
	*out_day = (now + g_time_zone_get_offset(zone, interval)) / SECONDS_PER_DAY;
	return TRUE;
}

CmOutboxPeople *
cm_page_people_get(CmStore *store, const CmPolicySet *policies, gint64 now, GError **error)
{
	CmPagePeople *kept = ensure(store);
	gint64 changes = get_changes(store) - kept->own;
	gint64 day = 0;

	if (!find_day(store, now, &day, error))
		return NULL;
	if (kept->people != NULL && kept->policies == policies && kept->changes == changes &&
	    kept->day == day)
		return kept->people;
	drop(kept);
	kept->people = cm_outbox_people_new(store, policies, now, error);
	if (kept->people == NULL)
		return NULL;
	kept->policies = cm_policy_set_ref((CmPolicySet *)policies);
	kept->changes = changes;
	kept->day = day;
	return kept->people;
}

CmStorePage *
cm_page_people_look_up(CmStore *store, const CmStoreVisitor *visitor, gint64 now)
{
	const PageKey key = make_key(visitor);
	const Page *page = g_hash_table_lookup(ensure(store)->pages, &key);

	/* nor one of a clock that was set back since */
	if (page == NULL || now < page->gathered_at || now >= page->gathered_at + PAGE_SECONDS)
		return NULL;
	/* a pass made anew is another visitor of the same */
	page->page->visitor = *visitor;
	return page->page;
}

void
cm_page_people_keep(CmStore *store, CmStorePage *page)
{
	CmPagePeople *kept = ensure(store);
	const PageKey key = make_key(&page->visitor);
	Page *value = g_new0(Page, 1);

	if (g_hash_table_size(kept->pages) >= PAGES_MAX)
		g_hash_table_remove_all(kept->pages);
	value->page = page;
	value->gathered_at = page->now;
	g_hash_table_replace(kept->pages, g_memdup2(&key, sizeof key), value);
}

void
cm_page_people_forget(CmStore *store)
{
	drop(ensure(store));
}

gint64
cm_page_people_begin_own(CmStore *store)
{
	return get_changes(store);
}

void
cm_page_people_end_own(CmStore *store, gint64 begun)
{
	ensure(store)->own += get_changes(store) - begun;
}
