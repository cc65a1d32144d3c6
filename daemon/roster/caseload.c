// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload.h"

#include <string.h>

CmCaseload *
cm_caseload_new(void)
{
	CmCaseload *caseload = g_new0(CmCaseload, 1);

	caseload->strings = g_string_chunk_new(64 * 1024);
	caseload->organisation_id = "";
	caseload->organisation_name = "";
	caseload->timezone = "";
	caseload->locale = "";
	caseload->replan_from = CM_DAY_NONE;
	caseload->calendars = g_array_new(FALSE, TRUE, sizeof(CmCalendar));
	caseload->sites = g_array_new(FALSE, TRUE, sizeof(CmSite));
	caseload->travels = g_array_new(FALSE, TRUE, sizeof(CmTravel));
	caseload->rooms = g_array_new(FALSE, TRUE, sizeof(CmRoom));
	caseload->companions = g_array_new(FALSE, TRUE, sizeof(CmCompanion));
	caseload->professionals = g_array_new(FALSE, TRUE, sizeof(CmProfessional));
	caseload->students = g_array_new(FALSE, TRUE, sizeof(CmStudent));
	caseload->contacts = g_array_new(FALSE, TRUE, sizeof(CmContact));
	caseload->followups = g_array_new(FALSE, TRUE, sizeof(CmFollowup));
	caseload->sessions = g_array_new(FALSE, TRUE, sizeof(CmSession));
	caseload->busy = g_array_new(FALSE, TRUE, sizeof(CmBusy));
	caseload->previous = g_array_new(FALSE, TRUE, sizeof(CmPlacement));
	caseload->windows = g_array_new(FALSE, TRUE, sizeof(CmWindow));
	caseload->calendar_days = g_array_new(FALSE, TRUE, sizeof(CmCalendarDay));
	caseload->absences = g_array_new(FALSE, TRUE, sizeof(CmAbsence));
	caseload->cycle_windows = g_array_new(FALSE, TRUE, sizeof(CmCycleWindow));
	caseload->references = g_array_new(FALSE, TRUE, sizeof(guint32));
	return caseload;
}

void
cm_caseload_free(CmCaseload *caseload)
{
	g_array_unref(caseload->calendars);
	g_array_unref(caseload->sites);
	g_array_unref(caseload->travels);
	g_array_unref(caseload->rooms);
	g_array_unref(caseload->companions);
	g_array_unref(caseload->professionals);
	g_array_unref(caseload->students);
	g_array_unref(caseload->contacts);
	g_array_unref(caseload->followups);
	g_array_unref(caseload->sessions);
	g_array_unref(caseload->busy);
	g_array_unref(caseload->previous);
	g_array_unref(caseload->windows);
	g_array_unref(caseload->calendar_days);
	g_array_unref(caseload->absences);
	g_array_unref(caseload->cycle_windows);
	g_array_unref(caseload->references);
	g_string_chunk_free(caseload->strings);
	g_free(caseload);
}

const gchar *
cm_caseload_intern(CmCaseload *caseload, const gchar *text)
{
	return g_string_chunk_insert_const(caseload->strings, text);
}

static gint
calendar_day_compare(gconstpointer key, gconstpointer element)
{
	CmDay a = *(const CmDay *)key;
	CmDay b = ((const CmCalendarDay *)element)->date;

	return a < b ? -1 : a > b;
}

CmDayKind
cm_caseload_get_day(const CmCaseload *caseload, guint32 site, CmDay date, gint *out_cycle_day)
{
	const CmSite *place = CM_ELEMENT(caseload->sites, CmSite, site);
	const CmCalendar *calendar = CM_ELEMENT(caseload->calendars, CmCalendar, place->calendar);
	const CmCalendarDay *day = NULL;

	if (calendar->days.count > 0)
		day = bsearch(
		    &date, CM_ELEMENT(caseload->calendar_days, CmCalendarDay, calendar->days.first),
		    calendar->days.count, sizeof(CmCalendarDay), calendar_day_compare);
	if (out_cycle_day != NULL)
		*out_cycle_day = day != NULL ? day->cycle_day : 0;
	return day != NULL ? (CmDayKind)day->kind : CM_DAY_KIND_CLOSED;
}

static gint
travel_compare(gconstpointer key, gconstpointer element)
{
	const CmTravel *a = key;
	const CmTravel *b = element;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

gint
cm_caseload_get_travel(const CmCaseload *caseload, guint32 from, guint32 to)
{
	CmTravel key = {.from = from, .to = to};
	const CmTravel *found = NULL;

	if (from == to)
		return 0;
	if (caseload->travels->len > 0)
		found = bsearch(&key, caseload->travels->data, caseload->travels->len,
				sizeof(CmTravel), travel_compare);
	return found != NULL ? found->minutes : -1;
}

static const gchar *const mode_names[CM_MODE_LAST] = {
    [CM_MODE_IN_PERSON] = "in-person",
    [CM_MODE_VIDEO_SCHOOL] = "video-school",
    [CM_MODE_VIDEO_REMOTE] = "video-remote",
};

const gchar *
cm_mode_to_string(CmMode mode)
{
	g_return_val_if_fail(mode < CM_MODE_LAST, "");
	return mode_names[mode];
}

gboolean
cm_mode_from_string(const gchar *text, CmMode *out_mode)
{
	for (guint i = 0; i < CM_MODE_LAST; i++) {
		if (g_strcmp0(text, mode_names[i]) == 0) {
			*out_mode = (CmMode)i;
			return TRUE;
		}
	}
	return FALSE;
}

const gchar *
cm_day_kind_to_string(CmDayKind kind)
{
	static const gchar *const names[] = {
	    [CM_DAY_KIND_CLOSED] = "closed",
	    [CM_DAY_KIND_PEDAGOGICAL] = "pedagogical",
	    [CM_DAY_KIND_CLASS] = "class",
	};

	g_return_val_if_fail(kind < G_N_ELEMENTS(names), "");
	return names[kind];
}

const gchar *
cm_resource_to_string(CmResource resource)
{
	static const gchar *const names[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] = "professional", [CM_RESOURCE_STUDENT] = "student",
	    [CM_RESOURCE_CONTACT] = "contact",           [CM_RESOURCE_ROOM] = "room",
	    [CM_RESOURCE_COMPANION] = "companion",
	};

	g_return_val_if_fail(resource < CM_RESOURCE_LAST, "");
	return names[resource];
}
