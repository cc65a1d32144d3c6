// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/outbox-fixture.h"

/* the store's clock is a function: one post at a time */
static gint64 *
post_clock(void)
{
	static gint64 now = NOW; /* nocheck:global: what a clock without arguments reads */

	return &now;
}

static gint64
post_read_clock(void)
{
	return *post_clock();
}

void
cm_post_set_now(CmPost *post, gint64 now)
{
	post->now = now;
	*post_clock() = now;
}

void
cm_post_set_reach(CmPost *post,
		  CmResource kind,
		  gint64 person,
		  const gchar *email,
		  CmDelivery delivery)
{
	CmStoreReachChange change = {
	    .email = email, .members = CM_STORE_REACH_DELIVERY, .delivery = delivery};
	gint64 version = 0;
	g_autoptr(GError) error = NULL;
	gboolean good =
	    cm_store_reach_set(post->store, kind, person, &change, CM_STORE_REACH_ANY_VERSION, UID,
			       post->now, &version, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

void
cm_post_set_guardian(CmPost *post, gint64 student, gint64 contact, guint household)
{
	CmGuardianship guardianship = {contact, household, TRUE};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_guardianship_set(post->store, student, &guardianship, UID, &error));
	g_assert_no_error(error);
}

static CmPolicySet *
post_load_policies(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "policies", NULL);
	const gchar *directories[] = {folder, NULL};
	g_autoptr(GError) error = NULL;
	CmPolicySet *set = cm_policy_loader_load(directories, NULL, &error);

	g_assert_no_error(error);
	return set;
}

void
cm_post_configure(CmPost *post)
{
	const CmOutboxSettings settings = {.address = "suivis@css.example",
					   .name = "Suivis",
					   .help_phone = "418 555-0100",
					   .undo_seconds = UNDO};

	cm_store_set_clock(post->store, post_read_clock);
	cm_store_outbox_set_settings(post->store, &settings);
}

CmPost *
cm_post_new(void)
{
	CmPost *post = g_new0(CmPost, 1);
	GString *json = g_string_new(cm_store_fixture_get_small());
	g_autofree gchar *text = NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;

	g_string_replace(json, "'kind': 'teacher'", "'kind': 'guardian'", 0);
	/* nobody takes part in a session but for the student */
	g_string_replace(json, "'participants': ['CONTACT-QXW-1']", "'participants': []", 0);
	g_string_replace(json, "'participants': ['CONTACT-QXW-2']", "'participants': []", 0);
	/* both are younger than 14 */
	g_string_replace(json, "2012-11-30", "2016-11-30", 0);
	text = g_string_free(json, FALSE);
	caseload = cm_store_fixture_parse(text);
	post->fixture = cm_store_fixture_new();
	post->store = post->fixture->store;
	post->policies = post_load_policies();
	cm_store_fixture_import(post->fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(post->store, NULL, &post->numbers, NULL, &error);
	g_assert_no_error(error);
	for (guint32 i = 0; i < 2; i++) {
		post->child[i] = cm_roster_numbers_get(post->numbers, CM_NUMBER_STUDENT, i);
		post->room[i] = cm_roster_numbers_get(post->numbers, CM_NUMBER_ROOM, i);
	}
	for (guint32 i = 0; i < 4; i++)
		post->session[i] = cm_roster_numbers_get(post->numbers, CM_NUMBER_SESSION, i);
	post->mother = cm_roster_numbers_get(post->numbers, CM_NUMBER_CONTACT, 0);
	post->father = cm_roster_numbers_get(post->numbers, CM_NUMBER_CONTACT, 1);
	post->professional = cm_roster_numbers_get(post->numbers, CM_NUMBER_PROFESSIONAL, 0);
	post->school = cm_roster_numbers_get(post->numbers, CM_NUMBER_SITE, 0);
	g_assert_true(cm_day_parse("2026-09-08", &post->tuesday));
	cm_post_set_now(post, NOW);
	cm_post_configure(post);
	cm_post_set_guardian(post, post->child[0], post->mother, 1);
	cm_post_set_guardian(post, post->child[0], post->father, 2);
	cm_post_set_guardian(post, post->child[1], post->mother, 1);
	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->mother, "mere@famille.example",
			  CM_DELIVERY_DIGEST);
	cm_post_set_reach(post, CM_RESOURCE_CONTACT, post->father, "pere@famille.example",
			  CM_DELIVERY_INVITATIONS);
	cm_post_set_reach(post, CM_RESOURCE_PROFESSIONAL, post->professional, "zoe@css.example",
			  CM_DELIVERY_INVITATIONS);
	return post;
}

void
cm_post_free(CmPost *post)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_check(post->store, NULL, &error));
	cm_roster_numbers_free(post->numbers);
	cm_policy_set_unref(post->policies);
	cm_store_fixture_free(post->fixture);
	g_free(post);
}

/* ---- changes */

static CmStorePlace
post_place(const CmPost *post, gint day, const gchar *start)
{
	CmStorePlace place = {.date = post->tuesday + day,
			      .minutes = 45,
			      .mode = CM_MODE_IN_PERSON,
			      .site = post->school,
			      .room = post->room[0]};

	g_assert_true(cm_minute_parse(start, &place.start));
	return place;
}

static gint64
post_get_version(CmPost *post, guint session)
{
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(post->store, post->session[session], post->now, NULL);

	return booking != NULL ? booking->version : 0;
}

void
cm_post_book(CmPost *post, guint session, gint day, const gchar *start)
{
	CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreOrder order = {.kind = CM_STORE_BOOKING_SESSION,
			      .session = post->session[session],
			      .expected = post_get_version(post, session),
			      .student_present = TRUE,
			      .place = post_place(post, day, start)};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_booking_book(post->store, &call, &order, &stamp, &error));
	g_assert_no_error(error);
}

void
cm_post_move(CmPost *post, guint session, gint day, const gchar *start)
{
	CmStoreCall call = {.actor = UID, .now = post->now};
	CmStorePlace place = post_place(post, day, start);
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_booking_move(post->store, &call, post->session[session],
					    post_get_version(post, session), &place, &stamp,
					    &error));
	g_assert_no_error(error);
}

void
cm_post_cancel(CmPost *post, guint session)
{
	CmStoreCall call = {.actor = UID, .now = post->now};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_booking_cancel(post->store, &call, post->session[session],
					      post_get_version(post, session), &stamp, &error));
	g_assert_no_error(error);
}

/* ---- the outbox */

CmOutboxReport
cm_post_gather(CmPost *post)
{
	CmOutboxReport report = {0};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_outbox_gather_all(post->store, post->policies, post->now, NULL,
						   &report, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return report;
}

GPtrArray *
cm_post_lease(CmPost *post, guint max)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *leases = cm_store_letter_lease(post->store, post->now, max, &error);

	g_assert_no_error(error);
	return leases;
}

void
cm_post_report(CmPost *post, const CmStoreLease *lease, CmAttempt outcome, guint code)
{
	const CmStoreAttempt attempt = {lease->attempt, outcome, code};
	g_autoptr(GError) error = NULL;
	gboolean good =
	    cm_store_letter_report(post->store, lease->number, &attempt, post->now, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

CmLetter *
cm_post_read(const CmStoreLease *lease)
{
	g_autoptr(GError) error = NULL;
	CmLetter *letter = cm_letter_from_bytes(lease->facts, &error);

	g_assert_no_error(error);
	return letter;
}

gint64
cm_post_query(CmPost *post, const gchar *sql)
{
	g_autofree gchar *text = NULL;

	g_assert_true(cm_store_fixture_run_shell(post->fixture, sql, &text));
	return g_ascii_strtoll(text, NULL, 10);
}

guint
cm_post_deliver(CmPost *post)
{
	guint count = 0;
	guint taken = 0;

	do {
		g_autoptr(GPtrArray) leases = NULL;

		(void)cm_post_gather(post);
		leases = cm_post_lease(post, 64);
		taken = leases->len;
		for (guint i = 0; i < taken; i++)
			cm_post_report(post, g_ptr_array_index(leases, i), CM_ATTEMPT_ACCEPTED,
				       250);
		count += taken;
	} while (taken > 0);
	return count;
}
