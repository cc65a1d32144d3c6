// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/chain-table.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/points.h"

#include <string.h>

#define START_POINTS_MAX 16000

CmChainTable *
cm_chain_table_new(const CmProblem *problem)
{
	CmChainTable *table = g_new0(CmChainTable, 1);
	gsize days = (gsize)problem->days;
	gsize bits = (gsize)problem->bits;
	gsize kinds = 1;
	gsize tasks = 1;
	gsize cells = 1;
	gsize states = 1;

	for (guint i = 0; i < problem->caseload->followups->len; i++) {
		const CmChain *chain = &problem->chains[i];

		kinds = MAX(kinds, chain->kinds.count);
		tasks = MAX(tasks, chain->tasks.count);
		states = MAX(states, chain->states);
		cells = MAX(cells, chain->tasks.count * (gsize)chain->states);
	}
	table->problem = problem;
	table->rows = g_new0(CmChainRow, tasks);
	table->rests = g_new0(gint, tasks + 1);
	table->days = g_new0(gint, days + 1);
	table->kind_days = g_new0(gint, kinds * 2);
	table->options = g_new0(CmChainOption, kinds * days);
	table->starts = g_new0(guint16, kinds * days * CM_CHAIN_MANNERS * bits);
	table->base = g_new0(gint32, tasks * CM_CHAIN_MANNERS * days);
	table->plain = g_new0(gint32, tasks * CM_CHAIN_MANNERS * days);
	table->queue = g_new0(gint16, days + 1);
	table->votes = g_new0(gint16, CM_DAYS_PER_WEEK * bits);
	table->spots = g_new0(CmSpot, tasks);
	for (guint i = 0; i < 2; i++) {
		table->costs[i] = g_new0(gint32, days);
		table->reached[i] = g_new0(gint32, states * days);
		table->steps[i] = g_new0(CmChainStep, cells * days);
	}
	return table;
}

void
cm_chain_table_free(CmChainTable *table)
{
	g_free(table->rows);
	g_free(table->rests);
	g_free(table->days);
	g_free(table->kind_days);
	g_free(table->options);
	g_free(table->starts);
	g_free(table->base);
	g_free(table->plain);
	g_free(table->queue);
	g_free(table->votes);
	g_free(table->spots);
	for (guint i = 0; i < 2; i++) {
		g_free(table->costs[i]);
		g_free(table->reached[i]);
		g_free(table->steps[i]);
	}
	g_free(table);
}

/* What one session can't cost less than, as far as is known: the rhythm and travel not counted. */
static gint
get_least(const CmChainTable *table, const CmChainRow *row)
{
	if (row->stands)
		return row->points;
	if (table->sheet == NULL || table->wish->obstacles != CM_OBSTACLES_ALL)
		return 0;
	return cm_sheet_get_least(table->sheet,
				  table->chain->tasks.first + (guint32)(row - table->rows));
}

/* The days that gaps, the sessions that stand and the limit leave to each session. A day's lateness may take what the limit leaves when
 * the other sessions cost the least that they can. */
static void
note_windows(CmChainTable *table)
{
	const CmProblem *problem = table->problem;
	/* a chain out of rhythm, just over the limit, still shows where to look */
	gint spare = MIN(table->wish->limit, CM_CHAIN_NEVER / 2) + CM_POINTS_RHYTHM;

	for (gint i = 0; i < table->count; i++)
		spare -= get_least(table, &table->rows[i]);
	for (gint i = 0; i < table->count; i++) {
		CmChainRow *row = &table->rows[i];
		const CmChainRow *before = i > 0 ? row - 1 : NULL;
		gint limit = spare + get_least(table, row);

		row->first_day = MAX(table->chain->first_day, row->task->target - limit);
		row->last_day =
		    limit < 0
			? -1
			: MIN(problem->days - 1,
			      row->task->target + limit / (4 * MAX(table->chain->priority, 1)));
		if (row->stands) {
			row->first_day = row->last_day = row->spot->day;
		} else if (before != NULL && before->last_day < before->first_day) {
			row->last_day = -1;
		} else if (before != NULL) {
			row->first_day =
			    MAX(row->first_day, before->first_day + row->task->min_gap);
			row->last_day =
			    MIN(row->last_day, before->last_day + MIN(row->task->max_gap, CM_FAR));
		}
	}
	for (gint i = table->standing - 2; i >= 0; i--) {
		CmChainRow *row = &table->rows[i];

		if (!row->stands)
			row->last_day = MIN(row->last_day, row[1].last_day - row[1].task->min_gap);
	}
}

/* Note the points of each start of a day in one mode, and the cheapest of its manner; of equal ones the first or the last. */
static void
note_starts(CmChainTable *table,
	    guint kind_index,
	    gint day,
	    CmMode mode,
	    const guint64 *bits,
	    gboolean last)
{
	const CmProblem *problem = table->problem;
	const CmKind *kind = cm_problem_kind(problem, table->chain->kinds.first + kind_index);
	guint manner = mode == CM_MODE_IN_PERSON ? CM_CHAIN_IN_PERSON : CM_CHAIN_VIDEO;
	guint16 *starts = cm_chain_table_starts(table, kind_index, table->day_count, manner);
	CmChainOption *option = cm_chain_table_option(table, kind_index, table->day_count);
	gint cycle_day = cm_problem_date(problem, table->chain->site, day)->cycle_day;
	gint room = cm_crowd_get_cost(&table->wish->rooms, mode, kind->minutes);
	guint16 holes[CM_DAY_BITS_WORDS_MAX * 64];

	if (room > 0)
		cm_slots_note_holes(table->state, table->chain->kinds.first + kind_index, day, mode,
				    bits, holes);
	for (guint w = 0; w < problem->words; w++) {
		for (guint64 left = bits[w]; left != 0; left &= left - 1) {
			guint bit = w * 64 + (guint)__builtin_ctzll(left);
			gint points =
			    cm_points_get_start(problem, kind, day, cycle_day, mode, bit) +
			    (room > 0 ? room + room * holes[bit] / kind->cells : 0);
			guint16 value = (guint16)(MIN(points, START_POINTS_MAX) << 2 | (gint)mode);

			starts[bit] = MIN(starts[bit], value);
			if (points - last < option->points[manner]) {
				option->points[manner] = points;
				option->bit[manner] = (gint16)bit;
				option->mode[manner] = (guint8)mode;
			}
		}
	}
}

static gint
get_added_travel(const CmChainTable *table, gint day)
{
	const CmChain *chain = table->chain;
	const CmWorker *worker = &table->problem->workers[chain->professional];
	const CmDayLoad *load = cm_state_load(table->state, chain->professional, day);
	guint64 sites = load->sites | (guint64)1 << chain->site_bit;

	if (sites == load->sites || (table->wish->obstacles & CM_OBSTACLE_DAY) == 0 ||
	    (table->wish->free_day == day && table->wish->site == chain->site))
		return 0;
	return cm_day_rules_get_round(worker, sites) - load->travel;
}

static void
forbid(CmChainTable *table, guint kind)
{
	CmChainOption *option = cm_chain_table_option(table, kind, table->day_count);

	option->points[CM_CHAIN_IN_PERSON] = CM_CHAIN_NEVER;
	option->points[CM_CHAIN_VIDEO] = CM_CHAIN_NEVER;
	option->travel = 0;
	memset(cm_chain_table_starts(table, kind, table->day_count, 0), 0xff,
	       CM_CHAIN_MANNERS * (gsize)table->problem->bits * sizeof(guint16));
}

static gboolean
fill(const CmChainTable *table, guint32 kind, gint day, CmMode mode, guint64 *out_starts)
{
	if (table->sheet != NULL && table->wish->obstacles == CM_OBSTACLES_ALL)
		return cm_sheet_fill(table->sheet, kind, day, mode, out_starts);
	return cm_slots_fill(table->state, kind, day, mode, table->wish->obstacles, out_starts);
}

/* What a kind can do on a day; FALSE when nothing. */
static gboolean
note_option(CmChainTable *table, guint kind, gint day)
{
	const CmChainWish *wish = table->wish;
	CmChainOption *option = cm_chain_table_option(table, kind, table->day_count);
	guint64 bits[CM_DAY_BITS_WORDS_MAX];
	gboolean any = FALSE;
	gboolean last = wish->stream != NULL && (cm_stream_next(wish->stream) & 1) != 0;

	for (guint mode = 0; mode < CM_MODE_LAST; mode++) {
		if (mode == CM_MODE_IN_PERSON && day == wish->shut_day &&
		    wish->site == table->chain->site)
			continue;
		if (!fill(table, table->chain->kinds.first + kind, day, (CmMode)mode, bits))
			continue;
		note_starts(table, kind, day, (CmMode)mode, bits, last);
		any = TRUE;
	}
	if (option->points[CM_CHAIN_IN_PERSON] < CM_CHAIN_NEVER) {
		option->travel = get_added_travel(table, day);
		option->points[CM_CHAIN_IN_PERSON] += option->travel;
	}
	return any;
}

static gboolean
is_stood_on(const CmChainTable *table, gint day)
{
	for (gint i = 0; i < table->count; i++)
		if (table->rows[i].stands && table->rows[i].spot->day == day)
			return TRUE;
	return FALSE;
}

static gboolean
note_day(CmChainTable *table, gint day)
{
	guint kinds = table->chain->kinds.count;
	gboolean any = is_stood_on(table, day);
	gboolean open =
	    !any && day >= table->chain->first_day &&
	    cm_problem_date(table->problem, table->chain->site, day)->kind != CM_DAY_KIND_CLOSED;

	for (guint kind = 0; kind < kinds; kind++) {
		const gint *days = &table->kind_days[kind * 2];

		forbid(table, kind);
		/* one session a day of a follow-up */
		if (open && days[0] <= day && day <= days[1])
			any = note_option(table, kind, day) || any;
	}
	return any;
}

static void
note_days(CmChainTable *table)
{
	gint first = table->problem->days;
	gint last = -1;

	for (guint kind = 0; kind < table->chain->kinds.count; kind++) {
		table->kind_days[kind * 2] = table->problem->days;
		table->kind_days[kind * 2 + 1] = -1;
	}
	for (gint i = 0; i < table->count; i++) {
		const CmChainRow *row = &table->rows[i];
		gint *days = &table->kind_days[row->kind * 2];

		if (row->last_day < row->first_day)
			continue;
		first = MIN(first, row->first_day);
		last = MAX(last, row->last_day);
		if (row->stands)
			continue;
		days[0] = MIN(days[0], row->first_day);
		days[1] = MAX(days[1], row->last_day);
	}
	table->day_count = 0;
	for (gint day = first; day <= last; day++)
		if (note_day(table, day))
			table->days[table->day_count++] = day;
}

static void
note_indices(CmChainTable *table)
{
	for (gint i = 0; i < table->count; i++) {
		CmChainRow *row = &table->rows[i];

		row->from = 0;
		while (row->from < table->day_count && table->days[row->from] < row->first_day)
			row->from++;
		row->to = row->from;
		while (row->to < table->day_count && table->days[row->to] <= row->last_day)
			row->to++;
	}
}

guint16
cm_chain_table_get_previous(const CmChainTable *table,
			    const CmChainRow *row,
			    gint day_index,
			    guint manner)
{
	const CmProblem *problem = table->problem;
	const CmTask *task = row->task;
	guint16 value;
	gint bit;

	if (task->previous_day != table->days[day_index] ||
	    (task->previous_mode == CM_MODE_IN_PERSON) != (manner == CM_CHAIN_IN_PERSON))
		return CM_CHAIN_NO_START;
	bit = cm_problem_bit_up(problem, task->previous_start);
	if (bit >= problem->bits ||
	    problem->first_minute + bit * problem->grid != task->previous_start)
		return CM_CHAIN_NO_START;
	value = cm_chain_table_starts(table, row->kind, day_index, manner)[bit];
	return (value & 3) == task->previous_mode ? value : CM_CHAIN_NO_START;
}

static void
note_points(CmChainTable *table, gint i, guint manner)
{
	CmChainRow *row = &table->rows[i];
	gint32 *base = cm_chain_table_points(table, table->base, i, manner);
	gint32 *plain = cm_chain_table_points(table, table->plain, i, manner);
	guint32 session = table->chain->tasks.first + (guint32)i;
	gboolean allowed = !row->task->in_person || manner == CM_CHAIN_IN_PERSON;
	gint constant = 0;

	if (cm_points_misses_wish(row->task, manner == CM_CHAIN_IN_PERSON))
		constant += CM_POINTS_MODALITY;
	if (row->task->previous_day != G_MININT32)
		constant += CM_POINTS_MOVED;
	for (gint d = row->from; d < row->to; d++) {
		const CmChainOption *option = cm_chain_table_option(table, row->kind, d);
		guint16 previous;

		base[d] = CM_CHAIN_NEVER;
		plain[d] = CM_CHAIN_NEVER;
		if (option->points[manner] >= CM_CHAIN_NEVER || !allowed)
			continue;
		base[d] = constant + cm_points_get_lateness(table->problem, session,
							    table->chain->priority, table->days[d]);
		plain[d] = base[d] + option->points[manner] + CM_POINTS_RHYTHM;
		previous = cm_chain_table_get_previous(table, row, d, manner);
		if (previous != CM_CHAIN_NO_START)
			plain[d] =
			    MIN(plain[d], base[d] + (previous >> 2) + CM_POINTS_RHYTHM -
					      CM_POINTS_MOVED +
					      (manner == CM_CHAIN_IN_PERSON ? option->travel : 0));
		row->least = MIN(row->least, plain[d] - CM_POINTS_RHYTHM);
	}
}

static void
note_rows(CmChainTable *table)
{
	gint left_out = 0;

	table->standing = (gint)table->chain->mandatory;
	for (gint i = table->count - 1; i >= 0; i--) {
		CmChainRow *row = &table->rows[i];
		guint32 session = table->chain->tasks.first + (guint32)i;

		row->task = &table->problem->tasks[session];
		row->spot = &table->state->spots[session];
		row->stands = row->spot->day >= 0;
		row->kind = row->task->kind - table->chain->kinds.first;
		left_out += CM_POINTS_UNSCHEDULED * table->chain->priority;
		if (row->task->previous_day != G_MININT32)
			left_out += CM_POINTS_MOVED;
		row->left_out = left_out;
		if (row->stands) {
			CmCost cost = {{0}};

			cm_points_add_session(table->problem, session, row->spot, &cost);
			row->points = (gint)cm_cost_get_total(&cost);
			table->standing = MAX(table->standing, i + 1);
		}
	}
}

void
cm_chain_table_open(CmChainTable *table,
		    const CmState *state,
		    guint32 followup,
		    const CmChainWish *wish)
{
	table->state = state;
	table->chain = &table->problem->chains[followup];
	table->wish = wish;
	table->count = (gint)table->chain->tasks.count;
	note_rows(table);
	note_windows(table);
	note_days(table);
	note_indices(table);
	for (gint i = 0; i < table->count; i++) {
		CmChainRow *row = &table->rows[i];

		row->least = row->stands ? row->points : CM_CHAIN_NEVER;
		for (guint manner = 0; manner < CM_CHAIN_MANNERS && !row->stands; manner++)
			note_points(table, i, manner);
	}
}
