// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/audience.h"
#include "daemon/policy/policy-loader.h"
#include "daemon/store/store-account.h"
#include "daemon/store/store-audit.h"
#include "daemon/store/store-booking.h"
#include "daemon/store/store-consent.h"
#include "daemon/store/store-derogation.h"
#include "daemon/store/store-guardianship.h"
#include "daemon/store/store-notice.h"
#include "daemon/store/store-roster.h"
#include "daemon/store/store-suitability.h"
#include "include/cm-error.h"
#include "tests/unit/store-fixture.h"

#include <string.h>

#define ASKER 1000
#define APPROVER 1001
#define OTHER_OF_ASKER 1002 /* the same person's other account */
#define NOW 1788264000      /* 2026-09-01 12:00 UTC */
#define SECRET "Qzwx-vers-le-CLSC"

/* A family of two households and a psychologist: student 0 is 11. */
typedef struct {
	CmStoreFixture *fixture;
	CmStore *store;
	CmRosterNumbers *numbers;
	CmPolicySet *policies;
	gint64 student;
	gint64 mother;
	gint64 father;
	gint64 professional;
	gint64 followup;
	gint64 session[4]; /* two of the student, two of another one */
	gint64 room;
	CmDay today;
} Family;

static CmPolicySet *
load_policies(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "policies", NULL);
	const gchar *directories[] = {folder, NULL};
	g_autoptr(GError) error = NULL;
	CmPolicySet *set = cm_policy_loader_load(directories, NULL, &error);

	g_assert_no_error(error);
	return set;
}

static void
set_guardian(Family *family, gint64 contact, guint household)
{
	CmGuardianship guardianship = {contact, household, TRUE};
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_guardianship_set(family->store, family->student, &guardianship,
						ASKER, &error));
}

static Family *
family_new(void)
{
	Family *family = g_new0(Family, 1);
	GString *json = g_string_new(cm_store_fixture_get_small());
	g_autofree gchar *text = NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmCaseload) loaded = NULL;
	g_autoptr(GError) error = NULL;

	g_string_replace(json, "'kind': 'teacher'", "'kind': 'guardian'", 0);
	text = g_string_free(json, FALSE);
	caseload = cm_store_fixture_parse(text);
	family->fixture = cm_store_fixture_new();
	family->store = family->fixture->store;
	family->policies = load_policies();
	cm_store_fixture_import(family->fixture, caseload, NULL);
	loaded = cm_store_roster_load_numbered(family->store, NULL, &family->numbers, NULL, &error);
	g_assert_no_error(error);
	family->student = cm_roster_numbers_get(family->numbers, CM_NUMBER_STUDENT, 0);
	family->mother = cm_roster_numbers_get(family->numbers, CM_NUMBER_CONTACT, 0);
	family->father = cm_roster_numbers_get(family->numbers, CM_NUMBER_CONTACT, 1);
	family->professional = cm_roster_numbers_get(family->numbers, CM_NUMBER_PROFESSIONAL, 0);
	family->followup = cm_roster_numbers_get(family->numbers, CM_NUMBER_FOLLOWUP, 0);
	family->room = cm_roster_numbers_get(family->numbers, CM_NUMBER_ROOM, 0);
	for (guint32 i = 0; i < 4; i++)
		family->session[i] = cm_roster_numbers_get(family->numbers, CM_NUMBER_SESSION, i);
	g_assert_true(cm_day_parse("2026-09-01", &family->today));
	set_guardian(family, family->mother, 1);
	set_guardian(family, family->father, 2);
	return family;
}

static void
family_free(Family *family)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(cm_store_check(family->store, NULL, &error));
	cm_roster_numbers_free(family->numbers);
	cm_policy_set_unref(family->policies);
	cm_store_fixture_free(family->fixture);
	g_free(family);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Family, family_free)

static CmStoreConsentCall
call_of(const Family *family)
{
	CmStoreConsentCall call = {
	    .actor = ASKER, .now = NOW, .today = family->today, .policies = family->policies};

	return call;
}

static CmConsentRecord
record_of(const Family *family, CmConsentKind kind, CmConsentAnswer answer, gint64 contact)
{
	CmConsentRecord record = {
	    .statement = {.kind = kind,
			  .modes = kind == CM_CONSENT_KIND_TELEPRACTICE ? CM_CONSENT_VIDEO : 0,
			  .answer = answer,
			  .form = CM_CONSENT_FORM_WRITTEN,
			  .contact = contact,
			  .given_on = family->today,
			  .until = CM_DAY_NONE,
			  .withdrawn_on = CM_DAY_NONE}};

	return record;
}

static CmStoreConsentOutcome *
record(Family *family, const CmConsentRecord *said)
{
	CmStoreConsentCall call = call_of(family);
	CmStoreConsentOutcome *outcome = cm_store_consent_new_outcome();
	g_autoptr(GError) error = NULL;
	gboolean good =
	    cm_store_consent_record(family->store, family->student, said, &call, outcome, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return outcome;
}

static void
refuse(Family *family, const CmConsentRecord *said, gint code)
{
	CmStoreConsentCall call = call_of(family);
	g_autoptr(CmStoreConsentOutcome) outcome = cm_store_consent_new_outcome();
	g_autoptr(GError) error = NULL;

	g_assert_false(
	    cm_store_consent_record(family->store, family->student, said, &call, outcome, &error));
	g_assert_error(error, CM_ERROR, code);
}

static gint64
give(Family *family, CmConsentKind kind, gint64 contact)
{
	CmConsentRecord said = record_of(family, kind, CM_CONSENT_ANSWER_GIVEN, contact);
	g_autoptr(CmStoreConsentOutcome) outcome = record(family, &said);

	return outcome->number;
}

static void
book(Family *family, guint session, gint day, gint hour, CmMode mode)
{
	CmStoreCall call = {.actor = ASKER, .now = NOW};
	CmStoreOrder order = {
	    .kind = CM_STORE_BOOKING_SESSION,
	    .session = family->session[session],
	    .student_present = TRUE,
	    .place = {.date = family->today + day, .start = (CmMinute)(hour * 60), .mode = mode}};
	CmStoreStamp stamp = {0};
	g_autoptr(GError) error = NULL;

	if (mode == CM_MODE_IN_PERSON)
		order.place.room = family->room;
	g_assert_true(cm_store_booking_book(family->store, &call, &order, &stamp, &error));
	g_assert_no_error(error);
}

static CmBookingState
get_state(Family *family, guint session)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmStoreBooking) booking =
	    cm_store_booking_get(family->store, family->session[session], NOW, &error);

	g_assert_no_error(error);
	return booking->state;
}

/* "kind recipient subject" of what waits for somebody, the number of notices of a kind */
static guint
count_notices(Family *family, CmNoticeKind kind, CmResource to, gint64 recipient, gint64 subject)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) notices = cm_notice_list_waiting(family->store, &error);
	guint count = 0;

	g_assert_no_error(error);
	for (guint i = 0; i < notices->len; i++) {
		const CmNotice *notice = &g_array_index(notices, CmNotice, i);

		if (notice->kind == kind && notice->recipient_kind == to &&
		    notice->recipient == recipient && (subject == 0 || notice->subject == subject))
			count++;
	}
	return count;
}

/* what is written is read back, and of it nothing stands in the file */
static void
test_round_trip(void)
{
	g_autoptr(Family) family = family_new();
	static const gchar *const topics[] = {"information", "recipients", "purposes",
					      "consequences", NULL};
	CmConsentRecord said =
	    record_of(family, CM_CONSENT_KIND_RELEASE, CM_CONSENT_ANSWER_GIVEN, family->mother);
	g_autoptr(CmStoreConsentOutcome) outcome = NULL;
	g_autoptr(CmStoreConsent) read = NULL;
	g_autoptr(CmConsentFile) file = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *bytes = NULL;
	gsize length = 0;

	said.statement.purpose = SECRET;
	said.statement.until = family->today + 30;
	said.statement.profession = "psychologue";
	said.note = "Au téléphone, " SECRET;
	said.topics = topics;
	outcome = record(family, &said);
	g_assert_cmpuint(outcome->warnings->len, ==, 0);
	cm_store_fixture_reopen(family->fixture);
	family->store = family->fixture->store;
	read = cm_store_consent_get(family->store, outcome->number, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(read->record.statement.purpose, ==, SECRET);
	g_assert_cmpstr(read->record.note, ==, said.note);
	g_assert_true(g_strv_equal(read->record.topics, topics));
	g_assert_cmpint(read->record.statement.until, ==, family->today + 30);
	g_assert_cmpint(read->record.statement.contact, ==, family->mother);
	g_assert_cmpint(read->recorded_by, ==, ASKER);
	g_assert_cmpint(read->version, ==, 1);
	file = cm_store_consent_load(family->store, family->student, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(file->guardianships->len, ==, 2);
	g_assert_cmpuint(file->statements->len, ==, 1);
	g_assert_cmpint(cm_consent_file_get_birthday(file, 14), ==, 21608);
	g_assert_true(g_file_get_contents(family->fixture->database, &bytes, &length, NULL));
	g_assert_null(memmem(bytes, length, SECRET, strlen(SECRET)));
}

static void
test_refused(void)
{
	g_autoptr(Family) family = family_new();
	CmConsentRecord said =
	    record_of(family, CM_CONSENT_KIND_SERVICE, CM_CONSENT_ANSWER_GIVEN, family->mother);
	CmConsentRecord other = said;

	other.statement.form = CM_CONSENT_FORM_VERBAL;
	refuse(family, &other, CM_ERROR_POLICY); /* OPQ: a note */
	other.note = "Au téléphone";
	cm_store_consent_free_outcome(record(family, &other));
	other = said;
	other.statement.contact = CM_CONSENT_STUDENT;
	refuse(family, &other, CM_ERROR_POLICY); /* 11 years old */
	other = said;
	other.statement.contact = 999999;
	refuse(family, &other, CM_ERROR_INVALID_INPUT);
	other = said;
	other.statement.given_on = family->today + 1;
	refuse(family, &other, CM_ERROR_INVALID_INPUT);
	other = said;
	other.statement.modes = CM_CONSENT_VIDEO;
	refuse(family, &other, CM_ERROR_INVALID_INPUT);
	other = said;
	other.statement.until = family->today - 1;
	refuse(family, &other, CM_ERROR_INVALID_INPUT);
	other = said;
	other.statement.profession = "danseur";
	refuse(family, &other, CM_ERROR_NOT_FOUND);
	other = said;
	other.statement.kind = CM_CONSENT_KIND_RELEASE;
	refuse(family, &other, CM_ERROR_INVALID_INPUT);
	other.statement.purpose = "CLSC";
	refuse(family, &other, CM_ERROR_POLICY); /* 53.1: for how long */
	other.statement.answer = CM_CONSENT_ANSWER_ATTESTED;
	refuse(family, &other, CM_ERROR_INVALID_INPUT);
}

/* video falls, what is in person stands; who spoke and the psychologist are told why, the other household only what */
static void
test_withdrawal(void)
{
	g_autoptr(Family) family = family_new();
	CmStoreConsentCall call = call_of(family);
	g_autoptr(CmStoreConsentOutcome) outcome = cm_store_consent_new_outcome();
	g_autoptr(GError) error = NULL;
	g_autoptr(CmConsentFile) file = NULL;
	g_autoptr(GArray) audience = NULL;
	gint64 consent = 0;

	(void)give(family, CM_CONSENT_KIND_SERVICE, family->mother);
	(void)give(family, CM_CONSENT_KIND_SERVICE, family->father);
	consent = give(family, CM_CONSENT_KIND_TELEPRACTICE, family->mother);
	book(family, 0, 7, 9, CM_MODE_VIDEO_REMOTE);
	book(family, 1, 14, 10, CM_MODE_IN_PERSON);
	book(family, 2, 7, 13, CM_MODE_VIDEO_REMOTE); /* another student's */
	g_assert_false(cm_store_consent_withdraw(family->store, consent, 2, family->today, &call,
						 outcome, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
	g_clear_error(&error);
	g_assert_cmpint(get_state(family, 0), ==, CM_BOOKING_PLANNED);
	g_assert_true(cm_store_consent_withdraw(family->store, consent, 1, family->today, &call,
						outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(outcome->cancelled->len, ==, 1);
	g_assert_cmpint(g_array_index(outcome->cancelled, gint64, 0), ==, family->session[0]);
	g_assert_cmpint(get_state(family, 0), ==, CM_BOOKING_CANCELLED);
	g_assert_cmpint(get_state(family, 1), ==, CM_BOOKING_PLANNED);
	g_assert_cmpint(get_state(family, 2), ==, CM_BOOKING_PLANNED);

	g_assert_cmpuint(count_notices(family, CM_NOTICE_CONSENT_CHANGED, CM_RESOURCE_PROFESSIONAL,
				       family->professional, consent),
			 ==, 1);
	g_assert_cmpuint(count_notices(family, CM_NOTICE_CONSENT_CHANGED, CM_RESOURCE_CONTACT,
				       family->mother, consent),
			 ==, 1);
	g_assert_cmpuint(count_notices(family, CM_NOTICE_CONSENT_CHANGED, CM_RESOURCE_CONTACT,
				       family->father, consent),
			 ==, 0);
	/* the session is cancelled for the family: whom of it that is, the audience says */
	g_assert_cmpuint(count_notices(family, CM_NOTICE_BOOKING_CANCELLED, CM_RESOURCE_STUDENT,
				       family->student, family->session[0]),
			 ==, 1);
	g_assert_cmpuint(count_notices(family, CM_NOTICE_BOOKING_CANCELLED,
				       CM_RESOURCE_PROFESSIONAL, family->professional,
				       family->session[0]),
			 ==, 1);
	g_assert_cmpuint(count_notices(family, CM_NOTICE_BOOKING_CANCELLED, CM_RESOURCE_STUDENT,
				       family->student, family->session[1]),
			 ==, 0);
	file = cm_store_consent_load(family->store, family->student, &error);
	audience = cm_audience_find(file, cm_policy_set_lookup(family->policies, "psychologue"),
				    family->today);
	g_assert_cmpuint(audience->len, ==, 2);
	g_assert_false(cm_store_consent_withdraw(family->store, consent, 2, family->today, &call,
						 outcome, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_CONFLICT);
}

/* an opposition stops all, in one transaction with what it cancels */
static void
test_opposition(void)
{
	g_autoptr(Family) family = family_new();
	CmConsentRecord said =
	    record_of(family, CM_CONSENT_KIND_SERVICE, CM_CONSENT_ANSWER_OPPOSED, family->father);
	g_autoptr(CmStoreConsentOutcome) outcome = NULL;

	(void)give(family, CM_CONSENT_KIND_SERVICE, family->mother);
	book(family, 0, 7, 9, CM_MODE_IN_PERSON);
	book(family, 1, 14, 10, CM_MODE_VIDEO_REMOTE);
	outcome = record(family, &said);
	g_assert_cmpuint(outcome->cancelled->len, ==, 2);
	g_assert_cmpint(get_state(family, 0), ==, CM_BOOKING_CANCELLED);
	g_assert_cmpint(get_state(family, 1), ==, CM_BOOKING_CANCELLED);
	g_assert_cmpuint(count_notices(family, CM_NOTICE_CONSENT_CHANGED, CM_RESOURCE_CONTACT,
				       family->mother, outcome->number),
			 ==, 0);
}

/* a document without a parent whose word is on record takes neither away */
static void
test_contact_leaves(void)
{
	g_autoptr(Family) family = family_new();
	GString *json = g_string_new(cm_store_fixture_get_small());
	g_autofree gchar *text = NULL;
	g_autoptr(CmCaseload) caseload = NULL;
	g_autoptr(CmConsentFile) file = NULL;
	g_autoptr(GError) error = NULL;

	(void)give(family, CM_CONSENT_KIND_SERVICE, family->mother);
	g_string_replace(json, "CONTACT-QXW-1", "CONTACT-QXW-9", 0);
	text = g_string_free(json, FALSE);
	caseload = cm_store_fixture_parse(text);
	cm_store_fixture_import(family->fixture, caseload, NULL);
	file = cm_store_consent_load(family->store, family->student, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(file->statements->len, ==, 1);
	g_assert_cmpint(g_array_index(file->statements, CmConsentStatement, 0).contact, ==,
			family->mother);
	g_assert_nonnull(cm_consent_file_find_guardianship(file, family->mother));
}

/* ---- derogations */

static CmStoreDerogationOrder
order_of(const Family *family, gint64 session)
{
	CmStoreDerogationOrder order = {.session = session,
					.followup = session == 0 ? family->followup : 0,
					.rule = "consent.known_opposition_stops",
					.value = CM_DEROGATION_NO_VALUE,
					.until = family->today + 60,
					.reason = "Ordonnance du tribunal " SECRET};

	return order;
}

static gint64
ask(Family *family, const CmStoreDerogationOrder *order)
{
	gint64 number = 0;
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_derogation_ask(family->store, order, family->policies, ASKER, NOW,
						family->today, &number, &error);

	g_assert_no_error(error);
	g_assert_true(good);
	return number;
}

static void
decide(Family *family,
       gint64 number,
       gint64 version,
       CmDerogationState state,
       gint64 actor,
       gint code)
{
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_derogation_decide(family->store, number, version, state,
						   "Vu le jugement", actor, NOW, &error);

	if (code < 0) {
		g_assert_no_error(error);
		g_assert_true(good);
		return;
	}
	g_assert_false(good);
	g_assert_error(error, CM_ERROR, code);
}

static void
set_professional(Family *family, guint32 uid, gint64 professional)
{
	const CmStoreAccountChange change = {.set_professional = TRUE,
					     .professional = professional};
	g_autoptr(GError) error = NULL;
	gboolean good = cm_store_account_change(family->store, uid, &change, 0, &error);

	g_assert_no_error(error);
	g_assert_true(good);
}

static void
test_derogation(void)
{
	g_autoptr(Family) family = family_new();
	CmStoreDerogationOrder order = order_of(family, 0);
	gint64 number = ask(family, &order);
	g_autoptr(CmStoreDerogation) row = NULL;
	g_autoptr(GError) error = NULL;

	decide(family, number, 1, CM_DEROGATION_APPROVED, ASKER, CM_ERROR_ACCESS_DENIED);
	decide(family, number, 1, CM_DEROGATION_REFUSED, ASKER, CM_ERROR_ACCESS_DENIED);
	decide(family, number, 7, CM_DEROGATION_APPROVED, APPROVER, CM_ERROR_CONFLICT);
	set_professional(family, ASKER, family->professional);
	set_professional(family, OTHER_OF_ASKER, family->professional);
	decide(family, number, 1, CM_DEROGATION_APPROVED, OTHER_OF_ASKER, CM_ERROR_ACCESS_DENIED);
	decide(family, number, 1, CM_DEROGATION_REFUSED, OTHER_OF_ASKER, CM_ERROR_ACCESS_DENIED);
	decide(family, number, 1, CM_DEROGATION_APPROVED, APPROVER, -1);
	decide(family, number, 2, CM_DEROGATION_REFUSED, APPROVER, CM_ERROR_CONFLICT);
	decide(family, 999999, 1, CM_DEROGATION_APPROVED, APPROVER, CM_ERROR_NOT_FOUND);
	row = cm_store_derogation_get(family->store, number, &error);
	g_assert_no_error(error);
	g_assert_cmpint(row->derogation.state, ==, CM_DEROGATION_APPROVED);
	g_assert_cmpint(row->decided_by, ==, APPROVER);
	g_assert_cmpint(row->asked_by, ==, ASKER);
	g_assert_cmpint(row->student, ==, family->student);
	g_assert_cmpstr(row->reason, ==, order.reason);
	g_assert_cmpstr(row->decision, ==, "Vu le jugement");
	g_assert_cmpuint(count_notices(family, CM_NOTICE_DEROGATION_DECIDED, CM_NOTICE_TO_ACCOUNT,
				       ASKER, number),
			 ==, 1);
	/* the database's own: not even past the store's code */
	g_assert_false(cm_store_fixture_run_shell(
	    family->fixture, "UPDATE derogation SET decided_by = asked_by;", NULL));
	decide(family, number, 2, CM_DEROGATION_WITHDRAWN, ASKER, -1);
}

static void
refuse_order(Family *family, const CmStoreDerogationOrder *order, gint code)
{
	gint64 number = 0;
	g_autoptr(GError) error = NULL;

	g_assert_false(cm_store_derogation_ask(family->store, order, family->policies, ASKER, NOW,
					       family->today, &number, &error));
	g_assert_error(error, CM_ERROR, code);
}

static void
test_derogation_refused(void)
{
	g_autoptr(Family) family = family_new();
	CmStoreDerogationOrder order = order_of(family, 0);

	order.rule = "no.such.rule";
	refuse_order(family, &order, CM_ERROR_NOT_FOUND);
	order = order_of(family, 0);
	order.followup = 999999;
	refuse_order(family, &order, CM_ERROR_NOT_FOUND);
	order = order_of(family, 0);
	order.value = 3;
	refuse_order(family, &order, CM_ERROR_INVALID_INPUT);
	order = order_of(family, 0);
	order.reason = "";
	refuse_order(family, &order, CM_ERROR_INVALID_INPUT);
	order = order_of(family, 0);
	order.until = family->today - 1;
	refuse_order(family, &order, CM_ERROR_INVALID_INPUT);
	order.until = family->today + 400;
	refuse_order(family, &order, CM_ERROR_INVALID_INPUT);
}

/* those of its sessions count, and those that were refused */
static void
test_derogation_cap(void)
{
	g_autoptr(Family) family = family_new();
	CmStoreDerogationOrder order = order_of(family, 0);
	CmStoreDerogationOrder of_session = order_of(family, family->session[0]);

	decide(family, ask(family, &order), 1, CM_DEROGATION_REFUSED, APPROVER, -1);
	for (guint i = 1; i < CM_STORE_DEROGATIONS_MAX; i++)
		ask(family, i % 2 == 0 ? &order : &of_session);
	refuse_order(family, &order, CM_ERROR_INVALID_INPUT);
	refuse_order(family, &of_session, CM_ERROR_INVALID_INPUT);
}

/* an approved one keeps exactly its own session */
static void
test_derogation_keeps(void)
{
	g_autoptr(Family) family = family_new();
	CmStoreDerogationOrder order = order_of(family, family->session[0]);
	CmConsentRecord said =
	    record_of(family, CM_CONSENT_KIND_SERVICE, CM_CONSENT_ANSWER_OPPOSED, family->father);
	g_autoptr(CmStoreConsentOutcome) outcome = NULL;

	(void)give(family, CM_CONSENT_KIND_SERVICE, family->mother);
	decide(family, ask(family, &order), 1, CM_DEROGATION_APPROVED, APPROVER, -1);
	book(family, 0, 7, 9, CM_MODE_IN_PERSON);
	book(family, 1, 14, 10, CM_MODE_VIDEO_REMOTE);
	outcome = record(family, &said);
	g_assert_cmpuint(outcome->cancelled->len, ==, 1);
	g_assert_cmpint(get_state(family, 0), ==, CM_BOOKING_PLANNED);
	g_assert_cmpint(get_state(family, 1), ==, CM_BOOKING_CANCELLED);
}

/* ---- guardians, suitability */

static void
test_guardians(void)
{
	g_autoptr(Family) family = family_new();
	CmGuardianship wrong = {family->mother, 10, TRUE};
	CmGuardianship nobody = {999999, 1, TRUE};
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) list = NULL;

	g_assert_false(
	    cm_store_guardianship_set(family->store, family->student, &wrong, ASKER, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	g_assert_false(
	    cm_store_guardianship_set(family->store, family->student, &nobody, ASKER, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	wrong.household = 3;
	g_assert_true(
	    cm_store_guardianship_set(family->store, family->student, &wrong, ASKER, &error));
	g_assert_true(cm_store_guardianship_remove(family->store, family->student, family->father,
						   ASKER, &error));
	g_assert_false(cm_store_guardianship_remove(family->store, family->student, family->father,
						    ASKER, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_clear_error(&error);
	list = cm_store_guardianship_list(family->store, family->student, &error);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_cmpuint(g_array_index(list, CmGuardianship, 0).household, ==, 3);
}

static void
test_suitability(void)
{
	g_autoptr(Family) family = family_new();
	g_autoptr(CmStoreSuitability) answers = cm_store_suitability_new();
	g_autoptr(CmStoreSuitability) second = cm_store_suitability_new();
	g_autoptr(CmStoreSuitability) read = NULL;
	g_autoptr(CmStoreSuitability) none = NULL;
	g_autoptr(GError) error = NULL;

	answers->followup = second->followup = family->followup;
	answers->answered_on = second->answered_on = family->today;
	cm_store_suitability_add_item(answers, "resources", TRUE, NULL);
	cm_store_suitability_add_item(answers, "private-place", FALSE, SECRET);
	g_assert_true(cm_store_suitability_get(family->store, family->followup, &none, &error));
	g_assert_null(none);
	g_assert_true(cm_store_suitability_record(family->store, answers, ASKER, NOW, &error));
	g_assert_true(cm_store_suitability_get(family->store, family->followup, &read, &error));
	g_assert_false(read->suitable);
	g_assert_cmpuint(read->items->len, ==, 2);
	g_assert_cmpstr(((CmStoreSuitabilityItem *)read->items->pdata[1])->note, ==, SECRET);
	cm_store_suitability_add_item(second, "resources", TRUE, NULL);
	g_assert_true(cm_store_suitability_record(family->store, second, ASKER, NOW, &error));
	g_clear_pointer(&read, cm_store_suitability_free);
	g_assert_true(cm_store_suitability_get(family->store, family->followup, &read, &error));
	g_assert_true(read->suitable);
	g_assert_cmpuint(read->items->len, ==, 1);
	for (guint i = 2; i < CM_STORE_SUITABILITY_MAX; i++)
		g_assert_true(
		    cm_store_suitability_record(family->store, second, ASKER, NOW, &error));
	g_assert_false(cm_store_suitability_record(family->store, second, ASKER, NOW, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_clear_error(&error);
	second->followup = 999999;
	g_assert_false(cm_store_suitability_record(family->store, second, ASKER, NOW, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-consent/round-trip", test_round_trip);
	g_test_add_func("/store-consent/refused", test_refused);
	g_test_add_func("/store-consent/withdrawal", test_withdrawal);
	g_test_add_func("/store-consent/opposition", test_opposition);
	g_test_add_func("/store-consent/contact-leaves", test_contact_leaves);
	g_test_add_func("/store-consent/derogation", test_derogation);
	g_test_add_func("/store-consent/derogation-refused", test_derogation_refused);
	g_test_add_func("/store-consent/derogation-cap", test_derogation_cap);
	g_test_add_func("/store-consent/derogation-keeps", test_derogation_keeps);
	g_test_add_func("/store-consent/guardians", test_guardians);
	g_test_add_func("/store-consent/suitability", test_suitability);
	return g_test_run();
}
