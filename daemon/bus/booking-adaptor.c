// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/booking-adaptor.h"

#include "daemon/bus/argument.h"
#include "daemon/bus/booking-call.h"
#include "daemon/bus/booking-query.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/option-dictionary.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define HOLD_SECONDS 86400
#define NOTE_MAX 4000

/* the options that any of the methods has */
typedef struct {
	guint64 room;
	guint64 companion;
	guint64 site;
	guint64 request;
	guint32 minutes;
	guint32 seconds;
	guint32 holder; /* its bit in `given` says whether there is one */
	const gchar *mode;
	const gchar *act;
	const gchar *key;
	GVariant *also;
	gint32 document;
} Options;

static void
options_clear(Options *options)
{
	g_clear_pointer(&options->also, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

#define NOBODY G_MAXUINT32

static Options
options_new(void)
{
	Options options = {.document = -1, .holder = NOBODY};

	return options;
}

/* ---- what the caller says, into the call */

static gboolean
parse_when(const gchar *date, const gchar *start, CmStorePlace *place, GError **error)
{
	if (!cm_argument_parse_day(date, &place->date, error))
		return FALSE;
	if (!cm_minute_parse(start, &place->start)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is not a time; write it as 13:30."), start, NULL);
		return FALSE;
	}
	return TRUE;
}

/* of what is there already: 0 is nothing's number, and -1 too */
static gint64
to_thing(guint64 number)
{
	return number != 0 ? cm_argument_to_number(number) : -1;
}

static gboolean
take_document(CmBookingCall *call, GUnixFDList *descriptors, gint handle, GError **error)
{
	static const gchar *const names[] = {"title", "note", NULL};
	g_autoptr(GVariant) which = NULL;
	g_autoptr(JsonObject) document = NULL;
	const gchar *title = NULL;
	const gchar *note = NULL;

	if (handle < 0)
		return TRUE;
	which = g_variant_ref_sink(g_variant_new_handle(handle));
	document = cm_json_document_read(descriptors, which, error);
	if (document == NULL || !cm_json_document_check_names(document, names, error) ||
	    !cm_json_document_get_text(document, "title", &title, error) ||
	    !cm_json_document_get_text(document, "note", &note, error))
		return FALSE;
	if (note != NULL && strlen(note) > NOTE_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A note has at most 4000 bytes."),
			     NULL);
		return FALSE;
	}
	call->title = g_strdup(title);
	call->note = g_strdup(note);
	return TRUE;
}

/* what goes with every change */
static gboolean
take_common(CmBookingCall *call,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    const Options *options,
	    GError **error)
{
	g_autofree gchar *body = NULL;

	if (!take_document(call, descriptors, options->document, error))
		return FALSE;
	call->key = g_strdup(options->key);
	if (call->key == NULL)
		return TRUE;
	body = g_variant_print(g_dbus_method_invocation_get_parameters(invocation), FALSE);
	call->asked = g_strdup_printf(
	    "%s %s %s\n%s", g_dbus_method_invocation_get_method_name(invocation), body,
	    call->title != NULL ? call->title : "", call->note != NULL ? call->note : "");
	return TRUE;
}

static void
take_hold(CmBookingCall *call, const Options *options)
{
	call->seconds = options->seconds != 0 ? options->seconds : HOLD_SECONDS;
	if (options->holder != NOBODY)
		call->holder = options->holder;
}

/* the texts and lists of an appointment are the call's */
static void
bind_orders(CmBookingCall *call)
{
	for (guint i = 0; i < call->orders->len; i++) {
		CmStoreOrder *order = &g_array_index(call->orders, CmStoreOrder, i);

		if (order->kind == CM_STORE_BOOKING_SESSION)
			continue;
		order->attendees = (const CmStoreAttendee *)(gconstpointer)call->attendees->data;
		order->attendee_count = call->attendees->len;
		order->act = call->act;
		order->title = call->title;
	}
}

/* start it, or say why not */
static void
run(CmService *service,
    GDBusMethodInvocation *invocation,
    CmBookingCall *call,
    gboolean good,
    const GError *error)
{
	if (!good) {
		cm_booking_call_free(call);
		cm_reply_error(invocation, error);
		return;
	}
	bind_orders(call);
	cm_reply_from_change(service, invocation, cm_booking_call_make, cm_booking_call_announce,
			     call, (GDestroyNotify)cm_booking_call_free);
}

/* ---- sessions */

static gboolean
add_session(CmBookingCall *call,
	    guint64 session,
	    guint64 expected,
	    const gchar *date,
	    const gchar *start,
	    const gchar *mode,
	    const Options *options,
	    GError **error)
{
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION,
			      .session = cm_argument_to_number(session),
			      .expected = cm_argument_to_number(expected),
			      .request = cm_argument_to_number(options->request)};

	order.place.room = cm_argument_to_number(options->room);
	order.place.companion = cm_argument_to_number(options->companion);
	if (!parse_when(date, start, &order.place, error) ||
	    !cm_argument_parse_mode(mode, &order.place.mode, error))
		return FALSE;
	g_array_append_val(call->orders, order);
	return TRUE;
}

static gboolean
handle_book(CmDBusBooking *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 session,
	    guint64 expected,
	    const gchar *date,
	    const gchar *start,
	    const gchar *mode,
	    GVariant *dictionary,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {{"room", "t", &options.room},
				  {"companion", "t", &options.companion},
				  {"document", "h", &options.document},
				  {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_BOOK, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error) &&
			add_session(call, session, expected, date, start, mode, &options, &error);

	run(user_data, invocation, call, good, error);
	return TRUE;
}

static gboolean
handle_hold(CmDBusBooking *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 session,
	    guint64 expected,
	    const gchar *date,
	    const gchar *start,
	    const gchar *mode,
	    GVariant *dictionary,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {
	    {"room", "t", &options.room},         {"companion", "t", &options.companion},
	    {"document", "h", &options.document}, {"key", "s", &options.key},
	    {"seconds", "u", &options.seconds},   {"for", "u", &options.holder},
	    {"request", "t", &options.request}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_HOLD, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error) &&
			add_session(call, session, expected, date, start, mode, &options, &error);

	take_hold(call, &options);
	run(user_data, invocation, call, good, error);
	return TRUE;
}

static gboolean
add_sessions(CmBookingCall *call, GVariant *sessions, const Options *options, GError **error)
{
	GVariantIter iter;
	guint64 session = 0;
	guint64 expected = 0;
	const gchar *date = NULL;
	const gchar *start = NULL;
	const gchar *mode = NULL;

	g_variant_iter_init(&iter, sessions);
	while (
	    g_variant_iter_next(&iter, "(tt&s&s&s)", &session, &expected, &date, &start, &mode)) {
		if (!add_session(call, session, expected, date, start, mode, options, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
handle_book_series(CmDBusBooking *object,
		   GDBusMethodInvocation *invocation,
		   GUnixFDList *descriptors,
		   GVariant *sessions,
		   GVariant *dictionary,
		   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {{"document", "h", &options.document}, {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_SERIES, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error) &&
			add_sessions(call, sessions, &options, &error);

	run(user_data, invocation, call, good, error);
	return TRUE;
}

/* ---- appointments */

static gboolean
add_attendees(CmBookingCall *call, GVariant *attendees, GError **error)
{
	GVariantIter iter;
	const gchar *kind = NULL;
	guint64 number = 0;

	g_variant_iter_init(&iter, attendees);
	while (g_variant_iter_next(&iter, "(&st)", &kind, &number)) {
		CmStoreAttendee attendee = {.kind = CM_RESOURCE_LAST,
					    .number = cm_argument_to_number(number)};

		for (guint i = CM_RESOURCE_PROFESSIONAL; i <= CM_RESOURCE_CONTACT; i++) {
			if (g_str_equal(kind, cm_resource_to_string((CmResource)i)))
				attendee.kind = (CmResource)i;
		}
		if (attendee.kind == CM_RESOURCE_LAST) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("“{0}” is no kind of person: professional, student or "
					"contact."),
				     kind, NULL);
			return FALSE;
		}
		g_array_append_val(call->attendees, attendee);
	}
	return TRUE;
}

/* the same on further dates */
static gboolean
add_dates(CmBookingCall *call, GVariant *dates, GError **error)
{
	GVariantIter iter;
	const gchar *date = NULL;

	if (dates == NULL)
		return TRUE;
	g_variant_iter_init(&iter, dates);
	while (g_variant_iter_next(&iter, "&s", &date)) {
		CmStoreOrder order = g_array_index(call->orders, CmStoreOrder, 0);

		if (!cm_argument_parse_day(date, &order.place.date, error))
			return FALSE;
		g_array_append_val(call->orders, order);
	}
	if (call->orders->len > 1 && call->verb == CM_BOOKING_VERB_HOLD) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Only one time is put on hold at once."), NULL);
		return FALSE;
	}
	return TRUE;
}

static gboolean
add_appointment(CmBookingCall *call,
		const gchar *kind,
		guint64 professional,
		const gchar *date,
		const gchar *start,
		guint minutes,
		const gchar *mode,
		const Options *options,
		GError **error)
{
	CmStoreOrder order = {.professional = cm_argument_to_number(professional),
			      .request = cm_argument_to_number(options->request)};

	if (!cm_store_booking_kind_from_string(kind, &order.kind) ||
	    order.kind == CM_STORE_BOOKING_SESSION) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” is no kind of appointment: group, intervention-plan or "
				"meeting."),
			     kind, NULL);
		return FALSE;
	}
	order.place.minutes = (gint)MIN(minutes, (guint)CM_MINUTES_PER_DAY);
	order.place.site = cm_argument_to_number(options->site);
	order.place.room = cm_argument_to_number(options->room);
	order.place.companion = cm_argument_to_number(options->companion);
	call->act = g_strdup(options->act);
	if (!parse_when(date, start, &order.place, error) ||
	    !cm_argument_parse_mode(mode, &order.place.mode, error))
		return FALSE;
	g_array_append_val(call->orders, order);
	return add_dates(call, options->also, error);
}

static gboolean
handle_book_appointment(CmDBusBooking *object,
			GDBusMethodInvocation *invocation,
			GUnixFDList *descriptors,
			const gchar *kind,
			guint64 professional,
			const gchar *date,
			const gchar *start,
			guint minutes,
			const gchar *mode,
			GVariant *attendees,
			GVariant *dictionary,
			gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {
	    {"site", "t", &options.site},           {"room", "t", &options.room},
	    {"companion", "t", &options.companion}, {"act", "s", &options.act},
	    {"request", "t", &options.request},     {"also", "as", &options.also},
	    {"seconds", "u", &options.seconds},     {"for", "u", &options.holder},
	    {"document", "h", &options.document},   {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_BOOK, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error);

	if (options.seconds != 0 || options.holder != NOBODY) {
		call->verb = CM_BOOKING_VERB_HOLD;
		take_hold(call, &options);
	}
	good =
	    good && add_attendees(call, attendees, &error) &&
	    add_appointment(call, kind, professional, date, start, minutes, mode, &options, &error);
	run(user_data, invocation, call, good, error);
	return TRUE;
}

/* ---- what is booked already */

static gboolean
handle_confirm(CmDBusBooking *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       guint64 hold,
	       guint64 expected,
	       GVariant *dictionary,
	       gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {{"document", "h", &options.document}, {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_CONFIRM, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error);

	call->number = to_thing(hold);
	call->expected = cm_argument_to_number(expected);
	run(user_data, invocation, call, good, error);
	return TRUE;
}

/* what a move is to change, beside when */
static gboolean
take_move(CmBookingCall *call,
	  GVariant *dictionary,
	  const Options *options,
	  const gchar *date,
	  const gchar *start,
	  GError **error)
{
	static const struct {
		const gchar *name;
		CmBookingAsked flag;
	} flags[] = {{"mode", CM_BOOKING_ASKED_MODE},
		     {"room", CM_BOOKING_ASKED_ROOM},
		     {"companion", CM_BOOKING_ASKED_COMPANION},
		     {"minutes", CM_BOOKING_ASKED_MINUTES},
		     {"site", CM_BOOKING_ASKED_SITE}};
	CmStoreOrder order = {0};

	for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
		g_autoptr(GVariant) value = g_variant_lookup_value(dictionary, flags[i].name, NULL);

		if (value != NULL)
			call->moved |= flags[i].flag;
	}
	order.place.room = cm_argument_to_number(options->room);
	order.place.companion = cm_argument_to_number(options->companion);
	order.place.site = cm_argument_to_number(options->site);
	order.place.minutes = (gint)MIN(options->minutes, (guint)CM_MINUTES_PER_DAY);
	if (!parse_when(date, start, &order.place, error) ||
	    (options->mode != NULL &&
	     !cm_argument_parse_mode(options->mode, &order.place.mode, error)))
		return FALSE;
	g_array_append_val(call->orders, order);
	return TRUE;
}

static gboolean
handle_move(CmDBusBooking *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    guint64 number,
	    guint64 expected,
	    const gchar *date,
	    const gchar *start,
	    GVariant *dictionary,
	    gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {{"mode", "s", &options.mode},
				  {"room", "t", &options.room},
				  {"companion", "t", &options.companion},
				  {"minutes", "u", &options.minutes},
				  {"site", "t", &options.site},
				  {"document", "h", &options.document},
				  {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_MOVE, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error) &&
			take_move(call, dictionary, &options, date, start, &error);

	call->number = to_thing(number);
	call->expected = cm_argument_to_number(expected);
	run(user_data, invocation, call, good, error);
	return TRUE;
}

static gboolean
handle_cancel(CmDBusBooking *object,
	      GDBusMethodInvocation *invocation,
	      GUnixFDList *descriptors,
	      guint64 number,
	      guint64 expected,
	      GVariant *dictionary,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {{"document", "h", &options.document}, {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_CANCEL, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take_common(call, invocation, descriptors, &options, &error);

	call->number = to_thing(number);
	call->expected = cm_argument_to_number(expected);
	run(user_data, invocation, call, good, error);
	return TRUE;
}

static gboolean
parse_outcome(const gchar *outcome, CmBookingEvent *out_event, GError **error)
{
	if (cm_booking_state_outcome_from_string(outcome, out_event))
		return TRUE;
	cm_error_set(
	    error, CM_ERROR_INVALID_INPUT,
	    N_("“{0}” is no outcome: held, late-cancelled, no-show, refused, or planned to "
	       "take one back."),
	    outcome, NULL);
	return FALSE;
}

static gboolean
handle_set_outcome(CmDBusBooking *object,
		   GDBusMethodInvocation *invocation,
		   GUnixFDList *descriptors,
		   guint64 number,
		   guint64 expected,
		   const gchar *outcome,
		   GVariant *dictionary,
		   gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = options_new();
	const CmOption known[] = {{"document", "h", &options.document}, {"key", "s", &options.key}};
	CmBookingCall *call = cm_booking_call_new(CM_BOOKING_VERB_OUTCOME, invocation);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			parse_outcome(outcome, &call->outcome, &error) &&
			take_common(call, invocation, descriptors, &options, &error);

	call->number = to_thing(number);
	call->expected = cm_argument_to_number(expected);
	run(user_data, invocation, call, good, error);
	return TRUE;
}

static gboolean
handle_get(CmDBusBooking *object,
	   GDBusMethodInvocation *invocation,
	   GUnixFDList *descriptors,
	   guint64 number,
	   gpointer user_data)
{
	cm_booking_query_reply_one(user_data, invocation, cm_argument_to_number(number));
	return TRUE;
}

static gboolean
handle_list(CmDBusBooking *object,
	    GDBusMethodInvocation *invocation,
	    GUnixFDList *descriptors,
	    const gchar *from,
	    const gchar *to,
	    GVariant *dictionary,
	    gpointer user_data)
{
	cm_booking_query_reply_list(user_data, invocation, from, to, dictionary);
	return TRUE;
}

gboolean
cm_booking_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusBooking) object = cm_dbus_booking_skeleton_new();

	g_signal_connect(object, "handle-book", G_CALLBACK(handle_book), service);
	g_signal_connect(object, "handle-hold", G_CALLBACK(handle_hold), service);
	g_signal_connect(object, "handle-confirm", G_CALLBACK(handle_confirm), service);
	g_signal_connect(object, "handle-book-appointment", G_CALLBACK(handle_book_appointment),
			 service);
	g_signal_connect(object, "handle-book-series", G_CALLBACK(handle_book_series), service);
	g_signal_connect(object, "handle-move", G_CALLBACK(handle_move), service);
	g_signal_connect(object, "handle-cancel", G_CALLBACK(handle_cancel), service);
	g_signal_connect(object, "handle-set-outcome", G_CALLBACK(handle_set_outcome), service);
	g_signal_connect(object, "handle-get", G_CALLBACK(handle_get), service);
	g_signal_connect(object, "handle-list", G_CALLBACK(handle_list), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
