// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-response.h"

#include "daemon/inbox/inbound-text.h"
#include "daemon/store/inbox-effects.h"
#include "daemon/store/invitation-rows.h"
#include "daemon/store/page-people.h"
#include "daemon/store/request-key.h"
#include "daemon/store/time-request-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* ---- who may */

static gboolean
check_visitor(const CmStoreResponse *response, GError **error)
{
	const CmStoreVisitor *visitor = response->visitor;

	if (visitor->means == CM_STORE_MEANS_LINK && visitor->role == CM_VISIT_GUEST &&
	    !visitor->feed)
		return TRUE;
	cm_store_pass_set_refusal(error);
	return FALSE;
}

static gboolean
check_once(const gchar *once, GError **error)
{
	gsize length = once != NULL ? strlen(once) : 1;

	if (length > 0 && length <= CM_STORE_RESPONSE_ONCE_MAX &&
	    (once == NULL || strspn(once, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789-_") == length))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("A call's key has 1 to {0} letters, digits, hyphens and underscores."),
		     G_STRINGIFY(CM_STORE_RESPONSE_ONCE_MAX), NULL);
	return FALSE;
}

/* That the door is theirs, of a session that stands as they were shown it. A host answers nothing of their own. */
static gboolean
check_subject(CmStore *store, const CmStoreResponse *response, gint64 *out_start, GError **error)
{
	g_auto(CmStoreDoor) door = {0};

	if (!cm_store_visit_find_door(store, response->policies, response->visitor,
				      response->subject, response->now, &door, error))
		return FALSE;
	if (response->visitor->kind == CM_RESOURCE_PROFESSIONAL &&
	    door.professional == response->visitor->person) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	if (door.version != response->version || door.door.cancelled ||
	    response->now >= door.door.start) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("It was moved or cancelled, or has begun; look again."), NULL);
		return FALSE;
	}
	*out_start = door.door.start;
	return TRUE;
}

/* each person's keys are their own. Returns: (transfer full) (nullable) */
static gchar *
make_key(const CmStoreResponse *response)
{
	const CmStoreVisitor *visitor = response->visitor;

	if (response->once == NULL)
		return NULL;
	return g_strdup_printf("page %u %" G_GINT64_FORMAT " %s", (guint)visitor->kind,
			       visitor->person, response->once);
}

static CmStoreCall
make_call(const CmStoreResponse *response, const gchar *key)
{
	CmStoreCall call = {.actor = CM_AUDIT_DAEMON, .now = response->now, .key = key};

	return call;
}

/* ---- an answer */

static gboolean
record(CmStore *store,
       const CmStoreResponse *response,
       CmAnswer given,
       gint64 start,
       gint64 *out_invitation,
       GError **error)
{
	const CmStoreRecipient who = {response->visitor->kind, response->visitor->person};
	g_autoptr(CmStoreInvitation) invitation = NULL;
	CmAnswerResult result = CM_ANSWER_TAKEN;
	CmStoreAnswer answer = {
	    .answer = given, .at = response->now, .by = CM_ANSWERED_BY_PAGE, .start = start};
	gint64 booking = 0;

	if (!cm_invitation_rows_ensure(store, response->subject, &who, &invitation, error))
		return FALSE;
	*out_invitation = invitation->number;
	/* the same answer to the same hour is none that anybody has to hear of */
	if (cm_store_invitation_get_answer_to(invitation, start) == given)
		return TRUE;
	answer.sequence = MAX(MAX(invitation->sequence, invitation->answer_sequence), 0);
	/* of a mail that was dated ahead: what they say now counts all the same */
	answer.stamp = MAX(response->now, invitation->answer_stamp);
	return cm_inbox_effects_answer(store, invitation->number, &answer, CM_AUDIT_DAEMON, 0,
				       &result, &booking, error);
}

gboolean
cm_store_response_answer(CmStore *store,
			 const CmStoreResponse *response,
			 CmAnswer answer,
			 GError **error)
{
	g_autofree gchar *key = make_key(response);
	g_autofree gchar *asked = g_strdup_printf(
	    "respond %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", response->subject,
	    response->version, cm_store_invitation_answer_to_string(answer));
	const CmStoreCall call = make_call(response, key);
	g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(CmTransaction) transaction = NULL;
	CmStoreStamp stamp = {.version = response->version};
	gint64 start = 0;

	if (!check_visitor(response, error) || !check_once(response->once, error))
		return FALSE;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_request_key_look_up(store, &call, asked, stamps, error))
		return FALSE;
	if (stamps->len > 0)
		return TRUE;
	return check_subject(store, response, &start, error) &&
	       record(store, response, answer, start, &stamp.number, error) &&
	       cm_request_key_keep(store, &call, asked, &stamp, 1, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- another time */

gboolean
cm_store_response_check_askable(CmStore *store, const CmStoreResponse *response, GError **error)
{
	CmStoreResponse asked = *response;
	g_auto(CmStoreDoor) door = {0};
	gint64 start = 0;

	/* whatever its version is: times are found for what stands */
	if (!check_visitor(response, error) ||
	    !cm_store_visit_find_door(store, response->policies, response->visitor,
				      response->subject, response->now, &door, error))
		return FALSE;
	asked.version = door.version;
	return check_subject(store, &asked, &start, error);
}

/* that they have no part in it is no more than that this opens nothing */
static gboolean
ask(CmStore *store,
    const CmStoreCall *call,
    const CmStoreTimeRequestOrder *order,
    gint64 *out_number,
    GError **error)
{
	g_autoptr(GError) local = NULL;
	CmStoreStamp stamp = {0};

	if (cm_store_time_request_ask(store, call, order, &stamp, &local)) {
		*out_number = stamp.number;
		return TRUE;
	}
	if (cm_error_is(local, CM_ERROR_NOT_FOUND))
		cm_store_pass_set_refusal(error);
	else
		g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

static gboolean
find_sequence(CmStore *store, const CmStoreResponse *response, gint *out_sequence, GError **error)
{
	const CmStoreRecipient who = {response->visitor->kind, response->visitor->person};
	g_autoptr(CmStoreInvitation) invitation = NULL;

	if (!cm_invitation_rows_find(store, response->subject, &who, &invitation, error))
		return FALSE;
	if (invitation != NULL)
		*out_sequence = (gint)CLAMP(invitation->sequence, 0, G_MAXINT);
	return TRUE;
}

/* A transaction for what `call` asks. `out_number`: the request that it was about when it was asked before, and nothing is to be done any more; else
 * 0. Returns: (transfer full), or NULL */
static CmTransaction *
begin(CmStore *store,
      const CmStoreResponse *response,
      const CmStoreCall *call,
      gint64 *out_number,
      GError **error)
{
	g_autoptr(GArray) stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp));
	g_autoptr(CmTransaction) transaction = NULL;

	*out_number = 0;
	if (!check_visitor(response, error) || !check_once(response->once, error))
		return NULL;
	transaction = cm_transaction_new(store->database, error);
	if (transaction == NULL || !cm_request_key_look_up(store, call, call->asked, stamps, error))
		return NULL;
	if (stamps->len > 0)
		*out_number = g_array_index(stamps, CmStoreStamp, 0).number;
	return g_steal_pointer(&transaction);
}

gboolean
cm_store_response_ask_time(CmStore *store,
			   const CmStoreResponse *response,
			   gint64 start,
			   const gchar *remark,
			   gint64 *out_number,
			   GError **error)
{
	g_autofree gchar *key = make_key(response);
	g_autofree gchar *text =
	    cm_inbound_text_clean(remark, CM_INBOUND_TEXT_LINES, CM_STORE_TIME_REQUEST_TEXT_MAX);
	CmStoreCall call = make_call(response, key);
	CmStoreTimeRequestOrder order = CM_STORE_TIME_REQUEST_ORDER_INIT;
	g_autofree gchar *asked = g_strdup_printf(
	    "ask-time %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
	    response->subject, response->version, start, text != NULL ? text : "");
	g_autoptr(CmTransaction) transaction = NULL;
	gint64 stands = 0;

	call.asked = asked;
	transaction = begin(store, response, &call, out_number, error);
	if (transaction == NULL)
		return FALSE;
	if (*out_number != 0)
		return TRUE;
	order.subject = response->subject;
	order.subject_version = response->version;
	order.asker_kind = response->visitor->kind;
	order.asker = response->visitor->person;
	order.start_utc = start;
	order.remark = text;
	order.source = CM_TIME_REQUEST_SOURCE_PAGE;
	return check_subject(store, response, &stands, error) &&
	       find_sequence(store, response, &order.sequence, error) &&
	       ask(store, &call, &order, out_number, error) &&
	       cm_transaction_commit(transaction, error);
}

/* the one that waits: one person has at most one of a session */
static gboolean
withdraw(CmStore *store,
	 const CmStoreCall *call,
	 const CmStoreResponse *response,
	 gint64 *out_number,
	 GError **error)
{
	CmStoreStamp stamp = {0};
	const CmStoreTimeRequest *request = NULL;
	g_autoptr(GPtrArray) waiting = cm_time_request_rows_list_of(
	    store, response->subject, response->visitor->kind, response->visitor->person, error);

	if (waiting == NULL)
		return FALSE;
	if (waiting->len == 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("No request of yours for another time waits; look again."), NULL);
		return FALSE;
	}
	request = g_ptr_array_index(waiting, 0);
	if (!cm_store_time_request_withdraw(store, call, request->number, request->version, &stamp,
					    error))
		return FALSE;
	*out_number = stamp.number;
	return TRUE;
}

gboolean
cm_store_response_withdraw_time(CmStore *store,
				const CmStoreResponse *response,
				gint64 *out_number,
				GError **error)
{
	g_autofree gchar *key = make_key(response);
	g_autofree gchar *asked =
	    g_strdup_printf("withdraw-time %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
			    response->subject, response->version);
	CmStoreCall call = make_call(response, key);
	g_autoptr(CmTransaction) transaction = NULL;
	gint64 stands = 0;

	call.asked = asked;
	transaction = begin(store, response, &call, out_number, error);
	if (transaction == NULL)
		return FALSE;
	if (*out_number != 0)
		return TRUE;
	return check_subject(store, response, &stands, error) &&
	       withdraw(store, &call, response, out_number, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- help */

static gboolean
check_help(CmStore *store, const CmStoreResponse *response, GError **error)
{
	g_auto(CmStoreDoor) door = {0};
	gboolean guest = response->visitor->role == CM_VISIT_GUEST ||
			 response->visitor->role == CM_VISIT_INTERPRETER;

	if (!cm_store_visit_find_door(store, response->policies, response->visitor,
				      response->subject, response->now, &door, error))
		return FALSE;
	if (!guest) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	if (door.door.video && !door.door.cancelled &&
	    response->now < door.door.end + CM_SESSION_DOOR_CLOSES_AFTER)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT,
		     N_("This session has no door: it is cancelled, over, or not by video."), NULL);
	return FALSE;
}

gboolean
cm_store_response_ask_help(CmStore *store,
			   const CmStoreResponse *response,
			   const gchar *report,
			   gint64 *out_number,
			   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	const CmStoreVisitor *visitor = response->visitor;

	return transaction != NULL && check_help(store, response, error) &&
	       cm_store_help_ask(store, response->subject, visitor->kind, visitor->person, report,
				 response->now, out_number, error) &&
	       cm_transaction_commit(transaction, error);
}
