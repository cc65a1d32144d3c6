// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-time-request.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/request-key.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/time-request-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define SECONDS_PER_DAY 86400

static const gchar *const source_names[CM_TIME_REQUEST_SOURCE_LAST] = {
    [CM_TIME_REQUEST_SOURCE_MAIL] = "mail",
    [CM_TIME_REQUEST_SOURCE_PAGE] = "page",
    [CM_TIME_REQUEST_SOURCE_STAFF] = "staff",
};

const gchar *
cm_store_time_request_source_to_string(CmTimeRequestSource source)
{
	g_return_val_if_fail(source < CM_TIME_REQUEST_SOURCE_LAST, "");
	return source_names[source];
}

gboolean
cm_store_time_request_source_from_string(const gchar *text, CmTimeRequestSource *out_source)
{
	for (guint i = 0; i < CM_TIME_REQUEST_SOURCE_LAST; i++) {
		if (g_strcmp0(text, source_names[i]) == 0) {
			*out_source = (CmTimeRequestSource)i;
			return TRUE;
		}
	}
	return FALSE;
}

void
cm_store_time_request_free(CmStoreTimeRequest *request)
{
	if (request == NULL)
		return;
	g_free(request->remark);
	g_free(request->answer);
	g_free(request);
}

/* ---- a change: one transaction, one answer for a key */

typedef struct {
	CmStore *store;
	const CmStoreCall *call;
	gchar *asked;
	GArray *stamps; /* of an answer given before */
	CmTransaction *transaction;
} Change;

static void
change_clear(Change *change)
{
	g_clear_pointer(&change->transaction, cm_transaction_free);
	g_free(change->asked);
	g_array_unref(change->stamps);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* takes `asked` */
static Change
change_new(CmStore *store, const CmStoreCall *call, gchar *asked)
{
	Change change = {.store = store,
			 .call = call,
			 .asked = asked,
			 .stamps = g_array_new(FALSE, FALSE, sizeof(CmStoreStamp))};

	return change;
}

static gboolean
change_begin(Change *change, GError **error)
{
	change->transaction = cm_transaction_new(change->store->database, error);
	return change->transaction != NULL &&
	       cm_request_key_look_up(change->store, change->call, change->asked, change->stamps,
				      error) &&
	       cm_store_time_request_settle(change->store, change->call->now, error);
}

static gboolean
change_end(Change *change, const CmStoreStamp *stamps, guint count, GError **error)
{
	return cm_request_key_keep(change->store, change->call, change->asked, stamps, count,
				   error) &&
	       cm_transaction_commit(change->transaction, error);
}

/* ---- the trail */

static gboolean
audit(CmStore *store,
      const CmStoreCall *call,
      const gchar *event,
      const CmStoreTimeRequest *request,
      GError **error)
{
	g_autofree gchar *action = g_strdup_printf("time-request.%s", event);
	CmAuditEntry entry = {.uid = call->actor,
			      .action = action,
			      .subject = request->number,
			      .version_before = request->version - 1,
			      .version_after = request->version,
			      .at = call->now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&figures, "booking", "x", request->subject);
	g_variant_dict_insert(&figures, "booking_version", "x", request->subject_version);
	if (request->start_utc != 0)
		g_variant_dict_insert(&figures, "start_utc", "x", request->start_utc);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

/* what the event makes of it, written */
static gboolean
apply(CmStore *store,
      const CmStoreCall *call,
      CmTimeRequestEvent event,
      CmStoreTimeRequest *request,
      GError **error)
{
	if (!cm_time_request_state_apply(request->state, event, &request->state, error))
		return FALSE;
	request->version++;
	request->changed_by = call->actor;
	request->changed_at = call->now;
	return cm_time_request_rows_update(store, request, error) &&
	       audit(store, call, cm_time_request_state_event_to_string(event), request, error);
}

static gboolean
apply_all(CmStore *store,
	  const CmStoreCall *call,
	  CmTimeRequestEvent event,
	  GPtrArray *requests,
	  GError **error)
{
	for (guint i = 0; i < requests->len; i++)
		if (!apply(store, call, event, g_ptr_array_index(requests, i), error))
			return FALSE;
	return TRUE;
}

gboolean
cm_store_time_request_settle(CmStore *store, gint64 now, GError **error)
{
	const CmStoreCall call = {.actor = CM_AUDIT_DAEMON, .now = now};
	g_autoptr(CmTransaction) transaction = NULL;
	g_autoptr(GPtrArray) fallen = cm_time_request_rows_list_fallen(store, now, error);

	if (fallen == NULL)
		return FALSE;
	/* most often nothing has fallen, and nothing is written */
	if (fallen->len == 0)
		return TRUE;
	transaction = cm_transaction_new(store->database, error);
	return transaction != NULL &&
	       apply_all(store, &call, CM_TIME_REQUEST_EVENT_FALL, fallen, error) &&
	       cm_transaction_commit(transaction, error);
}

/* ---- reading */

GPtrArray *
cm_store_time_request_list(CmStore *store,
			   const CmStoreTimeRequestFilter *filter,
			   gint64 now,
			   GError **error)
{
	if (!cm_store_time_request_settle(store, now, error))
		return NULL;
	return cm_time_request_rows_list(store, filter, error);
}

static CmStoreTimeRequest *
get_one(CmStore *store, gint64 number, GError **error)
{
	const CmStoreTimeRequestFilter filter = {.number = number};
	g_autoptr(GPtrArray) list = NULL;

	if (number > 0) {
		list = cm_time_request_rows_list(store, &filter, error);
		if (list == NULL)
			return NULL;
	}
	if (list == NULL || list->len == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no request for another time by this number."), NULL);
		return NULL;
	}
	return g_ptr_array_steal_index(list, 0);
}

CmStoreTimeRequest *
cm_store_time_request_get(CmStore *store, gint64 number, gint64 now, GError **error)
{
	if (!cm_store_time_request_settle(store, now, error))
		return NULL;
	return get_one(store, number, error);
}

/* ---- asking */

static gboolean
check_text(const gchar *text, GError **error)
{
	if (text == NULL ||
	    (strlen(text) <= CM_STORE_TIME_REQUEST_TEXT_MAX && g_utf8_validate(text, -1, NULL)))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("What is written with it has at most {0} octets of text."),
		     G_STRINGIFY(CM_STORE_TIME_REQUEST_TEXT_MAX), NULL);
	return FALSE;
}

static CmStoreBooking *
get_subject(CmStore *store,
	    const CmStoreCall *call,
	    const CmStoreTimeRequestOrder *order,
	    GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	gboolean concerned = FALSE;

	if (!cm_booking_rows_read(store, order->subject, call->now, &booking, error))
		return NULL;
	if (booking == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return NULL;
	}
	if (order->subject_version != 0 &&
	    !cm_booking_checks_version(store, booking, order->subject_version, error))
		return NULL;
	if (booking->state != CM_BOOKING_PLANNED || booking->start_utc <= call->now) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("This is not to come any more: no other time can be asked for."),
			     NULL);
		return NULL;
	}
	if (!cm_time_request_rows_is_concerned(store, booking, order->asker_kind, order->asker,
					       &concerned, error))
		return NULL;
	if (concerned)
		return g_steal_pointer(&booking);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Who asks for another time has no part in this session or meeting."), NULL);
	return NULL;
}

static gboolean
set_proposed(CmStore *store,
	     const CmStoreCall *call,
	     const CmStoreTimeRequestOrder *order,
	     const CmStoreBooking *booking,
	     CmStoreTimeRequest *request,
	     GError **error)
{
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);

	if (zone == NULL)
		return FALSE;
	request->start_utc = order->start_utc;
	if (request->start_utc == 0 && order->date != CM_DAY_NONE)
		request->start_utc = cm_time_to_utc(order->date, order->start, zone);
	if (request->start_utc == 0)
		return TRUE;
	request->end_utc = order->end_utc != 0
			       ? order->end_utc
			       : request->start_utc + booking->end_utc - booking->start_utc;
	if (request->start_utc == booking->start_utc) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("This is no other time: it stands then already."), NULL);
		return FALSE;
	}
	if (request->start_utc > call->now && request->end_utc > request->start_utc &&
	    request->end_utc <=
		call->now + (gint64)CM_STORE_TIME_REQUEST_DAYS_MAX * SECONDS_PER_DAY)
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("The other time is past, ends before it begins, or is more than {0} days "
			"from now."),
		     G_STRINGIFY(CM_STORE_TIME_REQUEST_DAYS_MAX), NULL);
	return FALSE;
}

/* how many there were, and those that wait give way */
static gboolean
make_room(CmStore *store,
	  const CmStoreCall *call,
	  const CmStoreTimeRequestOrder *order,
	  GError **error)
{
	g_autoptr(GPtrArray) waiting = NULL;
	guint count = 0;

	if (!cm_time_request_rows_count(store, order->subject, order->asker_kind, order->asker,
					&count, error))
		return FALSE;
	if (count >= CM_STORE_TIME_REQUESTS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Another time of one session is asked for at most {0} times by one "
				"person."),
			     G_STRINGIFY(CM_STORE_TIME_REQUESTS_MAX), NULL);
		return FALSE;
	}
	waiting = cm_time_request_rows_list_of(store, order->subject, order->asker_kind,
					       order->asker, error);
	return waiting != NULL &&
	       apply_all(store, call, CM_TIME_REQUEST_EVENT_REPLACE, waiting, error);
}

/* the professional, but not of what they asked themselves */
static gboolean
notify_asked(CmStore *store,
	     const CmStoreCall *call,
	     const CmStoreBooking *booking,
	     gint64 number,
	     GError **error)
{
	gboolean own = FALSE;

	if (!cm_time_request_rows_is_account_of(store, call->actor, booking->professional, &own,
						error))
		return FALSE;
	return own || cm_notice_queue(store, CM_NOTICE_TIME_ASKED, CM_RESOURCE_PROFESSIONAL,
				      booking->professional, number, error);
}

static gchar *
describe_order(const CmStoreTimeRequestOrder *order)
{
	return g_strdup_printf("time-request ask %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
			       " %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
			       " %d %d %s",
			       order->subject, order->subject_version, order->asker_kind,
			       order->asker, order->start_utc, order->end_utc, order->date,
			       order->start, order->remark != NULL ? order->remark : "");
}

gboolean
cm_store_time_request_ask(CmStore *store,
			  const CmStoreCall *call,
			  const CmStoreTimeRequestOrder *order,
			  CmStoreStamp *out_stamp,
			  GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	CmStoreTimeRequest request = {.version = 1,
				      .state = CM_TIME_REQUEST_WAITING,
				      .subject = order->subject,
				      .asker_kind = order->asker_kind,
				      .asker = order->asker,
				      .remark = (gchar *)order->remark,
				      .source = order->source,
				      .sequence = order->sequence,
				      .asked_at = call->now,
				      .changed_by = call->actor,
				      .changed_at = call->now};
	CmStoreStamp stamp = {.version = 1};
	g_auto(Change) change = change_new(store, call, describe_order(order));

	if (!check_text(order->remark, error) || !change_begin(&change, error))
		return FALSE;
	if (change.stamps->len > 0) {
		*out_stamp = g_array_index(change.stamps, CmStoreStamp, 0);
		return TRUE;
	}
	booking = get_subject(store, call, order, error);
	if (booking == NULL || !set_proposed(store, call, order, booking, &request, error) ||
	    !make_room(store, call, order, error) ||
	    !cm_store_next_counter(store, "row", &request.number, error))
		return FALSE;
	request.subject_version = booking->version;
	stamp.number = request.number;
	if (!cm_time_request_rows_insert(store, &request, error) ||
	    !audit(store, call, "ask", &request, error) ||
	    !notify_asked(store, call, booking, request.number, error) ||
	    !change_end(&change, &stamp, 1, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

/* ---- deciding */

static CmStoreTimeRequest *
get_expected(CmStore *store, gint64 number, gint64 expected, GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = get_one(store, number, error);
	CmTimeRequestState to = CM_TIME_REQUEST_STATE_LAST;

	/* first what it has become: that says more than that it changed */
	if (request == NULL ||
	    !cm_time_request_state_apply(request->state, CM_TIME_REQUEST_EVENT_ACCEPT, &to, error))
		return NULL;
	if (request->version == expected)
		return g_steal_pointer(&request);
	cm_error_set(error, CM_ERROR_CONFLICT, N_("It has changed since you looked; look again."),
		     NULL);
	return NULL;
}

gboolean
cm_store_time_request_accept(CmStore *store,
			     const CmStoreCall *call,
			     gint64 number,
			     gint64 expected,
			     const CmStorePlace *place,
			     CmStoreStamp *out_booking,
			     CmStoreStamp *out_stamp,
			     GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = NULL;
	/* the key is this change's, not the move's */
	CmStoreCall moving = *call;
	CmStoreStamp stamps[2] = {{0}, {.number = number, .version = expected + 1}};
	g_auto(Change) change =
	    change_new(store, call,
		       g_strdup_printf("time-request accept %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
				       " %d %d %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
				       number, expected, place->date, place->start, place->mode,
				       place->room, place->companion));

	if (!change_begin(&change, error))
		return FALSE;
	if (change.stamps->len == G_N_ELEMENTS(stamps)) {
		*out_booking = g_array_index(change.stamps, CmStoreStamp, 0);
		*out_stamp = g_array_index(change.stamps, CmStoreStamp, 1);
		return TRUE;
	}
	request = get_expected(store, number, expected, error);
	if (request == NULL)
		return FALSE;
	moving.key = NULL;
	if (!cm_store_booking_move(store, &moving, request->subject, request->subject_version,
				   place, &stamps[0], error) ||
	    !apply(store, call, CM_TIME_REQUEST_EVENT_ACCEPT, request, error) ||
	    !change_end(&change, stamps, G_N_ELEMENTS(stamps), error))
		return FALSE;
	*out_booking = stamps[0];
	*out_stamp = stamps[1];
	return TRUE;
}

/* an end without a move */
static gboolean
end_request(CmStore *store,
	    const CmStoreCall *call,
	    gint64 number,
	    gint64 expected,
	    CmTimeRequestEvent event,
	    const gchar *answer,
	    CmStoreStamp *out_stamp,
	    GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = NULL;
	CmStoreStamp stamp = {.number = number, .version = expected + 1};
	g_auto(Change) change = change_new(
	    store, call,
	    g_strdup_printf("time-request %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
			    cm_time_request_state_event_to_string(event), number, expected,
			    answer != NULL ? answer : ""));

	if (!check_text(answer, error) || !change_begin(&change, error))
		return FALSE;
	if (change.stamps->len > 0) {
		*out_stamp = g_array_index(change.stamps, CmStoreStamp, 0);
		return TRUE;
	}
	request = get_expected(store, number, expected, error);
	if (request == NULL)
		return FALSE;
	request->answer = g_strdup(answer);
	if (!apply(store, call, event, request, error) ||
	    (event == CM_TIME_REQUEST_EVENT_DECLINE &&
	     !cm_notice_queue(store, CM_NOTICE_TIME_DECLINED, request->asker_kind, request->asker,
			      number, error)) ||
	    !change_end(&change, &stamp, 1, error))
		return FALSE;
	*out_stamp = stamp;
	return TRUE;
}

gboolean
cm_store_time_request_decline(CmStore *store,
			      const CmStoreCall *call,
			      gint64 number,
			      gint64 expected,
			      const gchar *answer,
			      CmStoreStamp *out_stamp,
			      GError **error)
{
	return end_request(store, call, number, expected, CM_TIME_REQUEST_EVENT_DECLINE, answer,
			   out_stamp, error);
}

gboolean
cm_store_time_request_withdraw(CmStore *store,
			       const CmStoreCall *call,
			       gint64 number,
			       gint64 expected,
			       CmStoreStamp *out_stamp,
			       GError **error)
{
	return end_request(store, call, number, expected, CM_TIME_REQUEST_EVENT_WITHDRAW, NULL,
			   out_stamp, error);
}
