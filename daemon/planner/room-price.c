// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/room-price.h"

#include "daemon/planner/chain.h"
#include "daemon/planner/crowd.h"
#include "daemon/planner/points.h"

#include <string.h>

#define FILLED_SHARE 0.75 /* of the time that rooms are open: what sessions can fill */
#define ROUNDS 40
#define COOLING 6.0 /* rounds after which steps are half as large */
#define STEP_LEAST 0.3
#define STEP_MOST 2.0
#define PRICE_FIRST 10.0
#define PRICE_LEAST 0.01 /* points a minute: who can do without a room does */
#define PRICE_MOST 1000.0
#define NEVER (-1e15)

/* What is asked for: a session in person takes of the first and the last, one by video at school of the second and the last. */
typedef enum { SHARE_IN_PERSON, SHARE_VIDEO, SHARE_ANY, SHARE_LAST } Share;

/* How a session is held that ends in a state of its chain (chain.h), and the state before it. */
typedef struct {
	guint8 mode;
	guint16 from;
} Step;

typedef struct {
	const CmProblem *problem;
	guint32 site;
	guint8 *modes;            /* [session less `first`]: CM_MODE_FLAG()s that some day allows */
	guint32 first;            /* the first session of the site */
	gdouble open[SHARE_LAST]; /* minutes */
	gdouble asked[SHARE_LAST]; /* the same */
	gdouble price[SHARE_LAST]; /* points a minute */
	guint states;              /* of a chain, at most */
	gdouble *reached[2];       /* [state]: points */
	Step *steps;               /* [session of the chain][state] */
} Market;

static const CmChain *
get_chain(const Market *market, guint i)
{
	return &market->problem->chains[cm_problem_site_chain(market->problem, market->site, i)];
}

static gdouble
get_minute(const Market *market, guint mode)
{
	if (mode == CM_MODE_VIDEO_REMOTE)
		return 0;
	return market->price[SHARE_ANY] +
	       market->price[mode == CM_MODE_IN_PERSON ? SHARE_IN_PERSON : SHARE_VIDEO];
}

static guint8
find_modes(const CmProblem *problem, guint32 session)
{
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[session].kind);
	guint64 home = 0;

	for (guint i = 0; i < CM_DAYS_PER_WEEK * problem->words; i++)
		home |= kind->remote[i] & kind->week[i];
	return home != 0 ? kind->modes : kind->modes & ~CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE);
}

/* Go from all states before a session to those after it. */
static void
advance(Market *market, const CmChain *chain, guint i)
{
	const CmProblem *problem = market->problem;
	const CmTask *task = &problem->tasks[chain->tasks.first + i];
	gint minutes = cm_problem_kind(problem, task->kind)->minutes;
	const gdouble *before = market->reached[i & 1];
	gdouble *after = market->reached[(i + 1) & 1];

	for (guint state = 0; state < chain->states; state++)
		after[state] = NEVER;
	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		gdouble brought =
		    CM_POINTS_UNSCHEDULED * chain->priority - minutes * get_minute(market, mode);

		if ((market->modes[chain->tasks.first + i - market->first] & CM_MODE_FLAG(mode)) ==
		    0)
			continue;
		for (guint state = 0; state < chain->states; state++) {
			gint next = cm_chain_step(task, state, mode == CM_MODE_IN_PERSON);

			if (before[state] <= NEVER || next < 0 ||
			    before[state] + brought <= after[next])
				continue;
			after[next] = before[state] + brought;
			market->steps[i * market->states + (guint)next] =
			    (Step){.mode = (guint8)mode, .from = (guint16)state};
		}
	}
}

/* Ask for what brings a follow-up most. */
static void
ask(Market *market, const CmChain *chain)
{
	const CmProblem *problem = market->problem;
	gdouble best = 0;
	guint count = 0;
	guint end = 0;

	for (guint state = 0; state < chain->states; state++)
		market->reached[0][state] = state == 0 ? 0 : NEVER;
	for (guint i = 0; i < chain->tasks.count; i++) {
		advance(market, chain, i);
		for (guint state = 0; state < chain->states; state++) {
			if (market->reached[(i + 1) & 1][state] <= best)
				continue;
			best = market->reached[(i + 1) & 1][state];
			count = i + 1;
			end = state;
		}
	}
	for (guint i = count; i-- > 0;) {
		const Step *step = &market->steps[i * market->states + end];
		gint minutes =
		    cm_problem_kind(problem, problem->tasks[chain->tasks.first + i].kind)->minutes;

		end = step->from;
		if (step->mode == CM_MODE_VIDEO_REMOTE)
			continue;
		market->asked[SHARE_ANY] += minutes;
		market->asked[step->mode == CM_MODE_IN_PERSON ? SHARE_IN_PERSON : SHARE_VIDEO] +=
		    minutes;
	}
}

static void
ask_all(Market *market)
{
	memset(market->asked, 0, sizeof market->asked);
	for (guint i = 0; i < market->problem->places[market->site].chains.count; i++)
		ask(market, get_chain(market, i));
}

/* Whether there is room for all at next to no price; rooms for sessions in person are left to these where others serve video. */
static gboolean
has_room(Market *market)
{
	for (guint share = 0; share < SHARE_LAST; share++)
		market->price[share] = PRICE_LEAST;
	market->price[SHARE_IN_PERSON] += PRICE_LEAST;
	ask_all(market);
	for (guint share = 0; share < SHARE_LAST; share++)
		if (market->asked[share] > market->open[share])
			return FALSE;
	return TRUE;
}

static void
settle(Market *market)
{
	for (guint share = 0; share < SHARE_LAST; share++)
		market->price[share] = PRICE_FIRST;
	for (guint round = 0; round < ROUNDS; round++) {
		gdouble step = COOLING / (COOLING + round);

		ask_all(market);
		for (guint share = 0; share < SHARE_LAST; share++) {
			gdouble ratio = (market->asked[share] + 1) / (market->open[share] + 1);

			market->price[share] *=
			    CLAMP(1 + step * (ratio - 1), STEP_LEAST, STEP_MOST);
			market->price[share] = CLAMP(market->price[share], PRICE_LEAST, PRICE_MOST);
		}
	}
}

static void
open_market(Market *market)
{
	const CmProblem *problem = market->problem;
	const CmPlace *place = &problem->places[market->site];
	gdouble minutes = FILLED_SHARE * (gdouble)cm_crowd_count_open(problem, market->site);
	guint longest = 0;
	guint32 end = 0;

	market->open[SHARE_IN_PERSON] = minutes * place->tracks[0].count;
	market->open[SHARE_VIDEO] = minutes * place->tracks[1].count;
	market->open[SHARE_ANY] = minutes * cm_crowd_count_rooms(problem, market->site);
	market->first = G_MAXUINT32;
	for (guint i = 0; i < place->chains.count; i++) {
		const CmChain *chain = get_chain(market, i);

		market->states = MAX(market->states, chain->states);
		market->first = MIN(market->first, chain->tasks.first);
		longest = MAX(longest, chain->tasks.count);
		end = MAX(end, chain->tasks.first + chain->tasks.count);
	}
	market->modes = g_new0(guint8, end - MIN(market->first, end) + 1);
	for (guint i = 0; i < place->chains.count; i++) {
		CmRange tasks = get_chain(market, i)->tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
			market->modes[s - market->first] = find_modes(problem, s);
	}
	for (guint i = 0; i < G_N_ELEMENTS(market->reached); i++)
		market->reached[i] = g_new(gdouble, market->states + 1);
	market->steps = g_new(Step, (gsize)longest * market->states + 1);
}

static void
close_market(Market *market)
{
	g_free(market->modes);
	g_free(market->reached[0]);
	g_free(market->reached[1]);
	g_free(market->steps);
}

void
cm_room_price_find(const CmProblem *problem, guint32 site, gint *out_minute)
{
	Market market = {.problem = problem, .site = site};
	gboolean short_of_rooms;

	open_market(&market);
	short_of_rooms = !has_room(&market);
	if (short_of_rooms)
		settle(&market);
	for (guint mode = 0; mode < CM_MODE_LAST; mode++)
		out_minute[mode] = short_of_rooms ? (gint)(16 * get_minute(&market, mode)) : 0;
	close_market(&market);
}
