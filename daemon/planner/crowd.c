// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/crowd.h"

#define ROOM_POINTS 200
#define CROWDED_SHARE 0.6 /* of the time that the rooms are open */
#define VIDEO_SHARE 30    /* per cent of what a session in person is held to cost */

static gint64
count_asked(const CmProblem *problem, guint32 site)
{
	gint64 minutes = 0;

	for (guint i = 0; i < problem->places[site].chains.count; i++) {
		CmRange tasks = problem->chains[cm_problem_site_chain(problem, site, i)].tasks;

		for (guint32 s = tasks.first; s < tasks.first + tasks.count; s++)
			minutes += cm_problem_kind(problem, problem->tasks[s].kind)->minutes;
	}
	return minutes;
}

/* A room for both uses is in both lists. */
guint
cm_crowd_count_rooms(const CmProblem *problem, guint32 site)
{
	const CmPlace *place = &problem->places[site];
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

gint64
cm_crowd_count_open(const CmProblem *problem, guint32 site)
{
	const CmSite *place = CM_ELEMENT(problem->caseload->sites, CmSite, site);
	gint64 days = 0;

	for (gint day = 0; day < problem->days; day++)
		days += cm_problem_date(problem, site, day)->kind == CM_DAY_KIND_CLASS;
	return days * (place->open.to - place->open.from);
}

void
cm_crowd_spread(const CmProblem *problem, guint32 site, gint points, gint *out_points)
{
	gboolean video_alone =
	    cm_crowd_count_rooms(problem, site) > problem->places[site].tracks[0].count;

	out_points[CM_MODE_IN_PERSON] = points;
	out_points[CM_MODE_VIDEO_SCHOOL] = video_alone ? points * VIDEO_SHARE / 100 : points;
	out_points[CM_MODE_VIDEO_REMOTE] = 0;
}

void
cm_crowd_find_cost(const CmProblem *problem, guint32 site, CmCrowdCost *out_cost)
{
	gint64 rooms =
	    (gint64)cm_crowd_count_rooms(problem, site) * cm_crowd_count_open(problem, site);
	gint64 asked = count_asked(problem, site);
	gboolean crowded = (gdouble)asked > CROWDED_SHARE * (gdouble)rooms;

	*out_cost = (CmCrowdCost){0};
	cm_crowd_spread(problem, site, crowded ? ROOM_POINTS : 0, out_cost->session);
}
