// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/shift.h"

#include "daemon/planner/chain.h"
#include "daemon/planner/day-rules.h"
#include "daemon/planner/outward.h"

#define NEVER (G_MAXINT32 / 4)
#define RHYTHMS_MAX 32
#define SPREAD (16 * 30) /* temperature at which the place of a push is drawn, at least */
#define PUSHED_MAX 2     /* sessions that push others away in one move */
#define PUSH_AGAIN 3     /* one in so many of those pushed away pushes, too */
#define BLOCKERS_MAX 2   /* sessions that one pushes away */

/* What is looked at to place one session. Points are those of the session, its rhythm and added travel included. */
typedef struct {
	CmShift *shift;
	guint32 session;
	const CmTask *task;
	const CmKind *kind;
	const CmChain *chain;
	gboolean pushing; /* as if the professional's days were empty */
	gint allowed;     /* points, no more */
	gint first_day;
	gint last_day;
	gboolean video;              /* the rules allow it */
	gint16 rhythms[RHYTHMS_MAX]; /* the most frequent of the others of its follow-up: free */
	guint rhythm_count;
	guint rhythm_days;  /* 1 << weekday of each */
	gint out_of_rhythm; /* points of any other rhythm */
	gint noise;         /* of the day at hand, points times 16 */
	gint best;          /* points times 16, less their noise */
	CmSpot spot;
} Look;

/* The days that the sessions before and after leave; FALSE when one before is missing. */
static gboolean
look_window(Look *look)
{
	const CmSheet *sheet = look->shift->sheet;
	const CmSpot *spots = sheet->state->spots;
	const CmTask *task = look->task;
	guint32 s = look->session;

	look->first_day = look->chain->first_day;
	look->last_day = sheet->problem->days - 1;
	if (s > look->chain->tasks.first) {
		if (spots[s - 1].day < 0)
			return FALSE;
		look->first_day = MAX(look->first_day, spots[s - 1].day + task->min_gap);
		look->last_day = MIN(look->last_day, spots[s - 1].day + task->max_gap);
	}
	if (s + 1 < look->chain->tasks.first + look->chain->tasks.count && spots[s + 1].day >= 0) {
		look->first_day = MAX(look->first_day, spots[s + 1].day - task[1].max_gap);
		look->last_day = MIN(look->last_day, spots[s + 1].day - task[1].min_gap);
	}
	return look->first_day <= look->last_day;
}

static void
look_rhythms(Look *look)
{
	const CmSheet *sheet = look->shift->sheet;
	CmRange tasks = look->chain->tasks;
	guint most = cm_sheet_count_most(sheet, look->session);

	look->out_of_rhythm = most >= 1 ? CM_POINTS_RHYTHM : 0;
	look->rhythm_count = 0;
	look->rhythm_days = 0;
	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
		gint16 rhythm = sheet->rhythms[s];
		guint i = 0;

		if (s == look->session || rhythm < 0)
			continue;
		while (i < look->rhythm_count && look->rhythms[i] != rhythm)
			i++;
		if (i < look->rhythm_count || i == RHYTHMS_MAX ||
		    cm_sheet_count_rhythm(sheet, look->session, rhythm) < most)
			continue;
		look->rhythms[look->rhythm_count++] = rhythm;
		look->rhythm_days |= 1u << (rhythm / CM_MINUTES_PER_DAY);
	}
}

/* Whether the session may be by video, the others of its follow-up as they are. */
static gboolean
look_video(const Look *look)
{
	const CmSheet *sheet = look->shift->sheet;
	CmRange tasks = look->chain->tasks;
	gint counts = 0;

	if (look->chain->states == 1)
		return !look->task->in_person;
	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
		const CmSpot *spot = &sheet->state->spots[s];

		/* left out, or to be put back after this one, and then looked at in its turn */
		if (s != look->session && spot->day < 0)
			continue;
		counts = cm_chain_step(&sheet->problem->tasks[s], (guint)counts,
				       s != look->session && spot->mode == CM_MODE_IN_PERSON);
		if (counts < 0)
			return FALSE;
	}
	return TRUE;
}

/* Whether the best of what costs so many points at least would still be taken. */
static inline gboolean
can_win(const Look *look, gint points)
{
	return points <= look->allowed && points * 16 - look->noise < look->best;
}

/* What any start of a day costs for its rhythm: on most weekdays none is in rhythm. */
static inline gint
get_least_rhythm(const Look *look, gint day)
{
	guint weekday = look->shift->sheet->problem->weekdays[day];

	return (look->rhythm_days >> weekday & 1) != 0 ? 0 : look->out_of_rhythm;
}

static inline void
offer(Look *look, gint points, gint day, CmMode mode, gint bit)
{
	const CmProblem *problem = look->shift->sheet->problem;

	if (!can_win(look, points))
		return;
	look->best = points * 16 - look->noise;
	look->spot = (CmSpot){.day = (gint16)day,
			      .start = (gint16)(problem->first_minute + bit * problem->grid),
			      .mode = (guint8)mode,
			      .room = CM_NONE,
			      .companion = CM_NONE};
}

static inline gboolean
has_start(const CmProblem *problem, const guint64 *bits, gint start, gint *out_bit)
{
	gint bit = cm_problem_bit_up(problem, start);

	*out_bit = bit;
	return bit < problem->bits && cm_day_bits_has(bits, (guint)bit) &&
	       problem->first_minute + bit * problem->grid == start;
}

/* Where it was in the previous plan. */
static void
offer_previous(Look *look, gint points, gint cycle_day, gint bit)
{
	const CmTask *task = look->task;
	const CmProblem *problem = look->shift->sheet->problem;
	CmMode mode = (CmMode)task->previous_mode;
	gint rhythm_points = look->out_of_rhythm;

	for (guint i = 0; i < look->rhythm_count; i++)
		if (look->rhythms[i] == cm_sheet_get_rhythm(look->shift->sheet, task->previous_day,
							    task->previous_start))
			rhythm_points = 0;
	offer(look,
	      points + rhythm_points - CM_POINTS_MOVED +
		  cm_points_get_start(problem, look->kind, task->previous_day, cycle_day, mode,
				      (guint)bit),
	      task->previous_day, mode, bit);
}

/* Offer the cheapest of a day's starts, of equal ones any, and those of the rhythms of that weekday. */
static void
offer_starts(Look *look, gint day, CmMode mode, const guint64 *bits, gint points)
{
	const CmProblem *problem = look->shift->sheet->problem;
	gint cycle_day = cm_problem_date(problem, look->chain->site, day)->cycle_day;
	gint from = (gint)cm_stream_below(look->shift->stream, (guint)problem->bits);
	gint least = NEVER;
	gint least_bit = 0;
	gint bit;

	for (guint w = 0; w < problem->words; w++) {
		for (guint64 left = bits[w]; left != 0; left &= left - 1) {
			gint b = (gint)w * 64 + __builtin_ctzll(left);
			gint here = cm_points_get_start(problem, look->kind, day, cycle_day, mode,
							(guint)b) *
					2 +
				    (b < from);

			if (here < least) {
				least = here;
				least_bit = b;
			}
		}
	}
	offer(look, points + least / 2 + look->out_of_rhythm, day, mode, least_bit);
	for (guint i = 0; i < look->rhythm_count; i++) {
		if (look->rhythms[i] / CM_MINUTES_PER_DAY != problem->weekdays[day] ||
		    !has_start(problem, bits, look->rhythms[i] % CM_MINUTES_PER_DAY, &bit))
			continue;
		offer(look,
		      points + cm_points_get_start(problem, look->kind, day, cycle_day, mode,
						   (guint)bit),
		      day, mode, bit);
	}
	if (look->task->previous_day == day && look->task->previous_mode == mode &&
	    has_start(problem, bits, look->task->previous_start, &bit))
		offer_previous(look, points, cycle_day, bit);
}

static gint
get_added_travel(const Look *look, gint day)
{
	const CmSheet *sheet = look->shift->sheet;
	const CmDayLoad *load = cm_state_load(sheet->state, sheet->professional, day);
	guint64 sites = load->sites | (guint64)1 << look->chain->site_bit;

	return sites == load->sites ? 0
				    : cm_day_rules_get_round(sheet->worker, sites) - load->travel;
}

/* Offer what a day leaves in a mode, where its cheapest start could still be the best: most days are found too dear without being looked
 * at any closer. */
static void
look_mode(Look *look, gint day, CmMode mode, gint points)
{
	CmSheet *sheet = look->shift->sheet;
	guint32 kind = look->task->kind;
	guint64 bits[CM_DAY_BITS_WORDS_MAX];
	gint least;

	if ((look->kind->modes & CM_MODE_FLAG(mode)) == 0)
		return;
	least = cm_sheet_get_least_start(sheet, kind, day, mode);
	if (least == CM_SHEET_NO_START)
		return;
	if (cm_points_misses_wish(look->task, mode == CM_MODE_IN_PERSON))
		points += CM_POINTS_MODALITY;
	least += points + get_least_rhythm(look, day);
	if (look->task->previous_day != G_MININT32) {
		points += CM_POINTS_MOVED;
		if (look->task->previous_day != day)
			least += CM_POINTS_MOVED;
	}
	if (!can_win(look, least))
		return;
	if (mode == CM_MODE_IN_PERSON) {
		gint travel = get_added_travel(look, day);

		points += travel;
		if (!can_win(look, least + travel))
			return;
	}
	if (look->pushing)
		cm_day_bits_copy(bits, cm_sheet_get_free(sheet, kind, day, mode),
				 sheet->problem->words);
	else if (!cm_sheet_fill(sheet, kind, day, mode, bits))
		return;
	offer_starts(look, day, mode, bits, points);
}

static void
look_day(Look *look, gint day, gint points, gint spread)
{
	CmShift *shift = look->shift;

	if (cm_problem_date(shift->sheet->problem, look->chain->site, day)->kind ==
	    CM_DAY_KIND_CLOSED)
		return;
	/* a sample of the heat bath is the least of points less such variates */
	look->noise = cm_stream_gumbel(shift->stream, spread);
	if (!can_win(look, points + get_least_rhythm(look, day)))
		return;
	look_mode(look, day, CM_MODE_IN_PERSON, points);
	if (!look->video)
		return;
	look_mode(look, day, CM_MODE_VIDEO_SCHOOL, points);
	look_mode(look, day, CM_MODE_VIDEO_REMOTE, points);
}

/* Find the place of a session that does not stand, of at most `allowed` points; FALSE when there is none. */
static gboolean
look_around(Look *look, gint spread)
{
	CmOutward days;
	gint points;
	gint day;

	look->best = NEVER;
	if (!look_window(look))
		return FALSE;
	look_rhythms(look);
	look->video = look_video(look);
	days = cm_outward_make(look->shift->sheet->problem, look->session, look->chain->priority,
			       look->first_day, look->last_day);
	while (cm_outward_next(&days, look->allowed, &day, &points))
		look_day(look, day, points, spread);
	return look->best < NEVER;
}

static Look
make_look(CmShift *shift, guint32 session, gint allowed)
{
	const CmProblem *problem = shift->sheet->problem;
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);

	return (Look){.shift = shift,
		      .session = session,
		      .task = task,
		      .kind = kind,
		      .chain = &problem->chains[kind->followup],
		      .allowed = allowed};
}

static void
take_away(CmShift *shift, guint32 session)
{
	CmSpot *spot = &shift->sheet->state->spots[session];

	shift->steps[shift->count++] = (CmShiftStep){.session = session, .spot = *spot};
	if (spot->day >= 0)
		cm_sheet_remove(shift->sheet, session);
}

static void
undo(CmShift *shift)
{
	CmSheet *sheet = shift->sheet;

	/* all of them first: a day has no room for more than its rules allow */
	for (guint i = 0; i < shift->count; i++)
		if (sheet->state->spots[shift->steps[i].session].day >= 0)
			cm_sheet_remove(sheet, shift->steps[i].session);
	for (guint i = 0; i < shift->count; i++)
		if (shift->steps[i].spot.day >= 0)
			cm_sheet_place(sheet, shift->steps[i].session, &shift->steps[i].spot);
	cm_sheet_end_undone(sheet);
}

/* Whether the days that sessions were taken from are still allowed: one in person may have parted two runs of video. */
static gboolean
check_days(const CmShift *shift)
{
	for (guint i = 0; i < shift->count; i++) {
		const CmSpot *spot = &shift->steps[i].spot;

		if (spot->day >= 0 && spot->mode == CM_MODE_IN_PERSON &&
		    !cm_sheet_check_day(shift->sheet, spot->day))
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_same_spot(const CmSpot *a, const CmSpot *b)
{
	return a->day == b->day && a->start == b->start && a->mode == b->mode;
}

gboolean
cm_shift_move(CmShift *shift, guint32 session)
{
	Look look = make_look(shift, session, NEVER);
	CmSheet *sheet = shift->sheet;
	gboolean found;

	shift->count = 0;
	cm_sheet_start_trial(sheet);
	take_away(shift, session);
	found = look_around(&look, shift->temperature) &&
		!is_same_spot(&look.spot, &shift->steps[0].spot);
	if (found) {
		cm_sheet_place(sheet, session, &look.spot);
		found = check_days(shift);
	}
	if (!found)
		undo(shift);
	return found;
}

static gboolean
fits(CmSheet *sheet, guint32 session, const CmSpot *spot)
{
	guint64 bits[CM_DAY_BITS_WORDS_MAX];

	return cm_sheet_fill(sheet, sheet->problem->tasks[session].kind, spot->day,
			     (CmMode)spot->mode, bits) &&
	       cm_day_bits_has(bits, (guint)cm_problem_bit_up(sheet->problem, spot->start));
}

static gboolean
is_fixed(const CmShift *shift, guint32 session)
{
	for (guint i = 0; i < shift->count; i++)
		if (shift->steps[i].session == session)
			return TRUE;
	return shift->sheet->problem->tasks[session].locked != 0;
}

/* Take away who stands in the way of a spot; FALSE when somebody must stay, or it is still in the way of something. */
static gboolean
clear_way(CmShift *shift, const Look *look)
{
	CmSheet *sheet = shift->sheet;
	gint buffer = sheet->worker->buffer;
	gint from = look->spot.start - buffer;
	gint to = look->spot.start + look->kind->minutes + buffer;
	const CmDayLoad *load = cm_state_load(sheet->state, sheet->professional, look->spot.day);
	const CmVisit *visits = cm_state_visits(sheet->state, sheet->professional, look->spot.day);
	guint32 found[BLOCKERS_MAX];
	guint count = 0;

	if (fits(sheet, look->session, &look->spot))
		return TRUE;
	for (guint i = 0; i < load->count; i++) {
		if (visits[i].start >= to || visits[i].end <= from)
			continue;
		if (count == BLOCKERS_MAX || is_fixed(shift, visits[i].session))
			return FALSE;
		found[count++] = visits[i].session;
	}
	if (count == 0 && load->count > 0) {
		/* the day's limits, or the way there */
		found[0] = visits[cm_stream_below(shift->stream, load->count)].session;
		if (is_fixed(shift, found[0]))
			return FALSE;
		count = 1;
	}
	if (shift->count + count > CM_SHIFT_STEPS_MAX)
		return FALSE;
	for (guint i = 0; i < count; i++)
		take_away(shift, found[i]);
	return fits(sheet, look->session, &look->spot);
}

/* What the professional's points come to at least when those from a step on are put back. */
static gint64
get_least(CmShift *shift, guint from)
{
	CmSheet *sheet = shift->sheet;
	gint64 points = sheet->state->worker_points[sheet->professional];

	for (guint i = from; i < shift->count; i++)
		points += cm_sheet_get_least(sheet, shift->steps[i].session) -
			  cm_sheet_get_missing(sheet, shift->steps[i].session);
	return points;
}

/* The pushed one first, then those that had to leave, each within what the limit leaves when those after it cost what they can't be
 * under. */
static gboolean
try_push(CmShift *shift, guint32 session, gint64 limit)
{
	CmSheet *sheet = shift->sheet;

	take_away(shift, session);
	for (guint i = 0; i < shift->count; i++) {
		guint32 s = shift->steps[i].session;
		gint64 rest = get_least(shift, i) - cm_sheet_get_least(sheet, s);
		Look look = make_look(shift, s, (gint)CLAMP(limit - rest, -1, NEVER));

		look.pushing =
		    i == 0 || (i < PUSHED_MAX && cm_stream_below(shift->stream, PUSH_AGAIN) == 0);
		if (!look_around(&look,
				 i == 0 ? MAX(SPREAD, shift->temperature) : shift->temperature) ||
		    (look.pushing && !clear_way(shift, &look)))
			return FALSE;
		cm_sheet_place(sheet, s, &look.spot);
		if (get_least(shift, i + 1) > limit)
			return FALSE;
	}
	return check_days(shift);
}

gboolean
cm_shift_push(CmShift *shift, guint32 session)
{
	CmSheet *sheet = shift->sheet;
	gint64 limit = sheet->state->worker_points[sheet->professional] +
		       cm_stream_exponential(shift->stream, shift->temperature) / 16;

	shift->count = 0;
	cm_sheet_start_trial(sheet);
	if (try_push(shift, session, limit))
		return TRUE;
	undo(shift);
	return FALSE;
}
