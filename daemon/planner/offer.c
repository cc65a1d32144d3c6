// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/offer.h"

#include "daemon/planner/outward.h"
#include "daemon/planner/reach.h"
#include "daemon/planner/slots.h"

typedef struct {
	const CmState *state;
	guint32 session;
	const CmTask *task;
	const CmKind *kind;
	const CmChain *chain;
	CmReach reach;
	gboolean has_rhythm;
	guint64 rhythm[CM_DAYS_PER_WEEK]
		      [CM_DAY_BITS_WORDS_MAX]; /* starts at which it keeps rhythm */
	CmOffer *offers;
	guint wanted;
	guint count;
} Search;

/* Sessions of the follow-up at the weekday and start of one of them. */
static guint
count_same(const CmState *state, CmRange tasks, const CmSpot *spot)
{
	const guint8 *weekdays = state->problem->weekdays;
	guint count = 0;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
		const CmSpot *other = &state->spots[s];

		count += other->day >= 0 && other->start == spot->start &&
			 weekdays[other->day] == weekdays[spot->day];
	}
	return count;
}

/* Where one more session joins the most frequent ones, its rhythm costs nothing. */
static void
find_rhythm(Search *search)
{
	const CmState *state = search->state;
	const CmProblem *problem = state->problem;
	CmRange tasks = search->chain->tasks;
	guint most = 0;

	for (guint day = 0; day < CM_DAYS_PER_WEEK; day++)
		cm_day_bits_zero(search->rhythm[day], problem->words);
	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		if (state->spots[s].day >= 0)
			most = MAX(most, count_same(state, tasks, &state->spots[s]));
	for (guint32 s = tasks.first; most > 0 && s < tasks.first + tasks.count; s++) {
		const CmSpot *spot = &state->spots[s];
		gint bit = spot->day < 0 ? problem->bits : cm_problem_bit_up(problem, spot->start);

		if (bit < problem->bits && count_same(state, tasks, spot) == most)
			cm_day_bits_set(search->rhythm[problem->weekdays[spot->day]],
					problem->words, bit, bit + 1);
	}
	search->has_rhythm = most > 0;
}

static gboolean
is_before(const CmOffer *a, const CmOffer *b)
{
	if (a->points != b->points)
		return a->points < b->points;
	if (a->day != b->day)
		return a->day < b->day;
	return a->start != b->start ? a->start < b->start : a->mode < b->mode;
}

static void
keep(Search *search, const CmOffer *offer)
{
	CmOffer *offers = search->offers;
	guint i = search->count;

	if (search->count == search->wanted) {
		if (!is_before(offer, &offers[search->count - 1]))
			return;
		i--;
	} else {
		search->count++;
	}
	for (; i > 0 && is_before(offer, &offers[i - 1]); i--)
		offers[i] = offers[i - 1];
	offers[i] = *offer;
}

/* What nothing better than can be worse than: the dearest kept, once there are enough. */
static gint
get_worst(const Search *search)
{
	return search->count < search->wanted ? G_MAXINT
					      : search->offers[search->wanted - 1].points;
}

static void
look_mode(Search *search, gint day, CmMode mode, gint points)
{
	const CmProblem *problem = search->state->problem;
	const CmTask *task = search->task;
	const CmDate *date = cm_problem_date(problem, search->chain->site, day);
	const guint64 *rhythm = search->rhythm[problem->weekdays[day]];
	guint64 starts[CM_DAY_BITS_WORDS_MAX];
	CmOffer offer = {.day = (gint16)day, .mode = (guint8)mode};

	if (!cm_slots_fill(search->state, task->kind, day, mode, CM_OBSTACLES_ALL, starts))
		return;
	for (guint w = 0; w < problem->words; w++) {
		for (guint64 left = starts[w]; left != 0; left &= left - 1) {
			guint bit = w * 64 + (guint)__builtin_ctzll(left);

			offer.start = (gint16)(problem->first_minute + (gint)bit * problem->grid);
			offer.points = points + cm_points_get_start(problem, search->kind, day,
								    date->cycle_day, mode, bit);
			if (search->has_rhythm && !cm_day_bits_has(rhythm, bit))
				offer.points += CM_POINTS_RHYTHM;
			if (task->previous_day != G_MININT32 &&
			    !(task->previous_day == day && task->previous_start == offer.start &&
			      task->previous_mode == mode))
				offer.points += CM_POINTS_MOVED;
			keep(search, &offer);
		}
	}
}

static void
look(Search *search, gint day, gint lateness)
{
	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		gint points = lateness;

		if ((search->reach.modes & CM_MODE_FLAG(mode)) == 0)
			continue;
		if (cm_points_misses_wish(search->task, mode == CM_MODE_IN_PERSON))
			points += CM_POINTS_MODALITY;
		if (points <= get_worst(search))
			look_mode(search, day, (CmMode)mode, points);
	}
}

/* The days by what they cost at least, until none can be better than those kept. */
static void
look_all(Search *search)
{
	CmOutward days =
	    cm_outward_make(search->state->problem, search->session, search->chain->priority,
			    search->reach.first, search->reach.last);
	gint points;
	gint day;

	while (cm_outward_next(&days, get_worst(search), &day, &points))
		look(search, day, points);
}

guint
cm_offer_find(const CmState *state, guint32 session, guint count, CmOffer *out_offers)
{
	const CmProblem *problem = state->problem;
	Search search;

	search.state = state;
	search.session = session;
	search.task = &problem->tasks[session];
	search.kind = cm_problem_kind(problem, search.task->kind);
	search.chain = &problem->chains[search.kind->followup];
	search.reach = cm_reach_find(state, session);
	search.offers = out_offers;
	search.wanted = MIN(count, CM_OFFERS_MAX);
	search.count = 0;
	if (search.wanted == 0)
		return 0;
	find_rhythm(&search);
	look_all(&search);
	return search.count;
}
