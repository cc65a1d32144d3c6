// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk-slots.h"

#include "daemon/planner/points.h"
#include "daemon/planner/slots.h"

typedef struct {
	gint points;
	gint16 day;
	gint16 start;
	guint8 mode;
	gboolean warned;
} Candidate;

typedef struct {
	const CmDeskQuestion *question;
	GArray *candidates;
	guint rhythm_count; /* of the most frequent weekday and start */
} Search;

static guint
count_same(const CmDeskQuestion *question, gint weekday, gint start)
{
	guint count = 0;

	for (guint i = 0; i < question->neighbours->len; i++) {
		const CmDeskNeighbour *neighbour =
		    &g_array_index(question->neighbours, CmDeskNeighbour, i);

		count +=
		    neighbour->start == start && cm_day_get_weekday(neighbour->date) == weekday;
	}
	return count;
}

static void
find_rhythm(Search *search)
{
	const CmDeskQuestion *question = search->question;

	for (guint i = 0; i < question->neighbours->len; i++) {
		const CmDeskNeighbour *neighbour =
		    &g_array_index(question->neighbours, CmDeskNeighbour, i);
		guint count =
		    count_same(question, cm_day_get_weekday(neighbour->date), neighbour->start);

		search->rhythm_count = MAX(search->rhythm_count, count);
	}
}

/* What the planner counts for the session itself; of an appointment, the days of waiting in place of lateness. */
static gint
count_points(const Search *search, const CmDeskDay *day, guint bit, gint start)
{
	const CmDeskQuestion *question = search->question;
	const CmProblem *problem = question->problem;
	const CmDate *date = cm_problem_date(problem, question->asked.site, day->day);
	gint points = day->day;

	if (question->asked.kind == CM_DESK_SESSION) {
		points = cm_points_get_lateness(problem, 0, problem->chains[0].priority, day->day);
		if (cm_points_misses_wish(&problem->tasks[0], day->mode == CM_MODE_IN_PERSON))
			points += CM_POINTS_MODALITY;
	}
	for (guint32 i = 0; i < cm_desk_question_count(question); i++)
		points +=
		    cm_points_get_start(problem, cm_problem_kind(problem, problem->tasks[i].kind),
					day->day, date->cycle_day, (CmMode)day->mode, bit);
	if (search->rhythm_count > 0 &&
	    count_same(question, problem->weekdays[day->day], start) < search->rhythm_count)
		points += CM_POINTS_RHYTHM;
	return points;
}

/* What the gates say of the day: FALSE when something blocks. */
static gboolean
pass_gates(const CmDeskQuestion *question, const CmDeskDay *day, gboolean *out_warned)
{
	const CmDeskGates *gates = &question->desk->gates;
	g_autoptr(CmVerdict) verdict = NULL;

	*out_warned = day->late != 0;
	if (gates->judge == NULL || !cm_desk_question_has_students(question))
		return TRUE;
	verdict = cm_verdict_new();
	for (guint32 i = 0; i < question->students->len; i++) {
		CmDeskCase asked = cm_desk_starts_get_case(question, i, day);

		gates->judge(gates->data, &asked, verdict);
	}
	for (guint i = 0; i < verdict->objections->len; i++)
		if (((const CmObjection *)g_ptr_array_index(verdict->objections, i))->effect ==
		    CM_EFFECT_WARN)
			*out_warned = TRUE;
	return cm_verdict_is_allowed(verdict);
}

static void
look(Search *search, gint day_index, CmMode mode)
{
	const CmDeskQuestion *question = search->question;
	const CmProblem *problem = question->problem;
	guint64 starts[CM_DAY_BITS_WORDS_MAX];
	Candidate candidate = {.day = (gint16)day_index, .mode = (guint8)mode};
	CmDeskDay day;

	cm_desk_starts_look(question, day_index, mode, &day);
	if (!cm_desk_starts_fill(question, &day, starts) ||
	    !pass_gates(question, &day, &candidate.warned))
		return;
	for (guint w = 0; w < problem->words; w++) {
		for (guint64 left = starts[w]; left != 0; left &= left - 1) {
			guint bit = w * 64 + (guint)__builtin_ctzll(left);

			candidate.start =
			    (gint16)(problem->first_minute + (gint)bit * problem->grid);
			candidate.points = count_points(search, &day, bit, candidate.start);
			g_array_append_val(search->candidates, candidate);
		}
	}
}

static gboolean
is_before(const Candidate *a, const Candidate *b)
{
	if (a->points != b->points)
		return a->points < b->points;
	if (a->day != b->day)
		return a->day < b->day;
	return a->start != b->start ? a->start < b->start : a->mode < b->mode;
}

static gboolean
is_near(const Candidate *a, const Candidate *b, gint minutes)
{
	return a->day == b->day && ABS(a->start - b->start) < minutes;
}

/* Take the best that is left, and with `apart` drop those that overlap it. FALSE when none is left. */
static gboolean
take_best(GArray *candidates, gboolean apart, gint minutes, Candidate *out_best)
{
	guint best = 0;
	guint kept = 0;

	if (candidates->len == 0)
		return FALSE;
	for (guint i = 1; i < candidates->len; i++)
		if (is_before(&g_array_index(candidates, Candidate, i),
			      &g_array_index(candidates, Candidate, best)))
			best = i;
	*out_best = g_array_index(candidates, Candidate, best);
	for (guint i = 0; i < candidates->len; i++) {
		const Candidate *other = &g_array_index(candidates, Candidate, i);

		if (i != best && !(apart && is_near(other, out_best, minutes)))
			g_array_index(candidates, Candidate, kept++) = *other;
	}
	g_array_set_size(candidates, kept);
	return TRUE;
}

static guint32
get_whole(const GArray *indices, guint32 index)
{
	return index == CM_NONE ? CM_NONE : g_array_index(indices, guint32, index);
}

static gboolean
needs_companion(const CmDeskQuestion *question, const CmDeskDay *day)
{
	const CmProblem *problem = question->problem;
	gboolean needed = FALSE;

	if ((day->opened & CM_DESK_KEY_FLAG(CM_DESK_KEY_COMPANION)) != 0)
		return FALSE;
	for (guint32 i = 0; i < cm_desk_question_count(question); i++)
		needed = needed ||
			 cm_slots_needs_companion(cm_problem_kind(problem, problem->tasks[i].kind),
						  day->day, (CmMode)day->mode);
	return needed;
}

void
cm_desk_slots_pick(const CmDeskQuestion *question,
		   const CmDeskDay *day,
		   gint start,
		   guint32 *out_room,
		   guint32 *out_companion)
{
	guint32 kind = question->problem->tasks[0].kind;
	guint32 track;

	*out_room = question->asked.room;
	*out_companion = question->asked.companion;
	if (*out_room == CM_NONE && day->mode != CM_MODE_VIDEO_REMOTE && !question->nowhere)
		*out_room =
		    get_whole(question->rooms, cm_slots_pick_room(question->state, kind, day->day,
								  (CmMode)day->mode, start));
	if (*out_companion != CM_NONE || !needs_companion(question, day))
		return;
	track = cm_slots_pick_companion(question->state, kind, day->day, start);
	if (track != CM_NONE)
		*out_companion = get_whole(question->companions, track - question->rooms->len);
}

static void
describe(const CmDeskQuestion *question, const Candidate *candidate, CmSlot *slot)
{
	CmDeskDay day;

	cm_desk_starts_look(question, candidate->day, (CmMode)candidate->mode, &day);
	slot->date = question->caseload->from + candidate->day;
	slot->start = candidate->start;
	slot->mode = candidate->mode;
	slot->points = candidate->points;
	slot->warned = candidate->warned;
	cm_desk_slots_pick(question, &day, candidate->start, &slot->room, &slot->companion);
}

guint
cm_desk_slots_find(const CmDeskQuestion *question,
		   guint modes,
		   gboolean apart,
		   guint count,
		   CmSlot *out_slots)
{
	g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
	Search search = {.question = question, .candidates = candidates};
	Candidate best;
	guint found = 0;

	find_rhythm(&search);
	for (gint day = 0; day < question->problem->days; day++)
		for (guint mode = 0; mode < CM_MODE_LAST; mode++)
			if ((modes & CM_MODE_FLAG(mode)) != 0)
				look(&search, day, (CmMode)mode);
	while (found < MIN(count, CM_SLOTS_MAX) &&
	       take_best(candidates, apart, question->asked.minutes, &best))
		describe(question, &best, &out_slots[found++]);
	return found;
}
