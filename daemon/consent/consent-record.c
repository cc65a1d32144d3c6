// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/consent/consent-record.h"

#include "include/cm-error.h"
#include "include/cm-message.h"

#include <glib/gi18n.h>

#define RULE_ALONE "consent.care_required.minor_age_alone"
#define RULE_FORM "consent.services.form"
#define RULE_NOTE "consent.services.verbal_needs_note"
#define RULE_CRITERIA "consent.info_sharing.criteria"
#define RULE_MUST_STATE "consent.info_sharing.must_state"
#define RULE_TOPICS "telepractice.consent_topics"

typedef struct {
	const CmConsentRecord *record;
	const CmPolicy *policy;
	GPtrArray *warnings;
	GError **error;
} Check;

static const CmRule *
lookup_rule(const CmPolicy *policy, const gchar *id)
{
	const CmRule *rule = cm_policy_lookup_rule(policy, id);

	if (rule == NULL || rule->repealed || (rule->type == CM_VALUE_FLAG && rule->number == 0))
		return NULL;
	return rule;
}

const CmRule *
cm_consent_record_get_topics(const CmPolicy *policy, CmConsentKind kind)
{
	if (kind == CM_CONSENT_KIND_TELEPRACTICE)
		return lookup_rule(policy, RULE_TOPICS);
	return kind == CM_CONSENT_KIND_RELEASE ? lookup_rule(policy, RULE_MUST_STATE) : NULL;
}

/* refuse, or warn, as the rule may: FALSE once refused */
static gboolean
hold_against(Check *check, const CmRule *rule, const gchar *format)
{
	g_autofree gchar *said = cm_message_new(format, NULL);
	g_autofree gchar *where =
	    cm_message_new(N_("Rule {0}: {1}, {2}"), rule->id, rule->article, rule->source, NULL);
	gchar *message = cm_message_join(said, where);

	if (rule->effect != CM_EFFECT_BLOCK) {
		if (rule->effect == CM_EFFECT_WARN)
			g_ptr_array_add(check->warnings, message);
		else
			g_free(message);
		return TRUE;
	}
	/* nocheck:message: it is one already */
	g_set_error_literal(check->error, CM_ERROR, CM_ERROR_POLICY, message);
	g_free(message);
	return FALSE;
}

static const gchar *
find_mistake(const CmConsentRecord *record, const CmConsentFile *file, CmDay today)
{
	const CmConsentStatement *statement = &record->statement;
	gboolean telepractice = statement->kind == CM_CONSENT_KIND_TELEPRACTICE;
	gboolean release = statement->kind == CM_CONSENT_KIND_RELEASE;
	gboolean has_purpose = statement->purpose != NULL && *statement->purpose != '\0';

	if (telepractice != (statement->modes != 0) || (statement->modes & ~CM_CONSENT_VIDEO) != 0)
		return N_("A consent to video is to video at school, from home, or both.");
	if (release != has_purpose)
		return N_("A release of information has a purpose; nothing else has.");
	if (statement->given_on > today)
		return N_("It can’t have been said on a day to come.");
	if (statement->given_on < file->birth_date)
		return N_("It can’t have been said before the student was born.");
	if (statement->until != CM_DAY_NONE && statement->until < statement->given_on)
		return N_("Its last day comes before its first.");
	if (statement->until != CM_DAY_NONE && statement->answer == CM_CONSENT_ANSWER_OPPOSED)
		return N_("An opposition has no last day: it is lifted.");
	if (statement->answer == CM_CONSENT_ANSWER_ATTESTED &&
	    (release || statement->contact == CM_CONSENT_STUDENT))
		return N_("An attestation is a parent’s, for services.");
	if (has_purpose && strlen(statement->purpose) > CM_CONSENT_PURPOSE_MAX)
		return N_("The purpose is too long.");
	if (record->note != NULL && strlen(record->note) > CM_CONSENT_NOTE_MAX)
		return N_("The note is too long.");
	return NULL;
}

/* whoever speaks must be one whose word counts, or it would be on record and mean nothing */
static gboolean
check_speaker(Check *check, const CmConsentFile *file)
{
	const CmConsentStatement *statement = &check->record->statement;
	const CmRule *age = lookup_rule(check->policy, RULE_ALONE);
	const CmGuardianship *guardianship = NULL;

	if (statement->contact == CM_CONSENT_STUDENT) {
		if (age == NULL ||
		    statement->given_on >= cm_consent_file_get_birthday(file, age->number))
			return TRUE;
		return hold_against(check, age, N_("The student is too young to answer alone."));
	}
	guardianship = cm_consent_file_find_guardianship(file, statement->contact);
	if (guardianship != NULL && guardianship->authority)
		return TRUE;
	cm_error_set(check->error, CM_ERROR_INVALID_INPUT,
		     N_("This person is not on record as holding parental authority: say so first, "
			"with “guardian add”."),
		     NULL);
	return FALSE;
}

static gboolean
check_topics(Check *check)
{
	const CmRule *rule =
	    cm_consent_record_get_topics(check->policy, check->record->statement.kind);
	const gchar *const *said = check->record->topics;

	for (guint i = 0; rule != NULL && rule->items != NULL && rule->items[i] != NULL; i++) {
		if (said == NULL || !g_strv_contains(said, rule->items[i]))
			return hold_against(
			    check, rule,
			    N_("Not all that is to be talked about before is on record."));
	}
	return TRUE;
}

static gboolean
check_service(Check *check)
{
	const CmRule *form = lookup_rule(check->policy, RULE_FORM);
	const CmRule *note = lookup_rule(check->policy, RULE_NOTE);
	gboolean noted = check->record->note != NULL && *check->record->note != '\0';

	if (check->record->statement.form != CM_CONSENT_FORM_VERBAL)
		return TRUE;
	if (form != NULL && g_strcmp0(form->word, "written") == 0 &&
	    !hold_against(check, form, N_("The consent is to be written.")))
		return FALSE;
	return note == NULL || noted ||
	       hold_against(check, note,
			    N_("A verbal consent needs a note of what was talked about."));
}

static gboolean
check_release(Check *check)
{
	const CmRule *criteria = lookup_rule(check->policy, RULE_CRITERIA);

	return criteria == NULL || criteria->items == NULL ||
	       !g_strv_contains(criteria->items, "needed-time") ||
	       check->record->statement.until != CM_DAY_NONE ||
	       hold_against(check, criteria,
			    N_("A release is for the time it is needed: say its last day."));
}

gboolean
cm_consent_record_check(const CmConsentRecord *record,
			const CmConsentFile *file,
			const CmPolicy *policy,
			CmDay today,
			GPtrArray *warnings,
			GError **error)
{
	Check check = {record, policy, warnings, error};
	const gchar *mistake = find_mistake(record, file, today);

	if (mistake != NULL) {
		/* nocheck:message: marked where it is chosen */
		cm_error_set(error, CM_ERROR_INVALID_INPUT, mistake, NULL);
		return FALSE;
	}
	if (!check_speaker(&check, file))
		return FALSE; /* nocheck:error-unset: by the check */
	if (record->statement.answer == CM_CONSENT_ANSWER_OPPOSED)
		return TRUE;
	if (record->statement.kind == CM_CONSENT_KIND_SERVICE)
		return check_service(&check);
	if (record->statement.kind == CM_CONSENT_KIND_RELEASE && !check_release(&check))
		return FALSE; /* nocheck:error-unset: by the check */
	return check_topics(&check);
}
