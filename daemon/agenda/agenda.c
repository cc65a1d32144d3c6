// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include "daemon/agenda/agenda.h"

#include "daemon/agenda/agenda-answers.h"
#include "daemon/agenda/booked.h"
#include "daemon/agenda/document.h"
#include "daemon/agenda/itinerary.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#define FORMAT_NAME "comodal-agenda/1"

/* What one document is made from. */
typedef struct {
	const CmCaseload *caseload;
	const CmPolicySet *policies;
	const CmAgendaQuery *query;
	guint32 professional; /* or CM_NONE */
	guint32 student;      /* or CM_NONE */
	guint32 site;         /* or CM_NONE */
	GArray *stops;        /* CmStop, those asked for */
	GArray *legs;         /* DatedLeg */
	GArray *entries;      /* Entry, by date and start */
	GHashTable *said;     /* session's index + 1 → const CmAgendaBooking * */
	JsonBuilder *builder;
} Agenda;

typedef struct {
	CmDay date;
	guint32 professional;
	CmLeg leg;
} DatedLeg;

typedef enum {
	ENTRY_TRAVEL,
	ENTRY_BUSY,
	ENTRY_SESSION,
	ENTRY_CANCELLED, /* a session that no longer stands */
	ENTRY_APPOINTMENT,
} EntryKind;

typedef struct {
	CmDay date;
	CmMinute start;
	EntryKind kind;
	guint index; /* of stops, legs, the caseload's busy, or what is booked */
} Entry;

static void
agenda_clear(Agenda *agenda)
{
	g_clear_pointer(&agenda->stops, g_array_unref);
	g_clear_pointer(&agenda->legs, g_array_unref);
	g_clear_pointer(&agenda->entries, g_array_unref);
	g_clear_pointer(&agenda->said, g_hash_table_unref);
	g_clear_object(&agenda->builder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Agenda, agenda_clear)

static gboolean
resolve_query(Agenda *agenda, GError **error)
{
	gint days = agenda->query->to - agenda->query->from + 1;

	agenda->professional = agenda->query->professional;
	agenda->student = agenda->query->student;
	agenda->site = agenda->query->site;
	if (days < 1) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT,
			     N_("The last date is before the first one."), NULL);
		return FALSE;
	}
	if (days > CM_AGENDA_DAYS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("An agenda holds at most 400 days."),
			     NULL);
		return FALSE;
	}
	return TRUE;
}

/* at a place that the caller may see */
static gboolean
stop_is_visible(const CmAgendaQuery *query, const CmStop *stop)
{
	if (query->bound != CM_NONE && stop->professional != query->bound)
		return FALSE;
	return query->sites == NULL ||
	       (query->sites[stop->site] != 0 && stop->placement->mode != CM_MODE_VIDEO_REMOTE);
}

static gboolean
stop_is_asked(const Agenda *agenda, const CmStop *stop)
{
	if (stop->date < agenda->query->from || stop->date > agenda->query->to ||
	    !stop_is_visible(agenda->query, stop))
		return FALSE;
	if (agenda->professional != CM_NONE && stop->professional != agenda->professional)
		return FALSE;
	if (agenda->student != CM_NONE && stop->student != agenda->student)
		return FALSE;
	return agenda->site == CM_NONE ||
	       (stop->site == agenda->site && stop->placement->mode != CM_MODE_VIDEO_REMOTE);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
	const Entry *first = a;
	const Entry *second = b;

	if (first->date != second->date)
		return first->date < second->date ? -1 : 1;
	if (first->start != second->start)
		return first->start - second->start;
	if (first->kind != second->kind)
		return first->kind < second->kind ? -1 : 1;
	return first->index < second->index ? -1 : 1;
}

static void
collect_legs(Agenda *agenda, const CmStop *stops, guint count)
{
	g_autoptr(GArray) legs = cm_itinerary_new_legs(agenda->caseload, stops, count);

	for (guint i = 0; i < legs->len; i++) {
		DatedLeg dated = {stops->date, stops->professional, g_array_index(legs, CmLeg, i)};

		g_array_append_val(agenda->legs, dated);
	}
}

/* the stops that were asked for, and the roads of the days that are shown whole */
static void
collect_stops(Agenda *agenda, const CmPlan *plan)
{
	g_autoptr(GArray) all = cm_itinerary_new_stops(agenda->caseload, plan);
	gboolean whole_days =
	    agenda->student == CM_NONE && agenda->site == CM_NONE && agenda->query->sites == NULL;
	guint count = 0;

	for (guint first = 0; first < all->len; first += count) {
		const CmStop *stops = &g_array_index(all, CmStop, first);

		count = cm_itinerary_count_day(all, first);
		for (guint i = 0; i < count; i++) {
			if (stop_is_asked(agenda, &stops[i]))
				g_array_append_val(agenda->stops, stops[i]);
		}
		if (whole_days && stop_is_asked(agenda, stops))
			collect_legs(agenda, stops, count);
	}
}

/* what is taken by something that this plan does not know, of the person who was asked for */
static gboolean
busy_is_asked(const Agenda *agenda, const CmBusy *busy)
{
	if (busy->date < agenda->query->from || busy->date > agenda->query->to ||
	    agenda->site != CM_NONE)
		return FALSE;
	if (busy->kind == CM_RESOURCE_PROFESSIONAL)
		return agenda->professional == busy->resource;
	return busy->kind == CM_RESOURCE_STUDENT && agenda->student == busy->resource &&
	       agenda->query->bound == CM_NONE;
}

static void
add_entry(Agenda *agenda, CmDay date, CmMinute start, EntryKind kind, guint index)
{
	Entry entry = {date, start, kind, index};

	g_array_append_val(agenda->entries, entry);
}

/* ---- what is booked */

static const CmAgendaBooking *
get_booking(const Agenda *agenda, guint index)
{
	return &g_array_index(agenda->query->booked, CmAgendaBooking, index);
}

/* a session of a follow-up, as a stop of a day */
static CmStop
make_stop(const Agenda *agenda, const CmAgendaBooking *booking)
{
	const CmCaseload *caseload = agenda->caseload;
	guint32 followup = CM_ELEMENT(caseload->sessions, CmSession, booking->session)->followup;
	guint32 student = CM_ELEMENT(caseload->followups, CmFollowup, followup)->student;

	return (CmStop){.placement = &booking->placement,
			.session = booking->session,
			.followup = followup,
			.professional = booking->professional,
			.student = student,
			.site = CM_ELEMENT(caseload->students, CmStudent, student)->site,
			.date = booking->placement.date,
			.start = booking->placement.start,
			.end = booking->end};
}

static void
collect_session(Agenda *agenda, guint index)
{
	const CmAgendaBooking *booking = get_booking(agenda, index);
	CmStop stop = make_stop(agenda, booking);

	/* the plan has it no more: the document shows what became of it */
	if (!cm_booked_is_off(booking))
		g_hash_table_insert(agenda->said, GUINT_TO_POINTER(booking->session + 1),
				    (gpointer)booking);
	else if (agenda->query->sites == NULL && stop_is_asked(agenda, &stop))
		add_entry(agenda, stop.date, stop.start, ENTRY_CANCELLED, index);
}

static void
collect_booked(Agenda *agenda)
{
	const GArray *booked = agenda->query->booked;

	agenda->said = g_hash_table_new(NULL, NULL);
	for (guint i = 0; booked != NULL && i < booked->len; i++) {
		const CmAgendaBooking *booking = get_booking(agenda, i);

		if (booking->placement.date < agenda->query->from ||
		    booking->placement.date > agenda->query->to)
			continue;
		if (!booking->appointment)
			collect_session(agenda, i);
		else if (cm_booked_is_asked(agenda->query, booking))
			add_entry(agenda, booking->placement.date, booking->placement.start,
				  ENTRY_APPOINTMENT, i);
	}
}

/* what somebody said of the session that stands there, or NULL */
static const CmAgendaBooking *
look_up_said(const Agenda *agenda, const CmStop *stop)
{
	const CmAgendaBooking *booking =
	    g_hash_table_lookup(agenda->said, GUINT_TO_POINTER(stop->session + 1));

	return booking != NULL && booking->placement.date == stop->date &&
		       booking->placement.start == stop->start
		   ? booking
		   : NULL;
}

static void
collect(Agenda *agenda, const CmPlan *plan)
{
	const GArray *busy = agenda->caseload->busy;

	agenda->stops = g_array_new(FALSE, FALSE, sizeof(CmStop));
	agenda->legs = g_array_new(FALSE, FALSE, sizeof(DatedLeg));
	agenda->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	collect_stops(agenda, plan);
	for (guint i = 0; i < agenda->stops->len; i++) {
		const CmStop *stop = &g_array_index(agenda->stops, CmStop, i);

		add_entry(agenda, stop->date, stop->start, ENTRY_SESSION, i);
	}
	for (guint i = 0; i < agenda->legs->len; i++) {
		const DatedLeg *dated = &g_array_index(agenda->legs, DatedLeg, i);

		add_entry(agenda, dated->date, dated->leg.start, ENTRY_TRAVEL, i);
	}
	for (guint i = 0; i < busy->len; i++) {
		const CmBusy *taken = CM_ELEMENT(busy, CmBusy, i);

		if (busy_is_asked(agenda, taken))
			add_entry(agenda, taken->date, taken->window.from, ENTRY_BUSY, i);
	}
	collect_booked(agenda);
	g_array_sort(agenda->entries, compare_entries);
}

/* what programs refer to it by */
static void
add_number(Agenda *agenda, CmNumberKind kind, guint32 index)
{
	if (agenda->query->numbers != NULL)
		cm_document_add_int(agenda->builder, "number",
				    cm_roster_numbers_get(agenda->query->numbers, kind, index));
}

static void
add_site(Agenda *agenda, const gchar *member, guint32 index)
{
	const CmSite *site = CM_ELEMENT(agenda->caseload->sites, CmSite, index);

	cm_document_begin_object(agenda->builder, member);
	cm_document_add_string(agenda->builder, "id", site->id);
	add_number(agenda, CM_NUMBER_SITE, index);
	cm_document_add_string(agenda->builder, "name", site->name);
	json_builder_end_object(agenda->builder);
}

static void
add_student(Agenda *agenda, guint32 index)
{
	const CmStudent *student = CM_ELEMENT(agenda->caseload->students, CmStudent, index);

	cm_document_begin_object(agenda->builder, "student");
	cm_document_add_string(agenda->builder, "id", student->id);
	add_number(agenda, CM_NUMBER_STUDENT, index);
	cm_document_add_string(agenda->builder, "name", student->name);
	json_builder_end_object(agenda->builder);
}

static void
add_professional(Agenda *agenda, const gchar *member, guint32 index)
{
	const CmProfessional *professional =
	    CM_ELEMENT(agenda->caseload->professionals, CmProfessional, index);

	cm_document_begin_object(agenda->builder, member);
	cm_document_add_string(agenda->builder, "id", professional->id);
	add_number(agenda, CM_NUMBER_PROFESSIONAL, index);
	cm_document_add_string(agenda->builder, "name", professional->name);
	cm_document_add_string(agenda->builder, "profession", professional->profession);
	json_builder_end_object(agenda->builder);
}

/* the kind of a day at a site, and its cycle day */
static void
add_site_day(Agenda *agenda, guint32 index, CmDay date)
{
	const CmSite *site = CM_ELEMENT(agenda->caseload->sites, CmSite, index);
	gint cycle_day = 0;
	CmDayKind kind = cm_caseload_get_day(agenda->caseload, index, date, &cycle_day);

	json_builder_begin_object(agenda->builder);
	cm_document_add_string(agenda->builder, "id", site->id);
	cm_document_add_string(agenda->builder, "name", site->name);
	cm_document_add_string(agenda->builder, "kind", cm_day_kind_to_string(kind));
	cm_document_add_int(agenda->builder, "cycle_day",
			    kind == CM_DAY_KIND_CLASS ? cycle_day : 0);
	json_builder_end_object(agenda->builder);
}

static const CmPolicy *
get_policy(const Agenda *agenda, guint32 professional)
{
	const CmProfessional *who =
	    CM_ELEMENT(agenda->caseload->professionals, CmProfessional, professional);

	if (agenda->policies == NULL)
		return NULL;
	return cm_policy_set_lookup(agenda->policies, who->profession);
}

/* in the policy's words, where it has some */
static void
add_act(Agenda *agenda, guint32 professional, const gchar *act)
{
	const CmPolicy *policy = get_policy(agenda, professional);
	const gchar *french = act;
	const gchar *english = act;

	if (policy != NULL) {
		french = cm_policy_get_act_title(policy, act, CM_LANGUAGE_FRENCH);
		english = cm_policy_get_act_title(policy, act, CM_LANGUAGE_ENGLISH);
	}
	cm_document_add_string(agenda->builder, "act", act);
	cm_document_begin_object(agenda->builder, "act_title");
	cm_document_add_string(agenda->builder, "fr", french);
	cm_document_add_string(agenda->builder, "en", english);
	json_builder_end_object(agenda->builder);
}

static gboolean
student_is_present(const Agenda *agenda, const CmStop *stop)
{
	const CmSession *session = CM_ELEMENT(agenda->caseload->sessions, CmSession, stop->session);
	const CmPolicy *policy = get_policy(agenda, stop->professional);
	const CmActRules *act = policy != NULL ? cm_policy_get_act(policy, session->act) : NULL;

	return act == NULL || act->student_present;
}

static void
add_participants(Agenda *agenda, const CmSession *session)
{
	cm_document_begin_array(agenda->builder, "participants");
	for (guint i = 0; i < session->participants.count; i++) {
		guint32 index = *CM_ELEMENT(agenda->caseload->references, guint32,
					    session->participants.first + i);
		const CmContact *contact = CM_ELEMENT(agenda->caseload->contacts, CmContact, index);

		json_builder_begin_object(agenda->builder);
		cm_document_add_string(agenda->builder, "id", contact->id);
		add_number(agenda, CM_NUMBER_CONTACT, index);
		cm_document_add_string(agenda->builder, "kind",
				       contact->kind == CM_CONTACT_KIND_GUARDIAN ? "guardian"
										 : "teacher");
		json_builder_end_object(agenda->builder);
	}
	json_builder_end_array(agenda->builder);
}

/* the room and the companion, null where there is none */
static void
add_resources(Agenda *agenda, const CmPlacement *placement)
{
	const CmCaseload *caseload = agenda->caseload;
	const gchar *room = NULL;
	const gchar *companion = NULL;

	if (placement->room != CM_NONE)
		room = CM_ELEMENT(caseload->rooms, CmRoom, placement->room)->id;
	if (placement->companion != CM_NONE)
		companion = CM_ELEMENT(caseload->companions, CmCompanion, placement->companion)->id;
	cm_document_add_string(agenda->builder, "room", room);
	cm_document_add_string(agenda->builder, "companion", companion);
}

/* which session it is, of what: not a school's affair */
static void
add_purpose(Agenda *agenda,
	    const CmStop *stop,
	    const CmSession *session,
	    const CmFollowup *followup)
{
	JsonBuilder *builder = agenda->builder;

	cm_document_add_string(builder, "id", session->id);
	add_number(agenda, CM_NUMBER_SESSION, stop->session);
	cm_document_add_string(builder, "followup", followup->id);
	if (agenda->query->numbers != NULL)
		cm_document_add_int(builder, "followup_number",
				    cm_roster_numbers_get(agenda->query->numbers,
							  CM_NUMBER_FOLLOWUP, stop->followup));
	cm_document_add_int(builder, "position", stop->session - followup->sessions.first + 1);
	cm_document_add_int(builder, "positions", followup->sessions.count);
	add_act(agenda, stop->professional, session->act);
}

/* of what stands as the plan has it, nothing */
static void
add_state(Agenda *agenda, const CmAgendaBooking *booking)
{
	if (booking->state != CM_BOOKING_PLANNED)
		cm_document_add_string(agenda->builder, "state",
				       cm_booking_state_to_string(booking->state));
	if (booking->by_hand)
		cm_document_add_boolean(agenda->builder, "by_hand", TRUE);
	if (booking->time_request != 0 && agenda->query->sites == NULL)
		cm_document_add_int(agenda->builder, "time_request", booking->time_request);
	if (agenda->query->sites == NULL)
		cm_agenda_answers_add(agenda->builder, agenda->caseload, booking->answers);
}

/* `booking`: what is said of it, or NULL */
static void
add_stop(Agenda *agenda, const CmStop *stop, const CmAgendaBooking *booking)
{
	const CmCaseload *caseload = agenda->caseload;
	JsonBuilder *builder = agenda->builder;
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, stop->session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, stop->followup);
	gint cycle_day = 0;

	(void)cm_caseload_get_day(caseload, stop->site, stop->date, &cycle_day);
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "type", "session");
	cm_document_add_minute(builder, "start", stop->start);
	cm_document_add_minute(builder, "end", stop->end);
	cm_document_add_int(builder, "minutes", session->minutes);
	if (agenda->query->sites == NULL) {
		add_purpose(agenda, stop, session, followup);
		if (booking != NULL)
			add_state(agenda, booking);
	}
	cm_document_add_string(builder, "mode", cm_mode_to_string(stop->placement->mode));
	add_professional(agenda, "professional", stop->professional);
	add_student(agenda, stop->student);
	cm_document_add_boolean(builder, "student_present", student_is_present(agenda, stop));
	add_site(agenda, "site", stop->site);
	cm_document_add_int(builder, "cycle_day", cycle_day);
	add_resources(agenda, stop->placement);
	if (agenda->query->sites == NULL)
		add_participants(agenda, session);
	json_builder_end_object(builder);
}

/* a contact has no name, which is nobody's affair here */
static void
add_attendee(Agenda *agenda, const CmAgendaAttendee *attendee)
{
	const CmCaseload *caseload = agenda->caseload;
	const CmContact *contact = NULL;

	if (attendee->kind == CM_RESOURCE_STUDENT) {
		add_student(agenda, attendee->index);
		return;
	}
	if (attendee->kind == CM_RESOURCE_PROFESSIONAL) {
		add_professional(agenda, "professional", attendee->index);
		return;
	}
	contact = CM_ELEMENT(caseload->contacts, CmContact, attendee->index);
	cm_document_begin_object(agenda->builder, "contact");
	cm_document_add_string(agenda->builder, "id", contact->id);
	add_number(agenda, CM_NUMBER_CONTACT, attendee->index);
	cm_document_add_string(agenda->builder, "kind",
			       contact->kind == CM_CONTACT_KIND_GUARDIAN ? "guardian" : "teacher");
	json_builder_end_object(agenda->builder);
}

/* what it is and who takes part: not a school's affair */
static void
add_matter(Agenda *agenda, const CmAgendaBooking *booking)
{
	JsonBuilder *builder = agenda->builder;

	if (agenda->query->numbers != NULL)
		cm_document_add_int(builder, "number", booking->number);
	cm_document_add_string(builder, "kind", booking->kind);
	add_state(agenda, booking);
	cm_document_add_string(builder, "title", booking->title);
	if (booking->session != CM_NONE)
		cm_document_add_string(
		    builder, "session",
		    CM_ELEMENT(agenda->caseload->sessions, CmSession, booking->session)->id);
	add_professional(agenda, "professional", booking->professional);
	cm_document_begin_array(builder, "attendees");
	for (guint i = 0; i < booking->attendees->len; i++) {
		json_builder_begin_object(builder);
		add_attendee(agenda, &g_array_index(booking->attendees, CmAgendaAttendee, i));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}

static void
add_appointment(Agenda *agenda, const CmAgendaBooking *booking)
{
	JsonBuilder *builder = agenda->builder;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "type", "appointment");
	cm_document_add_minute(builder, "start", booking->placement.start);
	cm_document_add_minute(builder, "end", booking->end);
	cm_document_add_int(builder, "minutes", booking->end - booking->placement.start);
	if (agenda->query->sites == NULL)
		add_matter(agenda, booking);
	cm_document_add_string(builder, "mode", cm_mode_to_string((CmMode)booking->placement.mode));
	if (booking->site != CM_NONE)
		add_site(agenda, "site", booking->site);
	add_resources(agenda, &booking->placement);
	json_builder_end_object(builder);
}

static void
add_leg(Agenda *agenda, const DatedLeg *dated)
{
	JsonBuilder *builder = agenda->builder;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "type", "travel");
	cm_document_add_minute(builder, "start", dated->leg.start);
	cm_document_add_minute(builder, "end", dated->leg.end);
	cm_document_add_int(builder, "minutes", dated->leg.end - dated->leg.start);
	add_professional(agenda, "professional", dated->professional);
	add_site(agenda, "from", dated->leg.from);
	add_site(agenda, "to", dated->leg.to);
	json_builder_end_object(builder);
}

static void
add_busy(Agenda *agenda, const CmBusy *busy)
{
	JsonBuilder *builder = agenda->builder;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "type", "busy");
	cm_document_add_minute(builder, "start", busy->window.from);
	cm_document_add_minute(builder, "end", busy->window.to);
	cm_document_add_int(builder, "minutes", busy->window.to - busy->window.from);
	json_builder_end_object(builder);
}

static void
add_one(Agenda *agenda, const Entry *entry)
{
	const CmStop *stop = NULL;
	CmStop cancelled = {0};

	switch (entry->kind) {
	case ENTRY_SESSION:
		stop = &g_array_index(agenda->stops, CmStop, entry->index);
		add_stop(agenda, stop, look_up_said(agenda, stop));
		break;
	case ENTRY_CANCELLED:
		cancelled = make_stop(agenda, get_booking(agenda, entry->index));
		add_stop(agenda, &cancelled, get_booking(agenda, entry->index));
		break;
	case ENTRY_APPOINTMENT:
		add_appointment(agenda, get_booking(agenda, entry->index));
		break;
	case ENTRY_TRAVEL:
		add_leg(agenda, &g_array_index(agenda->legs, DatedLeg, entry->index));
		break;
	case ENTRY_BUSY:
	default:
		add_busy(agenda, CM_ELEMENT(agenda->caseload->busy, CmBusy, entry->index));
	}
}

/* the entries of one day, from `first` on. Returns the index after the last */
static guint
add_entries(Agenda *agenda, guint first, CmDay date)
{
	guint i = first;

	cm_document_begin_array(agenda->builder, "entries");
	for (; i < agenda->entries->len; i++) {
		const Entry *entry = &g_array_index(agenda->entries, Entry, i);

		if (entry->date != date)
			break;
		add_one(agenda, entry);
	}
	json_builder_end_array(agenda->builder);
	return i;
}

/* the working hours of a day, of a professional alone */
static void
add_hours(Agenda *agenda, const CmProfessional *professional, CmDay date)
{
	CmRange range = professional->hours.day[cm_day_get_weekday(date)];

	cm_document_begin_array(agenda->builder, "hours");
	for (guint i = 0; i < range.count; i++) {
		const CmWindow *window =
		    CM_ELEMENT(agenda->caseload->windows, CmWindow, range.first + i);
		gchar from[CM_MINUTE_TEXT_SIZE];
		gchar to[CM_MINUTE_TEXT_SIZE];

		json_builder_begin_array(agenda->builder);
		json_builder_add_string_value(agenda->builder,
					      cm_minute_format(window->from, from));
		json_builder_add_string_value(agenda->builder, cm_minute_format(window->to, to));
		json_builder_end_array(agenda->builder);
	}
	json_builder_end_array(agenda->builder);
}

static gboolean
is_absent(const Agenda *agenda, const CmProfessional *professional, CmDay date)
{
	for (guint i = 0; i < professional->absences.count; i++) {
		const CmAbsence *absence = CM_ELEMENT(agenda->caseload->absences, CmAbsence,
						      professional->absences.first + i);

		if (date >= absence->from && date <= absence->to)
			return TRUE;
	}
	return FALSE;
}

/* the schools whose calendar bears on the day: the person's, or the one asked for */
static void
add_site_days(Agenda *agenda, CmDay date)
{
	const CmCaseload *caseload = agenda->caseload;

	cm_document_begin_array(agenda->builder, "sites");
	if (agenda->site != CM_NONE) {
		add_site_day(agenda, agenda->site, date);
	} else if (agenda->student != CM_NONE) {
		add_site_day(
		    agenda, CM_ELEMENT(caseload->students, CmStudent, agenda->student)->site, date);
	} else if (agenda->professional != CM_NONE) {
		CmRange sites =
		    CM_ELEMENT(caseload->professionals, CmProfessional, agenda->professional)
			->sites;

		for (guint i = 0; i < sites.count; i++)
			add_site_day(agenda,
				     *CM_ELEMENT(caseload->references, guint32, sites.first + i),
				     date);
	}
	json_builder_end_array(agenda->builder);
}

static guint
add_day(Agenda *agenda, CmDay date, guint first)
{
	JsonBuilder *builder = agenda->builder;
	guint next = 0;

	json_builder_begin_object(builder);
	cm_document_add_date(builder, "date", date);
	add_site_days(agenda, date);
	if (agenda->professional != CM_NONE) {
		const CmProfessional *professional = CM_ELEMENT(
		    agenda->caseload->professionals, CmProfessional, agenda->professional);

		cm_document_add_boolean(builder, "absent", is_absent(agenda, professional, date));
		add_hours(agenda, professional, date);
	}
	next = add_entries(agenda, first, date);
	json_builder_end_object(builder);
	return next;
}

/* who was asked for: null for everyone */
static void
add_who(Agenda *agenda)
{
	const CmCaseload *caseload = agenda->caseload;
	JsonBuilder *builder = agenda->builder;

	if (agenda->professional != CM_NONE) {
		add_professional(agenda, "professional", agenda->professional);
	} else if (agenda->student != CM_NONE) {
		const CmStudent *student =
		    CM_ELEMENT(caseload->students, CmStudent, agenda->student);

		cm_document_begin_object(builder, "student");
		cm_document_add_string(builder, "id", student->id);
		add_number(agenda, CM_NUMBER_STUDENT, agenda->student);
		cm_document_add_string(builder, "name", student->name);
		add_site(agenda, "site", student->site);
		json_builder_end_object(builder);
	}
	if (agenda->site != CM_NONE)
		add_site(agenda, "site", agenda->site);
}

static void
add_document(Agenda *agenda)
{
	const CmCaseload *caseload = agenda->caseload;
	JsonBuilder *builder = agenda->builder;
	guint next = 0;

	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", FORMAT_NAME);
	cm_document_begin_object(builder, "organisation");
	cm_document_add_string(builder, "id", caseload->organisation_id);
	cm_document_add_string(builder, "name", caseload->organisation_name);
	cm_document_add_string(builder, "timezone", caseload->timezone);
	json_builder_end_object(builder);
	cm_document_add_int(builder, "plan", (gint64)agenda->query->plan);
	cm_document_add_date(builder, "from", agenda->query->from);
	cm_document_add_date(builder, "to", agenda->query->to);
	add_who(agenda);
	cm_document_begin_array(builder, "days");
	for (CmDay date = agenda->query->from; date <= agenda->query->to; date++)
		next = add_day(agenda, date, next);
	json_builder_end_array(builder);
	json_builder_end_object(builder);
}

GBytes *
cm_agenda_new_document(const CmCaseload *caseload,
		       const CmPlan *plan,
		       const CmPolicySet *policies,
		       const CmAgendaQuery *query,
		       GError **error)
{
	g_auto(Agenda) agenda = {.caseload = caseload, .policies = policies, .query = query};

	if (!resolve_query(&agenda, error))
		return NULL;
	collect(&agenda, plan);
	agenda.builder = json_builder_new();
	add_document(&agenda);
	return cm_document_to_bytes(agenda.builder);
}
