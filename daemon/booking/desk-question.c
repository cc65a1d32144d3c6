// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk-question.h"

#define ADULT_BIRTH (-36525) /* a century ago */

static GArray *
new_indices(void)
{
	return g_array_new(FALSE, FALSE, sizeof(guint32));
}

static guint32
find_index(const GArray *indices, guint32 index)
{
	for (guint32 i = 0; i < indices->len; i++)
		if (g_array_index(indices, guint32, i) == index)
			return i;
	return CM_NONE;
}

static void
add_index(GArray *indices, guint32 index)
{
	if (find_index(indices, index) == CM_NONE)
		g_array_append_val(indices, index);
}

static void
share(GArray **array, GArray *whole)
{
	g_array_unref(*array);
	*array = g_array_ref(whole);
}

static const CmSession *
get_session(const CmDeskQuestion *question)
{
	return CM_ELEMENT(question->desk->caseload->sessions, CmSession, question->asked.session);
}

/* Who is asked: of a session its own people, of an appointment those listed. */
static void
list_people(CmDeskQuestion *question)
{
	const CmCaseload *whole = question->desk->caseload;
	CmDeskEntry *asked = &question->asked;

	cm_desk_complete(question->desk, asked);
	if (asked->kind == CM_DESK_SESSION) {
		const CmSession *session = get_session(question);
		const CmFollowup *followup =
		    CM_ELEMENT(whole->followups, CmFollowup, session->followup);

		g_array_append_val(question->professionals, followup->professional);
		g_array_append_val(question->students, followup->student);
		for (guint i = 0; i < session->participants.count; i++)
			g_array_append_val(question->contacts,
					   g_array_index(whole->references, guint32,
							 session->participants.first + i));
		return;
	}
	g_array_append_val(question->professionals, asked->professional);
	for (guint i = 0; i < asked->attendee_count; i++) {
		const CmAttendee *attendee = &asked->attendees[i];

		if (attendee->kind == CM_RESOURCE_PROFESSIONAL)
			add_index(question->professionals, attendee->index);
		else if (attendee->kind == CM_RESOURCE_STUDENT)
			add_index(question->students, attendee->index);
		else
			add_index(question->contacts, attendee->index);
	}
	if (question->students->len == 0) {
		const guint32 nobody = CM_NONE;

		g_array_append_val(question->students, nobody);
	}
}

static void
add_rooms(CmDeskQuestion *question)
{
	const CmDesk *desk = question->desk;
	const CmCaseload *whole = desk->caseload;
	CmCaseload *caseload = question->caseload;
	const GArray *rooms = desk->rooms[question->asked.site];
	const GArray *companions = desk->companions[question->asked.site];

	for (guint i = 0; rooms != NULL && i < rooms->len; i++) {
		guint32 index = g_array_index(rooms, guint32, i);

		g_array_append_val(question->rooms, index);
		g_array_append_val(caseload->rooms, *CM_ELEMENT(whole->rooms, CmRoom, index));
	}
	for (guint i = 0; companions != NULL && i < companions->len; i++) {
		guint32 index = g_array_index(companions, guint32, i);

		g_array_append_val(question->companions, index);
		g_array_append_val(caseload->companions,
				   *CM_ELEMENT(whole->companions, CmCompanion, index));
	}
}

/* A professional, with all sites they go to in these days, those that are not theirs included. */
static void
add_professional(CmDeskQuestion *question, guint32 index)
{
	const CmCaseload *whole = question->desk->caseload;
	CmCaseload *caseload = question->caseload;
	CmProfessional professional = *CM_ELEMENT(whole->professionals, CmProfessional, index);
	g_autoptr(GArray) sites = new_indices();
	const CmDeskUse *uses;
	guint count;

	for (guint i = 0; i < professional.sites.count; i++)
		add_index(sites,
			  g_array_index(whole->references, guint32, professional.sites.first + i));
	add_index(sites, question->asked.site);
	uses = cm_desk_find_uses(question->desk, CM_RESOURCE_PROFESSIONAL, index, caseload->from,
				 caseload->to, &count);
	for (guint i = 0; i < count; i++)
		if (uses[i].standing != NULL)
			add_index(sites, uses[i].standing->entry.site);
	professional.sites.first = caseload->references->len;
	professional.sites.count = sites->len;
	g_array_append_vals(caseload->references, sites->data, sites->len);
	g_array_append_val(caseload->professionals, professional);
}

/* Nobody's hours, for the grid is that of all professionals' days. */
static void
add_clock(CmDeskQuestion *question, const gchar *profession)
{
	CmCaseload *caseload = question->caseload;
	CmProfessional clock = {
	    .id = "", .name = "", .profession = profession, .base = question->asked.site};

	clock.hours.day[0] = (CmRange){question->desk->windows->len - 1, 1};
	g_array_append_val(caseload->professionals, clock);
}

static void
add_student(CmDeskQuestion *question, guint32 index)
{
	const CmCaseload *whole = question->desk->caseload;
	CmCaseload *caseload = question->caseload;
	guint32 site = question->asked.site;
	CmStudent student = {.id = "", .name = "", .site = site, .birth_date = ADULT_BIRTH};

	if (index == CM_NONE) {
		for (guint day = 0; day < CM_DAYS_PER_WEEK; day++)
			student.remote_hours.day[day] =
			    (CmRange){question->desk->windows->len - 1, 1};
	} else {
		student = *CM_ELEMENT(whole->students, CmStudent, index);
		/* lessons go by the days of their own school's cycle */
		if (CM_ELEMENT(whole->sites, CmSite, student.site)->calendar !=
		    CM_ELEMENT(whole->sites, CmSite, site)->calendar)
			student.blocked.count = student.core.count = 0;
		student.site = site;
	}
	g_array_append_val(caseload->students, student);
}

static void
add_people(CmDeskQuestion *question)
{
	const CmCaseload *whole = question->desk->caseload;
	CmCaseload *caseload = question->caseload;

	for (guint i = 0; i < question->professionals->len; i++)
		add_professional(question, g_array_index(question->professionals, guint32, i));
	add_clock(question, CM_ELEMENT(caseload->professionals, CmProfessional, 0)->profession);
	for (guint i = 0; i < question->students->len; i++)
		add_student(question, g_array_index(question->students, guint32, i));
	for (guint i = 0; i < question->contacts->len; i++)
		g_array_append_val(caseload->contacts,
				   *CM_ELEMENT(whole->contacts, CmContact,
					       g_array_index(question->contacts, guint32, i)));
}

/* The sessions that bring everybody in once. */
static void
add_sessions(CmDeskQuestion *question)
{
	CmCaseload *caseload = question->caseload;
	guint32 professionals = question->professionals->len;
	guint32 students = question->students->len;
	CmRange participants = {caseload->references->len, question->contacts->len};

	for (guint32 i = 0; i < question->contacts->len; i++)
		g_array_append_val(caseload->references, i);
	for (guint32 i = 0; i < MAX(professionals, students); i++) {
		CmFollowup followup = {.id = "",
				       .priority = 1,
				       .professional = i < professionals ? i : 0,
				       .student = i < students ? i : 0,
				       .not_before = caseload->from,
				       .sessions = {i, 1}};
		CmSession session = {.id = "",
				     .act = followup.professional == 0 ? question->asked.act : NULL,
				     .followup = i,
				     .minutes = question->asked.minutes,
				     .target_date = caseload->from,
				     .modes = CM_MODES_ALL};

		if (i == 0)
			session.participants = participants;
		if (question->asked.kind == CM_DESK_SESSION) {
			followup.priority = CM_ELEMENT(question->desk->caseload->followups,
						       CmFollowup, get_session(question)->followup)
						->priority;
			session.target_date = get_session(question)->target_date;
			session.prefer = get_session(question)->prefer;
		}
		g_array_append_val(caseload->followups, followup);
		g_array_append_val(caseload->sessions, session);
	}
}

static void
add_uses(CmDeskQuestion *question, CmResource kind, const GArray *indices)
{
	CmCaseload *caseload = question->caseload;

	for (guint32 i = 0; i < indices->len; i++) {
		guint32 resource = g_array_index(indices, guint32, i);
		const CmDeskUse *uses;
		guint count;

		if (resource == CM_NONE)
			continue;
		uses = cm_desk_find_uses(question->desk, kind, resource, caseload->from,
					 caseload->to, &count);
		for (guint u = 0; u < count; u++) {
			CmBusy busy = {.kind = (guint8)kind,
				       .resource = i,
				       .date = uses[u].date,
				       .window = {uses[u].from, uses[u].to}};

			/* what professionals do themselves are visits: desk-starts.h */
			if (kind == CM_RESOURCE_PROFESSIONAL && uses[u].standing != NULL)
				continue;
			if (cm_desk_counts(&uses[u], &question->asked, question->now))
				g_array_append_val(caseload->busy, busy);
		}
	}
}

static gint
compare_neighbour(gconstpointer a, gconstpointer b)
{
	const CmDeskNeighbour *left = a;
	const CmDeskNeighbour *right = b;

	if (left->date != right->date)
		return left->date < right->date ? -1 : 1;
	return left->start - right->start;
}

static void
list_neighbours(CmDeskQuestion *question)
{
	const CmDesk *desk = question->desk;
	CmRange sessions;

	if (question->asked.kind != CM_DESK_SESSION)
		return;
	sessions =
	    CM_ELEMENT(desk->caseload->followups, CmFollowup, get_session(question)->followup)
		->sessions;
	for (guint32 s = sessions.first; s < sessions.first + sessions.count; s++) {
		for (const CmDeskStanding *standing = desk->sessions[s]; standing != NULL;
		     standing = standing->next) {
			CmDeskNeighbour neighbour = {.session = s,
						     .date = standing->entry.date,
						     .start = standing->entry.start,
						     .mode = standing->entry.mode};

			if (cm_desk_stands(standing, &question->asked, question->now))
				g_array_append_val(question->neighbours, neighbour);
		}
	}
	g_array_sort(question->neighbours, compare_neighbour);
}

static void
share_lists(CmDeskQuestion *question)
{
	const CmCaseload *whole = question->desk->caseload;
	CmCaseload *caseload = question->caseload;

	caseload->grid_minutes = whole->grid_minutes;
	share(&caseload->calendars, whole->calendars);
	share(&caseload->calendar_days, whole->calendar_days);
	share(&caseload->sites, whole->sites);
	share(&caseload->travels, whole->travels);
	share(&caseload->absences, whole->absences);
	share(&caseload->cycle_windows, whole->cycle_windows);
	share(&caseload->windows, question->desk->windows);
}

/* What a derogation may open is not the problem's to forbid: desk-starts.h does. */
static void
compile(CmDeskQuestion *question)
{
	question->problem =
	    cm_problem_new(question->caseload, question->desk->policies, &question->error);
	if (question->problem == NULL)
		return;
	for (guint i = 0; i < question->problem->kinds->len; i++) {
		CmKind *kind = cm_problem_kind(question->problem, i);

		kind->modes = CM_MODES_ALL;
		kind->guardian_until = 0;
	}
	question->state = cm_state_new(question->problem);
}

CmDeskQuestion *
cm_desk_question_new(const CmDesk *desk, const CmDeskEntry *asked, CmDay from, CmDay to, gint64 now)
{
	CmDeskQuestion *question = g_new0(CmDeskQuestion, 1);

	question->desk = desk;
	question->asked = *asked;
	question->nowhere = asked->kind != CM_DESK_SESSION && asked->site == CM_NONE;
	question->now = now;
	question->today = cm_desk_get_day(desk, now);
	question->professionals = new_indices();
	question->students = new_indices();
	question->contacts = new_indices();
	question->rooms = new_indices();
	question->companions = new_indices();
	question->neighbours = g_array_new(FALSE, FALSE, sizeof(CmDeskNeighbour));
	question->caseload = cm_caseload_new();
	question->caseload->from = from;
	question->caseload->to = MIN(to, from + CM_DESK_DAYS_MAX - 1);
	question->caseload->replan_from = CM_DAY_NONE;
	list_people(question);
	share_lists(question);
	add_rooms(question);
	add_people(question);
	add_sessions(question);
	add_uses(question, CM_RESOURCE_PROFESSIONAL, question->professionals);
	add_uses(question, CM_RESOURCE_STUDENT, question->students);
	add_uses(question, CM_RESOURCE_CONTACT, question->contacts);
	add_uses(question, CM_RESOURCE_ROOM, question->rooms);
	add_uses(question, CM_RESOURCE_COMPANION, question->companions);
	list_neighbours(question);
	compile(question);
	return question;
}

void
cm_desk_question_free(CmDeskQuestion *question)
{
	g_clear_pointer(&question->state, cm_state_free);
	g_clear_pointer(&question->problem, cm_problem_free);
	g_clear_error(&question->error);
	cm_caseload_free(question->caseload);
	g_array_unref(question->professionals);
	g_array_unref(question->students);
	g_array_unref(question->contacts);
	g_array_unref(question->rooms);
	g_array_unref(question->companions);
	g_array_unref(question->neighbours);
	g_free(question);
}

const CmActRules *
cm_desk_question_get_rules(const CmDeskQuestion *question)
{
	return cm_problem_kind(question->problem, question->problem->tasks[0].kind)->rules;
}

const CmPolicy *
cm_desk_question_get_policy(const CmDeskQuestion *question)
{
	return cm_policy_set_lookup(
	    question->desk->policies,
	    CM_ELEMENT(question->caseload->professionals, CmProfessional, 0)->profession);
}

gboolean
cm_desk_question_serves(const CmDeskQuestion *question, guint32 professional, guint32 site)
{
	const CmCaseload *whole = question->desk->caseload;
	const CmProfessional *asked =
	    CM_ELEMENT(whole->professionals, CmProfessional, professional);

	for (guint i = 0; i < asked->sites.count; i++)
		if (g_array_index(whole->references, guint32, asked->sites.first + i) == site)
			return TRUE;
	return FALSE;
}

gboolean
cm_desk_question_has_students(const CmDeskQuestion *question)
{
	return g_array_index(question->students, guint32, 0) != CM_NONE;
}
