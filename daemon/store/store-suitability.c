// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-suitability.h"

#include "daemon/store/consent-rows.h"
#include "daemon/store/store-audit.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#define COLUMNS "id, followup, answered_on, suitable, answers, recorded_by, recorded_at"

static void
item_free(gpointer data)
{
	CmStoreSuitabilityItem *item = data;

	g_free(item->item);
	g_free(item->note);
	g_free(item);
}

CmStoreSuitability *
cm_store_suitability_new(void)
{
	CmStoreSuitability *suitability = g_new0(CmStoreSuitability, 1);

	suitability->items = g_ptr_array_new_with_free_func(item_free);
	suitability->suitable = TRUE;
	return suitability;
}

void
cm_store_suitability_free(CmStoreSuitability *suitability)
{
	if (suitability == NULL)
		return;
	g_ptr_array_unref(suitability->items);
	g_strfreev(suitability->ids);
	g_free(suitability);
}

void
cm_store_suitability_add_item(CmStoreSuitability *suitability,
			      const gchar *item,
			      gboolean yes,
			      const gchar *note)
{
	CmStoreSuitabilityItem *added = g_new0(CmStoreSuitabilityItem, 1);
	guint count = suitability->items->len;

	added->item = g_strdup(item);
	added->yes = yes;
	added->note = note != NULL && *note != '\0' ? g_strdup(note) : NULL;
	g_ptr_array_add(suitability->items, added);
	suitability->suitable = suitability->suitable && yes;
	suitability->ids = g_renew(gchar *, suitability->ids, count + 2);
	suitability->ids[count] = g_strdup(item);
	suitability->ids[count + 1] = NULL;
}

CmSuitabilityAnswer
cm_store_suitability_to_answer(const CmStoreSuitability *suitability)
{
	static const gchar *const none[] = {NULL};
	CmSuitabilityAnswer answer = {
	    .answered_on = suitability->answered_on,
	    .suitable = suitability->suitable,
	    .items = suitability->ids != NULL ? (const gchar *const *)suitability->ids : none};

	return answer;
}

static void
read_items(CmStoreSuitability *suitability, JsonArray *items)
{
	for (guint i = 0; i < json_array_get_length(items); i++) {
		JsonObject *item = json_array_get_object_element(items, i);

		cm_store_suitability_add_item(
		    suitability, json_object_get_string_member_with_default(item, "item", ""),
		    json_object_get_boolean_member_with_default(item, "yes", FALSE),
		    json_object_get_string_member_with_default(item, "note", NULL));
	}
}

static CmStoreSuitability *
read_row(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreSuitability) suitability = cm_store_suitability_new();
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autofree gchar *text = NULL;
	CmSealPlace place = {"suitability", "answers", sqlite3_column_int64(statement, 0)};

	suitability->number = place.row;
	suitability->followup = sqlite3_column_int64(statement, 1);
	if (!cm_consent_rows_open(store, statement, 4, &place, &text, error))
		return NULL;
	if (text == NULL || !json_parser_load_from_data(parser, text, -1, NULL) ||
	    !JSON_NODE_HOLDS_ARRAY(json_parser_get_root(parser))) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: answers before video."), NULL);
		return NULL;
	}
	read_items(suitability, json_node_get_array(json_parser_get_root(parser)));
	suitability->answered_on = (CmDay)sqlite3_column_int64(statement, 2);
	suitability->suitable = sqlite3_column_int(statement, 3) != 0;
	suitability->recorded_by = sqlite3_column_int64(statement, 5);
	suitability->recorded_at = sqlite3_column_int64(statement, 6);
	return g_steal_pointer(&suitability);
}

static gboolean
check_followup(CmStore *store, gint64 followup, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, "SELECT 1 FROM followup WHERE id = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, followup);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row)
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such follow-up."), NULL);
	return row;
}

/* the last of each follow-up, or of one */
static GHashTable *
load(CmStore *store, gint64 followup, GError **error)
{
	g_autoptr(GHashTable) all = g_hash_table_new_full(
	    g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)cm_store_suitability_free);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS " FROM suitability WHERE ?1 IN (0, followup) ORDER BY id", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, followup);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreSuitability *suitability = read_row(store, statement, error);

		if (suitability == NULL)
			return NULL;
		/* the key is a member of the value */
		g_hash_table_replace(all, &suitability->followup, suitability);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&all);
}

gboolean
cm_store_suitability_get(CmStore *store,
			 gint64 followup,
			 CmStoreSuitability **out_suitability,
			 GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_autoptr(GHashTable) found = NULL;
	gpointer suitability = NULL;

	if (transaction == NULL || !check_followup(store, followup, error))
		return FALSE;
	found = load(store, followup, error);
	if (found == NULL)
		return FALSE;
	g_hash_table_steal_extended(found, &followup, NULL, &suitability);
	*out_suitability = suitability;
	return TRUE;
}

GHashTable *
cm_store_suitability_load_all(CmStore *store, GError **error)
{
	return load(store, 0, error);
}

static gchar *
format_items(const CmStoreSuitability *suitability)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_array(builder);
	for (guint i = 0; i < suitability->items->len; i++) {
		const CmStoreSuitabilityItem *item = suitability->items->pdata[i];

		json_builder_begin_object(builder);
		json_builder_set_member_name(builder, "item");
		json_builder_add_string_value(builder, item->item);
		json_builder_set_member_name(builder, "yes");
		json_builder_add_boolean_value(builder, item->yes);
		if (item->note != NULL) {
			json_builder_set_member_name(builder, "note");
			json_builder_add_string_value(builder, item->note);
		}
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}

static gboolean
write_row(CmStore *store,
	  const CmStoreSuitability *suitability,
	  gint64 actor,
	  gint64 now,
	  GError **error)
{
	CmSealPlace place = {"suitability", "answers", suitability->number};
	g_autofree gchar *answers = format_items(suitability);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO suitability (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, suitability->number);
	sqlite3_bind_int64(statement, 2, suitability->followup);
	sqlite3_bind_int64(statement, 3, suitability->answered_on);
	sqlite3_bind_int(statement, 4, suitability->suitable ? 1 : 0);
	cm_consent_rows_bind_sealed(store, statement, 5, &place, answers);
	sqlite3_bind_int64(statement, 6, actor);
	sqlite3_bind_int64(statement, 7, now);
	return cm_database_run(store->database, statement, error);
}

static gboolean
check_items(const CmStoreSuitability *suitability, GError **error)
{
	for (guint i = 0; i < suitability->items->len; i++) {
		const CmStoreSuitabilityItem *item = suitability->items->pdata[i];

		if (item->note != NULL && strlen(item->note) > CM_STORE_SUITABILITY_NOTE_MAX) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The note is too long."),
				     NULL);
			return FALSE;
		}
	}
	if (suitability->items->len == 0 ||
	    suitability->items->len > CM_STORE_SUITABILITY_ITEMS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("There is nothing to answer."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
check_count(CmStore *store, gint64 followup, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "SELECT count(*) FROM suitability WHERE followup = ?1", error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, followup);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row && sqlite3_column_int64(statement, 0) < CM_STORE_SUITABILITY_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A follow-up has at most 100 answers before video."), NULL);
	return FALSE;
}

gboolean
cm_store_suitability_record(CmStore *store,
			    CmStoreSuitability *suitability,
			    gint64 actor,
			    gint64 now,
			    GError **error)
{
	g_autoptr(CmTransaction) transaction = NULL;
	CmAuditEntry entry = {
	    .uid = actor, .action = "suitability.answer", .version_after = 1, .at = now};
	g_autofree gchar *detail = NULL;

	if (!check_items(suitability, error))
		return FALSE; /* nocheck:error-unset: by the check */
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !check_followup(store, suitability->followup, error) ||
	    !check_count(store, suitability->followup, error) ||
	    !cm_store_next_counter(store, "row", &suitability->number, error))
		return FALSE;
	detail = g_strdup_printf("{\"followup\":%" G_GINT64_FORMAT ",\"suitable\":%s}",
				 suitability->followup, suitability->suitable ? "true" : "false");
	entry.subject = suitability->number;
	entry.detail = detail;
	return write_row(store, suitability, actor, now, error) &&
	       cm_audit_append(store, &entry, error) && cm_transaction_commit(transaction, error);
}
