// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/bookings.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/slot-memory.h"
#include "cli/terminal.h"
#include "cli/values.h"

#include <glib/gi18n.h>
#include <string.h>

#define HOURS_MAX (30 * 24)

/* book, hold and series: the same words, one session or several */

typedef struct {
	gboolean hold;
	gchar *mode;
	gchar *room;
	gchar *with;
	gchar *hours;
	guint64 count; /* of a series */
	guint64 every;
} Order;

static void
order_clear(Order *order)
{
	g_free(order->mode);
	g_free(order->room);
	g_free(order->with);
	g_free(order->hours);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Order, order_clear)

static const gchar *const modes[] = {"in-person", "video-school", "video-remote", NULL};

static CmExit
report(CmBookings *bookings,
       gboolean done,
       GVariant *handle,
       GUnixFDList *descriptors,
       const gchar *verb,
       GError *error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(JsonNode) document = NULL;

	if (!done)
		return cm_bookings_report_error(error);
	document = cm_client_read_json(handle, descriptors, &local);
	return document != NULL ? cm_bookings_report(bookings, document, verb)
				: cm_report_error(local);
}

/* ---- one */

static GVariant *
make_options(const Order *order, const CmSlotMemory *slot, guint64 hours)
{
	GVariantBuilder options;

	g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
	if (slot->room != 0)
		g_variant_builder_add(&options, "{sv}", "room",
				      g_variant_new_uint64((guint64)slot->room));
	if (slot->companion != 0)
		g_variant_builder_add(&options, "{sv}", "companion",
				      g_variant_new_uint64((guint64)slot->companion));
	if (order->hold && hours > 0)
		g_variant_builder_add(&options, "{sv}", "seconds",
				      g_variant_new_uint32((guint32)(hours * 3600)));
	return g_variant_builder_end(&options);
}

static CmExit
place(CmBookings *bookings, const Order *order, const CmSlotMemory *slot)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	guint64 number = 0;
	guint64 version = 0;
	guint64 hours = 0;
	gint64 until = 0;
	gboolean done;

	if (!cm_values_parse_number(bookings->cli, "--hours", order->hours, 1, HOURS_MAX, &hours))
		return CM_EXIT_USAGE;
	cm_day_format(slot->date, date);
	cm_minute_format(slot->start, start);
	if (order->hold)
		done = cm_dbus_booking_call_hold_sync(
		    bookings->booking, (guint64)slot->session, (guint64)slot->expected, date, start,
		    slot->mode, make_options(order, slot, hours), NULL, &number, &version, &until,
		    &handle, &descriptors, NULL, &error);
	else
		done = cm_dbus_booking_call_book_sync(
		    bookings->booking, (guint64)slot->session, (guint64)slot->expected, date, start,
		    slot->mode, make_options(order, slot, 0), NULL, &version, &handle, &descriptors,
		    NULL, &error);
	return report(bookings, done, handle, descriptors,
		      order->hold ? N_("On hold: {0}") : N_("Booked: {0}"), error);
}

/* the mode that nobody asked for: the first that is offered there, else in person */
static gboolean
choose_mode(CmBookings *bookings, CmSlotMemory *slot)
{
	g_strlcpy(slot->mode, modes[0], sizeof(slot->mode));
	for (guint i = 0; modes[i] != NULL; i++) {
		g_autoptr(GVariant) handle = NULL;
		g_autoptr(GUnixFDList) descriptors = NULL;
		g_autoptr(JsonNode) verdict = NULL;
		gchar date[CM_DAY_TEXT_SIZE];
		gchar start[CM_MINUTE_TEXT_SIZE];

		if (!cm_dbus_desk_call_judge_sync(
			bookings->desk, "session", (guint64)slot->session,
			cm_day_format(slot->date, date), cm_minute_format(slot->start, start),
			modes[i], g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0), NULL,
			&handle, &descriptors, NULL, NULL))
			return FALSE;
		verdict = cm_client_read_json(handle, descriptors, NULL);
		if (verdict == NULL ||
		    !cm_json_get_boolean(json_node_get_object(verdict), "offered"))
			continue;
		g_strlcpy(slot->mode, modes[i], sizeof(slot->mode));
		return TRUE;
	}
	return FALSE;
}

static gboolean
find_room(const CmBookings *bookings, const gchar *text, gint64 *out_room, GError **error)
{
	JsonObject *room;

	if (text == NULL)
		return TRUE;
	room = cm_find_thing_in(bookings->rooms, "room", text, error);
	if (room == NULL)
		return FALSE;
	*out_room = cm_json_get_int(room, "number");
	return TRUE;
}

/* a hold that stands is confirmed by its student's name alone */
static CmExit
confirm(CmBookings *bookings, const gchar *const *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) hold = cm_bookings_find(bookings, words, CM_BOOKINGS_COMING, &error);
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	guint64 number = 0;
	guint64 version = 0;
	gboolean done;

	if (hold == NULL)
		return cm_bookings_report_error(error);
	if (g_strcmp0(cm_json_get_string(hold, "state"), "hold") != 0)
		return cm_report_usage(bookings->cli,
				       N_("A day and an hour come last, as: tue 10:30, or +7 13h."),
				       NULL);
	done = cm_dbus_booking_call_confirm_sync(
	    bookings->booking, (guint64)cm_json_get_int(hold, "number"),
	    (guint64)cm_json_get_int(hold, "version"),
	    g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0), NULL, &number, &version, &handle,
	    &descriptors, NULL, &error);
	return report(bookings, done, handle, descriptors, N_("Booked: {0}"), error);
}

/* ---- several */

static CmExit
place_series(CmBookings *bookings,
	     const Order *order,
	     JsonObject *followup,
	     CmDay day,
	     CmMinute start)
{
	g_autoptr(GError) error = NULL;
	g_autofree CmBookingsNext *next = g_new0(CmBookingsNext, order->count);
	g_autoptr(GVariant) booked = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariantBuilder sessions;
	gchar time[CM_MINUTE_TEXT_SIZE];
	guint64 series = 0;
	guint found = 0;
	gboolean done;

	if (!cm_bookings_find_next(bookings, followup, (guint)order->count, next, &found, &error))
		return cm_bookings_report_error(error);
	if (found < order->count)
		cm_report_note(N_("The follow-up has fewer sessions left than that."), NULL);
	g_variant_builder_init(&sessions, G_VARIANT_TYPE("a(ttsss)"));
	for (guint i = 0; i < found; i++) {
		gchar date[CM_DAY_TEXT_SIZE];

		g_variant_builder_add(
		    &sessions, "(ttsss)", (guint64)next[i].session, (guint64)next[i].expected,
		    cm_day_format(day + (CmDay)(i * order->every), date),
		    cm_minute_format(start, time), order->mode != NULL ? order->mode : modes[0]);
	}
	done = cm_dbus_booking_call_book_series_sync(
	    bookings->booking, g_variant_builder_end(&sessions),
	    g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0), NULL, &series, &booked, &handle,
	    &descriptors, NULL, &error);
	return report(bookings, done, handle, descriptors, N_("Booked: {0}"), error);
}

/* ---- the words */

static CmExit
place_by_words(CmBookings *bookings, const Order *order, const gchar *const *words)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *who = NULL;
	CmSlotMemory slot = {0};
	CmBookingsNext next = {0};
	JsonObject *followup;
	guint before = 0;
	guint found = 0;

	if (!cm_bookings_parse_when(bookings, words, &before, &slot.date, &slot.start))
		return CM_EXIT_USAGE;
	who = cm_bookings_join(words, before);
	followup = cm_bookings_find_followup(bookings, who, order->with, &error);
	if (followup == NULL)
		return cm_bookings_report_error(error);
	if (order->count > 0)
		return place_series(bookings, order, followup, slot.date, slot.start);
	if (!cm_bookings_find_next(bookings, followup, 1, &next, &found, &error) ||
	    !find_room(bookings, order->room, &slot.room, &error))
		return cm_bookings_report_error(error);
	slot.session = next.session;
	slot.expected = next.expected;
	if (order->mode != NULL)
		g_strlcpy(slot.mode, order->mode, sizeof(slot.mode));
	else if (!choose_mode(bookings, &slot))
		g_debug("No mode is offered there: in person says why.");
	return place(bookings, order, &slot);
}

static CmExit
run_words(CmBookings *bookings, const Order *order, const gchar *const *words)
{
	g_autoptr(GError) error = NULL;
	CmSlotMemory slot;
	guint64 number = 0;
	guint count = g_strv_length((gchar **)words);

	if (count == 1 && order->count == 0 &&
	    g_ascii_string_to_unsigned(words[0], 10, 1, 99, &number, NULL)) {
		if (!cm_slot_memory_get((guint)number, &slot, &error))
			return cm_report_error(error);
		return place(bookings, order, &slot);
	}
	if (!order->hold && order->count == 0 &&
	    (count < 2 || strchr("0123456789", words[count - 1][0]) == NULL))
		return confirm(bookings, words);
	return place_by_words(bookings, order, words);
}

static CmExit
run(CmComodalctl *cli, Order *order, const GOptionEntry *entries)
{
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 10, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--mode", order->mode, modes))
		return CM_EXIT_USAGE;
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	return run_words(&bookings, order, (const gchar *const *)arguments);
}

#define MODE_ENTRY(order)                                                                          \
	{                                                                                          \
		"mode", 'm', 0, G_OPTION_ARG_STRING, &(order).mode,                                \
		    N_("in-person, video-school or video-remote; default what is offered there"),  \
		    N_("MODE")                                                                     \
	}
#define WITH_ENTRY(order)                                                                          \
	{                                                                                          \
		"with", 0, 0, G_OPTION_ARG_STRING, &(order).with,                                  \
		    N_("The professional, where the student has several"), N_("WHO")               \
	}
#define ROOM_ENTRY(order)                                                                          \
	{                                                                                          \
		"room", 0, 0, G_OPTION_ARG_STRING, &(order).room,                                  \
		    N_("This room; default the best that is free"), N_("ROOM")                     \
	}

CmExit
cm_comodalctl_book_run(CmComodalctl *cli)
{
	g_auto(Order) order = {FALSE};
	const GOptionEntry entries[] = {MODE_ENTRY(order), ROOM_ENTRY(order), WITH_ENTRY(order),
					G_OPTION_ENTRY_NULL};

	return run(cli, &order, entries);
}

CmExit
cm_comodalctl_book_run_hold(CmComodalctl *cli)
{
	g_auto(Order) order = {TRUE};
	const GOptionEntry entries[] = {
	    MODE_ENTRY(order),
	    ROOM_ENTRY(order),
	    WITH_ENTRY(order),
	    {"hours", 0, 0, G_OPTION_ARG_STRING, &order.hours, N_("For how long; default 24"), "N"},
	    G_OPTION_ENTRY_NULL};

	return run(cli, &order, entries);
}

CmExit
cm_comodalctl_book_run_series(CmComodalctl *cli)
{
	g_auto(Order) order = {FALSE};
	g_autofree gchar *count = NULL;
	g_autofree gchar *every = NULL;
	const GOptionEntry entries[] = {
	    {"count", 'n', 0, G_OPTION_ARG_STRING, &count, N_("How many sessions; default 4"), "N"},
	    {"every", 0, 0, G_OPTION_ARG_STRING, &every, N_("Days from one to the next; default 7"),
	     "N"},
	    MODE_ENTRY(order),
	    WITH_ENTRY(order),
	    G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;

	order.count = 4;
	order.every = CM_DAYS_PER_WEEK;
	if (!cm_comodalctl_parse(cli, entries, 3, 10, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--mode", order.mode, modes) ||
	    !cm_values_parse_number(cli, "--count", count, 1, 100, &order.count) ||
	    !cm_values_parse_number(cli, "--every", every, 1, 100, &order.every))
		return CM_EXIT_USAGE;
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	return run_words(&bookings, &order, (const gchar *const *)arguments);
}
