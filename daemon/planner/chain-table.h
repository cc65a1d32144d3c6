// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/crowd.h"
#include "daemon/planner/sheet.h"
#include "daemon/planner/slots.h"
#include "daemon/planner/stream.h"

/* What is possible for each session of one follow-up on each day, the rest of the plan standing as it is: the input of the
 * dynamic programming in chain.c, and its working memory. */

#define CM_CHAIN_NEVER (G_MAXINT32 / 4)
#define CM_CHAIN_NO_START G_MAXUINT16

typedef enum { CM_CHAIN_IN_PERSON, CM_CHAIN_VIDEO, CM_CHAIN_MANNERS } CmChainManner;

typedef struct {
	guint rhythms;    /* at most so many are tried, up to CM_CHAIN_RHYTHMS_MAX */
	CmStream *stream; /* breaks ties; NULL: the earliest start */
	gint
	    limit; /* points: a dearer chain, its added travel included, is of no use; CM_CHAIN_NEVER: any is */
	guint obstacles; /* CM_OBSTACLES_ALL, or what to heed in an estimate */
	gint shut_day;   /* no session in person this day; -1: none */
	gint free_day;   /* travel of this day counts as nothing; -1: none */
	guint32 site;    /* of shut_day and free_day */
	CmCrowdCost
	    rooms; /* of the follow-up's site; a hole beside the session (hole.h) costs its share */
} CmChainWish;

/* A wish for anything. */
#define CM_CHAIN_WISH_INIT                                                                         \
	{                                                                                          \
		.limit = CM_CHAIN_NEVER, .obstacles = CM_OBSTACLES_ALL, .shut_day = -1,            \
		.free_day = -1                                                                     \
	}

/* How a kind can be held on one day, in person and by video: the cheapest start, travel included. */
typedef struct {
	gint32 points[CM_CHAIN_MANNERS];
	gint32 travel; /* that in person adds */
	gint16 bit[CM_CHAIN_MANNERS];
	guint8 mode[CM_CHAIN_MANNERS];
} CmChainOption;

/* One session. */
typedef struct {
	const CmTask *task;
	const CmSpot *spot;
	gboolean stands; /* and so stays */
	guint kind;      /* among the follow-up's */
	gint first_day;
	gint last_day; /* before first_day: it can't be scheduled */
	gint from;     /* the same as indices of table->days; `to` not included */
	gint to;
	gint points;   /* of one that stands, apart from its rhythm */
	gint least;    /* points, its rhythm apart, on the cheapest of its days */
	gint left_out; /* points when it and those after it are unscheduled */
} CmChainRow;

/* Where a cell of the table was reached from: the cell before, and how this session is held. */
typedef struct {
	gint16 day; /* index in days, -1 before the first session */
	guint8 counts;
	guint8 manner;
} CmChainStep;

typedef struct {
	const CmProblem *problem;
	const CmState *state;
	CmSheet *sheet; /* the state's open one, or NULL; the caller's */
	const CmChain *chain;
	const CmChainWish *wish;
	gint count;    /* sessions */
	gint standing; /* up to the last that stands already, or must */
	CmChainRow *rows;
	gint *rests; /* [session]: points that it and those after it cost at least, rhythm apart */
	gint *days;  /* those on which something is possible */
	gint *kind_days; /* [kind of the follow-up][2]: first and last day of its sessions */
	gint day_count;
	CmChainOption *options; /* [kind][day] */
	guint16 *starts; /* [kind][day][manner][bit]: points << 2 | mode, or CM_CHAIN_NO_START */
	gint32 *base;    /* [session][manner][day]: points of the day and the manner */
	gint32 *plain;   /* [session][manner][day]: with the cheapest start, out of rhythm */
	gint32 *costs[CM_CHAIN_MANNERS]; /* [day]: of the session at hand */
	gint32 *reached[2];              /* [counts][day]: points of the cheapest chain to here */
	gint16 *queue;
	CmChainStep *steps[2]; /* [session][counts][day], of this run and of the best */
	gint16 *votes;         /* [weekday][bit] */
	CmSpot *spots;
} CmChainTable;

/* Memory for any follow-up of a problem; one a thread. Returns: (transfer full) */
CmChainTable *
cm_chain_table_new(const CmProblem *problem);
void
cm_chain_table_free(CmChainTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CmChainTable, cm_chain_table_free)

/* Fill rows, days, options, starts, base and plain for a follow-up. State and wish stay the caller's. */
void
cm_chain_table_open(CmChainTable *table,
		    const CmState *state,
		    guint32 followup,
		    const CmChainWish *wish);

/* The value in `starts` of a session's place in the previous plan, if it is on this day and of this manner. */
guint16
cm_chain_table_get_previous(const CmChainTable *table,
			    const CmChainRow *row,
			    gint day_index,
			    guint manner);

static inline CmChainOption *
cm_chain_table_option(const CmChainTable *table, guint kind, gint day_index)
{
	return &table->options[kind * (guint)table->problem->days + (guint)day_index];
}

static inline guint16 *
cm_chain_table_starts(const CmChainTable *table, guint kind, gint day_index, guint manner)
{
	return &table->starts[((kind * (guint)table->problem->days + (guint)day_index) *
				   CM_CHAIN_MANNERS +
			       manner) *
			      (guint)table->problem->bits];
}

/* The row of `base` or `plain` of one session in one manner. */
static inline gint32 *
cm_chain_table_points(const CmChainTable *table, gint32 *points, gint session, guint manner)
{
	return &points[((guint)session * CM_CHAIN_MANNERS + manner) * (guint)table->problem->days];
}
