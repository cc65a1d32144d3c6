// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/booking/desk.h"

#include "daemon/planner/check.h"
#include "daemon/planner/solver.h"
#include "include/cm-error.h"
#include "tests/unit/planner-fixture.h"

#define LONG_AGO 0 /* nothing of the roster is past */
#define CASES 4000

typedef struct {
	CmPlannerFixture *fixture;
	CmPlan *plan;
	CmDesk *desk;
	GRand *random;
} World;

static CmDeskEntry
get_entry(const CmPlacement *placement)
{
	CmDeskEntry entry = CM_DESK_ENTRY_INIT;

	entry.kind = CM_DESK_SESSION;
	entry.number = (gint64)placement->session + 1;
	entry.session = placement->session;
	entry.date = placement->date;
	entry.start = placement->start;
	entry.mode = placement->mode;
	entry.room = placement->room;
	entry.companion = placement->companion;
	return entry;
}

static World *
open_world(void)
{
	World *world = g_new0(World, 1);
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	CmSolverOptions options = {.effort = 5, .seed = 1, .threads = 1};

	world->fixture = cm_planner_fixture_open(g_getenv("COMODAL_TEST_CASELOAD"), policies);
	world->plan = cm_solver_run(world->fixture->problem, &options, NULL);
	world->desk = cm_desk_new(world->fixture->caseload, world->fixture->policies);
	world->random = g_rand_new_with_seed(7);
	for (guint i = 0; i < world->plan->placements->len; i++) {
		CmDeskEntry entry = get_entry(CM_ELEMENT(world->plan->placements, CmPlacement, i));

		cm_desk_place(world->desk, &entry);
	}
	return world;
}

static void
close_world(World *world)
{
	cm_desk_free(world->desk);
	cm_plan_free(world->plan);
	cm_planner_fixture_free(world->fixture);
	g_rand_free(world->random);
	g_free(world);
}

static guint
pick(World *world, guint count)
{
	return (guint)g_rand_int_range(world->random, 0, (gint32)count);
}

static gboolean
has_code(const CmVerdict *verdict, const gchar *code)
{
	for (guint i = 0; i < verdict->objections->len; i++)
		if (g_str_equal(
			((const CmObjection *)g_ptr_array_index(verdict->objections, i))->code,
			code))
			return TRUE;
	return FALSE;
}

static CmDay
pick_day(World *world)
{
	const CmCaseload *caseload = world->fixture->caseload;

	return caseload->from - 1 + (gint)pick(world, (guint)(caseload->to - caseload->from) + 3);
}

/* A whole day in one mode: every start is offered exactly when it is judged free. */
static guint
check_day(World *world, CmDeskEntry *asked)
{
	const CmCaseload *caseload = world->fixture->caseload;
	CmSlot slots[CM_SLOTS_MAX];
	guint count = cm_desk_find_slots(world->desk, asked, CM_MODE_FLAG(asked->mode), asked->date,
					 asked->date, FALSE, CM_SLOTS_MAX, LONG_AGO, slots);
	guint offered = 0;

	for (gint start = 5 * 60; start < 23 * 60; start += caseload->grid_minutes) {
		g_autoptr(CmVerdict) verdict = NULL;
		const CmSlot *slot = NULL;

		for (guint i = 0; i < count; i++)
			if (slots[i].start == start)
				slot = &slots[i];
		asked->start = (CmMinute)start;
		verdict = cm_desk_judge(world->desk, asked, LONG_AGO);
		for (guint i = 0; i < verdict->objections->len && slot != NULL; i++)
			g_test_message(
			    "kind %d, mode %d: %s", asked->kind, asked->mode,
			    ((const CmObjection *)g_ptr_array_index(verdict->objections, i))
				->message);
		g_assert_cmpint(cm_verdict_is_offered(verdict), ==, slot != NULL);
		/* whatever is in the way has a name */
		g_assert_false(has_code(verdict, "taken"));
		if (slot == NULL)
			continue;
		offered++;
		g_assert_cmpuint(slot->room, ==, verdict->room);
		g_assert_cmpuint(slot->companion, ==, verdict->companion);
	}
	g_assert_cmpuint(offered, ==, count);
	return offered;
}

static void
test_same(void)
{
	World *world = open_world();
	guint offered = 0;

	for (guint i = 0; i < CASES / 4; i++) {
		CmDeskEntry asked = CM_DESK_ENTRY_INIT;

		asked.session = pick(world, world->fixture->caseload->sessions->len);
		asked.date = pick_day(world);
		asked.mode = (guint8)pick(world, CM_MODE_LAST);
		offered += check_day(world, &asked);
	}
	g_assert_cmpuint(offered, >, 100);
	close_world(world);
}

static void
add_attendees(World *world, CmDeskEntry *asked, CmAttendee *attendees)
{
	const CmCaseload *caseload = world->fixture->caseload;

	asked->professional = pick(world, caseload->professionals->len);
	asked->site = pick(world, caseload->sites->len);
	asked->minutes = 15 * (1 + (gint)pick(world, 5));
	asked->kind = (guint8)(CM_DESK_GROUP + pick(world, 3));
	for (guint i = asked->kind == CM_DESK_MEETING ? 0 : 1 + pick(world, 3); i > 0; i--)
		attendees[asked->attendee_count++] =
		    (CmAttendee){CM_RESOURCE_STUDENT, pick(world, caseload->students->len)};
	if (pick(world, 2) == 0)
		attendees[asked->attendee_count++] = (CmAttendee){
		    CM_RESOURCE_PROFESSIONAL, pick(world, caseload->professionals->len)};
	if (pick(world, 2) == 0 && caseload->contacts->len > 0)
		attendees[asked->attendee_count++] =
		    (CmAttendee){CM_RESOURCE_CONTACT, pick(world, caseload->contacts->len)};
	asked->attendees = attendees;
}

/* The same for appointments of all kinds, some of which then stand. */
static void
test_same_appointments(void)
{
	World *world = open_world();
	guint offered = 0;

	for (guint i = 0; i < CASES / 4; i++) {
		CmDeskEntry asked = CM_DESK_ENTRY_INIT;
		CmAttendee attendees[8];

		add_attendees(world, &asked, attendees);
		asked.date = pick_day(world);
		asked.mode = (guint8)pick(world, CM_MODE_LAST);
		offered += check_day(world, &asked);
		if (i % 4 == 0) {
			asked.number = 100000 + i;
			asked.start = (CmMinute)(8 * 60 + 15 * (gint)pick(world, 24));
			cm_desk_place(world->desk, &asked);
		}
	}
	g_assert_cmpuint(offered, >, 100);
	close_world(world);
}

/* As though it were not there: what is asked of something that stands is answered as when it is taken away, and where it stands is
 * among what it is offered whenever it may stand there. */
static guint
check_standing(World *world, const CmDeskEntry *standing)
{
	CmDeskEntry asked = *standing;
	CmSlot there[CM_SLOTS_MAX];
	CmSlot away[CM_SLOTS_MAX];
	guint there_count;
	guint away_count;

	asked.room = CM_NONE;
	asked.companion = CM_NONE;
	asked.date += (gint)pick(world, 5) - 2;
	if (pick(world, 2) == 0)
		asked.mode = (guint8)pick(world, CM_MODE_LAST);
	(void)check_day(world, &asked);
	there_count = cm_desk_find_slots(world->desk, &asked, CM_MODES_ALL, asked.date - 7,
					 asked.date + 7, FALSE, CM_SLOTS_MAX, LONG_AGO, there);
	g_assert_true(cm_desk_remove(world->desk, standing->number));
	away_count = cm_desk_find_slots(world->desk, &asked, CM_MODES_ALL, asked.date - 7,
					asked.date + 7, FALSE, CM_SLOTS_MAX, LONG_AGO, away);
	cm_desk_place(world->desk, standing);
	g_assert_cmpuint(there_count, ==, away_count);
	for (guint i = 0; i < there_count; i++) {
		g_assert_cmpint(there[i].date, ==, away[i].date);
		g_assert_cmpint(there[i].start, ==, away[i].start);
		g_assert_cmpint(there[i].mode, ==, away[i].mode);
		g_assert_cmpint(there[i].points, ==, away[i].points);
		g_assert_cmpuint(there[i].room, ==, away[i].room);
	}
	asked.date = standing->date;
	asked.mode = standing->mode;
	return check_day(world, &asked);
}

static void
test_same_standing(void)
{
	World *world = open_world();
	guint offered = 0;
	guint appointments = 0;

	for (guint i = 0; i < CASES / 8; i++) {
		const CmPlacement *placement =
		    CM_ELEMENT(world->plan->placements, CmPlacement,
			       pick(world, world->plan->placements->len));
		CmDeskEntry standing = get_entry(placement);
		CmAttendee attendees[8];

		if (i % 2 == 0) {
			standing = (CmDeskEntry)CM_DESK_ENTRY_INIT;
			add_attendees(world, &standing, attendees);
			standing.number = 100000 + i;
			standing.date = placement->date;
			standing.start = placement->start;
			standing.mode = CM_MODE_IN_PERSON;
			cm_desk_place(world->desk, &standing);
			appointments++;
		}
		offered += check_standing(world, &standing);
	}
	g_assert_cmpuint(offered, >, CASES / 8);
	g_assert_cmpuint(appointments, >, 0);
	close_world(world);
}

/* Whether the follow-up's sessions stand in their order on paper, which is the contract's. */
static gboolean
is_in_order(const World *world, const CmPlan *plan, guint32 session)
{
	const CmCaseload *caseload = world->fixture->caseload;
	guint32 followup = CM_ELEMENT(caseload->sessions, CmSession, session)->followup;
	gint64 last = G_MININT64;

	for (guint i = 0; i < plan->placements->len; i++) {
		const CmPlacement *placement = CM_ELEMENT(plan->placements, CmPlacement, i);
		gint64 at = (gint64)placement->date * CM_MINUTES_PER_DAY + placement->start;

		if (CM_ELEMENT(caseload->sessions, CmSession, placement->session)->followup !=
		    followup)
			continue;
		if (at / CM_MINUTES_PER_DAY <= last / CM_MINUTES_PER_DAY)
			return FALSE;
		last = at;
	}
	return TRUE;
}

/* Against the code that judges plans, which shares nothing with the desk: what one allows the other does. */
static void
test_contract(void)
{
	World *world = open_world();
	guint allowed = 0;
	guint refused = 0;

	for (guint i = 0; i < CASES; i++) {
		guint at = pick(world, world->plan->placements->len);
		CmPlacement *placement = CM_ELEMENT(world->plan->placements, CmPlacement, at);
		const CmPlacement stood = *placement;
		CmDeskEntry asked = get_entry(placement);
		g_autoptr(CmVerdict) verdict = NULL;

		asked.date += (gint)pick(world, 7) - 3;
		asked.start = (CmMinute)(8 * 60 + world->fixture->caseload->grid_minutes *
						      (gint)pick(world, 30));
		asked.mode = pick(world, 3) == 0 ? (guint8)pick(world, CM_MODE_LAST) : asked.mode;
		asked.room = CM_NONE;
		asked.companion = CM_NONE;
		verdict = cm_desk_judge(world->desk, &asked, LONG_AGO);
		placement->date = asked.date;
		placement->start = asked.start;
		placement->mode = asked.mode;
		placement->room = verdict->room;
		placement->companion = verdict->companion;
		if (is_in_order(world, world->plan, stood.session)) {
			gboolean right = cm_check_part(world->fixture->problem, world->plan, NULL);

			/* what only warns because it can't be kept any more does not arise: nothing is past */
			g_assert_cmpint(cm_verdict_is_offered(verdict), ==, right);
			allowed += right ? 1 : 0;
			refused += right ? 0 : 1;
		}
		*placement = stood;
	}
	g_test_message("%u allowed, %u refused", allowed, refused);
	g_assert_cmpuint(allowed, >, CASES / 40);
	g_assert_cmpuint(refused, >, CASES / 4);
	close_world(world);
}

static CmDeskEntry
ask_session(const CmPlannerFixture *fixture,
	    const gchar *session,
	    const gchar *date,
	    CmMinute start)
{
	CmDeskEntry asked = CM_DESK_ENTRY_INIT;

	asked.session = cm_planner_fixture_find(fixture, session);
	asked.start = start;
	g_assert_true(cm_day_parse(date, &asked.date));
	return asked;
}

static void
assert_codes(const CmDesk *desk, const CmDeskEntry *asked, gint64 now, const gchar *codes)
{
	g_autoptr(CmVerdict) verdict = cm_desk_judge(desk, asked, now);
	g_autoptr(GString) found = g_string_new(NULL);

	for (guint i = 0; i < verdict->objections->len; i++)
		g_string_append_printf(
		    found, "%s%s", i > 0 ? " " : "",
		    ((const CmObjection *)g_ptr_array_index(verdict->objections, i))->code);
	g_assert_cmpstr(found->str, ==, codes);
}

/* Each fact and each wish by its name. */
static void
test_facts(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry asked = ask_session(fixture, "f-1-1", "2026-09-08", 9 * 60);
	CmDeskEntry other = ask_session(fixture, "f-2-1", "2026-09-08", 9 * 60);

	assert_codes(desk, &asked, LONG_AGO, "");
	asked.start = 9 * 60 + 10;
	assert_codes(desk, &asked, LONG_AGO, "grid");
	asked.start = 5 * 60;
	assert_codes(desk, &asked, LONG_AGO, "day");
	asked.start = 12 * 60;
	assert_codes(desk, &asked, LONG_AGO, "hours");
	asked.start = 15 * 60;
	assert_codes(desk, &asked, LONG_AGO, "site-hours");
	asked.date--;
	asked.start = 8 * 60 + 30;
	assert_codes(desk, &asked, LONG_AGO, "lesson");
	asked.date += 4;
	assert_codes(desk, &asked, LONG_AGO, "closed");
	asked.date += 31;
	assert_codes(desk, &asked, LONG_AGO, "term closed");
	asked = ask_session(fixture, "f-1-1", "2026-09-08", 10 * 60);
	asked.room = 1;
	assert_codes(desk, &asked, LONG_AGO, "room");
	asked.room = CM_NONE;
	/* another, at another school, 40 minutes away */
	other.number = 1;
	cm_desk_place(desk, &other);
	assert_codes(desk, &asked, LONG_AGO, "travel");
	asked.start = 9 * 60 + 30;
	assert_codes(desk, &asked, LONG_AGO, "overlap");
	asked.start = 10 * 60 + 30;
	assert_codes(desk, &asked, LONG_AGO, "");
	g_assert_true(cm_desk_remove(desk, 1));
	g_assert_false(cm_desk_remove(desk, 1));
	asked.start = 9 * 60 + 30;
	assert_codes(desk, &asked, LONG_AGO, "");
	asked.mode = CM_MODE_VIDEO_REMOTE;
	assert_codes(desk, &asked, LONG_AGO, "home-hours");
	/* 2026-09-09 */
	assert_codes(desk, &asked, G_GINT64_CONSTANT(1788955200), "past home-hours");
}

/* A hold takes its time until its end, and not against its own session. */
static void
test_hold(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry asked = ask_session(fixture, "f-1-1", "2026-09-08", 9 * 60);
	CmDeskEntry hold = asked;

	hold.number = 7;
	hold.hold_until = 1000;
	cm_desk_place(desk, &hold);
	assert_codes(desk, &asked, 999, "");
	g_assert_null(cm_desk_lookup_session(desk, asked.session));
	g_assert_nonnull(cm_desk_lookup(desk, 7));
	asked.session = cm_planner_fixture_find(fixture, "f-2-1");
	assert_codes(desk, &asked, 999, "overlap");
	assert_codes(desk, &asked, 1000, "");
	/* placed again, it has moved */
	hold.start = 14 * 60;
	cm_desk_place(desk, &hold);
	assert_codes(desk, &asked, 999, "");
}

static void
test_calendar(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry asked = ask_session(fixture, "f-1-1", "2026-09-08", 9 * 60);
	CmBusy busy = {
	    .kind = CM_RESOURCE_PROFESSIONAL, .date = asked.date, .window = {9 * 60 + 40, 10 * 60}};

	cm_desk_set_calendar(desk, 0, &busy, 1);
	assert_codes(desk, &asked, LONG_AGO, "overlap");
	cm_desk_set_calendar(desk, 0, NULL, 0);
	assert_codes(desk, &asked, LONG_AGO, "");
}

/* Limits are the sessions': a meeting takes time and travel, and counts for none. */
static void
test_meeting(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(
	    "[Policy]\nProfession=suivi\n[Day]\nMaxSessions=1\nBufferMinutes=30\n"
	    "[Act suivi]\nModalities=in-person;video\n",
	    "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry asked = ask_session(fixture, "f-1-1", "2026-09-08", 9 * 60);
	CmDeskEntry meeting = CM_DESK_ENTRY_INIT;

	meeting.number = 5;
	meeting.kind = CM_DESK_MEETING;
	meeting.professional = 0;
	meeting.site = 1;
	meeting.minutes = 60;
	meeting.date = asked.date;
	meeting.start = 10 * 60 + 30;
	cm_desk_place(desk, &meeting);
	assert_codes(desk, &asked, LONG_AGO, "");
	asked.start = 9 * 60 + 30;
	assert_codes(desk, &asked, LONG_AGO, "travel");
	asked.start = 10 * 60;
	assert_codes(desk, &asked, LONG_AGO, "overlap");
	/* a day without class is one for meetings */
	meeting.number = 0;
	meeting.date += 3;
	assert_codes(desk, &meeting, LONG_AGO, "");
	asked.date = meeting.date;
	assert_codes(desk, &asked, LONG_AGO, "closed");
	/* a group is a session */
	meeting.number = 5;
	meeting.date = asked.date = asked.date - 3;
	meeting.kind = CM_DESK_GROUP;
	cm_desk_place(desk, &meeting);
	asked.start = 13 * 60 + 30;
	assert_codes(desk, &asked, LONG_AGO, "max-sessions");
}

/* Gaps and sequences go by the calendar, not by the numbers of the sessions. */
static void
test_followup(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(
	    "[Policy]\nProfession=suivi\n[Act suivi]\nModalities=in-person;video\n"
	    "MinGapDays=2\nMaxGapDays=6\nFirstInPerson=true\n",
	    "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry first = ask_session(fixture, "f-2-1", "2026-09-09", 9 * 60);
	CmDeskEntry second = ask_session(fixture, "f-2-2", "2026-09-07", 9 * 60);
	/* 2026-09-20 */
	const gint64 late = G_GINT64_CONSTANT(1789905600);

	first.number = 1;
	cm_desk_place(desk, &first);
	assert_codes(desk, &second, LONG_AGO, "");
	second.date++;
	assert_codes(desk, &second, LONG_AGO, "min-gap");
	second.date += 2;
	assert_codes(desk, &second, LONG_AGO, "min-gap");
	second.date += 7;
	assert_codes(desk, &second, LONG_AGO, "max-gap");
	/* when nobody can keep it any more it warns */
	{
		g_autoptr(CmVerdict) verdict = cm_desk_judge(desk, &second, late);

		g_assert_true(cm_verdict_is_allowed(verdict));
		g_assert_true(has_code(verdict, "max-gap"));
	}
	first.mode = CM_MODE_VIDEO_REMOTE;
	assert_codes(desk, &first, LONG_AGO, "first-in-person home-hours");
}

static gint64
open_max_sessions(gpointer data,
		  const CmDeskCase *asked,
		  const gchar *rule,
		  const gchar *key,
		  gint *out_value)
{
	if (g_strcmp0(key, "Day.MaxSessions") != 0 || asked->session != GPOINTER_TO_UINT(data))
		return 0;
	*out_value = 2;
	return 42;
}

/* A derogation opens one limit for one case, up to its value. */
static void
test_derogation(void)
{
	g_autoptr(CmPlannerFixture) fixture =
	    cm_planner_fixture_new("[Policy]\nProfession=suivi\n[Day]\nMaxSessions=1\n"
				   "[Act suivi]\nModalities=in-person;video\n",
				   "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry asked = ask_session(fixture, "f-1-1", "2026-09-08", 9 * 60);
	CmDeskEntry other = ask_session(fixture, "f-2-1", "2026-09-08", 14 * 60);
	CmDeskGates gates = {.find_derogation = open_max_sessions,
			     .data = GUINT_TO_POINTER(asked.session)};
	g_autoptr(CmVerdict) verdict = NULL;
	g_autoptr(CmVerdict) refused = NULL;
	g_autoptr(GError) error = NULL;
	const CmObjection *objection;

	other.number = 1;
	cm_desk_place(desk, &other);
	refused = cm_desk_judge(desk, &asked, LONG_AGO);
	objection = g_ptr_array_index(refused->objections, 0);
	g_assert_cmpstr(objection->key, ==, "Day.MaxSessions");
	g_assert_cmpint(objection->value, ==, 2);
	g_assert_cmpint(objection->effect, ==, CM_EFFECT_BLOCK);
	cm_verdict_set_error(refused, &error);
	g_assert_error(error, CM_ERROR, CM_ERROR_POLICY);
	cm_desk_set_gates(desk, &gates);
	verdict = cm_desk_judge(desk, &asked, LONG_AGO);
	g_assert_cmpuint(verdict->objections->len, ==, 1);
	objection = g_ptr_array_index(verdict->objections, 0);
	g_assert_cmpint(objection->effect, ==, CM_EFFECT_INFORM);
	g_assert_cmpint(objection->derogation, ==, 42);
	/* not for another session, and not past its value */
	asked.session++;
	assert_codes(desk, &asked, LONG_AGO, "max-sessions");
	g_assert_false(cm_verdict_is_offered(refused));
	asked.session--;
	other.number = 2;
	other.session++;
	other.start = 11 * 60;
	cm_desk_place(desk, &other);
	assert_codes(desk, &asked, LONG_AGO, "max-sessions");
}

/* Apart: none overlaps another, and the best comes first. */
static void
test_apart(void)
{
	g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
	g_autoptr(CmDesk) desk = cm_desk_new(fixture->caseload, fixture->policies);
	CmDeskEntry asked = ask_session(fixture, "f-1-1", "2026-09-08", 9 * 60);
	CmSlot slots[CM_SLOTS_MAX];
	guint count = cm_desk_find_slots(desk, &asked, CM_MODES_ALL, fixture->caseload->from,
					 fixture->caseload->to, TRUE, 10, LONG_AGO, slots);
	/* 2026-09-08 09:10 in Montreal */
	const gint64 now = G_GINT64_CONSTANT(1788873000);

	g_assert_cmpuint(count, ==, 10);
	for (guint i = 0; i < count; i++) {
		g_assert_true(i == 0 || slots[i - 1].points <= slots[i].points);
		for (guint j = 0; j < i; j++)
			g_assert_true(slots[i].date != slots[j].date ||
				      ABS(slots[i].start - slots[j].start) >= 45);
	}
	/* none that is over */
	count = cm_desk_find_slots(desk, &asked, CM_MODES_ALL, fixture->caseload->from, asked.date,
				   FALSE, CM_SLOTS_MAX, now, slots);
	g_assert_cmpuint(count, >, 0);
	for (guint i = 0; i < count; i++)
		g_assert_cmpint(slots[i].start, >, 9 * 60 + 10);
	asked.start = 9 * 60;
	assert_codes(desk, &asked, now, "past");
}

/* The fixture's two weeks moved to another first day, in another zone. */
static void
move_caseload(CmCaseload *caseload, const gchar *first, const gchar *zone)
{
	CmDay from = 0;
	CmDay by;

	g_assert_true(cm_day_parse(first, &from));
	by = from - caseload->from;
	caseload->timezone = zone;
	caseload->from += by;
	caseload->to += by;
	for (guint i = 0; i < caseload->calendar_days->len; i++)
		CM_ELEMENT(caseload->calendar_days, CmCalendarDay, i)->date += by;
}

/* What is over is over by the clock of the place, on the days on which it changes and where it never does. The first day is a Sunday:
 * the professional does not work, which warns. */
static void
test_clock_change(void)
{
	static const struct {
		const gchar *zone;
		const gchar *first;
		const gchar *date;
		gint64 now;
		const gchar *codes; /* of 09:00 */
	} cases[] = {
	    /* 13:30 UTC on November 1 and 2, 2026: 08:30 in Montreal, 09:30 in Blanc-Sablon */
	    {"America/Toronto", "2026-11-01", "2026-11-01", 1793539800, "hours"},
	    {"America/Blanc-Sablon", "2026-11-01", "2026-11-01", 1793539800, "past hours"},
	    {"America/Toronto", "2026-11-01", "2026-11-02", 1793626200, ""},
	    {"America/Blanc-Sablon", "2026-11-01", "2026-11-02", 1793626200, "past"},
	    /* 12:30 and 13:30 UTC on March 14, 2027: 08:30 and 09:30 in both */
	    {"America/Toronto", "2027-03-14", "2027-03-14", 1805027400, "hours"},
	    {"America/Toronto", "2027-03-14", "2027-03-14", 1805031000, "past hours"},
	    {"America/Blanc-Sablon", "2027-03-14", "2027-03-14", 1805027400, "hours"},
	    {"America/Blanc-Sablon", "2027-03-14", "2027-03-14", 1805031000, "past hours"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(CmPlannerFixture) fixture = cm_planner_fixture_new(NULL, "");
		g_autoptr(CmDesk) desk = NULL;
		CmSlot slots[CM_SLOTS_MAX];
		g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(cases[i].zone);
		CmDeskEntry asked;
		guint count;

		move_caseload(fixture->caseload, cases[i].first, cases[i].zone);
		desk = cm_desk_new(fixture->caseload, fixture->policies);
		asked = ask_session(fixture, "f-1-1", cases[i].date, 9 * 60);
		assert_codes(desk, &asked, cases[i].now, cases[i].codes);
		/* and none is offered that is over */
		count = cm_desk_find_slots(desk, &asked, CM_MODES_ALL, asked.date, asked.date,
					   FALSE, CM_SLOTS_MAX, cases[i].now, slots);
		for (guint s = 0; s < count; s++)
			g_assert_cmpint(cm_time_to_utc(slots[s].date, slots[s].start, zone), >,
					cases[i].now);
		g_assert_cmpint(count > 0, ==, !g_str_has_suffix(cases[i].codes, "hours"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/desk/facts", test_facts);
	g_test_add_func("/desk/hold", test_hold);
	g_test_add_func("/desk/calendar", test_calendar);
	g_test_add_func("/desk/meeting", test_meeting);
	g_test_add_func("/desk/followup", test_followup);
	g_test_add_func("/desk/derogation", test_derogation);
	g_test_add_func("/desk/apart", test_apart);
	g_test_add_func("/desk/clock-change", test_clock_change);
	g_test_add_func("/desk/same", test_same);
	g_test_add_func("/desk/same-appointments", test_same_appointments);
	g_test_add_func("/desk/same-standing", test_same_standing);
	g_test_add_func("/desk/contract", test_contract);
	return g_test_run();
}
