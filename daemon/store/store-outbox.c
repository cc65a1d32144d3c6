// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-outbox.h"

#include "daemon/store/outbox-family.h"
#include "daemon/store/store-private.h"

#define DEFAULT_ADDRESS "comodal@localhost"
#define DEFAULT_UNDO_SECONDS 120

static const CmOutboxSettings defaults = {.address = DEFAULT_ADDRESS,
					  .undo_seconds = DEFAULT_UNDO_SECONDS};

/* ---- settings */

void
cm_store_outbox_clear_settings(CmStore *store)
{
	CmOutboxSettings *settings = store->outbox;

	if (settings == NULL)
		return;
	g_free((gchar *)settings->address);
	g_free((gchar *)settings->name);
	g_free((gchar *)settings->link_base);
	g_free((gchar *)settings->help_phone);
	g_free((gchar *)settings->help_hours_fr);
	g_free((gchar *)settings->help_hours_en);
	g_clear_pointer(&store->outbox, g_free);
}

void
cm_store_outbox_set_settings(CmStore *store, const CmOutboxSettings *settings)
{
	CmOutboxSettings *copy = g_new0(CmOutboxSettings, 1);

	copy->address = g_strdup(settings->address);
	copy->name = g_strdup(settings->name);
	copy->link_base = g_strdup(settings->link_base);
	copy->help_phone = g_strdup(settings->help_phone);
	copy->help_hours_fr = g_strdup(settings->help_hours_fr);
	copy->help_hours_en = g_strdup(settings->help_hours_en);
	copy->undo_seconds = settings->undo_seconds;
	cm_store_outbox_clear_settings(store);
	store->outbox = copy;
}

const CmOutboxSettings *
cm_store_outbox_get_settings(CmStore *store)
{
	return store->outbox != NULL ? store->outbox : &defaults;
}

/* ---- for whom something waits */

GArray *
cm_store_outbox_list_recipients(CmStore *store,
				const CmStoreRecipient *after,
				guint max,
				GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(CmStoreRecipient));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT DISTINCT recipient_kind, recipient FROM notice INDEXED BY notice_waiting "
	    "WHERE sent_at IS NULL AND letter IS NULL AND (recipient_kind, recipient) > (?1, ?2) "
	    "ORDER BY recipient_kind, recipient LIMIT ?3",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, after != NULL ? (gint)after->kind : -1);
	sqlite3_bind_int64(statement, 2, after != NULL ? after->person : 0);
	sqlite3_bind_int64(statement, 3, max);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		const CmStoreRecipient who = {(CmResource)sqlite3_column_int(statement, 0),
					      sqlite3_column_int64(statement, 1)};

		g_array_append_val(list, who);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

static gboolean
read_newest(CmStore *store, gint64 *out_newest, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT coalesce(max(id), 0) FROM notice", error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_newest = sqlite3_column_int64(statement, 0);
	return TRUE;
}

GArray *
cm_store_outbox_list_newer(CmStore *store,
			   gint64 after,
			   guint max,
			   gint64 *out_last,
			   GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(CmStoreRecipient));
	g_autoptr(GHashTable) known = g_hash_table_new_full(
	    cm_store_reach_hash_recipient, cm_store_reach_equal_recipients, g_free, NULL);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id, recipient_kind, recipient FROM notice NOT INDEXED WHERE id > ?1 AND "
	    "sent_at IS NULL AND letter IS NULL ORDER BY id LIMIT ?2",
	    error);
	gint64 last = after;
	guint count = 0;
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, after);
	sqlite3_bind_int64(statement, 2, max);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		const CmStoreRecipient who = {(CmResource)sqlite3_column_int(statement, 1),
					      sqlite3_column_int64(statement, 2)};

		last = sqlite3_column_int64(statement, 0);
		count++;
		if (g_hash_table_add(known, g_memdup2(&who, sizeof who)))
			g_array_append_val(list, who);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	/* what is settled is not looked at each time again */
	if (count < max && !read_newest(store, &last, error))
		return NULL;
	*out_last = last;
	return g_steal_pointer(&list);
}

/* ---- gathering */

gboolean
cm_store_outbox_gather(CmStore *store,
		       const CmPolicySet *policies,
		       const CmStoreRecipient *recipients,
		       guint count,
		       gint64 now,
		       GArray *out_next,
		       CmOutboxReport *report,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(CmOutboxPeople) people = NULL;
	CmOutboxReport done = {0};
	guint before = out_next->len;

	g_return_val_if_fail(count <= CM_STORE_OUTBOX_BATCH, FALSE);
	if (count == 0)
		return TRUE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL)
		return FALSE;
	people = cm_outbox_people_new(store, policies, now, error);
	for (guint i = 0; people != NULL && i < count; i++) {
		if (!cm_outbox_family_gather(store, people, &recipients[i], now, out_next, &done,
					     error))
			g_clear_pointer(&people, cm_outbox_people_free);
	}
	if (people == NULL || !cm_transaction_commit(transaction, error)) {
		g_array_set_size(out_next, before);
		return FALSE; /* nocheck:error-unset: what failed has set it */
	}
	report->letters += done.letters;
	report->replaced += done.replaced;
	report->void_count += done.void_count;
	report->expanded += done.expanded;
	report->unreachable += done.unreachable;
	return TRUE;
}

/* students first, so that whoever is told for them is looked at afterwards */
static gboolean
gather_kinds(CmStore *store,
	     const CmPolicySet *policies,
	     gboolean students,
	     gint64 now,
	     GArray *out_next,
	     CmOutboxReport *report,
	     GError **error)
{
	CmStoreRecipient after = {(CmResource)-1, 0};
	gboolean more = TRUE;

	while (more) {
		g_autoptr(GArray) list =
		    cm_store_outbox_list_recipients(store, &after, CM_STORE_OUTBOX_BATCH, error);
		g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(CmStoreRecipient));

		if (list == NULL)
			return FALSE;
		for (guint i = 0; i < list->len; i++) {
			after = g_array_index(list, CmStoreRecipient, i);
			if ((after.kind == CM_RESOURCE_STUDENT) == students)
				g_array_append_val(chosen, after);
		}
		more = list->len == CM_STORE_OUTBOX_BATCH;
		if (!cm_store_outbox_gather(store, policies,
					    (const CmStoreRecipient *)(gpointer)chosen->data,
					    chosen->len, now, out_next, report, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_store_outbox_gather_all(CmStore *store,
			   const CmPolicySet *policies,
			   gint64 now,
			   GArray *out_next,
			   CmOutboxReport *report,
			   GError **error)
{
	g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(CmOutboxNext));
	GArray *next = out_next != NULL ? out_next : own;

	return gather_kinds(store, policies, TRUE, now, next, report, error) &&
	       gather_kinds(store, policies, FALSE, now, next, report, error);
}
