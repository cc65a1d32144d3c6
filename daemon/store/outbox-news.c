// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-news.h"

#include "daemon/roster/initials.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/invitation-rows.h"
#include "daemon/store/store-destruction.h"
#include "daemon/store/store-help.h"
#include "daemon/store/store-time-request.h"
#include "include/cm-error.h"

#define SECONDS_PER_DAY 86400

gboolean
cm_outbox_news_read_integer(CmStore *store,
			    const gchar *sql,
			    gint64 number,
			    gint64 *out_value,
			    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, number);
	if (!cm_database_step(store->database, statement, &row, error))
		return FALSE;
	*out_value = row ? sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

gboolean
cm_outbox_news_set_initials(CmOutboxPeople *people,
			    gint64 student,
			    CmLetterItem *line,
			    GError **error)
{
	const gchar *name = NULL;

	if (!cm_outbox_people_get_name(people, CM_RESOURCE_STUDENT, student, &name, error))
		return FALSE;
	if (name != NULL && line->initials == NULL)
		line->initials = cm_initials_make(name);
	return TRUE;
}

/* ---- whether it still is so */

/* Of what stands by itself, by its number: the condition under which there is still something to tell. What is a booking or needs
 * more is looked at below. */
static const gchar *
get_condition(const CmOutboxItem *item)
{
	switch (cm_outbox_matter_get_manner(item->matter->kind)->of) {
	case CM_NOTICE_OF_STUDENT:
		return "SELECT 1 FROM student WHERE id = ?1";
	case CM_NOTICE_OF_CONSENT:
		return "SELECT 1 FROM consent WHERE id = ?1";
	case CM_NOTICE_OF_FOLLOWUP:
		return "SELECT 1 FROM followup WHERE id = ?1 AND state <> 'closed'";
	case CM_NOTICE_OF_DEROGATION:
		if (item->kind == CM_LETTER_ITEM_DEROGATION_ASKED)
			return "SELECT 1 FROM derogation WHERE id = ?1 AND state = 'asked'";
		return "SELECT 1 FROM derogation WHERE id = ?1 AND state IN ('approved', "
		       "'refused')";
	case CM_NOTICE_OF_REQUEST:
		return "SELECT 1 FROM service_request WHERE id = ?1 AND state = 'offered'";
	case CM_NOTICE_OF_PROFESSIONAL:
		return "SELECT 1 FROM professional WHERE id = ?1";
	case CM_NOTICE_OF_CALENDAR:
		return "SELECT 1 FROM calendar_source WHERE id = ?1 AND state = 'failed'";
	case CM_NOTICE_OF_CUSTODY:
		return "SELECT 1 FROM vault_request WHERE record = ?1 AND refused = 0 AND "
		       "releases < 2";
	case CM_NOTICE_OF_DESTRUCTION:
		return "SELECT 1 FROM vault_destruction WHERE file = ?1 AND destroyed_at IS NULL";
	case CM_NOTICE_OF_MINUTES:
		return "SELECT 1 FROM vault_minutes WHERE id = ?1";
	case CM_NOTICE_OF_BOOKING:
	case CM_NOTICE_OF_TIME_REQUEST:
	case CM_NOTICE_OF_INVITATION:
	case CM_NOTICE_OF_HELP:
	default:
		return NULL;
	}
}

/* an end is told to those only who were told of a beginning */
static gboolean
was_offered(CmStore *store,
	    const CmStoreRecipient *who,
	    gint64 hold,
	    gboolean *out_told,
	    GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT 1 FROM notice WHERE subject = ?1 AND kind = ?2 AND recipient_kind = ?3 AND "
	    "recipient = ?4 AND outcome = 'told' LIMIT 1",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, hold);
	sqlite3_bind_text(statement, 2, cm_notice_kind_to_string(CM_NOTICE_HOLD_OFFERED), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int(statement, 3, (gint)who->kind);
	sqlite3_bind_int64(statement, 4, who->person);
	return cm_database_step(store->database, statement, out_told, error);
}

static gboolean
judge_hold(CmStore *store,
	   const CmStoreRecipient *who,
	   CmOutboxItem *item,
	   gint64 now,
	   GError **error)
{
	gboolean offered = FALSE;

	if (!cm_booking_rows_read(store, item->matter->subject, now, &item->booking, error))
		return FALSE;
	if (item->kind == CM_LETTER_ITEM_HOLD_OFFERED) {
		item->nothing = item->booking == NULL || item->booking->state != CM_BOOKING_HOLD;
		return TRUE;
	}
	if (!was_offered(store, who, item->matter->subject, &offered, error))
		return FALSE;
	item->nothing =
	    !offered || (item->booking != NULL && item->booking->state != CM_BOOKING_CANCELLED);
	return TRUE;
}

/* NULL in `out_request` when there is none any more */
static gboolean
read_time_request(CmStore *store,
		  gint64 number,
		  gint64 now,
		  CmStoreTimeRequest **out_request,
		  GError **error)
{
	g_autoptr(GError) local = NULL;

	*out_request = cm_store_time_request_get(store, number, now, &local);
	if (*out_request != NULL || cm_error_is(local, CM_ERROR_NOT_FOUND))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

static gboolean
judge_time_request(CmStore *store,
		   const CmStoreRecipient *who,
		   CmOutboxItem *item,
		   gint64 now,
		   GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = NULL;
	gboolean asked = item->kind == CM_LETTER_ITEM_TIME_REQUESTED;

	if (!read_time_request(store, item->matter->subject, now, &request, error))
		return FALSE;
	item->nothing = request == NULL || request->state != (asked ? CM_TIME_REQUEST_WAITING
								    : CM_TIME_REQUEST_DECLINED);
	return item->nothing ||
	       (cm_booking_rows_read(store, request->subject, now, &item->booking, error) &&
		(asked ||
		 cm_invitation_rows_find(store, request->subject, who, &item->invitation, error)));
}

static gboolean
judge_answer(CmStore *store, CmOutboxItem *item, gint64 now, GError **error)
{
	g_autoptr(CmStoreInvitation) answered = NULL;
	g_autoptr(GError) local = NULL;

	answered = cm_store_invitation_get(store, item->matter->subject, &local);
	item->nothing = answered == NULL || answered->answer == CM_ANSWER_NEEDS_ACTION;
	if (answered == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return FALSE;
	}
	if (item->nothing)
		return TRUE;
	if (!cm_booking_rows_read(store, answered->subject, now, &item->booking, error))
		return FALSE;
	item->nothing = item->booking == NULL || item->booking->state != CM_BOOKING_PLANNED;
	return TRUE;
}

/* NULL in `out_help` when there is none any more */
static gboolean
read_help(CmStore *store, gint64 number, CmStoreHelp **out_help, GError **error)
{
	const CmStoreHelpFilter filter = {.number = number};
	g_autoptr(GPtrArray) list = cm_store_help_list(store, &filter, error);

	if (list == NULL)
		return FALSE;
	*out_help = list->len > 0 ? g_ptr_array_steal_index(list, 0) : NULL;
	return TRUE;
}

/* who was answered meanwhile, or whose session is over, needs nobody who reads it in the evening */
static gboolean
judge_help(CmStore *store, CmOutboxItem *item, gint64 now, GError **error)
{
	g_autoptr(CmStoreHelp) help = NULL;

	if (!read_help(store, item->matter->subject, &help, error))
		return FALSE;
	item->nothing = help == NULL || help->state != CM_HELP_WAITING;
	if (item->nothing)
		return TRUE;
	if (!cm_booking_rows_read(store, help->subject, now, &item->booking, error))
		return FALSE;
	item->nothing = item->booking == NULL || item->booking->end_utc <= now;
	return TRUE;
}

gboolean
cm_outbox_news_judge(CmStore *store,
		     const CmStoreRecipient *who,
		     CmOutboxItem *item,
		     gint64 now,
		     GError **error)
{
	const gchar *condition = get_condition(item);
	gint64 found = 0;

	if (condition != NULL) {
		if (!cm_outbox_news_read_integer(store, condition, item->matter->subject, &found,
						 error))
			return FALSE;
		item->nothing = found == 0;
		return TRUE;
	}
	switch (cm_outbox_matter_get_manner(item->matter->kind)->of) {
	case CM_NOTICE_OF_TIME_REQUEST:
		return judge_time_request(store, who, item, now, error);
	case CM_NOTICE_OF_INVITATION:
		return judge_answer(store, item, now, error);
	case CM_NOTICE_OF_HELP:
		return judge_help(store, item, now, error);
	case CM_NOTICE_OF_BOOKING:
	case CM_NOTICE_OF_STUDENT:
	case CM_NOTICE_OF_CONSENT:
	case CM_NOTICE_OF_FOLLOWUP:
	case CM_NOTICE_OF_DEROGATION:
	case CM_NOTICE_OF_REQUEST:
	case CM_NOTICE_OF_PROFESSIONAL:
	case CM_NOTICE_OF_CALENDAR:
	case CM_NOTICE_OF_CUSTODY:
	case CM_NOTICE_OF_DESTRUCTION:
	case CM_NOTICE_OF_MINUTES:
	default:
		return judge_hold(store, who, item, now, error);
	}
}

/* ---- what is said */

static gboolean
fill_student_of(CmStore *store,
		CmOutboxPeople *people,
		const gchar *sql,
		gint64 number,
		CmLetterItem *line,
		GError **error)
{
	gint64 student = 0;

	return cm_outbox_news_read_integer(store, sql, number, &student, error) &&
	       (student == 0 || cm_outbox_news_set_initials(people, student, line, error));
}

static gboolean
fill_derogation(CmStore *store,
		CmOutboxPeople *people,
		gint64 number,
		CmLetterItem *line,
		GError **error)
{
	gint64 approved = 0;

	if (!cm_outbox_news_read_integer(store,
					 "SELECT state = 'approved' FROM derogation WHERE id = ?1",
					 number, &approved, error))
		return FALSE;
	if (line->kind == CM_LETTER_ITEM_DEROGATION_DECIDED)
		line->answer = g_strdup(approved != 0 ? "accepted" : "declined");
	return fill_student_of(store, people,
			       "SELECT followup.student FROM derogation LEFT JOIN session "
			       "ON session.id = derogation.session JOIN followup "
			       "ON followup.id = coalesce(derogation.followup, session.followup) "
			       "WHERE derogation.id = ?1",
			       number, line, error);
}

/* with the hour that is held for it */
static gboolean
fill_request(CmStore *store,
	     CmOutboxPeople *people,
	     gint64 number,
	     CmLetterItem *line,
	     gint64 now,
	     GError **error)
{
	g_autoptr(CmStoreBooking) hold = NULL;
	gint64 held = 0;
	const gchar *name = NULL;

	if (!cm_outbox_news_read_integer(
		store, "SELECT id FROM appointment WHERE request = ?1 AND state = 'hold'", number,
		&held, error) ||
	    (held != 0 && !cm_booking_rows_read(store, held, now, &hold, error)))
		return FALSE;
	if (hold != NULL) {
		line->start = hold->start_utc;
		line->end = hold->end_utc;
		line->until = hold->hold_until;
		line->mode = g_strdup(cm_mode_to_string(hold->place.mode));
		if (!cm_outbox_people_get_name(people, CM_RESOURCE_PROFESSIONAL, hold->professional,
					       &name, error))
			return FALSE;
		line->host_name = g_strdup(name);
	}
	return fill_student_of(store, people, "SELECT student FROM service_request WHERE id = ?1",
			       number, line, error);
}

static gboolean
set_role(CmStore *store, CmResource kind, gint64 person, CmLetterItem *line, GError **error)
{
	gint64 guardian = 0;

	if (kind == CM_RESOURCE_CONTACT) {
		if (!cm_outbox_news_read_integer(
			store, "SELECT kind = 'guardian' FROM contact WHERE id = ?1", person,
			&guardian, error))
			return FALSE;
		line->role = g_strdup(guardian != 0 ? "guardian" : "teacher");
		return TRUE;
	}
	line->role = g_strdup(kind == CM_RESOURCE_STUDENT ? "student" : "professional");
	return TRUE;
}

static gboolean
fill_time_request(CmStore *store, gint64 number, CmLetterItem *line, gint64 now, GError **error)
{
	g_autoptr(CmStoreTimeRequest) request = NULL;

	if (!read_time_request(store, number, now, &request, error))
		return FALSE;
	if (request == NULL)
		return TRUE;
	line->old_start = request->start_utc;
	line->old_end = request->end_utc;
	if (line->kind == CM_LETTER_ITEM_COUNTER_DECLINED)
		line->note = g_strdup(request->answer);
	return set_role(store, request->asker_kind, request->asker, line, error);
}

static gboolean
fill_answer(CmStore *store, gint64 number, CmLetterItem *line, GError **error)
{
	g_autoptr(CmStoreInvitation) invitation = cm_store_invitation_get(store, number, error);

	if (invitation == NULL)
		return FALSE;
	line->answer = g_strdup(cm_store_invitation_answer_to_string(invitation->answer));
	return set_role(store, invitation->recipient_kind, invitation->recipient, line, error);
}

static gboolean
fill_help(CmStore *store, gint64 number, CmLetterItem *line, GError **error)
{
	g_autoptr(CmStoreHelp) help = NULL;

	if (!read_help(store, number, &help, error))
		return FALSE;
	return help == NULL || set_role(store, help->kind, help->person, line, error);
}

static gboolean
fill_professional(CmOutboxPeople *people, gint64 number, CmLetterItem *line, GError **error)
{
	const gchar *name = NULL;

	if (!cm_outbox_people_get_name(people, CM_RESOURCE_PROFESSIONAL, number, &name, error))
		return FALSE;
	line->host_name = g_strdup(name);
	return TRUE;
}

/* which file, and whose, a letter does not say */
static gboolean
fill_destruction(CmStore *store, gint64 number, CmLetterItem *line, GError **error)
{
	gint64 asked_at = 0;

	if (!cm_outbox_news_read_integer(store,
					 "SELECT asked_at FROM vault_destruction WHERE file = ?1",
					 number, &asked_at, error))
		return FALSE;
	if (asked_at != 0)
		line->until = asked_at + (gint64)CM_STORE_DESTRUCTION_DAYS * SECONDS_PER_DAY;
	return TRUE;
}

gboolean
cm_outbox_news_fill(CmStore *store,
		    CmOutboxPeople *people,
		    const CmOutboxItem *item,
		    CmLetterItem *line,
		    gint64 now,
		    GError **error)
{
	gint64 number = item->matter->subject;

	switch (cm_outbox_matter_get_manner(item->matter->kind)->of) {
	case CM_NOTICE_OF_STUDENT:
		return cm_outbox_news_set_initials(people, number, line, error);
	case CM_NOTICE_OF_CONSENT:
		return fill_student_of(store, people, "SELECT student FROM consent WHERE id = ?1",
				       number, line, error);
	case CM_NOTICE_OF_FOLLOWUP:
		return fill_student_of(store, people, "SELECT student FROM followup WHERE id = ?1",
				       number, line, error);
	case CM_NOTICE_OF_DEROGATION:
		return fill_derogation(store, people, number, line, error);
	case CM_NOTICE_OF_REQUEST:
		return fill_request(store, people, number, line, now, error);
	case CM_NOTICE_OF_PROFESSIONAL:
		return fill_professional(people, number, line, error);
	case CM_NOTICE_OF_TIME_REQUEST:
		return fill_time_request(store, number, line, now, error);
	case CM_NOTICE_OF_INVITATION:
		return fill_answer(store, number, line, error);
	case CM_NOTICE_OF_HELP:
		return fill_help(store, number, line, error);
	case CM_NOTICE_OF_DESTRUCTION:
		return fill_destruction(store, number, line, error);
	case CM_NOTICE_OF_BOOKING:
	case CM_NOTICE_OF_CALENDAR:
	case CM_NOTICE_OF_CUSTODY:
	case CM_NOTICE_OF_MINUTES:
	default:
		return TRUE;
	}
}
