// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-loader.h"

#include "daemon/policy/policy-file.h"
#include "include/cm-error.h"
#include "include/cm-message.h"

#include <string.h>

/* Every fault that a policy can have, with its line. */

#define HEAD "[Policy]\nProfession=danseur\n" /* two lines */
#define RULE                                                                                       \
	"[Rule access_request.max_days]\nKind=law\nSource=https://example.org\nArticle=1\n"        \
	"Read=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n" /* eight lines */
#define LIST                                                                                       \
	"[Rule record.required_elements]\nKind=law\nSource=https://example.org\nArticle=1\n"       \
	"Read=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n"
#define LOCAL                                                                                      \
	"[Rule local.own]\nKind=employer-rule\nSource=https://example.org\nArticle=1\n"            \
	"Read=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n"

#define QUESTIONS(kind)                                                                            \
	"[Rule telepractice.door_questions]\nKind=" kind                                           \
	"\nSource=https://example.org\nArticle=1\n"                                                \
	"Read=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n"

#define CALENDAR                                                                                   \
	"[Rule retention.school]\nKind=employer-rule\nSource=https://example.org\nArticle=1\n"     \
	"Read=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n"

typedef struct {
	const gchar *name;
	const gchar *text;
	guint line;
	const gchar *path;
	const gchar *message; /* a part of it */
} Case;

static const Case cases[] = {
    {"no-group", "MaxSessions=6\n", 1, "", "neither [Group]"},
    {"no-sign", HEAD "[Day]\nMaxSessions 6\n", 4, "", "neither [Group]"},
    {"crlf-no-sign", "[Policy]\r\nProfession=danseur\r\nnonsense\r\n", 3, "", "neither [Group]"},
    {"mark", "\xef\xbb\xbf" HEAD, 1, "", "byte order mark"},
    {"latin-1", HEAD "# \xe9t\xe9\n", 3, "", "not UTF-8"},
    {"twice-group", HEAD "[Day]\nMaxSites=1\n[Day]\n", 5, "[Day]", "already in line 3"},
    {"twice-key", HEAD "[Day]\nMaxSites=1\n\nMaxSites=2\n", 6, "[Day] MaxSites",
     "already in line 4"},
    {"empty", "", 0, "[Policy]", "is expected in this file"},
    {"no-policy", "[Day]\nMaxSites=1\n", 0, "[Policy]", "is expected in this file"},
    {"no-profession", "[Policy]\nOrder=OD\n", 1, "[Policy]", "Profession=danseur is expected"},
    {"other-profession", "[Policy]\nProfession=chanteur\n", 2, "[Policy] Profession",
     "the file says chanteur"},
    {"unknown-group", HEAD "[Days]\n", 3, "[Days]", "No such group"},
    {"unknown-policy-key", HEAD "Ordre=OD\n", 3, "[Policy] Ordre", "No such key"},
    {"unknown-day-key", HEAD "[Day]\nMaxSession=6\n", 4, "[Day] MaxSession", "No such key"},
    {"act-key-in-day", HEAD "[Day]\nMinGapDays=6\n", 4, "[Day] MinGapDays", "No such key"},
    {"unknown-act-key", HEAD "[Act suivi]\nMaxSessions=6\n", 4, "[Act suivi] MaxSessions",
     "No such key"},
    {"act-no-name", HEAD "[Act ]\n", 3, "[Act ]", "[Act NAME] is expected"},
    {"act-two-spaces", HEAD "[Act  suivi]\n", 3, "[Act  suivi]", "[Act NAME] is expected"},
    {"number-word", HEAD "[Day]\nMaxSessions=six\n", 4, "[Day] MaxSessions", "from 1 to 100"},
    {"number-part", HEAD "[Day]\nMaxSessions=6.5\n", 4, "[Day] MaxSessions", "from 1 to 100"},
    {"number-huge", HEAD "[Day]\nMaxSessions=99999999999999999999\n", 4, "[Day] MaxSessions",
     "from 1 to 100"},
    {"zero", HEAD "[Day]\nMaxMinutes=0\n", 4, "[Day] MaxMinutes", "from 1 to 1440"},
    {"negative", HEAD "[Day]\nBufferMinutes=-5\n", 4, "[Day] BufferMinutes", "from 0 to 1440"},
    {"three-sites", HEAD "[Day]\nMaxSites=3\n", 4, "[Day] MaxSites", "from 1 to 2"},
    {"empty-number", HEAD "[Day]\nMaxSites=\n", 4, "[Day] MaxSites", "from 1 to 2"},
    {"flag", HEAD "[Act suivi]\nFirstInPerson=yes\n", 4, "[Act suivi] FirstInPerson",
     "true or false"},
    {"modality", HEAD "[Act suivi]\nModalities=in-person;phone\n", 4, "[Act suivi] Modalities",
     "phone is none"},
    {"no-modality", HEAD "[Act suivi]\nModalities=;\n", 4, "[Act suivi] Modalities", "A list"},
    {"gaps", HEAD "[Act suivi]\nMinGapDays=9\nMaxGapDays=8\n", 4, "[Act suivi] MinGapDays",
     "leave no day"},
    {"video-first-in-person", HEAD "[Act suivi]\nModalities=video\nFirstInPerson=true\n", 5,
     "[Act suivi] FirstInPerson", "only video"},
    {"video-every", HEAD "[Act suivi]\nModalities=video\nInPersonEvery=3\n", 5,
     "[Act suivi] InPersonEvery", "only video"},
    {"title-empty", HEAD "[Act suivi]\nTitle[fr]=\n", 4, "[Act suivi] Title[fr]",
     "A text is expected"},
    {"title-escape", HEAD "[Act suivi]\nTitle[fr]=a\\qb\n", 4, "[Act suivi] Title[fr]",
     "can't be read"},
    {"list-escape", HEAD "[Act suivi]\nModalities=video;a\\qb\n", 4, "[Act suivi] Modalities",
     "A list"},
    {"include-nothing", HEAD "Include=commun\n", 3, "[Policy] Include", "Common=true"},
    {"rule-unknown", HEAD "[Rule access_requests.max_days]\n", 3, "[Rule access_requests.max_days]",
     "begins with local."},
    {"rule-bad-id", HEAD "[Rule Délai]\n", 3, "[Rule Délai]", "[Rule ID] is expected"},
    {"calendar-no-owner", HEAD CALENDAR "Value=7\n", 3, "[Rule retention.school]",
     "Owner= is expected"},
    {"calendar-no-value", HEAD CALENDAR "Owner=SG\n", 3, "[Rule retention.school]",
     "Value= is expected"},
    {"calendar-no-years", HEAD CALENDAR "Owner=SG\nValue=0\n", 12, "[Rule retention.school] Value",
     "from 1 to 150"},
    {"owner-elsewhere", HEAD LOCAL "Owner=SG\n", 11, "[Rule local.own] Owner", "No such key"},
    {"rule-no-kind",
     HEAD "[Rule "
	  "local.own]\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n",
     3, "[Rule local.own]", "Kind= is expected"},
    {"rule-no-english",
     HEAD "[Rule "
	  "local.own]\nKind=law\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\n",
     3, "[Rule local.own]", "Text[en]= is expected"},
    {"rule-no-source",
     HEAD "[Rule "
	  "local.own]\nKind=law\nArticle=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]"
	  "=One\n",
     3, "[Rule local.own]", "Source= is expected"},
    {"rule-kind",
     HEAD "[Rule "
	  "local.own]\nKind=custom\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]=One\n",
     4, "[Rule local.own] Kind", "order-advice"},
    {"rule-confidence",
     HEAD
     "[Rule "
     "local.own]\nKind=law\nSource=https://"
     "example.org\nArticle=1\nRead=2026-01-01\nConfidence=certain\nText[fr]=Un\nText[en]=One\n",
     8, "[Rule local.own] Confidence", "medium"},
    {"rule-read",
     HEAD "[Rule "
	  "local.own]\nKind=law\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-02-30\nConfidence=high\nText[fr]=Un\nText[en]=One\n",
     7, "[Rule local.own] Read", "2026-11-21"},
    {"rule-version", HEAD LOCAL "Version=2026-13\n", 11, "[Rule local.own] Version", "A year"},
    {"rule-leftover", HEAD LOCAL "Effect=blocks\n", 11, "[Rule local.own] Effect", "No such key"},
    {"rule-value-unknown", HEAD LOCAL "Value=3\n", 11, "[Rule local.own] Value", "No such key"},
    {"rule-no-value", HEAD RULE, 3, "[Rule access_request.max_days]", "Value= is expected"},
    {"rule-value-type", HEAD RULE "Value=soon\n", 11, "[Rule access_request.max_days] Value",
     "whole number"},
    {"rule-choice",
     HEAD "[Rule "
	  "consent.services.form]\nKind=law\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]="
	  "One\nValue=sung\n",
     11, "[Rule consent.services.form] Value", "verbal-or-written, written"},
    {"rule-list-no-texts", HEAD LIST "Value=a;b\nValue[fr]=un;deux\n", 11,
     "[Rule record.required_elements] Value", "Value[en]= with 2 items"},
    {"rule-list-texts", HEAD LIST "Value=a;b\nValue[fr]=un\nValue[en]=one;two\n", 12,
     "[Rule record.required_elements] Value[fr]", "with 2 items"},
    {"rule-list-item", HEAD LIST "Value=a;B c\nValue[fr]=un;deux\nValue[en]=one;two\n", 11,
     "[Rule record.required_elements] Value", "B c is none"},
    {"rule-list-twice", HEAD LIST "Value=a;a\nValue[fr]=un;deux\nValue[en]=one;two\n", 11,
     "[Rule record.required_elements] Value", "stands twice"},
    {"rule-list-word",
     HEAD QUESTIONS("employer-rule") "Value=place;age\nValue[fr]=un;deux\nValue[en]=one;two\n", 11,
     "[Rule telepractice.door_questions] Value", "One of place, companion, phone, consent"},
    {"rule-setting-of-order",
     HEAD QUESTIONS("order-rule") "Value=place\nValue[fr]=un\nValue[en]=one\n", 4,
     "[Rule telepractice.door_questions] Kind", "employer-rule is expected"},
    {"rule-key-unknown", HEAD LOCAL "Keys=Day.MaxSession\n", 11, "[Rule local.own] Keys",
     "no key of the planner"},
    {"rule-key-not-set", HEAD LOCAL "Keys=Day.MaxSessions\n", 11, "[Rule local.own] Keys",
     "No file sets Day.MaxSessions"},
    {"rule-key-advice",
     HEAD "[Day]\nMaxSessions=6\n[Rule "
	  "local.own]\nKind=order-advice\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-01-01\nConfidence=high\nText[fr]=Un\nText[en]="
	  "One\nKeys=Day.MaxSessions\n",
     13, "[Rule local.own] Keys", "may not block"},
    {"rule-key-low",
     HEAD "[Day]\nMaxSessions=6\n[Rule "
	  "local.own]\nKind=law\nSource=https://"
	  "example.org\nArticle=1\nRead=2026-01-01\nConfidence=low\nText[fr]=Un\nText[en]="
	  "One\nKeys=Day.MaxSessions\n",
     13, "[Rule local.own] Keys", "may not block"},
    {"rule-key-repealed",
     HEAD "[Day]\nMaxSessions=6\n" LOCAL "Repealed=true\nKeys=Day.MaxSessions\n", 14,
     "[Rule local.own] Keys", "may not block"},
};

static void
assert_fault(const CmFaults *faults,
	     const gchar *file,
	     guint line,
	     const gchar *path,
	     const gchar *part)
{
	const CmFault *fault = NULL;
	g_autofree gchar *english = NULL;

	g_assert_cmpuint(cm_faults_get_total(faults), ==, 1);
	fault = cm_faults_get(faults, 0);
	english = cm_message_to_english(fault->message);
	g_assert_cmpstr(fault->file, ==, file);
	g_assert_cmpuint(fault->line, ==, line);
	g_assert_cmpstr(fault->path, ==, path);
	if (strstr(english, part) == NULL)
		g_error("“%s” does not say “%s”", english, part);
}

static void
test_case(gconstpointer data)
{
	const Case *test = data;
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", test->text, NULL, faults, &error);

	g_assert_null(set);
	g_assert_error(error, CM_ERROR, CM_ERROR_INVALID_INPUT);
	assert_fault(faults, "danseur.policy", test->line, test->path, test->message);
}

/* what a line more or less must not change: one file is right as it stands */
static void
test_nothing_wrong(void)
{
	static const gchar *const texts[] = {
	    HEAD,
	    HEAD "[Act suivi]\n",
	    "# words\n\n" HEAD "[Day]\nMaxSites=2\n",
	    "[Policy]\r\nProfession=danseur\r\n[Day]\r\nMaxSites=2\r\n",
	    HEAD "[Act suivi]\nModalities= in-person ; video ;\nMinGapDays=8\nMaxGapDays=8\n",
	    HEAD RULE "Value=20\n",
	    HEAD LIST "Value=a;b\nValue[fr]=un;deux\nValue[en]=one;two\n",
	    HEAD QUESTIONS(
		"employer-rule") "Value=place;phone\nValue[fr]=un;deux\nValue[en]=one;two\n",
	    HEAD "[Day]\nMaxSessions=6\n" LOCAL
		 "Keys=Day.MaxSessions\nVersion=2024\nNote[fr]=Non\n",
	    HEAD "Order=OD\nTitle[fr]=Danseur\nTitle[en]=Dancer",
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(CmPolicySet) set =
		    cm_policy_loader_load_text("danseur", texts[i], NULL, NULL, &error);

		g_assert_no_error(error);
		g_assert_nonnull(cm_policy_set_lookup(set, "danseur"));
	}
}

static void
test_nul(void)
{
	static const gchar text[] = HEAD "[Day]\nMaxSites=\0"
					 "1\n";
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicyFile) file =
	    cm_policy_file_new("danseur.policy", text, sizeof text - 1, faults);

	g_assert_null(file);
	assert_fault(faults, "danseur.policy", 4, "", "NUL");
}

static void
test_too_long(void)
{
	g_autofree gchar *text = g_strnfill(CM_POLICY_FILE_BYTES_MAX + 1, '#');
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set =
	    cm_policy_loader_load_text("danseur", text, NULL, faults, NULL);

	g_assert_null(set);
	assert_fault(faults, "danseur.policy", 0, "", "longer than 256 KiB");
}

static void
test_too_many_acts(void)
{
	g_autoptr(GString) text = g_string_new(HEAD);
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set = NULL;

	for (guint i = 0; i < 65; i++)
		g_string_append_printf(text, "[Act a%u]\n", i);
	set = cm_policy_loader_load_text("danseur", text->str, NULL, faults, NULL);
	g_assert_null(set);
	assert_fault(faults, "danseur.policy", 67, "[Act a64]", "no more than 64 acts");
}

/* a run names every fault, not the first alone */
static void
test_several(void)
{
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(CmPolicySet) set = cm_policy_loader_load_text(
	    "danseur", HEAD "[Day]\nMaxSites=7\nMaxMinutes=0\nColour=red\n[Night]\n", NULL, faults,
	    NULL);

	g_assert_null(set);
	g_assert_cmpuint(cm_faults_get_total(faults), ==, 4);
	g_assert_cmpuint(cm_faults_get(faults, 0)->line, ==, 5);
	g_assert_cmpuint(cm_faults_get(faults, 3)->line, ==, 7);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *path = g_strconcat("/policy-faults/", cases[i].name, NULL);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/policy-faults/nothing-wrong", test_nothing_wrong);
	g_test_add_func("/policy-faults/nul", test_nul);
	g_test_add_func("/policy-faults/too-long", test_too_long);
	g_test_add_func("/policy-faults/too-many-acts", test_too_many_acts);
	g_test_add_func("/policy-faults/several", test_several);
	return g_test_run();
}
