// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/waiting-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-waiting.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-names.h"

#include <glib/gi18n.h>

#define HOLD_SECONDS (3 * 86400)

/* What a call asks for. */
typedef struct {
	CmService *service;
	CmCaller *caller;
	CmPolicySet *policies;
	gint64 number;
	gint64 expected;
	CmWaitingEvent event;
	CmStoreWaiting *added;
	gchar *profession;
	gboolean all;
	gint64 booking; /* whose hour is looked at, or 0 */
	gint64 professional;
	CmStorePlace place; /* minutes 0: as each needs */
	gint64 until;
} WaitingRequest;

static void
waiting_request_free(gpointer data)
{
	WaitingRequest *request = data;

	cm_caller_unref(request->caller);
	cm_policy_set_unref(request->policies);
	g_clear_pointer(&request->added, cm_store_waiting_free);
	g_free(request->profession);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WaitingRequest, waiting_request_free)

static gint64
to_number(guint64 number)
{
	return (gint64)MIN(number, (guint64)G_MAXINT64);
}

static WaitingRequest *
waiting_request_new(CmService *service, GDBusMethodInvocation *invocation)
{
	WaitingRequest *request = g_new0(WaitingRequest, 1);

	request->service = service;
	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->policies = cm_policy_set_ref(service->policies);
	return request;
}

static void
announce(CmService *service, gint64 number)
{
	(void)g_dbus_connection_emit_signal(service->connection, NULL, CM_OBJECT_PATH,
					    CM_INTERFACE_PREFIX "Waiting", "Changed",
					    g_variant_new("(t)", (guint64)number), NULL);
}

static CmStoreCall
make_call(const WaitingRequest *request)
{
	CmStoreCall call = {.actor = request->caller->uid, .now = cm_clock_get_now()};

	return call;
}

/* ---- Add */

static GVariant *
make_added(CmService *service,
	   CmStore *store,
	   gpointer data,
	   GCancellable *cancellable,
	   GError **error)
{
	const WaitingRequest *request = data;
	CmStoreCall call = make_call(request);
	CmStoreStamp stamp = {0};

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_STUDENT, request->added->student,
			     error) ||
	    !cm_store_waiting_add(store, &call, request->added, &stamp, error))
		return NULL;
	announce(service, stamp.number);
	return g_variant_new("(tt)", (guint64)stamp.number, (guint64)stamp.version);
}

static gboolean
read_added(JsonObject *given, CmStoreWaiting *waiting, GError **error)
{
	static const gchar *const names[] = {"profession",  "act",    "minutes", "priority",
					     "received_on", "reason", NULL};
	const gchar *profession = "";
	const gchar *act = "";
	const gchar *reason = "";
	gint64 minutes = 0;
	gint64 priority = 2;

	waiting->received_on = CM_DAY_NONE;
	if (!cm_json_document_check_names(given, names, error) ||
	    !cm_json_document_get_text(given, "profession", &profession, error) ||
	    !cm_json_document_get_text(given, "act", &act, error) ||
	    !cm_json_document_get_text(given, "reason", &reason, error) ||
	    !cm_json_document_get_number(given, "minutes", &minutes, error) ||
	    !cm_json_document_get_number(given, "priority", &priority, error) ||
	    !cm_json_document_get_day(given, "received_on", &waiting->received_on, error))
		return FALSE;
	waiting->profession = g_strdup(profession);
	waiting->act = g_strdup(act);
	waiting->reason = g_strdup(reason);
	waiting->minutes = (gint)CLAMP(minutes, 0, G_MAXINT16);
	waiting->priority = (gint)CLAMP(priority, 0, G_MAXINT16);
	return TRUE;
}

static gboolean
handle_add(CmDBusWaiting *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 student,
	   GVariant *document,
	   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(WaitingRequest) request = waiting_request_new(user_data, invocation);
	g_autoptr(JsonObject) given = cm_json_document_read(descriptors, document, &error);

	request->added = g_new0(CmStoreWaiting, 1);
	request->added->student = to_number(student);
	if (given == NULL || !read_added(given, request->added, &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_reply_from_store(user_data, invocation, make_added, g_steal_pointer(&request),
			    waiting_request_free);
	return TRUE;
}

/* ---- List */

static void
add_request(JsonBuilder *builder, const CmStoreWaiting *waiting)
{
	cm_document_add_int(builder, "number", waiting->number);
	cm_document_add_int(builder, "version", waiting->version);
	cm_document_add_string(builder, "state", cm_waiting_state_to_string(waiting->state));
	cm_document_add_int(builder, "student", waiting->student);
	cm_document_add_string(builder, "profession", waiting->profession);
	cm_document_add_string(builder, "act", waiting->act);
	cm_document_add_int(builder, "minutes", waiting->minutes);
	cm_document_add_int(builder, "priority", waiting->priority);
	cm_document_add_date(builder, "received_on", waiting->received_on);
	cm_document_add_string(builder, "reason", waiting->reason);
	cm_document_add_int(builder, "hold", waiting->hold);
	cm_document_add_int(builder, "hold_until", waiting->hold_until);
}

/* theirs, or everyone's for those who plan */
static gboolean
is_theirs(const WaitingRequest *request, CmStore *store, const CmStoreWaiting *waiting)
{
	return cm_caller_check(request->caller, store, CM_SUBJECT_REQUEST, waiting->number, NULL);
}

static gboolean
make_list(CmStore *store,
	  CmPolicySet *policies,
	  gpointer data,
	  JsonBuilder *builder,
	  GError **error)
{
	const WaitingRequest *request = data;
	g_autoptr(GPtrArray) list = cm_store_waiting_list(store, request->profession, !request->all,
							  cm_clock_get_now(), error);

	if (list == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-waiting/1");
	json_builder_set_member_name(builder, "requests");
	json_builder_begin_array(builder);
	for (guint i = 0; i < list->len; i++) {
		const CmStoreWaiting *waiting = g_ptr_array_index(list, i);

		if (!is_theirs(request, store, waiting))
			continue;
		json_builder_begin_object(builder);
		add_request(builder, waiting);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
handle_list(CmDBusWaiting *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(WaitingRequest) request = waiting_request_new(user_data, invocation);
	const gchar *profession = NULL;
	const CmOption known[] = {{"profession", "s", &profession}, {"all", "b", &request->all}};

	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request->profession = g_strdup(profession);
	cm_json_document_reply(user_data, invocation, make_list, g_steal_pointer(&request),
			       waiting_request_free);
	return TRUE;
}

/* ---- an hour, and who could have it */

/* What an hour's judgement stands on. */
typedef struct {
	CmDeskView view;
	guint32 professional; /* index */
	const gchar *profession;
	gint64 now;
	GPtrArray *day; /* CmStoreBooking of that day */
} Hour;

static void
hour_clear(Hour *hour)
{
	g_clear_pointer(&hour->day, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hour, hour_clear)

/* the hour of a booking, cancelled or not */
static gboolean
take_booking(WaitingRequest *request, CmStore *store, gint64 now, GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) local = NULL;

	if (request->booking == 0)
		return TRUE;
	booking = cm_store_booking_get(store, request->booking, now, &local);
	/* as what is somebody else's: nobody's is not the caller's either */
	if (cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		request->professional = 0;
		return TRUE;
	}
	if (booking == NULL) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	request->professional = booking->professional;
	request->place.date = booking->place.date;
	request->place.start = booking->place.start;
	request->place.minutes = booking->place.minutes;
	request->place.mode = booking->place.mode;
	return TRUE;
}

static gboolean
hour_open(Hour *hour,
	  WaitingRequest *request,
	  CmStore *store,
	  GCancellable *cancellable,
	  GError **error)
{
	CmStoreBookingFilter filter = {0};
	const CmCaseload *caseload = NULL;

	hour->now = cm_clock_get_now();
	if (!take_booking(request, store, hour->now, error) ||
	    !cm_caller_check(request->caller, store, CM_SUBJECT_PROFESSIONAL, request->professional,
			     error) ||
	    !cm_desk_cache_get(request->service->desk, store, request->policies, hour->now,
			       cancellable, &hour->view, error))
		return FALSE;
	caseload = hour->view.roster->caseload;
	hour->professional = cm_roster_numbers_find(hour->view.roster->numbers,
						    CM_NUMBER_PROFESSIONAL, request->professional);
	if (hour->professional == CM_NONE) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is no professional by this number."), NULL);
		return FALSE;
	}
	hour->profession =
	    CM_ELEMENT(caseload->professionals, CmProfessional, hour->professional)->profession;
	filter.from = request->place.date;
	filter.to = request->place.date;
	filter.professional = request->professional;
	hour->day = cm_store_booking_list(store, &filter, hour->now, error);
	return hour->day != NULL;
}

/* where the professional is before that hour, or after it; at their base when nothing else stands */
static guint32
hour_get_neighbour(const Hour *hour, const WaitingRequest *request, gint minutes, gboolean after)
{
	const CmCaseload *caseload = hour->view.roster->caseload;
	guint32 site =
	    CM_ELEMENT(caseload->professionals, CmProfessional, hour->professional)->base;
	gint end = request->place.start + minutes;

	for (guint i = 0; i < hour->day->len; i++) {
		const CmStoreBooking *booking = g_ptr_array_index(hour->day, i);
		guint32 there = cm_roster_numbers_find(hour->view.roster->numbers, CM_NUMBER_SITE,
						       booking->place.site);

		if (there == CM_NONE || !cm_booking_state_takes_time(booking->state))
			continue;
		if (after && booking->place.start >= end)
			return there;
		if (!after && booking->place.start + booking->place.minutes <= request->place.start)
			site = there;
	}
	return site;
}

/* an appointment of one student, for this request, in that hour */
static gboolean
make_order(const Hour *hour,
	   const WaitingRequest *request,
	   const CmStoreWaiting *waiting,
	   CmStoreAttendee *attendee,
	   CmStoreOrder *out_order,
	   GError **error)
{
	const CmCaseload *caseload = hour->view.roster->caseload;
	guint32 student =
	    cm_roster_numbers_find(hour->view.roster->numbers, CM_NUMBER_STUDENT, waiting->student);
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_GROUP,
			      .professional = request->professional,
			      .request = waiting->number,
			      .place = request->place,
			      .act = waiting->act,
			      .attendees = attendee,
			      .attendee_count = 1};

	if (student == CM_NONE) {
		cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is no student by this number."),
			     NULL);
		return FALSE;
	}
	attendee->kind = CM_RESOURCE_STUDENT;
	attendee->number = waiting->student;
	order.place.minutes = waiting->minutes;
	order.place.site =
	    cm_roster_numbers_get(hour->view.roster->numbers, CM_NUMBER_SITE,
				  CM_ELEMENT(caseload->students, CmStudent, student)->site);
	*out_order = order;
	return TRUE;
}

/* Returns: (transfer full), or NULL with `error` set */
static CmVerdict *
hour_judge(const Hour *hour, const CmStoreOrder *order, GError **error)
{
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;

	if (cm_desk_cache_get_order(hour->view.roster, order, attendees, &entry))
		return cm_desk_judge(hour->view.desk, &entry, hour->now);
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Something that was asked for is not in the roster."), NULL);
	return NULL;
}

/* ---- Rank */

typedef struct {
	CmStoreWaiting *waiting;
	CmVerdict *verdict;
} Held;

static void
held_clear(gpointer data)
{
	Held *held = data;

	cm_verdict_free(held->verdict);
}

static guint
count_warnings(const CmVerdict *verdict)
{
	guint count = 0;

	for (guint i = 0; i < verdict->objections->len; i++) {
		const CmObjection *objection = g_ptr_array_index(verdict->objections, i);

		count += objection->effect == CM_EFFECT_WARN;
	}
	return count;
}

static void
add_candidate(JsonBuilder *builder,
	      const CmWaitingCandidate *candidate,
	      const Held *held,
	      CmDay today)
{
	json_builder_begin_object(builder);
	add_request(builder, held->waiting);
	cm_document_add_int(builder, "points", candidate->points);
	cm_document_add_boolean(builder, "fits", candidate->fits);
	cm_document_add_int(builder, "days", MAX(today - candidate->received_on, 0));
	cm_document_add_int(builder, "travel_added", candidate->travel);
	json_builder_set_member_name(builder, "objections");
	json_builder_begin_array(builder);
	for (guint i = 0; i < held->verdict->objections->len; i++) {
		const CmObjection *objection = g_ptr_array_index(held->verdict->objections, i);

		if (objection->effect == CM_EFFECT_INFORM)
			continue;
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "effect", cm_effect_to_string(objection->effect));
		cm_document_add_string(builder, "code", objection->code);
		cm_document_add_string(builder, "message", objection->message);
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

/* those who wait for the profession and fit into the hour's length, each judged */
static gboolean
hold_against(const Hour *hour,
	     const WaitingRequest *request,
	     CmStore *store,
	     GPtrArray *list,
	     GArray *candidates,
	     GHashTable *all,
	     GError **error)
{
	for (guint i = 0; i < list->len; i++) {
		CmStoreWaiting *waiting = g_ptr_array_index(list, i);
		CmWaitingCandidate candidate = {.request = waiting->number,
						.priority = waiting->priority,
						.received_on = waiting->received_on};
		CmStoreAttendee attendee = {0};
		CmStoreOrder order = {0};
		Held *held = NULL;
		guint32 before = CM_NONE;
		guint32 after = CM_NONE;
		guint32 site = CM_NONE;

		if (waiting->state != CM_WAITING_WAITING || !is_theirs(request, store, waiting) ||
		    (request->place.minutes > 0 && waiting->minutes > request->place.minutes) ||
		    !make_order(hour, request, waiting, &attendee, &order, NULL))
			continue;
		held = g_new0(Held, 1);
		held->waiting = waiting;
		held->verdict = hour_judge(hour, &order, error);
		if (held->verdict == NULL) {
			g_free(held);
			return FALSE;
		}
		g_hash_table_insert(all, &waiting->number, held);
		before = hour_get_neighbour(hour, request, waiting->minutes, FALSE);
		after = hour_get_neighbour(hour, request, waiting->minutes, TRUE);
		site = cm_roster_numbers_find(hour->view.roster->numbers, CM_NUMBER_SITE,
					      order.place.site);
		candidate.fits = cm_verdict_is_allowed(held->verdict);
		candidate.warnings = count_warnings(held->verdict);
		candidate.travel =
		    cm_waiting_get_added_travel(hour->view.roster->caseload, before, after, site);
		g_array_append_val(candidates, candidate);
	}
	return TRUE;
}

static void
held_free(gpointer data)
{
	held_clear(data);
	g_free(data);
}

static gboolean
make_ranked(CmStore *store,
	    CmPolicySet *policies,
	    gpointer data,
	    JsonBuilder *builder,
	    GError **error)
{
	WaitingRequest *request = data;
	g_auto(Hour) hour = {0};
	g_autoptr(GPtrArray) list = NULL;
	g_autoptr(GArray) candidates = g_array_new(FALSE, TRUE, sizeof(CmWaitingCandidate));
	g_autoptr(GHashTable) all =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, held_free);
	g_autoptr(GTimeZone) zone = NULL;
	CmDay today = 0;

	if (!hour_open(&hour, request, store, NULL, error))
		return FALSE;
	list = cm_store_waiting_list(store, hour.profession, TRUE, hour.now, error);
	if (list == NULL || !hold_against(&hour, request, store, list, candidates, all, error))
		return FALSE;
	zone = g_time_zone_new_identifier(hour.view.roster->caseload->timezone);
	today = cm_clock_get_day(hour.now, zone);
	cm_waiting_rank((CmWaitingCandidate *)(gpointer)candidates->data, candidates->len, today);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-waiting/1");
	cm_document_add_int(builder, "professional", request->professional);
	cm_document_add_date(builder, "date", request->place.date);
	cm_document_add_int(builder, "start", request->place.start);
	json_builder_set_member_name(builder, "requests");
	json_builder_begin_array(builder);
	for (guint i = 0; i < candidates->len; i++) {
		const CmWaitingCandidate *candidate = CM_ELEMENT(candidates, CmWaitingCandidate, i);

		add_candidate(builder, candidate, g_hash_table_lookup(all, &candidate->request),
			      today);
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}

/* "2026-10-05", "09:00" and the options of an hour */
static gboolean
read_hour(WaitingRequest *request,
	  const gchar *date,
	  const gchar *start,
	  const gchar *mode,
	  GError **error)
{
	if (mode != NULL && !cm_mode_from_string(mode, &request->place.mode)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is not a mode: in-person, video-school or video-remote."),
			     mode, NULL);
		return FALSE;
	}
	if (request->booking != 0 || (cm_day_parse(date, &request->place.date) &&
				      cm_minute_parse(start, &request->place.start)))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An hour is a date as 2026-10-05 and a time as 09:00."), NULL);
	return FALSE;
}

static gboolean
handle_rank(CmDBusWaiting *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 professional,
	    const gchar *date,
	    const gchar *start,
	    GVariant *options,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(WaitingRequest) request = waiting_request_new(user_data, invocation);
	const gchar *mode = NULL;
	guint64 booking = 0;
	guint32 minutes = 0;
	const CmOption known[] = {
	    {"mode", "s", &mode}, {"minutes", "u", &minutes}, {"booking", "t", &booking}};

	request->professional = to_number(professional);
	if (cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error)) {
		request->booking = to_number(booking);
		request->place.minutes = (gint)MIN(minutes, (guint32)CM_MINUTES_PER_DAY);
	}
	if (error != NULL || !read_hour(request, date, start, mode, &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	cm_json_document_reply(user_data, invocation, make_ranked, g_steal_pointer(&request),
			       waiting_request_free);
	return TRUE;
}

/* ---- Offer */

static GVariant *
make_offered(CmService *service,
	     CmStore *store,
	     gpointer data,
	     GCancellable *cancellable,
	     GError **error)
{
	WaitingRequest *request = data;
	CmStoreCall call = make_call(request);
	g_auto(Hour) hour = {0};
	g_autoptr(CmStoreWaiting) waiting = NULL;
	g_autoptr(CmVerdict) verdict = NULL;
	CmStoreAttendee attendee = {0};
	CmStoreOrder order = {0};
	CmStoreStamp hold = {0};
	CmStoreStamp stamp = {0};

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_REQUEST, request->number, error))
		return NULL;
	waiting = cm_store_waiting_get(store, request->number, call.now, error);
	if (waiting == NULL || !hour_open(&hour, request, store, cancellable, error) ||
	    !make_order(&hour, request, waiting, &attendee, &order, error))
		return NULL;
	verdict = hour_judge(&hour, &order, error);
	if (verdict == NULL)
		return NULL;
	/* what is not free to be offered is refused by the store, which says why */
	if (!cm_verdict_is_allowed(verdict) && waiting->state == CM_WAITING_WAITING) {
		cm_verdict_set_error(verdict, error);
		return NULL;
	}
	order.place.room =
	    cm_roster_numbers_get(hour.view.roster->numbers, CM_NUMBER_ROOM, verdict->room);
	order.place.companion = cm_roster_numbers_get(hour.view.roster->numbers,
						      CM_NUMBER_COMPANION, verdict->companion);
	if (!cm_store_waiting_offer(store, &call, request->number, request->expected, &order,
				    request->until != 0 ? request->until : call.now + HOLD_SECONDS,
				    &hold, &stamp, error))
		return NULL;
	cm_desk_cache_refresh(service->desk, store, &hold.number, 1);
	announce(service, request->number);
	return g_variant_new("(ttt)", (guint64)hold.number, (guint64)hold.version,
			     (guint64)stamp.version);
}

static gboolean
handle_offer(CmDBusWaiting *object,
	     GDBusMethodInvocation *invocation,
	     guint64 number,
	     guint64 expected,
	     guint64 professional,
	     const gchar *date,
	     const gchar *start,
	     GVariant *options,
	     gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(WaitingRequest) request = waiting_request_new(user_data, invocation);
	const gchar *mode = NULL;
	guint64 until = 0;
	const CmOption known[] = {{"mode", "s", &mode}, {"until", "t", &until}};

	request->number = to_number(number);
	request->expected = to_number(expected);
	request->professional = to_number(professional);
	if (!cm_option_dictionary_read(options, known, G_N_ELEMENTS(known), &error) ||
	    !read_hour(request, date, start, mode, &error)) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request->until = to_number(until);
	cm_reply_from_store(user_data, invocation, make_offered, g_steal_pointer(&request),
			    waiting_request_free);
	return TRUE;
}

/* ---- Withdraw, Serve */

static GVariant *
make_closed(CmService *service,
	    CmStore *store,
	    gpointer data,
	    GCancellable *cancellable,
	    GError **error)
{
	const WaitingRequest *request = data;
	CmStoreCall call = make_call(request);
	CmStoreStamp stamp = {0};

	if (!cm_caller_check(request->caller, store, CM_SUBJECT_REQUEST, request->number, error) ||
	    !cm_store_waiting_close(store, &call, request->number, request->expected,
				    request->event, &stamp, error))
		return NULL;
	/* a hold may be gone with it */
	cm_desk_cache_forget(service->desk);
	announce(service, request->number);
	return g_variant_new("(t)", (guint64)stamp.version);
}

static void
close_request(CmService *service,
	      GDBusMethodInvocation *invocation,
	      guint64 number,
	      guint64 expected,
	      CmWaitingEvent event)
{
	WaitingRequest *request = waiting_request_new(service, invocation);

	request->number = to_number(number);
	request->expected = to_number(expected);
	request->event = event;
	cm_reply_from_store(service, invocation, make_closed, request, waiting_request_free);
}

static gboolean
handle_withdraw(CmDBusWaiting *object,
		GDBusMethodInvocation *invocation,
		guint64 number,
		guint64 expected,
		gpointer user_data)
{
	close_request(user_data, invocation, number, expected, CM_WAITING_EVENT_WITHDRAW);
	return TRUE;
}

static gboolean
handle_serve(CmDBusWaiting *object,
	     GDBusMethodInvocation *invocation,
	     guint64 number,
	     guint64 expected,
	     gpointer user_data)
{
	close_request(user_data, invocation, number, expected, CM_WAITING_EVENT_SERVE);
	return TRUE;
}

gboolean
cm_waiting_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusWaiting) object = cm_dbus_waiting_skeleton_new();

	g_signal_connect(object, "handle-add", G_CALLBACK(handle_add), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	g_signal_connect(object, "handle-rank", G_CALLBACK(handle_rank), service);
	g_signal_connect(object, "handle-offer", G_CALLBACK(handle_offer), service);
	g_signal_connect(object, "handle-withdraw", G_CALLBACK(handle_withdraw), service);
	g_signal_connect(object, "handle-serve", G_CALLBACK(handle_serve), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
