// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/repair.h"

#include "daemon/planner/slots.h"
#include "daemon/planner/trial.h"

#define CHOSEN_MAX 6 /* follow-ups that one attempt takes away */
#define OTHERS_MAX 3 /* of them, when they are any */
#define RHYTHMS 6    /* for where one would go */
#define OBSTACLES_SERVED (CM_OBSTACLE_ROOM | CM_OBSTACLE_COMPANION)

struct _CmRepairer {
	const CmProblem *problem;
	CmChainTable *table;
	CmTrial trial;
	guint32 site;
	GArray *wanting;       /* guint32: follow-ups of the site */
	GArray *professionals; /* guint32: those who have follow-ups there */
};

CmRepairer *
cm_repairer_new(const CmProblem *problem, CmChainTable *table)
{
	CmRepairer *repairer = g_new0(CmRepairer, 1);

	repairer->problem = problem;
	repairer->table = table;
	cm_trial_init(&repairer->trial);
	repairer->wanting = g_array_new(FALSE, FALSE, sizeof(guint32));
	repairer->professionals = g_array_new(FALSE, FALSE, sizeof(guint32));
	return repairer;
}

void
cm_repairer_free(CmRepairer *repairer)
{
	cm_trial_clear(&repairer->trial);
	g_array_unref(repairer->wanting);
	g_array_unref(repairer->professionals);
	g_free(repairer);
}

static gboolean
has_moved(const CmState *state, guint32 followup)
{
	const CmProblem *problem = state->problem;
	CmRange tasks = problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++) {
		const CmTask *task = &problem->tasks[s];
		const CmSpot *spot = &state->spots[s];

		if (task->previous_day != G_MININT32 &&
		    (task->previous_day != spot->day || task->previous_start != spot->start ||
		     task->previous_mode != spot->mode))
			return TRUE;
	}
	return FALSE;
}

static gboolean
is_wanting(const CmState *state, guint32 followup, gboolean moved)
{
	return cm_state_misses_sessions(state, followup) || (moved && has_moved(state, followup));
}

guint
cm_repairer_count_wanting(const CmState *state, guint32 site, gboolean moved)
{
	const CmProblem *problem = state->problem;
	guint count = 0;

	for (guint i = 0; i < problem->places[site].chains.count; i++)
		count += is_wanting(state, cm_problem_site_chain(problem, site, i), moved);
	return count;
}

static void
note_professional(CmRepairer *repairer, guint32 professional, guint32 *last)
{
	GArray *known = repairer->professionals;

	/* follow-ups of one professional mostly follow one another */
	if (professional == *last)
		return;
	*last = professional;
	for (guint i = 0; i < known->len; i++)
		if (g_array_index(known, guint32, i) == professional)
			return;
	g_array_append_val(known, professional);
}

/* Open the site: who misses sessions there, and whose follow-ups there are. */
static void
open_site(CmRepairer *repairer, const CmState *state, guint32 site, gboolean moved)
{
	const CmProblem *problem = repairer->problem;
	guint32 last = CM_NONE;

	repairer->site = site;
	g_array_set_size(repairer->wanting, 0);
	g_array_set_size(repairer->professionals, 0);
	for (guint i = 0; i < problem->places[site].chains.count; i++) {
		guint32 followup = cm_problem_site_chain(problem, site, i);
		guint32 professional = problem->chains[followup].professional;

		if (is_wanting(state, followup, moved))
			g_array_append_val(repairer->wanting, followup);
		note_professional(repairer, professional, &last);
	}
}

/* The points that a change at the site can touch. */
static gint64
get_points(const CmRepairer *repairer, const CmState *state)
{
	gint64 points = 0;

	for (guint i = 0; i < repairer->professionals->len; i++)
		points += state->worker_points[g_array_index(repairer->professionals, guint32, i)];
	return points;
}

/* Choose those of a professional who stand within a time; with a room, only those in it. Those of other sites are let stand. */
static void
choose_in_the_way(CmRepairer *repairer, guint32 professional, gint day, CmWindow time, guint32 room)
{
	const CmState *state = repairer->trial.state;
	const CmProblem *problem = repairer->problem;
	const CmDayLoad *load = cm_state_load(state, professional, day);
	const CmVisit *visits = cm_state_visits(state, professional, day);

	for (guint i = 0; i < load->count; i++) {
		guint32 session = visits[i].session;
		guint32 followup = cm_problem_kind(problem, problem->tasks[session].kind)->followup;

		if (visits[i].start < time.to && time.from < visits[i].end &&
		    problem->chains[followup].site == repairer->site &&
		    (room == CM_NONE || state->spots[session].room == room))
			cm_trial_choose(&repairer->trial, followup);
	}
}

/* Make a room free: one by chance of those that would serve. */
static void
choose_in_a_room(CmRepairer *repairer, const CmKind *kind, const CmSpot *spot, CmStream *stream)
{
	const CmProblem *problem = repairer->problem;
	const CmPlace *place = &problem->places[problem->chains[kind->followup].site];
	CmRange rooms = place->tracks[spot->mode != CM_MODE_IN_PERSON];
	/* whole cells are taken */
	CmWindow time = {.from = spot->start,
			 .to = (CmMinute)(spot->start + kind->cells * problem->grid)};
	guint32 room;

	if (rooms.count == 0)
		return;
	room = g_array_index(problem->site_tracks, guint32,
			     rooms.first + cm_stream_below(stream, rooms.count));
	for (guint i = 0; i < repairer->professionals->len; i++)
		choose_in_the_way(repairer, g_array_index(repairer->professionals, guint32, i),
				  spot->day, time, room);
}

/* Take away who stands where a session would. */
static void
make_place(CmRepairer *repairer, guint32 session, const CmSpot *spot, CmStream *stream)
{
	const CmProblem *problem = repairer->problem;
	guint32 kind_index = problem->tasks[session].kind;
	const CmKind *kind = cm_problem_kind(problem, kind_index);
	guint32 professional = problem->chains[kind->followup].professional;
	gint buffer = problem->workers[professional].buffer;
	CmWindow time = {.from = (CmMinute)(spot->start - buffer),
			 .to = (CmMinute)(spot->start + kind->minutes + buffer)};

	choose_in_the_way(repairer, professional, spot->day, time, CM_NONE);
	cm_trial_take_away(&repairer->trial);
	if (spot->mode == CM_MODE_VIDEO_REMOTE ||
	    cm_slots_pick_room(repairer->trial.state, kind_index, spot->day, spot->mode,
			       spot->start) != CM_NONE)
		return;
	choose_in_a_room(repairer, kind, spot, stream);
	cm_trial_take_away(&repairer->trial);
}

/* Take the follow-up away, and those where it would rather be. FALSE when there is no such place. */
static gboolean
clear_the_way(CmRepairer *repairer, guint32 followup, CmStream *stream)
{
	static const guint relaxed[] = {OBSTACLES_SERVED, CM_OBSTACLE_DAY,
					OBSTACLES_SERVED | CM_OBSTACLE_DAY};
	CmRange tasks = repairer->problem->chains[followup].tasks;
	CmChainWish wish = CM_CHAIN_WISH_INIT;
	guint count;

	cm_trial_choose(&repairer->trial, followup);
	cm_trial_take_away(&repairer->trial);
	wish.rhythms = RHYTHMS;
	wish.stream = stream;
	wish.obstacles &= ~relaxed[cm_stream_below(stream, G_N_ELEMENTS(relaxed))];
	count = cm_chain_propose(repairer->table, repairer->trial.state, followup, &wish);
	for (guint i = 0; i < count; i++)
		if (repairer->trial.state->spots[tasks.first + i].day < 0)
			make_place(repairer, tasks.first + i, &repairer->table->spots[i], stream);
	return count > 0;
}

/* Take the follow-up away, and a few others of the site by chance. */
static void
choose_others(CmRepairer *repairer, guint32 followup, CmStream *stream)
{
	CmTrial *trial = &repairer->trial;
	const CmProblem *problem = repairer->problem;
	guint count = problem->places[repairer->site].chains.count;
	guint most = 1 + cm_stream_below(stream, OTHERS_MAX);

	cm_trial_choose(trial, followup);
	for (guint i = 0; i < most; i++)
		cm_trial_choose(trial, cm_problem_site_chain(problem, repairer->site,
							     cm_stream_below(stream, count)));
	cm_trial_take_away(trial);
}

/* Put the chosen back, the first one first, while the whole can still come out under `limit`. */
static gboolean
put_back(CmRepairer *repairer, gint64 limit, CmRepairSlice *slice)
{
	CmTrial *trial = &repairer->trial;
	CmState *state = trial->state;
	CmChainWish wish = CM_CHAIN_WISH_INIT;

	wish.rhythms = slice->rhythms;
	wish.stream = &slice->stream;
	wish.rooms = slice->rooms;
	for (guint i = 0; i < trial->count; i++) {
		guint32 followup = trial->chosen[i];
		gint64 rest = get_points(repairer, state) - state->chain_points[followup];
		/* with some holes */
		gint64 rooms = (gint64)slice->rooms.session[CM_MODE_IN_PERSON] *
			       repairer->problem->chains[followup].tasks.count * 3 / 2;

		wish.limit = (gint)CLAMP(limit - rest + rooms, -1, CM_CHAIN_NEVER);
		if (!cm_chain_fill(repairer->table, state, followup, &wish))
			return FALSE;
	}
	return get_points(repairer, state) <= limit && cm_trial_check_days(trial);
}

static void
attempt(CmRepairer *repairer, CmState *state, guint32 followup, CmRepairSlice *slice)
{
	CmStream *stream = &slice->stream;
	gint64 limit =
	    get_points(repairer, state) + cm_stream_exponential(stream, slice->temperature) / 16;
	gboolean found = TRUE;

	cm_trial_start(&repairer->trial, state, CHOSEN_MAX);
	if (cm_stream_below(stream, 8) < slice->clearing)
		found = clear_the_way(repairer, followup, stream);
	else
		choose_others(repairer, followup, stream);
	if (!found || !put_back(repairer, limit, slice)) {
		cm_trial_undo(&repairer->trial);
		return;
	}
	/* who was in the way and found no other place is next to look for one */
	for (guint i = 1; i < repairer->trial.count; i++)
		if (is_wanting(state, repairer->trial.chosen[i], slice->moved))
			g_array_append_val(repairer->wanting, repairer->trial.chosen[i]);
}

static gboolean
is_over(const CmRepairSlice *slice)
{
	if (slice->stop != NULL && g_atomic_int_get(slice->stop) != 0)
		return TRUE;
	return slice->deadline != 0 && g_get_monotonic_time() >= slice->deadline;
}

void
cm_repairer_run(CmRepairer *repairer, CmState *state, guint32 site, CmRepairSlice *slice)
{
	guint attempts;

	open_site(repairer, state, site, slice->moved);
	if (repairer->wanting->len == 0)
		return;
	attempts = MIN(slice->attempts * repairer->wanting->len, slice->most);
	for (guint i = 0; i < attempts && !is_over(slice); i++) {
		guint32 followup =
		    g_array_index(repairer->wanting, guint32,
				  cm_stream_below(&slice->stream, repairer->wanting->len));

		if (is_wanting(state, followup, slice->moved))
			attempt(repairer, state, followup, slice);
	}
}
