// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/store-visit.h"

#include "daemon/store/booking-rows.h"
#include "daemon/store/concern.h"
#include "daemon/store/door-rows.h"
#include "daemon/store/invitation-rows.h"
#include "daemon/store/page-people.h"
#include "daemon/store/visit-answers.h"
#include "daemon/store/visit-rows.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

void
cm_store_visit_free(CmStoreVisit *visit)
{
	if (visit == NULL)
		return;
	if (visit->answers != NULL)
		sodium_memzero(visit->answers, strlen(visit->answers));
	g_free(visit->answers);
	g_free(visit);
}

void
cm_store_door_clear(CmStoreDoor *door)
{
	g_clear_pointer(&door->visit, cm_store_visit_free);
}

/* ---- the door */

gboolean
cm_store_visit_find_door(CmStore *store,
			 const CmPolicySet *policies,
			 const CmStoreVisitor *visitor,
			 gint64 subject,
			 gint64 now,
			 CmStoreDoor *out_door,
			 GError **error)
{
	const CmStoreRecipient who = {visitor->kind, visitor->person};
	CmOutboxPeople *people = cm_page_people_get(store, policies, now, error);
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(CmStoreInvitation) invitation = NULL;
	g_auto(CmStoreDoor) door = {0};
	gboolean theirs = FALSE;

	if (people == NULL || !cm_booking_rows_read(store, subject, now, &booking, error) ||
	    (booking != NULL && !cm_door_rows_is_theirs(people, visitor, booking, &theirs, error)))
		return FALSE;
	if (!theirs) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	if (!cm_invitation_rows_find(store, subject, &who, &invitation, error) ||
	    !cm_door_rows_fill(people, visitor, booking, invitation, &door, error) ||
	    !cm_door_rows_look(store, visitor, now, &door, error))
		return FALSE;
	*out_door = door;
	door.visit = NULL;
	return TRUE;
}

GPtrArray *
cm_store_visit_list(CmStore *store, const CmStoreVisitFilter *filter, GError **error)
{
	return cm_visit_rows_list(store, filter, error);
}

/* ---- the trail */

static gboolean
audit(CmStore *store,
      const CmStoreVisit *visit,
      CmVisitEvent event,
      gint64 actor,
      gint64 now,
      GError **error)
{
	g_autofree gchar *action =
	    g_strdup_printf("visit.%s", cm_visit_state_event_to_string(event));
	const CmAuditEntry entry = {
	    .uid = actor, .action = action, .subject = visit->subject, .at = now};
	g_auto(GVariantDict) figures = G_VARIANT_DICT_INIT(NULL);

	g_variant_dict_insert(&figures, "visit", "x", visit->number);
	g_variant_dict_insert(&figures, "role", "s", cm_visit_state_role_to_string(visit->role));
	g_variant_dict_insert(&figures, "kind", "i", (gint)visit->kind);
	g_variant_dict_insert(&figures, "person", "x", visit->person);
	return cm_audit_append_figures(store, &entry, g_variant_dict_end(&figures), error);
}

/* what the event makes of it, in the row's terms */
static gboolean
apply(CmStoreVisit *visit, CmVisitEvent event, gint64 actor, gint64 now, GError **error)
{
	if (!cm_visit_state_apply(visit->state, event, &visit->state, error))
		return FALSE;
	if (event == CM_VISIT_EVENT_ARRIVE || event == CM_VISIT_EVENT_ENTER)
		visit->arrived_at = now;
	if (visit->state == CM_VISIT_INSIDE && visit->admitted_at == 0) {
		visit->admitted_at = now;
		visit->admitted_by = event == CM_VISIT_EVENT_ADMIT ? actor : -1;
	}
	/* a refusal takes being let in back */
	if (visit->state == CM_VISIT_REFUSED) {
		visit->admitted_at = 0;
		visit->admitted_by = -1;
	}
	visit->left_at =
	    visit->state == CM_VISIT_LEFT || visit->state == CM_VISIT_REFUSED ? now : 0;
	return TRUE;
}

static gboolean
change(CmStore *store,
       CmStoreVisit *visit,
       CmVisitEvent event,
       gint64 actor,
       gint64 now,
       GError **error)
{
	return apply(visit, event, actor, now, error) &&
	       cm_visit_rows_update(store, visit, error) &&
	       audit(store, visit, event, actor, now, error);
}

/* ---- arriving */

static gboolean
check_door(const CmStoreDoor *door, GError **error)
{
	if (cm_session_door_is_open(door->state))
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT, N_("The door of this session is not open."), NULL);
	return FALSE;
}

static gboolean
check_knock(const CmStoreVisit *visit, gint64 now, GError **error)
{
	/* after a clock that was set back, at once */
	if (visit->state != CM_VISIT_REFUSED || now < visit->left_at ||
	    now >= visit->left_at + CM_STORE_VISIT_KNOCK_SECONDS)
		return TRUE;
	cm_error_set(error, CM_ERROR_CONFLICT, N_("You were not let in just now; wait a little."),
		     NULL);
	return FALSE;
}

static gboolean
insert_visit(CmStore *store,
	     const CmStoreVisitor *visitor,
	     const CmStoreDoor *door,
	     gchar *answers,
	     CmVisitEvent event,
	     gint64 now,
	     gint64 *out_number,
	     GError **error)
{
	CmStoreVisit visit = {.subject = door->subject,
			      .role = visitor->role,
			      .kind = visitor->kind,
			      .person = visitor->person,
			      .answers = answers,
			      .admitted_by = -1};
	guint count = 0;

	if (!cm_visit_rows_count(store, door->subject, &count, error))
		return FALSE;
	if (count >= CM_STORE_VISITS_MAX) {
		cm_error_set(error, CM_ERROR_CONFLICT,
			     N_("{0} have come to this session's door already, which is the most."),
			     G_STRINGIFY(CM_STORE_VISITS_MAX), NULL);
		return FALSE;
	}
	if (!apply(&visit, event, visitor->actor, now, error) ||
	    !cm_store_next_counter(store, "row", &visit.number, error) ||
	    !cm_visit_rows_insert(store, &visit, error) ||
	    !audit(store, &visit, event, visitor->actor, now, error))
		return FALSE;
	*out_number = visit.number;
	return TRUE;
}

static gboolean
come(CmStore *store,
     const CmStoreVisitor *visitor,
     const CmStoreDoor *door,
     const gchar *answers,
     gint64 now,
     gint64 *out_number,
     GError **error)
{
	CmStoreVisit *visit = door->visit;
	gboolean enters =
	    visitor->role == CM_VISIT_HOST ||
	    (visit != NULL && visit->admitted_at != 0 && visit->state == CM_VISIT_LEFT);
	CmVisitEvent event = enters ? CM_VISIT_EVENT_ENTER : CM_VISIT_EVENT_ARRIVE;
	g_autofree gchar *kept = NULL;

	if (visit != NULL &&
	    (visit->state == CM_VISIT_WAITING || visit->state == CM_VISIT_INSIDE)) {
		*out_number = visit->number;
		return TRUE;
	}
	if (!check_door(door, error))
		return FALSE;
	if (visitor->role == CM_VISIT_HOST &&
	    !cm_visit_rows_remove_ending(store, door->subject, error))
		return FALSE;
	if (visit != NULL) {
		*out_number = visit->number;
		return check_knock(visit, now, error) &&
		       change(store, visit, event, visitor->actor, now, error);
	}
	kept = cm_visit_answers_check(answers, door->ask, error);
	return kept != NULL &&
	       insert_visit(store, visitor, door, kept, event, now, out_number, error);
}

gboolean
cm_store_visit_arrive(CmStore *store,
		      const CmPolicySet *policies,
		      const CmStoreVisitor *visitor,
		      gint64 subject,
		      const gchar *answers,
		      gint64 now,
		      gint64 *out_number,
		      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_auto(CmStoreDoor) door = {0};
	gint64 number = 0;
	gint64 own = 0;
	gboolean done = FALSE;

	if (transaction == NULL ||
	    !cm_store_visit_find_door(store, policies, visitor, subject, now, &door, error))
		return FALSE;
	own = cm_page_people_begin_own(store);
	done = come(store, visitor, &door, answers, now, &number, error) &&
	       cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	if (done)
		*out_number = number;
	return done;
}

gboolean
cm_store_visit_check_inside(CmStore *store,
			    const CmPolicySet *policies,
			    const CmStoreVisitor *visitor,
			    gint64 subject,
			    gint64 now,
			    gint64 *out_visit,
			    GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new_reading(store->database, error);
	g_auto(CmStoreDoor) door = {0};

	if (transaction == NULL ||
	    !cm_store_visit_find_door(store, policies, visitor, subject, now, &door, error))
		return FALSE;
	if (door.visit == NULL || door.visit->state != CM_VISIT_INSIDE) {
		cm_error_set(error, CM_ERROR_CONFLICT, N_("You have not been let in."), NULL);
		return FALSE;
	}
	*out_visit = door.visit->number;
	return TRUE;
}

/* ---- going */

/* one, or NULL with CM_ERROR_NOT_FOUND */
static CmStoreVisit *
get_one(CmStore *store, gint64 number, gint64 subject, GError **error)
{
	const CmStoreVisitFilter filter = {.number = number, .subject = subject};
	g_autoptr(GPtrArray) list =
	    number > 0 ? cm_store_visit_list(store, &filter, error) : g_ptr_array_new();

	if (list == NULL)
		return NULL;
	if (list->len == 0) {
		cm_store_pass_set_refusal(error);
		return NULL;
	}
	return g_ptr_array_steal_index(list, 0);
}

static gboolean
leave(CmStore *store,
      CmStoreVisit *visit,
      CmVisitEvent event,
      gint64 actor,
      gint64 now,
      GError **error)
{
	if (visit->state != CM_VISIT_WAITING && visit->state != CM_VISIT_INSIDE)
		return TRUE;
	return change(store, visit, event, actor, now, error);
}

gboolean
cm_store_visit_leave(CmStore *store,
		     const CmStoreVisitor *visitor,
		     gint64 number,
		     gint64 now,
		     gint64 *out_subject,
		     GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	g_autoptr(CmStoreVisit) visit = NULL;
	gint64 own = cm_page_people_begin_own(store);
	gboolean done = FALSE;

	if (transaction == NULL)
		return FALSE;
	visit = get_one(store, number, visitor->subject, error);
	if (visit == NULL)
		return FALSE;
	if (visit->role != visitor->role || visit->kind != visitor->kind ||
	    visit->person != visitor->person) {
		cm_store_pass_set_refusal(error);
		return FALSE;
	}
	done = leave(store, visit, CM_VISIT_EVENT_LEAVE, visitor->actor, now, error) &&
	       cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	if (done)
		*out_subject = visit->subject;
	return done;
}

gboolean
cm_store_visit_abandon(CmStore *store,
		       const GArray *numbers,
		       gint64 now,
		       GArray *subjects,
		       GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 own = cm_page_people_begin_own(store);
	gboolean done = transaction != NULL;

	for (guint i = 0; done && i < numbers->len; i++) {
		const CmStoreVisitFilter filter = {.number = g_array_index(numbers, gint64, i)};
		g_autoptr(GPtrArray) list = cm_store_visit_list(store, &filter, error);

		done = list != NULL;
		if (!done || list->len == 0)
			continue;
		done = leave(store, g_ptr_array_index(list, 0), CM_VISIT_EVENT_LEAVE,
			     CM_AUDIT_DAEMON, now, error);
		g_array_append_val(subjects,
				   ((const CmStoreVisit *)g_ptr_array_index(list, 0))->subject);
	}
	done = done && cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	return done;
}

/* ---- deciding */

gboolean
cm_store_visit_may_decide(CmStore *store,
			  const CmStoreVisitor *visitor,
			  gint64 number,
			  gboolean *out_may,
			  GError **error)
{
	g_autoptr(CmStoreBooking) booking = NULL;
	g_autoptr(CmStoreVisit) visit = get_one(store, number, visitor->subject, error);

	if (visit == NULL || !cm_booking_rows_read(store, visit->subject, 0, &booking, error))
		return FALSE;
	if (visitor->role == CM_VISIT_HOST)
		*out_may = visit->role != CM_VISIT_HOST && booking != NULL &&
			   visitor->kind == CM_RESOURCE_PROFESSIONAL &&
			   booking->professional == visitor->person;
	else
		*out_may = visitor->role == CM_VISIT_HELPER && visitor->subject == visit->subject &&
			   (visit->role == CM_VISIT_GUEST || visit->role == CM_VISIT_INTERPRETER);
	return TRUE;
}

gboolean
cm_store_visit_decide(CmStore *store,
		      gint64 number,
		      gint64 subject,
		      gboolean in,
		      gint64 actor,
		      gint64 now,
		      gint64 *out_subject,
		      GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	CmVisitEvent event = in ? CM_VISIT_EVENT_ADMIT : CM_VISIT_EVENT_REFUSE;
	CmVisitState wanted = in ? CM_VISIT_INSIDE : CM_VISIT_REFUSED;
	gint64 own = cm_page_people_begin_own(store);
	g_autoptr(CmStoreVisit) visit = NULL;
	gboolean done = FALSE;

	if (transaction == NULL)
		return FALSE;
	visit = get_one(store, number, subject, error);
	if (visit == NULL)
		return FALSE;
	done = (visit->state == wanted || change(store, visit, event, actor, now, error)) &&
	       cm_transaction_commit(transaction, error);
	cm_page_people_end_own(store, own);
	if (done)
		*out_subject = visit->subject;
	return done;
}

/* ---- ending */

static gboolean
end_all(CmStore *store, gint64 subject, gint64 actor, gint64 now, GError **error)
{
	const CmStoreVisitFilter filter = {.subject = subject, .present = TRUE};
	const CmAuditEntry entry = {
	    .uid = actor, .action = "session.end", .subject = subject, .at = now};
	g_autoptr(GPtrArray) present = cm_store_visit_list(store, &filter, error);

	if (present == NULL)
		return FALSE;
	for (guint i = 0; i < present->len; i++) {
		if (!leave(store, g_ptr_array_index(present, i), CM_VISIT_EVENT_END, actor, now,
			   error))
			return FALSE;
	}
	return cm_visit_rows_set_ending(store, subject, now, actor, error) &&
	       cm_audit_append(store, &entry, error);
}

gboolean
cm_store_visit_end(CmStore *store, gint64 subject, gint64 actor, gint64 now, GError **error)
{
	g_autoptr(CmTransaction) transaction = cm_transaction_new(store->database, error);
	gint64 own = cm_page_people_begin_own(store);
	gint64 ended = 0;
	gboolean done = transaction != NULL &&
			cm_visit_rows_get_ending(store, subject, &ended, error) &&
			(ended != 0 || end_all(store, subject, actor, now, error)) &&
			cm_transaction_commit(transaction, error);

	cm_page_people_end_own(store, own);
	return done;
}
