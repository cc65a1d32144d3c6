// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/booking-state.h"

#include "daemon/booking/followup-state.h"
#include "daemon/booking/time-request-state.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <string.h>

/* ---- every pair of a state and an event is in the table once, or refused */

static void
test_booking_edges(void)
{
	gsize count = 0;
	const CmBookingEdge *edges = cm_booking_state_get_edges(&count);
	guint allowed = 0;

	for (guint from = 0; from < CM_BOOKING_STATE_LAST; from++) {
		for (guint event = 0; event < CM_BOOKING_EVENT_LAST; event++) {
			CmBookingState to = CM_BOOKING_STATE_LAST;
			g_autoptr(GError) error = NULL;
			const CmBookingEdge *edge = NULL;
			gboolean good = cm_booking_state_apply((CmBookingState)from,
							       (CmBookingEvent)event, &to, &error);

			for (gsize i = 0; i < count; i++) {
				if (edges[i].from != from || edges[i].event != event)
					continue;
				g_assert_null(edge);
				edge = &edges[i];
			}
			g_assert_true(good == (edge != NULL));
			if (good) {
				g_assert_cmpint(to, ==, edge->to);
				allowed++;
				continue;
			}
			g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
			/* untouched on failure, and the state is named */
			g_assert_cmpint(to, ==, CM_BOOKING_STATE_LAST);
		}
	}
	g_assert_cmpuint(allowed, ==, count);
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

	for (guint i = 0; i < CM_BOOKING_STATE_LAST; i++) {
		g_autofree gchar *word = cm_booking_state_dup_word((CmBookingState)i);

		g_assert_true(cm_booking_state_from_string(
		    cm_booking_state_to_string((CmBookingState)i), &state));
		g_assert_cmpuint(state, ==, i);
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
	gsize count = 0;
	const CmFollowupEdge *edges = cm_followup_state_get_edges(&count);
	guint allowed = 0;

	for (guint from = 0; from < CM_FOLLOWUP_STATE_LAST; from++) {
		for (guint event = 0; event < CM_FOLLOWUP_EVENT_LAST; event++) {
			CmFollowupState to = CM_FOLLOWUP_STATE_LAST;
			g_autoptr(GError) error = NULL;
			guint found = 0;

			for (gsize i = 0; i < count; i++) {
				if (edges[i].from == from && edges[i].event == event)
					found++;
			}
			g_assert_cmpuint(found, <=, 1);
			if (cm_followup_state_apply((CmFollowupState)from, (CmFollowupEvent)event,
						    &to, &error)) {
				g_assert_cmpuint(found, ==, 1);
				allowed++;
				continue;
			}
			g_assert_cmpuint(found, ==, 0);
			g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
			g_assert_cmpint(to, ==, CM_FOLLOWUP_STATE_LAST);
		}
	}
	g_assert_cmpuint(allowed, ==, count);
}

static void
test_followup_strings(void)
{
	CmFollowupState state = CM_FOLLOWUP_STATE_LAST;
	CmFollowupEvent event = CM_FOLLOWUP_EVENT_LAST;

	for (guint i = 0; i < CM_FOLLOWUP_STATE_LAST; i++) {
		g_assert_true(cm_followup_state_from_string(
		    cm_followup_state_to_string((CmFollowupState)i), &state));
		g_assert_cmpuint(state, ==, i);
	}
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
	guint allowed = 0;

	for (guint from = 0; from < CM_TIME_REQUEST_STATE_LAST; from++) {
		CmTimeRequestState state = CM_TIME_REQUEST_STATE_LAST;

		g_assert_true(cm_time_request_state_from_string(
		    cm_time_request_state_to_string((CmTimeRequestState)from), &state));
		g_assert_cmpuint(state, ==, from);
		for (guint event = 0; event < CM_TIME_REQUEST_EVENT_LAST; event++) {
			CmTimeRequestState to = CM_TIME_REQUEST_STATE_LAST;
			g_autoptr(GError) error = NULL;
			guint found = 0;

			for (gsize i = 0; i < count; i++)
				found += edges[i].from == from && edges[i].event == event;
			g_assert_cmpuint(found, <=, 1);
			if (cm_time_request_state_apply((CmTimeRequestState)from,
							(CmTimeRequestEvent)event, &to, &error)) {
				g_assert_cmpuint(found, ==, 1);
				/* whatever is decided is decided once */
				g_assert_cmpint(from, ==, CM_TIME_REQUEST_WAITING);
				g_assert_cmpint(to, !=, CM_TIME_REQUEST_WAITING);
				allowed++;
				continue;
			}
			g_assert_cmpuint(found, ==, 0);
			g_assert_true(cm_error_is(error, CM_ERROR_CONFLICT));
			g_assert_cmpint(to, ==, CM_TIME_REQUEST_STATE_LAST);
		}
	}
	g_assert_cmpuint(allowed, ==, count);
	g_assert_false(cm_time_request_state_from_string("asked", &(CmTimeRequestState){0}));
}

/* ---- docs/states.md: a row a state, a column an event */

static void
draw_head(GString *text, const gchar *const *columns, guint count)
{
	g_string_append(text, "| from |");
	for (guint i = 0; i < count; i++)
		g_string_append_printf(text, " `%s` |", columns[i]);
	g_string_append(text, "\n| --- |");
	for (guint i = 0; i < count; i++)
		g_string_append(text, " --- |");
	g_string_append_c(text, '\n');
}

static gchar *
draw_booking(void)
{
	GString *text = g_string_new(NULL);
	const gchar *columns[CM_BOOKING_EVENT_LAST];

	for (guint i = 0; i < CM_BOOKING_EVENT_LAST; i++)
		columns[i] = cm_booking_state_event_to_string((CmBookingEvent)i);
	draw_head(text, columns, CM_BOOKING_EVENT_LAST);
	for (guint from = 0; from < CM_BOOKING_STATE_LAST; from++) {
		g_string_append_printf(text, "| `%s` |",
				       cm_booking_state_to_string((CmBookingState)from));
		for (guint event = 0; event < CM_BOOKING_EVENT_LAST; event++) {
			CmBookingState to = CM_BOOKING_NONE;

			if (cm_booking_state_apply((CmBookingState)from, (CmBookingEvent)event, &to,
						   NULL))
				g_string_append_printf(text, " %s |",
						       cm_booking_state_to_string(to));
			else
				g_string_append(text, " |");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static gchar *
draw_followup(void)
{
	GString *text = g_string_new(NULL);
	const gchar *columns[CM_FOLLOWUP_EVENT_LAST];

	for (guint i = 0; i < CM_FOLLOWUP_EVENT_LAST; i++)
		columns[i] = cm_followup_state_event_to_string((CmFollowupEvent)i);
	draw_head(text, columns, CM_FOLLOWUP_EVENT_LAST);
	for (guint from = 0; from < CM_FOLLOWUP_STATE_LAST; from++) {
		g_string_append_printf(text, "| `%s` |",
				       cm_followup_state_to_string((CmFollowupState)from));
		for (guint event = 0; event < CM_FOLLOWUP_EVENT_LAST; event++) {
			CmFollowupState to = CM_FOLLOWUP_WAITING;

			if (cm_followup_state_apply((CmFollowupState)from, (CmFollowupEvent)event,
						    &to, NULL))
				g_string_append_printf(text, " %s |",
						       cm_followup_state_to_string(to));
			else
				g_string_append(text, " |");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static gchar *
draw_time_request(void)
{
	GString *text = g_string_new(NULL);
	const gchar *columns[CM_TIME_REQUEST_EVENT_LAST];

	for (guint i = 0; i < CM_TIME_REQUEST_EVENT_LAST; i++)
		columns[i] = cm_time_request_state_event_to_string((CmTimeRequestEvent)i);
	draw_head(text, columns, CM_TIME_REQUEST_EVENT_LAST);
	for (guint from = 0; from < CM_TIME_REQUEST_STATE_LAST; from++) {
		g_string_append_printf(text, "| `%s` |",
				       cm_time_request_state_to_string((CmTimeRequestState)from));
		for (guint event = 0; event < CM_TIME_REQUEST_EVENT_LAST; event++) {
			CmTimeRequestState to = CM_TIME_REQUEST_WAITING;

			if (cm_time_request_state_apply((CmTimeRequestState)from,
							(CmTimeRequestEvent)event, &to, NULL))
				g_string_append_printf(text, " %s |",
						       cm_time_request_state_to_string(to));
			else
				g_string_append(text, " |");
		}
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static void
assert_drawn(const gchar *document, const gchar *name, const gchar *expected)
{
	g_autofree gchar *mark = g_strdup_printf("<!-- states: %s -->\n", name);
	const gchar *begin = strstr(document, mark);
	const gchar *end = NULL;
	g_autofree gchar *found = NULL;

	g_assert_nonnull(begin);
	begin += strlen(mark);
	end = strstr(begin, "<!-- end -->");
	g_assert_nonnull(end);
	found = g_strndup(begin, (gsize)(end - begin));
	/* what to paste there */
	if (!g_str_equal(found, expected))
		g_test_message("docs/states.md, %s:\n%s", name, expected);
	g_assert_cmpstr(found, ==, expected);
}

static void
test_document(void)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "docs", "states.md", NULL);
	g_autofree gchar *document = NULL;
	g_autofree gchar *booking = draw_booking();
	g_autofree gchar *followup = draw_followup();
	g_autofree gchar *time_request = draw_time_request();
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_get_contents(path, &document, NULL, &error));
	g_assert_no_error(error);
	assert_drawn(document, "booking", booking);
	assert_drawn(document, "followup", followup);
	assert_drawn(document, "time-request", time_request);
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
