// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/planner/reason.h"

#include "daemon/planner/reach.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

static const CmSession *
get_session(const CmProblem *problem, guint32 session)
{
	return CM_ELEMENT(problem->caseload->sessions, CmSession, session);
}

static const gchar *
get_professional(const CmProblem *problem, guint32 session)
{
	guint32 followup = get_session(problem, session)->followup;

	return CM_ELEMENT(problem->caseload->professionals, CmProfessional,
			  problem->chains[followup].professional)
	    ->id;
}

static const CmSite *
get_site(const CmProblem *problem, guint32 session)
{
	return CM_ELEMENT(problem->caseload->sites, CmSite,
			  problem->chains[get_session(problem, session)->followup].site);
}

/* The first days of an obstruction: of the school's cycle where they are class days, as dates otherwise. */
static gchar *
list_days(const CmProblem *problem, const CmDiagnosis *diagnosis)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint count = MIN(diagnosis->dates, CM_OBSTRUCTION_DAYS_MAX);

	for (guint i = 0; i < count; i++) {
		gchar date[CM_DAY_TEXT_SIZE];

		g_string_append_printf(
		    text, "%s%s", i > 0 ? ", " : "",
		    cm_day_format(problem->caseload->from + diagnosis->day[i], date));
	}
	if (diagnosis->dates > count)
		g_string_append(text, ", …");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* {0} site, {1} professional, {2} days. */
static const struct {
	guint obstruction;
	const gchar *format;
} obstructions[] = {
    {CM_OBSTRUCTION_ROOM, N_("No room is free at {0} when all others are: {2}.")},
    {CM_OBSTRUCTION_COMPANION,
     N_("Nobody at {0} is free to sit with the student when all others are free: {2}.")},
    {CM_OBSTRUCTION_DAY, N_("The days of {1} are full when all others are free: {2}.")},
    {CM_OBSTRUCTION_CONTACTS,
     N_("The participants are not free when {1} and the student are: {2}.")},
    {CM_OBSTRUCTION_STUDENT, N_("The student is not free when {1} and the others are: {2}.")},
    {CM_OBSTRUCTION_HOURS, N_("{1} does not work when all others are free: {2}.")},
    {CM_OBSTRUCTION_CALENDAR, N_("There is no class at {0} when all others are free: {2}.")},
    {CM_OBSTRUCTION_MODE,
     N_("It may not be held in the only way for which {1} and the others are free: {2}.")},
    {CM_OBSTRUCTION_SEQUENCE,
     N_("It must be in person, and there is only time for it by video: {2}.")},
    {CM_OBSTRUCTION_GAP,
     N_("All are free only when it is too long after the session before it: {2}.")},
    {CM_OBSTRUCTION_HORIZON, N_("All are free only after the end of the term: {2}.")},
    {CM_OBSTRUCTION_DAY | CM_OBSTRUCTION_ROOM,
     N_("The days of {1} are full, and no room is free at {0} when they are not.")},
    {CM_OBSTRUCTION_DAY | CM_OBSTRUCTION_CONTACTS,
     N_("The days of {1} are full when the participants are free.")},
    {CM_OBSTRUCTION_DAY | CM_OBSTRUCTION_STUDENT,
     N_("The days of {1} are full when the student is free.")},
    {CM_OBSTRUCTION_STUDENT | CM_OBSTRUCTION_CONTACTS,
     N_("Neither the student nor the participants are free when {1} is.")},
    {CM_OBSTRUCTION_HOURS | CM_OBSTRUCTION_CONTACTS,
     N_("{1} does not work when the participants and the student are free.")},
    {CM_OBSTRUCTION_HOURS | CM_OBSTRUCTION_STUDENT,
     N_("{1} does not work when the student is free.")},
    {CM_OBSTRUCTION_HOURS | CM_OBSTRUCTION_DAY,
     N_("The days of {1} are full, and the others are free only on those that {1} does not work.")},
};

static gchar *
format_obstruction(const CmState *state, guint32 session, const CmDiagnosis *diagnosis)
{
	const CmProblem *problem = state->problem;
	CmReach reach = cm_reach_find(state, session);
	g_autofree gchar *days = list_days(problem, diagnosis);
	const gchar *site = get_site(problem, session)->name;
	const gchar *professional = get_professional(problem, session);

	if (reach.first > reach.last)
		return cm_message_new(
		    N_("No day of the term is left for it after the session before "
		       "it, {0}."),
		    session > 0 ? get_session(problem, session - 1)->id : "", NULL);
	for (guint i = 0; i < G_N_ELEMENTS(obstructions); i++)
		if (obstructions[i].obstruction == diagnosis->obstruction)
			return cm_message_new(obstructions[i].format, site, professional, days,
					      NULL);
	return cm_message_new(
	    N_("At no time are {1}, the student, the others and a place at {0} free "
	       "at once, nor but for one of them."),
	    site, professional, NULL);
}

static gchar *
make_weekday(gint weekday)
{
	static const gchar *const days[] = {N_("Mondays"),   N_("Tuesdays"), N_("Wednesdays"),
					    N_("Thursdays"), N_("Fridays"),  N_("Saturdays"),
					    N_("Sundays")};

	return cm_message_term(days[weekday % CM_DAYS_PER_WEEK]);
}

/* Hours of somebody: {0} who, {1} weekday, {2} from, {3} to. */
static gchar *
format_hours(const gchar *format, const gchar *who, const CmRemedy *remedy)
{
	g_autofree gchar *weekday = make_weekday(remedy->weekday);
	gchar from[CM_MINUTE_TEXT_SIZE];
	gchar to[CM_MINUTE_TEXT_SIZE];

	return cm_message_new(format, who, weekday, cm_minute_format(remedy->hours.from, from),
			      cm_minute_format(remedy->hours.to, to), NULL);
}

static gchar *
format_move(const CmProblem *problem, const CmRemedy *remedy)
{
	const CmDay from = problem->caseload->from;
	gchar to_date[CM_DAY_TEXT_SIZE];
	gchar to_start[CM_MINUTE_TEXT_SIZE];
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	return cm_message_new(N_("Moving {0} to {1} at {2} would leave it {3} at {4}."),
			      get_session(problem, remedy->resource)->id,
			      cm_day_format(from + remedy->to.day, to_date),
			      cm_minute_format((CmMinute)remedy->to.start, to_start),
			      cm_day_format(from + remedy->place.day, date),
			      cm_minute_format((CmMinute)remedy->place.start, start), NULL);
}

static gchar *
format_contact(const CmCaseload *caseload, const CmRemedy *remedy)
{
	const CmContact *contact = CM_ELEMENT(caseload->contacts, CmContact, remedy->resource);

	return format_hours(
	    contact->kind == CM_CONTACT_KIND_GUARDIAN
		? N_("The parent {0}, free on {1} from {2} to {3}, would place it.")
		: N_("The teacher {0}, free on {1} from {2} to {3}, would place it."),
	    contact->id, remedy);
}

static gchar *
format_companion(const CmProblem *problem, guint32 session, const CmRemedy *remedy)
{
	if (remedy->resource == CM_NONE)
		return format_hours(
		    N_("One more adult at {0} to sit with the student on {1} from {2} "
		       "to {3} would place it."),
		    get_site(problem, session)->name, remedy);
	return format_hours(
	    N_("The adult {0}, free to sit with the student on {1} from {2} to {3}, would place "
	       "it."),
	    CM_ELEMENT(problem->caseload->companions, CmCompanion, remedy->resource)->id, remedy);
}

static const gchar *
get_mode_format(CmMode mode)
{
	static const gchar *const formats[CM_MODE_LAST] = {
	    [CM_MODE_IN_PERSON] = N_("Allowing it in person would place it on {0} at {1}."),
	    [CM_MODE_VIDEO_SCHOOL] =
		N_("Allowing it by video at school would place it on {0} at {1}."),
	    [CM_MODE_VIDEO_REMOTE] =
		N_("Allowing it by video from home would place it on {0} at {1}."),
	};

	return formats[MIN(mode, CM_MODE_VIDEO_REMOTE)];
}

static gchar *
format_limit(const CmProblem *problem, guint32 session, const CmRemedy *remedy)
{
	static const gchar *const formats[CM_LIMIT_LAST] = {
	    [CM_LIMIT_MAX_SESSIONS] =
		N_("A derogation ({0}) for {1} sessions on {2} would place it at {3}."),
	    [CM_LIMIT_MAX_MINUTES] =
		N_("A derogation ({0}) for {1} minutes of sessions on {2} would place it at {3}."),
	    [CM_LIMIT_MAX_SITES] =
		N_("A derogation ({0}) for {1} schools on {2} would place it at {3}."),
	    [CM_LIMIT_MAX_VIDEO] =
		N_("A derogation ({0}) for {1} minutes of video without a break on "
		   "{2} would place it at {3}."),
	    [CM_LIMIT_MAX_GAP] =
		N_("A derogation ({0}) for {1} days after the session before it would "
		   "place it on {2} at {3}."),
	    [CM_LIMIT_SEQUENCE] =
		N_("A derogation ({0}) to hold it by video would place it on {2} at {3}."),
	};
	g_autofree gchar *value = g_strdup_printf("%d", remedy->value);
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	return cm_message_new(
	    formats[remedy->limit],
	    cm_reason_get_limit_key(problem, session, (CmRemedyLimit)remedy->limit), value,
	    cm_day_format(problem->caseload->from + remedy->place.day, date),
	    cm_minute_format((CmMinute)remedy->place.start, start), NULL);
}

const gchar *
cm_reason_get_limit_key(const CmProblem *problem, guint32 session, CmRemedyLimit limit)
{
	static const gchar *const keys[CM_LIMIT_LAST] = {
	    [CM_LIMIT_MAX_SESSIONS] = "MaxSessions",
	    [CM_LIMIT_MAX_MINUTES] = "MaxMinutes",
	    [CM_LIMIT_MAX_SITES] = "MaxSites",
	    [CM_LIMIT_MAX_VIDEO] = "MaxConsecutiveVideoMinutes",
	    [CM_LIMIT_MAX_GAP] = "MaxGapDays",
	    [CM_LIMIT_SEQUENCE] = "InPersonEvery",
	};

	if (limit == CM_LIMIT_SEQUENCE && problem->tasks[session].in_person)
		return "FirstInPerson";
	return keys[limit];
}

gchar *
cm_reason_format_remedy(const CmProblem *problem, guint32 session, const CmRemedy *remedy)
{
	const CmCaseload *caseload = problem->caseload;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];

	switch ((CmRemedyKind)remedy->kind) {
	case CM_REMEDY_MOVE:
		return format_move(problem, remedy);
	case CM_REMEDY_ROOM:
		return cm_message_new(remedy->use == CM_USE_IN_PERSON
					  ? N_("One more room at {0} would place it.")
					  : N_("One more room for video at {0} would place it."),
				      get_site(problem, session)->name, NULL);
	case CM_REMEDY_COMPANION:
		return format_companion(problem, session, remedy);
	case CM_REMEDY_CONTACT:
		return format_contact(caseload, remedy);
	case CM_REMEDY_PROFESSIONAL:
		return format_hours(N_("Hours of {0} on {1} from {2} to {3} would place it."),
				    get_professional(problem, session), remedy);
	case CM_REMEDY_HOME:
		return format_hours(N_("The student {0}, at home for video on {1} from {2} to {3}, "
				       "would place it."),
				    CM_ELEMENT(caseload->students, CmStudent, remedy->resource)->id,
				    remedy);
	case CM_REMEDY_MODE:
		return cm_message_new(get_mode_format((CmMode)remedy->mode),
				      cm_day_format(caseload->from + remedy->place.day, date),
				      cm_minute_format((CmMinute)remedy->place.start, start), NULL);
	case CM_REMEDY_HORIZON:
		return cm_message_new(N_("A term that ends on {0} would place it."),
				      cm_day_format(remedy->date, date), NULL);
	case CM_REMEDY_LIMIT:
	case CM_REMEDY_LAST:
		break;
	}
	return format_limit(problem, session, remedy);
}

gchar *
cm_reason_format(const CmState *state, guint32 session, const CmDiagnosis *diagnosis)
{
	const CmProblem *problem = state->problem;
	gchar date[CM_DAY_TEXT_SIZE];
	gchar start[CM_MINUTE_TEXT_SIZE];
	gchar *reason;

	if (diagnosis->free)
		return cm_message_new(
		    N_("The search ended before it was placed: {0} at {1} is free for it."),
		    cm_day_format(problem->caseload->from + diagnosis->place.day, date),
		    cm_minute_format((CmMinute)diagnosis->place.start, start), NULL);
	reason = format_obstruction(state, session, diagnosis);
	for (guint i = 0; i < diagnosis->count; i++) {
		g_autofree gchar *before = reason;
		g_autofree gchar *remedy =
		    cm_reason_format_remedy(problem, session, &diagnosis->remedies[i]);

		reason = cm_message_join(before, remedy);
	}
	return reason;
}

gchar *
cm_reason_find(CmState *state, guint32 session)
{
	const CmProblem *problem = state->problem;
	guint sessions = problem->caseload->sessions->len;
	CmReach reach = cm_reach_find(state, session);
	CmDiagnosis diagnosis;

	if (reach.missing)
		return cm_message_new(N_("The session before it, {0}, is not scheduled."),
				      get_session(problem, session - 1)->id, NULL);
	cm_remedy_find(state, session, sessions <= CM_REASON_THOROUGH_MAX, &diagnosis);
	return cm_reason_format(state, session, &diagnosis);
}
