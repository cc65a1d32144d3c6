// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/help-document.h"

#include "daemon/agenda/document.h"
#include "daemon/bus/clock.h"
#include "daemon/bus/door-document.h"
#include "daemon/bus/session-staff.h"
#include "daemon/store/store-help.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-visit.h"
#include "include/cm-error.h"

typedef struct {
	const CmHelpQuery *query;
	CmStore *store;
	CmRosterSnapshot *roster;
	gint64 now;
	JsonBuilder *builder;
} Writing;

static const gchar *
get_kind(CmResource kind)
{
	return kind == CM_NOTICE_TO_ACCOUNT ? "account" : cm_resource_to_string(kind);
}

/* what their browser said, as far as it is a JSON object */
static void
add_report(JsonBuilder *builder, const gchar *report)
{
	g_autoptr(JsonNode) node = report != NULL ? json_from_string(report, NULL) : NULL;

	if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
		return;
	json_builder_set_member_name(builder, "report");
	json_builder_add_value(builder, g_steal_pointer(&node));
}

/* the number that they gave at the door, the last one */
static gboolean
add_phone(const Writing *writing, const CmStoreHelp *help, GError **error)
{
	const CmStoreVisitFilter filter = {.subject = help->subject, .answers = TRUE};
	g_autoptr(GPtrArray) visits = cm_store_visit_list(writing->store, &filter, error);
	g_autofree gchar *phone = NULL;

	if (visits == NULL)
		return FALSE;
	for (guint i = visits->len; i > 0 && phone == NULL; i--) {
		const CmStoreVisit *visit = g_ptr_array_index(visits, i - 1);

		if (visit->kind == help->kind && visit->person == help->person)
			phone = cm_door_document_dup_phone(visit->answers);
	}
	cm_document_add_string(writing->builder, "phone", phone);
	return TRUE;
}

/* what whoever answers needs, and who only plans does not */
static gboolean
add_words(const Writing *writing, const CmStoreHelp *help, GError **error)
{
	JsonBuilder *builder = writing->builder;

	cm_document_add_string(builder, "kind", get_kind(help->kind));
	cm_document_add_int(builder, "person", help->person);
	cm_document_add_string(
	    builder, "name", cm_session_staff_get_name(writing->roster, help->kind, help->person));
	add_report(builder, help->report);
	cm_document_add_string(builder, "answer", help->answer);
	return add_phone(writing, help, error);
}

static gboolean
add_request(const Writing *writing,
	    const CmStoreHelp *help,
	    const CmStoreBooking *booking,
	    CmStaffPart part,
	    GError **error)
{
	JsonBuilder *builder = writing->builder;
	gint64 student = cm_session_staff_find_student(writing->roster, booking);

	json_builder_begin_object(builder);
	cm_document_add_int(builder, "number", help->number);
	cm_document_add_int(builder, "version", help->version);
	cm_document_add_string(builder, "state", cm_help_state_to_string(help->state));
	cm_document_add_int(builder, "subject", help->subject);
	cm_document_add_int(builder, "start", booking->start_utc);
	cm_document_add_int(builder, "end", booking->end_utc);
	cm_document_add_int(builder, "professional", booking->professional);
	if (student != 0)
		cm_document_add_int(builder, "student", student);
	cm_document_add_string(builder, "as", cm_session_staff_part_to_string(part));
	cm_document_add_int(builder, "asked_at", help->asked_at);
	cm_document_add_int(builder, "changed_at", help->changed_at);
	if (help->changed_by >= 0)
		cm_document_add_int(builder, "changed_by", help->changed_by);
	if (part != CM_STAFF_PLANNER && !add_words(writing, help, error))
		return FALSE;
	json_builder_end_object(builder);
	return TRUE;
}

static gboolean
add_if_theirs(const Writing *writing, const CmStoreHelp *help, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(writing->store, help->subject, writing->now, &local);
	CmStaffPart part = CM_STAFF_NOBODY;

	if (booking != NULL)
		part = cm_session_staff_find_part(writing->query->caller, writing->roster, booking);
	else if (!cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	return part == CM_STAFF_NOBODY || add_request(writing, help, booking, part, error);
}

gboolean
cm_help_document_make(CmStore *store,
		      CmPolicySet *policies,
		      gpointer data,
		      JsonBuilder *builder,
		      GError **error)
{
	const CmHelpQuery *query = data;
	const CmStoreHelpFilter filter = {
	    .number = query->number, .subject = query->subject, .open = !query->all};
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(query->service->roster, store, NULL, error);
	Writing writing = {.query = query,
			   .store = store,
			   .roster = roster,
			   .now = cm_clock_get_now(),
			   .builder = builder};
	g_autoptr(GPtrArray) helps = NULL;

	if (roster != NULL)
		helps = cm_store_help_list(store, &filter, error);
	if (helps == NULL)
		return FALSE;
	json_builder_begin_object(builder);
	cm_document_add_string(builder, "format", "comodal-help/1");
	cm_document_add_int(builder, "now", writing.now);
	cm_document_begin_array(builder, "requests");
	for (guint i = 0; i < helps->len; i++) {
		if (!add_if_theirs(&writing, g_ptr_array_index(helps, i), error))
			return FALSE;
	}
	json_builder_end_array(builder);
	json_builder_end_object(builder);
	return TRUE;
}
