// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/remedy.h"

#include "daemon/planner/day-rules.h"
#include "daemon/planner/points.h"
#include "daemon/planner/question.h"
#include "daemon/planner/slots.h"
#include "daemon/planner/swap.h"

#include <string.h>

#define SETS 7 /* obstacles of slots.h, in the order of their bits, as are the obstructions */
#define JOIN_MINUTES 60     /* hours asked are drawn to hours that there are already, if so near */
#define EFFORT_POINTS 10000 /* one step of effort outweighs any place */
#define SWAP_DAYS_MAX 12    /* days on which to look for a session that can move */

/* The search for what would place one session. Everything is about days of the question, which begin at reach->first. */
typedef struct {
	CmState *state;
	guint32 session;
	CmQuestion *question;
	const CmKind *kind;
	guint modes;  /* that the act and the site allow, whatever the session does */
	guint wanted; /* that the session allows */
	gboolean is_ever_home;
	guint dates[SETS + 4];
	gint seen[SETS + 4]; /* the last day counted, and the first ones */
	gint days[SETS + 4][CM_OBSTRUCTION_DAYS_MAX];
	guint pairs[SETS][SETS];
	CmRemedy best[CM_REMEDY_LAST][CM_DAYS_PER_WEEK]; /* by the weekday of the place */
	GArray *full_days; /* gint, of the problem: only the professional's day stands in the way */
	CmDiagnosis *diagnosis;
} Search;

/* What a day and a mode leave, by what may stand in the way. */
typedef struct {
	gint day;
	CmMode mode;
	guint beyond; /* CmObstruction: day or mode themselves */
	guint64 sets[SETS][CM_DAY_BITS_WORDS_MAX];
} Field;

static const guint8 efforts[CM_REMEDY_LAST] = {
    [CM_REMEDY_MOVE] = 1,    [CM_REMEDY_ROOM] = 2,  [CM_REMEDY_COMPANION] = 3,
    [CM_REMEDY_CONTACT] = 4, [CM_REMEDY_HOME] = 5,  [CM_REMEDY_PROFESSIONAL] = 6,
    [CM_REMEDY_MODE] = 7,    [CM_REMEDY_LIMIT] = 8, [CM_REMEDY_HORIZON] = 9,
};

static gint
get_start(const Search *search, guint bit)
{
	const CmProblem *problem = search->question->compiled;

	return problem->first_minute + (gint)bit * problem->grid;
}

static const CmSession *
get_session(const Search *search)
{
	return CM_ELEMENT(search->question->problem->caseload->sessions, CmSession,
			  search->session);
}

static guint32
get_site(const Search *search)
{
	return search->question->problem->chains[get_session(search)->followup].site;
}

/* What forbids the day or the mode as such; CM_OBSTRUCTION_LAST when no remedy would do. */
static guint
find_beyond(const Search *search, gint day, CmMode mode)
{
	const CmQuestion *question = search->question;
	const CmReach *reach = &question->reach;
	gint whole_day = reach->first + day;
	const CmTask *task = &question->problem->tasks[question->session];
	guint beyond = 0;

	if ((search->wanted & CM_MODE_FLAG(mode)) == 0)
		beyond |= CM_OBSTRUCTION_MODE;
	if (reach->in_person && mode != CM_MODE_IN_PERSON)
		beyond |= CM_OBSTRUCTION_SEQUENCE;
	if (reach->after >= 0 && whole_day > reach->after + task->max_gap)
		beyond |= CM_OBSTRUCTION_GAP;
	if (whole_day >= question->problem->days)
		beyond |= CM_OBSTRUCTION_HORIZON;
	if (beyond == 0 && day >= question->days)
		return CM_OBSTRUCTION_LAST;
	return beyond;
}

/* The remedy if it is cheaper than what is kept for its kind and weekday; its place's own cost ranks it. */
static void
keep(Search *search, const Field *field, guint bit, gint extra, CmRemedy remedy)
{
	const CmQuestion *question = search->question;
	gint weekday = question->compiled->weekdays[field->day];
	CmSpot spot = {.day = (gint16)field->day,
		       .start = (gint16)get_start(search, bit),
		       .mode = (guint8)field->mode};
	CmCost cost = {{0}};

	cm_points_add_session(question->compiled, 0, &spot, &cost);
	remedy.site = get_site(search);
	remedy.place = (CmRemedyPlace){question->reach.first + field->day, spot.start, spot.mode};
	remedy.points = efforts[remedy.kind] * EFFORT_POINTS +
			(gint)MIN(cm_cost_get_total(&cost) + extra, EFFORT_POINTS - 1);
	if (remedy.points < search->best[remedy.kind][weekday].points)
		search->best[remedy.kind][weekday] = remedy;
}

/* Hours to be added for a session at a start: drawn to those that there are already. Returns the minutes between them. */
static gint
draw_hours(const CmCaseload *caseload,
	   const CmWeekHours *hours,
	   gint weekday,
	   gint start,
	   gint minutes,
	   CmRemedy *remedy)
{
	CmRange range = hours->day[weekday];
	gint from = start;
	gint to = start + minutes;
	gint away = CM_MINUTES_PER_DAY;

	for (guint i = 0; i < range.count; i++) {
		const CmWindow *window = CM_ELEMENT(caseload->windows, CmWindow, range.first + i);

		away = MIN(away, MAX(MAX(window->from - (start + minutes), start - window->to), 0));
		if (window->to >= start - JOIN_MINUTES && window->from <= start)
			from = MIN(from, window->from < start && window->to > start ? window->from
										    : window->to);
		if (window->from <= start + minutes + JOIN_MINUTES && window->to >= start + minutes)
			to = MAX(to, window->from < start + minutes ? window->to : window->from);
	}
	remedy->weekday = weekday;
	remedy->hours = (CmWindow){(CmMinute)from, (CmMinute)to};
	return away;
}

static gboolean
is_within(const CmCaseload *caseload, const CmWeekHours *hours, gint weekday, gint start, gint end)
{
	CmRange range = hours->day[weekday];

	for (guint i = 0; i < range.count; i++) {
		const CmWindow *window = CM_ELEMENT(caseload->windows, CmWindow, range.first + i);

		if (start >= window->from && end <= window->to)
			return TRUE;
	}
	return FALSE;
}

/* Of the participants exactly one lacks the hours; who is otherwise taken is not free whatever the hours. */
static void
consider_contact(Search *search, const Field *field, guint bit)
{
	const CmQuestion *question = search->question;
	const CmCaseload *caseload = question->caseload;
	const CmCaseload *whole = question->problem->caseload;
	CmRange participants = get_session(search)->participants;
	gint weekday = question->compiled->weekdays[field->day];
	gint start = get_start(search, bit);
	CmRemedy remedy = {.kind = CM_REMEDY_CONTACT, .resource = CM_NONE};
	gint away = 0;

	for (guint i = 0; i < caseload->contacts->len; i++) {
		const CmContact *contact = CM_ELEMENT(caseload->contacts, CmContact, i);

		if (is_within(caseload, &contact->hours, weekday, start,
			      start + search->kind->minutes))
			continue;
		if (remedy.resource != CM_NONE)
			return;
		remedy.resource = g_array_index(whole->references, guint32, participants.first + i);
		away = draw_hours(caseload, &contact->hours, weekday, start, search->kind->minutes,
				  &remedy);
	}
	if (remedy.resource != CM_NONE)
		keep(search, field, bit, away, remedy);
}

static gboolean
is_absent(const Search *search, gint day)
{
	const GArray *absences = search->question->caseload->absences;
	CmDay date = search->question->caseload->from + day;

	for (guint i = 0; i < absences->len; i++)
		if (date >= CM_ELEMENT(absences, CmAbsence, i)->from &&
		    date <= CM_ELEMENT(absences, CmAbsence, i)->to)
			return TRUE;
	return FALSE;
}

static void
consider_hours(Search *search, const Field *field, guint bit, CmRemedyKind kind)
{
	const CmQuestion *question = search->question;
	const CmFollowup *followup = CM_ELEMENT(question->problem->caseload->followups, CmFollowup,
						get_session(search)->followup);
	const CmWeekHours *hours =
	    kind == CM_REMEDY_HOME
		? &CM_ELEMENT(question->caseload->students, CmStudent, 0)->remote_hours
		: &CM_ELEMENT(question->caseload->professionals, CmProfessional, 0)->hours;
	gint weekday = question->compiled->weekdays[field->day];
	gint start = get_start(search, bit);
	CmRemedy remedy = {.kind = (guint8)kind};
	gint away;

	remedy.resource = kind == CM_REMEDY_HOME ? followup->student : followup->professional;
	if ((kind == CM_REMEDY_PROFESSIONAL && is_absent(search, field->day)) ||
	    is_within(question->caseload, hours, weekday, start, start + search->kind->minutes))
		return;
	away =
	    draw_hours(question->caseload, hours, weekday, start, search->kind->minutes, &remedy);
	keep(search, field, bit, away, remedy);
}

static void
consider_companion(Search *search, const Field *field, guint bit)
{
	const CmQuestion *question = search->question;
	const CmWeekHours none = {{{0, 0}}};
	gint weekday = question->compiled->weekdays[field->day];
	gint start = get_start(search, bit);
	CmRemedy remedy = {.kind = CM_REMEDY_COMPANION, .resource = CM_NONE};
	gint away = CM_MINUTES_PER_DAY;

	for (guint i = 0; i < question->companions->len; i++) {
		const CmCompanion *companion =
		    CM_ELEMENT(question->caseload->companions, CmCompanion, i);

		if (is_within(question->caseload, &companion->hours, weekday, start,
			      start + search->kind->minutes))
			continue; /* is with somebody else */
		remedy.resource = g_array_index(question->companions, guint32, i);
		away = draw_hours(question->caseload, &companion->hours, weekday, start,
				  search->kind->minutes, &remedy);
	}
	if (remedy.resource == CM_NONE)
		(void)draw_hours(question->caseload, &none, weekday, start, search->kind->minutes,
				 &remedy);
	keep(search, field, bit, away, remedy);
}

/* A day's limit of the policy, one more than the day has. */
static gint
relax(const Search *search, CmRemedyLimit limit, const CmDayLoad *load, CmWorker *worker)
{
	switch (limit) {
	case CM_LIMIT_MAX_SESSIONS:
		worker->max_sessions = load->count + 1;
		return worker->max_sessions;
	case CM_LIMIT_MAX_MINUTES:
		worker->max_minutes = load->minutes + search->kind->minutes;
		return worker->max_minutes;
	case CM_LIMIT_MAX_SITES:
		worker->max_sites = __builtin_popcountll(load->sites) + 1;
		return worker->max_sites;
	case CM_LIMIT_MAX_VIDEO:
		worker->max_video += search->kind->minutes;
		return worker->max_video;
	case CM_LIMIT_MAX_GAP:
	case CM_LIMIT_SEQUENCE:
	case CM_LIMIT_LAST:
		break;
	}
	return 0;
}

static void
consider_limits(Search *search, const Field *field, const guint64 *only)
{
	const CmProblem *problem = search->question->compiled;
	const CmDayLoad *load = cm_state_load(search->question->state, 0, field->day);
	const CmVisit *visits = cm_state_visits(search->question->state, 0, field->day);
	CmVisit asked = {.end = search->kind->minutes,
			 .mode = (guint8)field->mode,
			 .site_bit = problem->chains[0].site_bit};
	guint64 starts[CM_DAY_BITS_WORDS_MAX];

	for (guint limit = 0; limit <= CM_LIMIT_MAX_VIDEO; limit++) {
		CmWorker worker = problem->workers[0];
		CmRemedy remedy = {.kind = CM_REMEDY_LIMIT, .limit = (guint8)limit};

		remedy.value = relax(search, (CmRemedyLimit)limit, load, &worker);
		if (!cm_day_rules_fill(problem, &worker, load, visits, &asked, starts))
			continue;
		cm_day_bits_and(starts, only, problem->words);
		for (guint bit = 0; bit < (guint)problem->bits; bit++)
			if (cm_day_bits_has(starts, bit))
				keep(search, field, bit, 0, remedy);
	}
}

static void
consider_beyond(Search *search, const Field *field, guint bit)
{
	const CmQuestion *question = search->question;
	CmRemedy remedy = {.kind = CM_REMEDY_LIMIT};

	switch (field->beyond) {
	case CM_OBSTRUCTION_MODE:
		remedy.kind = CM_REMEDY_MODE;
		remedy.mode = (guint8)field->mode;
		break;
	case CM_OBSTRUCTION_SEQUENCE:
		remedy.limit = CM_LIMIT_SEQUENCE;
		break;
	case CM_OBSTRUCTION_GAP:
		remedy.limit = CM_LIMIT_MAX_GAP;
		remedy.value = question->reach.first + field->day - question->reach.after;
		break;
	default:
		remedy.kind = CM_REMEDY_HORIZON;
		remedy.date = question->caseload->from + field->day;
		break;
	}
	keep(search, field, bit, 0, remedy);
}

static void
consider_room(Search *search, const Field *field, guint bit)
{
	CmRemedy remedy = {.kind = CM_REMEDY_ROOM, .resource = get_site(search)};

	remedy.use = field->mode == CM_MODE_IN_PERSON ? CM_USE_IN_PERSON : CM_USE_VIDEO;
	keep(search, field, bit, 0, remedy);
}

/* One start at which nothing but `which` stands in the way. */
static void
consider(Search *search, const Field *field, guint which, guint bit)
{
	switch (1u << which) {
	case CM_OBSTRUCTION_HOURS:
		consider_hours(search, field, bit, CM_REMEDY_PROFESSIONAL);
		break;
	case CM_OBSTRUCTION_CONTACTS:
		consider_contact(search, field, bit);
		break;
	case CM_OBSTRUCTION_STUDENT:
		/* no hours at all: never by video from home */
		if (field->mode == CM_MODE_VIDEO_REMOTE && search->is_ever_home)
			consider_hours(search, field, bit, CM_REMEDY_HOME);
		break;
	case CM_OBSTRUCTION_ROOM:
		consider_room(search, field, bit);
		break;
	case CM_OBSTRUCTION_COMPANION:
		consider_companion(search, field, bit);
		break;
	case CM_OBSTRUCTION_DAY:
	case CM_OBSTRUCTION_CALENDAR:
		break;
	default:
		consider_beyond(search, field, bit);
		break;
	}
}

/* A date on which something stands alone in the way. */
static void
count_date(Search *search, guint which, gint day)
{
	if (search->seen[which] == day)
		return;
	search->seen[which] = day;
	if (search->dates[which] < CM_OBSTRUCTION_DAYS_MAX)
		search->days[which][search->dates[which]] = search->question->reach.first + day;
	search->dates[which]++;
}

static void
consider_all(Search *search, const Field *field, guint which, const guint64 *only)
{
	const CmProblem *problem = search->question->compiled;

	if (!cm_day_bits_any(only, problem->words))
		return;
	count_date(search, which, field->day);
	if (1u << which == CM_OBSTRUCTION_DAY) {
		gint whole_day = search->question->reach.first + field->day;

		if (search->full_days->len == 0 ||
		    g_array_index(search->full_days, gint, search->full_days->len - 1) != whole_day)
			g_array_append_val(search->full_days, whole_day);
		consider_limits(search, field, only);
	}
	for (guint bit = 0; bit < (guint)problem->bits; bit++)
		if (cm_day_bits_has(only, bit))
			consider(search, field, which, bit);
}

/* The starts that only `a` and `b` (SETS: none) forbid. */
static void
fill_only(const Field *field, guint a, guint b, guint words, guint64 *out_only)
{
	for (guint w = 0; w < words; w++) {
		out_only[w] = ~(guint64)0;
		for (guint set = 0; set < SETS; set++)
			out_only[w] &=
			    set == a || set == b ? ~field->sets[set][w] : field->sets[set][w];
	}
}

static void
fill_field(const Search *search, Field *field)
{
	const CmProblem *problem = search->question->compiled;

	for (guint set = 0; set < SETS; set++)
		if (!cm_slots_fill(search->question->state, 0, field->day, field->mode, 1u << set,
				   field->sets[set]))
			cm_day_bits_zero(field->sets[set], problem->words);
}

static void
count_pairs(Search *search, const Field *field)
{
	guint words = search->question->compiled->words;
	guint64 only[CM_DAY_BITS_WORDS_MAX];

	for (guint a = 0; a < SETS; a++)
		for (guint b = a + 1; b < SETS; b++) {
			fill_only(field, a, b, words, only);
			search->pairs[a][b] += cm_day_bits_any(only, words);
		}
}

static void
look(Search *search, gint day, CmMode mode)
{
	const CmProblem *problem = search->question->compiled;
	guint64 only[CM_DAY_BITS_WORDS_MAX];
	Field field = {.day = day, .mode = mode, .beyond = find_beyond(search, day, mode)};

	if (__builtin_popcount(field.beyond) > 1 || field.beyond == CM_OBSTRUCTION_LAST)
		return;
	fill_field(search, &field);
	fill_only(&field, SETS, SETS, problem->words, only);
	if (field.beyond != 0) {
		consider_all(search, &field, (guint)__builtin_ctz(field.beyond), only);
		return;
	}
	for (guint bit = 0; !search->diagnosis->free && bit < (guint)problem->bits; bit++) {
		if (!cm_day_bits_has(only, bit))
			continue;
		search->diagnosis->free = TRUE;
		search->diagnosis->place = (CmRemedyPlace){search->question->reach.first + day,
							   get_start(search, bit), (guint8)mode};
	}
	for (guint set = 0; set < SETS; set++) {
		fill_only(&field, set, SETS, problem->words, only);
		consider_all(search, &field, set, only);
	}
	count_pairs(search, &field);
}

/* Modes that the act allows and the site could serve with a room more: rooms and consents are among what may change. */
static void
open_search(Search *search, CmState *state, guint32 session, CmDiagnosis *diagnosis)
{
	const CmProblem *compiled;
	CmKind *kind;
	guint modes = CM_MODES_ALL;

	search->state = state;
	search->session = session;
	search->diagnosis = diagnosis;
	search->full_days = g_array_new(FALSE, FALSE, sizeof(gint));
	compiled = search->question->compiled;
	kind = cm_problem_kind(compiled, compiled->tasks[0].kind);
	if ((kind->rules->modalities & CM_USE_IN_PERSON) == 0 ||
	    compiled->chains[0].site_bit == G_MAXUINT8)
		modes &= ~CM_MODE_FLAG(CM_MODE_IN_PERSON);
	if ((kind->rules->modalities & CM_USE_VIDEO) == 0)
		modes &= CM_MODE_FLAG(CM_MODE_IN_PERSON);
	if (!kind->present)
		modes &= ~CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL);
	kind->modes = (guint8)modes;
	search->kind = kind;
	search->modes = modes;
	search->wanted = modes & get_session(search)->modes;
	for (guint day = 0; day < CM_DAYS_PER_WEEK; day++)
		search->is_ever_home |=
		    CM_ELEMENT(search->question->caseload->students, CmStudent, 0)
			->remote_hours.day[day]
			.count > 0;
	for (guint i = 0; i < G_N_ELEMENTS(search->seen); i++)
		search->seen[i] = -1;
	for (guint i = 0; i < CM_REMEDY_LAST; i++)
		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++)
			search->best[i][day].points = G_MAXINT;
}

/* Whether the remedy, applied to a copy of the inputs, opens the place that it names. */
static gboolean
check_remedy(const Search *search, const CmRemedy *remedy)
{
	g_autoptr(CmQuestion) question = cm_question_new(search->state, search->session, remedy);
	gboolean is_limit = remedy->kind == CM_REMEDY_LIMIT;
	guint64 starts[CM_DAY_BITS_WORDS_MAX];
	const CmReach *reach;
	CmProblem *problem;
	gint day;
	gint bit;

	if (question == NULL)
		return FALSE;
	problem = question->compiled;
	reach = &question->reach;
	day = remedy->place.day - reach->first;
	bit = cm_problem_bit_up(problem, remedy->place.start);
	if (day < 0 || day >= problem->days || bit >= problem->bits)
		return FALSE;
	if (remedy->place.day > reach->last && remedy->kind != CM_REMEDY_HORIZON &&
	    !(is_limit && remedy->limit == CM_LIMIT_MAX_GAP))
		return FALSE;
	if (reach->in_person && remedy->place.mode != CM_MODE_IN_PERSON &&
	    !(is_limit && remedy->limit == CM_LIMIT_SEQUENCE))
		return FALSE;
	if (is_limit)
		(void)relax(search, (CmRemedyLimit)remedy->limit,
			    cm_state_load(question->state, 0, day), &problem->workers[0]);
	return cm_slots_fill(question->state, problem->tasks[0].kind, day,
			     (CmMode)remedy->place.mode, CM_OBSTACLES_ALL, starts) &&
	       cm_day_bits_has(starts, (guint)bit);
}

static gint
compare_remedies(gconstpointer a, gconstpointer b)
{
	const CmRemedy *left = a;
	const CmRemedy *right = b;

	if (left->points != right->points)
		return left->points < right->points ? -1 : 1;
	return left->place.day - right->place.day;
}

static void
look_for_swap(Search *search)
{
	CmRemedy remedy;

	if (!cm_swap_find(search->state, search->session,
			  (const gint *)(gpointer)search->full_days->data,
			  MIN(search->full_days->len, SWAP_DAYS_MAX), &remedy))
		return;
	remedy.site = get_site(search);
	remedy.points =
	    efforts[CM_REMEDY_MOVE] * EFFORT_POINTS + CLAMP(remedy.points, 0, EFFORT_POINTS - 1);
	search->best[CM_REMEDY_MOVE][0] = remedy;
}

/* The cheapest of each kind that holds what it says. */
static void
choose(Search *search)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(CmRemedy));
	CmDiagnosis *diagnosis = search->diagnosis;
	guint kinds = 0;

	for (guint i = 0; i < CM_REMEDY_LAST; i++)
		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++)
			if (search->best[i][day].points != G_MAXINT)
				g_array_append_val(all, search->best[i][day]);
	g_array_sort(all, compare_remedies);
	for (guint i = 0; i < all->len && diagnosis->count < CM_REMEDIES_MAX; i++) {
		const CmRemedy *remedy = &g_array_index(all, CmRemedy, i);

		if ((kinds & 1u << remedy->kind) != 0 ||
		    (remedy->kind != CM_REMEDY_MOVE && !check_remedy(search, remedy)))
			continue;
		kinds |= 1u << remedy->kind;
		diagnosis->remedies[diagnosis->count++] = *remedy;
	}
}

/* What a remedy takes out of the way. */
static guint
get_obstruction(const CmRemedy *remedy)
{
	static const guint limits[CM_LIMIT_LAST] = {
	    [CM_LIMIT_MAX_SESSIONS] = CM_OBSTRUCTION_DAY,
	    [CM_LIMIT_MAX_MINUTES] = CM_OBSTRUCTION_DAY,
	    [CM_LIMIT_MAX_SITES] = CM_OBSTRUCTION_DAY,
	    [CM_LIMIT_MAX_VIDEO] = CM_OBSTRUCTION_DAY,
	    [CM_LIMIT_MAX_GAP] = CM_OBSTRUCTION_GAP,
	    [CM_LIMIT_SEQUENCE] = CM_OBSTRUCTION_SEQUENCE,
	};
	static const guint kinds[CM_REMEDY_LAST] = {
	    [CM_REMEDY_MOVE] = CM_OBSTRUCTION_DAY,
	    [CM_REMEDY_ROOM] = CM_OBSTRUCTION_ROOM,
	    [CM_REMEDY_COMPANION] = CM_OBSTRUCTION_COMPANION,
	    [CM_REMEDY_CONTACT] = CM_OBSTRUCTION_CONTACTS,
	    [CM_REMEDY_HOME] = CM_OBSTRUCTION_STUDENT,
	    [CM_REMEDY_PROFESSIONAL] = CM_OBSTRUCTION_HOURS,
	    [CM_REMEDY_MODE] = CM_OBSTRUCTION_MODE,
	    [CM_REMEDY_HORIZON] = CM_OBSTRUCTION_HORIZON,
	};

	return remedy->kind == CM_REMEDY_LIMIT ? limits[remedy->limit] : kinds[remedy->kind];
}

static void
name_alone(Search *search, guint which)
{
	CmDiagnosis *diagnosis = search->diagnosis;

	diagnosis->obstruction = 1u << which;
	diagnosis->dates = search->dates[which];
	memcpy(diagnosis->day, search->days[which], sizeof(diagnosis->day));
}

/* What the cheapest remedy is against; else what stands alone in the way most often; else which two do. */
static void
name_obstruction(Search *search)
{
	CmDiagnosis *diagnosis = search->diagnosis;
	guint named = diagnosis->count > 0 ? get_obstruction(&diagnosis->remedies[0]) : 0;
	guint most = 0;

	for (guint i = 0; i < G_N_ELEMENTS(search->dates); i++) {
		guint dates = named == 1u << i ? G_MAXUINT : search->dates[i];

		if (search->dates[i] == 0 || dates <= most)
			continue;
		most = dates;
		name_alone(search, i);
	}
	for (guint a = 0; diagnosis->dates == 0 && a < SETS; a++)
		for (guint b = a + 1; b < SETS; b++) {
			if (search->pairs[a][b] <= most)
				continue;
			most = search->pairs[a][b];
			diagnosis->obstruction = 1u << a | 1u << b;
		}
}

void
cm_remedy_find(CmState *state, guint32 session, gboolean thorough, CmDiagnosis *out_diagnosis)
{
	Search search = {0};
	gint days;

	*out_diagnosis = (CmDiagnosis){0};
	search.question = cm_question_new(state, session, NULL);
	if (search.question == NULL)
		return;
	open_search(&search, state, session, out_diagnosis);
	days = search.question->compiled->days;
	for (gint day = 0; day < days && !out_diagnosis->free; day++)
		for (guint mode = 0; mode < CM_MODE_LAST; mode++)
			if ((search.modes & CM_MODE_FLAG(mode)) != 0)
				look(&search, day, (CmMode)mode);
	if (!out_diagnosis->free) {
		if (thorough) {
			look_for_swap(&search);
			choose(&search);
		}
		name_obstruction(&search);
	}
	g_array_unref(search.full_days);
	cm_question_free(search.question);
}

const gchar *
cm_remedy_kind_to_string(CmRemedyKind kind)
{
	static const gchar *const names[CM_REMEDY_LAST] = {
	    [CM_REMEDY_MOVE] = "move",
	    [CM_REMEDY_ROOM] = "room",
	    [CM_REMEDY_COMPANION] = "companion",
	    [CM_REMEDY_CONTACT] = "participant",
	    [CM_REMEDY_PROFESSIONAL] = "professional",
	    [CM_REMEDY_HOME] = "home",
	    [CM_REMEDY_MODE] = "mode",
	    [CM_REMEDY_HORIZON] = "end-of-term",
	    [CM_REMEDY_LIMIT] = "derogation",
	};

	return kind < CM_REMEDY_LAST ? names[kind] : "";
}
