// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-equal.h"

typedef struct {
	const CmCaseload *a;
	const CmCaseload *b;
} Pair;

/* Two ranges of one of the flat arrays. */
#define DEFINE_RANGES_EQUAL(name, array, type, element_equal)                                      \
	static gboolean name##_equal(const Pair *pair, const CmRange *a, const CmRange *b)         \
	{                                                                                          \
		if (a->count != b->count)                                                          \
			return FALSE;                                                              \
		for (guint i = 0; i < a->count; i++) {                                             \
			const type *x = CM_ELEMENT(pair->a->array, type, a->first + i);            \
			const type *y = CM_ELEMENT(pair->b->array, type, b->first + i);            \
                                                                                                   \
			if (!(element_equal))                                                      \
				return FALSE;                                                      \
		}                                                                                  \
		return TRUE;                                                                       \
	}

static gboolean
window_equal(const CmWindow *a, const CmWindow *b)
{
	return a->from == b->from && a->to == b->to;
}

DEFINE_RANGES_EQUAL(windows, windows, CmWindow, window_equal(x, y))
DEFINE_RANGES_EQUAL(days,
		    calendar_days,
		    CmCalendarDay,
		    x->date == y->date && x->kind == y->kind && x->cycle_day == y->cycle_day)
DEFINE_RANGES_EQUAL(absences, absences, CmAbsence, x->from == y->from && x->to == y->to)
DEFINE_RANGES_EQUAL(cycle_windows,
		    cycle_windows,
		    CmCycleWindow,
		    x->cycle_day == y->cycle_day && window_equal(&x->window, &y->window))
DEFINE_RANGES_EQUAL(references, references, guint32, *x == *y)

static gboolean
hours_equal(const Pair *pair, const CmWeekHours *a, const CmWeekHours *b)
{
	for (guint i = 0; i < CM_DAYS_PER_WEEK; i++) {
		if (!windows_equal(pair, &a->day[i], &b->day[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean
number_equal(gdouble a, gdouble b)
{
	return !(a < b) && !(a > b);
}

static gboolean
calendar_equal(const Pair *pair, const CmCalendar *a, const CmCalendar *b)
{
	return g_str_equal(a->id, b->id) && a->cycle_length == b->cycle_length &&
	       days_equal(pair, &a->days, &b->days);
}

static gboolean
site_equal(const Pair *pair, const CmSite *a, const CmSite *b)
{
	return g_str_equal(a->id, b->id) && g_str_equal(a->name, b->name) &&
	       number_equal(a->latitude, b->latitude) && number_equal(a->longitude, b->longitude) &&
	       a->calendar == b->calendar && window_equal(&a->open, &b->open) && a->kind == b->kind;
}

static gboolean
travel_equal(const Pair *pair, const CmTravel *a, const CmTravel *b)
{
	return a->from == b->from && a->to == b->to && a->minutes == b->minutes;
}

static gboolean
room_equal(const Pair *pair, const CmRoom *a, const CmRoom *b)
{
	return g_str_equal(a->id, b->id) && a->site == b->site && a->uses == b->uses;
}

static gboolean
companion_equal(const Pair *pair, const CmCompanion *a, const CmCompanion *b)
{
	return g_str_equal(a->id, b->id) && a->site == b->site &&
	       hours_equal(pair, &a->hours, &b->hours);
}

static gboolean
professional_equal(const Pair *pair, const CmProfessional *a, const CmProfessional *b)
{
	return g_str_equal(a->id, b->id) && g_str_equal(a->name, b->name) &&
	       g_str_equal(a->profession, b->profession) && a->base == b->base &&
	       references_equal(pair, &a->sites, &b->sites) &&
	       absences_equal(pair, &a->absences, &b->absences) &&
	       hours_equal(pair, &a->hours, &b->hours);
}

static gboolean
student_equal(const Pair *pair, const CmStudent *a, const CmStudent *b)
{
	return g_str_equal(a->id, b->id) && g_str_equal(a->name, b->name) && a->site == b->site &&
	       a->birth_date == b->birth_date &&
	       cycle_windows_equal(pair, &a->blocked, &b->blocked) &&
	       cycle_windows_equal(pair, &a->core, &b->core) &&
	       hours_equal(pair, &a->remote_hours, &b->remote_hours);
}

static gboolean
contact_equal(const Pair *pair, const CmContact *a, const CmContact *b)
{
	return g_str_equal(a->id, b->id) && g_strcmp0(a->name, b->name) == 0 &&
	       a->kind == b->kind && hours_equal(pair, &a->hours, &b->hours) &&
	       hours_equal(pair, &a->preferred, &b->preferred);
}

static gboolean
followup_equal(const Pair *pair, const CmFollowup *a, const CmFollowup *b)
{
	return g_str_equal(a->id, b->id) && a->professional == b->professional &&
	       a->student == b->student && a->priority == b->priority &&
	       a->not_before == b->not_before && a->sessions.first == b->sessions.first &&
	       a->sessions.count == b->sessions.count;
}

static gboolean
session_equal(const Pair *pair, const CmSession *a, const CmSession *b)
{
	return g_str_equal(a->id, b->id) && g_str_equal(a->act, b->act) &&
	       a->followup == b->followup && a->minutes == b->minutes &&
	       a->target_date == b->target_date && a->prefer == b->prefer && a->modes == b->modes &&
	       references_equal(pair, &a->participants, &b->participants);
}

static gboolean
busy_equal(const Pair *pair, const CmBusy *a, const CmBusy *b)
{
	return a->kind == b->kind && a->resource == b->resource && a->date == b->date &&
	       window_equal(&a->window, &b->window);
}

static gboolean
placement_equal(const Pair *pair, const CmPlacement *a, const CmPlacement *b)
{
	return a->session == b->session && a->date == b->date && a->start == b->start &&
	       a->mode == b->mode && a->room == b->room && a->companion == b->companion &&
	       (a->locked != FALSE) == (b->locked != FALSE);
}

static gboolean
head_equal(const CmCaseload *a, const CmCaseload *b)
{
	return g_str_equal(a->organisation_id, b->organisation_id) &&
	       g_str_equal(a->organisation_name, b->organisation_name) &&
	       g_str_equal(a->timezone, b->timezone) && g_str_equal(a->locale, b->locale) &&
	       a->from == b->from && a->to == b->to && a->grid_minutes == b->grid_minutes &&
	       a->replan_from == b->replan_from;
}

/* Two of the lists. */
#define DEFINE_LISTS_EQUAL(array, type, equal)                                                     \
	static gboolean array##_list_equal(const Pair *pair)                                       \
	{                                                                                          \
		if (pair->a->array->len != pair->b->array->len)                                    \
			return FALSE;                                                              \
		for (guint i = 0; i < pair->a->array->len; i++) {                                  \
			if (!equal(pair, CM_ELEMENT(pair->a->array, type, i),                      \
				   CM_ELEMENT(pair->b->array, type, i)))                           \
				return FALSE;                                                      \
		}                                                                                  \
		return TRUE;                                                                       \
	}

DEFINE_LISTS_EQUAL(calendars, CmCalendar, calendar_equal)
DEFINE_LISTS_EQUAL(sites, CmSite, site_equal)
DEFINE_LISTS_EQUAL(travels, CmTravel, travel_equal)
DEFINE_LISTS_EQUAL(rooms, CmRoom, room_equal)
DEFINE_LISTS_EQUAL(companions, CmCompanion, companion_equal)
DEFINE_LISTS_EQUAL(professionals, CmProfessional, professional_equal)
DEFINE_LISTS_EQUAL(students, CmStudent, student_equal)
DEFINE_LISTS_EQUAL(contacts, CmContact, contact_equal)
DEFINE_LISTS_EQUAL(followups, CmFollowup, followup_equal)
DEFINE_LISTS_EQUAL(sessions, CmSession, session_equal)
DEFINE_LISTS_EQUAL(busy, CmBusy, busy_equal)
DEFINE_LISTS_EQUAL(previous, CmPlacement, placement_equal)

typedef struct {
	const gchar *name;
	gboolean (*equal)(const Pair *pair);
} List;

static const List lists[] = {
    {"calendars", calendars_list_equal},
    {"sites", sites_list_equal},
    {"travels", travels_list_equal},
    {"rooms", rooms_list_equal},
    {"companions", companions_list_equal},
    {"professionals", professionals_list_equal},
    {"students", students_list_equal},
    {"contacts", contacts_list_equal},
    {"followups", followups_list_equal},
    {"sessions", sessions_list_equal},
    {"busy", busy_list_equal},
    {"previous", previous_list_equal},
};

gboolean
cm_caseload_equal(const CmCaseload *a, const CmCaseload *b, const gchar **out_what)
{
	Pair pair = {a, b};
	const gchar *what = NULL;

	if (!head_equal(a, b))
		what = "organisation";
	for (guint i = 0; i < G_N_ELEMENTS(lists) && what == NULL; i++) {
		if (!lists[i].equal(&pair))
			what = lists[i].name;
	}
	if (out_what != NULL && what != NULL)
		*out_what = what;
	return what == NULL;
}
