// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crowd.h"

#define ROOM_POINTS 200
#define CROWDED_SHARE 0.6 /* of the time that the rooms are open */

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
