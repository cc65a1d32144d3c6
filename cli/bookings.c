// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "cli/bookings.h"

#include "cli/dates.h"
#include "cli/find.h"
#include "cli/json.h"
#include "cli/kinds.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/when.h"
#include "cli/who.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>
#include <string.h>

#define FIRST_DATE "1900-01-01"
#define LAST_DATE "2199-12-31"
#define DAYS_AHEAD 366
#define DAYS_BACK 60

gboolean
cm_bookings_open(CmBookings *bookings, const CmComodalctl *cli, GError **error)
{
	bookings->cli = cli;
	cm_when_get_now(&bookings->today, &bookings->minute);
	bookings->bus = cm_client_connect(cli, error);
	if (bookings->bus != NULL)
		bookings->roster = cm_client_get_roster(bookings->bus, error);
	if (bookings->roster != NULL)
		bookings->booking = cm_client_get_booking(bookings->bus, error);
	if (bookings->booking != NULL)
		bookings->desk = cm_client_get_desk(bookings->bus, error);
	if (bookings->desk != NULL)
		bookings->followups = cm_who_list(bookings->roster, "followup", error);
	if (bookings->followups != NULL)
		bookings->students = cm_who_list(bookings->roster, "student", error);
	if (bookings->students == NULL)
		return FALSE;
	/* names are a help: without them numbers are shown */
	bookings->professionals = cm_who_list(bookings->roster, "professional", NULL);
	bookings->contacts = cm_who_list(bookings->roster, "contact", NULL);
	bookings->sites = cm_who_list(bookings->roster, "site", NULL);
	bookings->rooms = cm_who_list(bookings->roster, "room", NULL);
	return TRUE;
}

gboolean
cm_bookings_find_own(CmBookings *bookings, GError **error)
{
	g_autoptr(CmDBusAccounts) accounts = cm_client_get_accounts(bookings->bus, error);
	guint64 professional = 0;

	if (accounts == NULL || !cm_dbus_accounts_call_whoami_sync(
				    accounts, NULL, NULL, &professional, NULL, NULL, NULL, error))
		return FALSE;
	bookings->own = (gint64)professional;
	return TRUE;
}

void
cm_bookings_clear(CmBookings *bookings)
{
	g_clear_object(&bookings->bus);
	g_clear_object(&bookings->roster);
	g_clear_object(&bookings->booking);
	g_clear_object(&bookings->desk);
	g_clear_pointer(&bookings->followups, json_node_unref);
	g_clear_pointer(&bookings->students, json_node_unref);
	g_clear_pointer(&bookings->professionals, json_node_unref);
	g_clear_pointer(&bookings->contacts, json_node_unref);
	g_clear_pointer(&bookings->sites, json_node_unref);
	g_clear_pointer(&bookings->rooms, json_node_unref);
}

JsonNode *
cm_bookings_get(CmBookings *bookings, gint64 number, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;

	if (!cm_dbus_booking_call_get_sync(bookings->booking, (guint64)number, NULL, &handle,
					   &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static JsonNode *
list(CmBookings *bookings, const gchar *from, const gchar *to, gint64 followup, GError **error)
{
	g_autoptr(GVariant) handle = NULL;
	g_autoptr(GUnixFDList) descriptors = NULL;
	GVariantBuilder options;

	g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
	if (followup != 0)
		g_variant_builder_add(&options, "{sv}", "followup",
				      g_variant_new_uint64((guint64)followup));
	if (!cm_dbus_booking_call_list_sync(bookings->booking, from, to,
					    g_variant_builder_end(&options), NULL, &handle,
					    &descriptors, NULL, error))
		return NULL;
	return cm_client_read_json(handle, descriptors, error);
}

static JsonArray *
get_elements(JsonNode *node)
{
	return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonArray *
get_bookings(JsonNode *document)
{
	return cm_json_get_array(json_node_get_object(document), "bookings");
}

/* ---- who */

static JsonObject *
find_by_id(JsonNode *things, const gchar *id)
{
	JsonArray *elements = get_elements(things);

	for (guint i = 0; i < cm_json_get_length(elements); i++)
		if (g_strcmp0(cm_json_get_string(cm_json_get_element(elements, i), "id"), id) == 0)
			return cm_json_get_element(elements, i);
	return NULL;
}

static const gchar *
get_title(JsonNode *things, const gchar *id)
{
	JsonObject *thing = find_by_id(things, id);

	return thing != NULL ? cm_find_get_title(thing) : id;
}

/* what is typed may be a session's id, which nobody need know: say what to type */
static JsonObject *
find_student(CmBookings *bookings, const gchar *who, GError **error)
{
	g_autoptr(GError) local = NULL;
	JsonObject *student = cm_find_thing_in(bookings->students, "student", who, &local);

	if (student == NULL && cm_error_is(local, CM_ERROR_NOT_FOUND))
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("No student and no follow-up is called “{0}”. Name a student or a "
				"follow-up, not a session; a day and an hour say which, as: tue "
				"10:30."),
			     who, NULL);
	else if (student == NULL)
		g_propagate_error(error, g_steal_pointer(&local));
	return student;
}

JsonObject *
cm_bookings_find_followup(CmBookings *bookings, const gchar *who, const gchar *with, GError **error)
{
	JsonArray *followups = get_elements(bookings->followups);
	JsonObject *found = find_by_id(bookings->followups, who);
	JsonObject *student = NULL;
	JsonObject *professional = NULL;
	g_autoptr(GString) names = g_string_new(NULL);
	guint count = 0;

	if (found != NULL)
		return found;
	student = find_student(bookings, who, error);
	if (student == NULL)
		return NULL;
	if (with != NULL) {
		professional =
		    cm_find_thing_in(bookings->professionals, "professional", with, error);
		if (professional == NULL)
			return NULL;
	}
	for (guint i = 0; i < cm_json_get_length(followups); i++) {
		JsonObject *followup = cm_json_get_element(followups, i);
		const gchar *of = cm_json_get_string(followup, "professional");

		if (g_strcmp0(cm_json_get_string(followup, "student"),
			      cm_json_get_string(student, "id")) != 0 ||
		    (professional != NULL &&
		     g_strcmp0(of, cm_json_get_string(professional, "id")) != 0))
			continue;
		g_string_append_printf(names, "%s%s", count > 0 ? ", " : "",
				       get_title(bookings->professionals, of));
		found = followup;
		count++;
	}
	if (count == 1)
		return found;
	cm_error_set(error, count == 0 ? CM_ERROR_NOT_FOUND : CM_ERROR_INVALID_INPUT,
		     count == 0 ? N_("{0} has no follow-up of yours.")
				: N_("{0} has several follow-ups, with {1}. Add --with."),
		     cm_find_get_title(student), names->str, NULL);
	return NULL;
}

/* ---- what is next */

static gboolean
is_free(JsonArray *booked, gint64 session, gint64 *out_expected)
{
	gint64 expected = 0;

	for (guint i = 0; i < cm_json_get_length(booked); i++) {
		JsonObject *booking = cm_json_get_element(booked, i);
		const gchar *state = cm_json_get_string(booking, "state");

		if (cm_json_get_int(booking, "session") != session)
			continue;
		if (g_strcmp0(state, "cancelled") != 0 && g_strcmp0(state, "late-cancelled") != 0)
			return FALSE;
		if (cm_json_get_int(booking, "number") == session)
			expected = cm_json_get_int(booking, "version");
	}
	*out_expected = expected;
	return TRUE;
}

gboolean
cm_bookings_find_next(CmBookings *bookings,
		      JsonObject *followup,
		      guint wanted,
		      CmBookingsNext *out_next,
		      guint *out_count,
		      GError **error)
{
	JsonArray *sessions = cm_json_get_array(followup, "sessions");
	g_autoptr(JsonNode) document =
	    list(bookings, FIRST_DATE, LAST_DATE, cm_json_get_int(followup, "number"), error);
	guint count = 0;

	if (document == NULL)
		return FALSE;
	for (guint i = 0; i < cm_json_get_length(sessions) && count < wanted; i++) {
		JsonObject *session = cm_json_get_element(sessions, i);
		CmBookingsNext next = {.session = cm_json_get_int(session, "number"),
				       .minutes = cm_json_get_int(session, "minutes")};

		if (is_free(get_bookings(document), next.session, &next.expected))
			out_next[count++] = next;
	}
	*out_count = count;
	if (count > 0)
		return TRUE;
	cm_error_set(error, CM_ERROR_NOT_FOUND,
		     N_("Every session of {0} is booked. “comodalctl session add” makes another."),
		     get_title(bookings->students, cm_json_get_string(followup, "student")), NULL);
	return FALSE;
}

/* ---- what is booked */

typedef struct {
	CmDay day;       /* CM_DAY_NONE: any */
	gint minute;     /* -1: any */
	gint64 student;  /* 0: any */
	gint64 followup; /* 0: any */
} Sought;

gchar *
cm_bookings_join(const gchar *const *words, guint count)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", words[i]);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean
parse_sought(CmBookings *bookings, const gchar *const *words, Sought *sought, GError **error)
{
	guint count = g_strv_length((gchar **)words);
	CmMinute minute = 0;

	if (count > 0 && cm_when_parse_time(words[count - 1], &minute)) {
		sought->minute = minute;
		/* an hour alone is today's */
		sought->day = bookings->today;
		count--;
		if (count > 0 &&
		    !cm_when_parse_day(words[count - 1], bookings->today, &sought->day))
			sought->day = CM_DAY_NONE;
		else if (count > 0)
			count--;
	} else if (count > 0 &&
		   cm_when_parse_day(words[count - 1], bookings->today, &sought->day)) {
		count--;
	}
	if (count > 0) {
		g_autofree gchar *who = cm_bookings_join(words, count);
		JsonObject *followup = find_by_id(bookings->followups, who);
		JsonObject *student;

		if (followup != NULL) {
			sought->followup = cm_json_get_int(followup, "number");
			return TRUE;
		}
		student = find_student(bookings, who, error);
		if (student == NULL)
			return FALSE;
		sought->student = cm_json_get_int(student, "number");
	}
	return TRUE;
}

static gboolean
attends(JsonObject *booking, gint64 student)
{
	JsonArray *attendees = cm_json_get_array(booking, "attendees");

	if (cm_json_get_int(booking, "student") == student)
		return TRUE;
	for (guint i = 0; i < cm_json_get_length(attendees); i++) {
		JsonObject *attendee = cm_json_get_element(attendees, i);

		if (cm_json_get_int(attendee, "number") == student)
			return TRUE;
	}
	return FALSE;
}

/* the student of a session in which they do not sit is its follow-up's */
static gboolean
is_about(const CmBookings *bookings, JsonObject *booking, gint64 student)
{
	JsonObject *followup =
	    cm_find_by_number(bookings->followups, cm_json_get_int(booking, "followup"));
	JsonObject *of = followup != NULL ? find_by_id(bookings->students,
						       cm_json_get_string(followup, "student"))
					  : NULL;

	return attends(booking, student) ||
	       (of != NULL && cm_json_get_int(of, "number") == student);
}

static gboolean
get_when(JsonObject *booking, CmDay *out_day, CmMinute *out_start, CmMinute *out_end)
{
	const gchar *date = cm_json_get_string(booking, "date");
	const gchar *start = cm_json_get_string(booking, "start");
	const gchar *end = cm_json_get_string(booking, "end");

	return date != NULL && start != NULL && end != NULL && cm_day_parse(date, out_day) &&
	       cm_minute_parse(start, out_start) && cm_minute_parse(end, out_end);
}

/* by video, and theirs where they have any of their own */
static gboolean
is_video(const CmBookings *bookings, JsonObject *booking)
{
	const gchar *mode = cm_json_get_string(booking, "mode");

	return mode != NULL && g_str_has_prefix(mode, "video") &&
	       (bookings->own == 0 || cm_json_get_int(booking, "professional") == bookings->own);
}

static gboolean
fits(const CmBookings *bookings, JsonObject *booking, const Sought *sought, CmBookingsWhich which)
{
	const gchar *state = cm_json_get_string(booking, "state");
	CmDay day = 0;
	CmMinute start = 0;
	CmMinute end = 0;
	gboolean stands = g_strcmp0(state, "planned") == 0 || g_strcmp0(state, "hold") == 0;

	if (!get_when(booking, &day, &start, &end) || g_strcmp0(state, "cancelled") == 0 ||
	    (sought->day != CM_DAY_NONE && sought->day != day) ||
	    (sought->minute >= 0 && sought->minute != start) ||
	    (sought->followup != 0 && cm_json_get_int(booking, "followup") != sought->followup) ||
	    (sought->student != 0 && !is_about(bookings, booking, sought->student)))
		return FALSE;
	if (which == CM_BOOKINGS_VIDEO && !is_video(bookings, booking))
		return FALSE;
	if (which == CM_BOOKINGS_BEGUN)
		return day < bookings->today ||
		       (day == bookings->today && start <= bookings->minute);
	/* what was named by its day may be over: somebody corrects it */
	return stands && (sought->day != CM_DAY_NONE || day > bookings->today ||
			  (day == bookings->today && end > bookings->minute));
}

JsonObject *
cm_bookings_find(CmBookings *bookings,
		 const gchar *const *words,
		 CmBookingsWhich which,
		 GError **error)
{
	Sought sought = {.day = CM_DAY_NONE, .minute = -1};
	g_autoptr(JsonNode) document = NULL;
	JsonObject *found = NULL;
	gchar from[CM_DAY_TEXT_SIZE];
	gchar to[CM_DAY_TEXT_SIZE];
	CmDay first;
	CmDay last;

	if (!parse_sought(bookings, words, &sought, error))
		return NULL;
	first = sought.day != CM_DAY_NONE ? sought.day : bookings->today - DAYS_BACK;
	last = sought.day != CM_DAY_NONE ? sought.day : bookings->today + DAYS_AHEAD;
	document = list(bookings, cm_day_format(first, from), cm_day_format(last, to), 0, error);
	if (document == NULL)
		return NULL;
	/* they come by their start */
	for (guint i = 0; i < cm_json_get_length(get_bookings(document)); i++) {
		JsonObject *booking = cm_json_get_element(get_bookings(document), i);

		if (!fits(bookings, booking, &sought, which))
			continue;
		found = booking;
		if (which != CM_BOOKINGS_BEGUN)
			break;
	}
	if (found == NULL) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("Nothing of yours is booked like that. “comodalctl agenda” shows "
				"what is."),
			     NULL);
		return NULL;
	}
	return json_object_ref(found);
}

JsonNode *
cm_bookings_list_coming(CmBookings *bookings, gint64 followup, GError **error)
{
	gchar from[CM_DAY_TEXT_SIZE];

	return list(bookings, cm_day_format(bookings->today, from), LAST_DATE, followup, error);
}

static void
unref_object(gpointer object)
{
	json_object_unref(object);
}

GPtrArray *
cm_bookings_list_day(CmBookings *bookings, gint64 student, CmDay day, GError **error)
{
	gchar date[CM_DAY_TEXT_SIZE];
	g_autoptr(JsonNode) document = NULL;
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(unref_object);

	(void)cm_day_format(day, date);
	document = list(bookings, date, date, 0, error);
	if (document == NULL)
		return NULL;
	for (guint i = 0; i < cm_json_get_length(get_bookings(document)); i++) {
		JsonObject *booking = cm_json_get_element(get_bookings(document), i);

		if (g_strcmp0(cm_json_get_string(booking, "state"), "cancelled") != 0 &&
		    is_about(bookings, booking, student) &&
		    (bookings->own == 0 ||
		     cm_json_get_int(booking, "professional") == bookings->own))
			g_ptr_array_add(found, json_object_ref(booking));
	}
	return g_steal_pointer(&found);
}

gboolean
cm_bookings_say_when(CmBookings *bookings, const gchar *const *words)
{
	guint count = g_strv_length((gchar **)words);
	g_autofree gchar *name = cm_bookings_join(words, count);
	g_autoptr(GError) error = NULL;
	CmMinute minute = 0;
	CmDay day = 0;

	if (count == 0 || cm_when_parse_time(words[count - 1], &minute))
		return count > 0;
	return count > 1 && cm_when_parse_day(words[count - 1], bookings->today, &day) &&
	       cm_bookings_find_followup(bookings, name, NULL, &error) == NULL &&
	       cm_error_is(error, CM_ERROR_NOT_FOUND);
}

/* ---- what is said */

static const gchar *
get_name(JsonNode *things, gint64 number)
{
	JsonObject *thing =
	    things != NULL && number != 0 ? cm_find_by_number(things, number) : NULL;

	return thing != NULL ? cm_find_get_title(thing) : NULL;
}

static const gchar *
get_subject(const CmBookings *bookings, JsonObject *booking)
{
	const gchar *title = cm_json_get_string(booking, "title");
	const gchar *name = get_name(bookings->students, cm_json_get_int(booking, "student"));
	JsonObject *followup =
	    cm_find_by_number(bookings->followups, cm_json_get_int(booking, "followup"));

	if (name == NULL && followup != NULL)
		name = get_title(bookings->students, cm_json_get_string(followup, "student"));
	if (name == NULL)
		name = title;
	return name != NULL ? name : cm_json_get_string(booking, "kind");
}

gchar *
cm_bookings_describe(const CmBookings *bookings, JsonObject *booking)
{
	g_autoptr(GString) text = g_string_new(get_subject(bookings, booking));
	const gchar *room = get_name(bookings->rooms, cm_json_get_int(booking, "room"));
	g_autofree gchar *date = NULL;
	CmDay day = 0;
	CmMinute start = 0;
	CmMinute end = 0;

	if (get_when(booking, &day, &start, &end))
		date = cm_dates_format_day(day);
	g_string_append_printf(text, ", %s, %s–%s, %s", date != NULL ? date : "",
			       cm_json_get_string(booking, "start"),
			       cm_json_get_string(booking, "end"),
			       cm_kinds_get_mode(cm_json_get_string(booking, "mode")));
	if (room != NULL)
		g_string_append_printf(text, ", %s", room);
	return cm_terminal_clean(text->str);
}

/* everybody of the bookings, once */
/* A contact often has no name, only an id, which says nothing to who reads it. */
static gchar *
dup_told_name(const CmBookings *bookings, const gchar *kind, gint64 number)
{
	JsonNode *things = bookings->contacts;
	const gchar *id;
	JsonObject *thing;

	if (g_strcmp0(kind, "student") == 0)
		things = bookings->students;
	else if (g_strcmp0(kind, "professional") == 0)
		things = bookings->professionals;
	thing = things != NULL && number != 0 ? cm_find_by_number(things, number) : NULL;
	if (thing == NULL || things != bookings->contacts ||
	    cm_json_get_string(thing, "name") != NULL)
		return g_strdup(thing != NULL ? cm_find_get_title(thing) : NULL);
	id = cm_json_get_string(thing, "id");
	if (g_strcmp0(cm_json_get_string(thing, "kind"), "teacher") == 0)
		return cm_report_format(N_("the teacher ({0})"), id, NULL);
	return cm_report_format(N_("a parent ({0})"), id, NULL);
}

static void
add_told(const CmBookings *bookings, JsonObject *booking, GPtrArray *names)
{
	JsonArray *attendees = cm_json_get_array(booking, "attendees");

	for (guint i = 0; i < cm_json_get_length(attendees); i++) {
		JsonObject *attendee = cm_json_get_element(attendees, i);
		g_autofree gchar *name =
		    dup_told_name(bookings, cm_json_get_string(attendee, "kind"),
				  cm_json_get_int(attendee, "number"));

		if (name != NULL &&
		    !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, g_steal_pointer(&name));
	}
}

static void
print_objections(JsonArray *objections)
{
	for (guint i = 0; i < cm_json_get_length(objections); i++) {
		JsonObject *objection = cm_json_get_element(objections, i);
		const gchar *message = cm_json_get_string(objection, "message");
		const gchar *rule = cm_json_get_string(objection, "rule");
		g_autofree gchar *text = cm_message_localize(message != NULL ? message : "");
		g_autofree gchar *line = NULL;

		if (rule != NULL)
			line = g_strdup_printf("  ! %s (%s)\n", text, rule);
		else
			line = g_strdup_printf("  ! %s\n", text);
		cm_terminal_print(line);
		if (cm_json_get_int(objection, "derogation") != 0) {
			g_autofree gchar *number = g_strdup_printf(
			    "%" G_GINT64_FORMAT, cm_json_get_int(objection, "derogation"));
			g_autofree gchar *opened = cm_report_format(
			    N_("Opened by the approved derogation {0}."), number, NULL);

			cm_terminal_print("    ");
			cm_terminal_print(opened);
			cm_terminal_print("\n");
		}
	}
}

CmExit
cm_bookings_report(const CmBookings *bookings, JsonNode *document, const gchar *verb)
{
	JsonArray *booked = get_bookings(document);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	if (bookings->cli->json) {
		cm_json_print_node(document);
		return CM_EXIT_OK;
	}
	for (guint i = 0; i < cm_json_get_length(booked); i++) {
		JsonObject *booking = cm_json_get_element(booked, i);
		g_autofree gchar *what = cm_bookings_describe(bookings, booking);
		g_autofree gchar *line = cm_report_format(verb, what, NULL);

		cm_terminal_print(line);
		cm_terminal_print("\n");
		add_told(bookings, booking, names);
	}
	if (names->len > 0) {
		g_autoptr(GString) all = g_string_new(NULL);
		g_autofree gchar *line = NULL;

		for (guint i = 0; i < names->len; i++)
			g_string_append_printf(all, "%s%s", i > 0 ? ", " : "",
					       (const gchar *)g_ptr_array_index(names, i));
		line = cm_report_format(N_("To be told: {0}."), all->str, NULL);
		cm_terminal_print("  ");
		cm_terminal_print(line);
		cm_terminal_print("\n");
	}
	print_objections(cm_json_get_array(json_node_get_object(document), "objections"));
	return CM_EXIT_OK;
}

CmExit
cm_bookings_report_error(const GError *error)
{
	gboolean rule = cm_error_is(error, CM_ERROR_POLICY);
	g_autoptr(GError) plain = NULL;
	CmExit status;

	if (!rule && !cm_error_is(error, CM_ERROR_CONFLICT))
		return cm_report_error(error);
	/* the hint of a conflict elsewhere, that somebody was faster, is seldom right here */
	plain = g_error_new_literal(CM_ERROR, CM_ERROR_FAILED, error->message);
	status = cm_report_error(plain);
	cm_report_note(rule ? N_("Other times: comodalctl slots WHO. An exception to the rule: "
				 "comodalctl derogation ask.")
			    : N_("Other times: comodalctl slots WHO. What stands: comodalctl "
				 "agenda."),
		       NULL);
	return status;
}

/* ---- when */

gboolean
cm_bookings_parse_when(const CmBookings *bookings,
		       const gchar *const *words,
		       guint *out_before,
		       CmDay *out_day,
		       CmMinute *out_minute)
{
	guint count = g_strv_length((gchar **)words);

	if (count < 2 || !cm_when_parse_time(words[count - 1], out_minute)) {
		cm_report_usage(bookings->cli,
				N_("A day and an hour come last, as: tue 10:30, or +7 13h."), NULL);
		return FALSE;
	}
	if (!cm_when_parse_day(words[count - 2], bookings->today, out_day)) {
		cm_report_usage(bookings->cli,
				N_("“{0}” is no day: write tue, tomorrow, +7 or 2026-10-06."),
				words[count - 2], NULL);
		return FALSE;
	}
	*out_before = count - 2;
	return TRUE;
}
