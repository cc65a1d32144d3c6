// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/booking-state.h"

#include "daemon/booking/followup-state.h"
#include "daemon/booking/time-request-state.h"
#include "tests/unit/state-table.h"

STATE_TABLE(booking, booking_state, CmBooking, CM_BOOKING_STATE_LAST, CM_BOOKING_EVENT_LAST);
STATE_TABLE(followup, followup_state, CmFollowup, CM_FOLLOWUP_STATE_LAST, CM_FOLLOWUP_EVENT_LAST);
STATE_TABLE(time_request,
	    time_request_state,
	    CmTimeRequest,
	    CM_TIME_REQUEST_STATE_LAST,
	    CM_TIME_REQUEST_EVENT_LAST);

static void
test_booking_edges(void)
{
	state_table_assert_edges(&booking_table);
}

/* what the rest of the program relies on, whatever the table becomes */
static void
test_booking_promises(void)
{
	gsize count = 0;
	const CmBookingEdge *edges = cm_booking_state_get_edges(&count);

	for (gsize i = 0; i < count; i++) {
		const CmBookingEdge *edge = &edges[i];

		/* what took place is not booked again, moved or cancelled */
		if (edge->from == CM_BOOKING_HELD)
			g_assert_true(edge->event == CM_BOOKING_EVENT_REOPEN ||
				      cm_booking_state_has_outcome(edge->to));
		g_assert_cmpint(edge->to, !=, CM_BOOKING_NONE);
		/* what is cancelled has one way only */
		if (edge->from == CM_BOOKING_CANCELLED)
			g_assert_cmpint(edge->event, ==, CM_BOOKING_EVENT_REBOOK);
		/* a hold never becomes an outcome by itself */
		if (edge->from == CM_BOOKING_HOLD)
			g_assert_false(cm_booking_state_has_outcome(edge->to));
	}
	g_assert_false(cm_booking_state_takes_time(CM_BOOKING_CANCELLED));
	g_assert_false(cm_booking_state_takes_time(CM_BOOKING_LATE_CANCELLED));
	g_assert_true(cm_booking_state_takes_time(CM_BOOKING_HOLD));
	g_assert_true(cm_booking_state_takes_time(CM_BOOKING_NO_SHOW));
}

static void
test_booking_strings(void)
{
	CmBookingState state = CM_BOOKING_STATE_LAST;
	CmBookingEvent event = CM_BOOKING_EVENT_LAST;

	state_table_assert_strings(&booking_table);
	for (guint i = 0; i < CM_BOOKING_STATE_LAST; i++) {
		g_autofree gchar *word = cm_booking_state_dup_word((CmBookingState)i);

		g_assert_nonnull(word);
	}
	g_assert_false(cm_booking_state_from_string("missed", &state));
	g_assert_false(cm_booking_state_from_string(NULL, &state));
	g_assert_true(cm_booking_state_outcome_from_string("no-show", &event));
	g_assert_cmpint(event, ==, CM_BOOKING_EVENT_NO_SHOW);
	g_assert_true(cm_booking_state_outcome_from_string("planned", &event));
	g_assert_cmpint(event, ==, CM_BOOKING_EVENT_REOPEN);
	g_assert_false(cm_booking_state_outcome_from_string("cancelled", &event));
	g_assert_false(cm_booking_state_outcome_from_string("hold", &event));
}

static void
test_followup_edges(void)
{
	state_table_assert_edges(&followup_table);
}

static void
test_followup_strings(void)
{
	CmFollowupState state = CM_FOLLOWUP_STATE_LAST;
	CmFollowupEvent event = CM_FOLLOWUP_EVENT_LAST;

	state_table_assert_strings(&followup_table);
	for (guint i = 0; i < CM_FOLLOWUP_EVENT_LAST; i++) {
		g_assert_true(cm_followup_state_event_from_string(
		    cm_followup_state_event_to_string((CmFollowupEvent)i), &event));
		g_assert_cmpuint(event, ==, i);
	}
	g_assert_false(cm_followup_state_from_string("held", &state));
	g_assert_false(cm_followup_state_event_from_string("", &event));
}

static void
test_time_request_edges(void)
{
	gsize count = 0;
	const CmTimeRequestEdge *edges = cm_time_request_state_get_edges(&count);

	state_table_assert_edges(&time_request_table);
	state_table_assert_strings(&time_request_table);
	for (gsize i = 0; i < count; i++) {
		/* whatever is decided is decided once */
		g_assert_cmpint(edges[i].from, ==, CM_TIME_REQUEST_WAITING);
		g_assert_cmpint(edges[i].to, !=, CM_TIME_REQUEST_WAITING);
	}
	g_assert_false(cm_time_request_state_from_string("asked", &(CmTimeRequestState){0}));
}

static void
test_document(void)
{
	state_table_assert_drawn(&booking_table, "booking");
	state_table_assert_drawn(&followup_table, "followup");
	state_table_assert_drawn(&time_request_table, "time-request");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/booking-state/edges", test_booking_edges);
	g_test_add_func("/booking-state/promises", test_booking_promises);
	g_test_add_func("/booking-state/strings", test_booking_strings);
	g_test_add_func("/time-request-state/edges", test_time_request_edges);
	g_test_add_func("/followup-state/edges", test_followup_edges);
	g_test_add_func("/followup-state/strings", test_followup_strings);
	g_test_add_func("/booking-state/document", test_document);
	return g_test_run();
}
