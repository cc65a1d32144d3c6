// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/verbs.h"

#include "cli/consent-call.h"
#include "cli/dates.h"
#include "cli/find.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "cli/report.h"
#include "cli/request-desk.h"
#include "cli/slot-memory.h"
#include "cli/terminal.h"
#include "cli/values.h"
#include "cli/when.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

/* another-time: who asks for another time of what is booked, and what becomes of it */

#define REMEMBERED_MAX 60
#define INDENT 7

static gpointer
get_time_request(GDBusConnection *bus, GError **error)
{
	return cm_client_get_time_request(bus, error);
}

static JsonNode *
list(gpointer requests, GVariant *options, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_time_request_call_list_sync(requests, options, NULL, &handle, &descriptors,
						 NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

/* ---- another-time list */

static const gchar *
get_name(JsonNode *things, gint64 number)
{
	JsonObject *thing = things != NULL ? cm_find_by_number(things, number) : NULL;

	return thing != NULL ? cm_find_get_title(thing) : NULL;
}

static gchar *
dup_asker(const CmBookings *bookings, JsonObject *request)
{
	JsonObject *asker = cm_json_get_object(request, "asker");
	const gchar *kind = asker != NULL ? cm_json_get_string(asker, "kind") : NULL;
	gint64 number = asker != NULL ? cm_json_get_int(asker, "number") : 0;
	JsonNode *things = bookings->contacts;
	const gchar *name = NULL;

	if (g_strcmp0(kind, "student") == 0)
		things = bookings->students;
	else if (g_strcmp0(kind, "professional") == 0)
		things = bookings->professionals;
	name = g_strcmp0(kind, "account") != 0 ? get_name(things, number) : NULL;
	if (name != NULL)
		return cm_terminal_clean(name);
	return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static const gchar *
get_way(JsonObject *request)
{
	const gchar *source = cm_json_get_string(request, "source");

	if (g_strcmp0(source, "mail") == 0)
		return _("{0} asks, by mail, {1}");
	if (g_strcmp0(source, "page") == 0)
		return _("{0} asks, from their page, {1}");
	return _("{0} asks, noted by the staff, {1}");
}

static const gchar *
get_end(JsonObject *request)
{
	const gchar *state = cm_json_get_string(request, "state");

	if (g_strcmp0(state, "accepted") == 0)
		return _("accepted");
	if (g_strcmp0(state, "declined") == 0)
		return _("declined");
	return g_strcmp0(state, "withdrawn") == 0 ? _("withdrawn") : NULL;
}

static void
append_line(GString *out, const CmComodalctl *cli, gboolean dim, const gchar *text)
{
	g_string_append_printf(out, "%*s", INDENT, "");
	cm_terminal_append_styled(out, cli->color && dim, CM_STYLE_DIM, text);
	g_string_append_c(out, '\n');
}

/* "Wed Oct 7 13:30–14:15" of a slot or a request */
static gchar *
format_time(JsonObject *object)
{
	CmDay day = 0;
	g_autofree gchar *date = NULL;

	if (cm_json_get_string(object, "date") == NULL ||
	    !cm_day_parse(cm_json_get_string(object, "date"), &day))
		return NULL;
	date = cm_dates_format_column(day);
	return g_strdup_printf("%s %s–%s", date, cm_json_get_string(object, "start"),
			       cm_json_get_string(object, "end"));
}

static void
append_objections(GString *out, const CmComodalctl *cli, JsonObject *verdict)
{
	JsonArray *objections = cm_json_get_array(verdict, "objections");

	for (guint i = 0; i < cm_json_get_length(objections); i++) {
		JsonObject *objection = cm_json_get_element(objections, i);
		const gchar *effect = cm_json_get_string(objection, "effect");
		gboolean blocks = g_strcmp0(effect, "blocks") == 0;

		if (!blocks && g_strcmp0(effect, "warns") != 0)
			continue;
		g_string_append_printf(out, "%*s", INDENT + 2, "");
		cm_terminal_append_styled(out, cli->color, blocks ? CM_STYLE_BAD : CM_STYLE_WARNING,
					  blocks ? "✗ " : "! ");
		cm_terminal_append_wrapped(out, cm_json_get_string(objection, "message"),
					   INDENT + 4, INDENT + 4, cm_terminal_get_width());
	}
}

/* what is proposed, and what the desk says of it */
static void
append_proposed(GString *out, const CmComodalctl *cli, JsonObject *request)
{
	g_autofree gchar *time = format_time(request);
	JsonObject *verdict = cm_json_get_object(request, "proposed");
	g_autofree gchar *line = NULL;

	if (time == NULL) {
		append_line(out, cli, FALSE, _("for any other time"));
		return;
	}
	if (verdict == NULL)
		line = cm_report_format(_("for {0}"), time, NULL);
	else
		line = cm_report_format(cm_json_get_boolean(verdict, "allowed")
					    ? _("for {0}: free")
					    : _("for {0}: not possible"),
					time, NULL);
	append_line(out, cli, FALSE, line);
	if (verdict != NULL)
		append_objections(out, cli, verdict);
}

static void
append_words(GString *out, const CmComodalctl *cli, JsonObject *request, const gchar *member)
{
	const gchar *words = cm_json_get_string(request, member);
	g_autofree gchar *clean = words != NULL ? cm_terminal_clean(words) : NULL;
	g_autofree gchar *quoted = NULL;

	if (clean == NULL || *clean == '\0')
		return;
	quoted = cm_report_format(N_("“{0}”"), clean, NULL);
	g_string_append_printf(out, "%*s", INDENT, "");
	cm_terminal_append_wrapped(out, quoted, INDENT, INDENT, cm_terminal_get_width());
}

static void
append_slots(GString *out, const CmComodalctl *cli, JsonObject *request)
{
	JsonArray *slots = cm_json_get_array(request, "slots");
	g_autoptr(GString) line = g_string_new(NULL);

	for (guint i = 0; i < cm_json_get_length(slots); i++) {
		g_autofree gchar *time = format_time(cm_json_get_element(slots, i));

		g_string_append_printf(line, "%s%u) %s", i > 0 ? "   " : "", i + 1, time);
	}
	if (line->len > 0)
		append_line(out, cli, TRUE, line->str);
}

static void
append_request(GString *out, const CmBookings *bookings, JsonObject *document, JsonObject *request)
{
	JsonObject *booking = cm_json_get_object(request, "booking");
	const gchar *end = get_end(request);
	g_autofree gchar *what = booking != NULL ? cm_bookings_describe(bookings, booking) : NULL;
	g_autofree gchar *asker = dup_asker(bookings, request);
	g_autofree gchar *when = cm_instants_format(document, cm_json_get_int(request, "asked_at"));
	g_autofree gchar *line = cm_report_format(get_way(request), asker, when, NULL);

	g_string_append_printf(out, "%5" G_GINT64_FORMAT "  ", cm_json_get_int(request, "number"));
	cm_terminal_append_styled(out, bookings->cli->color, CM_STYLE_BOLD,
				  what != NULL ? what : _("not booked any more"));
	if (end != NULL)
		g_string_append_printf(out, "  %s", end);
	g_string_append_c(out, '\n');
	append_line(out, bookings->cli, FALSE, line);
	append_words(out, bookings->cli, request, "remark");
	append_proposed(out, bookings->cli, request);
	append_slots(out, bookings->cli, request);
	append_words(out, bookings->cli, request, "answer");
}

/* the slots of each, so that one can be taken by its number */
static void
remember(JsonArray *requests)
{
	CmSlotMemory kept[REMEMBERED_MAX];
	guint count = 0;

	for (guint i = 0; i < cm_json_get_length(requests); i++) {
		JsonObject *request = cm_json_get_element(requests, i);
		JsonObject *booking = cm_json_get_object(request, "booking");
		JsonArray *slots = cm_json_get_array(request, "slots");

		for (guint s = 0; s < cm_json_get_length(slots) && count < REMEMBERED_MAX; s++) {
			JsonObject *slot = cm_json_get_element(slots, s);
			CmSlotMemory *memory = &kept[count];

			*memory = (CmSlotMemory){.booking = cm_json_get_int(request, "subject"),
						 .expected = cm_json_get_int(booking, "version"),
						 .room = cm_json_get_int(slot, "room"),
						 .companion = cm_json_get_int(slot, "companion")};
			g_strlcpy(memory->mode, cm_json_get_string(slot, "mode"),
				  sizeof(memory->mode));
			if (cm_day_parse(cm_json_get_string(slot, "date"), &memory->date) &&
			    cm_minute_parse(cm_json_get_string(slot, "start"), &memory->start))
				count++;
		}
	}
	(void)cm_slot_memory_keep(kept, count);
}

/* messages as they cross the bus are for programs of ours */
static void
localize(JsonArray *requests)
{
	for (guint i = 0; i < cm_json_get_length(requests); i++) {
		JsonObject *verdict =
		    cm_json_get_object(cm_json_get_element(requests, i), "proposed");
		JsonArray *objections =
		    verdict != NULL ? cm_json_get_array(verdict, "objections") : NULL;

		for (guint o = 0; o < cm_json_get_length(objections); o++) {
			JsonObject *objection = cm_json_get_element(objections, o);
			g_autofree gchar *text =
			    cm_message_localize(cm_json_get_string(objection, "message"));

			json_object_set_string_member(objection, "message", text);
		}
	}
}

static CmExit
show(const CmRequestDesk *desk, JsonNode *document)
{
	const CmComodalctl *cli = desk->bookings.cli;
	JsonArray *requests = cm_request_desk_get_requests(document);
	gint64 left_out = cm_json_get_int(json_node_get_object(document), "left_out");
	g_autoptr(GString) out = g_string_new(NULL);

	localize(requests);
	remember(requests);
	if (cli->json) {
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	for (guint i = 0; i < cm_json_get_length(requests); i++)
		append_request(out, &desk->bookings, json_node_get_object(document),
			       cm_json_get_element(requests, i));
	if (left_out > 0) {
		g_autofree gchar *count = g_strdup_printf("%" G_GINT64_FORMAT, left_out);
		g_autofree gchar *line = cm_report_format(_("and {0} more"), count, NULL);

		append_line(out, cli, TRUE, line);
	}
	if (out->len == 0)
		g_string_append_printf(out, "%s\n", _("Nobody asks for another time."));
	else
		g_string_append_printf(
		    out, "  → comodalctl another-time accept %s [--slot N | %s]; decline %s\n",
		    _("NUMBER"), _("DAY TIME"), _("NUMBER"));
	cm_terminal_print(out->str);
	return CM_EXIT_OK;
}

static const CmRequestKind request_kind = {
    .get = get_time_request,
    .list = list,
    .show = show,
    .name = dup_asker,
    .all = N_("Those decided and withdrawn too"),
    .unknown = N_("There is no request for another time by this number."),
};

CmExit
cm_comodalctl_another_time_run_list(CmComodalctl *cli)
{
	return cm_request_desk_run_list(&request_kind, cli);
}

/* ---- another-time ask */

/* who is meant, or the student whose session it is */
static gboolean
find_asker(const CmBookings *bookings,
	   JsonObject *booking,
	   const gchar *who,
	   const gchar **out_kind,
	   guint64 *out_number,
	   GError **error)
{
	JsonObject *followup =
	    cm_find_by_number(bookings->followups, cm_json_get_int(booking, "followup"));
	JsonObject *found = NULL;

	*out_kind = "student";
	if (who != NULL) {
		found = cm_find_thing_in(bookings->contacts, "contact", who, NULL);
		*out_kind = found != NULL ? "contact" : "student";
		if (found == NULL)
			found = cm_find_thing_in(bookings->students, "student", who, error);
	} else if (followup != NULL) {
		found = cm_find_thing_in(bookings->students, "student",
					 cm_json_get_string(followup, "student"), error);
	} else {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("Say who asks for another time: --for WHO."), NULL);
	}
	if (found == NULL)
		return FALSE;
	*out_number = (guint64)cm_json_get_int(found, "number");
	return TRUE;
}

/* "Léa tue 10:30 wed 13:30": what is meant, then for when; with `any` what is meant alone */
static gboolean
take_target(const CmBookings *bookings, gchar **words, gboolean any, JsonObject *asked)
{
	guint before = 0;
	CmDay day = 0;
	CmMinute minute = 0;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	if (any)
		return TRUE;
	if (!cm_bookings_parse_when(bookings, (const gchar *const *)words, &before, &day, &minute))
		return FALSE;
	for (guint i = before, count = g_strv_length(words); i < count; i++)
		g_clear_pointer(&words[i], g_free);
	json_object_set_string_member(asked, "date", cm_day_format(day, date));
	json_object_set_string_member(asked, "start", cm_minute_format(minute, start));
	return TRUE;
}

/* an empty line says nothing */
static void
take_line(JsonObject *object, const gchar *member, const gchar *question)
{
	g_autofree gchar *line = cm_consent_call_read_line(question);

	if (*line != '\0')
		json_object_set_string_member(object, member, line);
}

static CmExit
ask(CmRequestDesk *desk, JsonObject *booking, JsonObject *asked, const gchar *who)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_auto(GVariantDict) options = G_VARIANT_DICT_INIT(NULL);
	GVariant *handle = NULL;
	const gchar *kind = NULL;
	guint64 person = 0;
	guint64 number = 0;
	guint64 version = 0;

	if (!find_asker(&desk->bookings, booking, who, &kind, &person, &error))
		return cm_report_error(error);
	take_line(asked, "remark", _("What they say with it (an empty line: nothing): "));
	g_variant_dict_insert(&options, "expected", "t",
			      (guint64)cm_json_get_int(booking, "version"));
	descriptors = cm_consent_call_hand_over(asked, &handle, &error);
	if (descriptors == NULL ||
	    !cm_dbus_time_request_call_ask_sync(
		desk->proxy, (guint64)cm_json_get_int(booking, "number"), kind, person, handle,
		g_variant_dict_end(&options), descriptors, &number, &version, NULL, NULL, &error))
		return cm_report_error(error);
	document = cm_request_desk_fetch(desk, number, TRUE, &error);
	return document != NULL ? show(desk, document) : cm_report_error(error);
}

CmExit
cm_comodalctl_another_time_run_ask(CmComodalctl *cli)
{
	g_autofree gchar *who = NULL;
	gboolean any = FALSE;
	const GOptionEntry entries[] = {
	    {"for", 0, 0, G_OPTION_ARG_STRING, &who,
	     N_("Who asks: a parent, or the student; default the student"), N_("WHO")},
	    {"any", 0, 0, G_OPTION_ARG_NONE, &any, N_("For any other time: no DAY TIME"), NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmRequestDesk) desk = {NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) booking = NULL;
	g_autoptr(JsonObject) asked = json_object_new();

	if (!cm_comodalctl_parse(cli, entries, 1, 12, &arguments))
		return cli->exit_status;
	if (!cm_request_desk_open(&desk, &request_kind, cli, &error))
		return cm_report_error(error);
	if (!take_target(&desk.bookings, arguments, any, asked))
		return CM_EXIT_USAGE;
	booking = cm_bookings_find(&desk.bookings, (const gchar *const *)arguments,
				   CM_BOOKINGS_COMING, &error);
	return booking != NULL ? ask(&desk, booking, asked, who) : cm_report_error(error);
}

/* ---- another-time accept */

static GVariant *
make_options(const CmSlotMemory *slot)
{
	GVariantBuilder options;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
	if (slot == NULL)
		return g_variant_builder_end(&options);
	g_variant_builder_add(&options, "{sv}", "date",
			      g_variant_new_string(cm_day_format(slot->date, date)));
	g_variant_builder_add(&options, "{sv}", "start",
			      g_variant_new_string(cm_minute_format(slot->start, start)));
	if (*slot->mode != '\0')
		g_variant_builder_add(&options, "{sv}", "mode", g_variant_new_string(slot->mode));
	if (slot->room != 0)
		g_variant_builder_add(&options, "{sv}", "room",
				      g_variant_new_uint64((guint64)slot->room));
	if (slot->companion != 0)
		g_variant_builder_add(&options, "{sv}", "companion",
				      g_variant_new_uint64((guint64)slot->companion));
	return g_variant_builder_end(&options);
}

/* `slot` NULL: as proposed */
static CmExit
accept(CmRequestDesk *desk, JsonObject *request, const CmSlotMemory *slot)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	guint64 version = 0;
	guint64 booking_version = 0;

	if (!cm_dbus_time_request_call_accept_sync(
		desk->proxy, (guint64)cm_json_get_int(request, "number"),
		(guint64)cm_json_get_int(request, "version"), make_options(slot), NULL, &version,
		&booking_version, &handle, &descriptors, NULL, &error))
		return cm_bookings_report_error(error);
	document = cm_client_read_json(handle, descriptors, &error);
	return document != NULL
		   ? cm_bookings_report(&desk->bookings, document, N_("Accepted and moved: {0}"))
		   : cm_report_error(error);
}

static CmExit
run_accept(CmRequestDesk *desk, gchar **arguments, guint number)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) document = NULL;
	JsonObject *request = cm_request_desk_find(desk, arguments[0], &document, &error);
	CmSlotMemory slot = {0};
	guint before = 0;

	if (request == NULL)
		return cm_report_error(error);
	if (number != 0 &&
	    !cm_slot_memory_get_move(cm_json_get_int(request, "subject"), number, &slot, &error))
		return cm_report_error(error);
	if (number == 0 && arguments[1] != NULL &&
	    !cm_bookings_parse_when(&desk->bookings, (const gchar *const *)arguments + 1, &before,
				    &slot.date, &slot.start))
		return CM_EXIT_USAGE;
	return accept(desk, request, number != 0 || arguments[1] != NULL ? &slot : NULL);
}

CmExit
cm_comodalctl_another_time_run_accept(CmComodalctl *cli)
{
	g_autofree gchar *slot = NULL;
	const GOptionEntry entries[] = {
	    {"slot", 0, 0, G_OPTION_ARG_STRING, &slot,
	     N_("This one of the times that were shown with it"), "N"},
	    G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) arguments = NULL;
	g_auto(CmRequestDesk) desk = {NULL};
	g_autoptr(GError) error = NULL;
	guint64 number = 0;

	if (!cm_comodalctl_parse(cli, entries, 1, 3, &arguments))
		return cli->exit_status;
	if (!cm_values_parse_number(cli, "--slot", slot, 1, 99, &number))
		return CM_EXIT_USAGE;
	if (!cm_request_desk_open(&desk, &request_kind, cli, &error))
		return cm_report_error(error);
	return run_accept(&desk, arguments, (guint)number);
}

/* ---- another-time decline, another-time withdraw */

static gboolean
decline(gpointer requests, JsonObject *request, GError **error)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariant *handle = NULL;
	guint64 version = 0;

	take_line(object, "answer", _("What they are told with it (an empty line: nothing): "));
	descriptors = cm_consent_call_hand_over(object, &handle, error);
	return descriptors != NULL && cm_dbus_time_request_call_decline_sync(
					  requests, (guint64)cm_json_get_int(request, "number"),
					  (guint64)cm_json_get_int(request, "version"), handle,
					  g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0),
					  descriptors, &version, NULL, NULL, error);
}

static gboolean
withdraw(gpointer requests, JsonObject *request, GError **error)
{
	guint64 version = 0;

	return cm_dbus_time_request_call_withdraw_sync(
	    requests, (guint64)cm_json_get_int(request, "number"),
	    (guint64)cm_json_get_int(request, "version"),
	    g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0), &version, NULL, error);
}

CmExit
cm_comodalctl_another_time_run_decline(CmComodalctl *cli)
{
	return cm_request_desk_run_change(&request_kind, cli, decline,
					  N_("Declined: the time stays. To be told: {0}."));
}

CmExit
cm_comodalctl_another_time_run_withdraw(CmComodalctl *cli)
{
	return cm_request_desk_run_change(&request_kind, cli, withdraw,
					  N_("Withdrawn: {0} asks for no other time any more."));
}
