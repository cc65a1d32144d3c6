// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/policy/policy-schema.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_DAYS 3660
#define MOST_HOURS 1000
#define MOST_LATE 120
#define MOST_MONTHS 240
#define MOST_YEARS 150

static const gchar *const words_after_opposition[] = {"both-consent", NULL};
static const gchar *const words_parents[] = {"one-presumed", "both", "both-written", NULL};
static const gchar *const words_form[] = {"verbal-or-written", "written", NULL};
static const gchar *const words_transferee[] = {"member-of-order", NULL};
static const gchar *const words_files[] = {"school", "assistance", "professional", "confidential",
					   NULL};
static const gchar *const words_door[] = {"place", "companion", "phone", "consent", NULL};

#define TEXT(id, strongest)                                                                        \
	{                                                                                          \
		id, CM_VALUE_NONE, CM_TIGHTER_FIXED, CM_EFFECT_##strongest, NULL, 0, 0, NULL       \
	}
#define FLAG(id, tighter, strongest)                                                               \
	{                                                                                          \
		id, CM_VALUE_FLAG, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, NULL, 0, 1, NULL   \
	}
#define NUMBER(id, tighter, strongest, unit, most)                                                 \
	{                                                                                          \
		id, CM_VALUE_NUMBER, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, unit, 1, most,   \
		    NULL                                                                           \
	}
#define CHOICE(id, tighter, strongest, words)                                                      \
	{                                                                                          \
		id, CM_VALUE_CHOICE, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, NULL, 0, 0,      \
		    words                                                                          \
	}
#define LIST(id, tighter, strongest)                                                               \
	{                                                                                          \
		id, CM_VALUE_LIST, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, NULL, 0, 0, NULL   \
	}
#define WORD(id, tighter, strongest)                                                               \
	{                                                                                          \
		id, CM_VALUE_WORD, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, NULL, 0, 0, NULL   \
	}

/* settings of an organisation's */
#define OWN_LIST(id, tighter, strongest, words)                                                    \
	{                                                                                          \
		id, CM_VALUE_LIST, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, NULL, 0, 0, words, \
		    TRUE                                                                           \
	}
#define OWN_NUMBER(id, tighter, strongest, unit, most)                                             \
	{                                                                                          \
		id, CM_VALUE_NUMBER, CM_TIGHTER_##tighter, CM_EFFECT_##strongest, unit, 1, most,   \
		    NULL, TRUE                                                                     \
	}

/* how long an organisation keeps a file: nobody else can say it */
#define CALENDAR(id)                                                                               \
	{                                                                                          \
		id, CM_VALUE_NUMBER, CM_TIGHTER_HIGHER, CM_EFFECT_BLOCK,                           \
		    N_("years after the last service"), 1, MOST_YEARS, NULL, FALSE, TRUE           \
	}

/* sorted by id */
static const CmPolicyTerm policy_terms[] = {
    NUMBER("absence_notice.threshold", LOWER, WARN, N_("working days in a row"), MOST_DAYS),
    FLAG("access.free_of_charge", HIGHER, INFORM),
    FLAG("access.under14_no_own_right_private_sector", FIXED, INFORM),
    NUMBER("access_request.extension_days", LOWER, BLOCK, N_("days"), MOST_DAYS),
    NUMBER("access_request.max_days", LOWER, WARN, N_("calendar days"), MOST_DAYS),
    FLAG("access_request.may_be_delegated", LOWER, INFORM),
    LIST("anonymization.applies_to", FIXED, INFORM),
    LIST("anonymization.criteria", MORE, BLOCK),
    FLAG("anonymization.purposes_set_before", HIGHER, BLOCK),
    FLAG("anonymization.register_required", HIGHER, WARN),
    LIST("anonymization.steps", MORE, WARN),
    FLAG("calendar.election_day_is_student_holiday", FIXED, INFORM),
    TEXT("ce.basis", INFORM),
    NUMBER("ce.carry_over_max", LOWER, INFORM, N_("hours"), MOST_HOURS),
    FLAG("ce.counts.consultation_or_supervision", FIXED, INFORM),
    TEXT("ce.exemption_rate", INFORM),
    NUMBER("ce.hours", HIGHER, INFORM, N_("hours"), MOST_HOURS),
    NUMBER("ce.min_per_category", HIGHER, INFORM, N_("hours"), MOST_HOURS),
    NUMBER("ce.period_months", FIXED, INFORM, N_("months"), MOST_MONTHS),
    NUMBER("ce.proof_retention", HIGHER, INFORM, N_("years after the period"), MOST_YEARS),
    TEXT("ce.regime", INFORM),
    CHOICE("consent.after_opposition", HIGHER, BLOCK, words_after_opposition),
    NUMBER("consent.care_not_required.minor_age_alone", FIXED, BLOCK, N_("years"), MOST_YEARS),
    NUMBER("consent.care_required.minor_age_alone", FIXED, BLOCK, N_("years"), MOST_YEARS),
    LIST("consent.info_sharing.criteria", MORE, BLOCK),
    LIST("consent.info_sharing.must_state", MORE, BLOCK),
    FLAG("consent.known_opposition_stops", HIGHER, BLOCK),
    FLAG("consent.one_parent_presumed_acting_with_other", FIXED, INFORM),
    FLAG("consent.parental_authority.exercised_jointly", FIXED, INFORM),
    CHOICE("consent.services.form", HIGHER, BLOCK, words_form),
    FLAG("consent.services.verbal_needs_note", HIGHER, BLOCK),
    CHOICE("consent.under14.parents", HIGHER, BLOCK, words_parents),
    FLAG("consent.violence_exception.attestation_required", HIGHER, BLOCK),
    FLAG("disclosure.default_requires_consent", HIGHER, BLOCK),
    FLAG("disclosure.violence_or_suicide_exception", FIXED, INFORM),
    FLAG("intern.countersign_notes", HIGHER, BLOCK),
    FLAG("intern.countersign_reports", HIGHER, BLOCK),
    FLAG("intern.supervised", HIGHER, BLOCK),
    OWN_LIST("note.files", FEWER, BLOCK, words_files),
    LIST("note.template.closing", MORE, BLOCK),
    LIST("note.template.communication", MORE, BLOCK),
    LIST("note.template.consent", MORE, BLOCK),
    LIST("note.template.evaluation", MORE, BLOCK),
    LIST("note.template.opening", MORE, BLOCK),
    LIST("note.template.plan", MORE, BLOCK),
    LIST("note.template.progress", MORE, BLOCK),
    LIST("note.template.summary", MORE, BLOCK),
    NUMBER("plan_intervention.parent_contact_min", HIGHER, WARN, N_("times a month"), 31),
    TEXT("plan_intervention.responsible", INFORM),
    NUMBER("practice_cessation.notice_days", HIGHER, INFORM, N_("days"), MOST_DAYS),
    CHOICE("practice_cessation.transferee_must_be", HIGHER, BLOCK, words_transferee),
    FLAG("privacy.automated_decision.decision_support_exempt", FIXED, INFORM),
    FLAG("privacy.automated_decision.notice", HIGHER, WARN),
    FLAG("privacy.incident.notify_if_serious_risk", HIGHER, WARN),
    LIST("privacy.incident.register_fields", MORE, WARN),
    FLAG("privacy.incident.register_required", HIGHER, WARN),
    FLAG("privacy.outside_quebec.pia_and_written_agreement", HIGHER, WARN),
    FLAG("privacy.pia_required_for_system_project", HIGHER, INFORM),
    FLAG("processor.written_contract_and_undertaking", HIGHER, INFORM),
    NUMBER("record.access.client_age", FIXED, BLOCK, N_("years"), MOST_YEARS),
    LIST("record.client_register", MORE, WARN),
    FLAG("record.closing_note_required", HIGHER, BLOCK),
    FLAG("record.consent_note_required", HIGHER, BLOCK),
    FLAG("record.each_professional_signs_own_entries", HIGHER, BLOCK),
    FLAG("record.electronic_allowed", LOWER, INFORM),
    FLAG("record.kept_up_to_date", HIGHER, WARN),
    TEXT("record.note_delay", WARN),
    NUMBER("record.note_delay_days", LOWER, BLOCK, N_("days"), MOST_DAYS),
    FLAG("record.per_client", HIGHER, WARN),
    FLAG("record.progress_notes_required", HIGHER, WARN),
    TEXT("record.regulation", INFORM),
    FLAG("record.required_at_distance_and_in_schools", HIGHER, WARN),
    LIST("record.required_elements", MORE, BLOCK),
    NUMBER("record.retention_min", HIGHER, BLOCK, N_("years after the last service"), MOST_YEARS),
    WORD("record.signature", FIXED, BLOCK),
    FLAG("record.two_dates_per_late_note", HIGHER, BLOCK),
    CALENDAR("retention.assistance"),
    CALENDAR("retention.confidential"),
    CALENDAR("retention.professional"),
    CALENDAR("retention.school"),
    FLAG("school.confidential_files_stay_on_premises", HIGHER, BLOCK),
    FLAG("school.file_follows_mandate", FIXED, INFORM),
    LIST("school.file_types", FIXED, INFORM),
    NUMBER("school_year.max_days", FIXED, INFORM, N_("days"), 366),
    NUMBER("school_year.min_class_days", FIXED, INFORM, N_("days"), 366),
    LIST("school_year.student_holidays", FIXED, INFORM),
    FLAG("telepractice.allowed", LOWER, INFORM),
    FLAG("telepractice.backup_phone", HIGHER, BLOCK),
    TEXT("telepractice.child_neuropsych_assessment", WARN),
    FLAG("telepractice.confidential_place_both_ends", HIGHER, BLOCK),
    FLAG("telepractice.consent_required", HIGHER, BLOCK),
    LIST("telepractice.consent_topics", MORE, BLOCK),
    OWN_LIST("telepractice.door_questions", MORE, BLOCK, words_door),
    TEXT("telepractice.expertise_or_litigation", WARN),
    TEXT("telepractice.guideline", INFORM),
    TEXT("telepractice.hospital_procedure_lists_educators", INFORM),
    TEXT("telepractice.interjurisdiction", WARN),
    OWN_NUMBER("telepractice.late_minutes",
	       FIXED,
	       INFORM,
	       N_("minutes after the start"),
	       MOST_LATE),
    TEXT("telepractice.mode_is", INFORM),
    TEXT("telepractice.out_of_province", WARN),
    FLAG("telepractice.platform.encrypted", HIGHER, BLOCK),
    FLAG("telepractice.platform.single_use_link", HIGHER, BLOCK),
    OWN_LIST("telepractice.providers", FEWER, BLOCK, NULL),
    FLAG("telepractice.recording.inform_client_first", HIGHER, BLOCK),
    TEXT("telepractice.same_obligations_as_in_person", INFORM),
    TEXT("telepractice.standardized_tests", WARN),
    LIST("telepractice.suitability_checklist", MORE, BLOCK),
    NUMBER("telepractice.suitability_valid_days", LOWER, BLOCK, N_("days"), MOST_DAYS),
    LIST("telepractice.unsuitable", MORE, BLOCK),
    NUMBER("transfer_to_third_party.min_delay_after_signed_authorization",
	   HIGHER,
	   BLOCK,
	   N_("days"),
	   MOST_DAYS),
    FLAG("transfer_to_third_party.signed_note_per_copy", HIGHER, BLOCK),
    FLAG("transfer_to_third_party.waiver_in_emergency", LOWER, INFORM),
};

const CmPolicyTerm *
cm_policy_schema_get(guint index)
{
	return index < G_N_ELEMENTS(policy_terms) ? &policy_terms[index] : NULL;
}

static const CmPolicyTerm *
lookup(const gchar *id)
{
	guint low = 0;
	guint high = G_N_ELEMENTS(policy_terms);

	while (low < high) {
		guint middle = low + (high - low) / 2;
		gint order = g_strcmp0(id, policy_terms[middle].id);

		if (order == 0)
			return &policy_terms[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const CmPolicyTerm *
cm_policy_schema_lookup(const gchar *id)
{
	const CmPolicyTerm *term = lookup(id);
	g_autofree gchar *kind = NULL;
	const gchar *name = NULL;
	const gchar *dot = NULL;

	if (term != NULL || !g_str_has_prefix(id, CM_POLICY_TEMPLATE_PREFIX))
		return term;
	/* one of several templates for a kind of note: note.template.KIND.NAME */
	name = id + strlen(CM_POLICY_TEMPLATE_PREFIX);
	dot = strchr(name, '.');
	if (dot == NULL || dot[1] == '\0' || strlen(name) > CM_POLICY_TEMPLATE_BYTES_MAX)
		return NULL;
	kind = g_strndup(id, (gsize)(dot - id));
	return lookup(kind);
}

static gint
word_index(const CmPolicyTerm *term, const gchar *word)
{
	gint index = 0;

	while (term->words[index] != NULL && !g_str_equal(term->words[index], word))
		index++;
	return index;
}

/* whether each of `some` is one of `all` */
static gboolean
contains_all(const gchar *const *all, const gchar *const *some)
{
	for (guint i = 0; some[i] != NULL; i++) {
		if (!g_strv_contains(all, some[i]))
			return FALSE;
	}
	return TRUE;
}

static gboolean
list_loosens(CmTighter tighter, const gchar *const *from, const gchar *const *to)
{
	if (tighter != CM_TIGHTER_FEWER && !contains_all(to, from))
		return TRUE;
	return tighter != CM_TIGHTER_MORE && !contains_all(from, to);
}

static gboolean
number_loosens(CmTighter tighter, gint from, gint to)
{
	if (tighter == CM_TIGHTER_LOWER)
		return to > from;
	if (tighter == CM_TIGHTER_HIGHER)
		return to < from;
	return to != from;
}

gboolean
cm_policy_schema_loosens(const CmPolicyTerm *term, const CmRule *from, const CmRule *to)
{
	switch (term->type) {
	case CM_VALUE_FLAG:
	case CM_VALUE_NUMBER:
		return number_loosens(term->tighter, from->number, to->number);
	case CM_VALUE_CHOICE:
		return number_loosens(term->tighter, word_index(term, from->word),
				      word_index(term, to->word));
	case CM_VALUE_LIST:
		/* a list that could not be read has had its fault */
		return from->items != NULL && to->items != NULL &&
		       list_loosens(term->tighter, from->items, to->items);
	case CM_VALUE_WORD:
		return !g_str_equal(from->word, to->word);
	case CM_VALUE_NONE:
	default:
		return FALSE;
	}
}

CmEffect
cm_policy_schema_derive_effect(const CmPolicyTerm *term, const CmRule *rule, gboolean limits)
{
	CmEffect effect = term != NULL ? term->strongest : CM_EFFECT_INFORM;

	if (limits)
		effect = CM_EFFECT_BLOCK;
	if (rule->kind == CM_RULE_KIND_ORDER_ADVICE || rule->confidence == CM_CONFIDENCE_LOW)
		effect = MIN(effect, CM_EFFECT_WARN);
	if (rule->repealed)
		effect = CM_EFFECT_INFORM;
	return effect;
}
