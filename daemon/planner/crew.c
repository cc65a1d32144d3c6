// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crew.h"

#define IDLE_MICROSECONDS (150 * G_TIME_SPAN_MILLISECOND)

typedef struct {
	guint replica;
	guint32 professional;
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
	guint professionals;
	guint replicas;
	guint8 *conflicts; /* [professional][professional] */
	Unit *units;       /* in their order, replica by replica */
	guint unit_count;
	guint first; /* units before it have all started */
	guint left;  /* units not done */
	CmCrewJob job;
	gpointer user_data;
	gboolean over;
	GMutex mutex;
	GCond work; /* a unit may be ready, or it is over */
	GCond done; /* all units are done */
	Member *members;
	guint member_count;
};

/* Mark as conflicting all pairs of professionals in one row of a table of who meets what. */
static void
note_meeting(CmCrew *crew, GArray *professionals)
{
	for (guint i = 0; i < professionals->len; i++) {
		for (guint j = 0; j < professionals->len; j++) {
			guint32 a = g_array_index(professionals, guint32, i);
			guint32 b = g_array_index(professionals, guint32, j);

			crew->conflicts[a * crew->professionals + b] = 1;
		}
	}
}

static void
note_who(GArray **meetings, guint32 what, guint32 professional)
{
	GArray *row;

	if (meetings[what] == NULL)
		meetings[what] = g_array_new(FALSE, FALSE, sizeof(guint32));
	row = meetings[what];
	for (guint i = 0; i < row->len; i++)
		if (g_array_index(row, guint32, i) == professional)
			return;
	g_array_append_val(row, professional);
}

/* Who meets what: sites first, then the tracks of shared students and contacts. */
static void
find_conflicts(CmCrew *crew)
{
	const CmProblem *problem = crew->problem;
	const CmCaseload *caseload = problem->caseload;
	guint sites = caseload->sites->len;
	guint count = sites + problem->tracks->len;
	g_autofree GArray **meetings = g_new0(GArray *, count + 1);

	for (guint32 i = 0; i < caseload->followups->len; i++) {
		const CmChain *chain = &problem->chains[i];

		note_who(meetings, chain->site, chain->professional);
		for (guint k = 0; k < chain->kinds.count; k++) {
			CmRange tracks = cm_problem_kind(problem, chain->kinds.first + k)->tracks;

			for (guint t = 0; t < tracks.count; t++)
				note_who(meetings,
					 sites + g_array_index(problem->kind_tracks, guint32,
							       tracks.first + t),
					 chain->professional);
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
	return a->replica == b->replica &&
	       crew->conflicts[a->professional * crew->professionals + b->professional] != 0;
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
	while (!crew->over) {
		Unit *unit = find_ready(crew);

		if (unit == NULL) {
			g_cond_wait(&crew->work, &crew->mutex);
			continue;
		}
		unit->started = TRUE;
		g_mutex_unlock(&crew->mutex);
		crew->job(unit->replica, unit->professional, member->index, crew->user_data);
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
	guint professionals = problem->caseload->professionals->len;

	crew->problem = problem;
	crew->professionals = professionals;
	crew->replicas = replicas;
	crew->conflicts = g_new0(guint8, (gsize)professionals * professionals + 1);
	crew->units = g_new0(Unit, (gsize)professionals * replicas + 1);
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
	crew->over = TRUE;
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

static void
line_up(CmCrew *crew, const guint32 *order)
{
	crew->unit_count = 0;
	crew->first = 0;
	/* the replicas take turns, so that as many jobs as can be are ready at first */
	for (guint i = 0; i < crew->professionals; i++) {
		for (guint replica = 0; replica < crew->replicas; replica++) {
			Unit *unit = &crew->units[crew->unit_count++];

			*unit = (Unit){.replica = replica, .professional = order[i]};
			for (Unit *before = crew->units; before < unit; before++)
				if (conflict(crew, before, unit))
					unit->waits_for++;
		}
	}
	crew->left = crew->unit_count;
}

void
cm_crew_run(CmCrew *crew, const guint32 *order, CmCrewJob job, CmCrewIdle idle, gpointer user_data)
{
	g_mutex_lock(&crew->mutex);
	crew->job = job;
	crew->user_data = user_data;
	line_up(crew, order);
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
