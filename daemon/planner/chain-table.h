// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "daemon/planner/state.h"

/* Working memory of chain.c: what is possible on each day for each kind of session of one follow-up, and the table of dynamic
 * programming over it. */

typedef enum { CM_CHAIN_IN_PERSON, CM_CHAIN_VIDEO, CM_CHAIN_MANNERS } CmChainManner;

/* How a kind can be held on one day, in person and by video: the cheapest start, travel included. */
typedef struct {
	gint32 points[CM_CHAIN_MANNERS];
	gint32 travel; /* that in person adds */
	guint8 bit_mode[CM_CHAIN_MANNERS];
	gint16 bit[CM_CHAIN_MANNERS];
} CmChainOption;

/* Where a run of the table came from: the cell before, and how this session is held. */
typedef struct {
	gint16 day; /* index in days */
	guint8 counts;
	guint8 manner;
} CmChainStep;

typedef struct {
	const CmProblem *problem;
	gint *days; /* those on which something is possible */
	gint day_count;
	CmChainOption *options; /* [kind of the follow-up][day] */
	guint16
	    *starts;   /* [kind][day][manner][bit]: points << 2 | mode, NO_START when it can't be */
	gint32 *plain; /* [session][manner][day]: without a rhythm */
	gint32 *by_rhythm;   /* [kind][manner][day]: at the rhythm's start */
	gint32 *reached[2];  /* [counts][day]: points of the cheapest chain to here */
	gint32 *window;      /* [counts][day]: the cheapest within the gap before */
	gint16 *window_from; /* [counts][day] */
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
