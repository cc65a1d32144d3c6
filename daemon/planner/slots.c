// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/slots.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/hole.h"

/* Starts that a track leaves free on a day: what sessions take by cells, what others take by the minute. */
static void
fill_track(const CmState *state,
	   const CmKind *kind,
	   guint32 track_index,
	   gint day,
	   guint64 *out_starts)
{
	const CmProblem *problem = state->problem;
	const CmTrack *track = cm_problem_track(problem, track_index);
	const guint64 *taken = cm_state_taken(state, track_index, day);
	CmRange times;

	for (guint w = 0; w < problem->words; w++)
		out_starts[w] = ~taken[w];
	if (cm_day_bits_any(taken, problem->words))
		cm_day_bits_keep_runs(out_starts, problem->words, (guint)kind->cells);
	if (track->taken.count > 0) {
		times = cm_problem_find_taken(problem, track->taken, day);
		for (guint i = 0; i < times.count; i++) {
			const CmTaken *time =
			    &g_array_index(problem->taken, CmTaken, times.first + i);

			cm_problem_clear_taken(problem, out_starts, kind->minutes, time->from,
					       time->to);
		}
	}
	if (track->hours != NULL)
		cm_day_bits_and(out_starts,
				track->hours +
				    (kind->length * CM_DAYS_PER_WEEK + problem->weekdays[day]) *
					problem->words,
				problem->words);
}

/* AND with the starts that any track of a list of the site leaves. */
static void
and_any_track(const CmState *state, const CmKind *kind, CmRange list, gint day, guint64 *starts)
{
	const CmProblem *problem = state->problem;
	guint64 any[CM_DAY_BITS_WORDS_MAX];
	guint64 one[CM_DAY_BITS_WORDS_MAX];

	cm_day_bits_zero(any, problem->words);
	for (guint i = 0; i < list.count; i++) {
		fill_track(state, kind,
			   g_array_index(problem->site_tracks, guint32, list.first + i), day, one);
		cm_day_bits_or(any, one, problem->words);
	}
	cm_day_bits_and(starts, any, problem->words);
}

static guint32
pick_track(const CmState *state, const CmKind *kind, CmRange list, gint day, gint start)
{
	const CmProblem *problem = state->problem;
	guint bit = (guint)cm_problem_bit_up(problem, start);
	guint64 starts[CM_DAY_BITS_WORDS_MAX];

	for (guint i = 0; i < list.count; i++) {
		guint32 track = g_array_index(problem->site_tracks, guint32, list.first + i);

		fill_track(state, kind, track, day, starts);
		if (bit < (guint)problem->bits && cm_day_bits_has(starts, bit))
			return track;
	}
	return CM_NONE;
}

static gboolean
is_free(const CmState *state, const CmKind *kind, CmRange list, guint32 track, const CmSpot *spot)
{
	const CmProblem *problem = state->problem;
	gint bit = cm_problem_bit_up(problem, spot->start);
	guint64 starts[CM_DAY_BITS_WORDS_MAX];
	gboolean listed = FALSE;

	for (guint i = 0; i < list.count; i++)
		listed =
		    listed || g_array_index(problem->site_tracks, guint32, list.first + i) == track;
	if (!listed || bit >= problem->bits)
		return FALSE;
	fill_track(state, kind, track, spot->day, starts);
	return cm_day_bits_has(starts, (guint)bit);
}

static const CmPlace *
get_place(const CmProblem *problem, const CmKind *kind)
{
	return &problem->places[problem->chains[kind->followup].site];
}

void
cm_slots_note_holes(const CmState *state,
		    guint32 kind_index,
		    gint day,
		    CmMode mode,
		    const guint64 *starts,
		    guint16 *out_holes)
{
	const CmProblem *problem = state->problem;
	const CmKind *kind = cm_problem_kind(problem, kind_index);
	guint32 site = problem->chains[kind->followup].site;
	const CmPlace *place = &problem->places[site];
	CmRange rooms = place->tracks[mode != CM_MODE_IN_PERSON];
	const guint64 *worked = place->worked + problem->weekdays[day] * problem->words;
	guint64 left[CM_DAY_BITS_WORDS_MAX];
	guint64 free[CM_DAY_BITS_WORDS_MAX];
	guint64 shut[CM_DAY_BITS_WORDS_MAX];

	cm_day_bits_copy(left, starts, problem->words);
	for (guint i = 0; i < rooms.count; i++) {
		guint32 room = g_array_index(problem->site_tracks, guint32, rooms.first + i);

		for (guint w = 0; w < problem->words; w++)
			shut[w] = ~worked[w] | cm_state_taken(state, room, day)[w];
		/* the first room that is free is the one taken */
		fill_track(state, kind, room, day, free);
		for (guint w = 0; w < problem->words; w++) {
			guint64 here = left[w] & free[w];

			left[w] &= ~here;
			for (; here != 0; here &= here - 1) {
				gint bit = (gint)w * 64 + __builtin_ctzll(here);

				out_holes[bit] =
				    (guint16)cm_hole_count(problem, site, shut, bit, kind->cells);
			}
		}
	}
}

gboolean
cm_slots_is_served(const CmState *state, guint32 kind_index, const CmSpot *spot)
{
	const CmKind *kind = cm_problem_kind(state->problem, kind_index);
	const CmPlace *place = get_place(state->problem, kind);
	CmRange rooms = place->tracks[spot->mode != CM_MODE_IN_PERSON];

	return (spot->room == CM_NONE || is_free(state, kind, rooms, spot->room, spot)) &&
	       (spot->companion == CM_NONE ||
		is_free(state, kind, place->companions, spot->companion, spot));
}

guint32
cm_slots_pick_room(const CmState *state, guint32 kind_index, gint day, CmMode mode, gint start)
{
	const CmKind *kind = cm_problem_kind(state->problem, kind_index);

	return pick_track(state, kind,
			  get_place(state->problem, kind)->tracks[mode != CM_MODE_IN_PERSON], day,
			  start);
}

guint32
cm_slots_pick_companion(const CmState *state, guint32 kind_index, gint day, gint start)
{
	const CmKind *kind = cm_problem_kind(state->problem, kind_index);

	return pick_track(state, kind, get_place(state->problem, kind)->companions, day, start);
}

/* What is fixed: calendar, hours, lessons. */
static gboolean
fill_fixed(const CmProblem *problem,
	   const CmKind *kind,
	   gint day,
	   CmMode mode,
	   guint obstacles,
	   guint64 *starts)
{
	const CmChain *chain = &problem->chains[kind->followup];
	const CmWorker *worker = &problem->workers[chain->professional];
	const CmDate *date = cm_problem_date(problem, chain->site, day);
	guint weekday = problem->weekdays[day];
	guint words = problem->words;

	if ((obstacles & CM_OBSTACLE_CALENDAR) != 0 && date->kind != CM_DAY_KIND_CLASS &&
	    (mode != CM_MODE_VIDEO_REMOTE || date->kind != CM_DAY_KIND_PEDAGOGICAL))
		return FALSE;
	if (mode == CM_MODE_VIDEO_REMOTE && day < kind->guardian_until)
		return FALSE;
	cm_day_bits_zero(starts, words);
	cm_day_bits_set(starts, words, 0, problem->bits);
	if ((obstacles & CM_OBSTACLE_HOURS) != 0)
		cm_day_bits_and(starts,
				worker->starts +
				    (kind->length * (guint)problem->days + (guint)day) * words,
				words);
	if ((obstacles & CM_OBSTACLE_CONTACTS) != 0)
		cm_day_bits_and(starts, kind->week + weekday * words, words);
	if ((obstacles & CM_OBSTACLE_STUDENT) != 0)
		cm_day_bits_and(starts,
				mode == CM_MODE_VIDEO_REMOTE
				    ? kind->remote + weekday * words
				    : kind->school + (guint)date->cycle_day * words,
				words);
	return cm_day_bits_any(starts, words);
}

/* Other sessions of the people, and their taken times. Students' and contacts' are in one list: they go together. */
static void
and_people(const CmState *state, const CmKind *kind, gint day, guint64 *starts)
{
	const CmProblem *problem = state->problem;
	guint64 one[CM_DAY_BITS_WORDS_MAX];
	CmRange times;

	for (guint i = 0; i < kind->tracks.count; i++) {
		fill_track(state, kind,
			   g_array_index(problem->kind_tracks, guint32, kind->tracks.first + i),
			   day, one);
		cm_day_bits_and(starts, one, problem->words);
	}
	if (kind->taken.count == 0)
		return;
	times = cm_problem_find_taken(problem, kind->taken, day);
	for (guint i = 0; i < times.count; i++) {
		const CmTaken *time = &g_array_index(problem->taken, CmTaken, times.first + i);

		cm_problem_clear_taken(problem, starts, kind->minutes, time->from, time->to);
	}
}

static gboolean
and_day(const CmState *state, const CmKind *kind, gint day, CmMode mode, guint64 *starts)
{
	const CmProblem *problem = state->problem;
	const CmChain *chain = &problem->chains[kind->followup];
	const CmWorker *worker = &problem->workers[chain->professional];
	const CmDayLoad *load = cm_state_load(state, chain->professional, day);
	CmVisit asked = {.end = kind->minutes, .mode = (guint8)mode, .site_bit = chain->site_bit};
	guint64 open[CM_DAY_BITS_WORDS_MAX];

	if (!cm_day_rules_fill(problem, worker, load,
			       cm_state_visits(state, chain->professional, day), &asked, open))
		return FALSE;
	cm_day_bits_and(starts, open, problem->words);
	return TRUE;
}

gboolean
cm_slots_fill(const CmState *state,
	      guint32 kind_index,
	      gint day,
	      CmMode mode,
	      guint obstacles,
	      guint64 *out_starts)
{
	const CmProblem *problem = state->problem;
	const CmKind *kind = cm_problem_kind(problem, kind_index);
	const CmPlace *place = get_place(problem, kind);

	if ((kind->modes & CM_MODE_FLAG(mode)) == 0 ||
	    !fill_fixed(problem, kind, day, mode, obstacles, out_starts))
		return FALSE;
	/* where sessions compete it is for rooms; the professional's day, the dearest to look at, comes last */
	if ((obstacles & CM_OBSTACLE_ROOM) != 0 && mode != CM_MODE_VIDEO_REMOTE)
		and_any_track(state, kind, place->tracks[mode != CM_MODE_IN_PERSON], day,
			      out_starts);
	if ((obstacles & CM_OBSTACLE_COMPANION) != 0 && cm_slots_needs_companion(kind, day, mode))
		and_any_track(state, kind, place->companions, day, out_starts);
	if ((obstacles & (CM_OBSTACLE_STUDENT | CM_OBSTACLE_CONTACTS)) != 0)
		and_people(state, kind, day, out_starts);
	if (!cm_day_bits_any(out_starts, problem->words))
		return FALSE;
	if ((obstacles & CM_OBSTACLE_DAY) != 0 && !and_day(state, kind, day, mode, out_starts))
		return FALSE;
	return cm_day_bits_any(out_starts, problem->words);
}
