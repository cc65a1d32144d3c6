// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk.h"

#include "daemon/planner/solver.h"
#include "tests/unit/planner-fixture.h"

#include <stdio.h>

/* A month of slots for each of 1,000 professionals, and one verdict for each: 25 service centres of 40 professionals in one desk, with a
 * whole term booked. Quantiles in microseconds, and how many times that is in compiling one of the centres, which is what each question would
 * cost without a small problem of its own. */

#define CENTRES 25
#define OFFERS 10
#define DAYS 28
#define NOW G_GINT64_CONSTANT(0)

/* Elements of one array, `offset` added to each member that is an index. */
#define COPY(type, array)                                                                          \
	for (guint i = 0, n = one->array->len; i < n; i++) {                                       \
		type item = *CM_ELEMENT(one->array, type, i);

#define COPIED(array)                                                                              \
	g_array_append_val(all->array, item);                                                      \
	}

static void
copy_places(CmCaseload *all, const CmCaseload *one, guint32 times)
{
	guint32 sites = one->sites->len * times;

	COPY(CmSite, sites)
	COPIED(sites)
	COPY(CmTravel, travels)
	item.from += sites;
	item.to += sites;
	COPIED(travels)
	COPY(CmRoom, rooms)
	item.site += sites;
	COPIED(rooms)
	COPY(CmCompanion, companions)
	item.site += sites;
	COPIED(companions)
}

static void
copy_people(CmCaseload *all, const CmCaseload *one, guint32 times)
{
	guint32 sites = one->sites->len * times;

	COPY(CmProfessional, professionals)
	guint32 first = all->references->len;

	for (guint s = 0; s < item.sites.count; s++) {
		guint32 site =
		    sites + g_array_index(one->references, guint32, item.sites.first + s);

		g_array_append_val(all->references, site);
	}
	item.sites.first = first;
	item.base += sites;
	COPIED(professionals)
	COPY(CmStudent, students)
	item.site += sites;
	COPIED(students)
	COPY(CmContact, contacts)
	COPIED(contacts)
	COPY(CmBusy, busy)
	const guint32 offsets[] = {one->professionals->len, one->students->len, one->contacts->len,
				   one->rooms->len, one->companions->len};

	item.resource += offsets[item.kind] * times;
	COPIED(busy)
}

static void
copy_sessions(CmCaseload *all, const CmCaseload *one, guint32 times)
{
	COPY(CmFollowup, followups)
	item.professional += one->professionals->len * times;
	item.student += one->students->len * times;
	item.sessions.first += one->sessions->len * times;
	COPIED(followups)
	COPY(CmSession, sessions)
	guint32 first = all->references->len;

	for (guint p = 0; p < item.participants.count; p++) {
		guint32 contact =
		    one->contacts->len * times +
		    g_array_index(one->references, guint32, item.participants.first + p);

		g_array_append_val(all->references, contact);
	}
	item.participants.first = first;
	item.followup += one->followups->len * times;
	COPIED(sessions)
}

/* As many centres, which share nothing but the calendar. */
static CmCaseload *
multiply(const CmCaseload *one)
{
	CmCaseload *all = cm_caseload_new();

	all->timezone = one->timezone;
	all->from = one->from;
	all->to = one->to;
	all->grid_minutes = one->grid_minutes;
	all->replan_from = CM_DAY_NONE;
	g_array_append_vals(all->calendars, one->calendars->data, one->calendars->len);
	g_array_append_vals(all->calendar_days, one->calendar_days->data, one->calendar_days->len);
	g_array_append_vals(all->windows, one->windows->data, one->windows->len);
	g_array_append_vals(all->absences, one->absences->data, one->absences->len);
	g_array_append_vals(all->cycle_windows, one->cycle_windows->data, one->cycle_windows->len);
	for (guint32 times = 0; times < CENTRES; times++) {
		copy_places(all, one, times);
		copy_people(all, one, times);
		copy_sessions(all, one, times);
	}
	return all;
}

static void
book(CmDesk *desk, const CmCaseload *one, const CmPlan *plan)
{
	for (guint32 times = 0; times < CENTRES; times++) {
		for (guint i = 0; i < plan->placements->len; i++) {
			const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
			CmDeskEntry entry = CM_DESK_ENTRY_INIT;

			entry.session = placement->session + one->sessions->len * times;
			entry.number = (gint64)entry.session + 1;
			entry.date = placement->date;
			entry.start = placement->start;
			entry.mode = placement->mode;
			if (placement->room != CM_NONE)
				entry.room = placement->room + one->rooms->len * times;
			if (placement->companion != CM_NONE)
				entry.companion =
				    placement->companion + one->companions->len * times;
			cm_desk_place(desk, &entry);
		}
	}
}

static gint
compare_double(gconstpointer a, gconstpointer b)
{
	gdouble left = *(const gdouble *)a;
	gdouble right = *(const gdouble *)b;

	return left < right ? -1 : left > right;
}

static void
print_line(const gchar *title, gdouble *values, guint count, gdouble reference)
{
	qsort(values, count, sizeof(gdouble), compare_double);
	printf(
	    "%-36s p50 %8.1f µs, p95 %8.1f µs, most %8.1f µs; compiling one centre is %.0f times "
	    "the p95\n",
	    title, values[count / 2], values[count * 95 / 100], values[count - 1],
	    reference / values[count * 95 / 100]);
}

/* The median of compiling the one centre. */
static gdouble
measure_compiling(const CmPlannerFixture *fixture)
{
	gdouble values[9];

	for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
		gint64 since = g_get_monotonic_time();
		g_autoptr(CmProblem) problem =
		    cm_problem_new(fixture->caseload, fixture->policies, NULL);

		g_assert_nonnull(problem);
		values[i] = (gdouble)(g_get_monotonic_time() - since);
	}
	qsort(values, G_N_ELEMENTS(values), sizeof(gdouble), compare_double);
	return values[G_N_ELEMENTS(values) / 2];
}

/* The middle session of a professional's first follow-up that has one booked. */
static guint32
choose(const CmCaseload *all, const CmDesk *desk, guint32 professional)
{
	for (guint i = 0; i < all->followups->len; i++) {
		const CmFollowup *followup = CM_ELEMENT(all->followups, CmFollowup, i);
		guint32 session = followup->sessions.first + followup->sessions.count / 2;

		if (followup->professional == professional &&
		    cm_desk_lookup_session(desk, session) != NULL)
			return session;
	}
	return CM_NONE;
}

static void
measure(const CmCaseload *all, CmDesk *desk, gdouble reference)
{
	guint count = 0;
	guint offered = 0;
	g_autofree gdouble *slots_time = g_new(gdouble, all->professionals->len);
	g_autofree gdouble *judge_time = g_new(gdouble, all->professionals->len);
	g_autofree gdouble *change_time = g_new(gdouble, all->professionals->len);

	for (guint32 p = 0; p < all->professionals->len; p++) {
		CmDeskEntry asked = CM_DESK_ENTRY_INIT;
		guint32 session = choose(all, desk, p);
		CmSlot slots[OFFERS];
		CmDay middle;
		gint64 since;

		if (session == CM_NONE)
			continue;
		asked = *cm_desk_lookup_session(desk, session);
		middle = asked.date;
		since = g_get_monotonic_time();
		offered += cm_desk_find_slots(desk, &asked, CM_MODES_ALL, middle - DAYS / 2,
					      middle + DAYS / 2 - 1, TRUE, OFFERS, NOW, slots);
		slots_time[count] = (gdouble)(g_get_monotonic_time() - since);
		since = g_get_monotonic_time();
		cm_verdict_free(cm_desk_judge(desk, &asked, NOW));
		judge_time[count] = (gdouble)(g_get_monotonic_time() - since);
		since = g_get_monotonic_time();
		cm_desk_place(desk, &asked);
		change_time[count++] = (gdouble)(g_get_monotonic_time() - since);
	}
	printf("%u professionals asked, %.1f slots each\n", count,
	       (gdouble)offered / MAX(count, 1));
	print_line("ten slots in a month", slots_time, count, reference);
	print_line("one verdict", judge_time, count, reference);
	print_line("one booking moved in the desk", change_time, count, reference);
}

int
main(int argc, char **argv)
{
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_open(argc > 1 ? argv[1] : "", policies);
	CmSolverOptions options = {.effort = 1, .seed = 1, .threads = 2};
	g_autoptr(CmPlan) plan = cm_solver_run(fixture->problem, &options, NULL);
	g_autoptr(CmCaseload) all = multiply(fixture->caseload);
	g_autoptr(CmDesk) desk = cm_desk_new(all, fixture->policies);
	gdouble reference = measure_compiling(fixture);
	gint64 since = g_get_monotonic_time();

	book(desk, fixture->caseload, plan);
	printf("%u professionals, %u follow-ups, %u bookings, %d days; all booked in %.0f ms; one "
	       "centre is compiled in %.0f ms\n",
	       all->professionals->len, all->followups->len, plan->placements->len * CENTRES,
	       all->to - all->from + 1, (gdouble)(g_get_monotonic_time() - since) / 1000,
	       reference / 1000);
	measure(all, desk, reference);
	return 0;
}
