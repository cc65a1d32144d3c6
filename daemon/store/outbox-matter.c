// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-matter.h"

#include <string.h>

#define CHANGE                                                                                     \
	{                                                                                          \
		CM_NOTICE_WAY_CHANGE, CM_NOTICE_OF_BOOKING, FALSE, CM_LETTER_ITEM_LAST             \
	}
#define NEWS(of, item)                                                                             \
	{                                                                                          \
		CM_NOTICE_WAY_NEWS, CM_NOTICE_OF_##of, FALSE, CM_LETTER_ITEM_##item                \
	}
#define URGENT(of, item)                                                                           \
	{                                                                                          \
		CM_NOTICE_WAY_NEWS, CM_NOTICE_OF_##of, TRUE, CM_LETTER_ITEM_##item                 \
	}

/* what has an end by which somebody must act does not wait for the evening */
static const CmNoticeManner manners[CM_NOTICE_LAST] = {
    [CM_NOTICE_BOOKING_BOOKED] = CHANGE,
    [CM_NOTICE_BOOKING_MOVED] = CHANGE,
    [CM_NOTICE_BOOKING_CANCELLED] = CHANGE,
    [CM_NOTICE_HOLD_OFFERED] = URGENT(BOOKING, HOLD_OFFERED),
    [CM_NOTICE_HOLD_EXPIRED] = NEWS(BOOKING, HOLD_EXPIRED),
    [CM_NOTICE_CONSENT_NEEDED] = NEWS(STUDENT, CONSENT_NEEDED),
    [CM_NOTICE_CONSENT_CHANGED] = NEWS(CONSENT, CONSENT_CHANGED),
    [CM_NOTICE_BIRTHDAY] = NEWS(STUDENT, BIRTHDAY),
    [CM_NOTICE_SUITABILITY_DUE] = NEWS(FOLLOWUP, SUITABILITY_DUE),
    [CM_NOTICE_DEROGATION_ASKED] = NEWS(DEROGATION, DEROGATION_ASKED),
    [CM_NOTICE_DEROGATION_DECIDED] = NEWS(DEROGATION, DEROGATION_DECIDED),
    [CM_NOTICE_REQUEST_OFFERED] = URGENT(REQUEST, REQUEST_OFFERED),
    [CM_NOTICE_ABSENCE] = NEWS(PROFESSIONAL, ABSENCE),
    [CM_NOTICE_CALENDAR_FAILED] = NEWS(CALENDAR, CALENDAR_FAILED),
    [CM_NOTICE_TIME_ASKED] = NEWS(TIME_REQUEST, TIME_REQUESTED),
    [CM_NOTICE_TIME_DECLINED] = {CM_NOTICE_WAY_ANSWER, CM_NOTICE_OF_TIME_REQUEST, TRUE,
				 CM_LETTER_ITEM_COUNTER_DECLINED},
    [CM_NOTICE_SESSION_REMINDER] = {CM_NOTICE_WAY_REMINDER, CM_NOTICE_OF_BOOKING, TRUE,
				    CM_LETTER_ITEM_REMINDER},
    [CM_NOTICE_FIRST_VIDEO] = {CM_NOTICE_WAY_REMINDER, CM_NOTICE_OF_BOOKING, TRUE,
			       CM_LETTER_ITEM_FIRST_VIDEO},
    [CM_NOTICE_HELP_ASKED] = URGENT(HELP, HELP_ASKED),
    [CM_NOTICE_CUSTODY_ASKED] = URGENT(CUSTODY, CUSTODY_ASKED),
    [CM_NOTICE_CUSTODY_WATCHED] = NEWS(CUSTODY, CUSTODY_WATCHED),
    [CM_NOTICE_DESTRUCTION_ASKED] = URGENT(DESTRUCTION, DESTRUCTION_ASKED),
    [CM_NOTICE_MINUTES_GIVEN] = NEWS(MINUTES, MINUTES_GIVEN),
    [CM_NOTICE_MINUTES_CORRECTED] = NEWS(MINUTES, MINUTES_CORRECTED),
    [CM_NOTICE_ANSWER_GIVEN] = NEWS(INVITATION, ANSWERED),
    [CM_NOTICE_ANSWER_DECLINED] = URGENT(INVITATION, ANSWERED),
};

const CmNoticeManner *
cm_outbox_matter_get_manner(CmNoticeKind kind)
{
	g_return_val_if_fail(kind < CM_NOTICE_LAST, NULL);
	return &manners[kind];
}

void
cm_outbox_matter_free(CmMatter *matter)
{
	g_array_unref(matter->notices);
	g_free(matter);
}

/* ---- gathering notices into matters */

/* a notice, and what bears on when it is told */
typedef struct {
	gint64 number;
	CmNoticeKind kind;
	gint64 subject;
	gint64 queued_at;
	gint64 start;
	gint64 changed_at;
	gint64 told_start;
} Waiting;

/* `about` is the booking or the appointment that a notice is about: an answer, a request for another time, a call for help and an offer have one of
 * their own. Other kinds have numbers of other things, which are no booking's (is_about_booking()). */
#define WAITING                                                                                    \
	"SELECT w.id, w.kind, w.subject, w.queued_at, coalesce(b.start_utc, a.start_utc, 0), "     \
	"coalesce(b.changed_at, a.changed_at, 0), "                                                \
	"CASE i.told_state WHEN 'planned' THEN i.told_start_utc ELSE 0 END FROM ("                 \
	"SELECT id, kind, subject, queued_at, CASE kind "                                          \
	"WHEN ?3 THEN (SELECT d.subject FROM invitation AS d WHERE d.id = notice.subject) "        \
	"WHEN ?4 THEN (SELECT t.subject FROM time_request AS t WHERE t.id = notice.subject) "      \
	"WHEN ?5 THEN (SELECT h.subject FROM help_request AS h WHERE h.id = notice.subject) "      \
	"WHEN ?6 THEN (SELECT o.id FROM appointment AS o WHERE o.request = notice.subject "        \
	"AND o.state = 'hold') ELSE subject END AS about FROM notice "                             \
	"WHERE recipient_kind = ?1 AND recipient = ?2 AND sent_at IS NULL AND letter IS NULL"      \
	") AS w LEFT JOIN booking AS b ON b.session = w.about "                                    \
	"LEFT JOIN appointment AS a ON a.id = w.about "                                            \
	"LEFT JOIN invitation AS i ON i.subject = w.about AND i.recipient_kind = ?1 AND "          \
	"i.recipient = ?2 ORDER BY w.id"

/* those of WAITING that have a booking by something else, from ?3 on */
static const CmNoticeKind by_another[] = {CM_NOTICE_ANSWER_DECLINED, CM_NOTICE_TIME_DECLINED,
					  CM_NOTICE_HELP_ASKED, CM_NOTICE_REQUEST_OFFERED};

static void
bind_kinds(CmStatement *statement)
{
	for (guint i = 0; i < G_N_ELEMENTS(by_another); i++)
		sqlite3_bind_text(statement, (gint)i + 3, cm_notice_kind_to_string(by_another[i]),
				  -1, SQLITE_STATIC);
}

static gboolean
is_about_booking(CmNoticeKind kind)
{
	gboolean found = manners[kind].of == CM_NOTICE_OF_BOOKING;

	for (guint i = 0; i < G_N_ELEMENTS(by_another); i++)
		found = found || kind == by_another[i];
	return found;
}

static gboolean
read_waiting(CmStatement *statement, Waiting *out_waiting)
{
	Waiting waiting = {
	    .number = sqlite3_column_int64(statement, 0),
	    .subject = sqlite3_column_int64(statement, 2),
	    .queued_at = sqlite3_column_int64(statement, 3),
	    .start = sqlite3_column_int64(statement, 4),
	    .changed_at = sqlite3_column_int64(statement, 5),
	    .told_start = sqlite3_column_int64(statement, 6),
	};

	/* a kind of a newer program is left to it */
	if (!cm_notice_kind_from_string((const gchar *)sqlite3_column_text(statement, 1),
					&waiting.kind))
		return FALSE;
	if (!is_about_booking(waiting.kind)) {
		waiting.start = 0;
		waiting.changed_at = 0;
		waiting.told_start = 0;
	}
	*out_waiting = waiting;
	return TRUE;
}

/* all changes of one booking are one matter */
static gchar *
make_name(const Waiting *waiting)
{
	gboolean change = manners[waiting->kind].way == CM_NOTICE_WAY_CHANGE;

	return g_strdup_printf("%d:%" G_GINT64_FORMAT, change ? -1 : (gint)waiting->kind,
			       waiting->subject);
}

static gint64
get_earliest_to_come(gint64 now, gint64 one, gint64 other)
{
	if (one <= now)
		return other > now ? other : 0;
	return other > now ? MIN(one, other) : one;
}

/* what a clock said that was set back since is over */
static gint64
get_past(gint64 at, gint64 now)
{
	return at <= now ? at : 0;
}

static void
add_waiting(GPtrArray *matters, GHashTable *known, const Waiting *waiting, guint undo, gint64 now)
{
	g_autofree gchar *name = make_name(waiting);
	CmMatter *matter = g_hash_table_lookup(known, name);
	const CmNoticeManner *manner = &manners[waiting->kind];
	gint64 since = MAX(get_past(waiting->queued_at, now), get_past(waiting->changed_at, now));

	if (matter == NULL) {
		matter = g_new0(CmMatter, 1);
		matter->subject = waiting->subject;
		matter->notices = g_array_new(FALSE, FALSE, sizeof(gint64));
		g_ptr_array_add(matters, matter);
		g_hash_table_insert(known, g_steal_pointer(&name), matter);
	}
	matter->kind = waiting->kind;
	g_array_append_val(matter->notices, waiting->number);
	matter->ready_at = MAX(matter->ready_at, since + undo);
	matter->start = get_earliest_to_come(now, waiting->start, waiting->told_start);
	matter->urgent = matter->urgent || manner->urgent ||
			 cm_outbox_due_is_urgent(now, waiting->told_start, waiting->start);
}

static gint
compare_matters(gconstpointer a, gconstpointer b)
{
	const CmMatter *first = *(const CmMatter *const *)a;
	const CmMatter *second = *(const CmMatter *const *)b;

	if (first->urgent != second->urgent)
		return first->urgent ? -1 : 1;
	if (first->start != second->start)
		return first->start < second->start ? -1 : 1;
	return first->subject < second->subject ? -1 : first->subject > second->subject;
}

static void
free_matter(gpointer matter)
{
	cm_outbox_matter_free(matter);
}

static void
set_due(CmMatter *matter, const CmDueReach *reach, GHashTable *spoken)
{
	matter->due_at =
	    cm_outbox_due_find(reach, matter->ready_at, 0, matter->urgent, matter->start);
	/* what is about to say otherwise waits for this one */
	if (spoken != NULL && g_hash_table_contains(spoken, &matter->subject))
		matter->due_at = matter->ready_at;
}

GPtrArray *
cm_outbox_matter_list(CmStore *store,
		      const CmStoreRecipient *who,
		      const CmDueReach *reach,
		      GHashTable *spoken,
		      gint64 now,
		      GError **error)
{
	g_autoptr(GPtrArray) matters = g_ptr_array_new_with_free_func(free_matter);
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(CmStatement) statement = cm_database_prepare(store->database, WAITING, error);
	guint undo = cm_store_outbox_get_settings(store)->undo_seconds;
	gboolean row = FALSE;

	if (statement == NULL)
		return NULL;
	sqlite3_bind_int(statement, 1, (gint)who->kind);
	sqlite3_bind_int64(statement, 2, who->person);
	bind_kinds(statement);
	if (!cm_database_step(store->database, statement, &row, error))
		return NULL;
	while (row) {
		Waiting waiting = {0};

		if (read_waiting(statement, &waiting))
			add_waiting(matters, known, &waiting, undo, now);
		if (!cm_database_step(store->database, statement, &row, error))
			return NULL;
	}
	for (guint i = 0; i < matters->len; i++)
		set_due(g_ptr_array_index(matters, i), reach, spoken);
	g_ptr_array_sort(matters, compare_matters);
	return g_steal_pointer(&matters);
}

/* ---- settling */

gboolean
cm_outbox_matter_settle(CmStore *store,
			const CmMatter *matter,
			const gchar *outcome,
			gint64 now,
			GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    store->database, "UPDATE notice SET sent_at = ?2, outcome = ?3 WHERE id = ?1", error);

	if (statement == NULL)
		return FALSE;
	for (guint i = 0; i < matter->notices->len; i++) {
		sqlite3_bind_int64(statement, 1, g_array_index(matter->notices, gint64, i));
		sqlite3_bind_int64(statement, 2, now);
		sqlite3_bind_text(statement, 3, outcome, -1, SQLITE_STATIC);
		if (!cm_database_run(store->database, statement, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
cm_outbox_matter_assign(CmStore *store, const CmMatter *matter, gint64 letter, GError **error)
{
	for (guint i = 0; i < matter->notices->len; i++) {
		const gint64 values[] = {g_array_index(matter->notices, gint64, i), letter};

		if (!cm_database_run_integers(store->database,
					      "UPDATE notice SET letter = ?2 WHERE id = ?1", values,
					      G_N_ELEMENTS(values), error))
			return FALSE;
	}
	return TRUE;
}
