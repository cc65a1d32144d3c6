// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-lint.h"

#include "daemon/policy/policy-loader.h"
#include "include/cm-message.h"

#include <string.h>

/* Policies that load and deserve a second look. */

#define HEAD "[Policy]\nProfession=danseur\nTitle[fr]=Danseur\nTitle[en]=Dancer\n" /* four lines */
#define TEXTS "Text[fr]=Un\nText[en]=One\n"
#define RULE(kind, confidence, source, read)                                                       \
	"Kind=" kind "\nConfidence=" confidence "\nSource=" source "\nArticle=1\nRead=" read "\n"
#define GOOD RULE("law", "high", "https://example.org", "2026-01-01")

typedef struct {
	const gchar *name;
	const gchar *text;
	guint line; /* 0: nothing is said */
	const gchar *message;
} Case;

static const Case cases[] = {
    {"nothing", HEAD "[Rule record.retention_min]\nValue=5\n" GOOD TEXTS, 0, NULL},
    {"no-title", "[Policy]\nProfession=danseur\nTitle[fr]=Danseur\n", 1, "Title[en] is missing"},
    {"act-no-title", HEAD "[Act suivi]\nTitle[en]=Follow-up\n", 5, "Title[en] is missing"},
    {"no-address", HEAD "[Rule ce.regime]\n" RULE("law", "high", "a book", "2026-01-01") TEXTS, 5,
     "is no address"},
    {"to-come",
     HEAD "[Rule ce.regime]\n" RULE("law", "high", "https://example.org", "2026-03-02") TEXTS, 5,
     "still to come"},
    {"read-today",
     HEAD "[Rule ce.regime]\n" RULE("law", "high", "https://example.org", "2026-03-01") TEXTS, 0,
     NULL},
    {"low-that-would-block",
     HEAD "[Rule record.retention_min]\nValue=5\n" RULE("law",
							"low",
							"https://example.org",
							"2026-01-01") TEXTS,
     5, "only warns"},
    {"low-that-would-not",
     HEAD "[Rule ce.regime]\n" RULE("law", "low", "https://example.org", "2026-01-01") TEXTS, 0,
     NULL},
    {"low-advice",
     HEAD "[Rule record.retention_min]\nValue=5\n" RULE("order-advice",
							"low",
							"https://example.org",
							"2026-01-01") TEXTS,
     0, NULL},
    {"same-text", HEAD "[Rule ce.regime]\n" GOOD "Text[fr]=Un\nText[en]=Un\n", 5, "are the same"},
    {"one-note", HEAD "[Rule ce.regime]\n" GOOD TEXTS "Note[en]=But\n", 5, "one language only"},
    {"no-rule-for-key", HEAD "\n[Day]\nMaxSites=1\n", 7, "No rule of this file"},
    {"rule-for-key", HEAD "[Day]\nMaxSites=1\n[Rule local.sites]\nKeys=Day.MaxSites\n" GOOD TEXTS,
     0, NULL},
    {"definition-needs-none",
     HEAD "[Act suivi]\nTitle[fr]=Suivi\nTitle[en]=Follow-up\nStudentPresent=false\n", 0, NULL},
    {"break-alone",
     HEAD "[Day]\nBreakMinutes=30\n[Rule local.break]\nKeys=Day.BreakMinutes\n" GOOD TEXTS, 6,
     "does nothing"},
};

static void
test_case(gconstpointer data)
{
	const Case *test = data;
	g_autoptr(CmFaults) warnings = cm_faults_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", test->text, NULL, NULL, &error);
	g_autofree gchar *english = NULL;
	CmDay today = 0;

	g_assert_no_error(error);
	g_assert_true(cm_day_parse("2026-03-01", &today));
	cm_policy_lint_run(set, today, warnings);
	g_assert_cmpuint(cm_faults_get_total(warnings), ==, test->line > 0 ? 1 : 0);
	if (test->line == 0)
		return;
	g_assert_cmpuint(cm_faults_get(warnings, 0)->line, ==, test->line);
	english = cm_message_to_english(cm_faults_get(warnings, 0)->message);
	if (strstr(english, test->message) == NULL)
		g_error("“%s” does not say “%s”", english, test->message);
}

/* a drop-in's own limit asks for its own rule, even where the layer above has one */
static void
test_layers(void)
{
	static const gchar base[] =
	    HEAD "[Day]\nMaxSites=2\n[Rule local.sites]\nKeys=Day.MaxSites\n" GOOD TEXTS;
	const gchar *drop_ins[] = {"[Day]\nMaxSites=1\n", NULL};
	g_autoptr(CmFaults) warnings = cm_faults_new();
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", base, drop_ins, NULL, NULL);

	g_assert_nonnull(set);
	cm_policy_lint_run(set, 365 * 100, warnings);
	g_assert_cmpuint(cm_faults_get_total(warnings), ==, 1);
	g_assert_cmpstr(cm_faults_get(warnings, 0)->file, ==, "danseur.policy.d/1.conf");
	g_assert_cmpuint(cm_faults_get(warnings, 0)->line, ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *path = g_strconcat("/policy-lint/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/policy-lint/layers", test_layers);
	return g_test_run();
}
