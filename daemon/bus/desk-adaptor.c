// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/desk-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/argument.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/desk-document.h"
#include "daemon/bus/option-dictionary.h"
#include "daemon/bus/reply.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

#define COUNT_DEFAULT 10
#define MINUTES_DEFAULT 60

typedef struct {
	CmCaller *caller;
	gboolean judges; /* a verdict on one place; otherwise slots */
	gint64 booking;  /* what stands and would be moved, or 0: `order` */
	CmStoreOrder order;
	GArray *attendees; /* CmStoreAttendee */
	gchar *act;
	CmDeskSearch search;
} Question;

typedef struct {
	guint64 room;
	guint64 companion;
	guint64 site;
	guint32 minutes;
	guint32 count;
	gboolean all;
	const gchar *act;
	GVariant *modes;
	GVariant *attendees;
} Options;

static void
options_clear(Options *options)
{
	g_clear_pointer(&options->modes, g_variant_unref);
	g_clear_pointer(&options->attendees, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void
question_free(gpointer data)
{
	Question *question = data;

	cm_caller_unref(question->caller);
	g_array_unref(question->attendees);
	g_free(question->act);
	g_free(question);
}

static gboolean
take_modes(Question *question, GVariant *modes, GError **error)
{
	GVariantIter iter;
	const gchar *text = NULL;
	CmMode mode = CM_MODE_IN_PERSON;

	question->search.modes = modes == NULL ? CM_MODES_ALL : 0;
	if (modes == NULL)
		return TRUE;
	g_variant_iter_init(&iter, modes);
	while (g_variant_iter_next(&iter, "&s", &text)) {
		if (!cm_argument_parse_mode(text, &mode, error))
			return FALSE;
		question->search.modes |= CM_MODE_FLAG(mode);
	}
	return TRUE;
}

static gboolean
take_attendees(Question *question, GVariant *attendees, GError **error)
{
	GVariantIter iter;
	const gchar *kind = NULL;
	guint64 number = 0;

	if (attendees == NULL)
		return TRUE;
	g_variant_iter_init(&iter, attendees);
	while (g_variant_iter_next(&iter, "(&st)", &kind, &number)) {
		CmStoreAttendee attendee = {.kind = CM_RESOURCE_LAST,
					    .number = cm_argument_to_number(number)};

		for (guint i = CM_RESOURCE_PROFESSIONAL; i <= CM_RESOURCE_CONTACT; i++)
			if (g_str_equal(kind, cm_resource_to_string((CmResource)i)))
				attendee.kind = (CmResource)i;
		if (attendee.kind == CM_RESOURCE_LAST ||
		    question->attendees->len >= CM_DESK_ATTENDEES_MAX) {
			cm_error_set(
			    error, CM_ERROR_INVALID_INPUT,
			    N_("Up to {0} people attend: professional, student or contact, "
			       "and the number."),
			    G_STRINGIFY(CM_DESK_ATTENDEES_MAX), NULL);
			return FALSE;
		}
		g_array_append_val(question->attendees, attendee);
	}
	return TRUE;
}

/* What is to be placed, of both methods. */
static gboolean
take(Question *question, const gchar *kind, guint64 subject, const Options *options, GError **error)
{
	CmStoreOrder *order = &question->order;
	gboolean booked = g_str_equal(kind, "booking");

	if (!booked && !cm_store_booking_kind_from_string(kind, &order->kind)) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("“{0}” can't be booked: session, group, intervention-plan or "
				"meeting."),
			     kind, NULL);
		return FALSE;
	}
	/* number 0 is nothing's */
	if (booked)
		question->booking = subject != 0 ? cm_argument_to_number(subject) : -1;
	else if (order->kind == CM_STORE_BOOKING_SESSION)
		order->session = cm_argument_to_number(subject);
	else
		order->professional = cm_argument_to_number(subject);
	order->place.minutes = (gint)CLAMP(options->minutes, 1u, (guint32)CM_MINUTES_PER_DAY - 1);
	order->place.site = cm_argument_to_number(options->site);
	order->place.room = cm_argument_to_number(options->room);
	order->place.companion = cm_argument_to_number(options->companion);
	question->act = g_strdup(options->act);
	order->act = question->act;
	question->search.count = MIN(options->count, CM_SLOTS_MAX);
	question->search.all = options->all;
	if (!take_modes(question, options->modes, error) ||
	    !take_attendees(question, options->attendees, error))
		return FALSE;
	order->attendees = (const CmStoreAttendee *)(gconstpointer)question->attendees->data;
	order->attendee_count = question->attendees->len;
	return TRUE;
}

/* ---- on the worker's thread */

static void
add_slots(JsonBuilder *builder,
	  const Question *question,
	  const CmDeskView *view,
	  const CmDeskEntry *entry,
	  gint64 now)
{
	gint minutes = entry->minutes;

	if (minutes == 0 && entry->kind == CM_DESK_SESSION)
		minutes = CM_ELEMENT(view->roster->caseload->sessions, CmSession, entry->session)
			      ->minutes;
	cm_document_add_string(builder, "format", "comodal-slots/1");
	cm_document_add_int(builder, "minutes", minutes);
	cm_desk_document_add_slots(builder, view, entry, &question->search, now);
}

static void
add_verdict(JsonBuilder *builder, const CmDeskView *view, const CmDeskEntry *entry, gint64 now)
{
	cm_document_add_string(builder, "format", "comodal-verdict/1");
	cm_desk_document_add_verdict(builder, view, entry, now);
}

/* what is not there and what is somebody else's fail with the same words */
static gboolean
check_caller(const Question *question, CmStore *store, GError **error)
{
	if (question->booking != 0)
		return cm_caller_check(question->caller, store, CM_SUBJECT_SESSION,
				       question->booking, NULL) ||
		       cm_caller_check(question->caller, store, CM_SUBJECT_HELD_APPOINTMENT,
				       question->booking, error);
	if (question->order.kind == CM_STORE_BOOKING_SESSION)
		return cm_caller_check(question->caller, store, CM_SUBJECT_SESSION,
				       question->order.session, error);
	if (cm_caller_acts_for(question->caller, question->order.professional))
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND, N_("There is nothing of yours by this number."),
		     NULL);
	return FALSE;
}

/* what stands, and where it would go */
static gboolean
find_booked(const Question *question,
	    CmStore *store,
	    const CmDeskView *view,
	    gint64 now,
	    GArray *attendees,
	    CmDeskEntry *out_entry,
	    gchar **out_act,
	    GError **error)
{
	const CmStorePlace *place = &question->order.place;
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(store, question->booking, now, error);
	CmBookingState to = CM_BOOKING_NONE;

	if (booking == NULL ||
	    !cm_booking_state_apply(booking->state, CM_BOOKING_EVENT_MOVE, &to, error))
		return FALSE;
	if (question->judges) {
		booking->place.date = place->date;
		booking->place.start = place->start;
		booking->place.mode = place->mode;
		booking->place.room = place->room;
		booking->place.companion = place->companion;
	}
	if (!cm_desk_cache_get_entry(view->roster, booking, attendees, out_entry)) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Something that was asked for is not in the roster."), NULL);
		return FALSE;
	}
	*out_act = g_steal_pointer(&booking->act);
	return TRUE;
}

static gboolean
find_entry(const Question *question,
	   const CmDeskView *view,
	   GArray *attendees,
	   CmDeskEntry *out_entry,
	   GError **error)
{
	if (cm_desk_cache_get_order(view->roster, &question->order, attendees, out_entry))
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Something that was asked for is not in the roster."), NULL);
	return FALSE;
}

static GVariant *
make_answer(CmService *service,
	    CmStore *store,
	    const CmPolicySet *policies,
	    gpointer data,
	    gint *out_fd,
	    GCancellable *cancellable,
	    GError **error)
{
	const Question *question = data;
	gint64 now = cm_clock_get_now();
	g_autoptr(GArray) attendees = g_array_new(FALSE, FALSE, sizeof(CmAttendee));
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autofree gchar *act = NULL;
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;
	CmDeskView view;

	if (!check_caller(question, store, error) ||
	    !cm_desk_cache_get(service->desk, store, (CmPolicySet *)policies, now, cancellable,
			       &view, error))
		return NULL;
	if (question->booking != 0
		? !find_booked(question, store, &view, now, attendees, &entry, &act, error)
		: !find_entry(question, &view, attendees, &entry, error))
		return NULL;
	json_builder_begin_object(builder);
	if (question->judges)
		add_verdict(builder, &view, &entry, now);
	else
		add_slots(builder, question, &view, &entry, now);
	json_builder_end_object(builder);
	*out_fd = cm_desk_document_write(builder, error);
	return *out_fd >= 0 ? g_variant_new("(h)", 0) : NULL;
}

/* ---- the methods */

static Question *
question_new(GDBusMethodInvocation *invocation, gboolean judges)
{
	Question *question = g_new0(Question, 1);

	question->caller = cm_caller_ref(cm_door_get_caller(invocation));
	question->judges = judges;
	question->attendees = g_array_new(FALSE, FALSE, sizeof(CmStoreAttendee));
	return question;
}

static gboolean
answer(CmService *service,
       GDBusMethodInvocation *invocation,
       Question *question,
       gboolean good,
       const GError *error)
{
	if (good) {
		cm_reply_from_change(service, invocation, make_answer, NULL, question,
				     question_free);
	} else {
		question_free(question);
		cm_reply_error(invocation, error);
	}
	return TRUE;
}

static gboolean
handle_find_slots(CmDBusDesk *object,
		  GDBusMethodInvocation *invocation,
		  GUnixFDList *descriptors,
		  const gchar *kind,
		  guint64 subject,
		  const gchar *from,
		  const gchar *to,
		  GVariant *dictionary,
		  gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = {.minutes = MINUTES_DEFAULT, .count = COUNT_DEFAULT};
	const CmOption known[] = {{"count", "u", &options.count},
				  {"all", "b", &options.all},
				  {"modes", "as", &options.modes},
				  {"minutes", "u", &options.minutes},
				  {"attendees", "a(st)", &options.attendees},
				  {"site", "t", &options.site},
				  {"act", "s", &options.act}};
	Question *question = question_new(invocation, FALSE);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take(question, kind, subject, &options, &error) &&
			cm_argument_parse_day(from, &question->search.from, &error) &&
			cm_argument_parse_day(to, &question->search.to, &error);

	return answer(user_data, invocation, question, good, error);
}

static gboolean
parse_place(Question *question,
	    const gchar *date,
	    const gchar *start,
	    const gchar *mode,
	    GError **error)
{
	CmStorePlace *place = &question->order.place;

	if (!cm_argument_parse_day(date, &place->date, error) ||
	    !cm_argument_parse_mode(mode, &place->mode, error))
		return FALSE;
	if (cm_minute_parse(start, &place->start))
		return TRUE;
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("“{0}” is not a time; write it as 13:30."),
		     start, NULL);
	return FALSE;
}

static gboolean
handle_judge(CmDBusDesk *object,
	     GDBusMethodInvocation *invocation,
	     GUnixFDList *descriptors,
	     const gchar *kind,
	     guint64 subject,
	     const gchar *date,
	     const gchar *start,
	     const gchar *mode,
	     GVariant *dictionary,
	     gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = {.minutes = MINUTES_DEFAULT};
	const CmOption known[] = {
	    {"room", "t", &options.room},       {"companion", "t", &options.companion},
	    {"minutes", "u", &options.minutes}, {"attendees", "a(st)", &options.attendees},
	    {"site", "t", &options.site},       {"act", "s", &options.act}};
	Question *question = question_new(invocation, TRUE);
	gboolean good = cm_option_dictionary_read(dictionary, known, G_N_ELEMENTS(known), &error) &&
			take(question, kind, subject, &options, &error) &&
			parse_place(question, date, start, mode, &error);

	return answer(user_data, invocation, question, good, error);
}

gboolean
cm_desk_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusDesk) object = cm_dbus_desk_skeleton_new();

	g_signal_connect(object, "handle-find-slots", G_CALLBACK(handle_find_slots), service);
	g_signal_connect(object, "handle-judge", G_CALLBACK(handle_judge), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
