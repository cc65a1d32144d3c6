// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-loader.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a drop-in may do, in which order they are read, and what is refused of them. */

#define HEAD "[Policy]\nProfession=danseur\n"
#define REST "Source=https://example.org\nArticle=1\nRead=2026-01-01\nText[fr]=Un\nText[en]=One\n"

static const gchar full[] =
    HEAD "[Day]\nBufferMinutes=10\nMaxSessions=6\nMaxMinutes=300\nMaxSites=2\n"
	 "MaxConsecutiveVideoMinutes=120\nBreakMinutes=30\n"
	 "[Act suivi]\nModalities=in-person;video\nStudentPresent=true\nFirstInPerson=true\n"
	 "InPersonEvery=4\nMinGapDays=4\nMaxGapDays=28\nCompanionBelowAge=9\nGuardianBelowAge=14\n"
	 "[Act parents]\nStudentPresent=false\nModalities=video\n";

typedef struct {
	const gchar *name;
	const gchar *text;
	gboolean taken;
} Case;

/* over `full`: each key equal, tighter and looser */
static const Case cases[] = {
    {"buffer-same", "[Day]\nBufferMinutes=10\n", TRUE},
    {"buffer-more", "[Day]\nBufferMinutes=15\n", TRUE},
    {"buffer-less", "[Day]\nBufferMinutes=5\n", FALSE},
    {"sessions-same", "[Day]\nMaxSessions=6\n", TRUE},
    {"sessions-less", "[Day]\nMaxSessions=5\n", TRUE},
    {"sessions-more", "[Day]\nMaxSessions=7\n", FALSE},
    {"minutes-less", "[Day]\nMaxMinutes=299\n", TRUE},
    {"minutes-more", "[Day]\nMaxMinutes=301\n", FALSE},
    {"sites-less", "[Day]\nMaxSites=1\n", TRUE},
    {"video-less", "[Day]\nMaxConsecutiveVideoMinutes=90\n", TRUE},
    {"video-more", "[Day]\nMaxConsecutiveVideoMinutes=121\n", FALSE},
    {"break-more", "[Day]\nBreakMinutes=31\n", TRUE},
    {"break-less", "[Day]\nBreakMinutes=29\n", FALSE},
    {"modalities-fewer", "[Act suivi]\nModalities=in-person\nFirstInPerson=true\n", TRUE},
    {"modalities-more", "[Act parents]\nModalities=in-person;video\n", FALSE},
    {"modalities-other", "[Act parents]\nModalities=in-person\n", FALSE},
    {"present-same", "[Act suivi]\nStudentPresent=true\n", TRUE},
    {"present-other", "[Act suivi]\nStudentPresent=false\n", FALSE},
    {"absent-other", "[Act parents]\nStudentPresent=true\n", FALSE},
    {"first-same", "[Act suivi]\nFirstInPerson=true\n", TRUE},
    {"first-not", "[Act suivi]\nFirstInPerson=false\n", FALSE},
    {"every-less", "[Act suivi]\nInPersonEvery=3\n", TRUE},
    {"every-more", "[Act suivi]\nInPersonEvery=5\n", FALSE},
    {"min-gap-more", "[Act suivi]\nMinGapDays=5\n", TRUE},
    {"min-gap-less", "[Act suivi]\nMinGapDays=3\n", FALSE},
    {"max-gap-less", "[Act suivi]\nMaxGapDays=27\n", TRUE},
    {"max-gap-more", "[Act suivi]\nMaxGapDays=29\n", FALSE},
    {"companion-more", "[Act suivi]\nCompanionBelowAge=10\n", TRUE},
    {"companion-less", "[Act suivi]\nCompanionBelowAge=8\n", FALSE},
    {"guardian-more", "[Act suivi]\nGuardianBelowAge=15\n", TRUE},
    {"guardian-less", "[Act suivi]\nGuardianBelowAge=13\n", FALSE},
    {"new-act", "[Act danse]\nStudentPresent=false\nMinGapDays=1\n", TRUE},
    {"first-limit", "[Act parents]\nMinGapDays=1\n", TRUE},
    {"contradiction", "[Act suivi]\nMinGapDays=29\n", FALSE},
};

static void
test_case(gconstpointer data)
{
	const Case *test = data;
	const gchar *drop_ins[] = {test->text, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", full, drop_ins, faults, &error);

	if (test->taken) {
		g_assert_no_error(error);
		g_assert_nonnull(set);
		return;
	}
	g_assert_null(set);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
}

/* both files and lines are named, and what is equal to nothing loosens nothing */
static void
test_names_both(void)
{
	const gchar *drop_ins[] = {"[Day]\nMaxSites=1\n", "# why\n[Day]\n\nMaxSites=2\n", NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", full, drop_ins, faults, NULL);
	const CmFault *fault = NULL;
	g_autofree gchar *english = NULL;

	g_assert_null(set);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
	fault = cm_faults_get(faults, 0);
	g_assert_cmpstr(fault->file, ==, "danseur.policy.d/2.conf");
	g_assert_cmpuint(fault->line, ==, 4);
	english = cm_message_to_english(fault->message);
	g_assert_cmpstr(
	    english, ==,
	    "A lower layer may only tighten: 2 loosens 1 of danseur.policy.d/1.conf:2.");
}

/* a break is a way out of a limited run, and no limit of its own */
static void
test_break(void)
{
	static const gchar limited[] = HEAD "[Day]\nMaxConsecutiveVideoMinutes=120\n";
	const gchar *way_out[] = {"[Day]\nBreakMinutes=30\n", NULL};
	const gchar *both[] = {"[Day]\nMaxConsecutiveVideoMinutes=90\nBreakMinutes=30\n", NULL};
	g_autoptr(CmPolicySet) refused =
	    cm_policy_loader_load_text("danseur", limited, way_out, NULL, NULL);
	g_autoptr(CmPolicySet) refused_too =
	    cm_policy_loader_load_text("danseur", limited, both, NULL, NULL);
	g_autoptr(CmPolicySet) taken =
	    cm_policy_loader_load_text("danseur", HEAD, both, NULL, NULL);

	g_assert_null(refused);
	g_assert_null(refused_too);
	g_assert_nonnull(taken);
	g_assert_cmpint(cm_policy_get_day_limits(cm_policy_set_get(taken, 0))->break_minutes, ==,
			30);
}

/* the rules: over a law of 20 days that warns, and one of 15 that blocks */
static const gchar ruled[] = HEAD
    "[Rule access_request.max_days]\nKind=law\nConfidence=high\nValue=20\n" REST
    "[Rule record.retention_min]\nKind=order-rule\nConfidence=medium\nValue=5\n" REST
    "[Rule record.required_elements]\nKind=law\nConfidence=high\nValue=a;b\nValue[fr]=un;deux\n"
    "Value[en]=one;two\n" REST
    "[Rule consent.services.form]\nKind=order-rule\nConfidence=high\nValue=verbal-or-written\n" REST
    "[Rule consent.care_required.minor_age_alone]\nKind=law\nConfidence=high\nValue=14\n" REST
    "[Rule telepractice.consent_required]\nKind=order-advice\nConfidence=high\nValue=true\n" REST;

#define OWN(id, value) "[Rule " id "]\nKind=employer-rule\nConfidence=high\n" value "\n" REST

static const Case rule_cases[] = {
    {"fewer-days", OWN("access_request.max_days", "Value=15"), TRUE},
    {"more-days", OWN("access_request.max_days", "Value=21"), FALSE},
    {"longer-retention", OWN("record.retention_min", "Value=7"), TRUE},
    {"shorter-retention", OWN("record.retention_min", "Value=4"), FALSE},
    {"more-elements",
     OWN("record.required_elements", "Value=b;c;a\nValue[fr]=1;2;3\nValue[en]=1;2;3"), TRUE},
    {"other-elements", OWN("record.required_elements", "Value=a;c\nValue[fr]=1;2\nValue[en]=1;2"),
     FALSE},
    {"written", OWN("consent.services.form", "Value=written"), TRUE},
    {"other-age", OWN("consent.care_required.minor_age_alone", "Value=15"), FALSE},
    {"other-age-down", OWN("consent.care_required.minor_age_alone", "Value=13"), FALSE},
    {"advice-made-rule", OWN("telepractice.consent_required", "Value=true"), TRUE},
    {"advice-dropped", OWN("telepractice.consent_required", "Value=false"), FALSE},
    {"force-lost",
     "[Rule record.retention_min]\nKind=order-advice\nConfidence=high\nValue=9\n" REST, FALSE},
    {"sureness-lost", "[Rule record.retention_min]\nKind=law\nConfidence=low\nValue=9\n" REST,
     FALSE},
};

static void
test_rule_case(gconstpointer data)
{
	const Case *test = data;
	const gchar *drop_ins[] = {test->text, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", ruled, drop_ins, faults, NULL);

	g_assert_cmpint(set != NULL, ==, test->taken);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, test->taken ? 0 : 1);
	if (!test->taken)
		g_assert_cmpstr(cm_faults_get(faults, 0)->file, ==, "danseur.policy.d/1.conf");
}

/* what could not be read of a rule has its fault, and is compared with nothing */
static void
test_rule_without_value(void)
{
	static const gchar base[] =
	    HEAD "[Rule record.signature]\nKind=law\nConfidence=high\nValue=erg.\n" REST
		 "[Rule consent.services.form]\nKind=law\nConfidence=high\nValue=written\n" REST
		 "[Rule record.required_elements]\nKind=law\nConfidence=high\nValue=a\n"
		 "Value[fr]=un\nValue[en]=one\n" REST;
	static const gchar *const values[] = {"", "Value=\n", "Value=;\n", "Value=\\q\n"};
	static const gchar *const ids[] = {"record.signature", "consent.services.form",
					   "record.required_elements"};

	for (guint i = 0; i < G_N_ELEMENTS(ids) * G_N_ELEMENTS(values); i++) {
		g_autofree gchar *text = g_strdup_printf(
		    "[Rule %s]\nKind=law\nConfidence=high\n%s" REST, ids[i / G_N_ELEMENTS(values)],
		    values[i % G_N_ELEMENTS(values)]);
		const gchar *drop_ins[] = {text, NULL};
		g_autoptr(CmFaults) faults = cm_faults_new();
		g_autoptr(CmPolicySet) set =
		    cm_policy_loader_load_text("danseur", base, drop_ins, faults, NULL);

		g_test_message("%s", text);
		g_assert_null(set);
		g_assert_cmpuint(cm_faults_get_total(faults), >, 0);
	}
}

static void
test_rule_above(void)
{
	const gchar *drop_ins[] = {OWN("access_request.max_days", "Value=15"),
				   OWN("telepractice.consent_required", "Value=true"), NULL};
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", ruled, drop_ins, NULL, NULL);
	const CmPolicy *policy = cm_policy_set_lookup(set, "danseur");
	const CmRule *rule = cm_policy_lookup_rule(policy, "access_request.max_days");
	const CmRule *above = cm_policy_get_rule_above(policy, rule);

	g_assert_cmpint(rule->number, ==, 15);
	g_assert_cmpint(rule->kind, ==, CM_RULE_KIND_EMPLOYER_RULE);
	g_assert_cmpint(above->number, ==, 20);
	g_assert_cmpint(above->kind, ==, CM_RULE_KIND_LAW);
	g_assert_null(cm_policy_get_rule_above(policy, above));
	g_assert_cmpuint(cm_policy_get_rule_count(policy), ==, 6);
	rule = cm_policy_lookup_rule(policy, "telepractice.consent_required");
	g_assert_cmpint(rule->effect, ==, CM_EFFECT_BLOCK);
	g_assert_cmpint(cm_policy_get_rule_above(policy, rule)->effect, ==, CM_EFFECT_WARN);
	g_assert_null(cm_policy_lookup_rule(policy, "record.signature"));
}

static void
test_explain(void)
{
	static const gchar text[] =
	    HEAD "[Day]\nMaxSessions=6\nMaxSites=2\n[Act suivi]\nMinGapDays=2\n"
		 "[Rule local.sessions]\nKind=law\nConfidence=high\nKeys=Day.MaxSessions\n" REST;
	const gchar *drop_ins[] = {
	    "[Day]\nMaxSessions=5\n[Act suivi]\nMinGapDays=3\n"
	    "[Rule local.gap]\nKind=employer-rule\nConfidence=high\nKeys=Act "
	    "suivi.MinGapDays\n" REST,
	    NULL};
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", text, drop_ins, NULL, NULL);
	const CmPolicy *policy = cm_policy_set_lookup(set, "danseur");
	const gchar *file = NULL;
	guint line = 0;

	g_assert_cmpstr(cm_policy_explain_key(policy, "Act suivi", "MinGapDays")->id, ==,
			"local.gap");
	g_assert_cmpstr(cm_policy_explain_key(policy, "Day", "MaxSessions")->id, ==,
			"local.sessions");
	g_assert_null(cm_policy_explain_key(policy, "Day", "MaxSites"));
	g_assert_null(cm_policy_explain_key(policy, "Day", "MaxMinutes"));
	g_assert_true(cm_policy_get_key_place(policy, "Day", "MaxSessions", &file, &line));
	g_assert_cmpstr(file, ==, "danseur.policy.d/1.conf");
	g_assert_cmpuint(line, ==, 2);
	g_assert_false(cm_policy_get_key_place(policy, "Day", "MaxMinutes", &file, &line));
}

/* -- directories */

typedef struct {
	gchar *vendor;
	gchar *own;
} Places;

static void
remove_tree(const gchar *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const gchar *name = dir != NULL ? g_dir_read_name(dir) : NULL;

	for (; name != NULL; name = g_dir_read_name(dir)) {
		g_autofree gchar *child = g_build_filename(path, name, NULL);

		if (g_file_test(child, G_FILE_TEST_IS_DIR) &&
		    !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
			remove_tree(child);
		else
			(void)g_unlink(child);
	}
	(void)g_rmdir(path);
}

static void
places_init(Places *places, gconstpointer data)
{
	places->vendor = g_dir_make_tmp("comodal-vendor-XXXXXX", NULL);
	places->own = g_dir_make_tmp("comodal-own-XXXXXX", NULL);
}

static void
places_clear(Places *places, gconstpointer data)
{
	remove_tree(places->vendor);
	remove_tree(places->own);
	g_free(places->vendor);
	g_free(places->own);
}

static void
put(const gchar *directory, const gchar *name, const gchar *text)
{
	g_autofree gchar *path = g_build_filename(directory, name, NULL);
	g_autofree gchar *parent = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static CmPolicySet *
load(const Places *places, CmFaults *faults)
{
	const gchar *directories[] = {places->vendor, places->own, NULL};

	return cm_policy_loader_load(directories, faults, NULL);
}

/* by name over both directories, so that the later name has the last word */
static void
test_order(Places *places, gconstpointer data)
{
	g_autoptr(CmPolicySet) set = NULL;
	g_autoptr(CmPolicySet) refused = NULL;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autofree gchar *vendor_file =
	    g_build_filename(places->vendor, "danseur.policy.d", "50-b.conf", NULL);

	put(places->vendor, "danseur.policy", HEAD "[Day]\nMaxSessions=9\n");
	put(places->vendor, "danseur.policy.d/50-b.conf", "[Day]\nMaxSessions=7\n");
	put(places->own, "danseur.policy.d/10-a.conf", "[Day]\nMaxSessions=8\n");
	put(places->own, "danseur.policy.d/README", "no drop-in");
	set = load(places, NULL);
	g_assert_nonnull(set);
	g_assert_cmpint(cm_policy_get_day_limits(cm_policy_set_get(set, 0))->max_sessions, ==, 7);
	/* the own one comes first by name: the vendor's is the one that loosens */
	put(places->own, "danseur.policy.d/10-a.conf", "[Day]\nMaxSessions=6\n");
	refused = load(places, faults);
	g_assert_null(refused);
	g_assert_cmpstr(cm_faults_get(faults, 0)->file, ==, vendor_file);
}

static void
test_mask(Places *places, gconstpointer data)
{
	g_autoptr(CmPolicySet) set = NULL;
	g_autoptr(CmPolicySet) bare = NULL;
	g_autofree gchar *link =
	    g_build_filename(places->own, "danseur.policy.d", "50-b.conf", NULL);

	put(places->vendor, "danseur.policy", HEAD "[Day]\nMaxSessions=9\n");
	put(places->vendor, "danseur.policy.d/50-b.conf", "[Day]\nMaxSessions=5\n");
	put(places->own, "danseur.policy.d/50-b.conf", "[Day]\nMaxSessions=7\n");
	set = load(places, NULL);
	g_assert_cmpint(cm_policy_get_day_limits(cm_policy_set_get(set, 0))->max_sessions, ==, 7);
	g_assert_cmpint(g_unlink(link), ==, 0);
	g_assert_cmpint(symlink("/dev/null", link), ==, 0);
	bare = load(places, NULL);
	g_assert_cmpint(cm_policy_get_day_limits(cm_policy_set_get(bare, 0))->max_sessions, ==, 9);
}

static void
assert_refused(const Places *places, const gchar *part)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set = load(places, faults);
	g_autofree gchar *english = NULL;

	g_assert_null(set);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
	english = cm_message_to_english(cm_faults_get(faults, 0)->message);
	if (strstr(english, part) == NULL)
		g_error("“%s” does not say “%s”", english, part);
}

/* nobody silences a whole policy, law and all, by a file of the same name */
static void
test_second_policy(Places *places, gconstpointer data)
{
	put(places->vendor, "danseur.policy", HEAD);
	put(places->own, "danseur.policy", HEAD);
	assert_refused(places, "danseur.policy.d may tighten it");
}

static void
test_no_policy(Places *places, gconstpointer data)
{
	put(places->vendor, "danseur.policy", HEAD);
	put(places->own, "chanteur.policy.d/10-a.conf", "[Day]\nMaxSessions=8\n");
	assert_refused(places, "no chanteur.policy");
}

static void
test_bad_name(Places *places, gconstpointer data)
{
	put(places->vendor, "danseur.policy", HEAD);
	put(places->vendor, "Danseur Classique.policy", HEAD);
	assert_refused(places, "lower-case letters");
}

static void
test_drop_in_profession(Places *places, gconstpointer data)
{
	put(places->vendor, "danseur.policy", HEAD);
	put(places->own, "danseur.policy.d/10-a.conf", "[Policy]\nProfession=chanteur\n");
	assert_refused(places, "the file says chanteur");
}

static void
test_drop_in_title(Places *places, gconstpointer data)
{
	put(places->vendor, "danseur.policy", HEAD);
	put(places->own, "danseur.policy.d/10-a.conf", HEAD "Order=OPQ\n");
	assert_refused(places, "No such key");
}

static void
test_pipe(Places *places, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(places->vendor, "chanteur.policy", NULL);

	put(places->vendor, "danseur.policy", HEAD);
	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	assert_refused(places, "not a regular file");
}

static void
test_too_many_files(Places *places, gconstpointer data)
{
	put(places->vendor, "danseur.policy", HEAD);
	for (guint i = 0; i < CM_POLICY_FILES_MAX; i++) {
		g_autofree gchar *name = g_strdup_printf("danseur.policy.d/%03u.conf", i);

		put(places->own, name, "");
	}
	assert_refused(places, "more than 256 files");
}

static void
test_nothing_there(Places *places, gconstpointer data)
{
	const gchar *absent[] = {"/nonexistent/policies", NULL};
	const gchar *empty[] = {places->vendor, NULL};
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) other = NULL;

	g_assert_null(cm_policy_loader_load(absent, NULL, &error));
	g_assert_error(error, CM_ERROR, CM_ERROR_NOT_FOUND);
	g_assert_null(cm_policy_loader_load(empty, NULL, &other));
	g_assert_error(other, CM_ERROR, CM_ERROR_NOT_FOUND);
}

/* what is common is laid under each profession, and an organisation's common drop-ins over each */
static void
test_common(Places *places, gconstpointer data)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set = NULL;
	g_autoptr(CmPolicySet) refused = NULL;

	put(places->vendor, "commun.policy",
	    "[Policy]\nCommon=true\n" OWN("access_request.max_days", "Value=20"));
	put(places->vendor, "danseur.policy", HEAD "Include=commun\n[Day]\nMaxSessions=6\n");
	put(places->vendor, "chanteur.policy", "[Policy]\nProfession=chanteur\nInclude=commun\n");
	put(places->vendor, "mime.policy", "[Policy]\nProfession=mime\n");
	put(places->own, "commun.policy.d/10.conf", "[Day]\nBufferMinutes=20\n");
	set = load(places, faults);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 0);
	g_assert_cmpuint(cm_policy_set_get_count(set), ==, 3);
	g_assert_null(cm_policy_set_lookup(set, "commun"));
	g_assert_nonnull(
	    cm_policy_lookup_rule(cm_policy_set_lookup(set, "danseur"), "access_request.max_days"));
	g_assert_null(
	    cm_policy_lookup_rule(cm_policy_set_lookup(set, "mime"), "access_request.max_days"));
	g_assert_cmpint(
	    cm_policy_get_day_limits(cm_policy_set_lookup(set, "chanteur"))->buffer_minutes, ==,
	    20);
	g_assert_cmpint(cm_policy_get_day_limits(cm_policy_set_lookup(set, "mime"))->buffer_minutes,
			==, 0);

	/* wrong for every profession that includes it, and said once */
	put(places->own, "commun.policy.d/20.conf", OWN("access_request.max_days", "Value=30"));
	refused = load(places, faults);
	g_assert_null(refused);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
}

#define ADD_PLACES(name, function)                                                                 \
	g_test_add("/policy-layers/" name, Places, NULL, places_init, function, places_clear)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *path = g_strconcat("/policy-layers/key/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	for (guint i = 0; i < G_N_ELEMENTS(rule_cases); i++) {
		g_autofree gchar *path =
		    g_strconcat("/policy-layers/rule/", rule_cases[i].name, NULL);

		g_test_add_data_func(path, &rule_cases[i], test_rule_case);
	}
	g_test_add_func("/policy-layers/names-both", test_names_both);
	g_test_add_func("/policy-layers/break", test_break);
	g_test_add_func("/policy-layers/rule-without-value", test_rule_without_value);
	g_test_add_func("/policy-layers/rule-above", test_rule_above);
	g_test_add_func("/policy-layers/explain", test_explain);
	ADD_PLACES("order", test_order);
	ADD_PLACES("mask", test_mask);
	ADD_PLACES("second-policy", test_second_policy);
	ADD_PLACES("no-policy", test_no_policy);
	ADD_PLACES("bad-name", test_bad_name);
	ADD_PLACES("drop-in-profession", test_drop_in_profession);
	ADD_PLACES("drop-in-title", test_drop_in_title);
	ADD_PLACES("pipe", test_pipe);
	ADD_PLACES("too-many-files", test_too_many_files);
	ADD_PLACES("nothing-there", test_nothing_there);
	ADD_PLACES("common", test_common);
	return g_test_run();
}
