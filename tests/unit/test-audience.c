// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/audience.h"
#include "include/cm-message.h"
#include "tests/unit/consent-fixture.h"

/* Video and releases, the day of the birthday, and who is told and sees what. */

/* video, with services consented to by both */
typedef struct {
	const gchar *name;
	const gchar *profession;
	CmWord words[WORDS_MAX - 2];
	const gchar *date;
	CmConsentState school;
	CmConsentState home;
	guint8 modes;
	CmEffect effect_school;
	CmEffect effect_home;
} VideoCase;

#define IN_PERSON CM_MODE_FLAG(CM_MODE_IN_PERSON)
#define AT_SCHOOL CM_MODE_FLAG(CM_MODE_VIDEO_SCHOOL)
#define AT_HOME CM_MODE_FLAG(CM_MODE_VIDEO_REMOTE)

static const VideoCase video_cases[] = {
    {"advice warns", "psychologue", {{0}}, BELOW, NONE, NONE, CM_MODES_ALL, WARN, WARN},
    {"no rule is silent",
     "psychoeducateur",
     {{0}},
     BELOW,
     NONE,
     NONE,
     CM_MODES_ALL,
     INFORM,
     INFORM},
    {"an employer's rule blocks",
     "+psychologue",
     {{0}},
     BELOW,
     NONE,
     NONE,
     IN_PERSON,
     BLOCK,
     BLOCK},
    {"given",
     "+psychologue",
     {{MOTHER, TELE, YES, "2026-09-01"}},
     BELOW,
     PRESUMED,
     PRESUMED,
     CM_MODES_ALL,
     INFORM,
     INFORM},
    {"one mode",
     "+psychologue",
     {{MOTHER, .kind = CM_CONSENT_KIND_TELEPRACTICE, .modes = AT_SCHOOL, YES, "2026-09-01"}},
     BELOW,
     PRESUMED,
     NONE,
     IN_PERSON | AT_SCHOOL,
     INFORM,
     BLOCK},
    {"not from home any more",
     "psychologue",
     {{MOTHER, TELE, YES, "2026-09-01"},
      {MOTHER, .kind = CM_CONSENT_KIND_TELEPRACTICE, .modes = AT_HOME, NO, "2026-09-20"}},
     BELOW,
     PRESUMED,
     OPPOSED,
     IN_PERSON | AT_SCHOOL,
     INFORM,
     BLOCK},
    {"refused, whatever the kind of rule",
     "psychologue",
     {{FATHER, TELE, NO, "2026-09-01"}},
     BELOW,
     OPPOSED,
     OPPOSED,
     IN_PERSON,
     BLOCK,
     BLOCK},
    {"withdrawn, whatever the kind of rule",
     "psychologue",
     {{MOTHER, TELE, YES, "2026-09-01", .withdrawn = BELOW}},
     BELOW,
     WITHDRAWN,
     WITHDRAWN,
     IN_PERSON,
     BLOCK,
     BLOCK},
    {"withdrawn, and no rule at all",
     "psychoeducateur",
     {{MOTHER, TELE, YES, "2026-09-01", .withdrawn = BELOW}},
     BELOW,
     WITHDRAWN,
     WITHDRAWN,
     IN_PERSON,
     BLOCK,
     BLOCK},
    {"withdrawn by one of two",
     "psychologue",
     {{MOTHER, TELE, YES, "2026-09-01"},
      {FATHER, TELE, YES, "2026-09-01", .withdrawn = "2026-10-01"}},
     BELOW,
     WITHDRAWN,
     WITHDRAWN,
     IN_PERSON,
     BLOCK,
     BLOCK},
    {"expired",
     "psychologue",
     {{MOTHER, TELE, YES, "2026-09-01", .until = "2026-10-01"}},
     BELOW,
     EXPIRED,
     EXPIRED,
     CM_MODES_ALL,
     WARN,
     WARN},
    {"expired under an employer's rule",
     "+psychologue",
     {{MOTHER, TELE, YES, "2026-09-01", .until = "2026-10-01"}},
     BELOW,
     EXPIRED,
     EXPIRED,
     IN_PERSON,
     BLOCK,
     BLOCK},
    {"own", "+psychologue", {{0, TELE, YES, TURNS}}, TURNS, OWN, OWN, CM_MODES_ALL, WARN, WARN},
    {"a child's",
     "+psychologue",
     {{0, TELE, YES, "2026-10-01"}},
     BELOW,
     NONE,
     NONE,
     IN_PERSON,
     BLOCK,
     BLOCK},
};

static void
test_video(gconstpointer data)
{
	const VideoCase *test = data;
	CmWord words[WORDS_MAX] = {{MOTHER, SERVICE, YES, "2026-09-01"},
				   {FATHER, SERVICE, YES, "2026-09-01"}};
	g_autoptr(CmConsentFile) file = NULL;
	g_autoptr(CmConsentStatus) status = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(test->words); i++)
		words[i + 2] = test->words[i];
	file = cm_consent_fixture_make_file(BORN, (CmFamily){.father = TRUE}, words);
	status = cm_consent_status_new(file, cm_consent_fixture_find_policy(test->profession),
				       cm_consent_fixture_day(test->date));
	g_assert_cmpstr(cm_consent_state_to_string(
			    cm_consent_status_get_verdict(status, CM_CONSENT_KIND_TELEPRACTICE,
							  CM_MODE_VIDEO_SCHOOL)
				->state),
			==, cm_consent_state_to_string(test->school));
	g_assert_cmpstr(cm_consent_state_to_string(
			    cm_consent_status_get_verdict(status, CM_CONSENT_KIND_TELEPRACTICE,
							  CM_MODE_VIDEO_REMOTE)
				->state),
			==, cm_consent_state_to_string(test->home));
	g_assert_cmpuint(status->modes, ==, test->modes);
	g_assert_cmpint(cm_consent_status_get_effect(status, CM_MODE_VIDEO_SCHOOL), ==,
			test->effect_school);
	g_assert_cmpint(cm_consent_status_get_effect(status, CM_MODE_VIDEO_REMOTE), ==,
			test->effect_home);
}

/* the exact day, also for who was born on February 29 */
static void
test_birthday(void)
{
	static const struct {
		const gchar *born;
		const gchar *turns;
	} days[] = {{"2012-10-15", "2026-10-15"}, {"2012-02-29", "2026-03-01"},
		    {"2012-03-01", "2026-03-01"}, {"2012-02-28", "2026-02-28"},
		    {"2014-02-29", NULL},         {"2011-12-31", "2025-12-31"},
		    {"2014-02-28", "2028-02-28"}, {"2010-03-01", "2024-03-01"}};

	for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
		const CmWord nothing[WORDS_MAX] = {{0}};
		g_autoptr(CmConsentFile) file = NULL;
		g_autoptr(CmConsentStatus) before = NULL;
		g_autoptr(CmConsentStatus) after = NULL;

		if (days[i].turns == NULL)
			continue;
		file = cm_consent_fixture_make_file(days[i].born, (CmFamily){0}, nothing);
		g_assert_cmpint(cm_consent_file_get_birthday(file, 14), ==,
				cm_consent_fixture_day(days[i].turns));
		before = cm_consent_status_new(file, cm_consent_fixture_find_policy("psychologue"),
					       cm_consent_fixture_day(days[i].turns) - 1);
		after = cm_consent_status_new(file, cm_consent_fixture_find_policy("psychologue"),
					      cm_consent_fixture_day(days[i].turns));
		g_assert_false(before->alone);
		g_assert_true(after->alone);
		g_assert_cmpint(after->alone_from, ==, cm_consent_fixture_day(days[i].turns));
	}
}

static gchar *
describe_audience(const CmConsentFile *file, const gchar *date)
{
	g_autoptr(GArray) audience = cm_audience_find(
	    file, cm_consent_fixture_find_policy("psychologue"), cm_consent_fixture_day(date));
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < audience->len; i++) {
		const CmAudienceMember *member = &g_array_index(audience, CmAudienceMember, i);

		g_string_append_printf(text, "%s%s %d/%u", i > 0 ? " " : "",
				       cm_resource_to_string(member->kind), (gint)member->number,
				       member->household);
	}
	return g_string_free(text, FALSE);
}

static void
test_audience(void)
{
	const CmWord nothing[WORDS_MAX] = {{0}};
	const CmWord parents[WORDS_MAX] = {{MOTHER, .kind = CM_CONSENT_KIND_RELEASE, YES,
					    "2026-09-01", .purpose = CM_CONSENT_PURPOSE_PARENTS}};
	const CmWord own[WORDS_MAX] = {{0, .kind = CM_CONSENT_KIND_RELEASE, YES, TURNS,
					.purpose = CM_CONSENT_PURPOSE_PARENTS, .withdrawn = LATER}};
	g_autoptr(CmConsentFile) file =
	    cm_consent_fixture_make_file(BORN, (CmFamily){.father = TRUE}, nothing);
	g_autoptr(CmConsentFile) pushed =
	    cm_consent_fixture_make_file(BORN, (CmFamily){.father = TRUE}, parents);
	g_autoptr(CmConsentFile) allowed =
	    cm_consent_fixture_make_file(BORN, (CmFamily){.father = TRUE}, own);
	g_autofree gchar *below = describe_audience(file, BELOW);
	g_autofree gchar *turned = describe_audience(file, TURNS);
	g_autofree gchar *by_parents = describe_audience(pushed, TURNS);
	g_autofree gchar *by_student = describe_audience(allowed, TURNS);
	g_autofree gchar *taken_back = describe_audience(allowed, LATER);

	g_assert_cmpstr(below, ==, "contact 11/1 contact 12/2");
	g_assert_cmpstr(turned, ==, "student 7/0");
	g_assert_cmpstr(by_parents, ==, "student 7/0");
	g_assert_cmpstr(by_student, ==, "student 7/0 contact 11/1 contact 12/2");
	g_assert_cmpstr(taken_back, ==, "student 7/0");
}

/* no household sees what another one answered, nor the parents what the student did */
static void
test_households(void)
{
	const CmWord words[WORDS_MAX] = {{MOTHER, SERVICE, YES, "2026-09-01"},
					 {FATHER, SERVICE, NO, "2026-09-02"},
					 {UNCLE, SERVICE, YES, "2026-09-03"},
					 {0, SERVICE, YES, TURNS}};
	static const struct {
		gint64 viewer;
		gboolean sees[4];
	} views[] = {{MOTHER, {TRUE, FALSE, TRUE, FALSE}},
		     {FATHER, {FALSE, TRUE, FALSE, FALSE}},
		     {UNCLE, {TRUE, FALSE, TRUE, FALSE}},
		     {CM_CONSENT_STUDENT, {FALSE, FALSE, FALSE, TRUE}},
		     {99, {FALSE, FALSE, FALSE, FALSE}}};
	g_autoptr(CmConsentFile) file =
	    cm_consent_fixture_make_file(BORN, (CmFamily){.father = TRUE}, words);

	for (guint i = 0; i < G_N_ELEMENTS(views); i++) {
		for (guint j = 0; j < file->statements->len; j++)
			g_assert_cmpint(cm_audience_may_see(file, views[i].viewer,
							    &g_array_index(file->statements,
									   CmConsentStatement, j)),
					==, views[i].sees[j]);
	}
}

static void
test_releases(void)
{
	const CmWord words[WORDS_MAX] = {
	    {MOTHER, .kind = CM_CONSENT_KIND_RELEASE, YES, "2026-09-01", .purpose = "CLSC"},
	    {MOTHER, .kind = CM_CONSENT_KIND_RELEASE, YES, "2026-09-01", .until = "2026-10-01",
	     .purpose = "orthophoniste du privé"},
	    {FATHER, .kind = CM_CONSENT_KIND_RELEASE, NO, "2026-09-02", .purpose = "CLSC"}};
	g_autoptr(CmConsentFile) file =
	    cm_consent_fixture_make_file(BORN, (CmFamily){.father = TRUE}, words);
	g_autoptr(CmConsentStatus) early =
	    cm_consent_status_new(file, cm_consent_fixture_find_policy("psychologue"),
				  cm_consent_fixture_day("2026-09-01"));
	g_autoptr(CmConsentStatus) late = cm_consent_status_new(
	    file, cm_consent_fixture_find_policy("psychologue"), cm_consent_fixture_day(BELOW));

	g_assert_true(cm_consent_status_may_release(early, "CLSC"));
	g_assert_true(cm_consent_status_may_release(early, "orthophoniste du privé"));
	g_assert_false(cm_consent_status_may_release(early, "un autre"));
	g_assert_false(cm_consent_status_may_release(late, "CLSC"));
	g_assert_false(cm_consent_status_may_release(late, "orthophoniste du privé"));
	g_assert_cmpuint(late->verdicts->len, ==, 5);
	g_assert_null(cm_consent_status_get_verdict(late, CM_CONSENT_KIND_RELEASE, 0));
}

gint
main(gint argc, gchar **argv)
{
	gint status;

	g_test_init(&argc, &argv, NULL);
	cm_message_init_locale("en");
	cm_consent_fixture_open();
	for (guint i = 0; i < G_N_ELEMENTS(video_cases); i++) {
		g_autofree gchar *path = g_strdup_printf("/audience/video/%s", video_cases[i].name);

		g_test_add_data_func(path, &video_cases[i], test_video);
	}
	g_test_add_func("/audience/birthday", test_birthday);
	g_test_add_func("/audience/members", test_audience);
	g_test_add_func("/audience/households", test_households);
	g_test_add_func("/audience/releases", test_releases);
	status = g_test_run();
	cm_consent_fixture_close();
	return status;
}
