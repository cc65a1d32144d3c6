// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-plan.h"

#include "daemon/store/booking.h"
#include "daemon/store/plan-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

const gchar *
cm_store_plan_state_to_string(CmPlanState state)
{
	static const gchar *const names[CM_PLAN_STATE_LAST] = {
	    [CM_PLAN_STATE_DRAFT] = "draft",
	    [CM_PLAN_STATE_PUBLISHED] = "published",
	    [CM_PLAN_STATE_SUPERSEDED] = "superseded",
	};

	g_return_val_if_fail(state < CM_PLAN_STATE_LAST, "");
	return names[state];
}

gboolean
cm_store_plan_add(CmStore *store,
		  const CmCaseload *caseload,
		  const CmPlan *plan,
		  guint64 roster_version,
		  CmStorePresence presence,
		  gpointer presence_data,
		  guint64 *out_number,
		  GCancellable *cancellable,
		  GError **error)
{
	gint64 number = 0;
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	if (transaction == NULL)
		return FALSE;
	cm_database_set_cancellable(store->database, cancellable);
	if (!cm_plan_rows_add(store, caseload, plan, roster_version, presence, presence_data,
			      &number, error) ||
	    !cm_plan_rows_forget_old(store, error) || !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_number = (guint64)number;
	return TRUE;
}

static CmPlanState
state_of_column(CmStatement *statement, gint column)
{
	const gchar *text = (const gchar *)sqlite3_column_text(statement, column);

	for (guint i = 0; i < CM_PLAN_STATE_LAST; i++) {
		if (g_strcmp0(text, cm_store_plan_state_to_string((CmPlanState)i)) == 0)
			return (CmPlanState)i;
	}
	g_return_val_if_reached(CM_PLAN_STATE_DRAFT);
}

static void
info_read(CmStatement *statement, CmPlanInfo *out_info)
{
	out_info->number = (guint64)sqlite3_column_int64(statement, 0);
	out_info->state = state_of_column(statement, 1);
	out_info->made_at = sqlite3_column_int64(statement, 2);
	out_info->published_at = sqlite3_column_int64(statement, 3);
	out_info->roster_version = (guint64)sqlite3_column_int64(statement, 4);
	out_info->placed = (guint)sqlite3_column_int64(statement, 5);
	out_info->unscheduled = (guint)sqlite3_column_int64(statement, 6);
	for (gint i = 0; i < CM_COST_LAST; i++)
		out_info->cost.part[i] = sqlite3_column_int64(statement, 7 + i);
}

GArray *
cm_store_plan_list(CmStore *store, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmPlanInfo));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT number, state, made_at, published_at, roster_version, placed, unscheduled, "
	    "cost_unscheduled, cost_lateness, cost_travel, cost_core, cost_modality, cost_rhythm, "
	    "cost_preference, cost_moved FROM plan ORDER BY number DESC",
	    error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmPlanInfo info = {0};

		info_read(statement, &info);
		g_array_append_val(list, info);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

static void
set_not_found(GError **error, guint64 number)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no plan {0}."), text, NULL);
}

gboolean
cm_store_plan_get_info(CmStore *store, guint64 number, CmPlanInfo *out_info, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT number, state, made_at, published_at, roster_version, placed, unscheduled, "
	    "cost_unscheduled, cost_lateness, cost_travel, cost_core, cost_modality, cost_rhythm, "
	    "cost_preference, cost_moved FROM plan "
	    "WHERE number = ?1 OR (?1 = 0 AND state = 'published')",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, (gint64)number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		if (number == 0)
			cm_error_set(error, CM_ERROR_NOT_FOUND, N_("No plan is published yet."),
				     NULL);
		else
			set_not_found(error, number);
		return FALSE;
	}
	info_read(statement, out_info);
	return TRUE;
}

CmPlan *
cm_store_plan_load(CmStore *store,
		   const CmCaseload *caseload,
		   guint64 number,
		   GCancellable *cancellable,
		   GError **error)
{
	CmPlanInfo info = {0};
	g_autoptr(CmPlan) plan = cm_plan_new();
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);

	if (transaction == NULL)
		return NULL;
	cm_database_set_cancellable(store->database, cancellable);
	if (!cm_store_plan_get_info(store, number, &info, error) ||
	    !cm_plan_rows_load(store, caseload, (gint64)info.number,
			       info.state == CM_PLAN_STATE_PUBLISHED, plan, error))
		return NULL;
	plan->cost = info.cost;
	return g_steal_pointer(&plan);
}

gboolean
cm_store_plan_discard(CmStore *store, guint64 number, gint64 actor, GError **error)
{
	CmAuditEntry entry = {
	    .uid = actor, .action = "plan.discard", .subject = (gint64)number, .version_before = 1};
	gint64 row = (gint64)number;
	CmPlanInfo info = {0};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	if (transaction == NULL)
		return FALSE;
	if (number == 0) {
		set_not_found(error, number);
		return FALSE;
	}
	if (!cm_store_plan_get_info(store, number, &info, error))
		return FALSE;
	if (info.state != CM_PLAN_STATE_DRAFT) {
		g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Plan {0} is not a draft: what is or was published is kept."), text,
			     NULL);
		return FALSE;
	}
	return cm_database_run_integers(store->database, "DELETE FROM plan WHERE number = ?1", &row,
					1, error) &&
	       cm_audit_append(store, &entry, error) && cm_transaction_commit(transaction, error);
}

/* ---- publishing */

static gboolean
audit_publish(CmStore *store,
	      guint64 number,
	      guint64 replaced,
	      const CmPublishReport *report,
	      gint64 actor,
	      GError **error)
{
	CmAuditEntry entry = {.uid = actor, .action = "plan.publish", .subject = (gint64)number};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&figures, "replaced", "t", replaced);
	g_variant_dict_insert(&figures, "added", "u", report->added);
	g_variant_dict_insert(&figures, "changed", "u", report->changed);
	g_variant_dict_insert(&figures, "removed", "u", report->removed);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

static gboolean
publish_check_draft(CmStore *store, guint64 number, GError **error)
{
	g_autofree gchar *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	CmPlanInfo draft = {0};
	gint64 version = 0;

	if (number == 0) {
		set_not_found(error, number);
		return FALSE;
	}
	if (!cm_store_plan_get_info(store, number, &draft, error) ||
	    !cm_store_get_counter(store, "roster-version", &version, error))
		return FALSE;
	if (draft.state != CM_PLAN_STATE_DRAFT) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Plan {0} is not a draft: it was published before."), text, NULL);
		return FALSE;
	}
	if (draft.roster_version != (guint64)version) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Plan {0} was made from an older roster: plan again."), text, NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
publish_check_expected(CmStore *store, guint64 expected, GError **error)
{
	g_autofree gchar *found = NULL;
	gint64 published = 0;

	if (!cm_database_query_integer(
		store->database,
		"SELECT coalesce(max(number), 0) FROM plan WHERE state = 'published'", &published,
		error))
		return FALSE;
	if ((guint64)published == expected)
		return TRUE;
	found = g_strdup_printf("%" G_GINT64_FORMAT, published);
	if (published == 0)
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("No plan is published now: look again before publishing."), NULL);
	else
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Plan {0} was published meanwhile: compare with it before "
				"publishing."),
			     found, NULL);
	return FALSE;
}

gboolean
cm_store_plan_publish(CmStore *store,
		      guint64 number,
		      guint64 expected,
		      gint64 actor,
		      gint64 now,
		      CmPublishReport *out_report,
		      GCancellable *cancellable,
		      GError **error)
{
	CmPublishReport report = {0};
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);

	if (transaction == NULL)
		return FALSE;
	cm_database_set_cancellable(store->database, cancellable);
	if (!publish_check_draft(store, number, error) ||
	    !publish_check_expected(store, expected, error) ||
	    !cm_plan_rows_set_published(store, (gint64)number, error) ||
	    !cm_booking_apply_plan(store, (gint64)number, now, &report, cancellable, error) ||
	    !cm_plan_rows_forget_old(store, error) ||
	    !audit_publish(store, number, expected, &report, actor, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	if (out_report != NULL)
		*out_report = report;
	return TRUE;
}
