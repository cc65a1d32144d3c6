// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/door-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/session-staff.h"
#include "daemon/store/store-help.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-visit.h"
#include "include/cm-error.h"

/* how long before its door opens a session is near */
#define NEAR_SECONDS (45 * 60)
#define DAY_SECONDS 86400

typedef struct {
	const CmDoorQuery *query;
	CmStore *store;
	CmPolicySet *policies;
	CmRosterSnapshot *roster;
	gint64 now;
	JsonBuilder *builder;
} Writing;

/* ---- who is there */

static const gchar *
get_kind(CmResource kind)
{
	return kind == CM_NOTICE_TO_ACCOUNT ? "account" : cm_resource_to_string(kind);
}

static JsonNode *
parse_answers(const gchar *answers)
{
	g_autoptr(JsonNode) node =
	    answers != NULL && *answers != '\0' ? json_from_string(answers, NULL) : NULL;

	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
		return NULL;
	return g_steal_pointer(&node);
}

gchar *
cm_door_document_dup_phone(const gchar *answers)
{
	g_autoptr(JsonNode) node = parse_answers(answers);
	JsonObject *object = node != NULL ? json_node_get_object(node) : NULL;

	if (object == NULL || !json_object_has_member(object, "phone"))
		return NULL;
	return g_strdup(json_object_get_string_member_with_default(object, "phone", NULL));
}

static gboolean
asks_for_help(const GPtrArray *helps, const CmStoreVisit *visit)
{
	for (guint i = 0; i < helps->len; i++) {
		const CmStoreHelp *help = g_ptr_array_index(helps, i);

		if (help->kind == visit->kind && help->person == visit->person)
			return TRUE;
	}
	return FALSE;
}

/* all of it for the host; for a helper whom they may have to call */
static void
add_answers(const Writing *writing,
	    CmStaffPart part,
	    const GPtrArray *helps,
	    const CmStoreVisit *visit)
{
	g_autofree gchar *phone = NULL;
	g_autoptr(JsonNode) node = NULL;

	if (part == CM_STAFF_HOST) {
		node = parse_answers(visit->answers);
		if (node != NULL) {
			json_builder_set_member_name(writing->builder, "answers");
			json_builder_add_value(writing->builder, g_steal_pointer(&node));
		}
		return;
	}
	if (part == CM_STAFF_HELPER && asks_for_help(helps, visit))
		phone = cm_door_document_dup_phone(visit->answers);
	if (phone == NULL)
		return;
	cm_document_begin_object(writing->builder, "answers");
	cm_document_add_string(writing->builder, "phone", phone);
	json_builder_end_object(writing->builder);
}

static void
add_visit(const Writing *writing,
	  CmStaffPart part,
	  const GPtrArray *helps,
	  const CmStoreVisit *visit)
{
	JsonBuilder *builder = writing->builder;

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", visit->number);
	cm_document_add_string(builder, "role", cm_visit_state_role_to_string(visit->role));
	cm_document_add_string(builder, "state", cm_visit_state_to_string(visit->state));
	cm_document_add_int(builder, "since",
			    visit->state == CM_VISIT_INSIDE && visit->admitted_at != 0
				? visit->admitted_at
				: visit->arrived_at);
	if (part != CM_STAFF_PLANNER) {
		cm_document_add_string(builder, "kind", get_kind(visit->kind));
		cm_document_add_int(builder, "person", visit->person);
		cm_document_add_string(
		    builder, "name",
		    cm_session_staff_get_name(writing->roster, visit->kind, visit->person));
		add_answers(writing, part, helps, visit);
	}
	json_builder_end_object(builder);
}

/* who has gone is no more before the door, and who came for another hour never was */
static gboolean
is_shown(const CmStoreVisit *visit, gint64 opens)
{
	return visit->state == CM_VISIT_WAITING || visit->state == CM_VISIT_INSIDE ||
	       (visit->state == CM_VISIT_REFUSED && visit->arrived_at >= opens);
}

static gboolean
is_host_present(const GPtrArray *visits)
{
	for (guint i = 0; i < visits->len; i++) {
		const CmStoreVisit *visit = g_ptr_array_index(visits, i);

		if (visit->role == CM_VISIT_HOST && visit->state == CM_VISIT_INSIDE)
			return TRUE;
	}
	return FALSE;
}

/* ---- a door */

static void
add_session(const Writing *writing, const CmStoreBooking *booking, const CmStoreDoor *door)
{
	JsonBuilder *builder = writing->builder;
	gint64 student = cm_session_staff_find_student(writing->roster, booking);

	cm_document_add_int(builder, "subject", booking->number);
	cm_document_add_int(builder, "start", booking->start_utc);
	cm_document_add_int(builder, "end", booking->end_utc);
	cm_document_add_string(builder, "mode", cm_mode_to_string(booking->place.mode));
	cm_document_add_int(builder, "professional", booking->professional);
	if (student != 0)
		cm_document_add_int(builder, "student", student);
	cm_document_add_string(builder, "state", cm_session_door_state_to_string(door->state));
	cm_document_add_int(builder, "opens", cm_session_door_get_opens(&door->door));
	cm_document_add_int(builder, "closes", cm_session_door_get_closes(&door->door));
	/* for its host the door stands open all the same: they may come back */
	if (door->door.ended_at >= cm_session_door_get_opens(&door->door))
		cm_document_add_int(builder, "ended", door->door.ended_at);
}

static void
add_people(const Writing *writing,
	   CmStaffPart part,
	   const CmStoreDoor *door,
	   const GPtrArray *visits,
	   const GPtrArray *helps)
{
	gint64 opens = cm_session_door_get_opens(&door->door);

	cm_document_add_string(writing->builder, "as", cm_session_staff_part_to_string(part));
	cm_document_add_string(writing->builder, "host",
			       is_host_present(visits) ? "present" : "absent");
	cm_document_begin_array(writing->builder, "visits");
	for (guint i = 0; i < visits->len; i++) {
		const CmStoreVisit *visit = g_ptr_array_index(visits, i);

		if (is_shown(visit, opens))
			add_visit(writing, part, helps, visit);
	}
	json_builder_end_array(writing->builder);
	cm_document_begin_array(writing->builder, "help");
	for (guint i = 0; i < helps->len; i++) {
		const CmStoreHelp *help = g_ptr_array_index(helps, i);

		if (help->state == CM_HELP_WAITING)
			json_builder_add_int_value(writing->builder, help->number);
	}
	json_builder_end_array(writing->builder);
}

static gboolean
add_door(const Writing *writing, const CmStoreBooking *booking, CmStaffPart part, GError **error)
{
	const CmStoreVisitFilter all = {.subject = booking->number,
					.answers = part != CM_STAFF_PLANNER};
	const CmStoreHelpFilter open = {.subject = booking->number, .open = TRUE};
	CmStoreVisitor host = cm_session_staff_make_host(booking);
	g_auto(CmStoreDoor) door = {0};
	g_autoptr(GPtrArray) visits = NULL;
	g_autoptr(GPtrArray) helps = NULL;

	if (!cm_store_visit_find_door(writing->store, writing->policies, &host, booking->number,
				      writing->now, &door, error))
		return FALSE;
	visits = cm_store_visit_list(writing->store, &all, error);
	if (visits == NULL)
		return FALSE;
	helps = cm_store_help_list(writing->store, &open, error);
	if (helps == NULL)
		return FALSE;
	json_builder_begin_object(writing->builder);
	add_session(writing, booking, &door);
	add_people(writing, part, &door, visits, helps);
	json_builder_end_object(writing->builder);
	return TRUE;
}

/* ---- which doors */

/* by video, and from an hour before its start to when its host's door closes */
static gboolean
is_near(const CmStoreBooking *booking, gint64 now)
{
	return booking->place.mode != CM_MODE_IN_PERSON && booking->state != CM_BOOKING_CANCELLED &&
	       booking->state != CM_BOOKING_HOLD &&
	       booking->start_utc - CM_SESSION_DOOR_OPENS_BEFORE - NEAR_SECONDS <= now &&
	       booking->end_utc + CM_SESSION_DOOR_CLOSES_AFTER > now;
}

static gboolean
add_near(const Writing *writing, GError **error)
{
	const CmCaller *caller = writing->query->caller;
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(writing->roster->caseload->timezone);
	/* whoever helps at a school is bound to no professional */
	gboolean bound = !cm_caller_is_everywhere(caller) && (caller->roles & CM_ROLE_HELPER) == 0;
	CmStoreBookingFilter filter = {
	    .professional = bound ? cm_caller_get_bound(caller) : 0,
	    .state = CM_BOOKING_NONE,
	};
	g_autoptr(GPtrArray) bookings = NULL;

	if (zone == NULL)
		zone = g_time_zone_new_utc();
	filter.from = cm_clock_get_day(writing->now - DAY_SECONDS, zone);
	filter.to = cm_clock_get_day(writing->now + DAY_SECONDS, zone);
	bookings = cm_store_booking_list(writing->store, &filter, writing->now, error);
	if (bookings == NULL)
		return FALSE;
	for (guint i = 0; i < bookings->len; i++) {
		const CmStoreBooking *booking = g_ptr_array_index(bookings, i);
		CmStaffPart part = CM_STAFF_NOBODY;

		if (is_near(booking, writing->now))
			part = cm_session_staff_find_part(caller, writing->roster, booking);
		if (part != CM_STAFF_NOBODY && !add_door(writing, booking, part, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
add_one(const Writing *writing, GError **error)
{
	const CmDoorQuery *query = writing->query;
	CmStaffPart part = CM_STAFF_NOBODY;
	g_autoptr(CmStoreBooking) booking = cm_session_staff_get_booking(
	    query->service, writing->store, query->caller, query->subject,
	    CM_STAFF_FLAG(CM_STAFF_HOST) | CM_STAFF_FLAG(CM_STAFF_HELPER) |
		CM_STAFF_FLAG(CM_STAFF_PLANNER),
	    &part, error);

	return booking != NULL && add_door(writing, booking, part, error);
}

gboolean
cm_door_document_make(CmStore *store,
		      CmPolicySet *policies,
		      gpointer data,
		      JsonBuilder *builder,
		      GError **error)
{
	const CmDoorQuery *query = data;
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(query->service->roster, store, NULL, error);
	Writing writing = {.query = query,
			   .store = store,
			   .policies = policies,
			   .roster = roster,
			   .now = cm_clock_get_now(),
			   .builder = builder};

	if (roster == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-door/1");
	cm_document_add_int(builder, "now", writing.now);
	cm_document_begin_array(builder, "doors");
	if (query->subject != 0 ? !add_one(&writing, error) : !add_near(&writing, error))
		return FALSE;
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}
