// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/booking-query.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/booking-document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/store/store-booking.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

typedef struct {
	CmCaller *caller;
	gint64 number; /* 0: a list */
	CmStoreBookingFilter filter;
} Query;

static void
query_free(gpointer data)
{
	Query *query = data;

	cm_caller_unref(query->caller);
	g_free(query);
}

static Query *
query_new(GDBusMethodInvocation *invocation)
{
	Query *query = g_new0(Query, 1);

	query->caller = cm_caller_ref(cm_door_get_caller(invocation));
	return query;
}

static gboolean
read_one(Query *query, CmStore *store, GPtrArray *bookings, GError **error)
{
	gint64 now = cm_clock_get_now();
	g_autoptr(CmStoreBooking) booking = cm_store_booking_get(store, query->number, now, NULL);
	gboolean for_caller = booking != NULL && booking->holder == (gint64)query->caller->uid;
	gboolean is_session = booking != NULL && booking->number == booking->session;

	/* what is not there fails with the same words as what is somebody else's */
	if (!for_caller &&
	    !cm_caller_check(query->caller, store,
			     is_session ? CM_SUBJECT_SESSION : CM_SUBJECT_APPOINTMENT,
			     query->number, error))
		return FALSE;
	g_ptr_array_add(bookings, g_steal_pointer(&booking));
	return TRUE;
}

static GVariant *
make_document(CmService *service,
	      CmStore *store,
	      const CmPolicySet *policies,
	      gpointer data,
	      gint *out_fd,
	      GCancellable *cancellable,
	      GError **error)
{
	Query *query = data;
	g_autoptr(GPtrArray) bookings = NULL;

	if (query->number != 0) {
		bookings = g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_booking_free);
		if (!read_one(query, store, bookings, error))
			return NULL;
	} else {
		bookings = cm_store_booking_list(store, &query->filter, cm_clock_get_now(), error);
		if (bookings == NULL)
			return NULL;
	}
	*out_fd = cm_booking_document_write(bookings, NULL, error);
	return *out_fd >= 0 ? g_variant_new("(h)", 0) : NULL;
}

void
cm_booking_query_reply_one(CmService *service, GDBusMethodInvocation *invocation, gint64 number)
{
	Query *query = query_new(invocation);

	/* 0 is nothing's number */
	query->number = number != 0 ? number : -1;
	cm_reply_from_change(service, invocation, make_document, NULL, query, query_free);
}

/* whoever acts for one professional sees theirs */
static gboolean
keep_to_caller(Query *query, guint64 professional)
{
	gint64 bound = cm_caller_get_bound(query->caller);
	gint64 wanted = cm_argument_to_number(professional);

	query->filter.professional = wanted;
	if (bound == 0)
		return TRUE;
	if (wanted != 0 && wanted != bound)
		return FALSE; /* nocheck:error-unset: the caller says */
	query->filter.professional = bound;
	return bound > 0;
}

static gboolean
parse_filter(Query *query, const gchar *from, const gchar *to, GVariant *dictionary, GError **error)
{
	CmStoreBookingFilter *filter = &query->filter;
	guint64 professional = 0;
	guint64 student = 0;
	guint64 followup = 0;
	guint64 series = 0;
	const gchar *state = NULL;
	const CmOption known[] = {{"professional", "t", &professional},
				  {"student", "t", &student},
				  {"followup", "t", &followup},
				  {"series", "t", &series},
				  {"state", "s", &state}};

	if (!cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), error))
		return FALSE;
	if (!cm_day_parse(from, &filter->from) || !cm_day_parse(to, &filter->to)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” and “{1}” must be dates; write them as 2026-09-01."), from,
			     to, NULL);
		return FALSE;
	}
	if (state != NULL && (!cm_booking_state_from_string(state, &filter->state) ||
			      filter->state == CM_BOOKING_NONE)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is no state of a booking."),
			     state, NULL);
		return FALSE;
	}
	filter->student = (gint64)MIN(student, (guint64)G_MAXINT64);
	filter->followup = (gint64)MIN(followup, (guint64)G_MAXINT64);
	filter->series = (gint64)MIN(series, (guint64)G_MAXINT64);
	if (!keep_to_caller(query, professional)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return FALSE;
	}
	return TRUE;
}

void
cm_booking_query_reply_list(CmService *service,
			    GDBusMethodInvocation *invocation,
			    const gchar *from,
			    const gchar *to,
			    GVariant *dictionary)
{
	g_autoptr(GError) error = NULL;
	Query *query = query_new(invocation);

	if (!parse_filter(query, from, to, dictionary, &error)) {
		query_free(query);
		cm_reply_error(invocation, error);
		return;
	}
	cm_reply_from_change(service, invocation, make_document, NULL, query, query_free);
}
