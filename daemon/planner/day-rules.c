// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/day-rules.h"

#define BASE_BIT G_GUINT64_CONSTANT(1)

static gint
get_travel(const CmWorker *worker, guint from, guint to)
{
	return worker->travel[from * worker->sites + to];
}

/* The shortest way from a site over the rest and back to base. */
static gint
finish_round(const CmWorker *worker, guint here, guint64 rest)
{
	gint best = G_MAXINT;

	if (rest == 0)
		return get_travel(worker, here, 0);
	for (guint64 left = rest; left != 0; left &= left - 1) {
		guint next = (guint)__builtin_ctzll(left);
		gint minutes = get_travel(worker, here, next) +
			       finish_round(worker, next, rest & ~(BASE_BIT << next));

		best = MIN(best, minutes);
	}
	return best;
}

gint
cm_day_rules_get_round(const CmWorker *worker, guint64 sites)
{
	guint64 away = sites & ~BASE_BIT;

	return away == 0 ? 0 : finish_round(worker, 0, away);
}

/* A place between two visits of a day: what stands on either side of it. */
typedef struct {
	gint from; /* minutes: the first and the last start, by the buffer */
	gint to;
	gint left_end;    /* end of the visit before, -CM_FAR when none */
	gint right_start; /* start of the visit after, CM_FAR when none */
	gint left_gap;    /* longest gap since the last in person */
	gint right_gap;   /* longest gap until the next in person */
	gint left_site;   /* of the last and the next in person, -1 when none */
	gint right_site;
	gint
	    left_run; /* minutes of video that end at the visit before, or begin at the one after */
	gint right_run;
} Opening;

/* Clear the starts after `from` and before `to` that are in the opening. */
static void
clear_between(const CmProblem *problem, guint64 *starts, const Opening *opening, gint from, gint to)
{
	gint low = MAX(from + 1, opening->from);
	gint high = MIN(to - 1, opening->to);

	if (low <= high)
		cm_day_bits_clear(starts, problem->words, cm_problem_bit_up(problem, low),
				  cm_problem_bit_down(problem, high) + 1);
}

static void
open_in_person(const CmProblem *problem,
	       const CmWorker *worker,
	       const Opening *opening,
	       const CmVisit *asked,
	       gint minutes,
	       guint64 *starts)
{
	gint from = opening->from;
	gint to = opening->to;

	if (opening->left_site >= 0 && opening->left_site != asked->site_bit) {
		gint travel = get_travel(worker, (guint)opening->left_site, asked->site_bit);

		if (opening->left_gap < travel)
			from = MAX(from, opening->left_end + travel);
	}
	if (opening->right_site >= 0 && opening->right_site != asked->site_bit) {
		gint travel = get_travel(worker, asked->site_bit, (guint)opening->right_site);

		if (opening->right_gap < travel)
			to = MIN(to, opening->right_start - travel - minutes);
	}
	if (from <= to)
		cm_day_bits_set(starts, problem->words, cm_problem_bit_up(problem, from),
				cm_problem_bit_down(problem, to) + 1);
}

static void
open_video(const CmProblem *problem,
	   const CmWorker *worker,
	   const Opening *opening,
	   gint minutes,
	   guint64 *starts)
{
	gint joins_left = opening->left_end + worker->video_break;
	gint joins_right = opening->right_start - worker->video_break - minutes;

	cm_day_bits_set(starts, problem->words, cm_problem_bit_up(problem, opening->from),
			cm_problem_bit_down(problem, opening->to) + 1);
	if (opening->left_site >= 0 && opening->right_site >= 0 &&
	    opening->left_site != opening->right_site) {
		gint travel =
		    get_travel(worker, (guint)opening->left_site, (guint)opening->right_site);

		/* it must leave the way between the two on one of its sides */
		if (MAX(opening->left_gap, opening->right_gap) < travel)
			clear_between(problem, starts, opening,
				      opening->right_start - travel - minutes,
				      opening->left_end + travel);
	}
	if (opening->left_run > 0 && opening->left_run + minutes > worker->max_video)
		clear_between(problem, starts, opening, -CM_FAR, joins_left);
	if (opening->right_run > 0 && opening->right_run + minutes > worker->max_video)
		clear_between(problem, starts, opening, joins_right, CM_FAR);
	if (opening->left_run > 0 && opening->right_run > 0 &&
	    opening->left_run + minutes + opening->right_run > worker->max_video)
		clear_between(problem, starts, opening, joins_right, joins_left);
}

/* What is to the right of each visit, the last entry of the arrays being past the end. */
typedef struct {
	gint gap[CM_DAY_VISITS_MAX + 1];
	gint site[CM_DAY_VISITS_MAX + 1];
	gint run[CM_DAY_VISITS_MAX + 1];
} RightSide;

static void
look_right(const CmWorker *worker, const CmVisit *visits, guint count, RightSide *right)
{
	right->gap[count] = 0;
	right->site[count] = -1;
	right->run[count] = 0;
	for (guint i = count; i-- > 0;) {
		const CmVisit *visit = &visits[i];
		gint gap = i + 1 < count ? visits[i + 1].start - visit->end : CM_FAR;

		if (visit->mode == CM_MODE_IN_PERSON) {
			right->gap[i] = 0;
			right->site[i] = visit->site_bit;
			right->run[i] = 0;
		} else {
			right->gap[i] = MAX(gap, right->gap[i + 1]);
			right->site[i] = right->site[i + 1];
			right->run[i] = visit->end - visit->start +
					(gap < worker->video_break ? right->run[i + 1] : 0);
		}
	}
}

/* Step over a visit: it is to the left from now on. */
static void
pass_visit(const CmWorker *worker, const CmVisit *visit, Opening *opening)
{
	gint gap = visit->start - opening->left_end;

	if (visit->mode == CM_MODE_IN_PERSON) {
		opening->left_gap = 0;
		opening->left_site = visit->site_bit;
		opening->left_run = 0;
	} else {
		opening->left_gap = MAX(opening->left_gap, gap);
		opening->left_run =
		    visit->end - visit->start + (gap < worker->video_break ? opening->left_run : 0);
	}
	opening->left_end = visit->end;
}

gboolean
cm_day_rules_fill(const CmProblem *problem,
		  const CmWorker *worker,
		  const CmDayLoad *load,
		  const CmVisit *visits,
		  const CmVisit *asked,
		  guint64 *out_starts)
{
	gint minutes = asked->end - asked->start;
	gboolean in_person = asked->mode == CM_MODE_IN_PERSON;
	guint64 sites = in_person ? load->sites | BASE_BIT << asked->site_bit : 0;
	Opening opening = {.left_end = -CM_FAR, .left_site = -1};
	RightSide right;

	if (load->count >= worker->max_sessions || load->count >= CM_DAY_VISITS_MAX ||
	    load->minutes + minutes > worker->max_minutes ||
	    __builtin_popcountll(sites) > worker->max_sites ||
	    (!in_person && minutes > worker->max_video))
		return FALSE;
	cm_day_bits_zero(out_starts, problem->words);
	look_right(worker, visits, load->count, &right);
	for (guint i = 0; i <= load->count; i++) {
		opening.right_start = i < load->count ? visits[i].start : CM_FAR;
		opening.right_gap = right.gap[i];
		opening.right_site = right.site[i];
		opening.right_run = right.run[i];
		opening.from = i > 0 ? opening.left_end + worker->buffer : 0;
		opening.to = i < load->count ? opening.right_start - worker->buffer - minutes
					     : CM_MINUTES_PER_DAY;
		if (opening.from <= opening.to && in_person)
			open_in_person(problem, worker, &opening, asked, minutes, out_starts);
		else if (opening.from <= opening.to)
			open_video(problem, worker, &opening, minutes, out_starts);
		if (i < load->count)
			pass_visit(worker, &visits[i], &opening);
	}
	return TRUE;
}

static gboolean
check_travel(const CmWorker *worker, const CmVisit *visit, const Opening *opening)
{
	gint gap = MAX(opening->left_gap, visit->start - opening->left_end);

	return visit->mode != CM_MODE_IN_PERSON || opening->left_site < 0 ||
	       opening->left_site == visit->site_bit ||
	       gap >= get_travel(worker, (guint)opening->left_site, visit->site_bit);
}

gboolean
cm_day_rules_check(const CmWorker *worker, const CmDayLoad *load, const CmVisit *visits)
{
	Opening opening = {.left_end = -CM_FAR, .left_site = -1};

	if (load->count > worker->max_sessions || load->minutes > worker->max_minutes ||
	    __builtin_popcountll(load->sites) > worker->max_sites)
		return FALSE;
	for (guint i = 0; i < load->count; i++) {
		if (visits[i].start < opening.left_end + worker->buffer ||
		    !check_travel(worker, &visits[i], &opening))
			return FALSE;
		pass_visit(worker, &visits[i], &opening);
		if (opening.left_run > worker->max_video)
			return FALSE;
	}
	return TRUE;
}
