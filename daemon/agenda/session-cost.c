// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/session-cost.h"

#define LATE_POINTS 4
#define CORE_MINUTES 5
#define MODALITY_POINTS 30
#define RHYTHM_POINTS 15
#define PREFERENCE_POINTS 10
#define MOVED_POINTS 60

static gint64
get_lateness(const CmSession *session, const CmFollowup *followup, const CmPlacement *placement)
{
	gint64 days = (gint64)placement->date - session->target_date;

	return days > 0 ? LATE_POINTS * followup->priority * days : -days;
}

/* each window is rounded by itself */
static gint64
get_core(const CmCaseload *caseload,
	 const CmSession *session,
	 const CmStudent *student,
	 const CmPlacement *placement)
{
	gint cycle_day = 0;
	gint64 points = 0;
	gint end = placement->start + session->minutes;

	if (placement->mode == CM_MODE_VIDEO_REMOTE)
		return 0;
	(void)cm_caseload_get_day(caseload, student->site, placement->date, &cycle_day);
	for (guint i = 0; i < student->core.count; i++) {
		const CmCycleWindow *core =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, student->core.first + i);
		gint minutes = MIN(end, core->window.to) - MAX(placement->start, core->window.from);

		if (core->cycle_day == cycle_day && minutes > 0)
			points += (minutes + CORE_MINUTES - 1) / CORE_MINUTES;
	}
	return points;
}

static gint64
get_modality(const CmSession *session, const CmPlacement *placement)
{
	gboolean in_person = placement->mode == CM_MODE_IN_PERSON;

	if (session->prefer == CM_PREFER_NONE)
		return 0;
	return (session->prefer == CM_PREFER_IN_PERSON) == in_person ? 0 : MODALITY_POINTS;
}

static gboolean
is_preferred(const CmCaseload *caseload,
	     const CmContact *contact,
	     const CmPlacement *placement,
	     gint minutes)
{
	CmRange range = contact->preferred.day[cm_day_get_weekday(placement->date)];

	for (guint i = 0; i < range.count; i++) {
		const CmWindow *window = CM_ELEMENT(caseload->windows, CmWindow, range.first + i);

		if (placement->start >= window->from && placement->start + minutes <= window->to)
			return TRUE;
	}
	return FALSE;
}

static gint64
get_preference(const CmCaseload *caseload, const CmSession *session, const CmPlacement *placement)
{
	gint64 points = 0;

	for (guint i = 0; i < session->participants.count; i++) {
		guint32 index =
		    *CM_ELEMENT(caseload->references, guint32, session->participants.first + i);
		const CmContact *contact = CM_ELEMENT(caseload->contacts, CmContact, index);

		if (!is_preferred(caseload, contact, placement, session->minutes))
			points += PREFERENCE_POINTS;
	}
	return points;
}

/* how many sessions of a follow-up are at a weekday and start */
static guint
count_at(const CmCaseload *caseload, const CmPlan *plan, guint32 followup, const CmPlacement *at)
{
	guint count = 0;

	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *other = CM_ELEMENT(plan->placements, CmPlacement, i);

		if (CM_ELEMENT(caseload->sessions, CmSession, other->session)->followup ==
			followup &&
		    other->start == at->start &&
		    cm_day_get_weekday(other->date) == cm_day_get_weekday(at->date))
			count++;
	}
	return count;
}

static gint64
get_rhythm(const CmCaseload *caseload,
	   const CmPlan *plan,
	   guint32 followup,
	   const CmPlacement *placement)
{
	guint here = count_at(caseload, plan, followup, placement);

	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *other = CM_ELEMENT(plan->placements, CmPlacement, i);

		if (CM_ELEMENT(caseload->sessions, CmSession, other->session)->followup ==
			followup &&
		    count_at(caseload, plan, followup, other) > here)
			return RHYTHM_POINTS;
	}
	return 0;
}

static gint64
get_moved(const CmCaseload *caseload, const CmPlacement *placement)
{
	for (guint i = 0; i < caseload->previous->len; i++) {
		const CmPlacement *before = CM_ELEMENT(caseload->previous, CmPlacement, i);

		if (before->session != placement->session)
			continue;
		return before->date == placement->date && before->start == placement->start &&
			       before->mode == placement->mode
			   ? 0
			   : MOVED_POINTS;
	}
	return 0;
}

CmCost
cm_session_cost_compute(const CmCaseload *caseload,
			const CmPlan *plan,
			const CmPlacement *placement,
			const CmActRules *act)
{
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, placement->session);
	const CmFollowup *followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
	const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, followup->student);
	CmCost cost = {{0}};

	cost.part[CM_COST_LATENESS] = get_lateness(session, followup, placement);
	if (act == NULL || act->student_present)
		cost.part[CM_COST_CORE] = get_core(caseload, session, student, placement);
	cost.part[CM_COST_MODALITY] = get_modality(session, placement);
	cost.part[CM_COST_RHYTHM] = get_rhythm(caseload, plan, session->followup, placement);
	cost.part[CM_COST_PREFERENCE] = get_preference(caseload, session, placement);
	cost.part[CM_COST_MOVED] = get_moved(caseload, placement);
	return cost;
}
