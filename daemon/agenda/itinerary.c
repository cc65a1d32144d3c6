// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/itinerary.h"

static gint
compare_stops(gconstpointer a, gconstpointer b)
{
	const CmStop *first = a;
	const CmStop *second = b;

	if (first->professional != second->professional)
		return first->professional < second->professional ? -1 : 1;
	if (first->date != second->date)
		return first->date < second->date ? -1 : 1;
	return first->start - second->start;
}

GArray *
cm_itinerary_new_stops(const CmCaseload *caseload, const CmPlan *plan)
{
	GArray *stops = g_array_sized_new(FALSE, FALSE, sizeof(CmStop), plan->placements->len);

	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		const CmSession *session =
		    CM_ELEMENT(caseload->sessions, CmSession, placement->session);
		const CmFollowup *followup =
		    CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
		const CmStudent *student =
		    CM_ELEMENT(caseload->students, CmStudent, followup->student);
		CmStop stop = {
		    .placement = placement,
		    .session = placement->session,
		    .followup = session->followup,
		    .professional = followup->professional,
		    .student = followup->student,
		    .site = student->site,
		    .date = placement->date,
		    .start = placement->start,
		    .end = (CmMinute)(placement->start + session->minutes),
		};

		g_array_append_val(stops, stop);
	}
	g_array_sort(stops, compare_stops);
	return stops;
}

guint
cm_itinerary_count_day(const GArray *stops, guint first)
{
	const CmStop *start = &g_array_index(stops, CmStop, first);
	guint count = 1;

	while (first + count < stops->len && start[count].professional == start->professional &&
	       start[count].date == start->date)
		count++;
	return count;
}

/* the road to the site of stops[to], somewhere after stops[from] (-1: the start of the day) */
static CmLeg
make_leg_there(const CmStop *stops, gint from, gint to, gint minutes)
{
	CmLeg leg = {0};

	for (gint k = from + 1; k <= to && from >= 0; k++) {
		if (stops[k].start - stops[k - 1].end < minutes)
			continue;
		leg.start = stops[k - 1].end;
		leg.end = (CmMinute)(leg.start + minutes);
		return leg;
	}
	/* the first road of the day: just before the session, or before those by video that leave no time for it */
	while (to > 0 && stops[to].start - stops[to - 1].end < minutes)
		to--;
	leg.end = stops[to].start;
	leg.start = (CmMinute)(leg.end - minutes);
	return leg;
}

/* the road home after stops[from] */
static CmLeg
make_leg_home(const CmStop *stops, guint count, guint from, gint minutes)
{
	CmLeg leg = {0};

	while (from + 1 < count && stops[from + 1].start - stops[from].end < minutes)
		from++;
	leg.start = stops[from].end;
	leg.end = (CmMinute)(leg.start + minutes);
	return leg;
}

static void
add_leg(GArray *legs, CmLeg leg, guint32 from, guint32 to)
{
	leg.from = from;
	leg.to = to;
	g_array_append_val(legs, leg);
}

GArray *
cm_itinerary_new_legs(const CmCaseload *caseload, const CmStop *stops, guint count)
{
	GArray *legs = g_array_new(FALSE, TRUE, sizeof(CmLeg));
	guint32 base =
	    CM_ELEMENT(caseload->professionals, CmProfessional, stops->professional)->base;
	guint32 place = base;
	gint last = -1;

	for (guint i = 0; i < count; i++) {
		gint minutes = 0;

		if (stops[i].placement->mode != CM_MODE_IN_PERSON)
			continue;
		minutes = cm_caseload_get_travel(caseload, place, stops[i].site);
		if (minutes > 0)
			add_leg(legs, make_leg_there(stops, last, (gint)i, minutes), place,
				stops[i].site);
		place = stops[i].site;
		last = (gint)i;
	}
	if (last >= 0 && cm_caseload_get_travel(caseload, place, base) > 0)
		add_leg(legs,
			make_leg_home(stops, count, (guint)last,
				      cm_caseload_get_travel(caseload, place, base)),
			place, base);
	return legs;
}
