// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/kind.h"

#include <string.h>

#define PREFERENCE_POINTS 10
#define CORE_MINUTES 5

/* what a session without an act obeys: no key is set */
static const CmActRules no_act = {.modalities = CM_USE_IN_PERSON | CM_USE_VIDEO,
				  .student_present = TRUE,
				  .in_person_every = CM_LIMIT_NONE,
				  .min_gap_days = CM_LIMIT_NONE,
				  .max_gap_days = CM_LIMIT_NONE,
				  .companion_below_age = CM_LIMIT_NONE,
				  .guardian_below_age = CM_LIMIT_NONE};

gboolean
cm_kind_is_same(const CmCaseload *caseload, const CmSession *a, const CmSession *b)
{
	const guint32 *references = (const guint32 *)(gpointer)caseload->references->data;

	return a->minutes == b->minutes && a->modes == b->modes && g_str_equal(a->act, b->act) &&
	       a->participants.count == b->participants.count &&
	       (a->participants.count == 0 ||
		memcmp(references + a->participants.first, references + b->participants.first,
		       a->participants.count * sizeof(guint32)) == 0);
}

/* The first day of the horizon on which somebody is `age`; 0 when they always are or no age is asked. */
static gint
find_age(const CmProblem *problem, CmDay birth, gint age)
{
	gint low = 0;
	gint high = problem->days;

	if (age == CM_LIMIT_NONE)
		return 0;
	while (low < high) {
		gint middle = (low + high) / 2;

		if (cm_day_get_age(birth, problem->caseload->from + middle) >= age)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static const CmContact *
get_participant(const CmCaseload *caseload, const CmSession *session, guint i)
{
	guint32 contact =
	    g_array_index(caseload->references, guint32, session->participants.first + i);

	return CM_ELEMENT(caseload->contacts, CmContact, contact);
}

static gboolean
has_guardian(const CmCaseload *caseload, const CmSession *session)
{
	for (guint i = 0; i < session->participants.count; i++)
		if (get_participant(caseload, session, i)->kind == CM_CONTACT_KIND_GUARDIAN)
			return TRUE;
	return FALSE;
}

static gboolean
has_twin_participants(const CmCaseload *caseload, const CmSession *session)
{
	for (guint i = 1; i < session->participants.count; i++)
		for (guint j = 0; j < i; j++)
			if (get_participant(caseload, session, i) ==
			    get_participant(caseload, session, j))
				return TRUE;
	return FALSE;
}

static guint8
find_modes(const CmProblem *problem, const CmSession *session, const CmKind *kind)
{
	const CmChain *chain = &problem->chains[session->followup];
	const CmPlace *place = &problem->places[chain->site];
	guint8 modes = session->modes & CM_MODES_ALL;

	if ((kind->rules->modalities & CM_USE_IN_PERSON) == 0 || chain->site_bit == G_MAXUINT8 ||
	    place->tracks[0].count == 0)
		modes &= (guint8)~CM_MODE_FLAG(CM_MODE_IN_PERSON);
	if ((kind->rules->modalities & CM_USE_VIDEO) == 0)
		modes &= CM_MODE_FLAG(CM_MODE_IN_PERSON);
	if (!kind->present || place->tracks[1].count == 0)
		modes &= (guint8)~CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL);
	/* a session that asks somebody twice would overlap itself */
	return has_twin_participants(problem->caseload, session) ? 0 : modes;
}

static void
compile_week(CmProblem *problem, const CmSession *session, CmKind *kind)
{
	const CmCaseload *caseload = problem->caseload;
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);
	guint64 hours[CM_DAY_BITS_WORDS_MAX];

	kind->week =
	    cm_problem_allocate(problem, CM_DAYS_PER_WEEK * problem->words, sizeof(guint64));
	kind->remote =
	    cm_problem_allocate(problem, CM_DAYS_PER_WEEK * problem->words, sizeof(guint64));
	for (guint day = 0; day < CM_DAYS_PER_WEEK; day++) {
		guint64 *week = kind->week + day * problem->words;
		guint64 *remote = kind->remote + day * problem->words;

		cm_day_bits_set(week, problem->words, 0, problem->bits);
		for (guint i = 0; i < session->participants.count; i++) {
			const CmContact *contact = get_participant(caseload, session, i);

			cm_problem_fill_hours(problem, contact->hours.day[day], kind->minutes,
					      hours);
			cm_day_bits_and(week, hours, problem->words);
		}
		/* where the student is absent their hours don't count */
		if (kind->present)
			cm_problem_fill_hours(problem, student->remote_hours.day[day],
					      kind->minutes, remote);
		else
			cm_day_bits_set(remote, problem->words, 0, problem->bits);
	}
}

static void
compile_preference(CmProblem *problem, const CmSession *session, CmKind *kind)
{
	if (session->participants.count == 0)
		return;
	kind->preference =
	    cm_problem_allocate(problem, CM_DAYS_PER_WEEK * (guint)problem->bits, sizeof(guint16));
	for (guint day = 0; day < CM_DAYS_PER_WEEK; day++) {
		guint16 *points = kind->preference + day * (guint)problem->bits;

		for (guint i = 0; i < session->participants.count; i++) {
			const CmContact *contact = get_participant(problem->caseload, session, i);
			guint64 preferred[CM_DAY_BITS_WORDS_MAX];

			cm_problem_fill_hours(problem, contact->preferred.day[day], kind->minutes,
					      preferred);
			for (gint bit = 0; bit < problem->bits; bit++)
				if (!cm_day_bits_has(preferred, (guint)bit))
					points[bit] = (guint16)(points[bit] + PREFERENCE_POINTS);
		}
	}
}

/* Points of being taken out of one core window, for each start. */
static void
add_core(const CmProblem *problem, const CmWindow *window, gint minutes, guint16 *points)
{
	for (gint bit = 0; bit < problem->bits; bit++) {
		gint start = problem->first_minute + bit * problem->grid;
		gint overlap = MIN(start + minutes, window->to) - MAX(start, window->from);

		if (overlap > 0)
			points[bit] =
			    (guint16)(points[bit] + (overlap + CORE_MINUTES - 1) / CORE_MINUTES);
	}
}

static void
compile_school(CmProblem *problem, const CmStudent *student, guint32 site, CmKind *kind)
{
	const CmCaseload *caseload = problem->caseload;
	const CmSite *place = CM_ELEMENT(caseload->sites, CmSite, site);
	const CmCalendar *calendar = CM_ELEMENT(caseload->calendars, CmCalendar, place->calendar);
	guint cycle = (guint)MAX(calendar->cycle_length, 0) + 1;
	guint words = problem->words;

	kind->school = cm_problem_allocate(problem, cycle * words, sizeof(guint64));
	for (guint day = 0; day < cycle; day++)
		cm_day_bits_set(kind->school + day * words, words,
				cm_problem_bit_up(problem, place->open.from),
				cm_problem_bit_down(problem, place->open.to - kind->minutes) + 1);
	if (!kind->present)
		return;
	for (guint i = 0; i < student->blocked.count; i++) {
		const CmCycleWindow *blocked =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, student->blocked.first + i);

		if (blocked->cycle_day >= 0 && (guint)blocked->cycle_day < cycle)
			cm_problem_clear_taken(
			    problem, kind->school + (guint)blocked->cycle_day * words,
			    kind->minutes, blocked->window.from, blocked->window.to);
	}
	kind->core = cm_problem_allocate(problem, cycle * (guint)problem->bits, sizeof(guint16));
	for (guint i = 0; i < student->core.count; i++) {
		const CmCycleWindow *core =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, student->core.first + i);

		if (core->cycle_day >= 0 && (guint)core->cycle_day < cycle)
			add_core(problem, &core->window, kind->minutes,
				 kind->core + (guint)core->cycle_day * (guint)problem->bits);
	}
}

static gint
compare_taken(gconstpointer a, gconstpointer b)
{
	const CmTaken *left = a;
	const CmTaken *right = b;

	return left->day - right->day;
}

static void
append_taken(CmProblem *problem, CmRange range)
{
	for (guint i = 0; i < range.count; i++) {
		CmTaken taken = g_array_index(problem->taken, CmTaken, range.first + i);

		g_array_append_val(problem->taken, taken);
	}
}

static void
compile_people(CmProblem *problem,
	       const CmKindSources *sources,
	       const CmSession *session,
	       CmKind *kind)
{
	const CmCaseload *caseload = problem->caseload;
	guint32 student = CM_ELEMENT(caseload->followups, CmFollowup, session->followup)->student;

	kind->tracks.first = problem->kind_tracks->len;
	kind->taken.first = problem->taken->len;
	if (kind->present) {
		if (sources->student_tracks[student] != CM_NONE)
			g_array_append_val(problem->kind_tracks, sources->student_tracks[student]);
		append_taken(problem, sources->student_taken[student]);
	}
	for (guint i = 0; i < session->participants.count; i++) {
		guint32 contact =
		    g_array_index(caseload->references, guint32, session->participants.first + i);

		if (sources->contact_tracks[contact] != CM_NONE)
			g_array_append_val(problem->kind_tracks, sources->contact_tracks[contact]);
		append_taken(problem, sources->contact_taken[contact]);
	}
	kind->tracks.count = problem->kind_tracks->len - kind->tracks.first;
	kind->taken.count = problem->taken->len - kind->taken.first;
	if (kind->taken.count > 1)
		qsort(&g_array_index(problem->taken, CmTaken, kind->taken.first), kind->taken.count,
		      sizeof(CmTaken), compare_taken);
}

static guint16
find_length(const CmProblem *problem, gint minutes)
{
	guint16 length = 0;

	while (g_array_index(problem->lengths, gint, length) != minutes)
		length++;
	return length;
}

gboolean
cm_kind_compile(CmProblem *problem,
		const CmKindSources *sources,
		guint32 session_index,
		CmKind *out_kind)
{
	const CmCaseload *caseload = problem->caseload;
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, session_index);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);
	const CmProfessional *professional =
	    CM_ELEMENT(caseload->professionals, CmProfessional, followup->professional);
	const CmPolicy *policy = cm_policy_set_lookup(problem->policies, professional->profession);
	CmKind kind = {.followup = session->followup};

	kind.rules = session->act != NULL ? cm_policy_get_act(policy, session->act) : &no_act;
	if (kind.rules == NULL)
		return FALSE;
	kind.minutes = (gint16)session->minutes;
	kind.cells = (gint16)((session->minutes + problem->grid - 1) / problem->grid);
	kind.length = find_length(problem, session->minutes);
	kind.present = kind.rules->student_present ? 1 : 0;
	kind.modes = find_modes(problem, session, &kind);
	kind.companion_until =
	    find_age(problem, student->birth_date, kind.rules->companion_below_age);
	if (kind.present && !has_guardian(caseload, session))
		kind.guardian_until =
		    find_age(problem, student->birth_date, kind.rules->guardian_below_age);
	compile_week(problem, session, &kind);
	compile_preference(problem, session, &kind);
	compile_school(problem, student, student->site, &kind);
	compile_people(problem, sources, session, &kind);
	*out_kind = kind;
	return TRUE;
}
