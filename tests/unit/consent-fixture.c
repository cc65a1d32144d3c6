// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/consent-fixture.h"

#include "daemon/policy/policy-loader.h"

#include <glib/gstdio.h>

/* what an organisation may make stricter */
static const gchar strict[] =
    "[Rule consent.under14.parents]\nKind=employer-rule\nValue=both\n" //
    "Source=https://css.example/cadre\nArticle=1\nRead=2026-01-01\nConfidence=high\n"
    "Text[fr]=Les deux.\nText[en]=Both.\n"
    "[Rule telepractice.consent_required]\nKind=employer-rule\nValue=true\n"
    "Source=https://css.example/cadre\nArticle=2\nRead=2026-01-01\nConfidence=high\n"
    "Text[fr]=La visio.\nText[en]=Video.\n"
    "[Rule consent.services.form]\nKind=employer-rule\nValue=written\n"
    "Source=https://css.example/cadre\nArticle=3\nRead=2026-01-01\nConfidence=high\n"
    "Text[fr]=Par écrit.\nText[en]=In writing.\n";

static CmPolicySet *shipped;   /* nocheck:global: what every case reads */
static CmPolicySet *tightened; /* nocheck:global: likewise */

CmDay
cm_consent_fixture_day(const gchar *text)
{
	CmDay found = 0;

	g_assert_true(cm_day_parse(text, &found));
	return found;
}

static CmPolicySet *
load_policies(const gchar *drop_in)
{
	g_autofree gchar *vendor =
	    g_build_filename(g_getenv("COMODAL_SOURCE_ROOT"), "policies", NULL);
	g_autofree gchar *own = g_dir_make_tmp("comodal-consent-XXXXXX", NULL);
	g_autofree gchar *folder = g_build_filename(own, "psychologue.policy.d", NULL);
	g_autofree gchar *file = g_build_filename(folder, "50.conf", NULL);
	const gchar *directories[] = {vendor, own, NULL};
	g_autoptr(CmFaults) faults = cm_faults_new();
	g_autoptr(GError) error = NULL;
	CmPolicySet *set = NULL;

	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(file, drop_in, -1, NULL));
	set = cm_policy_loader_load(directories, faults, &error);
	for (guint i = 0; i < cm_faults_get_kept(faults); i++)
		g_test_message("%s", cm_faults_get(faults, i)->message);
	g_assert_no_error(error);
	g_unlink(file);
	g_rmdir(folder);
	g_rmdir(own);
	return set;
}

static void
add_word(CmConsentFile *file, const CmWord *word, gint64 number)
{
	CmConsentStatement statement = {
	    .number = number,
	    .kind = word->kind,
	    .modes = word->modes,
	    .profession = word->profession,
	    .purpose = word->purpose,
	    .answer = word->answer,
	    .form = word->verbal ? CM_CONSENT_FORM_VERBAL : CM_CONSENT_FORM_WRITTEN,
	    .contact = word->who,
	    .given_on = cm_consent_fixture_day(word->on),
	    .until = word->until != NULL ? cm_consent_fixture_day(word->until) : CM_DAY_NONE,
	    .withdrawn_on =
		word->withdrawn != NULL ? cm_consent_fixture_day(word->withdrawn) : CM_DAY_NONE};

	cm_consent_file_add_statement(file, &statement);
}

CmConsentFile *
cm_consent_fixture_make_file(const gchar *born, CmFamily family, const CmWord *words)
{
	const CmGuardianship everyone[] = {
	    {MOTHER, 1, !family.mother_gone}, {FATHER, 2, family.father}, {UNCLE, 1, FALSE}};
	CmConsentFile *file = cm_consent_file_new(7, cm_consent_fixture_day(born));

	for (guint i = 0; i < G_N_ELEMENTS(everyone); i++)
		cm_consent_file_add_guardianship(file, &everyone[i]);
	for (guint i = 0; i < WORDS_MAX && words[i].on != NULL; i++)
		add_word(file, &words[i], 100 + i);
	return file;
}

void
cm_consent_fixture_open(void)
{
	shipped = load_policies("");
	tightened = load_policies(strict);
}

void
cm_consent_fixture_close(void)
{
	cm_policy_set_unref(shipped);
	cm_policy_set_unref(tightened);
}

const CmPolicy *
cm_consent_fixture_find_policy(const gchar *profession)
{
	return *profession == '+' ? cm_policy_set_lookup(tightened, profession + 1)
				  : cm_policy_set_lookup(shipped, profession);
}
