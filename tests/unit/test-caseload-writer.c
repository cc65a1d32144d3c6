// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/roster/caseload-equal.h"
#include "daemon/roster/caseload-reader.h"
#include "daemon/roster/caseload-writer.h"
#include "include/cm-error.h"
#include "include/cm-message.h"
#include "tests/unit/document-fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static CmCaseload *
write_and_read(const CmCaseload *caseload)
{
	int fd = memfd_create("caseload", MFD_CLOEXEC);
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmCaseload *again = NULL;

	g_assert_true(cm_caseload_writer_write_fd(caseload, fd, &error));
	g_assert_no_error(error);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	again = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		g_test_message("%s: %s", cm_faults_get(faults, i)->path,
			       cm_faults_get(faults, i)->message);
	g_assert_no_error(error);
	close(fd);
	return again;
}

static void
assert_round_trip(const CmCaseload *caseload)
{
	g_autoptr(CmCaseload) again = write_and_read(caseload);
	const gchar *what = NULL;

	(void)cm_caseload_equal(caseload, again, &what);
	g_assert_cmpstr(what, ==, NULL);
}

static void
test_small(void)
{
	g_autoptr(CmCaseload) small = cm_document_fixture_small();

	assert_round_trip(small);
}

/* ---- caseloads at random, with all that the model can hold ---- */

/* ids that look like no id, and are never equal for two numbers */
static const gchar *
make_id(CmCaseload *caseload, const gchar *kind, guint number)
{
	static const gchar *const odd[] = {"\"q\"", "\\",  "é\xcc\x81", "\xf0\x9f\x8e\x93",
					   " ",     "/..", "{0}",       "</script>"};
	g_autofree gchar *id =
	    g_strdup_printf("%s%s%u", kind, odd[number % G_N_ELEMENTS(odd)], number);

	return cm_caseload_intern(caseload, id);
}

static CmRange
add_windows(CmCaseload *caseload, GRand *rand)
{
	CmRange range = {caseload->windows->len, (guint32)g_rand_int_range(rand, 0, 4)};
	CmMinute at = (CmMinute)g_rand_int_range(rand, 0, 300);

	for (guint i = 0; i < range.count; i++) {
		CmWindow window = {at, (CmMinute)(at + g_rand_int_range(rand, 1, 200))};

		g_array_append_val(caseload->windows, window);
		/* some windows touch */
		at = (CmMinute)(window.to + g_rand_int_range(rand, 0, 2) * 30);
	}
	return range;
}

static CmWeekHours
add_hours(CmCaseload *caseload, GRand *rand)
{
	CmWeekHours hours;

	for (guint i = 0; i < CM_DAYS_PER_WEEK; i++)
		hours.day[i] = add_windows(caseload, rand);
	return hours;
}

static CmRange
add_cycle_windows(CmCaseload *caseload, GRand *rand)
{
	CmRange range = {caseload->cycle_windows->len, (guint32)g_rand_int_range(rand, 0, 5)};

	for (guint i = 0; i < range.count; i++) {
		CmCycleWindow window = {(gint16)g_rand_int_range(rand, 1, 10), {0, 0}};

		window.window.from = (CmMinute)g_rand_int_range(rand, 0, 1000);
		window.window.to = (CmMinute)(window.window.from + g_rand_int_range(rand, 1, 400));
		g_array_append_val(caseload->cycle_windows, window);
	}
	return range;
}

static void
add_calendars(CmCaseload *caseload, GRand *rand, guint count)
{
	for (guint i = 0; i < count; i++) {
		CmCalendar calendar = {.id = make_id(caseload, "calendar", i), .cycle_length = 9};

		calendar.days.first = caseload->calendar_days->len;
		for (CmDay day = caseload->from; day <= caseload->to; day++) {
			CmCalendarDay added = {.date = day,
					       .kind = (guint8)g_rand_int_range(rand, 0, 3)};

			if (added.kind == CM_DAY_KIND_CLASS)
				added.cycle_day = (gint16)g_rand_int_range(rand, 1, 10);
			if (g_rand_boolean(rand))
				g_array_append_val(caseload->calendar_days, added);
		}
		calendar.days.count = caseload->calendar_days->len - calendar.days.first;
		g_array_append_val(caseload->calendars, calendar);
	}
}

static void
add_sites(CmCaseload *caseload, GRand *rand, guint count)
{
	for (guint i = 0; i < count; i++) {
		CmSite site = {.id = make_id(caseload, "site", i),
			       .name = make_id(caseload, "", i),
			       .latitude = g_rand_double_range(rand, -90, 90),
			       .longitude = g_rand_double_range(rand, -180, 180),
			       .open = {(CmMinute)g_rand_int_range(rand, 0, 700), 1439},
			       .kind = (guint8)g_rand_int_range(rand, 0, 2)};
		CmRoom room = {.id = make_id(caseload, "room", i),
			       .site = i,
			       .uses = (guint8)g_rand_int_range(rand, 1, 4)};
		CmCompanion companion = {.id = make_id(caseload, "companion", i), .site = i};

		site.calendar = (guint32)g_rand_int_range(rand, 0, (gint)caseload->calendars->len);
		companion.hours = add_hours(caseload, rand);
		g_array_append_val(caseload->sites, site);
		g_array_append_val(caseload->rooms, room);
		g_array_append_val(caseload->companions, companion);
	}
	for (guint from = 0; from < count; from++) {
		for (guint to = 0; to < count; to++) {
			CmTravel travel = {from, to, (gint)(from * to + 5)};

			if (from != to)
				g_array_append_val(caseload->travels, travel);
		}
	}
}

static void
add_people(CmCaseload *caseload, GRand *rand, guint count)
{
	for (guint i = 0; i < count; i++) {
		gint sites = (gint)caseload->sites->len;
		CmProfessional professional = {.id = make_id(caseload, "professional", i),
					       .name = "",
					       .profession = make_id(caseload, "profession", i),
					       .base = (guint32)g_rand_int_range(rand, 0, sites)};
		CmStudent student = {.id = make_id(caseload, "student", i),
				     .name = make_id(caseload, "", i),
				     .site = (guint32)g_rand_int_range(rand, 0, sites),
				     .birth_date = g_rand_int_range(rand, -25567, 20000)};
		CmContact contact = {.id = make_id(caseload, "contact", i),
				     .kind = (guint8)g_rand_int_range(rand, 0, 2)};
		CmAbsence absence = {caseload->from, caseload->from + (CmDay)i};

		professional.sites.first = caseload->references->len;
		for (guint32 site = 0; site < caseload->sites->len; site++) {
			if (g_rand_boolean(rand))
				g_array_append_val(caseload->references, site);
		}
		professional.sites.count = caseload->references->len - professional.sites.first;
		professional.absences = (CmRange){caseload->absences->len, 1};
		g_array_append_val(caseload->absences, absence);
		professional.hours = add_hours(caseload, rand);
		student.remote_hours = add_hours(caseload, rand);
		student.blocked = add_cycle_windows(caseload, rand);
		student.core = add_cycle_windows(caseload, rand);
		contact.hours = add_hours(caseload, rand);
		contact.preferred = add_hours(caseload, rand);
		g_array_append_val(caseload->professionals, professional);
		g_array_append_val(caseload->students, student);
		g_array_append_val(caseload->contacts, contact);
	}
}

static void
add_session(CmCaseload *caseload, GRand *rand, guint32 followup)
{
	CmSession session = {.id = make_id(caseload, "session", caseload->sessions->len),
			     .act = make_id(caseload, "act", followup),
			     .followup = followup,
			     .minutes = g_rand_int_range(rand, 1, 300),
			     .target_date = caseload->from,
			     .prefer = (guint8)g_rand_int_range(rand, 0, 3),
			     .modes = (guint8)g_rand_int_range(rand, 1, 8)};
	CmPlacement placement = {.session = caseload->sessions->len,
				 .date = caseload->from + (CmDay)caseload->sessions->len,
				 .start = (CmMinute)g_rand_int_range(rand, 0, 1100),
				 .mode = (guint8)g_rand_int_range(rand, 0, CM_MODE_LAST),
				 .locked = g_rand_boolean(rand),
				 .room = CM_NONE,
				 .companion = CM_NONE};
	CmBusy busy = {.kind = (guint8)g_rand_int_range(rand, 0, CM_RESOURCE_LAST),
		       .resource = 0,
		       .date = caseload->to,
		       .window = {placement.start, 1439}};

	session.participants.first = caseload->references->len;
	for (guint32 contact = 0; contact < caseload->contacts->len; contact++) {
		if (g_rand_int_range(rand, 0, 4) == 0)
			g_array_append_val(caseload->references, contact);
	}
	session.participants.count = caseload->references->len - session.participants.first;
	if (g_rand_boolean(rand))
		placement.room = (guint32)g_rand_int_range(rand, 0, (gint)caseload->rooms->len);
	if (g_rand_boolean(rand))
		placement.companion = 0;
	g_array_append_val(caseload->sessions, session);
	g_array_append_val(caseload->busy, busy);
	if (g_rand_boolean(rand))
		g_array_append_val(caseload->previous, placement);
}

static CmCaseload *
make_random(guint32 seed)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	CmCaseload *caseload = cm_caseload_new();

	caseload->organisation_id = make_id(caseload, "organisation", seed);
	caseload->organisation_name = make_id(caseload, "", seed);
	caseload->timezone = "America/Blanc-Sablon";
	caseload->locale = "fr_CA.UTF-8";
	caseload->from = 20696;
	caseload->to = caseload->from + g_rand_int_range(rand, 0, 40);
	caseload->grid_minutes = 5;
	caseload->replan_from = g_rand_boolean(rand) ? caseload->from : CM_DAY_NONE;
	add_calendars(caseload, rand, 3);
	add_sites(caseload, rand, (guint)g_rand_int_range(rand, 1, 6));
	add_people(caseload, rand, (guint)g_rand_int_range(rand, 1, 8));
	for (guint32 i = 0; i < 10; i++) {
		gint people = (gint)caseload->professionals->len;
		CmFollowup followup = {
		    .id = make_id(caseload, "followup", i),
		    .professional = (guint32)g_rand_int_range(rand, 0, people),
		    .student = (guint32)g_rand_int_range(rand, 0, people),
		    .priority = g_rand_int_range(rand, 1, 4),
		    .not_before = caseload->to,
		    .sessions = {caseload->sessions->len, (guint32)g_rand_int_range(rand, 0, 5)}};

		for (guint32 j = 0; j < followup.sessions.count; j++)
			add_session(caseload, rand, i);
		g_array_append_val(caseload->followups, followup);
	}
	return caseload;
}

static void
test_random(void)
{
	for (guint32 seed = 0; seed < 60; seed++) {
		g_autoptr(CmCaseload) caseload = make_random(seed);

		g_test_message("seed %u", seed);
		assert_round_trip(caseload);
	}
}

/* that two caseloads are equal says something: each difference is seen */
static void
test_unequal(void)
{
	static const gchar *const names[] = {"sites", "students", "sessions", "previous",
					     "organisation"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(CmCaseload) a = cm_document_fixture_small();
		g_autoptr(CmCaseload) b = cm_document_fixture_small();
		const gchar *what = NULL;

		g_assert_true(cm_caseload_equal(a, b, &what));
		if (i == 0)
			CM_ELEMENT(b->sites, CmSite, 1)->longitude += 1e-9;
		else if (i == 1)
			CM_ELEMENT(b->cycle_windows, CmCycleWindow, 0)->cycle_day++;
		else if (i == 2)
			CM_ELEMENT(b->sessions, CmSession, 2)->modes = 1;
		else if (i == 3)
			CM_ELEMENT(b->previous, CmPlacement, 0)->locked = FALSE;
		else
			b->replan_from = CM_DAY_NONE;
		g_assert_false(cm_caseload_equal(a, b, &what));
		g_assert_cmpstr(what, ==, names[i]);
	}
}

static void
test_no_space(void)
{
	g_autoptr(CmCaseload) small = cm_document_fixture_small();
	g_autoptr(GError) error = NULL;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	g_assert_false(cm_caseload_writer_write_fd(small, full, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_FAILED);
	close(full);
}

static void
test_closed_pipe(void)
{
	g_autoptr(CmCaseload) small = cm_document_fixture_small();
	g_autoptr(GError) error = NULL;
	int fds[2] = {-1, -1};

	signal(SIGPIPE, SIG_IGN);
	g_assert_cmpint(pipe(fds), ==, 0);
	close(fds[0]);
	g_assert_false(cm_caseload_writer_write_fd(small, fds[1], &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_FAILED);
	close(fds[1]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/caseload-writer/small", test_small);
	g_test_add_func("/caseload-writer/random", test_random);
	g_test_add_func("/caseload-writer/unequal", test_unequal);
	g_test_add_func("/caseload-writer/no-space", test_no_space);
	g_test_add_func("/caseload-writer/closed-pipe", test_closed_pipe);
	return g_test_run();
}
