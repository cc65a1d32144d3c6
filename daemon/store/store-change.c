// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-change.h"

#include "daemon/reach/mail-address.h"
#include "daemon/store/booking.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-private.h"
#include "daemon/store/store-reach.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* a detail longer than this says only which members changed */
#define DETAIL_MAX 8192

#define OF_FOLLOWUP "session IN (SELECT id FROM session WHERE followup = ?1) "
#define BOOKINGS_KEPT                                                                              \
	N_("Sessions that were booked by hand, have an outcome or are over are kept: {0} would "   \
	   "go. Close the follow-up instead.")
#define DEROGATIONS_KEPT N_("Derogations are kept: {0} would go.")

/* what is a record of its own, or refers to something that is removed and would be left without it; ?1 its number, ?2 the instant */
static const struct {
	CmNumberKind kind;
	const gchar *sql;
	const gchar *message;
} holds[] = {
    {CM_NUMBER_PROFESSIONAL,
     "SELECT (SELECT count(*) FROM appointment WHERE professional = ?1) + "
     "(SELECT count(*) FROM appointment_attendee WHERE kind = 0 AND resource = ?1)",
     N_("There are {0} meetings with them, to come or past.")},
    {CM_NUMBER_STUDENT,
     "SELECT count(*) FROM appointment_attendee WHERE kind = 1 AND resource = ?1",
     N_("There are {0} meetings with them, to come or past.")},
    {CM_NUMBER_CONTACT,
     "SELECT count(*) FROM appointment_attendee WHERE kind = 2 AND resource = ?1",
     N_("There are {0} meetings with them, to come or past.")},
    {CM_NUMBER_CONTACT, "SELECT count(*) FROM consent WHERE contact = ?1",
     N_("They gave {0} consents, which are kept.")},
    {CM_NUMBER_CONTACT, "SELECT count(*) FROM booking_participant WHERE contact = ?1",
     N_("They take part in {0} booked sessions.")},
    {CM_NUMBER_SITE, "SELECT count(*) FROM appointment WHERE site = ?1",
     N_("There are {0} meetings there, to come or past.")},
    {CM_NUMBER_ROOM, "SELECT count(*) FROM appointment WHERE room = ?1",
     N_("There are {0} meetings there, to come or past.")},
    {CM_NUMBER_COMPANION, "SELECT count(*) FROM appointment WHERE companion = ?1",
     N_("There are {0} meetings with them, to come or past.")},
    {CM_NUMBER_CONTACT, "SELECT count(*) FROM guardianship WHERE contact = ?1",
     N_("They decide for {0} students: say first that they don't any more.")},
    {CM_NUMBER_STUDENT, "SELECT count(*) FROM consent WHERE student = ?1",
     N_("Consents are kept: {0} would go.")},
    {CM_NUMBER_STUDENT, "SELECT count(*) FROM service_request WHERE student = ?1",
     N_("Requests for service are kept: {0} would go. Withdraw them first.")},
    {CM_NUMBER_FOLLOWUP, "SELECT count(*) FROM booking WHERE " OF_FOLLOWUP "AND " CM_BOOKING_STANDS,
     BOOKINGS_KEPT},
    {CM_NUMBER_FOLLOWUP, "SELECT count(*) FROM suitability WHERE followup = ?1",
     N_("Answers about video sessions are kept: {0} would go.")},
    {CM_NUMBER_FOLLOWUP, "SELECT count(*) FROM derogation WHERE followup = ?1 OR " OF_FOLLOWUP,
     DEROGATIONS_KEPT},
    {CM_NUMBER_SESSION, "SELECT count(*) FROM booking WHERE session = ?1 AND " CM_BOOKING_STANDS,
     BOOKINGS_KEPT},
    {CM_NUMBER_SESSION, "SELECT count(*) FROM derogation WHERE session = ?1", DEROGATIONS_KEPT},
    {CM_NUMBER_FOLLOWUP,
     "SELECT count(*) FROM appointment JOIN session ON session.id = appointment.session "
     "WHERE session.followup = ?1",
     N_("{0} times are held for its sessions.")},
    {CM_NUMBER_SESSION, "SELECT count(*) FROM appointment WHERE session = ?1",
     N_("{0} times are held for its sessions.")},
};

typedef struct {
	const CmStoreChangeRequest *request;
	GPtrArray *problems;
	GArray *numbers; /* gint64 */
} Change;

static const gchar *const lookups[CM_NUMBER_LAST] = {
    [CM_NUMBER_PROFESSIONAL] = "SELECT id FROM professional WHERE id_key = ?1",
    [CM_NUMBER_STUDENT] = "SELECT id FROM student WHERE id_key = ?1",
    [CM_NUMBER_CONTACT] = "SELECT id FROM contact WHERE id_key = ?1",
    [CM_NUMBER_ROOM] = "SELECT id FROM room WHERE external_id = ?1",
    [CM_NUMBER_COMPANION] = "SELECT id FROM companion WHERE id_key = ?1",
    [CM_NUMBER_SITE] = "SELECT id FROM site WHERE external_id = ?1",
    [CM_NUMBER_FOLLOWUP] = "SELECT id FROM followup WHERE id_key = ?1",
    [CM_NUMBER_SESSION] = "SELECT id FROM session WHERE id_key = ?1",
    [CM_NUMBER_CALENDAR] = "SELECT id FROM calendar WHERE external_id = ?1",
};

/* 0 where there is no such thing */
static gboolean
find_number(CmStore *store, CmNumberKind kind, const gchar *id, gint64 *out_number, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, lookups[kind], error);
	guint8 key[CM_SEAL_HASH_BYTES];
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	if (strstr(lookups[kind], "id_key") != NULL) {
		cm_seal_hash(store->seal, CM_SEAL_HASH_ID, cm_roster_change_kind_to_string(kind),
			     id, strlen(id), key);
		sqlite3_bind_blob(statement, 1, key, sizeof key, SQLITE_STATIC);
	} else {
		sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
	}
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_number = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

static gboolean
find_numbers(CmStore *store, Change *change, CmChangeVerb except, GError **error)
{
	const GPtrArray *changes = change->request->changes;

	for (guint i = 0; i < changes->len; i++) {
		const CmRosterChange *one = g_ptr_array_index(changes, i);

		if (one->verb != except &&
		    !find_number(store, one->kind, one->id,
				 &g_array_index(change->numbers, gint64, i), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
set_refused(GError **error)
{
	cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("Nothing was changed: see what is wrong."),
		     NULL);
	return FALSE;
}

/* ---- before */

static gboolean
check_hold(CmStore *store, Change *change, guint index, guint hold, GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, holds[hold].sql, error);
	g_autofree gchar *text = NULL;
	gboolean row = FALSE;
	gint64 count = 0;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, g_array_index(change->numbers, gint64, index));
	/* out of range where it is not asked for */
	sqlite3_bind_int64(statement, 2, change->request->now);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	count = row ? sqlite3_column_int64(statement, 0) : 0;
	if (count == 0)
		return TRUE;
	text = g_strdup_printf("%" G_GINT64_FORMAT, count);
	cm_roster_change_add_problem(change->problems, index, "booked", "", holds[hold].message,
				     text, NULL);
	return TRUE;
}

static gboolean
check_holds(CmStore *store, Change *change, GError **error)
{
	const GPtrArray *changes = change->request->changes;
	guint before = change->problems->len;

	for (guint i = 0; i < changes->len; i++) {
		const CmRosterChange *one = g_ptr_array_index(changes, i);

		for (guint j = 0; j < G_N_ELEMENTS(holds); j++) {
			if (one->verb == CM_CHANGE_REMOVE && holds[j].kind == one->kind &&
			    !check_hold(store, change, i, j, error))
				return FALSE;
		}
	}
	return change->problems->len == before || set_refused(error);
}

static gboolean
change_begin(CmStore *store, gpointer data, GError **error)
{
	Change *change = data;
	gint64 version = 0;

	if (!cm_store_get_counter(store, "roster-version", &version, error))
		return FALSE;
	if ((guint64)version != change->request->version) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("The roster changed meanwhile: try again."), NULL);
		return FALSE;
	}
	return find_numbers(store, change, CM_CHANGE_ADD, error) &&
	       check_holds(store, change, error);
}

/* ---- after */

/* the first removal, else the first change: what is a matter of all of them is told of it */
static guint
find_cause(const Change *change)
{
	const GPtrArray *changes = change->request->changes;

	for (guint i = 0; i < changes->len; i++) {
		const CmRosterChange *one = g_ptr_array_index(changes, i);

		if (one->verb == CM_CHANGE_REMOVE)
			return i;
	}
	return 0;
}

static gboolean
check_left(Change *change, const CmStoreReport *report, GError **error)
{
	guint before = change->problems->len;

	/* what was removed would still be there */
	if (report->kept > 0) {
		g_autofree gchar *text = g_strdup_printf("%u", report->kept);

		cm_roster_change_add_problem(change->problems, find_cause(change), "in-use", "",
					     N_("{0} things would stay all the same: something "
						"that is kept needs them."),
					     text, NULL);
	}
	if (report->withdrawn > 0 && !change->request->withdraw) {
		g_autofree gchar *text = g_strdup_printf("%u", report->withdrawn);

		cm_roster_change_add_problem(change->problems, find_cause(change), "booked", "",
					     N_("{0} booked sessions could not stand: say that "
						"they may be withdrawn, or move "
						"them first."),
					     text, NULL);
	}
	return change->problems->len == before || set_refused(error);
}

/* what was typed, escaped by JSON's own writer and sealed; the child's name is not needed to know what was done */
static gchar *
make_detail(const CmRosterChange *one)
{
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
	g_autoptr(JsonObject) object = json_object_new();
	g_autofree gchar *text = NULL;

	json_object_set_string_member(object, "id", one->id);
	if (one->thing != NULL)
		json_object_set_object_member(object, one->verb == CM_CHANGE_ADD ? "thing" : "set",
					      json_object_ref(one->thing));
	json_node_set_object(node, object);
	text = json_to_string(node, FALSE);
	if (strlen(text) <= DETAIL_MAX)
		return g_steal_pointer(&text);
	json_object_remove_member(object, one->verb == CM_CHANGE_ADD ? "thing" : "set");
	return json_to_string(node, FALSE);
}

static gboolean
audit_changes(CmStore *store, Change *change, const CmStoreReport *report, GError **error)
{
	const CmStoreChangeRequest *request = change->request;

	for (guint i = 0; i < request->changes->len; i++) {
		const CmRosterChange *one = g_ptr_array_index(request->changes, i);
		g_autofree gchar *detail = make_detail(one);
		g_autofree gchar *action =
		    g_strdup_printf("%s.%s", cm_roster_change_kind_to_string(one->kind),
				    cm_roster_change_verb_to_string(one->verb));
		const CmAuditEntry entry = {
		    .uid = request->actor,
		    .action = action,
		    .subject = g_array_index(change->numbers, gint64, i),
		    .version_before = one->verb == CM_CHANGE_ADD ? 0 : (gint64)request->version,
		    .version_after =
			one->verb == CM_CHANGE_REMOVE ? 0 : (gint64)report->roster_version,
		    .detail = detail,
		    .at = request->now,
		};

		if (!one->idle && !cm_audit_append(store, &entry, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- how people are reached */

static gboolean
get_reach_kind(CmNumberKind kind, CmResource *out_kind)
{
	if (kind == CM_NUMBER_STUDENT)
		*out_kind = CM_RESOURCE_STUDENT;
	else if (kind == CM_NUMBER_CONTACT)
		*out_kind = CM_RESOURCE_CONTACT;
	else if (kind == CM_NUMBER_PROFESSIONAL)
		*out_kind = CM_RESOURCE_PROFESSIONAL;
	else
		return FALSE;
	return TRUE;
}

static const gchar *
get_reach_text(const CmRosterChange *one, const gchar *name)
{
	return json_object_get_string_member_with_default(one->reach, name, NULL);
}

/* what of it is none is a problem of that member */
static gboolean
check_reach(Change *change, guint index, const CmStoreReachChange *reach)
{
	g_autofree gchar *email =
	    reach->email != NULL ? cm_mail_address_parse(reach->email, NULL) : NULL;
	g_autofree gchar *phone =
	    reach->phone != NULL ? cm_reachable_parse_phone(reach->phone, NULL) : NULL;

	if (reach->email != NULL && email == NULL)
		cm_roster_change_add_problem(
		    change->problems, index, "invalid", "$.email",
		    N_("“{0}” is not one mail address, as prenom.nom@exemple.ca."), reach->email,
		    NULL);
	if (reach->phone != NULL && phone == NULL)
		cm_roster_change_add_problem(
		    change->problems, index, "invalid", "$.phone",
		    N_("“{0}” is not a telephone number, as 418 555-0100."), reach->phone, NULL);
	return (email != NULL) == (reach->email != NULL) &&
	       (phone != NULL) == (reach->phone != NULL);
}

static gboolean
set_reaches(CmStore *store, Change *change, GError **error)
{
	const CmStoreChangeRequest *request = change->request;
	guint before = change->problems->len;

	for (guint i = 0; i < request->changes->len; i++) {
		const CmRosterChange *one = g_ptr_array_index(request->changes, i);
		CmStoreReachChange reach = {0};
		CmResource kind = CM_RESOURCE_LAST;
		gint64 version = 0;

		if (one->reach == NULL || one->verb == CM_CHANGE_REMOVE ||
		    !get_reach_kind(one->kind, &kind))
			continue;
		reach.email = get_reach_text(one, "email");
		reach.phone = get_reach_text(one, "phone");
		reach.language = get_reach_text(one, "language");
		if (check_reach(change, i, &reach) &&
		    !cm_store_reach_set(store, kind, g_array_index(change->numbers, gint64, i),
					&reach, CM_STORE_REACH_ANY_VERSION, request->actor,
					request->now, &version, error))
			return FALSE;
	}
	return change->problems->len == before || set_refused(error);
}

static gboolean
change_finish(CmStore *store, const CmStoreReport *report, gpointer data, GError **error)
{
	Change *change = data;

	return check_left(change, report, error) &&
	       find_numbers(store, change, CM_CHANGE_REMOVE, error) &&
	       set_reaches(store, change, error) && audit_changes(store, change, report, error);
}

gboolean
cm_store_change_roster(CmStore *store,
		       const CmStoreChangeRequest *request,
		       GPtrArray *problems,
		       GArray **out_numbers,
		       CmStoreReport *out_report,
		       GCancellable *cancellable,
		       GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, TRUE, sizeof(gint64));
	Change change = {.request = request, .problems = problems, .numbers = numbers};
	const CmStoreImportOptions options = {
	    .dry_run = request->dry_run,
	    .presence = request->presence,
	    .presence_data = request->presence_data,
	    .begin = change_begin,
	    .finish = change_finish,
	    .step_data = &change,
	};

	g_array_set_size(numbers, request->changes->len);
	if (!cm_store_import_caseload(store, request->caseload, &options, out_report, cancellable,
				      error))
		return FALSE;
	*out_numbers = g_steal_pointer(&numbers);
	return TRUE;
}
