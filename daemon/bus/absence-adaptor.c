// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/absence-adaptor.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/json-document.h"
#include "daemon/bus/policy-presence.h"
#include "daemon/bus/reply.h"
#include "daemon/store/store-absence.h"
#include "include/cm-dbus.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define DAYS_MAX 400
/* where another day is looked for: after the absence */
#define SEARCH_DAYS 28
#define COLLEAGUES_MAX 3
#define NOTICE_RULE "absence_notice.threshold"

typedef struct {
	CmService *service;
	CmCaller *caller;
	CmPolicySet *policies;
	gint64 professional;
	CmDay from;
	CmDay to;
	gchar *basis;
	GArray *chosen; /* gint64, or NULL: all */
} AbsenceRequest;

static void
absence_request_free(gpointer data)
{
	AbsenceRequest *request = data;

	cm_caller_unref(request->caller);
	cm_policy_set_unref(request->policies);
	g_free(request->basis);
	g_clear_pointer(&request->chosen, g_array_unref);
	g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AbsenceRequest, absence_request_free)

/* ---- what becomes of each booking */

typedef struct {
	CmStoreBooking *booking; /* of the outlook's */
	gboolean moves;
	CmSlot slot;
	GArray *colleagues; /* guint32: who could see them at that very hour */
} Line;

typedef struct {
	CmDeskView view;
	gint64 now;
	CmDay today;
	guint32 professional;
	GPtrArray *bookings;
	GArray *lines; /* Line */
	gchar *basis;
} Outlook;

static void
line_clear(gpointer data)
{
	Line *line = data;

	g_array_unref(line->colleagues);
}

static void
outlook_clear(Outlook *outlook)
{
	g_clear_pointer(&outlook->lines, g_array_unref);
	g_clear_pointer(&outlook->bookings, g_ptr_array_unref);
	g_free(outlook->basis);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outlook, outlook_clear)

/* a session or an appointment to come that is this professional's own */
static gboolean
is_affected(const Outlook *outlook, const AbsenceRequest *request, const CmStoreBooking *booking)
{
	return booking->state == CM_BOOKING_PLANNED && booking->start_utc > outlook->now &&
	       booking->professional == request->professional;
}

/* colleagues of the profession who could see the student then and there */
static void
find_colleagues(const Outlook *outlook, const CmDeskEntry *was, guint32 student, GArray *colleagues)
{
	const CmCaseload *caseload = outlook->view.roster->caseload;
	const CmProfessional *away =
	    CM_ELEMENT(caseload->professionals, CmProfessional, outlook->professional);
	CmAttendee attendee = {.kind = CM_RESOURCE_STUDENT, .index = student};
	CmDeskEntry entry = *was;

	if (student == CM_NONE)
		return;
	entry.number = 0;
	entry.kind = CM_DESK_GROUP;
	entry.session = CM_NONE;
	entry.room = CM_NONE;
	entry.companion = CM_NONE;
	entry.attendees = &attendee;
	entry.attendee_count = 1;
	for (guint32 i = 0; i < caseload->professionals->len && colleagues->len < COLLEAGUES_MAX;
	     i++) {
		g_autoptr(CmVerdict) verdict = NULL;

		if (i == outlook->professional ||
		    g_strcmp0(CM_ELEMENT(caseload->professionals, CmProfessional, i)->profession,
			      away->profession) != 0)
			continue;
		entry.professional = i;
		verdict = cm_desk_judge(outlook->view.desk, &entry, outlook->now);
		if (cm_verdict_is_offered(verdict))
			g_array_append_val(colleagues, i);
	}
}

static void
look_at(Outlook *outlook, const AbsenceRequest *request, CmStoreBooking *booking, GArray *attendees)
{
	const CmCaseload *caseload = outlook->view.roster->caseload;
	Line line = {.booking = booking, .colleagues = g_array_new(FALSE, FALSE, sizeof(guint32))};
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;
	guint32 student = CM_NONE;

	if (!cm_desk_cache_get_entry(outlook->view.roster, booking, attendees, &entry)) {
		g_array_append_val(outlook->lines, line);
		return;
	}
	(void)cm_desk_remove(outlook->view.desk, booking->number);
	if (entry.kind == CM_DESK_SESSION) {
		guint32 followup =
		    CM_ELEMENT(caseload->sessions, CmSession, entry.session)->followup;

		student = CM_ELEMENT(caseload->followups, CmFollowup, followup)->student;
		entry.minutes = booking->place.minutes;
		entry.site = CM_ELEMENT(caseload->students, CmStudent, student)->site;
		entry.act = CM_ELEMENT(caseload->sessions, CmSession, entry.session)->act;
		find_colleagues(outlook, &entry, student, line.colleagues);
		entry.minutes = 0;
	}
	entry.room = CM_NONE;
	entry.companion = CM_NONE;
	line.moves =
	    cm_desk_find_slots(outlook->view.desk, &entry, CM_MODE_FLAG(booking->place.mode),
			       request->to + 1, request->to + SEARCH_DAYS, TRUE, 1, outlook->now,
			       &line.slot) == 1;
	/* the next ones see it there */
	if (line.moves) {
		entry.date = line.slot.date;
		entry.start = line.slot.start;
		entry.room = line.slot.room;
		entry.companion = line.slot.companion;
		cm_desk_place(outlook->view.desk, &entry);
	}
	g_array_append_val(outlook->lines, line);
}

/* what it was decided against: another one is another outlook */
static gchar *
make_basis(const Outlook *outlook, const AbsenceRequest *request)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%" G_GUINT64_FORMAT " %d %d", outlook->view.roster->version,
			       request->from, request->to);
	for (guint i = 0; i < outlook->lines->len; i++) {
		const Line *line = &g_array_index(outlook->lines, Line, i);

		g_string_append_printf(text, " %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%d:%d:%d",
				       line->booking->number, line->booking->version, line->moves,
				       line->moves ? line->slot.date : 0,
				       line->moves ? line->slot.start : 0);
	}
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

static gboolean
outlook_make(Outlook *outlook,
	     const AbsenceRequest *request,
	     CmStore *store,
	     GCancellable *cancellable,
	     GError **error)
{
	CmStoreBookingFilter filter = {
	    .from = request->from, .to = request->to, .professional = request->professional};
	g_autoptr(GArray) attendees = g_array_new(FALSE, TRUE, sizeof(CmAttendee));
	g_autoptr(GTimeZone) zone = NULL;

	outlook->now = cm_clock_get_now();
	if (!cm_caller_check(request->caller, store, CM_SUBJECT_PROFESSIONAL, request->professional,
			     error) ||
	    !cm_desk_cache_get(request->service->desk, store, request->policies, outlook->now,
			       cancellable, &outlook->view, error))
		return FALSE;
	zone = g_time_zone_new_identifier(outlook->view.roster->caseload->timezone);
	outlook->today = cm_clock_get_day(outlook->now, zone);
	outlook->professional = cm_roster_numbers_find(
	    outlook->view.roster->numbers, CM_NUMBER_PROFESSIONAL, request->professional);
	outlook->bookings = cm_store_booking_list(store, &filter, outlook->now, error);
	if (outlook->bookings == NULL || outlook->professional == CM_NONE)
		return FALSE; /* nocheck:error-unset: the check above found the professional */
	outlook->lines = g_array_new(FALSE, TRUE, sizeof(Line));
	g_array_set_clear_func(outlook->lines, line_clear);
	for (guint i = 0; i < outlook->bookings->len; i++) {
		CmStoreBooking *booking = g_ptr_array_index(outlook->bookings, i);

		if (is_affected(outlook, request, booking))
			look_at(outlook, request, booking, attendees);
	}
	outlook->basis = make_basis(outlook, request);
	return TRUE;
}

/* ---- Preview */

static void
add_line(JsonBuilder *builder, const Outlook *outlook, const Line *line)
{
	const CmRosterNumbers *numbers = outlook->view.roster->numbers;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", line->booking->number);
	cm_document_add_int(builder, "version", line->booking->version);
	cm_document_add_int(builder, "session", line->booking->session);
	cm_document_add_int(builder, "student", line->booking->student);
	cm_document_add_date(builder, "date", line->booking->place.date);
	cm_document_add_int(builder, "start", line->booking->place.start);
	cm_document_add_string(builder, "becomes", line->moves ? "moved" : "waits");
	cm_document_add_date(builder, "to_date", line->moves ? line->slot.date : CM_DAY_NONE);
	cm_document_add_int(builder, "to_start", line->moves ? line->slot.start : 0);
	json_builder_set_member_name(builder, "colleagues");
	json_builder_begin_array(builder);
	for (guint i = 0; i < line->colleagues->len; i++)
		json_builder_add_int_value(
		    builder, cm_roster_numbers_get(numbers, CM_NUMBER_PROFESSIONAL,
						   g_array_index(line->colleagues, guint32, i)));
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

/* longer than what the profession's rule lets pass in silence: what the rule says, or NULL */
static gchar *
make_warning(const Outlook *outlook, const AbsenceRequest *request)
{
	const CmCaseload *caseload = outlook->view.roster->caseload;
	const CmPolicy *policy = cm_policy_set_lookup(
	    request->policies,
	    CM_ELEMENT(caseload->professionals, CmProfessional, outlook->professional)->profession);
	const CmRule *rule = policy != NULL ? cm_policy_lookup_rule(policy, NOTICE_RULE) : NULL;
	g_autofree gchar *days = NULL;
	gint64 most = 0;
	gint64 working = 0;

	if (rule == NULL || rule->value == NULL ||
	    !g_ascii_string_to_signed(rule->value, 10, 0, DAYS_MAX, &most, NULL))
		return NULL;
	for (CmDay day = request->from; day <= request->to; day++)
		working += cm_day_get_weekday(day) < 5;
	if (working <= most)
		return NULL;
	days = g_strdup_printf("%" G_GINT64_FORMAT, working);
	return cm_message_new(
	    N_("An absence of {0} working days has to be announced (rule {1}: more "
	       "than {2}): how long it lasts, and what to do in an emergency. "
	       "Source: {3}."),
	    days, NOTICE_RULE, rule->value, rule->source != NULL ? rule->source : "–", NULL);
}

static gboolean
make_preview(CmStore *store,
	     CmPolicySet *policies,
	     gpointer data,
	     JsonBuilder *builder,
	     GError **error)
{
	const AbsenceRequest *request = data;
	g_auto(Outlook) outlook = {0};
	g_autofree gchar *warning = NULL;
	gboolean made = outlook_make(&outlook, request, store, NULL, error);

	/* what was tried on it did not happen */
	if (made) {
		warning = make_warning(&outlook, request);
		json_builder_begin_object(builder);
		cm_document_add_string(builder, "format", "comodal-absence/1");
		cm_document_add_int(builder, "professional", request->professional);
		cm_document_add_date(builder, "from", request->from);
		cm_document_add_date(builder, "to", request->to);
		cm_document_add_string(builder, "basis", outlook.basis);
		cm_document_add_string(builder, "warning", warning);
		json_builder_set_member_name(builder, "lines");
		json_builder_begin_array(builder);
		for (guint i = 0; i < outlook.lines->len; i++)
			add_line(builder, &outlook, &g_array_index(outlook.lines, Line, i));
		json_builder_end_array(builder);
		json_builder_end_object(builder);
	}
	cm_desk_cache_forget(request->service->desk);
	return made;
}

static AbsenceRequest *
absence_request_new(CmService *service,
		    GDBusMethodInvocation *invocation,
		    guint64 professional,
		    const gchar *from,
		    const gchar *to,
		    GError **error)
{
	g_autoptr(AbsenceRequest) request = g_new0(AbsenceRequest, 1);

	request->service = service;
	request->caller = cm_caller_ref(cm_door_get_caller(invocation));
	request->policies = cm_policy_set_ref(service->policies);
	request->professional = (gint64)MIN(professional, (guint64)G_MAXINT64);
	if (cm_day_parse(from, &request->from) && cm_day_parse(to, &request->to) &&
	    request->from <= request->to && request->to - request->from < DAYS_MAX)
		return g_steal_pointer(&request);
	cm_error_set(error, CM_ERROR_INVALID_INPUT,
		     N_("An absence goes from a date as 2026-10-05 to the same or a later one, at "
			"most {0} days."),
		     G_STRINGIFY(DAYS_MAX), NULL);
	return NULL;
}

static gboolean
handle_preview(CmDBusAbsence *object,
	       GDBusMethodInvocation *invocation,
	       GUnixFDList *descriptors,
	       guint64 professional,
	       const gchar *from,
	       const gchar *to,
	       gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	AbsenceRequest *request =
	    absence_request_new(user_data, invocation, professional, from, to, &error);

	if (request == NULL)
		cm_reply_error(invocation, error);
	else
		cm_json_document_reply(user_data, invocation, make_preview, request,
				       absence_request_free);
	return TRUE;
}

/* ---- Accept */

static gboolean
is_chosen(const AbsenceRequest *request, gint64 number)
{
	for (guint i = 0; request->chosen != NULL && i < request->chosen->len; i++) {
		if (g_array_index(request->chosen, gint64, i) == number)
			return TRUE;
	}
	return request->chosen == NULL;
}

static GArray *
make_lines(const Outlook *outlook, const AbsenceRequest *request)
{
	const CmRosterNumbers *numbers = outlook->view.roster->numbers;
	GArray *lines = g_array_new(FALSE, TRUE, sizeof(CmStoreAbsenceLine));

	for (guint i = 0; i < outlook->lines->len; i++) {
		const Line *line = &g_array_index(outlook->lines, Line, i);
		CmStoreAbsenceLine one = {.number = line->booking->number,
					  .version = line->booking->version,
					  .move = line->moves,
					  .place = line->booking->place};

		if (!is_chosen(request, one.number))
			continue;
		if (line->moves) {
			one.place.date = line->slot.date;
			one.place.start = line->slot.start;
			one.place.mode = line->slot.mode;
			one.place.room =
			    cm_roster_numbers_get(numbers, CM_NUMBER_ROOM, line->slot.room);
			one.place.companion = cm_roster_numbers_get(numbers, CM_NUMBER_COMPANION,
								    line->slot.companion);
		}
		g_array_append_val(lines, one);
	}
	return lines;
}

/* the professional as they become: away on these days too */
static GPtrArray *
make_changes(const Outlook *outlook, const AbsenceRequest *request)
{
	const CmCaseload *caseload = outlook->view.roster->caseload;
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, outlook->professional);
	GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)cm_roster_change_free);
	g_autoptr(JsonObject) thing = json_object_new();
	JsonArray *absences = json_array_new();

	for (guint i = 0; i <= professional->absences.count; i++) {
		JsonArray *pair = json_array_new();
		CmAbsence span = {request->from, request->to};
		gchar text[CM_DAY_TEXT_SIZE];

		if (i < professional->absences.count)
			span = *CM_ELEMENT(caseload->absences, CmAbsence,
					   professional->absences.first + i);
		json_array_add_string_element(pair, cm_day_format(span.from, text));
		json_array_add_string_element(pair, cm_day_format(span.to, text));
		json_array_add_array_element(absences, pair);
	}
	json_object_set_array_member(thing, "absences", absences);
	g_ptr_array_add(changes, cm_roster_change_new(CM_CHANGE_EDIT, CM_NUMBER_PROFESSIONAL,
						      professional->id, thing));
	return changes;
}

static gboolean
accept(Outlook *outlook,
       const AbsenceRequest *request,
       CmStore *store,
       GCancellable *cancellable,
       GError **error)
{
	const CmStoreCall call = {.actor = request->caller->uid, .now = outlook->now};
	g_autoptr(GArray) lines = make_lines(outlook, request);
	g_autoptr(GPtrArray) changes = make_changes(outlook, request);
	g_autoptr(GPtrArray) problems = cm_roster_change_new_problems();
	g_autoptr(CmCaseload) becomes =
	    cm_roster_change_apply(outlook->view.roster->caseload, changes, problems, error);
	CmStoreChangeRequest roster = {.changes = changes,
				       .caseload = becomes,
				       .version = outlook->view.roster->version,
				       .actor = request->caller->uid,
				       .now = outlook->now,
				       .presence = cm_policy_presence_check,
				       .presence_data = request->policies};

	return becomes != NULL &&
	       cm_store_absence_accept(store, &call, request->professional,
				       (const CmStoreAbsenceLine *)(gconstpointer)lines->data,
				       lines->len, &roster, cancellable, error);
}

static GVariant *
make_accepted(CmService *service,
	      CmStore *store,
	      gpointer data,
	      GCancellable *cancellable,
	      GError **error)
{
	const AbsenceRequest *request = data;
	g_auto(Outlook) outlook = {0};
	gboolean good = outlook_make(&outlook, request, store, cancellable, error);

	if (good && g_strcmp0(outlook.basis, request->basis) != 0) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("Something has changed since the preview: look at the new one."),
			     NULL);
		good = FALSE;
	}
	good = good && accept(&outlook, request, store, cancellable, error);
	cm_desk_cache_forget(service->desk);
	return good ? g_variant_new("()") : NULL;
}

static gboolean
handle_accept(CmDBusAbsence *object,
	      GDBusMethodInvocation *invocation,
	      guint64 professional,
	      const gchar *from,
	      const gchar *to,
	      const gchar *basis,
	      gboolean all,
	      GVariant *chosen,
	      gpointer user_data)
{
	g_autoptr(GError) error = NULL;
	AbsenceRequest *request =
	    absence_request_new(user_data, invocation, professional, from, to, &error);
	GVariantIter iter;
	guint64 number = 0;

	if (request == NULL) {
		cm_reply_error(invocation, error);
		return TRUE;
	}
	request->basis = g_strdup(basis);
	if (!all) {
		request->chosen = g_array_new(FALSE, FALSE, sizeof(gint64));
		g_variant_iter_init(&iter, chosen);
		while (g_variant_iter_next(&iter, "t", &number)) {
			gint64 one = (gint64)MIN(number, (guint64)G_MAXINT64);

			g_array_append_val(request->chosen, one);
		}
	}
	cm_reply_from_store(user_data, invocation, make_accepted, request, absence_request_free);
	return TRUE;
}

gboolean
cm_absence_adaptor_add(CmService *service, GError **error)
{
	g_autoptr(CmDBusAbsence) object = cm_dbus_absence_skeleton_new();

	g_signal_connect(object, "handle-preview", G_CALLBACK(handle_preview), service);
	g_signal_connect(object, "handle-accept", G_CALLBACK(handle_accept), service);
	return cm_service_add_adaptor(service, G_DBUS_INTERFACE_SKELETON(object), error);
}
