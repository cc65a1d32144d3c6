// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/day-bits.h"
#include "daemon/planner/problem.h"

/* What a problem is compiled to; for the planner's own files. Days are indices from the horizon's first date; starts are bits
 * (day-bits.h) or minutes after midnight. Everything here is immutable once cm_problem_new() has returned, so any thread may read
 * it. */

#define CM_HORIZON_DAYS_MAX 1500 /* more is an error */
#define CM_DAY_VISITS_MAX 64     /* sessions of one professional in one day */
#define CM_DAY_SITES_MAX 6       /* sites in person in one day, where MaxSites is absent or more */
#define CM_SITES_MAX 64          /* of one professional, base included */
#define CM_CHAIN_STATES_MAX 32   /* of the in-person rules of one follow-up */
#define CM_FAR 1000000           /* minutes or days: no limit */

/* A time taken by something outside the plan. */
typedef struct {
	gint16 day;
	gint16 from;
	gint16 to;
} CmTaken;

/* Something that one session at a time may have: a room, a companion, or a student or a contact of several follow-ups. The state
 * keeps a set of taken cells for each of its days. */
typedef struct {
	CmRange taken;  /* of problem->taken, by day */
	guint32 index;  /* in the caseload's array: a room or a companion */
	guint64 *hours; /* companions: [length][weekday][words] starts; otherwise NULL */
} CmTrack;

typedef struct {
	CmRange tracks
	    [2]; /* of problem->site_tracks: rooms for in person, for video; the least useful elsewhere first */
	CmRange companions; /* of problem->site_tracks */
	CmRange chains;     /* of problem->site_chains */
	guint32 calendar;
	guint64 *
	    worked; /* [weekday][words]: cells in which the site is open and somebody who comes there works */
	guint16 *waste; /* [free cells in a row]: those that usual sessions leave (hole.h) */
} CmPlace;

typedef struct {
	guint8 kind; /* CmDayKind */
	gint16 cycle_day;
} CmDate;

/* Sessions of one follow-up that only differ in target, preference and history share a kind. */
typedef struct {
	guint32 followup;
	gint16 minutes;
	gint16 cells;
	guint16 length;         /* in problem->lengths */
	guint8 modes;           /* CM_MODE_FLAG()s that some day may allow */
	guint8 present;         /* the student is */
	gint32 companion_until; /* first day on which video at school needs no companion */
	gint32 guardian_until;  /* first day on which video from home is allowed */
	const CmActRules *rules;
	CmRange tracks;      /* of problem->kind_tracks: shared student and contacts */
	CmRange taken;       /* of problem->taken, by day: student and contacts */
	guint64 *week;       /* [weekday][words]: contacts' hours */
	guint64 *remote;     /* [weekday][words]: student's hours at home */
	guint64 *school;     /* [cycle day][words]: site open, student not blocked */
	guint16 *core;       /* [cycle day][bits]: points at school */
	guint16 *preference; /* [weekday][bits]: points, or NULL for none anywhere */
} CmKind;

typedef struct {
	guint32 kind;
	gint32 target;         /* day, may lie outside the horizon */
	gint32 previous_day;   /* G_MININT32 when there is no previous placement */
	gint16 previous_start; /* minutes */
	guint8 previous_mode;
	guint8 locked;
	guint32 previous_room;      /* track, or CM_NONE */
	guint32 previous_companion; /* the same */
	guint8 prefer;              /* CmPrefer */
	guint8 in_person;           /* the follow-up's first of its act, under FirstInPerson */
	guint16 every;              /* InPersonEvery, or 0 */
	guint16 radix;              /* weight of this act's count in the chain's state */
	gint32 min_gap;
	gint32 max_gap;
} CmTask;

typedef struct {
	guint32 professional;
	guint32 site;
	guint8 site_bit; /* among the professional's; meaningful where a kind allows in person */
	gint priority;
	gint32 first_day; /* not_before and replan_from */
	CmRange tasks;    /* the caseload's sessions */
	CmRange kinds;
	guint32 mandatory; /* sessions up to the last locked one: these must stand */
	guint16 states;    /* of the chain: counts since the last session in person, by act */
} CmChain;

typedef struct {
	const CmDayLimits *limits;
	gint buffer;
	gint max_sessions;
	gint max_minutes;
	gint max_sites;
	gint max_video;
	gint video_break;
	guint sites;         /* base is 0 */
	guint32 *site;       /* caseload's index of each */
	gint *travel;        /* [sites][sites] */
	CmRange chains;      /* of problem->professional_chains */
	guint32 first_visit; /* of day 0 in the state's visits */
	guint visits;        /* room for so many each day */
	guint64 *starts;     /* [length][day][words]: hours, absences, taken times */
} CmWorker;

struct _CmProblem {
	const CmCaseload *caseload;
	const CmPolicySet *policies;
	gint days;
	gint first_weekday;
	gint grid;
	gint first_minute; /* of bit 0 */
	gint bits;
	guint words;
	guint32 visits;      /* of all professionals and days */
	guint8 *weekdays;    /* [day] */
	GArray *lengths;     /* gint: distinct minutes, rising */
	gint16 *bit_up;      /* [0..1440]: first bit that starts at or after; bits when none */
	gint16 *bit_down;    /* [0..1440]: last bit that starts at or before; -1 when none */
	CmDate *dates;       /* [calendar][day] */
	CmPlace *places;     /* [site] */
	CmWorker *workers;   /* [professional] */
	CmChain *chains;     /* [followup] */
	CmTask *tasks;       /* [session] */
	GArray *kinds;       /* CmKind */
	GArray *tracks;      /* CmTrack */
	GArray *taken;       /* CmTaken */
	GArray *site_tracks; /* guint32 */
	GArray *kind_tracks; /* guint32 */
	GArray *professional_chains; /* guint32 */
	GArray *site_chains;         /* guint32 */
	GPtrArray *blocks;           /* what the pointers above point into */
};

#define cm_problem_kind(problem, i) (&g_array_index((problem)->kinds, CmKind, (i)))
#define cm_problem_track(problem, i) (&g_array_index((problem)->tracks, CmTrack, (i)))

/* The first bit that starts at or after a minute; `bits` when none. */
static inline gint
cm_problem_bit_up(const CmProblem *problem, gint minute)
{
	return problem->bit_up[CLAMP(minute, 0, CM_MINUTES_PER_DAY)];
}

/* The last bit that starts at or before a minute; -1 when none. */
static inline gint
cm_problem_bit_down(const CmProblem *problem, gint minute)
{
	return minute < 0 ? -1 : problem->bit_down[MIN(minute, CM_MINUTES_PER_DAY)];
}

/* A session of `minutes` can't start at these bits if [from, to) is taken. */
static inline void
cm_problem_clear_taken(const CmProblem *problem, guint64 *starts, gint minutes, gint from, gint to)
{
	cm_day_bits_clear(starts, problem->words, cm_problem_bit_up(problem, from - minutes + 1),
			  cm_problem_bit_down(problem, to - 1) + 1);
}

static inline const CmDate *
cm_problem_date(const CmProblem *problem, guint32 site, gint day)
{
	return &problem->dates[problem->places[site].calendar * (guint)problem->days + (guint)day];
}

/* The follow-ups of a site, by their place among `places[site].chains`. */
static inline guint32
cm_problem_site_chain(const CmProblem *problem, guint32 site, guint i)
{
	return g_array_index(problem->site_chains, guint32, problem->places[site].chains.first + i);
}

/* Starts within one of the windows, for a length; `out_starts` is overwritten. */
void
cm_problem_fill_hours(const CmProblem *problem, CmRange windows, gint minutes, guint64 *out_starts);

/* Those of `range` on a day, as a range. */
CmRange
cm_problem_find_taken(const CmProblem *problem, CmRange range, gint day);

/* Memory that lives as long as the problem, zeroed. */
gpointer
cm_problem_allocate(CmProblem *problem, gsize count, gsize size);
