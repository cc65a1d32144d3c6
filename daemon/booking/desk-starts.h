// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/booking/desk-question.h"
#include "daemon/planner/day-rules.h"

/* The one function beneath both questions: at which starts of a day, in a mode, everything allows what is asked. It is made of the
 * planner's cm_slots_fill() and cm_day_rules_fill(). */

/* The planner's keys, each of which a derogation can open. */
typedef enum {
	CM_DESK_KEY_BUFFER,
	CM_DESK_KEY_MAX_SESSIONS,
	CM_DESK_KEY_MAX_MINUTES,
	CM_DESK_KEY_MAX_SITES,
	CM_DESK_KEY_MAX_VIDEO,
	CM_DESK_KEY_MODALITIES,
	CM_DESK_KEY_FIRST_IN_PERSON,
	CM_DESK_KEY_IN_PERSON_EVERY,
	CM_DESK_KEY_MIN_GAP,
	CM_DESK_KEY_MAX_GAP,
	CM_DESK_KEY_COMPANION,
	CM_DESK_KEY_GUARDIAN,
	CM_DESK_KEY_LAST
} CmDeskKey;
#define CM_DESK_KEY_FLAG(key) (1u << (key))

/* What holds of a whole day in a mode, whatever the hour. */
typedef enum {
	CM_DESK_FAULT_TERM = 1 << 0,       /* outside the roster's dates */
	CM_DESK_FAULT_OWN_MODE = 1 << 1,   /* not one of the session's modes */
	CM_DESK_FAULT_NO_STUDENT = 1 << 2, /* by video at school, and the student is not there */
	CM_DESK_FAULT_UNSERVED = 1 << 3,   /* in person where the professional does not go */
	CM_DESK_FAULT_CLOSED = 1 << 4,
	CM_DESK_FAULT_PAST = 1 << 5,       /* wishes, from here on */
	CM_DESK_FAULT_NOT_BEFORE = 1 << 6, /* of the follow-up */
	CM_DESK_FAULT_SAME_DAY = 1 << 7,   /* as another session of the follow-up */
} CmDeskFault;

typedef struct {
	gint day;
	guint8 mode;  /* CmMode */
	guint faults; /* CmDeskFault flags */
	guint broken; /* CM_DESK_KEY_FLAG()s that forbid it */
	guint opened; /* those that a derogation opens here, of these and of the day's limits */
	guint late;   /* MAX_GAP, where it could not be kept any more: it warns */
	gint value[CM_DESK_KEY_LAST]; /* what a broken or opened key would have to be */
	gint64 derogation[CM_DESK_KEY_LAST];
	gint limit[CM_DESK_KEY_LAST]; /* what an opened one becomes, CM_LIMIT_NONE: it ends */
} CmDeskDay;

/* One day of one professional: what they do, and how much of it counts as sessions. */
typedef struct {
	CmWorker worker;
	CmDayLoad load;
	CmDayLoad session_load;
	CmVisit visits[CM_DAY_VISITS_MAX];
	CmVisit sessions[CM_DAY_VISITS_MAX];
	CmVisit asked;
	gboolean counts; /* what is asked is a session too */
} CmDeskRound;

/* What holds of the day. `day` is an index from the question's first date. */
void
cm_desk_starts_look(const CmDeskQuestion *question, gint day, CmMode mode, CmDeskDay *out_day);

/* The allowed starts of a day that cm_desk_starts_look() has looked at; FALSE when there is none: they are not to be read. */
gboolean
cm_desk_starts_fill(const CmDeskQuestion *question, const CmDeskDay *day, guint64 *out_starts);

/* What one professional does that day, the limits being those in force for what is asked. */
void
cm_desk_starts_get_round(const CmDeskQuestion *question,
			 const CmDeskDay *day,
			 guint32 professional,
			 CmDeskRound *out_round);

/* The case that a rule is asked about, for one of the students. */
CmDeskCase
cm_desk_starts_get_case(const CmDeskQuestion *question, guint32 student, const CmDeskDay *day);

/* "Day" and "BufferMinutes", …; the group of an act's key is "Act" and its name. Returns: (transfer full) the group */
gchar *
cm_desk_starts_get_key(const CmDeskQuestion *question, CmDeskKey key, const gchar **out_name);

/* Age of the small caseload's student on a day. */
gint
cm_desk_starts_get_age(const CmDeskQuestion *question, guint32 student, gint day);
