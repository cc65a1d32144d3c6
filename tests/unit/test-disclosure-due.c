// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/disclosure-due.h"

#include "daemon/policy/policy-loader.h"

#include <glib/gstdio.h>
#include <string.h>

/* How long an access request and a transfer take: by which rule, of which policy, and until which day. */

#define RULE(id, kind, confidence, more)                                                           \
	"[Rule " id "]\nKind=" kind "\nConfidence=" confidence                                     \
	"\nSource=https://example.org\nArticle=1\nRead=2026-01-01\n" more                          \
	"Text[fr]=Un\nText[en]=One\n"
#define ACCESS(more) RULE("access_request.max_days", "law", "high", more)
#define EXTENSION(more) RULE("access_request.extension_days", "law", "high", more)
#define WAIT(kind, confidence, more)                                                               \
	RULE("transfer_to_third_party.min_delay_after_signed_authorization", kind, confidence, more)
#define WAIVER(more) RULE("transfer_to_third_party.waiver_in_emergency", "order-rule", "high", more)

static void
put_policy(const gchar *folder, const gchar *profession, const gchar *rules)
{
	g_autofree gchar *name = g_strconcat(profession, ".policy", NULL);
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	g_autofree gchar *text =
	    g_strconcat("[Policy]\nProfession=", profession, "\n", rules, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void
remove_policy(const gchar *folder, const gchar *profession)
{
	g_autofree gchar *name = g_strconcat(profession, ".policy", NULL);
	g_autofree gchar *path = g_build_filename(folder, name, NULL);

	g_assert_cmpint(g_remove(path), ==, 0);
}

/* two professions, whose policies have these rules */
static CmPolicySet *
load_pair(const gchar *dancer, const gchar *singer)
{
	g_autofree gchar *folder = g_dir_make_tmp("comodal-disclosure-due-XXXXXX", NULL);
	const gchar *const directories[] = {folder, NULL};
	g_autoptr(GError) error = NULL;
	CmPolicySet *policies = NULL;

	put_policy(folder, "danseur", dancer);
	put_policy(folder, "chanteur", singer);
	policies = cm_policy_loader_load(directories, NULL, &error);
	g_assert_no_error(error);
	remove_policy(folder, "danseur");
	remove_policy(folder, "chanteur");
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	return policies;
}

/* ---- which rule */

static void
test_fewest(void)
{
	g_autoptr(CmPolicySet) both = load_pair(ACCESS("Value=20\n") EXTENSION("Value=5\n"),
						ACCESS("Value=15\n") EXTENSION("Value=10\n"));
	g_autoptr(CmPolicySet) repealed = load_pair(
	    ACCESS("Value=20\n"), ACCESS("Value=15\nRepealed=true\n") EXTENSION("Value=3\n"));
	g_autoptr(CmPolicySet) none = load_pair("", "");

	g_assert_cmpint(cm_disclosure_due_find_delay(both)->number, ==, 15);
	g_assert_cmpint(cm_disclosure_due_find_extension(both)->number, ==, 5);
	g_assert_cmpint(cm_disclosure_due_find_delay(repealed)->number, ==, 20);
	g_assert_cmpint(cm_disclosure_due_find_extension(repealed)->number, ==, 3);
	g_assert_null(cm_disclosure_due_find_delay(none));
	g_assert_null(cm_disclosure_due_find_extension(none));
}

/* what a rule says of a transfer: of whose profession, how many days, and whether they can be renounced */
static const struct {
	const gchar *dancer;
	const gchar *singer;
	const gchar *profession;
	gint days; /* 0: nothing waits */
	gboolean waivable;
} waits[] = {
    {WAIT("law", "high", "Value=15\n") WAIVER("Value=true\n"), "", "danseur", 15, TRUE},
    /* a profession that has a policy without such a rule waits for nothing */
    {WAIT("law", "high", "Value=15\n") WAIVER("Value=true\n"), "", "chanteur", 0, FALSE},
    /* whose profession nobody knows, or has no policy, waits for the most of all, with that one's waiver */
    {WAIT("law", "high", "Value=15\n") WAIVER("Value=true\n"), WAIT("law", "high", "Value=30\n"),
     NULL, 30, FALSE},
    {WAIT("law", "high", "Value=30\n") WAIVER("Value=true\n"), WAIT("law", "high", "Value=15\n"),
     "mime", 30, TRUE},
    {WAIT("law", "high", "Value=15\n") WAIVER("Value=false\n"), "", "danseur", 15, FALSE},
    {WAIT("law", "high", "Value=15\n") WAIVER("Value=true\nRepealed=true\n"), "", "danseur", 15,
     FALSE},
    {WAIT("law", "high", "Value=15\nRepealed=true\n"), "", "danseur", 0, FALSE},
    /* advice, and what nobody is sure of, refuses nothing */
    {WAIT("order-advice", "high", "Value=15\n"), "", "danseur", 0, FALSE},
    {WAIT("law", "low", "Value=15\n"), "", "danseur", 0, FALSE},
    {"", "", NULL, 0, FALSE},
};

static void
test_wait(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
		g_autoptr(CmPolicySet) policies = load_pair(waits[i].dancer, waits[i].singer);
		gboolean waivable = !waits[i].waivable;
		const CmRule *rule =
		    cm_disclosure_due_find_wait(policies, waits[i].profession, &waivable);

		g_test_message("%u", i);
		g_assert_cmpint(rule != NULL ? rule->number : 0, ==, waits[i].days);
		g_assert_cmpint(waivable, ==, waits[i].waivable);
	}
}

/* ---- until which day */

static const struct {
	const gchar *since;
	gint days;
	gint more; /* that it may be extended by; 0: no rule gives any */
	const gchar *answered;
	const gchar *extended;
	const gchar *sent; /* from which day on, had `days` to pass between */
} days[] = {
    {"2026-09-01", 20, 10, "2026-09-21", "2026-10-01", "2026-09-22"},
    /* over the ends of months and of a year */
    {"2026-01-31", 20, 10, "2026-02-20", "2026-03-02", "2026-02-21"},
    {"2026-12-20", 20, 10, "2027-01-09", "2027-01-19", "2027-01-10"},
    /* a leap day counts as any other; 2100 has none */
    {"2028-02-10", 20, 10, "2028-03-01", "2028-03-11", "2028-03-02"},
    {"2027-02-10", 20, 10, "2027-03-02", "2027-03-12", "2027-03-03"},
    {"2028-02-29", 15, 0, "2028-03-15", "2028-03-15", "2028-03-16"},
    {"2100-02-20", 20, 0, "2100-03-12", "2100-03-12", "2100-03-13"},
    /* civil days: a last day may be a Saturday, Christmas, or the first of January */
    {"2026-11-15", 20, 20, "2026-12-05", "2026-12-25", "2026-12-06"},
    {"2026-12-12", 20, 0, "2027-01-01", "2027-01-01", "2027-01-02"},
    /* neither the hour that is missing in March nor the one that comes twice in November is a day */
    {"2026-03-01", 20, 10, "2026-03-21", "2026-03-31", "2026-03-22"},
    {"2026-10-25", 20, 10, "2026-11-14", "2026-11-24", "2026-11-15"},
};

static void
check_day(CmDay day, const gchar *expected)
{
	gchar text[CM_DAY_TEXT_SIZE];

	g_assert_cmpstr(cm_day_format(day, text), ==, expected);
}

static void
test_days(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
		const CmRule delay = {.number = days[i].days};
		const CmRule extension = {.number = days[i].more};
		const CmRule *more = days[i].more != 0 ? &extension : NULL;
		CmDay since = CM_DAY_NONE;

		g_assert_true(cm_day_parse(days[i].since, &since));
		check_day(cm_disclosure_due_count_answer(&delay, more, FALSE, since),
			  days[i].answered);
		check_day(cm_disclosure_due_count_answer(&delay, more, TRUE, since),
			  days[i].extended);
		check_day(cm_disclosure_due_count_transfer(&delay, FALSE, since), days[i].sent);
		check_day(cm_disclosure_due_count_transfer(&delay, TRUE, since), days[i].since);
	}
}

/* without a rule nothing is late, and nothing waits */
static void
test_no_rule(void)
{
	const CmRule extension = {.number = 10};

	g_assert_cmpint(cm_disclosure_due_count_answer(NULL, &extension, TRUE, 20000), ==,
			CM_DAY_NONE);
	g_assert_cmpint(cm_disclosure_due_count_transfer(NULL, TRUE, 20000), ==, CM_DAY_NONE);
}

/* ---- what ships: the law's days, where they were read, and that they bind */

static void
check_shipped(const CmRule *rule, gint number, const gchar *article, const gchar *source)
{
	g_assert_nonnull(rule);
	g_assert_cmpint(rule->number, ==, number);
	g_assert_cmpstr(rule->article, ==, article);
	g_assert_nonnull(strstr(rule->source, source));
}

static void
test_shipped(void)
{
	const gchar *const directories[] = {g_getenv("COMODAL_POLICY_DIR"), NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) policies = cm_policy_loader_load(directories, NULL, &error);
	gboolean waivable = FALSE;

	g_assert_no_error(error);
	check_shipped(cm_disclosure_due_find_delay(policies), 20, "A-2.1 art. 47 and 98",
		      "lc/A-2.1");
	check_shipped(cm_disclosure_due_find_extension(policies), 10, "A-2.1 art. 98", "cs/A-2.1");
	check_shipped(cm_disclosure_due_find_wait(policies, "psychologue", &waivable), 15,
		      "C-26, r. 221, art. 10", "r.%20221?code=se:10");
	g_assert_true(waivable);
	check_shipped(cm_disclosure_due_find_wait(policies, NULL, &waivable), 15,
		      "C-26, r. 221, art. 10", "r.%20221?code=se:10");
	g_assert_null(cm_disclosure_due_find_wait(policies, "ergotherapeute", &waivable));
	g_assert_false(waivable);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/disclosure-due/fewest", test_fewest);
	g_test_add_func("/disclosure-due/wait", test_wait);
	g_test_add_func("/disclosure-due/days", test_days);
	g_test_add_func("/disclosure-due/no-rule", test_no_rule);
	g_test_add_func("/disclosure-due/shipped", test_shipped);
	return g_test_run();
}
