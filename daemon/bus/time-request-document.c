// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/time-request-document.h"

#include "daemon/agenda/document.h"
#include "daemon/booking/desk-data.h"
#include "daemon/bus/booking-document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/desk-document.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-time-request.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define DAYS_AFTER_PROPOSED 7

typedef struct {
	const CmTimeRequestQuery *query;
	CmDeskView view;
	gint64 now;
	CmDay today;
	JsonBuilder *builder;
} Writing;

static const gchar *
get_kind(CmResource kind)
{
	return kind == CM_NOTICE_TO_ACCOUNT ? "account" : cm_resource_to_string(kind);
}

static void
add_asked(JsonBuilder *builder, const CmStoreTimeRequest *request, gint minutes)
{
	cm_document_add_int(builder, "number", request->number);
	cm_document_add_int(builder, "version", request->version);
	cm_document_add_string(builder, "state", cm_time_request_state_to_string(request->state));
	cm_document_add_int(builder, "subject", request->subject);
	cm_document_begin_object(builder, "asker");
	cm_document_add_string(builder, "kind", get_kind(request->asker_kind));
	cm_document_add_int(builder, "number", request->asker);
	json_builder_end_object(builder);
	cm_document_add_string(builder, "source",
			       cm_store_time_request_source_to_string(request->source));
	cm_document_add_int(builder, "asked_at", request->asked_at);
	if (request->date != CM_DAY_NONE) {
		cm_document_add_date(builder, "date", request->date);
		cm_document_add_minute(builder, "start", request->start);
		cm_document_add_minute(builder, "end", request->start + minutes);
	}
	cm_document_add_string(builder, "remark", request->remark);
	cm_document_add_string(builder, "answer", request->answer);
}

/* what is judged and offered is what Accept and Move take: any room that is free */
static void
add_proposed(const Writing *writing, const CmStoreTimeRequest *request, const CmDeskEntry *entry)
{
	CmDeskEntry asked = *entry;

	if (request->date == CM_DAY_NONE)
		return;
	asked.date = request->date;
	asked.start = request->start;
	asked.room = CM_NONE;
	asked.companion = CM_NONE;
	cm_document_begin_object(writing->builder, "proposed");
	cm_desk_document_add_verdict(writing->builder, &writing->view, &asked, writing->now);
	json_builder_end_object(writing->builder);
}

static void
add_desk(const Writing *writing, const CmStoreTimeRequest *request, const CmStoreBooking *booking)
{
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;
	CmDeskSearch search = {.from = writing->today,
			       .to = writing->today + (CmDay)writing->query->days,
			       .modes = CM_MODE_FLAG(booking->place.mode),
			       .count = writing->query->count};

	if (!cm_desk_cache_get_entry(writing->view.roster, booking, attendees, &entry))
		return;
	if (request->date != CM_DAY_NONE)
		search.to = MAX(search.to, request->date + DAYS_AFTER_PROPOSED);
	add_proposed(writing, request, &entry);
	cm_desk_document_add_slots(writing->builder, &writing->view, &entry, &search, writing->now);
}

static gboolean
add_request(const Writing *writing,
	    CmStore *store,
	    const CmStoreTimeRequest *request,
	    GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(store, request->subject, writing->now, &local);

	/* of a decided one it may be gone since */
	if (booking == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	json_builder_begin_object(writing->builder);
	add_asked(writing->builder, request, booking != NULL ? booking->place.minutes : 0);
	if (booking != NULL) {
		json_builder_set_member_name(writing->builder, "booking");
		cm_booking_document_add_booking(writing->builder, booking);
	}
	if (booking != NULL && request->state == CM_TIME_REQUEST_WAITING)
		add_desk(writing, request, booking);
	json_builder_end_object(writing->builder);
	return TRUE;
}

static GPtrArray *
list(const CmTimeRequestQuery *query, CmStore *store, gint64 now, GError **error)
{
	CmStoreTimeRequestFilter filter = {.number = query->number,
					   .subject = query->subject,
					   .professional = cm_caller_get_bound(query->caller),
					   .open = !query->all};

	return cm_store_time_request_list(store, &filter, now, error);
}

GVariant *
cm_time_request_document_make(CmService *service,
			      CmStore *store,
			      const CmPolicySet *policies,
			      gpointer data,
			      gint *out_fd,
			      GCancellable *cancellable,
			      GError **error)
{
	const CmTimeRequestQuery *query = data;
	g_autoptr(JsonBuilder) builder = json_builder_new();
	Writing writing = {.query = query, .now = cm_clock_get_now(), .builder = builder};
	g_autoptr(GPtrArray) requests = list(query, store, writing.now, error);
	guint count;

	if (requests == NULL || !cm_desk_cache_get(service->desk, store, (CmPolicySet *)policies,
						   writing.now, cancellable, &writing.view, error))
		return NULL;
	writing.today = cm_desk_get_day(writing.view.desk, writing.now);
	count = MIN(requests->len, CM_TIME_REQUEST_DOCUMENT_MAX);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-time-requests/1");
	cm_document_add_string(builder, "zone", writing.view.roster->caseload->timezone);
	cm_document_begin_array(builder, "requests");
	for (guint i = 0; i < count; i++)
		if (!add_request(&writing, store, g_ptr_array_index(requests, i), error))
			return NULL;
	json_builder_end_array(builder);
	cm_document_add_int(builder, "left_out", requests->len - count);
	json_builder_end_object(builder);
	*out_fd = cm_desk_document_write(builder, error);
	return *out_fd >= 0 ? g_variant_new("(h)", 0) : NULL;
}
