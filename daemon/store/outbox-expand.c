// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-expand.h"

#include "daemon/consent/audience.h"
#include "daemon/store/outbox-matter.h"

typedef struct {
	gint64 number;
	gchar *kind;
	gint64 subject;
	gint64 queued_at;
	gboolean change;   /* of a booking */
	gchar *profession; /* whose policy says who is told, or NULL */
} Waiting;

static void
free_waiting(gpointer data)
{
	Waiting *waiting = data;

	g_free(waiting->kind);
	g_free(waiting->profession);
	g_free(waiting);
}

static GPtrArray *
read_waiting(CmStore *store, gint64 student, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_waiting);
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "SELECT n.id, n.kind, n.subject, n.queued_at, coalesce(p.profession, r.profession) "
	    "FROM notice AS n LEFT JOIN booking AS b ON b.session = n.subject "
	    "LEFT JOIN appointment AS a ON a.id = n.subject "
	    "LEFT JOIN professional AS p ON p.id = coalesce(b.professional, a.professional) "
	    "LEFT JOIN service_request AS r ON r.id = n.subject "
	    "WHERE n.recipient_kind = 1 AND n.recipient = ?1 AND n.sent_at IS NULL AND "
	    "n.letter IS NULL ORDER BY n.id",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int64(statement, 1, student);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		Waiting *waiting = NULL;
		CmNoticeKind kind = CM_NOTICE_LAST;
		gboolean known = cm_notice_kind_from_string(
		    (const gchar *)sqlite3_column_text(statement, 1), &kind);

		/* a reminder was queued to each of them already, and a kind of a newer program is left to it */
		if (!known || cm_outbox_matter_get_manner(kind)->way == CM_NOTICE_WAY_REMINDER) {
			if (!cm_database_step(store->database, statement, &row, error))
				return NULL;
			continue;
		}
		waiting = g_new0(Waiting, 1);

		waiting->number = sqlite3_column_int64(statement, 0);
		waiting->kind = g_strdup((const gchar *)sqlite3_column_text(statement, 1));
		waiting->subject = sqlite3_column_int64(statement, 2);
		waiting->queued_at = sqlite3_column_int64(statement, 3);
		waiting->change = cm_outbox_matter_get_manner(kind)->way == CM_NOTICE_WAY_CHANGE;
		waiting->profession = g_strdup((const gchar *)sqlite3_column_text(statement, 4));
		g_ptr_array_add(list, waiting);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

/* queued once, even when the student is looked at again before theirs is sent; but an older one of the same second is of an earlier
 * change, and perhaps told already */
static gboolean
queue(CmStore *store,
      const Waiting *waiting,
      const CmAudienceMember *member,
      gboolean *out_added,
      GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database,
	    "INSERT INTO notice (kind, recipient_kind, recipient, subject, queued_at) "
	    "SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM notice "
	    "INDEXED BY notice_subject WHERE subject = ?4 AND kind = ?1 AND "
	    "recipient_kind = ?2 AND recipient = ?3 AND "
	    "((queued_at = ?5 AND id > ?6) OR (sent_at IS NULL AND letter IS NULL)))",
	    error);

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_text(statement, 1, waiting->kind, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, (gint)member->kind);
	sqlite3_bind_int64(statement, 3, member->number);
	sqlite3_bind_int64(statement, 4, waiting->subject);
	sqlite3_bind_int64(statement, 5, waiting->queued_at);
	sqlite3_bind_int64(statement, 6, waiting->number);
	if (!cm_database_run(store->database, statement, error))
		return FALSE;
	*out_added = cm_database_get_changes(store->database) > 0;
	return TRUE;
}

/* Who was told of a booking, and is told for the student no longer: the hour that they know is set right for them too. As a move, so
 * that they hear nothing where that hour stands (outbox-item.c). ?1 kind, ?2 subject, ?3 when it was queued, ?4 now */
static const gchar told_before_sql[] =
    "SELECT recipient_kind, recipient FROM invitation AS i WHERE subject = ?2 AND "
    "recipient_kind IN (1, 2) AND told_state = 'planned' AND told_end_utc > ?4 AND "
    "NOT EXISTS (SELECT 1 FROM notice AS n INDEXED BY notice_subject WHERE n.subject = ?2 AND "
    "n.recipient_kind = i.recipient_kind AND n.recipient = i.recipient AND "
    "((n.kind = ?1 AND n.queued_at = ?3) OR (n.sent_at IS NULL AND n.letter IS NULL)))";

static GArray *
list_told_before(CmStore *store, const Waiting *waiting, gint64 now, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(CmAudienceMember));
	g_autoptr(CmStatement) statement =
	    cm_database_prepare(store->database, told_before_sql, error);
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_text(statement, 1, cm_notice_kind_to_string(CM_NOTICE_BOOKING_MOVED), -1,
			  SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, waiting->subject);
	sqlite3_bind_int64(statement, 3, waiting->queued_at);
	sqlite3_bind_int64(statement, 4, now);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		const CmAudienceMember member = {(CmResource)sqlite3_column_int(statement, 0),
						 sqlite3_column_int64(statement, 1), 0};

		g_array_append_val(list, member);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	return g_steal_pointer(&list);
}

static gboolean
queue_told_before(CmStore *store,
		  const Waiting *waiting,
		  gint64 now,
		  GArray *out_added,
		  GError **error)
{
	g_autoptr(GArray) list = list_told_before(store, waiting, now, error);
	Waiting moved = *waiting;

	moved.kind = (gchar *)cm_notice_kind_to_string(CM_NOTICE_BOOKING_MOVED);
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const CmAudienceMember *member = &g_array_index(list, CmAudienceMember, i);
		const CmStoreRecipient who = {member->kind, member->number};
		gboolean added = FALSE;

		if (!queue(store, &moved, member, &added, error))
			return FALSE;
		if (added)
			g_array_append_val(out_added, who);
	}
	return list != NULL;
}

static gboolean
settle(CmStore *store, gint64 number, gint64 now, gboolean nobody, GError **error)
{
	const gint64 values[] = {number, now};

	return cm_database_run_integers(
	    store->database,
	    nobody ? "UPDATE notice SET sent_at = ?2, outcome = 'unreachable' WHERE id = ?1"
		   : "UPDATE notice SET sent_at = ?2, outcome = 'expanded' WHERE id = ?1",
	    values, G_N_ELEMENTS(values), error);
}

static gboolean
expand_one(CmStore *store,
	   const Waiting *waiting,
	   const GArray *audience,
	   gint64 student,
	   gint64 now,
	   GArray *out_added,
	   gboolean *out_settled,
	   GError **error)
{
	gboolean theirs = FALSE;

	for (guint i = 0; i < audience->len; i++) {
		const CmAudienceMember *member = &g_array_index(audience, CmAudienceMember, i);
		const CmStoreRecipient who = {member->kind, member->number};
		gboolean added = FALSE;

		if (member->kind == CM_RESOURCE_STUDENT && member->number == student) {
			theirs = TRUE;
			continue;
		}
		if (!queue(store, waiting, member, &added, error))
			return FALSE;
		if (added)
			g_array_append_val(out_added, who);
	}
	if (waiting->change && !queue_told_before(store, waiting, now, out_added, error))
		return FALSE;
	*out_settled = !theirs;
	return theirs || settle(store, waiting->number, now, audience->len == 0, error);
}

gboolean
cm_outbox_expand_student(CmStore *store,
			 CmOutboxPeople *people,
			 gint64 student,
			 gint64 now,
			 GArray *out_added,
			 guint *out_expanded,
			 guint *out_nobody,
			 GError **error)
{
	g_autoptr(GPtrArray) list = read_waiting(store, student, error);

	if (list == NULL)
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const Waiting *waiting = g_ptr_array_index(list, i);
		g_autoptr(GArray) audience = NULL;
		gboolean settled = FALSE;

		if (!cm_outbox_people_find_audience(people, student, waiting->profession, &audience,
						    error) ||
		    !expand_one(store, waiting, audience, student, now, out_added, &settled, error))
			return FALSE;
		*out_expanded += settled && audience->len > 0 ? 1 : 0;
		*out_nobody += audience->len == 0 ? 1 : 0;
	}
	return TRUE;
}
