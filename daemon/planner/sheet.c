// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/sheet.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/points.h"
#include "daemon/planner/slots.h"

static guint
count_kinds(const CmProblem *problem, const CmWorker *worker)
{
	guint kinds = 0;

	for (guint i = 0; i < worker->chains.count; i++)
		kinds += problem
			     ->chains[g_array_index(problem->professional_chains, guint32,
						    worker->chains.first + i)]
			     .kinds.count;
	return kinds;
}

CmSheet *
cm_sheet_new(const CmProblem *problem)
{
	CmSheet *sheet = g_new0(CmSheet, 1);
	gsize days = (gsize)problem->days;
	gsize kinds = 1;
	gsize open;

	sheet->problem = problem;
	sheet->manners = 1;
	for (guint i = 0; i < problem->caseload->professionals->len; i++) {
		kinds = MAX(kinds, count_kinds(problem, &problem->workers[i]));
		sheet->manners = MAX(sheet->manners, problem->workers[i].sites + 1);
	}
	open = days * MAX(problem->lengths->len, 1) * sheet->manners;
	sheet->trail = g_array_new(FALSE, FALSE, sizeof(CmSheetMark));
	sheet->least = g_new0(gint, problem->caseload->sessions->len + 1);
	sheet->least_turns = g_new0(guint64, problem->caseload->sessions->len + 1);
	sheet->sessions = g_array_new(FALSE, FALSE, sizeof(guint32));
	sheet->kind_slots = g_new0(guint32, problem->kinds->len + 1);
	sheet->rhythms = g_new0(gint16, problem->caseload->sessions->len + 1);
	sheet->free = g_new0(CmSheetFree, kinds * days * CM_MODE_LAST);
	sheet->free_starts = g_new0(guint64, kinds * days * CM_MODE_LAST * problem->words);
	sheet->open = g_new0(guint64, open * problem->words);
	sheet->open_turns = g_new0(guint64, open);
	sheet->changes = g_new0(guint64, days);
	return sheet;
}

void
cm_sheet_free(CmSheet *sheet)
{
	g_array_unref(sheet->sessions);
	g_array_unref(sheet->trail);
	g_free(sheet->least);
	g_free(sheet->least_turns);
	g_free(sheet->kind_slots);
	g_free(sheet->rhythms);
	g_free(sheet->free);
	g_free(sheet->free_starts);
	g_free(sheet->open);
	g_free(sheet->open_turns);
	g_free(sheet->changes);
	g_free(sheet);
}

static void
open_chain(CmSheet *sheet, const CmChain *chain)
{
	for (guint32 s = chain->tasks.first; s < chain->tasks.first + chain->tasks.count; s++) {
		const CmSpot *spot = &sheet->state->spots[s];

		sheet->rhythms[s] =
		    spot->day >= 0 ? cm_sheet_get_rhythm(sheet, spot->day, spot->start) : -1;
		if (sheet->problem->tasks[s].locked)
			continue;
		g_array_append_val(sheet->sessions, s);
		if (spot->day >= 0)
			cm_state_lift(sheet->state, s);
	}
}

void
cm_sheet_open(CmSheet *sheet, CmState *state, guint32 professional)
{
	const CmProblem *problem = sheet->problem;
	guint32 slot = 0;

	sheet->state = state;
	sheet->professional = professional;
	sheet->worker = &problem->workers[professional];
	sheet->turn++;
	sheet->change++;
	for (gint day = 0; day < problem->days; day++)
		sheet->changes[day] = sheet->change;
	g_array_set_size(sheet->sessions, 0);
	for (guint i = 0; i < sheet->worker->chains.count; i++) {
		const CmChain *chain = &problem->chains[g_array_index(
		    problem->professional_chains, guint32, sheet->worker->chains.first + i)];

		for (guint k = 0; k < chain->kinds.count; k++)
			sheet->kind_slots[chain->kinds.first + k] = slot++;
		open_chain(sheet, chain);
	}
}

void
cm_sheet_close(CmSheet *sheet)
{
	for (guint i = 0; i < sheet->sessions->len; i++) {
		guint32 session = g_array_index(sheet->sessions, guint32, i);

		if (sheet->state->spots[session].day >= 0 &&
		    !cm_state_settle(sheet->state, session))
			g_critical("A session that was moved has no room.");
	}
}

/* The cheapest of a day's starts. */
static gint
find_least_start(const CmProblem *problem,
		 guint32 kind_index,
		 gint day,
		 CmMode mode,
		 const guint64 *starts)
{
	const CmKind *kind = cm_problem_kind(problem, kind_index);
	guint32 site = problem->chains[kind->followup].site;
	gint cycle_day = cm_problem_date(problem, site, day)->cycle_day;
	gint least = CM_SHEET_NO_START;

	for (guint w = 0; w < problem->words; w++)
		for (guint64 left = starts[w]; left != 0 && least > 0; left &= left - 1)
			least =
			    MIN(least, cm_points_get_start(problem, kind, day, cycle_day, mode,
							   w * 64 + (guint)__builtin_ctzll(left)));
	return least;
}

/* What others leave, found anew if it was not in this opening; its place in `free` and `free_starts`. */
static gsize
find_free(CmSheet *sheet, guint32 kind, gint day, CmMode mode)
{
	const CmProblem *problem = sheet->problem;
	gsize cell = (sheet->kind_slots[kind] * (gsize)problem->days + (gsize)day) * CM_MODE_LAST +
		     (gsize)mode;
	CmSheetFree *free = &sheet->free[cell];
	guint64 *starts = sheet->free_starts + cell * problem->words;

	if (free->turn == sheet->turn)
		return cell;
	free->turn = sheet->turn;
	free->least = CM_SHEET_NO_START;
	if (cm_slots_fill(sheet->state, kind, day, mode, CM_OBSTACLES_ALL & ~(guint)CM_OBSTACLE_DAY,
			  starts))
		free->least = find_least_start(problem, kind, day, mode, starts);
	return cell;
}

const guint64 *
cm_sheet_get_free(CmSheet *sheet, guint32 kind, gint day, CmMode mode)
{
	gsize cell = find_free(sheet, kind, day, mode);

	return sheet->free[cell].least < CM_SHEET_NO_START
		   ? sheet->free_starts + cell * sheet->problem->words
		   : NULL;
}

gint
cm_sheet_get_least_start(CmSheet *sheet, guint32 kind, gint day, CmMode mode)
{
	return sheet->free[find_free(sheet, kind, day, mode)].least;
}

/* What the day leaves to a session of a length, at its site or by video. */
static const guint64 *
get_open(CmSheet *sheet, const CmKind *kind, gint day, CmMode mode)
{
	const CmProblem *problem = sheet->problem;
	guint site_bit = problem->chains[kind->followup].site_bit;
	guint manner = mode == CM_MODE_IN_PERSON ? site_bit + 1 : 0;
	gsize cell = ((gsize)day * problem->lengths->len + kind->length) * sheet->manners + manner;
	guint64 *starts = sheet->open + cell * problem->words;
	CmVisit asked = {.end = kind->minutes, .mode = (guint8)mode, .site_bit = (guint8)site_bit};

	if (sheet->open_turns[cell] == sheet->changes[day])
		return starts;
	sheet->open_turns[cell] = sheet->changes[day];
	if (!cm_day_rules_fill(
		problem, sheet->worker, cm_state_load(sheet->state, sheet->professional, day),
		cm_state_visits(sheet->state, sheet->professional, day), &asked, starts))
		cm_day_bits_zero(starts, problem->words);
	return starts;
}

gboolean
cm_sheet_fill(CmSheet *sheet, guint32 kind, gint day, CmMode mode, guint64 *out_starts)
{
	const CmProblem *problem = sheet->problem;
	const guint64 *starts = cm_sheet_get_free(sheet, kind, day, mode);

	if (starts == NULL)
		return FALSE;
	cm_day_bits_copy(out_starts, starts, problem->words);
	cm_day_bits_and(out_starts, get_open(sheet, cm_problem_kind(problem, kind), day, mode),
			problem->words);
	return cm_day_bits_any(out_starts, problem->words);
}

gint
cm_sheet_get_points(const CmSheet *sheet, guint32 session, gint day, CmMode mode, guint bit)
{
	const CmProblem *problem = sheet->problem;
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);
	const CmChain *chain = &problem->chains[kind->followup];
	gint cycle_day = cm_problem_date(problem, chain->site, day)->cycle_day;
	gint points = cm_points_get_lateness(problem, session, chain->priority, day) +
		      cm_points_get_start(problem, kind, day, cycle_day, mode, bit);

	if (cm_points_misses_wish(task, mode == CM_MODE_IN_PERSON))
		points += CM_POINTS_MODALITY;
	if (task->previous_day != G_MININT32 &&
	    (task->previous_day != day || task->previous_mode != mode ||
	     task->previous_start != problem->first_minute + (gint)bit * problem->grid))
		points += CM_POINTS_MOVED;
	return points;
}

static const CmChain *
get_chain(const CmSheet *sheet, guint32 session)
{
	const CmProblem *problem = sheet->problem;

	return &problem->chains[cm_problem_kind(problem, problem->tasks[session].kind)->followup];
}

guint
cm_sheet_count_rhythm(const CmSheet *sheet, guint32 session, gint16 rhythm)
{
	CmRange tasks = get_chain(sheet, session)->tasks;
	guint count = 0;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		count += s != session && sheet->rhythms[s] == rhythm;
	return count;
}

guint
cm_sheet_count_most(const CmSheet *sheet, guint32 session)
{
	CmRange tasks = get_chain(sheet, session)->tasks;
	guint most = 0;

	/* no longer than those that are left could be more */
	for (guint32 s = tasks.first; s + most < tasks.first + tasks.count; s++) {
		guint count = 0;

		if (s == session || sheet->rhythms[s] < 0)
			continue;
		for (guint32 t = s; t < tasks.first + tasks.count; t++)
			count += t != session && sheet->rhythms[t] == sheet->rhythms[s];
		most = MAX(most, count);
	}
	return most;
}

/* Add what a standing session costs more than a missing one to the points of its follow-up, or take it off. */
static void
count_points(CmSheet *sheet, guint32 session, gint sign)
{
	const CmProblem *problem = sheet->problem;
	const CmSpot *spot = &sheet->state->spots[session];
	guint32 followup = cm_problem_kind(problem, problem->tasks[session].kind)->followup;
	gint bit = MIN(cm_problem_bit_up(problem, spot->start), problem->bits - 1);
	gint points =
	    cm_sheet_get_points(sheet, session, spot->day, (CmMode)spot->mode, (guint)bit);

	if (cm_sheet_count_rhythm(sheet, session, sheet->rhythms[session]) <
	    cm_sheet_count_most(sheet, session))
		points += CM_POINTS_RHYTHM;
	points -= cm_sheet_get_missing(sheet, session);
	sheet->state->chain_points[followup] += sign * points;
	sheet->state->worker_points[sheet->professional] += sign * points;
}

static void
change_day(CmSheet *sheet, gint day)
{
	CmSheetMark mark = {.day = day, .change = sheet->changes[day]};

	g_array_append_val(sheet->trail, mark);
	sheet->changes[day] = ++sheet->change;
}

void
cm_sheet_start_trial(CmSheet *sheet)
{
	g_array_set_size(sheet->trail, 0);
}

void
cm_sheet_end_undone(CmSheet *sheet)
{
	/* what was found before is true again */
	for (guint i = sheet->trail->len; i > 0; i--) {
		const CmSheetMark *mark = &g_array_index(sheet->trail, CmSheetMark, i - 1);

		sheet->changes[mark->day] = mark->change;
	}
	g_array_set_size(sheet->trail, 0);
}

void
cm_sheet_place(CmSheet *sheet, guint32 session, const CmSpot *spot)
{
	cm_state_stand(sheet->state, session, spot);
	sheet->rhythms[session] = cm_sheet_get_rhythm(sheet, spot->day, spot->start);
	change_day(sheet, spot->day);
	count_points(sheet, session, 1);
}

void
cm_sheet_remove(CmSheet *sheet, guint32 session)
{
	change_day(sheet, sheet->state->spots[session].day);
	count_points(sheet, session, -1);
	cm_state_leave(sheet->state, session);
	sheet->rhythms[session] = -1;
}

gboolean
cm_sheet_check_day(const CmSheet *sheet, gint day)
{
	return cm_day_rules_check(sheet->worker,
				  cm_state_load(sheet->state, sheet->professional, day),
				  cm_state_visits(sheet->state, sheet->professional, day));
}

gint
cm_sheet_get_missing(const CmSheet *sheet, guint32 session)
{
	gint points = CM_POINTS_UNSCHEDULED * get_chain(sheet, session)->priority;

	if (sheet->problem->tasks[session].previous_day != G_MININT32)
		points += CM_POINTS_MOVED;
	return points;
}

/* What a session costs at least on a day in a mode. */
static gint
get_least_of_day(CmSheet *sheet, guint32 session, gint day, CmMode mode)
{
	const CmTask *task = &sheet->problem->tasks[session];
	gint points = cm_sheet_get_least_start(sheet, task->kind, day, mode) +
		      cm_points_get_lateness(sheet->problem, session,
					     get_chain(sheet, session)->priority, day);

	if (cm_points_misses_wish(task, mode == CM_MODE_IN_PERSON))
		points += CM_POINTS_MODALITY;
	if (task->previous_day != G_MININT32 &&
	    (task->previous_day != day || task->previous_mode != mode))
		points += CM_POINTS_MOVED;
	return points;
}

gint
cm_sheet_get_least(CmSheet *sheet, guint32 session)
{
	const CmProblem *problem = sheet->problem;
	const CmChain *chain = get_chain(sheet, session);
	gint least = cm_sheet_get_missing(sheet, session);

	if (sheet->least_turns[session] == sheet->turn)
		return sheet->least[session];
	for (gint day = MAX(chain->first_day, 0); day < problem->days; day++) {
		if (cm_points_get_lateness(problem, session, chain->priority, day) >= least)
			continue;
		for (guint mode = 0; mode < CM_MODE_LAST; mode++)
			least = MIN(least, get_least_of_day(sheet, session, day, (CmMode)mode));
	}
	sheet->least_turns[session] = sheet->turn;
	sheet->least[session] = least;
	return least;
}
