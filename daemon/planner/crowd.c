// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crowd.h"

#include "daemon/planner/points.h"

#include <stdlib.h>

#define ROOM_POINTS 200
#define CROWDED_SHARE 0.6 /* of the time that the rooms are open */
#define FILLED_SHARE 0.75 /* of that time: what sessions can fill, those of greatest worth */

/* A follow-up at the rooms of its site. */
typedef struct {
	gdouble minutes; /* that it needs at least */
	gdouble worth;   /* points of a minute */
} Claim;

static gint64
count_asked(const CmProblem *problem, CmRange chains)
{
	gint64 minutes = 0;

	for (guint i = 0; i < chains.count; i++) {
		guint32 followup = g_array_index(problem->site_chains, guint32, chains.first + i);
		CmRange tasks = problem->chains[followup].tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
			minutes += cm_problem_kind(problem, problem->tasks[s].kind)->minutes;
	}
	return minutes;
}

/* A room for both uses is in both lists. */
static guint
count_rooms(const CmProblem *problem, const CmPlace *place)
{
	guint rooms = place->tracks[0].count;

	for (guint i = 0; i < place->tracks[1].count; i++) {
		guint32 track =
		    g_array_index(problem->site_tracks, guint32, place->tracks[1].first + i);
		gboolean known = FALSE;

		for (guint j = 0; j < place->tracks[0].count; j++)
			known = known || g_array_index(problem->site_tracks, guint32,
						       place->tracks[0].first + j) == track;
		rooms += !known;
	}
	return rooms;
}

static gint64
count_open(const CmProblem *problem, guint32 site)
{
	const CmSite *place = CM_ELEMENT(problem->caseload->sites, CmSite, site);
	gint64 days = 0;

	for (gint day = 0; day < problem->days; day++)
		days += cm_problem_date(problem, site, day)->kind == CM_DAY_KIND_CLASS;
	return days * (place->open.to - place->open.from);
}

gint
cm_crowd_get_room_points(const CmProblem *problem, guint32 site)
{
	const CmPlace *place = &problem->places[site];
	gint64 rooms = (gint64)count_rooms(problem, place) * count_open(problem, site);

	return (gdouble)count_asked(problem, place->chains) > CROWDED_SHARE * (gdouble)rooms
		   ? ROOM_POINTS
		   : 0;
}

static gboolean
is_ever_at_home(const CmProblem *problem, const CmKind *kind)
{
	guint64 any = 0;

	if ((kind->modes & CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE)) == 0)
		return FALSE;
	for (guint i = 0; i < CM_DAYS_PER_WEEK * problem->words; i++)
		any |= kind->remote[i] & kind->week[i];
	return any != 0;
}

/* The minutes of a room that a session needs at least; one of so many, where only every so manieth must be in person. */
static gdouble
get_least_minutes(const CmProblem *problem, guint32 session)
{
	const CmTask *task = &problem->tasks[session];
	const CmKind *kind = cm_problem_kind(problem, task->kind);

	if (task->in_person || !is_ever_at_home(problem, kind))
		return kind->minutes;
	return task->every != 0 ? (gdouble)kind->minutes / task->every : 0;
}

static Claim
make_claim(const CmProblem *problem, const CmChain *chain)
{
	Claim claim = {0};

	for (guint32 s = chain->tasks.first; s < chain->tasks.first + chain->tasks.count; s++)
		claim.minutes += get_least_minutes(problem, s);
	if (claim.minutes > 0)
		claim.worth = CM_POINTS_UNSCHEDULED * (gdouble)chain->priority *
			      chain->tasks.count / claim.minutes;
	return claim;
}

static gint
compare_claim(gconstpointer a, gconstpointer b)
{
	const Claim *left = a;
	const Claim *right = b;

	return left->worth > right->worth ? -1 : left->worth < right->worth;
}

static gdouble
get_mean_minutes(const CmProblem *problem, CmRange chains)
{
	gint64 sessions = 0;

	for (guint i = 0; i < chains.count; i++)
		sessions +=
		    problem->chains[g_array_index(problem->site_chains, guint32, chains.first + i)]
			.tasks.count;
	return (gdouble)count_asked(problem, chains) / (gdouble)MAX(sessions, 1);
}

gint
cm_crowd_get_price(const CmProblem *problem, guint32 site)
{
	const CmPlace *place = &problem->places[site];
	g_autofree Claim *claims = g_new(Claim, place->chains.count + 1);
	gdouble left = FILLED_SHARE * (gdouble)count_rooms(problem, place) *
		       (gdouble)count_open(problem, site);

	for (guint i = 0; i < place->chains.count; i++) {
		guint32 followup =
		    g_array_index(problem->site_chains, guint32, place->chains.first + i);

		claims[i] = make_claim(problem, &problem->chains[followup]);
	}
	qsort(claims, place->chains.count, sizeof(Claim), compare_claim);
	for (guint i = 0; i < place->chains.count; i++) {
		left -= claims[i].minutes;
		if (left < 0)
			return (gint)(claims[i].worth * get_mean_minutes(problem, place->chains));
	}
	return 0;
}
