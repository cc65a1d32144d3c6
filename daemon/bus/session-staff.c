// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/bus/session-staff.h"

#include "daemon/bus/clock.h"
#include "daemon/store/store-notice.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

static const gchar *const part_names[CM_STAFF_LAST] = {
    [CM_STAFF_NOBODY] = "nobody",
    [CM_STAFF_PLANNER] = "planner",
    [CM_STAFF_HELPER] = "helper",
    [CM_STAFF_HOST] = "host",
};

const gchar *
cm_session_staff_part_to_string(CmStaffPart part)
{
	return part_names[part];
}

/* ---- where it is held, and for whom */

static gboolean
helps_at(const CmCaller *caller, gint64 site)
{
	for (guint i = 0; i < caller->site_count && site != 0; i++) {
		if (caller->sites[i] == site)
			return TRUE;
	}
	return FALSE;
}

static gint64
get_student_site(const CmRosterSnapshot *roster, guint32 student)
{
	if (student == CM_NONE)
		return 0;
	return cm_roster_numbers_get(
	    roster->numbers, CM_NUMBER_SITE,
	    CM_ELEMENT(roster->caseload->students, CmStudent, student)->site);
}

static guint32
find_student_index(const CmRosterSnapshot *roster, const CmStoreBooking *booking)
{
	guint32 followup = CM_NONE;

	if (booking->student != 0)
		return cm_roster_numbers_find(roster->numbers, CM_NUMBER_STUDENT, booking->student);
	if (booking->followup != 0)
		followup =
		    cm_roster_numbers_find(roster->numbers, CM_NUMBER_FOLLOWUP, booking->followup);
	if (followup == CM_NONE)
		return CM_NONE;
	return CM_ELEMENT(roster->caseload->followups, CmFollowup, followup)->student;
}

gint64
cm_session_staff_find_student(const CmRosterSnapshot *roster, const CmStoreBooking *booking)
{
	guint32 student = find_student_index(roster, booking);

	return student != CM_NONE
		   ? cm_roster_numbers_get(roster->numbers, CM_NUMBER_STUDENT, student)
		   : 0;
}

static gboolean
helps_with(const CmCaller *caller, const CmRosterSnapshot *roster, const CmStoreBooking *booking)
{
	if ((caller->roles & CM_ROLE_HELPER) == 0)
		return FALSE;
	if (helps_at(caller, booking->place.site) ||
	    helps_at(caller, get_student_site(roster, find_student_index(roster, booking))))
		return TRUE;
	for (guint i = 0; i < booking->attendees->len; i++) {
		const CmStoreAttendee *attendee =
		    &g_array_index(booking->attendees, CmStoreAttendee, i);
		guint32 student = CM_NONE;

		if (attendee->kind == CM_RESOURCE_STUDENT)
			student = cm_roster_numbers_find(roster->numbers, CM_NUMBER_STUDENT,
							 attendee->number);
		if (helps_at(caller, get_student_site(roster, student)))
			return TRUE;
	}
	return FALSE;
}

/* ---- what they are to it */

static gboolean
holds(const CmCaller *caller, const CmStoreBooking *booking)
{
	if ((caller->roles & CM_ROLE_PROFESSIONAL) == 0)
		return FALSE;
	/* alone, and never said which professional they are */
	if (caller->professional == 0)
		return caller->roles == CM_ROLES_ALL;
	return caller->professional == booking->professional;
}

CmStaffPart
cm_session_staff_find_part(const CmCaller *caller,
			   const CmRosterSnapshot *roster,
			   const CmStoreBooking *booking)
{
	if (holds(caller, booking))
		return CM_STAFF_HOST;
	if (helps_with(caller, roster, booking))
		return CM_STAFF_HELPER;
	return cm_caller_is_everywhere(caller) ? CM_STAFF_PLANNER : CM_STAFF_NOBODY;
}

CmStoreBooking *
cm_session_staff_get_booking(CmService *service,
			     CmStore *store,
			     const CmCaller *caller,
			     gint64 subject,
			     guint parts,
			     CmStaffPart *out_part,
			     GError **error)
{
	g_autoptr(CmRosterSnapshot) roster =
	    cm_roster_cache_get(service->roster, store, NULL, error);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(GError) local = NULL;
	CmStaffPart part = CM_STAFF_NOBODY;

	if (roster == NULL)
		return NULL;
	booking = cm_store_booking_get(store, subject, cm_clock_get_now(), &local);
	if (booking == NULL && !cm_error_is(local, CM_ERROR_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	if (booking != NULL)
		part = cm_session_staff_find_part(caller, roster, booking);
	if ((CM_STAFF_FLAG(part) & parts) == 0) {
		cm_error_set(error, CM_ERROR_NOT_FOUND,
			     N_("There is nothing of yours by this number."), NULL);
		return NULL;
	}
	if (out_part != NULL)
		*out_part = part;
	return g_steal_pointer(&booking);
}

CmStoreVisitor
cm_session_staff_make_host(const CmStoreBooking *booking)
{
	CmStoreVisitor visitor = {.means = CM_STORE_MEANS_ENTRY,
				  .role = CM_VISIT_HOST,
				  .kind = CM_RESOURCE_PROFESSIONAL,
				  .person = booking->professional,
				  .subject = booking->number};

	return visitor;
}

CmStoreVisitor
cm_session_staff_make_visitor(const CmCaller *caller,
			      const CmStoreBooking *booking,
			      CmStaffPart part)
{
	CmStoreVisitor visitor = cm_session_staff_make_host(booking);

	visitor.actor = caller->uid;
	if (part == CM_STAFF_HOST)
		return visitor;
	visitor.role = CM_VISIT_HELPER;
	visitor.kind = CM_NOTICE_TO_ACCOUNT;
	visitor.person = caller->uid;
	return visitor;
}

const gchar *
cm_session_staff_get_name(const CmRosterSnapshot *roster, CmResource kind, gint64 number)
{
	guint32 index = CM_NONE;

	if (kind != CM_RESOURCE_PROFESSIONAL && kind != CM_RESOURCE_STUDENT &&
	    kind != CM_RESOURCE_CONTACT)
		return NULL;
	index = cm_roster_numbers_find(roster->numbers, (CmNumberKind)kind, number);
	if (index == CM_NONE)
		return NULL;
	if (kind == CM_RESOURCE_PROFESSIONAL)
		return CM_ELEMENT(roster->caseload->professionals, CmProfessional, index)->name;
	if (kind == CM_RESOURCE_STUDENT)
		return CM_ELEMENT(roster->caseload->students, CmStudent, index)->name;
	return CM_ELEMENT(roster->caseload->contacts, CmContact, index)->name;
}
