// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-help.h"

#include "daemon/inbox/inbound-text.h"
#include "daemon/store/help-rows.h"
#include "daemon/store/page-people.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

void
cm_store_help_free(CmStoreHelp *help)
{
	if (help == NULL)
		return;
	g_free(help->report);
	g_free(help->answer);
	g_free(help);
}

GPtrArray *
cm_store_help_list(CmStore *store, const CmStoreHelpFilter *filter, GError **error)
{
	return cm_help_rows_list(store, filter, error);
}

static gboolean
audit(CmStore *store, const CmStoreHelp *help, CmHelpEvent event, gint64 actor, GError **error)
{
	g_autofree gchar *action = g_strdup_printf("help.%s", cm_help_state_event_to_string(event));
	const CmAuditEntry entry = {.uid = actor,
				    .action = action,
				    .subject = help->number,
				    .version_before = help->version - 1,
				    .version_after = help->version,
				    .at = help->changed_at};

	return cm_audit_append_figures(
	    store, &entry, g_variant_new_parsed("{'booking': <%x>}", help->subject), error);
}

static gboolean
apply(CmStoreHelp *help, CmHelpEvent event, gint64 actor, gint64 now, GError **error)
{
	if (!cm_help_state_apply(help->state, event, &help->state, error))
		return FALSE;
	help->version++;
	help->changed_by = actor;
	help->changed_at = now;
	return TRUE;
}

/* ---- asking */

/* their last to a subject that is not closed, or NULL; and how many there ever were */
static gboolean
find_open(CmStore *store,
	  gint64 subject,
	  CmResource kind,
	  gint64 person,
	  CmStoreHelp **out_help,
	  guint *out_count,
	  GError **error)
{
	g_autoptr(GPtrArray) list = cm_help_rows_list_of(store, subject, kind, person, error);
	CmStoreHelp *last = NULL;

	if (list == NULL)
		return FALSE;
	*out_count = list->len;
	*out_help = NULL;
	if (list->len == 0)
		return TRUE;
	last = g_ptr_array_index(list, list->len - 1);
	if (last->state != CM_HELP_CLOSED)
		*out_help = g_ptr_array_steal_index(list, list->len - 1);
	return TRUE;
}

static gboolean
ask_first(CmStore *store, CmStoreHelp *help, guint count, gint64 now, GError **error)
{
	if (count >= CM_STORE_HELPS_MAX) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Help was asked for {0} times already, which is the most: please "
				"call."),
			     G_STRINGIFY(CM_STORE_HELPS_MAX), NULL);
		return FALSE;
	}
	help->asked_at = now;
	return apply(help, CM_HELP_EVENT_ASK, -1, now, error) &&
	       cm_store_next_counter(store, "row", &help->number, error) &&
	       cm_help_rows_insert(store, help, error) &&
	       audit(store, help, CM_HELP_EVENT_ASK, CM_AUDIT_DAEMON, error) &&
	       cm_help_rows_notify(store, help, error);
}

static gboolean
ask_again(CmStore *store, CmStoreHelp *help, const gchar *report, gint64 now, GError **error)
{
	gboolean answered = help->state == CM_HELP_ANSWERED;

	g_free(help->report);
	help->report = g_strdup(report);
	if (!answered)
		return cm_help_rows_update(store, help, error);
	help->asked_at = now;
	g_clear_pointer(&help->answer, g_free);
	return apply(help, CM_HELP_EVENT_ASK, -1, now, error) &&
	       cm_help_rows_update(store, help, error) &&
	       audit(store, help, CM_HELP_EVENT_ASK, CM_AUDIT_DAEMON, error) &&
	       cm_help_rows_notify(store, help, error);
}

static gboolean
check_report(const gchar *report, GError **error)
{
	if (strlen(report) <= CM_STORE_HELP_REPORT_MAX && g_utf8_validate(report, -1, NULL))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("What is said with a request for help has at most {0} octets."),
		     G_STRINGIFY(CM_STORE_HELP_REPORT_MAX), NULL);
	return FALSE;
}

gboolean
cm_store_help_ask(CmStore *store,
		  gint64 subject,
		  CmResource kind,
		  gint64 person,
		  const gchar *report,
		  gint64 now,
		  gint64 *out_number,
		  GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmStoreHelp first = {
	    .subject = subject, .kind = kind, .person = person, .report = (gchar *)report};
	gint64 own = cm_page_people_begin_own(store);
	g_autoptr(CmStoreHelp) open = NULL;
	guint count = 0;
	gboolean done = FALSE;

	if (transaction == NULL || !check_report(report, error) ||
	    !find_open(store, subject, kind, person, &open, &count, error))
		return FALSE;
	done = (open != NULL ? ask_again(store, open, report, now, error)
			     : ask_first(store, &first, count, now, error)) &&
	       cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	if (done)
		*out_number = open != NULL ? open->number : first.number;
	return done;
}

/* ---- deciding */

static CmStoreHelp *
get_expected(CmStore *store, gint64 number, gint64 expected, GError **error)
{
	const CmStoreHelpFilter filter = {.number = number};
	g_autoptr(GPtrArray) list =
	    number > 0 ? cm_store_help_list(store, &filter, error) : g_ptr_array_new();
	const CmStoreHelp *help = NULL;

	if (list == NULL)
		return NULL;
	if (list->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no request for help by this number."), NULL);
		return NULL;
	}
	help = g_ptr_array_index(list, 0);
	if (expected == 0 || expected == help->version)
		return g_ptr_array_steal_index(list, 0);
	cm_error_set(error, CM_ERROR_CONFLICT, N_("It has changed since you looked; look again."),
		     NULL);
	return NULL;
}

/* `text`: takes it, NULL: the answer stays */
static gboolean
decide(CmStore *store,
       gint64 number,
       gint64 expected,
       CmHelpEvent event,
       gchar *text,
       const gint64 by[2],
       CmStoreHelp **out_help,
       GError **error)
{
	g_autofree gchar *answer = text;
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 own = cm_page_people_begin_own(store);
	g_autoptr(CmStoreHelp) help = NULL;
	gboolean done = FALSE;

	if (transaction == NULL)
		return FALSE;
	help = get_expected(store, number, expected, error);
	if (help == NULL)
		return FALSE;
	if (answer != NULL) {
		g_free(help->answer);
		help->answer = g_steal_pointer(&answer);
	}
	done = apply(help, event, by[0], by[1], error) && cm_help_rows_update(store, help, error) &&
	       audit(store, help, event, by[0], error) && cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	if (done)
		*out_help = g_steal_pointer(&help);
	return done;
}

static void
tell(const CmStoreHelp *help, gint64 *out_version, gint64 *out_subject)
{
	*out_version = help->version;
	if (out_subject != NULL)
		*out_subject = help->subject;
}

gboolean
cm_store_help_answer(CmStore *store,
		     gint64 number,
		     gint64 expected,
		     const gchar *answer,
		     gint64 actor,
		     gint64 now,
		     gint64 *out_version,
		     gint64 *out_subject,
		     GError **error)
{
	const gint64 by[] = {actor, now};
	gboolean short_enough = strlen(answer) <= CM_STORE_HELP_TEXT_MAX;
	g_autofree gchar *text = short_enough ? cm_inbound_text_clean(answer, CM_INBOUND_TEXT_LINES,
								      CM_STORE_HELP_TEXT_MAX)
					      : NULL;
	g_autoptr(CmStoreHelp) help = NULL;

	if (text == NULL) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("An answer has from 1 to {0} octets of text."),
			     G_STRINGIFY(CM_STORE_HELP_TEXT_MAX), NULL);
		return FALSE;
	}
	if (!decide(store, number, expected, CM_HELP_EVENT_ANSWER, g_steal_pointer(&text), by,
		    &help, error))
		return FALSE;
	tell(help, out_version, out_subject);
	return TRUE;
}

gboolean
cm_store_help_close(CmStore *store,
		    gint64 number,
		    gint64 expected,
		    gint64 actor,
		    gint64 now,
		    gint64 *out_version,
		    gint64 *out_subject,
		    GError **error)
{
	const gint64 by[] = {actor, now};
	g_autoptr(CmStoreHelp) help = NULL;

	if (!decide(store, number, expected, CM_HELP_EVENT_CLOSE, NULL, by, &help, error))
		return FALSE;
	tell(help, out_version, out_subject);
	return TRUE;
}
