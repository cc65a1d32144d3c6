// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* One professional's plan while it alone is worked on, made for many small moves.
 *
 * As long as a sheet is open, what the professional's own sessions take of rooms, companions and people is set aside: no two of them
 * overlap, so none stands in another's way there, and what the others take does not change. So where a kind of session could go on a
 * day, apart from the professional's own day, is found once and kept; and what the day leaves is found again only after it changed.
 * Placing and removing are then a few words each, and the points of the professional are exact after each. */

/* A day as it was changed in a trial: its last change before. */
typedef struct {
	gint day;
	guint64 change;
} CmSheetMark;

/* What others leave to a kind of session on a day in a mode; true in one opening only. */
typedef struct {
	guint64 turn; /* the opening in which it was found */
	gint
	    least; /* points of the cheapest start (core, preference); CM_SHEET_NO_START when there is none */
} CmSheetFree;

#define CM_SHEET_NO_START (G_MAXINT32 / 4)

typedef struct {
	const CmProblem *problem;
	CmState *state;
	guint32 professional;
	const CmWorker *worker;
	GArray *sessions;    /* guint32: the professional's that are not locked */
	guint32 *kind_slots; /* [kind]: place in `free` */
	gint16
	    *rhythms; /* [session]: weekday and start as one number, -1 where it does not stand */
	guint64 turn; /* counts openings */
	CmSheetFree *free;    /* [kind slot][day][mode] */
	guint64 *free_starts; /* [kind slot][day][mode][words]: starts that others leave */
	gint *least;          /* [session]: see cm_sheet_get_least() */
	guint64 *least_turns; /* [session]: the opening in which it was found */
	guint64 change;       /* counts changes of all days */
	guint64 *changes;     /* [day]: its last change */
	guint64 *open;        /* [day][length][manner][words]: starts that the day leaves */
	guint64
	    *open_turns; /* [day][length][manner]: the day's change after which they were found */
	guint manners;   /* by video, or at one of the sites of the professional who has most */
	GArray *trail;   /* CmSheetMark: days changed in this trial */
} CmSheet;

/* Working memory; one a thread. Returns: (transfer full) */
CmSheet *
cm_sheet_new(const CmProblem *problem);
void
cm_sheet_free(CmSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmSheet, cm_sheet_free)

/* Open a professional's plan; cm_sheet_close() gives every session a room and a companion again. Between the two the state is touched by
 * nothing else that cm_state's note on threads forbids. */
void
cm_sheet_open(CmSheet *sheet, CmState *state, guint32 professional);
void
cm_sheet_close(CmSheet *sheet);

/* The starts for one more session of a kind on a day in a mode; FALSE when there are none. As cm_slots_fill(). */
gboolean
cm_sheet_fill(CmSheet *sheet, guint32 kind, gint day, CmMode mode, guint64 *out_starts);

/* The same as if the professional's day were empty. Returns: (transfer none): the starts; NULL when there are none */
const guint64 *
cm_sheet_get_free(CmSheet *sheet, guint32 kind, gint day, CmMode mode);

/* The points of the cheapest of them (core, preference), which no start of that day can be under; CM_SHEET_NO_START when there are none. */
gint
cm_sheet_get_least_start(CmSheet *sheet, guint32 kind, gint day, CmMode mode);

/* Place a session that is not placed, and take one away; the points of the professional follow. What cm_sheet_fill() says is the
 * caller's to ask. */
void
cm_sheet_place(CmSheet *sheet, guint32 session, const CmSpot *spot);
void
cm_sheet_remove(CmSheet *sheet, guint32 session);

/* Begin a trial; and end it when everything is back where it was, so that what was known of each day is known again. */
void
cm_sheet_start_trial(CmSheet *sheet);
void
cm_sheet_end_undone(CmSheet *sheet);

/* What a session can't cost less than wherever it goes, even if the professional's days were empty: rhythm and travel are not counted.
 * And what it costs when it is left out. */
gint
cm_sheet_get_least(CmSheet *sheet, guint32 session);
gint
cm_sheet_get_missing(const CmSheet *sheet, guint32 session);

/* Whether a day as it stands is allowed. */
gboolean
cm_sheet_check_day(const CmSheet *sheet, gint day);

/* Points of a session at a place, its rhythm and travel apart; `bit` is that of the start. */
gint
cm_sheet_get_points(const CmSheet *sheet, guint32 session, gint day, CmMode mode, guint bit);

/* How many other sessions of its follow-up stand at a rhythm, and at the most frequent of theirs. */
guint
cm_sheet_count_rhythm(const CmSheet *sheet, guint32 session, gint16 rhythm);
guint
cm_sheet_count_most(const CmSheet *sheet, guint32 session);

static inline gint16
cm_sheet_get_rhythm(const CmSheet *sheet, gint day, gint start)
{
	return (gint16)(sheet->problem->weekdays[day] * CM_MINUTES_PER_DAY + start);
}
