// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/agenda/agenda.h"

#include "daemon/agenda/agenda-answers.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/roster/caseload-reader.h"
#include "include/cm-error.h"

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <unistd.h>

/* the fixture's week, whose placements are the caseload's `previous` */
typedef struct {
	CmCaseload *caseload;
	CmPolicySet *policies;
	CmPlan *plan;
	CmPlacement first; /* of the plan */
} Fixture;

static gchar *
fixture_path(const gchar *name)
{
	return g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests", "fixtures", "agenda",
				name, NULL);
}

static void
fixture_set_up(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = fixture_path("caseload.json");
	g_autofree gchar *policies = g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "tests",
						      "planning", "policies", NULL);
	const gchar *const directories[] = {policies, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	gint fd = open(path, O_RDONLY | O_CLOEXEC);

	fixture->caseload = cm_caseload_reader_read_fd(fd, faults, NULL, &error);
	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		g_test_message("%s: %s", cm_faults_get(faults, i)->path,
			       cm_faults_get(faults, i)->message);
	g_assert_no_error(error);
	close(fd);
	fixture->policies = cm_policy_loader_load(directories, NULL, &error);
	g_assert_no_error(error);
	fixture->plan = cm_plan_new();
	g_array_append_vals(fixture->plan->placements, fixture->caseload->previous->data,
			    fixture->caseload->previous->len);
	fixture->first = g_array_index(fixture->plan->placements, CmPlacement, 0);
}

static void
fixture_tear_down(Fixture *fixture, gconstpointer data)
{
	cm_plan_free(fixture->plan);
	cm_policy_set_unref(fixture->policies);
	cm_caseload_free(fixture->caseload);
}

static CmDay
day(const gchar *text)
{
	CmDay value = 0;

	g_assert_true(cm_day_parse(text, &value));
	return value;
}

/* each of our structures starts with its id */
static guint32
find(const gchar *id, const GArray *things, gsize size)
{
	for (guint i = 0; i < things->len; i++) {
		const gchar *const *thing =
		    (const gchar *const *)(gconstpointer)(things->data + i * size);

		if (g_str_equal(*thing, id))
			return i;
	}
	g_assert_not_reached();
}

/* the document as the golden file has it: indented, one member a line */
static void
assert_golden(const gchar *name, GBytes *document)
{
	g_autofree gchar *path = fixture_path(name);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autofree gchar *text = NULL;
	g_autofree gchar *golden = NULL;
	g_autofree gchar *actual = NULL;

	g_assert_true(json_parser_load_from_data(parser, g_bytes_get_data(document, NULL),
						 (gssize)g_bytes_get_size(document), NULL));
	text = json_to_string(json_parser_get_root(parser), TRUE);
	actual = g_strconcat(text, "\n", NULL);
	if (g_getenv("COMODAL_TEST_WRITE_GOLDEN") != NULL)
		g_assert_true(g_file_set_contents(path, actual, -1, NULL));
	g_assert_true(g_file_get_contents(path, &golden, NULL, NULL));
	g_assert_cmpstr(actual, ==, golden);
}

static void
test_agenda_professional(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-11"));
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;

	query.professional = find("P1", fixture->caseload->professionals, sizeof(CmProfessional));
	query.plan = 3;
	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	assert_golden("professional.json", document);
}

static void
test_agenda_student(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;

	query.student = find("E1", fixture->caseload->students, sizeof(CmStudent));
	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	assert_golden("student.json", document);
}

static void
test_agenda_site(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-11"));
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;

	query.site = find("S2", fixture->caseload->sites, sizeof(CmSite));
	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	assert_golden("site.json", document);
}

static void
test_agenda_everyone(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) document = NULL;

	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	assert_golden("everyone.json", document);
}

static guint
count_words(GBytes *document, const gchar *words)
{
	g_autofree gchar *text =
	    g_strndup(g_bytes_get_data(document, NULL), g_bytes_get_size(document));
	g_auto(GStrv) parts = g_strsplit(text, words, -1);

	return g_strv_length(parts) - 1;
}

/* what a school is shown: what happens there, and not what it is nor who else takes part */
static void
test_agenda_school(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autofree guint8 *sites = g_new0(guint8, fixture->caseload->sites->len);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) all = NULL;
	g_autoptr(GBytes) none = NULL;
	g_autoptr(GBytes) document = NULL;

	all = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies, &query,
				     &error);
	query.sites = sites;
	none = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies, &query,
				      &error);
	sites[find("S2", fixture->caseload->sites, sizeof(CmSite))] = 1;
	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count_words(all, "\"followup\""), >, 0);
	g_assert_cmpuint(count_words(none, "\"session\""), ==, 0);
	g_assert_cmpuint(count_words(document, "\"session\""), >, 0);
	g_assert_cmpuint(count_words(document, "\"session\""), <, count_words(all, "\"session\""));
	g_assert_cmpuint(count_words(document, "\"followup\""), ==, 0);
	g_assert_cmpuint(count_words(document, "\"act\""), ==, 0);
	g_assert_cmpuint(count_words(document, "\"participants\""), ==, 0);
	g_assert_cmpuint(count_words(document, "\"travel\""), ==, 0);
}

static void
test_agenda_bound(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) own = NULL;
	g_autoptr(GBytes) document = NULL;

	query.professional = query.bound =
	    find("P1", fixture->caseload->professionals, sizeof(CmProfessional));
	own = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies, &query,
				     &error);
	g_assert_cmpuint(count_words(own, "\"session\""), >, 0);
	query.professional = CM_NONE;
	query.bound++;
	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(count_words(document, "\"id\":\"P1\""), ==, 0);
}

static CmAgendaBooking
make_booking(const CmPlacement *placement, CmBookingState state, GArray *attendees)
{
	return (CmAgendaBooking){.kind = "meeting",
				 .state = state,
				 .by_hand = TRUE,
				 .session = CM_NONE,
				 .site = CM_NONE,
				 .placement = *placement,
				 .end = (CmMinute)(placement->start + 30),
				 .attendees = attendees};
}

/* what the fixture's first session of F1 became, and beside it a meeting at its school */
static GBytes *
draw_booked(Fixture *fixture,
	    const CmAgendaQuery *asked,
	    CmBookingState session_state,
	    CmBookingState meeting_state)
{
	g_autoptr(GArray) booked = g_array_new(FALSE, FALSE, sizeof(CmAgendaBooking));
	g_autoptr(GArray) attendees = g_array_new(FALSE, FALSE, sizeof(CmAgendaAttendee));
	g_autoptr(GArray) answers = g_array_new(FALSE, FALSE, sizeof(CmAgendaAnswer));
	CmAgendaAnswer answer = {.kind = CM_RESOURCE_STUDENT, .number = 7, .answer = "declined"};
	g_autoptr(GError) error = NULL;
	CmAgendaQuery query = *asked;
	CmAgendaAttendee student = {CM_RESOURCE_STUDENT,
				    find("E1", fixture->caseload->students, sizeof(CmStudent))};
	const CmPlacement *placement = &fixture->first;
	CmAgendaBooking session = make_booking(placement, session_state, attendees);
	CmAgendaBooking meeting = make_booking(placement, meeting_state, attendees);
	GBytes *document = NULL;

	g_array_append_val(attendees, student);
	session.professional = meeting.professional =
	    find("P1", fixture->caseload->professionals, sizeof(CmProfessional));
	session.session = placement->session;
	meeting.appointment = TRUE;
	meeting.site = find("S1", fixture->caseload->sites, sizeof(CmSite));
	meeting.title = "Équipe";
	answer.index = student.index;
	g_array_append_val(answers, answer);
	meeting.answers = answers;
	g_array_append_val(booked, meeting);
	g_array_append_val(booked, session);
	query.booked = booked;
	document = cm_agenda_new_document(fixture->caseload, fixture->plan, fixture->policies,
					  &query, &error);
	g_assert_no_error(error);
	return document;
}

static void
assert_words(GBytes *document, const gchar *words, guint wanted)
{
	if (count_words(document, words) != wanted)
		g_test_message("%.*s", (gint)g_bytes_get_size(document),
			       (const gchar *)g_bytes_get_data(document, NULL));
	g_assert_cmpuint(count_words(document, words), ==, wanted);
}

static void
test_agenda_booked(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autoptr(GBytes) professional = NULL;
	g_autoptr(GBytes) student = NULL;
	g_autoptr(GBytes) other = NULL;

	query.professional = find("P1", fixture->caseload->professionals, sizeof(CmProfessional));
	professional = draw_booked(fixture, &query, CM_BOOKING_HELD, CM_BOOKING_HOLD);
	assert_words(professional, "\"state\":\"held\"", 1);
	assert_words(professional, "\"state\":\"hold\"", 1);
	assert_words(professional, "\"by_hand\":true", 2);
	assert_words(professional, "\"appointment\"", 1);
	assert_words(professional,
		     "\"answers\":[{\"kind\":\"student\",\"number\":7,\"answer\":\"declined\"}]",
		     1);
	query.professional = CM_NONE;
	query.student = find("E1", fixture->caseload->students, sizeof(CmStudent));
	student = draw_booked(fixture, &query, CM_BOOKING_NO_SHOW, CM_BOOKING_CANCELLED);
	assert_words(student, "\"state\":\"no-show\"", 1);
	assert_words(student, "\"state\":\"cancelled\"", 1);
	/* whoever is not part of it sees nothing of it */
	query.student = find("E2", fixture->caseload->students, sizeof(CmStudent));
	other = draw_booked(fixture, &query, CM_BOOKING_HELD, CM_BOOKING_PLANNED);
	assert_words(other, "\"appointment\"", 0);
	assert_words(other, "\"state\"", 0);
}

/* a session that the plan has no more is shown, without a road to it */
static void
test_agenda_cancelled(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autoptr(GBytes) before = NULL;
	g_autoptr(GBytes) after = NULL;

	query.professional = find("P1", fixture->caseload->professionals, sizeof(CmProfessional));
	query.from = query.to = fixture->first.date;
	g_array_set_size(fixture->plan->placements, 1);
	before = draw_booked(fixture, &query, CM_BOOKING_PLANNED, CM_BOOKING_PLANNED);
	assert_words(before, "\"travel\"", 2);
	g_array_set_size(fixture->plan->placements, 0);
	after = draw_booked(fixture, &query, CM_BOOKING_LATE_CANCELLED, CM_BOOKING_PLANNED);
	assert_words(after, "\"travel\"", 0);
	assert_words(after, "\"state\":\"late-cancelled\"", 1);
	assert_words(after, "\"type\":\"session\"", 1);
}

/* a school sees when and where something stands, and neither what it is nor what became of it */
static void
test_agenda_booked_school(Fixture *fixture, gconstpointer data)
{
	CmAgendaQuery query = CM_AGENDA_QUERY(day("2026-10-05"), day("2026-10-16"));
	g_autofree guint8 *sites = g_new0(guint8, fixture->caseload->sites->len);
	g_autoptr(GBytes) shown = NULL;
	g_autoptr(GBytes) cancelled = NULL;

	query.sites = sites;
	sites[find("S1", fixture->caseload->sites, sizeof(CmSite))] = 1;
	shown = draw_booked(fixture, &query, CM_BOOKING_NO_SHOW, CM_BOOKING_PLANNED);
	assert_words(shown, "\"appointment\"", 1);
	assert_words(shown, "\"title\"", 0);
	assert_words(shown, "\"kind\":\"meeting\"", 0);
	assert_words(shown, "\"attendees\"", 0);
	assert_words(shown, "\"answers\"", 0);
	assert_words(shown, "\"state\"", 0);
	cancelled = draw_booked(fixture, &query, CM_BOOKING_HELD, CM_BOOKING_CANCELLED);
	assert_words(cancelled, "\"appointment\"", 0);
}

static void
assert_refused(Fixture *fixture, const CmAgendaQuery *query, CmErrorCode code)
{
	g_autoptr(GError) error = NULL;
	GBytes *document = cm_agenda_new_document(fixture->caseload, fixture->plan,
						  fixture->policies, query, &error);

	g_assert_null(document);
	g_assert_error(error, CM_ERROR, (gint)code);
}

static void
test_agenda_refusals(Fixture *fixture, gconstpointer data)
{
	CmDay monday = day("2026-10-05");
	const CmAgendaQuery backwards = CM_AGENDA_QUERY(monday, monday - 1);
	const CmAgendaQuery long_one = CM_AGENDA_QUERY(monday, monday + CM_AGENDA_DAYS_MAX);

	assert_refused(fixture, &backwards, CM_ERROR_INVALID_INPUT);
	assert_refused(fixture, &long_one, CM_ERROR_INVALID_INPUT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/agenda/professional", Fixture, NULL, fixture_set_up, test_agenda_professional,
		   fixture_tear_down);
	g_test_add("/agenda/student", Fixture, NULL, fixture_set_up, test_agenda_student,
		   fixture_tear_down);
	g_test_add("/agenda/site", Fixture, NULL, fixture_set_up, test_agenda_site,
		   fixture_tear_down);
	g_test_add("/agenda/everyone", Fixture, NULL, fixture_set_up, test_agenda_everyone,
		   fixture_tear_down);
	g_test_add("/agenda/school", Fixture, NULL, fixture_set_up, test_agenda_school,
		   fixture_tear_down);
	g_test_add("/agenda/bound", Fixture, NULL, fixture_set_up, test_agenda_bound,
		   fixture_tear_down);
	g_test_add("/agenda/booked", Fixture, NULL, fixture_set_up, test_agenda_booked,
		   fixture_tear_down);
	g_test_add("/agenda/cancelled", Fixture, NULL, fixture_set_up, test_agenda_cancelled,
		   fixture_tear_down);
	g_test_add("/agenda/booked-school", Fixture, NULL, fixture_set_up,
		   test_agenda_booked_school, fixture_tear_down);
	g_test_add("/agenda/refusals", Fixture, NULL, fixture_set_up, test_agenda_refusals,
		   fixture_tear_down);
	return g_test_run();
}
