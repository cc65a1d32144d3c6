// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/problem.h"

#include "daemon/planner/hole.h"
#include "daemon/planner/kind.h"
#include "daemon/planner/locked.h"
#include "daemon/planner/problem-data.h"
#include "include/cm-error.h"

#include <glib/gi18n.h>

gpointer
cm_problem_allocate(CmProblem *problem, gsize count, gsize size)
{
	gpointer block = g_malloc0_n(MAX(count, 1), size);

	g_ptr_array_add(problem->blocks, block);
	return block;
}

void
cm_problem_fill_hours(const CmProblem *problem, CmRange windows, gint minutes, guint64 *out_starts)
{
	cm_day_bits_zero(out_starts, problem->words);
	for (guint i = 0; i < windows.count; i++) {
		const CmWindow *window =
		    CM_ELEMENT(problem->caseload->windows, CmWindow, windows.first + i);

		cm_day_bits_set(out_starts, problem->words,
				cm_problem_bit_up(problem, window->from),
				cm_problem_bit_down(problem, window->to - minutes) + 1);
	}
}

CmRange
cm_problem_find_taken(const CmProblem *problem, CmRange range, gint day)
{
	const CmTaken *taken = (const CmTaken *)(gpointer)problem->taken->data + range.first;
	guint low = 0;
	guint high = range.count;
	CmRange found;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (taken[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	found.first = range.first + low;
	for (high = low; high < range.count && taken[high].day == day;)
		high++;
	found.count = high - low;
	return found;
}

/* The part of a day that any professional works, and the grid's bits in it. */
static void
compile_grid(CmProblem *problem)
{
	const CmCaseload *caseload = problem->caseload;
	gint from = CM_MINUTES_PER_DAY;
	gint to = 0;

	problem->grid = MAX(caseload->grid_minutes, 1);
	for (guint i = 0; i < caseload->professionals->len; i++) {
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, i);

		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++) {
			CmRange windows = professional->hours.day[day];

			for (guint w = 0; w < windows.count; w++) {
				const CmWindow *window =
				    CM_ELEMENT(caseload->windows, CmWindow, windows.first + w);

				from = MIN(from, window->from);
				to = MAX(to, window->to);
			}
		}
	}
	problem->first_minute = MIN(from, to) / problem->grid * problem->grid;
	problem->bits = MAX((to - problem->first_minute + problem->grid - 1) / problem->grid, 1);
	problem->words = ((guint)problem->bits + 63) / 64;
	problem->bit_up = cm_problem_allocate(problem, CM_MINUTES_PER_DAY + 1, sizeof(gint16));
	problem->bit_down = cm_problem_allocate(problem, CM_MINUTES_PER_DAY + 1, sizeof(gint16));
	for (gint minute = 0; minute <= CM_MINUTES_PER_DAY; minute++) {
		gint after = minute - problem->first_minute;
		gint up = after <= 0 ? 0 : (after + problem->grid - 1) / problem->grid;
		gint down = after < 0 ? -1 : after / problem->grid;

		problem->bit_up[minute] = (gint16)MIN(up, problem->bits);
		problem->bit_down[minute] = (gint16)MIN(down, problem->bits - 1);
	}
}

static void
compile_dates(CmProblem *problem)
{
	const CmCaseload *caseload = problem->caseload;

	problem->weekdays = cm_problem_allocate(problem, (gsize)problem->days, 1);
	for (gint day = 0; day < problem->days; day++)
		problem->weekdays[day] = (guint8)cm_day_get_weekday(caseload->from + day);
	problem->dates = cm_problem_allocate(
	    problem, caseload->calendars->len * (gsize)problem->days, sizeof(CmDate));
	for (guint c = 0; c < caseload->calendars->len; c++) {
		const CmCalendar *calendar = CM_ELEMENT(caseload->calendars, CmCalendar, c);

		for (guint i = 0; i < calendar->days.count; i++) {
			const CmCalendarDay *listed = CM_ELEMENT(
			    caseload->calendar_days, CmCalendarDay, calendar->days.first + i);
			gint day = listed->date - caseload->from;
			CmDate *date;

			if (day < 0 || day >= problem->days)
				continue;
			date = &problem->dates[c * (guint)problem->days + (guint)day];
			date->kind = listed->kind;
			date->cycle_day = listed->cycle_day;
		}
	}
}

static gint
compare_length(gconstpointer a, gconstpointer b)
{
	return *(const gint *)a - *(const gint *)b;
}

static void
compile_lengths(CmProblem *problem)
{
	const CmCaseload *caseload = problem->caseload;
	gboolean seen[CM_MINUTES_PER_DAY + 1] = {FALSE};

	for (guint i = 0; i < caseload->sessions->len; i++) {
		gint minutes = CM_ELEMENT(caseload->sessions, CmSession, i)->minutes;

		if (!seen[CLAMP(minutes, 0, CM_MINUTES_PER_DAY)])
			g_array_append_val(problem->lengths, minutes);
		seen[CLAMP(minutes, 0, CM_MINUTES_PER_DAY)] = TRUE;
	}
	g_array_sort(problem->lengths, compare_length);
}

static gint
compare_busy(gconstpointer a, gconstpointer b, gpointer user_data)
{
	const CmCaseload *caseload = user_data;
	const CmBusy *left = CM_ELEMENT(caseload->busy, CmBusy, *(const guint32 *)a);
	const CmBusy *right = CM_ELEMENT(caseload->busy, CmBusy, *(const guint32 *)b);

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	if (left->resource != right->resource)
		return left->resource < right->resource ? -1 : 1;
	if (left->date != right->date)
		return left->date < right->date ? -1 : 1;
	return left->window.from - right->window.from;
}

/* Put the busy times of the horizon into problem->taken; gives for each kind an array of ranges by resource. */
static void
compile_busy(CmProblem *problem, CmRange *ranges[CM_RESOURCE_LAST])
{
	const CmCaseload *caseload = problem->caseload;
	const guint lengths[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] = caseload->professionals->len,
	    [CM_RESOURCE_STUDENT] = caseload->students->len,
	    [CM_RESOURCE_CONTACT] = caseload->contacts->len,
	    [CM_RESOURCE_ROOM] = caseload->rooms->len,
	    [CM_RESOURCE_COMPANION] = caseload->companions->len,
	};
	g_autoptr(GArray) order = g_array_sized_new(FALSE, FALSE, sizeof(guint32), 1);

	for (guint kind = 0; kind < CM_RESOURCE_LAST; kind++)
		ranges[kind] = cm_problem_allocate(problem, lengths[kind], sizeof(CmRange));
	for (guint32 i = 0; i < caseload->busy->len; i++)
		g_array_append_val(order, i);
	g_array_sort_with_data(order, compare_busy, (gpointer)caseload);
	for (guint i = 0; i < order->len; i++) {
		const CmBusy *busy =
		    CM_ELEMENT(caseload->busy, CmBusy, g_array_index(order, guint32, i));
		CmRange *range = &ranges[busy->kind][busy->resource];
		CmTaken taken = {.day = (gint16)(busy->date - caseload->from),
				 .from = busy->window.from,
				 .to = busy->window.to};

		if (busy->date < caseload->from || busy->date > caseload->to)
			continue;
		if (range->count == 0)
			range->first = problem->taken->len;
		range->count++;
		g_array_append_val(problem->taken, taken);
	}
}

static guint32
add_track(CmProblem *problem, guint32 index, CmRange taken)
{
	CmTrack track = {.taken = taken, .index = index};

	g_array_append_val(problem->tracks, track);
	return problem->tracks->len - 1;
}

/* Rooms of a site with a use into site_tracks, those without the other use first: they are good for nothing else. */
static CmRange
list_rooms(CmProblem *problem, guint32 site, CmUse use)
{
	const CmCaseload *caseload = problem->caseload;
	CmRange range = {.first = problem->site_tracks->len};

	for (guint both = 0; both < 2; both++) {
		for (guint32 i = 0; i < caseload->rooms->len; i++) {
			const CmRoom *room = CM_ELEMENT(caseload->rooms, CmRoom, i);
			gboolean other =
			    (room->uses & (CM_USE_IN_PERSON | CM_USE_VIDEO)) != (guint8)use;

			if (room->site == site && (room->uses & use) != 0 && other == (both == 1))
				g_array_append_val(problem->site_tracks, i);
		}
	}
	range.count = problem->site_tracks->len - range.first;
	return range;
}

static void
compile_companion(CmProblem *problem, guint32 index, guint32 track_index)
{
	const CmCompanion *companion =
	    CM_ELEMENT(problem->caseload->companions, CmCompanion, index);
	guint64 *hours = cm_problem_allocate(
	    problem, (gsize)problem->lengths->len * CM_DAYS_PER_WEEK * problem->words,
	    sizeof(guint64));

	cm_problem_track(problem, track_index)->hours = hours;
	for (guint l = 0; l < problem->lengths->len; l++) {
		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++) {
			cm_problem_fill_hours(problem, companion->hours.day[day],
					      g_array_index(problem->lengths, gint, l), hours);
			hours += problem->words;
		}
	}
}

static void
compile_places(CmProblem *problem, CmRange *const ranges[CM_RESOURCE_LAST])
{
	const CmCaseload *caseload = problem->caseload;

	/* room i is track i, and the companions' tracks follow */
	for (guint32 i = 0; i < caseload->rooms->len; i++)
		add_track(problem, i, ranges[CM_RESOURCE_ROOM][i]);
	for (guint32 i = 0; i < caseload->companions->len; i++)
		compile_companion(problem, i,
				  add_track(problem, i, ranges[CM_RESOURCE_COMPANION][i]));
	problem->places = cm_problem_allocate(problem, caseload->sites->len, sizeof(CmPlace));
	for (guint32 site = 0; site < caseload->sites->len; site++) {
		CmPlace *place = &problem->places[site];

		place->calendar = CM_ELEMENT(caseload->sites, CmSite, site)->calendar;
		place->tracks[0] = list_rooms(problem, site, CM_USE_IN_PERSON);
		place->tracks[1] = list_rooms(problem, site, CM_USE_VIDEO);
		place->companions.first = problem->site_tracks->len;
		for (guint32 i = 0; i < caseload->companions->len; i++) {
			guint32 track = caseload->rooms->len + i;

			if (CM_ELEMENT(caseload->companions, CmCompanion, i)->site != site)
				continue;
			g_array_append_val(problem->site_tracks, track);
			place->companions.count++;
		}
	}
}

static void
compile_starts(CmProblem *problem,
	       const CmProfessional *professional,
	       CmRange taken,
	       CmWorker *worker)
{
	const CmCaseload *caseload = problem->caseload;
	guint64 *starts = cm_problem_allocate(
	    problem, (gsize)problem->lengths->len * (gsize)problem->days * problem->words,
	    sizeof(guint64));

	worker->starts = starts;
	for (guint l = 0; l < problem->lengths->len; l++) {
		gint minutes = g_array_index(problem->lengths, gint, l);

		for (gint day = 0; day < problem->days; day++)
			cm_problem_fill_hours(problem,
					      professional->hours.day[problem->weekdays[day]],
					      minutes, starts + (guint)day * problem->words);
		for (guint i = 0; i < taken.count; i++) {
			CmTaken time = g_array_index(problem->taken, CmTaken, taken.first + i);

			cm_problem_clear_taken(problem, starts + (guint)time.day * problem->words,
					       minutes, time.from, time.to);
		}
		for (guint i = 0; i < professional->absences.count; i++) {
			const CmAbsence *absence = CM_ELEMENT(caseload->absences, CmAbsence,
							      professional->absences.first + i);

			for (CmDay day = MAX(absence->from, caseload->from);
			     day <= MIN(absence->to, caseload->to); day++)
				cm_day_bits_zero(starts +
						     (guint)(day - caseload->from) * problem->words,
						 problem->words);
		}
		starts += (gsize)problem->days * problem->words;
	}
}

static gint
limit_or(gint limit, gint otherwise)
{
	return limit == CM_LIMIT_NONE ? otherwise : limit;
}

static void
compile_limits(CmProblem *problem, const CmPolicy *policy, CmWorker *worker)
{
	const CmDayLimits *limits = cm_policy_get_day_limits(policy);

	worker->limits = limits;
	worker->buffer = MAX(limits->buffer_minutes, 0);
	worker->max_sessions =
	    MIN(limit_or(limits->max_sessions, CM_FAR), MIN(problem->bits, CM_DAY_VISITS_MAX));
	worker->max_minutes = limit_or(limits->max_minutes, CM_FAR);
	worker->max_sites = MIN(limit_or(limits->max_sites, CM_FAR), CM_DAY_SITES_MAX);
	worker->max_video = limit_or(limits->max_consecutive_video_minutes, CM_FAR);
	worker->video_break = limit_or(limits->break_minutes, CM_FAR);
	worker->visits = (guint)MAX(worker->max_sessions, 1);
}

static void
compile_sites(CmProblem *problem, const CmProfessional *professional, CmWorker *worker)
{
	const CmCaseload *caseload = problem->caseload;

	worker->site = cm_problem_allocate(problem, professional->sites.count + 1, sizeof(guint32));
	worker->site[worker->sites++] = professional->base;
	for (guint i = 0; i < professional->sites.count; i++) {
		guint32 site =
		    g_array_index(caseload->references, guint32, professional->sites.first + i);

		if (site != professional->base)
			worker->site[worker->sites++] = site;
	}
	worker->travel =
	    cm_problem_allocate(problem, (gsize)worker->sites * worker->sites, sizeof(gint));
	for (guint a = 0; a < worker->sites; a++) {
		for (guint b = 0; b < worker->sites; b++) {
			gint minutes =
			    cm_caseload_get_travel(caseload, worker->site[a], worker->site[b]);

			worker->travel[a * worker->sites + b] = minutes < 0 ? CM_FAR : minutes;
		}
	}
}

static gboolean
compile_workers(CmProblem *problem, CmRange *const ranges[CM_RESOURCE_LAST], GError **error)
{
	const CmCaseload *caseload = problem->caseload;

	problem->workers =
	    cm_problem_allocate(problem, caseload->professionals->len, sizeof(CmWorker));
	for (guint32 i = 0; i < caseload->professionals->len; i++) {
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, i);
		const CmPolicy *policy =
		    cm_policy_set_lookup(problem->policies, professional->profession);

		if (policy == NULL) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("There is no policy for the profession {0} of {1}."),
				     professional->profession, professional->id, NULL);
			return FALSE;
		}
		if (professional->sites.count >= CM_SITES_MAX) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("{0} serves more sites than the planner can handle, {1}."),
				     professional->id, G_STRINGIFY(CM_SITES_MAX), NULL);
			return FALSE;
		}
		compile_limits(problem, policy, &problem->workers[i]);
		compile_sites(problem, professional, &problem->workers[i]);
		compile_starts(problem, professional, ranges[CM_RESOURCE_PROFESSIONAL][i],
			       &problem->workers[i]);
	}
	return TRUE;
}

static guint8
find_site_bit(const CmProblem *problem, guint32 professional_index, guint32 site)
{
	const CmProfessional *professional =
	    CM_ELEMENT(problem->caseload->professionals, CmProfessional, professional_index);
	const CmWorker *worker = &problem->workers[professional_index];
	gboolean served = FALSE;

	for (guint i = 0; i < professional->sites.count; i++)
		served = served || g_array_index(problem->caseload->references, guint32,
						 professional->sites.first + i) == site;
	for (guint i = 0; served && i < worker->sites; i++)
		if (worker->site[i] == site)
			return (guint8)i;
	return G_MAXUINT8;
}

static CmRange *
get_worker_chains(CmProblem *problem, guint32 professional)
{
	return &problem->workers[professional].chains;
}

static CmRange *
get_site_chains(CmProblem *problem, guint32 site)
{
	return &problem->places[site].chains;
}

static guint32
get_owner(const CmProblem *problem, guint32 followup, const GArray *list)
{
	const CmChain *chain = &problem->chains[followup];

	return list == problem->site_chains ? chain->site : chain->professional;
}

/* List the follow-ups by what they belong to, a professional or a site, which gets its range of the list. */
static void
list_chains(CmProblem *problem,
	    GArray *list,
	    guint count,
	    CmRange *(*get_range)(CmProblem *problem, guint32 index))
{
	guint followups = problem->caseload->followups->len;
	guint first = 0;

	g_array_set_size(list, followups);
	for (guint32 i = 0; i < followups; i++)
		get_range(problem, get_owner(problem, i, list))->count++;
	for (guint32 owner = 0; owner < count; owner++) {
		CmRange *range = get_range(problem, owner);

		range->first = first;
		first += range->count;
		range->count = 0;
	}
	for (guint32 i = 0; i < followups; i++) {
		CmRange *range = get_range(problem, get_owner(problem, i, list));

		g_array_index(list, guint32, range->first + range->count++) = i;
	}
}

static void
compile_followups(CmProblem *problem)
{
	const CmCaseload *caseload = problem->caseload;
	CmDay replan =
	    caseload->replan_from == CM_DAY_NONE ? caseload->from : caseload->replan_from;

	problem->chains = cm_problem_allocate(problem, caseload->followups->len, sizeof(CmChain));
	for (guint32 i = 0; i < caseload->followups->len; i++) {
		const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, i);
		CmChain *chain = &problem->chains[i];

		chain->professional = followup->professional;
		chain->site = CM_ELEMENT(caseload->students, CmStudent, followup->student)->site;
		chain->site_bit = find_site_bit(problem, followup->professional, chain->site);
		chain->priority = followup->priority;
		chain->first_day =
		    MAX(MAX(followup->not_before, replan), caseload->from) - caseload->from;
		chain->tasks = followup->sessions;
	}
	list_chains(problem, problem->professional_chains, caseload->professionals->len,
		    get_worker_chains);
	list_chains(problem, problem->site_chains, caseload->sites->len, get_site_chains);
}

/* Tracks for those whom several follow-ups ask; the others can't meet themselves, for a follow-up's sessions are in order. */
static void
share(CmProblem *problem,
      guint32 *last,
      guint32 *tracks,
      guint32 who,
      guint32 followup,
      CmRange taken)
{
	if (last[who] == CM_NONE)
		last[who] = followup;
	else if (last[who] != followup && tracks[who] == CM_NONE)
		tracks[who] = add_track(problem, who, taken);
}

static guint32 *
new_indices(guint length)
{
	guint32 *indices = g_new(guint32, length + 1);

	for (guint i = 0; i <= length; i++)
		indices[i] = CM_NONE;
	return indices;
}

static void
compile_shared(CmProblem *problem, CmKindSources *sources)
{
	const CmCaseload *caseload = problem->caseload;
	const CmRange nothing = {0, 0}; /* their taken times are in the kinds */
	g_autofree guint32 *last_student = new_indices(caseload->students->len);
	g_autofree guint32 *last_contact = new_indices(caseload->contacts->len);

	for (guint32 i = 0; i < caseload->followups->len; i++)
		share(problem, last_student, sources->student_tracks,
		      CM_ELEMENT(caseload->followups, CmFollowup, i)->student, i, nothing);
	for (guint32 i = 0; i < caseload->sessions->len; i++) {
		const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, i);

		for (guint p = 0; p < session->participants.count; p++)
			share(problem, last_contact, sources->contact_tracks,
			      g_array_index(caseload->references, guint32,
					    session->participants.first + p),
			      session->followup, nothing);
	}
}

/* The index of a session's kind among those of its follow-up, or CM_NONE when it is the first. */
static guint32
find_kind(const CmProblem *problem, const CmChain *chain, guint32 session)
{
	const CmCaseload *caseload = problem->caseload;

	for (guint32 i = chain->tasks.first; i < session; i++)
		if (cm_kind_is_same(caseload, CM_ELEMENT(caseload->sessions, CmSession, i),
				    CM_ELEMENT(caseload->sessions, CmSession, session)))
			return problem->tasks[i].kind;
	return CM_NONE;
}

/* The rules that count sessions of one act in a row: a digit of the chain's state for each act that has one. */
static void
compile_act(CmProblem *problem, CmChain *chain, guint32 session, const CmActRules *rules)
{
	const CmCaseload *caseload = problem->caseload;
	CmTask *task = &problem->tasks[session];
	const gchar *act = CM_ELEMENT(caseload->sessions, CmSession, session)->act;
	gint every;

	task->min_gap = MAX(limit_or(rules->min_gap_days, 1), 1);
	task->max_gap = limit_or(rules->max_gap_days, CM_FAR);
	for (guint32 i = chain->tasks.first; i < session; i++) {
		if (!g_str_equal(CM_ELEMENT(caseload->sessions, CmSession, i)->act, act))
			continue;
		task->every = problem->tasks[i].every;
		task->radix = problem->tasks[i].radix;
		return;
	}
	task->in_person = rules->first_in_person &&
			  !CM_ELEMENT(caseload->sessions, CmSession, session)->continues;
	if (rules->in_person_every < 1)
		return;
	/* too many counts for the table: a shorter one is stricter, and so still right */
	every = MIN(rules->in_person_every, CM_CHAIN_STATES_MAX / chain->states);
	task->every = (guint16)MAX(every, 1);
	task->radix = chain->states;
	chain->states = (guint16)(chain->states * task->every);
}

static gboolean
compile_tasks(CmProblem *problem, const CmKindSources *sources, GError **error)
{
	const CmCaseload *caseload = problem->caseload;

	problem->tasks = cm_problem_allocate(problem, caseload->sessions->len, sizeof(CmTask));
	for (guint32 i = 0; i < caseload->followups->len; i++) {
		CmChain *chain = &problem->chains[i];

		chain->states = 1;
		chain->kinds.first = problem->kinds->len;
		for (guint32 s = chain->tasks.first; s < chain->tasks.first + chain->tasks.count;
		     s++) {
			const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, s);
			CmTask *task = &problem->tasks[s];
			CmKind kind;

			task->target = session->target_date - caseload->from;
			task->previous_day = G_MININT32;
			task->prefer = session->prefer;
			task->kind = find_kind(problem, chain, s);
			if (task->kind == CM_NONE) {
				if (!cm_kind_compile(problem, sources, s, &kind)) {
					cm_error_set(error, CM_ERROR_INVALID_INPUT,
						     N_("The act {0} of the session {1} is not in "
							"the policy of the profession."),
						     session->act, session->id, NULL);
					return FALSE;
				}
				task->kind = problem->kinds->len;
				g_array_append_val(problem->kinds, kind);
			}
			compile_act(problem, chain, s, cm_problem_kind(problem, task->kind)->rules);
		}
		chain->kinds.count = problem->kinds->len - chain->kinds.first;
	}
	return TRUE;
}

static gboolean
compile_previous(CmProblem *problem, GError **error)
{
	const CmCaseload *caseload = problem->caseload;

	for (guint i = 0; i < caseload->previous->len; i++) {
		const CmPlacement *previous = CM_ELEMENT(caseload->previous, CmPlacement, i);
		const CmSession *session =
		    CM_ELEMENT(caseload->sessions, CmSession, previous->session);
		CmTask *task = &problem->tasks[previous->session];
		CmChain *chain = &problem->chains[session->followup];

		task->previous_day = previous->date - caseload->from;
		task->previous_start = previous->start;
		task->previous_mode = previous->mode;
		task->previous_room = previous->room;
		task->previous_companion = previous->companion == CM_NONE
					       ? CM_NONE
					       : caseload->rooms->len + previous->companion;
		task->locked = previous->locked ? 1 : 0;
		if (!task->locked)
			continue;
		if (task->previous_day < 0 || task->previous_day >= problem->days) {
			cm_error_set(error, CM_ERROR_INVALID_INPUT,
				     N_("The session {0} is locked on a date outside the horizon."),
				     session->id, NULL);
			return FALSE;
		}
		chain->mandatory =
		    MAX(chain->mandatory, previous->session - chain->tasks.first + 1);
	}
	return TRUE;
}

/* Room for every professional's days in the state, the locked ones of a day included however many they are. */
static void
compile_visits(CmProblem *problem)
{
	const CmCaseload *caseload = problem->caseload;
	gsize cells = caseload->professionals->len * (gsize)problem->days;
	g_autofree guint16 *locked = g_new0(guint16, cells + 1);

	for (guint32 s = 0; s < caseload->sessions->len; s++) {
		const CmTask *task = &problem->tasks[s];
		guint32 followup = CM_ELEMENT(caseload->sessions, CmSession, s)->followup;
		guint32 professional = problem->chains[followup].professional;
		CmWorker *worker = &problem->workers[professional];
		guint16 *count;

		if (!task->locked)
			continue;
		count = &locked[professional * (guint)problem->days + (guint)task->previous_day];
		(*count)++;
		worker->visits = MAX(worker->visits, *count);
	}
	for (guint32 i = 0; i < caseload->professionals->len; i++) {
		problem->workers[i].first_visit = problem->visits;
		problem->visits += problem->workers[i].visits * (guint)problem->days;
	}
}

static gboolean
compile(CmProblem *problem, GError **error)
{
	const CmCaseload *caseload = problem->caseload;
	CmRange *ranges[CM_RESOURCE_LAST];
	g_autofree guint32 *student_tracks = new_indices(caseload->students->len);
	g_autofree guint32 *contact_tracks = new_indices(caseload->contacts->len);
	CmKindSources sources = {.student_tracks = student_tracks,
				 .contact_tracks = contact_tracks};

	if (caseload->to < caseload->from || caseload->to - caseload->from >= CM_HORIZON_DAYS_MAX) {
		cm_error_set(error, CM_ERROR_INVALID_INPUT, N_("A horizon has 1 to {0} days."),
			     G_STRINGIFY(CM_HORIZON_DAYS_MAX), NULL);
		return FALSE;
	}
	problem->days = caseload->to - caseload->from + 1;
	compile_grid(problem);
	compile_dates(problem);
	compile_lengths(problem);
	compile_busy(problem, ranges);
	compile_places(problem, ranges);
	if (!compile_workers(problem, ranges, error))
		return FALSE;
	compile_followups(problem);
	sources.student_taken = ranges[CM_RESOURCE_STUDENT];
	sources.contact_taken = ranges[CM_RESOURCE_CONTACT];
	compile_shared(problem, &sources);
	if (!compile_tasks(problem, &sources, error) || !compile_previous(problem, error))
		return FALSE;
	compile_visits(problem);
	cm_hole_compile(problem);
	return cm_locked_check(problem, error);
}

CmProblem *
cm_problem_new(const CmCaseload *caseload, const CmPolicySet *policies, GError **error)
{
	g_autoptr(CmProblem) problem = g_new0(CmProblem, 1);

	problem->caseload = caseload;
	problem->policies = policies;
	problem->blocks = g_ptr_array_new_with_free_func(g_free);
	problem->lengths = g_array_new(FALSE, FALSE, sizeof(gint));
	problem->kinds = g_array_new(FALSE, FALSE, sizeof(CmKind));
	problem->tracks = g_array_new(FALSE, FALSE, sizeof(CmTrack));
	problem->taken = g_array_new(FALSE, FALSE, sizeof(CmTaken));
	problem->site_tracks = g_array_new(FALSE, FALSE, sizeof(guint32));
	problem->kind_tracks = g_array_new(FALSE, FALSE, sizeof(guint32));
	problem->professional_chains = g_array_new(FALSE, FALSE, sizeof(guint32));
	problem->site_chains = g_array_new(FALSE, FALSE, sizeof(guint32));
	if (!compile(problem, error))
		return NULL;
	return g_steal_pointer(&problem);
}

void
cm_problem_free(CmProblem *problem)
{
	g_ptr_array_unref(problem->blocks);
	g_array_unref(problem->lengths);
	g_array_unref(problem->kinds);
	g_array_unref(problem->tracks);
	g_array_unref(problem->taken);
	g_array_unref(problem->site_tracks);
	g_array_unref(problem->kind_tracks);
	g_array_unref(problem->professional_chains);
	g_array_unref(problem->site_chains);
	g_free(problem);
}
