// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-feed.h"

#include "daemon/roster/initials.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/concern.h"
#include "daemon/store/store-invitation.h"
#include "daemon/store/store-reach.h"

typedef struct {
	CmStore *store;
	CmOutboxPeople *people;
	CmResource kind;
	gint64 person;
	CmLetter *letter;
} Feed;

static void
feed_clear(Feed *feed)
{
	g_clear_pointer(&feed->people, cm_outbox_people_free);
	g_clear_pointer(&feed->letter, cm_letter_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Feed, feed_clear)

/* ---- what is said of it */

static gboolean
find_sequence(const Feed *feed, gint64 subject, guint *out_sequence, GError **error)
{
	g_autoptr(CmStatement) statement = cm_database_prepare(
	    feed->store->database,
	    "SELECT max(sequence, 0) FROM invitation WHERE subject = ?1 AND recipient_kind = ?2 "
	    "AND recipient = ?3",
	    error);
	gboolean row = FALSE;

	if (statement == NULL)
		return FALSE;
	sqlite3_bind_int64(statement, 1, subject);
	sqlite3_bind_int(statement, 2, (gint)feed->kind);
	sqlite3_bind_int64(statement, 3, feed->person);
	if (!cm_database_step(feed->store->database, statement, &row, error))
		return FALSE;
	*out_sequence = row ? (guint)sqlite3_column_int64(statement, 0) : 0;
	return TRUE;
}

static gboolean
add_item(Feed *feed, const CmStoreBooking *booking, GError **error)
{
	CmLetterItem *item = cm_letter_add_item(feed->letter, CM_LETTER_ITEM_BOOKED);
	const gchar *host = NULL;
	const gchar *school = NULL;
	const gchar *room = NULL;
	const gchar *student = NULL;

	item->subject = booking->number;
	item->start = booking->start_utc;
	item->end = booking->end_utc;
	item->mode = g_strdup(cm_mode_to_string(booking->place.mode));
	item->uid = cm_store_invitation_dup_uid(feed->store, booking->number);
	feed->letter->made_at = MAX(feed->letter->made_at, booking->changed_at);
	if (!find_sequence(feed, booking->number, &item->sequence, error) ||
	    !cm_outbox_people_get_name(feed->people, CM_RESOURCE_PROFESSIONAL,
				       booking->professional, &host, error) ||
	    !cm_outbox_people_get_site(feed->people, booking->place.site, &school, error) ||
	    !cm_outbox_people_get_room(feed->people, booking->place.room, &room, error))
		return FALSE;
	item->host_name = g_strdup(host);
	item->school = g_strdup(school);
	item->place = g_strdup(room);
	if (!feed->letter->staff || booking->student == 0)
		return TRUE;
	if (!cm_outbox_people_get_name(feed->people, CM_RESOURCE_STUDENT, booking->student,
				       &student, error))
		return FALSE;
	item->initials = student != NULL ? cm_initials_make(student) : NULL;
	return TRUE;
}

static gboolean
add_one(Feed *feed, gint64 number, gint64 now, GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	gboolean theirs = FALSE;

	if (!cm_booking_rows_read(feed->store, number, now, &booking, error))
		return FALSE;
	if (booking == NULL || booking->state != CM_BOOKING_PLANNED)
		return TRUE;
	return cm_concern_check(feed->people, booking, feed->kind, feed->person, &theirs, error) &&
	       (!theirs || add_item(feed, booking, error));
}

static gboolean
add_items(Feed *feed, gint64 since, gint64 now, GError **error)
{
	g_autoptr(GArray) numbers =
	    cm_concern_list(feed->store, feed->kind, feed->person, since, error);

	if (numbers == NULL)
		return FALSE;
	for (guint i = 0; i < numbers->len; i++) {
		if (!add_one(feed, g_array_index(numbers, gint64, i), now, error))
			return FALSE;
	}
	return TRUE;
}

CmLetter *
cm_store_feed_load(CmStore *store,
		   const CmPolicySet *policies,
		   CmResource kind,
		   gint64 person,
		   gint64 now,
		   GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_auto(Feed) feed = {.store = store, .kind = kind, .person = person};
	gint64 since = now - CM_STORE_FEED_PAST_DAYS * (gint64)86400;
	g_autoptr(CmReachable) reachable = NULL;

	if (transaction == NULL || !cm_store_reach_check_person(store, kind, person, error))
		return NULL;
	feed.people = cm_outbox_people_new(store, policies, now, error);
	reachable = feed.people != NULL ? cm_store_reach_get(store, kind, person, error) : NULL;
	if (reachable == NULL)
		return NULL;
	feed.letter = cm_letter_new(CM_LETTER_DIGEST);
	feed.letter->language = g_strdup(reachable->language);
	feed.letter->zone = g_strdup(reachable->zone);
	feed.letter->recipient_kind = (gint)kind;
	feed.letter->recipient = person;
	feed.letter->staff = kind == CM_RESOURCE_PROFESSIONAL;
	feed.letter->organisation = g_strdup(cm_outbox_people_get_organisation(feed.people));
	/* of what nobody changed since a plan placed it */
	feed.letter->made_at = 1;
	return add_items(&feed, since, now, error) ? g_steal_pointer(&feed.letter) : NULL;
}
