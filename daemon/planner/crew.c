// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crew.h"

#include <string.h>

#define IDLE_MICROSECONDS (150 * G_TIME_SPAN_MILLISECOND)
#define LANES 2 /* threads that an order is arranged for */

/* A thread, while an order is arranged. */
typedef struct {
	gboolean busy;
	guint32 index; /* with whom */
	guint64 until;
} Lane;

typedef struct {
	guint replica;
	guint32 index;
	guint waits_for; /* conflicting units before it that are not done */
	gboolean started;
} Unit;

typedef struct {
	CmCrew *crew;
	guint index;
	GThread *thread;
} Member;

struct _CmCrew {
	const CmProblem *problem;
	guint replicas;
	guint count;       /* professionals and sites */
	guint8 *conflicts; /* [index][index] */
	Unit *units;       /* in their order, replica by replica */
	guint unit_count;
	guint first; /* units before it have all started */
	guint left;  /* units not done */
	CmCrewJob job;
	gpointer user_data;
	gboolean ended;
	GMutex mutex;
	GCond work; /* a unit may be ready, or it is over */
	GCond done; /* all units are done */
	Member *members;
	guint member_count;
};

/* Mark as conflicting all pairs in one row of a table of who meets where. */
static void
note_meeting(CmCrew *crew, GArray *row)
{
	for (guint i = 0; i < row->len; i++) {
		for (guint j = 0; j < row->len; j++) {
			guint32 a = g_array_index(row, guint32, i);
			guint32 b = g_array_index(row, guint32, j);

			crew->conflicts[a * crew->count + b] = 1;
		}
	}
}

static void
note_who(GArray **meetings, guint32 what, guint32 who)
{
	GArray *row;

	if (meetings[what] == NULL)
		meetings[what] = g_array_new(FALSE, FALSE, sizeof(guint32));
	row = meetings[what];
	for (guint i = 0; i < row->len; i++)
		if (g_array_index(row, guint32, i) == who)
			return;
	g_array_append_val(row, who);
}

static void
note_both(GArray **meetings, guint32 what, guint32 professional, guint32 site)
{
	note_who(meetings, what, professional);
	note_who(meetings, what, site);
}

/* Who meets where: on a professional's days, in a site's rooms, and at the tracks of shared students and contacts. */
static void
find_conflicts(CmCrew *crew)
{
	const CmProblem *problem = crew->problem;
	guint count = crew->count + problem->tracks->len;
	g_autofree GArray **meetings = g_new0(GArray *, count + 1);

	for (guint32 i = 0; i < problem->caseload->followups->len; i++) {
		const CmChain *chain = &problem->chains[i];
		guint32 site = cm_crew_get_site(crew, chain->site);

		note_both(meetings, chain->professional, chain->professional, site);
		note_both(meetings, site, chain->professional, site);
		for (guint k = 0; k < chain->kinds.count; k++) {
			CmRange tracks = cm_problem_kind(problem, chain->kinds.first + k)->tracks;

			for (guint t = 0; t < tracks.count; t++)
				note_both(meetings,
					  crew->count + g_array_index(problem->kind_tracks, guint32,
								      tracks.first + t),
					  chain->professional, site);
		}
	}
	for (guint i = 0; i < count; i++) {
		if (meetings[i] == NULL)
			continue;
		note_meeting(crew, meetings[i]);
		g_array_unref(meetings[i]);
	}
}

static gboolean
conflict(const CmCrew *crew, const Unit *a, const Unit *b)
{
	return a->replica == b->replica && crew->conflicts[a->index * crew->count + b->index] != 0;
}

/* The first unit that may start; NULL when none may now. */
static Unit *
find_ready(CmCrew *crew)
{
	while (crew->first < crew->unit_count && crew->units[crew->first].started)
		crew->first++;
	for (guint i = crew->first; i < crew->unit_count; i++)
		if (!crew->units[i].started && crew->units[i].waits_for == 0)
			return &crew->units[i];
	return NULL;
}

static void
finish(CmCrew *crew, const Unit *unit)
{
	for (Unit *later = (Unit *)unit + 1; later < crew->units + crew->unit_count; later++)
		if (conflict(crew, unit, later))
			later->waits_for--;
	crew->left--;
	g_cond_broadcast(&crew->work);
	if (crew->left == 0)
		g_cond_signal(&crew->done);
}

static gpointer
work(gpointer data)
{
	const Member *member = data;
	CmCrew *crew = member->crew;

	g_mutex_lock(&crew->mutex);
	while (!crew->ended) {
		Unit *unit = find_ready(crew);

		if (unit == NULL) {
			g_cond_wait(&crew->work, &crew->mutex);
			continue;
		}
		unit->started = TRUE;
		g_mutex_unlock(&crew->mutex);
		crew->job(unit->replica, unit->index, member->index, crew->user_data);
		g_mutex_lock(&crew->mutex);
		finish(crew, unit);
	}
	g_mutex_unlock(&crew->mutex);
	return NULL;
}

CmCrew *
cm_crew_new(const CmProblem *problem, guint replicas, guint threads)
{
	CmCrew *crew = g_new0(CmCrew, 1);

	crew->problem = problem;
	crew->replicas = replicas;
	crew->count = problem->caseload->professionals->len + problem->caseload->sites->len;
	crew->conflicts = g_new0(guint8, (gsize)crew->count * crew->count + 1);
	find_conflicts(crew);
	g_mutex_init(&crew->mutex);
	g_cond_init(&crew->work);
	g_cond_init(&crew->done);
	crew->member_count = threads;
	crew->members = g_new0(Member, threads);
	for (guint i = 0; i < threads; i++) {
		crew->members[i].crew = crew;
		crew->members[i].index = i;
		crew->members[i].thread = g_thread_new("planner", work, &crew->members[i]);
	}
	return crew;
}

void
cm_crew_free(CmCrew *crew)
{
	g_mutex_lock(&crew->mutex);
	crew->ended = TRUE;
	g_cond_broadcast(&crew->work);
	g_mutex_unlock(&crew->mutex);
	for (guint i = 0; i < crew->member_count; i++)
		g_thread_join(crew->members[i].thread);
	g_mutex_clear(&crew->mutex);
	g_cond_clear(&crew->work);
	g_cond_clear(&crew->done);
	g_free(crew->members);
	g_free(crew->units);
	g_free(crew->conflicts);
	g_free(crew);
}

guint32
cm_crew_get_site(const CmCrew *crew, guint32 site)
{
	return crew->problem->caseload->professionals->len + site;
}

static void
line_up(CmCrew *crew, const guint32 *order, guint count)
{
	crew->units = g_renew(Unit, crew->units, (gsize)count * crew->replicas + 1);
	crew->unit_count = 0;
	crew->first = 0;
	/* the replicas take turns, so that as many jobs as can be are ready at first */
	for (guint i = 0; i < count; i++) {
		for (guint replica = 0; replica < crew->replicas; replica++) {
			Unit *unit = &crew->units[crew->unit_count++];

			*unit = (Unit){.replica = replica, .index = order[i]};
			for (Unit *before = crew->units; before < unit; before++)
				if (conflict(crew, before, unit))
					unit->waits_for++;
		}
	}
	crew->left = crew->unit_count;
}

/* The first of `rest` that conflicts with none under way; `count` when there is none. */
static guint
find_free(const CmCrew *crew, const guint32 *rest, guint count, const Lane *lanes)
{
	for (guint i = 0; i < count; i++) {
		gboolean free = TRUE;

		for (guint lane = 0; lane < LANES; lane++)
			free &= !lanes[lane].busy ||
				crew->conflicts[rest[i] * crew->count + lanes[lane].index] == 0;
		if (free)
			return i;
	}
	return count;
}

void
cm_crew_arrange(const CmCrew *crew, const guint *weights, guint32 *order, guint count)
{
	g_autofree guint32 *rest = g_memdup2(order, count * sizeof(guint32));
	Lane lanes[LANES] = {0};
	guint left = count;

	while (left > 0) {
		/* the lane that is free, or will be first */
		Lane *lane = lanes[0].until <= lanes[1].until ? &lanes[0] : &lanes[1];
		Lane *other = lane == &lanes[0] ? &lanes[1] : &lanes[0];
		guint next;

		lane->busy = FALSE;
		next = find_free(crew, rest, left, lanes);
		if (next == left) {
			/* nobody can run beside the other: wait for it */
			lane->until = other->until;
			other->busy = FALSE;
			continue;
		}
		*lane = (Lane){
		    .busy = TRUE, .index = rest[next], .until = lane->until + weights[rest[next]]};
		order[count - left] = rest[next];
		left--;
		memmove(&rest[next], &rest[next + 1], (left - next) * sizeof(guint32));
	}
}

void
cm_crew_run(CmCrew *crew,
	    const guint32 *order,
	    guint count,
	    CmCrewJob job,
	    CmCrewIdle idle,
	    gpointer user_data)
{
	g_mutex_lock(&crew->mutex);
	crew->job = job;
	crew->user_data = user_data;
	line_up(crew, order, count);
	g_cond_broadcast(&crew->work);
	while (crew->left > 0) {
		gint64 until = g_get_monotonic_time() + IDLE_MICROSECONDS;

		if (!g_cond_wait_until(&crew->done, &crew->mutex, until)) {
			g_mutex_unlock(&crew->mutex);
			idle(user_data);
			g_mutex_lock(&crew->mutex);
		}
	}
	g_mutex_unlock(&crew->mutex);
}
