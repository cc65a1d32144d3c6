// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/store/store-pass.h"
#include "daemon/visio/session-door.h"

/* Who is at which door (docs/visio.md). A change is one transaction with its audit entry ("visit.arrive", "visit.enter", …), and what can
 * happen is daemon/visio/visit-state.h's. */

#define CM_STORE_VISIT_ANSWERS_MAX 4096  /* octets of JSON */
#define CM_STORE_VISIT_TEXT_MAX 200      /* octets of an answer */
#define CM_STORE_VISIT_KNOCK_SECONDS 120 /* after a refusal, until they may come again */
#define CM_STORE_VISITS_MAX 200          /* of one session */

typedef struct {
	gint64 number;
	gint64 subject;
	CmVisitRole role;
	CmResource kind;
	gint64 person;
	CmVisitState state;
	gchar *answers; /* JSON, an object; NULL unless asked for */
	gint64 arrived_at;
	gint64 admitted_at; /* 0: never */
	gint64 admitted_by; /* uid, -1: nobody had to */
	gint64 left_at;     /* 0: is there */
} CmStoreVisit;

void
cm_store_visit_free(CmStoreVisit *visit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmStoreVisit, cm_store_visit_free)

/* A session's door, for one who comes. */
typedef struct {
	gint64 subject;
	gint64 version;
	gint64 professional;
	gint64 student; /* 0: none, or not there */
	CmSessionDoor door;
	CmSessionDoorState state;
	guint ask;           /* CmSessionDoorQuestion flags */
	CmStoreVisit *visit; /* their last for this hour, or NULL; without answers */
} CmStoreDoor;

void
cm_store_door_clear(CmStoreDoor *door);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CmStoreDoor, cm_store_door_clear)

/* The door of a subject as it stands for a visitor. CM_ERROR_NOT_FOUND, with cm_store_pass_look_up()'s words: no such, or not theirs. */
gboolean
cm_store_visit_find_door(CmStore *store,
			 const CmPolicySet *policies,
			 const CmStoreVisitor *visitor,
			 gint64 subject,
			 gint64 now,
			 CmStoreDoor *out_door,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Come. A host, and who was inside before, is inside; others wait. While they are there the same number is given, and nothing changes.
 * `answers`: members as the door asks. CM_ERROR_CONFLICT: the door is not open, they were not let in just now; CM_ERROR_INVALID_INPUT: an
 * answer is missing, too long or was not asked for. */
gboolean
cm_store_visit_arrive(CmStore *store,
		      const CmPolicySet *policies,
		      const CmStoreVisitor *visitor,
		      gint64 subject,
		      const gchar *answers,
		      gint64 now,
		      gint64 *out_number,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether they may go in: a host who has come, or somebody who was let in. `out_visit`: theirs. CM_ERROR_CONFLICT: they wait, or have left;
 * CM_ERROR_NOT_FOUND as above. */
gboolean
cm_store_visit_check_inside(CmStore *store,
			    const CmPolicySet *policies,
			    const CmStoreVisitor *visitor,
			    gint64 subject,
			    gint64 now,
			    gint64 *out_visit,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Go. Who has left already has left. CM_ERROR_NOT_FOUND: not theirs. `out_subject`: whose door it was. */
gboolean
cm_store_visit_leave(CmStore *store,
		     const CmStoreVisitor *visitor,
		     gint64 number,
		     gint64 now,
		     gint64 *out_subject,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Let somebody in, or not. `actor`: uid. Again the same: nothing changes. CM_ERROR_NOT_FOUND: no such visit, or, unless it is 0, of
 * another `subject`; CM_ERROR_CONFLICT: they have left. Nobody but a host lets a helper in, and nobody themselves: that is for the caller
 * to see to (cm_store_visit_may_decide()). */
gboolean
cm_store_visit_decide(CmStore *store,
		      gint64 number,
		      gint64 subject,
		      gboolean in,
		      gint64 actor,
		      gint64 now,
		      gint64 *out_subject,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a visitor may decide of a visit: a host of all of their session's but their own, a helper of guests and interpreters. */
gboolean
cm_store_visit_may_decide(CmStore *store,
			  const CmStoreVisitor *visitor,
			  gint64 number,
			  gboolean *out_may,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The session is over: everybody has left, and the door is shut for all but a host, who opens it again by coming. */
gboolean
cm_store_visit_end(CmStore *store, gint64 subject, gint64 actor, gint64 now, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Everybody of these visits (gint64) has left who is still there. `subjects`: theirs are appended (gint64). */
gboolean
cm_store_visit_abandon(CmStore *store,
		       const GArray *numbers,
		       gint64 now,
		       GArray *subjects,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a list is kept to; 0 for all. */
typedef struct {
	gint64 number;
	gint64 subject;
	gint64 professional; /* whose session it is */
	gboolean present;    /* who waits or is inside, only */
	gboolean answers;    /* with what they answered */
	guint limit;         /* 0: CM_STORE_VISITS_LISTED_MAX */
} CmStoreVisitFilter;
#define CM_STORE_VISITS_LISTED_MAX 1000

/* By arrival. Returns: (transfer full) (element-type CmStoreVisit) */
GPtrArray *
cm_store_visit_list(CmStore *store,
		    const CmStoreVisitFilter *filter,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
