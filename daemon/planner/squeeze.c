// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/squeeze.h"

#include "daemon/planner/crowd.h"
#include "daemon/planner/day-rules.h"
#include "daemon/planner/outward.h"
#include "daemon/planner/reach.h"
#include "daemon/planner/slots.h"

#define NEVER (G_MAXINT32 / 4)
#define STEPS_MAX 24      /* sessions that one move touches */
#define QUEUE_MAX 6       /* of them, those that look for a place */
#define PUSHERS_MAX 3     /* of the first of these one may push others away */
#define PUSH_AGAIN 3      /* one in so many does; the first always */
#define SHAKES 2          /* one move in so many is of any session: so short holes come together */
#define SUPPLANTS 2       /* of the others, one in so many takes the room of another session */
#define SUPPLANT_TRIES 32 /* follow-ups looked at to find one that gives its room up */
#define HOPE_SESSIONS 3   /* behind one that is left out, that may follow it */
#define ROOM_POINTS                                                                                \
	400 /* what a room is held to cost more in person when a place is chosen, and a hole its share */
#define CLOCK_EVERY 32 /* moves between two looks at the clock */

typedef struct {
	guint32 session;
	CmSpot spot;   /* where it was */
	gint64 points; /* of its follow-up, then */
} Step;

struct _CmSqueezer {
	const CmProblem *problem;
	CmState *state;
	guint32 site;
	CmSqueezeSlice *slice;
	gint room_points[CM_MODE_LAST];
	GArray *wanting;       /* guint32: follow-ups that miss sessions */
	GArray *sessions;      /* guint32: those of the site that are not locked */
	GArray *professionals; /* guint32: those who have follow-ups there */
	gint64 points; /* of these, by how much they have changed since the site was opened */
	Step steps[STEPS_MAX];
	guint count;
	guint32 queue[QUEUE_MAX]; /* sessions that look for a place */
	guint queued;
	gint day;    /* for the first of them, which then pushes nobody away; -1: any */
	gint64 hope; /* points that sessions behind it may spare when it stands */
};

/* What is looked at to place one session. */
typedef struct {
	guint32 session;
	const CmTask *task;
	const CmKind *kind;
	const CmChain *chain;
	guint obstacles;
	gint day;     /* the only one; -1: any */
	gint allowed; /* points, no more */
	gint noise;   /* of the day at hand, points times 16 */
	gint best;    /* points times 16, less their noise */
	CmSpot spot;
} Look;

CmSqueezer *
cm_squeezer_new(const CmProblem *problem)
{
	CmSqueezer *squeezer = g_new0(CmSqueezer, 1);

	squeezer->problem = problem;
	squeezer->wanting = g_array_new(FALSE, FALSE, sizeof(guint32));
	squeezer->sessions = g_array_new(FALSE, FALSE, sizeof(guint32));
	squeezer->professionals = g_array_new(FALSE, FALSE, sizeof(guint32));
	return squeezer;
}

void
cm_squeezer_free(CmSqueezer *squeezer)
{
	g_array_unref(squeezer->wanting);
	g_array_unref(squeezer->sessions);
	g_array_unref(squeezer->professionals);
	g_free(squeezer);
}

static guint32
get_followup(const CmSqueezer *squeezer, guint32 session)
{
	const CmProblem *problem = squeezer->problem;

	return cm_problem_kind(problem, problem->tasks[session].kind)->followup;
}

static const CmChain *
get_chain(const CmSqueezer *squeezer, guint32 session)
{
	return &squeezer->problem->chains[get_followup(squeezer, session)];
}

static void
note_professional(CmSqueezer *squeezer, guint32 professional)
{
	GArray *known = squeezer->professionals;

	for (guint i = known->len; i > 0; i--)
		if (g_array_index(known, guint32, i - 1) == professional)
			return;
	g_array_append_val(known, professional);
}

static void
open_site(CmSqueezer *squeezer, CmState *state, guint32 site)
{
	const CmProblem *problem = squeezer->problem;
	guint count = problem->places[site].chains.count;

	squeezer->state = state;
	squeezer->site = site;
	squeezer->points = 0;
	cm_crowd_spread(problem, site, ROOM_POINTS, squeezer->room_points);
	g_array_set_size(squeezer->wanting, 0);
	g_array_set_size(squeezer->sessions, 0);
	g_array_set_size(squeezer->professionals, 0);
	for (guint i = 0; i < count; i++) {
		guint32 followup = cm_problem_site_chain(problem, site, i);
		CmRange tasks = problem->chains[followup].tasks;

		note_professional(squeezer, problem->chains[followup].professional);
		if (cm_state_misses_sessions(state, followup))
			g_array_append_val(squeezer->wanting, followup);
		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
			if (!problem->tasks[s].locked)
				g_array_append_val(squeezer->sessions, s);
	}
}

/* Points of the session left out. */
static gint
get_missing(const CmSqueezer *squeezer, guint32 session)
{
	gint points = CM_POINTS_UNSCHEDULED * get_chain(squeezer, session)->priority;

	if (squeezer->problem->tasks[session].previous_day != G_MININT32)
		points += CM_POINTS_MOVED;
	return points;
}

/* Remove a session that stands. */
static void
remove_session(CmSqueezer *squeezer, guint32 session)
{
	const gint64 *points =
	    &squeezer->state->worker_points[get_chain(squeezer, session)->professional];

	squeezer->points -= *points;
	cm_state_count_session(squeezer->state, session, -1);
	cm_state_remove(squeezer->state, session);
	squeezer->points += *points;
}

static gboolean
place_session(CmSqueezer *squeezer, guint32 session, const CmSpot *spot)
{
	const gint64 *points =
	    &squeezer->state->worker_points[get_chain(squeezer, session)->professional];
	gint64 before = *points;

	if (!cm_state_place(squeezer->state, session, spot))
		return FALSE;
	cm_state_count_session(squeezer->state, session, 1);
	squeezer->points += *points - before;
	return TRUE;
}

/* Take a session away; FALSE when it must stay or there is no room to remember it. */
static gboolean
take_away(CmSqueezer *squeezer, guint32 session)
{
	const CmState *state = squeezer->state;
	guint32 followup = get_followup(squeezer, session);

	if (squeezer->count == STEPS_MAX || squeezer->problem->tasks[session].locked)
		return FALSE;
	for (guint i = 0; i < squeezer->count; i++)
		if (squeezer->steps[i].session == session)
			return FALSE;
	squeezer->steps[squeezer->count++] = (Step){.session = session,
						    .spot = state->spots[session],
						    .points = state->chain_points[followup]};
	if (state->spots[session].day >= 0)
		remove_session(squeezer, session);
	return TRUE;
}

/* Take a session away that is to look for another place. */
static gboolean
push_away(CmSqueezer *squeezer, guint32 session)
{
	if (squeezer->queued == QUEUE_MAX || !take_away(squeezer, session))
		return FALSE;
	squeezer->queue[squeezer->queued++] = session;
	return TRUE;
}

/* Take away a session that has no place, and those behind it. */
static gboolean
cut(CmSqueezer *squeezer, guint32 session)
{
	CmState *state = squeezer->state;
	const CmChain *chain = get_chain(squeezer, session);
	guint32 followup = get_followup(squeezer, session);
	guint32 end = chain->tasks.first + chain->tasks.count;

	if (session < chain->tasks.first + chain->mandatory)
		return FALSE;
	for (guint32 s = session + 1; s < end; s++)
		if (state->spots[s].day >= 0 && !take_away(squeezer, s))
			return FALSE;
	for (guint i = 0; i < squeezer->wanting->len; i++)
		if (g_array_index(squeezer->wanting, guint32, i) == followup)
			return TRUE;
	g_array_append_val(squeezer->wanting, followup);
	return TRUE;
}

static void
undo(CmSqueezer *squeezer)
{
	CmState *state = squeezer->state;

	/* all of them first: a day has no room for more than its rules allow */
	for (guint i = 0; i < squeezer->count; i++)
		if (state->spots[squeezer->steps[i].session].day >= 0)
			cm_state_remove(state, squeezer->steps[i].session);
	for (guint i = 0; i < squeezer->count; i++)
		if (squeezer->steps[i].spot.day >= 0 &&
		    !cm_state_place(state, squeezer->steps[i].session, &squeezer->steps[i].spot))
			g_return_if_reached();
	/* the last is what was before the first step of the follow-up */
	for (guint i = squeezer->count; i-- > 0;)
		cm_state_set_points(state, get_followup(squeezer, squeezer->steps[i].session),
				    squeezer->steps[i].points);
}

/* Whether the days that sessions were taken from are still allowed: one in person may have parted two runs of video. */
static gboolean
check_days(const CmSqueezer *squeezer)
{
	const CmState *state = squeezer->state;

	for (guint i = 0; i < squeezer->count; i++) {
		const Step *step = &squeezer->steps[i];
		guint32 professional = get_chain(squeezer, step->session)->professional;

		if (step->spot.day >= 0 && step->spot.mode == CM_MODE_IN_PERSON &&
		    !cm_day_rules_check(&squeezer->problem->workers[professional],
					cm_state_load(state, professional, step->spot.day),
					cm_state_visits(state, professional, step->spot.day)))
			return FALSE;
	}
	return TRUE;
}

static gint
get_added_travel(const CmSqueezer *squeezer, const Look *look, gint day)
{
	const CmDayLoad *load = cm_state_load(squeezer->state, look->chain->professional, day);
	guint64 sites = load->sites | (guint64)1 << look->chain->site_bit;

	if (sites == load->sites)
		return 0;
	return cm_day_rules_get_round(&squeezer->problem->workers[look->chain->professional],
				      sites) -
	       load->travel;
}

/* Offer the cheapest of some starts of a day in a mode, of equal ones any; `points` are those of the day. */
static void
offer_starts(CmSqueezer *squeezer,
	     Look *look,
	     gint day,
	     CmMode mode,
	     const guint64 *bits,
	     gint points)
{
	const CmProblem *problem = squeezer->problem;
	gint cycle_day = cm_problem_date(problem, look->chain->site, day)->cycle_day;
	gint from = (gint)cm_stream_below(&squeezer->slice->stream, (guint)problem->bits);
	gint room = squeezer->room_points[mode];
	guint16 holes[CM_DAY_BITS_WORDS_MAX * 64];
	gboolean counted = room > 0 && (look->obstacles & CM_OBSTACLE_ROOM) != 0;

	if (counted)
		cm_slots_note_holes(squeezer->state, look->task->kind, day, mode, bits, holes);
	for (guint w = 0; w < problem->words; w++) {
		for (guint64 left = bits[w]; left != 0; left &= left - 1) {
			gint bit = (gint)w * 64 + __builtin_ctzll(left);
			gint here = points + cm_points_get_start(problem, look->kind, day,
								 cycle_day, mode, (guint)bit);
			gint held = room + (counted ? room * holes[bit] / look->kind->cells : 0);
			gint score = (here + held) * 16 - look->noise + 8 * (bit < from);

			if (score >= look->best || here > look->allowed)
				continue;
			look->best = score;
			look->spot =
			    (CmSpot){.day = (gint16)day,
				     .start = (gint16)(problem->first_minute + bit * problem->grid),
				     .mode = (guint8)mode,
				     .room = CM_NONE,
				     .companion = CM_NONE};
		}
	}
}

static void
look_mode(CmSqueezer *squeezer, Look *look, gint day, CmMode mode, gint points)
{
	guint64 bits[CM_DAY_BITS_WORDS_MAX];
	gint room = squeezer->room_points[mode];

	if (mode == CM_MODE_IN_PERSON)
		points += get_added_travel(squeezer, look, day);
	if (cm_points_misses_wish(look->task, mode == CM_MODE_IN_PERSON))
		points += CM_POINTS_MODALITY;
	/* the starts are dear to find: only where the best of them could be chosen */
	if (points > look->allowed || (points + room) * 16 - look->noise >= look->best ||
	    !cm_slots_fill(squeezer->state, look->task->kind, day, mode, look->obstacles, bits))
		return;
	offer_starts(squeezer, look, day, mode, bits, points);
}

/* Look at a day that costs `points` by its date. */
static void
look_day(CmSqueezer *squeezer, Look *look, const CmReach *reach, gint day, gint points)
{
	if (day == reach->after || day == reach->before)
		return;
	/* a sample of the heat bath is the least of points less such variates */
	look->noise = cm_stream_gumbel(&squeezer->slice->stream, squeezer->slice->temperature);
	if (points * 16 - look->noise >= look->best ||
	    cm_problem_date(squeezer->problem, look->chain->site, day)->kind == CM_DAY_KIND_CLOSED)
		return;
	for (guint mode = 0; mode < CM_MODE_LAST; mode++)
		if ((reach->modes & CM_MODE_FLAG(mode)) != 0)
			look_mode(squeezer, look, day, (CmMode)mode, points);
}

/* Find the place of a session that does not stand; FALSE when there is none. */
static gboolean
look_around(CmSqueezer *squeezer, Look *look)
{
	CmReach reach = cm_reach_find(squeezer->state, look->session);
	gint first = look->day < 0 ? reach.first : look->day;
	gint last = look->day < 0 ? reach.last : look->day;
	CmOutward days =
	    cm_outward_make(squeezer->problem, look->session, look->chain->priority, first, last);
	gint points;
	gint day;

	look->best = NEVER;
	while (cm_outward_next(&days, look->allowed, &day, &points))
		look_day(squeezer, look, &reach, day, points);
	return look->best < NEVER;
}

static gboolean
fits(const CmSqueezer *squeezer, const Look *look)
{
	guint64 bits[CM_DAY_BITS_WORDS_MAX];

	return cm_slots_fill(squeezer->state, look->task->kind, look->spot.day,
			     (CmMode)look->spot.mode, CM_OBSTACLES_ALL, bits) &&
	       cm_day_bits_has(bits, (guint)cm_problem_bit_up(squeezer->problem, look->spot.start));
}

/* Push those of a professional away who stand within a time; with a room, only those in it. FALSE when one of them must stay. */
static gboolean
clear_time(CmSqueezer *squeezer, guint32 professional, gint day, CmWindow time, guint32 room)
{
	const CmState *state = squeezer->state;
	const CmDayLoad *load = cm_state_load(state, professional, day);
	const CmVisit *visits = cm_state_visits(state, professional, day);

	for (guint i = load->count; i-- > 0;) {
		guint32 session = visits[i].session;

		if (visits[i].start >= time.to || time.from >= visits[i].end ||
		    (room != CM_NONE && state->spots[session].room != room))
			continue;
		/* other sites are not ours to touch */
		if (get_chain(squeezer, session)->site != squeezer->site ||
		    !push_away(squeezer, session))
			return FALSE;
	}
	return TRUE;
}

/* Make a room free: one by chance of those that would serve. */
static gboolean
clear_room(CmSqueezer *squeezer, const Look *look)
{
	const CmProblem *problem = squeezer->problem;
	CmRange rooms =
	    problem->places[squeezer->site].tracks[look->spot.mode != CM_MODE_IN_PERSON];
	/* whole cells are taken */
	gint first = cm_problem_bit_down(problem, look->spot.start);
	gint end = first + look->kind->cells;
	CmWindow time = {.from = look->spot.start,
			 .to = (CmMinute)(look->spot.start + look->kind->cells * problem->grid)};
	const guint64 *taken;
	guint32 room;

	if (rooms.count == 0)
		return FALSE;
	room = g_array_index(problem->site_tracks, guint32,
			     rooms.first + cm_stream_below(&squeezer->slice->stream, rooms.count));
	taken = cm_state_taken(squeezer->state, room, look->spot.day);
	for (guint i = 0; i < squeezer->professionals->len &&
			  cm_day_bits_any_between(taken, problem->words, first, end);
	     i++)
		if (!clear_time(squeezer, g_array_index(squeezer->professionals, guint32, i),
				look->spot.day, time, room))
			return FALSE;
	return TRUE;
}

/* Push away who stands where a session is to go; FALSE when something else is in its way. */
static gboolean
clear_way(CmSqueezer *squeezer, const Look *look)
{
	gint buffer = squeezer->problem->workers[look->chain->professional].buffer;
	CmWindow time = {.from = (CmMinute)(look->spot.start - buffer),
			 .to = (CmMinute)(look->spot.start + look->kind->minutes + buffer)};

	if ((look->obstacles & CM_OBSTACLE_DAY) == 0 &&
	    !clear_time(squeezer, look->chain->professional, look->spot.day, time, CM_NONE))
		return FALSE;
	if (look->spot.mode != CM_MODE_VIDEO_REMOTE &&
	    cm_slots_pick_room(squeezer->state, look->task->kind, look->spot.day,
			       (CmMode)look->spot.mode, look->spot.start) == CM_NONE &&
	    !clear_room(squeezer, look))
		return FALSE;
	return fits(squeezer, look);
}

/* Find a place for a session that was taken away, on that day or (-1) any, those in its way being pushed away. */
static gboolean
place(CmSqueezer *squeezer, guint32 session, gint day, gboolean pushing, gint allowed)
{
	static const guint relaxed[] = {CM_OBSTACLE_ROOM, CM_OBSTACLE_ROOM,
					CM_OBSTACLE_ROOM | CM_OBSTACLE_DAY};
	const CmProblem *problem = squeezer->problem;
	const CmTask *task = &problem->tasks[session];
	Look look = {.session = session,
		     .task = task,
		     .kind = cm_problem_kind(problem, task->kind),
		     .chain = get_chain(squeezer, session),
		     .obstacles = CM_OBSTACLES_ALL,
		     .day = day,
		     .allowed = allowed};

	if (pushing)
		look.obstacles &=
		    ~relaxed[cm_stream_below(&squeezer->slice->stream, G_N_ELEMENTS(relaxed))];
	return look_around(squeezer, &look) && (!pushing || clear_way(squeezer, &look)) &&
	       place_session(squeezer, session, &look.spot);
}

/* Place the sessions behind the first of the queue, as long as they have a free place. */
static void
follow(CmSqueezer *squeezer)
{
	guint32 first = squeezer->queue[0];
	CmRange tasks = get_chain(squeezer, first)->tasks;

	for (guint32 s = first + 1; s < tasks.first + tasks.count; s++)
		if (!take_away(squeezer, s) ||
		    !place(squeezer, s, -1, FALSE, get_missing(squeezer, s)))
			return;
}

/* The first of the queue pushes, unless its day is known; who finds no place is left out if that can be worth it. */
static gboolean
settle_queue(CmSqueezer *squeezer, gint64 limit)
{
	for (guint i = 0; i < squeezer->queued; i++) {
		guint32 session = squeezer->queue[i];
		gint day = i == 0 ? squeezer->day : -1;
		gboolean pushing =
		    i == 0 ? day < 0
			   : i < PUSHERS_MAX &&
				 cm_stream_below(&squeezer->slice->stream, PUSH_AGAIN) == 0;
		gint64 least = squeezer->points - squeezer->hope;

		/* those that wait may cost nothing */
		for (guint j = i; j < squeezer->queued; j++)
			least -= get_missing(squeezer, squeezer->queue[j]);
		if (least > limit)
			return FALSE;
		if (!place(squeezer, session, day, pushing, (gint)MIN(limit - least, NEVER)) &&
		    (i == 0 || !cut(squeezer, session)))
			return FALSE;
	}
	if (squeezer->points > limit && squeezer->hope > 0)
		follow(squeezer);
	return squeezer->points <= limit && check_days(squeezer);
}

/* The first session that a follow-up misses; CM_NONE when it has them all. */
static guint32
find_missing(const CmSqueezer *squeezer, guint32 followup)
{
	CmRange tasks = squeezer->problem->chains[followup].tasks;

	for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
		if (squeezer->state->spots[s].day < 0)
			return s;
	return CM_NONE;
}

/* The session that a move is about: one that is left out, or any. */
static guint32
pick_session(CmSqueezer *squeezer)
{
	CmStream *stream = &squeezer->slice->stream;
	GArray *wanting = squeezer->wanting;

	while (wanting->len > 0 && cm_stream_below(stream, SHAKES) != 0) {
		guint i = cm_stream_below(stream, wanting->len);
		guint32 session = find_missing(squeezer, g_array_index(wanting, guint32, i));

		if (session != CM_NONE)
			return session;
		g_array_remove_index_fast(wanting, i);
	}
	return g_array_index(squeezer->sessions, guint32,
			     cm_stream_below(stream, squeezer->sessions->len));
}

/* What the sessions behind one that is left out may spare once it stands: those that their act allows from home. */
static gint64
get_hope(const CmSqueezer *squeezer, guint32 session)
{
	const CmProblem *problem = squeezer->problem;
	CmRange tasks = get_chain(squeezer, session)->tasks;
	gint64 points = 0;

	for (guint32 s = session + 1; s < tasks.first + tasks.count && s <= session + HOPE_SESSIONS;
	     s++) {
		const CmKind *kind = cm_problem_kind(problem, problem->tasks[s].kind);

		if ((kind->modes & CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE)) == 0)
			break;
		points += get_missing(squeezer, s);
	}
	return points;
}

/* The last session of a follow-up in a room; what it and those behind it would cost left out. CM_NONE when there is none. */
static guint32
find_last_in_room(const CmSqueezer *squeezer, guint32 followup, gint64 *out_points)
{
	const CmSpot *spots = squeezer->state->spots;
	CmRange tasks = squeezer->problem->chains[followup].tasks;

	*out_points = 0;
	for (guint32 s = tasks.first + tasks.count; s-- > tasks.first;) {
		if (spots[s].day < 0)
			continue;
		*out_points += get_missing(squeezer, s);
		if (spots[s].mode != CM_MODE_VIDEO_REMOTE)
			return s;
	}
	return CM_NONE;
}

/* Let one that is worth no more give its room up, with what is behind it, to a session that is left out; FALSE when none was found. That of
 * its own follow-up is none: it stands before its reach. */
static gboolean
supplant(CmSqueezer *squeezer, guint32 session)
{
	const CmProblem *problem = squeezer->problem;
	guint count = problem->places[squeezer->site].chains.count;
	CmReach reach = cm_reach_find(squeezer->state, session);
	gint64 worth = get_missing(squeezer, session) + squeezer->hope;

	for (guint i = 0; i < SUPPLANT_TRIES; i++) {
		guint32 at = cm_stream_below(&squeezer->slice->stream, count);
		gint64 points;
		guint32 last = find_last_in_room(
		    squeezer, cm_problem_site_chain(problem, squeezer->site, at), &points);

		if (last == CM_NONE || points > worth)
			continue;
		squeezer->day = squeezer->state->spots[last].day;
		if (squeezer->day >= reach.first && squeezer->day <= reach.last)
			return push_away(squeezer, last);
	}
	return FALSE;
}

/* Begin a move about a session: who looks for a place. FALSE when nothing comes of it. */
static gboolean
begin(CmSqueezer *squeezer, guint32 session)
{
	gboolean missing = squeezer->state->spots[session].day < 0;

	squeezer->count = 0;
	squeezer->queued = 0;
	squeezer->day = -1;
	squeezer->hope = missing ? get_hope(squeezer, session) : 0;
	return push_away(squeezer, session) &&
	       (!missing || cm_stream_below(&squeezer->slice->stream, SUPPLANTS) != 0 ||
		supplant(squeezer, session));
}

static void
move(CmSqueezer *squeezer)
{
	CmStream *stream = &squeezer->slice->stream;
	guint32 session = pick_session(squeezer);
	gint64 points = squeezer->points;
	gint64 limit = points + cm_stream_exponential(stream, squeezer->slice->temperature) / 16;
	guint wanting = squeezer->wanting->len;

	if (begin(squeezer, session) && settle_queue(squeezer, limit))
		return;
	undo(squeezer);
	squeezer->points = points;
	g_array_set_size(squeezer->wanting, wanting);
}

static gboolean
is_over(const CmSqueezeSlice *slice, guint move_index)
{
	if (slice->stop != NULL && g_atomic_int_get(slice->stop) != 0)
		return TRUE;
	return slice->deadline != 0 && move_index % CLOCK_EVERY == 0 &&
	       g_get_monotonic_time() >= slice->deadline;
}

void
cm_squeezer_run(CmSqueezer *squeezer, CmState *state, guint32 site, CmSqueezeSlice *slice)
{
	guint moves;

	open_site(squeezer, state, site);
	squeezer->slice = slice;
	if (squeezer->wanting->len == 0)
		return;
	moves = MIN(slice->moves * squeezer->wanting->len, slice->most);
	for (guint i = 0; i < moves && squeezer->wanting->len > 0 && !is_over(slice, i); i++)
		move(squeezer);
}
