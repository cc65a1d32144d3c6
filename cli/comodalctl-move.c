// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/bookings.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/slot-memory.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/when.h"

#include <glib/gi18n.h>

/* move, cancel and outcome: what is done to something that is booked */

static GVariant *
no_options(void)
{
	return g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0);
}

/* what it is now, and what was done to it */
static CmExit
report(CmBookings *bookings, gint64 number, const gchar *verb)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = cm_bookings_get(bookings, number, &error);

	/* a hold that was let go of is no more */
	if (document == NULL && !bookings->cli->json) {
		cm_terminal_print(_("Let go."));
		cm_terminal_print("\n");
		return CM_EXIT_OK;
	}
	return document != NULL ? cm_bookings_report(bookings, document, verb)
				: cm_report_error(error);
}

/* ---- move */

/* "wed 10:30" at the end, or "10:30": then the day stays */
static gboolean
parse_target(const CmBookings *bookings,
	     gchar **words,
	     guint *out_before,
	     CmDay *out_day,
	     CmMinute *out_start)
{
	guint count = g_strv_length(words);

	*out_day = CM_DAY_NONE;
	if (count < 2 || !cm_when_parse_time(words[count - 1], out_start)) {
		cm_report_usage(bookings->cli,
				N_("Say what, then when to, as: move 14:00 wed 10:30."), NULL);
		return FALSE;
	}
	*out_before = count - 1;
	if (count > 2 && cm_when_parse_day(words[count - 2], bookings->today, out_day))
		*out_before = count - 2;
	return TRUE;
}

/* `slot` without a mode: as it was */
static CmExit
move_to(CmBookings *bookings, const CmSlotMemory *slot)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariantBuilder options;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	guint64 version = 0;

	g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
	if (*slot->mode != '\0')
		g_variant_builder_add(&options, "{sv}", "mode", g_variant_new_string(slot->mode));
	if (slot->room != 0)
		g_variant_builder_add(&options, "{sv}", "room",
				      g_variant_new_uint64((guint64)slot->room));
	if (slot->companion != 0)
		g_variant_builder_add(&options, "{sv}", "companion",
				      g_variant_new_uint64((guint64)slot->companion));
	if (!cm_dbus_booking_call_move_sync(
		bookings->booking, (guint64)slot->booking, (guint64)slot->expected,
		cm_day_format(slot->date, date), cm_minute_format(slot->start, start),
		g_variant_builder_end(&options), NULL, &version, &handle, &descriptors, NULL,
		&error))
		return cm_bookings_report_error(error);
	document = cm_client_read_json(handle, descriptors, &error);
	return document != NULL ? cm_bookings_report(bookings, document, N_("Moved: {0}"))
				: cm_report_error(error);
}

static CmExit
move(CmBookings *bookings, const gchar *mode, gchar **words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) booking = NULL;
	CmSlotMemory slot = {0};
	guint before = 0;

	if (!parse_target(bookings, words, &before, &slot.date, &slot.start))
		return CM_EXIT_USAGE;
	for (guint i = before, count = g_strv_length(words); i < count; i++)
		g_clear_pointer(&words[i], g_free);
	booking =
	    cm_bookings_find(bookings, (const gchar *const *)words, CM_BOOKINGS_COMING, &error);
	if (booking == NULL)
		return cm_bookings_report_error(error);
	if (slot.date == CM_DAY_NONE &&
	    !cm_day_parse(cm_json_get_string(booking, "date"), &slot.date))
		return CM_EXIT_REFUSED;
	slot.booking = cm_json_get_int(booking, "number");
	slot.expected = cm_json_get_int(booking, "version");
	if (mode != NULL)
		g_strlcpy(slot.mode, mode, sizeof(slot.mode));
	return move_to(bookings, &slot);
}

/* to one that "slots" has shown: what moves is known from there, and may be said again */
static CmExit
move_to_slot(CmBookings *bookings, guint number, const gchar *const *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) booking = NULL;
	CmSlotMemory slot = {0};

	if (words[0] != NULL) {
		booking = cm_bookings_find(bookings, words, CM_BOOKINGS_COMING, &error);
		if (booking == NULL)
			return cm_bookings_report_error(error);
	}
	if (!cm_slot_memory_get_move(booking != NULL ? cm_json_get_int(booking, "number") : 0,
				     number, &slot, &error))
		return cm_report_error(error);
	return move_to(bookings, &slot);
}

CmExit
cm_comodalctl_move_run(CmComodalctl *cli)
{
	static const gchar *const modes[] = {"in-person", "video-school", "video-remote", NULL};
	g_autofree gchar *mode = NULL;
	g_autofree gchar *slot = NULL;
	const GOptionEntry entries[] = {
	    {"mode", 'm', 0, G_OPTION_ARG_STRING, &mode, N_("In this mode; default as it was"),
	     N_("MODE")},
	    {"slot", 0, 0, G_OPTION_ARG_STRING, &slot,
	     N_("To this one of the list that slots has just shown for it"), "N"},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, entries, 0, 10, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--mode", mode, modes) ||
	    !cm_values_parse_number(cli, "--slot", slot, 1, 99, &number))
		return CM_EXIT_USAGE;
	if (number != 0 && mode != NULL)
		return cm_report_usage(cli, N_("A slot has its mode: --slot or --mode, not both."),
				       NULL);
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	if (number != 0)
		return move_to_slot(&bookings, (guint)number, (const gchar *const *)arguments);
	return move(&bookings, mode, arguments);
}

/* ---- cancel */

CmExit
cm_comodalctl_move_run_cancel(CmComodalctl *cli)
{
	gboolean late = FALSE;
	const GOptionEntry entries[] = {
	    {"late", 0, 0, G_OPTION_ARG_NONE, &late,
	     N_("Too late to be in time: an outcome, that may be counted"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) booking = NULL;
	guint64 version = 0;
	gboolean done;

	if (!cm_comodalctl_parse(cli, entries, 1, 10, &arguments))
		return cli->exit_status;
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	booking = cm_bookings_find(&bookings, (const gchar *const *)arguments, CM_BOOKINGS_COMING,
				   &error);
	if (booking == NULL)
		return cm_bookings_report_error(error);
	if (late)
		done = cm_dbus_booking_call_set_outcome_sync(
		    bookings.booking, (guint64)cm_json_get_int(booking, "number"),
		    (guint64)cm_json_get_int(booking, "version"), "late-cancelled", no_options(),
		    NULL, &version, NULL, NULL, &error);
	else
		done = cm_dbus_booking_call_cancel_sync(
		    bookings.booking, (guint64)cm_json_get_int(booking, "number"),
		    (guint64)cm_json_get_int(booking, "version"), no_options(), NULL, &version,
		    NULL, NULL, &error);
	if (!done)
		return cm_bookings_report_error(error);
	return report(&bookings, cm_json_get_int(booking, "number"), N_("Cancelled: {0}"));
}

/* ---- outcome */

CmExit
cm_comodalctl_move_run_outcome(CmComodalctl *cli)
{
	static const struct {
		const gchar *word;
		const gchar *french; /* as people say it: taken in any language */
		const gchar *verb;
	} outcomes[] = {{"held", "tenue", N_("Held: {0}")},
			{"late-cancelled", "annulation-tardive", N_("Cancelled late: {0}")},
			{"no-show", "absence", N_("Nobody came: {0}")},
			{"refused", "refus", N_("Refused: {0}")},
			{"planned", "prévue", N_("Planned again: {0}")}};
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) booking = NULL;
	const gchar *verb = NULL;
	const gchar *outcome = NULL;
	guint64 version = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 10, &arguments))
		return cli->exit_status;
	for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++)
		if (g_str_equal(outcomes[i].word, arguments[0]) ||
		    g_str_equal(outcomes[i].french, arguments[0])) {
			outcome = outcomes[i].word;
			verb = outcomes[i].verb;
		}
	if (verb == NULL)
		return cm_report_usage(
		    cli,
		    N_("How it went comes first: held, late-cancelled, no-show or refused; planned "
		       "takes it back."),
		    NULL);
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	booking = cm_bookings_find(&bookings, (const gchar *const *)arguments + 1,
				   CM_BOOKINGS_BEGUN, &error);
	if (booking == NULL || !cm_dbus_booking_call_set_outcome_sync(
				   bookings.booking, (guint64)cm_json_get_int(booking, "number"),
				   (guint64)cm_json_get_int(booking, "version"), outcome,
				   no_options(), NULL, &version, NULL, NULL, &error))
		return cm_bookings_report_error(error);
	return report(&bookings, cm_json_get_int(booking, "number"), verb);
}
