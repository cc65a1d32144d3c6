// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-page.h"

#include "daemon/store/help-rows.h"
#include "daemon/store/outbox-news.h"
#include "daemon/store/page-items.h"
#include "daemon/store/page-people.h"
#include "daemon/store/store-reach.h"

static const gchar *const preparations[] = {"quiet-place", "adult-near", "headset", "charger",
					    "documents"};

const gchar *
cm_store_page_get_preparation(guint index)
{
	return index < G_N_ELEMENTS(preparations) ? preparations[index] : NULL;
}

void
cm_store_page_free(CmStorePage *page)
{
	if (page == NULL)
		return;
	g_ptr_array_unref(page->items);
	g_ptr_array_unref(page->waiting);
	g_string_chunk_free(page->strings);
	g_free(page);
}

static void
free_waiting(gpointer data)
{
	CmStorePageWaiting *waiting = data;

	cm_store_visit_free(waiting->visit);
	cm_store_help_free(waiting->help);
	g_free(waiting);
}

static void
free_item(gpointer item)
{
	cm_page_items_free_item(item);
}

static CmStorePage *
page_new(const CmStoreVisitor *visitor, gint64 now)
{
	CmStorePage *page = g_new0(CmStorePage, 1);

	page->visitor = *visitor;
	page->now = now;
	page->items = g_ptr_array_new_with_free_func(free_item);
	page->waiting = g_ptr_array_new_with_free_func(free_waiting);
	page->strings = g_string_chunk_new(512);
	return page;
}

/* who they are to the student, of a contact without a name */
static gboolean
read_relation(CmStore *store, gint64 contact, const gchar **out_relation, GError **error)
{
	gint64 guardian = 0;

	if (!cm_outbox_news_read_integer(store,
					 "SELECT kind = 'guardian' FROM contact WHERE id = ?1",
					 contact, &guardian, error))
		return FALSE;
	*out_relation = guardian != 0 ? "guardian" : "teacher";
	return TRUE;
}

static gboolean
fill_reader(CmStore *store, CmOutboxPeople *people, CmStorePage *page, GError **error)
{
	const CmStoreVisitor *visitor = &page->visitor;
	g_autoptr(CmReachable) reachable =
	    cm_store_reach_get(store, visitor->kind, visitor->person, error);
	const gchar *name = NULL;

	if (reachable == NULL ||
	    !cm_outbox_people_get_name(people, visitor->kind, visitor->person, &name, error))
		return FALSE;
	page->language = g_string_chunk_insert(page->strings, reachable->language);
	page->zone = g_string_chunk_insert(page->strings, reachable->zone);
	page->name = name != NULL ? g_string_chunk_insert(page->strings, name) : NULL;
	page->organisation =
	    g_string_chunk_insert(page->strings, cm_outbox_people_get_organisation(people));
	return name != NULL || visitor->kind != CM_RESOURCE_CONTACT ||
	       read_relation(store, visitor->person, &page->relation, error);
}

/* ---- who is at the door */

static CmStorePageWaiting *
add_waiting(CmStorePage *page, gint64 subject, CmVisitRole role)
{
	CmStorePageWaiting *waiting = g_new0(CmStorePageWaiting, 1);

	waiting->subject = subject;
	waiting->role = role;
	g_ptr_array_add(page->waiting, waiting);
	return waiting;
}

static gboolean
set_name(CmStore *store,
	 CmOutboxPeople *people,
	 CmStorePage *page,
	 CmStorePageWaiting *waiting,
	 CmResource kind,
	 gint64 person,
	 GError **error)
{
	const gchar *name = NULL;

	if (!cm_outbox_people_get_name(people, kind, person, &name, error))
		return FALSE;
	if (name != NULL)
		waiting->name = g_string_chunk_insert_const(page->strings, name);
	return name != NULL || kind != CM_RESOURCE_CONTACT ||
	       read_relation(store, person, &waiting->relation, error);
}

/* of whoever asks; NULL: they are not there */
static CmStorePageWaiting *
find_waiting(const CmStorePage *page, const CmStoreHelp *help)
{
	for (guint i = 0; i < page->waiting->len; i++) {
		CmStorePageWaiting *waiting = g_ptr_array_index(page->waiting, i);

		if (waiting->visit != NULL && waiting->subject == help->subject &&
		    waiting->visit->kind == help->kind && waiting->visit->person == help->person)
			return waiting;
	}
	return NULL;
}

static gboolean
add_visits(CmStore *store,
	   CmOutboxPeople *people,
	   CmStorePage *page,
	   gint64 subject,
	   GError **error)
{
	const CmStoreVisitFilter filter = {.subject = subject, .present = TRUE, .answers = TRUE};
	g_autoptr(GPtrArray) visits = cm_store_visit_list(store, &filter, error);

	while (visits != NULL && visits->len > 0) {
		CmStoreVisit *visit = g_ptr_array_steal_index(visits, 0);
		CmStorePageWaiting *waiting = add_waiting(page, subject, visit->role);

		waiting->visit = visit;
		if (!set_name(store, people, page, waiting, visit->kind, visit->person, error))
			return FALSE;
	}
	return visits != NULL;
}

static gboolean
add_helps(CmStore *store, CmOutboxPeople *people, CmStorePage *page, gint64 subject, GError **error)
{
	const CmStoreHelpFilter filter = {.subject = subject, .open = TRUE};
	g_autoptr(GPtrArray) helps = cm_store_help_list(store, &filter, error);

	while (helps != NULL && helps->len > 0) {
		CmStoreHelp *help = g_ptr_array_steal_index(helps, 0);
		CmStorePageWaiting *waiting = find_waiting(page, help);

		if (waiting == NULL)
			waiting = add_waiting(page, subject, CM_VISIT_GUEST);
		cm_store_help_free(waiting->help);
		waiting->help = help;
		if (!set_name(store, people, page, waiting, help->kind, help->person, error))
			return FALSE;
	}
	return helps != NULL;
}

/* hosts and helpers see everybody at their doors */
static gboolean
fill_waiting(CmStore *store, CmOutboxPeople *people, CmStorePage *page, GError **error)
{
	g_ptr_array_set_size(page->waiting, 0);
	if (page->visitor.role != CM_VISIT_HOST && page->visitor.role != CM_VISIT_HELPER)
		return TRUE;
	for (guint i = 0; i < page->items->len; i++) {
		const CmStorePageItem *item = g_ptr_array_index(page->items, i);

		if (item->near && (!add_visits(store, people, page, item->door.subject, error) ||
				   !add_helps(store, people, page, item->door.subject, error)))
			return FALSE;
	}
	return TRUE;
}

/* ---- the whole */

static CmStorePage *
gather(CmStore *store,
       CmOutboxPeople *people,
       const CmStoreVisitor *visitor,
       gint64 now,
       GError **error)
{
	g_autoptr(CmStorePage) page = page_new(visitor, now);

	if (!fill_reader(store, people, page, error) ||
	    !cm_page_items_gather(people, store, page, error))
		return NULL;
	for (guint i = 0; i < page->items->len; i++) {
		CmStorePageItem *item = g_ptr_array_index(page->items, i);

		item->ask = item->door.ask;
	}
	return g_steal_pointer(&page);
}

CmStorePage *
cm_store_page_load(CmStore *store,
		   const CmPolicySet *policies,
		   const CmStoreVisitor *visitor,
		   gint64 now,
		   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	CmOutboxPeople *people = NULL;
	CmStorePage *page = NULL;

	if (transaction == NULL)
		return NULL;
	people = cm_page_people_get(store, policies, now, error);
	if (people == NULL)
		return NULL;
	page = cm_page_people_look_up(store, visitor, now);
	if (page == NULL) {
		page = gather(store, people, visitor, now, error);
		if (page == NULL)
			return NULL;
		cm_page_people_keep(store, page);
	}
	page->now = now;
	if (!cm_page_items_look(store, page, error) || !fill_waiting(store, people, page, error))
		return NULL;
	return page;
}
