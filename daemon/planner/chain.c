// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/chain.h"

#include "daemon/planner/chain-table.h"
#include "daemon/planner/day-rules.h"
#include "daemon/planner/points.h"
#include "daemon/planner/slots.h"

#include <string.h>

#define NEVER (G_MAXINT32 / 4)
#define NO_START G_MAXUINT16

typedef struct {
	gint weekday; /* -1: none */
	gint bit;
	gint votes;
} Rhythm;

typedef struct {
	gint32 points;
	gint session; /* the last one scheduled, -1 when none is */
	guint counts;
	gint day;
	Rhythm rhythm;
} Ending;

/* What one call of cm_chain_fill() works on. */
typedef struct {
	CmChainTable *table;
	const CmState *state;
	const CmChain *chain;
	const CmChainWish *wish;
	gint count;    /* sessions */
	gint standing; /* up to the last that stands already, or must */
} Task;

static guint32
get_session(const Task *task, gint i)
{
	return task->chain->tasks.first + (guint32)i;
}

static const CmTask *
get_task(const Task *task, gint i)
{
	return &task->table->problem->tasks[get_session(task, i)];
}

static const CmSpot *
get_spot(const Task *task, gint i)
{
	return &task->state->spots[get_session(task, i)];
}

static gboolean
stands(const Task *task, gint i)
{
	return get_spot(task, i)->day >= 0;
}

static guint
get_kind(const Task *task, gint i)
{
	return get_task(task, i)->kind - task->chain->kinds.first;
}

static CmChainOption *
get_option(const Task *task, guint kind, gint day)
{
	return &task->table->options[kind * (guint)task->table->problem->days + (guint)day];
}

static guint16 *
get_starts(const Task *task, guint kind, gint day, guint manner)
{
	const CmProblem *problem = task->table->problem;

	return &task->table->starts[((kind * (guint)problem->days + (guint)day) * CM_CHAIN_MANNERS +
				     manner) *
				    (guint)problem->bits];
}

static gint32 *
get_plain(const Task *task, gint i, guint manner)
{
	return &task->table->plain[((guint)i * CM_CHAIN_MANNERS + manner) *
				   (guint)task->table->problem->days];
}

/* Note the points of each start of a day in one mode, and the cheapest of its manner. */
static void
note_starts(const Task *task,
	    guint kind_index,
	    gint day,
	    CmMode mode,
	    const guint64 *bits,
	    gboolean late)
{
	const CmProblem *problem = task->table->problem;
	const CmKind *kind = cm_problem_kind(problem, task->chain->kinds.first + kind_index);
	guint manner = mode == CM_MODE_IN_PERSON ? CM_CHAIN_IN_PERSON : CM_CHAIN_VIDEO;
	gint index = task->table->day_count;
	guint16 *starts = get_starts(task, kind_index, index, manner);
	CmChainOption *option = get_option(task, kind_index, index);
	gint date = day;
	gint cycle_day = cm_problem_date(problem, task->chain->site, date)->cycle_day;

	for (guint w = 0; w < problem->words; w++) {
		for (guint64 left = bits[w]; left != 0; left &= left - 1) {
			guint bit = w * 64 + (guint)__builtin_ctzll(left);
			gint points =
			    cm_points_get_start(problem, kind, date, cycle_day, mode, bit);
			guint16 value = (guint16)(MIN(points, 16000) << 2 | (gint)mode);

			starts[bit] = MIN(starts[bit], value);
			if (points < option->points[manner] ||
			    (late && points == option->points[manner])) {
				option->points[manner] = points;
				option->bit[manner] = (gint16)bit;
				option->bit_mode[manner] = (guint8)mode;
			}
		}
	}
}

static gint
get_added_travel(const Task *task, gint day)
{
	const CmChain *chain = task->chain;
	const CmWorker *worker = &task->table->problem->workers[chain->professional];
	const CmDayLoad *load = cm_state_load(task->state, chain->professional, day);
	guint64 sites = load->sites | (guint64)1 << chain->site_bit;

	if (sites == load->sites ||
	    (task->wish->free_day == day && task->wish->site == chain->site))
		return 0;
	return cm_day_rules_get_round(worker, sites) - load->travel;
}

/* What a kind can do on a day; FALSE when nothing. */
static gboolean
note_option(const Task *task, guint kind, gint day)
{
	const CmProblem *problem = task->table->problem;
	CmChainOption *option = get_option(task, kind, task->table->day_count);
	guint64 bits[CM_DAY_BITS_WORDS_MAX];
	gboolean any = FALSE;
	gboolean late = task->wish->stream != NULL && (cm_stream_next(task->wish->stream) & 1) != 0;

	option->points[CM_CHAIN_IN_PERSON] = NEVER;
	option->points[CM_CHAIN_VIDEO] = NEVER;
	option->travel = 0;
	memset(get_starts(task, kind, task->table->day_count, 0), 0xff,
	       CM_CHAIN_MANNERS * (gsize)problem->bits * sizeof(guint16));
	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		if (mode == CM_MODE_IN_PERSON && day == task->wish->shut_day &&
		    task->wish->site == task->chain->site)
			continue;
		if (!cm_slots_fill(task->state, task->chain->kinds.first + kind, day, (CmMode)mode,
				   CM_OBSTACLES_ALL, bits))
			continue;
		note_starts(task, kind, day, (CmMode)mode, bits, late);
		any = TRUE;
	}
	if (option->points[CM_CHAIN_IN_PERSON] < NEVER) {
		option->travel = get_added_travel(task, day);
		option->points[CM_CHAIN_IN_PERSON] += option->travel;
	}
	return any;
}

static gboolean
stands_on(const Task *task, gint day)
{
	for (gint i = 0; i < task->count; i++)
		if (get_spot(task, i)->day == day)
			return TRUE;
	return FALSE;
}

static void
note_days(const Task *task)
{
	CmChainTable *table = task->table;
	const CmProblem *problem = table->problem;
	const CmChain *chain = task->chain;
	gint first = chain->first_day;

	for (gint i = 0; i < task->count; i++)
		if (stands(task, i))
			first = MIN(first, get_spot(task, i)->day);
	table->day_count = 0;
	for (gint day = first; day < problem->days; day++) {
		gboolean any = FALSE;

		if (stands_on(task, day)) {
			/* a session a day of one follow-up */
			for (guint kind = 0; kind < chain->kinds.count; kind++) {
				CmChainOption *option = get_option(task, kind, table->day_count);

				option->points[CM_CHAIN_IN_PERSON] = NEVER;
				option->points[CM_CHAIN_VIDEO] = NEVER;
				memset(get_starts(task, kind, table->day_count, 0), 0xff,
				       CM_CHAIN_MANNERS * (gsize)problem->bits * sizeof(guint16));
			}
			any = TRUE;
		} else if (day >= chain->first_day &&
			   cm_problem_date(problem, chain->site, day)->kind != CM_DAY_KIND_CLOSED) {
			for (guint kind = 0; kind < chain->kinds.count; kind++)
				any = note_option(task, kind, day) || any;
		}
		if (any)
			table->days[table->day_count++] = day;
	}
}

/* The points of a session on a day, apart from its start's, travel and rhythm. */
static gint
get_base_points(const Task *task, gint i, gint day, guint manner)
{
	const CmTask *session = get_task(task, i);
	gint points = cm_points_get_lateness(task->table->problem, get_session(task, i),
					     task->chain->priority, day);

	if (cm_points_misses_wish(session, manner == CM_CHAIN_IN_PERSON))
		points += CM_POINTS_MODALITY;
	if (session->previous_day != G_MININT32)
		points += CM_POINTS_MOVED;
	return points;
}

/* The value of `starts` at the place of the previous plan, or NO_START. */
static guint16
get_previous_start(const Task *task, gint i, gint index, guint manner)
{
	const CmProblem *problem = task->table->problem;
	const CmTask *session = get_task(task, i);
	gint bit;
	guint16 value;

	if (session->previous_day != task->table->days[index] ||
	    (session->previous_mode == CM_MODE_IN_PERSON) != (manner == CM_CHAIN_IN_PERSON))
		return NO_START;
	bit = cm_problem_bit_up(problem, session->previous_start);
	if (bit >= problem->bits ||
	    problem->first_minute + bit * problem->grid != session->previous_start)
		return NO_START;
	value = get_starts(task, get_kind(task, i), index, manner)[bit];
	return (value & 3) == session->previous_mode ? value : NO_START;
}

static void
note_plain(const Task *task)
{
	const CmChainTable *table = task->table;

	for (gint i = 0; i < task->count; i++) {
		guint kind = get_kind(task, i);

		for (guint manner = 0; !stands(task, i) && manner < CM_CHAIN_MANNERS; manner++) {
			gint32 *plain = get_plain(task, i, manner);

			for (gint d = 0; d < table->day_count; d++) {
				const CmChainOption *option = get_option(task, kind, d);
				guint16 previous = get_previous_start(task, i, d, manner);
				gint base;

				plain[d] = NEVER;
				if (option->points[manner] >= NEVER ||
				    (manner == CM_CHAIN_VIDEO && get_task(task, i)->in_person))
					continue;
				base = get_base_points(task, i, table->days[d], manner) +
				       CM_POINTS_RHYTHM;
				plain[d] = base + option->points[manner];
				if (previous != NO_START)
					plain[d] =
					    MIN(plain[d],
						base + (previous >> 2) - CM_POINTS_MOVED +
						    (manner == CM_CHAIN_IN_PERSON ? option->travel
										  : 0));
			}
		}
	}
}

/* The points of each kind at the rhythm's start, on the days of its weekday. */
static void
note_rhythm(const Task *task, const Rhythm *rhythm)
{
	CmChainTable *table = task->table;
	const CmProblem *problem = table->problem;

	for (guint kind = 0; kind < task->chain->kinds.count; kind++) {
		for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++) {
			gint32 *points = &table->by_rhythm[(kind * CM_CHAIN_MANNERS + manner) *
							   (guint)problem->days];

			for (gint d = 0; d < table->day_count; d++) {
				guint16 value;

				points[d] = NEVER;
				if (problem->weekdays[table->days[d]] != rhythm->weekday)
					continue;
				value = get_starts(task, kind, d, manner)[rhythm->bit];
				if (value != NO_START)
					points[d] =
					    (value >> 2) + (manner == CM_CHAIN_IN_PERSON
								? get_option(task, kind, d)->travel
								: 0);
			}
		}
	}
}

static gint
get_rhythm_points(const Task *task, gint i, gint index, guint manner, const Rhythm *rhythm)
{
	const CmProblem *problem = task->table->problem;
	gint points =
	    task->table
		->by_rhythm[(get_kind(task, i) * CM_CHAIN_MANNERS + manner) * (guint)problem->days +
			    (guint)index];

	if (points >= NEVER || (manner == CM_CHAIN_VIDEO && get_task(task, i)->in_person))
		return NEVER;
	points += get_base_points(task, i, task->table->days[index], manner);
	if (get_task(task, i)->previous_day == task->table->days[index]) {
		guint16 previous = get_previous_start(task, i, index, manner);
		gint bit = cm_problem_bit_up(problem, get_task(task, i)->previous_start);

		if (previous != NO_START && bit == rhythm->bit)
			points -= CM_POINTS_MOVED;
	}
	return points;
}

/* For every count and day, the cheapest cell of the session before that is within the gap, by a queue of rising minima. */
static void
slide_window(const Task *task, gint i, const gint32 *before)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;
	const CmTask *session = get_task(task, i);

	for (guint counts = 0; counts < task->chain->states; counts++) {
		const gint32 *from = before + counts * stride;
		gint32 *window = table->window + counts * stride;
		gint16 *window_from = table->window_from + counts * stride;
		gint head = 0;
		gint tail = 0;
		gint next = 0;

		for (gint d = 0; d < table->day_count; d++) {
			gint last = table->days[d] - session->min_gap;
			gint first = table->days[d] - session->max_gap;

			for (; next < d && table->days[next] <= last; next++) {
				if (from[next] >= NEVER)
					continue;
				while (tail > head && from[table->queue[tail - 1]] >= from[next])
					tail--;
				table->queue[tail++] = (gint16)next;
			}
			while (head < tail && table->days[table->queue[head]] < first)
				head++;
			window[d] = head < tail ? from[table->queue[head]] : NEVER;
			window_from[d] = head < tail ? table->queue[head] : -1;
		}
	}
}

/* Two sessions that both stand: their gap is not ours to judge. */
static void
bridge_window(const Task *task, gint i, const gint32 *before)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;

	for (guint counts = 0; counts < task->chain->states; counts++) {
		for (gint d = 0; d < table->day_count; d++) {
			gint from = -1;

			for (gint e = 0; e <= d; e++)
				if (table->days[e] == get_spot(task, i - 1)->day)
					from = e;
			table->window[counts * stride + (guint)d] =
			    from >= 0 ? before[counts * stride + (guint)from] : NEVER;
			table->window_from[counts * stride + (guint)d] = (gint16)from;
		}
	}
}

static void
open_window(const Task *task)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;

	for (guint counts = 0; counts < task->chain->states; counts++) {
		for (gint d = 0; d < table->day_count; d++) {
			table->window[counts * stride + (guint)d] = counts == 0 ? 0 : NEVER;
			table->window_from[counts * stride + (guint)d] = -1;
		}
	}
}

/* The counts after a session held in a manner; -1 when there would be too many by video. */
static gint
step_counts(const CmTask *session, guint counts, guint manner)
{
	guint digit;

	if (session->every == 0)
		return (gint)counts;
	digit = counts / session->radix % session->every;
	if (manner == CM_CHAIN_IN_PERSON)
		return (gint)(counts - digit * session->radix);
	return digit + 1u < session->every ? (gint)(counts + session->radix) : -1;
}

/* Spread one day's points of a session over the counts. */
static void
reach(const Task *task,
      gint i,
      gint d,
      guint manner,
      gint points,
      gint32 *after,
      CmChainStep *steps,
      gint limit)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;

	for (guint counts = 0; counts < task->chain->states; counts++) {
		gint32 total = table->window[counts * stride + (guint)d];
		gint next;

		if (total >= NEVER || total + points > limit)
			continue;
		total += points;
		next = step_counts(get_task(task, i), counts, manner);
		if (next < 0 || total >= after[(guint)next * stride + (guint)d])
			continue;
		after[(guint)next * stride + (guint)d] = total;
		steps[(guint)next * stride + (guint)d] =
		    (CmChainStep){.day = table->window_from[counts * stride + (guint)d],
				  .counts = (guint8)counts,
				  .manner = (guint8)manner};
	}
}

static gint
get_points_on(const Task *task, gint i, gint d, guint manner, const Rhythm *rhythm)
{
	const CmProblem *problem = task->table->problem;
	gint points;

	if (stands(task, i)) {
		const CmSpot *spot = get_spot(task, i);
		gboolean in_person = spot->mode == CM_MODE_IN_PERSON;
		gboolean kept = rhythm->weekday == problem->weekdays[spot->day] &&
				rhythm->bit == cm_problem_bit_up(problem, spot->start);

		if (spot->day != task->table->days[d] ||
		    in_person != (manner == CM_CHAIN_IN_PERSON))
			return NEVER;
		return kept ? 0 : CM_POINTS_RHYTHM;
	}
	points = get_plain(task, i, manner)[d];
	if (rhythm->weekday == problem->weekdays[task->table->days[d]])
		points = MIN(points, get_rhythm_points(task, i, d, manner, rhythm));
	return points;
}

/* What it costs to leave out the sessions from `i` on. */
static gint
get_left_out(const Task *task, gint i)
{
	gint points = 0;

	for (; i < task->count; i++) {
		points += CM_POINTS_UNSCHEDULED * task->chain->priority;
		if (get_task(task, i)->previous_day != G_MININT32)
			points += CM_POINTS_MOVED;
	}
	return points;
}

/* Keep the chains that end with session `i` if one is the best so far. */
static void
note_ending(const Task *task, gint i, const gint32 *after, const Rhythm *rhythm, Ending *best)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;
	gint left_out = get_left_out(task, i + 1);

	if (i + 1 < task->standing)
		return;
	/* without a rhythm of its own a chain's first session makes one */
	if (rhythm->weekday < 0)
		left_out -= CM_POINTS_RHYTHM;
	for (guint counts = 0; counts < task->chain->states; counts++) {
		for (gint d = 0; d < table->day_count; d++) {
			gint32 points = after[counts * stride + (guint)d];

			if (points < NEVER && points + left_out < best->points)
				*best = (Ending){.points = points + left_out,
						 .session = i,
						 .counts = counts,
						 .day = d,
						 .rhythm = *rhythm};
		}
	}
}

/* One pass of the table; better endings go to `best`, and then the steps of this run are those to follow. */
static void
run_table(const Task *task, const Rhythm *rhythm, Ending *best)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;
	gsize layer = task->chain->states * (gsize)stride;
	gint32 before_best = best->points;

	if (rhythm->weekday >= 0)
		note_rhythm(task, rhythm);
	for (gint i = 0; i < task->count; i++) {
		gint32 *after = table->reached[i & 1];
		gint limit = best->points + CM_POINTS_RHYTHM;

		if (i == 0)
			open_window(task);
		else if (stands(task, i) && stands(task, i - 1))
			bridge_window(task, i, table->reached[(i - 1) & 1]);
		else
			slide_window(task, i, table->reached[(i - 1) & 1]);
		for (gsize cell = 0; cell < layer; cell++)
			after[cell] = NEVER;
		for (gint d = 0; d < table->day_count; d++) {
			for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++) {
				gint points = get_points_on(task, i, d, manner, rhythm);

				if (points < NEVER)
					reach(task, i, d, manner, points, after,
					      table->steps[0] + (gsize)i * layer, limit);
			}
		}
		note_ending(task, i, after, rhythm, best);
	}
	if (best->points < before_best) {
		CmChainStep *steps = table->steps[0];

		table->steps[0] = table->steps[1];
		table->steps[1] = steps;
	}
}

/* Vote for the rhythms that the days around a chain's sessions could take for little. */
static void
vote_around(const Task *task, gint i, gint day)
{
	CmChainTable *table = task->table;
	const CmProblem *problem = table->problem;
	guint kind = get_kind(task, i);

	for (gint d = 0; d < table->day_count; d++) {
		gint16 *votes =
		    table->votes + problem->weekdays[table->days[d]] * (guint)problem->bits;

		if (ABS(table->days[d] - day) > 3)
			continue;
		for (guint manner = 0; manner < CM_CHAIN_MANNERS; manner++) {
			const guint16 *starts = get_starts(task, kind, d, manner);
			const CmChainOption *option = get_option(task, kind, d);
			gint least = option->points[manner] -
				     (manner == CM_CHAIN_IN_PERSON ? option->travel : 0);

			if (option->points[manner] >= NEVER)
				continue;
			for (gint bit = 0; bit < problem->bits; bit++) {
				gint dearer = starts[bit] == NO_START ? CM_POINTS_RHYTHM
								      : (starts[bit] >> 2) - least;

				if (dearer < CM_POINTS_RHYTHM)
					votes[bit] =
					    (gint16)(votes[bit] + CM_POINTS_RHYTHM - dearer);
			}
		}
	}
}

static void
vote_standing(const Task *task, gint i)
{
	const CmProblem *problem = task->table->problem;
	const CmSpot *spot = get_spot(task, i);
	gint bit = cm_problem_bit_up(problem, spot->start);

	if (bit < problem->bits)
		task->table
		    ->votes[problem->weekdays[spot->day] * (guint)problem->bits + (guint)bit] +=
		    2 * CM_POINTS_RHYTHM;
}

/* The rhythms with most votes, best first. */
static guint
list_rhythms(const Task *task, const Ending *plain, Rhythm *rhythms, guint most)
{
	CmChainTable *table = task->table;
	const CmProblem *problem = table->problem;
	guint count = 0;
	gint d = plain->day;
	guint counts = plain->counts;
	gsize layer = task->chain->states * (gsize)problem->days;

	memset(table->votes, 0, CM_DAYS_PER_WEEK * (gsize)problem->bits * sizeof(gint16));
	for (gint i = plain->session; i >= 0; i--) {
		CmChainStep step =
		    table->steps[1][(gsize)i * layer + counts * (guint)problem->days + (guint)d];

		if (stands(task, i))
			vote_standing(task, i);
		else
			vote_around(task, i, table->days[d]);
		d = step.day;
		counts = step.counts;
	}
	for (gint cell = 0; cell < CM_DAYS_PER_WEEK * problem->bits; cell++) {
		guint place = count;

		if (table->votes[cell] <= CM_POINTS_RHYTHM)
			continue;
		while (place > 0 && rhythms[place - 1].votes < table->votes[cell]) {
			if (place < most)
				rhythms[place] = rhythms[place - 1];
			place--;
		}
		if (place < most)
			rhythms[place] = (Rhythm){.weekday = cell / problem->bits,
						  .bit = cell % problem->bits,
						  .votes = table->votes[cell]};
		count = MIN(count + 1, most);
	}
	return count;
}

/* The start and the mode that gave a cell its points. */
static CmSpot
choose_spot(const Task *task, gint i, gint d, guint manner, const Rhythm *rhythm)
{
	const CmProblem *problem = task->table->problem;
	const CmChainOption *option = get_option(task, get_kind(task, i), d);
	const CmTask *session = get_task(task, i);
	guint16 previous = get_previous_start(task, i, d, manner);
	gint day = task->table->days[d];
	gint bit = option->bit[manner];
	guint8 mode = option->bit_mode[manner];
	gint points =
	    get_base_points(task, i, day, manner) + CM_POINTS_RHYTHM + option->points[manner];

	if (previous != NO_START && get_plain(task, i, manner)[d] < points) {
		points = get_plain(task, i, manner)[d];
		bit = cm_problem_bit_up(problem, session->previous_start);
		mode = session->previous_mode;
	}
	if (rhythm->weekday == problem->weekdays[day] &&
	    get_rhythm_points(task, i, d, manner, rhythm) < points) {
		bit = rhythm->bit;
		mode = get_starts(task, get_kind(task, i), d, manner)[bit] & 3;
	}
	return (CmSpot){.day = (gint16)day,
			.start = (gint16)(problem->first_minute + bit * problem->grid),
			.mode = mode,
			.room = CM_NONE,
			.companion = CM_NONE};
}

static void
follow_steps(const Task *task, const Ending *best)
{
	CmChainTable *table = task->table;
	guint stride = (guint)table->problem->days;
	gsize layer = task->chain->states * (gsize)stride;
	gint d = best->day;
	guint counts = best->counts;

	if (best->rhythm.weekday >= 0)
		note_rhythm(task, &best->rhythm);
	for (gint i = best->session; i >= 0; i--) {
		CmChainStep step =
		    table->steps[1][(gsize)i * layer + counts * (gsize)stride + (gsize)d];

		if (!stands(task, i))
			table->spots[i] = choose_spot(task, i, d, step.manner, &best->rhythm);
		d = step.day;
		counts = step.counts;
	}
}

static void
search(const Task *task, Ending *best)
{
	Rhythm rhythms[CM_CHAIN_RHYTHMS_MAX];
	const Rhythm none = {.weekday = -1};
	guint count;

	run_table(task, &none, best);
	if (best->session < 1 || task->wish->rhythms == 0)
		return;
	count = list_rhythms(task, best, rhythms, MIN(task->wish->rhythms, CM_CHAIN_RHYTHMS_MAX));
	for (guint i = 0; i < count; i++)
		run_table(task, &rhythms[i], best);
}

gboolean
cm_chain_fill(CmChainTable *table, CmState *state, guint32 followup, const CmChainWish *wish)
{
	const CmChain *chain = &table->problem->chains[followup];
	Task task = {.table = table,
		     .state = state,
		     .chain = chain,
		     .wish = wish,
		     .count = (gint)chain->tasks.count,
		     .standing = (gint)chain->mandatory};
	Ending best = {.session = -1};
	gboolean complete = TRUE;
	gboolean placed = TRUE;

	for (gint i = 0; i < task.count; i++) {
		complete = complete && stands(&task, i);
		if (stands(&task, i))
			task.standing = MAX(task.standing, i + 1);
	}
	if (!complete) {
		best.points = task.standing > 0 ? NEVER - 1 : get_left_out(&task, 0);
		note_days(&task);
		note_plain(&task);
		search(&task, &best);
		if (best.session + 1 < task.standing)
			return FALSE;
		follow_steps(&task, &best);
	}
	for (gint i = 0; i <= best.session && placed; i++)
		placed = stands(&task, i) ||
			 cm_state_place(state, get_session(&task, i), &table->spots[i]);
	cm_state_recount(state, followup);
	return placed;
}
