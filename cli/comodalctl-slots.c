// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/bookings.h"
#include "cli/busy-note.h"
#include "cli/dates.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/slot-memory.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/when.h"

#include <glib/gi18n.h>

#define DAYS_DEFAULT 28
#define COUNT_DEFAULT 8
#define COUNT_MAX 64

typedef struct {
	gchar *from;
	gchar *to;
	gchar *mode;
	gchar *count;
	gchar *with;
	gboolean move;
} Options;

/* What is looked for a place: the next session of a follow-up, or what is booked and would move. */
typedef struct {
	CmBookingsNext next;
	gint64 booking;     /* or 0 */
	JsonObject *holder; /* the professional, or NULL */
	gchar *what;        /* what is booked, as a person reads it */
} Sought;

static void
sought_clear(Sought *sought)
{
	g_free(sought->what);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sought, sought_clear)

static void
options_clear(Options *options)
{
	g_free(options->from);
	g_free(options->to);
	g_free(options->mode);
	g_free(options->count);
	g_free(options->with);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse_day(const CmComodalctl *cli,
	  const gchar *option,
	  const gchar *text,
	  CmDay today,
	  CmDay *out_day)
{
	if (text == NULL || cm_when_parse_day(text, today, out_day))
		return TRUE;
	cm_report_usage(cli, N_("{0}: “{1}” is no day: write tue, tomorrow, +7 or 2026-10-06."),
			option, text, NULL);
	return FALSE;
}

static JsonNode *
fetch(CmBookings *bookings,
      const Sought *sought,
      const Options *options,
      CmDay from,
      CmDay to,
      guint count,
      GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	gchar texts[2][CM_DAY_TEXT_SIZE];
	GVariantBuilder dictionary;
	const gchar *modes[] = {options->mode, NULL};

	g_variant_builder_init(&dictionary, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(&dictionary, "{sv}", "count", g_variant_new_uint32(count));
	if (options->mode != NULL)
		g_variant_builder_add(&dictionary, "{sv}", "modes", g_variant_new_strv(modes, 1));
	if (!cm_dbus_desk_call_find_slots_sync(
		bookings->desk, sought->booking != 0 ? "booking" : "session",
		(guint64)(sought->booking != 0 ? sought->booking : sought->next.session),
		cm_day_format(from, texts[0]), cm_day_format(to, texts[1]),
		g_variant_builder_end(&dictionary), NULL, &handle, &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static void
remember(JsonArray *slots, const Sought *sought)
{
	CmSlotMemory kept[COUNT_MAX];
	guint count = MIN(cm_json_get_length(slots), COUNT_MAX);

	for (guint i = 0; i < count; i++) {
		JsonObject *slot = cm_json_get_element(slots, i);

		kept[i] = (CmSlotMemory){.session = sought->next.session,
					 .booking = sought->booking,
					 .expected = sought->next.expected,
					 .room = cm_json_get_int(slot, "room"),
					 .companion = cm_json_get_int(slot, "companion")};
		g_strlcpy(kept[i].mode, cm_json_get_string(slot, "mode"), sizeof(kept[i].mode));
		if (!cm_day_parse(cm_json_get_string(slot, "date"), &kept[i].date) ||
		    !cm_minute_parse(cm_json_get_string(slot, "start"), &kept[i].start))
			return;
	}
	if (cm_slot_memory_keep(kept, count) && count > 0) {
		g_autofree gchar *line = cm_report_format(
		    sought->booking != 0
			? N_("Move there by its number, within a quarter of an "
			     "hour: comodalctl move --slot 1")
			: N_("Book one by its number, within a quarter of an hour: "
			     "comodalctl book 1"),
		    NULL);

		cm_terminal_print(line);
		cm_terminal_print("\n");
	}
}

static void
print_slots(const CmBookings *bookings, JsonArray *slots)
{
	static const gchar *const heads[] = {">",        N_("day"), N_("time"), N_("mode"),
					     N_("room"), "",        NULL};
	g_autoptr(CmTable) table = cm_terminal_new_table(heads);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < cm_json_get_length(slots); i++) {
		JsonObject *slot = cm_json_get_element(slots, i);
		g_autofree gchar *number = g_strdup_printf("%u", i + 1);
		g_autofree gchar *date = NULL;
		g_autofree gchar *time = g_strdup_printf("%s–%s", cm_json_get_string(slot, "start"),
							 cm_json_get_string(slot, "end"));
		JsonObject *room =
		    bookings->rooms != NULL && cm_json_get_int(slot, "room") != 0
			? cm_find_by_number(bookings->rooms, cm_json_get_int(slot, "room"))
			: NULL;
		CmDay day = 0;

		if (cm_day_parse(cm_json_get_string(slot, "date"), &day))
			date = cm_dates_format_column(day);
		cm_terminal_add_row(table, number, date != NULL ? date : "", time,
				    cm_kinds_get_mode(cm_json_get_string(slot, "mode")),
				    room != NULL ? cm_find_get_title(room) : "",
				    cm_json_get_boolean(slot, "warned") ? _("with a warning") : "",
				    NULL);
	}
	text = cm_terminal_draw_table(table, cm_terminal_get_width(), bookings->cli->color);
	cm_terminal_print(text);
}

static CmExit
show(CmBookings *bookings, JsonNode *document, const Sought *sought)
{
	JsonArray *slots = cm_json_get_array(json_node_get_object(document), "slots");

	if (bookings->cli->json) {
		json_object_set_int_member(
		    json_node_get_object(document), sought->booking != 0 ? "booking" : "session",
		    sought->booking != 0 ? sought->booking : sought->next.session);
		json_object_set_int_member(json_node_get_object(document), "expected",
					   sought->next.expected);
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	if (cm_json_get_length(slots) == 0) {
		g_autofree gchar *none = cm_report_format(
		    N_("No free time in these days. Look further: --to, or by another --mode."),
		    NULL);

		cm_terminal_print(none);
		cm_terminal_print("\n");
		return CM_EXIT_OK;
	}
	if (sought->what != NULL) {
		g_autofree gchar *line =
		    cm_report_format(N_("Instead of: {0}"), sought->what, NULL);

		cm_terminal_print(line);
		cm_terminal_print("\n");
	}
	print_slots(bookings, slots);
	remember(slots, sought);
	return CM_EXIT_OK;
}

/* an hour may look free that is not */
static void
note_calendars(const CmBookings *bookings, JsonObject *professional)
{
	if (professional != NULL)
		cm_busy_note_print_stale(bookings->bus,
					 (guint64)cm_json_get_int(professional, "number"));
}

static gboolean
find_next(CmBookings *bookings,
	  const Options *options,
	  const gchar *const *words,
	  Sought *sought,
	  GError **error)
{
	g_autofree gchar *who = cm_bookings_join(words, g_strv_length((gchar **)words));
	JsonObject *followup = cm_bookings_find_followup(bookings, who, options->with, error);
	guint found = 0;

	if (followup == NULL)
		return FALSE;
	sought->holder = cm_find_thing_in(bookings->professionals, "professional",
					  cm_json_get_string(followup, "professional"), NULL);
	return cm_bookings_find_next(bookings, followup, 1, &sought->next, &found, error);
}

static gboolean
find_booked(CmBookings *bookings, const gchar *const *words, Sought *sought, GError **error)
{
	g_autoptr(JsonObject) booking =
	    cm_bookings_find(bookings, words, CM_BOOKINGS_COMING, error);

	if (booking == NULL)
		return FALSE;
	sought->booking = cm_json_get_int(booking, "number");
	sought->next.expected = cm_json_get_int(booking, "version");
	sought->what = cm_bookings_describe(bookings, booking);
	if (bookings->professionals != NULL)
		sought->holder = cm_find_by_number(bookings->professionals,
						   cm_json_get_int(booking, "professional"));
	return TRUE;
}

static CmExit
run(CmBookings *bookings, const Options *options, const gchar *const *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_auto(Sought) sought = {{0}};
	CmDay from = bookings->today;
	CmDay to = CM_DAY_NONE;
	guint64 count = COUNT_DEFAULT;

	if (!parse_day(bookings->cli, "--from", options->from, bookings->today, &from) ||
	    !parse_day(bookings->cli, "--to", options->to, from, &to) ||
	    !cm_values_parse_number(bookings->cli, "--count", options->count, 1, COUNT_MAX, &count))
		return CM_EXIT_USAGE;
	if (to == CM_DAY_NONE)
		to = from + DAYS_DEFAULT - 1;
	if (options->move || cm_bookings_say_when(bookings, words)
		? find_booked(bookings, words, &sought, &error)
		: find_next(bookings, options, words, &sought, &error))
		document = fetch(bookings, &sought, options, from, to, (guint)count, &error);
	if (document == NULL)
		return cm_bookings_report_error(error);
	note_calendars(bookings, sought.holder);
	return show(bookings, document, &sought);
}

CmExit
cm_comodalctl_slots_run(CmComodalctl *cli)
{
	static const gchar *const modes[] = {"in-person", "video-school", "video-remote", NULL};
	g_auto(Options) options = {NULL};
	const GOptionEntry entries[] = {
	    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, N_("First day; default today"),
	     N_("DAY")},
	    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, N_("Last day; default four weeks"),
	     N_("DAY")},
	    {"mode", 'm', 0, G_OPTION_ARG_STRING, &options.mode,
	     N_("in-person, video-school or video-remote; default any"), N_("MODE")},
	    {"count", 'n', 0, G_OPTION_ARG_STRING, &options.count, N_("How many; default 8"), "N"},
	    {"with", 0, 0, G_OPTION_ARG_STRING, &options.with,
	     N_("The professional, where the student has several"), N_("WHO")},
	    {"move", 0, 0, G_OPTION_ARG_NONE, &options.move,
	     N_("Other times for what is booked already, as move names it"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmBookings) bookings = {NULL};
	g_autoptr(GError) error = NULL;

	if (!cm_comodalctl_parse(cli, entries, 1, 8, &arguments))
		return cli->exit_status;
	if (!cm_values_check_choice(cli, "--mode", options.mode, modes))
		return CM_EXIT_USAGE;
	if (!cm_bookings_open(&bookings, cli, &error))
		return cm_report_error(error);
	return run(&bookings, &options, (const gchar *const *)arguments);
}
