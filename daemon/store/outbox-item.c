// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/outbox-item.h"

#include "daemon/consent/audience.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/invitation-rows.h"
#include "daemon/store/outbox-news.h"
#include "daemon/visio/reply-token.h"

void
cm_outbox_item_free(CmOutboxItem *item)
{
	if (item == NULL)
		return;
	g_clear_pointer(&item->booking, cm_store_booking_free);
	g_clear_pointer(&item->invitation, cm_store_invitation_free);
	g_free(item);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmOutboxItem, cm_outbox_item_free)

/* ---- whose a booking is */

/* whether somebody is told today for a student who is there */
static gboolean
is_told_for(CmOutboxPeople *people,
	    const CmStoreRecipient *who,
	    gint64 student,
	    const gchar *profession,
	    gboolean *out_told,
	    GError **error)
{
	g_autoptr(GArray) audience = NULL;

	if (!cm_outbox_people_find_audience(people, student, profession, &audience, error))
		return FALSE;
	for (guint i = 0; i < audience->len; i++) {
		const CmAudienceMember *member = &g_array_index(audience, CmAudienceMember, i);

		if (member->kind == who->kind && member->number == who->person)
			*out_told = TRUE;
	}
	return TRUE;
}

static gboolean
is_attendee(const CmStoreBooking *booking, const CmStoreRecipient *who)
{
	/* a student may be there without being told: their parents are */
	if (who->kind == CM_RESOURCE_PROFESSIONAL && booking->professional == who->person)
		return TRUE;
	for (guint i = 0; who->kind != CM_RESOURCE_STUDENT && i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);

		if (attendee->kind == who->kind && attendee->number == who->person)
			return TRUE;
	}
	return FALSE;
}

gboolean
cm_outbox_item_find_concerned(CmOutboxPeople *people,
			      const CmStoreRecipient *who,
			      const CmStoreBooking *booking,
			      gboolean *out_concerned,
			      GError **error)
{
	const gchar *profession = NULL;

	*out_concerned = is_attendee(booking, who);
	if (*out_concerned ||
	    (who->kind != CM_RESOURCE_CONTACT && who->kind != CM_RESOURCE_STUDENT))
		return TRUE;
	if (!cm_outbox_people_get_profession(people, booking->professional, &profession, error))
		return FALSE;
	if (booking->student != 0)
		return is_told_for(people, who, booking->student, profession, out_concerned, error);
	for (guint i = 0; !*out_concerned && i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);

		if (attendee->kind == CM_RESOURCE_STUDENT &&
		    !is_told_for(people, who, attendee->number, profession, out_concerned, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- what it comes to */

static gboolean
stands(const CmStoreBooking *booking)
{
	return booking->state == CM_BOOKING_PLANNED || cm_booking_state_has_outcome(booking->state);
}

static CmChangeSide
make_told(const CmStoreInvitation *invitation)
{
	CmChangeSide side = {0};

	if (invitation == NULL || !invitation->told || !invitation->planned)
		return side;
	side.planned = TRUE;
	side.start_utc = invitation->start_utc;
	side.end_utc = invitation->end_utc;
	side.mode = invitation->mode;
	side.room = invitation->room;
	return side;
}

static CmChangeSide
make_standing(const CmStoreBooking *booking)
{
	CmChangeSide side = {.planned = TRUE,
			     .start_utc = booking->start_utc,
			     .end_utc = booking->end_utc,
			     .mode = (gint)booking->place.mode,
			     .room = booking->place.room};

	return side;
}

/* Who is no longer told hears of an hour that they know only when nothing takes place then any more. Who was taken off has a notice of
 * its own, of a cancellation. */
static gboolean
is_none_of_theirs(const CmOutboxItem *item, const CmChangeSide *told, gboolean concerned)
{
	return !concerned && item->matter->kind == CM_NOTICE_BOOKING_MOVED &&
	       item->booking != NULL && stands(item->booking) &&
	       told->start_utc == item->booking->start_utc &&
	       told->end_utc == item->booking->end_utc;
}

static gboolean
judge_change(CmStore *store,
	     CmOutboxPeople *people,
	     const CmStoreRecipient *who,
	     CmOutboxItem *item,
	     gint64 now,
	     GError **error)
{
	static const CmLetterItemKind kinds[CM_CHANGE_LAST] = {
	    [CM_CHANGE_NONE] = CM_LETTER_ITEM_LAST,
	    [CM_CHANGE_BOOKED] = CM_LETTER_ITEM_BOOKED,
	    [CM_CHANGE_MOVED] = CM_LETTER_ITEM_MOVED,
	    [CM_CHANGE_CANCELLED] = CM_LETTER_ITEM_CANCELLED,
	};
	CmChangeSide told = {0};
	CmChangeSide standing = {0};
	gboolean concerned = FALSE;

	if (!cm_booking_rows_read(store, item->matter->subject, now, &item->booking, error) ||
	    !cm_invitation_rows_find(store, item->matter->subject, who, &item->invitation, error) ||
	    (item->booking != NULL && stands(item->booking) &&
	     !cm_outbox_item_find_concerned(people, who, item->booking, &concerned, error)))
		return FALSE;
	told = make_told(item->invitation);
	if (concerned)
		standing = make_standing(item->booking);
	item->change = cm_outbox_change_find(&told, &standing, now);
	item->kind = kinds[item->change.kind];
	item->nothing =
	    item->change.kind == CM_CHANGE_NONE || is_none_of_theirs(item, &told, concerned);
	/* somebody asked to be told again: nothing has moved */
	if (item->change.kind == CM_CHANGE_MOVED && !item->change.new_time &&
	    told.room == CM_INVITATION_REPEAT_ROOM)
		item->kind = CM_LETTER_ITEM_BOOKED;
	return TRUE;
}

static gboolean
judge_reminder(CmStore *store,
	       CmOutboxPeople *people,
	       const CmStoreRecipient *who,
	       CmOutboxItem *item,
	       gint64 now,
	       GError **error)
{
	gboolean concerned = FALSE;

	if (!cm_booking_rows_read(store, item->matter->subject, now, &item->booking, error) ||
	    !cm_invitation_rows_find(store, item->matter->subject, who, &item->invitation, error) ||
	    (item->booking != NULL &&
	     !cm_outbox_item_find_concerned(people, who, item->booking, &concerned, error)))
		return FALSE;
	item->nothing = !concerned || item->booking->state != CM_BOOKING_PLANNED ||
			item->booking->start_utc <= now;
	return TRUE;
}

CmOutboxItem *
cm_outbox_item_new(CmStore *store,
		   CmOutboxPeople *people,
		   const CmStoreRecipient *who,
		   CmMatter *matter,
		   gint64 now,
		   GError **error)
{
	const CmNoticeManner *manner = cm_outbox_matter_get_manner(matter->kind);
	g_autoptr(CmOutboxItem) item = g_new0(CmOutboxItem, 1);
	gboolean good = FALSE;

	item->matter = matter;
	item->kind = manner->item;
	switch (manner->way) {
	case CM_NOTICE_WAY_CHANGE:
		good = judge_change(store, people, who, item, now, error);
		break;
	case CM_NOTICE_WAY_REMINDER:
		good = judge_reminder(store, people, who, item, now, error);
		break;
	case CM_NOTICE_WAY_ANSWER:
	case CM_NOTICE_WAY_NEWS:
	default:
		good = cm_outbox_news_judge(store, who, item, now, error);
		break;
	}
	return good ? g_steal_pointer(&item) : NULL;
}

gboolean
cm_outbox_item_is_event(const CmOutboxItem *item)
{
	return cm_outbox_matter_get_manner(item->matter->kind)->way == CM_NOTICE_WAY_CHANGE;
}

/* ---- filling in */

static gboolean
add_student(CmStore *store,
	    const CmStoreRecipient *who,
	    gint64 student,
	    GArray *students,
	    GError **error)
{
	g_autoptr(CmStatement) statement = NULL;
	gboolean theirs = TRUE;

	/* a parent's own; a teacher has none */
	if (who->kind == CM_RESOURCE_CONTACT) {
		statement = cm_database_prepare(
		    store->database,
		    "SELECT 1 FROM guardianship WHERE student = ?1 AND contact = ?2 "
		    "UNION ALL SELECT 1 FROM contact WHERE id = ?2 AND kind <> 'guardian'",
		    error);
		if (statement == NULL)
			return FALSE;
		sqlite3_bind_int64(statement, 1, student);
		sqlite3_bind_int64(statement, 2, who->person);
		if (!cm_database_step(store->database, statement, &theirs, error))
			return FALSE;
	}
	if (theirs)
		g_array_append_val(students, student);
	return TRUE;
}

/* the student of a session, even if they are not there; of a group those whom the reader knows */
static gboolean
list_students(CmStore *store,
	      const CmStoreRecipient *who,
	      const CmStoreBooking *booking,
	      GArray *students,
	      GError **error)
{
	gint64 student = booking->student;

	if (student == 0 && booking->followup != 0 &&
	    !cm_outbox_news_read_integer(store, "SELECT student FROM followup WHERE id = ?1",
					 booking->followup, &student, error))
		return FALSE;
	if (student != 0) {
		g_array_append_val(students, student);
		return TRUE;
	}
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);

		if (attendee->kind == CM_RESOURCE_STUDENT &&
		    !add_student(store, who, attendee->number, students, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
fill_people(CmStore *store,
	    CmOutboxPeople *people,
	    const CmStoreRecipient *who,
	    const CmStoreBooking *booking,
	    const gchar *language,
	    CmLetterItem *line,
	    GError **error)
{
	g_autoptr(GArray) students = g_array_new(FALSE, FALSE, sizeof(gint64));
	const gchar *name = NULL;

	if (!cm_outbox_people_get_name(people, CM_RESOURCE_PROFESSIONAL, booking->professional,
				       &name, error))
		return FALSE;
	g_free(line->host_name);
	line->host_name = g_strdup(name);
	if (!cm_outbox_people_get_profession(people, booking->professional, &name, error))
		return FALSE;
	line->host_profession = g_strdup(cm_outbox_people_get_title(people, name, language));
	if (!list_students(store, who, booking, students, error))
		return FALSE;
	return students->len != 1 ||
	       cm_outbox_news_set_initials(people, g_array_index(students, gint64, 0), line, error);
}

static gboolean
dup_room(CmOutboxPeople *people, gint64 room, gchar **out_room, GError **error)
{
	const gchar *name = NULL;

	if (room > 0 && !cm_outbox_people_get_room(people, room, &name, error))
		return FALSE;
	*out_room = g_strdup(name);
	return TRUE;
}

static gboolean
fill_standing(CmOutboxPeople *people,
	      const CmStoreBooking *booking,
	      CmLetterItem *line,
	      GError **error)
{
	const gchar *site = NULL;

	line->start = booking->start_utc;
	line->end = booking->end_utc;
	line->mode = g_strdup(cm_mode_to_string(booking->place.mode));
	line->room = booking->place.room;
	if (!dup_room(people, booking->place.room, &line->place, error) ||
	    (booking->place.site != 0 &&
	     !cm_outbox_people_get_site(people, booking->place.site, &site, error)))
		return FALSE;
	line->school = g_strdup(site);
	return TRUE;
}

/* what they knew before */
static gboolean
fill_old(CmOutboxPeople *people, const CmOutboxItem *item, CmLetterItem *line, GError **error)
{
	const CmStoreInvitation *told = item->invitation;

	if (item->kind != CM_LETTER_ITEM_MOVED)
		return TRUE;
	if (item->change.new_time) {
		line->old_start = told->start_utc;
		line->old_end = told->end_utc;
	}
	if (told->mode != (gint)item->booking->place.mode)
		line->old_mode = g_strdup(cm_mode_to_string((CmMode)told->mode));
	return told->room == item->booking->place.room ||
	       dup_room(people, told->room, &line->old_place, error);
}

/* Whether what they were told of still takes place, without them. */
static gboolean
stands_without_them(const CmOutboxItem *item)
{
	const CmStoreBooking *booking = item->booking;

	return booking != NULL && stands(booking) &&
	       booking->start_utc == item->invitation->start_utc &&
	       booking->end_utc == item->invitation->end_utc;
}

/* The school that they were told: that of the room, or of the booking if its hour is the one they know. Where it is since is not said: to
 * know that a child is at another school now may be what the reader is not to know. */
static gboolean
find_told_site(CmStore *store, const CmOutboxItem *item, gint64 *out_site, GError **error)
{
	const CmStoreInvitation *told = item->invitation;

	if (told->room > 0)
		return cm_outbox_news_read_integer(store, "SELECT site FROM room WHERE id = ?1",
						   told->room, out_site, error);
	if (item->booking != NULL && item->booking->place.room == 0 &&
	    item->booking->start_utc == told->start_utc)
		*out_site = item->booking->place.site;
	return TRUE;
}

/* as it was told, since that is what the reader has; the booking may be gone */
static gboolean
fill_cancelled(CmStore *store,
	       CmOutboxPeople *people,
	       const CmOutboxItem *item,
	       CmLetterItem *line,
	       GError **error)
{
	const CmStoreInvitation *told = item->invitation;
	const gchar *name = NULL;
	gint64 site = 0;

	line->start = told->start_utc;
	line->end = told->end_utc;
	line->mode = g_strdup(cm_mode_to_string((CmMode)told->mode));
	line->room = MAX(told->room, 0);
	line->excused = stands_without_them(item);
	if (!dup_room(people, told->room, &line->place, error) ||
	    !find_told_site(store, item, &site, error) ||
	    (site != 0 && !cm_outbox_people_get_site(people, site, &name, error)))
		return FALSE;
	line->school = g_strdup(name);
	return TRUE;
}

static gchar *
make_organizer(CmStore *store, gint64 invitation)
{
	return cm_reply_token_make_address(cm_seal_get_key(store->seal, CM_SEAL_KEY_REPLY),
					   cm_store_outbox_get_settings(store)->address,
					   CM_REPLY_TOKEN_INVITATION, invitation);
}

static gboolean
fill_event(const CmOutboxItem *item,
	   CmStore *store,
	   CmOutboxPeople *people,
	   const CmStoreRecipient *who,
	   CmLetterItem *line,
	   GError **error)
{
	gint64 number = 0;
	gint64 sequence = 0;

	if (!cm_invitation_rows_take_sequence(store, item->matter->subject, who, &number, &sequence,
					      error))
		return FALSE;
	line->invitation = number;
	line->sequence = (guint)sequence;
	line->uid = cm_store_invitation_dup_uid(store, item->matter->subject);
	line->organizer_address = make_organizer(store, number);
	if (item->kind == CM_LETTER_ITEM_CANCELLED)
		return fill_cancelled(store, people, item, line, error);
	return fill_standing(people, item->booking, line, error) &&
	       fill_old(people, item, line, error);
}

/* what is said of a booking without an invitation of its own being changed */
static gboolean
fill_about(const CmOutboxItem *item,
	   CmStore *store,
	   CmOutboxPeople *people,
	   CmLetterItem *line,
	   GError **error)
{

	if (item->booking != NULL && !fill_standing(people, item->booking, line, error))
		return FALSE;
	if (item->booking != NULL)
		line->until = item->booking->hold_until;
	if (item->invitation == NULL)
		return TRUE;
	line->invitation = item->invitation->number;
	line->sequence = (guint)MAX(item->invitation->sequence, 0);
	line->uid = g_strdup(item->invitation->uid);
	line->organizer_address = make_organizer(store, item->invitation->number);
	return TRUE;
}

gboolean
cm_outbox_item_fill(const CmOutboxItem *item,
		    CmStore *store,
		    CmOutboxPeople *people,
		    const CmStoreRecipient *who,
		    CmLetter *letter,
		    gint64 now,
		    GError **error)
{
	CmLetterItem *line = cm_letter_add_item(letter, item->kind);
	const CmNoticeManner *manner = cm_outbox_matter_get_manner(item->matter->kind);

	line->subject = item->booking != NULL ? item->booking->number : item->matter->subject;
	if (manner->way == CM_NOTICE_WAY_CHANGE) {
		if (!fill_event(item, store, people, who, line, error))
			return FALSE;
	} else if (!fill_about(item, store, people, line, error) ||
		   (manner->of != CM_NOTICE_OF_BOOKING &&
		    !cm_outbox_news_fill(store, people, item, line, now, error))) {
		return FALSE;
	}
	return item->booking == NULL ||
	       fill_people(store, people, who, item->booking, letter->language, line, error);
}
