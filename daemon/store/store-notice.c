// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-notice.h"

#include "daemon/store/store-private.h"

static const gchar *const kind_names[CM_NOTICE_LAST] = {
    [CM_NOTICE_BOOKING_BOOKED] = "booking.booked",
    [CM_NOTICE_BOOKING_MOVED] = "booking.moved",
    [CM_NOTICE_BOOKING_CANCELLED] = "booking.cancelled",
    [CM_NOTICE_HOLD_OFFERED] = "hold.offered",
    [CM_NOTICE_HOLD_EXPIRED] = "hold.expired",
    [CM_NOTICE_CONSENT_NEEDED] = "consent.needed",
    [CM_NOTICE_CONSENT_CHANGED] = "consent.changed",
    [CM_NOTICE_BIRTHDAY] = "student.birthday",
    [CM_NOTICE_SUITABILITY_DUE] = "suitability.due",
    [CM_NOTICE_DEROGATION_ASKED] = "derogation.asked",
    [CM_NOTICE_DEROGATION_DECIDED] = "derogation.decided",
    [CM_NOTICE_REQUEST_OFFERED] = "request.offered",
    [CM_NOTICE_ABSENCE] = "professional.absent",
    [CM_NOTICE_CALENDAR_FAILED] = "calendar.failed",
    [CM_NOTICE_TIME_ASKED] = "time.asked",
    [CM_NOTICE_TIME_DECLINED] = "time.declined",
    [CM_NOTICE_HELP_ASKED] = "help.asked",
    [CM_NOTICE_CUSTODY_ASKED] = "custody.asked",
    [CM_NOTICE_CUSTODY_WATCHED] = "custody.watched",
    [CM_NOTICE_DESTRUCTION_ASKED] = "destruction.asked",
    [CM_NOTICE_MINUTES_GIVEN] = "minutes.given",
    [CM_NOTICE_MINUTES_CORRECTED] = "minutes.corrected",
    [CM_NOTICE_ANSWER_GIVEN] = "answer.given",
    [CM_NOTICE_ANSWER_DECLINED] = "answer.declined",
    [CM_NOTICE_SESSION_REMINDER] = "session.reminder",
    [CM_NOTICE_FIRST_VIDEO] = "session.first-video",
};

const gchar *
cm_notice_kind_to_string(CmNoticeKind kind)
{
	g_return_val_if_fail(kind < CM_NOTICE_LAST, "");
	return kind_names[kind];
}

gboolean
cm_notice_kind_from_string(const gchar *name, CmNoticeKind *out_kind)
{
	for (guint i = 0; i < CM_NOTICE_LAST; i++) {
		if (g_str_equal(kind_names[i], name)) {
			*out_kind = (CmNoticeKind)i;
			return TRUE;
		}
	}
	return FALSE;
}

gboolean
cm_notice_queue(CmStore *store,
		CmNoticeKind kind,
		CmResource recipient_kind,
		gint64 recipient,
		gint64 subject,
		GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO notice (kind, recipient_kind, recipient, subject, queued_at) "
	    "SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM notice WHERE kind = ?1 AND "
	    "recipient_kind = ?2 AND recipient = ?3 AND subject = ?4 AND sent_at IS NULL "
	    "AND letter IS NULL)",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, cm_notice_kind_to_string(kind), -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, (gint)recipient_kind);
	sqlite3_bind_int64(statement, 3, recipient);
	sqlite3_bind_int64(statement, 4, subject);
	sqlite3_bind_int64(statement, 5, store->clock());
	if (store->queued != NULL)
		store->queued(store->queued_data);
	return cm_database_run(store->database, statement, error);
}

gboolean
cm_notice_revive(CmStore *store, CmResource recipient_kind, gint64 recipient, GError **error)
{
	const gint64 values[] = {(gint64)recipient_kind, recipient};

	if (store->queued != NULL)
		store->queued(store->queued_data);
	return cm_database_run_integers(
	    store->database,
	    "UPDATE notice SET sent_at = NULL, outcome = NULL WHERE recipient_kind = ?1 AND "
	    "recipient = ?2 AND outcome = 'unreachable'",
	    values, G_N_ELEMENTS(values), error);
}

GArray *
cm_notice_list_waiting(CmStore *store, GError **error)
{
	g_autoptr(GArray) notices = g_array_new(FALSE, TRUE, sizeof(CmNotice));
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT id, kind, recipient_kind, recipient, subject, queued_at FROM notice "
	    "WHERE sent_at IS NULL AND letter IS NULL ORDER BY id",
	    error);
	gboolean row = FALSE;

	if (statement == NULL || !cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		CmNotice notice = {
		    .number = sqlite3_column_int64(statement, 0),
		    .recipient_kind = (CmResource)sqlite3_column_int(statement, 2),
		    .recipient = sqlite3_column_int64(statement, 3),
		    .subject = sqlite3_column_int64(statement, 4),
		    .queued_at = sqlite3_column_int64(statement, 5),
		};

		/* a kind of a newer program is left to it */
		if (cm_notice_kind_from_string((const gchar *)sqlite3_column_text(statement, 1),
					       &notice.kind))
			g_array_append_val(notices, notice);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&notices);
}
