// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/chain.h"

#include "daemon/planner/points.h"

#include <string.h>

#define FAR_OVER 40     /* points a session, over the least */
#define VOTE_DAYS 3     /* around a session */
#define VOTES_MAX 30000 /* for one rhythm; room above it for those of sessions that stand */

typedef struct {
	gint weekday; /* -1: none */
	gint bit;
	gint votes;
} Rhythm;

/* The best chain found: where it ends. */
typedef struct {
	gint32 points;
	gint session; /* the last one scheduled, -1 when none is */
	guint counts;
	gint day;
	Rhythm rhythm;
} Ending;

gint
cm_chain_step(const CmTask *task, guint counts, gboolean in_person)
{
	guint digit;

	if (task->in_person && !in_person)
		return -1;
	if (task->every == 0)
		return (gint)counts;
	digit = counts / task->radix % task->every;
	if (in_person)
		return (gint)(counts - digit * task->radix);
	return digit + 1u < task->every ? (gint)(counts + task->radix) : -1;
}

static gint
get_travel(const CmChainTable *table, guint kind, gint d, guint manner)
{
	return manner == CM_CHAIN_IN_PERSON ? cm_chain_table_option(table, kind, d)->travel : 0;
}

/* The points of a session at the rhythm's start on a day of its weekday. */
static gint
get_rhythm_points(const CmChainTable *table, gint i, gint d, guint manner, const Rhythm *rhythm)
{
	const CmChainRow *row = &table->rows[i];
	guint16 value = cm_chain_table_starts(table, row->kind, d, manner)[rhythm->bit];
	gint base = cm_chain_table_points(table, table->base, i, manner)[d];
	gint points;

	if (value == CM_CHAIN_NO_START || base >= CM_CHAIN_NEVER)
		return CM_CHAIN_NEVER;
	points = base + (value >> 2) + get_travel(table, row->kind, d, manner);
	if (row->task->previous_day == table->days[d] &&
	    cm_problem_bit_up(table->problem, row->task->previous_start) == rhythm->bit &&
	    cm_chain_table_get_previous(table, row, d, manner) != CM_CHAIN_NO_START)
		points -= CM_POINTS_MOVED;
	return points;
}

/* A session that stands costs what it costs, in its rhythm or not. */
static void
note_standing(CmChainTable *table, const CmChainRow *row, const Rhythm *rhythm)
{
	const CmProblem *problem = table->problem;
	guint manner = row->spot->mode == CM_MODE_IN_PERSON ? CM_CHAIN_IN_PERSON : CM_CHAIN_VIDEO;
	gboolean kept = rhythm->weekday == problem->weekdays[row->spot->day] &&
			rhythm->bit == cm_problem_bit_up(problem, row->spot->start);

	for (gint d = row->from; d < row->to; d++) {
		table->costs[manner][d] = row->points + (kept ? 0 : CM_POINTS_RHYTHM);
		table->costs[1 - manner][d] = CM_CHAIN_NEVER;
	}
}

/* The points of a session on each of its days, for a rhythm. */
static void
note_costs(CmChainTable *table, gint i, const Rhythm *rhythm)
{
	const CmChainRow *row = &table->rows[i];
	const guint8 *weekdays = table->problem->weekdays;

	if (row->stands) {
		note_standing(table, row, rhythm);
		return;
	}
	for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++) {
		const gint32 *plain = cm_chain_table_points(table, table->plain, i, manner);
		gint32 *costs = table->costs[manner];

		memcpy(costs + row->from, plain + row->from,
		       (gsize)(row->to - row->from) * sizeof(gint32));
		for (gint d = row->from; rhythm->weekday >= 0 && d < row->to; d++)
			if (weekdays[table->days[d]] == rhythm->weekday)
				costs[d] =
				    MIN(costs[d], get_rhythm_points(table, i, d, manner, rhythm));
	}
}

/* The cells of the session before that a cell can be reached from, as they come into its gap: a queue of rising points. */
typedef struct {
	const gint *days;
	const gint32 *from; /* points by day */
	gint16 *queue;
	gint head;
	gint tail;
	gint next;
	gint end; /* days of the session before */
	gint min_gap;
	gint max_gap;
} Window;

/* The best day to come from to day `d`, -1 when there is none; `d` may only rise. */
static inline gint
slide(Window *window, gint d)
{
	gint last = window->days[d] - window->min_gap;
	gint first = window->days[d] - window->max_gap;

	for (; window->next < window->end && window->days[window->next] <= last; window->next++) {
		gint32 points = window->from[window->next];

		if (points >= CM_CHAIN_NEVER)
			continue;
		while (window->tail > window->head &&
		       window->from[window->queue[window->tail - 1]] >= points)
			window->tail--;
		window->queue[window->tail++] = (gint16)window->next;
	}
	while (window->head < window->tail && window->days[window->queue[window->head]] < first)
		window->head++;
	return window->head < window->tail ? window->queue[window->head] : -1;
}

/* The layer of one session being reached. */
typedef struct {
	gint32 *after; /* [counts][day] */
	CmChainStep *steps;
	guint stride;
	gint32 limit;
	gint32 least; /* points reached */
} Layer;

static inline void
reach(Layer *layer, gint next, gint d, gint32 points, CmChainStep step)
{
	gsize cell = (guint)next * (gsize)layer->stride + (gsize)d;

	if (points > layer->limit || points >= layer->after[cell])
		return;
	layer->after[cell] = points;
	layer->steps[cell] = step;
	layer->least = MIN(layer->least, points);
}

/* Go from the session before with some counts to all days of this one. */
static void
advance(CmChainTable *table, gint i, guint counts, Window *window, Layer *layer)
{
	const CmChainRow *row = &table->rows[i];
	gint next[CM_CHAIN_MANNERS] = {cm_chain_step(row->task, counts, TRUE),
				       cm_chain_step(row->task, counts, FALSE)};

	for (gint d = row->from; d < row->to; d++) {
		gint32 before = 0;
		gint from = -1;

		if (MIN(table->costs[CM_CHAIN_IN_PERSON][d], table->costs[CM_CHAIN_VIDEO][d]) >=
		    CM_CHAIN_NEVER)
			continue;
		if (i > 0) {
			from = slide(window, d);
			if (from < 0)
				continue;
			before = window->from[from];
		}
		for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++)
			if (next[manner] >= 0)
				reach(layer, next[manner], d, before + table->costs[manner][d],
				      (CmChainStep){.day = (gint16)from,
						    .counts = (guint8)counts,
						    .manner = (guint8)manner});
	}
}

/* Fill the layer of session `i` from the one before. */
static void
fill_layer(CmChainTable *table, gint i, Layer *layer)
{
	const CmChainRow *row = &table->rows[i];
	const CmChainRow *before = i > 0 ? row - 1 : NULL;
	const gint32 *reached = table->reached[(i + 1) & 1];
	gboolean bridge = before != NULL && row->stands && before->stands;

	for (guint counts = 0; counts < table->chain->states; counts++)
		for (gint d = row->from; d < row->to; d++)
			layer->after[counts * layer->stride + (guint)d] = CM_CHAIN_NEVER;
	for (guint counts = 0; counts < (i > 0 ? table->chain->states : 1u); counts++) {
		Window window = {.days = table->days,
				 .from = reached + counts * layer->stride,
				 .queue = table->queue,
				 .next = before != NULL ? before->from : 0,
				 .end = before != NULL ? before->to : 0,
				 /* the gap of two that both stand is not ours to judge */
				 .min_gap = bridge ? 0 : row->task->min_gap,
				 .max_gap = bridge ? CM_FAR : row->task->max_gap};

		advance(table, i, counts, &window, layer);
	}
}

/* Keep the chains that end with session `i` if one is the best so far. */
static void
note_ending(CmChainTable *table, gint i, const Layer *layer, const Rhythm *rhythm, Ending *best)
{
	const CmChainRow *row = &table->rows[i];
	gint rest = i + 1 < table->count ? row[1].left_out : 0;

	/* without a rhythm of its own a chain's first session makes one */
	if (rhythm->weekday < 0)
		rest -= CM_POINTS_RHYTHM;
	if (i + 1 < table->standing || layer->least + rest >= best->points)
		return;
	best->points = layer->least + rest;
	best->session = i;
	best->rhythm = *rhythm;
	for (guint counts = 0; counts < table->chain->states; counts++) {
		for (gint d = row->from; d < row->to; d++) {
			if (layer->after[counts * layer->stride + (guint)d] != layer->least)
				continue;
			best->counts = counts;
			best->day = d;
		}
	}
}

/* One pass of the table; when it gives a better ending its steps are those to follow. */
static void
run_table(CmChainTable *table, const Rhythm *rhythm, Ending *best)
{
	guint stride = (guint)table->problem->days;
	gint32 before = best->points;
	CmChainStep *steps = table->steps[0];

	for (gint i = 0; i < table->count; i++) {
		Layer layer = {.after = table->reached[i & 1],
			       .steps = steps + (gsize)i * table->chain->states * (gsize)stride,
			       .stride = stride,
			       .limit = MIN(best->points + CM_POINTS_RHYTHM, CM_CHAIN_NEVER - 1),
			       .least = CM_CHAIN_NEVER};

		note_costs(table, i, rhythm);
		fill_layer(table, i, &layer);
		if (layer.least >= CM_CHAIN_NEVER)
			break;
		note_ending(table, i, &layer, rhythm, best);
	}
	if (best->points < before) {
		table->steps[0] = table->steps[1];
		table->steps[1] = steps;
	}
}

static const CmChainStep *
get_step(const CmChainTable *table, gint i, guint counts, gint d)
{
	return &table->steps[1][((gsize)i * table->chain->states + counts) *
				    (gsize)table->problem->days +
				(gsize)d];
}

/* Vote for the rhythms that a session could take near its place, by the points that this would spare. */
static void
vote_around(CmChainTable *table, gint i, gint middle, guint chosen)
{
	const CmProblem *problem = table->problem;
	const CmChainRow *row = &table->rows[i];
	gint cost = cm_chain_table_points(table, table->plain, i, chosen)[middle];
	gint day = table->days[middle];
	gint d = middle;

	while (d > row->from && table->days[d - 1] >= day - VOTE_DAYS)
		d--;
	for (; d < row->to && table->days[d] <= day + VOTE_DAYS; d++) {
		gint16 *votes =
		    table->votes + problem->weekdays[table->days[d]] * (guint)problem->bits;
		const guint16 *starts = cm_chain_table_starts(table, row->kind, d, 0);
		gint spare[CM_CHAIN_MANNERS];

		for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++)
			spare[manner] = cost -
					cm_chain_table_points(table, table->base, i, manner)[d] -
					get_travel(table, row->kind, d, manner);
		if (MAX(spare[CM_CHAIN_IN_PERSON], spare[CM_CHAIN_VIDEO]) <= 0)
			continue;
		for (gint bit = 0; bit < problem->bits; bit++) {
			/* where it can't start the points are more than any spared */
			gint in_person = spare[CM_CHAIN_IN_PERSON] - (starts[bit] >> 2);
			gint video = spare[CM_CHAIN_VIDEO] - (starts[problem->bits + bit] >> 2);

			votes[bit] =
			    (gint16)MIN(votes[bit] + MAX(MAX(in_person, video), 0), VOTES_MAX);
		}
	}
}

static void
vote_standing(CmChainTable *table, const CmSpot *spot)
{
	const CmProblem *problem = table->problem;
	gint bit = cm_problem_bit_up(problem, spot->start);

	if (bit < problem->bits)
		table->votes[problem->weekdays[spot->day] * (guint)problem->bits + (guint)bit] +=
		    CM_POINTS_RHYTHM;
}

static void
vote(CmChainTable *table, const Ending *plain)
{
	gint d = plain->day;
	guint counts = plain->counts;

	memset(table->votes, 0, CM_DAYS_PER_WEEK * (gsize)table->problem->bits * sizeof(gint16));
	for (gint i = plain->session; i >= 0; i--) {
		const CmChainStep *step = get_step(table, i, counts, d);

		if (table->rows[i].stands)
			vote_standing(table, table->rows[i].spot);
		else
			vote_around(table, i, d, step->manner);
		d = step->day;
		counts = step->counts;
	}
}

/* The rhythms with most votes, best first. */
static guint
list_rhythms(CmChainTable *table, const Ending *plain, Rhythm *rhythms, guint most)
{
	gint bits = table->problem->bits;
	guint count = 0;

	if (most == 0 || plain->session < 1)
		return 0;
	vote(table, plain);
	for (gint cell = 0; cell < CM_DAYS_PER_WEEK * bits; cell++) {
		gint votes = table->votes[cell];
		guint place = count;

		if (votes <= CM_POINTS_RHYTHM ||
		    (count == most && votes <= rhythms[most - 1].votes))
			continue;
		for (; place > 0 && rhythms[place - 1].votes < votes; place--)
			if (place < most)
				rhythms[place] = rhythms[place - 1];
		rhythms[place] =
		    (Rhythm){.weekday = cell / bits, .bit = cell % bits, .votes = votes};
		count = MIN(count + 1, most);
	}
	return count;
}

/* The start and the mode that gave a cell its points. */
static CmSpot
choose_spot(const CmChainTable *table, gint i, gint d, guint manner, const Rhythm *rhythm)
{
	const CmProblem *problem = table->problem;
	const CmChainRow *row = &table->rows[i];
	const CmChainOption *option = cm_chain_table_option(table, row->kind, d);
	gint plain = cm_chain_table_points(table, table->plain, i, manner)[d];
	gint base = cm_chain_table_points(table, table->base, i, manner)[d];
	gint bit = option->bit[manner];
	guint mode = option->mode[manner];

	if (plain < base + option->points[manner] + CM_POINTS_RHYTHM) {
		bit = cm_problem_bit_up(problem, row->task->previous_start);
		mode = row->task->previous_mode;
	}
	if (rhythm->weekday == problem->weekdays[table->days[d]] &&
	    get_rhythm_points(table, i, d, manner, rhythm) < plain) {
		bit = rhythm->bit;
		mode = cm_chain_table_starts(table, row->kind, d, manner)[bit] & 3;
	}
	return (CmSpot){.day = (gint16)table->days[d],
			.start = (gint16)(problem->first_minute + bit * problem->grid),
			.mode = (guint8)mode,
			.room = CM_NONE,
			.companion = CM_NONE};
}

static void
follow_steps(CmChainTable *table, const Ending *best)
{
	gint d = best->day;
	guint counts = best->counts;

	for (gint i = best->session; i >= 0; i--) {
		const CmChainStep *step = get_step(table, i, counts, d);

		if (!table->rows[i].stands)
			table->spots[i] = choose_spot(table, i, d, step->manner, &best->rhythm);
		d = step->day;
		counts = step->counts;
	}
}

/* What a session costs at least on a day, its rhythm apart. */
static gint
get_least(const CmChainTable *table, gint i, gint d)
{
	return MIN(cm_chain_table_points(table, table->plain, i, CM_CHAIN_IN_PERSON)[d],
		   cm_chain_table_points(table, table->plain, i, CM_CHAIN_VIDEO)[d]) -
	       CM_POINTS_RHYTHM;
}

/* What the sessions from each on cost at least, each on its cheapest day or all after one left out; what all of them do. */
static gint
note_rests(CmChainTable *table)
{
	table->rests[table->count] = 0;
	for (gint i = table->count - 1; i >= 0; i--) {
		const CmChainRow *row = &table->rows[i];

		table->rests[i] =
		    MIN(MIN(row->least + table->rests[i + 1], row->left_out), CM_CHAIN_NEVER);
	}
	return table->rests[0];
}

/* Take those of each session's first and last days away that are in no chain within the limit, whatever the others' days are. */
static void
narrow(CmChainTable *table, gint limit)
{
	gint rest = limit; /* when the sessions before this one cost the least */

	for (gint i = 0; i < table->count && rest >= 0; i++) {
		CmChainRow *row = &table->rows[i];
		gint most = rest - table->rests[i + 1];

		rest -= row->least;
		if (row->stands)
			continue;
		while (row->from < row->to && get_least(table, i, row->from) > most)
			row->from++;
		while (row->from < row->to && get_least(table, i, row->to - 1) > most)
			row->to--;
	}
}

/* The cheapest day and manner of a session after one on day `after` (an index, -1 for none) with these counts; -1 when there is none. */
static gint
take_cheapest(const CmChainTable *table, gint i, gint after, guint *counts, gint32 *points)
{
	const CmChainRow *row = &table->rows[i];
	gint first = after < 0 ? 0 : table->days[after] + row->task->min_gap;
	gint last = after < 0 ? CM_FAR : table->days[after] + MIN(row->task->max_gap, CM_FAR);
	gint32 best = CM_CHAIN_NEVER;
	gint chosen = -1;
	gint reached = 0;

	for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++) {
		const gint32 *plain = cm_chain_table_points(table, table->plain, i, manner);
		gint next = cm_chain_step(row->task, *counts, manner == CM_CHAIN_IN_PERSON);

		for (gint d = MAX(row->from, after + 1); next >= 0 && d < row->to; d++) {
			if (plain[d] >= best || table->days[d] < first || table->days[d] > last)
				continue;
			best = plain[d];
			chosen = d;
			reached = next;
		}
	}
	if (chosen >= 0) {
		*points += best;
		*counts = (guint)reached;
	}
	return chosen;
}

/* The points of one chain that there is, none of its sessions standing yet: each on the cheapest day after the one before it. */
static gint
find_any(const CmChainTable *table)
{
	gint32 points = 0;
	guint counts = 0;
	gint d = -1;

	for (gint i = 0; i < table->count; i++) {
		d = take_cheapest(table, i, d, &counts, &points);
		if (d < 0)
			return points + table->rows[i].left_out;
	}
	return points;
}

/* The best chain within the limit; FALSE when there is none. */
static gboolean
search(CmChainTable *table, Ending *best)
{
	Rhythm rhythms[CM_CHAIN_RHYTHMS_MAX];
	const Rhythm none = {.weekday = -1};
	gint32 limit = MIN(table->wish->limit, CM_CHAIN_NEVER - 1);
	gint all_left_out = table->count > 0 ? table->rows[0].left_out : 0;
	Ending plain = {.session = -1};
	guint count = 0;
	gint least;

	*best = (Ending){.session = -1, .points = limit + 1};
	if (table->standing == 0 && all_left_out <= limit)
		best->points = all_left_out;
	/* a chain out of rhythm shows where to look, though it be over the limit by its rhythm */
	plain.points = MIN(best->points, CM_CHAIN_NEVER / 2) + CM_POINTS_RHYTHM * table->count;
	least = note_rests(table);
	if (least > best->points)
		return FALSE;
	/* where much is allowed, a chain that there is shows what more is too dear */
	narrow(table, table->standing == 0 && best->points - least > FAR_OVER * table->count
			  ? MIN(best->points, find_any(table))
			  : best->points);
	run_table(table, &none, &plain);
	if (plain.session >= 0) {
		count = list_rhythms(table, &plain, rhythms,
				     MIN(table->wish->rhythms, CM_CHAIN_RHYTHMS_MAX));
		if (plain.points < best->points)
			*best = plain;
	}
	narrow(table, best->points);
	/* the first session's own rhythm was for free */
	for (guint i = 0; i < count; i++)
		if (plain.points + CM_POINTS_RHYTHM - rhythms[i].votes < best->points)
			run_table(table, &rhythms[i], best);
	return best->points <= limit;
}

static gboolean
is_complete(const CmState *state, guint32 followup)
{
	CmRange tasks = state->problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		if (state->spots[s].day < 0)
			return FALSE;
	return TRUE;
}

gint
cm_chain_estimate(CmChainTable *table,
		  const CmState *state,
		  guint32 followup,
		  const CmChainWish *wish)
{
	Ending best;

	cm_chain_table_open(table, state, followup, wish);
	return search(table, &best) ? best.points : CM_CHAIN_NEVER;
}

guint
cm_chain_propose(CmChainTable *table,
		 const CmState *state,
		 guint32 followup,
		 const CmChainWish *wish)
{
	Ending best;

	cm_chain_table_open(table, state, followup, wish);
	if (!search(table, &best) || best.session < 0)
		return 0;
	follow_steps(table, &best);
	return (guint)best.session + 1;
}

static gboolean
place(CmChainTable *table, CmState *state, guint32 session, const CmSpot *spot)
{
	if (table->sheet == NULL)
		return cm_state_place(state, session, spot);
	cm_sheet_place(table->sheet, session, spot);
	return TRUE;
}

gboolean
cm_chain_fill(CmChainTable *table, CmState *state, guint32 followup, const CmChainWish *wish)
{
	const CmChain *chain = &table->problem->chains[followup];
	gboolean placed = TRUE;
	Ending best;

	if (!is_complete(state, followup)) {
		cm_chain_table_open(table, state, followup, wish);
		if (!search(table, &best))
			return FALSE;
		follow_steps(table, &best);
		for (gint i = 0; i <= best.session && placed; i++)
			placed =
			    table->rows[i].stands ||
			    place(table, state, chain->tasks.first + (guint32)i, &table->spots[i]);
	}
	cm_state_recount(state, followup);
	return placed;
}
