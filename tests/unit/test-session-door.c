// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/visio/session-door.h"

#include "daemon/policy/policy-loader.h"

/* 9:00 to 9:45 of some day */
#define START ((gint64)1800003600)
#define END (START + 45 * 60)
#define MINUTE 60

static CmSessionDoor
make_door(CmVisitRole role)
{
	CmSessionDoor door = {.start = START, .end = END, .video = TRUE, .role = role};

	return door;
}

static const gchar *
find(const CmSessionDoor *door, gint64 now)
{
	return cm_session_door_state_to_string(cm_session_door_find(door, now));
}

static void
test_hours(void)
{
	/* each state's first and last second, for each who comes */
	static const struct {
		gint64 at;
		const gchar *guest;
		const gchar *been_in;
		const gchar *host;
	} rows[] = {
	    {START - 86400 * 30, "early", "early", "early"},
	    {START - 15 * MINUTE - 1, "early", "early", "early"},
	    {START - 15 * MINUTE, "open", "open", "open"},
	    {START, "open", "open", "open"},
	    {START + 10 * MINUTE - 1, "open", "open", "open"},
	    {START + 10 * MINUTE, "late", "late", "late"},
	    {END - 1, "late", "late", "late"},
	    {END, "over", "late", "late"},
	    {END + 30 * MINUTE - 1, "over", "late", "late"},
	    {END + 30 * MINUTE, "over", "over", "over"},
	    {END + 86400, "over", "over", "over"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		CmSessionDoor guest = make_door(CM_VISIT_GUEST);
		CmSessionDoor helper = make_door(CM_VISIT_HELPER);
		CmSessionDoor host = make_door(CM_VISIT_HOST);

		g_assert_cmpstr(find(&guest, rows[i].at), ==, rows[i].guest);
		g_assert_cmpstr(find(&helper, rows[i].at), ==, rows[i].guest);
		g_assert_cmpstr(find(&host, rows[i].at), ==, rows[i].host);
		guest.been_in = TRUE;
		g_assert_cmpstr(find(&guest, rows[i].at), ==, rows[i].been_in);
	}
}

static void
test_states(void)
{
	CmSessionDoor door = make_door(CM_VISIT_GUEST);

	door.cancelled = TRUE;
	g_assert_cmpstr(find(&door, START), ==, "cancelled");
	g_assert_cmpstr(find(&door, END + 86400), ==, "cancelled");
	door.cancelled = FALSE;
	door.video = FALSE;
	g_assert_cmpstr(find(&door, START), ==, "in-person");
	door.video = TRUE;
	door.other_link = TRUE;
	g_assert_cmpstr(find(&door, START - 86400), ==, "other-link");
	g_assert_cmpstr(find(&door, START), ==, "other-link");
	g_assert_cmpstr(find(&door, END), ==, "over");
	door.other_link = FALSE;
	door.down = TRUE;
	g_assert_cmpstr(find(&door, START - 86400), ==, "early");
	g_assert_cmpstr(find(&door, START), ==, "down");
	g_assert_cmpstr(find(&door, END), ==, "over");
}

static void
test_moved(void)
{
	CmSessionDoor door = make_door(CM_VISIT_GUEST);

	/* they know the day before, at the same hour */
	door.told_start = START - 86400;
	door.told_end = END - 86400;
	g_assert_cmpstr(find(&door, START - 86400 - 15 * MINUTE - 1), ==, "early");
	g_assert_cmpstr(find(&door, START - 86400 - 15 * MINUTE), ==, "moved");
	g_assert_cmpstr(find(&door, END - 86400 - 1), ==, "moved");
	g_assert_cmpstr(find(&door, END - 86400), ==, "early");
	g_assert_cmpstr(find(&door, START), ==, "open");
	/* and the day after: it was brought forward, and they missed it */
	door.told_start = START + 86400;
	door.told_end = END + 86400;
	g_assert_cmpstr(find(&door, START), ==, "open");
	g_assert_cmpstr(find(&door, END), ==, "over");
	g_assert_cmpstr(find(&door, START + 86400), ==, "moved");
	/* moved by so little that it is open at either hour */
	door.told_start = START + 5 * MINUTE;
	door.told_end = END + 5 * MINUTE;
	g_assert_cmpstr(find(&door, START), ==, "open");
}

static void
test_ended(void)
{
	CmSessionDoor guest = make_door(CM_VISIT_GUEST);
	CmSessionDoor host = make_door(CM_VISIT_HOST);

	guest.been_in = TRUE;
	guest.ended_at = START + 20 * MINUTE;
	host.ended_at = guest.ended_at;
	g_assert_cmpstr(find(&guest, START + 20 * MINUTE), ==, "over");
	g_assert_cmpstr(find(&host, START + 20 * MINUTE), ==, "late");
	/* of the hour before it was moved */
	guest.ended_at = START - 15 * MINUTE - 1;
	g_assert_cmpstr(find(&guest, START), ==, "open");
}

/* whenever the answer changes, that was the next instant */
static void
test_next(void)
{
	CmSessionDoor door = make_door(CM_VISIT_GUEST);
	gint64 next = 0;

	door.told_start = START - 7200;
	door.told_end = END - 7200;
	next = cm_session_door_get_next(&door, START - 86400);
	for (gint64 now = START - 86400; now < END + 86400; now++) {
		if (cm_session_door_find(&door, now) == cm_session_door_find(&door, now - 1))
			continue;
		g_assert_cmpint(cm_session_door_get_next(&door, now - 1), ==, now);
	}
	g_assert_cmpint(next, ==, START - 7200 - 15 * MINUTE);
	g_assert_cmpint(cm_session_door_get_next(&door, END), ==, 0);
	g_assert_true(cm_session_door_is_open(CM_SESSION_DOOR_LATE));
	g_assert_false(cm_session_door_is_open(CM_SESSION_DOOR_DOWN));
}

static CmPolicySet *
load_policies(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "policies", NULL);
	const gchar *const folders[] = {folder, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies = cm_policy_loader_load(folders, faults, &error);

	g_assert_no_error(error);
	return policies;
}

static void
test_questions(void)
{
	g_autoptr(CmPolicySet) policies = load_policies();
	const CmPolicy *psychologue = cm_policy_set_lookup(policies, "psychologue");
	const CmPolicy *psychoeducateur = cm_policy_set_lookup(policies, "psychoeducateur");
	const CmPolicy *orthophoniste = cm_policy_set_lookup(policies, "orthophoniste");

	g_assert_cmpuint(cm_session_door_find_questions(psychologue, CM_VISIT_GUEST, FALSE), ==,
			 CM_SESSION_DOOR_PHONE | CM_SESSION_DOOR_CONSENT);
	g_assert_cmpuint(cm_session_door_find_questions(psychologue, CM_VISIT_GUEST, TRUE), ==,
			 CM_SESSION_DOOR_PHONE);
	g_assert_cmpuint(cm_session_door_find_questions(psychoeducateur, CM_VISIT_GUEST, FALSE), ==,
			 CM_SESSION_DOOR_PLACE | CM_SESSION_DOOR_COMPANION);
	g_assert_cmpuint(cm_session_door_find_questions(orthophoniste, CM_VISIT_GUEST, TRUE), ==,
			 0);
	g_assert_cmpuint(cm_session_door_find_questions(psychologue, CM_VISIT_HOST, FALSE), ==, 0);
	g_assert_cmpuint(cm_session_door_find_questions(psychologue, CM_VISIT_INTERPRETER, FALSE),
			 ==, 0);
	g_assert_cmpuint(cm_session_door_find_questions(NULL, CM_VISIT_GUEST, FALSE), ==, 0);
	g_assert_true(cm_session_door_needs_own_link(psychoeducateur));
	g_assert_false(cm_session_door_needs_own_link(psychologue));
	g_assert_false(cm_session_door_needs_own_link(NULL));
}

#define SETTING(id, values)                                                                        \
	"[Rule " id "]\nKind=employer-rule\nSource=https://css.example\nArticle=1\n"               \
	"Read=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n" values "\n"

/* what an organisation asks and waits for, where no order says anything */
static void
test_settings(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) policies = cm_policy_loader_load_text(
	    "danseur",
	    "[Policy]\nProfession=danseur\n" SETTING(
		"telepractice.door_questions",
		"Value=companion;phone\nValue[fr]=qui;un numéro\nValue[en]=who;a number")
		SETTING("telepractice.late_minutes", "Value=5"),
	    NULL, NULL, &error);
	const CmPolicy *policy = NULL;
	CmSessionDoor door = make_door(CM_VISIT_GUEST);

	g_assert_no_error(error);
	policy = cm_policy_set_lookup(policies, "danseur");
	g_assert_cmpuint(cm_session_door_find_questions(policy, CM_VISIT_GUEST, FALSE), ==,
			 CM_SESSION_DOOR_COMPANION | CM_SESSION_DOOR_PHONE);
	g_assert_cmpint(cm_session_door_find_late(NULL), ==, 0);
	g_assert_cmpint(cm_session_door_find_late(policy), ==, 5 * MINUTE);
	door.late_after = cm_session_door_find_late(policy);
	g_assert_cmpstr(find(&door, START + 5 * MINUTE - 1), ==, "open");
	g_assert_cmpstr(find(&door, START + 5 * MINUTE), ==, "late");
	g_assert_cmpint(cm_session_door_get_next(&door, START), ==, START + 5 * MINUTE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session-door/hours", test_hours);
	g_test_add_func("/session-door/states", test_states);
	g_test_add_func("/session-door/moved", test_moved);
	g_test_add_func("/session-door/ended", test_ended);
	g_test_add_func("/session-door/next", test_next);
	g_test_add_func("/session-door/questions", test_questions);
	g_test_add_func("/session-door/settings", test_settings);
	return g_test_run();
}
