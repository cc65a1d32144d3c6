// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-check.h"

#include "daemon/roster/json-path.h"

#include <glib/gi18n.h>
#include <string.h>

static gchar *
make_path(const gchar *place, guint32 first, guint32 second, guint32 third)
{
	const guint32 indices[] = {first, second, third};

	return cm_caseload_loading_make_path(place, indices);
}

/* ---- calendars ---- */

static void
check_cycle_day(CmCaseloadLoading *loading,
		gint cycle_day,
		gint cycle_length,
		guint line,
		const gchar *path)
{
	gchar day[12];
	gchar length[12];

	g_snprintf(day, sizeof(day), "%d", cycle_day);
	g_snprintf(length, sizeof(length), "%d", cycle_length);
	cm_faults_add(loading->faults, NULL, line, path,
		      N_("expected a cycle day from 1 to {1}, the cycle's length; it is {0}"), day,
		      length, NULL);
}

static gint
calendar_day_compare(gconstpointer a, gconstpointer b)
{
	CmDay first = ((const CmCalendarDay *)a)->date;
	CmDay second = ((const CmCalendarDay *)b)->date;

	return first < second ? -1 : first > second;
}

static void
check_dates_once(CmCaseloadLoading *loading, guint32 index, const CmCalendarDay *days, guint count)
{
	guint line = cm_caseload_loading_get_line(loading, CM_CASELOAD_KIND_CALENDAR, index);

	for (guint i = 1; i < count; i++) {
		g_autofree gchar *path = NULL;
		gchar date[CM_DAY_TEXT_SIZE];

		/* a date that could not be read is 0, and a fault already */
		if (days[i].date != days[i - 1].date || days[i].date == 0)
			continue;
		path = make_path("$.calendars[#].days", index, 0, 0);
		cm_faults_add(loading->faults, NULL, line, path, N_("the date {0} stands twice"),
			      cm_day_format(days[i].date, date), NULL);
	}
}

static void
check_calendars(CmCaseloadLoading *loading)
{
	const CmCaseload *caseload = loading->caseload;

	for (guint i = 0; i < caseload->calendars->len; i++) {
		const CmCalendar *calendar = CM_ELEMENT(caseload->calendars, CmCalendar, i);
		CmCalendarDay *days = NULL;

		if (calendar->days.count == 0)
			continue;
		days = CM_ELEMENT(caseload->calendar_days, CmCalendarDay, calendar->days.first);
		for (guint j = 0; j < calendar->days.count; j++) {
			g_autofree gchar *path = NULL;

			if (days[j].cycle_day <= calendar->cycle_length ||
			    calendar->cycle_length == 0)
				continue;
			path = make_path("$.calendars[#].days[#].cycle_day", i, j, 0);
			check_cycle_day(loading, days[j].cycle_day, calendar->cycle_length,
					cm_caseload_loading_get_line(loading,
								     CM_CASELOAD_KIND_CALENDAR_DAY,
								     calendar->days.first + j),
					path);
		}
		qsort(days, calendar->days.count, sizeof(CmCalendarDay), calendar_day_compare);
		check_dates_once(loading, i, days, calendar->days.count);
	}
}

/* ---- students ---- */

static void
check_cycle_windows(CmCaseloadLoading *loading,
		    guint32 student,
		    const CmRange *range,
		    gint cycle_length,
		    const gchar *place)
{
	const CmCaseload *caseload = loading->caseload;

	for (guint i = 0; i < range->count; i++) {
		const CmCycleWindow *window =
		    CM_ELEMENT(caseload->cycle_windows, CmCycleWindow, range->first + i);
		g_autofree gchar *path = NULL;

		if (window->cycle_day <= cycle_length)
			continue;
		path = make_path(place, student, i, 0);
		check_cycle_day(loading, window->cycle_day, cycle_length,
				cm_caseload_loading_get_line(loading, CM_CASELOAD_KIND_CYCLE_WINDOW,
							     range->first + i),
				path);
	}
}

static gint
get_cycle_length(const CmCaseload *caseload, guint32 site)
{
	guint32 calendar = CM_NONE;

	if (site != CM_NONE)
		calendar = CM_ELEMENT(caseload->sites, CmSite, site)->calendar;
	if (calendar == CM_NONE)
		return 0;
	return CM_ELEMENT(caseload->calendars, CmCalendar, calendar)->cycle_length;
}

static void
check_students(CmCaseloadLoading *loading)
{
	const CmCaseload *caseload = loading->caseload;

	for (guint i = 0; i < caseload->students->len; i++) {
		const CmStudent *student = CM_ELEMENT(caseload->students, CmStudent, i);
		gint cycle_length = get_cycle_length(caseload, student->site);

		if (cycle_length == 0)
			continue;
		check_cycle_windows(loading, i, &student->blocked, cycle_length,
				    "$.students[#].blocked[#].cycle_day");
		check_cycle_windows(loading, i, &student->core, cycle_length,
				    "$.students[#].core[#].cycle_day");
	}
}

/* ---- references that stand twice in one list ---- */

static void
check_references_once(CmCaseloadLoading *loading,
		      const CmRange *range,
		      guint32 first,
		      guint32 second,
		      const gchar *place)
{
	const guint32 *references = NULL;

	if (range->count < 2)
		return;
	references = CM_ELEMENT(loading->caseload->references, guint32, range->first);
	for (guint i = 1; i < range->count; i++) {
		for (guint j = 0; j < i; j++) {
			const guint32 indices[] = {first, second == CM_NONE ? i : second, i};
			g_autofree gchar *path = NULL;

			if (references[i] != references[j] || references[i] == CM_NONE)
				continue;
			path = cm_caseload_loading_make_path(place, indices);
			cm_faults_add(loading->faults, NULL,
				      cm_caseload_loading_get_line(
					  loading, CM_CASELOAD_KIND_REFERENCE, range->first + i),
				      path, N_("this stands twice in the list"), NULL);
			break;
		}
	}
}

static void
check_references(CmCaseloadLoading *loading)
{
	const CmCaseload *caseload = loading->caseload;

	for (guint i = 0; i < caseload->professionals->len; i++)
		check_references_once(
		    loading, &CM_ELEMENT(caseload->professionals, CmProfessional, i)->sites, i,
		    CM_NONE, "$.professionals[#].sites[#]");
	for (guint i = 0; i < caseload->sessions->len; i++) {
		const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, i);
		const CmFollowup *followup = NULL;

		/* the reading may have ended before the follow-up was complete */
		if (session->followup >= caseload->followups->len)
			break;
		followup = CM_ELEMENT(caseload->followups, CmFollowup, session->followup);
		check_references_once(loading, &session->participants, session->followup,
				      i - followup->sessions.first,
				      "$.followups[#].sessions[#].participants[#]");
	}
}

/* ---- travel ---- */

static gint
travel_compare(gconstpointer a, gconstpointer b)
{
	const CmTravel *first = a;
	const CmTravel *second = b;

	if (first->from != second->from)
		return first->from < second->from ? -1 : 1;
	return first->to < second->to ? -1 : first->to > second->to;
}

/* a leg with its line, sorted as CmTravel */
typedef struct {
	CmTravel travel;
	guint32 line;
} Leg;

static gchar *
make_leg_path(const gchar *from, const gchar *to)
{
	g_autoptr(GString) path = g_string_new("$.travel_minutes");

	cm_json_path_append_key(path, from);
	if (to != NULL)
		cm_json_path_append_key(path, to);
	return g_string_free(g_steal_pointer(&path), FALSE);
}

static const gchar *
get_site_id(const CmCaseload *caseload, guint32 site)
{
	const gchar *id = CM_ELEMENT(caseload->sites, CmSite, site)->id;

	return id != NULL ? id : "";
}

static guint32
find_leg_site(CmCaseloadLoading *loading,
	      const CmCaseloadLeg *leg,
	      const gchar *id,
	      const gchar *path)
{
	guint32 site = cm_caseload_loading_find(loading, CM_CASELOAD_KIND_SITE, id);

	if (site == CM_NONE)
		cm_faults_add(loading->faults, NULL, leg->line, path,
			      N_("there is no site \"{0}\""), id, NULL);
	return site;
}

static void
resolve_leg(CmCaseloadLoading *loading, guint index, GArray *legs)
{
	const CmCaseloadLeg *leg = CM_ELEMENT(loading->legs, CmCaseloadLeg, index);
	g_autofree gchar *path = make_leg_path(leg->from, leg->to);
	g_autofree gchar *from_path = make_leg_path(leg->from, NULL);
	Leg found = {.travel.minutes = leg->minutes, .line = leg->line};

	/* of an unknown site's legs only the first is a fault */
	if (index > 0 && leg[-1].from == leg->from &&
	    cm_caseload_loading_find(loading, CM_CASELOAD_KIND_SITE, leg->from) == CM_NONE)
		return;
	found.travel.from = find_leg_site(loading, leg, leg->from, from_path);
	if (found.travel.from == CM_NONE)
		return;
	found.travel.to = find_leg_site(loading, leg, leg->to, path);
	if (found.travel.to == CM_NONE)
		return;
	if (found.travel.from != found.travel.to)
		g_array_append_val(legs, found);
	else if (leg->minutes != 0)
		cm_faults_add(loading->faults, NULL, leg->line, path,
			      N_("expected 0 minutes from a site to itself"), NULL);
}

static void
fault_leg(CmCaseloadLoading *loading, const Leg *leg, const gchar *format)
{
	const CmCaseload *caseload = loading->caseload;
	g_autofree gchar *path = make_leg_path(get_site_id(caseload, leg->travel.from),
					       get_site_id(caseload, leg->travel.to));
	gchar there[12];

	g_snprintf(there, sizeof(there), "%d", leg->travel.minutes);
	cm_faults_add(loading->faults, NULL, leg->line, path, format, there, NULL);
}

static void
check_symmetry(CmCaseloadLoading *loading, const GArray *legs)
{
	for (guint i = 0; i < legs->len; i++) {
		const Leg *leg = CM_ELEMENT(legs, Leg, i);
		gint back =
		    cm_caseload_get_travel(loading->caseload, leg->travel.to, leg->travel.from);

		if (i > 0 && travel_compare(leg, leg - 1) == 0)
			fault_leg(loading, leg, N_("this pair of sites stands twice"));
		else if (back < 0)
			fault_leg(loading, leg,
				  N_("expected the way back too, as long: {0} minutes"));
		else if (back != leg->travel.minutes && leg->travel.from < leg->travel.to)
			fault_leg(loading, leg,
				  N_("expected as many minutes as on the way back; it is {0}"));
	}
}

static void
fault_hole(CmCaseloadLoading *loading, guint32 professional, guint32 from, guint32 to)
{
	const CmCaseload *caseload = loading->caseload;
	g_autofree gchar *path =
	    make_leg_path(get_site_id(caseload, from), get_site_id(caseload, to));
	const gchar *id = CM_ELEMENT(caseload->professionals, CmProfessional, professional)->id;

	cm_faults_add(
	    loading->faults, NULL,
	    cm_caseload_loading_get_line(loading, CM_CASELOAD_KIND_PROFESSIONAL, professional),
	    path,
	    N_("this member is missing: the professional \"{0}\" goes from one to the "
	       "other"),
	    id != NULL ? id : "", NULL);
}

/* each pair that a professional needs, once for them all */
static void
check_pair(CmCaseloadLoading *loading,
	   guint32 professional,
	   guint32 first,
	   guint32 second,
	   GHashTable *told)
{
	guint32 from = MIN(first, second);
	guint32 to = MAX(first, second);
	gint64 *key = NULL;

	if (first == second || from == CM_NONE || to == CM_NONE)
		return;
	/* where one direction is there, the other is a fault already */
	if (cm_caseload_get_travel(loading->caseload, from, to) >= 0 ||
	    cm_caseload_get_travel(loading->caseload, to, from) >= 0)
		return;
	key = g_new(gint64, 1);
	*key = ((gint64)from << 32) | to;
	if (g_hash_table_add(told, key))
		fault_hole(loading, professional, from, to);
}

static void
check_holes(CmCaseloadLoading *loading)
{
	const CmCaseload *caseload = loading->caseload;
	g_autoptr(GHashTable) told =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	for (guint i = 0; i < caseload->professionals->len; i++) {
		const CmProfessional *professional =
		    CM_ELEMENT(caseload->professionals, CmProfessional, i);
		const CmRange *sites = &professional->sites;

		for (guint j = 0; j < sites->count; j++) {
			guint32 site = *CM_ELEMENT(caseload->references, guint32, sites->first + j);

			check_pair(loading, i, professional->base, site, told);
			for (guint k = 0; k < j; k++)
				check_pair(
				    loading, i,
				    *CM_ELEMENT(caseload->references, guint32, sites->first + k),
				    site, told);
		}
	}
}

static void
check_travel(CmCaseloadLoading *loading)
{
	CmCaseload *caseload = loading->caseload;
	g_autoptr(GArray) legs = g_array_new(FALSE, FALSE, sizeof(Leg));

	for (guint i = 0; i < loading->legs->len; i++)
		resolve_leg(loading, i, legs);
	g_array_sort(legs, travel_compare);
	for (guint i = 0; i < legs->len; i++)
		g_array_append_val(caseload->travels, CM_ELEMENT(legs, Leg, i)->travel);
	check_symmetry(loading, legs);
	check_holes(loading);
}

/* ---- previous ---- */

/* a time that a locked placement takes of something */
typedef struct {
	guint32 resource;
	guint32 placement; /* in previous */
	CmDay date;
	gint from;
	gint to;
	guint8 kind; /* CmResource */
} Taken;

static gint
taken_compare(gconstpointer a, gconstpointer b)
{
	const Taken *first = a;
	const Taken *second = b;

	if (first->kind != second->kind)
		return first->kind < second->kind ? -1 : 1;
	if (first->resource != second->resource)
		return first->resource < second->resource ? -1 : 1;
	if (first->date != second->date)
		return first->date < second->date ? -1 : 1;
	if (first->from != second->from)
		return first->from - second->from;
	return first->placement < second->placement ? -1 : first->placement > second->placement;
}

static void
take(GArray *takens, Taken *taken, CmResource kind, guint32 resource)
{
	if (resource == CM_NONE)
		return;
	taken->kind = (guint8)kind;
	taken->resource = resource;
	g_array_append_vals(takens, taken, 1);
}

static void
take_locked(const CmCaseload *caseload, guint32 index, GArray *takens)
{
	const CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, index);
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, placement->session);
	Taken taken = {.placement = index,
		       .date = placement->date,
		       .from = placement->start,
		       .to = placement->start + session->minutes};

	if (session->followup < caseload->followups->len)
		take(takens, &taken, CM_RESOURCE_PROFESSIONAL,
		     CM_ELEMENT(caseload->followups, CmFollowup, session->followup)->professional);
	take(takens, &taken, CM_RESOURCE_ROOM, placement->room);
	take(takens, &taken, CM_RESOURCE_COMPANION, placement->companion);
	for (guint i = 0; i < session->participants.count; i++)
		take(takens, &taken, CM_RESOURCE_CONTACT,
		     *CM_ELEMENT(caseload->references, guint32, session->participants.first + i));
}

static void
fault_overlap(CmCaseloadLoading *loading, const Taken *earlier, const Taken *later)
{
	static const gchar *const texts[CM_RESOURCE_LAST] = {
	    [CM_RESOURCE_PROFESSIONAL] =
		N_("this locked placement overlaps that of \"{0}\" for the same professional"),
	    [CM_RESOURCE_CONTACT] =
		N_("this locked placement overlaps that of \"{0}\" for the same participant"),
	    [CM_RESOURCE_ROOM] =
		N_("this locked placement overlaps that of \"{0}\" in the same room"),
	    [CM_RESOURCE_COMPANION] =
		N_("this locked placement overlaps that of \"{0}\" for the same companion"),
	};
	const CmCaseload *caseload = loading->caseload;
	const CmPlacement *other = CM_ELEMENT(caseload->previous, CmPlacement, earlier->placement);
	const gchar *id = CM_ELEMENT(caseload->sessions, CmSession, other->session)->id;
	g_autofree gchar *path = make_path("$.previous[#]", later->placement, 0, 0);

	cm_faults_add(
	    loading->faults, NULL,
	    cm_caseload_loading_get_line(loading, CM_CASELOAD_KIND_PREVIOUS, later->placement),
	    path, texts[later->kind], id != NULL ? id : "", NULL);
}

static void
check_overlaps(CmCaseloadLoading *loading, GArray *takens)
{
	const Taken *longest = NULL;

	g_array_sort(takens, taken_compare);
	for (guint i = 0; i < takens->len; i++) {
		const Taken *taken = CM_ELEMENT(takens, Taken, i);

		if (longest != NULL && longest->kind == taken->kind &&
		    longest->resource == taken->resource && longest->date == taken->date &&
		    taken->from < longest->to) {
			fault_overlap(loading, longest, taken);
			if (taken->to <= longest->to)
				continue;
		}
		longest = taken;
	}
}

/* Returns whether it is the first placement of its session. */
static gboolean
check_placement(CmCaseloadLoading *loading, guint32 index, guint8 *seen)
{
	const CmCaseload *caseload = loading->caseload;
	const CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, index);
	guint line = cm_caseload_loading_get_line(loading, CM_CASELOAD_KIND_PREVIOUS, index);
	const CmSession *session = CM_ELEMENT(caseload->sessions, CmSession, placement->session);

	if (seen[placement->session] != 0) {
		g_autofree gchar *path = make_path("$.previous[#].id", index, 0, 0);

		cm_faults_add(loading->faults, NULL, line, path,
			      N_("the session \"{0}\" has a placement already"),
			      session->id != NULL ? session->id : "", NULL);
		return FALSE;
	}
	seen[placement->session] = 1;
	if (placement->start + session->minutes >= CM_MINUTES_PER_DAY) {
		g_autofree gchar *path = make_path("$.previous[#].start", index, 0, 0);

		cm_faults_add(loading->faults, NULL, line, path,
			      N_("expected a session that ends before midnight"), NULL);
	}
	return TRUE;
}

static void
check_previous(CmCaseloadLoading *loading)
{
	const CmCaseload *caseload = loading->caseload;
	g_autofree guint8 *seen = g_new0(guint8, caseload->sessions->len + 1);
	g_autoptr(GArray) takens = g_array_new(FALSE, FALSE, sizeof(Taken));

	for (guint i = 0; i < caseload->previous->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(caseload->previous, CmPlacement, i);

		if (placement->session == CM_NONE)
			continue;
		if (check_placement(loading, i, seen) && placement->locked)
			take_locked(caseload, i, takens);
	}
	check_overlaps(loading, takens);
}

void
cm_caseload_check_run(CmCaseloadLoading *loading)
{
	check_calendars(loading);
	check_students(loading);
	check_references(loading);
	check_travel(loading);
	check_previous(loading);
}
