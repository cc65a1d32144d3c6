// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/visio/visit-state.h"

/* What stands before a session's room: pure. docs/visio.md says why. Not the door of the bus (daemon/bus/door.h). */

/* Seconds before the start, after it, after the end. */
#define CM_SESSION_DOOR_OPENS_BEFORE (15 * 60)
#define CM_SESSION_DOOR_LATE_AFTER (10 * 60)
#define CM_SESSION_DOOR_CLOSES_AFTER (30 * 60)

typedef enum {
	CM_SESSION_DOOR_IN_PERSON,  /* there is no door: they meet */
	CM_SESSION_DOOR_OTHER_LINK, /* this session is entered by another link */
	CM_SESSION_DOOR_EARLY,
	CM_SESSION_DOOR_OPEN,
	CM_SESSION_DOOR_LATE, /* open too */
	CM_SESSION_DOOR_OVER,
	CM_SESSION_DOOR_CANCELLED,
	CM_SESSION_DOOR_MOVED, /* they come at the hour that they were told, and it is another one now */
	CM_SESSION_DOOR_DOWN, /* it would be open, but no provider holds it */
	CM_SESSION_DOOR_STATE_LAST
} CmSessionDoorState;

/* "in-person", "other-link", "early", "open", "late", "over", "cancelled", "moved", "down" */
const gchar *
cm_session_door_state_to_string(CmSessionDoorState state);

/* The session, for one person. Instants; 0: never, none. */
typedef struct {
	gint64 start;
	gint64 end;
	gboolean video;
	gboolean cancelled;
	gint64 told_start; /* what they were told before, when it is something else */
	gint64 told_end;
	gint64 ended_at;   /* the host ended it, and has not come again since */
	gboolean down;     /* no provider is left, and nobody is inside */
	gint64 late_after; /* from its start on they are late; 0: CM_SESSION_DOOR_LATE_AFTER */
	CmVisitRole role;
	gboolean other_link; /* what they came by is not for this session's door */
	gboolean been_in;    /* they were let in before */
} CmSessionDoor;

/* How it stands at an instant. */
CmSessionDoorState
cm_session_door_find(const CmSessionDoor *door, gint64 now);

/* Whether one may come to the waiting room. */
gboolean
cm_session_door_is_open(CmSessionDoorState state);

gint64
cm_session_door_get_opens(const CmSessionDoor *door);
/* For them: later for who has been in, and for a host. */
gint64
cm_session_door_get_closes(const CmSessionDoor *door);

/* The next instant at which the answer may be another one, 0: none. */
gint64
cm_session_door_get_next(const CmSessionDoor *door, gint64 now);

/* ---- what is asked at the door */

typedef enum {
	CM_SESSION_DOOR_PLACE = 1 << 0,     /* where the student is */
	CM_SESSION_DOOR_COMPANION = 1 << 1, /* who is with them */
	CM_SESSION_DOOR_PHONE = 1 << 2,     /* a number, if they are cut off */
	CM_SESSION_DOOR_CONSENT = 1 << 3,   /* to telepractice, when nothing of it is on record */
} CmSessionDoorQuestion;                    /* flags */

#define CM_SESSION_DOOR_QUESTION_COUNT 4

/* "place", "companion", "phone", "consent": the name of a flag, by its place from 0 */
const gchar *
cm_session_door_get_question(guint index);

/* The questions that a profession's rules demand of a guest: telepractice.confidential_place_both_ends the place and who is there,
 * telepractice.backup_phone a number, telepractice.consent_required the consent unless it is `consented`; telepractice.door_questions
 * whatever it lists. `policy`: NULL: none. Flags. */
guint
cm_session_door_find_questions(const CmPolicy *policy, CmVisitRole role, gboolean consented);

/* From how many seconds after the start somebody is late, where an organisation says so (telepractice.late_minutes); 0: nobody does.
 * `policy`: NULL: no. */
gint64
cm_session_door_find_late(const CmPolicy *policy);

/* Whether a session's own link is demanded (telepractice.platform.single_use_link). `policy`: NULL: no. */
gboolean
cm_session_door_needs_own_link(const CmPolicy *policy);
