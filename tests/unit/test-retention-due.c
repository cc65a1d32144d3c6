// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store/retention-due.h"

#include "daemon/policy/policy-loader.h"

#include <string.h>

/* From when on a file may go: by which rule, and on which day. */

#define HEAD "[Policy]\nProfession=danseur\n"
#define TEXTS "Text[fr]=Un\nText[en]=One\n"
#define RULE(id, kind, confidence, more)                                                           \
	"[Rule " id "]\nKind=" kind "\nConfidence=" confidence                                     \
	"\nSource=https://example.org\nArticle=1\nRead=2026-01-01\n" more TEXTS
#define CALENDAR(kind, confidence, years)                                                          \
	RULE("retention.school", kind, confidence, "Owner=SG\nValue=" years "\n")
#define FLOOR(kind, confidence, years, more)                                                       \
	RULE("record.retention_min", kind, confidence, "Value=" years "\n" more)

static const struct {
	const gchar *name;
	const gchar *text;
	const gchar *last;
	const gchar *due; /* NULL: never */
	gint floor;       /* years of what keeps it longer; 0: nothing does */
} cases[] = {
    {"none", HEAD, "2019-06-20", NULL, 0},
    {"floor-alone", HEAD FLOOR("law", "high", "5", ""), "2019-06-20", NULL, 0},
    {"years", HEAD CALENDAR("employer-rule", "high", "7"), "2019-06-20", "2026-06-21", 0},
    {"law", HEAD CALENDAR("law", "medium", "1"), "2019-12-31", "2021-01-01", 0},
    {"leap-day", HEAD CALENDAR("employer-rule", "high", "7"), "2020-02-29", "2027-03-02", 0},
    {"leap-day-again", HEAD CALENDAR("employer-rule", "high", "8"), "2020-02-29", "2028-03-01", 0},
    {"day-before", HEAD CALENDAR("employer-rule", "high", "1"), "2019-02-28", "2020-02-29", 0},
    {"advice", HEAD CALENDAR("order-advice", "high", "7"), "2019-06-20", NULL, 0},
    {"unsure", HEAD CALENDAR("law", "low", "7"), "2019-06-20", NULL, 0},
    {"repealed", HEAD RULE("retention.school", "law", "high", "Owner=SG\nValue=7\nRepealed=true\n"),
     "2019-06-20", NULL, 0},
    {"beyond", HEAD CALENDAR("law", "high", "150"), "2100-06-20", NULL, 0},
    {"floor", HEAD CALENDAR("law", "high", "2") FLOOR("order-rule", "medium", "5", ""),
     "2019-06-20", "2024-06-21", 5},
    {"floor-unsure", HEAD CALENDAR("law", "high", "2") FLOOR("order-advice", "low", "9", ""),
     "2019-06-20", "2028-06-21", 9},
    {"floor-lower", HEAD CALENDAR("law", "high", "7") FLOOR("law", "high", "5", ""), "2019-06-20",
     "2026-06-21", 0},
    {"floor-repealed",
     HEAD CALENDAR("law", "high", "2") FLOOR("law", "high", "5", "Repealed=true\n"), "2019-06-20",
     "2021-06-21", 0},
};

static void
find(const CmPolicySet *policies, const gchar *profession, const gchar *last, CmRetentionDue *due)
{
	CmDay day = 0;

	g_assert_true(cm_day_parse(last, &day));
	cm_retention_due_find(policies, profession, 1, day, due);
}

static void
test_case(gconstpointer data)
{
	const gsize i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) policies =
	    cm_policy_loader_load_text("danseur", cases[i].text, NULL, NULL, &error);
	/* whose profession nobody knows is kept as long as any */
	const gchar *const professions[] = {"danseur", "chanteur", NULL};
	gchar text[CM_DAY_TEXT_SIZE];

	g_assert_no_error(error);
	for (guint j = 0; j < G_N_ELEMENTS(professions); j++) {
		CmRetentionDue due = {0};

		find(policies, professions[j], cases[i].last, &due);
		if (cases[i].due == NULL) {
			g_assert_cmpint(due.due, ==, CM_DAY_NONE);
			continue;
		}
		g_assert_cmpstr(cm_day_format(due.due, text), ==, cases[i].due);
		g_assert_cmpint(due.floor != NULL ? due.floor->number : 0, ==, cases[i].floor);
	}
}

/* another kind of file has no rule by this one */
static void
test_kinds(void)
{
	g_autoptr(CmPolicySet) policies = cm_policy_loader_load_text(
	    "danseur", HEAD CALENDAR("law", "high", "7"), NULL, NULL, NULL);
	CmRetentionDue due = {0};

	for (guint file = 0; file <= CM_RETENTION_FILES + 1; file++) {
		cm_retention_due_find(policies, "danseur", file, 0, &due);
		g_assert_true((due.rule != NULL) == (file == 1));
	}
}

/* what a record says: one line of at most so many octets, whole letters */
static void
test_basis(void)
{
	g_autofree gchar *many = g_strnfill(700, 'x');
	g_autofree gchar *words = g_strdelimit(g_strdup(many), "x", 'y');
	g_autoptr(GString) accents = g_string_new(NULL);
	g_autofree gchar *text = NULL;
	g_autoptr(CmPolicySet) policies = NULL;
	g_autofree gchar *basis = NULL;
	CmRetentionDue due = {0};

	for (guint i = 0; i < 400; i++)
		g_string_append(accents, "é");
	text = g_strdup_printf(
	    HEAD "[Rule retention.school]\nKind=law\nConfidence=high\nSource=https://example.org\n"
		 "Article=a\\nb\nRead=2026-01-01\nOwner=SG\nValue=7\nText[fr]=%s\nText[en]=%s\n",
	    accents->str, words);
	policies = cm_policy_loader_load_text("danseur", text, NULL, NULL, NULL);
	g_assert_nonnull(policies);
	find(policies, "danseur", "2019-06-20", &due);
	basis = cm_retention_due_format_basis(&due);
	g_assert_true(
	    g_str_has_prefix(basis, "2019-06-20 + 7 ans; a b, https://example.org; SG; é"));
	g_assert_cmpuint(strlen(basis), <=, CM_RETENTION_BASIS_MAX);
	g_assert_cmpuint(strlen(basis), >, CM_RETENTION_BASIS_MAX - 4);
	g_assert_true(g_utf8_validate(basis, -1, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *path = g_strconcat("/retention-due/", cases[i].name, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	g_test_add_func("/retention-due/kinds", test_kinds);
	g_test_add_func("/retention-due/basis", test_basis);
	return g_test_run();
}
