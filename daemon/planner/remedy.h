// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* What would place an unscheduled session: one change that somebody can make, the rest of the plan standing as it is. */

typedef enum {
	CM_REMEDY_MOVE,         /* another session of the plan to another place of its own */
	CM_REMEDY_ROOM,         /* one more room */
	CM_REMEDY_COMPANION,    /* more hours of a companion, or a further one */
	CM_REMEDY_CONTACT,      /* more hours of a participant */
	CM_REMEDY_PROFESSIONAL, /* more hours of the professional */
	CM_REMEDY_HOME,         /* more hours at home of the student */
	CM_REMEDY_MODE,         /* a mode that the session may not be held in */
	CM_REMEDY_HORIZON,      /* a later end of term */
	CM_REMEDY_LIMIT,        /* a limit of the policy, by a derogation */
	CM_REMEDY_LAST
} CmRemedyKind;

typedef enum {
	CM_LIMIT_MAX_SESSIONS,
	CM_LIMIT_MAX_MINUTES,
	CM_LIMIT_MAX_SITES,
	CM_LIMIT_MAX_VIDEO, /* MaxConsecutiveVideoMinutes */
	CM_LIMIT_MAX_GAP,
	CM_LIMIT_SEQUENCE, /* FirstInPerson or InPersonEvery: by video all the same */
	CM_LIMIT_LAST
} CmRemedyLimit;

/* A place: the day of the problem, minutes after midnight, CmMode. */
typedef struct {
	gint day;
	gint start;
	guint8 mode;
} CmRemedyPlace;

typedef struct {
	guint8 kind;  /* CmRemedyKind */
	guint8 limit; /* CmRemedyLimit */
	guint8 use;   /* ROOM: CM_USE_IN_PERSON or CM_USE_VIDEO */
	guint8 mode;  /* MODE: CmMode */
	guint32
	    resource; /* ROOM: site; COMPANION: companion, CM_NONE for a further one at `site`; CONTACT: contact;
			   * PROFESSIONAL; HOME: student; MOVE: session */
	guint32 site;        /* of the session */
	gint weekday;        /* of `hours`, 0 for Monday */
	CmWindow hours;      /* to be added: COMPANION, CONTACT, PROFESSIONAL, HOME */
	CmDay date;          /* HORIZON: the new end */
	gint value;          /* LIMIT: what the key would have to be, 0 for CM_LIMIT_SEQUENCE */
	CmRemedyPlace to;    /* MOVE: where `resource` goes */
	CmRemedyPlace place; /* where the session would then stand */
	gint points; /* what ranks it: effort for people, then the session's own cost there */
} CmRemedy;

#define CM_REMEDIES_MAX 3

/* What stands in the way where one thing alone does; flags. */
typedef enum {
	CM_OBSTRUCTION_HOURS = 1 << 0, /* the professional's */
	CM_OBSTRUCTION_CONTACTS = 1 << 1,
	CM_OBSTRUCTION_STUDENT = 1 << 2,
	CM_OBSTRUCTION_DAY = 1 << 3,
	CM_OBSTRUCTION_ROOM = 1 << 4,
	CM_OBSTRUCTION_COMPANION = 1 << 5,
	CM_OBSTRUCTION_CALENDAR = 1 << 6,
	CM_OBSTRUCTION_MODE = 1 << 7,
	CM_OBSTRUCTION_SEQUENCE = 1 << 8,
	CM_OBSTRUCTION_GAP = 1 << 9,
	CM_OBSTRUCTION_HORIZON = 1 << 10,
	CM_OBSTRUCTION_LAST = 1 << 11,
} CmObstruction;

#define CM_OBSTRUCTION_DAYS_MAX 4

typedef struct {
	gboolean free; /* nothing: the search ended before it was placed */
	guint
	    obstruction; /* the one, or the two, that stand alone in the way most often; 0 when more do everywhere */
	guint dates;                       /* on how many days */
	gint day[CM_OBSTRUCTION_DAYS_MAX]; /* the first of them */
	CmRemedyPlace place;               /* free: where */
	guint count;
	CmRemedy remedies
	    [CM_REMEDIES_MAX]; /* cheapest first; each was applied to a copy of the inputs, and places the session */
} CmDiagnosis;

/* Why an unscheduled session has no place, and what would give it one. The session before it in its follow-up must stand, and
 * `thorough` asks for remedies too. The state is used on the way and left as it was. */
void
cm_remedy_find(CmState *state, guint32 session, gboolean thorough, CmDiagnosis *out_diagnosis);

/* "move", "room", … */
const gchar *
cm_remedy_kind_to_string(CmRemedyKind kind);
