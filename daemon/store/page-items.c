// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/page-items.h"

#include "daemon/roster/initials.h"
#include "daemon/store/booking-rows.h"
#include "daemon/store/concern.h"
#include "daemon/store/door-rows.h"
#include "daemon/store/help-rows.h"
#include "daemon/store/invitation-rows.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/time-request-rows.h"
#include "daemon/store/visit-rows.h"

#include <string.h>

/* of a session that is so far ahead nothing is asked of the database */
#define NEAR_SECONDS (CM_SESSION_DOOR_OPENS_BEFORE + 3600)

static void
forget_moment(CmStorePageItem *item)
{
	cm_store_door_clear(&item->door);
	g_clear_pointer(&item->help, cm_store_help_free);
}

void
cm_page_items_free_item(CmStorePageItem *item)
{
	if (item == NULL)
		return;
	forget_moment(item);
	cm_store_time_request_free(item->request);
	g_free(item);
}

/* ---- texts */

typedef struct {
	CmOutboxPeople *people;
	CmStore *store;
	CmStorePage *page;
	GPtrArray *requests; /* CmStoreTimeRequest, theirs, newest first */
} Gathering;

static const gchar *
keep(const Gathering *gathering, const gchar *text)
{
	return text != NULL ? g_string_chunk_insert_const(gathering->page->strings, text) : NULL;
}

static const gchar *
keep_first_name(const Gathering *gathering, const gchar *name)
{
	g_auto(GStrv) parts = name != NULL ? g_strsplit(name, " ", 2) : NULL;

	return parts != NULL ? keep(gathering, parts[0]) : NULL;
}

static const gchar *
keep_initials(const Gathering *gathering, const gchar *name)
{
	g_autofree gchar *initials = name != NULL ? cm_initials_make(name) : NULL;

	return keep(gathering, initials);
}

/* the student's first name, for those who are told of the student, and for the host; other guests read the initials that their letters have */
static gboolean
find_about(const Gathering *gathering,
	   const CmStoreBooking *booking,
	   CmStorePageItem *item,
	   GError **error)
{
	const CmStoreVisitor *visitor = &gathering->page->visitor;
	gboolean told = visitor->role == CM_VISIT_HOST;
	const gchar *name = NULL;

	if (booking->student == 0 ||
	    (visitor->role != CM_VISIT_GUEST && visitor->role != CM_VISIT_HOST))
		return TRUE;
	if (visitor->kind == CM_RESOURCE_CONTACT &&
	    !cm_concern_check_told(gathering->people, booking, booking->student, visitor->kind,
				   visitor->person, &told, error))
		return FALSE;
	if (!told && visitor->kind != CM_RESOURCE_CONTACT)
		return TRUE;
	if (!cm_outbox_people_get_name(gathering->people, CM_RESOURCE_STUDENT, booking->student,
				       &name, error))
		return FALSE;
	item->about = told ? keep_first_name(gathering, name) : keep_initials(gathering, name);
	return TRUE;
}

static gboolean
find_texts(const Gathering *gathering,
	   const CmStoreBooking *booking,
	   CmStorePageItem *item,
	   GError **error)
{
	CmOutboxPeople *people = gathering->people;
	const gchar *host = NULL;
	const gchar *profession = NULL;
	const gchar *place = NULL;
	const gchar *room = NULL;

	if (!cm_outbox_people_get_name(people, CM_RESOURCE_PROFESSIONAL, booking->professional,
				       &host, error) ||
	    !cm_outbox_people_get_profession(people, booking->professional, &profession, error) ||
	    !find_about(gathering, booking, item, error))
		return FALSE;
	item->host = keep(gathering, host);
	item->profession = keep(
	    gathering, cm_outbox_people_get_title(people, profession, gathering->page->language));
	/* who is at a distance is nowhere in particular */
	if (booking->place.mode == CM_MODE_VIDEO_REMOTE)
		return TRUE;
	if (!cm_outbox_people_get_site(people, booking->place.site, &place, error) ||
	    !cm_outbox_people_get_room(people, booking->place.room, &room, error))
		return FALSE;
	item->place = keep(gathering, place);
	item->room = keep(gathering, room);
	return TRUE;
}

/* ---- what to prepare */

static gboolean
is_confidential(const CmPolicy *policy)
{
	return (cm_session_door_find_questions(policy, CM_VISIT_GUEST, TRUE) &
		CM_SESSION_DOOR_PLACE) != 0;
}

static gboolean
find_adult(const Gathering *gathering,
	   const CmStoreBooking *booking,
	   const CmPolicy *policy,
	   gboolean *out_adult,
	   GError **error)
{
	const CmActRules *rules =
	    policy != NULL && booking->act != NULL ? cm_policy_get_act(policy, booking->act) : NULL;

	*out_adult = FALSE;
	if (rules == NULL || booking->student == 0 || rules->guardian_below_age == CM_LIMIT_NONE ||
	    booking->place.mode != CM_MODE_VIDEO_REMOTE)
		return TRUE;
	return cm_outbox_people_is_below_age(gathering->people, booking->student,
					     rules->guardian_below_age, booking->place.date,
					     out_adult, error);
}

static gboolean
find_preparation(const Gathering *gathering,
		 const CmStoreBooking *booking,
		 CmStorePageItem *item,
		 GError **error)
{
	const gchar *profession = NULL;
	const CmPolicy *policy = NULL;
	gboolean adult = FALSE;

	if (booking->kind == CM_STORE_BOOKING_INTERVENTION_PLAN)
		item->prepare |= CM_PAGE_PREPARE_DOCUMENTS;
	if (booking->place.mode == CM_MODE_IN_PERSON)
		return TRUE;
	if (!cm_outbox_people_get_profession(gathering->people, booking->professional, &profession,
					     error))
		return FALSE;
	policy = cm_outbox_people_get_policy(gathering->people, profession);
	if (!find_adult(gathering, booking, policy, &adult, error))
		return FALSE;
	item->prepare |= CM_PAGE_PREPARE_CHARGER;
	item->prepare |=
	    is_confidential(policy) ? CM_PAGE_PREPARE_QUIET_PLACE | CM_PAGE_PREPARE_HEADSET : 0;
	item->prepare |= adult ? CM_PAGE_PREPARE_ADULT_NEAR : 0;
	return TRUE;
}

/* ---- one */

/* nobody took back what waited until it began */
static gboolean
has_fallen(const Gathering *gathering,
	   const CmStoreTimeRequest *request,
	   const CmStoreBooking *booking)
{
	return request->state == CM_TIME_REQUEST_WITHDRAWN &&
	       booking->start_utc <= gathering->page->now;
}

/* Their last request for another time, while it says something of what stands: it waits for this very version, was declined or
 * withdrawn and it stayed, or was accepted. What fell with a change of what is booked says nothing. */
static CmStoreTimeRequest *
find_request(const Gathering *gathering, const CmStoreBooking *booking)
{
	for (guint i = 0; i < gathering->requests->len; i++) {
		CmStoreTimeRequest *request = g_ptr_array_index(gathering->requests, i);
		gint64 after = request->state == CM_TIME_REQUEST_ACCEPTED ? 1 : 0;

		if (request->subject != booking->number)
			continue;
		if (has_fallen(gathering, request, booking) ||
		    request->subject_version + after > booking->version ||
		    (after == 0 && request->subject_version != booking->version))
			return NULL;
		return g_ptr_array_steal_index(gathering->requests, i);
	}
	return NULL;
}

static gboolean
fill_item(const Gathering *gathering,
	  const CmStoreBooking *booking,
	  const CmStoreInvitation *invitation,
	  CmStorePageItem *item,
	  GError **error)
{
	item->mode = booking->place.mode;
	item->answer = invitation != NULL
			   ? cm_store_invitation_get_answer_to(invitation, booking->start_utc)
			   : CM_ANSWER_NEEDS_ACTION;
	if (!cm_door_rows_fill(gathering->people, &gathering->page->visitor, booking, invitation,
			       &item->door, error))
		return FALSE;
	item->moved_from = item->door.door.told_start;
	if (gathering->page->visitor.means == CM_STORE_MEANS_LINK)
		item->request = find_request(gathering, booking);
	return find_texts(gathering, booking, item, error) &&
	       find_preparation(gathering, booking, item, error);
}

/* what was cancelled before they heard of it never was */
static gboolean
is_shown(const CmStorePage *page,
	 const CmStoreBooking *booking,
	 const CmStoreInvitation *invitation)
{
	gboolean cancelled =
	    booking->state == CM_BOOKING_CANCELLED || booking->state == CM_BOOKING_LATE_CANCELLED;

	return !cancelled || page->visitor.subject != 0 || (invitation != NULL && invitation->told);
}

static gboolean
add_item(const Gathering *gathering, gint64 number, GError **error)
{
	CmStorePage *page = gathering->page;
	const CmStoreRecipient who = {page->visitor.kind, page->visitor.person};
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(CmStoreInvitation) invitation = NULL;
	CmStorePageItem *item = NULL;
	gboolean theirs = FALSE;

	if (!cm_booking_rows_read(gathering->store, number, page->now, &booking, error))
		return FALSE;
	if (booking == NULL || booking->end_utc <= page->now - CM_STORE_PAGE_PAST_SECONDS)
		return TRUE;
	if (!cm_door_rows_is_theirs(gathering->people, &page->visitor, booking, &theirs, error) ||
	    (theirs &&
	     !cm_invitation_rows_find(gathering->store, number, &who, &invitation, error)))
		return FALSE;
	if (!theirs || !is_shown(page, booking, invitation))
		return TRUE;
	if (page->items->len >= CM_STORE_PAGE_ITEMS_MAX) {
		page->more++;
		return TRUE;
	}
	item = g_new0(CmStorePageItem, 1);
	g_ptr_array_add(page->items, item);
	return fill_item(gathering, booking, invitation, item, error);
}

static GArray *
list_candidates(const Gathering *gathering, GError **error)
{
	const CmStoreVisitor *visitor = &gathering->page->visitor;
	GArray *numbers = NULL;

	if (visitor->subject == 0)
		return cm_concern_list(gathering->store, visitor->kind, visitor->person,
				       gathering->page->now - CM_STORE_PAGE_PAST_SECONDS, error);
	numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_array_append_val(numbers, visitor->subject);
	return numbers;
}

gboolean
cm_page_items_gather(CmOutboxPeople *people, CmStore *store, CmStorePage *page, GError **error)
{
	g_autoptr(GPtrArray) requests =
	    cm_time_request_rows_list_by(store, page->visitor.kind, page->visitor.person, error);
	const Gathering gathering = {people, store, page, requests};
	g_autoptr(GArray) numbers = NULL;

	if (requests == NULL)
		return FALSE;
	numbers = list_candidates(&gathering, error);
	if (numbers == NULL)
		return FALSE;
	for (guint i = 0; i < numbers->len; i++) {
		if (!add_item(&gathering, g_array_index(numbers, gint64, i), error))
			return FALSE;
	}
	return TRUE;
}

/* ---- the moment */

static guint
find_may(const CmStorePage *page, const CmStorePageItem *item)
{
	const CmSessionDoor *door = &item->door.door;
	gboolean guest = page->visitor.role == CM_VISIT_GUEST;
	gboolean own = page->visitor.kind == CM_RESOURCE_PROFESSIONAL &&
		       item->door.professional == page->visitor.person;
	guint may = 0;

	if (door->cancelled || own)
		return 0;
	if (guest && page->visitor.means == CM_STORE_MEANS_LINK && page->now < door->start)
		may |= CM_STORE_PAGE_RESPOND | CM_STORE_PAGE_ASK_TIME;
	if ((guest || page->visitor.role == CM_VISIT_INTERPRETER) && door->video &&
	    page->now < door->end + CM_SESSION_DOOR_CLOSES_AFTER)
		may |= CM_STORE_PAGE_HELP;
	return may;
}

static gboolean
look_at_item(CmStore *store, const CmStorePage *page, CmStorePageItem *item, GError **error)
{
	const CmSessionDoor *door = &item->door.door;
	gboolean near = !door->cancelled && door->video && page->now > door->start - NEAR_SECONDS &&
			page->now < door->end + CM_SESSION_DOOR_CLOSES_AFTER;
	CmVisitHost host = {0};
	gint64 arrived_at = 0;

	forget_moment(item);
	item->door.ask = item->ask;
	item->door.door.been_in = FALSE;
	item->door.door.ended_at = 0;
	item->door.door.down = FALSE;
	item->turn = 0;
	item->provider = NULL;
	if (!cm_door_rows_look(store, &page->visitor, page->now, &item->door, error))
		return FALSE;
	if (item->door.visit != NULL && item->door.visit->state == CM_VISIT_WAITING)
		arrived_at = item->door.visit->arrived_at;
	if (near && !cm_visit_rows_find_host(store, item->door.subject, item->door.professional,
					     door->start, arrived_at, &host, error))
		return FALSE;
	item->near = near;
	item->host_present = host.present;
	item->host_busy = host.busy;
	item->ahead = host.ahead;
	item->may = find_may(page, item);
	return TRUE;
}

static void
give_help(CmStorePage *page, CmStoreHelp *help)
{
	for (guint i = 0; i < page->items->len; i++) {
		CmStorePageItem *item = g_ptr_array_index(page->items, i);

		if (item->door.subject != help->subject)
			continue;
		cm_store_help_free(item->help);
		item->help = help;
		return;
	}
	cm_store_help_free(help);
}

gboolean
cm_page_items_look(CmStore *store, CmStorePage *page, GError **error)
{
	g_autoptr(GPtrArray) helps = NULL;

	for (guint i = 0; i < page->items->len; i++) {
		if (!look_at_item(store, page, g_ptr_array_index(page->items, i), error))
			return FALSE;
	}
	helps = cm_help_rows_list_open(store, page->visitor.kind, page->visitor.person, error);
	if (helps == NULL)
		return FALSE;
	while (helps->len > 0)
		give_help(page, g_ptr_array_steal_index(helps, 0));
	return TRUE;
}
