// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-derogation.h"

#include "daemon/store/consent-rows.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-notice.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

void
cm_store_derogation_free(CmStoreDerogation *derogation)
{
	if (derogation == NULL)
		return;
	g_free(derogation->profession);
	g_free(derogation->rule);
	g_free(derogation->reason);
	g_free(derogation->decision);
	g_free(derogation);
}

/* ---- reading */

static const gchar list_sql[] =
    "SELECT derogation.id, derogation.version, derogation.state, derogation.profession, "
    "derogation.rule, derogation.followup, derogation.session, derogation.value, derogation.until, "
    "derogation.reason, derogation.asked_by, derogation.asked_at, derogation.decided_by, "
    "derogation.decided_at, derogation.decision, followup.student, followup.professional "
    "FROM derogation LEFT JOIN session ON session.id = derogation.session "
    "JOIN followup ON followup.id = coalesce(derogation.followup, session.followup) "
    "WHERE ?1 IN (0, derogation.id) AND ?2 IN (0, followup.id) "
    "AND (?3 = 0 OR derogation.session = ?3 OR "
    "derogation.followup = (SELECT followup FROM session WHERE id = ?3)) "
    "AND ?4 IN (0, followup.professional) "
    "AND (?5 = 0 OR derogation.state = 'asked' OR "
    "(derogation.state = 'approved' AND derogation.until >= ?6)) ORDER BY derogation.id";

static gint64
read_number(CmStatement *statement, gint column, gint64 none)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL
		   ? none
		   : sqlite3_column_int64(statement, column);
}

static CmStoreDerogation *
read_row(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreDerogation) row = g_new0(CmStoreDerogation, 1);
	CmDerogation *derogation = &row->derogation;
	CmSealPlace reason = {"derogation", "reason", sqlite3_column_int64(statement, 0)};
	CmSealPlace decision = {"derogation", "decision", reason.row};

	derogation->number = reason.row;
	row->version = sqlite3_column_int64(statement, 1);
	if (!cm_derogation_state_from_string((const gchar *)sqlite3_column_text(statement, 2),
					     &derogation->state)) {
		cm_error_set(error, CM_ERROR_STORE, N_("The database is damaged: a derogation."),
			     NULL);
		return NULL;
	}
	row->profession = g_strdup((const gchar *)sqlite3_column_text(statement, 3));
	row->rule = g_strdup((const gchar *)sqlite3_column_text(statement, 4));
	derogation->profession = row->profession;
	derogation->rule = row->rule;
	derogation->followup = read_number(statement, 5, 0);
	derogation->session = read_number(statement, 6, 0);
	derogation->value = read_number(statement, 7, CM_DEROGATION_NO_VALUE);
	derogation->until = (CmDay)sqlite3_column_int64(statement, 8);
	row->asked_by = sqlite3_column_int64(statement, 10);
	row->asked_at = sqlite3_column_int64(statement, 11);
	row->decided_by = read_number(statement, 12, -1);
	row->decided_at = read_number(statement, 13, 0);
	row->student = sqlite3_column_int64(statement, 15);
	row->professional = sqlite3_column_int64(statement, 16);
	if (!cm_consent_rows_open(store, statement, 9, &reason, &row->reason, error) ||
	    !cm_consent_rows_open(store, statement, 14, &decision, &row->decision, error))
		return NULL;
	return g_steal_pointer(&row);
}

GPtrArray *
cm_store_derogation_list(CmStore *store, const CmStoreDerogationFilter *filter, GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_derogation_free);
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, list_sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, filter->number);
	sqlite3_bind_int64(statement, 2, filter->followup);
	sqlite3_bind_int64(statement, 3, filter->session);
	sqlite3_bind_int64(statement, 4, filter->professional);
	sqlite3_bind_int(statement, 5, filter->only_open ? 1 : 0);
	sqlite3_bind_int64(statement, 6, filter->today);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreDerogation *derogation = read_row(store, statement, error);

		if (derogation == NULL)
			return NULL;
		g_ptr_array_add(list, derogation);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

CmStoreDerogation *
cm_store_derogation_get(CmStore *store, gint64 number, GError **error)
{
	CmStoreDerogationFilter filter = {.number = number};
	g_autoptr(GPtrArray) list = NULL;

	if (number > 0) {
		list = cm_store_derogation_list(store, &filter, error);
		if (list == NULL)
			return NULL;
	}
	if (list == NULL || list->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no such derogation."), NULL);
		return NULL;
	}
	return g_ptr_array_steal_index(list, 0);
}

gboolean
cm_store_derogation_find_case(CmStore *store,
			      gint64 followup,
			      gint64 session,
			      CmStoreDerogationCase *out_case,
			      GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT followup.student, followup.professional, professional.profession "
	    "FROM followup JOIN professional ON professional.id = followup.professional "
	    "WHERE followup.id = CASE ?2 WHEN 0 THEN ?1 "
	    "ELSE (SELECT followup FROM session WHERE id = ?2) END",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, followup);
	sqlite3_bind_int64(statement, 2, session);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (!row) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no such follow-up or session."), NULL);
		return FALSE;
	}
	out_case->student = sqlite3_column_int64(statement, 0);
	out_case->professional = sqlite3_column_int64(statement, 1);
	g_strlcpy(out_case->profession, (const gchar *)sqlite3_column_text(statement, 2),
		  sizeof out_case->profession);
	return TRUE;
}

/* ---- asking */

static gboolean
check_order(const CmStoreDerogationOrder *order,
	    const CmStoreDerogationCase *which,
	    const CmPolicySet *policies,
	    CmDay today,
	    GError **error)
{
	const CmPolicy *policy = cm_policy_set_lookup(policies, which->profession);
	gboolean at_most = FALSE;
	gboolean has_value = cm_derogation_has_value(order->rule, &at_most);

	if (policy == NULL || !cm_derogation_is_rule(policy, order->rule)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("“{0}” is no rule of this profession: see “policy show”."),
			     order->rule, NULL);
		return FALSE;
	}
	if (has_value != (order->value != CM_DEROGATION_NO_VALUE)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     has_value ? N_("This rule is a number: say what it becomes.")
				       : N_("This rule is no number: it is opened whole."),
			     NULL);
		return FALSE;
	}
	if (order->reason == NULL || *order->reason == '\0' ||
	    strlen(order->reason) > CM_STORE_DEROGATION_REASON_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("A derogation needs a reason, of at most 4000 octets."), NULL);
		return FALSE;
	}
	if (order->until < today || order->until > today + CM_STORE_DEROGATION_DAYS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Its last day is within a year from today."), NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
check_count(CmStore *store, const CmStoreDerogationOrder *order, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "WITH which (followup) AS (SELECT CASE ?2 WHEN 0 THEN ?1 "
	    "ELSE (SELECT followup FROM session WHERE id = ?2) END) "
	    "SELECT count(*) FROM derogation, which WHERE derogation.followup = which.followup OR "
	    "derogation.session IN (SELECT id FROM session WHERE followup = which.followup)",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, order->followup);
	sqlite3_bind_int64(statement, 2, order->session);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	if (row && sqlite3_column_int64(statement, 0) < CM_STORE_DEROGATIONS_MAX)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A follow-up has at most {0} derogations, those of its sessions included."),
		     G_STRINGIFY(CM_STORE_DEROGATIONS_MAX), NULL);
	return FALSE;
}

static void
bind_positive(CmStatement *statement, gint parameter, gint64 value)
{
	if (value > 0)
		sqlite3_bind_int64(statement, parameter, value);
	else
		sqlite3_bind_null(statement, parameter);
}

static gboolean
insert(CmStore *store,
       const CmStoreDerogationOrder *order,
       const CmStoreDerogationCase *which,
       gint64 number,
       gint64 actor,
       gint64 now,
       GError **error)
{
	CmSealPlace place = {"derogation", "reason", number};
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO derogation (id, version, state, profession, rule, followup, session, "
	    "value, until, reason, asked_by, asked_at) "
	    "VALUES (?1, 1, 'asked', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, which->profession, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, order->rule, -1, SQLITE_STATIC);
	bind_positive(statement, 4, order->followup);
	bind_positive(statement, 5, order->session);
	if (order->value == CM_DEROGATION_NO_VALUE)
		sqlite3_bind_null(statement, 6);
	else
		sqlite3_bind_int64(statement, 6, order->value);
	sqlite3_bind_int64(statement, 7, order->until);
	cm_consent_rows_bind_sealed(store, statement, 8, &place, order->reason);
	sqlite3_bind_int64(statement, 9, actor);
	sqlite3_bind_int64(statement, 10, now);
	return cm_database_run(store->database, statement, error);
}

static gboolean
audit(CmStore *store,
      gint64 actor,
      gint64 now,
      const gchar *action,
      gint64 number,
      gint64 version,
      const gchar *rule,
      GError **error)
{
	/* a rule's id has no character that JSON escapes: policies are checked */
	g_autofree gchar *detail = g_strdup_printf("{\"rule\":\"%s\"}", rule);
	CmAuditEntry entry = {.uid = actor,
			      .action = action,
			      .subject = number,
			      .version_before = version - 1,
			      .version_after = version,
			      .detail = detail,
			      .at = now};

	return cm_audit_append(store, &entry, error);
}

/* whoever may decide, but the one who asks */
static gboolean
notify_approvers(CmStore *store, gint64 number, gint64 actor, GError **error)
{
	g_autoptr(GArray) uids =
	    cm_database_list_integers(store->database,
				      "SELECT DISTINCT uid FROM account_role WHERE uid <> ?1 "
				      "AND role IN ('coordinator', 'administrator') ORDER BY uid",
				      &actor, 1, error);

	if (uids == NULL)
		return FALSE;
	for (guint i = 0; i < uids->len; i++) {
		if (!cm_notice_queue(store, CM_NOTICE_DEROGATION_ASKED, CM_NOTICE_TO_ACCOUNT,
				     g_array_index(uids, gint64, i), number, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_store_derogation_ask(CmStore *store,
			const CmStoreDerogationOrder *order,
			const CmPolicySet *policies,
			gint64 actor,
			gint64 now,
			CmDay today,
			gint64 *out_number,
			GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmStoreDerogationCase which;
	gint64 number = 0;

	if (transaction == NULL ||
	    !cm_store_derogation_find_case(store, order->followup, order->session, &which, error) ||
	    !check_order(order, &which, policies, today, error) ||
	    !check_count(store, order, error) ||
	    !cm_store_next_counter(store, "row", &number, error) ||
	    !insert(store, order, &which, number, actor, now, error) ||
	    !audit(store, actor, now, "derogation.ask", number, 1, order->rule, error) ||
	    !notify_approvers(store, number, actor, error) ||
	    !cm_transaction_commit(transaction, error))
		return FALSE;
	*out_number = number;
	return TRUE;
}

/* ---- deciding */

/* one person may have two accounts: both are the same professional then */
static gboolean
is_same_person(CmStore *store, gint64 asker, gint64 actor, gboolean *out_same, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT ?1 = ?2 OR EXISTS (SELECT 1 FROM account AS one JOIN account AS other "
	    "ON other.professional = one.professional WHERE one.uid = ?1 AND other.uid = ?2)",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, asker);
	sqlite3_bind_int64(statement, 2, actor);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_same = !row || sqlite3_column_int(statement, 0) != 0;
	return TRUE;
}

static gboolean
check_decision(const CmStoreDerogation *row,
	       gint64 expected,
	       CmDerogationState state,
	       gboolean own,
	       GError **error)
{
	CmDerogationState from = row->derogation.state;

	if (state != CM_DEROGATION_WITHDRAWN && own) {
		cm_error_set(error, CM_ERROR_ACCESS_DENIED,
			     N_("Nobody decides on what they asked for themselves."), NULL);
		return FALSE;
	}
	if (row->version != expected || !cm_derogation_state_allows(from, state)) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     from == CM_DEROGATION_APPROVED  ? N_("It is approved already.")
			     : from == CM_DEROGATION_REFUSED ? N_("It is refused already.")
			     : from == CM_DEROGATION_WITHDRAWN
				 ? N_("It is withdrawn already.")
				 : N_("It has changed since you looked; look again."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
update(CmStore *store,
       const CmStoreDerogation *row,
       CmDerogationState state,
       const gchar *decision,
       gint64 actor,
       gint64 now,
       GError **error)
{
	gint64 number = row->derogation.number;
	CmSealPlace place = {"derogation", "decision", number};
	gboolean decided = state != CM_DEROGATION_WITHDRAWN;
	/* whoever approved what is withdrawn stands in the audit log */
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE derogation SET state = ?2, version = version + 1, decided_by = ?3, "
	    "decided_at = ?4, decision = ?5 WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text(statement, 2, cm_derogation_state_to_string(state), -1, SQLITE_STATIC);
	if (decided)
		sqlite3_bind_int64(statement, 3, actor);
	sqlite3_bind_int64(statement, 4, now);
	cm_consent_rows_bind_sealed(store, statement, 5, &place, decision);
	return cm_database_run(store->database, statement, error);
}

static const gchar *
get_action(CmDerogationState state)
{
	if (state == CM_DEROGATION_APPROVED)
		return "derogation.approve";
	return state == CM_DEROGATION_REFUSED ? "derogation.refuse" : "derogation.withdraw";
}

gboolean
cm_store_derogation_decide(CmStore *store,
			   gint64 number,
			   gint64 expected,
			   CmDerogationState state,
			   const gchar *decision,
			   gint64 actor,
			   gint64 now,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreDerogation) row = NULL;
	gboolean own = TRUE;

	if (transaction == NULL)
		return FALSE;
	row = cm_store_derogation_get(store, number, error);
	if (row == NULL || !is_same_person(store, row->asked_by, actor, &own, error) ||
	    !check_decision(row, expected, state, own, error))
		return FALSE;
	if (decision != NULL && strlen(decision) > CM_STORE_DEROGATION_REASON_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("The note is too long."), NULL);
		return FALSE;
	}
	return update(store, row, state, decision, actor, now, error) &&
	       audit(store, actor, now, get_action(state), number, row->version + 1, row->rule,
		     error) &&
	       cm_notice_queue(store, CM_NOTICE_DEROGATION_DECIDED, CM_NOTICE_TO_ACCOUNT,
			       row->asked_by, number, error) &&
	       cm_notice_queue(store, CM_NOTICE_DEROGATION_DECIDED, CM_RESOURCE_PROFESSIONAL,
			       row->professional, number, error) &&
	       cm_transaction_commit(transaction, error);
}
