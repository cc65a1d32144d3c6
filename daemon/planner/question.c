// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/question.h"

#include "daemon/planner/slots.h"

#define ADULT_BIRTH                                                                                \
	0 /* a day long ago: those who stand in for others' students need no companion */

static void
share(GArray **array, GArray *whole)
{
	g_array_unref(*array);
	*array = g_array_ref(whole);
}

/* A week of the whole caseload, with hours added when they are for it. */
static CmWeekHours
copy_week(const CmQuestion *question,
	  const CmWeekHours *hours,
	  const CmRemedy *remedy,
	  gboolean is_meant)
{
	GArray *windows = question->caseload->windows;
	CmWeekHours week;

	for (gint day = 0; day < CM_DAYS_PER_WEEK; day++) {
		CmRange range = hours->day[day];

		week.day[day].first = windows->len;
		for (guint i = 0; i < range.count; i++) {
			CmWindow window = *CM_ELEMENT(question->problem->caseload->windows,
						      CmWindow, range.first + i);

			/* windows of a day don't overlap: the hours added take in those that they meet */
			if (is_meant && remedy->weekday == day && window.from < remedy->hours.to &&
			    window.to > remedy->hours.from)
				continue;
			g_array_append_val(windows, window);
		}
		if (is_meant && remedy->weekday == day)
			g_array_append_val(windows, remedy->hours);
		week.day[day].count = windows->len - week.day[day].first;
	}
	return week;
}

static gboolean
is_kind(const CmRemedy *remedy, CmRemedyKind kind, guint32 resource)
{
	return remedy != NULL && remedy->kind == kind && remedy->resource == resource;
}

static const CmSession *
get_session(const CmQuestion *question)
{
	return CM_ELEMENT(question->problem->caseload->sessions, CmSession, question->session);
}

static const CmFollowup *
get_followup(const CmQuestion *question)
{
	return CM_ELEMENT(question->problem->caseload->followups, CmFollowup,
			  get_session(question)->followup);
}

/* Sites, and one more for the rooms of sessions that take no room here. */
static void
copy_places(CmQuestion *question, const CmRemedy *remedy)
{
	const CmCaseload *whole = question->problem->caseload;
	CmCaseload *caseload = question->caseload;
	guint32 site =
	    CM_ELEMENT(whole->students, CmStudent, get_followup(question)->student)->site;
	CmSite nowhere = *CM_ELEMENT(whole->sites, CmSite, site);
	CmRoom room = {
	    .id = "", .site = whole->sites->len, .uses = CM_USE_IN_PERSON | CM_USE_VIDEO};

	share(&caseload->calendars, whole->calendars);
	share(&caseload->calendar_days, whole->calendar_days);
	share(&caseload->travels, whole->travels);
	g_array_append_vals(caseload->sites, whole->sites->data, whole->sites->len);
	g_array_append_val(caseload->sites, nowhere);
	g_array_append_val(caseload->rooms, room);
	for (guint32 i = 0; i < whole->rooms->len; i++)
		if (CM_ELEMENT(whole->rooms, CmRoom, i)->site == site)
			g_array_append_val(caseload->rooms, *CM_ELEMENT(whole->rooms, CmRoom, i));
	if (is_kind(remedy, CM_REMEDY_ROOM, site)) {
		room.site = site;
		room.uses = remedy->use;
		g_array_append_val(caseload->rooms, room);
	}
	for (guint32 i = 0; i < whole->companions->len; i++) {
		CmCompanion companion = *CM_ELEMENT(whole->companions, CmCompanion, i);

		if (companion.site != site)
			continue;
		companion.hours = copy_week(question, &companion.hours, remedy,
					    is_kind(remedy, CM_REMEDY_COMPANION, i));
		g_array_append_val(caseload->companions, companion);
		g_array_append_val(question->companions, i);
	}
	if (is_kind(remedy, CM_REMEDY_COMPANION, CM_NONE)) {
		const CmWeekHours none = {{{0, 0}}};
		CmCompanion companion = {.id = "", .site = site};

		companion.hours = copy_week(question, &none, remedy, TRUE);
		g_array_append_val(caseload->companions, companion);
	}
}

static void
copy_professional(CmQuestion *question, const CmRemedy *remedy)
{
	const CmCaseload *whole = question->problem->caseload;
	CmCaseload *caseload = question->caseload;
	guint32 index = get_followup(question)->professional;
	CmProfessional professional = *CM_ELEMENT(whole->professionals, CmProfessional, index);
	CmProfessional clock = {
	    .id = "", .name = "", .profession = professional.profession, .base = professional.base};
	const CmWindow day = {CM_QUESTION_FROM, CM_QUESTION_TO};

	professional.hours = copy_week(question, &professional.hours, remedy,
				       is_kind(remedy, CM_REMEDY_PROFESSIONAL, index));
	g_array_append_vals(caseload->absences,
			    CM_ELEMENT(whole->absences, CmAbsence, professional.absences.first),
			    professional.absences.count);
	professional.absences.first = 0;
	g_array_append_vals(caseload->references,
			    CM_ELEMENT(whole->references, guint32, professional.sites.first),
			    professional.sites.count);
	professional.sites.first = 0;
	g_array_append_val(caseload->professionals, professional);
	/* nobody's, but the grid is that of all professionals' days */
	clock.hours.day[0] = (CmRange){caseload->windows->len, 1};
	g_array_append_val(caseload->windows, day);
	g_array_append_val(caseload->professionals, clock);
}

static CmRange
copy_cycle(CmQuestion *question, CmRange range)
{
	const GArray *windows = question->problem->caseload->cycle_windows;
	CmRange copy = {question->caseload->cycle_windows->len, range.count};

	g_array_append_vals(question->caseload->cycle_windows,
			    CM_ELEMENT(windows, CmCycleWindow, range.first), range.count);
	return copy;
}

static void
copy_people(CmQuestion *question, const CmRemedy *remedy)
{
	const CmCaseload *whole = question->problem->caseload;
	CmCaseload *caseload = question->caseload;
	CmSession session = *get_session(question);
	CmFollowup followup = *get_followup(question);
	CmStudent student = *CM_ELEMENT(whole->students, CmStudent, followup.student);
	guint32 references = caseload->references->len;

	student.remote_hours = copy_week(question, &student.remote_hours, remedy,
					 is_kind(remedy, CM_REMEDY_HOME, followup.student));
	student.blocked = copy_cycle(question, student.blocked);
	student.core = copy_cycle(question, student.core);
	g_array_append_val(caseload->students, student);
	for (guint32 i = 0; i < session.participants.count; i++) {
		guint32 index =
		    g_array_index(whole->references, guint32, session.participants.first + i);
		CmContact contact = *CM_ELEMENT(whole->contacts, CmContact, index);

		contact.hours = copy_week(question, &contact.hours, remedy,
					  is_kind(remedy, CM_REMEDY_CONTACT, index));
		contact.preferred = copy_week(question, &contact.preferred, NULL, FALSE);
		g_array_append_val(caseload->contacts, contact);
		g_array_append_val(caseload->references, i);
	}
	session.participants.first = references;
	session.followup = 0;
	if (remedy == NULL)
		session.modes = CM_MODES_ALL;
	else if (remedy->kind == CM_REMEDY_MODE)
		session.modes = (guint8)(session.modes | CM_MODE_FLAG(remedy->mode));
	g_array_append_val(caseload->sessions, session);
	followup.professional = 0;
	followup.student = 0;
	followup.not_before = whole->from + question->reach.first;
	followup.sessions = (CmRange){0, 1};
	g_array_append_val(caseload->followups, followup);
}

/* Someone whose sessions stand in for those of a site: they ask nothing and are asked nothing. */
static void
open_stand_in(CmQuestion *question, guint32 site)
{
	CmCaseload *caseload = question->caseload;
	CmStudent student = {.id = "", .name = "", .site = site, .birth_date = ADULT_BIRTH};
	CmFollowup followup = {.id = "",
			       .priority = 1,
			       .not_before = caseload->from,
			       .student = caseload->students->len,
			       .sessions = {caseload->sessions->len, 0}};

	g_array_append_val(caseload->students, student);
	g_array_append_val(caseload->followups, followup);
}

static void
copy_visit(CmQuestion *question, const CmVisit *visit, gint day, GArray *spots)
{
	CmCaseload *caseload = question->caseload;
	guint32 followup = caseload->followups->len - 1;
	CmSession session = {.id = "",
			     .act = get_session(question)->act,
			     .followup = followup,
			     .minutes = visit->end - visit->start,
			     .target_date = caseload->from,
			     .modes = CM_MODES_ALL};
	CmSpot spot = {.day = (gint16)day,
		       .start = visit->start,
		       .mode = visit->mode,
		       .room = 0,
		       .companion = CM_NONE};

	g_array_append_val(caseload->sessions, session);
	g_array_append_val(spots, spot);
	CM_ELEMENT(caseload->followups, CmFollowup, followup)->sessions.count++;
}

static gint
count_days(const CmQuestion *question)
{
	return question->caseload->to - question->caseload->from + 1;
}

/* The professional's other sessions of these days: where one in person is counts, where one by video is does not. */
static void
copy_visits(CmQuestion *question, const CmState *state, GArray *spots)
{
	const CmProblem *problem = question->problem;
	guint32 professional = get_followup(question)->professional;
	const CmWorker *worker = &problem->workers[professional];
	gint days = MIN(count_days(question), problem->days - question->reach.first);

	for (guint site = 0; site < worker->sites; site++) {
		open_stand_in(question, worker->site[site]);
		for (gint day = 0; day < days; day++) {
			gint whole_day = day + question->reach.first;
			const CmDayLoad *load = cm_state_load(state, professional, whole_day);
			const CmVisit *visits = cm_state_visits(state, professional, whole_day);

			for (guint i = 0; i < load->count; i++)
				if ((visits[i].mode == CM_MODE_IN_PERSON ? visits[i].site_bit
									 : 0) == site)
					copy_visit(question, &visits[i], day, spots);
		}
	}
}

static void
add_busy(CmQuestion *question, CmResource kind, guint32 resource, CmDay date, CmWindow window)
{
	CmBusy busy = {.kind = (guint8)kind, .resource = resource, .date = date, .window = window};

	g_array_append_val(question->caseload->busy, busy);
}

static void
copy_taken(CmQuestion *question, CmRange taken, gint day, CmResource kind, guint32 resource)
{
	const CmProblem *problem = question->problem;
	CmRange times = cm_problem_find_taken(problem, taken, day);

	for (guint i = 0; i < times.count; i++) {
		const CmTaken *time = &g_array_index(problem->taken, CmTaken, times.first + i);

		add_busy(question, kind, resource, problem->caseload->from + day,
			 (CmWindow){time->from, time->to});
	}
}

/* What a track of the whole plan has taken, onto somebody or something of the question. */
static void
copy_track(CmQuestion *question,
	   const CmState *state,
	   guint32 track,
	   CmResource kind,
	   guint32 resource)
{
	const CmProblem *problem = question->problem;
	gint last = MIN(question->reach.first + count_days(question), problem->days);

	for (gint day = question->reach.first; day < last; day++) {
		const guint64 *cells = cm_state_taken(state, track, day);

		for (gint bit = 0; bit < problem->bits; bit++) {
			CmMinute from = (CmMinute)(problem->first_minute + bit * problem->grid);

			if (cm_day_bits_has(cells, (guint)bit))
				add_busy(question, kind, resource, problem->caseload->from + day,
					 (CmWindow){from, (CmMinute)(from + problem->grid)});
		}
		copy_taken(question, cm_problem_track(problem, track)->taken, day, kind, resource);
	}
}

static void
copy_busy(CmQuestion *question, const CmState *state)
{
	const CmProblem *problem = question->problem;
	const CmCaseload *whole = problem->caseload;
	const CmKind *kind = cm_problem_kind(problem, problem->tasks[question->session].kind);
	guint32 site = problem->chains[kind->followup].site;
	CmResource person = kind->present ? CM_RESOURCE_STUDENT : CM_RESOURCE_CONTACT;
	guint32 room = 1;
	gint last = MIN(question->reach.first + count_days(question), problem->days);

	for (guint32 i = 0; i < whole->rooms->len; i++)
		if (CM_ELEMENT(whole->rooms, CmRoom, i)->site == site)
			copy_track(question, state, i, CM_RESOURCE_ROOM, room++);
	for (guint32 i = 0; i < question->companions->len; i++)
		copy_track(question, state,
			   whole->rooms->len + g_array_index(question->companions, guint32, i),
			   CM_RESOURCE_COMPANION, i);
	/* the people of a session are all asked or none: whose time it is makes no difference */
	for (guint32 i = 0; i < kind->tracks.count; i++)
		copy_track(question, state,
			   g_array_index(problem->kind_tracks, guint32, kind->tracks.first + i),
			   person, 0);
	for (gint day = question->reach.first; kind->taken.count > 0 && day < last; day++)
		copy_taken(question, kind->taken, day, person, 0);
	for (guint i = 0; i < whole->busy->len; i++) {
		const CmBusy *busy = CM_ELEMENT(whole->busy, CmBusy, i);

		if (busy->kind == CM_RESOURCE_PROFESSIONAL &&
		    busy->resource == get_followup(question)->professional)
			add_busy(question, CM_RESOURCE_PROFESSIONAL, 0, busy->date, busy->window);
	}
}

static void
set_horizon(CmQuestion *question, const CmRemedy *remedy)
{
	const CmCaseload *whole = question->problem->caseload;
	CmCaseload *caseload = question->caseload;
	const CmReach *reach = &question->reach;

	question->days = CLAMP(reach->last - reach->first + 1, 0, CM_QUESTION_DAYS_MAX);
	caseload->grid_minutes = whole->grid_minutes;
	caseload->from = whole->from + reach->first;
	caseload->to = caseload->from + question->days + CM_QUESTION_DAYS_MORE - 1;
	if (remedy != NULL && remedy->kind == CM_REMEDY_HORIZON)
		caseload->to = MAX(remedy->date, caseload->from);
}

CmQuestion *
cm_question_new(const CmState *state, guint32 session, const CmRemedy *remedy)
{
	g_autoptr(CmQuestion) question = g_new0(CmQuestion, 1);
	g_autoptr(GArray) spots = g_array_new(FALSE, FALSE, sizeof(CmSpot));
	g_autoptr(GError) error = NULL;

	question->problem = state->problem;
	question->session = session;
	question->reach = cm_reach_find(state, session);
	question->companions = g_array_new(FALSE, FALSE, sizeof(guint32));
	question->caseload = cm_caseload_new();
	set_horizon(question, remedy);
	copy_places(question, remedy);
	copy_professional(question, remedy);
	copy_people(question, remedy);
	copy_visits(question, state, spots);
	copy_busy(question, state);
	question->compiled = cm_problem_new(question->caseload, state->problem->policies, &error);
	if (question->compiled == NULL) {
		g_critical("A part of a problem is none: %s", error->message);
		return NULL;
	}
	question->state = cm_state_new(question->compiled);
	for (guint i = 0; i < spots->len; i++)
		if (!cm_state_place(question->state, i + 1, &g_array_index(spots, CmSpot, i)))
			g_debug("A day holds more sessions than it may.");
	return g_steal_pointer(&question);
}

void
cm_question_free(CmQuestion *question)
{
	g_clear_pointer(&question->state, cm_state_free);
	g_clear_pointer(&question->compiled, cm_problem_free);
	g_array_unref(question->companions);
	cm_caseload_free(question->caseload);
	g_free(question);
}
