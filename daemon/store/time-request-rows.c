// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/time-request-rows.h"

#include "daemon/store/booking-checks.h"
#include "daemon/store/consent-rows.h"
#include "daemon/store/store-notice.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#define SECONDS_PER_DAY 86400
#define SECONDS_PER_MINUTE 60

/* ---- what was said: one sealed value */

static gchar *
format_words(const CmStoreTimeRequest *request)
{
	g_autoptr(JsonBuilder) builder = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(builder);
	if (request->remark != NULL) {
		json_builder_set_member_name(builder, "remark");
		json_builder_add_string_value(builder, request->remark);
	}
	if (request->answer != NULL) {
		json_builder_set_member_name(builder, "answer");
		json_builder_add_string_value(builder, request->answer);
	}
	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	return json_to_string(root, FALSE);
}

static gboolean
read_words(CmStoreTimeRequest *request, const gchar *text, GError **error)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *object = NULL;

	if (text == NULL || !json_parser_load_from_data(parser, text, -1, NULL) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a request for another time."), NULL);
		return FALSE;
	}
	object = json_node_get_object(json_parser_get_root(parser));
	request->remark =
	    g_strdup(json_object_get_string_member_with_default(object, "remark", NULL));
	request->answer =
	    g_strdup(json_object_get_string_member_with_default(object, "answer", NULL));
	return TRUE;
}

/* ---- reading */

#define COLUMNS                                                                                    \
	"r.id, r.version, r.state, r.subject, r.subject_version, r.recipient_kind, r.recipient, "  \
	"r.start_utc, r.end_utc, r.remark, r.source, r.sequence, r.asked_at, "                     \
	"coalesce(r.changed_by, -1), r.changed_at FROM time_request AS r "

static void
set_local(CmStoreTimeRequest *request, GTimeZone *zone)
{
	gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, request->start_utc);
	gint64 local = request->start_utc + g_time_zone_get_offset(zone, interval);
	gint64 second = ((local % SECONDS_PER_DAY) + SECONDS_PER_DAY) % SECONDS_PER_DAY;

	request->date = (CmDay)((local - second) / SECONDS_PER_DAY);
	request->start = (CmMinute)(second / SECONDS_PER_MINUTE);
}

static CmStoreTimeRequest *
read_row(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = g_new0(CmStoreTimeRequest, 1);
	CmSealPlace place = {"time_request", "remark", sqlite3_column_int64(statement, 0)};
	GTimeZone *zone = cm_booking_checks_get_zone(store, error);
	g_autofree gchar *words = NULL;

	if (zone == NULL)
		return NULL;
	request->number = place.row;
	request->version = sqlite3_column_int64(statement, 1);
	request->subject = sqlite3_column_int64(statement, 3);
	request->subject_version = sqlite3_column_int64(statement, 4);
	request->asker_kind = (CmResource)sqlite3_column_int(statement, 5);
	request->asker = sqlite3_column_int64(statement, 6);
	request->start_utc = sqlite3_column_int64(statement, 7);
	request->end_utc = sqlite3_column_int64(statement, 8);
	request->sequence = sqlite3_column_int(statement, 11);
	request->asked_at = sqlite3_column_int64(statement, 12);
	request->changed_by = sqlite3_column_int64(statement, 13);
	request->changed_at = sqlite3_column_int64(statement, 14);
	request->date = CM_DAY_NONE;
	if (request->start_utc != 0)
		set_local(request, zone);
	if (!cm_time_request_state_from_string((const gchar *)sqlite3_column_text(statement, 2),
					       &request->state) ||
	    !cm_store_time_request_source_from_string(
		(const gchar *)sqlite3_column_text(statement, 10), &request->source)) {
		cm_error_set(error, CM_ERROR_STORE,
			     N_("The database is damaged: a request for another time."), NULL);
		return NULL;
	}
	if (!cm_consent_rows_open(store, statement, 9, &place, &words, error) ||
	    !read_words(request, words, error))
		return NULL;
	return g_steal_pointer(&request);
}

/* takes the rows of a statement that is bound */
static GPtrArray *
read_rows(CmStore *store, CmStatement *statement, GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)cm_store_time_request_free);
	gboolean row = FALSE;

	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmStoreTimeRequest *request = read_row(store, statement, error);

		if (request == NULL)
			return NULL;
		g_ptr_array_add(list, request);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

GPtrArray *
cm_time_request_rows_list_by(CmStore *store, CmResource asker_kind, gint64 asker, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS "WHERE r.recipient_kind = ?1 AND r.recipient = ?2 "
	    "ORDER BY r.id DESC LIMIT 100",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, (gint64)asker_kind);
	sqlite3_bind_int64(statement, 2, asker);
	return read_rows(store, statement, error);
}

GPtrArray *
cm_time_request_rows_list(CmStore *store, const CmStoreTimeRequestFilter *filter, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS "WHERE ?1 IN (0, r.id) AND ?2 IN (0, r.subject) "
	    "AND (?3 = 0 OR EXISTS (SELECT 1 FROM session JOIN followup "
	    "ON followup.id = session.followup WHERE session.id = r.subject "
	    "AND followup.professional = ?3) OR EXISTS (SELECT 1 FROM appointment "
	    "WHERE appointment.id = r.subject AND appointment.professional = ?3)) "
	    "AND (?4 = 0 OR r.state = 'waiting') ORDER BY r.asked_at, r.id LIMIT ?5",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, filter->number);
	sqlite3_bind_int64(statement, 2, filter->subject);
	sqlite3_bind_int64(statement, 3, filter->professional);
	sqlite3_bind_int(statement, 4, filter->open ? 1 : 0);
	sqlite3_bind_int64(statement, 5,
			   filter->limit != 0
			       ? MIN(filter->limit, CM_STORE_TIME_REQUESTS_LISTED_MAX)
			       : CM_STORE_TIME_REQUESTS_LISTED_MAX);
	return read_rows(store, statement, error);
}

GPtrArray *
cm_time_request_rows_list_fallen(CmStore *store, gint64 now, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT " COLUMNS "WHERE r.state = 'waiting' "
	    "AND NOT EXISTS (SELECT 1 FROM booking WHERE session = r.subject "
	    "AND version = r.subject_version AND state = 'planned' AND start_utc > ?1) "
	    "AND NOT EXISTS (SELECT 1 FROM appointment WHERE id = r.subject "
	    "AND version = r.subject_version AND state = 'planned' AND start_utc > ?1)",
	    error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, now);
	return read_rows(store, statement, error);
}

GPtrArray *
cm_time_request_rows_list_of(CmStore *store,
			     gint64 subject,
			     CmResource asker_kind,
			     gint64 asker,
			     GError **error)
{
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database,
				"SELECT " COLUMNS "WHERE r.state = 'waiting' AND r.subject = ?1 "
				"AND r.recipient_kind = ?2 AND r.recipient = ?3",
				error);

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, subject);
	sqlite3_bind_int(statement, 2, (gint)asker_kind);
	sqlite3_bind_int64(statement, 3, asker);
	return read_rows(store, statement, error);
}

/* ---- one figure */

static gboolean
query_figure(CmStore *store,
	     const gchar *sql,
	     const gint64 *values,
	     guint count,
	     gint64 *out_figure,
	     GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	for (guint i = 0; i < count; i++)
		sqlite3_bind_int64(statement, (gint)i + 1, values[i]);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_figure = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

gboolean
cm_time_request_rows_count(CmStore *store,
			   gint64 subject,
			   CmResource asker_kind,
			   gint64 asker,
			   guint *out_count,
			   GError **error)
{
	const gint64 values[] = {subject, (gint64)asker_kind, asker};
	gint64 count = 0;

	if (!query_figure(store,
			  "SELECT count(*) FROM time_request WHERE subject = ?1 AND "
			  "recipient_kind = ?2 AND recipient = ?3",
			  values, G_N_ELEMENTS(values), &count, error))
		return FALSE;
	*out_count = (guint)count;
	return TRUE;
}

/* ?1 the student, by themselves or by who may decide for them: ?2 kind, ?3 person */
static const gchar family_sql[] =
    "SELECT (?2 = 1 AND ?3 = ?1) OR (?2 = 2 AND EXISTS (SELECT 1 FROM guardianship "
    "WHERE student = ?1 AND contact = ?3 AND authority = 1))";

static gboolean
is_family(CmStore *store,
	  gint64 student,
	  CmResource kind,
	  gint64 person,
	  gboolean *out_is,
	  GError **error)
{
	const gint64 values[] = {student, (gint64)kind, person};
	gint64 is = 0;

	if (!query_figure(store, family_sql, values, G_N_ELEMENTS(values), &is, error))
		return FALSE;
	*out_is = *out_is || is != 0;
	return TRUE;
}

static gboolean
find_student(CmStore *store, gint64 followup, gint64 *out_student, GError **error)
{
	return query_figure(store, "SELECT student FROM followup WHERE id = ?1", &followup, 1,
			    out_student, error);
}

gboolean
cm_time_request_rows_is_concerned(CmStore *store,
				  const CmStoreBooking *booking,
				  CmResource kind,
				  gint64 person,
				  gboolean *out_concerned,
				  GError **error)
{
	gint64 found = 0;
	gboolean concerned = kind == CM_RESOURCE_PROFESSIONAL && person == booking->professional;

	if (kind == CM_NOTICE_TO_ACCOUNT) {
		if (!query_figure(store, "SELECT count(*) FROM account WHERE uid = ?1", &person, 1,
				  &found, error))
			return FALSE;
		concerned = found != 0;
	}
	/* of a session the student who is not there has a family all the same */
	if (booking->followup != 0 && (!find_student(store, booking->followup, &found, error) ||
				       !is_family(store, found, kind, person, &concerned, error)))
		return FALSE;
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    CM_ELEMENT(booking->attendees, CmStoreAttendee, i);

		concerned = concerned || (attendee->kind == kind && attendee->number == person);
		if (attendee->kind == CM_RESOURCE_STUDENT &&
		    !is_family(store, attendee->number, kind, person, &concerned, error))
			return FALSE;
	}
	*out_concerned = concerned;
	return TRUE;
}

gboolean
cm_time_request_rows_is_account_of(CmStore *store,
				   gint64 uid,
				   gint64 professional,
				   gboolean *out_is,
				   GError **error)
{
	const gint64 values[] = {uid, professional};
	gint64 found = 0;

	if (!query_figure(store,
			  "SELECT count(*) FROM account WHERE uid = ?1 AND professional = ?2",
			  values, G_N_ELEMENTS(values), &found, error))
		return FALSE;
	*out_is = found != 0;
	return TRUE;
}

/* ---- writing */

static void
bind_instant(CmStatement *statement, gint parameter, gint64 instant)
{
	if (instant != 0)
		sqlite3_bind_int64(statement, parameter, instant);
	else
		sqlite3_bind_null(statement, parameter);
}

gboolean
cm_time_request_rows_insert(CmStore *store, const CmStoreTimeRequest *request, GError **error)
{
	CmSealPlace place = {"time_request", "remark", request->number};
	g_autofree gchar *words = format_words(request);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO time_request (id, version, state, subject, subject_version, "
	    "recipient_kind, recipient, start_utc, end_utc, remark, source, sequence, asked_at, "
	    "changed_by, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
	    "?13, ?14, ?15)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, request->number);
	sqlite3_bind_int64(statement, 2, request->version);
	sqlite3_bind_text(statement, 3, cm_time_request_state_to_string(request->state), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, request->subject);
	sqlite3_bind_int64(statement, 5, request->subject_version);
	sqlite3_bind_int(statement, 6, (gint)request->asker_kind);
	sqlite3_bind_int64(statement, 7, request->asker);
	bind_instant(statement, 8, request->start_utc);
	bind_instant(statement, 9, request->end_utc);
	cm_consent_rows_bind_sealed(store, statement, 10, &place, words);
	sqlite3_bind_text(statement, 11, cm_store_time_request_source_to_string(request->source),
			  -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 12, request->sequence);
	sqlite3_bind_int64(statement, 13, request->asked_at);
	sqlite3_bind_int64(statement, 14, request->changed_by);
	sqlite3_bind_int64(statement, 15, request->changed_at);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_time_request_rows_update(CmStore *store, const CmStoreTimeRequest *request, GError **error)
{
	CmSealPlace place = {"time_request", "remark", request->number};
	g_autofree gchar *words = format_words(request);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "UPDATE time_request SET version = ?2, state = ?3, remark = ?4, changed_by = ?5, "
	    "changed_at = ?6 WHERE id = ?1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, request->number);
	sqlite3_bind_int64(statement, 2, request->version);
	sqlite3_bind_text(statement, 3, cm_time_request_state_to_string(request->state), -1,
			  SQLITE_STATIC);
	cm_consent_rows_bind_sealed(store, statement, 4, &place, words);
	sqlite3_bind_int64(statement, 5, request->changed_by);
	sqlite3_bind_int64(statement, 6, request->changed_at);
	return cm_database_run(store->database, statement, error);
}
